"""Ratification times: days from signature per candidate and member, as the records give them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from shteg.accession.history.column_texts import GRADE, MEMBER, SOURCE
from shteg.accession.history.risk_spells import first_reached
from shteg.estimates import column, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Ratification

Stage = Literal["deposit", "parliament", "unknown"]
PREFERENCE: tuple[Stage, ...] = ("deposit", "parliament", "unknown")
"""The deposit completes a ratification; a vote of parliament stands in for it, a law of unknown stage for both."""

ROUND = "Day of signature; those who signed on one day form a round."

TimeStatus = Literal["used", "same_act", "no_signature", "before_signature"]
"""`same_act`: the member acted on several candidates of the round on one day; the act counts once."""


@table_row
class RatificationTime:
    """Days from signature to a member's ratification; `low` and `high` bound them where the date is imprecise.

    There are none where the time does not count: without a signature, or before it.
    """

    candidate: str = column("Country that signed (ISO 3166-1 alpha-3).", key=True)
    member: str = column(MEMBER, key=True)
    round: str = column(ROUND, "date", written=lambda day: day or None)
    stage: Stage = column("Deposit, vote of parliament, or unknown stage.")
    ratified_on: DateInterval = column("Day of ratification, as precisely as known.", "date", written=str)
    days: int | None = column("Days, between middle days where a date is imprecise.", "days", default=None)
    low: int | None = column("Days at least, given imprecise dates.", "days", name="days_low", default=None)
    high: int | None = column("Days at most, given imprecise dates.", "days", name="days_high", default=None)
    status: TimeStatus = column("How it ended, or why it does not count.")
    source: str = column(SOURCE)
    grade: str = column(GRADE)


@table_row
class CountedTime(RatificationTime):
    """A time that counts: signed, and ratified after it."""

    days: int
    low: int
    high: int


def ratification_times(case: Case) -> tuple[RatificationTime, ...]:
    """Give the ratification times on record, by candidate in the order of their signatures, then by member.

    Signature is the last prerequisite of the ratified step that the ladder records (else the highest step below it).
    Where several stages are on record, the deposit counts, then parliament, then the unknown stage; of several rows of
    one stage the last. A round is the set of candidates that signed on one day.
    """
    signed = signatures(case)
    chosen: dict[tuple[str, str], Ratification] = {}
    for one in case.ratifications:
        key = (one.candidate, one.member)
        if key not in chosen or _rank(one) < _rank(chosen[key]):
            chosen[key] = one
    times = [_time(one, signed.get(one.candidate)) for one in chosen.values()]
    times.sort(key=lambda one: (one.round, one.candidate, one.member))
    seen: set[tuple[str, str, DateInterval, str]] = set()
    result: list[RatificationTime] = []
    for time in times:
        act = (time.round, time.member, time.ratified_on, time.stage)
        result.append(replace(time, status="same_act") if time.status == "used" and act in seen else time)
        seen.add(act)
    return tuple(result)


def signatures(case: Case) -> dict[str, DateInterval]:
    """Give when each candidate signed: the last prerequisite of the ratified step that the ladder records."""
    reached = first_reached(case)
    by_id = {step.id: step for step in case.steps}
    signed: dict[str, DateInterval] = {}
    for step in (one for one in case.steps if one.ratified):
        before: list[Step] = [by_id[name] for name in step.prerequisites if name in by_id and by_id[name].events]
        if not before:
            below = [one for one in case.steps if one.events and one.rung < step.rung]
            before = [max(below, key=lambda one: one.rung)] if below else []
        for candidate in sorted({one.candidate for one in case.ratifications}):
            dates = [reached[candidate, one.id] for one in before if (candidate, one.id) in reached]
            if dates and len(dates) == len(before):
                signed[candidate] = max(dates, key=lambda one: one.middle)
    return signed


def _rank(one: Ratification) -> tuple[int, int]:
    return PREFERENCE.index(one.stage), -one.happened_on.middle.toordinal()


def _time(one: Ratification, signature: DateInterval | None) -> RatificationTime:
    told: dict[str, Any] = {
        "candidate": one.candidate,
        "member": one.member,
        "stage": one.stage,
        "ratified_on": one.happened_on,
        "source": one.source,
        "grade": one.grade,
    }
    if signature is None:
        return RatificationTime(round="", status="no_signature", **told)
    high = (one.happened_on.last - signature.first).days
    if high < 0:
        return RatificationTime(round=str(signature), status="before_signature", **told)
    days = max((one.happened_on.middle - signature.middle).days, 0)
    low = max((one.happened_on.first - signature.last).days, 0)
    return CountedTime(round=str(signature), status="used", days=days, low=low, high=high, **told)
