"""From parameters to arrays: what each draw, scenario and epoch works with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from shteg.estimates import Draws
from shteg.evidence.records.case import Effect, Step
from shteg.pathways.engine.world import LOG_2
from shteg.pathways.model.arrays import Floats, Integers, Parameters, Plan
from shteg.pathways.model.model import Model, cut_points, rate_source
from shteg.pathways.model.parameters import clip_to_domain, draw_effect, draw_parameters

WITHOUT_EPOCHS = ("shape", "area_done", "shock_years", "shock_effect", "on_share")
LARGEST_ETA = 300.0
"""Beyond this a consent is certain or impossible in double precision; the bound keeps exp() finite."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """When what acts: the starts of the epochs of each scenario, and by measure where it acts.

    `acts` lists, for each measure, the scenarios (by number), the epoch it begins in and its intensity.
    """

    starts: list[list[float]]
    acts: dict[str, list[tuple[int, int, float]]]

    def take(self, scenarios: Sequence[int]) -> Timetable:
        """Give that of some scenarios, numbered anew."""
        place = {s: i for i, s in enumerate(scenarios)}
        acts = {name: [(place[s], at, much) for s, at, much in one if s in place] for name, one in self.acts.items()}
        return Timetable([self.starts[s] for s in scenarios], acts)


@lru_cache(maxsize=4)
def draw_up(model: Model) -> Timetable:
    """Draw up the timetable of a model; chunks of its draws share it."""
    measures, horizon = model.case.recommendations.measures, model.structure.horizon
    starts = [sorted({0.0} | {s.start_years(m) for m in measures if s.acts(m, horizon)}) for s in model.scenarios]
    acts = {
        measure.id: [
            (s, starts[s].index(one.start_years(measure)), one.intensity(measure))
            for s, one in enumerate(model.scenarios)
            if one.acts(measure, horizon)
        ]
        for measure in measures
    }
    return Timetable(starts, acts)


class Mover:
    """Values of parameters in every scenario and epoch of a range of draws: fixed where told, moved by measures."""

    def __init__(self, model: Model, first: int, stop: int, table: Timetable | None = None) -> None:
        self.model, self.rows, self.count = model, slice(first, stop), stop - first
        self.table = table or draw_up(model)
        seed = model.case.header.seed
        self.drawn = draw_parameters(model.named, seed, first, stop)
        self.starts = self.table.starts
        self.most = max(len(starts) for starts in self.starts)
        # per target: the effect, its sizes by draw, and by scenario the epoch it begins in and its intensity
        self.moves: dict[str, list[tuple[Effect, Floats, list[tuple[int, int, float]]]]] = {}
        for measure in model.case.recommendations.measures:
            where = self.table.acts[measure.id]
            for effect in measure.effects if where else ():
                sizes = draw_effect(measure.id, effect, seed, first, stop)
                self.moves.setdefault(effect.target, []).append((effect, sizes, where))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Draws, scenarios, epochs."""
        return self.count, len(self.starts), self.most

    def epoch_starts(self) -> Floats:
        """(s, e): unused epochs begin at infinity."""
        return np.array([starts + [np.inf] * (self.most - len(starts)) for starts in self.starts])

    def base(self, name: str, drawn: Floats | None = None) -> Floats:
        """Give (d, s) values before measures: as drawn, or as the scenario fixes them."""
        column = self.drawn[name] if drawn is None else drawn
        values = np.repeat(column[:, None], len(self.starts), axis=1)
        for s, one in enumerate(self.model.scenarios):
            if name in one.overrides:
                values[:, s] = one.overrides[name]
        return values

    def named(self, name: str) -> Floats:
        """Give (d, s, e) values of a parameter of the case; zeros where the case does not have it."""
        if name not in self.drawn:
            return np.zeros(self.shape)
        return clip_to_domain(self.move(name, self.base(name)), self.model.named[name].domain)

    def move(self, target: str, base: Floats, *, log: bool = False) -> Floats:
        """Give (d, s, e) values of one parameter: factors first, then sums, so that their order does not matter.

        Parameters
        ----------
        target : str
            Dotted name of the parameter.
        base : (d, s) float
            Its value without measures.
        log : bool
            The value is a logarithm: factors are added to it as logarithms.

        Returns
        -------
        (d, s, e) float
        """
        values = np.repeat(base[:, :, None], self.most, axis=2)
        for operation in ("multiply", "add"):
            for effect, sizes, where in self.moves.get(target, ()):
                if effect.operation != operation:
                    continue
                for s, at, intensity in where:
                    if operation == "add":
                        values[:, s, at:] += (sizes * intensity)[:, None]
                    elif log:
                        values[:, s, at:] += (np.log(sizes) * intensity)[:, None]
                    else:
                        values[:, s, at:] *= (sizes if intensity == 1.0 else sizes**intensity)[:, None]
        return values


