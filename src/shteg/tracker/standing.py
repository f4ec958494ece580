"""Where each commitment stands: its status by the evidence, what each axis says, timeliness, freshness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from shteg.evidence.case import Case
from shteg.evidence.records.commitments import REVERSED, Axis, Commitment
from shteg.evidence.records.dates import DateInterval
from shteg.tracker.events import AXES, Happening, gather_happenings

Status = Literal["no_evidence", "not_started", "early", "advanced", "complete", "reversed"]
STATUSES: tuple[Status, ...] = get_args(Status)
Timeliness = Literal["no_date", "ahead", "in_time", "late", "unclear", "overdue"]
TIMELINESS: tuple[Timeliness, ...] = get_args(Timeliness)
Freshness = Literal["none", "fresh", "stale"]
ADVANCED = 0.5
"""The part of the whole from which a commitment is advanced; below it is early."""
DONE = 1.0 - 1e-9
DECIDING: tuple[Axis, ...] = ("evidence", "assessment")
"""The axes that a status rests on, in this order; the word of those who owe it is shown beside it."""
DAYS_IN_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far a commitment is by one axis: the event that says so, its status, and since when it is done, if it is."""

    last: Happening
    status: Status
    weight: float
    done_on: DateInterval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A commitment as it stands on the day of the case.

    `axis` is the one that its status rests on, None where there is none; `weight` is the part of the whole, 0 without
    evidence. `due_from` says whose date `due` is. `disagree` tells that two axes have another status, or that nothing
    but the word of those who owe it stands behind a claim.
    """

    commitment: Commitment
    happenings: tuple[Happening, ...]
    axes: dict[Axis, Reached]
    axis: Axis | None
    status: Status
    weight: float
    disagree: bool
    due: DateInterval | None
    due_from: Literal["commitment", "measure", "requirement"] | None
    timeliness: Timeliness
    done_on: DateInterval | None
    days_to_due: int | None
    last_on: DateInterval | None
    age_days: int | None
    freshness: Freshness

    @property
    def verified(self) -> bool:
        """False where the commitment, or the event that its status rests on, comes from a source nobody has read."""
        decides = self.axes[self.axis].last.verified if self.axis else True
        return self.commitment.verified and decides

    @property
    def sources(self) -> set[str]:
        """The sources that its status rests on: of the commitment, and of the event that decides."""
        return {self.commitment.source, *((self.axes[self.axis].last.source,) if self.axis else ())}


def follow_commitments(case: Case) -> tuple[Followed, ...]:
    """Give every commitment of a case as it stands on the day of the case, in the order of the case.

    One that names a measure, requirement or programme which is not there on that day is not followed yet.
    """
    return tuple(follow(case, one) for one in case.commitments if _is_there(case, one))


def _is_there(case: Case, one: Commitment) -> bool:
    there = {
        "measure": {measure.id for measure in case.recommendations.measures},
        "requirement": {wanted.id for wanted in case.requirements},
        "programme": {programme.id for programme in case.programmes},
    }
    return one.life_cycle in case.life_cycles and all(name in there[kind] for kind, name in one.links)


def follow(case: Case, commitment: Commitment) -> Followed:
    """Give one commitment as it stands.

    Parameters
    ----------
    case : Case
    commitment : Commitment
        One of its commitments.

    Returns
    -------
    Followed
    """
    happenings = gather_happenings(case, commitment)
    axes = {axis: reached for axis in AXES if (reached := reach(happenings, axis)) is not None}
    axis = next((one for one in DECIDING if one in axes), None)
    decides = axes[axis] if axis else None
    due, due_from = due_date(case, commitment)
    day, done_on = case.header.as_of, decides.done_on if decides else None
    last = max((one for one in happenings if one.counts), key=lambda one: one.place, default=None)
    age = None if last is None else (day - min(last.happened_on.last, day)).days
    limit = case.tracker.fresh_months * DAYS_IN_MONTH
    return Followed(
        commitment=commitment,
        happenings=happenings,
        axes=axes,
        axis=axis,
        status=decides.status if decides else "no_evidence",
        weight=decides.weight if decides else 0.0,
        disagree=len({one.status for one in axes.values()} | (set() if axis or not axes else {"no_evidence"})) > 1,
        due=due,
        due_from=due_from,
        timeliness=timeliness(due, done_on, day),
        done_on=done_on,
        days_to_due=None if due is None else (due.last - day).days,
        last_on=last.happened_on if last else None,
        age_days=age,
        freshness="none" if age is None else "fresh" if age <= limit else "stale",
    )


def due_date(
    case: Case, commitment: Commitment
) -> tuple[DateInterval | None, Literal["commitment", "measure", "requirement"] | None]:
    """Give the last day of a commitment and whose date it is: its own, else of its measure, else of its requirement."""
    if commitment.due is not None:
        return commitment.due, "commitment"
    for measure in case.recommendations.measures:
        if measure.id == commitment.measure and measure.deadline is not None:
            return measure.deadline, "measure"
    for wanted in case.requirements:
        if wanted.id == commitment.requirement and wanted.target_on is not None:
            return wanted.target_on, "requirement"
    return None, None


def reach(happenings: Sequence[Happening], axis: Axis) -> Reached | None:
    """Give how far a commitment is by one axis; None where nothing on it counts.

    The last event says so. It is reversed where that event says so, or where its status lies below one that was
    reached before, since the life cycle began or began anew.

    Parameters
    ----------
    happenings : sequence of Happening
        Of one commitment, in any order.
    axis : Axis

    Returns
    -------
    Reached or None
    """
    told = sorted((one for one in happenings if one.axis == axis and one.counts), key=lambda one: one.place)
    if not told:
        return None
    peak, done_on = 0, None
    status: Status = "not_started"
    for one in told:
        if one.stage == REVERSED:
            peak, done_on, status = 0, None, "reversed"
            continue
        step = STATUSES.index(plain_status(one.weight))
        if step < STATUSES.index("complete"):
            done_on = None
        elif done_on is None:
            done_on = one.happened_on
        status = "reversed" if step < peak else plain_status(one.weight)
        peak = max(peak, step)
    return Reached(last=told[-1], status=status, weight=told[-1].weight, done_on=done_on)


def plain_status(weight: float) -> Status:
    """Give the status that a part of the whole stands for."""
    if weight >= DONE:
        return "complete"
    return "advanced" if weight >= ADVANCED else "early" if weight > 0 else "not_started"


def timeliness(due: DateInterval | None, done_on: DateInterval | None, day: date) -> Timeliness:
    """Tell whether something was, or still can be, done in time.

    Parameters
    ----------
    due : DateInterval or None
        By when; its last day counts.
    done_on : DateInterval or None
        When it was done; None where it is not.
    day : date
        The day of the case.

    Returns
    -------
    Timeliness
        `unclear` where it may have been done before or after that day.
    """
    if due is None:
        return "no_date"
    if done_on is None:
        return "overdue" if due.last < day else "ahead"
    if done_on.last <= due.last:
        return "in_time"
    return "late" if done_on.first > due.last else "unclear"


def on_day(case: Case, day: date) -> Case:
    """Give a case as the tracker sees it on an earlier day: events that were public, commitments that were made."""
    made = tuple(one for one in case.commitments if (one.known_on or one.made_on).last <= day)
    return replace(case, commitments=made, header=case.header.model_copy(update={"as_of": day}))
