"""Numba kernel of the ratification law: one chain of its sampler."""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

import numpy as np

from shteg.accession.ratification.chain import (
    EXTRA,
    EXTRA_SD,
    MEAN,
    OF_MEMBERS,
    OF_ROUNDS,
    SD,
    Acts,
    Chain,
    Groups,
    RatificationPrior,
    Room,
    Sampling,
    SlowActs,
    State,
)
from shteg.arrays import Floats
from shteg.compiling import compiled, inner
from shteg.normal_law import normal_cdf, truncated_normal


@inner
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


@inner
def _open_uniform(generator: np.random.Generator) -> float:
    return float(1.0 - generator.random())  # (0, 1]: its logarithm is finite


@inner
def _normal(generator: np.random.Generator) -> float:
    return float(generator.standard_normal())


@inner
def _gamma(shape: float, generator: np.random.Generator) -> float:
    return float(generator.standard_gamma(shape))


@inner
def _log_together(time: float, part: float, mean: float, sd: float, extra: float, extra_sd: float) -> float:
    """Log density of (time, part): part · time days of holding out come on top of the usual (1 − part) · time."""
    return (
        log_normal_density(time * (1.0 - part), mean, sd) + log_normal_density(time * part, extra, extra_sd) + log(time)
    )


@inner
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


@inner
def _between(low: float, high: float, mean: float, sd: float) -> float:
    """Probability that a log-normal time lies between two days."""
    lower = (log(low) - mean) / sd if low > 0.0 else -np.inf
    upper = (log(high) - mean) / sd
    return normal_cdf(-lower) - normal_cdf(-upper) if lower > 0.0 else normal_cdf(upper) - normal_cdf(lower)


@inner
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


@inner
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


@inner
def _update_effects(
    acts: SlowActs,
    total: int,
    n_members: int,
    state: State,
    room: Room,
    prior: RatificationPrior,
    generator: np.random.Generator,
) -> None:
    """Draw mean, member and round effects from their normal full conditionals, then slide them along each other."""
    y, member, round_ = acts.y, acts.member, acts.round
    centre, scalar, relative = state.centre, state.scalar, state.relative
    size, count, sums = centre.shape[0], room.acts, room.sums
    s2 = scalar[SD] ** 2
    weighted = 0.0
    for i in range(total):
        weighted += y[i] - centre[member[i]] - centre[round_[i]]
    precision = total / s2 + 1.0 / (prior.mean_sd**2 * s2)
    weighted = weighted / s2 + prior.log_days / (prior.mean_sd**2 * s2)
    scalar[MEAN] = weighted / precision + _normal(generator) / sqrt(precision)
    for of in range(2):
        start, stop = (n_members, size) if of == OF_ROUNDS else (0, n_members)
        own, other = (round_, member) if of == OF_ROUNDS else (member, round_)
        count[:] = 0.0
        sums[:] = 0.0
        for i in range(total):
            count[own[i]] += 1.0
            sums[own[i]] += y[i] - scalar[MEAN] - centre[other[i]]
        own_sd = relative[of]
        for a in range(start, stop):
            precision = (count[a] + 1.0 / own_sd**2) / s2
            centre[a] = sums[a] / s2 / precision + _normal(generator) / sqrt(precision)
        # mean + d, effects − d: the times stay as they are
        precision = ((stop - start) / own_sd**2 + 1.0 / prior.mean_sd**2) / s2
        effects = 0.0
        for a in range(start, stop):
            effects += centre[a]
        weighted = (effects / own_sd**2 - (scalar[MEAN] - prior.log_days) / prior.mean_sd**2) / s2
        shift = weighted / precision + _normal(generator) / sqrt(precision)
        scalar[MEAN] += shift
        for a in range(start, stop):
            centre[a] -= shift


