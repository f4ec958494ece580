"""Numba kernels of the stance model: random numbers, normal law, and one chain of the Gibbs sampler."""

from collections.abc import Callable
from math import erfc, exp, log, sqrt
from typing import Any

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


@compiled
def _update_cuts(
    m: int,
    level: Any,
    theta: Any,
    b: float,
    cuts: Any,
    n_levels: int,
    cut_sd: float,
    step: Any,
    state: Any,
    gain: float,
) -> None:
    """Move each cut point of item `m` by random-walk Metropolis, latent responses integrated out (Cowles 1996)."""
    for c in range(1, n_levels):
        at = cuts[c]
        to = at + step[c] * normal_quantile(next_uniform(state))
        accept = 0.0
        if cuts[c - 1] < to < cuts[c + 1]:
            change = 0.5 * (at * at - to * to) / (cut_sd * cut_sd)
            for j in range(level.shape[0]):
                eta = b * theta[j]
                if level[j, m] == c - 1:
                    change += log_interval(cuts[c - 1] - eta, to - eta) - log_interval(cuts[c - 1] - eta, at - eta)
                elif level[j, m] == c:
                    change += log_interval(to - eta, cuts[c + 1] - eta) - log_interval(at - eta, cuts[c + 1] - eta)
            accept = exp(min(0.0, change))
        if next_uniform(state) < accept:
            cuts[c] = to
        if gain > 0.0:
            step[c] *= exp(gain * (accept - 0.44))


@compiled
def _shift_and_stretch(theta: Any, b: Any, cuts: Any, n_levels: Any, prior: Any, state: Any) -> None:
    """Move along the two directions the likelihood does not see: the zero and the unit of the scale.

    (theta + d, cuts + b d) for all items: d has a normal full conditional. (c theta, b / c): Metropolis on log c with
    Jacobian c^(members − items). Both leave the posterior as it is (Liu and Sabatti 2000).
    """
    n_members, n_items = theta.shape[0], b.shape[0]
    b_mean, b_sd, cut_sd = prior[0], prior[1], prior[2]
    precision, weighted = float(n_members), theta.sum()
    for m in range(n_items):
        for c in range(1, n_levels[m]):
            precision += b[m] * b[m] / (cut_sd * cut_sd)
            weighted += b[m] * cuts[m, c] / (cut_sd * cut_sd)
    shift = -weighted / precision + normal_quantile(next_uniform(state)) / sqrt(precision)
    for j in range(n_members):
        theta[j] += shift
    for m in range(n_items):
        for c in range(1, n_levels[m]):
            cuts[m, c] += b[m] * shift
    log_c = 0.3 * normal_quantile(next_uniform(state))
    stretch = exp(log_c)
    change = (n_members - n_items) * log_c - 0.5 * (stretch * stretch - 1.0) * (theta * theta).sum()
    for m in range(n_items):
        change -= 0.5 * ((b[m] / stretch - b_mean) ** 2 - (b[m] - b_mean) ** 2) / (b_sd * b_sd)
    if next_uniform(state) < exp(min(0.0, change)):
        for j in range(n_members):
            theta[j] *= stretch
        for m in range(n_items):
            b[m] /= stretch


@compiled
def run_chain(
    level: NDArray[np.int64],
    n_levels: NDArray[np.int64],
    prior: NDArray[np.float64],
    burn_in: int,
    kept: int,
    state: NDArray[np.uint64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Run one chain of the graded probit model.

    Parameters
    ----------
    level : (member, item) int
        Responses, −1 where missing.
    n_levels : (item,) int, >= 2
    prior : (3,) float
        Mean and sd of the discriminations before truncation at 0, sd of the cut points.
    burn_in, kept : int
        Iterations thrown away (the Metropolis steps are tuned in them) and kept.
    state : (4,) uint64
        State of the random numbers; advanced in place.

    Returns
    -------
    theta : (kept, member) float
    discrimination : (kept, item) float
    cuts : (kept, item, largest number of levels − 1) float
        Not a number where an item has fewer levels.
    """
    n_members, n_items = level.shape
    widest = n_levels.max()
    theta = np.empty(n_members)
    b = np.ones(n_items)
    cuts = np.full((n_items, widest + 1), np.inf)
    step = np.full((n_items, widest + 1), 0.6)
    latent = np.zeros((n_members, n_items))
    theta_out = np.empty((kept, n_members))
    b_out = np.empty((kept, n_items))
    cuts_out = np.full((kept, n_items, widest - 1), np.nan)
    for j in range(n_members):
        theta[j] = normal_quantile(next_uniform(state))
    for m in range(n_items):
        cuts[m, 0] = -np.inf
        for c in range(1, n_levels[m]):
            below, seen = 0, 0
            for j in range(n_members):
                seen += level[j, m] >= 0
                below += 0 <= level[j, m] < c
            cuts[m, c] = 1.4 * normal_quantile((below + 0.5) / (seen + 1.0))
    for iteration in range(burn_in + kept):
        gain = 1.0 / sqrt(1.0 + iteration) if iteration < burn_in else 0.0
        for m in range(n_items):
            _update_cuts(m, level, theta, b[m], cuts[m], n_levels[m], prior[2], step[m], state, gain)
            precision = 1.0 / (prior[1] * prior[1])
            weighted = prior[0] * precision
            for j in range(n_members):
                if level[j, m] >= 0:
                    eta = b[m] * theta[j]
                    low, high = cuts[m, level[j, m]] - eta, cuts[m, level[j, m] + 1] - eta
                    latent[j, m] = eta + truncated_normal(low, high, next_uniform(state))
                    precision += theta[j] * theta[j]
                    weighted += theta[j] * latent[j, m]
            mean, sd = weighted / precision, 1.0 / sqrt(precision)
            b[m] = max(mean + sd * truncated_normal(-mean / sd, np.inf, next_uniform(state)), 1e-12)
        for j in range(n_members):
            precision, weighted = 1.0, 0.0
            for m in range(n_items):
                if level[j, m] >= 0:
                    precision += b[m] * b[m]
                    weighted += b[m] * latent[j, m]
            theta[j] = weighted / precision + normal_quantile(next_uniform(state)) / sqrt(precision)
        _shift_and_stretch(theta, b, cuts, n_levels, prior, state)
        if iteration >= burn_in:
            theta_out[iteration - burn_in] = theta
            b_out[iteration - burn_in] = b
            for m in range(n_items):
                for c in range(1, n_levels[m]):
                    cuts_out[iteration - burn_in, m, c - 1] = cuts[m, c]
    return theta_out, b_out, cuts_out
