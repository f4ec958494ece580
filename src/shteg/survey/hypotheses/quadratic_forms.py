"""Upper tail of a weighted sum of chi-squares, exact by inversion or by saddlepoint."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from shteg.arrays import Floats
from shteg.errors import ModelError
from shteg.survey.rounding import ROUNDING

SADDLE_AT_MEAN = 1e-4
"""Nearer to the mean than this the saddlepoint formula is 0/0: the mean of its values on either side is taken."""
NEIGHBOUR = 1e-2
MOST_PANELS = 20_000
TAIL = 1e-13
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(24)


def saddlepoint_p(x: float, coefficients: Floats, denominator: float) -> float:
    """P(Σ a_i χ²_1 > x), or of Σ a_i χ²_1 / (χ²_ν/ν), by saddlepoint (R: `pFsum(method = "saddlepoint")`).

    Parameters
    ----------
    x : float
    coefficients : (k,) float, > 0
    denominator : float
        ν; infinity for a plain sum. As in R a broken ν counts as ⌊ν⌋ terms of size x/ν.

    Returns
    -------
    float in [0, 1]

    References
    ----------
    Kuonen (1999), Biometrika 86(4); Lumley (2010), Complex Surveys.
    """
    if x <= 0:
        return 1.0
    p = _saddle(x, coefficients, denominator)
    if np.isnan(p):
        sides = [_saddle(x * (1 + sign * NEIGHBOUR), coefficients, denominator) for sign in (-1.0, 1.0)]
        p = sum(sides) / 2
    return p


def exact_p(x: float, coefficients: Floats, denominator: float) -> float:
    """P(Σ a_i χ²_1 / (χ²_ν/ν) > x) by inversion of the characteristic function; ν = `denominator` is finite.

    Parameters
    ----------
    x : float
    coefficients : (k,) float
        The a_i.
    denominator : float, > 0

    Returns
    -------
    float in [0, 1]

    References
    ----------
    Imhof (1961), Biometrika 48.
    """
    if x <= 0:
        return 1.0
    return _imhof(np.append(coefficients, -x / denominator), np.append(np.ones(len(coefficients)), denominator))


def _saddle(x: float, coefficients: Floats, denominator: float) -> float:
    a, sizes, point = np.asarray(coefficients, float), np.ones(len(coefficients)), x
    if np.isfinite(denominator):  # Σ a χ² > x χ²_ν/ν: a sum with a negative part, against 0
        a, sizes, point = np.append(a, -x / denominator), np.append(sizes, np.floor(denominator * (1 + ROUNDING))), 0.0
    unit = float(a.max())
    a, point = a / unit, point / unit

    def slope(z: float) -> float:
        return float((sizes * a / (1 - 2 * z * a)).sum()) - point

    low = 0.99999 * float((1 / (2 * a[a < 0])).max()) if (a < 0).any() else -len(a) / (2 * point) - 1.0
    z = _root(slope, low, 0.99999 / 2)
    if abs(z) < SADDLE_AT_MEAN:
        return float("nan")
    cumulant = -0.5 * float((sizes * np.log1p(-2 * z * a)).sum())
    curvature = 2 * float((sizes * a**2 / (1 - 2 * z * a) ** 2).sum())
    w = np.sign(z) * np.sqrt(2 * (z * point - cumulant))
    v = z * np.sqrt(curvature)
    return float(special.ndtr(-(w + np.log(v / w) / w)))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function passes 0, by halving until the ends meet; an end if it does not."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def _imhof(a: Floats, sizes: Floats) -> float:
    """P(Σ a_i χ²_{s_i} > 0) = ½ + 1/π ∫ sin θ(u)/(u ρ(u)) du, panel by panel until nothing is left."""
    total, start = 0.0, 0.0
    first = 0.5 / float((sizes * np.abs(a)).sum())
    for _ in range(MOST_PANELS):
        rate = 0.5 * float((sizes * np.abs(a) / (1 + (a * start) ** 2)).sum())
        width = min(max(start, first), np.pi / rate)
        u = start + width * (NODES + 1) / 2
        angle = 0.5 * np.arctan(np.outer(u, a)) @ sizes
        size = 0.25 * np.log1p(np.outer(u, a) ** 2) @ sizes
        total += float((NODE_WEIGHTS * np.sin(angle) / u * np.exp(-size)).sum()) * width / 2
        start += width
        if np.exp(-0.25 * float((sizes * np.log1p((a * start) ** 2)).sum())) < TAIL:
            return float(np.clip(0.5 + total / np.pi, 0.0, 1.0))
    raise ModelError("the distribution could not be inverted", "use the statistic F or saddlepoint", "statistic")
