"""What happened to each commitment: lines of its own, readings and status of its requirement, events of the chronicle.

Facts that stand in another table are taken from there, with date, source and grade; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from shteg.evidence.case import Case
from shteg.evidence.records.commitments import NOT_STARTED, REVERSED, Axis, Commitment, CommitmentEvent, LifeCycle
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Reading, Requirement

AXES: tuple[Axis, ...] = get_args(Axis)
Origin = Literal["event", "reading", "status", "chronicle"]
YES_OR_NO = (0.0, 1.0)
"""Baseline and target of an indicator that is reached or not, with nothing between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event of a commitment, wherever it stands.

    `origin` is the table that has it and `key` its row there. `weight` is the part of the whole that is done by its
    word, 0 to 1; `stage` the stage of the life cycle reached by then. A line that was withdrawn has the number of the
    line that did so in `withdrawn_by` and does not count; `value` is that of a reading.
    """

    commitment: str
    axis: Axis
    stage: str
    weight: float
    happened_on: DateInterval
    public_from: date
    origin: Origin
    key: str
    source: str
    grade: str
    value: float | None = None
    withdrawn_by: int | None = None

    @property
    def verified(self) -> bool:
        """False where nobody has read the source."""
        return self.grade[1] != "6"

    @property
    def counts(self) -> bool:
        """False where a later line withdraws it."""
        return self.withdrawn_by is None

    @property
    def place(self) -> tuple[object, ...]:
        """Its place in time: by the last day on which it can have happened, then by when it was known."""
        number = int(self.key) if self.key.isdigit() else 0
        when = self.happened_on
        return (when.last, when.first, self.public_from, self.origin, number, self.key, self.axis, self.weight)


def gather_happenings(case: Case, commitment: Commitment) -> tuple[Happening, ...]:
    """Give the events of a commitment that were public on the day of the case, in order of time.

    Parameters
    ----------
    case : Case
    commitment : Commitment
        One of its commitments.

    Returns
    -------
    tuple of Happening
        Those that surely lie before the commitment was made are its baseline and left out.
    """
    cycle, day = case.life_cycles[commitment.life_cycle], case.header.as_of

    def known(one: Happening) -> bool:
        return one.public_from <= day and one.happened_on.last >= commitment.made_on.first

    found = [*filter(known, _own(case, commitment, cycle)), *filter(known, _of_chronicle(case, commitment, cycle))]
    wanted = next((one for one in case.requirements if one.id == commitment.requirement), None)
    if wanted is not None:
        found += filter(known, _readings(case, wanted, commitment, cycle))
        status = _status(case, wanted, commitment, cycle)
        if status is not None and known(status) and not _is_said(status, found, wanted):
            found.append(status)
    return tuple(sorted(found, key=lambda one: one.place))


def weight_of(stage: str, cycle: LifeCycle) -> float:
    """Give how much is done once a stage is reached: 0 where nothing is, or all is undone."""
    weights = {one.id: one.weight for one in cycle.stages}
    return weights.get(stage, 0.0)


def stage_at(share: float, cycle: LifeCycle) -> str:
    """Give the last stage of a life cycle that a part of the whole has reached; the first one of whatever is begun."""
    reached = [one.id for one in cycle.stages if one.weight <= share]
    return reached[-1] if reached else cycle.stages[0].id if share > 0 else NOT_STARTED


# --- lines of its own -------------------------------------------------------------------------------------------------


def _own(case: Case, commitment: Commitment, cycle: LifeCycle) -> Iterator[Happening]:
    day = case.header.as_of
    lines = [one for one in case.commitment_events if one.commitment == commitment.id and one.public_from <= day]
    withdrawn = {one.withdraws: one.id for one in lines if one.withdraws is not None}
    for one in lines:
        if one.stage is not None and _stage_is_known(one.stage, cycle):
            yield _own_line(one, one.stage, cycle, withdrawn.get(one.id))


def _stage_is_known(stage: str, cycle: LifeCycle) -> bool:
    return stage in (NOT_STARTED, REVERSED) or any(stage == one.id for one in cycle.stages)


def _own_line(one: CommitmentEvent, stage: str, cycle: LifeCycle, withdrawn_by: int | None) -> Happening:
    return Happening(
        commitment=one.commitment, axis=one.axis, stage=stage, weight=weight_of(stage, cycle),
        happened_on=one.happened_on, public_from=one.public_from, origin="event", key=str(one.id), source=one.source,
        grade=one.grade, withdrawn_by=withdrawn_by,
    )  # fmt: skip


# --- what other tables say --------------------------------------------------------------------------------------------


def _of_chronicle(case: Case, commitment: Commitment, cycle: LifeCycle) -> Iterator[Happening]:
    events = {one.id: one for one in case.chronicle}
    for link in case.commitment_chronicle:
        event = events.get(link.event)
        if link.commitment == commitment.id and event is not None and _stage_is_known(link.stage, cycle):
            yield Happening(
                commitment=commitment.id, axis=link.axis, stage=link.stage, weight=weight_of(link.stage, cycle),
                happened_on=event.happened_on, public_from=event.public_from, origin="chronicle", key=event.id,
                source=event.source, grade=event.grade,
            )  # fmt: skip


def _readings(case: Case, wanted: Requirement, commitment: Commitment, cycle: LifeCycle) -> Iterator[Happening]:
    whose: dict[DateInterval, Axis] = {
        link.happened_on: link.axis for link in case.commitment_readings if link.commitment == commitment.id
    }
    for one in case.readings:
        if one.requirement == wanted.id:
            found = _reading(one, wanted, commitment, cycle, whose.get(one.happened_on, "evidence"))
            if found is not None:
                yield found


def progress_share(value: float, wanted: Requirement) -> float | None:
    """Give the part of the way from baseline to target, 0 to 1; None where it cannot be computed."""
    if wanted.baseline is None or wanted.target is None or wanted.baseline == wanted.target:
        return None
    return min(max((value - wanted.baseline) / (wanted.target - wanted.baseline), 0.0), 1.0) + 0.0  # no -0.0


def _reading(
    one: Reading, wanted: Requirement, commitment: Commitment, cycle: LifeCycle, axis: Axis
) -> Happening | None:
    share = progress_share(one.value, wanted)
    if share is None:
        return None
    return Happening(
        commitment=commitment.id, axis=axis, stage=stage_at(share, cycle), weight=share, happened_on=one.happened_on,
        public_from=one.public_from, origin="reading", key=f"{one.requirement} {one.happened_on}", source=one.source,
        grade=one.grade, value=one.value,
    )  # fmt: skip


def _status(case: Case, wanted: Requirement, commitment: Commitment, cycle: LifeCycle) -> Happening | None:
    """Read the status of a requirement as an event; None where it has no day, or says less than a stage.

    `in_progress` is the first stage and no more; `not_met` says that nothing is done only of what is reached or not.
    """
    first, last = cycle.stages[0].id, cycle.stages[-1].id
    said: dict[str, tuple[Axis, str]] = {
        "met": ("evidence", last),
        "claimed_met": ("official", last),
        "in_progress": ("evidence", first),
        "not_open": ("evidence", NOT_STARTED),
    }
    if wanted.status == "not_met" and (wanted.baseline, wanted.target) == YES_OR_NO:
        said["not_met"] = ("evidence", NOT_STARTED)
    published = case.sources[wanted.source].published_on if wanted.source in case.sources else None
    when = wanted.status_on or published
    if when is None or wanted.status not in said:
        return None
    axis, stage = said[wanted.status]
    return Happening(
        commitment=commitment.id, axis=axis, stage=stage, weight=weight_of(stage, cycle), happened_on=when,
        public_from=min(when.last, max(when.first, case.header.as_of)), origin="status", key=wanted.id,
        source=wanted.source, grade=wanted.grade,
    )  # fmt: skip


def _is_said(status: Happening, others: list[Happening], wanted: Requirement) -> bool:
    """Tell whether other events say as much already: then the status is no news of its own."""
    same = [one for one in others if one.axis == status.axis and one.counts]
    if wanted.status == "in_progress":
        return any(one.weight >= status.weight for one in same)
    return any(one.weight == status.weight and one.happened_on == status.happened_on for one in same)
