"""How the effect of a package is shared among its measures: Shapley values, alone, all but one; table and values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import factorial
from typing import Literal, Unpack

import numpy as np

from shteg.arrays import Floats, Ints, Keys
from shteg.errors import ModelError
from shteg.estimates import Table, Value, column, table_row
from shteg.pathways.answers.measure import DRAWS_USED, WORLDS_EACH, How, Moments, Statistic, measure_enough
from shteg.pathways.answers.touching import touching_measures
from shteg.pathways.forecast.shares import Shares, summarise_means
from shteg.pathways.forecast.tables import LABEL, LOWER, MC_ERROR, MEAN, STEP, TINY, UPPER, YEAR, cell, label_of
from shteg.pathways.forecast.values import in_turn, quote_shares
from shteg.pathways.model.model import Model, Scenario, resize
from shteg.pathways.model.provenance import Bases, Basis
from shteg.randomness import counter_uniform, stable_key

MOST_PLAYERS = 12
"""More than so many measures are shared by area: 2¹² sets are 4,096 futures of every world."""
MOST_SETS = 64
"""Up to so many sets of measures are all simulated; where there are more, every world takes orders of its own."""
SUBSET_WORLDS = 12_000_000
"""The most worlds simulated for one step, over all sets of measures."""
DRAWS = 400
"""Posterior draws used, if there are as many: their spread is what the intervals show."""
FEWEST_WORLDS = 8
FIRST_WORLDS = 64
"""Before the rule is asked how many there should be: thousands of sets take long to be set up."""


@dataclass(frozen=True, slots=True)
class Player:
    """What is shared out to: a measure, or all measures of an area."""

    id: str
    kind: Literal["measure", "area"]
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
    `φ_i = Σ_S |S|! (n − |S| − 1)!/n! (v(S ∪ i) − v(S))`, all terms times n! are whole.

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
    budget: int = SUBSET_WORLDS,
    most_sets: int = MOST_SETS,
    **how: Unpack[How],
) -> Attribution:
    """Share the effect of all measures on a step out, at each report year, over the same draws and worlds.

    Parameters
    ----------
    model : Model
    k : int
        Number of the step.
    budget : int
        The most worlds simulated, over all sets of measures.
    most_sets : int
        Up to so many sets are all simulated. Where there are more, each world is walked in the sets along one random
        order of the players and its reverse, whose mean has the Shapley value as its expectation, and in those of
        `alone` and `but_one`.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    Attribution

    References
    ----------
    Castro, Gómez and Tejada (2009), Polynomial calculation of the Shapley value based on sampling, Computers &
    Operations Research 36(5).
    """
    players, touching = list_players(model, k)
    playing = [one for one, bears in zip(players, touching, strict=True) if bears]
    count, years = len(playing), [float(model.structure.year_times[i]) for i in model.structure.report_index]
    orders = Orders(tuple(one.id for one in playing)) if 2**count > most_sets else None
    scenarios = subset_scenarios(playing)
    draws, walked = min(DRAWS, model.case.pathways.draws), orders.walked if orders else len(scenarios)
    small = resize(model, scenarios, draws, max(FEWEST_WORLDS, budget // (draws * walked)))
    scale = np.array([float(factorial(count))] * count + [1.0] * (2 * count + 1))[:, None] if orders is None else 1.0
    at = [i for i, bears in enumerate(touching) if bears]

    def shares(moments: Moments, rows: slice) -> Shares:
        found = np.zeros((2, draws, len(players), len(years)))
        found[0][:, at], found[1][:, at] = (moments.mean / scale)[:, rows], (moments.noise / scale**2)[:, rows]
        return summarise_means(found[0], found[1], (-1.0, 1.0))

    def figures(moments: Moments, _: int) -> list[Shares]:
        return [shares(moments, slice(i * count, (i + 1) * count)) for i in range(3)]

    statistic = orders.statistic(years) if orders else sets_statistic(count, years)
    choice = orders.choose if orders else None
    moments, worlds = measure_enough(small, statistic, figures, first=FIRST_WORLDS, steps=(k,), choice=choice, **how)
    share, alone, but_one = figures(moments, worlds)
    total = moments.mean[:, 3 * count], moments.noise[:, 3 * count]
    return Attribution(
        step=k, players=players, touching=touching, share=share, alone=alone, but_one=but_one,
        total=summarise_means(*total, (-1.0, 1.0)), draws=draws, worlds=worlds,
    )  # fmt: skip


def sets_statistic(count: int, years: Sequence[float]) -> Statistic:
    """Give the statistic of worlds walked in every set: Shapley values times `count`!, alone, all but one, total.

    Parameters
    ----------
    count : int, >= 0
        Of players.
    years : (report year,) float
        Years from the first day.

    Returns
    -------
    callable
        From (draw, world, set, 1) to (draw, world, 3 · player + 1, report year).
    """
    weights = np.concatenate([shapley_weights(count), difference_weights(count)]).T

    def statistic(paths: Floats) -> Floats:
        found = np.zeros((*paths.shape[:2], weights.shape[1], len(years)))
        for r, year in enumerate(years):
            reached = paths[..., 0] <= year
            mixed = reached.any(axis=-1) & ~reached.all(axis=-1)  # in all other worlds every difference is 0
            found[..., r][mixed] = reached[mixed].astype(np.float64) @ weights
        return found

    return statistic


@dataclass(frozen=True, slots=True)
class Orders:
    """Every world takes the players in an order of its own, and in the reverse of it.

    The sets of a world, by place: along the order from nobody to everybody (n + 1), along the reverse between these
    (n − 1), each player alone (n), everybody but each (n).
    """

    players: tuple[str, ...]

    @property
    def walked(self) -> int:
        """How many sets a world is walked in, some of them twice."""
        return 4 * len(self.players)

    def draw(self, keys: Keys) -> Ints:
        """Draw the order of each world, (draw, world, place), from its key and the players' names."""
        names = np.array([stable_key("order", name) for name in self.players], dtype=np.uint64)
        return np.argsort(counter_uniform(keys[..., None], names), axis=-1, kind="stable")

    def choose(self, keys: Keys) -> Ints:
        """Give the numbers of the sets of each world, (draw, world, set)."""
        order, count = self.draw(keys), len(self.players)
        bits = np.int64(1) << order
        forward, reverse = bits.cumsum(axis=-1), bits[..., ::-1].cumsum(axis=-1)
        alone = np.broadcast_to(np.int64(1) << np.arange(count), order.shape)
        nobody = np.zeros((*order.shape[:-1], 1), dtype=np.int64)
        return np.concatenate([nobody, forward, reverse[..., :-1], alone, (1 << count) - 1 - alone], axis=-1)

    def statistic(self, years: Sequence[float]) -> Statistic:
        """Give the statistic of such worlds: Shapley values, alone, all but one, total; as of `sets_statistic`."""
        count, limits = len(self.players), np.array(years)

        def statistic(paths: Floats, chosen: Ints) -> Floats:
            reached = (paths <= limits).astype(np.float64)  # (draw, world, set, report year)
            nobody, everybody = reached[:, :, :1], reached[:, :, count : count + 1]
            between = reached[:, :, count + 1 : 2 * count]
            forward = np.diff(reached[:, :, : count + 1], axis=2)
            reverse = np.diff(np.concatenate([nobody, between, everybody], axis=2), axis=2)[:, :, ::-1]
            added = (
                np.frexp(np.diff(chosen[:, :, : count + 1], axis=-1))[1].astype(np.int64) - 1
            )  # the player at each place
            share = np.empty_like(forward)
            np.put_along_axis(share, added[..., None], (forward + reverse) / 2.0, axis=2)
            alone = reached[:, :, 2 * count : 3 * count] - nobody
            return np.concatenate([share, alone, everybody - reached[:, :, 3 * count :], everybody - nobody], axis=2)

        return statistic


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


