"""Distances of calibration: how a weight may move, g = F(u), with the convex function of which F is the slope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special

from shteg.arrays import Floats
from shteg.errors import DesignError
from shteg.survey.requests import check_choice

Distance = Literal["linear", "raking", "logit"]
"""linear: g = 1 + u (GREG); raking: g = exp(u); logit: g between the bounds by a logistic curve."""

DISTANCES: tuple[Distance, ...] = get_args(Distance)
HIGHEST_EXPONENT = 300.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """F, its slope and its integral, each from (n,) to (n,)."""

    ratio: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    integral: Callable[[Floats], Floats]


def curve_of(distance: Distance, low: Floats | float, high: Floats | float) -> Curve:
    """Build the curve of a distance with bounds on g, each one number or (n,).

    Parameters
    ----------
    distance : "linear" | "raking" | "logit"
    low, high : float or (n,) float
        Bounds on g = new over old weight, 1 between them.

    Returns
    -------
    Curve

    Raises
    ------
    UsageError
        There is no such distance.
    DesignError
        Bounds do not hold 1 between them, or logit has none.

    References
    ----------
    Deville and Särndal (1992), JASA 87(418); R `survey::calibrate`.
    """
    check_choice(distance, DISTANCES, "distance", "there is no distance {}")
    low, high = np.asarray(low, float), np.asarray(high, float)
    wide = low < high
    if np.isnan(low).any() or np.isnan(high).any() or not wide.all() or (low > 1).any() or (high < 1).any():
        raise DesignError(
            f"the bounds {low.min():.6g} to {high.max():.6g} do not hold 1 between them",
            "give bounds on the ratio of new to old weight, for example (0.5, 2)",
            "bounds",
        )
    if distance == "logit":
        if not (np.isfinite(low).all() and np.isfinite(high).all() and (low < 1).all() and (high > 1).all()):
            raise DesignError("logit needs two finite bounds, below and above 1", "give for example (0.5, 2)", "bounds")
        return _logit(low, high)
    return _linear(low, high) if distance == "linear" else _raking(low, high)


def _linear(low: Floats, high: Floats) -> Curve:
    def integral(u: Floats) -> Floats:
        held = np.clip(u, low - 1, high - 1)
        return held + held**2 / 2 + (1 + held) * (u - held)

    return Curve(
        ratio=lambda u: np.clip(1 + u, low, high),
        slope=lambda u: ((1 + u > low) & (1 + u < high)).astype(np.float64),
        integral=integral,
    )


def _raking(low: Floats, high: Floats) -> Curve:
    with np.errstate(divide="ignore"):
        bottom, top = np.log(np.maximum(low, 0.0)), np.minimum(np.log(high), HIGHEST_EXPONENT)

    def integral(u: Floats) -> Floats:
        held = np.clip(u, bottom, top)
        moved = np.where(u == held, 0.0, u - held)
        return np.asarray(np.exp(held) * (1 + moved), np.float64)

    return Curve(
        ratio=lambda u: np.exp(np.clip(u, bottom, top)),
        slope=lambda u: np.where((u > bottom) & (u < top), np.exp(np.clip(u, bottom, top)), 0.0),
        integral=integral,
    )


def _logit(low: Floats, high: Floats) -> Curve:
    steep = (high - low) / ((1 - low) * (high - 1))
    shift = np.log((1 - low) / (high - 1))

    def ratio(u: Floats) -> Floats:
        return np.asarray(low + (high - low) * special.expit(steep * u + shift), np.float64)

    def slope(u: Floats) -> Floats:
        p = special.expit(steep * u + shift)
        return np.asarray((high - low) * steep * p * (1 - p), np.float64)

    def integral(u: Floats) -> Floats:
        return low * u + (high - low) / steep * np.logaddexp(0.0, steep * u + shift)

    return Curve(ratio=ratio, slope=slope, integral=integral)
