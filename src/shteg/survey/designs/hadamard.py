"""Hadamard matrices by the constructions of Sylvester and Paley."""

from __future__ import annotations

import numpy as np

from shteg.arrays import Floats


def hadamard(order: int) -> Floats:
    """Give the smallest matrix of ±1 with orthogonal rows that these constructions reach from `order` on.

    Its first row and column are all 1.

    References
    ----------
    Paley (1933), J. Math. Phys. 12; Sylvester (1867).
    """
    size = max(order, 2)
    while (matrix := _build(size)) is None:
        size += 1
    normal = matrix * matrix[0]
    return np.asarray(normal * normal[:, :1], float)


def _build(size: int) -> Floats | None:
    if size == 1:
        return np.ones((1, 1))
    if size == 2:
        return np.array([[1.0, 1.0], [1.0, -1.0]])
    if size % 4:
        return None
    if _is_prime(size - 1):
        return _paley(size - 1)
    half = _build(size // 2)
    return None if half is None else np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), half)


def _paley(prime: int) -> Floats:
    """Order prime + 1, for prime ≡ 3 (mod 4): I + S with S skew, from the quadratic residues."""
    residues = np.zeros(prime)
    residues[(np.arange(1, prime) ** 2) % prime] = 1
    character = np.where(np.arange(prime) == 0, 0.0, 2 * residues - 1)
    jacobsthal = character[(np.arange(prime)[:, None] - np.arange(prime)[None, :]) % prime]
    skew = np.zeros((prime + 1, prime + 1))
    skew[0, 1:], skew[1:, 0], skew[1:, 1:] = 1, -1, jacobsthal
    return np.asarray(skew + np.eye(prime + 1), float)


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))
