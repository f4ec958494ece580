"""Whether those that a sentence names first can be told from the rest: a ranking of noise is said to be one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shteg.estimates import Value
from shteg.report.charts.parts import number_of
from shteg.report.language.words import Words


def told_apart(named: Sequence[Value], rest: Sequence[Value]) -> bool:
    """Tell whether the intervals of some values lie on one side of those of all others.

    Parameters
    ----------
    named, rest : sequence of Value
        With numbers; one without an interval is a point.

    Returns
    -------
    bool
        True too where there are no others.
    """
    if not named or not rest:
        return True
    return _lowest(named) > _highest(rest) or _highest(named) < _lowest(rest)


def _lowest(values: Sequence[Value]) -> float:
    return min(number_of(one) if one.low is None else one.low for one in values)


def _highest(values: Sequence[Value]) -> float:
    return max(number_of(one) if one.high is None else one.high for one in values)


def named_first(
    words: Words, key: str, ordered: Sequence[Value], most: int, write: Callable[[Sequence[Value]], str]
) -> str:
    """Say who comes first, or that the intervals do not tell.

    Parameters
    ----------
    words : Words
        The language.
    key : str
        The message; `<key>.tied` is the one for values that cannot be told from the rest. Both have `{names}`.
    ordered : sequence of Value
        From the end that is told of.
    most : int
        So many are named.
    write : callable
        Writes those that are named.

    Returns
    -------
    str
    """
    named, rest = ordered[:most], ordered[most:]
    ending = "" if told_apart(named, rest) else ".tied"
    return words.text(f"{key}{ending}", names=write(named))
