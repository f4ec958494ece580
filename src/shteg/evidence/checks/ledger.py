"""Checks of the ledger: no line changed, removed or moved after it was written; each forecast closed by its rule."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import CsvTable, Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.ledger import HASH, LedgerLine, Reach, Reaches, Resolution, chained_hash
from shteg.hints import counted

_LEDGER, _RESOLUTIONS, _REACHES = "ledger.csv", "resolutions.csv", "ledger.toml"
LOOKED_FOR = 20
"""Broken lines of a file of which it is tried whether they stood elsewhere: a file saved anew breaks in every line."""
_TAKE_BACK = "lines are only ever added: take the file back as it was, and correct by a new line (`shteg resolve`)"


def check_chains(draft: Draft) -> Iterator[Problem]:
    """Find lines that are not what was written, and lines that do not follow the one before them."""
    for table in draft.tables.values():
        if table.spec.chained and HASH in table.header:
            yield from _broken(table)


def _broken(table: CsvTable) -> Iterator[Problem]:
    record = table.spec.record
    written = {"", *(row.cells[HASH].strip() for row in table.rows)}
    before, broken = "", 0
    for row in table.rows:
        stands = row.cells[HASH].strip()
        if stands != chained_hash(before, record, row.cells):
            broken += 1
            looked_for = written if broken <= LOOKED_FOR else ()
            if any(stands == chained_hash(one, record, row.cells) for one in looked_for):
                problem = "the line does not follow the one before it: lines were moved, put in or taken out here"
            else:
                problem = "this line or the one before it is not what was written: lines were changed or taken out"
            yield table.at(row, HASH, problem, _TAKE_BACK)
        before = stands


def check_reaches(draft: Draft) -> Iterator[Problem]:
    """Find lines lost at the end of a file: `ledger.toml` says how far it once reached."""
    file = draft.tomls.get(_REACHES)
    tables = {name: draft.tables.get(name) for name in (_LEDGER, _RESOLUTIONS)}
    if file is None:
        if not draft.folder.exists(_REACHES) and any(table and table.rows for table in tables.values()):
            yield Problem(_REACHES, 0, 0, "the file is missing: it says how far ledger.csv reached", _TAKE_BACK)
        return
    if not isinstance(file.record, Reaches):
        return
    for key, name in (("ledger", _LEDGER), ("resolutions", _RESOLUTIONS)):
        reach, table = getattr(file.record, key), tables[name]
        if table is None and draft.folder.exists(name):
            continue  # that it cannot be read is said already
        rows = table.rows if table and table.whole else []
        if table and not table.whole:
            continue
        if reach is None and rows:
            problem = f"{name} has lines, and nothing says how far it reached"
            yield draft.at_key(_REACHES, (key,), problem, _TAKE_BACK)
        elif isinstance(reach, Reach) and len(rows) < reach.lines:
            problem = f"{name} had {counted(reach.lines, 'line')} and has {len(rows)}: lines were taken out"
            yield draft.at_key(_REACHES, (key, "lines"), problem, _TAKE_BACK)
        elif isinstance(reach, Reach) and rows[reach.lines - 1].cells.get(HASH, "").strip() != reach.hash:
            problem = f"line {rows[reach.lines - 1].line} of {name} is not the one that was written there"
            yield draft.at_key(_REACHES, (key, "hash"), problem, _TAKE_BACK)


def check_days_of_forecasts(draft: Draft) -> Iterator[Problem]:
    """Find forecasts whose days are no single days, and real ones that were written down after their last day."""
    for row, line in draft.records_of(_LEDGER, LedgerLine):
        for column in ("made_on", "written_on", "due"):
            when = getattr(line, column)
            if when.precision != "day":
                hint = "write the day, as `shteg register` does"
                yield draft.at_row(_LEDGER, row, column, f"`{column}` {when} is no single day", hint)
        if line.kind == "real" and line.written_on.first > line.due.last:
            problem = f"written on {line.written_on}, after its last day, {line.due}, and called real"
            hint = "what was written down afterwards is reconstructed: use `shteg reconstruct`"
            yield draft.at_row(_LEDGER, row, "kind", problem, hint)


def check_resolutions(draft: Draft) -> Iterator[Problem]:
    """Find forecasts closed twice without a correction, corrections that correct nothing, and outcomes too early."""
    lines = {line.id: line for _, line in draft.records_of(_LEDGER, LedgerLine)}
    standing: dict[str, tuple[Row, Resolution]] = {}
    for row, one in draft.records_of(_RESOLUTIONS, Resolution):
        line, last = lines.get(one.forecast), standing.get(one.forecast)
        if last is None and one.corrects is not None:
            hint = "`corrects` names an earlier line on the same forecast; leave it empty in the first one"
            yield _at(draft, row, "corrects", f"`{one.corrects}` is no earlier line on `{one.forecast}`", hint)
        elif last is not None and one.corrects != last[1].id:
            problem = f"`{one.forecast}` is closed already in line {last[0].line}"
            yield _at(draft, row, "corrects", problem, f"a correction names what it corrects: `{last[1].id}`")
        elif last is not None and one.decided_on < last[1].decided_on:
            problem = f"`{one.id}` of {one.decided_on} corrects `{last[1].id}`, which is of {last[1].decided_on}"
            yield _at(draft, row, "decided_on", problem, "a correction comes after what it corrects")
        standing[one.forecast] = (row, one)
        if line is not None:
            yield from _too_early(draft, row, one, line)


def _too_early(draft: Draft, row: Row, one: Resolution, line: LedgerLine) -> Iterator[Problem]:
    if one.decided_on.first < line.made_on.last:
        problem = f"closed on {one.decided_on}, before it was made, on {line.made_on}"
        yield _at(draft, row, "decided_on", problem, "correct it by a new line")
    if one.outcome == "no" and one.decided_on.first <= line.due.last:
        problem = f"`no` on {one.decided_on}, and it may come true until {line.due}"
        yield _at(draft, row, "outcome", problem, "close it once its last day has passed")
    happened = one.happened_on
    if happened is not None and (happened.last > line.due.last or happened.first > one.decided_on.last):
        end = min(line.due.last, one.decided_on.last)
        problem = f"`yes` by what happened on {happened}, which is not surely by {end}"
        yield _at(draft, row, "happened_on", problem, "a step counts where all the days it can have been taken on do")


def _at(draft: Draft, row: Row, column: str, problem: str, hint: str) -> Problem:
    return draft.at_row(_RESOLUTIONS, row, column, problem, hint)


CHECKS = (check_chains, check_reaches, check_days_of_forecasts, check_resolutions)
