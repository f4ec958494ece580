"""Numba kernel: one chain of the Gibbs sampler for votes on two or more ordered levels, slopes of either sign."""

from __future__ import annotations

from math import exp, inf, sqrt
from typing import Any

import numpy as np

from shteg.compiling import compiled, inner
from shteg.normal_law import log_interval, normal_cdf, normal_quantile, truncated_normal
from shteg.randomness import normal_quantile as plain_quantile
from shteg.stance.kernel import next_uniform


def first_cuts(votes: Any, top: Any, apart: float) -> Any:
    """Set each cut where the shares of votes below it would have it, at least `apart` from the cut before.

    Parameters
    ----------
    votes : (item, actor) int
        Levels, −1 is no vote.
    top : (item,) int
        Highest level of each item.
    apart : float, > 0

    Returns
    -------
    (item, largest level) float
        Not a number beyond an item's last cut.
    """
    cuts = np.full((len(votes), max(top, default=0)), np.nan)
    for m, vote in enumerate(votes):
        counts = np.bincount(vote[vote >= 0], minlength=top[m] + 1)
        below, seen = np.cumsum(counts), counts.sum()
        for c in range(top[m]):
            cuts[m, c] = plain_quantile(float((below[c] + 0.5) / (seen + 1.0)))
            if c > 0:
                cuts[m, c] = max(cuts[m, c], cuts[m, c - 1] + apart)
    return cuts


@inner
def draw_latent(level: int, top: int, eta: float, lower: float, upper: float, u: float) -> float:
    """Draw eta + e, e ~ N(0, 1), between two cuts; by inversion in the tail where no digits are lost.

    Parameters
    ----------
    level : int
        0 … top.
    top : int
        Highest level of the item.
    eta : float
        Mean.
    lower, upper : float
        Cuts below and above; not read on the lowest and the highest level.
    u : float
        Uniform number in (0, 1).

    Returns
    -------
    float
    """
    if level == 0:
        return min(eta + normal_quantile(max(u * normal_cdf(upper - eta), 1e-300)), upper)
    if level == top:
        return max(eta - normal_quantile(max(u * normal_cdf(eta - lower), 1e-300)), lower)
    return eta + truncated_normal(lower - eta, upper - eta, u)


@inner
def move_cuts(
    vote: Any, predictor: Any, cuts: Any, top: int, cut_sd: float, step: Any, state: Any, gain: float
) -> None:  # fmt: skip
    """Move each cut of an item by random-walk Metropolis, latent responses integrated out (Cowles 1996).

    Parameters
    ----------
    vote : (actor,) int
        −1 is no vote.
    predictor : (actor,) float
        Slope times position.
    cuts : (cut,) float
        Moved in place.
    top : int
        Highest level, and number of cuts.
    cut_sd : float
        Prior sd.
    step : (cut,) float
        Sds of the proposals; tuned in place.
    state : (4,) uint64
        State of the random numbers.
    gain : float
        How strongly the steps are tuned; 0 leaves them.
    """
    for c in range(top):
        at = cuts[c]
        to = at + step[c] * normal_quantile(next_uniform(state))
        low = cuts[c - 1] if c > 0 else -inf
        high = cuts[c + 1] if c + 1 < top else inf
        accept = 0.0
        if low < to < high:
            change = 0.5 * (at * at - to * to) / (cut_sd * cut_sd)
            for j in range(vote.shape[0]):
                eta = predictor[j]
                if vote[j] == c:
                    change += log_interval(low - eta, to - eta) - log_interval(low - eta, at - eta)
                elif vote[j] == c + 1:
                    change += log_interval(to - eta, high - eta) - log_interval(at - eta, high - eta)
            accept = exp(min(0.0, change))
        if next_uniform(state) < accept:
            cuts[c] = to
        if gain > 0.0:
            step[c] *= exp(gain * (accept - 0.44))


@inner
def _update_item(vote: Any, theta: Any, slope: float, cuts: Any, top: int, sds: Any, step: Any, state: Any,
                 gain: float, latent: Any) -> float:  # fmt: skip
    """Draw latent responses and parameters of one item; `cuts` in place, the slope is returned."""
    if top > 1:
        move_cuts(vote, slope * theta, cuts, top, sds[1], step, state, gain)
    tt, t1, n = 1.0 / (sds[0] * sds[0]), 0.0, 1.0 / (sds[1] * sds[1])
    tz, z1 = 0.0, 0.0
    for j in range(vote.shape[0]):
        y = vote[j]
        if y < 0:
            continue
        lower = cuts[y - 1] if y > 0 else -inf
        upper = cuts[y] if y < top else inf
        z = draw_latent(y, top, slope * theta[j], lower, upper, next_uniform(state))
        latent[j] = z
        tt += theta[j] * theta[j]
        t1 += theta[j]
        tz += theta[j] * z
        z1 += z
        n += 1.0
    if top > 1:
        return float(tz / tt + normal_quantile(next_uniform(state)) / sqrt(tt))
    # Two levels: latent − cut is what counts; draw cut and slope together from their bivariate normal law.
    for j in range(vote.shape[0]):
        latent[j] -= cuts[0]  # relative to the cut from here on
    zr, tzr = z1 - cuts[0] * _count(vote), tz - cuts[0] * t1
    inside = tt - t1 * t1 / n
    mean = (tzr - t1 * zr / n) / inside
    slope = mean + normal_quantile(next_uniform(state)) / sqrt(inside)
    intercept = (zr - slope * t1) / n + normal_quantile(next_uniform(state)) / sqrt(n)
    cuts[0] = -intercept
    return float(slope)


