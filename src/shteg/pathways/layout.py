"""What stays the same: the arrays of a case's steps and members, and what scenarios share with each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date

import numpy as np

from shteg.evidence.case import Case
from shteg.evidence.records_case import Step
from shteg.pathways.model import Model, Scenario
from shteg.pathways.structure import Flags, Floats, Integers, Keys, Plan, Structure
from shteg.pathways.world import DAYS_PER_YEAR
from shteg.randomness import stable_key


def calendar(case: Case) -> tuple[tuple[int, ...], Floats]:
    """Give the calendar years up to the horizon, and the years from the as-of day to the end of each."""
    start = case.header.as_of
    years = range(start.year, start.year + case.pathways.horizon_years + 1)
    times = np.array([((date(year, 12, 31) - start).days + 1) / DAYS_PER_YEAR for year in years])
    return tuple(years), times


def _keys(purpose: str, names: Iterable[str]) -> Keys:
    return np.array([stable_key(purpose, name) for name in names], dtype=np.uint64)


def build_structure(case: Case, order: list[int], years: tuple[int, ...], year_times: Floats) -> Structure:
    """Build the arrays that are the same in every draw and scenario."""
    steps, members = case.steps, [one.member for one in case.members]
    areas = [area.id for area in case.pathways.areas]
    voting = [[s.rule != "none" and (s.rule != "sponsors" or m in s.sponsors) for m in members] for s in steps]
    eligible: Flags = np.array(voting, dtype=np.bool_).reshape(len(steps), len(members))
    electors = eligible.sum(axis=1).astype(np.int64)
    moves = case.pathways.settlement.moves if case.pathways.settlement else ()
    happened = {event.event for event in case.ladder if event.country == case.header.aspirant}
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
        consent_key=_keys("consent", members),
        change_key=_keys("change", members),
        follow_key=_keys("follow", members),
        ratify_key=np.array([_keys(f"ratify\x1f{s.id}", members) for s in steps], dtype=np.uint64),
        procedure_key=_keys("procedure", (s.id for s in steps)),
        area_key=_keys("area", areas),
        shock_key=_keys("shock", (shock.id for shock in case.pathways.shocks)),
    )


def _votes(step: Step, electors: int) -> int:
    """Give how many of the electors must consent."""
    if step.rule == "two_thirds":
        return -(-2 * electors // 3)
    if step.rule == "majority":
        return electors // 2 + 1
    return electors


def make_plan(model: Model) -> Plan:
    """Tell which scenarios share consents, areas and shocks, so that each is drawn once in a world."""
    scenarios = model.scenarios
    consent = _rows([(_moved(model, s, "consent.", "settlement.", "stance."), s.always, s.never) for s in scenarios])
    areas = _rows([_moved(model, s, "area.") for s in scenarios])
    shocks = _rows([_moved(model, s, "shock.") for s in scenarios])
    ratification = _rows([(s.always, s.never) for s in scenarios])
    forced = [[(m in s.always) * 1 - (m in s.never) * 1 for m in model.members] for s in scenarios]
    return Plan(
        compare=np.array([s.compare for s in scenarios], dtype=np.int64),
        consent_row=consent,
        consent_new=_first(consent),
        area_row=areas,
        area_new=_first(areas),
        shock_row=shocks,
        shock_new=_first(shocks),
        ratify_row=ratification,
        forced=np.array(forced, dtype=np.int64).reshape(len(scenarios), len(model.members)),
        any_forced=np.array([bool(s.always or s.never) for s in scenarios], dtype=np.bool_),
    )


def _moved(model: Model, scenario: Scenario, *prefixes: str) -> Hashable:
    """Give what a scenario changes among the parameters with these prefixes: equal means equal numbers."""
    horizon = model.structure.horizon
    measures = tuple(
        (m.id, scenario.start_years(m), scenario.intensity(m))
        for m in model.case.recommendations.measures
        if scenario.acts(m, horizon) and any(e.target.startswith(prefixes) for e in m.effects)
    )
    return measures, tuple(sorted((k, v) for k, v in scenario.overrides.items() if k.startswith(prefixes)))


def _rows(marks: Sequence[Hashable]) -> Integers:
    """Number the different marks in the order in which they come."""
    order = {mark: i for i, mark in enumerate(dict.fromkeys(marks))}
    return np.array([order[mark] for mark in marks], dtype=np.int64)


def _first(rows: Integers) -> Flags:
    """Tell which scenario is the first of its row."""
    return np.array([row not in rows[:i] for i, row in enumerate(rows)], dtype=np.bool_)
