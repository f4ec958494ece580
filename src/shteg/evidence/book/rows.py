"""Which row of a sheet is which row of a table: equal ones first, then by key, then by where they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

Row = tuple[str, ...]
LEAST_ALIKE = 0.5
"""A row whose key was changed is the same row if at least so many of its filled cells are."""


def match_rows(old: Sequence[Row], new: Sequence[Row], key: Sequence[int]) -> list[int | None]:
    """Give for each new row the number of the old one that it is, or None.

    Parameters
    ----------
    old, new : sequence of tuple of str
        Cells, in the same columns.
    key : sequence of int
        The columns that together name a row.

    Returns
    -------
    list of int or None
    """
    found: list[int | None] = [None] * len(new)
    left = _pair(old, new, found, set(range(len(old))), range(len(old[0]) if old else 0))
    left = _pair(old, new, found, left, key) if key else left
    for number, row in enumerate(new):
        if found[number] is None:
            before = found[number - 1] if number else -1
            guess = None if before is None else before + 1
            if guess in left and _alike(old[guess], row) >= LEAST_ALIKE:
                found[number] = guess
                left.discard(guess)
    return found


def _pair(
    old: Sequence[Row], new: Sequence[Row], found: list[int | None], left: set[int], columns: Sequence[int]
) -> set[int]:
    waiting: dict[Row, list[int]] = defaultdict(list)
    for number in sorted(left, reverse=True):
        waiting[tuple(old[number][one] for one in columns)].append(number)
    for number, row in enumerate(new):
        if found[number] is None and (same := waiting.get(tuple(row[one] for one in columns))):
            found[number] = same.pop()
            left.discard(found[number] or 0)
    return left


def _alike(one: Row, other: Row) -> float:
    filled = [(a, b) for a, b in zip(one, other, strict=True) if a or b]
    return sum(a == b for a, b in filled) / max(1, len(filled))


def moved(order: Sequence[int]) -> set[int]:
    """Give the fewest numbers that must go elsewhere for the rest to stand in ascending order."""
    tails: list[int] = []
    places: list[int] = []
    back: list[int] = []
    for at, number in enumerate(order):
        place = bisect_left(tails, number)
        back.append(places[place - 1] if place else -1)
        if place == len(tails):
            tails.append(number)
            places.append(at)
        else:
            tails[place], places[place] = number, at
    kept: set[int] = set()
    at = places[-1] if places else -1
    while at >= 0:
        kept.add(order[at])
        at = back[at]
    return set(order) - kept
