"""Columns of numbers, with rows that must have one."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError
from shteg.survey.code_texts import require_column
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.passes.kernel import Floats


def read_column_numbers(design: AnyDesign, column: str) -> Floats:
    """Read a column as numbers (n,): NaN where it is blank; true counts 1, false 0.

    Raises
    ------
    DesignError
        Something is no finite number.
    """
    require_column(design.data, column)
    raw = design.data[column]
    if raw.dtype == pl.Boolean:
        raw = raw.cast(pl.Float64)
    texts = raw.cast(pl.String).str.strip_chars()
    blank = (texts.is_null() | (texts == "")).fill_null(value=True).to_numpy()
    if raw.dtype.is_float():  # NaN is R's and NumPy's way to write a blank
        blank = blank | raw.is_nan().fill_null(value=True).to_numpy()
    numbers = (raw if raw.dtype.is_numeric() else texts).cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    wrong = np.flatnonzero(~blank & ~np.isfinite(numbers))
    if len(wrong):
        at = int(wrong[np.argmin(design.row[wrong])])
        raise DesignError(
            f"{texts[at]!r} is not a finite number ({len(wrong)} such row(s))",
            "mend it, or leave it blank",
            f"column {column!r}, row {int(design.row[at])}",
        )
    return np.ascontiguousarray(np.where(blank, np.nan, numbers))


def read_known_numbers(design: AnyDesign, column: str, needed: NDArray[np.bool_]) -> Floats:
    """Read numbers (n,) of which none may be missing where `needed` (n,); elsewhere a blank is 0.

    Raises
    ------
    DesignError
        A number that is needed is missing.
    """
    numbers = read_column_numbers(design, column)
    lost = np.flatnonzero(np.isnan(numbers) & needed)
    if len(lost):
        at = int(lost[np.argmin(design.row[lost])])
        raise DesignError(
            f"the number is missing ({len(lost)} such row(s))",
            "impute it, or leave these rows out of the design",
            f"column {column!r}, row {int(design.row[at])}",
        )
    return np.nan_to_num(numbers)
