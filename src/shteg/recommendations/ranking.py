"""Ranking measures by what they change, with the uncertainty of the rank itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shteg.arrays import Floats
from shteg.errors import ModelError
from shteg.estimates import StageResult
from shteg.intervals import LEVEL
from shteg.recommendations.targets import Target

EQUAL = 1e-12
"""Effects closer than this are the same effect: they share their ranks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """Ranks of measures on one target, 1 = largest effect; arrays are (measure,) in the order of `measures`.

    `rank` orders the mean effects (ties share the mean of their ranks); `first_share` is the share of posterior draws
    in which the measure has the largest effect; `low` and `high` bound 90 % of its ranks over draws. `first_place` and
    `last_place` are the places that it may have: behind the measures that surely change more, before those that surely
    change less. Where they differ, it stands in a tie.
    """

    target: Target
    measures: tuple[str, ...]
    effect: Floats
    rank: Floats
    low: Floats
    high: Floats
    first_share: Floats
    first_place: Floats
    last_place: Floats


def rank_rows(effects: Floats) -> Floats:
    """Rank each row from the largest down, (draw, measure); equal effects share the mean of their ranks."""
    above = (effects[:, None, :] > effects[:, :, None] + EQUAL).sum(axis=2)
    level = (np.abs(effects[:, None, :] - effects[:, :, None]) <= EQUAL).sum(axis=2)
    return np.asarray(above + (level + 1) / 2.0)


def surely_larger(effects: Floats) -> NDArray[np.bool_]:
    """Tell which measures surely change more than which, (measure, measure), from effects by draw, (draw, measure).

    The difference of the two in the same draws is above zero in the whole of its 90 % interval.
    """
    differences = effects[:, :, None] - effects[:, None, :]
    return np.asarray(np.quantile(differences, (1 - LEVEL) / 2, axis=0) > EQUAL)


def effect_draws(pathways: StageResult, target: Target, measures: Sequence[str]) -> Floats:
    """Pick the effects on a target from the draws of the simulation.

    Parameters
    ----------
    pathways : StageResult
        Column i of its draws `effect` belongs to row i of its table `effects`.
    target : Target
    measures : sequence of str
        Ids, in the order wanted.

    Returns
    -------
    (draw, measure) float

    Raises
    ------
    ModelError
        The simulation gives no effects for this target.
    """
    table, draws = pathways.tables.get("effects"), pathways.draws.get("effect")
    rows = table.frame.select("measure", "step", "year").rows() if table is not None and draws is not None else []
    place = {row: i for i, row in enumerate(rows)}
    wanted = [(measure, target.step, target.year) for measure in measures]
    if draws is None or any(row not in place for row in wanted):
        raise ModelError(
            f"the simulation holds no effects on {target.step} by {target.year}",
            "simulate the case as it is now, then rank",
            "pathways.effect",
        )
    return draws.values[:, [place[row] for row in wanted]]


def rank_effects(pathways: StageResult, target: Target, measures: tuple[str, ...]) -> Ranking:
    """Rank measures by their effect on a target, over posterior draws free of simulation noise.

    Parameters
    ----------
    pathways : StageResult
        Of `simulate_pathways`.
    target : Target
    measures : tuple of str
        Ids, in the order of the result.

    Returns
    -------
    Ranking
    """
    effects = effect_draws(pathways, target, measures)
    ranks = rank_rows(effects)
    larger = surely_larger(effects)
    best = np.abs(effects - effects.max(axis=1, keepdims=True)) <= EQUAL
    low, high = np.quantile(ranks, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0, method="inverted_cdf")
    return Ranking(
        target=target,
        measures=measures,
        effect=effects.mean(axis=0),
        rank=rank_rows(effects.mean(axis=0)[None, :])[0],
        low=low,
        high=high,
        first_place=1.0 + larger.sum(axis=0),
        last_place=len(measures) - larger.sum(axis=1, dtype=np.float64),
        first_share=(best / best.sum(axis=1, keepdims=True)).mean(axis=0),
    )
