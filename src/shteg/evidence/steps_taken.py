"""Which steps were taken, and when first, by the labels of the ladder's events; which lie ahead and are aimed at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from shteg.evidence.records.case import CaseHeader, Step
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import LadderEvent


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


class Walked(Protocol):
    """The parts of a case that are looked at."""

    @property
    def header(self) -> CaseHeader: ...
    @property
    def steps(self) -> tuple[Step, ...]: ...
    @property
    def ladder(self) -> tuple[LadderEvent, ...]: ...


Day = TypeVar("Day", bound=_Ordered)


def first_dates(
    labels: Mapping[str, Collection[str]], events: Iterable[tuple[str, str, Day]]
) -> dict[tuple[str, str], Day]:
    """Give when each country first took each step: (country, step) by the order of steps, then of events.

    `labels` are those of the ladder that count as having taken a step; `events` are (country, label, date), with dates
    of one kind that has an order.
    """
    happened = list(events)
    first: dict[tuple[str, str], Day] = {}
    for step, counted in labels.items():
        for country, label, date in happened:
            key = (country, step)
            if label in counted and (key not in first or date < first[key]):
                first[key] = date
    return first


def first_taken(case: Walked) -> dict[tuple[str, str], DateInterval]:
    """Give when each country of a case's ladder first took each step: (country, step) → date, in order of the steps."""
    events = ((one.country, one.event, one.happened_on) for one in case.ladder)
    return first_dates({step.id: step.events for step in case.steps}, events)


def steps_taken(case: Walked, country: str | None = None) -> dict[str, DateInterval]:
    """Give the steps that a country (the aspirant, if left out) has taken: id → first date, in the case's order."""
    who = country or case.header.aspirant
    return {step: date for (one, step), date in first_taken(case).items() if one == who}


def steps_ahead(case: Walked) -> tuple[Step, ...]:
    """Give the steps that the aspirant has not taken; all of them once none is left."""
    taken = steps_taken(case)
    return tuple(step for step in case.steps if step.id not in taken) or case.steps


def first_unanimity_step(steps: Sequence[Step]) -> Step:
    """Give the lowest rung above 0 that every member must consent to.

    Where no rung asks for every member, the lowest that members vote on by another rule; without one, the first step
    beside the ladder that every member must consent to, or the first step. Rung 0 holds programmes beside the ladder,
    which a country can join without ever climbing it.
    """
    voted = [step for step in steps if step.rule != "none" and not step.ratified]
    unanimous = [step for step in voted if step.rule == "all"]
    rungs = [step for step in unanimous if step.rung > 0] or [step for step in voted if step.rung > 0]
    return min(rungs or unanimous or list(steps), key=lambda step: step.rung)


def final_step(steps: Sequence[Step]) -> Step:
    """Give the highest rung; of several, the last in the case."""
    return max(reversed(steps), key=lambda step: step.rung)


def target_steps(case: Walked) -> tuple[str, ...]:
    """Name what a forecast aims at: the first step ahead that members decide on, and the last rung, each once."""
    return tuple(dict.fromkeys((first_unanimity_step(steps_ahead(case)).id, final_step(case.steps).id)))
