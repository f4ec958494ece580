"""Replicate weights by the prefix of their columns: rep1, rep2 … in the order of their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from shteg.errors import DesignError
from shteg.hints import list_names


def replicate_columns(columns: Sequence[str], prefix: str, file: str = "") -> tuple[str, ...]:
    """Find the columns of replicate weights.

    Parameters
    ----------
    columns : sequence of str
        Of the data.
    prefix : str
        What stands before their numbers: `rep` for rep1 or rep001; a `_`, `.` or `-` may stand between.
    file : str
        For errors.

    Returns
    -------
    tuple of str
        In the order of their numbers.

    Raises
    ------
    DesignError
        There are fewer than two, two have the same number, or a number is left out.
    """
    pattern = re.compile(rf"{re.escape(prefix)}[._-]?(\d+)")
    found: dict[int, str] = {}
    for column in columns:
        hit = pattern.fullmatch(column)
        if not hit:
            continue
        number = int(hit[1])
        if number in found:
            raise DesignError(
                f"the replicate {number} stands twice: {found[number]}, {column}", "leave one of them out", file
            )
        found[number] = column
    if len(found) < 2:
        there = list_names(columns, "the columns are", "there are no columns")
        raise DesignError(f"no replicate weights are called {prefix}1, {prefix}2 …", there, file)
    numbers = sorted(found)
    gap = next((one + 1 for one, other in pairwise(numbers) if other != one + 1), None)
    if gap is not None or numbers[0] > 1:
        lost = gap if gap is not None else numbers[0] - 1
        raise DesignError(
            f"the replicate {lost} is missing: there are {prefix}{numbers[0]} to {prefix}{numbers[-1]} without it",
            "add the column: the variance needs all replicates",
            file,
        )
    return tuple(found[number] for number in numbers)
