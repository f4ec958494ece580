"""Numba kernel of the ratification law: one chain of its sampler."""

from collections.abc import Callable
from math import erfc, exp, lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shteg.compiling import compiled
from shteg.randomness import normal_quantile as normal_law

normal_quantile: Callable[[float], float] = compiled(normal_law)


@compiled
def normal_cdf(x: float) -> float:
    """Standard normal distribution function, accurate in the lower tail."""
    return 0.5 * erfc(-x * 0.7071067811865476)


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
def log_normal_density(time: float, mean: float, sd: float) -> float:
    """Log density of a log-normal time, without the constant −½ log 2π."""
    log_time = log(max(time, 1e-300))
    return -log_time - log(sd) - 0.5 * ((log_time - mean) / sd) ** 2


@compiled
def _open_uniform(generator: Any) -> float:
    return float(1.0 - generator.random())  # (0, 1]: its logarithm is finite


@compiled
def _log_together(time: float, part: float, mean: float, sd: float, extra: float, extra_sd: float) -> float:
    """Log density of (time, part): part · time days of holding out come on top of the usual (1 − part) · time."""
    return (
        log_normal_density(time * (1.0 - part), mean, sd) + log_normal_density(time * part, extra, extra_sd) + log(time)
    )


@compiled
def _move_held(low: float, high: float, time: float, part: float, law: Any, generator: Any) -> tuple[float, float]:
    """Move the days and the held part of one act whose member holds out: independence Metropolis."""
    if high < np.inf:
        new_time = low + (high - low) * _open_uniform(generator)
        ratio = 0.0
    else:  # still open: a Pareto time above what has passed
        new_time = low / _open_uniform(generator)
        ratio = 2.0 * (log(new_time) - log(time))
    new_part = generator.random()
    if new_part <= 0.0:
        return time, part
    ratio += _log_together(new_time, new_part, law[0], law[1], law[2], law[3])
    ratio -= _log_together(time, part, law[0], law[1], law[2], law[3])
    if log(_open_uniform(generator)) < ratio:
        return new_time, new_part
    return time, part


@compiled
def _between(low: float, high: float, mean: float, sd: float) -> float:
    """Probability that a log-normal time lies between two days."""
    lower = (log(low) - mean) / sd if low > 0.0 else -np.inf
    upper = (log(high) - mean) / sd
    return normal_cdf(-lower) - normal_cdf(-upper) if lower > 0.0 else normal_cdf(upper) - normal_cdf(lower)


@compiled
def _draw_free(low: float, high: float, mean: float, sd: float, quick: Any, generator: Any) -> tuple[float, bool]:
    """Draw the days of an act whose member does not hold out, and whether it was quick: the days integrated out."""
    overlap = max(min(high, quick[1]) - low, 0.0) / quick[1]
    fast, usual = quick[0] * overlap, (1.0 - quick[0]) * _between(low, high, mean, sd)
    if generator.random() * (fast + usual) < fast:
        return low + (min(high, quick[1]) - low) * _open_uniform(generator), True
    lower = (log(low) - mean) / sd if low > 0.0 else -np.inf
    z = truncated_normal(lower, (log(high) - mean) / sd, _open_uniform(generator) * (1.0 - 1e-15))
    return min(max(exp(mean + sd * z), max(low, 1e-6)), high), False


