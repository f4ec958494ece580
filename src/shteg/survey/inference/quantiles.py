"""Quantiles over any domain, with intervals by Woodruff, by inverting the score test, or from replicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import UsageError
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.domains import By
from shteg.survey.inference.intervals import student_quantile
from shteg.survey.inference.linear import AnyDesign, combine_replicates
from shteg.survey.inference.quantile_rules import QUANTILE_RULES, QuantileRule, SortedValues
from shteg.survey.inference.share_intervals import share_interval
from shteg.survey.inference.statistics import Part, fit_statistic, mean_statistic, read_matrix, read_parts

Floats = NDArray[np.float64]
QuantileInterval = Literal["mean", "beta", "xlogit", "asin", "score", "quantile"]


def estimate_quantiles(
    design: AnyDesign,
    items: str | Sequence[str],
    quantiles: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    rule: QuantileRule = "math",
    interval: QuantileInterval = "mean",
    level: float = 0.95,
    df: float | None = None,
    missing: Sequence[str] = (),
) -> pl.DataFrame:
    """Quantiles of numeric columns in the whole sample and in each domain.

    Parameters
    ----------
    design : Design or ReplicateDesign
    items : str or sequence of str
    quantiles : sequence of float in [0, 1]
    by, where
        Grouping variables; an expression that keeps a part of the sample.
    rule : QuantileRule
        See `quantile_rules`.
    interval : QuantileInterval
        "mean", "beta", "xlogit" and "asin" are Woodruff's with that interval of the share below the quantile; "score"
        (not with replicates) inverts the score test; "quantile" (replicates only) is ± t·SE of the replicates.
    df : float, optional
        Default: the degrees of freedom of the domain's answers, as R after `na.rm`.
    missing : sequence of str
        Codes that are no answer.

    Returns
    -------
    polars.DataFrame
        item, quantile, domain_variable, domain, estimate, std_error (length of the interval over 2t), ci_low, ci_high
        (null where an end on the scale of shares lies outside 0–1), df, n, flag.

    References
    ----------
    Woodruff (1952), JASA 47; Francisco and Fuller (1991), Ann. Statist. 19(1); R `survey::svyquantile`.
    """
    wrong = [p for p in quantiles if not 0 <= p <= 1]
    if wrong:
        raise UsageError(f"a quantile of {wrong[0]} is not between 0 and 1", "give for example 0.5", "quantiles")
    allowed = set(get_args(QuantileInterval)) - ({"score"} if isinstance(design, ReplicateDesign) else {"quantile"})
    if rule not in QUANTILE_RULES or interval not in allowed:
        raise UsageError(f"{rule!r} with {interval!r} is not known", "see the documentation", "rule, interval")
    names, values = read_matrix(design, items, missing)
    rows = []
    for k, item in enumerate(names):
        for part in read_parts(design, by, where):
            for p in quantiles:
                found = _one(design, values[:, k], part, p, rule, interval, level, df)
                rows.append((item, p, part.variable, part.name, *found))
    columns = ("estimate", "std_error", "ci_low", "ci_high", "df", "n")
    schema = {"item": pl.String, "quantile": pl.Float64, "domain_variable": pl.String, "domain": pl.String}
    frame = pl.DataFrame(rows, schema=schema | dict.fromkeys(columns, pl.Float64) | {"flag": pl.String}, orient="row")
    return frame.with_columns(pl.col(name).fill_nan(None) for name in columns)


def _one(
    design: AnyDesign,
    values: Floats,
    part: Part,
    p: float,
    rule: QuantileRule,
    interval: QuantileInterval,
    level: float,
    df: float | None,
) -> tuple[float, float, float, float, float, float, str]:
    inside = Part(variable=part.variable, name=part.name, rows=part.rows & ~np.isnan(values))
    weight = np.where(inside.rows, design.weight, 0.0)
    n = float((weight > 0).sum())
    nan = float("nan")
    if n == 0:
        return nan, nan, nan, nan, nan, 0.0, "empty"
    ordered = SortedValues(values, weight, design.row)
    estimate = ordered.quantile(p, rule)
    if isinstance(design, ReplicateDesign) and interval == "quantile":
        freedom = float(design.df_of(inside.rows)) if df is None else df
        at = np.array(
            [
                SortedValues(values, np.where(inside.rows, w, 0.0), design.row).quantile(p, rule)
                for w in design.analysis_weights.T
            ]
        )
        spread = float(np.sqrt(combine_replicates(design, np.array([estimate]), at[:, None])[0, 0]))
        half = _student(level, freedom) * spread
        return estimate, spread, estimate - half, estimate + half, freedom, n, ""
    below = mean_statistic(("below",), np.where(np.isnan(values), np.nan, values <= estimate)[:, None])
    fit = fit_statistic(design, below, [inside])
    freedom = float(fit.df[0]) if df is None else df
    variance = float(fit.covariance[0, 0])
    flag = fit.flag[0] if np.isnan(variance) or (df is None and freedom < 1) else ""
    if interval == "score":
        assert isinstance(design, Design)  # checked by the caller
        low, high = _score_interval(design, values, inside, p, ordered, _student(level, freedom))
    else:
        size = float(inside.rows.sum()) if _drops_rows(design) else float(len(inside.rows))
        ends = share_interval(float(fit.estimate[0]), variance, freedom, size, interval_method(interval), level)
        low, high = (ordered.quantile(end, rule) if 0 <= end <= 1 else nan for end in ends)
    error = (high - low) / (2 * _student(level, freedom))
    return estimate, error, low, high, freedom, n, flag


def interval_method(interval: str) -> Literal["mean", "beta", "xlogit", "asin"]:
    """The share's interval behind a Woodruff interval."""
    methods: dict[str, Literal["mean", "beta", "xlogit", "asin"]] = {
        "mean": "mean",
        "beta": "beta",
        "xlogit": "xlogit",
        "asin": "asin",
    }
    return methods[interval]


def _drops_rows(design: AnyDesign) -> bool:
    """True where R's subset of the design has fewer rows (calibrated and PPS designs keep them)."""
    return isinstance(design, ReplicateDesign) or (design.calibration is None and design.pps is None)


def _student(level: float, df: float) -> float:
    return float(student_quantile(level, 1e300 if np.isinf(df) else df))


def _score_interval(
    design: Design, values: Floats, inside: Part, p: float, ordered: SortedValues, t: float
) -> tuple[float, float]:
    """Observed values between which the test of P(x > θ) = 1 − p does not reject."""
    points = np.unique(ordered.values)

    def score(theta: float) -> float:
        above = np.where(np.isnan(values), np.nan, (values > theta) - (1 - p))
        fit = fit_statistic(design, mean_statistic(("above",), above[:, None]), [inside])
        error = float(fit.std_error[0])
        return float(fit.estimate[0]) / error if error > 0 else float(np.sign(fit.estimate[0])) * np.inf

    def crossing(limit: float) -> float:
        low, high = 0, len(points) - 1  # the score falls with θ: first point where it is at or below the limit
        while low < high:
            middle = (low + high) // 2
            if score(points[middle]) > limit:
                low = middle + 1
            else:
                high = middle
        return float(points[low])

    return crossing(t), crossing(-t)
