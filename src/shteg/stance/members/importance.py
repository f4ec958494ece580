"""Pareto-smoothed importance weights: a posterior without one act, and whether it can be had from the draws."""

import numpy as np

from shteg.arrays import Floats
from shteg.errors import ModelError

TRUSTED = 0.7
"""Largest shape of the tail at which weights are trusted (Vehtari et al. 2024)."""


def smooth_weights(log_ratio: Floats) -> tuple[Floats, float]:
    """Give normalised weights with a smoothed upper tail, and the shape k of that tail.

    Parameters
    ----------
    log_ratio : (draw,) float
        Logarithm of target over proposal, up to a constant; at least 25 draws.

    Returns
    -------
    weights : (draw,) float
        They sum to 1.
    shape : float
        Above 0.7 the weights rest on too few draws; −inf where all ratios are alike.

    References
    ----------
    Vehtari, Simpson, Gelman, Yao and Gabry (2024), JMLR 25(72); Zhang and Stephens (2009), Technometrics 51(3).
    """
    count = log_ratio.size
    tail = int(min(0.2 * count, 3.0 * np.sqrt(count)))
    if log_ratio.ndim != 1 or tail < 5 or not np.isfinite(log_ratio).all():
        raise ModelError(f"{count} ratios are too few or not finite", "give at least 25 finite draws", "importance")
    ratio = np.exp(log_ratio - log_ratio.max())
    order = np.argsort(ratio, kind="stable")
    threshold = ratio[order[-tail - 1]]
    excess = ratio[order[-tail:]] - threshold
    shape = -np.inf
    if excess[0] > 0.0 or excess[-1] > 1e-12:
        shape, scale = fit_pareto(np.maximum(excess, 1e-300))
        share = (np.arange(tail) + 0.5) / tail
        quantile = (
            -scale * np.log1p(-share) if abs(shape) < 1e-12 else scale * np.expm1(-shape * np.log1p(-share)) / shape
        )
        ratio[order[-tail:]] = np.minimum(threshold + quantile, 1.0)
    return ratio / ratio.sum(), float(shape)


def fit_pareto(excess: Floats) -> tuple[float, float]:
    """Fit a generalised Pareto law to sorted exceedances: shape (drawn towards 0.5) and scale.

    The posterior mean of Zhang and Stephens over a grid of profile points, with the weak prior of the reference.
    """
    count = excess.size
    points = 30 + int(np.sqrt(count))
    quartile = excess[int(count / 4 + 0.5) - 1]
    grid = 1.0 - np.sqrt(points / (np.arange(1, points + 1) - 0.5))
    grid = grid / (3.0 * max(quartile, 1e-300)) + 1.0 / excess[-1]
    shapes = np.log1p(-grid[:, None] * excess[None, :]).mean(axis=1)
    profile = count * (np.log(-grid / shapes) - shapes - 1.0)
    weights = 1.0 / np.exp(np.minimum(profile[None, :] - profile[:, None], 700.0)).sum(axis=1)
    place = float((grid * weights).sum() / weights.sum())
    shape = float(np.log1p(-place * excess).mean())
    scale = -shape / place
    return (count * shape + 5.0) / (count + 10.0), scale
