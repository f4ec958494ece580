"""Checks of the tracker: commitments that can be named, events that fit them, lines that are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft, unknown
from shteg.evidence.records.commitments import (
    NOT_STARTED,
    REVERSED,
    ChronicleLink,
    Commitment,
    CommitmentEvent,
    LifeCycle,
    LifeCycles,
    ReadingLink,
)
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Refers, marked
from shteg.evidence.records.facts import ChronicleEvent, Reading
from shteg.evidence.records.ledger import HASH, chained_hash
from shteg.hints import list_names, nearest

COMMITMENTS, EVENTS = "commitments/commitments.csv", "commitments/events.csv"
_CHRONICLE, _READINGS, _CYCLES = (
    "commitments/chronicle.csv", "commitments/readings.csv", "commitments/life_cycles.toml",
)  # fmt: skip
_ADD = "lines are only ever added: take the file back as it was, and add what is new at its end (`shteg track add`)"
Fault = tuple[str, str, str]
"""Column, problem and hint."""


def stage_names(cycle: LifeCycle) -> tuple[str, ...]:
    """Give the stages that an event may name: those of the life cycle, and the two of every life cycle."""
    return (NOT_STARTED, *(stage.id for stage in cycle.stages), REVERSED)


def stage_fault(stage: str, cycle: LifeCycle | None, name: str) -> Iterator[Fault]:
    """Find a stage that a life cycle does not have.

    Parameters
    ----------
    stage : str
        As an event names it.
    cycle : LifeCycle or None
        None where it is not known, so that nothing can be said.
    name : str
        Id of the life cycle.

    Yields
    ------
    Fault
    """
    if cycle is not None and stage not in (known := stage_names(cycle)):
        near = nearest(stage, known)
        hint = f"did you mean `{near}`?" if near else list_names(known, "there are")
        yield "stage", f"`{stage}` is no stage of the life cycle `{name}`", hint


def before_fault(happened: DateInterval, commitment: Commitment) -> Iterator[Fault]:
    """Find an event that surely lies before its commitment was made."""
    if happened.last < commitment.made_on.first:
        problem = f"happened on {happened}, before `{commitment.id}` was made, on {commitment.made_on}"
        hint = "correct the date, or name the commitment that it belongs to; what came before it is its baseline"
        yield "happened_on", problem, hint


def event_faults(
    event: CommitmentEvent,
    commitment: Commitment,
    cycles: Mapping[str, LifeCycle],
    earlier: Mapping[int, CommitmentEvent],
) -> Iterator[Fault]:
    """Find what does not fit in an event, whether it stands in the file or is to be added.

    Parameters
    ----------
    event : CommitmentEvent
    commitment : Commitment
        The one that it names.
    cycles : mapping
        The life cycles of the case, by id.
    earlier : mapping
        The lines before it, by number.

    Yields
    ------
    Fault
    """
    if event.stage is not None:
        yield from stage_fault(event.stage, cycles.get(commitment.life_cycle), commitment.life_cycle)
    yield from before_fault(event.happened_on, commitment)
    if event.recorded_on.last < event.happened_on.first:
        problem = f"recorded on {event.recorded_on}, before it happened, on {event.happened_on}"
        yield "recorded_on", problem, "an event is written down once it has happened"
    if event.withdraws is not None:
        yield from _withdrawal_faults(event, earlier)


def _withdrawal_faults(event: CommitmentEvent, earlier: Mapping[int, CommitmentEvent]) -> Iterator[Fault]:
    number = event.withdraws
    meant = earlier.get(number) if number is not None else None
    if meant is None:
        yield "withdraws", f"there is no earlier line {number}", "name the `id` of a line that stands above"
    elif (meant.commitment, meant.axis) != (event.commitment, event.axis):
        problem = f"line {number} is on `{meant.commitment}`, axis {meant.axis}"
        yield "withdraws", problem, "a withdrawal names commitment and axis of the line that it withdraws"
    elif meant.withdraws is not None:
        problem = f"line {number} is a withdrawal itself"
        yield "withdraws", problem, "to take a withdrawal back, add the event anew"
    elif any(one.withdraws == number for one in earlier.values()):
        yield "withdraws", f"line {number} is withdrawn already", "withdraw it once"


def check_commitments(draft: Draft) -> Iterator[Problem]:
    """Find commitments that nothing names, that fit their measure not, or are due before they were made."""
    named = draft.raw("labels.toml", "labels", "commitment")
    titles = frozenset(named) if isinstance(named, dict) else frozenset()
    rows = draft.records_of(COMMITMENTS, Commitment)
    measures = {one.get("id"): one for _, one in draft.tables_of("recommendations.toml", "measures")}
    for row, one in rows:
        for column, problem, hint in _commitment_faults(draft, one, titles, measures):
            yield draft.at_row(COMMITMENTS, row, column, problem, hint)
    if COMMITMENTS in draft.tables and draft.tables[COMMITMENTS].whole:
        for title in sorted(titles - draft.tables[COMMITMENTS].values("id")):
            problem = f"`{title}` is no commitment"
            hint = f"add it to {COMMITMENTS}, or remove its name"
            yield draft.at_key("labels.toml", ("labels", "commitment", title), problem, hint)


def _commitment_faults(
    draft: Draft, one: Commitment, titles: frozenset[str], measures: Mapping[object, Mapping[str, object]]
) -> Iterator[Fault]:
    if not one.links and one.id not in titles:
        hint = f"name it under [labels.commitment], `{one.id} = {{ … }}`, or name its measure, requirement or programme"
        yield "id", f"`{one.id}` has no title", hint
    if one.due is not None and one.due.last < one.made_on.first:
        yield "due", f"due {one.due} lies before made_on {one.made_on}", "correct one of the two"
    for column, refers in marked(Commitment, Refers).items():
        word = getattr(one, column)  # where there is no such file, nothing else looks at the column
        asked = word and refers.optional and not draft.folder.exists(refers.files[0][0])
        if asked and (failed := unknown(word, frozenset(), refers.what, refers.where)):
            yield column, *failed
    measure = measures.get(one.measure)
    if measure is not None and measure.get("area") != one.area:
        problem = f"the measure `{one.measure}` is of the area `{measure.get('area')}`"
        yield "area", problem, "give the commitment the area of its measure"
    said = draft.raw("labels.toml", "labels", "addressee", one.addressee)
    if measure is not None and isinstance(said, dict) and said != measure.get("addressee"):
        problem = f"the measure `{one.measure}` names another addressee than [labels.addressee]"
        yield "addressee", problem, "write the same words in both, in every language"


def check_events(draft: Draft) -> Iterator[Problem]:
    """Find events that do not fit their commitment, and lines that were moved, changed or taken out."""
    commitments, cycles = _commitments(draft), _cycles(draft)
    earlier: dict[int, CommitmentEvent] = {}
    rows = draft.records_of(EVENTS, CommitmentEvent)
    for row, event in rows:
        commitment = commitments.get(event.commitment)
        for column, problem, hint in event_faults(event, commitment, cycles, earlier) if commitment else ():
            yield draft.at_row(EVENTS, row, column, problem, hint)
        earlier[event.id] = event
    for row, column, problem in _order_faults(rows):
        yield draft.at_row(EVENTS, row, column, problem, _ADD)
    yield from _broken_seals(draft)


def _order_faults(rows: Iterable[tuple[Row, CommitmentEvent]]) -> Iterator[tuple[Row, str, str]]:
    """Find the first line whose number is not the next, and lines written down before the one above them."""
    before: CommitmentEvent | None = None
    counted = True
    for row, event in rows:
        number = before.id + 1 if before else 1
        if counted and event.id != number:
            counted = False  # those behind it are wrong by the same slip
            yield row, "id", f"the line has number {event.id} and is the one after {number - 1}: lines were moved"
        if before is not None and event.recorded_on.last < before.recorded_on.first:
            problem = f"recorded on {event.recorded_on}, before the line above it, on {before.recorded_on}"
            yield row, "recorded_on", problem
        before = event


def _broken_seals(draft: Draft) -> Iterator[Problem]:
    """Find the first line whose hash is not that of itself and all lines before it."""
    table = draft.tables.get(EVENTS)
    before = ""
    for row in table.rows if table else ():
        before = chained_hash(before, CommitmentEvent, row.cells)
        stands = row.cells.get(HASH, "").strip()
        if stands and stands != before:
            assert table is not None
            problem = "this line or one above it is not what was written: lines were changed, moved or taken out"
            yield table.at(row, HASH, problem, f"{_ADD}; what is wrong is withdrawn by a new line")
            return


def check_links(draft: Draft) -> Iterator[Problem]:
    """Find events of the chronicle and readings that do not fit the commitment that they are said to be about."""
    commitments, cycles = _commitments(draft), _cycles(draft)
    happened = {one.id: one for _, one in draft.records_of("chronicle.csv", ChronicleEvent)}
    for row, link in draft.records_of(_CHRONICLE, ChronicleLink):
        commitment = commitments.get(link.commitment)
        faults: list[Fault] = []
        if not draft.folder.exists("chronicle.csv"):
            faults += [("event", f"`{link.event}` is not in chronicle.csv", "add the file, or remove the line")]
        if commitment is not None:
            faults += stage_fault(link.stage, cycles.get(commitment.life_cycle), commitment.life_cycle)
            if (event := happened.get(link.event)) is not None:
                faults += (("event", problem, hint) for _, problem, hint in before_fault(event.happened_on, commitment))
        for column, problem, hint in faults:
            yield draft.at_row(_CHRONICLE, row, column, problem, hint)
    read = {(one.requirement, one.happened_on) for _, one in draft.records_of("readings.csv", Reading)}
    for row, reading in draft.records_of(_READINGS, ReadingLink):
        commitment = commitments.get(reading.commitment)
        if commitment is None:
            continue
        if commitment.requirement is None:
            problem, hint = f"`{commitment.id}` names no requirement", "name it in commitments.csv, or remove the line"
            yield draft.at_row(_READINGS, row, "commitment", problem, hint)
        elif (commitment.requirement, reading.happened_on) not in read:
            problem = f"readings.csv has no reading of `{commitment.requirement}` on {reading.happened_on}"
            yield draft.at_row(_READINGS, row, "happened_on", problem, "write the date as it stands in readings.csv")


def _commitments(draft: Draft) -> dict[str, Commitment]:
    return {one.id: one for _, one in draft.records_of(COMMITMENTS, Commitment)}


def _cycles(draft: Draft) -> Mapping[str, LifeCycle]:
    file = draft.tomls.get(_CYCLES)
    return file.record.life_cycles if file is not None and isinstance(file.record, LifeCycles) else {}


CHECKS = (check_commitments, check_events, check_links)
