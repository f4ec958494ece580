"""Nested Laplace approximation: Newton inside for the effects, weighted points outside for their learnt scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.linalg import LinAlgError, solve_triangular
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs
from scipy.sparse import csr_matrix, diags
from scipy.special import ndtr, ndtri

from shteg.accession.ladder.hazard_design import HazardDesign
from shteg.accession.ladder.risk_rows import MONTH
from shteg.arrays import Floats, Ints
from shteg.compiling import compiled
from shteg.errors import ModelError

STAGES = (24, 24, 48)
"""Points for the learnt scales: first from their prior, then from normal laws fitted to all points so far."""

WIDER = 1.5
"""Normal laws that points are spread by are wider than the moments: the first points may have met few good scales."""

LOW_ETA, HIGH_ETA = -40.0, 15.0
STEPS, CLOSE = 60, 1e-8
TIED = 12
"""Decimals to which numbers are compared: what differs less is a tie, and the first one counts."""


class Outcome(Protocol):
    """What was seen of the rows of a design: quiet years, events, and the years within which an event is known."""

    @property
    def quiet_years(self) -> Floats:
        """Time in which nothing happened, (row,)."""
        ...

    @property
    def events(self) -> Ints:
        """Periods with an event, (row,); `quiet_years` does not hold them."""
        ...

    @property
    def period(self) -> float:
        """Length of a period, in years."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaplacePosterior:
    """Mixture of normal laws of the effects, one for each point of the learnt scales.

    `weight` is (point,), `scales` (point, scale), `mode` (point, effect) the centres, `factor`
    (point, effect, effect) the upper Cholesky factors of the precisions.
    """

    design: HazardDesign
    weight: Floats
    scales: Floats
    mode: Floats
    factor: Floats

    def mean(self) -> Floats:
        """Posterior means of the effects, (effect,)."""
        return np.asarray(self.weight @ self.mode)

    def variance(self) -> Floats:
        """Posterior variances of the effects, (effect,)."""
        within = np.zeros(self.design.size)
        identity = np.eye(self.design.size)
        for weight, factor in zip(self.weight, self.factor, strict=True):
            if weight > 1e-6:
                within += weight * (solve_triangular(factor, identity, check_finite=False) ** 2).sum(axis=1)
        between = self.weight @ (self.mode - self.mean()) ** 2
        return np.asarray(within + between)

    def draw(self, generator: np.random.Generator, draws: int) -> tuple[Floats, Floats]:
        """Draw effects, (draw, effect), and their scales, (draw, scale), in random order."""
        uniform = (np.arange(draws) + generator.random()) / draws
        points = np.minimum(np.searchsorted(np.cumsum(self.weight), uniform), len(self.weight) - 1)
        points = generator.permutation(points)
        noise = generator.standard_normal((draws, self.design.size))
        effects = np.empty_like(noise)
        for point in np.unique(points):
            chosen = points == point
            moved = solve_triangular(self.factor[point], noise[chosen].T, check_finite=False)
            effects[chosen] = self.mode[point] + moved.T
        return effects, self.scales[points]


class _Sparse:
    """A matrix of which few entries are not 0, as a product with a vector reads it."""

    def __init__(self, matrix: Any) -> None:
        rows = matrix.tocsr()
        self._parts = (rows.indptr.astype(np.int64), rows.indices.astype(np.int64), rows.data)

    def __matmul__(self, vector: Floats) -> Floats:
        out = np.empty(len(self._parts[0]) - 1)
        _multiply(*self._parts, vector, out)
        return out


@compiled
def _multiply(first: Ints, column: Ints, value: Floats, vector: Floats, out: Floats) -> None:
    """Write the product of a sparse matrix and a vector: the entries of a row begin at `first`, (row + 1,)."""
    for row in range(out.shape[0]):
        total = 0.0
        for at in range(first[row], first[row + 1]):
            total += value[at] * vector[column[at]]
        out[row] = total


