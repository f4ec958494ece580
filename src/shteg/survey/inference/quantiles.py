"""Quantiles over any domain: R’s rules, intervals by Woodruff, by inverting the score test, or from replicates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, get_args

import numpy as np
import polars as pl

from shteg.arrays import Floats, Ints
from shteg.errors import UsageError
from shteg.survey.code_texts import Missing
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.estimates import Estimates
from shteg.survey.inference.estimation import Request, Sample
from shteg.survey.inference.intervals import share_interval, student_quantile
from shteg.survey.inference.linear import AnyDesign, combine_replicates, degrees_of_freedom
from shteg.survey.inference.statistics import mean_statistic, read_matrix
from shteg.survey.inference.uncertainty import fit_statistic
from shteg.survey.one_pass.domains import By, Part
from shteg.survey.requests import Freedom, check_df, check_level, is_choice, is_number
from shteg.survey.rounding import ROUNDING, is_nothing, last_up_to, settle_on, settle_share, settle_values

QuantileRule = Literal[
    "math", "school", "shahvaish", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9", "inverse"
]

QUANTILE_RULES: tuple[QuantileRule, ...] = get_args(QuantileRule)

_POINTS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "hf5": lambda w, c: (c - w / 2) / c[-1],
    "hf6": lambda w, c: c / (c[-1] + w[-1]),
    "hf7": lambda w, c: np.concatenate(([0.0], c[:-1])) / c[-2],
    "hf8": lambda w, c: (c - w / 3) / (c[-1] + w[-1] / 3),
    "hf9": lambda w, c: (c - 3 * w / 8) / (c[-1] + w[-1] / 4),
}


class SortedValues:
    """Values of weight above 0, sorted; equal ones in the order of the file."""

    def __init__(self, values: Floats, weight: Floats, row: Ints) -> None:
        keep = weight > 0
        order = np.lexsort((row[keep], values[keep]))
        self.values, self.weight = values[keep][order], weight[keep][order]
        self.sums = np.cumsum(self.weight)

    def quantile(self, p: float, rule: QuantileRule) -> float:
        """Quantile p under a rule; NaN where there are no values or the rule does not reach p.

        R's discrete rules (math, school, hf1–hf3) give the second smallest value where p is below the share of the
        smallest, and so does this; "inverse" is the inverse of the distribution function there too. Rule hf4
        continues its first line below that share and has no value at p = 1; "shahvaish" uses the raw weight in
        (C*_k + 1/2 − w_k/2)/(n + 1). A cumulated share that is p up to rounding *is* p, and a value between two
        observed ones that is one of them up to rounding is that one: no processor's rounding decides.

        References
        ----------
        Hyndman and Fan (1996), The American Statistician 50; Shah and Vaish (2006); R `vignette("qrule", "survey")`.
        """
        x, w, sums = self.values, self.weight, self.sums
        n = len(x)
        if n == 0 or np.isnan(p):
            return float("nan")
        if n == 1:
            return float(x[0]) if rule != "hf4" else float("nan")
        total = float(sums[-1])
        target = settle_share(p) * total
        if rule == "inverse":
            return float(x[min(int(np.searchsorted(sums, target - ROUNDING * total)), n - 1)])
        if rule == "hf3":
            x, groups = np.unique(x, return_inverse=True)
            return _discrete(x, np.cumsum(np.bincount(groups, w)), target, rule)
        if rule in ("math", "school", "hf1", "hf2"):
            return _discrete(x, sums, target, rule)
        if rule == "shahvaish":
            points = (np.cumsum(w * n / total) + 0.5 - w / 2) / (n + 1)  # may fall here and there
            reached = np.where(points <= p + ROUNDING, points, -np.inf)
            return float(x[int(np.argmax(reached >= reached.max() - ROUNDING))])
        if rule == "hf4":
            at = max(last_up_to(sums, target, total), 0)
            if at + 1 >= n:
                return float("nan")
            return settle_on(float(x[at] + (target - sums[at]) / w[at + 1] * (x[at + 1] - x[at])), x)
        return settle_on(float(np.interp(p, _POINTS[rule](w, sums), x)), x)


def _discrete(x: Floats, sums: Floats, target: float, rule: str) -> float:
    at = last_up_to(sums, target, float(sums[-1]))
    exact = at >= 0 and bool(is_nothing(sums[at] - target, sums[-1]))
    at = max(at, 0)
    after = min(at + 1, len(x) - 1)
    if not exact:
        return float(x[after])
    if rule in ("school", "hf2"):
        return float((x[at] + x[after]) / 2)
    if rule == "hf3":
        return float(x[at] if at % 2 else x[after])  # positions count from 1: the even one
    return float(x[at])


QuantileInterval = Literal["mean", "beta", "xlogit", "asin", "score", "quantile"]
JACKKNIVES = ("JK1", "JKn", "JK2")
"""Replicates that leave out one PSU: a quantile is no smooth function, and their variance of it is not consistent."""


def estimate_quantiles(
    design: Sample,
    items: str | Sequence[str],
    quantiles: Sequence[float] = (0.25, 0.5, 0.75),
    *,
    by: Sequence[By] = (),
    where: pl.Expr | str | None = None,
    rule: QuantileRule = "math",
    interval: QuantileInterval = "mean",
    level: float = 0.95,
    df: float | Freedom | None = None,
    missing: Missing | None = None,
    drop_empty: bool = True,
) -> Estimates:
    """Quantiles of numeric columns in the whole sample and in each domain.

    Parameters
    ----------
    design, items, by, where, missing, drop_empty : as there
        See `estimate_means`.
    quantiles : sequence of float in [0, 1]
    rule : QuantileRule
        See docs/methods/survey-designs.md#estimators.
    interval : QuantileInterval
        "mean", "beta", "xlogit" and "asin" are Woodruff's with that interval of the share below the quantile; "score"
        (not with replicates) inverts the score test; "quantile" (replicates only, not the jackknife) is ± t·SE of the
        replicates.
    level : float in (0, 1)
        Coverage of the intervals, which the standard error comes from.
    df : float, "domain", "design" or "r", optional
        Default: by the rule of the design; "domain" and "r" are those of the domain's answers, as R after `na.rm`.

    Returns
    -------
    Estimates
        Rows with one more key, quantile. The standard error is the length of the interval over 2t; an end of the
        interval that lies outside 0–1 on the scale of shares is not known; "boundary" where everybody lies at or below
        the quantile, so that the standard error is 0 or not known.

    Raises
    ------
    UsageError
        A quantile is not between 0 and 1; there is no such rule or interval, or not for this design.

    References
    ----------
    Woodruff (1952), JASA 47; Francisco and Fuller (1991), Ann. Statist. 19(1); R `survey::svyquantile`.
    """
    asked = Request.of(design, items, by, where, missing, "replace", "mean", drop_empty=drop_empty, numeric=True)
    shares = _read_quantiles(quantiles)
    loaded = asked.loaded()
    _check_interval(loaded, rule, interval)
    level, parts = check_level(level), list(asked.parts(loaded))
    wanted = _freedom(loaded, parts[0], check_df(df))
    found, keys = [], []
    for item, values in zip(asked.items, read_matrix(loaded, asked.items, asked.missing)[1].T, strict=True):
        settled = settle_values(values)
        for part in parts:
            for p in shares:
                found.append(_one(loaded, settled, part, p, rule, interval, level, wanted))
                keys.append((item, "", p, part.variable, part.name))
    columns = ("item", "option", "quantile", "domain_variable", "domain")
    numbers = np.array([one[:6] for one in found], float).reshape(-1, 6).T
    estimate, error, low, high, freedom, n = numbers
    return Estimates(
        keys={name: [key[i] for key in keys] for i, name in enumerate(columns)},
        estimate=estimate,
        std_error=error,
        df=freedom,
        flag=tuple(one[6] for one in found),
        n=n,
        ends=(low, high, level),
        title=asked.title("Quantiles"),
    )


def _freedom(design: AnyDesign, whole: Part, df: float | Freedom | None) -> float | None:
    """Degrees of freedom that are the same for every quantile; None where each has those of its answers."""
    rule = design.freedom if df is None else df
    if isinstance(rule, float):
        return rule
    return float(degrees_of_freedom(design, whole.rows)) if rule == "design" else None


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
        half = float(student_quantile(level, freedom)) * spread
        return estimate, spread, estimate - half, estimate + half, freedom, n, _flag("", spread, ordered)
    below = mean_statistic(("below",), np.where(np.isnan(values), np.nan, values <= estimate)[:, None], share=True)
    fit = fit_statistic(design, below, [inside]).with_df(df)
    freedom, variance = float(fit.df[0]), float(fit.covariance[0, 0])
    t = float(student_quantile(level, freedom))
    if interval == "score" or interval == "quantile":
        assert isinstance(design, Design)  # checked by the caller: "quantile" is of replicates, above
        low, high = _score_interval(design, values, inside, p, ordered, t)
    else:
        assert fit.rows is not None  # of a statistic they are known
        ends = share_interval(float(fit.estimate[0]), variance, freedom, float(fit.rows[0]), interval, level)
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
