"""One chain of the dynamic graded probit model: Gibbs sweeps in Numba, paths by forward filter and backward draw."""

from math import exp, log, sqrt
from typing import Any

import numpy as np

from shteg.arrays import Floats, Ints, Keys
from shteg.compiling import compiled, inner
from shteg.normal_law import log_interval, normal_cdf, truncated_normal
from shteg.randomness import normal_quantile
from shteg.stance.kernel import next_normal, next_uniform
from shteg.stance.members.chain import Kept, Standing

LEAST = 1e-300
"""No probability counts as smaller."""

# The order of sums and quotients is part of the published figures: two chains that differ in the last bit drift apart.


@inner
def _log_ratio(side: float, end: float, to: float, at: float) -> float:
    """Log of the normal probability between `end` and `to` over that between `end` and `at`.

    `side` is 1 where `end` lies below both, −1 where above: as differences of `log_interval`, bit for bit.
    """
    low, other = (end, end) if side > 0.0 else (to, at)
    if (low > 0.0) != (other > 0.0):
        return log_interval(to, end) - log_interval(at, end)
    mirror = -1.0 if low > 0.0 else 1.0  # the upper tail loses digits
    fixed, sign = normal_cdf(mirror * end), mirror * side
    moved, stayed = sign * (normal_cdf(mirror * to) - fixed), sign * (normal_cdf(mirror * at) - fixed)
    return log(max(moved, LEAST)) - log(max(stayed, LEAST))


@inner
def _update_cuts(
    cell: Any, point: Any, theta: Any, b: float, cuts: Any, law: Any, step: Any, state: Any, gain: float
) -> None:
    """Move each cut point of an item by random-walk Metropolis, latent responses integrated out (Cowles 1996)."""
    for c in range(1, cell.shape[0] - 1):
        if cuts[c] == np.inf:
            break
        at = cuts[c]
        to = at + step[c] * next_normal(state)
        accept = 0.0
        if cuts[c - 1] < to < cuts[c + 1]:
            change = 0.5 * (at * at - to * to) / (law.cut_sd * law.cut_sd)
            for i in range(cell[c - 1], cell[c + 1]):  # acts on the levels that the cut parts; their other end stays
                eta, below = b * theta[point[i]], i < cell[c]
                end = (cuts[c - 1] if below else cuts[c + 1]) - eta
                change += _log_ratio(1.0 if below else -1.0, end, to - eta, at - eta)
            accept = exp(min(0.0, change))
        if next_uniform(state) < accept:
            cuts[c] = to
        if gain > 0.0:
            step[c] *= exp(gain * (accept - 0.44))


@inner
def _expand_item(
    first: int, last: int, latent: Any, point: Any, theta: Any, b: float, cuts: Any, law: Any, state: Any
) -> float:
    """Move the latent responses of an item together with its cut points, then also with b (Liu and Sabatti 2000).

    (y* + d, cuts + d): normal full conditional. (g y*, g cuts, g b): Metropolis on log g, Jacobian g^(all of them).
    Returns the new b; `latent`, from `first` to before `last`, and `cuts` are changed in place.
    """
    b_mean, cut_precision = law.discrimination_mean, 1.0 / (law.cut_sd * law.cut_sd)
    count, missed, squares, cut_sum, cut_squares = last - first, 0.0, 0.0, 0.0, 0.0
    n_cuts = 0
    for i in range(first, last):
        miss = latent[i] - b * theta[point[i]]
        missed += miss
        squares += miss * miss
    while cuts[n_cuts + 1] < np.inf:
        n_cuts += 1
        cut_sum += cuts[n_cuts]
    precision = count + n_cuts * cut_precision
    shift = -(missed + cut_sum * cut_precision) / precision
    shift += next_normal(state) / sqrt(precision)
    squares += shift * (2.0 * missed + count * shift)
    for c in range(1, n_cuts + 1):
        cut_squares += (cuts[c] + shift) ** 2
    log_g = 1.7 / sqrt(count + n_cuts + 1.0) * next_normal(state)
    g = exp(log_g)
    change = (count + n_cuts + 1.0) * log_g - 0.5 * (g * g - 1.0) * (squares + cut_precision * cut_squares)
    change -= 0.5 * ((g * b - b_mean) ** 2 - (b - b_mean) ** 2) / (law.discrimination_sd * law.discrimination_sd)
    if next_uniform(state) >= exp(min(0.0, change)):
        g = 1.0
    for i in range(first, last):
        latent[i] = g * (latent[i] + shift)
    for c in range(1, n_cuts + 1):
        cuts[c] = g * (cuts[c] + shift)
    return b * g