def build_parameters(model: Model, first: int, stop: int, plan: Plan | None = None) -> Parameters:
    """Build the parameter arrays of the posterior draws `first` to `stop` (half open).

    Parameters
    ----------
    model : Model
    first, stop : int
        Numbers of posterior draws; `stop` is not among them.
    plan : Plan, optional
        What scenarios share: what others take from a scenario then stands at its place only, zeros elsewhere.

    Returns
    -------
    Parameters
        With stop − first draws.
    """
    mover = Mover(model, first, stop)
    rows = mover.rows
    shared = (
        (_of_consents, plan.consent_from if plan else None),
        (_of_areas, plan.area_from if plan else None),
        (_of_shocks, plan.shock_from if plan else None),
        (_of_episodes, plan.episode_from if plan else None),
    )
    found: dict[str, Floats] = {}
    for build, origin in shared:
        found |= build(mover) if origin is None else _spread(mover, build, origin)
    return Parameters(
        epochs=np.array([len(starts) for starts in mover.starts], dtype=np.int64),
        starts=mover.epoch_starts(),
        **found,
        hazard=_stack([_hazard(model, step, mover) for step in model.steps], mover.shape),
        ratify_mean=columns(model.ratify_mean, model.members, rows)
        if model.ratify_mean
        else np.zeros((stop - first, len(model.members))),
        ratify_sd=np.ascontiguousarray(model.ratify_sd.values[rows, 0]) if model.ratify_sd else np.zeros(stop - first),
        hold_share=_hold_shares(model, rows),
        hold_mean=_hold(model, "log_extra_days", rows),
        hold_sd=_hold(model, "sd", rows),
        cut_factor=_cut_factors(model, rows),
        lapse=_stack([mover.named(f"reversal.{step.id}") for step in model.steps], mover.shape),
    )


def _spread(mover: Mover, build: Callable[[Mover], dict[str, Floats]], origin: Integers) -> dict[str, Floats]:
    """Build parameters for the scenarios that others take them from, and put them at their places among all."""
    firsts = np.unique(origin)
    scenarios = tuple(mover.model.scenarios[s] for s in firsts)
    model, rows = replace(mover.model, scenarios=scenarios), mover.rows
    few = Mover(model, rows.start, rows.stop, mover.table.take(firsts.tolist()))
    draws, count, most = mover.shape
    found = {}
    for name, part in build(few).items():
        by_epoch = name not in WITHOUT_EPOCHS
        axes = (draws, count, most, *part.shape[3:]) if by_epoch else (draws, count, *part.shape[2:])
        found[name] = np.zeros(axes)
        if by_epoch:
            found[name][:, firsts, : part.shape[2]] = part
        else:
            found[name][:, firsts] = part
    return found


