"""The made-up case with a ledger that a test writes itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from shteg.evidence import find_case, read_case
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import LadderEvent
from shteg.evidence.records.ledger import LedgerLine, Resolution

EMPTY = "0" * 64


def line(
    year: int = 2024,
    *,
    edition: str = "one",
    step: str = "association",
    kind: str = "real",
    made_on: str = "2020-01-01",
    probability: float = 0.3,
    events: str = "association",
    needs: str = "",
) -> LedgerLine:
    """Give a line of the ledger on the aspirant of the made-up case."""
    return LedgerLine.model_validate(
        {
            "id": f"{edition}.{step}.{year}", "kind": kind, "edition": edition, "made_on": made_on,
            "written_on": made_on, "country": "XAA", "step": step, "due": f"{year}-12-31",
            "events": events, "needs": needs, "rule": "as it says", "probability": probability, "hash": EMPTY,
        }
    )  # fmt: skip


def closed(
    forecast: LedgerLine,
    outcome: str,
    *,
    number: int = 1,
    on: str = "2026-01-01",
    happened_on: str | None = None,
    corrects: str | None = None,
) -> Resolution:
    """Give a line that closes a forecast."""
    return Resolution.model_validate(
        {
            "id": f"r{number}", "forecast": forecast.id, "outcome": outcome, "decided_on": on,
            "happened_on": happened_on, "reason": "it is so", "source": "register", "corrects": corrects,
            "hash": EMPTY,
        }
    )  # fmt: skip


def with_ledger(
    lines: Sequence[LedgerLine], resolutions: Sequence[Resolution] = (), day: date = date(2026, 6, 30)
) -> Case:
    """Give the made-up case with this ledger, on a day."""
    case = read_case(find_case("demo"))
    header = case.header.model_copy(update={"as_of": day})
    return replace(case, header=header, ledger=tuple(lines), resolutions=tuple(resolutions))


def with_event(case: Case, when: str, event: str = "association") -> Case:
    """Give a case whose aspirant took a step."""
    row = LadderEvent(
        country="XAA", event=event, happened_on=DateInterval.parse(when), known_on=None, source="register", grade="A1"
    )
    return replace(case, ladder=(*case.ladder, row))
