"""Answers of an item as codes or numbers, every code accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError
from shteg.survey.design import Design, require_column


def read_codes(
    design: Design, item: str, options: Sequence[str] | None, missing: Sequence[str]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Number the answers of an item: (rows,) with −1 for blank and for the codes in `missing`, and the options.

    Raises
    ------
    DesignError
        A code is neither an option nor missing.
    """
    require_column(design.data, item)
    column = design.data[item].cast(pl.String).str.strip_chars()
    found = sorted(code for code in column.unique().to_list() if code)
    labels = tuple(options) if options is not None else tuple(code for code in found if code not in set(missing))
    unknown = [code for code in found if code not in set(labels) | set(missing)]
    if unknown:
        places = (column == unknown[0]).fill_null(value=False).to_numpy()
        near = get_close_matches(unknown[0], labels, 1)
        raise DesignError(
            f"the answer {unknown[0]!r} is not in the questionnaire ({int(places.sum())} such row(s))",
            f"did you mean {near[0]!r}?" if near else "the options are " + ", ".join((*labels, *missing)),
            f"column {item!r}, row {int(design.row[places].min())}",
        )
    number = {label: i for i, label in enumerate(labels)} | dict.fromkeys(missing, -1)
    codes = column.replace_strict(number, default=-1, return_dtype=pl.Int32) if number else column.is_null().cast(int)
    return np.ascontiguousarray(codes.to_numpy().astype(np.int32)), labels


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
