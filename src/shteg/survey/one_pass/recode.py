"""Integer columns to places in a short list, at the speed of memory."""

from __future__ import annotations

import numpy as np
import polars as pl

from shteg.arrays import AnyInts, Bools
from shteg.compiling import compiled
from shteg.survey.one_pass.sufficient import MOST_CODES


@compiled
def mark_seen(values: AnyInts, low: int, seen: Bools) -> None:  # pragma: no cover - compiled
    """Mark each value that occurs, counted from `low`.

    Parameters
    ----------
    values : (rows,) int
    low : int
        The least of them.
    seen : (span,) bool
        Filled.
    """
    for i in range(values.shape[0]):
        seen[np.int64(values[i]) - low] = True


@compiled
def look_up(values: AnyInts, low: int, table: AnyInts, places: AnyInts) -> None:  # pragma: no cover - compiled
    """Write table[value − low] for each value.

    Parameters
    ----------
    values : (rows,) int
    low : int
        The least of them.
    table : (span,) int
    places : (rows,) int
        Filled.
    """
    for i in range(values.shape[0]):
        places[i] = table[np.int64(values[i]) - low]


def integer_places(column: pl.Series) -> tuple[list[str], AnyInts] | None:
    """Give the distinct values, as text in numeric order, and each row's place among them; a null is the last + 1.

    None where the values lie too far apart for a table, or are too large for 64 bits with a sign.
    """
    low, high = column.min(), column.max()
    if not isinstance(low, int) or not isinstance(high, int) or high - low >= MOST_CODES or high >= 2**63:
        return None
    blank = column.null_count() > 0
    values = (column.fill_null(low) if blank else column).to_numpy()
    missing = column.is_null().to_numpy() if blank else None
    seen = np.zeros(high - low + 1, bool)
    mark_seen(values, low, seen)
    found = np.flatnonzero(seen)
    table = np.zeros(len(seen), np.uint16)
    table[found] = np.arange(len(found))
    places = np.empty(len(values), np.uint16)
    look_up(values, low, table, places)
    if missing is not None:
        places[missing] = len(found)
    return [str(low + int(one)) for one in found], places