@inner
def _update_items(
    cell: Any, point: Any, theta: Any, latent: Any, b: Any, cuts: Any, law: Any, step: Any, precision: Any,
    weighted: Any, state: Any, gain: float,
) -> None:  # fmt: skip
    """Draw cut points, latent responses and discriminations; file what they say of each point in time.

    `precision` and `weighted` come back as the information of the acts on theta at each point: b² and b y* summed.
    """
    for i in range(point.shape[0]):
        precision[point[i]] = 0.0
        weighted[point[i]] = 0.0
    for m in range(b.shape[0]):
        _update_cuts(cell[m], point, theta, b[m], cuts[m], law, step[m], state, gain)
        first, last = cell[m, 0], cell[m, cell.shape[1] - 1]
        for c in range(cell.shape[1] - 1):
            for i in range(cell[m, c], cell[m, c + 1]):
                eta = b[m] * theta[point[i]]
                latent[i] = eta + truncated_normal(cuts[m, c] - eta, cuts[m, c + 1] - eta, next_uniform(state))
        b[m] = _expand_item(first, last, latent, point, theta, b[m], cuts[m], law, state)
        total = 1.0 / (law.discrimination_sd * law.discrimination_sd)
        pulled = law.discrimination_mean * total
        for i in range(first, last):
            total += theta[point[i]] ** 2
            pulled += theta[point[i]] * latent[i]
        mean, sd = pulled / total, 1.0 / sqrt(total)
        b[m] = max(mean + sd * truncated_normal(-mean / sd, np.inf, next_uniform(state)), 1e-12)
        for i in range(first, last):
            precision[point[i]] += b[m] * b[m]
            weighted[point[i]] += b[m] * latent[i]


@inner
def _path_log_likelihood(
    first: Any, gap: Any, changes: Any, centre: Any, precision: Any, weighted: Any, drift: float, jump: float
) -> float:
    """Give the log density of the latent responses, paths integrated out, up to what the two sds do not touch."""
    total = 0.0
    for j in range(first.shape[0] - 1):
        mean, variance = centre[j], 1.0
        for p in range(first[j], first[j + 1]):
            variance += drift * drift * gap[p] + jump * jump * changes[p]
            if precision[p] > 0.0:
                spread = variance + 1.0 / precision[p]
                miss = weighted[p] / precision[p] - mean
                total -= 0.5 * (log(spread) + miss * miss / spread)
                mean += variance / spread * miss
                variance /= precision[p] * spread
    return total


@inner
def _update_sds(
    first: Any, gap: Any, changes: Any, centre: Any, precision: Any, weighted: Any, sds: Any, law: Any, step: Any,
    state: Any, gain: float,
) -> None:  # fmt: skip
    """Move the sds of drift and jump, paths integrated out; half-normal priors; a prior sd of 0 keeps them at 0.

    A random walk folded at 0 is symmetric, so that the ratio needs no correction.
    """
    if law.drift_sd <= 0.0 and law.jump_sd <= 0.0:
        return
    here, at = 0.0, 0.0
    for turn in range(3):  # the likelihood as things stand, then each sd moved
        s = max(turn - 1, 0)
        scale = law.drift_sd if s == 0 else law.jump_sd
        if turn > 0:
            if scale <= 0.0:
                continue
            at = sds[s]
            sds[s] = abs(at + step[s] * next_normal(state))
        there = _path_log_likelihood(first, gap, changes, centre, precision, weighted, sds[0], sds[1])
        if turn == 0:
            here = there
            continue
        accept = exp(min(0.0, there - here - 0.5 * (sds[s] * sds[s] - at * at) / (scale * scale)))
        if next_uniform(state) < accept:
            here = there
        else:
            sds[s] = at
        if gain > 0.0:
            step[s] = min(step[s] * exp(gain * (accept - 0.44)), 4.0 * scale)


@inner
def _draw_paths(
    first: Any, gap: Any, changes: Any, centre: Any, precision: Any, weighted: Any, sds: Any, theta: Any,
    variance: Any, state: Any,
) -> None:  # fmt: skip
    """Draw every member's path: Kalman filter forward, then backward draws; a step of variance 0 keeps the value."""
    drift, jump = sds[0] * sds[0], sds[1] * sds[1]
    for j in range(first.shape[0] - 1):
        mean, spread = centre[j], 1.0
        for p in range(first[j], first[j + 1]):
            spread += drift * gap[p] + jump * changes[p]
            if precision[p] > 0.0:
                total = 1.0 / spread + precision[p]
                mean = (mean / spread + weighted[p]) / total
                spread = 1.0 / total
            theta[p] = mean
            variance[p] = spread
        last = first[j + 1] - 1
        theta[last] += sqrt(variance[last]) * next_normal(state)
        for p in range(last - 1, first[j] - 1, -1):
            innovation = drift * gap[p + 1] + jump * changes[p + 1]
            if innovation <= 0.0:
                theta[p] = theta[p + 1]
                continue
            total = 1.0 / variance[p] + 1.0 / innovation
            mean = (theta[p] / variance[p] + theta[p + 1] / innovation) / total
            theta[p] = mean + next_normal(state) / sqrt(total)


