"""Intervals of a share: seven ways from its estimate, its design-based variance and its degrees of freedom."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from scipy import optimize, special

from shteg.errors import UsageError
from shteg.survey.inference.intervals import student_quantile
from shteg.survey.requests import check_choice, check_level, is_number

CipropMethod = Literal["logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson"]

CIPROP_METHODS: tuple[CipropMethod, ...] = get_args(CipropMethod)


def share_interval(
    share: float, variance: float, df: float, n: float, method: CipropMethod = "logit", level: float = 0.95
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
    method : CipropMethod
        "likelihood": ends where the binomial deviance times p(1 − p)/(nV) · (n − 1)/n reaches t².
        "logit" and "xlogit" are the same here: R's "logit" reaches the closed form by iteration (to about 1e-8).
    level : float in (0, 1)

    References
    ----------
    Korn and Graubard (1998), Survey Methodology 23; Rao and Scott (1984); R `survey::svyciprop`; Dean and Pagano
    (2015), J. Survey Stat. Methodol. 3 ("wilson").
    """
    check_choice(method, CIPROP_METHODS, "method", "{} is no interval")
    check_level(level)
    for name, value in (("share", share), ("variance", variance), ("df", df), ("n", n)):
        if not is_number(value):
            raise UsageError(f"{value!r} is no number", "give a number", name)
    t = _student(level, df)
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
    effective *= (_student(level, n - 1) / t) ** 2
    if method == "beta":
        alpha, x = 1 - level, effective * p
        low = special.betaincinv(x, effective - x + 1, alpha / 2)
        return float(low), float(special.betaincinv(x + 1, effective - x, 1 - alpha / 2))
    z2 = _student(level, n - 1) ** 2
    middle = (p + z2 / (2 * effective)) / (1 + z2 / effective)
    half = float(np.sqrt(z2 * p * (1 - p) / effective + z2**2 / (4 * effective**2))) / (1 + z2 / effective)
    return middle - half, middle + half


def _student(level: float, df: float) -> float:
    if np.isinf(df):
        return float(special.ndtri(0.5 + level / 2))
    return float(student_quantile(level, df))


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
