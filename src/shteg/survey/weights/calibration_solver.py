"""Ratios g = F(xλ/v) that meet known totals: Newton steps on a convex problem, each one checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats
from shteg.survey.weights.distances import Curve

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