@inner
def _update_spread(
    acts: SlowActs,
    total: int,
    n_members: int,
    state: State,
    prior: RatificationPrior,
    generator: np.random.Generator,
) -> None:
    """Draw the residual sd, then each relative sd twice: effects kept, and effects stretched with it."""
    y, member, round_ = acts.y, acts.member, acts.round
    centre, scalar, relative = state.centre, state.scalar, state.relative
    size = centre.shape[0]
    rest = (scalar[MEAN] - prior.log_days) ** 2 / prior.mean_sd**2
    for a in range(size):
        rest += (centre[a] / (relative[OF_MEMBERS] if a < n_members else relative[OF_ROUNDS])) ** 2
    for i in range(total):
        rest += (y[i] - scalar[MEAN] - centre[member[i]] - centre[round_[i]]) ** 2
    scale = prior.variance_scale + 0.5 * rest
    scalar[SD] = sqrt(scale / _gamma(prior.variance_shape + 0.5 * (total + 1 + size), generator))
    for of in range(2):
        start, stop = (n_members, size) if of == OF_ROUNDS else (0, n_members)
        squares = 0.0
        for a in range(start, stop):
            squares += centre[a] ** 2
        squares /= scalar[SD] ** 2
        for stretched in range(2):
            at = relative[of]
            to = at * exp(0.7 * _normal(generator))
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


@inner
def _log_beta_binomial(mean: float, weight: float, tries: Floats, holds: Floats) -> float:
    a, b = mean * weight, (1.0 - mean) * weight
    total = 0.0
    for j in range(tries.shape[0]):
        if tries[j] > 0:
            total += lgamma(a + holds[j]) + lgamma(b + tries[j] - holds[j]) - lgamma(weight + tries[j])
            total += lgamma(weight) - lgamma(a) - lgamma(b)
    return total


@inner
def _update_shares(
    tries: Floats, holds: Floats, share: Floats, law: Floats, prior: RatificationPrior, generator: np.random.Generator
) -> None:
    """Draw how often members hold out: mean and weight of the Beta law with shares integrated out, then the shares."""
    for _ in range(2):
        mean, weight = law[0], law[1]
        odds = log(mean / (1.0 - mean)) + 1.0 * _normal(generator)
        new_mean = min(max(1.0 / (1.0 + exp(-odds)), 1e-9), 1.0 - 1e-9)
        new_weight = weight * exp(1.0 * _normal(generator))
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
        yes = _gamma(law[0] * law[1] + holds[j], generator)
        no = _gamma((1.0 - law[0]) * law[1] + tries[j] - holds[j], generator)
        share[j] = min(max(yes / (yes + no), 1e-12), 1.0 - 1e-12) if yes + no > 0.0 else law[0]


@inner
def _update_extra(
    log_extra: Floats, count: int, scalar: Floats, prior: RatificationPrior, generator: np.random.Generator
) -> None:
    """Draw mean and sd of the log days that holding out adds, from the first `count` of them."""
    total, squares = 0.0, 0.0
    for i in range(count):
        total += log_extra[i]
    precision = count / scalar[EXTRA_SD] ** 2 + 1.0 / prior.log_extra_sd**2
    weighted = total / scalar[EXTRA_SD] ** 2 + prior.log_extra / prior.log_extra_sd**2
    scalar[EXTRA] = weighted / precision + _normal(generator) / sqrt(precision)
    for i in range(count):
        squares += (log_extra[i] - scalar[EXTRA]) ** 2
    for _ in range(3):
        at = scalar[EXTRA_SD]
        to = at * exp(0.8 * _normal(generator))
        change = (1 - count) * log(to / at) - 0.5 * squares * (1.0 / to**2 - 1.0 / at**2)
        change -= 0.5 * (to**2 - at**2) / prior.extra_scale**2
        if log(_open_uniform(generator)) < change:
            scalar[EXTRA_SD] = max(to, 1e-3)