class _Likelihood:
    """Log likelihood of rows, its gradient and curvature, by the effects."""

    def __init__(self, design: HazardDesign, rows: Outcome) -> None:
        self.size, self.period = design.size, rows.period
        used = (rows.quiet_years > 0) | (rows.events > 0)
        self.quiet = rows.quiet_years[used]
        self.events = rows.events[used].astype(np.float64)
        index, value = design.index[used], design.value[used]
        count, entries = index.shape
        row = np.repeat(np.arange(count), entries)
        keep = value.ravel() != 0.0
        shape = (count, self.size)
        matrix = csr_matrix((value.ravel()[keep], (row[keep], index.ravel()[keep])), shape=shape)
        self.rows, self.columns = _Sparse(matrix), _Sparse(matrix.T)
        first, second = np.triu_indices(entries)
        low = np.minimum(index[:, first], index[:, second])
        high = np.maximum(index[:, first], index[:, second])
        product = value[:, first] * value[:, second]
        pair = (low * self.size + high).ravel()
        row = np.repeat(np.arange(count), len(first))
        keep = product.ravel() != 0.0
        self.pairs, place = np.unique(pair[keep], return_inverse=True)
        products = csr_matrix((product.ravel()[keep], (place, row[keep])), shape=(len(self.pairs), count))

        off_diagonal = (self.pairs // self.size) != (self.pairs % self.size)
        self.products = _Sparse(products)
        self.shares = _Sparse(products.T @ diags(np.where(off_diagonal, 2.0, 1.0)))
        self.taken = np.flatnonzero(self.events)

    def predict(self, effects: Floats) -> Floats:
        """Log yearly hazard of each row, (row,), within the bounds."""
        eta: Floats = np.minimum(np.maximum(self.rows @ effects, LOW_ETA), HIGH_ETA)
        return eta

    def value(self, effects: Floats) -> float:
        """Log likelihood: quiet time adds −T e^η, a month with an event log(1 − exp(−Δ e^η))."""
        return self.value_at(self.predict(effects))

    def value_at(self, eta: Floats) -> float:
        """Log likelihood, by what `predict` gives."""
        rate = np.exp(eta)
        by_row = -self.quiet * rate
        by_row[self.taken] += self.events[self.taken] * _log_taken(rate[self.taken], self.period)
        return float(by_row.sum())

    def derivatives(self, effects: Floats) -> tuple[Floats, Floats]:
        """Gradient and negative Hessian, (effect,) and upper triangle of (effect, effect)."""
        return self.derivatives_at(self.predict(effects))

    def derivatives_at(self, eta: Floats) -> tuple[Floats, Floats]:
        """Gradient and negative Hessian, by what `predict` gives."""
        weight = self.quiet * np.exp(eta)
        slope = -weight
        share, bend = _event_derivatives(eta[self.taken], self.period)
        slope[self.taken] += self.events[self.taken] * share
        weight[self.taken] += self.events[self.taken] * bend
        curvature = np.zeros(self.size * self.size)
        curvature[self.pairs] = self.products @ weight
        return np.asarray(self.columns @ slope), curvature.reshape(self.size, self.size)

    def skewness_shift(self, effects: Floats, factor: Floats) -> Floats:
        """Shift from the mode to the mean, to second order: ½ Σ Xᵀ(l‴ v), with l‴ by row and v the variance of η."""
        if not len(self.quiet):
            return np.zeros(self.size)
        eta = self.predict(effects)
        covariance, _ = dpotri(factor.T, lower=1)
        variance = self.shares @ np.asarray(covariance.T).ravel()[self.pairs]
        step = 1e-3
        third = -self.quiet * np.exp(eta)
        at = eta[self.taken]
        before, after = (_event_derivatives(one, self.period)[1] for one in (at - step, at + step))
        bend = (before - after) / (2.0 * step)
        third[self.taken] += self.events[self.taken] * bend
        return np.asarray(0.5 * _solve(factor, self.columns @ (third * variance)))


def _factor(precision: Floats) -> Floats:
    """Give the upper Cholesky factor of a matrix of which the upper triangle counts: `cholesky` without its checks."""
    factor, failed = dpotrf(precision.T, lower=1, clean=1)
    if failed:
        raise LinAlgError(f"the precision is not positive definite: the minor of order {failed}")
    return np.asarray(factor).T


def _solve(factor: Floats, right: Floats) -> Floats:
    return np.asarray(dpotrs(factor.T, right, lower=1)[0])


def _event_derivatives(eta: Floats, period: float) -> tuple[Floats, Floats]:
    """First and negative second derivative of log(1 − exp(−Δ e^η)) by η."""
    hazard = period * np.exp(eta)
    small = hazard < 1e-5
    safe = np.where(small, 1.0, np.minimum(hazard, 300.0))
    growth = np.expm1(safe)
    share: Floats = np.where(small, 1.0 - hazard / 2.0, safe / growth)
    bend: Floats = np.where(small, hazard / 2.0, -safe * (growth - safe * (growth + 1.0)) / growth**2)
    return share, bend


def log_likelihood(eta: Floats, quiet_years: Floats, events: Floats, period: float = MONTH) -> Floats:
    """Give the log likelihood of each row.

    Parameters
    ----------
    eta : (row,) float
        Log yearly hazards.
    quiet_years : (row,) float
        Years in which nothing happened: each adds −e^η.
    events : (row,) float
        Periods with an event: each adds log(1 − exp(−Δ e^η)).
    period : float
        Length Δ of a period, in years.

    Returns
    -------
    (row,) float
    """
    rate = np.exp(np.clip(eta, LOW_ETA, HIGH_ETA))
    result: Floats = np.where(events > 0, events * _log_taken(rate, period), 0.0) - quiet_years * rate
    return result


def _log_taken(rate: Floats, period: float) -> Floats:
    """Log probability of an event within a period; −40 is the lowest log rate, so that there always is one."""
    taken: Floats = np.log(-np.expm1(-period * rate))
    return taken


def fit_laplace(design: HazardDesign, rows: Outcome) -> LaplacePosterior:
    """Fit the hazard model by nested Laplace approximation.

    Given the learnt scales the posterior of the effects is taken as normal, with the curvature at its mode and the mode
    moved to the mean to second order (rates are skewed). The scales are put on the
    normal quantiles z of their half-normal priors, so that a priori z ~ N(0, 1): low-discrepancy points of that prior,
    then of normal laws with the weighted moments of all points so far; each point weighs as the
    Laplace marginal likelihood over the density by which the points were spread (deterministic mixture).

    Parameters
    ----------
    design : HazardDesign
    rows : Outcome
        What was seen of the rows that the design was built from.

    Returns
    -------
    LaplacePosterior
        Points with a weight below 1e-6 are left out.

    Raises
    ------
    ModelError
        Newton's method does not reach the mode.

    References
    ----------
    Rue, Martino and Chopin (2009), JRSS B 71(2); Cornuet et al. (2012), Scandinavian Journal of Statistics 39(4).
    """
    likelihood = _Likelihood(design, rows)
    dimensions = len(design.scales)
    if not dimensions:
        modes = _evaluate(design, likelihood, np.empty((1, 0)), design.mean)
        return LaplacePosterior(
            design=design, weight=np.ones(1), scales=np.empty((1, 0)), mode=modes[1], factor=modes[2]
        )
    points, marginal, mode, factor = np.empty((0, dimensions)), np.empty(0), np.empty(0), np.empty(0)
    centre: Floats = np.zeros(dimensions)
    root: Floats = np.eye(dimensions)
    start: Floats = design.mean
    laws: list[tuple[int, Floats, Floats]] = []
    weight = np.empty(0)
    for count in STAGES:
        more = centre + _points(dimensions, count) @ root.T
        found = _evaluate(design, likelihood, more, start)
        laws.append((count, centre, root))
        points = np.concatenate([points, more])
        marginal = np.concatenate([marginal, found[0]])
        mode, factor = (np.concatenate([old, new]) if old.size else new
                        for old, new in ((mode, found[1]), (factor, found[2])))  # fmt: skip
        weight = _normalise(marginal - 0.5 * (points**2).sum(axis=1) - _log_mixture(points, laws))
        centre = weight @ points
        moved = points - centre
        covariance = (weight * moved.T) @ moved + 0.02 * np.eye(dimensions)
        root = np.asarray(WIDER * np.linalg.cholesky(covariance), dtype=np.float64)
        start = mode[int(np.argmax(np.round(weight, TIED)))]
    kept = weight > 1e-6
    return LaplacePosterior(
        design=design,
        weight=weight[kept] / weight[kept].sum(),
        scales=_scales(design, points[kept]),
        mode=mode[kept],
        factor=factor[kept],
    )


def _log_mixture(points: Floats, laws: list[tuple[int, Floats, Floats]]) -> Floats:
    """Log density, up to a constant, of all normal laws that points were spread by, weighted by their counts."""
    parts = []
    for count, centre, root in laws:
        scaled = np.linalg.solve(root, (points - centre).T)
        parts.append(np.log(count) - 0.5 * (scaled**2).sum(axis=0) - float(np.log(np.diag(root)).sum()))
    mixture: Floats = np.logaddexp.reduce(np.array(parts), axis=0)
    return mixture


def _normalise(log_weight: Floats) -> Floats:
    weight: Floats = np.exp(log_weight - log_weight.max())
    share: Floats = weight / weight.sum()
    return share


def _points(dimensions: int, count: int) -> Floats:
    """Spread points evenly over a standard normal law: additive recurrence, each point with its mirror image."""
    if not dimensions:
        return np.empty((count, 0))
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1.0)
    uniform = (0.5 + np.arange(1, count // 2 + 1)[:, None] * steps[None, :]) % 1.0
    normal: Floats = ndtri(np.clip(uniform, 1e-4, 1 - 1e-4))
    return np.concatenate([normal, -normal])


def _scales(design: HazardDesign, points: Floats) -> Floats:
    """Turn normal quantiles into standard deviations: half-normal with the prior's scale, and never quite 0."""
    prior = np.array([design.prior.scale_of(name) for name in design.scales])
    scales: Floats = np.maximum(prior * ndtri(0.5 + 0.5 * ndtr(points)), 1e-3)
    return scales


def _evaluate(
    design: HazardDesign, likelihood: _Likelihood, points: Floats, start: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give the Laplace log marginal likelihood, the corrected mode and the Cholesky factor at each point."""
    scales = _scales(design, points)
    marginal = np.empty(len(points))
    modes = np.empty((len(points), design.size))
    factors = np.empty((len(points), design.size, design.size))
    order = np.argsort(np.round(points.sum(axis=1), TIED), kind="stable") if points.shape[1] else np.arange(len(points))
    for place in order:
        named: dict[str, float] = dict(zip(design.scales, map(float, scales[place]), strict=True))
        marginal[place], start, factors[place] = inner_mode(design, likelihood, named, start)
        modes[place] = start + likelihood.skewness_shift(start, factors[place])
    return marginal, modes, factors


def inner_mode(
    design: HazardDesign, likelihood: _Likelihood, scales: dict[str, float], start: Floats
) -> tuple[float, Floats, Floats]:
    """Find the mode of the effects at given scales, by Newton's method.

    Parameters
    ----------
    design : HazardDesign
        Gives the prior of the effects.
    likelihood : _Likelihood
        Of the rows.
    scales : dict
        Learnt standard deviations, by name.
    start : (effect,) float
        Where the search begins.

    Returns
    -------
    marginal : float
        Laplace log marginal likelihood.
    mode : (effect,) float
    factor : (effect, effect) float
        Upper Cholesky factor of the precision there.

    Raises
    ------
    ModelError
        The search does not settle.
    """
    precision, log_determinant = design.precision(scales)
    prior_mean, upper = design.mean, np.triu(precision)

    def target(effects: Floats) -> tuple[float, Floats]:
        moved, eta = effects - prior_mean, likelihood.predict(effects)
        return likelihood.value_at(eta) - 0.5 * float(moved @ precision @ moved), eta

    effects = start
    value, eta = target(start)
    close = False
    for _ in range(STEPS):
        gradient, curvature = likelihood.derivatives_at(eta)
        factor = _factor(curvature + upper)
        if close:  # one step beyond the criterion: where it falls makes no difference to the mode any more
            half = 0.5 * log_determinant - float(np.log(np.diag(factor)).sum())
            return value + half, effects, factor
        gradient = gradient - precision @ (effects - prior_mean)
        step = _solve(factor, gradient)
        decrement = float(gradient @ step)
        close = decrement < CLOSE
        length = 1.0
        while length > 1e-6:
            moved = effects + length * step
            reached, eta = target(moved)
            if np.isfinite(reached) and reached >= value + 1e-4 * length * decrement - 1e-9:
                break
            length *= 0.5
        effects, value = moved, reached
    raise ModelError(
        "the hazard model does not settle", "look for covariates of very different size; set centre and scale", "ladder"
    )
