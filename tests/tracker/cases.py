"""The made-up case with commitments and events that a test writes itself."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from shteg.evidence import find_case, read_case
from shteg.evidence.case import Case
from shteg.evidence.records.commitments import ChronicleLink, Commitment, CommitmentEvent, LifeCycle
from shteg.tracker import Followed, follow_commitments

DAY = date(2026, 6, 30)
CYCLE = LifeCycle.model_validate(
    {
        "title": {"en": "x", "sq": "x", "sr": "x"},
        "stages": [
            {"id": one, "title": {"en": one, "sq": one, "sr": one}, "weight": weight}
            for one, weight in (("drafted", 0.25), ("adopted", 0.6), ("applied", 1.0))
        ],
    }
)


@cache
def demo() -> Case:
    """The made-up case, without what its own commitments say."""
    case = read_case(find_case("demo"))
    return replace(case, commitments=(), commitment_events=(), commitment_chronicle=(), commitment_readings=())


def commitment(name: str = "a", **more: Any) -> Commitment:
    """Give a commitment of the made-up case."""
    return Commitment.model_validate(
        {
            "id": name, "kind": "pledge", "addressee": "government", "area": "readiness", "life_cycle": "law",
            "made_on": "2020-01-01", "source": "register", "grade": "A1",
        }
        | more
    )  # fmt: skip


def event(number: int, stage: str | None = "drafted", on: str = "2022-03-01", **more: Any) -> CommitmentEvent:
    """Give an event of the commitment `a`, on the axis of evidence."""
    return CommitmentEvent.model_validate(
        {
            "id": number, "recorded_on": "2026-06-01", "commitment": "a", "axis": "evidence", "stage": stage,
            "happened_on": on, "source": "register", "grade": "A1",
        }
        | more
    )  # fmt: skip


def with_commitments(
    commitments: Iterable[Commitment],
    events: Iterable[CommitmentEvent] = (),
    links: Iterable[ChronicleLink] = (),
    day: date = DAY,
) -> Case:
    """Give the made-up case with these, on a day."""
    header = demo().header.model_copy(update={"as_of": day})
    return replace(
        demo(), header=header, commitments=tuple(commitments), commitment_events=tuple(events),
        commitment_chronicle=tuple(links), life_cycles={"law": CYCLE},
    )  # fmt: skip


def stands(*events: CommitmentEvent, day: date = DAY, **more: Any) -> Followed:
    """Give the commitment `a` as it stands after some events."""
    (found,) = follow_commitments(with_commitments([commitment(**more)], events, day=day))
    return found
