"""Ideal points of small roll-call matrices by sampling."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shteg.arrays import Floats, Ints
from shteg.chunks import Progress, ThreadExecutor
from shteg.convergence import bulk_ess, r_hat
from shteg.errors import ModelError
from shteg.intervals import HIGH, LOW
from shteg.randomness import named_generator
from shteg.stance.kernel import first_state
from shteg.stance.rollcall.gibbs_kernel import run_chain
from shteg.stance.rollcall.laplace import start_scores
from shteg.stance.rollcall.matrix import RollCall
from shteg.stance.rollcall.result import IdealPoints, spread_cuts

R_HAT_LIMIT = 1.02
LENGTHENINGS = 2
WORK = 60_000_000
"""Latent responses drawn by each chain at first, about: it sets how far apart the draws kept lie, from 2 to 40."""


def sample_rollcall(
    matrix: RollCall,
    votes: NDArray[np.int8],
    used: Ints,
    n_levels: Ints,
    level_map: list[Ints],
    *,
    law: tuple[float, float],
    signs: Floats,
    scale: Literal["prior", "sample"],
    seed: int,
    chains: int,
    iterations: int,
    threads: int | None,
    progress: Progress | None,
) -> IdealPoints:
    """Sample the posterior; `votes` are those of the items `used`, levels closed up (see `ideal_points`).

    Parameters
    ----------
    matrix : RollCall
    votes : (actor, item) int8
        −1 is no vote.
    used : (item,) int
        Which items of the matrix these are.
    n_levels : (item,) int, >= 2
    level_map : list of (level,) int
        For each item the levels of the matrix that it uses.
    law : tuple of two float
        Prior sds of slopes and cuts.
    signs : (actor,) float
        1 or −1 for anchored actors, else 0.
    scale : {"prior", "sample"}
    seed : int
    chains : int, >= 2
    iterations : int, >= 100
        Kept of each chain.
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (chains done, chains in all).

    Returns
    -------
    IdealPoints

    Raises
    ------
    ModelError
        R-hat of an ideal point stays above 1.02.
    """
    if chains < 2 or iterations < 100:
        raise ModelError("too few draws to judge convergence", "give 2 chains of 100 iterations or more", "gibbs")
    by_item, sds = np.ascontiguousarray(votes.T), np.array(law)
    scores = start_scores(votes, n_levels)
    named = np.flatnonzero(signs)
    if named.size and float(scores[named] @ signs[named]) < 0:
        scores = -scores
    start = np.where(signs * scores < 0, -scores, scores)
    worst = np.inf
    for attempt in range(LENGTHENINGS + 1):
        thin = int(np.clip(WORK // max(votes.size * iterations, 1), 2, 40)) * 4**attempt

        def run(chain: int, thin: int = thin, attempt: int = attempt) -> tuple[Floats, Floats, Floats]:
            generator = named_generator(seed, "rollcall", f"chain-{chain}", f"attempt-{attempt}")
            state = first_state(generator)
            law_of_start = np.where(signs == 0, start + 0.3 * generator.standard_normal(len(start)), start)
            made: tuple[Floats, Floats, Floats] = run_chain(
                by_item, n_levels - 1, signs, law_of_start, sds, 500 * thin // 2, iterations, thin, state
            )
            return made

        made = ThreadExecutor(threads).map(run, range(chains), progress)
        theta, slope, cuts = (np.stack(parts) for parts in zip(*made, strict=True))
        side = _sides(theta, matrix.actors, signs)
        theta, slope = theta * side[:, :, None], slope * side[:, :, None]
        if scale == "sample":
            theta, slope, cuts = _standardise(theta, slope, cuts)
        hats = np.array([r_hat(theta[:, :, j]) for j in range(theta.shape[2])])
        worst = float(hats.max())
        if worst <= R_HAT_LIMIT:
            return _summarise(matrix, used, level_map, theta, slope, cuts, hats)
    raise ModelError(
        f"the chains disagree: R-hat {worst:.3f} is above {R_HAT_LIMIT}",
        'give anchors, or more iterations, or choose method="laplace" for a large matrix',
        "gibbs",
    )


def _sides(theta: Floats, actors: tuple[str, ...], signs: Floats) -> Floats:
    """Give 1 or −1 for each draw, (chain, iteration): the posterior does not know left from right without anchors.

    Draws are turned towards their common mean, then all together by the first name.
    """
    if signs.any():
        return np.ones(theta.shape[:2])
    centred = theta - theta.mean(axis=2, keepdims=True)
    towards = centred[0, -1]
    side = np.ones(theta.shape[:2])
    for _ in range(4):
        side = np.where(centred @ towards < 0, -1.0, 1.0)
        towards = (centred * side[:, :, None]).mean(axis=(0, 1))
    first = min(range(len(actors)), key=lambda place: actors[place])
    return -side if towards[first] > 0 else side


def _standardise(theta: Floats, slope: Floats, cuts: Floats) -> tuple[Floats, Floats, Floats]:
    centre, unit = theta.mean(axis=2, keepdims=True), theta.std(axis=2, ddof=1, keepdims=True)
    return (theta - centre) / unit, slope * unit, cuts - slope[:, :, :, None] * centre[:, :, :, None]


def _summarise(
    matrix: RollCall, used: Ints, level_map: list[Ints], theta: Floats, slope: Floats,
    cuts: Floats, hats: Floats,
) -> IdealPoints:  # fmt: skip
    draws = theta.reshape(-1, theta.shape[2])
    low, high = np.quantile(draws, [LOW, HIGH], axis=0)
    kept = set(used.tolist())
    flat = cuts.reshape(-1, *cuts.shape[2:])
    return IdealPoints(
        actors=matrix.actors, items=tuple(matrix.items[m] for m in used),
        dropped=tuple(name for place, name in enumerate(matrix.items) if place not in kept),
        mean=draws.mean(axis=0), sd=draws.std(axis=0, ddof=1), low=low, high=high,
        covariance=np.atleast_2d(np.cov(draws, rowvar=False)), slope=slope.mean(axis=(0, 1)),
        slope_sd=slope.reshape(-1, slope.shape[2]).std(axis=0, ddof=1),
        cut=spread_cuts(flat.mean(axis=0), level_map, len(matrix.levels)),
        cut_sd=spread_cuts(flat.std(axis=0, ddof=1), level_map, len(matrix.levels)), method="gibbs", r_hat=hats,
        ess=np.array([bulk_ess(theta[:, :, j]) for j in range(theta.shape[2])]), draws=draws,
    )  # fmt: skip