@inner
def _update_effects(first: Any, covariates: Any, theta: Any, effects: Any, centre: Any, law: Any, state: Any) -> None:
    """Draw the effects of the covariates on the first stances one by one, and set the prior means anew."""
    for k in range(effects.shape[0]):
        precision, weighted = 1.0 / (law.effect_sd * law.effect_sd), 0.0
        for j in range(centre.shape[0]):
            z = covariates[j, k]
            precision += z * z
            weighted += z * (theta[first[j]] - centre[j] + z * effects[k])
        to = weighted / precision + next_normal(state) / sqrt(precision)
        for j in range(centre.shape[0]):
            centre[j] += covariates[j, k] * (to - effects[k])
        effects[k] = to


@inner
def _multiply(values: Any, factor: float) -> None:
    for i in range(values.shape[0]):
        values[i] *= factor


@inner
def _shift_and_stretch(
    first: Any, theta: Any, b: Any, cuts: Any, effects: Any, centre: Any, sds: Any, law: Any, state: Any, step: Any,
    gain: float,
) -> None:  # fmt: skip
    """Move along the two directions the likelihood does not see: the zero and the unit of the scale.

    (theta + d, cuts + b d) for all items: d has a normal full conditional. (c theta, c effects, c sds, b / c):
    Metropolis on log c, whose Jacobian counts first stances, effects and sds for, items against; innovations and
    their sds cancel. Both leave the posterior as it is (Liu and Sabatti 2000).
    """
    n_members, n_items, b_mean = centre.shape[0], b.shape[0], law.discrimination_mean
    precision, weighted, squares = float(n_members), 0.0, 0.0
    for j in range(n_members):
        weighted += theta[first[j]] - centre[j]
    for m in range(n_items):
        for c in range(1, cuts.shape[1] - 1):
            if cuts[m, c] < np.inf:
                precision += b[m] * b[m] / (law.cut_sd * law.cut_sd)
                weighted += b[m] * cuts[m, c] / (law.cut_sd * law.cut_sd)
    shift = -weighted / precision + next_normal(state) / sqrt(precision)
    for p in range(theta.shape[0]):
        theta[p] += shift
    for m in range(n_items):
        for c in range(1, cuts.shape[1] - 1):
            cuts[m, c] += b[m] * shift
    for j in range(n_members):
        squares += (theta[first[j]] - centre[j]) ** 2
    free = n_members + effects.shape[0] - n_items
    for k in range(effects.shape[0]):
        squares += effects[k] * effects[k] / (law.effect_sd * law.effect_sd)
    for s in range(2):
        scale = law.drift_sd if s == 0 else law.jump_sd
        if scale > 0.0:
            free += 1
            squares += sds[s] * sds[s] / (scale * scale)
    log_c = step[0] * next_normal(state)
    stretch = exp(log_c)
    change = free * log_c - 0.5 * (stretch * stretch - 1.0) * squares
    for m in range(n_items):
        moved = (b[m] / stretch - b_mean) ** 2 - (b[m] - b_mean) ** 2
        change -= 0.5 * moved / (law.discrimination_sd * law.discrimination_sd)
    accept = exp(min(0.0, change))
    if gain > 0.0:
        step[0] *= exp(gain * (accept - 0.44))
    if next_uniform(state) < accept:
        _multiply(theta, stretch)
        _multiply(effects, stretch)
        _multiply(centre, stretch)
        _multiply(sds, stretch)
        for m in range(n_items):
            b[m] /= stretch


@inner
def _keep(row: int, first: Any, cell: Any, now: Any, out: Any) -> None:
    for j in range(first.shape[0] - 1):
        out.theta[row, j] = now.theta[first[j + 1] - 1]
    for m in range(cell.shape[0]):
        out.discrimination[row, m] = now.b[m]
        for c in range(1, cell.shape[1] - 1):
            if now.cuts[m, c] < np.inf:
                out.cuts[row, m, c - 1] = now.cuts[m, c]
    for k in range(now.effects.shape[0]):
        out.effects[row, k] = now.effects[k]
    for s in range(2):
        out.sds[row, s] = now.sds[s]


