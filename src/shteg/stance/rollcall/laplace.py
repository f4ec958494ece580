"""Ideal points of large roll-call matrices: items integrated out, actors by Newton with the Schur complement.

The mathematics stands in docs/methods/rollcall.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from shteg.arrays import Floats, Ints
from shteg.chunks import Progress, ThreadExecutor, split_range
from shteg.errors import ModelError
from shteg.stance.rollcall.item_kernel import add_profiles, integrate_items

MOST_ACTORS = 6000
"""The information matrix of the actors is dense."""

MOST_LAPLACE_LEVELS = 4
CHUNK_CELLS = 60_000
"""Actors times items of one piece of work."""

MOST_STEPS = 60
FREE_STEPS = 12
SETTLED = 0.15
"""Newton ends when no actor would move by a larger share of its posterior sd; that last move is made."""

ROUGHLY = 0.7
LARGEST_STEP = 0.5
MOST_WIDENING = 2.0
"""Largest change of a variance by integrating an actor alone: far from its place the nodes' weights say little."""

NORMAL_VOTES = 1000
"""Where every actor cast so many votes, their posteriors are taken as normal."""

WARM_CELLS = 80_000
"""Larger matrices are begun on every so-manieth vote, so that about so many cells are left."""

EXACT_CELLS = 300_000
"""Up to so many cells the last integration over single actors uses all nodes of the items, beyond the coarse ones."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaplaceFit:
    """Posterior moments: `theta` (actor,), `covariance` (actor, actor), items `slope`, `cuts` (item, L − 1)."""

    theta: Floats
    sd: Floats
    covariance: Floats
    slope: Floats
    slope_sd: Floats
    cuts: Floats
    cuts_sd: Floats
    steps: int


@dataclass(slots=True, eq=False)
class _Group:
    """Items with the same number of levels, and where their parameters stand."""

    places: Ints
    votes: NDArray[np.int8]
    phi: Floats
    at: Floats
    share: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pass:
    value: float
    gradient: Floats
    information: Floats


def fit_laplace(
    votes: NDArray[np.int8],
    n_levels: Ints,
    *,
    slope_sd: float,
    cut_sd: float,
    threads: int | None = None,
    progress: Progress | None = None,
) -> LaplaceFit:
    """Approximate the posterior of a one-dimensional probit model of votes.

    Parameters
    ----------
    votes : (actor, item) int8
        0 … n_levels − 1, −1 where missing; every level of an item is used.
    n_levels : (item,) int, 2 to 4
    slope_sd, cut_sd : float
        Prior sds of slopes and cuts, which have prior mean 0; theta ~ N(0, 1).
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (steps done, steps at most).

    Returns
    -------
    LaplaceFit

    Raises
    ------
    ModelError
        Too many actors or levels, or Newton does not settle.
    """
    n_actors = votes.shape[0]
    _check_size(n_actors, n_levels)
    theta = start_scores(votes, n_levels)
    sds, executor = np.array([slope_sd, cut_sd]), ThreadExecutor(threads)
    every = votes.size // WARM_CELLS
    if every > 1 and votes.shape[1] // every >= 50:
        few = _group_items(votes[:, ::every], n_levels[::every], theta)
        theta, *_ = _climb(theta, few, sds, executor, first=True, progress=progress)
    groups = _group_items(votes, n_levels, theta)
    large = votes.size > EXACT_CELLS
    if large:
        theta, *_ = _climb(theta, groups, sds, executor, first=every <= 1, fine=False, progress=progress)
    theta, last, steps, now = _climb(theta, groups, sds, executor, first=every <= 1 and not large, progress=progress)
    _, widened = _volume(theta, *_volume_weights(theta, now.information))
    information = now.information + widened
    covariance = cho_solve(_factor(information), np.eye(n_actors))
    own = np.diag(now.information).copy()
    widening = np.ones(n_actors)
    if int((votes >= 0).sum(axis=1).min()) < NORMAL_VOTES:
        if large:
            _integrate(theta, groups, sds, executor, fine=False)
        widening = _widening(theta, own, now.gradient, groups, executor)
    mean = theta + last
    stretch = np.sqrt(widening)
    covariance = covariance * np.outer(stretch, stretch)
    slope, slope_sd_out, cuts, cuts_sd = _item_moments(theta, mean, covariance, groups, sds, executor)
    return LaplaceFit(
        theta=mean, sd=np.sqrt(np.diag(covariance)), covariance=covariance, slope=slope, slope_sd=slope_sd_out,
        cuts=cuts, cuts_sd=cuts_sd, steps=steps,
    )  # fmt: skip


def start_scores(votes: NDArray[np.int8], n_levels: Ints) -> Floats:
    """Give first scores: the leading principal component of votes centred by item.

    Centred by item only: the first component is then what divides actors, and an actor without votes lies at 0. Its sd
    is kept near a half, and nobody starts far out, from where there may be no way back.
    """
    cast = votes >= 0
    scaled = np.where(cast, votes / np.maximum(n_levels - 1, 1), 0.0)
    seen = np.maximum(cast.sum(axis=0), 1)
    centred = np.where(cast, scaled - scaled.sum(axis=0) / seen, 0.0)
    n_actors, n_items = votes.shape
    if n_actors <= n_items:
        _, vectors = np.linalg.eigh(centred @ centred.T)
        first = vectors[:, -1]
    else:
        _, vectors = np.linalg.eigh(centred.T @ centred)
        first = centred @ vectors[:, -1]
    share = np.maximum(cast.sum(axis=1), 1) / n_items
    first = first / share**0.5
    spread = float(first.std())
    return 0.5 * np.clip((first - first.mean()) / spread, -1.6, 1.6) if spread > 0 else np.zeros(n_actors)


def cubature(dimensions: int, fine: bool, large: bool = False) -> tuple[Floats, Floats]:
    """Give nodes and positive weights for a standard normal law in 2 to 4 dimensions, the first that of the slope.

    Coarse: 2n² + 1 nodes, exact to degree 5 (in two dimensions three by three Gauss–Hermite nodes). Fine: seven nodes
    along the slope, five along the first cut, three along each further gap; coarse nodes understate how far they reach.
    In `large` matrices, where votes are many, five and three do for items of three or more levels.

    Parameters
    ----------
    dimensions : int, 2 to 4
    fine, large : bool

    Returns
    -------
    nodes : (node, dimension) float
    weights : (node,) float
        They sum to 1.

    References
    ----------
    McNamee and Stenger (1967), Numerische Mathematik 10.
    """
    n = dimensions
    if fine:
        along, share = np.polynomial.hermite_e.hermegauss(5 if large and n > 2 else 7)
        across, part = np.polynomial.hermite_e.hermegauss(3 if large and n > 2 else 5)
        across = across[:, None]
        for _ in range(n - 2):
            three, third = np.polynomial.hermite_e.hermegauss(3)
            across = np.concatenate([np.repeat(across, 3, axis=0), np.tile(three[:, None], (len(across), 1))], axis=1)
            part = np.outer(part, third).ravel()
        nodes = np.concatenate([np.repeat(along, len(part))[:, None], np.tile(across, (len(share), 1))], axis=1)
        weights = np.outer(share / share.sum(), part / part.sum()).ravel()
        return nodes, weights
    axes = np.concatenate([np.eye(n), -np.eye(n)])
    pairs = [
        first * np.eye(n)[i] + second * np.eye(n)[k]
        for i in range(n)
        for k in range(i)
        for first in (1.0, -1.0)
        for second in (1.0, -1.0)
    ]
    nodes = np.sqrt(3.0) * np.concatenate([np.zeros((1, n)), axes, np.array(pairs)])
    weights = np.repeat([(n * n - 7 * n + 18) / 18, (4 - n) / 18, 1 / 36], [1, 2 * n, len(pairs)])
    return nodes[weights > 0], weights[weights > 0]


def _check_size(n_actors: int, n_levels: Ints) -> None:
    if n_actors > MOST_ACTORS:
        raise ModelError(
            f"{n_actors} actors are too many for the Laplace approximation",
            f"give at most {MOST_ACTORS}, for example those with the most votes (drop_sparse)",
            "ideal points",
        )
    if n_levels.size and int(n_levels.max()) > MOST_LAPLACE_LEVELS:
        raise ModelError(
            f"{int(n_levels.max())} levels are too many for the Laplace approximation",
            f'fold them into at most {MOST_LAPLACE_LEVELS}, or choose method="gibbs"',
            "ideal points",
        )


def _group_items(votes: NDArray[np.int8], n_levels: Ints, theta: Floats) -> list[_Group]:
    groups = []
    for levels in sorted({int(count) for count in n_levels}):
        places = np.flatnonzero(n_levels == levels)
        chosen = np.ascontiguousarray(votes[:, places].T)
        phi = np.zeros((len(places), levels))
        phi[:, 1] = -0.3 * (levels - 1)
        phi[:, 2:] = np.log(0.6)
        high = np.where(chosen >= 0, chosen / (levels - 1) - 0.5, 0.0)
        phi[:, 0] = np.sign(high @ theta)
        groups.append(_Group(places, chosen, phi, np.empty((0, 0, 0)), np.empty((0, 0))))
    return groups


def _integrate(
    theta: Floats,
    groups: list[_Group],
    sds: Floats,
    executor: ThreadExecutor,
    *,
    fine: bool = True,
    harvest: Callable[[_Group, int, int, Floats], None] | None = None,
) -> _Pass:
    """Integrate all items out at `theta`; `harvest` may look at each piece's centred scores."""
    n_actors = theta.shape[0]
    value = -0.5 * float(theta @ theta)
    gradient, information = -theta.copy(), np.eye(n_actors)
    for group in groups:
        nodes, weights = cubature(group.phi.shape[1], fine, group.votes.size > EXACT_CELLS)
        n_items, n_nodes = len(group.places), len(weights)
        group.at, group.share = np.empty((n_items, *nodes.shape)), np.empty((n_items, n_nodes))
        size = max(1, CHUNK_CELLS // n_actors)

        def work(
            chunk: tuple[int, int], group: _Group = group, nodes: Floats = nodes, weights: Floats = weights
        ) -> tuple[float, Floats, Floats, Floats]:
            first, last = chunk
            score, bend = np.zeros(n_actors), np.zeros(n_actors)
            spread = np.empty(((last - first) * len(weights), n_actors))
            total = integrate_items(
                group.votes[first:last], theta, group.phi[first:last], sds, nodes, weights, 30, score, bend, spread,
                group.at[first:last], group.share[first:last],
            )  # fmt: skip
            if harvest is not None:
                harvest(group, first, last, spread)
            return total, score, bend, spread.T @ spread

        for total, score, bend, lost in executor.iterate(work, split_range(n_items, size)):
            value += total
            gradient += score
            information -= lost
            information[np.diag_indices(n_actors)] += bend
    return _Pass(value=value, gradient=gradient, information=information)


def _volume_weights(theta: Floats, information: Floats) -> tuple[Floats, float]:
    """Give the direction in which the scale is measured, and how many actors the votes teach something of.

    The scale is weights · theta: weights are scores of the informed actors, bounded so that no single one makes the
    scale, and sum to 0.
    """
    taught = 1.0 - 1.0 / np.maximum(np.diag(information), 1.0)
    informed = float(taught.sum())
    if informed < 1.5:
        return np.zeros_like(theta), 0.0
    centred = theta - float(taught @ theta) / informed
    spread = float(np.sqrt(taught @ centred**2 / informed))
    if spread < 1e-6:
        return np.zeros_like(theta), 0.0
    weights = taught * np.tanh(centred / spread)
    weights = weights - taught * (weights.sum() / informed)
    return weights / np.linalg.norm(weights), informed - 1.0


def _volume(theta: Floats, weights: Floats, informed: float) -> tuple[Floats, Floats]:
    """Give gradient and negative Hessian of the volume term: informed actors widen with the scale."""
    radius = float(weights @ theta)
    if informed <= 0.0 or radius <= 0.0:
        return np.zeros_like(theta), np.zeros((len(theta), len(theta)))
    return informed * weights / radius, (informed / radius**2) * np.outer(weights, weights)


def _climb(
    theta: Floats, groups: list[_Group], sds: Floats, executor: ThreadExecutor, *, first: bool,
    progress: Progress | None, fine: bool = True,
) -> tuple[Floats, Floats, int, _Pass]:  # fmt: skip
    """Climb the integrated posterior with the volume term by damped Newton (Levenberg–Marquardt).

    Far from the mode (`first`) the damping begins high; with coarse nodes it ends within one sd of it. Gives the place
    reached, the last small move from there, the steps taken, and what was found there.
    """
    now = _integrate(theta, groups, sds, executor, fine=fine)
    settled = SETTLED if fine else ROUGHLY
    ridge = float(np.median(np.diag(now.information))) if first else 0.0
    share = np.inf
    weights, informed = _volume_weights(theta, now.information)
    for step in range(1, MOST_STEPS + 1):
        if step <= FREE_STEPS:  # then held, so that what is climbed no longer moves
            weights, informed = _volume_weights(theta, now.information)
        pull, widened = _volume(theta, weights, informed)
        slope = now.gradient + pull
        information = _bend_scale(theta, now.information + widened, slope)
        information[np.diag_indices_from(information)] += ridge
        move = cho_solve(_factor(information), slope)
        share = float((np.abs(move) * np.sqrt(np.maximum(np.diag(information), 1.0))).max())
        if progress is not None:
            progress(step, MOST_STEPS)
        if share < settled and ridge < 1.0:
            return theta, move, step, now
        move *= min(1.0, LARGEST_STEP / float(np.abs(move).max()))
        ahead = _integrate(theta + move, groups, sds, executor, fine=fine)
        gain = ahead.value - now.value + informed * _log_growth(theta, move, weights)
        if gain > -1e-3 * min(share, 1.0):
            theta, now = theta + move, ahead
            ridge = ridge / 6.0 if ridge > 1.0 else 0.0
        else:
            ridge = max(6.0 * ridge, 2.0)
    if share < 10 * settled:
        return theta, np.zeros_like(theta), MOST_STEPS, now
    raise ModelError(
        f"Newton's steps do not settle: the last was {share:.2g} posterior sds after {MOST_STEPS} steps",
        'leave out actors with very few votes (drop_sparse), or choose method="gibbs"',
        "ideal points",
    )


def _bend_scale(theta: Floats, information: Floats, slope: Floats) -> Floats:
    """Make Newton's step along the unit of the scale one in its logarithm, where the posterior is nearly quadratic."""
    centred = theta - theta.mean()
    radius = float(np.linalg.norm(centred))
    if radius < 1e-6:
        return information
    seen = information @ (centred / radius)
    bend = float(centred @ seen) / radius
    if bend <= 0.0:
        return information
    more = max(-float(slope @ centred) / radius**2, -0.6 * bend)
    return information + np.outer(seen, seen) * (more / bend**2)


def _log_growth(theta: Floats, move: Floats, weights: Floats) -> float:
    """Give by how much the log of the scale grows with a move."""
    before, after = float(weights @ theta), float(weights @ (theta + move))
    if before <= 0.0:
        return 0.0
    return float(np.log(after / before)) if after > 0.0 else -np.inf


def _factor(matrix: Floats) -> tuple[Floats, bool]:
    """Factor an information matrix; one that is not positive definite gets a ridge first."""
    ridge = 0.0
    for _ in range(40):
        try:
            factor, lower = cho_factor(matrix + ridge * np.eye(len(matrix)), lower=True, check_finite=True)
        except np.linalg.LinAlgError:
            ridge = max(4.0 * ridge, 0.01)
        else:
            return factor, bool(lower)
    raise ModelError("the information matrix is not positive definite", 'choose method="gibbs"', "ideal points")


def _widening(theta: Floats, own: Floats, gradient: Floats, groups: list[_Group], executor: ThreadExecutor) -> Floats:
    """Integrate each actor alone: its variance, the others held, times its curvature; 1 for a normal law."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(7)
    sd = 1.0 / np.sqrt(own)
    centre = theta + np.clip(gradient / own, -sd, sd)
    grid = centre[:, None] + sd[:, None] * nodes
    profile = -0.5 * grid**2 + 0.5 * nodes**2 + np.log(weights)
    pieces = split_range(len(theta), max(1, -(-len(theta) // (4 * executor.threads))))
    for group in groups:

        def work(chunk: tuple[int, int], group: _Group = group) -> None:
            add_profiles(group.votes, theta, grid, group.at, group.share, *chunk, profile)

        executor.map(work, pieces)
    share = np.exp(profile - profile.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    mean = (share * grid).sum(axis=1)
    variance = (share * (grid - mean[:, None]) ** 2).sum(axis=1)
    return np.asarray(np.clip(variance * own, 1 / MOST_WIDENING, MOST_WIDENING))


def _item_moments(
    theta: Floats, mean: Floats, covariance: Floats, groups: list[_Group], sds: Floats, executor: ThreadExecutor
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give means and sds of slopes and cuts: the cubature at the mode, and what the doubt about the actors adds."""
    n_items = sum(len(group.places) for group in groups)
    widest = max(group.phi.shape[1] for group in groups)
    moments = np.full((2, n_items, widest), np.nan)

    def harvest(group: _Group, first: int, last: int, spread: Floats) -> None:
        n_nodes = group.share.shape[1]
        share = group.share[first:last]
        place = group.at[first:last].copy()
        place[:, :, 2:] = np.exp(place[:, :, 2:])
        place[:, :, 1:] = np.cumsum(place[:, :, 1:], axis=2)
        middle = np.einsum("mk,mkp->mp", share, place)
        off = place - middle[:, None]
        slopes = np.einsum("mkp,mkj->mpj", np.sqrt(share)[:, :, None] * off, spread.reshape(len(share), n_nodes, -1))
        moments[0, group.places[first:last], : place.shape[2]] = middle + slopes @ (mean - theta)
        variance = np.einsum("mk,mkp->mp", share, off**2) + np.einsum("mpj,mpj->mp", slopes @ covariance, slopes)
        moments[1, group.places[first:last], : place.shape[2]] = np.sqrt(variance)

    _integrate(theta, groups, sds, executor, harvest=harvest)
    return moments[0, :, 0], moments[1, :, 0], moments[0, :, 1:], moments[1, :, 1:]
