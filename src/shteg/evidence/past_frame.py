"""The frame of a case as it could stand on an earlier day: what rests on facts that were not there yet is taken out.

Facts are left out by their own dates; then what rests on them goes: a measure that moves a state that
was no member yet, a scenario that sets its stance, a step that nobody could decide on, a requirement whose source was
published later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from shteg.evidence.records.base import Source, Sourced
from shteg.evidence.records.case import Effect, Measure, Pathways, Recommendations, Step
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Counts, Record, TakenBack, marked
from shteg.evidence.records.facts import Programme, Requirement
from shteg.evidence.records.model import Scenario
from shteg.evidence.records.surveys import PopulationMargin

R = TypeVar("R", bound=Record)


class Frame(Protocol):
    """The parts of a case that are looked at."""

    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def steps(self) -> tuple[Step, ...]: ...
    @property
    def pathways(self) -> Pathways: ...
    @property
    def recommendations(self) -> Recommendations: ...
    @property
    def scenarios(self) -> Mapping[str, Scenario]: ...
    @property
    def requirements(self) -> tuple[Requirement, ...]: ...
    @property
    def programmes(self) -> tuple[Programme, ...]: ...
    @property
    def population(self) -> tuple[PopulationMargin, ...]: ...


def counted_from(row: Record) -> tuple[str, DateInterval] | None:
    """Give the column and the date from whose last day on a row counts; None of a table whose rows have no such day."""
    for name in ("known_on", *marked(type(row), Counts)):
        when = getattr(row, name, None)
        if isinstance(when, DateInterval):
            return name, when
    return None


def rows_on(rows: Iterable[R], record: type[Record], day: date) -> tuple[R, ...]:
    """Give the rows of a table that counted on a day, without the dates that had not come.

    Parameters
    ----------
    rows : iterable of Record
        All rows.
    record : type
        Their record, which declares what they count from.
    day : date
        An earlier day.

    Returns
    -------
    tuple of Record
        All of a table whose rows have no such date.
    """
    if not marked(record, Counts):
        return tuple(rows)
    found = ((row, counted_from(row)) for row in rows)
    return tuple(taken_back(row, day) for row, since in found if since is not None and since[1].last <= day)


def taken_back(row: R, day: date) -> R:
    """Give a record without those of its dates that had not come on a day."""
    dates = {name: getattr(row, name) for name in marked(type(row), TakenBack)}
    update = {name: None for name, when in dates.items() if when is not None and when.last > day}
    return row.model_copy(update=update) if update else row


def frame_changes(case: Frame, known: Mapping[str, tuple[Any, ...]], day: date) -> dict[str, object]:
    """Give the parts of a case that rest on what was not there on a day, as they could stand then.

    Parameters
    ----------
    case : Frame
        Before anything was taken out.
    known : mapping
        The rows known on that day by table: its `members`, and its `readings`: a requirement that was measured was
        known.
    day : date
        The day.

    Returns
    -------
    dict
        Fields of `Case`.
    """
    there = frozenset(one.member for one in known["members"])
    measured = {one.requirement for one in known["readings"]}
    steps = _steps(case.steps, there)
    exists = _existence(there, {step.id for step in steps}, {step.id for step in case.steps})
    recommendations = _recommendations(case.recommendations, exists)
    sure = _known_by_source(case.sources, day)
    requirements = tuple(_requirement(one, day) for one in case.requirements if sure(one) or one.id in measured)
    indicators = {one.id for one in requirements}
    return {
        "steps": steps,
        "pathways": _pathways(case.pathways, there, exists, day),
        "recommendations": recommendations.model_copy(
            update={"measures": tuple(_with_indicators(one, indicators) for one in recommendations.measures)}
        ),
        "scenarios": _scenarios(case.scenarios, {one.id for one in recommendations.measures}, exists),
        "requirements": requirements,
        "programmes": tuple(one for one in case.programmes if sure(one)),
        "population": tuple(one for one in case.population if one.reference_year <= day.year and sure(one)),
    }


def _existence(members: frozenset[str], steps: set[str], all_steps: set[str]) -> Callable[[str], bool]:
    """Give the test whether the member or the step that a parameter is about was there."""

    def exists(parameter: str) -> bool:
        if parameter.startswith("consent.member."):
            return parameter.removeprefix("consent.member.") in members
        kind, _, rest = parameter.partition(".")
        if kind == "stance":
            return rest in members
        if kind in ("step", "procedure", "reversal"):
            about = {step for step in all_steps if rest == step or rest.startswith(f"{step}.")}
            return not about or bool(about & steps)
        return True

    return exists


def _steps(steps: Sequence[Step], members: frozenset[str]) -> tuple[Step, ...]:
    """Take out sponsors that were no members, and steps that then nobody decides and no record times."""

    def sponsors(step: Step) -> tuple[str, ...]:
        return tuple(one for one in step.sponsors if one in members)

    gone = {step.id: step for step in steps if step.rule == "sponsors" and not sponsors(step) and not step.events}
    if not any(len(sponsors(step)) < len(step.sponsors) for step in steps):
        return tuple(steps)

    def before(names: Iterable[str], seen: frozenset[str] = frozenset()) -> list[str]:
        found: list[str] = []
        for name in names:
            if name in gone and name not in seen:
                found += before(gone[name].prerequisites, seen | {name})
            elif name not in gone:
                found.append(name)
        return list(dict.fromkeys(found))

    return tuple(
        step.model_copy(update={"sponsors": sponsors(step), "prerequisites": tuple(before(step.prerequisites))})
        for step in steps
        if step.id not in gone
    )


def _recommendations(whole: Recommendations, exists: Callable[[str], bool]) -> Recommendations:
    kept = [_measure(one, exists) for one in whole.measures]
    measures = tuple(one for one in kept if one is not None)
    areas, before = {one.area for one in measures}, {one.area for one in whole.measures}
    return whole.model_copy(
        update={
            "measures": measures,
            "areas": tuple(area for area in whole.areas if area.id in areas or area.id not in before),
        }
    )


def _measure(measure: Measure, exists: Callable[[str], bool]) -> Measure | None:
    effects: tuple[Effect, ...] = tuple(one for one in measure.effects if exists(one.target))
    if len(effects) == len(measure.effects):
        return measure
    return measure.model_copy(update={"effects": effects}) if effects else None


def _with_indicators(measure: Measure, known: set[str]) -> Measure:
    indicators = tuple(one for one in measure.indicators if one in known)
    return measure if indicators == measure.indicators else measure.model_copy(update={"indicators": indicators})


def _scenarios(
    whole: Mapping[str, Scenario], measures: set[str], exists: Callable[[str], bool]
) -> Mapping[str, Scenario]:
    found: dict[str, Scenario] = {}
    for name, one in whole.items():
        taken = tuple(measure for measure in one.measures if measure.id in measures)
        fixed = {parameter: value for parameter, value in one.set.items() if exists(parameter)}
        if len(taken) == len(one.measures) and len(fixed) == len(one.set):
            found[name] = one
        elif taken or fixed:
            found[name] = one.model_copy(update={"measures": taken, "set": fixed})
    return found


def _pathways(whole: Pathways, members: frozenset[str], exists: Callable[[str], bool], day: date) -> Pathways:
    settlement = whole.settlement
    if settlement is not None:
        settlement = settlement.model_copy(update={"moves": tuple(one for one in settlement.moves if one in members)})
    return whole.model_copy(
        update={
            "settlement": settlement,
            "areas": tuple(taken_back(one, day) for one in whole.areas),
            "shocks": tuple(taken_back(one, day) for one in whole.shocks),
            "reversals": {step: rate for step, rate in whole.reversals.items() if exists(f"reversal.{step}")},
            "routes": tuple(one for one in whole.routes if all(exists(f"step.{step}") for step in one.steps)),
        }
    )


def _known_by_source(sources: Mapping[str, Source], day: date) -> Callable[[Sourced], bool]:
    """Give the test for rows without a date of their own: their source was not surely published later."""
    later = {
        name for name, source in sources.items() if source.published_on is not None and source.published_on.first > day
    }
    return lambda row: row.source not in later


def _requirement(one: Requirement, day: date) -> Requirement:
    """Take back a status and a baseline that are surely of a later day."""
    update: dict[str, object] = {}
    if one.status_on is not None and one.status_on.first > day:
        update |= {"status": "unknown", "status_on": None, "note": None}
    if one.baseline_on is not None and one.baseline_on.first > day:
        update |= {"baseline": None, "baseline_on": None}
    return one.model_copy(update=update) if update else one
