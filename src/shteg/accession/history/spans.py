"""When a country held a step, and when a step was open to it: spans of time with skips and returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shteg.accession.history.once import once
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import LadderEvent
from shteg.evidence.records.model import ComparisonStep

DEPARTURES = ("withdrawal", "suspension")
"""Labels of events after which a step counts as left, if the country later took the same step again."""

EVER = DateInterval.of(date(1, 1, 1))
"""A start so early that it never matters."""

AnyStep = Step | ComparisonStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From `start` to `stop` (None: to the end of what is known); both ends may be imprecise."""

    start: DateInterval
    stop: DateInterval | None = None

    def covers(self, day: date) -> bool:
        """Tell whether a day lies in it, the last one left out (middle days)."""
        return self.start.middle <= day and (self.stop is None or day < self.stop.middle)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """One country on one ladder: which steps there are, and what happened, in order of time."""

    steps: tuple[AnyStep, ...]
    events: tuple[LadderEvent, ...]
    ratified: dict[str, DateInterval]
    independent_on: DateInterval | None

    def held(self, step: AnyStep) -> tuple[Span, ...]:
        """Give the spans in which the country had the step, the last one open.

        A step is left on the first `withdrawal` or `suspension` after which it was taken again; without such a return
        on record it was never left.
        """
        if step.id in self.ratified:
            return (Span(start=self.ratified[step.id]),)
        taken = [event.happened_on for event in self.events if event.event in step.events]
        gone = [event.happened_on for event in self.events if event.event in DEPARTURES]
        spans: list[Span] = []
        for day in taken:
            if not spans:
                spans.append(Span(start=day))
                continue
            left = [one for one in gone if spans[-1].start.middle <= one.middle < day.middle]
            if left:
                spans[-1] = Span(start=spans[-1].start, stop=left[0])
                spans.append(Span(start=day))
        return tuple(spans)

    def met(self, name: str) -> tuple[Span, ...]:
        """Give the spans in which nothing more was to be done about a prerequisite.

        It was held; or it did not exist yet, and its own prerequisites were met; or nothing records it, and its own
        prerequisites were met.
        """
        step = next((one for one in self.steps if one.id == name), None)
        if step is None:
            return (Span(start=EVER),)
        before = self.all_met(step.prerequisites)
        if not step.events and not getattr(step, "ratified", False):
            return before
        early: tuple[Span, ...] = ()
        if step.existed_from is not None and step.prerequisites:
            early = intersect(before, (Span(start=EVER, stop=step.existed_from),))
        return unite((*early, *self.held(step)))

    def all_met(self, names: Iterable[str]) -> tuple[Span, ...]:
        """Give the spans in which all these prerequisites were met."""
        spans: tuple[Span, ...] = (Span(start=EVER),)
        for name in names:
            spans = intersect(spans, self.met(name))
        return spans

    def open(self, step: AnyStep, prerequisites: Iterable[str] | None = None) -> tuple[Span, ...]:
        """Give the spans in which the country could take the step, whether it sought to or not.

        It is independent, the step exists, its prerequisites are met (or those given instead), and the country neither
        has the step nor has passed it over by taking a higher one.
        """
        starts = [one for one in (self.independent_on, step.existed_from) if one is not None]
        spans: tuple[Span, ...] = tuple(Span(start=one) for one in starts) or (Span(start=EVER),)
        if len(spans) == 2:
            spans = intersect(spans[:1], spans[1:])
        spans = intersect(spans, self.all_met(step.prerequisites if prerequisites is None else prerequisites))
        return subtract(spans, self.held(step))

    def passed_over_on(self, step: AnyStep) -> DateInterval | None:
        """Give when the country took a step of a higher rung without ever taking this one."""
        if not isinstance(step, Step) or self.held(step):
            return None
        higher = [one for one in self.steps if isinstance(one, Step) and one.events and one.rung > step.rung]
        dates = [span.start for one in higher for span in self.held(one)]
        return min(dates, key=lambda one: one.middle) if dates else None


