"""Convergence of Markov chains: rank-normalised split R-hat and bulk effective sample size."""

import numpy as np
from scipy.special import ndtri

from shteg.arrays import Floats
from shteg.errors import ModelError

NO_VARIANCE = 1e-12
"""Normal scores of draws that are all alike have a variance below this, which is rounding."""


def split_chains(chains: Floats) -> Floats:
    """Cut each of (chain, draw) in two halves; the middle draw of an odd number is left out."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, chains.shape[1] - half :]], axis=0)


def rank_normalise(chains: Floats) -> Floats:
    """Replace draws by the normal scores of their average ranks over all chains, (r − 3/8)/(S + 1/4)."""
    flat = chains.ravel()
    _, inverse, counts = np.unique(flat, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    average = last - (counts - 1) / 2
    return np.asarray(ndtri((average[inverse] - 0.375) / (flat.size + 0.25))).reshape(chains.shape)


def r_hat(chains: Floats) -> float:
    """Give the rank-normalised split R-hat of (chain, draw): the larger of the bulk and the folded one.

    Raises
    ------
    ModelError
        Fewer than four draws in a chain, or a draw that is not finite.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16(2).
    """
    _check_chains(chains)
    halves = split_chains(chains)
    folded = np.abs(halves - np.median(halves))
    return max(_plain_r_hat(rank_normalise(halves)), _plain_r_hat(rank_normalise(folded)))


def bulk_ess(chains: Floats) -> float:
    """Give the bulk effective sample size of (chain, draw): autocorrelations of rank-normalised split chains.

    Geyer's initial monotone sequence; at most S log10 S, as in the reference.

    References
    ----------
    Vehtari et al. (2021); Geyer (1992), Statistical Science 7(4).
    """
    _check_chains(chains)
    z = rank_normalise(split_chains(chains))
    count, length = z.shape
    within, total = _variances(z)
    if total < NO_VARIANCE:
        return float(z.size)
    autocovariance = _autocovariances(z).mean(axis=0)
    rho = 1.0 - (within - autocovariance * length / (length - 1)) / total
    rho[0] = 1.0
    sums: list[float] = []
    for lag in range(0, length - 1, 2):
        pair = float(rho[lag] + rho[lag + 1])
        if pair <= 0.0:
            break
        sums.append(min(pair, sums[-1]) if sums else pair)
    size = count * length
    tau = max(-1.0 + 2.0 * sum(sums), 1.0 / np.log10(size))
    return float(size / tau)


def _check_chains(chains: Floats) -> None:
    if chains.ndim != 2 or chains.shape[1] < 4 or not np.isfinite(chains).all():
        raise ModelError(
            f"chains of shape {chains.shape} cannot be judged", "give (chain, draw) with at least four finite draws"
        )


def _variances(z: Floats) -> tuple[float, float]:
    length = z.shape[1]
    within = float(z.var(axis=1, ddof=1).mean())
    between = float(z.mean(axis=1).var(ddof=1)) if z.shape[0] > 1 else 0.0
    return within, within * (length - 1) / length + between


def _plain_r_hat(z: Floats) -> float:
    within, total = _variances(z)
    if within < NO_VARIANCE:
        return 1.0 if total < NO_VARIANCE else float("inf")
    return float(np.sqrt(total / within))


def _autocovariances(z: Floats) -> Floats:
    """Give the autocovariance of each chain at each lag, (chain, lag), divided by the number of draws."""
    length = z.shape[1]
    centred = z - z.mean(axis=1, keepdims=True)
    size = 1 << (2 * length - 1).bit_length()
    spectrum = np.fft.rfft(centred, n=size, axis=1)
    return np.asarray(np.fft.irfft(spectrum * np.conj(spectrum), n=size, axis=1)[:, :length] / length, dtype=np.float64)
