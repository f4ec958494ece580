"""What calibration leaves of the influence of each row: the variance of calibrated estimates is made of residuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal, Protocol

import numpy as np
import polars as pl

from shteg.arrays import Floats, Ints

RAKING_CYCLES = 10
"""Sweeps over the margins when residuals are taken after raking, as in R."""

RakingVariance = Literal["r", "greg"]
"""After raking: means by margin without weights, ten sweeps (R); or the residuals of the weighted regression."""


class Step(Protocol):
    """One calibration."""

    @property
    def weight(self) -> Floats:
        """The weights (n,) that it gave."""

    def residuals(self, scores: Floats) -> Floats:
        """Give (n, k) residuals of the (n, k) influence values (weights excluded), in the order of the rows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellMeans:
    """Post-stratification: from each score the mean of its cell is taken, weighted as before the calibration."""

    weight: Floats
    codes: Ints
    base_weight: Floats

    def residuals(self, scores: Floats) -> Floats:
        """See `Step`."""
        return scores - _means(scores, self.codes, self.base_weight)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RakingMeans:
    """Raking as in R: means of each margin, every row counting 1 (of weight 0: 0), swept out in turn."""

    weight: Floats
    codes: tuple[Ints, ...]

    def residuals(self, scores: Floats) -> Floats:
        """See `Step`."""
        counted = (self.weight > 0).astype(np.float64)
        for _ in range(RAKING_CYCLES):
            for codes in self.codes:
                scores = scores - _means(scores, codes, counted)
        return scores


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regression:
    """Calibration: residuals of the regression on the auxiliary variables; `solve` (p, n) gives the coefficients."""

    weight: Floats
    matrix: Floats
    solve: Floats

    def residuals(self, scores: Floats) -> Floats:
        """See `Step`."""
        return scores - self.matrix @ (self.solve @ scores)


def regress(matrix: Floats, base_weight: Floats, weight: Floats) -> Regression:
    """Prepare residuals of the regression on the auxiliary variables, weighted as before the calibration.

    Parameters
    ----------
    matrix : (n, p) float
        Redundant columns do no harm.
    base_weight, weight : (n,) float
        Before and after the calibration.

    Returns
    -------
    Regression
    """
    root = np.sqrt(np.maximum(base_weight, 0.0))[:, None]
    scale = np.max(np.abs(matrix), axis=0)
    scaled = matrix / np.where(scale > 0, scale, 1.0)
    inverse = np.asarray(np.linalg.pinv(scaled * root, rcond=1e-11), np.float64)
    return Regression(weight=weight, matrix=scaled, solve=inverse * root.T)


def _means(scores: Floats, codes: Ints, weight: Floats) -> Floats:
    size = np.bincount(codes, weights=weight)
    sums = np.stack([np.bincount(codes, weights=column * weight) for column in scores.T], axis=1)
    means: Floats = np.where(size[:, None] > 0, sums / np.where(size > 0, size, 1.0)[:, None], 0.0)[codes]
    return means


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constraint:
    """One known total and how well the weights meet it."""

    margin: str
    category: str
    target: float
    before: float
    after: float

    @property
    def misfit(self) -> float:
        """Distance from the target, relative to 1 + the target."""
        return abs(self.after - self.target) / (1 + abs(self.target))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """What a calibrated design remembers: how residuals are taken, and the totals it was held to.

    Parameters
    ----------
    steps : tuple of Step
        In the order in which they were made.
    constraints : tuple of Constraint
        Totals of the last calibration.
    converged : bool
        False only where `force` was asked for.
    iterations : int
    """

    steps: tuple[Step, ...]
    constraints: tuple[Constraint, ...]
    converged: bool = True
    iterations: int = 1

    def residuals(self, weighted: Floats) -> Floats:
        """Take the calibration out of (n, k) weighted influence values w·u, in the order of the design's rows."""
        left = weighted
        for step in self.steps:
            weight = step.weight[:, None]
            alive = weight > 0
            scores = np.where(alive, left / np.where(alive, weight, 1.0), 0.0)
            left = np.where(alive, step.residuals(scores) * weight, left)
        return left

    def and_then(self, later: Calibration) -> Calibration:
        """Both calibrations, the later one after this one."""
        return replace(later, steps=self.steps + later.steps)

    @property
    def frame(self) -> pl.DataFrame:
        """The totals: margin, category, target, before, after, misfit."""
        return pl.DataFrame([asdict(one) | {"misfit": one.misfit} for one in self.constraints])


def worst(constraints: tuple[Constraint, ...]) -> Constraint:
    """Give the total that is met least well."""
    return max(constraints, key=lambda one: one.misfit)


def constraints_of(
    names: Sequence[tuple[str, str]], targets: Floats, before: Floats, after: Floats
) -> tuple[Constraint, ...]:
    """One constraint for each total.

    Parameters
    ----------
    names : sequence of (margin, category), (p,)
    targets, before, after : (p,) float
        What is known, and what the weights give.

    Returns
    -------
    tuple of Constraint
    """
    return tuple(
        Constraint(margin=margin, category=category, target=float(t), before=float(b), after=float(a))
        for (margin, category), t, b, a in zip(names, targets, before, after, strict=True)
    )