def _of_consents(mover: Mover) -> dict[str, Floats]:
    content = np.array([step.statehood_content for step in mover.model.steps])
    weight = mover.named("consent.statehood")[..., None] * content
    return {
        "doubt": np.exp(-np.clip(_readiness(mover.model, mover), -LARGEST_ETA, LARGEST_ETA)),
        "weight": np.exp(np.clip(weight, -LARGEST_ETA, LARGEST_ETA)),
        "common": mover.named("consent.common_factor"),
        "keep": 1.0 - mover.named("consent.defection"),
        "change": mover.named("consent.change_rate"),
        "settle": mover.named("settlement.rate"),
        "follow": mover.named("settlement.follow"),
    }


def _of_areas(mover: Mover) -> dict[str, Floats]:
    areas, elapsed = [area.id for area in mover.model.case.pathways.areas], mover.model.structure.area_elapsed
    medians = [f"area.{name}.median_years" for name in areas]
    return {
        "pace": _stack([1.0 / mover.named(median) for median in medians], mover.shape),
        "shape": _stack([mover.base(f"area.{name}.shape") for name in areas], mover.shape[:2]),
        "area_done": _stack([elapsed[a] / mover.base(median) for a, median in enumerate(medians)], mover.shape[:2]),
    }


def _of_shocks(mover: Mover) -> dict[str, Floats]:
    shocks = [shock.id for shock in mover.model.case.pathways.shocks]
    return {
        "shock_rate": _stack([mover.named(f"shock.{name}.rate") for name in shocks], mover.shape),
        "shock_years": _stack([mover.base(f"shock.{name}.duration_years") for name in shocks], mover.shape[:2]),
        "shock_effect": _stack([mover.base(f"shock.{name}.effect") for name in shocks], mover.shape[:2]),
    }


def _hold(model: Model, unit: str, rows: slice) -> Floats:
    if model.ratify_hold is None:
        return np.zeros(rows.stop - rows.start)
    return columns(model.ratify_hold, [unit], rows)[:, 0]


def _hold_shares(model: Model, rows: slice) -> Floats:
    """Give (d, j) the probability that a member holds out: its own where there is one."""
    if model.ratify_hold is None:
        return np.zeros((rows.stop - rows.start, len(model.members)))
    own = [f"share|{member}" for member in model.members]
    return columns(model.ratify_hold, [u if u in model.ratify_hold.units else "share" for u in own], rows)


def _cut_factors(model: Model, rows: slice) -> Floats:
    """Give (d, k, c) what the hazard of a step is multiplied by from each cut on."""
    factors = np.ones((rows.stop - rows.start, *model.structure.cut_years.shape))
    for k, step in enumerate(model.steps):
        for c, (_, column) in enumerate(cut_points(model, step)):
            if model.duration is not None:
                factors[:, k, c] = np.exp(np.clip(model.duration.values[rows, column], -LARGEST_ETA, LARGEST_ETA))
    return factors


def _of_episodes(mover: Mover) -> dict[str, Floats]:
    """Give the yearly rates of episodes: of each member blocking and, in the last column, of the aspirant withdrawing.

    Where objections were estimated, each member has its own rates, and objects on the first day if it openly does.
    Otherwise its rate is that of stance 0 times exp(stance * theta), and members begin in the stationary law of the
    rates before any measure. The aspirant begins by seeking.
    """
    model = mover.model
    shape, size = mover.shape, len(model.members) + 1
    onset, release = np.zeros((*shape, size)), np.zeros((*shape, size))
    on_share = np.zeros((*shape[:2], size))
    if model.structure.vetoes and model.objections is not None:
        found = model.objections
        for j in range(len(model.members)):
            for name, log_rates, rates in (("onset", found.onset, onset), ("end", found.end, release)):
                full = f"consent.episodes.{name}"
                base = mover.base(full, np.exp(np.clip(log_rates[mover.rows, j], -LARGEST_ETA, LARGEST_ETA)))
                rates[..., j] = np.maximum(mover.move(full, base), 0.0)
        on_share[..., :-1] = found.begun
    elif model.structure.vetoes:
        lift = np.exp(np.clip(mover.base("consent.episodes.stance")[..., None] * _theta(model, mover), -30.0, 30.0))
        moved = np.exp(
            np.clip(mover.named("consent.episodes.stance")[..., None] * _theta(model, mover)[:, :, None], -30.0, 30.0)
        )
        first, end = (_episode_base(model, mover, name) for name in ("onset", "end"))
        onset[..., :-1] = np.maximum(mover.move("consent.episodes.onset", first), 0.0)[..., None] * moved
        release[..., :-1] = np.maximum(mover.move("consent.episodes.end", end), 0.0)[..., None]
        begin = first[..., None] * lift
        total = begin + end[..., None]
        on_share[..., :-1] = np.where(total > 0.0, begin / np.where(total > 0.0, total, 1.0), 0.0)
    if model.structure.withdraws:
        onset[..., -1], release[..., -1] = mover.named("withdrawal.rate"), mover.named("withdrawal.return_rate")
    return {"onset": onset, "release": release, "on_share": on_share}


