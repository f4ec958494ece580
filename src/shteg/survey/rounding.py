"""What counts as equal among computed numbers: one tolerance, so that no processor's rounding decides a result."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shteg.arrays import Bools, Floats, Ints

ROUNDING = 1e-12
"""Two computed numbers that differ by less than this, relative to the size of what they are made of, are one number.

A double keeps 16 digits; a sum of up to a million terms, added in another order or with fused instructions, moves by
1e-16 to 1e-13 of the terms' size. No sample has a share or a spread of 1e-12 that is more than such noise: it would
take 10¹² respondents of one weight.
"""

TIE = 2.0**-49
"""Two values of a column that differ by less than this part of themselves (8 units in the last place) are a tie."""


def settle_shares(shares: ArrayLike) -> Floats:
    """Give shares, cumulated or not, of which those that are 0 or 1 up to rounding are exactly 0 or 1."""
    p = np.asarray(shares, float)
    return np.where(np.abs(p) <= ROUNDING, 0.0, np.where(np.abs(p - 1.0) <= ROUNDING, 1.0, p))


def settle_share(share: float) -> float:
    """One share; see `settle_shares`."""
    return float(settle_shares(share))


def is_nothing(values: ArrayLike, size: ArrayLike) -> Bools:
    """True where values are 0 up to rounding, `size` being the size of what they were computed from; NaN is not."""
    value, scale = np.abs(np.asarray(values, float)), np.abs(np.asarray(size, float))
    return np.asarray(value <= ROUNDING * np.where(np.isnan(scale), 0.0, scale), bool)


def last_up_to(points: Floats, target: float, size: float) -> int:
    """Place of the last of `points` at or below `target` up to rounding of `size`; −1 where there is none.

    Parameters
    ----------
    points : (n,) float, rising
    target : float
    size : float
        By which rounding is judged.

    Returns
    -------
    int
    """
    below = np.flatnonzero(points <= target + ROUNDING * abs(size))
    return int(below[-1]) if len(below) else -1


def settle_on(value: float, points: Floats) -> float:
    """Give the one of the sorted `points` that `value` is up to rounding; else the value itself."""
    if not len(points) or not np.isfinite(value):
        return value
    at = int(np.searchsorted(points, value))
    near = points[max(at - 1, 0) : at + 1]
    gap = np.abs(near - value)
    best = int(np.argmin(gap))
    return float(near[best]) if is_nothing(gap[best], max(abs(points[0]), abs(points[-1]))) else value


def groups_of_equals(values: Floats) -> Ints:
    """Number (n,), in rising order, the groups of values that are equal up to rounding of the largest one."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    size = float(np.abs(values).max()) if len(values) else 0.0
    groups = np.empty(len(values), np.int64)
    groups[order] = np.concatenate(([0], np.cumsum(np.diff(ordered) > ROUNDING * size))) if len(values) else 0
    return groups


def settle_values(values: Floats) -> Floats:
    """Give values (n,), NaN allowed, of which those that tie are equal: to the smallest of them."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    with np.errstate(invalid="ignore"):
        starts = np.diff(ordered, prepend=-np.inf) > TIE * np.abs(ordered)
    starts |= np.isnan(ordered)
    starts[:1] = True
    settled = np.empty(len(values))
    settled[order] = ordered[np.maximum.accumulate(np.where(starts, np.arange(len(values)), 0))]
    return settled