@inner
def _sort_out(acts: Acts, groups: Groups, state: State, slow: SlowActs, room: Room) -> tuple[int, int]:
    """Sort out the acts that are not quick, and the days that holding out adds; give the numbers of both."""
    count, added = 0, 0
    room.holds[:] = 0.0
    for g in range(state.held.shape[0]):
        room.holds[groups.member[g]] += state.held[g]
        for i in range(groups.first[g], groups.last[g]):
            time, part = state.time[i], state.part[i]
            if not state.fast[i]:
                slow.y[count] = log(max(time * (1.0 - part) if state.held[g] else time, 1e-300))
                slow.member[count], slow.round[count] = acts.member[i], acts.round[i]
                count += 1
            if state.held[g]:
                room.extra[added] = log(max(time * part, 1e-300))
                added += 1
    return count, added


@inner
def _keep(row: int, state: State, room: Room, out: Chain) -> None:
    for at in range(9):
        out.scalars[row, at] = (
            state.scalar[at] if at < 2 else state.relative[at - 2] if at < 4 else room.beta[at - 4] if at < 6
            else state.scalar[at - 4] if at < 8 else room.quick[0]
        )  # fmt: skip
    for a in range(state.centre.shape[0]):
        out.effects[row, a] = state.centre[a]
    for j in range(state.share.shape[0]):
        out.share[row, j] = state.share[j]
    for g in range(state.held.shape[0]):
        out.held[row, g] = state.held[g]


@compiled
def _sweep(
    acts: Acts,
    groups: Groups,
    prior: RatificationPrior,
    holding: bool,
    sampling: Sampling,
    state: State,
    slow: SlowActs,
    room: Room,
    out: Chain,
    generator: np.random.Generator,
) -> None:
    """Run all iterations of one chain, in arrays that `run_chain` made."""
    total, n_members = acts.low.shape[0], state.share.shape[0]
    until_kept, row = sampling.burn_in + sampling.thin, 0
    for _ in range(sampling.burn_in + sampling.kept * sampling.thin):
        _update_times(acts, groups, state, room.quick, generator)
        count, added = _sort_out(acts, groups, state, slow, room)
        _update_effects(slow, count, n_members, state, room, prior, generator)
        _update_spread(slow, count, n_members, state, prior, generator)
        if prior.quick_days > 0.0:
            yes = _gamma(prior.quick_yes + total - count, generator)
            room.quick[0] = yes / (yes + _gamma(prior.quick_no + count, generator))
        if holding:
            _update_shares(room.tries, room.holds, state.share, room.beta, prior, generator)
            _update_extra(room.extra, added, state.scalar, prior, generator)
        until_kept -= 1
        if until_kept == 0:
            _keep(row, state, room, out)
            until_kept, row = sampling.thin, row + 1


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
    (n_members, n_rounds), total, kept = sizes, len(acts.low), sampling.kept
    state = State(
        time=np.where(np.isfinite(acts.high), 0.5 * (acts.low + acts.high), acts.low + 1.0),
        part=np.full(total, 0.5),
        fast=np.zeros(total, dtype=np.bool_),
        held=groups.known > 0,
        centre=np.zeros(n_members + n_rounds),
        scalar=np.array([prior.log_days, 0.7, prior.log_extra, 0.4]),
        relative=np.array([0.5, 0.5]),
        share=np.full(n_members, 0.05 if holding else 0.0),
    )
    slow = SlowActs(np.empty(total), np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64))
    room = Room(
        tries=np.bincount(groups.member, minlength=n_members).astype(np.float64),
        holds=np.zeros(n_members),
        extra=np.empty(total),
        acts=np.zeros(n_members + n_rounds),
        sums=np.zeros(n_members + n_rounds),
        beta=np.array([0.05, 10.0]),
        quick=np.array([0.1 if prior.quick_days > 0.0 else 0.0, max(prior.quick_days, 1e-9)]),
    )
    out = Chain(
        np.empty((kept, 9)),
        np.empty((kept, n_members + n_rounds)),
        np.empty((kept, n_members)),
        np.empty((kept, len(groups.member)), dtype=np.bool_),
    )
    _sweep(acts, groups, prior, holding, sampling, state, slow, room, out, generator)
    return out
