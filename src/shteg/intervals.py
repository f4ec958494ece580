"""Coverage of the intervals that are printed: which quantiles bound them, how wide a normal one is."""

from statistics import NormalDist

LEVEL = 0.90
"""Coverage of the intervals of posterior draws."""

LOW, HIGH = 0.05, 0.95
"""Quantiles that bound them. `(1 - LEVEL) / 2` is another double than `LOW` (by 1e-17) and can give another draw."""

NORMAL_90 = 1.6448536269514722
"""Half-width of a central 90 % interval of the standard normal law, in standard deviations: the double nearest to it,
and what `scipy.special.ndtri(0.95)` gives; `normal_half_width(0.90)` is smaller by 7e-16."""

NORMAL_90_SHORT, NORMAL_95_SHORT = 1.645, 1.959964
"""The same of 90 and 95 % as tables print them, where published figures were made with so few digits."""


def normal_half_width(level: float) -> float:
    """Give the half-width of a central normal interval, in standard deviations.

    Parameters
    ----------
    level : float
        Coverage, in [0, 1).

    Returns
    -------
    float
        At least 0, to about 1e-15.
    """
    return NormalDist().inv_cdf((1.0 + level) / 2.0)
