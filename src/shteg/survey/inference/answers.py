"""Answers of an item as codes or numbers, every code accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError
from shteg.survey.designs.design import Design, require_column
from shteg.survey.passes.recode import integer_places
from shteg.survey.passes.sufficient import MOST_CODES, Codes, smallest_codes


def read_codes(
    design: Design, item: str, options: Sequence[str] | None, missing: Sequence[str]
) -> tuple[Codes, tuple[str, ...]]:
    """Number the answers of an item and give the options; blank, and the codes in `missing`, have the number after.

    Raises
    ------
    DesignError
        A code is neither an option nor missing.
    """
    require_column(design.data, item)
    column = design.data[item]
    raw, numbers = number_levels(column, item)
    texts = [text.strip() for text in raw]
    left_out = set(missing)
    found = sorted({text for text in texts if text} - left_out)
    labels = tuple(options) if options is not None else tuple(found)
    unknown = [text for text in found if text not in set(labels)]
    if unknown:
        _refuse(design, item, unknown[0], labels, missing)
    place = {label: i for i, label in enumerate(labels) if label not in left_out}
    places = [*(place.get(text, len(labels)) for text in texts), len(labels)]
    table = np.array(places, dtype=smallest_codes(len(labels)))
    return np.take(table, numbers), labels


def number_levels(column: pl.Series, name: str) -> tuple[list[str], NDArray[np.integer[Any]]]:
    """Give the distinct values of a column as sorted text, and the place of each row's value; blank is the last + 1.

    Raises
    ------
    DesignError
        There are more distinct values than codes.
    """
    known = integer_places(column) if column.dtype.is_integer() else None
    if known:  # the few distinct numbers become text, not every row
        return known
    texts = column if column.dtype == pl.String else column.cast(pl.String)
    levels = texts.unique().drop_nulls().sort().to_list()
    if len(levels) > MOST_CODES:
        raise DesignError(
            f"{len(levels)} different values are too many for categories",
            f"at most {MOST_CODES} can be told apart; is this a number? then use estimate_means",
            f"column {name!r}",
        )
    places = texts.cast(pl.Enum(levels)).to_physical().cast(pl.UInt32).fill_null(len(levels))
    return levels, places.to_numpy()


def _refuse(design: Design, item: str, code: str, labels: Sequence[str], missing: Sequence[str]) -> NoReturn:
    places = (design.data[item].cast(pl.String).str.strip_chars() == code).fill_null(value=False).to_numpy()
    near = get_close_matches(code, labels, 1)
    raise DesignError(
        f"the answer {code!r} is not in the questionnaire ({int(places.sum())} such row(s))",
        f"did you mean {near[0]!r}?" if near else "the options are " + ", ".join((*labels, *missing)),
        f"column {item!r}, row {int(design.row[places].min())}",
    )


def read_numbers(design: Design, item: str, missing: Sequence[str]) -> NDArray[np.float64]:
    """Read an item as numbers: (rows,) with NaN for blank and for the codes in `missing`.

    Raises
    ------
    DesignError
        Something is no finite number.
    """
    require_column(design.data, item)
    texts = design.data[item].cast(pl.String).str.strip_chars()
    blank = (texts.is_null() | (texts == "") | texts.is_in(list(missing))).fill_null(value=True).to_numpy()
    raw = design.data[item]
    numbers = (raw if raw.dtype.is_numeric() else texts).cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    wrong = ~blank & ~np.isfinite(numbers)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[np.argmin(design.row[wrong])])
        raise DesignError(
            f"{texts[at]!r} is not a finite number ({int(wrong.sum())} such row(s))",
            "mend it, or list it under `missing`",
            f"column {item!r}, row {int(design.row[at])}",
        )
    return np.ascontiguousarray(np.where(blank, np.nan, numbers))
