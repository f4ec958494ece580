"""What the evidence decides of a forecast: yes, no, or nothing yet, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shteg.evidence.case import Case
from shteg.evidence.extent import Extent, evidence_extent
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.ledger import LedgerLine
from shteg.ledger.standing import Standing, standing_forecasts

Undecided = Literal["not_due", "by_hand", "imprecise", "evidence_ends"]
"""Why the evidence decides nothing: the day has not passed; no event counts; a date may lie before or after the day;
the evidence does not run past the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the evidence says of a forecast: an outcome with reason and source, or why there is none."""

    outcome: Literal["yes", "no"] | None = None
    reason: str = ""
    source: str = ""
    happened_on: DateInterval | None = None
    undecided: Undecided | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A forecast with what the evidence says of it; `verdict` is to be written down where it is `due_to_write`."""

    standing: Standing
    verdict: Verdict

    @property
    def due_to_write(self) -> bool:
        """Tell whether the evidence says something that the ledger does not: nothing yet, or the contrary.

        What was closed as void was closed by hand, and stays.
        """
        return self.verdict.outcome is not None and self.standing.status not in ("void", self.verdict.outcome)


def settle_by_evidence(case: Case) -> tuple[Settled, ...]:
    """Hold every forecast of the ledger against the evidence of a case, as of its day."""
    extent = evidence_extent(case)
    return tuple(Settled(standing=one, verdict=_verdict(case, one.line, extent)) for one in standing_forecasts(case))


def _verdict(case: Case, line: LedgerLine, extent: Extent | None) -> Verdict:
    wanted = line.counted_events or line.needed_events
    if not wanted:
        return Verdict(undecided="by_hand")
    events = [one for one in case.ladder if one.country == line.country and one.event in wanted]
    due, day = line.due.last, case.header.as_of
    sure = [one for one in events if one.happened_on.last <= due and line.counted_events]
    if sure:
        first = min(sure, key=lambda one: (one.happened_on, one.source))
        reason = f"ladder.csv has `{first.event}` on {first.happened_on}"
        return Verdict(outcome="yes", reason=reason, source=first.source, happened_on=first.happened_on)
    if due >= day:
        return Verdict(undecided="not_due")
    if any(one.happened_on.first <= due for one in events):
        return Verdict(undecided="imprecise" if line.counted_events else "by_hand")
    if extent is None or extent.day <= due:
        return Verdict(undecided="evidence_ends")
    reason = (
        f"the evidence runs to {extent.day} and ladder.csv has no {' or '.join(f'`{one}`' for one in wanted)} by {due}"
    )
    return Verdict(outcome="no", reason=reason, source=extent.sources[0])


def resolution_lines(case: Case, settled: tuple[Settled, ...]) -> list[dict[str, str]]:
    """Write what the evidence decides, and the ledger does not say, as lines of resolutions.csv."""
    chosen = [one for one in settled if one.due_to_write]
    return [
        resolution_line(
            case, one.standing, one.verdict.outcome or "", number, reason=one.verdict.reason,
            source=one.verdict.source, happened_on=one.verdict.happened_on,
        )
        for number, one in enumerate(chosen, start=len(case.resolutions) + 1)
    ]  # fmt: skip


def resolution_line(
    case: Case,
    standing: Standing,
    outcome: str,
    number: int,
    *,
    reason: str,
    source: str,
    happened_on: DateInterval | None = None,
) -> dict[str, str]:
    """Write a line of resolutions.csv, without its hash.

    Parameters
    ----------
    case : Case
        Whose day is that of the line.
    standing : Standing
        The forecast; the line that closes it now is the one to correct.
    outcome : {"yes", "no", "void", "open"}
    number : int
        Place of the line in the file, from 1.
    reason, source : str
        What decides it, and the id of the document that says so.
    happened_on : DateInterval, optional
        When the step was reached, where it was.

    Returns
    -------
    dict of str to str
    """
    cells: Mapping[str, str] = {
        "id": f"r{number}",
        "forecast": standing.line.id,
        "outcome": outcome,
        "decided_on": case.header.as_of.isoformat(),
        "happened_on": "" if happened_on is None else str(happened_on),
        "reason": reason,
        "source": source,
        "corrects": standing.closed.id if standing.closed else "",
    }
    return dict(cells)
