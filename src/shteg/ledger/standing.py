"""Where each forecast of the ledger stands: open, overdue, or closed by the last line on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shteg.evidence.case import Case
from shteg.evidence.records.ledger import LedgerLine, Resolution

Status = Literal["overdue", "open", "yes", "no", "void"]
STATUSES: tuple[Status, ...] = ("overdue", "open", "yes", "no", "void")
"""In the order in which they are told: what is owed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A forecast as it stands on a day.

    `closed` is the line that stands, an earlier one that it corrects aside; `counted` is False where another edition of
    the same day asked the same and counts in its place; `due_passed` tells whether its last day lies before the day.
    """

    line: LedgerLine
    closed: Resolution | None
    counted: bool
    due_passed: bool

    @property
    def status(self) -> Status:
        """Overdue where its day has passed and nothing closes it."""
        if self.closed is not None and self.closed.outcome != "open":
            return self.closed.outcome
        return "overdue" if self.due_passed else "open"

    @property
    def scored(self) -> bool:
        """Tell whether it is scored: counted, yes or no, and its day has passed.

        What came true early waits for its day: to score it at once, and its like that did not come true years later,
        would make forecasts look too low in the meantime.
        """
        return self.counted and self.due_passed and self.status in ("yes", "no")


def standing_forecasts(case: Case) -> tuple[Standing, ...]:
    """Give every forecast of the ledger as it stands on the day of the case, in the order of the lines."""
    last = last_resolutions(case.resolutions)
    counted = _counted(case.ledger)
    return tuple(standing_on(line, last.get(line.id), line.id in counted, case.header.as_of) for line in case.ledger)


def standing_on(line: LedgerLine, closed: Resolution | None, counted: bool, day: date) -> Standing:
    """Give a forecast as it stands on a day.

    Parameters
    ----------
    line : LedgerLine
    closed : Resolution or None
        The line that stands.
    counted : bool
        Whether it counts, or another edition of its day.
    day : date

    Returns
    -------
    Standing
    """
    return Standing(line=line, closed=closed, counted=counted, due_passed=line.due.last < day)


def last_resolutions(rows: Iterable[Resolution]) -> dict[str, Resolution]:
    """Give the line that stands for each forecast: the last one."""
    return {one.forecast: one for one in rows}


def _counted(lines: Iterable[LedgerLine]) -> set[str]:
    """Give the ids of the lines that count: of a question, one for each day as of which it was asked.

    Of real ones the first: a later edition of the same day would know more than that day. Of reconstructed ones the
    last: nobody was told, and what is tried is the machine as it is.
    """
    chosen: dict[tuple[object, ...], str] = {}
    for line in lines:
        key = (line.kind, line.country, line.step, line.due, line.made_on)
        if line.kind == "reconstructed" or key not in chosen:
            chosen[key] = line.id
    return set(chosen.values())
