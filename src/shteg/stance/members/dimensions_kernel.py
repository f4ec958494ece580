"""Numba kernel: one chain of a graded probit model with one or two axes, and how likely it makes acts held out."""

from __future__ import annotations

from math import inf, sqrt
from typing import Any

import numpy as np

from shteg.compiling import compiled
from shteg.normal_law import log_interval, truncated_normal
from shteg.stance.kernel import next_normal, next_uniform
from shteg.stance.rollcall.gibbs_kernel import draw_latent, first_cuts, move_cuts


def run_held_out(
    votes: Any,
    top: Any,
    axes: int,
    anchor: int,
    held: Any,
    prior: tuple[float, float, float],
    burn_in: int,
    kept: int,
    state: Any,
) -> Any:
    """Run one chain and give the log probability of each act held out, (kept, held).

    Parameters
    ----------
    votes : (item, member) int
        Levels; −1 where missing or held out.
    top : (item,) int
        Highest level of each item.
    axes : int
        1 or 2. Slopes on the first axis are positive; item `anchor` has slope 0 on the second.
    anchor : int
        Number of an item.
    held : (held, 3) int
        Item, member and level of each act held out.
    prior : tuple of three float
        Mean and sd of the slopes on the first axis, sd of the cuts; slopes on the second are normal around 0.
    burn_in, kept : int
        Iterations thrown away, and kept.
    state : (4,) uint64
        State of the random numbers; advanced in place.

    Returns
    -------
    (kept, held) float
    """
    out = np.empty((kept, len(held)))
    cuts = first_cuts(votes, top, 0.05)
    n_items, n_members = votes.shape
    theta, slope = np.zeros((axes, n_members)), np.zeros((axes, n_items))
    step, latent, eta = np.full(cuts.shape, 0.6), np.zeros(votes.shape), np.zeros(n_members)
    _sweep(votes, top, anchor, held, prior, burn_in, state, theta, slope, cuts, step, latent, eta, out)
    return out


@compiled
def _sweep(
    votes: Any, top: Any, anchor: int, held: Any, prior: tuple[float, float, float], burn_in: int, state: Any,
    theta: Any, slope: Any, cuts: Any, step: Any, latent: Any, eta: Any, out: Any,
) -> None:  # fmt: skip
    """Run all iterations of one chain, in arrays that `run_held_out` made."""
    n_items, n_members = votes.shape
    slope_mean, slope_sd, cut_sd = prior
    axes = slope.shape[0]
    for a in range(axes):
        for j in range(n_members):
            theta[a, j] = next_normal(state)
    for m in range(n_items):
        slope[0, m] = 1.0
    for iteration in range(burn_in + out.shape[0]):
        gain = 1.0 / sqrt(1.0 + iteration) if iteration < burn_in else 0.0
        for m in range(n_items):
            for j in range(n_members):
                eta[j] = 0.0
                for a in range(axes):
                    eta[j] += slope[a, m] * theta[a, j]
            move_cuts(votes[m], eta, cuts[m], top[m], cut_sd, step[m], state, gain)
            for j in range(n_members):
                y = votes[m, j]
                if y >= 0:
                    low = cuts[m, y - 1] if y > 0 else -inf
                    high = cuts[m, y] if y < top[m] else inf
                    latent[m, j] = draw_latent(y, top[m], eta[j], low, high, next_uniform(state))
            for a in range(axes):
                if a == 1 and m == anchor:
                    continue
                precision = 1.0 / (slope_sd * slope_sd)
                weighted = slope_mean * precision if a == 0 else 0.0
                for j in range(n_members):
                    if votes[m, j] >= 0:
                        rest = latent[m, j]
                        for o in range(axes):
                            if o != a:
                                rest -= slope[o, m] * theta[o, j]
                        precision += theta[a, j] * theta[a, j]
                        weighted += theta[a, j] * rest
                mean, sd = weighted / precision, 1.0 / sqrt(precision)
                if a == 0:
                    slope[a, m] = max(mean + sd * truncated_normal(-mean / sd, inf, next_uniform(state)), 1e-12)
                else:
                    slope[a, m] = mean + sd * next_normal(state)
        for j in range(n_members):
            for a in range(axes):
                precision, weighted = 1.0, 0.0
                for m in range(n_items):
                    if votes[m, j] >= 0:
                        rest = latent[m, j]
                        for o in range(axes):
                            if o != a:
                                rest -= slope[o, m] * theta[o, j]
                        precision += slope[a, m] * slope[a, m]
                        weighted += slope[a, m] * rest
                theta[a, j] = weighted / precision + next_normal(state) / sqrt(precision)
        if iteration >= burn_in:
            for h in range(held.shape[0]):
                m, j, y = held[h, 0], held[h, 1], held[h, 2]
                predictor = 0.0
                for a in range(axes):
                    predictor += slope[a, m] * theta[a, j]
                low = cuts[m, y - 1] - predictor if y > 0 else -inf
                high = cuts[m, y] - predictor if y < top[m] else inf
                out[iteration - burn_in, h] = log_interval(low, high)
