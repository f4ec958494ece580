"""Effects for given standard deviations of the groups, by Laplace; these integrated out on a grid; draws of both."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from shteg.arrays import Floats, Ints

COVARIATE_SCALE = 1.5
"""Normal prior sd of the log odds ratio of a two-level covariate: ratios of 1/19 to 19 with probability 0.95."""

BATCH_NUMBERS = 1_000_000
"""Most numbers in one working array: 8 MB."""

TOLERANCE = 1e-10
"""Newton steps stop where no effect moves by more (logit)."""

MOST_STEPS = 100


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
class Binomials:
    """Cells of answers: `successes` of `trials` (cells,), both may be fractions; `matrix` (cells, k) has the intercept,
    the covariates (±½) and the groups' indicators; `block` (k,) is 0 for the intercept, 1 for covariates and 2 + v for
    the groups of variable v, of which there are `variables`."""

    successes: Floats
    trials: Floats
    matrix: Floats
    block: Ints
    variables: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conditional:
    """Posterior for each of g vectors of standard deviations: `mode`, `mean` and `variance` (g, k) of the effects and
    `log_likelihood` (g,) of the standard deviations, up to a constant."""

    mode: Floats
    mean: Floats
    variance: Floats
    log_likelihood: Floats


def fit_given(data: Binomials, sds: Floats) -> Conditional:
    """Fit the effects for given standard deviations of the groups.

    Parameters
    ----------
    data : Binomials
    sds : (g, variables) float, > 0
        Logit.

    Notes
    -----
    With η = Xb, C = XΣX' at the mode and ℓ⁗, ℓ‴ the derivatives of the cells' log-likelihood, the mean is
    mode + ½ ΣX'(ℓ‴ diag C) and the log marginal likelihood is Laplace's plus
    ⅛ Σℓ⁗C_ii² + ⅛ a'Σa + 1/12 Σ_ij ℓ‴_i ℓ‴_j C_ij³, a = X'(ℓ‴ diag C).

    References
    ----------
    Tierney and Kadane (1986), JASA 81(393); Shun and McCullagh (1995), JRSS B 57(4); Rue, Martino and Chopin (2009),
    JRSS B 71(2). Checked against dense quadrature in tests/survey/small_area/test_quadrature.py.
    """
    cells, k = data.matrix.shape
    size = max(1, BATCH_NUMBERS // max(cells * cells, cells * k, k * k))
    parts = [_fit_batch(data, sds[start : start + size]) for start in range(0, len(sds), size)]
    joined = {one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Conditional)}
    return Conditional(**joined)


def _prior_precision(data: Binomials, sds: Floats) -> Floats:
    """Prior precisions (g, k): 0 for the flat intercept, 1/1.5² for covariates, 1/sd² for groups."""
    fixed = np.broadcast_to([0.0, COVARIATE_SCALE**-2], (len(sds), 2))
    return np.concatenate([fixed, sds**-2.0], axis=1)[:, data.block]


def _curvature(data: Binomials, mode: Floats, precision: Floats) -> Floats:
    """Negative second derivative (g, k, k) of the log posterior of the effects at `mode`; both arguments are (g, k)."""
    share = special.expit(mode @ data.matrix.T)
    weight = data.trials * share * (1 - share)
    result = np.matmul(data.matrix.T * weight[:, None, :], data.matrix)
    diagonal = np.arange(len(data.block))
    result[:, diagonal, diagonal] += precision
    return np.asarray(result, float)


def _fit_batch(data: Binomials, sds: Floats) -> Conditional:
    precision = _prior_precision(data, sds)
    mode = _find_mode(data, precision)
    factor = np.linalg.cholesky(_curvature(data, mode, precision))
    inverse = np.linalg.inv(factor)
    covariance = np.matmul(inverse.transpose(0, 2, 1), inverse)
    share = special.expit(mode @ data.matrix.T)
    second = data.trials * share * (1 - share)
    third, fourth = -second * (1 - 2 * share), -second * (1 - 6 * share * (1 - share))
    spread = np.matmul(np.matmul(data.matrix, covariance), data.matrix.T)
    variance = np.diagonal(spread, axis1=1, axis2=2)
    pull = (third * variance) @ data.matrix
    shift = np.matmul(covariance, pull[:, :, None])[:, :, 0]
    correction = (
        (fourth * variance**2).sum(axis=1) / 8
        + (pull * shift).sum(axis=1) / 8
        + (np.matmul(spread * spread * spread, third[:, :, None])[:, :, 0] * third).sum(axis=1) / 12
    )
    log_determinant = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    groups = np.bincount(data.block, minlength=2 + data.variables)[2:]
    return Conditional(
        mode=mode,
        mean=mode + shift / 2,
        variance=np.diagonal(covariance, axis1=1, axis2=2).copy(),
        log_likelihood=_log_posterior(data, mode, precision) - np.log(sds) @ groups - log_determinant / 2 + correction,
    )


def _log_posterior(data: Binomials, effects: Floats, precision: Floats) -> Floats:
    eta = effects @ data.matrix.T
    likelihood = eta @ data.successes - np.logaddexp(0, eta) @ data.trials
    return np.asarray(likelihood - 0.5 * (precision * effects**2).sum(axis=1), float)


def _find_mode(data: Binomials, precision: Floats) -> Floats:
    """Find the modes (g, k) by Newton steps, each halved until the posterior does not fall; it is log-concave."""
    mode = np.zeros(precision.shape)
    mode[:, data.block == 0] = special.logit(data.successes.sum() / data.trials.sum())
    value = _log_posterior(data, mode, precision)
    for _ in range(MOST_STEPS):
        share = special.expit(mode @ data.matrix.T)
        gradient = (data.successes - data.trials * share) @ data.matrix - precision * mode
        step = np.linalg.solve(_curvature(data, mode, precision), gradient[:, :, None])[:, :, 0]
        slack = 1e-12 * (1 + np.abs(value))
        for _ in range(40):
            moved = _log_posterior(data, mode + step, precision)
            worse = moved < value - slack
            if not worse.any():
                break
            step[worse] /= 2
        mode, value = mode + step, moved
        if np.abs(step).max() < TOLERANCE:
            break
    return mode


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
    """Integrate the standard deviations of 1 to 3 grouping variables over half-normal priors of a scale."""
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
        precision = _prior_precision(posterior.data, posterior.sds[at])
        factor = np.linalg.cholesky(_curvature(posterior.data, posterior.given.mode[at], precision)[0])
        effects[rows] = posterior.given.mean[point] + np.linalg.solve(factor.T, normal[rows].T).T
    order = generator.permutation(count)
    return effects[order], posterior.sds[chosen[order]]
