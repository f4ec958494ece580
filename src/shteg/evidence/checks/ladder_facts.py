"""What the tables say of the ladder, as the checks need it: who reached which step when, who is a member since when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.case import Step, Steps
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import LadderEvent, Member, NamedCountry
from shteg.evidence.steps_taken import first_dates

DEPARTURES = ("withdrawal", "suspension", "expulsion")
"""Labels of events by which a country leaves what it had reached."""


@dataclass(frozen=True, slots=True)
class LadderFacts:
    """The valid rows around the ladder; `first` and `events` are sorted by time.

    `first` maps (country, step id) to the first event that counts; `independent` and `members` map a country to its
    date.
    """

    steps: Mapping[str, Step]
    events: tuple[tuple[Row, LadderEvent], ...]
    first: Mapping[tuple[str, str], DateInterval]
    independent: Mapping[str, DateInterval]
    members: Mapping[str, DateInterval]

    @property
    def final(self) -> Step | None:
        """The step at the top, if the ladder records it: reaching it makes a member."""
        top = max(self.steps.values(), key=lambda step: step.rung)
        return top if top.events and top.rung else None

    def before(self, step: Step) -> tuple[Step, ...]:
        """Give every step that comes first, near or far."""
        found: dict[str, Step] = {}
        waiting = list(step.prerequisites)
        while waiting:
            name = waiting.pop()
            if name in self.steps and name not in found:
                found[name] = self.steps[name]
                waiting.extend(self.steps[name].prerequisites)
        return tuple(found.values())


def independence(draft: Draft) -> dict[str, DateInterval]:
    """Give the countries of which the case says since when they are independent."""
    countries = (one for _, one in draft.records_of("countries.csv", NamedCountry))
    return {one.country: one.independent_on for one in countries if one.independent_on is not None}


def happened(events: Iterable[tuple[Row, LadderEvent]]) -> Iterator[tuple[str, str, DateInterval]]:
    """Give country, label and date of the events."""
    return ((one.country, one.event, one.happened_on) for _, one in events)


def ladder_facts(draft: Draft) -> LadderFacts | None:
    """Collect what is valid; None while steps.toml is not."""
    file = draft.tomls.get("steps.toml")
    if file is None or not isinstance(file.record, Steps):
        return None
    steps = {step.id: step for step in file.record.steps}
    events = sorted(draft.records_of("ladder.csv", LadderEvent), key=lambda pair: pair[1].happened_on)
    return LadderFacts(
        steps=steps,
        events=tuple(events),
        first=first_dates({one.id: one.events for one in steps.values()}, happened(events)),
        independent=independence(draft),
        members={one.member: one.member_since for _, one in draft.records_of("members.csv", Member)},
    )
