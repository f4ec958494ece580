"""The stage: every commitment as it stands, what happened to each, shares of all and of each group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from shteg.estimates import StageResult, Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.tracker.events import AXES, Happening
from shteg.tracker.shares import ALL, Share, count_shares, share_of
from shteg.tracker.standing import STATUSES, Followed, follow_commitments, on_day

METHOD = "tracker#status"
SHARES = ("completed_share", "weighted_share")
QUOTED = ("all", "area", "addressee")
"""Groups whose shares a text may quote."""


def track_commitments(case: Case) -> StageResult:
    """Lay out the commitments of a case as they stand on its day.

    Parameters
    ----------
    case : Case

    Returns
    -------
    StageResult
        Tables `commitments`, `happenings`, and with verdicts `shares` and `course`; values `tracker.count`,
        `tracker.with-events`, `tracker.completed-share`, `tracker.weighted-share`, `tracker.status.<status>`,
        `tracker.overdue`, and both shares and the count by area and addressee. Nothing of a case without commitments.
        Without verdicts (`[tracker] verdicts = false`) neither statuses nor shares, and no assessments.
    """
    verdicts = case.tracker.verdicts
    followed = follow_commitments(_heard(case))
    if not followed:
        return StageResult(stage="tracker")
    rows = [_standing(one, verdicts) for one in followed]
    events = [_event(one, at, verdicts) for each in followed for at, one in enumerate(each.happenings)]
    tables = [
        Table.of("commitments", "Commitments and where they stand", CommitmentStanding, rows),
        Table.of("happenings", "What happened to each commitment", CommitmentHappening, events),
    ]
    values = _counts(followed)
    if verdicts:
        shares = count_shares(followed)
        tables += [
            Table.of("shares", "Shares of commitments that are done", Share, shares),
            Table.of("course", "Shares of commitments that were done, by year", CourseYear, _course(case)),
        ]
        values += _share_values(followed, shares)
    return StageResult(stage="tracker", tables={table.name: table for table in tables}, values=tuple(values))


def _heard(case: Case) -> Case:
    """Give a case without assessments where it gives no verdicts."""
    if case.tracker.verdicts:
        return case
    return replace(
        case,
        commitment_events=tuple(one for one in case.commitment_events if one.axis != "assessment"),
        commitment_chronicle=tuple(one for one in case.commitment_chronicle if one.axis != "assessment"),
        commitment_readings=tuple(one for one in case.commitment_readings if one.axis != "assessment"),
    )


@table_row
class CommitmentStanding:
    """A commitment, and where it stands on the day of the case."""

    commitment: str = column("Commitment (id).", key=True)
    kind: str = column("Pledge, requirement, recommendation of others, or measure of this publication.")
    area: str = column("Area (id).")
    addressee: str = column("Who is to do it (id).")
    life_cycle: str = column("Life cycle (id).")
    measure: str | None = column("The measure that it is (id).")
    requirement: str | None = column("The requirement that tells how far it is (id).")
    programme: str | None = column("The programme that it is about (id).")
    made_on: DateInterval = column("When it was made.", "date", written=str)
    due: DateInterval | None = column("By when.", "date", written=str)
    due_from: str | None = column("Whose date that is: of the commitment, its measure or its requirement.")
    status: str | None = column("Status by the evidence; missing where no verdicts are given.")
    axis: str | None = column("The axis that the status rests on.")
    weight: float | None = column("Part of the whole that is done, by the weight of the stage reached.", "share")
    official_stage: str | None = column("Stage by the word of those who owe it.")
    official_status: str | None = column("Status by the word of those who owe it.")
    evidence_stage: str | None = column("Stage by documents and counts.")
    evidence_status: str | None = column("Status by documents and counts.")
    assessment_stage: str | None = column("Stage by somebody who judged it from outside.")
    assessment_status: str | None = column("Status by somebody who judged it from outside.")
    disagree: bool | None = column("Whether two axes have another status.")
    timeliness: str | None = column("Whether it was, or can be, done in time.")
    done_on: DateInterval | None = column("When it was done, if it is.", "date", written=str)
    days_to_due: int | None = column("Days from the day of the case to the last day; below 0 they have passed.", "days")
    last_on: DateInterval | None = column("When the last event happened.", "date", written=str)
    age_days: int | None = column("Days since the last event.", "days")
    freshness: str | None = column("Whether the last event is fresh, as the case has it.")
    events: int = column("Events that count.", "count")
    source: str = column("Where the commitment stands (id of the source).")
    grade: str = column("Grade of the commitment.")
    verified: bool = column("False where nobody has read the source of the commitment, or of what its status rests on.")


def _standing(one: Followed, verdicts: bool) -> CommitmentStanding:
    what = one.commitment
    stages = {f"{axis}_stage": one.axes[axis].last.stage if axis in one.axes else None for axis in AXES}
    told = {f"{axis}_status": one.axes[axis].status if verdicts and axis in one.axes else None for axis in AXES}
    return CommitmentStanding(
        commitment=what.id, kind=what.kind, area=what.area, addressee=what.addressee, life_cycle=what.life_cycle,
        measure=what.measure, requirement=what.requirement, programme=what.programme, made_on=what.made_on,
        due=one.due, due_from=one.due_from, status=one.status if verdicts else None,
        axis=one.axis if verdicts else None, weight=one.weight if verdicts else None,
        disagree=one.disagree if verdicts else None, timeliness=one.timeliness if verdicts else None,
        done_on=one.done_on if verdicts else None, days_to_due=one.days_to_due, last_on=one.last_on,
        age_days=one.age_days, freshness=one.freshness if verdicts else None,
        events=sum(each.counts for each in one.happenings), source=what.source, grade=what.grade,
        verified=one.verified, **stages, **told,
    )  # fmt: skip


@table_row
class CommitmentHappening:
    """An event of a commitment: on which axis, by which stage, from which table of the case."""

    commitment: str = column("Commitment (id).", key=True)
    number: int = column("Place among its events, in order of time, from 1.", key=True)
    axis: str = column("Whose word it is.")
    stage: str = column("Stage of the life cycle.")
    weight: float | None = column("Part of the whole that is done by its word.", "share")
    happened_on: DateInterval = column("When it happened.", "date", written=str)
    public_from: str = column("From when the public could know it.", "date")
    origin: str = column("Which table has it: events of commitments, readings, requirements (status) or chronicle.")
    key: str = column("Its row there.")
    value: float | None = column("Value of the indicator, of a reading.")
    withdrawn_by: int | None = column("Number of the line that withdraws it.")
    source: str = column("Where it comes from (id of the source).")
    grade: str = column("Grade of the row.")
    verified: bool = column("False where nobody has read the source.")


def _event(one: Happening, at: int, verdicts: bool) -> CommitmentHappening:
    return CommitmentHappening(
        commitment=one.commitment, number=at + 1, axis=one.axis, stage=one.stage,
        weight=one.weight if verdicts else None, happened_on=one.happened_on, public_from=one.public_from.isoformat(),
        origin=one.origin, key=one.key, value=one.value, withdrawn_by=one.withdrawn_by, source=one.source,
        grade=one.grade, verified=one.verified,
    )  # fmt: skip


@table_row
class CourseYear:
    """The shares at the end of a year, as they could be known then; of the last one on the day of the case."""

    year: int = column("Calendar year.", "year", key=True)
    day: str = column("The day as of which they stand.", "date")
    commitments: int = column("Commitments that were followed then.", "count")
    completed_share: float = column("Share of them that was complete.", "share")
    weighted_share: float = column("Mean part of the whole that was done, by the weight of the stage reached.", "share")


def _course(case: Case) -> list[CourseYear]:
    day = case.header.as_of
    first = min((one.made_on.first.year for one in case.commitments), default=day.year)
    found = []
    for year in range(first, day.year + 1):
        end = min(date(year, 12, 31), day)
        followed = follow_commitments(on_day(case, end))
        if followed:
            share = share_of("all", ALL, followed)
            found.append(
                CourseYear(
                    year=year, day=end.isoformat(), commitments=share.commitments,
                    completed_share=share.completed_share, weighted_share=share.weighted_share,
                )
            )  # fmt: skip
    return found


# --- what a text may quote --------------------------------------------------------------------------------------------


def _sources(followed: Iterable[Followed]) -> tuple[str, ...]:
    return tuple(sorted({name for one in followed for name in one.sources}))


def _value(name: str, number: float, followed: Sequence[Followed]) -> Value:
    return Value(
        id=f"tracker.{name}", number=number, unit="count", decimals=0, label="computed",
        label_key=f"value.tracker.{name}", source_ids=_sources(followed), method=METHOD,
        verified=all(one.verified for one in followed),
    )  # fmt: skip


def _counts(followed: Sequence[Followed]) -> list[Value]:
    known = sum(any(each.counts for each in one.happenings) for one in followed)
    return [_value("count", float(len(followed)), followed), _value("with-events", float(known), followed)]


def _share_values(followed: Sequence[Followed], shares: Sequence[Share]) -> list[Value]:
    whole = shares[0]
    values = [_value(f"status.{status}", float(getattr(whole, status)), followed) for status in STATUSES]
    values.append(_value("overdue", float(whole.overdue), followed))
    for share in shares:
        if share.scope not in QUOTED:
            continue
        inside = [
            one for one in followed if share.scope == "all" or getattr(one.commitment, share.scope) == share.group
        ]
        start, about = ("tracker", "") if share.scope == "all" else (f"tracker.{share.scope}.{share.group}", ".group")
        told = partial(
            quote, [share], label="computed", sources=_sources(inside), method="tracker#shares",
            verified=all(one.verified for one in inside),
            label_args={"group": f"{share.scope}:{share.group}"} if about else {},
        )  # fmt: skip
        for name in SHARES:
            said = name.replace("_", "-")
            values += told(id=f"{start}.{said}", number=name, label_key=f"value.tracker{about}.{said}")
        if about:
            values += told(id=f"{start}.count", number="commitments", label_key="value.tracker.group.count")
    return values
