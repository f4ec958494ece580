"""Risk spells on the ladder: from when to when each country could have taken each step, and whether it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shteg.errors import ModelError
from shteg.evidence.case import Case
from shteg.evidence.dates import DateInterval
from shteg.evidence.records_case import Step

YEAR = 365.25

Status = Literal["reached", "waiting", "passed_over", "stopped_seeking", "before_risk", "inaugural", "never_at_risk"]
"""How a country's time at risk of a step ended: it took the step; it still waits; it took a higher step without this
one; it stopped seeking; it had the step before it could be at risk; it took the step as the step came to exist, which
says nothing about waiting; it has never been at risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSpell:
    """One unbroken time in which a country could have taken a step; days are ordinals of middle days.

    `years_low` and `years_high` bound the length where a date is known to the month or the year only. `entry_years` is
    the time that had passed before, since the country first could have been at risk (0 unless it began to seek later).
    """

    step: str
    country: str
    entry_on: int
    exit_on: int
    years: float
    years_low: float
    years_high: float
    entry_years: float
    status: Status


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
            last[key] = _later(one.happened_on, last.get(key, one.happened_on))
    return last


def risk_spells(case: Case, step: Step) -> tuple[RiskSpell, ...]:
    """Give the risk spells of one step for every country of the ladder.

    A country enters at the latest of its independence, the day the step existed, and the day it had reached all
    prerequisites; for a step that must be sought, only while it seeks. It leaves when it takes the step, when it takes
    a step of a higher rung, when it stops seeking, or on the as-of day. Countries that took the step in the very days
    in which it came to exist are left out: they would count as events without any time at risk.

    Raises
    ------
    ModelError
        Nothing says from when a country could have taken the step.
    """
    reached = first_reached(case)
    spells: list[RiskSpell] = []
    for country in ladder_countries(case):
        spells.extend(_country_spells(case, step, country, reached))
    return tuple(spells)


def prerequisite_date(
    case: Case, step: Step, country: str, reached: dict[tuple[str, str], DateInterval]
) -> DateInterval | Literal["never"] | None:
    """Give the day by which a country had all prerequisites of a step; None if there are none.

    A prerequisite without events and without ratifications counts as met when its own prerequisites are.
    """
    by_id = {one.id: one for one in case.steps}
    dates: list[DateInterval] = []
    for name in step.prerequisites:
        before = by_id.get(name)
        if before is None:
            continue
        met = (
            reached.get((country, name), "never")
            if before.events or before.ratified
            else prerequisite_date(case, before, country, reached)
        )
        if met == "never":
            return "never"
        if isinstance(met, DateInterval):
            dates.append(met)
    return _latest(dates)


def _country_spells(
    case: Case, step: Step, country: str, reached: dict[tuple[str, str], DateInterval]
) -> list[RiskSpell]:
    event = reached.get((country, step.id))
    opened = step.existed_from
    if event and opened and event.first <= opened.last and opened.first <= event.last:
        return [_marker(step, country, "inaugural")]
    could = _could_from(case, step, country, reached)
    if could is None:
        return [_marker(step, country, "before_risk" if event else "never_at_risk")]
    passed = _passed_over_on(case, step, country, reached) if event is None else None
    windows = [(could, None)] if not step.seeking else _seeking_windows(case, country, could)
    as_of = DateInterval.of(case.header.as_of)
    spells: list[RiskSpell] = []
    for start, stop in windows:
        ends: list[tuple[DateInterval, Status]] = [(as_of, "waiting")]
        ends += [(stop, "stopped_seeking")] if stop is not None else []
        ends += [(passed, "passed_over")] if passed is not None else []
        ends += [(event, "reached")] if event is not None else []
        end, status = min(reversed(ends), key=lambda one: one[0].middle)  # on one day, the step itself comes first
        if end.middle >= start.middle and (end.middle > start.middle or status == "reached"):
            spells.append(_spell(step, country, start, end, could, status))
            if status == "reached":
                return spells
    if event is not None and not any(spell.status == "reached" for spell in spells):
        spells.append(_marker(step, country, "before_risk"))
    return spells or [_marker(step, country, "never_at_risk")]


def _could_from(
    case: Case, step: Step, country: str, reached: dict[tuple[str, str], DateInterval]
) -> DateInterval | None:
    before = prerequisite_date(case, step, country, reached)
    if before == "never":
        return None
    independent = next((one.independent_on for one in case.countries if one.country == country), None)
    start = _latest([one for one in (independent, step.existed_from, before) if isinstance(one, DateInterval)])
    if start is None:
        raise ModelError(
            f"nothing says from when {country} could have taken the step {step.id}",
            "give the step `existed_from`, or the country `independent_on`",
            "steps.toml, countries.csv",
        )
    return start if start.middle < case.header.as_of else None


def _seeking_windows(case: Case, country: str, could: DateInterval) -> list[tuple[DateInterval, DateInterval | None]]:
    spells = sorted((one for one in case.seeking if one.country == country), key=lambda one: one.sought_from)
    return [
        (_later(spell.sought_from, could), spell.sought_to)
        for spell in spells
        if spell.sought_to is None or spell.sought_to.middle > could.middle
    ]


def _passed_over_on(
    case: Case, step: Step, country: str, reached: dict[tuple[str, str], DateInterval]
) -> DateInterval | None:
    higher = [one.id for one in case.steps if one.events and one.rung > step.rung]
    dates = [reached[country, name] for name in higher if (country, name) in reached]
    return min(dates, key=lambda one: one.middle) if dates else None


def _spell(
    step: Step, country: str, start: DateInterval, end: DateInterval, could: DateInterval, status: Status
) -> RiskSpell:
    days = max((end.middle - start.middle).days, 0)
    return RiskSpell(
        step=step.id,
        country=country,
        entry_on=start.middle.toordinal(),
        exit_on=end.middle.toordinal(),
        years=days / YEAR,
        years_low=max((end.first - start.last).days, 0) / YEAR,
        years_high=max((end.last - start.first).days, 0) / YEAR,
        entry_years=max((start.middle - could.middle).days, 0) / YEAR,
        status=status,
    )


def _marker(step: Step, country: str, status: Status) -> RiskSpell:
    return RiskSpell(
        step=step.id, country=country, entry_on=0, exit_on=0, years=0.0, years_low=0.0, years_high=0.0,
        entry_years=0.0, status=status,
    )  # fmt: skip


def _latest(dates: Sequence[DateInterval]) -> DateInterval | None:
    return max(dates, key=lambda one: (one.middle, one.last)) if dates else None


def _later(one: DateInterval, other: DateInterval) -> DateInterval:
    return max(one, other, key=lambda date_: (date_.middle, date_.last))


def day_text(ordinal: int) -> str | None:
    """Write a day, None for the 0 of a country that was never at risk."""
    return date.fromordinal(ordinal).isoformat() if ordinal else None
