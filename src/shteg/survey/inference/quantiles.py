"""Quantiles over any domain, with intervals by Woodruff, by inverting the score test, or from replicates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import UsageError
from shteg.survey.code_texts import Missing, read_missing
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.intervals import student_quantile
from shteg.survey.inference.linear import AnyDesign, combine_replicates, require_design
from shteg.survey.inference.quantile_rules import QUANTILE_RULES, QuantileRule, SortedValues
from shteg.survey.inference.share_intervals import share_interval
from shteg.survey.inference.statistics import Part, fit_statistic, mean_statistic, read_matrix, read_parts
from shteg.survey.one_pass.groupings import By
from shteg.survey.requests import check_df, check_level, is_choice, is_number
from shteg.survey.rounding import ROUNDING, is_nothing, settle_share, settle_values

Floats = NDArray[np.float64]
QuantileInterval = Literal["mean", "beta", "xlogit", "asin", "score", "quantile"]
JACKKNIVES = ("JK1", "JKn", "JK2")
"""Replicates that leave out one PSU: a quantile is no smooth function, and their variance of it is not consistent."""


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
    missing: Missing | None = None,
    drop_empty: bool = True,
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
        (not with replicates) inverts the score test; "quantile" (replicates only, not the jackknife) is ± t·SE of the
        replicates.
    df : float, optional
        Default: the degrees of freedom of the domain's answers, as R after `na.rm`.
    missing : mapping of column to codes, optional
        Codes that are no answer, in items and grouping variables.
    drop_empty : bool
        As for `fit_means`.

    Returns
    -------
    polars.DataFrame
        item, quantile, domain_variable, domain, estimate, std_error (length of the interval over 2t), ci_low, ci_high
        (null where an end on the scale of shares lies outside 0–1), df, n, flag: "boundary" where everybody lies at or
        below the quantile, so that the standard error is 0 or not known.

    Raises
    ------
    UsageError
        A quantile is not between 0 and 1; there is no such rule or interval, or not for this design.

    References
    ----------
    Woodruff (1952), JASA 47; Francisco and Fuller (1991), Ann. Statist. 19(1); R `survey::svyquantile`.
    """
    require_design(design)
    shares = _read_quantiles(quantiles)
    _check_interval(design, rule, interval)
    level, wanted = check_level(level), check_df(df)
    codes = read_missing(design.data, missing)
    parts = read_parts(design, by, where, codes, drop_empty=drop_empty)
    names, values = read_matrix(design, items, codes)
    rows = []
    for k, item in enumerate(names):
        settled = settle_values(values[:, k])
        for part in parts:
            for p in shares:
                found = _one(design, settled, part, p, rule, interval, level, wanted)
                rows.append((item, p, part.variable, part.name, *found))
    columns = ("estimate", "std_error", "ci_low", "ci_high", "df", "n")
    schema = {"item": pl.String, "quantile": pl.Float64, "domain_variable": pl.String, "domain": pl.String}
    frame = pl.DataFrame(rows, schema=schema | dict.fromkeys(columns, pl.Float64) | {"flag": pl.String}, orient="row")
    return frame.with_columns(pl.col(name).fill_nan(None) for name in columns)


def _read_quantiles(quantiles: Sequence[float]) -> list[float]:
    if is_number(quantiles) or isinstance(quantiles, str) or not isinstance(quantiles, Iterable):
        raise UsageError(f"the quantiles are {quantiles!r}, no list", "write for example [0.5]", "quantiles")
    found = list(quantiles)
    wrong = [p for p in found if not is_number(p) or not 0 <= p <= 1]
    if wrong:
        raise UsageError(f"a quantile of {wrong[0]!r} is not between 0 and 1", "give for example 0.5", "quantiles")
    return [float(p) for p in found]


def _check_interval(design: AnyDesign, rule: str, interval: str) -> None:
    replicates = isinstance(design, ReplicateDesign)
    allowed = [one for one in get_args(QuantileInterval) if one != ("score" if replicates else "quantile")]
    if not (is_choice(rule, QUANTILE_RULES) and is_choice(interval, allowed)):
        raise UsageError(
            f"{rule!r} with {interval!r} is not known",
            f"rules: {', '.join(QUANTILE_RULES)}; intervals for this design: {', '.join(allowed)}",
            "rule, interval",
        )
    if interval == "quantile" and isinstance(design, ReplicateDesign) and design.type in JACKKNIVES:
        raise UsageError(
            f"the jackknife ({design.type}) gives no standard error of a quantile",
            'choose interval="mean", or replicates by BRR or the bootstrap',
            "interval",
        )


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
        return estimate, spread, estimate - half, estimate + half, freedom, n, _flag("", spread, ordered)
    below = mean_statistic(("below",), np.where(np.isnan(values), np.nan, values <= estimate)[:, None], share=True)
    fit = fit_statistic(design, below, [inside], df=df)
    freedom, variance = float(fit.df[0]), float(fit.covariance[0, 0])
    t = _student(level, freedom)
    if interval == "score":
        assert isinstance(design, Design)  # checked by the caller
        low, high = _score_interval(design, values, inside, p, ordered, t)
    else:
        size = float(inside.rows.sum()) if _drops_rows(design) else float(len(inside.rows))
        ends = share_interval(float(fit.estimate[0]), variance, freedom, size, interval_method(interval), level)
        low, high = (ordered.quantile(end, rule) if 0 <= end <= 1 else nan for end in map(settle_share, ends))
    error = (high - low) / (2 * t)
    return estimate, error, low, high, freedom, n, _flag(fit.flag[0], error, ordered)


def _flag(of_share: str, error: float, ordered: SortedValues) -> str:
    """Flag of a quantile: that of the share at or below it, or of its own standard error of 0."""
    if of_share == "boundary" and ordered.values[0] == ordered.values[-1]:
        return "constant"
    if of_share and of_share != "delta":
        return of_share
    return "tied" if error == 0 else ""


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
        if is_nothing(fit.estimate[0], 1.0):
            return 0.0
        return float(fit.estimate[0]) / error if error > 0 else float(np.sign(fit.estimate[0])) * np.inf

    def crossing(limit: float) -> float:
        low, high = 0, len(points) - 1  # the score falls with θ: first point where it is at or below the limit
        while low < high:
            middle = (low + high) // 2
            if score(points[middle]) > limit + ROUNDING:
                low = middle + 1
            else:
                high = middle
        return float(points[low])

    return crossing(t), crossing(-t)
