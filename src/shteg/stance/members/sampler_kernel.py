"""One chain of the dynamic graded probit model: Gibbs sweeps in Numba, paths by forward filter and backward draw."""

from math import exp, log, sqrt
from typing import Any

import numpy as np

from shteg.arrays import Floats, Ints, Keys
from shteg.compiling import compiled
from shteg.normal_law import log_interval, normal_quantile, truncated_normal
from shteg.stance.kernel import next_uniform


@compiled
def _update_cuts(
    m: int, cell: Any, point: Any, theta: Any, b: float, cuts: Any, law: Any, step: Any, state: Any, gain: float
) -> None:
    """Move each cut point of item `m` by random-walk Metropolis, latent responses integrated out (Cowles 1996)."""
    cut_sd = law.cut_sd
    for c in range(1, cell.shape[0] - 1):
        if cuts[c] == np.inf:
            break
        at = cuts[c]
        to = at + step[c] * normal_quantile(next_uniform(state))
        accept = 0.0
        if cuts[c - 1] < to < cuts[c + 1]:
            change = 0.5 * (at * at - to * to) / (cut_sd * cut_sd)
            for i in range(cell[c - 1], cell[c]):  # acts on level c − 1: the cut is their upper end
                eta = b * theta[point[i]]
                change += log_interval(cuts[c - 1] - eta, to - eta) - log_interval(cuts[c - 1] - eta, at - eta)
            for i in range(cell[c], cell[c + 1]):
                eta = b * theta[point[i]]
                change += log_interval(to - eta, cuts[c + 1] - eta) - log_interval(at - eta, cuts[c + 1] - eta)
            accept = exp(min(0.0, change))
        if next_uniform(state) < accept:
            cuts[c] = to
        if gain > 0.0:
            step[c] *= exp(gain * (accept - 0.44))


@compiled
def _expand_item(latent: Any, point: Any, theta: Any, b: float, cuts: Any, law: Any, state: Any) -> float:
    """Move the latent responses of an item together with its cut points, then also with b (Liu and Sabatti 2000).

    (y* + d, cuts + d): normal full conditional. (g y*, g cuts, g b): Metropolis on log g, Jacobian g^(all of them).
    Returns the new b; `latent` and `cuts` are changed in place.
    """
    b_mean = law.discrimination_mean
    cut_precision = 1.0 / (law.cut_sd * law.cut_sd)
    count, missed, squares, cut_sum, cut_squares = latent.shape[0], 0.0, 0.0, 0.0, 0.0
    n_cuts = 0
    for i in range(count):
        miss = latent[i] - b * theta[point[i]]
        missed += miss
        squares += miss * miss
    while cuts[n_cuts + 1] < np.inf:
        n_cuts += 1
        cut_sum += cuts[n_cuts]
    precision = count + n_cuts * cut_precision
    shift = -(missed + cut_sum * cut_precision) / precision
    shift += normal_quantile(next_uniform(state)) / sqrt(precision)
    squares += shift * (2.0 * missed + count * shift)
    for c in range(1, n_cuts + 1):
        cut_squares += (cuts[c] + shift) ** 2
    log_g = 1.7 / sqrt(count + n_cuts + 1.0) * normal_quantile(next_uniform(state))
    g = exp(log_g)
    change = (count + n_cuts + 1.0) * log_g - 0.5 * (g * g - 1.0) * (squares + cut_precision * cut_squares)
    change -= 0.5 * ((g * b - b_mean) ** 2 - (b - b_mean) ** 2) / (law.discrimination_sd * law.discrimination_sd)
    if next_uniform(state) >= exp(min(0.0, change)):
        g = 1.0
    for i in range(count):
        latent[i] = g * (latent[i] + shift)
    for c in range(1, n_cuts + 1):
        cuts[c] = g * (cuts[c] + shift)
    return b * g


