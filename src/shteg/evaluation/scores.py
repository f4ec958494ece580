"""Proper scores of probability forecasts: each rewards saying what one believes, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shteg.arrays import Floats

FLOOR = 0.001
"""No forecast, of any model, counts as surer than this: a 0 that comes true would cost infinitely much."""


def log_score(probability: ArrayLike, happened: ArrayLike, *, floor: float = FLOOR) -> Floats:
    """Give the logarithm of the probability given to what happened (nats, at most 0; higher is better).

    Parameters
    ----------
    probability : (n,) float in [0, 1]
    happened : (n,) bool
    floor : float
        Probabilities are kept within [floor, 1 - floor].

    Returns
    -------
    (n,) float

    References
    ----------
    Good (1952), JRSS B 14; Gneiting & Raftery (2007), JASA 102(477).
    """
    p = np.clip(_shares(probability), floor, 1.0 - floor)
    return np.asarray(np.where(np.asarray(happened, dtype=bool), np.log(p), np.log1p(-p)))


def brier_score(probability: ArrayLike, happened: ArrayLike) -> Floats:
    """Give the squared distance between the probability and what happened (0 to 1; lower is better)."""
    return np.asarray((_shares(probability) - np.asarray(happened, dtype=float)) ** 2)


def ranked_probability_score(probabilities: ArrayLike, outcome: ArrayLike) -> Floats:
    """Give the ranked probability score of forecasts of an ordered class (0 to 1; lower is better).

    Parameters
    ----------
    probabilities : (n, class) float
        Each row sums to 1; classes in order.
    outcome : (n,) int
        Place of the class that came true.

    Returns
    -------
    (n,) float
        Mean over the class boundaries of the squared distance between the cumulated probability and the outcome; with
        two classes the Brier score.

    References
    ----------
    Epstein (1969), J. Applied Meteorology 8; Murphy (1971), ibid. 10.
    """
    p = np.atleast_2d(_shares(probabilities))
    if p.shape[1] < 2 or not np.allclose(p.sum(axis=1), 1.0, atol=1e-6):
        raise ValueError("each forecast needs two classes or more and must sum to 1")
    reached = np.arange(p.shape[1] - 1)[None, :] >= np.asarray(outcome)[:, None]
    return np.asarray(((np.cumsum(p, axis=1)[:, :-1] - reached) ** 2).mean(axis=1))


def restricted_crps(grid: ArrayLike, cumulative: ArrayLike, time: ArrayLike) -> Floats:
    """Give the continuous ranked probability score of the time until an event, restricted to a horizon (years).

    Parameters
    ----------
    grid : (g,) float
        Years from 0 to the horizon, ascending.
    cumulative : (n, g) float
        Probability that the event has happened by then; straight between the grid's years, 0 at year 0.
    time : (n,) float
        Years until the event; anything beyond the horizon (infinity too) counts as "not within the horizon".

    Returns
    -------
    (n,) float
        Integral over 0 … horizon of (F(t) - 1{T ≤ t})²: 0 for the sure and right, the horizon for the sure and wrong.
        It is the score of the distribution of min(T, horizon), so no time beyond the horizon is ever needed.

    Raises
    ------
    ValueError
        The grid does not rise from 0, or does not fit the probabilities.

    References
    ----------
    Matheson & Winkler (1976), Management Science 22(10); Gneiting & Raftery (2007), section 4.2.
    """
    years, f = np.asarray(grid, dtype=float), np.atleast_2d(_shares(cumulative))
    if years[0] != 0.0 or (np.diff(years) <= 0).any() or f.shape[1] != years.size:
        raise ValueError("the grid must rise from 0, with one probability for each year of it")
    at = np.minimum(np.asarray(time, dtype=float), years[-1])[:, None]
    left, right = years[None, :-1], years[None, 1:]
    share = np.clip((at - left) / (right - left), 0.0, 1.0)  # part of each piece before the event
    middle = f[:, :-1] + share * (f[:, 1:] - f[:, :-1])
    before = _square_integral(f[:, :-1], middle, share * (right - left))
    after = _square_integral(middle - 1.0, f[:, 1:] - 1.0, (1.0 - share) * (right - left))
    return np.asarray((before + after).sum(axis=1))


def _square_integral(start: Floats, end: Floats, width: Floats) -> Floats:
    """Integrate the square of a straight line."""
    square: Floats = width / 3.0 * (start * start + start * end + end * end)
    return square


def _shares(probability: ArrayLike) -> Floats:
    p = np.asarray(probability, dtype=float)
    if not (np.isfinite(p).all() and (p >= -1e-9).all() and (p <= 1.0 + 1e-9).all()):
        raise ValueError("probabilities lie between 0 and 1")
    inside: Floats = np.clip(p, 0.0, 1.0)
    return inside