_SHARE = f"Fair part of what all measures together change (Shapley value){MEAN}"
_ALONE = f"Change by this measure alone{MEAN}"
_BUT_ONE = f"Change lost if this measure alone is left out of all{MEAN}"


@table_row
class MeasureShare:
    """What a measure (or area) adds to the package in the probability of a step by the end of a year."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    measure: str = column("Measure (id), or area of measures where there are too many of them.", key=True)
    player: str = column("What the effect is shared among: measure or area.")
    share: float = column(_SHARE, "share")
    share_low: float = column(LOWER, "share")
    share_high: float = column(UPPER, "share")
    share_mc_error: float = column(MC_ERROR, "share")
    alone: float = column(_ALONE, "share")
    alone_low: float = column(LOWER, "share")
    alone_high: float = column(UPPER, "share")
    alone_mc_error: float = column(MC_ERROR, "share")
    but_one: float = column(_BUT_ONE, "share")
    but_one_low: float = column(LOWER, "share")
    but_one_high: float = column(UPPER, "share")
    but_one_mc_error: float = column(MC_ERROR, "share")
    draws: int = column(DRAWS_USED, "count")
    worlds: int = column(WORLDS_EACH, "count")
    basis: Basis = column(LABEL, name="label", written=label_of)


def lay_out_shares(model: Model, bases: Bases, found: Sequence[Attribution]) -> list[MeasureShare]:
    """Lay out share, alone and all but one, by step, measure (or area) and year.

    Parameters
    ----------
    model : Model
    bases : Bases
        Of the model.
    found : sequence of Attribution
        One for each step.

    Returns
    -------
    list of MeasureShare
    """
    rows = []
    for one in found:
        for i, player in enumerate(one.players):
            basis = bases.of_effect(one.step, player.measures)
            for r, year in enumerate(model.report_years):
                numbers: dict[str, float] = {}
                for name, shares in (("share", one.share), ("alone", one.alone), ("but_one", one.but_one)):
                    numbers |= cell(shares, (i, r), name, f"{name}_", f"{name}_mc_error")
                rows.append(
                    MeasureShare(
                        step=model.steps[one.step].id, year=year, measure=player.id, player=player.kind,
                        draws=one.draws, worlds=one.worlds, basis=basis, **numbers,
                    )
                )  # fmt: skip
    return rows


def attribution_table(rows: Iterable[MeasureShare]) -> Table:
    """Share, alone and all but one, by step, year and measure (or area)."""
    return Table.of("shapley", "What each measure adds to the package", MeasureShare, rows, tiny=TINY)


def attribution_values(rows: Iterable[MeasureShare]) -> list[Value]:
    """Give `shapley.<measure>.<step>.<year>` and `all-but-one.<measure>.…`; alone is the effect as published."""
    own = [row for row in rows if row.player == "measure"]
    args = {"step": "step:{step}", "year": "{year}", "measure": "measure:{measure}"}
    end, method = "{measure}.{step}.{year}", "attribution"
    return in_turn(
        quote_shares(own, f"shapley.{end}", "share", "shapley", args, method, ends="share_", unit="points"),
        quote_shares(own, f"all-but-one.{end}", "but_one", "all_but_one", args, method, ends="but_one_", unit="points"),
    )
