"""Design-based tests of groups: t tests of means, rank tests of distributions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import polars as pl
from scipy import special

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError, ModelError, UsageError
from shteg.hints import counted
from shteg.survey.code_texts import Missing, level_order, read_missing, require_column
from shteg.survey.inference.intervals import DesignTest, f_p, student_p, student_quantile
from shteg.survey.inference.linear import AnyDesign, Linear, degrees_of_freedom, estimate_with, require_design
from shteg.survey.models.model_matrix import read_texts
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.one_pass.domains import read_part
from shteg.survey.requests import check_choice, check_level, is_number
from shteg.survey.rounding import ROUNDING, is_nothing, settle_values


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
            f"the rows used have {counted(len(levels), 'group')}: {', '.join(levels[:5])}",
            "a t test compares two; choose a domain with `where`, or use linear_regression",
            f"column {group!r}",
        )
    return [rows & (texts == level) for level in levels], levels


def _check(df: float, se: float, y: Floats) -> None:
    if df < 1:
        raise ModelError("the design has no degree of freedom for a t test", "PSUs must outnumber strata", "design")
    if is_nothing(se, float(np.sqrt((y**2).mean()))):
        raise ModelError("the outcome has no spread between PSUs: t has no value", "choose another outcome", "outcome")


RankScore = Literal["wilcoxon", "vanderWaerden", "median", "KruskalWallis"]
RANK_SCORES: tuple[RankScore, ...] = get_args(RankScore)


def rank_test(
    design: AnyDesign,
    outcome: str,
    group: str,
    *,
    score: RankScore = "wilcoxon",
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
) -> DesignTest:
    """Test that groups have the same distribution, by estimated population ranks (R: `svyranktest`).

    Parameters
    ----------
    design, outcome, where, missing : as there
        See `t_test`.
    group : str
        Two categories give t with the design's df − 1; more give χ² judged as F(k − 1, df − k + 1).
    score : "wilcoxon" | "vanderWaerden" | "median" | "KruskalWallis"
        The rank itself; its normal quantile; above the median or not; the rank (another name for wilcoxon).

    Returns
    -------
    DesignTest
        With more than two groups the statistic is χ² and df holds (k − 1, df − k + 1).

    Raises
    ------
    DesignError
        A column is not there; there is one group; all outcomes are equal.
    ModelError
        The design has too few degrees of freedom.

    References
    ----------
    Lumley and Scott (2013), Biometrika 100(4). Ranks are taken as fixed in replicates, as in R.
    """
    require_design(design)
    check_choice(score, RANK_SCORES, "score", "there is no rank score {}")
    codes = read_missing(design.data, missing)
    for column in (outcome, group):
        require_column(design.data, column)
    y = settle_values(read_numbers(design, outcome, codes.get(outcome, ())))
    texts = read_texts(design.data[group], codes.get(group, ()))
    rows = read_part(design.data, where) & ~np.isnan(y) & (texts != "")
    used = rows & (design.weight > 0)
    levels = level_order(design.data[group], set(texts[used].tolist()))
    if len(levels) < 2:
        raise DesignError(f"the rows used have {counted(len(levels), 'group')}", "give two", f"column {group!r}")
    ranks = np.zeros(len(y))
    ranks[used] = _rank_scores(y[used], design.weight[used], score, design.row[used])
    if np.ptp(ranks[used]) == 0:
        raise DesignError("all outcomes are equal", "choose another outcome", f"column {outcome!r}")
    matrix = np.stack([rows * 1.0, *((rows & (texts == level)) * 1.0 for level in levels[1:])], axis=1)
    bread = np.linalg.inv((matrix * design.weight[:, None]).T @ matrix)
    beta = bread @ (matrix.T @ (design.weight * ranks))
    influence = np.where(rows[:, None], matrix * (ranks - matrix @ beta)[:, None], 0.0) @ bread
    names = ("(Intercept)", *levels[1:])
    linear = Linear(names=names, estimate=beta, scores=influence, present=rows)
    covariance = estimate_with(design, lambda weight: np.asarray(weight @ influence), linear).covariance
    return _judge(beta[1:], covariance[1:, 1:], degrees_of_freedom(design, rows), score, int(used.sum()))


def _judge(difference: Floats, covariance: Floats, df: int, score: RankScore, n: int) -> DesignTest:
    k = len(difference)
    left = float(df - k)
    scale = np.sqrt(np.diag(covariance))
    if left < 1 or is_nothing(scale, 1.0).any() or np.linalg.cond(covariance / np.outer(scale, scale)) > 1e10:
        raise ModelError("the design has too few degrees of freedom for so many groups", "merge groups", "group")
    method = f"design-based {score} test"
    if k == 1:
        se = float(scale[0])
        statistic = float(difference[0]) / se
        return DesignTest(
            method=method,
            statistic=statistic,
            df=(left,),
            p_value=student_p(statistic, left),
            estimate=float(difference[0]),
            std_error=se,
            n=n,
        )
    statistic = float(difference @ np.linalg.solve(covariance, difference))
    return DesignTest(method=method, statistic=statistic, df=(float(k), left), p_value=f_p(statistic / k, k, left), n=n)


def _rank_scores(y: Floats, weight: Floats, score: RankScore, row: Ints) -> Floats:
    """Scores (n,) of the estimated population mid-ranks of `y` (n,).

    Ties, taken in the order of `row` (n,), share the plain mean of their mid-ranks, as in R. A share of a half up to
    rounding is not above the median.
    """
    order = np.lexsort((row, y))
    middle = np.cumsum(weight[order]) - weight[order] / 2
    _, inverse, count = np.unique(y[order], return_inverse=True, return_counts=True)
    rank = np.empty(len(y))
    rank[order] = (np.bincount(inverse, weights=middle) / count)[inverse]
    share = rank / weight.sum()
    if score == "vanderWaerden":
        return np.asarray(special.ndtri(share), dtype=np.float64)
    return np.asarray(share > 0.5 + ROUNDING if score == "median" else share, dtype=np.float64)
