"""Ratios g = F(xλ/v) that meet known totals: Newton steps on a convex problem, each one checked."""

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


MAX_ITERATIONS = 200
HALVINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """`ratio` (n,) g; `misfit` (p,) relative to 1 + the target."""

    ratio: Floats
    misfit: Floats
    iterations: int


def solve_calibration(
    matrix: Floats,
    weight: Floats,
    targets: Floats,
    curve: Curve,
    *,
    variance: Floats | None = None,
    tolerance: float,
    max_iterations: int = MAX_ITERATIONS,
) -> Solution:
    """Find λ with Σ w F(xλ/v) x = targets; the best ratios found are given back whether it converged or not.

    Parameters
    ----------
    matrix : (n, p) float
        Auxiliary variables; redundant columns are allowed where their targets agree.
    weight : (n,) float, >= 0
    targets : (p,) float
    curve : Curve
    variance : (n,) float, optional
        v, the variance of the working model; default 1.
    tolerance : float
        Largest misfit, relative to `1 + |target|`.
    max_iterations : int

    Returns
    -------
    Solution

    References
    ----------
    Deville and Särndal (1992), JASA 87(418). λ minimises the convex Σ w v ∫F − targets·λ; a step is halved until that
    falls or the misfit does, so that bounds that bind do no harm.
    """
    unit = np.max(np.abs(matrix), axis=0)
    unit = np.where(unit > 0, unit, 1.0)
    x, goal = matrix / unit, targets / unit
    v = np.ones(len(weight)) if variance is None else variance
    scale = 1 + np.abs(targets)
    lam = np.zeros(x.shape[1])
    u = np.zeros(len(weight))
    best = Solution(ratio=curve.ratio(u), misfit=np.full(len(targets), np.inf), iterations=0)
    for iteration in range(max_iterations + 1):
        ratio = curve.ratio(u)
        gap = goal - x.T @ (weight * ratio)
        misfit = np.abs(gap) * unit / scale
        if misfit.max() < best.misfit.max():
            best = Solution(ratio=ratio, misfit=misfit, iterations=iteration)
        if misfit.max() <= tolerance or iteration == max_iterations:
            break
        hessian = (x * (weight * curve.slope(u) / v)[:, None]).T @ x
        step: Floats = np.asarray(np.linalg.lstsq(hessian, gap, rcond=1e-12)[0], np.float64)
        moved = _search(x, weight, v, goal, curve, lam, step, gap)
        if moved is None:
            break
        lam, u = moved
    return best


def _search(
    x: Floats, weight: Floats, v: Floats, goal: Floats, curve: Curve, lam: Floats, step: Floats, gap: Floats
) -> tuple[Floats, Floats] | None:
    """Halve the step until the convex function or the misfit falls; None where neither does."""

    def height(at: Floats, u: Floats) -> float:
        return float((weight * v * curve.integral(u)).sum() - goal @ at)

    start, norm = height(lam, x @ lam / v), float(np.abs(gap).max())
    if not np.isfinite(step).all() or not step.any():
        return None
    for _ in range(HALVINGS):
        new = lam + step
        u = x @ new / v
        with np.errstate(over="ignore", invalid="ignore"):
            left = np.abs(goal - x.T @ (weight * curve.ratio(u))).max()
            fallen = height(new, u) < start - 1e-4 * abs(float(gap @ step)) * 0.5
        if np.isfinite(left) and (left < norm or fallen):
            return new, u
        step = step / 2
    return None
