"""Rao–Scott and Wald tests of independence in two-way tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats
from shteg.errors import DesignError, ModelError, UsageError
from shteg.hints import counted
from shteg.survey.code_texts import Missing, level_order, read_missing, require_column
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.hypotheses.quadratic_forms import exact_p, saddlepoint_p
from shteg.survey.inference.intervals import DesignTest, chi2_p, f_p
from shteg.survey.inference.linear import AnyDesign, Linear, degrees_of_freedom, estimate_with, require_design
from shteg.survey.models.model_matrix import read_texts
from shteg.survey.one_pass.domains import read_part
from shteg.survey.requests import check_choice
from shteg.survey.rounding import ROUNDING, is_nothing

Statistic = Literal["F", "Chisq", "Wald", "adjWald", "saddlepoint", "lincom"]
STATISTICS: tuple[Statistic, ...] = get_args(Statistic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """Indicators (n, r) and (n, c) of both variables, rows used (n,), their count, degrees of freedom.

    `size` counts the rows of the domain whether they answered or not: R's factor of X², which cancels in p values.
    """

    rows: Floats
    columns: Floats
    used: Bools
    n: int
    size: int
    df: float

    @property
    def cells(self) -> Floats:
        """Indicators (n, r·c), the row category varying fastest."""
        return np.stack([r * c for c in self.columns.T for r in self.rows.T], axis=1)


def rao_scott_test(
    design: AnyDesign,
    rows: str,
    columns: str,
    *,
    statistic: Statistic = "F",
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
) -> DesignTest:
    """Test that two answers are independent (R: `svychisq`).

    Parameters
    ----------
    design : Design or ReplicateDesign
    rows, columns : str
        Categories; rows of the data where either is missing are left out.
    statistic : "F" | "Chisq" | "Wald" | "adjWald" | "saddlepoint" | "lincom"
        Rao–Scott with the second-order correction and F(d₀, d₀ν); with the first-order one and χ²; Koch's Wald
        statistic as F(k, ν) or adjusted F(k, ν − k + 1); Pearson's X² against its weighted sum of χ² over χ²_m/m with
        m = d₀ν, by saddlepoint or exactly.
    where : polars.Expr, optional
        Domain.
    missing : mapping of column to codes, optional
        Codes that are no answer, in both columns.

    Returns
    -------
    DesignTest

    Raises
    ------
    DesignError
        A column is not there, or has fewer than two categories.
    ModelError
        The design has too few degrees of freedom for the statistic.

    References
    ----------
    Rao and Scott (1981, 1984), JASA 76(374), Annals of Statistics 12(1); Koch, Freeman and Freeman (1975);
    Thomas and Rao (1987), JASA 82(398).
    """
    require_design(design)
    check_choice(statistic, STATISTICS, "statistic", "there is no statistic {}")
    table = _read_table(design, rows, columns, where, read_missing(design.data, missing))
    if table.df < 1:
        raise ModelError("the design has no degree of freedom", "PSUs must outnumber strata", "design")
    if statistic in ("Wald", "adjWald"):
        return _wald(design, table, adjusted=statistic == "adjWald")
    return _pearson(design, table, statistic)


def _read_table(
    design: AnyDesign, rows: str, columns: str, where: pl.Expr | str | None, missing: Mapping[str, Sequence[str]]
) -> _Table:
    for column in (rows, columns):
        require_column(design.data, column)
    if rows == columns:
        raise UsageError("a variable is not tested against itself", "name two columns", "columns")
    texts = []
    for column in (rows, columns):
        texts.append(read_texts(design.data[column], missing.get(column, ())))
    part = read_part(design.data, where)
    used = part & (texts[0] != "") & (texts[1] != "")
    indicators = []
    for column, values in zip((rows, columns), texts, strict=True):
        levels = level_order(design.data[column], set(values[used & (design.weight > 0)].tolist()))
        if len(levels) < 2:
            raise DesignError(
                f"the rows used have {counted(len(levels), 'category', 'categories')}",
                "a test needs two",
                f"column {column!r}",
            )
        indicators.append(np.stack([np.where(used, values == level, False).astype(float) for level in levels], axis=1))
    return _Table(
        rows=indicators[0],
        columns=indicators[1],
        used=used,
        n=int((used & (design.weight > 0)).sum()),
        size=int(part.sum()),
        df=float(degrees_of_freedom(design, used)),
    )


def _pearson(design: AnyDesign, table: _Table, statistic: Statistic) -> DesignTest:
    cells, here = table.cells, table.used.astype(float)

    def theta(weight: Floats) -> Floats:
        return np.asarray(weight @ cells / (weight @ here))

    share = theta(design.weight)
    scores = np.where(table.used[:, None], cells - share, 0.0) / (design.weight @ here)
    linear = Linear(names=tuple(map(str, range(len(share)))), estimate=share, scores=scores, present=table.used)
    covariance = estimate_with(design, theta, linear).covariance
    grid = share.reshape(table.columns.shape[1], table.rows.shape[1])
    expected = np.outer(grid.sum(axis=1), grid.sum(axis=0))
    x2 = table.size * float(((grid - expected) ** 2 / expected).sum())
    delta = _design_effects(share, covariance, table)
    mean = float(np.trace(delta)) / len(delta)
    if mean <= ROUNDING:  # of design effects, which are about 1
        raise ModelError("the table has no variance between PSUs", "use another design or table", "design")
    name = "Pearson's X² with Rao–Scott adjustment"
    if statistic == "F":
        d0 = float(np.trace(delta) ** 2 / np.trace(delta @ delta))
        value = x2 / float(np.trace(delta))
        return DesignTest(
            method=name, statistic=value, df=(d0, d0 * table.df), p_value=f_p(value, d0, d0 * table.df), n=table.n
        )
    if statistic == "Chisq":
        k = float(len(delta))
        return DesignTest(method=name, statistic=x2, df=(k,), p_value=chi2_p(x2 / mean, k), n=table.n)
    roots = np.sort(np.linalg.eigvals(delta).real)[::-1]
    roots = roots[roots > 1e-12 * roots[0]]
    d0 = float(roots.sum() ** 2 / (roots**2).sum())
    if statistic == "lincom":
        p = exact_p(x2, roots, d0 * table.df)
    else:  # R takes the variance as known for replicate designs
        p = saddlepoint_p(x2, roots, np.inf if isinstance(design, ReplicateDesign) else d0 * table.df)
    how = "exact" if statistic == "lincom" else "saddlepoint"
    return DesignTest(method=f"Pearson's X², weighted sum of χ² ({how})", statistic=x2, df=(), p_value=p, n=table.n)


def _design_effects(share: Floats, covariance: Floats, table: _Table) -> Floats:
    """Matrix of generalised design effects of the interactions, ((r − 1)(c − 1), same)."""
    r, c = table.rows.shape[1], table.columns.shape[1]
    row, column = np.tile(np.arange(r), c), np.repeat(np.arange(c), r)
    main = np.stack(
        [np.ones(r * c), *((row == i) * 1.0 for i in range(1, r)), *((column == j) * 1.0 for j in range(1, c))], axis=1
    )
    both = np.stack([(row == i) * (column == j) * 1.0 for j in range(1, c) for i in range(1, r)], axis=1)
    contrast = both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
    inverse = np.where(share > 0, 1 / np.where(share > 0, share, 1.0), 0.0)
    weighted = contrast * inverse[:, None]
    simple = contrast.T @ weighted / table.size
    return np.asarray(np.linalg.solve(simple, weighted.T @ covariance @ weighted))


def _wald(design: AnyDesign, table: _Table, *, adjusted: bool) -> DesignTest:
    r, c = table.rows.shape[1], table.columns.shape[1]
    cells, here = table.cells, table.used.astype(float)
    values = np.column_stack([cells, table.rows, table.columns, here])

    def totals(weight: Floats) -> Floats:
        return np.asarray(weight @ values)

    t = totals(design.weight)
    names = tuple(map(str, range(values.shape[1])))
    linear = Linear(names=names, estimate=t, scores=values, present=table.used)
    covariance = estimate_with(design, totals, linear).covariance
    row_totals, column_totals, size = t[r * c : r * c + r], t[r * c + r : -1], t[-1]
    row, column = np.tile(np.arange(r), c), np.repeat(np.arange(c), r)
    jacobian = np.column_stack(
        [
            np.eye(r * c),
            -1.0 * (row[:, None] == np.arange(r)) * column_totals[column][:, None] / size,
            -1.0 * (column[:, None] == np.arange(c)) * row_totals[row][:, None] / size,
            row_totals[row] * column_totals[column] / size**2,
        ]
    )
    use = (row > 0) & (column > 0)
    residual = t[: r * c] - row_totals[row] * column_totals[column] / size
    spread = (jacobian @ covariance @ jacobian.T)[np.ix_(use, use)]
    k, scale = float((r - 1) * (c - 1)), np.sqrt(np.diag(spread))
    if table.df < k or is_nothing(scale, size).any() or np.linalg.cond(spread / np.outer(scale, scale)) > 1e10:
        raise ModelError(
            f"the design has too few degrees of freedom ({table.df:g}) for a Wald test of {k:g} interactions",
            'use statistic="F", or group categories',
            "statistic",
        )
    statistic = float(residual[use] @ np.linalg.solve(spread, residual[use])) / k
    denominator = table.df
    if adjusted:
        denominator = table.df - k + 1
        statistic *= denominator / table.df
    return DesignTest(
        method="Wald test of association" + (", adjusted" if adjusted else ""),
        statistic=statistic,
        df=(k, denominator),
        p_value=f_p(statistic, k, denominator),
        n=table.n,
    )
