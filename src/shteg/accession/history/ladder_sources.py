"""What a number of the ladder rests on: the sources of the events that reached its steps."""

from __future__ import annotations

from collections.abc import Iterable

from shteg.evidence.case import Case
from shteg.evidence.records.facts import LadderEvent


class LadderSources:
    """Sources and trust of the steps of a case, looked up by every value; `fallback` are those of the steps."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.fallback = tuple(sorted({step.source for step in case.steps}))

    def sources(self, steps: Iterable[str], countries: Iterable[str] | None = None) -> tuple[str, ...]:
        """Give the sources of the events that reached these steps, of these countries or of all."""
        return tuple(sorted({event.source for event in self._events(steps, countries)})) or self.fallback

    def verified(self, steps: Iterable[str], countries: Iterable[str] | None = None) -> bool:
        """Tell whether all these events have a source that was read."""
        return all(event.verified for event in self._events(steps, countries))

    def _events(self, steps: Iterable[str], countries: Iterable[str] | None) -> list[LadderEvent]:
        wanted = set(steps)
        labels = {label for step in self.case.steps if step.id in wanted for label in step.events}
        chosen = None if countries is None else set(countries)
        return [e for e in self.case.ladder if e.event in labels and (chosen is None or e.country in chosen)]
