"""What of a case's frame was not there on an earlier day: measures, scenarios and steps are passed over, and told.

Facts are left out by their own dates (`Case.as_of`, `left_out`). Here goes what rests on facts: a measure that moves a
state that was no member yet, a scenario that sets its stance, a step that nobody could decide on, a requirement whose
source was published later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from shteg.evidence.records import Sourced
from shteg.evidence.records_case import Effect, Measure, Pathways, Recommendations, Step
from shteg.evidence.records_facts import Requirement
from shteg.evidence.records_model import Scenario

if TYPE_CHECKING:
    from shteg.evidence.case import Case

Kind = Literal[
    "aspirant", "measure", "scenario", "step", "route", "settlement", "requirement", "programme", "population", "wave"
]
Manner = Literal["passed_over", "in_part", "not_yet"]
"""Gone; kept without a part; kept although it did not exist on the day (the aspirant, steps of the frame)."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PassedOver:
    """One thing of the case that was not there on the day, or not all of it; `without` names what was not."""

    kind: Kind
    id: str
    manner: Manner = "passed_over"
    without: tuple[str, ...] = ()


def frame_changes(case: Case, members: Iterable[str], day: date) -> dict[str, object]:
    """Give the parts of a case that rest on what was not there on a day, as they could stand then.

    Parameters
    ----------
    case : Case
        Before anything was taken out.
    members : iterable of str
        The members of that day.
    """
    there = frozenset(members)
    steps = _steps(case.steps, there)
    exists = _existence(there, {step.id for step in steps}, {step.id for step in case.steps})
    recommendations = _recommendations(case.recommendations, exists)
    known = _known_by_source(case, day)
    requirements = tuple(_requirement(one, day) for one in case.requirements if known(one))
    indicators = {one.id for one in requirements}
    return {
        "steps": steps,
        "pathways": _pathways(case.pathways, there, exists),
        "recommendations": recommendations.model_copy(
            update={"measures": tuple(_with_indicators(one, indicators) for one in recommendations.measures)}
        ),
        "scenarios": _scenarios(case.scenarios, {one.id for one in recommendations.measures}, exists),
        "requirements": requirements,
        "programmes": tuple(one for one in case.programmes if known(one)),
        "population": tuple(one for one in case.population if one.reference_year <= day.year and known(one)),
        "waves": tuple(one for one in case.waves if one.design.happened_on.first <= day),
        "designs": tuple(one for one in case.designs if one.happened_on.first <= day),
    }


def list_passed_over(whole: Case, day: date) -> tuple[PassedOver, ...]:
    """List what of the frame `whole.as_of(day)` passes over, has in part, or has although it did not exist yet."""
    seen = whole.as_of(day)
    found = [*_gone(whole, seen), *_parts(whole, seen)]
    for country in whole.countries:
        independent = country.independent_on
        if country.country == whole.header.aspirant and independent is not None and independent.first > day:
            found.append(PassedOver(kind="aspirant", id=country.country, manner="not_yet"))
    found += [
        PassedOver(kind="step", id=step.id, manner="not_yet")
        for step in seen.steps
        if step.existed_from is not None and step.existed_from.first > day
    ]
    return tuple(found)


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


def _pathways(whole: Pathways, members: frozenset[str], exists: Callable[[str], bool]) -> Pathways:
    settlement = whole.settlement
    if settlement is not None:
        settlement = settlement.model_copy(update={"moves": tuple(one for one in settlement.moves if one in members)})
    return whole.model_copy(
        update={
            "settlement": settlement,
            "reversals": {step: rate for step, rate in whole.reversals.items() if exists(f"reversal.{step}")},
            "routes": tuple(one for one in whole.routes if all(exists(f"step.{step}") for step in one.steps)),
        }
    )


def _known_by_source(case: Case, day: date) -> Callable[[Sourced], bool]:
    """Give the test for rows without a date of their own: their source was not surely published later."""
    later = {
        name
        for name, source in case.sources.items()
        if source.published_on is not None and source.published_on.first > day
    }
    return lambda row: row.source not in later


def _requirement(one: Requirement, day: date) -> Requirement:
    """Take back a status and a baseline that are surely of a later day."""
    update: dict[str, object] = {}
    if one.status_on is not None and one.status_on.first > day:
        update |= {"status": "unknown", "status_on": None, "note_en": None, "note_sq": None}
    if one.baseline_on is not None and one.baseline_on.first > day:
        update |= {"baseline": None, "baseline_on": None}
    return one.model_copy(update=update) if update else one


def _gone(whole: Case, seen: Case) -> list[PassedOver]:
    def lost(kind: Kind, before: Iterable[str], after: Iterable[str]) -> list[PassedOver]:
        kept = set(after)
        return [PassedOver(kind=kind, id=name) for name in dict.fromkeys(before) if name not in kept]

    return [
        *lost("step", (s.id for s in whole.steps), (s.id for s in seen.steps)),
        *lost(
            "measure",
            (m.id for m in whole.recommendations.measures),
            (m.id for m in seen.recommendations.measures),
        ),
        *lost("scenario", whole.scenarios, seen.scenarios),
        *lost("route", (r.id for r in whole.pathways.routes), (r.id for r in seen.pathways.routes)),
        *lost("requirement", (r.id for r in whole.requirements), (r.id for r in seen.requirements)),
        *lost("programme", (p.id for p in whole.programmes), (p.id for p in seen.programmes)),
        *lost("population", (p.scheme for p in whole.population), (p.scheme for p in seen.population)),
        *lost("wave", (w.id for w in whole.waves), (w.id for w in seen.waves)),
    ]


def _parts(whole: Case, seen: Case) -> list[PassedOver]:
    found: list[PassedOver] = []

    def less(kind: Kind, name: str, before: Iterable[str], after: Iterable[str]) -> None:
        kept = set(after)
        if without := tuple(one for one in dict.fromkeys(before) if one not in kept):
            found.append(PassedOver(kind=kind, id=name, manner="in_part", without=without))

    steps = {step.id: step for step in seen.steps}
    for step in whole.steps:
        if step.id in steps:
            less("step", step.id, step.sponsors, steps[step.id].sponsors)
    measures = {one.id: one for one in seen.recommendations.measures}
    for measure in whole.recommendations.measures:
        if measure.id in measures:
            kept = [effect.target for effect in measures[measure.id].effects]
            less("measure", measure.id, (effect.target for effect in measure.effects), kept)
    for name, one in whole.scenarios.items():
        if name in seen.scenarios:
            now = seen.scenarios[name]
            kept = [*(measure.id for measure in now.measures), *now.set]
            less("scenario", name, [*(measure.id for measure in one.measures), *one.set], kept)
    if whole.pathways.settlement and seen.pathways.settlement:
        less("settlement", "settlement", whole.pathways.settlement.moves, seen.pathways.settlement.moves)
    return found
