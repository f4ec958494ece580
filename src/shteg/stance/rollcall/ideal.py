"""Ideal points of actors from their votes: one function, two engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shteg.arrays import Floats, Ints
from shteg.chunks import Progress, one_blas_thread
from shteg.errors import ModelError, UsageError
from shteg.intervals import NORMAL_90
from shteg.stance.rollcall.matrix import RollCall
from shteg.stance.rollcall.result import IdealPoints, spread_cuts

Method = Literal["auto", "laplace", "gibbs"]
Sign = Literal["+", "-"]

GIBBS_VOTES = 8_000
"""Up to so many votes cast `method="auto"` samples; larger matrices take the Laplace approximation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCallPrior:
    """Normal priors of slopes and cuts, mean 0; ideal points have a standard normal prior, which fixes the scale."""

    slope_sd: float = 5.0
    cut_sd: float = 5.0

    def __post_init__(self) -> None:
        if not (0 < self.slope_sd < np.inf and 0 < self.cut_sd < np.inf):
            raise ModelError("a prior sd must be above 0 and finite", "choose positive sds", "roll-call prior")


def ideal_points(
    matrix: RollCall,
    *,
    method: Method = "auto",
    prior: RollCallPrior | None = None,
    anchors: Mapping[str, Sign] | None = None,
    scale: Literal["prior", "sample"] = "prior",
    seed: int = 0,
    chains: int = 4,
    iterations: int = 2000,
    threads: int | None = None,
    progress: Progress | None = None,
) -> IdealPoints:
    """Estimate one-dimensional ideal points from roll-call votes.

    y*_jm = slope_m · theta_j + e, e ~ N(0, 1); actor j is on a level of vote m that lies between two of its cuts.
    theta ~ N(0, 1), slopes and cuts normal around 0 (sd 5, if nothing else is said).

    Parameters
    ----------
    matrix : RollCall
        Votes on which all acted alike are left out; actors without votes keep their prior. A vote on which a level was
        not used has so many levels fewer.
    method : {"auto", "laplace", "gibbs"}
        "gibbs" samples: exact but for Monte Carlo error, for small matrices. "laplace" integrates the items out and
        takes the information of the actors at the mode: for large ones. "auto" samples up to 8,000 votes.
    prior : RollCallPrior, optional
    anchors : mapping of actor to "+" or "-", optional
        On which side of 0 an actor lies. Each is a half-normal prior when sampling; the approximation turns the axis
        by them and refuses anchors it cannot meet. Without anchors, the actor whose name sorts first lies below the
        mean of all.
    scale : {"prior", "sample"}
        "prior": the unit is the prior sd, and its doubt is part of every sd. "sample": in each draw the actors have
        mean 0 and sd 1.
    seed : int
    chains, iterations : int
        Of the Gibbs sampler; chains that disagree are run again up to three times, four times as long (thinned).
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (parts done, parts in all).

    Returns
    -------
    IdealPoints

    Raises
    ------
    UsageError
        An unknown method, scale or anchor.
    ModelError
        No vote divides the actors, the matrix is too large, or the chains disagree.

    References
    ----------
    Clinton, Jackman and Rivers (2004), APSR 98(2); Albert (1992), J. Educational Statistics 17; Rue, Martino and Chopin
    (2009), JRSS B 71(2). docs/methods/rollcall.md.
    """
    chosen = _choose(matrix, method, scale)
    law = prior or RollCallPrior()
    signs = _signs(matrix, anchors)
    votes, used, n_levels, level_map = _close_up(matrix)
    if chosen == "gibbs":
        from shteg.stance.rollcall.gibbs import sample_rollcall

        return sample_rollcall(
            matrix, votes, used, n_levels, level_map, law=(law.slope_sd, law.cut_sd), signs=signs, scale=scale,
            seed=seed, chains=chains, iterations=iterations, threads=threads, progress=progress,
        )  # fmt: skip
    from shteg.stance.rollcall.laplace import fit_laplace

    with one_blas_thread():
        fit = fit_laplace(votes, n_levels, slope_sd=law.slope_sd, cut_sd=law.cut_sd, threads=threads, progress=progress)
    side = orientation(fit.theta, matrix.actors, signs)
    mean, covariance = fit.theta * side, fit.covariance
    slope, slope_sd, cut, cut_sd = fit.slope * side, fit.slope_sd, fit.cuts, fit.cuts_sd
    if scale == "sample":
        mean, covariance, slope, slope_sd, cut = _standardise(mean, covariance, slope, slope_sd, cut)
    sd = np.sqrt(np.diag(covariance))
    unknown = np.full(len(matrix.actors), np.nan)
    return IdealPoints(
        actors=matrix.actors, items=tuple(matrix.items[m] for m in used), dropped=_dropped(matrix, used), mean=mean,
        sd=sd, low=mean - NORMAL_90 * sd, high=mean + NORMAL_90 * sd, covariance=covariance, slope=slope,
        slope_sd=slope_sd, cut=spread_cuts(cut, level_map, len(matrix.levels)),
        cut_sd=spread_cuts(cut_sd, level_map, len(matrix.levels)), method="laplace", r_hat=unknown, ess=unknown,
        draws=np.empty((0, len(matrix.actors))),
    )  # fmt: skip