@inner
def _count(vote: Any) -> float:
    seen = 0.0
    for j in range(vote.shape[0]):
        if vote[j] >= 0:
            seen += 1.0
    return seen


@inner
def _shift_and_stretch(theta: Any, slope: Any, cuts: Any, top: Any, sds: Any, sign: Any, state: Any) -> None:
    """Move along the zero and the unit of the scale, which the likelihood does not see (Liu and Sabatti 2000)."""
    n_actors, n_items = theta.shape[0], slope.shape[0]
    precision, weighted = float(n_actors), theta.sum()
    inverse = 1.0 / (sds[1] * sds[1])
    squares = 0.0
    for m in range(n_items):
        squares += slope[m] * slope[m]
        for c in range(top[m]):
            precision += slope[m] * slope[m] * inverse
            weighted += slope[m] * cuts[m, c] * inverse
    shift = -weighted / precision + normal_quantile(next_uniform(state)) / sqrt(precision)
    allowed = True
    for j in range(n_actors):
        if sign[j] * (theta[j] + shift) < 0.0:
            allowed = False
    if allowed:
        for j in range(n_actors):
            theta[j] += shift
        for m in range(n_items):
            for c in range(top[m]):
                cuts[m, c] += slope[m] * shift
    log_c = normal_quantile(next_uniform(state)) * 1.5 / sqrt(2.0 * (n_actors + n_items))
    stretch = exp(log_c)
    change = (n_actors - n_items) * log_c - 0.5 * (stretch * stretch - 1.0) * (theta * theta).sum()
    change -= 0.5 * squares * (1.0 / (stretch * stretch) - 1.0) / (sds[0] * sds[0])
    if next_uniform(state) < exp(min(0.0, change)):
        for j in range(n_actors):
            theta[j] *= stretch
        for m in range(n_items):
            slope[m] /= stretch


def run_chain(
    votes: Any, top: Any, sign: Any, start: Any, sds: Any, burn_in: int, kept: int, thin: int, state: Any
) -> tuple[Any, Any, Any]:
    """Run one chain.

    Parameters
    ----------
    votes : (item, actor) int8
        Levels, −1 is no vote.
    top : (item,) int, >= 1
        Highest level of each item.
    sign : (actor,) float
        1 or −1 where the prior of an actor is cut off at 0, else 0.
    start : (actor,) float
        Where the actors start; it keeps to `sign`.
    sds : (2,) float
        Prior sds of slopes and cuts.
    burn_in, kept, thin : int
        Iterations thrown away, kept, and the distance between those kept.
    state : (4,) uint64
        State of the random numbers.

    Returns
    -------
    theta : (kept, actor) float
    slope : (kept, item) float
    cuts : (kept, item, largest level) float
        Not a number beyond an item's last cut.
    """
    return _sweep(votes, top, sign, start, first_cuts(votes, top, 1e-3), sds, burn_in, kept, thin, state)


@compiled
def _sweep(
    votes: Any, top: Any, sign: Any, start: Any, cuts: Any, sds: Any, burn_in: int, kept: int, thin: int, state: Any
) -> tuple[Any, Any, Any]:
    """Run all iterations of one chain, from its first cuts: see `run_chain`."""
    n_items, n_actors = votes.shape
    widest = cuts.shape[1]
    theta, slope, step = start.copy(), np.zeros(n_items), np.full((n_items, widest), 0.5)
    latent = np.zeros(n_actors)
    theta_out, slope_out = np.empty((kept, n_actors)), np.empty((kept, n_items))
    cuts_out = np.full((kept, n_items, widest), np.nan)
    precision, weighted = np.empty(n_actors), np.empty(n_actors)
    for iteration in range(burn_in + kept * thin):
        gain = 1.0 / sqrt(1.0 + iteration) if iteration < burn_in else 0.0
        precision[:] = 1.0
        weighted[:] = 0.0
        for m in range(n_items):
            slope[m] = _update_item(votes[m], theta, slope[m], cuts[m], top[m], sds, step[m], state, gain, latent)
            # Two levels: latent is relative to the old cut; the response to slope · theta is latent + new cut.
            add = cuts[m, 0] if top[m] == 1 else 0.0
            for j in range(n_actors):
                if votes[m, j] >= 0:
                    precision[j] += slope[m] * slope[m]
                    weighted[j] += slope[m] * (latent[j] + add)
        for j in range(n_actors):
            mean, sd = weighted[j] / precision[j], 1.0 / sqrt(precision[j])
            if sign[j] == 0.0:
                theta[j] = mean + sd * normal_quantile(next_uniform(state))
            else:
                away = truncated_normal(-sign[j] * mean / sd, inf, next_uniform(state))
                theta[j] = sign[j] * max(sign[j] * mean + sd * away, 0.0)
        _shift_and_stretch(theta, slope, cuts, top, sds, sign, state)
        if iteration >= burn_in and (iteration - burn_in) % thin == 0:
            at = (iteration - burn_in) // thin
            theta_out[at] = theta
            slope_out[at] = slope
            for m in range(n_items):
                for c in range(top[m]):
                    cuts_out[at, m, c] = cuts[m, c]
    return theta_out, slope_out, cuts_out