@compiled
def _update_times(acts: Any, groups: Any, state: Any, quick: Any, generator: Any) -> None:
    """Draw the days of every act within its bounds, whether it was quick, and whether its member holds out."""
    low, high, member, round_ = acts
    group_member, first, last, known = groups
    time, part, fast, held, centre, scalar, share = state
    for g in range(group_member.shape[0]):
        odds = share[group_member[g]]
        ratio = log(max(odds, 1e-300)) - log(max(1.0 - odds, 1e-300))
        any_fast = False
        for i in range(first[g], last[g]):
            mean = scalar[0] + centre[member[i]] + centre[round_[i]]
            if held[g]:
                law = (mean, scalar[1], scalar[2], scalar[3])
                for _ in range(2):
                    time[i], part[i] = _move_held(low[i], high[i], time[i], part[i], law, generator)
            else:
                time[i], fast[i] = _draw_free(low[i], high[i], mean, scalar[1], quick, generator)
                part[i] = _open_uniform(generator) * (1.0 - 1e-15)
                any_fast = any_fast or fast[i]
            ratio += _log_together(time[i], part[i], mean, scalar[1], scalar[2], scalar[3])
            ratio -= log_normal_density(time[i], mean, scalar[1]) + log(1.0 - quick[0])
        if (
            known[g] < 0
            and odds > 0.0
            and not any_fast
            and log(_open_uniform(generator)) < (-ratio if held[g] else ratio)
        ):
            held[g] = not held[g]


@compiled
def _update_effects(y: Any, own_acts: Any, n_members: int, centre: Any, scalar: Any, sds: Any, generator: Any) -> None:
    """Draw mean, member and round effects from their normal full conditionals, then slide them along each other."""
    member, round_ = own_acts
    size, total = centre.shape[0], y.shape[0]
    s2 = scalar[1] ** 2
    weighted = 0.0
    for i in range(total):
        weighted += y[i] - centre[member[i]] - centre[round_[i]]
    precision = total / s2 + 1.0 / (sds[2] ** 2 * s2)
    weighted = weighted / s2 + sds[3] / (sds[2] ** 2 * s2)
    scalar[0] = weighted / precision + generator.standard_normal() / sqrt(precision)
    for of_rounds in range(2):
        start, stop = (n_members, size) if of_rounds else (0, n_members)
        own, other = (round_, member) if of_rounds else (member, round_)
        count, sums = np.zeros(size), np.zeros(size)
        for i in range(total):
            count[own[i]] += 1.0
            sums[own[i]] += y[i] - scalar[0] - centre[other[i]]
        relative = sds[of_rounds]
        for a in range(start, stop):
            precision = (count[a] + 1.0 / relative**2) / s2
            centre[a] = sums[a] / s2 / precision + generator.standard_normal() / sqrt(precision)
        # mean + d, effects − d: the times stay as they are
        precision = ((stop - start) / relative**2 + 1.0 / sds[2] ** 2) / s2
        weighted = (centre[start:stop].sum() / relative**2 - (scalar[0] - sds[3]) / sds[2] ** 2) / s2
        shift = weighted / precision + generator.standard_normal() / sqrt(precision)
        scalar[0] += shift
        for a in range(start, stop):
            centre[a] -= shift


@compiled
def _update_spread(y: Any, own_acts: Any, n_members: int, centre: Any, scalar: Any, sds: Any, generator: Any) -> None:
    """Draw the residual sd, then each relative sd twice: effects kept, and effects stretched with it."""
    member, round_ = own_acts
    size, total = centre.shape[0], y.shape[0]
    rest = (scalar[0] - sds[3]) ** 2 / sds[2] ** 2
    for a in range(size):
        rest += (centre[a] / (sds[0] if a < n_members else sds[1])) ** 2
    for i in range(total):
        rest += (y[i] - scalar[0] - centre[member[i]] - centre[round_[i]]) ** 2
    scale = sds[5] + 0.5 * rest
    scalar[1] = sqrt(scale / generator.standard_gamma(sds[4] + 0.5 * (total + 1 + size)))
    for of_rounds in range(2):
        start, stop = (n_members, size) if of_rounds else (0, n_members)
        squares = (centre[start:stop] ** 2).sum() / scalar[1] ** 2
        for stretched in range(2):
            at = sds[of_rounds]
            to = at * exp(0.7 * generator.standard_normal())
            change = log(to / at) - 0.5 * (to**2 - at**2)  # half-normal(1), walk on the logarithm
            if stretched:
                own = round_ if of_rounds else member
                for i in range(total):
                    error = y[i] - scalar[0] - centre[member[i]] - centre[round_[i]]
                    moved = error - (to / at - 1.0) * centre[own[i]]
                    change -= 0.5 * (moved**2 - error**2) / scalar[1] ** 2
            else:
                change -= (stop - start) * log(to / at) + 0.5 * squares * (1.0 / to**2 - 1.0 / at**2)
            if log(_open_uniform(generator)) < change:
                sds[of_rounds] = to
                if stretched:
                    for a in range(start, stop):
                        centre[a] *= to / at


