"""What a function gave for a case, kept while the case is asked again: all fits of a case begin with its spells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
KEPT = 256
"""Answers kept of each function; the ones longest unused go first."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A case, and more of it, equal to the very same alone: to compare the rows of two would take longer."""

    of: tuple[Any, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Asked) or len(self.of) != len(other.of):
            return False
        return all(one is same for one, same in zip(self.of, other.of, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.of)))


def once(function: Function) -> Function:
    """Let a function of a case, or of a case and a record of it, work out each answer once; errors are not kept.

    A case never changes, and nor may what is given back.
    """

    @lru_cache(maxsize=KEPT)
    def answer(asked: _Asked) -> Any:
        return function(*asked.of)

    @wraps(function)
    def again(*of: Any) -> Any:
        return answer(_Asked(of))

    return cast(Function, again)
