"""The standard deviations of the groups integrated out on a grid; draws from the mixture of normals that results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from shteg.arrays import Floats, Ints
from shteg.survey.small_area.laplace import Binomials, Conditional, curvature, fit_given, prior_precision

SD_SCALE = 1.0
"""Half-normal scale of a group sd, logit: with sd 1, two thirds of groups lie between 27 and 73 % around 50 %."""

REACH = (0.01, 5.0)
"""Ends of the first grid, in scales of the prior: 0.8 % of the prior lies below, 6e-7 above."""

COARSE = {1: 24, 2: 9, 3: 6}
FINE = {1: 41, 2: 21, 3: 11}
"""Points per variable of the two grids, by the number of variables."""

DROP = 7.0
"""The fine grid covers where the log density on the coarse one is at most this far below its maximum."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Posterior of the standard deviations on a grid: `sds` (g, variables), `weight` (g,) summing to 1, `log_step`
    (variables,) between points, and the effects given each."""

    data: Binomials
    sds: Floats
    weight: Floats
    log_step: Floats
    given: Conditional

    @property
    def mean(self) -> Floats:
        """Posterior means (k,) of intercept, covariates and group effects."""
        return np.asarray(self.weight @ self.given.mean, float)

    @property
    def std(self) -> Floats:
        """Posterior standard deviations (k,) of intercept, covariates and group effects."""
        second = self.weight @ (self.given.variance + self.given.mean**2)
        return np.sqrt(np.maximum(second - self.mean**2, 0.0))

    def shrinkage(self, variable: int) -> Floats:
        """E(Var(u | y, σ)/σ² | y) of each group of a variable: 0 the answers decide, 1 the other groups do."""
        variance = self.given.variance[:, self.data.block == 2 + variable]
        return np.asarray(self.weight @ (variance / self.sds[:, variable, None] ** 2), float)

    def sd_quantile(self, variable: int, probability: float) -> float:
        """Quantile of a standard deviation, the mass of each grid point spread evenly over its step."""
        points, at = np.unique(self.sds[:, variable], return_inverse=True)
        mass = np.bincount(at, self.weight)
        edges = np.log(points[0]) + (np.arange(len(points) + 1) - 0.5) * self.log_step[variable]
        return float(np.exp(np.interp(probability, np.concatenate([[0.0], np.cumsum(mass)]), edges)))


def fit_groups(data: Binomials, scale: float = SD_SCALE) -> Posterior:
    """Integrate the standard deviations of 1 to 3 grouping variables over half-normal priors.

    Parameters
    ----------
    data : Binomials
    scale : float, > 0
        Of the priors.
    """
    low, high = (np.full(data.variables, np.log(end * scale)) for end in REACH)
    points, _ = _grid(low, high, COARSE[data.variables])
    density = _log_density(fit_given(data, np.exp(points)), points, scale)
    inside = points[density > density.max() - DROP]
    step = (high - low) / (COARSE[data.variables] - 1)
    low, high = np.maximum(inside.min(axis=0) - step, low), np.minimum(inside.max(axis=0) + step, high)
    points, trapezoid = _grid(low, high, FINE[data.variables])
    given = fit_given(data, np.exp(points))
    log_weight = _log_density(given, points, scale) + np.log(trapezoid)
    return Posterior(
        data=data,
        sds=np.exp(points),
        weight=np.exp(log_weight - special.logsumexp(log_weight)),
        log_step=(high - low) / (FINE[data.variables] - 1),
        given=given,
    )


def _grid(low: Floats, high: Floats, count: int) -> tuple[Floats, Floats]:
    """Points (count^d, d) of a regular grid and their weights (count^d,) in the trapezoidal rule."""
    axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    ends = np.ones(count)
    ends[[0, -1]] = 0.5
    weights = np.meshgrid(*[ends] * len(axes), indexing="ij")
    return points, np.asarray(np.prod([one.ravel() for one in weights], axis=0), float)


def _log_density(given: Conditional, log_sds: Floats, scale: float) -> Floats:
    """Log posterior of the log sds: likelihood, half-normal prior and Jacobian."""
    prior = log_sds - 0.5 * (np.exp(log_sds) / scale) ** 2
    return np.asarray(given.log_likelihood + prior.sum(axis=1), float)


def draw_effects(posterior: Posterior, count: int, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw effects (count, k) and standard deviations (count, variables).

    Grid points are drawn systematically (one uniform number), effects from the normal of each.

    Parameters
    ----------
    posterior : Posterior
    count : int
        How many draws.
    generator : numpy.random.Generator

    Returns
    -------
    effects, sds : (count, k) float, (count, variables) float
    """
    ticks = (np.arange(count) + generator.random()) / count
    chosen: Ints = np.minimum(np.searchsorted(np.cumsum(posterior.weight), ticks), len(posterior.weight) - 1)
    normal = generator.standard_normal((count, len(posterior.data.block)))
    effects = np.empty_like(normal)
    for point in np.unique(chosen):
        rows, at = np.flatnonzero(chosen == point), slice(point, point + 1)
        precision = prior_precision(posterior.data, posterior.sds[at])
        factor = np.linalg.cholesky(curvature(posterior.data, posterior.given.mode[at], precision)[0])
        effects[rows] = posterior.given.mean[point] + np.linalg.solve(factor.T, normal[rows].T).T
    order = generator.permutation(count)
    return effects[order], posterior.sds[chosen[order]]
