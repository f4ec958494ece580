"""Numba kernel of the ratification law: one chain of its sampler."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt
from typing import NamedTuple

import numpy as np

from shteg.arrays import Bools, Floats, Ints
from shteg.compiling import compiled
from shteg.normal_law import normal_cdf, truncated_normal

MEAN, SD, EXTRA, EXTRA_SD = 0, 1, 2, 3
"""Places in `State.scalar`: mean and residual sd of the usual log days, mean and sd of the log extra days."""

OF_MEMBERS, OF_ROUNDS = 0, 1
"""Places in `State.relative`: sds of member and of round effects, as multiples of the residual sd."""


class RatificationPrior(NamedTuple):
    """Priors of the law; docs/methods/ratification.md gives the reasons.

    mean ~ N(`log_days`, (`mean_sd` s)²), s² ~ inverse Gamma(`variance_shape`, `variance_scale`), relative sds ~
    half-normal(1), share of quick acts ~ Beta(`quick_yes`, `quick_no`), who come within `quick_days` (0: none is
    quick), mean share ~ Beta(`hold_yes`, `hold_no`), its weight ~ log-normal(`log_weight`, `weight_sd`²), mean log
    extra days ~ N(`log_extra`, `log_extra_sd`²), their sd ~ half-normal(`extra_scale`).
    """

    log_days: float = float(np.log(180.0))
    mean_sd: float = 2.0
    variance_shape: float = 1.0
    variance_scale: float = 0.25
    quick_days: float = 60.0
    quick_yes: float = 1.0
    quick_no: float = 4.0
    hold_yes: float = 2.0
    hold_no: float = 98.0
    log_weight: float = float(np.log(20.0))
    weight_sd: float = 0.5
    log_extra: float = float(np.log(300.0))
    log_extra_sd: float = 0.5
    extra_scale: float = 0.5


class Sampling(NamedTuple):
    """How long the chains run: thrown away, kept, and every which draw is kept."""

    chains: int = 4
    burn_in: int = 400
    kept: int = 500
    thin: int = 2


class Acts(NamedTuple):
    """The acts, sorted by group."""

    low: Floats  # (act,): days, at least 0
    high: Floats  # (act,): days, infinite where the act is still open
    member: Ints  # (act,): column of its member among the effects
    round: Ints  # (act,): column of its round, those of rounds come after those of members


class Groups(NamedTuple):
    """Each member in each round."""

    member: Ints  # (group,): column of its member
    first: Ints  # (group,): its first act
    last: Ints  # (group,): the one after its last act
    known: Ints  # (group,): 1 the member held out, 0 it did not, -1 to be found out


class State(NamedTuple):
    """Where the chain stands; all arrays are written in place."""

    time: Floats  # (act,): days
    part: Floats  # (act,): share of the days that holding out adds, where the member holds out
    fast: Bools  # (act,): quick
    held: Bools  # (group,): the member holds out
    centre: Floats  # (member + round,): effects on the log days
    scalar: Floats  # (4,): see MEAN, SD, EXTRA, EXTRA_SD
    relative: Floats  # (2,): see OF_MEMBERS, OF_ROUNDS
    share: Floats  # (member,): how often each holds out


class SlowActs(NamedTuple):
    """The acts that are not quick."""

    y: Floats  # (slow act,): log of the usual days
    member: Ints  # (slow act,)
    round: Ints  # (slow act,)


class Chain(NamedTuple):
    """What one chain kept."""

    scalars: Floats  # (kept, 9): in the order of `law.SCALARS`
    effects: Floats  # (kept, member + round)
    share: Floats  # (kept, member)
    held: Bools  # (kept, group)


@compiled
def log_normal_density(time: float, mean: float, sd: float) -> float:
    """Log density of a log-normal time, without the constant −½ log 2π.

    Parameters
    ----------
    time : float
        Days, at least 0.
    mean, sd : float
        Of the log days.

    Returns
    -------
    float
    """
    log_time = log(max(time, 1e-300))
    return -log_time - log(sd) - 0.5 * ((log_time - mean) / sd) ** 2


@compiled
def _open_uniform(generator: np.random.Generator) -> float:
    return float(1.0 - generator.random())  # (0, 1]: its logarithm is finite


@compiled
def _log_together(time: float, part: float, mean: float, sd: float, extra: float, extra_sd: float) -> float:
    """Log density of (time, part): part · time days of holding out come on top of the usual (1 − part) · time."""
    return (
        log_normal_density(time * (1.0 - part), mean, sd) + log_normal_density(time * part, extra, extra_sd) + log(time)
    )


@compiled
def _move_held(
    low: float,
    high: float,
    time: float,
    part: float,
    law: tuple[float, float, float, float],
    generator: np.random.Generator,
) -> tuple[float, float]:
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
def _draw_free(
    low: float, high: float, mean: float, sd: float, quick: Floats, generator: np.random.Generator
) -> tuple[float, bool]:
    """Draw the days of an act whose member does not hold out, and whether it was quick: the days integrated out."""
    overlap = max(min(high, quick[1]) - low, 0.0) / quick[1]
    fast, usual = quick[0] * overlap, (1.0 - quick[0]) * _between(low, high, mean, sd)
    if generator.random() * (fast + usual) < fast:
        return low + (min(high, quick[1]) - low) * _open_uniform(generator), True
    lower = (log(low) - mean) / sd if low > 0.0 else -np.inf
    z = truncated_normal(lower, (log(high) - mean) / sd, _open_uniform(generator) * (1.0 - 1e-15))
    return min(max(exp(mean + sd * z), max(low, 1e-6)), high), False


@compiled
def _update_times(acts: Acts, groups: Groups, state: State, quick: Floats, generator: np.random.Generator) -> None:
    """Draw the days of every act within its bounds, whether it was quick, and whether its member holds out."""
    time, part, fast, held, centre, scalar = state.time, state.part, state.fast, state.held, state.centre, state.scalar
    for g in range(groups.member.shape[0]):
        odds = state.share[groups.member[g]]
        ratio = log(max(odds, 1e-300)) - log(max(1.0 - odds, 1e-300))
        any_fast = False
        for i in range(groups.first[g], groups.last[g]):
            low, high = acts.low[i], acts.high[i]
            mean = scalar[MEAN] + centre[acts.member[i]] + centre[acts.round[i]]
            if held[g]:
                law = (mean, scalar[SD], scalar[EXTRA], scalar[EXTRA_SD])
                for _ in range(2):
                    time[i], part[i] = _move_held(low, high, time[i], part[i], law, generator)
            else:
                time[i], fast[i] = _draw_free(low, high, mean, scalar[SD], quick, generator)
                part[i] = _open_uniform(generator) * (1.0 - 1e-15)
                any_fast = any_fast or fast[i]
            ratio += _log_together(time[i], part[i], mean, scalar[SD], scalar[EXTRA], scalar[EXTRA_SD])
            ratio -= log_normal_density(time[i], mean, scalar[SD]) + log(1.0 - quick[0])
        if (
            groups.known[g] < 0
            and odds > 0.0
            and not any_fast
            and log(_open_uniform(generator)) < (-ratio if held[g] else ratio)
        ):
            held[g] = not held[g]


@compiled
def _update_effects(
    acts: SlowActs, n_members: int, state: State, prior: RatificationPrior, generator: np.random.Generator
) -> None:
    """Draw mean, member and round effects from their normal full conditionals, then slide them along each other."""
    y, member, round_ = acts.y, acts.member, acts.round
    centre, scalar, relative = state.centre, state.scalar, state.relative
    size, total = centre.shape[0], y.shape[0]
    s2 = scalar[SD] ** 2
    weighted = 0.0
    for i in range(total):
        weighted += y[i] - centre[member[i]] - centre[round_[i]]
    precision = total / s2 + 1.0 / (prior.mean_sd**2 * s2)
    weighted = weighted / s2 + prior.log_days / (prior.mean_sd**2 * s2)
    scalar[MEAN] = weighted / precision + generator.standard_normal() / sqrt(precision)
    for of in range(2):
        start, stop = (n_members, size) if of == OF_ROUNDS else (0, n_members)
        own, other = (round_, member) if of == OF_ROUNDS else (member, round_)
        count, sums = np.zeros(size), np.zeros(size)
        for i in range(total):
            count[own[i]] += 1.0
            sums[own[i]] += y[i] - scalar[MEAN] - centre[other[i]]
        own_sd = relative[of]
        for a in range(start, stop):
            precision = (count[a] + 1.0 / own_sd**2) / s2
            centre[a] = sums[a] / s2 / precision + generator.standard_normal() / sqrt(precision)
        # mean + d, effects − d: the times stay as they are
        precision = ((stop - start) / own_sd**2 + 1.0 / prior.mean_sd**2) / s2
        weighted = (centre[start:stop].sum() / own_sd**2 - (scalar[MEAN] - prior.log_days) / prior.mean_sd**2) / s2
        shift = weighted / precision + generator.standard_normal() / sqrt(precision)
        scalar[MEAN] += shift
        for a in range(start, stop):
            centre[a] -= shift


@compiled
def _update_spread(
    acts: SlowActs, n_members: int, state: State, prior: RatificationPrior, generator: np.random.Generator
) -> None:
    """Draw the residual sd, then each relative sd twice: effects kept, and effects stretched with it."""
    y, member, round_ = acts.y, acts.member, acts.round
    centre, scalar, relative = state.centre, state.scalar, state.relative
    size, total = centre.shape[0], y.shape[0]
    rest = (scalar[MEAN] - prior.log_days) ** 2 / prior.mean_sd**2
    for a in range(size):
        rest += (centre[a] / (relative[OF_MEMBERS] if a < n_members else relative[OF_ROUNDS])) ** 2
    for i in range(total):
        rest += (y[i] - scalar[MEAN] - centre[member[i]] - centre[round_[i]]) ** 2
    scale = prior.variance_scale + 0.5 * rest
    scalar[SD] = sqrt(scale / generator.standard_gamma(prior.variance_shape + 0.5 * (total + 1 + size)))
    for of in range(2):
        start, stop = (n_members, size) if of == OF_ROUNDS else (0, n_members)
        squares = (centre[start:stop] ** 2).sum() / scalar[SD] ** 2
        for stretched in range(2):
            at = relative[of]
            to = at * exp(0.7 * generator.standard_normal())
            change = log(to / at) - 0.5 * (to**2 - at**2)  # half-normal(1), walk on the logarithm
            if stretched:
                own = round_ if of == OF_ROUNDS else member
                for i in range(total):
                    error = y[i] - scalar[MEAN] - centre[member[i]] - centre[round_[i]]
                    moved = error - (to / at - 1.0) * centre[own[i]]
                    change -= 0.5 * (moved**2 - error**2) / scalar[SD] ** 2
            else:
                change -= (stop - start) * log(to / at) + 0.5 * squares * (1.0 / to**2 - 1.0 / at**2)
            if log(_open_uniform(generator)) < change:
                relative[of] = to
                if stretched:
                    for a in range(start, stop):
                        centre[a] *= to / at


@compiled
def _log_beta_binomial(mean: float, weight: float, tries: Floats, holds: Floats) -> float:
    a, b = mean * weight, (1.0 - mean) * weight
    total = 0.0
    for j in range(tries.shape[0]):
        if tries[j] > 0:
            total += lgamma(a + holds[j]) + lgamma(b + tries[j] - holds[j]) - lgamma(weight + tries[j])
            total += lgamma(weight) - lgamma(a) - lgamma(b)
    return total


@compiled
def _update_shares(
    tries: Floats, holds: Floats, share: Floats, law: Floats, prior: RatificationPrior, generator: np.random.Generator
) -> None:
    """Draw how often members hold out: mean and weight of the Beta law with shares integrated out, then the shares."""
    for _ in range(2):
        mean, weight = law[0], law[1]
        odds = log(mean / (1.0 - mean)) + 1.0 * generator.standard_normal()
        new_mean = min(max(1.0 / (1.0 + exp(-odds)), 1e-9), 1.0 - 1e-9)
        new_weight = weight * exp(1.0 * generator.standard_normal())
        change = _log_beta_binomial(new_mean, new_weight, tries, holds) - _log_beta_binomial(mean, weight, tries, holds)
        change += prior.hold_yes * log(new_mean / mean) + prior.hold_no * log((1.0 - new_mean) / (1.0 - mean))
        change -= (
            0.5
            * ((log(new_weight) - prior.log_weight) ** 2 - (log(weight) - prior.log_weight) ** 2)
            / prior.weight_sd**2
        )
        if log(_open_uniform(generator)) < change:
            law[0], law[1] = new_mean, new_weight
    for j in range(share.shape[0]):
        yes = generator.standard_gamma(law[0] * law[1] + holds[j])
        no = generator.standard_gamma((1.0 - law[0]) * law[1] + tries[j] - holds[j])
        share[j] = min(max(yes / (yes + no), 1e-12), 1.0 - 1e-12) if yes + no > 0.0 else law[0]


@compiled
def _update_extra(log_extra: Floats, scalar: Floats, prior: RatificationPrior, generator: np.random.Generator) -> None:
    """Draw mean and sd of the log days that holding out adds."""
    count = log_extra.shape[0]
    precision = count / scalar[EXTRA_SD] ** 2 + 1.0 / prior.log_extra_sd**2
    weighted = log_extra.sum() / scalar[EXTRA_SD] ** 2 + prior.log_extra / prior.log_extra_sd**2
    scalar[EXTRA] = weighted / precision + generator.standard_normal() / sqrt(precision)
    squares = ((log_extra - scalar[EXTRA]) ** 2).sum()
    for _ in range(3):
        at = scalar[EXTRA_SD]
        to = at * exp(0.8 * generator.standard_normal())
        change = (1 - count) * log(to / at) - 0.5 * squares * (1.0 / to**2 - 1.0 / at**2)
        change -= 0.5 * (to**2 - at**2) / prior.extra_scale**2
        if log(_open_uniform(generator)) < change:
            scalar[EXTRA_SD] = max(to, 1e-3)


@compiled
def run_chain(
    acts: Acts,
    groups: Groups,
    sizes: tuple[int, int],
    prior: RatificationPrior,
    holding: bool,
    sampling: Sampling,
    generator: np.random.Generator,
) -> Chain:
    """Run one chain of the ratification law.

    Parameters
    ----------
    acts : Acts
        Sorted by group.
    groups : Groups
        Each member in each round with an act.
    sizes : (int, int)
        Numbers of members and of rounds.
    prior : RatificationPrior
    holding : bool
        False: nobody ever holds out.
    sampling : Sampling
        How long it runs.
    generator : numpy.random.Generator

    Returns
    -------
    Chain
    """
    n_members, total = sizes[0], acts.low.shape[0]
    state = State(
        np.empty(total),
        np.full(total, 0.5),
        np.zeros(total, dtype=np.bool_),
        groups.known > 0,
        np.zeros(n_members + sizes[1]),
        np.array([prior.log_days, 0.7, prior.log_extra, 0.4]),
        np.array([0.5, 0.5]),
        np.full(n_members, 0.05 if holding else 0.0),
    )
    time, part, fast, held, scalar = state.time, state.part, state.fast, state.held, state.scalar
    law = np.array([0.05, 10.0])
    quick = np.array([0.1 if prior.quick_days > 0.0 else 0.0, max(prior.quick_days, 1e-9)])
    tries = np.zeros(n_members)
    for g in range(groups.member.shape[0]):
        tries[groups.member[g]] += 1.0
    for i in range(total):
        time[i] = 0.5 * (acts.low[i] + acts.high[i]) if acts.high[i] < np.inf else acts.low[i] + 1.0
    kept, thin = sampling.kept, sampling.thin
    out = Chain(
        np.empty((kept, 9)),
        np.empty((kept, n_members + sizes[1])),
        np.empty((kept, n_members)),
        np.empty((kept, held.shape[0]), dtype=np.bool_),
    )
    y, of_member, of_round = np.empty(total), np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    for iteration in range(sampling.burn_in + kept * thin):
        _update_times(acts, groups, state, quick, generator)
        count, slow = 0, 0
        extra, holds = np.empty(total), np.zeros(n_members)
        for g in range(held.shape[0]):
            holds[groups.member[g]] += held[g]
            for i in range(groups.first[g], groups.last[g]):
                if not fast[i]:
                    y[slow] = log(max(time[i] * (1.0 - part[i]) if held[g] else time[i], 1e-300))
                    of_member[slow], of_round[slow] = acts.member[i], acts.round[i]
                    slow += 1
                if held[g]:
                    extra[count] = log(max(time[i] * part[i], 1e-300))
                    count += 1
        not_quick = SlowActs(y[:slow], of_member[:slow], of_round[:slow])
        _update_effects(not_quick, n_members, state, prior, generator)
        _update_spread(not_quick, n_members, state, prior, generator)
        if prior.quick_days > 0.0:
            yes = generator.standard_gamma(prior.quick_yes + total - slow)
            quick[0] = yes / (yes + generator.standard_gamma(prior.quick_no + slow))
        if holding:
            _update_shares(tries, holds, state.share, law, prior, generator)
            _update_extra(extra[:count], scalar, prior, generator)
        at = iteration - sampling.burn_in
        if at >= 0 and at % thin == thin - 1:
            row = out.scalars[at // thin]
            row[0], row[1], row[6], row[7] = scalar[MEAN], scalar[SD], scalar[EXTRA], scalar[EXTRA_SD]
            row[2], row[3], row[4], row[5], row[8] = state.relative[0], state.relative[1], law[0], law[1], quick[0]
            out.effects[at // thin] = state.centre
            out.share[at // thin] = state.share
            out.held[at // thin] = held
    return out
