"""Weights of a mixture of forecasts: those under which what happened was likeliest, drawn towards given ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shteg.arrays import Floats
from shteg.evaluation.scores import FLOOR

STRENGTH = 10.0
"""How many country-and-step pairs the weights drawn towards are worth."""
MOST_ROUNDS = 2000
SETTLED = 1e-7
"""Weights that move by less in a round have settled."""


def stack_weights(given: ArrayLike, importance: ArrayLike, towards: ArrayLike, *, strength: float = STRENGTH) -> Floats:
    """Give the weights w that make Σ ω_i (−log Σ_m w_m p_im) + λ KL(v‖w) smallest.

    Parameters
    ----------
    given : (…, question, part) float in [0, 1]
        Probability that each part gave to what happened; kept within the floor of the scores.
    importance : (question,) float, >= 0
        ω, how much each question counts.
    towards : (…, part) float, > 0
        v, which sums to 1: the weights without any question.
    strength : float, > 0
        λ.

    Returns
    -------
    (…, part) float
        Positive, summing to 1. The objective is convex: weights by expectation and maximisation come to its only
        minimum, w_m ∝ λ v_m + Σ ω_i r_im with r_im the share of part m in the mixture's probability of question i.

    References
    ----------
    Dempster, Laird & Rubin (1977), JRSS B 39(1); Yao et al. (2018), Bayesian Analysis 13(3), for stacking.
    """
    p = np.clip(np.asarray(given, dtype=float), FLOOR, 1.0 - FLOOR)
    omega = np.asarray(importance, dtype=float)
    prior = np.broadcast_to(np.asarray(towards, dtype=float), (*p.shape[:-2], p.shape[-1]))
    total = strength + omega.sum()
    weights = np.array(prior)
    for _ in range(MOST_ROUNDS):
        shares = p * weights[..., None, :]
        taken = shares / shares.sum(axis=-1, keepdims=True)
        moved = (strength * prior + np.einsum("q,...qm->...m", omega, taken)) / total
        step = float(np.abs(moved - weights).max(initial=0.0))
        weights = moved
        if step < SETTLED:
            break
    return weights


def equal_weights(parts: int) -> Floats:
    """Give every part the same weight, (part,)."""
    return np.full(parts, 1.0 / parts)
