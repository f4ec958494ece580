"""What a function gave for a case, kept while the same case is asked about: fits of one case begin with the same spells."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

from shteg.evidence.case import Case

Result = TypeVar("Result")
Asked = ParamSpec("Asked")
KEPT = 64
"""Answers kept of each function; the ones longest unused go first."""


@dataclass(frozen=True, slots=True, eq=False)
class _This:
    """A case that is equal to itself alone: comparing the rows of two would take longer than to answer."""

    case: Case

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and self.case is other.case

    def __hash__(self) -> int:
        return id(self.case)


def once(function: Callable[Concatenate[Case, Asked], Result]) -> Callable[Concatenate[Case, Asked], Result]:
    """Let a function of a case, and of more that can be hashed, answer the same question once; errors are not kept.

    A case never changes, and nor may what is given back.
    """

    @lru_cache(maxsize=KEPT)
    def answer(this: _This, *asked: Hashable) -> Result:
        return function(this.case, *asked)  # type: ignore[arg-type]

    @wraps(function)
    def asked_again(case: Case, *asked: Asked.args, **named: Asked.kwargs) -> Result:
        return answer(_This(case), *asked, **named)  # type: ignore[arg-type]

    return asked_again