@once
def country_path(case: Case, country: str) -> Path:
    """Give the path of a country on the ladder of the case."""
    path = Path(
        steps=case.steps, events=_sorted(case.ladder, country), ratified={}, independent_on=independence(case, country)
    )
    ratified = {step.id: _last_ratification(case, path, step, country) for step in case.steps if step.ratified}
    known = {name: day for name, day in ratified.items() if day is not None}
    return Path(steps=path.steps, events=path.events, ratified=known, independent_on=path.independent_on)


def comparison_path(case: Case, organisation: str, country: str) -> Path:
    """Give the path of a country on the ladder of another organisation.

    Parameters
    ----------
    case : Case
        With its tables of comparisons.
    organisation : str
        Id of the other organisation.
    country : str
        ISO 3166-1 alpha-3.

    Returns
    -------
    Path
    """
    steps = tuple(step for step in case.comparison_steps if step.organisation == organisation)
    labels = {label for step in steps for label in step.events} | set(DEPARTURES)
    events = tuple(event for event in _sorted(case.comparison_events, country) if event.event in labels)
    return Path(steps=steps, events=events, ratified={}, independent_on=independence(case, country))


def independence(case: Case, country: str) -> DateInterval | None:
    """Give when a country became independent, None if the case does not say or it always was."""
    return next((one.independent_on for one in case.countries if one.country == country), None)


def _sorted(events: Iterable[LadderEvent], country: str) -> tuple[LadderEvent, ...]:
    own = [event for event in events if event.country == country]
    return tuple(sorted(own, key=lambda one: (one.happened_on.middle, one.happened_on, one.event)))


def _last_ratification(case: Case, path: Path, step: Step, country: str) -> DateInterval | None:
    if step.events:
        return None
    higher = [one for one in case.steps if one.rung > step.rung]
    if not any(path.held(one) for one in higher):
        return None
    days = [one.happened_on for one in case.ratifications if one.candidate == country]
    return max(days, key=lambda one: (one.middle, one.last)) if days else None


def intersect(first: Sequence[Span], second: Sequence[Span]) -> tuple[Span, ...]:
    """Give the spans that lie in both."""
    found = []
    for one in first:
        for other in second:
            start = later(one.start, other.start)
            stop = earlier(one.stop, other.stop)
            if stop is None or stop.middle > start.middle:
                found.append(Span(start=start, stop=stop))
    return tuple(sorted(found, key=lambda span: span.start.middle))


def unite(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Join spans that touch or overlap."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start.middle):
        last = joined[-1] if joined else None
        if last is not None and (last.stop is None or last.stop.middle >= span.start.middle):
            stop = None if last.stop is None or span.stop is None else later(last.stop, span.stop)
            joined[-1] = Span(start=last.start, stop=stop)
        else:
            joined.append(span)
    return tuple(joined)


def subtract(spans: Sequence[Span], taken: Sequence[Span]) -> tuple[Span, ...]:
    """Take spans away from spans; a span that `taken` begins in keeps the time before it."""
    left = list(spans)
    for away in taken:
        rest: list[Span] = []
        for span in left:
            if away.start.middle >= span.start.middle and (
                span.stop is None or away.start.middle <= span.stop.middle
            ):  # a step taken on the very day keeps a span without length, so that it counts as an event
                rest.append(Span(start=span.start, stop=away.start))
            elif span.stop is not None and span.stop.middle <= away.start.middle:
                rest.append(span)
            if away.stop is not None and (span.stop is None or span.stop.middle > away.stop.middle):
                rest.append(Span(start=later(span.start, away.stop), stop=span.stop))
        left = rest
    return tuple(sorted(left, key=lambda span: span.start.middle))


def later(one: DateInterval, other: DateInterval) -> DateInterval:
    """Give the later of two dates, by middle day."""
    return max(one, other, key=lambda day: (day.middle, day.last))


def earlier(one: DateInterval | None, other: DateInterval | None) -> DateInterval | None:
    """Give the earlier of two ends, None being no end."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other, key=lambda day: (day.middle, day.first))
