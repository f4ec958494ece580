"""Numba kernels of the stance model: random numbers, normal law, and one chain of the Gibbs sampler."""

from math import erfc, exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shteg.compiling import compiled


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


@compiled
def normal_quantile(p: float) -> float:
    """Standard normal quantile for 0 < p < 1, relative error 1e-15 (Wichura 1988, algorithm AS 241)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (
            (
                (
                    (
                        ((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                        + 45921.953931549871457
                    )
                    * r
                    + 13731.693765509461125
                )
                * r
                + 1971.5909503065514427
            )
            * r
            + 133.14166789178437745
        ) * r + 3.387132872796366608
        bottom = (
            (
                (
                    (
                        ((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                        + 21213.794301586595867
                    )
                    * r
                    + 5394.1960214247511077
                )
                * r
                + 687.1870074920579083
            )
            * r
            + 42.313330701600911252
        ) * r + 1.0
        return q * top / bottom
    r = sqrt(-log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = (
            (
                (
                    (
                        ((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                        + 1.27045825245236838258
                    )
                    * r
                    + 3.64784832476320460504
                )
                * r
                + 5.7694972214606914055
            )
            * r
            + 4.6303378461565452959
        ) * r + 1.42343711074968357734
        bottom = (
            (
                (
                    (
                        ((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                        + 0.14810397642748007459
                    )
                    * r
                    + 0.68976733498510000455
                )
                * r
                + 1.6763848301838038494
            )
            * r
            + 2.05319162663775882187
        ) * r + 1.0
    else:
        r -= 5.0
        top = (
            (
                (
                    (
                        ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                        + 0.026532189526576123093
                    )
                    * r
                    + 0.29656057182850489123
                )
                * r
                + 1.7848265399172913358
            )
            * r
            + 5.4637849111641143699
        ) * r + 6.6579046435011037772
        bottom = (
            (
                (
                    (
                        ((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                        + 7.868691311456132591e-4
                    )
                    * r
                    + 0.0148753612908506148525
                )
                * r
                + 0.13692988092273580531
            )
            * r
            + 0.59983220655588793769
        ) * r + 1.0
    return -top / bottom if q < 0.0 else top / bottom


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
