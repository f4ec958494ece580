"""The standard normal law, compiled for the samplers of several rooms."""

from collections.abc import Callable
from math import erfc, log

from shteg.compiling import inner
from shteg.randomness import normal_quantile as quantile

normal_quantile: Callable[[float], float] = inner(quantile)
"""Standard normal quantile of a share in (0, 1), to about 1e-15."""


@inner
def normal_cdf(x: float) -> float:
    """Standard normal distribution function, accurate in the lower tail."""
    return 0.5 * erfc(-x * 0.7071067811865476)


@inner
def truncated_normal(low: float, high: float, u: float) -> float:
    """Draw a standard normal between two bounds by inverting its distribution.

    Parameters
    ----------
    low, high : float
        Bounds, low < high; either may be infinite.
    u : float
        Uniform number in (0, 1).

    Returns
    -------
    float
        In [low, high]; beyond about 37 standard deviations the tail is taken as exponential.
    """
    side = -1.0 if low > 0.0 else 1.0  # the upper tail loses digits: mirror it
    if side < 0.0:
        low, high = -high, -low
    p_low, p_high = normal_cdf(low), normal_cdf(high)
    p = p_low + u * (p_high - p_low)
    if p < 1e-300:  # beyond about 37 sd the tail is exponential
        return side * max(low, high + log(u) / -min(high, -1.0))
    return side * min(max(normal_quantile(min(p, 1.0 - 1e-16)), low), high)


@inner
def log_interval(low: float, high: float) -> float:
    """Logarithm of the standard normal probability between `low` and `high`; at least that of 1e-300."""
    if low > 0.0:
        low, high = -high, -low
    return log(max(normal_cdf(high) - normal_cdf(low), 1e-300))
