"""Design-based t tests: a mean against a value, or two groups against each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats
from shteg.errors import DesignError, ModelError, UsageError
from shteg.survey.code_texts import Missing, level_order, read_missing, require_column
from shteg.survey.inference.intervals import student_quantile
from shteg.survey.inference.linear import AnyDesign, Linear, degrees_of_freedom, estimate_with, require_design
from shteg.survey.inference.p_values import DesignTest, student_p
from shteg.survey.models.model_matrix import read_texts
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.one_pass.groupings import read_part
from shteg.survey.requests import check_level, is_number
from shteg.survey.rounding import is_nothing


def t_test(
    design: AnyDesign,
    outcome: str,
    group: str | None = None,
    *,
    value: float = 0.0,
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
    level: float = 0.95,
) -> DesignTest:
    """Test a mean, or the difference between the means of two groups (R: `svyttest`).

    Parameters
    ----------
    design : Design or ReplicateDesign
    outcome : str
        Numbers; blanks are left out.
    group : str, optional
        A column with two categories; the difference is the second in order minus the first.
    value : float
        Mean or difference under the hypothesis.
    where : polars.Expr, optional
        Domain.
    missing : mapping of column to codes, optional
        Codes that are no answer, in the outcome and the groups: {"y": ["99"]}.
    level : float in (0, 1)
        Coverage of the interval.

    Returns
    -------
    DesignTest

    Raises
    ------
    DesignError
        A column is not there; `group` has other than two categories.
    ModelError
        There is no degree of freedom, or no spread.
    UsageError
        `value` is no number, or an option has another form.

    References
    ----------
    Lumley (2010), Complex Surveys, section 2.4. Degrees of freedom are those of the design minus 1, as in R.
    """
    require_design(design)
    check_level(level)
    if not is_number(value):
        raise UsageError(f"{value!r} is no number", "give the mean or difference to test against", "value")
    codes = read_missing(design.data, missing)
    for column in (outcome, *([] if group is None else [group])):
        require_column(design.data, column)
    y = read_numbers(design, outcome, codes.get(outcome, ()))
    rows = read_part(design.data, where) & ~np.isnan(y)
    y = np.where(rows, y, 0.0)
    if group is None:
        means, names = [rows], ["mean"]
    else:
        means, names = _read_groups(design, group, rows, codes.get(group, ()))
        rows = means[0] | means[1]
    parts = np.stack(means, axis=1).astype(np.float64)

    def theta(weight: Floats) -> Floats:
        each = (weight * y) @ parts / (weight @ parts)
        return each[:1] if len(names) == 1 else each[1:] - each[:1]

    base = design.weight @ parts
    if (base <= 0).any():
        raise DesignError("no row with a weight above 0 has an answer", "choose another outcome", f"column {outcome!r}")
    influence = parts * (y[:, None] - (design.weight * y) @ parts / base) / base
    scores = influence if len(names) == 1 else influence[:, 1:] - influence[:, :1]
    linear = Linear(names=(names[-1],), estimate=theta(design.weight), scores=scores, present=rows)
    fit = estimate_with(design, theta, linear)
    df = float(degrees_of_freedom(design, rows) - 1)
    estimate, se = float(fit.estimate[0]), float(fit.std_error[0])
    _check(df, se, y[rows & (design.weight > 0)])
    statistic = (estimate - value) / se
    half = float(student_quantile(level, df)) * se
    return DesignTest(
        method="design-based t test, " + ("one sample" if group is None else f"{names[1]} minus {names[0]}"),
        statistic=statistic,
        df=(df,),
        p_value=student_p(statistic, df),
        estimate=estimate,
        std_error=se,
        ci_low=estimate - half,
        ci_high=estimate + half,
        n=int((rows & (design.weight > 0)).sum()),
    )


def _read_groups(design: AnyDesign, group: str, rows: Bools, missing: Sequence[str]) -> tuple[list[Bools], list[str]]:
    texts = read_texts(design.data[group], missing)
    levels = level_order(design.data[group], set(texts[rows & (design.weight > 0)].tolist()) - {""})
    if len(levels) != 2:
        raise DesignError(
            f"there are {len(levels)} groups among the rows used: {', '.join(levels[:5])}",
            "a t test compares two; choose a domain with `where`, or use linear_regression",
            f"column {group!r}",
        )
    return [rows & (texts == level) for level in levels], levels


def _check(df: float, se: float, y: Floats) -> None:
    if df < 1:
        raise ModelError("the design has no degree of freedom for a t test", "PSUs must outnumber strata", "design")
    if is_nothing(se, float(np.sqrt((y**2).mean()))):
        raise ModelError("the outcome has no spread between PSUs: t has no value", "choose another outcome", "outcome")
