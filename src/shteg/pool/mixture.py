"""A mixture of forecasts: draws of each part, chosen by its weight, so that what divides the parts is in the spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats

DRAWS = 8000
GOLDEN = (5.0**0.5 - 1.0) / 2.0
"""Multiples of it, without their whole part, lie evenly wherever one stops."""
SMALL = 1e-12
"""Sums of weights, and probabilities, that differ by less are the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Draws of one part: `curves` (draw, step, year), `speaks` (step,) True where it foretells the step."""

    name: str
    curves: Floats
    speaks: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixed:
    """The pool: `mean` (step, year), `draws` (draw, step, year), and the `weights` used, (step, part)."""

    mean: Floats
    draws: Floats
    weights: Floats


def weights_spoken(parts: Sequence[Part], weights: Sequence[Mapping[str, float]]) -> Floats:
    """Give the weights of the parts that foretell each step, summing to 1, (step, part).

    Parameters
    ----------
    parts : sequence of Part
    weights : sequence of mapping
        For each step, part → weight.

    Returns
    -------
    (step, part) float

    Raises
    ------
    ValueError
        No part with a weight foretells a step.
    """
    table = np.array(
        [[own.get(part.name, 0.0) if part.speaks[k] else 0.0 for part in parts] for k, own in enumerate(weights)]
    ).reshape(len(weights), len(parts))
    total = table.sum(axis=1, keepdims=True)
    if (total <= SMALL).any():
        raise ValueError(f"no part foretells step {int(np.flatnonzero(total[:, 0] <= SMALL)[0])}")
    return np.asarray(table / total)


def mix(parts: Sequence[Part], weights: Floats, before: Sequence[Sequence[int]], *, draws: int = DRAWS) -> Mixed:
    """Mix the parts step by step.

    Parameters
    ----------
    parts : sequence of Part
        All of the same steps and years.
    weights : (step, part) float
        As `weights_spoken` gives them.
    before : sequence of sequence of int
        For each step the places of those that must come first; every step stands behind them.
    draws : int
        Of the mixture.

    Returns
    -------
    Mixed
        Draw i takes, at every step, the part in whose share of the weights, laid end to end in the order of the parts,
        the place (i + ½)/n falls, and the same draw of that part at all steps: where the weights of two steps agree, so
        do their parts. Weights by step can put a later step above an earlier one; then it is lowered to the earlier
        one, in every draw and in the mean. The mean is Σ w_m times the mean of part m, exactly.
    """
    steps = weights.shape[0]
    years = parts[0].curves.shape[2]
    place = (np.arange(draws) + 0.5) / draws
    even = np.mod(np.arange(1, draws + 1) * GOLDEN, 1.0)
    mean, drawn = np.zeros((steps, years)), np.zeros((draws, steps, years))
    means = np.stack([part.curves.mean(axis=0) for part in parts])  # (part, step, year)
    for k in range(steps):
        mean[k] = np.einsum("p,py->y", weights[k], np.where(weights[k][:, None] > 0.0, means[:, k], 0.0))
        chosen = np.minimum(np.searchsorted(np.cumsum(weights[k]) - SMALL, place), len(parts) - 1)
        for at, part in enumerate(parts):
            own = np.flatnonzero(chosen == at)
            drawn[own, k] = part.curves[(even[own] * len(part.curves)).astype(np.int64), k]
        for earlier in before[k]:
            mean[k] = np.minimum(mean[k], mean[earlier])
            drawn[:, k] = np.minimum(drawn[:, k], drawn[:, earlier])
    return Mixed(mean=mean, draws=drawn, weights=weights)


def between_share(parts: Sequence[Part], weights: Floats, step: int, year: int) -> float:
    """Give the share of the mixture's variance that lies between the means of its parts, not within them.

    Parameters
    ----------
    parts : sequence of Part
    weights : (step, part) float
    step, year : int
        Places.

    Returns
    -------
    float
        In [0, 1]; 0 where nothing varies.

    References
    ----------
    The law of total variance, as in Draper (1995), JRSS B 57(1), for the spread between models.
    """
    own = weights[step]
    used = [at for at in range(len(parts)) if own[at] > 0.0]
    means = np.array([parts[at].curves[:, step, year].mean() for at in used])
    inside = np.array([parts[at].curves[:, step, year].var() for at in used])
    between = float(own[used] @ (means - own[used] @ means) ** 2)
    total = between + float(own[used] @ inside)
    return between / total if total > SMALL else 0.0
