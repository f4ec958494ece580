"""What of a case's frame was not there on an earlier day: measures, scenarios and steps are passed over, and told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

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