@compiled
def _log_beta_binomial(mean: float, weight: float, tries: Any, holds: Any) -> float:
    a, b = mean * weight, (1.0 - mean) * weight
    total = 0.0
    for j in range(tries.shape[0]):
        if tries[j] > 0:
            total += lgamma(a + holds[j]) + lgamma(b + tries[j] - holds[j]) - lgamma(weight + tries[j])
            total += lgamma(weight) - lgamma(a) - lgamma(b)
    return total


@compiled
def _update_shares(tries: Any, holds: Any, share: Any, law: Any, prior: Any, generator: Any) -> None:
    """Draw how often members hold out: mean and weight of the Beta law with shares integrated out, then the shares."""
    for _ in range(2):
        mean, weight = law[0], law[1]
        odds = log(mean / (1.0 - mean)) + 1.0 * generator.standard_normal()
        new_mean = min(max(1.0 / (1.0 + exp(-odds)), 1e-9), 1.0 - 1e-9)
        new_weight = weight * exp(1.0 * generator.standard_normal())
        change = _log_beta_binomial(new_mean, new_weight, tries, holds) - _log_beta_binomial(mean, weight, tries, holds)
        change += prior[0] * log(new_mean / mean) + prior[1] * log((1.0 - new_mean) / (1.0 - mean))
        change -= 0.5 * ((log(new_weight) - prior[2]) ** 2 - (log(weight) - prior[2]) ** 2) / prior[3] ** 2
        if log(_open_uniform(generator)) < change:
            law[0], law[1] = new_mean, new_weight
    for j in range(share.shape[0]):
        yes = generator.standard_gamma(law[0] * law[1] + holds[j])
        no = generator.standard_gamma((1.0 - law[0]) * law[1] + tries[j] - holds[j])
        share[j] = min(max(yes / (yes + no), 1e-12), 1.0 - 1e-12) if yes + no > 0.0 else law[0]


@compiled
def _update_extra(log_extra: Any, scalar: Any, prior: Any, generator: Any) -> None:
    """Draw mean and sd of the log days that holding out adds."""
    count = log_extra.shape[0]
    precision = count / scalar[3] ** 2 + 1.0 / prior[5] ** 2
    weighted = log_extra.sum() / scalar[3] ** 2 + prior[4] / prior[5] ** 2
    scalar[2] = weighted / precision + generator.standard_normal() / sqrt(precision)
    squares = ((log_extra - scalar[2]) ** 2).sum()
    for _ in range(3):
        at = scalar[3]
        to = at * exp(0.8 * generator.standard_normal())
        change = (1 - count) * log(to / at) - 0.5 * squares * (1.0 / to**2 - 1.0 / at**2)
        change -= 0.5 * (to**2 - at**2) / prior[6] ** 2
        if log(_open_uniform(generator)) < change:
            scalar[3] = max(to, 1e-3)


