"""Intervals of estimates, and p values of design-based tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from scipy import optimize, special

from shteg.arrays import Floats
from shteg.errors import UsageError
from shteg.shown import Shown
from shteg.survey.requests import check_choice, check_level, is_number

IntervalMethod = Literal["logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson"]

INTERVAL_METHODS: tuple[IntervalMethod, ...] = get_args(IntervalMethod)

AnyInterval = IntervalMethod | Literal["fisher"]
"""Of any estimate: those of shares, and Fisher's of correlations."""


def student_quantile(level: float, df: ArrayLike) -> Floats:
    """Two-sided quantile of Student's t at coverage `level`; NaN where `df` is below 1, the normal's where infinite."""
    df = np.asarray(df, float)
    finite = np.where(np.isinf(df), 1.0, np.maximum(df, 1))
    found = np.where(np.isinf(df), special.ndtri(0.5 + level / 2), special.stdtrit(finite, 0.5 + level / 2))
    return np.where(df >= 1, found, np.nan)


def logit_interval(
    share: Floats, std_error: Floats, df: ArrayLike, level: float, logit_error: Floats | None = None
) -> tuple[Floats, Floats]:
    """logit⁻¹(logit p ± t(df)·SE/(p(1 − p))) (R: `svyciprop(method="logit")`); NaN at 0 and 1.

    Parameters
    ----------
    share, std_error, df : (k,) float
    level : float in (0, 1)
    logit_error : (k,) float, optional
        Standard error of logit p itself, from replicates; the delta method is for where it is NaN.

    Returns
    -------
    low, high : (k,) float
    """
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)
    error = std_error / (p * (1 - p))
    if logit_error is not None:
        error = np.where(np.isnan(logit_error), error, logit_error)
    centre, half = special.logit(p), student_quantile(level, df) * error
    half = np.where(inside, half, np.nan)
    return special.expit(centre - half), special.expit(centre + half)