@compiled
def _update_items(
    cell: Any,
    point: Any,
    theta: Any,
    b: Any,
    cuts: Any,
    law: Any,
    step: Any,
    precision: Any,
    weighted: Any,
    state: Any,
    gain: float,
) -> None:
    """Draw cut points, latent responses and discriminations; file what they say of each point in time.

    `precision` and `weighted` come back as the information of the acts on theta at each point: b² and b y* summed.
    """
    precision[:] = 0.0
    weighted[:] = 0.0
    for m in range(b.shape[0]):
        _update_cuts(m, cell[m], point, theta, b[m], cuts[m], law, step[m], state, gain)
        first, last = cell[m, 0], cell[m, cell.shape[1] - 1]
        latent = np.empty(last - first)
        for c in range(cell.shape[1] - 1):
            for i in range(cell[m, c], cell[m, c + 1]):
                eta = b[m] * theta[point[i]]
                low, high = cuts[m, c] - eta, cuts[m, c + 1] - eta
                latent[i - first] = eta + truncated_normal(low, high, next_uniform(state))
        b[m] = _expand_item(latent, point[first:last], theta, b[m], cuts[m], law, state)
        total = 1.0 / (law.discrimination_sd * law.discrimination_sd)
        pulled = law.discrimination_mean * total
        for i in range(first, last):
            total += theta[point[i]] ** 2
            pulled += theta[point[i]] * latent[i - first]
        mean, sd = pulled / total, 1.0 / sqrt(total)
        b[m] = max(mean + sd * truncated_normal(-mean / sd, np.inf, next_uniform(state)), 1e-12)
        for i in range(first, last):
            precision[point[i]] += b[m] * b[m]
            weighted[point[i]] += b[m] * latent[i - first]


@compiled
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


@compiled
def _update_sds(
    first: Any,
    gap: Any,
    changes: Any,
    centre: Any,
    precision: Any,
    weighted: Any,
    sds: Any,
    law: Any,
    step: Any,
    state: Any,
    gain: float,
) -> None:
    """Move the sds of drift and jump, paths integrated out; half-normal priors; a prior sd of 0 keeps them at 0.

    A random walk folded at 0 is symmetric, so that the ratio needs no correction.
    """
    scales = (law.drift_sd, law.jump_sd)
    if scales[0] <= 0.0 and scales[1] <= 0.0:
        return
    here = _path_log_likelihood(first, gap, changes, centre, precision, weighted, sds[0], sds[1])
    for s in range(2):
        scale = scales[s]
        if scale <= 0.0:
            continue
        at = sds[s]
        sds[s] = abs(at + step[s] * normal_quantile(next_uniform(state)))
        there = _path_log_likelihood(first, gap, changes, centre, precision, weighted, sds[0], sds[1])
        accept = exp(min(0.0, there - here - 0.5 * (sds[s] * sds[s] - at * at) / (scale * scale)))
        if next_uniform(state) < accept:
            here = there
        else:
            sds[s] = at
        if gain > 0.0:
            step[s] = min(step[s] * exp(gain * (accept - 0.44)), 4.0 * scale)


@compiled
def _draw_paths(
    first: Any,
    gap: Any,
    changes: Any,
    centre: Any,
    precision: Any,
    weighted: Any,
    sds: Any,
    theta: Any,
    variance: Any,
    state: Any,
) -> None:
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
        theta[last] += sqrt(variance[last]) * normal_quantile(next_uniform(state))
        for p in range(last - 1, first[j] - 1, -1):
            innovation = drift * gap[p + 1] + jump * changes[p + 1]
            if innovation <= 0.0:
                theta[p] = theta[p + 1]
                continue
            total = 1.0 / variance[p] + 1.0 / innovation
            mean = (theta[p] / variance[p] + theta[p + 1] / innovation) / total
            theta[p] = mean + normal_quantile(next_uniform(state)) / sqrt(total)


@compiled
def _update_effects(first: Any, covariates: Any, theta: Any, effects: Any, centre: Any, law: Any, state: Any) -> None:
    """Draw the effects of the covariates on the first stances one by one, and set the prior means anew."""
    for k in range(effects.shape[0]):
        precision, weighted = 1.0 / (law.effect_sd * law.effect_sd), 0.0
        for j in range(centre.shape[0]):
            z = covariates[j, k]
            precision += z * z
            weighted += z * (theta[first[j]] - centre[j] + z * effects[k])
        to = weighted / precision + normal_quantile(next_uniform(state)) / sqrt(precision)
        for j in range(centre.shape[0]):
            centre[j] += covariates[j, k] * (to - effects[k])
        effects[k] = to


