"""Weighted regression by iterated least squares: normal, logistic and log-linear models on arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special

from shteg.arrays import Floats
from shteg.errors import ModelError

FamilyName = Literal["gaussian", "binomial", "poisson"]
FAMILIES: tuple[FamilyName, ...] = get_args(FamilyName)

MAX_ITERATIONS = 100
CLOSE = 1e-13
"""A step that moves no coefficient by more than this times the largest ends the iterations."""
STUCK = 1e-9
"""Convergence that rounding leaves at the end of the iterations."""
DEPENDENT = 1e-9
"""A column that keeps less than this share of its length beside those before it is dropped (R: 1e-11 to 1e-7)."""
CERTAIN = 1e-9
"""Fitted shares nearer to 0 or 1 than this mean that the predictors separate the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Mean from the linear predictor, variance from the mean; the link is the natural one: dμ/dη is the variance."""

    name: FamilyName
    mean: Callable[[Floats], Floats]
    variance: Callable[[Floats], Floats]


FAMILY: dict[FamilyName, Family] = {
    "gaussian": Family(name="gaussian", mean=lambda eta: eta, variance=np.ones_like),
    "binomial": Family(name="binomial", mean=special.expit, variance=lambda mu: mu * (1 - mu)),
    "poisson": Family(name="poisson", mean=lambda eta: np.exp(np.clip(eta, -700, 700)), variance=lambda mu: mu),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GlmFit:
    """`coefficients` (p,), `mean` (n,), `bread` (p, p) inverse of Σ w x x' dμ/dη."""

    coefficients: Floats
    mean: Floats
    bread: Floats
    iterations: int


def independent_columns(matrix: Floats, weight: Floats) -> tuple[int, ...]:
    """Numbers of the columns that are no combination of those before them, over rows with weight above 0."""
    kept: list[int] = []
    basis = np.zeros((len(weight), 0))
    rows = matrix * np.sqrt(weight)[:, None]
    for j in range(matrix.shape[1]):
        column = rows[:, j]
        size = float(np.linalg.norm(column))
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        left = float(np.linalg.norm(rest))
        if size > 0 and left > DEPENDENT * size:
            kept.append(j)
            basis = np.column_stack([basis, rest / left])
    return tuple(kept)


def fit_glm(matrix: Floats, y: Floats, weight: Floats, family: Family, start: Floats | None = None) -> GlmFit:
    """Solve Σ w x (y − μ) = 0.

    Parameters
    ----------
    matrix : (n, p) float, of full rank over rows with weight above 0
    y : (n,) float
    weight : (n,) float, >= 0
    family : Family
    start : (p,) float, optional
        Coefficients to begin with.

    Returns
    -------
    GlmFit

    Raises
    ------
    ModelError
        The iterations do not converge; a logistic model separates the answers.

    References
    ----------
    McCullagh and Nelder (1989), Generalized Linear Models.
    """
    w = weight / weight.sum()
    if start is None:
        mean, eta = _start(y, family)
        beta = np.zeros(matrix.shape[1])
    else:
        beta, eta = start, matrix @ start
        mean = family.mean(eta)
    move = np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        slope = family.variance(mean)
        if start is None and iteration == 1:
            step = _solve(matrix, w * slope, eta + (y - mean) / np.where(slope > 0, slope, 1.0))
        else:
            step = beta + _solve_scores(matrix, w * slope, w * (y - mean))
        move = float(np.abs(step - beta).max()) / (1e-3 + float(np.abs(step).max()))
        beta, eta = step, matrix @ step
        mean = family.mean(eta)
        if family.name == "binomial":
            _check_separation(mean, weight)
        if move <= CLOSE:
            break
    if not np.isfinite(beta).all() or move > STUCK:
        raise ModelError(
            f"the {family.name} model did not converge in {MAX_ITERATIONS} steps",
            "drop predictors, or group small categories",
            "regression",
        )
    root = matrix * np.sqrt(weight * family.variance(mean))[:, None]
    triangle: Floats = np.asarray(np.linalg.qr(root, mode="r"), np.float64)
    inverse = np.linalg.inv(triangle)
    return GlmFit(coefficients=beta, mean=mean, bread=inverse @ inverse.T, iterations=iteration)


def _start(y: Floats, family: Family) -> tuple[Floats, Floats]:
    """Means near the answers, and their linear predictors, as R begins."""
    if family.name == "gaussian":
        return y, y
    mean = (y + 0.5) / 2 if family.name == "binomial" else y + 0.1
    return mean, np.asarray(special.logit(mean) if family.name == "binomial" else np.log(mean), np.float64)


def _solve(matrix: Floats, weight: Floats, z: Floats) -> Floats:
    root = np.sqrt(weight)
    solved: Floats = np.asarray(np.linalg.lstsq(matrix * root[:, None], z * root, rcond=None)[0], np.float64)
    return solved


def _solve_scores(matrix: Floats, weight: Floats, scores: Floats) -> Floats:
    """(X'WX)⁻¹ X's by the triangle of √W X."""
    triangle: Floats = np.asarray(np.linalg.qr(matrix * np.sqrt(weight)[:, None], mode="r"), np.float64)
    if np.abs(np.diag(triangle)).min() <= 1e-14 * np.abs(np.diag(triangle)).max():
        raise ModelError(
            "the information of the model is singular",
            "the predictors separate the answers, or have no spread in a replicate: drop or group them",
            "regression",
        )
    solved: Floats = np.linalg.solve(triangle, np.linalg.solve(triangle.T, matrix.T @ scores))
    return solved


def _check_separation(mean: Floats, weight: Floats) -> None:
    certain = (np.minimum(mean, 1 - mean) < CERTAIN) & (weight > 0)
    if certain.any():
        raise ModelError(
            f"the predictors separate the answers: {int(certain.sum())} of them are certain, no coefficient is finite",
            "drop the predictor that separates the answers, or group its categories",
            "regression",
        )
