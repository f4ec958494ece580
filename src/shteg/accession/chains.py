"""Whether Markov chains agree: rank-normalised split R-hat and effective number of draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

NO_VARIANCE = 1e-12
"""Normal scores of draws that are all alike have a variance below this, which is rounding."""


def r_hat(chains: Floats) -> float:
    """Give the larger of bulk and folded rank-normalised split R-hat of (chain, draw); 1 where nothing moves.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16(2).
    """
    halves = _halves(chains)
    return max(_plain(_scores(halves)), _plain(_scores(np.abs(halves - np.median(halves)))))


def effective_draws(chains: Floats) -> float:
    """Give the bulk effective sample size of (chain, draw), by Geyer's initial monotone sequence."""
    z = _scores(_halves(chains))
    count, length = z.shape
    within = float(z.var(axis=1, ddof=1).mean())
    if within < NO_VARIANCE:
        return float(z.size)
    total = within * (length - 1) / length + float(z.mean(axis=1).var(ddof=1))
    centred = z - z.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, n=2 * length, axis=1)
    covariance = (np.fft.irfft(np.abs(spectrum) ** 2, n=2 * length, axis=1)[:, :length] / length).mean(axis=0)
    rho = 1.0 - (within - covariance * length / (length - 1)) / total
    rho[0] = 1.0
    tau, last = -1.0, np.inf
    for lag in range(0, length - 1, 2):
        pair = min(float(rho[lag] + rho[lag + 1]), last)
        if pair <= 0.0:
            break
        tau, last = tau + 2.0 * pair, pair
    return float(count * length / max(tau, 1.0 / np.log10(count * length)))


def _halves(chains: Floats) -> Floats:
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, chains.shape[1] - half :]], axis=0)


def _scores(chains: Floats) -> Floats:
    _, inverse, counts = np.unique(chains.ravel(), return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(ndtri((rank[inverse] - 0.375) / (chains.size + 0.25)), dtype=np.float64).reshape(chains.shape)


def _plain(z: Floats) -> float:
    within = float(z.var(axis=1, ddof=1).mean())
    between = float(z.mean(axis=1).var(ddof=1))
    if within < NO_VARIANCE:
        return 1.0
    length = z.shape[1]
    return float(np.sqrt((within * (length - 1) / length + between) / within))