@compiled
def _shift_and_stretch(
    first: Any,
    theta: Any,
    b: Any,
    cuts: Any,
    effects: Any,
    centre: Any,
    sds: Any,
    law: Any,
    state: Any,
    step: Any,
    gain: float,
) -> None:
    """Move along the two directions the likelihood does not see: the zero and the unit of the scale.

    (theta + d, cuts + b d) for all items: d has a normal full conditional. (c theta, c effects, c sds, b / c):
    Metropolis on log c, whose Jacobian counts first stances, effects and sds for, items against; innovations and
    their sds cancel. Both leave the posterior as it is (Liu and Sabatti 2000).
    """
    n_members, n_items = centre.shape[0], b.shape[0]
    b_mean, b_sd, cut_sd, effect_sd = law.discrimination_mean, law.discrimination_sd, law.cut_sd, law.effect_sd
    precision, weighted, squares = float(n_members), 0.0, 0.0
    for j in range(n_members):
        weighted += theta[first[j]] - centre[j]
    for m in range(n_items):
        for c in range(1, cuts.shape[1] - 1):
            if cuts[m, c] < np.inf:
                precision += b[m] * b[m] / (cut_sd * cut_sd)
                weighted += b[m] * cuts[m, c] / (cut_sd * cut_sd)
    shift = -weighted / precision + normal_quantile(next_uniform(state)) / sqrt(precision)
    for p in range(theta.shape[0]):
        theta[p] += shift
    for m in range(n_items):
        for c in range(1, cuts.shape[1] - 1):
            cuts[m, c] += b[m] * shift
    for j in range(n_members):
        squares += (theta[first[j]] - centre[j]) ** 2
    free = n_members + effects.shape[0] - n_items
    for k in range(effects.shape[0]):
        squares += effects[k] * effects[k] / (effect_sd * effect_sd)
    scales = (law.drift_sd, law.jump_sd)
    for s in range(2):
        if scales[s] > 0.0:
            free += 1
            squares += sds[s] * sds[s] / (scales[s] * scales[s])
    log_c = step[0] * normal_quantile(next_uniform(state))
    stretch = exp(log_c)
    change = free * log_c - 0.5 * (stretch * stretch - 1.0) * squares
    for m in range(n_items):
        change -= 0.5 * ((b[m] / stretch - b_mean) ** 2 - (b[m] - b_mean) ** 2) / (b_sd * b_sd)
    accept = exp(min(0.0, change))
    if gain > 0.0:
        step[0] *= exp(gain * (accept - 0.44))
    if next_uniform(state) < accept:
        theta *= stretch
        effects *= stretch
        centre *= stretch
        sds *= stretch
        b /= stretch


@compiled
def _first_cuts(cell: Any, n_levels: Any) -> Floats:
    """Set each cut point where the shares of acts below it would have it, a little apart where nobody stands."""
    cuts = np.full((cell.shape[0], cell.shape[1] + 1), np.inf)
    for m in range(cell.shape[0]):
        cuts[m, 0] = -np.inf
        seen = cell[m, cell.shape[1] - 1] - cell[m, 0]
        for c in range(1, n_levels[m]):
            below = cell[m, c] - cell[m, 0]
            start = 1.4 * normal_quantile((below + 0.5) / (seen + 1.0))
            cuts[m, c] = max(start, cuts[m, c - 1] + 0.1)
    return cuts


@compiled
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
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
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
    n_members, n_items, n_points = first.shape[0] - 1, cell.shape[0], gap.shape[0]
    scales = np.array([law.drift_sd, law.jump_sd])
    b, effects, centre, sds = np.ones(n_items), np.zeros(covariates.shape[1]), np.zeros(n_members), scales * 0.7
    cuts = _first_cuts(cell, n_levels)
    cut_step, sd_step = np.full(cuts.shape, 0.6), scales.copy()
    stretch_step = np.full(1, 0.3)
    precision, weighted, variance = np.zeros(n_points), np.zeros(n_points), np.empty(n_points)
    theta = np.empty(n_points)
    _draw_paths(first, gap, changes, centre, precision, weighted, sds, theta, variance, state)
    theta_out, b_out = np.empty((kept, n_members)), np.empty((kept, n_items))
    cuts_out = np.full((kept, n_items, cell.shape[1] - 2), np.nan)
    effects_out, sds_out = np.empty((kept, effects.shape[0])), np.empty((kept, 2))
    paths_out = np.empty((kept // every, n_points))
    for iteration in range(burn_in + kept):
        gain = 1.0 / sqrt(1.0 + iteration) if iteration < burn_in else 0.0
        _update_items(cell, point, theta, b, cuts, law, cut_step, precision, weighted, state, gain)
        _update_sds(first, gap, changes, centre, precision, weighted, sds, law, sd_step, state, gain)
        _draw_paths(first, gap, changes, centre, precision, weighted, sds, theta, variance, state)
        _update_effects(first, covariates, theta, effects, centre, law, state)
        _shift_and_stretch(first, theta, b, cuts, effects, centre, sds, law, state, stretch_step, gain)
        at = iteration - burn_in
        if at >= 0:
            for j in range(n_members):
                theta_out[at, j] = theta[first[j + 1] - 1]
            b_out[at], effects_out[at], sds_out[at] = b, effects, sds
            for m in range(n_items):
                for c in range(1, n_levels[m]):
                    cuts_out[at, m, c - 1] = cuts[m, c]
            if (at + 1) % every == 0:
                paths_out[(at + 1) // every - 1] = theta
    return theta_out, b_out, cuts_out, effects_out, sds_out, paths_out