def fisher_interval(r: Floats, std_error: Floats, df: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """tanh(atanh r ± t(df)·SE/(1 − r²)): the interval of a correlation on Fisher's scale; NaN at −1 and 1.

    Parameters
    ----------
    r, std_error, df : (k,) float
    level : float in (0, 1)

    Returns
    -------
    low, high : (k,) float

    References
    ----------
    Fisher (1921), Metron 1; the standard error of atanh r is by the delta method.
    """
    inside = np.abs(np.nan_to_num(r, nan=1.0)) < 1
    known = np.where(inside, r, 0.0)
    half = np.where(inside, student_quantile(level, df) * std_error / (1 - known**2), np.nan)
    centre = np.arctanh(known)
    return np.tanh(centre - half), np.tanh(centre + half)


def with_bounds(share: Floats, low: Floats, high: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Put the exact one-sided bound where the share is 0 or 1.

    Parameters
    ----------
    share, low, high : (k,) float
    n : (k,) float
        Effective number of answers; at least 1 is taken.
    level : float in (0, 1)

    Returns
    -------
    low, high : (k,) float
    """
    bound = boundary_bound(np.fmax(n, 1.0), level)
    nobody, everybody = share == 0, share == 1
    return (
        np.where(nobody, 0.0, np.where(everybody, 1 - bound, low)),
        np.where(nobody, bound, np.where(everybody, 1.0, high)),
    )


def boundary_bound(n: ArrayLike, level: float) -> Floats:
    """Largest share that still gives no success in n trials with probability 1 − level: 1 − (1 − level)^(1/n)."""
    return 1 - (1 - level) ** (1 / np.asarray(n, float))


def wilson_interval(share: float, n: float, level: float) -> tuple[float, float]:
    """Wilson's score interval of a share with n independent answers; at 0 and 1 the exact one-sided bound.

    Parameters
    ----------
    share : float in [0, 1]
    n : float, > 0
        Answers, divided by the design effect.
    level : float in (0, 1)

    Returns
    -------
    low, high : float in [0, 1]

    References
    ----------
    Wilson (1927), JASA 22(158); Brown, Cai and DasGupta (2001), Statistical Science 16(2).
    """
    if share <= 0:
        return 0.0, float(boundary_bound(n, level))
    if share >= 1:
        return 1 - float(boundary_bound(n, level)), 1.0
    low, high = _wilson(share, n, float(special.ndtri(0.5 + level / 2)) ** 2)
    return max(0.0, low), min(1.0, high)


def _wilson(share: float, n: float, z2: float) -> tuple[float, float]:
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = float(np.sqrt(z2 * share * (1 - share) / n + z2**2 / (4 * n**2))) / (1 + z2 / n)
    return centre - half, centre + half


def share_interval(
    share: float, variance: float, df: float, n: float, method: IntervalMethod = "logit", level: float = 0.95
) -> tuple[float, float]:
    """Interval of a share; NaN where the method has none (share 0 or 1, df below 1).

    Parameters
    ----------
    share, variance : float
    df : float
        Degrees of freedom of the variance; may be infinite.
    n : float
        Rows of the sample: "beta" and "wilson" correct the effective sample size p(1 − p)/V by
        (t(n − 1)/t(df))², as Korn and Graubard do.
    method : IntervalMethod
        "likelihood": ends where the binomial deviance times p(1 − p)/(nV) · (n − 1)/n reaches t².
        "logit" and "xlogit" are the same here: R's "logit" reaches the closed form by iteration (to about 1e-8).
    level : float in (0, 1)

    Returns
    -------
    low, high : float

    Raises
    ------
    UsageError
        An argument is no number, or there is no such method.

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 23; Rao and Scott (1984); R `survey::svyciprop`; Dean and Pagano
    (2015), J. Survey Stat. Methodol. 3 ("wilson").
    """
    check_choice(method, INTERVAL_METHODS, "method", "{} is no interval")
    check_level(level)
    for name, value in (("share", share), ("variance", variance), ("df", df), ("n", n)):
        if not is_number(value):
            raise UsageError(f"{value!r} is no number", "give a number", name)
    t = float(student_quantile(level, df))
    p, se = share, float(np.sqrt(variance)) if variance >= 0 else float("nan")
    if method == "mean":
        return p - t * se, p + t * se
    if not 0 < p < 1 or np.isnan(t) or np.isnan(se):
        return float("nan"), float("nan")
    if se == 0:
        return p, p
    if method in ("logit", "xlogit"):
        half = t * se / (p * (1 - p))
        return float(special.expit(special.logit(p) - half)), float(special.expit(special.logit(p) + half))
    if method == "asin":
        centre, half = float(np.arcsin(np.sqrt(p))), t * se / (2 * float(np.sqrt(p * (1 - p))))
        return float(np.sin(centre - half) ** 2), float(np.sin(centre + half) ** 2)
    effective = p * (1 - p) / variance
    if method == "likelihood":
        return _likelihood(p, effective * (n - 1) / n, t)  # R's dispersion of the binomial is n/(n − 1)
    effective *= (float(student_quantile(level, n - 1)) / t) ** 2
    if method == "beta":
        alpha, x = 1 - level, effective * p
        low = special.betaincinv(x, effective - x + 1, alpha / 2)
        return float(low), float(special.betaincinv(x + 1, effective - x, 1 - alpha / 2))
    return _wilson(p, effective, float(student_quantile(level, n - 1)) ** 2)


def _likelihood(p: float, effective: float, t: float) -> tuple[float, float]:
    """Shares q whose scaled binomial deviance 2 n* KL(p, q) is at most t²."""

    def excess(logit: float) -> float:
        log_q, log_rest = -np.logaddexp(0, -logit), -np.logaddexp(0, logit)
        kl = p * (np.log(p) - log_q) + (1 - p) * (np.log1p(-p) - log_rest)
        return float(2 * effective * kl - t**2)

    centre, step = float(special.logit(p)), max(t / float(np.sqrt(effective * p * (1 - p))), 1e-8)
    ends = []
    for sign in (-1, 1):
        far = step
        while excess(centre + sign * far) < 0:
            far *= 2
        ends.append(optimize.brentq(excess, *sorted((centre, centre + sign * far)), xtol=1e-14, rtol=1e-14))
    return float(special.expit(ends[0])), float(special.expit(ends[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignTest(Shown):
    """Result of a test.

    Parameters
    ----------
    method : str
    statistic : float
    df : tuple of float
        Degrees of freedom: one of t or χ², two of F, none of a weighted sum of χ².
    p_value : float
    estimate, std_error, ci_low, ci_high : float, optional
        The difference tested, where there is one.
    n : int
        Rows with weight above 0.
    """

    method: str
    statistic: float
    df: tuple[float, ...]
    p_value: float
    estimate: float | None = None
    std_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    n: int = 0

    @property
    def title(self) -> str:
        """The method."""
        return self.method

    def to_frame(self) -> pl.DataFrame:
        """The test as one row: method, statistic, df, df_denominator (of F), p_value, estimate … n; null is unknown."""
        degrees = [*self.df[:2], None, None][:2]
        numbers = {
            "statistic": self.statistic, "df": degrees[0], "df_denominator": degrees[1], "p_value": self.p_value,
            "estimate": self.estimate, "std_error": self.std_error, "ci_low": self.ci_low, "ci_high": self.ci_high,
        }  # fmt: skip
        columns = {name: pl.Series([one], dtype=pl.Float64) for name, one in numbers.items()}
        return pl.DataFrame({"method": [self.method], **columns, "n": [self.n]})


def student_p(statistic: float, df: float) -> float:
    """Two-sided p value of t."""
    return float(2 * special.stdtr(df, -abs(statistic)))


def f_p(statistic: float, numerator: float, denominator: float) -> float:
    """Upper p value of F.

    Parameters
    ----------
    statistic : float, >= 0
    numerator, denominator : float, > 0
        Degrees of freedom; an infinite denominator gives χ²/numerator.

    Returns
    -------
    float in [0, 1]
    """
    if np.isinf(denominator):
        return chi2_p(statistic * numerator, numerator)
    return float(special.fdtrc(numerator, denominator, statistic))


def chi2_p(statistic: float, df: float) -> float:
    """Upper p value of χ²."""
    return float(special.chdtrc(df, statistic))
