"""Known errors of the tables, mended before the rows are checked, and only while the error is still there."""

from shteg.evidence.files.csv_tables import CsvTable, Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.files.explain_invalid import quoted, suggest
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.base import Correction, Corrections

FILE = "corrections.toml"


def apply_corrections(draft: Draft) -> tuple[Correction, ...]:
    """Replace the wrong cells in the raw tables of a draft; report every correction that does not fit.

    A correction fits if its `row` finds exactly one row and the cell holds `expect`.
    """
    file = draft.tomls.get(FILE)
    if file is None or not isinstance(file.record, Corrections):
        return ()
    applied = []
    for number, correction in enumerate(file.record.corrections):
        failed = _apply(draft, correction)
        if failed is None:
            applied.append(correction)
        else:
            key, problem, hint = failed
            path: Path = ("corrections", number, key)
            draft.folder.problems.append(draft.at_key(FILE, path, problem, hint))
    return tuple(applied)


def _apply(draft: Draft, correction: Correction) -> tuple[str, str, str] | None:
    if correction.expect == correction.replace:
        return "replace", "the correction replaces a value by itself", "write the right value, or delete the correction"
    table = draft.tables.get(correction.file)
    if table is None:
        known = sorted(draft.tables)
        return "file", f"`{correction.file}` is not a table of this case", suggest(correction.file, known, "correct it")
    for column in (*correction.row, correction.column):
        if column not in table.header:
            key = "column" if column == correction.column else "row"
            hint = suggest(column, table.header, "correct the name")
            return key, f"`{column}` is not a column of {table.name}", hint
    rows = _matching(table, correction)
    if len(rows) != 1:
        found = "no row" if not rows else f"{len(rows)} rows"
        hint = "name the columns that identify one row, with their values" if correction.row else "fill in `row`"
        return "row", f"the correction matches {found} of {table.name}", hint
    return _replace(rows[0], correction)


def _matching(table: CsvTable, correction: Correction) -> list[Row]:
    if not correction.row:
        return []
    wanted = {name: value.strip() for name, value in correction.row.items()}
    return [row for row in table.rows if all(row.cells[name].strip() == value for name, value in wanted.items())]


def _replace(row: Row, correction: Correction) -> tuple[str, str, str] | None:
    stands = row.cells[correction.column].strip()
    where = f"{correction.file}, line {row.line}, column `{correction.column}`"
    if stands == correction.expect:
        row.cells[correction.column] = correction.replace
        return None
    if stands == correction.replace:
        problem = f"{where} already holds {quoted(stands)}: the source has mended itself"
        return "expect", problem, "delete this correction"
    problem = (
        f"{where} holds {quoted(stands)}, not {quoted(correction.expect)}: the source has mended or changed itself"
    )
    return "expect", problem, "look at the source again, then delete the correction or renew `expect`"
