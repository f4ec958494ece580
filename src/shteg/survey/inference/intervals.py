"""Confidence intervals: t for means and totals, logit for shares, exact or Wilson for printed shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from shteg.arrays import Floats


def student_quantile(level: float, df: ArrayLike) -> Floats:
    """Two-sided quantile of Student's t at coverage `level`; NaN where `df` is below 1."""
    df = np.asarray(df, float)
    return np.where(df >= 1, special.stdtrit(np.maximum(df, 1), 0.5 + level / 2), np.nan)


def student_interval(estimate: Floats, std_error: Floats, df: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """estimate ± t(df)·SE (R: `confint(…, df=degf(design))`)."""
    half = student_quantile(level, df) * std_error
    return estimate - half, estimate + half


def logit_interval(
    share: Floats, std_error: Floats, df: ArrayLike, level: float, logit_error: Floats | None = None
) -> tuple[Floats, Floats]:
    """logit⁻¹(logit p ± t(df)·SE/(p(1 − p))) (R: `svyciprop(method="logit")`); NaN at 0 and 1.

    `logit_error` is the standard error of logit p itself, from replicates; the delta method is for where it is NaN.
    """
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)
    error = std_error / (p * (1 - p))
    if logit_error is not None:
        error = np.where(np.isnan(logit_error), error, logit_error)
    centre, half = special.logit(p), student_quantile(level, df) * error
    half = np.where(inside, half, np.nan)
    return special.expit(centre - half), special.expit(centre + half)


def with_bounds(share: Floats, low: Floats, high: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Put the exact one-sided bound for n answers where the share is 0 or 1."""
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

    References
    ----------
    Wilson (1927), JASA 22(158); Brown, Cai and DasGupta (2001), Statistical Science 16(2).
    """
    if share <= 0:
        return 0.0, float(boundary_bound(n, level))
    if share >= 1:
        return 1 - float(boundary_bound(n, level)), 1.0
    z2 = float(special.ndtri(0.5 + level / 2)) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * share * (1 - share) / n + z2**2 / (4 * n**2)) / (1 + z2 / n)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