@compiled
def run_chain(
    acts: tuple[Any, ...],
    groups: tuple[Any, ...],
    n_members: int,
    n_rounds: int,
    prior: NDArray[np.float64],
    quick_prior: NDArray[np.float64],
    hold_prior: NDArray[np.float64],
    holding: bool,
    iterations: tuple[int, int, int],
    generator: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Run one chain of the ratification law.

    Parameters
    ----------
    acts : (low, high, member, round)
        Bounds in days, (act,) float; column of its member and of its round among the effects (rounds after members).
        Sorted by group.
    groups : (member, first, last, known)
        Of each member-and-round: its member, its first act, the one after its last, and whether its member is known to
        hold out: 1 yes, 0 no, -1 to be found out, (group,) int.
    prior : (4,) float
        Centre and relative sd of the mean, shape and scale of the residual variance.
    quick_prior : (3,) float
        Beta(a, b) of the share of quick acts, and the days within which they come; 0 days: no act is quick.
    hold_prior : (7,) float
        Beta(a, b) of the mean share, mean and sd of the log weight, mean and sd of the mean log extra days, scale of
        the half-normal sd of log extra days.
    holding : bool
        False: nobody ever holds out.
    iterations : (burn_in, kept, thin)
    generator : numpy.random.Generator

    Returns
    -------
    scalars : (kept, 9) float
        Mean, residual sd, relative sd of members and of rounds, mean share, its weight, mean and sd of log extra days,
        share of quick acts.
    effects : (kept, member + round) float
    share : (kept, member) float
    held : (kept, group) bool
    """
    low, high, member, round_ = acts
    group_member, first, last, known = groups
    total = low.shape[0]
    scalar = np.array([prior[0], 0.7, hold_prior[4], 0.4])
    sds = np.array([0.5, 0.5, prior[1], prior[0], prior[2], prior[3]])
    centre = np.zeros(n_members + n_rounds)
    share = np.full(n_members, 0.05 if holding else 0.0)
    law = np.array([0.05, 10.0])
    held = known > 0
    time, part, fast = np.empty(total), np.full(total, 0.5), np.zeros(total, dtype=np.bool_)
    quick = np.array([0.1 if quick_prior[2] > 0.0 else 0.0, max(quick_prior[2], 1e-9)])
    tries = np.zeros(n_members)
    for g in range(group_member.shape[0]):
        tries[group_member[g]] += 1.0
    for i in range(total):
        time[i] = 0.5 * (low[i] + high[i]) if high[i] < np.inf else low[i] + 1.0
    burn_in, kept, thin = iterations
    scalars_out, effects_out = np.empty((kept, 9)), np.empty((kept, centre.shape[0]))
    share_out, held_out = np.empty((kept, n_members)), np.empty((kept, held.shape[0]), dtype=np.bool_)
    y, of_member, of_round = np.empty(total), np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    for iteration in range(burn_in + kept * thin):
        _update_times(acts, groups, (time, part, fast, held, centre, scalar, share), quick, generator)
        count, slow = 0, 0
        extra, holds = np.empty(total), np.zeros(n_members)
        for g in range(held.shape[0]):
            holds[group_member[g]] += held[g]
            for i in range(first[g], last[g]):
                if not fast[i]:
                    y[slow] = log(max(time[i] * (1.0 - part[i]) if held[g] else time[i], 1e-300))
                    of_member[slow], of_round[slow] = member[i], round_[i]
                    slow += 1
                if held[g]:
                    extra[count] = log(max(time[i] * part[i], 1e-300))
                    count += 1
        own = (of_member[:slow], of_round[:slow])
        _update_effects(y[:slow], own, n_members, centre, scalar, sds, generator)
        _update_spread(y[:slow], own, n_members, centre, scalar, sds, generator)
        if quick_prior[2] > 0.0:
            yes = generator.standard_gamma(quick_prior[0] + total - slow)
            quick[0] = yes / (yes + generator.standard_gamma(quick_prior[1] + slow))
        if holding:
            _update_shares(tries, holds, share, law, hold_prior, generator)
            _update_extra(extra[:count], scalar, hold_prior, generator)
        at = iteration - burn_in
        if at >= 0 and at % thin == thin - 1:
            row = at // thin
            scalars_out[row, 0], scalars_out[row, 1] = scalar[0], scalar[1]
            scalars_out[row, 2], scalars_out[row, 3] = sds[0], sds[1]
            scalars_out[row, 4], scalars_out[row, 5] = law[0], law[1]
            scalars_out[row, 6], scalars_out[row, 7], scalars_out[row, 8] = scalar[2], scalar[3], quick[0]
            effects_out[row] = centre
            share_out[row] = share
            held_out[row] = held
    return scalars_out, effects_out, share_out, held_out
