"""How the effect of a package is shared among its measures: exact Shapley values, alone, and all but one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import factorial

import numpy as np

from shteg.chunks import Executor, Progress
from shteg.errors import ModelError
from shteg.pathways.answers.measure import measure_worlds, resize
from shteg.pathways.answers.targets import touching_measures
from shteg.pathways.forecast.shares import Shares, summarise_means
from shteg.pathways.model.arrays import Floats
from shteg.pathways.model.model import Model, Scenario

MOST_PLAYERS = 12
"""More than so many measures are shared by area: 2¹² sets are 4,096 futures of every world."""
SUBSET_WORLDS = 12_000_000
"""Worlds simulated for one step, over all sets of measures."""
DRAWS = 400
"""Posterior draws used, if there are as many: their spread is what the intervals show."""
FEWEST_WORLDS = 8


@dataclass(frozen=True, slots=True)
class Player:
    """What is shared out to: a measure, or all measures of an area."""

    id: str
    kind: str
    measures: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attribution:
    """Shares of one step; axes (player, report year), and for the total (report year,).

    `alone` is what a player changes if nobody else plays, `but_one` what is lost if it alone drops out, `share` its
    Shapley value; `total` the effect of all of them. Players that cannot touch the step come with exact zeros.
    """

    step: int
    players: tuple[Player, ...]
    touching: tuple[bool, ...]
    share: Shares
    alone: Shares
    but_one: Shares
    total: Shares
    draws: int
    worlds: int


def shapley_weights(count: int) -> Floats:
    """Give integer weights, (player, set), that turn the worth of every set into Shapley values times `count`!.

    Set number *b* holds player *i* if bit *i* of *b* is 1. Whole numbers keep sums over worlds exact: with
    φ_i = Σ_S |S|! (n − |S| − 1)!/n! (v(S ∪ i) − v(S)), all terms times n! are whole.

    References
    ----------
    Shapley (1953), A value for n-person games, Contributions to the Theory of Games II.
    """
    sets = np.arange(2**count)
    sizes = np.array([int(one).bit_count() for one in sets])
    weights = np.empty((count, len(sets)))
    for i in range(count):
        has = (sets >> i & 1).astype(bool)
        joined = [float(factorial(s - 1) * factorial(count - s)) if s else 0.0 for s in sizes]
        left = [float(factorial(s) * factorial(count - s - 1)) if s < count else 0.0 for s in sizes]
        weights[i] = np.where(has, joined, -np.array(left))
    return weights


def difference_weights(count: int) -> Floats:
    """Give weights, (2·player + 1, set): each player alone, each leaving all, and all against none."""
    last = 2**count - 1
    weights = np.zeros((2 * count + 1, last + 1))
    for i in range(count):
        weights[i, 1 << i] += 1.0
        weights[i, 0] -= 1.0
        weights[count + i, last] += 1.0
        weights[count + i, last - (1 << i)] -= 1.0
    weights[2 * count, last] += 1.0
    weights[2 * count, 0] -= 1.0
    return weights


def share_out(worth: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Share the worth of sets, (…, 2ⁿ), out: Shapley values, alone, all but one (…, n), and the total (…)."""
    count = int(worth.shape[-1]).bit_length() - 1
    exact = worth @ shapley_weights(count).T / factorial(count)
    plain = worth @ difference_weights(count).T
    return exact, plain[..., :count], plain[..., count : 2 * count], plain[..., 2 * count]