@compiled
def _sweep(
    point: Any, cell: Any, first: Any, gap: Any, changes: Any, covariates: Any, law: Any, lengths: tuple[int, int, int],
    state: Any, now: Any, out: Any,
) -> None:  # fmt: skip
    """Run all sweeps of one chain, in arrays that `run_chain` made; `lengths` are burn-in, kept, every."""
    burn_in, every = lengths[0], lengths[2]
    left = every
    for iteration in range(-1, burn_in + lengths[1]):
        if iteration >= 0:
            gain = 1.0 / sqrt(1.0 + iteration) if iteration < burn_in else 0.0
            _update_items(
                cell, point, now.theta, now.latent, now.b, now.cuts, law, now.cut_step, now.precision, now.weighted,
                state, gain,
            )  # fmt: skip
            _update_sds(
                first, gap, changes, now.centre, now.precision, now.weighted, now.sds, law, now.sd_step, state, gain
            )  # fmt: skip
        _draw_paths(
            first, gap, changes, now.centre, now.precision, now.weighted, now.sds, now.theta, now.variance, state
        )
        if iteration < 0:  # the first path knows of no act
            continue
        _update_effects(first, covariates, now.theta, now.effects, now.centre, law, state)
        _shift_and_stretch(
            first, now.theta, now.b, now.cuts, now.effects, now.centre, now.sds, law, state, now.stretch_step, gain
        )
        if iteration >= burn_in:
            _keep(iteration - burn_in, first, cell, now, out)
            left -= 1
            if left == 0:
                left = every
                row = out.paths[(iteration - burn_in) // every]
                for p in range(row.shape[0]):
                    row[p] = now.theta[p]


def _first_cuts(cell: Ints, n_levels: Ints) -> Floats:
    """Set each cut point where the shares of acts below it would have it, a little apart where nobody stands."""
    cuts = np.full((cell.shape[0], cell.shape[1] + 1), np.inf)
    cuts[:, 0] = -np.inf
    for m in range(cell.shape[0]):
        seen = cell[m, -1] - cell[m, 0]
        for c in range(1, n_levels[m]):
            start = 1.4 * normal_quantile(float((cell[m, c] - cell[m, 0] + 0.5) / (seen + 1.0)))
            cuts[m, c] = max(start, cuts[m, c - 1] + 0.1)
    return cuts


def run_chain(
    point: Ints,
    cell: Ints,
    n_levels: Ints,
    first: Ints,
    gap: Floats,
    changes: Floats,
    covariates: Floats,
    law: Any,
    burn_in: int,
    kept: int,
    every: int,
    state: Keys,
) -> Kept:
    """Run one chain of the dynamic graded probit model.

    Parameters
    ----------
    point : (act,) int
        The point in time (of one member) at which each act was done; acts are sorted by item, then by level.
    cell : (item, largest number of levels + 1) int
        Where the acts of each level of each item begin; the last entry ends the item.
    n_levels : (item,) int, >= 2
    first : (member + 1,) int
        Where the points of each member begin; points are in order of time, every member has at least one.
    gap : (point,) float, years, >= 0
        Time since the point before; 0 at a member's first point.
    changes : (point,) float
        Changes of government since the point before; 0 at a member's first point.
    covariates : (member, covariate) float
        Of the mean of the first stance.
    law : Law
        The priors, by name.
    burn_in, kept : int
        Iterations thrown away (the Metropolis steps are tuned in them) and kept.
    every : int
        Whole paths are kept of every so many iterations.
    state : (4,) uint64
        State of the random numbers; advanced in place.

    Returns
    -------
    theta : (kept, member) float
        At each member's last point.
    discrimination : (kept, item) float
    cuts : (kept, item, largest number of levels − 1) float
        Not a number where an item has fewer levels.
    effects : (kept, covariate) float
    sds : (kept, 2) float
        Drift and jump.
    paths : (kept // every, point) float
    """
    members, items, points, scales = len(first) - 1, len(cell), len(gap), np.array([law.drift_sd, law.jump_sd])
    cuts = _first_cuts(cell, n_levels)
    now = Standing(
        theta=np.zeros(points),
        b=np.ones(items),
        cuts=cuts,
        effects=np.zeros(covariates.shape[1]),
        centre=np.zeros(members),
        sds=scales * 0.7,
        latent=np.zeros(len(point)),
        precision=np.zeros(points),
        weighted=np.zeros(points),
        variance=np.zeros(points),
        cut_step=np.full(cuts.shape, 0.6),
        sd_step=scales.copy(),
        stretch_step=np.full(1, 0.3),
    )
    out = Kept(
        theta=np.empty((kept, members)),
        discrimination=np.empty((kept, items)),
        cuts=np.full((kept, items, cell.shape[1] - 2), np.nan),
        effects=np.empty((kept, covariates.shape[1])),
        sds=np.empty((kept, 2)),
        paths=np.empty((kept // every, points)),
    )
    _sweep(point, cell, first, gap, changes, covariates, law, (burn_in, kept, every), state, now, out)
    return out
