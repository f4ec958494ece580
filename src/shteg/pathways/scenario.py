"""From a case and the draws of the stages before to arrays: scenarios of measures, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from shteg.estimates import Draws, StageResult
from shteg.evidence.case import Case
from shteg.evidence.records_case import Effect, Measure, Step
from shteg.pathways import checks
from shteg.pathways.parameters import (
    NamedParameter,
    clip_to_domain,
    draw_effect,
    draw_parameters,
    name_parameters,
)
from shteg.pathways.structure import Flags, Floats, Keys, Parameters, Plan, Structure
from shteg.pathways.world import DAYS_PER_YEAR, LOG_2
from shteg.randomness import stable_key

LARGEST_ETA = 300.0
"""Beyond this a consent is certain or impossible in double precision; the bound keeps exp() finite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A set of measures that are taken, and the scenario (by number) with which it is compared."""

    name: str
    measures: frozenset[str]
    compare: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A case as the simulation sees it: arrays that stay, and recipes for those that change by draw."""

    case: Case
    structure: Structure
    named: Mapping[str, NamedParameter]
    scenarios: tuple[Scenario, ...]
    years: tuple[int, ...]
    theta: Draws | None
    log_rate: Draws
    ratify_mean: Draws | None
    ratify_sd: Draws | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in the order of the case."""
        return self.case.steps

    @property
    def members(self) -> tuple[str, ...]:
        """The codes of the members, in the order of the case."""
        return tuple(one.member for one in self.case.members)

    @property
    def report_years(self) -> tuple[int, ...]:
        """The calendar years that are reported, in order."""
        return tuple(sorted(set(self.case.pathways.report_years)))


def build_model(
    case: Case, stance: StageResult, accession: StageResult, measures: Iterable[str], *, effects: bool = True
) -> Model:
    """Check a case and the draws handed over, and resolve them into a model.

    Parameters
    ----------
    measures : ids
        The measures that the first scenario takes.
    effects : bool
        Add one scenario per measure (with it against without it) and, last, all measures against none.

    Raises
    ------
    UsageError
        A measure is unknown.
    ModelError
        Anything in the model is contradictory or out of range: all findings at once.
    """
    checks.check_chosen(measures := frozenset(measures), case.recommendations.measures)
    named = name_parameters(case.pathways)
    order, findings = checks.order_steps(case.steps)
    log_rate = accession.draws.get("log_rate")
    findings += checks.check_years(case)
    findings += checks.check_steps(case, log_rate.units if log_rate else ())
    findings += checks.check_parameters(named)
    findings += checks.check_measures(case, named)
    members = [one.member for one in case.members]
    findings += checks.check_draws(case, accession, "log_rate", ())
    if any(step.rule != "none" and not step.ratified for step in case.steps):
        findings += checks.check_draws(case, stance, "theta", members)
    if any(step.ratified for step in case.steps):
        findings += checks.check_draws(case, accession, "ratification_log_days", members)
        findings += checks.check_draws(case, accession, "ratification_sd", ())
    checks.raise_findings(findings)
    if log_rate is None:
        raise AssertionError("check_draws has told that log_rate is missing")
    years, year_times = _calendar(case)
    return Model(
        case=case,
        structure=_build_structure(case, order, years, year_times),
        named=named,
        scenarios=_list_scenarios(measures, case.recommendations.measures if effects else ()),
        years=years,
        theta=stance.draws.get("theta"),
        log_rate=log_rate,
        ratify_mean=accession.draws.get("ratification_log_days"),
        ratify_sd=accession.draws.get("ratification_sd"),
    )


def _list_scenarios(chosen: frozenset[str], measures: Iterable[Measure]) -> tuple[Scenario, ...]:
    every = [measure.id for measure in measures]
    found = [Scenario(name="main", measures=chosen)]
    found += [Scenario(name=name, measures=chosen ^ {name}) for name in every]
    if every:
        none = 0
        if chosen:
            none = len(found)
            found.append(Scenario(name="none", measures=frozenset()))
        found.append(Scenario(name="all", measures=frozenset(every), compare=none))
    return tuple(found)


def _calendar(case: Case) -> tuple[tuple[int, ...], Floats]:
    """Give the calendar years up to the horizon, and the years from the as-of day to the end of each."""
    start = case.header.as_of
    years = range(start.year, start.year + case.pathways.horizon_years + 1)
    times = np.array([((date(year, 12, 31) - start).days + 1) / DAYS_PER_YEAR for year in years])
    return tuple(years), times


def _build_structure(case: Case, order: list[int], years: tuple[int, ...], year_times: Floats) -> Structure:
    steps, members = case.steps, [one.member for one in case.members]
    areas = [area.id for area in case.pathways.areas]
    voting = [[s.rule != "none" and (s.rule != "sponsors" or m in s.sponsors) for m in members] for s in steps]
    eligible: Flags = np.array(voting, dtype=np.bool_).reshape(len(steps), len(members))
    electors = eligible.sum(axis=1).astype(np.int64)
    moves = case.pathways.settlement.moves if case.pathways.settlement else ()
    happened = {event.event for event in case.ladder if event.country == case.header.aspirant}

    def keys(purpose: str, names: Iterable[str]) -> Keys:
        return np.array([stable_key(purpose, name) for name in names], dtype=np.uint64)

    return Structure(
        step_order=np.array(order, dtype=np.int64),
        prerequisite=np.array([[t.id in s.prerequisites for t in steps] for s in steps], dtype=np.bool_),
        eligible=eligible,
        electors=electors,
        votes=np.array([_votes(s, int(n)) for s, n in zip(steps, electors, strict=True)], dtype=np.int64),
        ratified=np.array([s.ratified for s in steps], dtype=np.bool_),
        reached=np.array([bool(happened & set(s.events)) for s in steps], dtype=np.bool_),
        needs_area=np.array([[a in s.requirement_areas for a in areas] for s in steps], dtype=np.bool_).reshape(
            len(steps), len(areas)
        ),
        moves=np.array([m in moves for m in members], dtype=np.bool_),
        horizon=float(year_times[-1]),
        year_times=year_times,
        report_index=np.array([years.index(y) for y in sorted(set(case.pathways.report_years))], dtype=np.int64),
        factor_key=stable_key("common factor"),
        settlement_key=stable_key("settlement"),
        consent_key=keys("consent", members),
        change_key=keys("change", members),
        follow_key=keys("follow", members),
        ratify_key=np.array([keys(f"ratify\x1f{s.id}", members) for s in steps], dtype=np.uint64),
        procedure_key=keys("procedure", (s.id for s in steps)),
        area_key=keys("area", areas),
        shock_key=keys("shock", (shock.id for shock in case.pathways.shocks)),
    )


def _votes(step: Step, electors: int) -> int:
    """Give how many of the electors must consent."""
    if step.rule == "two_thirds":
        return -(-2 * electors // 3)
    if step.rule == "majority":
        return electors // 2 + 1
    return electors


def make_plan(model: Model) -> Plan:
    """Tell which scenarios share consents, areas and shocks with the first one."""
    targets = {m.id: {e.target for e in m.effects} for m in model.case.recommendations.measures}
    first = model.scenarios[0].measures

    def same(*prefixes: str) -> Flags:
        return np.array(
            [
                not any(target.startswith(prefixes) for name in first ^ s.measures for target in targets[name])
                for s in model.scenarios
            ],
            dtype=np.bool_,
        )

    return Plan(
        compare=np.array([s.compare for s in model.scenarios], dtype=np.int64),
        same_consent=same("consent.", "settlement."),
        same_areas=same("area."),
        same_shocks=same("shock."),
    )


class _Mover:
    """Applies the measures of every scenario and epoch to parameters of a range of draws."""

    def __init__(self, model: Model, first: int, stop: int) -> None:
        self.count = stop - first
        by_id = {measure.id: measure for measure in model.case.recommendations.measures}
        horizon = model.structure.horizon
        self.starts = [
            sorted({0.0} | {by_id[m].start_years for m in s.measures if by_id[m].start_years < horizon})
            for s in model.scenarios
        ]
        self.most = max(len(starts) for starts in self.starts)
        seed = model.case.header.seed
        self.moves: dict[str, list[tuple[str, float, Effect, Floats]]] = {}
        for measure in model.case.recommendations.measures:
            for effect in measure.effects:
                sizes = draw_effect(measure.id, effect, seed, first, stop)
                self.moves.setdefault(effect.target, []).append((measure.id, measure.start_years, effect, sizes))
        self.chosen = [s.measures for s in model.scenarios]

    def epoch_starts(self) -> Floats:
        """(s, e): unused epochs begin at infinity."""
        return np.array([starts + [np.inf] * (self.most - len(starts)) for starts in self.starts])

    def move(self, target: str, base: Floats, *, log: bool = False) -> Floats:
        """Give (d, s, e) values of one parameter: factors first, then sums, so that their order does not matter."""
        values = np.empty((self.count, len(self.chosen), self.most))
        values[...] = base[:, None, None]
        for measure, begins, effect, sizes in self.moves.get(target, ()):
            if effect.operation == "multiply":
                self._apply(values, measure, begins, np.log(sizes) if log else sizes, add=log)
        for measure, begins, effect, sizes in self.moves.get(target, ()):
            if effect.operation == "add":
                self._apply(values, measure, begins, sizes, add=True)
        return values

    def _apply(self, values: Floats, measure: str, begins: float, sizes: Floats, *, add: bool) -> None:
        for s, (chosen, starts) in enumerate(zip(self.chosen, self.starts, strict=True)):
            if measure not in chosen or begins not in starts:
                continue
            at = starts.index(begins)
            if add:
                values[:, s, at:] += sizes[:, None]
            else:
                values[:, s, at:] *= sizes[:, None]


def build_parameters(model: Model, first: int, stop: int) -> Parameters:
    """Build the parameter arrays of the posterior draws `first` to `stop` (half open)."""
    mover = _Mover(model, first, stop)
    drawn = draw_parameters(model.named, model.case.header.seed, first, stop)

    def moved(name: str) -> Floats:
        if name not in drawn:
            return np.zeros((stop - first, len(model.scenarios), mover.most))
        return clip_to_domain(mover.move(name, drawn[name]), model.named[name].domain)

    pathways, rows = model.case.pathways, slice(first, stop)
    statehood = moved("consent.statehood")[..., None]
    content = np.array([step.statehood_content for step in model.steps])
    zero = np.zeros(stop - first)
    shifts = [mover.move(f"consent.member.{member}", zero) for member in model.members]
    eta = moved("consent.intercept")[..., None] + np.stack(shifts, axis=-1) if shifts else statehood[..., :0]
    if model.theta is not None and shifts:
        eta = eta + moved("consent.slope")[..., None] * _columns(model.theta, model.members, rows)[:, None, None, :]
    areas, shocks = [area.id for area in pathways.areas], [shock.id for shock in pathways.shocks]
    shape = (stop - first, len(model.scenarios), mover.most)
    return Parameters(
        epochs=np.array([len(starts) for starts in mover.starts], dtype=np.int64),
        starts=mover.epoch_starts(),
        doubt=np.exp(-np.clip(eta, -LARGEST_ETA, LARGEST_ETA)),
        weight=np.exp(np.clip(statehood * content, -LARGEST_ETA, LARGEST_ETA)),
        common=moved("consent.common_factor"),
        keep=1.0 - moved("consent.defection"),
        change=moved("consent.change_rate"),
        settle=moved("settlement.rate"),
        follow=moved("settlement.follow"),
        pace=_stack([1.0 / moved(f"area.{name}.median_years") for name in areas], shape),
        shape=_stack([drawn[f"area.{name}.shape"] for name in areas], shape[:1]),
        hazard=_stack([_hazard(model, step, mover, drawn, rows) for step in model.steps], shape),
        shock_rate=_stack([moved(f"shock.{name}.rate") for name in shocks], shape),
        shock_years=_stack([drawn[f"shock.{name}.duration_years"] for name in shocks], shape[:1]),
        shock_effect=_stack([drawn[f"shock.{name}.effect"] for name in shocks], shape[:1]),
        ratify_mean=_columns(model.ratify_mean, model.members, rows)
        if model.ratify_mean
        else np.zeros((stop - first, len(model.members))),
        ratify_sd=np.ascontiguousarray(model.ratify_sd.values[rows, 0]) if model.ratify_sd else zero,
    )


def _stack(arrays: list[Floats], shape: tuple[int, ...]) -> Floats:
    return np.ascontiguousarray(np.stack(arrays, axis=-1)) if arrays else np.zeros((*shape, 0))


def _columns(draws: Draws, units: Iterable[str], rows: slice) -> Floats:
    return np.ascontiguousarray(draws.values[rows][:, [draws.units.index(unit) for unit in units]])


def rate_source(model: Model, step: Step) -> str:
    """Name what gives the procedure time of a step: `procedure.…` or `log_rate.…`."""
    for name in (step.id, step.fitted_from):
        if name and f"procedure.{name}.median_years" in model.named:
            return f"procedure.{name}.median_years"
        if name and name in model.log_rate.units:
            return f"log_rate.{name}"
    raise AssertionError(f"check_steps has told that step {step.id} has no procedure time")


def _hazard(model: Model, step: Step, mover: _Mover, drawn: Mapping[str, Floats], rows: slice) -> Floats:
    if step.ratified:
        return np.zeros((mover.count, len(model.scenarios), mover.most))
    source = rate_source(model, step)
    if source.startswith("procedure."):
        base = np.log(LOG_2 / drawn[source])
    else:
        base = model.log_rate.values[rows, model.log_rate.units.index(source.removeprefix("log_rate."))]
    return np.exp(np.clip(mover.move(f"step.{step.id}.log_rate", base, log=True), -LARGEST_ETA, LARGEST_ETA))
