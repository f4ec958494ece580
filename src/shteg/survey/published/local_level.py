"""A local level on the logit scale, seen through polls of several houses: exact for given variances, grid over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from shteg.arrays import Floats, Ints

STEP_SCALE = 0.3
"""Half-normal scale of the step sd, logit per square root of a year: changes of about 7 points a year near 50 %."""

HOUSE_SCALE = 0.5
"""Half-normal scale of the sd of house effects, logit: about 12 points near 50 %."""

STEP_GRID = np.geomspace(0.01, 3.0, 32)
HOUSE_GRID = np.geomspace(0.01, 4.0, 20)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Polls:
    """Polls of one question: `logit` (n,) with known `variance` (n,), taken at `time` (n,) years by `house` (n,)."""

    logit: Floats
    variance: Floats
    time: Floats
    house: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conditional:
    """Posterior for each of g given pairs of standard deviations: levels (g, times) and house effects (g, houses).

    The covariances are (g, times, times) and (g, houses, houses); `log_likelihood` is (g,).
    """

    level: Floats
    level_covariance: Floats
    house: Floats
    house_covariance: Floats
    log_likelihood: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smoothed:
    """Posterior with the variances integrated out, logit scale.

    `level`, `level_low`, `level_high` are (times,), `house…` (houses,); medians and central intervals. `rose` is the
    probability that the level was higher at the last time than at the first. `learnt` is 1 − Var(step sd | polls) /
    Var(step sd): how far the step sd is learnt from the polls and not from its prior.
    """

    level: Floats
    level_low: Floats
    level_high: Floats
    house: Floats
    house_low: Floats
    house_high: Floats
    step_sd: float
    house_sd: float | None
    learnt: float
    rose: float


def smooth_given(polls: Polls, times: Floats, step_sd: Floats, house_sd: Floats) -> Conditional:
    """Posterior of the level at `times` for known variances: x(t + Δ) − x(t) ~ N(0, σ²Δ), flat on the level.

    House effects are N(0, τ²) given that they sum to 0. The likelihood is exact up to a constant that depends on
    neither variance (the flat prior makes it a restricted likelihood).

    Parameters
    ----------
    polls : Polls
    times : (m,) float
        Years.
    step_sd, house_sd : (g,) float, > 0
        Pairs (σ, τ).

    Returns
    -------
    Conditional
        Mean and variance of the level (g, m) and of the house effects, and the log likelihood (g,).

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter; Rue and Held (2005), Gaussian
    Markov Random Fields, ch. 2. Checked against the dense multivariate normal in tests/survey/published..
    """
    knots, at = np.unique(np.concatenate([polls.time, times]), return_inverse=True)
    n, k, houses = len(polls.logit), len(knots), int(polls.house.max()) + 1
    contrasts = _sum_to_zero(houses)
    design = np.zeros((n, k + houses - 1))
    design[np.arange(n), at[:n]] = 1.0
    design[:, k:] = contrasts[polls.house]
    walk, effects = np.zeros((design.shape[1],) * 2), np.zeros(design.shape[1])
    for i, gap in enumerate(np.diff(knots)):
        walk[i : i + 2, i : i + 2] += np.array([[1.0, -1.0], [-1.0, 1.0]]) / gap
    effects[k:] = 1.0
    prior = walk / (step_sd**2)[:, None, None] + np.diag(effects) / (house_sd**2)[:, None, None]
    weighted = design / polls.variance[:, None]
    factor = np.linalg.cholesky(prior + design.T @ weighted)
    inverse = np.linalg.inv(factor)
    covariance = inverse.transpose(0, 2, 1) @ inverse
    mean = covariance @ (weighted.T @ polls.logit)
    residual = polls.logit - mean @ design.T
    quadratic = (residual**2 / polls.variance).sum(axis=1) + np.einsum("gi,gij,gj->g", mean, prior, mean)
    log_prior = -2 * (k - 1) * np.log(step_sd) - 2 * (houses - 1) * np.log(house_sd)
    log_determinant = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    shown = at[n:]
    return Conditional(
        level=mean[:, shown],
        level_covariance=covariance[:, shown[:, None], shown],
        house=mean[:, k:] @ contrasts.T,
        house_covariance=contrasts @ covariance[:, k:, k:] @ contrasts.T,
        log_likelihood=0.5 * (log_prior - log_determinant - quadratic),
    )


def smooth_level(
    polls: Polls,
    times: Floats,
    *,
    level: float = 0.95,
    step_scale: float = STEP_SCALE,
    house_scale: float = HOUSE_SCALE,
) -> Smoothed:
    """Posterior of the level at `times`, the two variances integrated out on a grid.

    Parameters
    ----------
    polls : Polls
        At least three, at three different times: fewer do not identify a trend, and the caller must not ask.
    times : (m,) float
        Years, increasing.
    level : float in (0, 1)
        Coverage of the intervals.
    step_scale, house_scale : float, > 0
        Half-normal scales of the two standard deviations.

    Returns
    -------
    Smoothed
        Mean and interval of the level at each time, on the logit scale, and of the two standard deviations.
    """
    several = int(polls.house.max()) > 0
    house_grid = HOUSE_GRID if several else HOUSE_GRID[:1]
    steps, houses = (grid.ravel() for grid in np.meshgrid(STEP_GRID, house_grid, indexing="ij"))
    fit = smooth_given(polls, times, steps, houses)
    log_weight = fit.log_likelihood - 0.5 * (steps / step_scale) ** 2 + np.log(steps)
    if several:  # the grids are even in the logarithm: times the Jacobian
        log_weight += -0.5 * (houses / house_scale) ** 2 + np.log(houses)
    weight = np.exp(log_weight - special.logsumexp(log_weight))
    mean, house = fit.level, fit.house
    sd = np.sqrt(np.diagonal(fit.level_covariance, axis1=1, axis2=2))
    house_spread = np.sqrt(np.maximum(np.diagonal(fit.house_covariance, axis1=1, axis2=2), 1e-300))
    tails = ((1 - level) / 2, 0.5, (1 + level) / 2)
    low, middle, high = (mixture_quantile(weight, mean, sd, tail) for tail in tails)
    house_low, house_middle, house_high = (mixture_quantile(weight, house, house_spread, tail) for tail in tails)
    step_mean = float(weight @ steps)
    step_variance = float(weight @ (steps - step_mean) ** 2)
    return Smoothed(
        level=middle,
        level_low=low,
        level_high=high,
        house=house_middle,
        house_low=house_low,
        house_high=house_high,
        step_sd=step_mean,
        house_sd=float(weight @ houses) if several else None,
        learnt=max(0.0, 1 - step_variance / (step_scale**2 * (1 - 2 / np.pi))),
        rose=_probability_of_rise(weight, fit),
    )


def mixture_quantile(weight: Floats, mean: Floats, sd: Floats, probability: float) -> Floats:
    """Quantile of a mixture of normals by bisection.

    Parameters
    ----------
    weight : (g,) float, sums to 1
        Of the normals.
    mean, sd : (g, m) float
        Of each normal, for m quantities at once; `sd` > 0.
    probability : float in (0, 1)
        Which quantile.

    Returns
    -------
    (m,) float
    """
    reach = 12 * sd
    low, high = (mean - reach).min(axis=0), (mean + reach).max(axis=0)
    for _ in range(80):
        middle = (low + high) / 2
        below = weight @ special.ndtr((middle - mean) / sd) < probability
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)


def _sum_to_zero(houses: int) -> Floats:
    """Orthonormal basis (houses, houses − 1) of the effects that sum to 0 (Helmert)."""
    basis = np.zeros((houses, houses - 1))
    for k in range(1, houses):
        basis[:k, k - 1] = 1.0
        basis[k, k - 1] = -k
        basis[:, k - 1] /= np.sqrt(k * (k + 1))
    return basis


def _probability_of_rise(weight: Floats, fit: Conditional) -> float:
    gap = fit.level[:, -1] - fit.level[:, 0]
    c = fit.level_covariance
    spread = np.sqrt(np.maximum(c[:, 0, 0] + c[:, -1, -1] - 2 * c[:, 0, -1], 1e-300))
    return float(weight @ special.ndtr(gap / spread))
