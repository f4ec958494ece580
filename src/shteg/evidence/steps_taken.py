"""Which steps were taken, and when first: by the labels of the ladder's events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
    """Give when each country first took each step.

    Parameters
    ----------
    labels : mapping
        Step → labels of the ladder that count as having taken it, in the order of the steps.
    events : iterable of (country, label, date)
        The events of the ladder; dates of one kind that has an order.

    Returns
    -------
    dict
        (country, step) → first date, by the order of the steps, then by that of the events.
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
