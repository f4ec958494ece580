"""A part of a sample: the rows for which an expression, a column or truth values say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from shteg.arrays import Bools, Ints
from shteg.errors import DesignError, UsageError
from shteg.hints import counted

Where = pl.Expr | str | pl.Series | np.ndarray[Any, Any] | Sequence[bool]
"""An expression, the name of a column of truth values, or truth values, one for each row of the file."""


def rows_of(data: pl.DataFrame, row: Ints, where: Where) -> Bools:
    """Give the rows (n,) of a design that belong to a part.

    Parameters
    ----------
    data : polars.DataFrame
        Of the design.
    row : (n,) int
        Number of each row in the file, from 1.
    where : expression, name of a column, or (n,) truth values in the order of the file

    Returns
    -------
    (n,) bool

    Raises
    ------
    UsageError
        It gives no truth value for each row.
    DesignError
        A column is not there, or no row is left.
    """
    if isinstance(where, pl.Expr | str):
        return read_part(data, where)
    told = pl.Series(where) if not isinstance(where, pl.Series) else where
    if told.dtype != pl.Boolean or told.len() != len(row):
        raise UsageError(
            f"the part has {counted(told.len(), 'value')} of {told.dtype}, the design {counted(len(row), 'row')}",
            "give one truth value for each row of the file, or an expression",
            "where",
        )
    places = np.argsort(np.argsort(row))  # of the rows that a design still has, in the order of the file
    rows = np.asarray(told.fill_null(value=False).to_numpy(), bool)[places]
    if not rows.any():
        raise DesignError("the domain is empty", "choose another value", "where")
    return rows


def more_columns(data: pl.DataFrame, columns: Sequence[Any], named: Mapping[str, Any]) -> pl.DataFrame:
    """Add columns to a table of respondents.

    Parameters
    ----------
    data : polars.DataFrame
    columns, named : as there
        See `polars.DataFrame.with_columns`.

    Returns
    -------
    polars.DataFrame

    Raises
    ------
    DesignError
        An expression fits nothing in the data.
    """
    try:
        return data.with_columns(*columns, **named)
    except pl.exceptions.PolarsError as error:
        raise DesignError(str(error).splitlines()[0], "mend the expression", "with_columns") from error


def read_part(data: pl.DataFrame, where: pl.Expr | str | None) -> Bools:
    """Rows (n,) for which `where`, an expression or the name of a column of truth values, is true; all without it.

    Raises
    ------
    UsageError
        `where` is neither, or gives no truth value for each row.
    DesignError
        A column is not there, or no row is left.
    """
    if where is None:
        return np.ones(data.height, bool)
    rows = part_column(data, where).fill_null(value=False).to_numpy()
    if not rows.any():
        raise DesignError("the domain is empty", "choose another value", "where")
    return np.asarray(rows, bool)


def part_column(data: pl.DataFrame, where: pl.Expr | str) -> pl.Series:
    """Truth values of `where`, one a row, null where it cannot be told; errors are those of `read_part`."""
    if not isinstance(where, pl.Expr | str):
        raise UsageError("a domain is a polars expression", 'write pl.col("region") == "north"', "where")
    try:
        column = data.select((pl.col(where) if isinstance(where, str) else where).alias("part"))["part"]
    except (
        pl.exceptions.ColumnNotFoundError,
        pl.exceptions.ComputeError,
        pl.exceptions.InvalidOperationError,
    ) as error:
        raise DesignError(str(error).splitlines()[0], "mend the expression", "where") from error
    if column.dtype != pl.Boolean or column.len() != data.height:
        raise UsageError("the expression gives no truth value for each row", "compare a column with a value", "where")
    return column
