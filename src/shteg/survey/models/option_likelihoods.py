"""Likelihoods of answers with several options: scores of each row and the information."""

from __future__ import annotations

import numpy as np

from shteg.arrays import Floats, Ints


def ordinal_likelihood(theta: Floats, rows: Floats, places: Ints, weight: Floats, cuts: int) -> tuple[Floats, Floats]:
    """Give scores and information of the proportional odds model.

    Parameters
    ----------
    theta : (p + cuts,) float
        Coefficients, then cut points, which must rise: else the scores are no numbers.
    rows : (n, p) float
    places : (n,) int
        The option of each row, from 0.
    weight : (n,) float
    cuts : int

    Returns
    -------
    scores, information : (n, k), (k, k) float
        Minus the Hessian of the weighted log likelihood.
    """
    p = rows.shape[1]
    beta, zeta = theta[:p], theta[p:]
    if (np.diff(zeta) <= 0).any():
        return np.full((len(rows), len(theta)), np.nan), np.full((len(theta), len(theta)), np.nan)
    edges = np.concatenate([[-np.inf], zeta, [np.inf]])
    eta = rows @ beta
    high, low = edges[places + 1] - eta, edges[places] - eta
    upper, lower = 1 / (1 + np.exp(-high)), 1 / (1 + np.exp(-low))
    dense_high, dense_low = upper * (1 - upper), lower * (1 - lower)
    share = np.where(high > 0, 1 / (1 + np.exp(low)) - 1 / (1 + np.exp(high)), upper - lower)
    slope_high, slope_low = dense_high * (1 - 2 * upper), dense_low * (1 - 2 * lower)
    a, b = dense_high / share, dense_low / share
    jump_high = np.zeros((len(rows), cuts))
    jump_low = np.zeros((len(rows), cuts))
    at = np.arange(len(rows))
    jump_high[at[places < cuts], places[places < cuts]] = 1.0
    jump_low[at[places > 0], places[places > 0] - 1] = 1.0
    plus = np.concatenate([-rows, jump_high], axis=1)
    minus = np.concatenate([-rows, jump_low], axis=1)
    scores = a[:, None] * plus - b[:, None] * minus
    information = scores.T @ (weight[:, None] * scores)
    information -= plus.T @ ((weight * slope_high / share)[:, None] * plus)
    information += minus.T @ ((weight * slope_low / share)[:, None] * minus)
    return scores, information


def multinomial_likelihood(
    theta: Floats, rows: Floats, places: Ints, weight: Floats, others: int
) -> tuple[Floats, Floats]:
    """Give scores and information of a multinomial logit.

    Parameters
    ----------
    theta : (others · p,) float
        Coefficients of each option besides the first, one option after the other.
    rows, places, weight : as there
        See `ordinal_likelihood`.
    others : int
        Options besides the first.

    Returns
    -------
    scores, information : (n, k), (k, k) float
    """
    eta = rows @ theta.reshape(others, -1).T
    top = np.maximum(eta.max(axis=1), 0.0)
    parts = np.exp(eta - top[:, None])
    share = parts / (np.exp(-top) + parts.sum(axis=1))[:, None]
    chosen = (places[:, None] == np.arange(1, others + 1)).astype(np.float64)
    scores = ((chosen - share)[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
    p = rows.shape[1]
    information = np.zeros((others * p, others * p))
    for j in range(others):
        for k in range(others):
            spread = share[:, j] * ((j == k) - share[:, k])
            information[j * p : (j + 1) * p, k * p : (k + 1) * p] = rows.T @ ((weight * spread)[:, None] * rows)
    return scores, information
