"""Numba kernels of the stance room: random numbers and the normal law."""

from collections.abc import Callable
from math import erfc, log

import numpy as np
from numpy.typing import NDArray

from shteg.compiling import compiled
from shteg.randomness import normal_quantile as normal_law


@compiled
def next_uniform(state: NDArray[np.uint64]) -> float:
    """Give a number in (0, 1) and advance `state`, (4,) uint64: xoshiro256+ (Blackman and Vigna 2021)."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    result = s0 + s3
    shifted = s1 << np.uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << np.uint64(45)) | (s3 >> np.uint64(19))
    state[0], state[1], state[2], state[3] = s0, s1, s2, s3
    return (float(result >> np.uint64(11)) + 0.5) / 9007199254740992.0


@compiled
def normal_cdf(x: float) -> float:
    """Standard normal distribution function, accurate in the lower tail."""
    return 0.5 * erfc(-x * 0.7071067811865476)


normal_quantile: Callable[[float], float] = compiled(normal_law)


@compiled
def truncated_normal(low: float, high: float, u: float) -> float:
    """Draw a standard normal between `low` and `high` by inverting the distribution at `u` in (0, 1)."""
    if low > 0.0:  # the upper tail loses digits: mirror it
        return -truncated_normal(-high, -low, u)
    p_low, p_high = normal_cdf(low), normal_cdf(high)
    p = p_low + u * (p_high - p_low)
    if p < 1e-300:  # beyond about 37 sd the tail is exponential
        return max(low, high + log(u) / -min(high, -1.0))
    return min(max(normal_quantile(min(p, 1.0 - 1e-16)), low), high)


@compiled
def log_interval(low: float, high: float) -> float:
    """Logarithm of the standard normal probability between `low` and `high`."""
    if low > 0.0:
        low, high = -high, -low
    return log(max(normal_cdf(high) - normal_cdf(low), 1e-300))
