"""What a design-based test says, and the distributions it is judged by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignTest:
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
