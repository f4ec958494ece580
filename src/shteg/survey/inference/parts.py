"""The part of a sample that a test or model is about."""

from __future__ import annotations

import numpy as np
import polars as pl

from shteg.arrays import Bools
from shteg.errors import DesignError, UsageError
from shteg.survey.inference.linear import AnyDesign


def read_part(design: AnyDesign, where: pl.Expr | None) -> Bools:
    """Rows (n,) for which `where` is true; all rows without it.

    Raises
    ------
    UsageError
        `where` is no expression, or gives no truth value for each row.
    DesignError
        A column is not there, or no row is left.
    """
    if where is None:
        return np.ones(design.data.height, bool)
    if not isinstance(where, pl.Expr):
        raise UsageError("a domain is a polars expression", 'write pl.col("region") == "north"', "where")
    try:
        column = design.data.select(where.alias("part"))["part"]
    except (
        pl.exceptions.ColumnNotFoundError,
        pl.exceptions.ComputeError,
        pl.exceptions.InvalidOperationError,
    ) as error:
        raise DesignError(str(error).splitlines()[0], "mend the expression", "where") from error
    if column.dtype != pl.Boolean or column.len() != design.data.height:
        raise UsageError("the expression gives no truth value for each row", "compare a column with a value", "where")
    rows = column.fill_null(value=False).to_numpy()
    if not rows.any():
        raise DesignError("the domain is empty", "choose another value", "where")
    return np.asarray(rows, bool)
