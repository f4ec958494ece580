"""The columns of a design: weights as numbers, strata and PSUs as codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.arrays import Floats, Ints
from shteg.errors import DesignError
from shteg.hints import counted
from shteg.survey.code_texts import CODES_REPEAT, column_texts, level_order
from shteg.survey.requests import names_of


def read_weights(data: pl.DataFrame, column: str | None) -> Floats:
    """Read the weights of a design; without a column everyone counts 1.

    Parameters
    ----------
    data : polars.DataFrame
    column : str or None

    Returns
    -------
    (n,) float

    Raises
    ------
    DesignError
        A weight is no number, not finite or negative, or all are 0; it names the row.
    """
    if column is None:
        return np.ones(data.height)
    raw = data[column]
    if raw.dtype.is_nested():
        raise DesignError("the column holds lists, no weights", "give the column of weights", f"column {column!r}")
    numbers = raw.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    for wrong, what in (
        (~np.isfinite(numbers), "is not a finite number"),
        (numbers < 0, "is negative"),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise DesignError(
                f"the weight {raw[row]!r} {what} ({counted(int(wrong.sum()), 'such row')})",
                "give every respondent a weight of 0 or more, with a decimal point",
                f"column {column!r}, row {row + 1}",
            )
    if not numbers.any():
        raise DesignError("all weights are 0", "give the column that holds the weights", f"column {column!r}, row 1")
    return numbers


def read_codes(data: pl.DataFrame, column: str) -> pl.Series:
    """Read a column of strata or PSUs as texts.

    Parameters
    ----------
    data : polars.DataFrame
    column : str

    Returns
    -------
    polars.Series

    Raises
    ------
    DesignError
        A code is missing; it names the row.
    """
    codes = column_texts(data[column])
    missing = codes.is_null()
    if missing.any():
        row = missing.arg_max()
        raise DesignError(
            f"the design code is missing ({counted(int(missing.sum()), 'such row')})",
            "every respondent needs a stratum and a PSU",
            f"column {column!r}, row {(row or 0) + 1}",
        )
    return codes


def encode(names: pl.Series, column: pl.Series) -> tuple[tuple[str, ...], Ints]:
    """Number codes in their order.

    Parameters
    ----------
    names : polars.Series
        Codes as texts.
    column : polars.Series
        As it came: an Enum says its order.

    Returns
    -------
    levels, codes : tuple of str, (n,) int
    """
    levels = level_order(column, names.unique().to_list())
    codes = names.cast(pl.Enum(levels)).to_physical().to_numpy()
    return tuple(levels), codes.astype(np.int64)


def check_psu_lies_in_one_stratum(psu: pl.Series, stratum: pl.Series, psu_column: str, stratum_column: str) -> None:
    """Refuse a PSU that lies in two strata.

    Parameters
    ----------
    psu, stratum : polars.Series
        Codes as texts.
    psu_column, stratum_column : str
        For errors.

    Raises
    ------
    DesignError
        It names the PSU, both strata and the row.
    """
    frame = pl.DataFrame({"psu": psu, "stratum": stratum}).with_row_index("row", 1)
    clash = frame.with_columns(pl.col("stratum").first().over("psu").alias("first")).filter(
        pl.col("stratum") != pl.col("first")
    )
    if clash.height:
        row, name, here, first = clash.row(0)
        raise DesignError(
            f"PSU {name!r} lies in the strata {first!r} and {here!r} (column {stratum_column!r})",
            CODES_REPEAT,
            f"column {psu_column!r}, row {row}",
        )


def column_list(names: str | Sequence[str] | None, where: str) -> list[str]:
    """Give names as a list: one a stage."""
    return [] if names is None else list(names_of(names, where, needed=False))
