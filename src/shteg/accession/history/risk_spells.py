"""Risk spells on the ladder: from when to when each country could have taken each step, and whether it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from shteg.accession.history.column_texts import COUNTRY, STEP
from shteg.accession.history.once import once
from shteg.accession.history.spans import EVER, AnyStep, Path, Span, country_path, intersect, later
from shteg.errors import ModelError
from shteg.estimates import YEAR_DAYS, Table, column, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.evidence.records.dates import DateInterval

Status = Literal[
    "reached", "waiting", "passed_over", "stopped_seeking", "closed", "before_risk", "inaugural", "never_at_risk"
]
"""How a country's time at risk of a step ended: it took the step; it still waits; it took a higher step without this
one; it stopped seeking; what comes before the step was no longer met, or came to exist and was not had; it had the step
before it could be at risk; it took the step as the step came to exist, which says nothing about waiting; it has never
been at risk."""


def day_text(ordinal: int) -> str | None:
    """Write a day, None for the 0 of a country that was never at risk."""
    return date.fromordinal(ordinal).isoformat() if ordinal else None


@table_row
class RiskSpell:
    """One unbroken time in which a country could have taken a step; days are ordinals of middle days.

    `years_low` and `years_high` bound the length where a date is known to the month or the year only. `entry_years` is
    the time that had passed before, since the country first could have been at risk (0 unless it began to seek later).
    """

    step: str = column(STEP, key=True)
    country: str = column(COUNTRY, key=True)
    spell: int = column("Number of the spell, from 1.", "count", key=True, default=1)
    entry_on: int = column("Middle day on which the spell began.", "date", written=day_text)
    exit_on: int = column("Middle day on which it ended.", "date", written=day_text)
    years: float = column("Length of the spell.", "years")
    years_low: float = column("Length at least, given imprecise dates.", "years")
    years_high: float = column("Length at most, given imprecise dates.", "years")
    status: Status = column("How it ended, or why it does not count.")
    entry_years: float

    @property
    def exit_years(self) -> float:
        """Years since the country first could have been at risk: of whole days, so that equal times are equal."""
        return round((self.entry_years + self.years) * YEAR_DAYS) / YEAR_DAYS


def exposure_table(spells: Mapping[str, Iterable[RiskSpell]]) -> Table:
    """Give the table `exposure` of the spells of each step: those of a country and step are numbered."""
    rows: list[RiskSpell] = []
    for of_step in spells.values():
        number: Counter[str] = Counter()
        for one in of_step:
            number[one.country] += 1
            rows.append(replace(one, spell=number[one.country]))
    return Table.of("exposure", "Who could have taken each step, and when", RiskSpell, rows)


def observed_steps(case: Case) -> tuple[Step, ...]:
    """Give the steps that the ladder records, from the lowest rung up."""
    return tuple(sorted((step for step in case.steps if step.events), key=lambda step: step.rung))


def ladder_countries(case: Case) -> tuple[str, ...]:
    """Give the countries on the ladder: with an event, a time of seeking, or named in the case and not a member.

    Members without an event (founders) never stood before its steps. The aspirant is always among the countries.
    """
    found = {event.country for event in case.ladder} | {spell.country for spell in case.seeking}
    members = {member.member for member in case.members}
    outside = {one.country for one in case.countries} - members
    return tuple(sorted(found | outside | {case.header.aspirant}))


def first_reached(case: Case) -> dict[tuple[str, str], DateInterval]:
    """Give when each country first reached each step, (country, step) → date.

    A step that was taken, left and taken again counts from the first time. A conditional offer counts if the case
    gives it one of the step's event labels. A step reached by ratification counts, for a country that went on to a
    higher step, from the last ratification on record (too early where the record is incomplete).
    """
    reached: dict[tuple[str, str], DateInterval] = {}
    for step in case.steps:
        for event in case.ladder:
            key = (event.country, step.id)
            if event.event in step.events and (key not in reached or event.happened_on < reached[key]):
                reached[key] = event.happened_on
    for step in case.steps:
        if step.ratified and not step.events:
            reached.update(_ratified(case, step, reached))
    return reached


def _ratified(
    case: Case, step: Step, reached: dict[tuple[str, str], DateInterval]
) -> dict[tuple[str, str], DateInterval]:
    higher = [one.id for one in case.steps if one.rung > step.rung]
    last: dict[tuple[str, str], DateInterval] = {}
    for one in case.ratifications:
        key = (one.candidate, step.id)
        if any((one.candidate, name) in reached for name in higher):
            last[key] = later(one.happened_on, last.get(key, one.happened_on))
    return last


@once
def risk_spells(case: Case, step: Step) -> tuple[RiskSpell, ...]:
    """Give the risk spells of one step for every country of the ladder.

    A country enters at the latest of its independence, the day the step existed, and the day its prerequisites were
    met (held, or not yet in existence and their own prerequisites held); for a step that must be sought, only while it
    seeks. It leaves when it takes the step, when it takes a step of a higher rung, when it stops seeking, when its
    prerequisites are no longer met, or on the as-of day; it comes back when it left the step and may take it again.
    Countries that took the step in the very days in which it came to exist are left out: they would count as events
    without any time at risk.

    Raises
    ------
    ModelError
        Nothing says from when a country could have taken the step.
    """
    spells: list[RiskSpell] = []
    for country in ladder_countries(case):
        path = country_path(case, country)
        seeking = seeking_spans(case, country) if step.seeking else None
        spells.extend(path_spells(path, step, country, seeking, case.header.as_of))
    return tuple(spells)


def seeking_spans(case: Case, country: str) -> tuple[Span, ...]:
    """Give the spans in which a country sought membership."""
    return tuple(
        Span(start=one.sought_from, stop=one.sought_to)
        for one in sorted(case.seeking, key=lambda one: one.sought_from)
        if one.country == country
    )


def path_spells(
    path: Path,
    step: AnyStep,
    country: str,
    seeking: tuple[Span, ...] | None,
    as_of: date,
    prerequisites: tuple[str, ...] | None = None,
) -> tuple[RiskSpell, ...]:
    """Give the risk spells of one country for one step.

    Parameters
    ----------
    path : Path
        What the country did, and when.
    step : Step or ComparisonStep
        The step that it could take.
    country : str
        ISO 3166-1 alpha-3.
    seeking : tuple of Span, optional
        When it sought membership; None where the step need not be sought.
    as_of : date
        The day up to which it is observed.
    prerequisites : tuple of str, optional
        In place of those of the step: for those who might skip one.

    Returns
    -------
    tuple of RiskSpell
        In order of time; without any time at risk one that says why.

    Raises
    ------
    ModelError
        Nothing says from when the country could have taken the step.
    """
    taken = [span.start for span in path.held(step)]
    opened = step.existed_from
    if taken and opened and taken[0].first <= opened.last and opened.first <= taken[0].last:
        first = [_marker(step, country, "inaugural")]
    else:
        first = []
    passed = path.passed_over_on(step)
    spells: list[RiskSpell] = []
    reached: set[DateInterval] = set()
    for could in path.open(step, prerequisites):
        if could.start == EVER:
            raise ModelError(
                f"nothing says from when {country} could have taken the step {step.id}",
                "give the step `existed_from`, or the country `independent_on`",
                "steps.toml, countries.csv",
            )
        for window in (could,) if seeking is None else intersect((could,), _closed(seeking)):
            ahead = [day for day in taken if day not in reached]
            spell = _window_spell(step, country, could, window, ahead, passed, as_of)
            if spell is not None and not (first and spell.status == "reached" and spell.exit_on == _ordinal(taken[0])):
                spells.append(spell)
                reached |= {day for day in taken if spell.status == "reached" and _ordinal(day) == spell.exit_on}
    early = [day for day in taken if day not in reached]
    if early and not first:
        spells.append(_marker(step, country, "before_risk"))
    return tuple([*first, *spells] or [_marker(step, country, "never_at_risk")])


def _closed(seeking: Sequence[Span]) -> tuple[Span, ...]:
    """Give spells of seeking without those that end on the day they begin."""
    return tuple(one for one in seeking if one.stop is None or one.stop.middle > one.start.middle)


def _window_spell(
    step: AnyStep,
    country: str,
    could: Span,
    window: Span,
    taken: Sequence[DateInterval],
    passed: DateInterval | None,
    as_of: date,
) -> RiskSpell | None:
    ends: list[tuple[DateInterval, Status]] = [(DateInterval.of(as_of), "waiting")]
    if window.stop is not None:
        stopped = could.stop is None or window.stop.middle < could.stop.middle
        ends.append((window.stop, "stopped_seeking" if stopped else "closed"))
    ends += [(passed, "passed_over")] if passed is not None else []
    ends += [(day, "reached") for day in taken if day.middle >= window.start.middle][:1]
    end, status = min(reversed(ends), key=lambda one: one[0].middle)  # on one day, the step itself comes first
    if window.start.middle >= as_of or end.middle < window.start.middle:
        return None
    if end.middle == window.start.middle and status != "reached":
        return None
    return _spell(step, country, window.start, end, could.start, status)


def _spell(
    step: AnyStep, country: str, start: DateInterval, end: DateInterval, could: DateInterval, status: Status
) -> RiskSpell:
    days = max((end.middle - start.middle).days, 0)
    return RiskSpell(
        step=step.id,
        country=country,
        entry_on=start.middle.toordinal(),
        exit_on=end.middle.toordinal(),
        years=days / YEAR_DAYS,
        years_low=max((end.first - start.last).days, 0) / YEAR_DAYS,
        years_high=max((end.last - start.first).days, 0) / YEAR_DAYS,
        entry_years=max((start.middle - could.middle).days, 0) / YEAR_DAYS,
        status=status,
    )


def _marker(step: AnyStep, country: str, status: Status) -> RiskSpell:
    return RiskSpell(
        step=step.id, country=country, entry_on=0, exit_on=0, years=0.0, years_low=0.0, years_high=0.0,
        entry_years=0.0, status=status,
    )  # fmt: skip


def _ordinal(day: DateInterval) -> int:
    return day.middle.toordinal()