def orientation(theta: Floats, actors: tuple[str, ...], signs: Floats) -> float:
    """Give 1 or −1: the direction of the axis that meets the anchors, or that of the first name.

    Parameters
    ----------
    theta : (actor,) float
    actors : tuple of str
    signs : (actor,) float
        1 or −1 for anchored actors, else 0.

    Returns
    -------
    float

    Raises
    ------
    ModelError
        The anchors contradict each other.
    """
    named = np.flatnonzero(signs)
    if named.size == 0:
        first = min(range(len(actors)), key=lambda place: actors[place])
        return -1.0 if theta[first] > theta.mean() else 1.0
    agree = np.sign(theta[named]) * signs[named]
    if np.all(agree > 0) or np.all(agree < 0):
        return 1.0 if agree[0] > 0 else -1.0
    raise ModelError(
        "the anchors lie on one side where they should not, or on both where they should be on one",
        'choose other anchors, or method="gibbs", which takes them as prior knowledge',
        "anchors",
    )


def _choose(matrix: RollCall, method: str, scale: str) -> Literal["laplace", "gibbs"]:
    if method not in ("auto", "laplace", "gibbs"):
        raise UsageError(f"there is no method {method!r}", "choose auto, laplace or gibbs", "method")
    if scale not in ("prior", "sample"):
        raise UsageError(f"there is no scale {scale!r}", "choose prior or sample", "scale")
    if method == "auto":
        return "gibbs" if int((matrix.votes >= 0).sum()) <= GIBBS_VOTES else "laplace"
    return "gibbs" if method == "gibbs" else "laplace"


def _signs(matrix: RollCall, anchors: Mapping[str, Sign] | None) -> Floats:
    signs = np.zeros(len(matrix.actors))
    for name, sign in (anchors or {}).items():
        if name not in matrix.actors:
            raise UsageError(f"there is no actor {name!r}", "name actors of the matrix", "anchors")
        if sign not in ("+", "-"):
            raise UsageError(f"the sign {sign!r} of {name!r} means nothing", 'give "+" or "-"', "anchors")
        signs[matrix.actors.index(name)] = 1.0 if sign == "+" else -1.0
    return signs


def _close_up(
    matrix: RollCall,
) -> tuple[NDArray[np.int8], Ints, Ints, list[Ints]]:
    """Leave out items on which all acted alike, and close up levels that an item does not use."""
    level_map: list[Ints] = []
    used: list[int] = []
    votes = matrix.votes.copy()
    for m in range(votes.shape[1]):
        seen = np.unique(votes[:, m])
        levels = seen[seen >= 0].astype(np.int64)
        if len(levels) < 2:
            continue
        if levels[-1] != len(levels) - 1:
            cast = votes[:, m] >= 0
            votes[cast, m] = np.searchsorted(levels, votes[cast, m])
        used.append(m)
        level_map.append(levels)
    if not used or len(matrix.actors) < 2:
        raise ModelError(
            "no vote divides the actors", "give at least one vote on which not all acted alike", "ideal points"
        )
    places = np.array(used, dtype=np.int64)
    counts = np.array([len(levels) for levels in level_map], dtype=np.int64)
    return np.ascontiguousarray(votes[:, places]), places, counts, level_map


def _dropped(matrix: RollCall, used: Ints) -> tuple[str, ...]:
    kept = set(used.tolist())
    return tuple(name for place, name in enumerate(matrix.items) if place not in kept)


def _standardise(
    mean: Floats, covariance: Floats, slope: Floats, slope_sd: Floats, cut: Floats
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Go over to a scale on which the actors have mean 0 and sd 1, by the delta method."""
    count, centre = len(mean), mean.mean()
    # The mean of the spread over draws: of the posterior means, and what the doubt about each adds.
    doubt = np.diag(covariance).mean() - covariance.mean()
    unit = float(np.sqrt(((mean - centre) ** 2).mean() * count / (count - 1)))
    z = (mean - centre) / unit
    turn = np.eye(count) - 1.0 / count - np.outer(z, z) / (count - 1)
    inner = turn @ covariance @ turn.T / (unit * unit)
    shrink = 1.0 / np.sqrt(1.0 + doubt / (unit * unit))
    return (
        z * shrink, inner * shrink**2, slope * unit / shrink, slope_sd * unit / shrink, cut - slope[:, None] * centre,
    )  # fmt: skip
