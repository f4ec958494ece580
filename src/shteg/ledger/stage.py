"""The stage: the ledger as it stands on the day of the case, and its scores."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.estimates import StageResult, Table, Unit, Value, column, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.ledger.scores import ALL, LedgerScore, score_ledger, scores_of
from shteg.ledger.standing import STATUSES, Standing, standing_forecasts

COUNTS = ("registered", "counted", "overdue", "open", "early", "void", "scored", "happened", "questions")
"""What is counted of each kind, as values `ledger.<kind>.<name>`."""


@table_row
class Registered:
    """A forecast as an edition gave it, and what came of it."""

    forecast: str = column("Id of the line: edition, step and year.", key=True)
    kind: str = column("Real, or reconstructed afterwards.")
    status: str = column("Overdue, open, yes, no or void.")
    step: str = column("Step that was foretold (id, as the case had it then).", name="foretold_step")
    due: DateInterval = column("The last day on which the step counts.", "date", written=str)
    year: int = column("The year of that day.", "year")
    made_on: DateInterval = column("The day as of which the edition stood.", "date", written=str)
    edition: str = column("Name of the edition.")
    country: str = column("Country code of the aspirant.")
    probability: float = column("Probability that the step is reached by then.", "share")
    low: float | None = column("Lower end of its interval.", "share")
    high: float | None = column("Upper end of its interval.", "share")
    events: str = column("Events of ladder.csv that count as the step; empty: closed by hand.")
    needs: str = column("Events without which it cannot have been taken, where none counts as the step.")
    counted: bool = column("False where another edition of the same day asked the same and counts in its place.")
    scored: bool = column("Whether it is scored: it counts, its day has passed, and it came true or not.")
    decided_on: DateInterval | None = column("When it was closed.", "date", written=str)
    happened_on: DateInterval | None = column("When the step was reached.", "date", written=str)
    reason: str | None = column("What decided it, as it was written down.")
    source: str | None = column("Where that stands (id of the source).")
    corrected: bool = column("Whether the line that closes it corrects an earlier one.")
    log: float | None = column("Logarithm of the probability given to what came.", "score")
    brier: float | None = column("Squared distance from what came.", "score")


def settle_ledger(case: Case) -> StageResult:
    """Lay out the ledger of a case as it stands on its day.

    Parameters
    ----------
    case : Case

    Returns
    -------
    StageResult
        Tables `forecasts`, what is overdue first, and `scores`; values `ledger.<kind>.<count>` and, where something is
        scored, `ledger.<kind>.log`, `.brier`, `.resolved-share`. Nothing of a case without a ledger.
    """
    forecasts = standing_forecasts(case)
    if not forecasts:
        return StageResult(stage="ledger")
    scores = score_ledger(forecasts)
    tables = (
        Table.of("forecasts", "What earlier editions said", Registered, _rows(forecasts)),
        Table.of("scores", "How what earlier editions said fared", LedgerScore, scores),
    )
    values = [value for row in scores if row.step == ALL for value in _values(case, row)]
    return StageResult(stage="ledger", tables={table.name: table for table in tables}, values=tuple(values))


def _rows(forecasts: Sequence[Standing]) -> list[Registered]:
    order = {status: place for place, status in enumerate(STATUSES)}
    listed = sorted(
        forecasts,
        key=lambda one: (
            one.line.kind, order[one.status], one.line.due, one.line.made_on, one.line.step, one.line.id
        ),
    )  # fmt: skip
    return [_row(one) for one in listed]


def _row(one: Standing) -> Registered:
    line, closed, scores = one.line, one.closed, scores_of(one)
    return Registered(
        forecast=line.id, kind=line.kind, status=one.status, step=line.step, due=line.due, year=line.due.last.year,
        made_on=line.made_on, edition=line.edition, country=line.country, probability=line.probability,
        low=line.low, high=line.high, events=line.events or "", needs=line.needs or "",
        counted=one.counted, scored=one.scored,
        decided_on=closed.decided_on if closed else None, happened_on=closed.happened_on if closed else None,
        reason=closed.reason if closed else None, source=closed.source if closed else None,
        corrected=closed is not None and closed.corrects is not None,
        log=scores[0] if scores else None, brier=scores[1] if scores else None,
    )  # fmt: skip


def _values(case: Case, row: LedgerScore) -> list[Value]:
    used = tuple(sorted({one.source for one in case.resolutions})) or tuple(sorted(case.sources))
    verified = all(case.sources[name].grade[1] != "6" for name in used if name in case.sources)
    shown: list[tuple[str, Unit, int]] = [(name, "count", 0) for name in COUNTS]
    if row.resolved_share is not None:
        shown.append(("resolved_share", "share", 0))
    if row.scored:
        shown += [("mean_probability", "share", 1), ("log", "score", 3), ("brier", "score", 3)]
    return [
        Value(
            id=f"ledger.{row.kind}.{name.replace('_', '-')}", number=float(getattr(row, name)), unit=unit,
            decimals=decimals, label="computed", label_key=f"value.ledger.{row.kind}.{name.replace('_', '-')}",
            source_ids=used, method="ledger#scores", verified=verified,
        )
        for name, unit, decimals in shown
    ]  # fmt: skip