def list_players(model: Model, k: int) -> tuple[tuple[Player, ...], tuple[bool, ...]]:
    """List who shares the effect on a step, in the order of the case, and who of them can touch it at all.

    Raises
    ------
    ModelError
        Even by area there are too many.
    """
    touching = set(touching_measures(model, k))
    measures = model.case.recommendations.measures
    players = tuple(Player(one.id, "measure", frozenset({one.id})) for one in measures)
    if len(touching) > MOST_PLAYERS:
        areas = {a.id: frozenset(m.id for m in measures if m.area == a.id) for a in model.case.recommendations.areas}
        players = tuple(Player(name, "area", found) for name, found in areas.items() if found)
    touches = tuple(bool(one.measures & touching) for one in players)
    if sum(touches) > MOST_PLAYERS:
        raise ModelError(
            f"{sum(touches)} areas of measures bear on {model.steps[k].id}; their effect can be shared among "
            f"{MOST_PLAYERS}",
            "put measures together in fewer areas of recommendations.toml",
            "recommendations.toml, areas",
        )
    return players, touches


def subset_scenarios(players: Sequence[Player]) -> list[Scenario]:
    """Give one scenario per set of players; scenario *b* holds player *i* if bit *i* of *b* is 1."""
    return [
        Scenario(
            name=f"set {b}",
            measures=frozenset().union(*(one.measures for i, one in enumerate(players) if b >> i & 1)),
        )
        for b in range(2 ** len(players))
    ]


def attribute_step(
    model: Model,
    k: int,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    budget: int = SUBSET_WORLDS,
) -> Attribution:
    """Share the effect of all measures on a step out, at each report year, over the same draws and worlds."""
    players, touching = list_players(model, k)
    playing = [one for one, bears in zip(players, touching, strict=True) if bears]
    count, years = len(playing), [float(model.structure.year_times[i]) for i in model.structure.report_index]
    scenarios = subset_scenarios(playing)
    draws = min(DRAWS, model.case.pathways.draws)
    small = resize(model, scenarios, draws, max(FEWEST_WORLDS, budget // (draws * len(scenarios))))
    weights = np.concatenate([shapley_weights(count), difference_weights(count)]).T

    def statistic(paths: Floats) -> Floats:
        found = np.zeros((*paths.shape[:2], weights.shape[1], len(years)))
        for r, year in enumerate(years):
            reached = paths[..., 0] <= year
            mixed = reached.any(axis=-1) & ~reached.all(axis=-1)  # in all other worlds every difference is 0
            found[..., r][mixed] = reached[mixed].astype(np.float64) @ weights
        return found

    moments = measure_worlds(small, statistic, steps=(k,), threads=threads, progress=progress, executor=executor)
    scale = np.array([float(factorial(count))] * count + [1.0] * (2 * count + 1))[:, None]
    mean, noise = moments.mean / scale, moments.noise / scale**2

    def shares(rows: slice) -> Shares:
        found = np.zeros((2, draws, len(players), len(years)))
        at = [i for i, bears in enumerate(touching) if bears]
        found[0][:, at], found[1][:, at] = mean[:, rows], noise[:, rows]
        return summarise_means(found[0], found[1], (-1.0, 1.0))

    return Attribution(
        step=k,
        players=players,
        touching=touching,
        share=shares(slice(0, count)),
        alone=shares(slice(count, 2 * count)),
        but_one=shares(slice(2 * count, 3 * count)),
        total=summarise_means(mean[:, 3 * count], noise[:, 3 * count], (-1.0, 1.0)),
        draws=draws,
        worlds=small.case.pathways.worlds_per_draw,
    )


def calibrate(found: Attribution, total: Floats) -> Attribution:
    """Move the shares so that they add up to the total of a larger simulation, (report year,).

    The difference is spread in proportion to the simulation variance of each share (generalised least squares for
    independent errors): a share without simulation error, such as that of a measure that changes nothing, stays.
    """
    variance = found.share.mc_error**2
    whole = variance.sum(axis=0)
    gap = total - found.share.mean.sum(axis=0)
    shift = np.where(whole > 0.0, gap * variance / np.where(whole > 0.0, whole, 1.0), 0.0)
    moved = {name: getattr(found.share, name) + shift for name in ("draws", "mean", "low", "high")}
    return replace(found, share=replace(found.share, **moved))