def _episode_base(model: Model, mover: Mover, name: str) -> Floats:
    """Give (d, s) the rate of the case, or, where it leaves it out, that of the blocks on record."""
    full = f"consent.episodes.{name}"
    if full in mover.drawn:
        return mover.base(full)
    if model.veto is None:
        raise AssertionError(f"check_episodes has told that nothing gives {full}")
    return mover.base(full, np.exp(columns(model.veto, [name], mover.rows)[:, 0]))


def _theta(model: Model, mover: Mover) -> Floats:
    """Give the stances, (d, s, j): as estimated, or as a scenario fixes them."""
    if model.theta is None:
        return np.zeros((*mover.shape[:2], len(model.members)))
    drawn = columns(model.theta, model.members, mover.rows)
    return np.stack([mover.base(f"stance.{m}", drawn[:, j]) for j, m in enumerate(model.members)], axis=-1)


def _readiness(model: Model, mover: Mover) -> Floats:
    """Give (d, s, e, j) the logits of consent to a step that says nothing about statehood."""
    if not model.members:
        return np.zeros((*mover.shape, 0))
    zero = np.zeros(mover.shape[:2])
    shifts = [mover.move(f"consent.member.{member}", zero) for member in model.members]
    eta = mover.named("consent.intercept")[..., None] + np.stack(shifts, axis=-1)
    if model.theta is not None:
        eta = eta + mover.named("consent.slope")[..., None] * _theta(model, mover)[:, :, None, :]
    return eta


def _hazard(model: Model, step: Step, mover: Mover) -> Floats:
    """Give (d, s, e) the yearly rate of the procedure of a step."""
    if step.ratified:
        return np.zeros(mover.shape)
    source, target = rate_source(model, step), f"step.{step.id}.log_rate"
    if source.startswith("procedure."):
        base = np.log(LOG_2 / mover.base(source))
        for s, one in enumerate(model.scenarios):
            base[:, s] = one.overrides.get(target, base[:, s])
    else:
        unit = model.log_rate.units.index(source.removeprefix("log_rate."))
        base = mover.base(target, model.log_rate.values[mover.rows, unit])
    return np.exp(np.clip(mover.move(target, base, log=True), -LARGEST_ETA, LARGEST_ETA))


def _stack(arrays: list[Floats], shape: tuple[int, ...]) -> Floats:
    return np.ascontiguousarray(np.stack(arrays, axis=-1)) if arrays else np.zeros((*shape, 0))


def columns(draws: Draws, units: Iterable[str], rows: slice) -> Floats:
    """Give some units of a range of draws, (d, unit).

    Parameters
    ----------
    draws : Draws
    units : iterable of str
        Which of its units, in the order wanted.
    rows : slice
        Which draws.

    Returns
    -------
    (d, unit) float
        Contiguous.
    """
    return np.ascontiguousarray(draws.values[rows][:, [draws.units.index(unit) for unit in units]])
