"""The sheet with the respondents: names in its first filled row, codes below; what is not plain is refused.

Runs in the process that `shteg.survey.readers.apart` starts.
"""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.codes import untyped_codes
from shteg.survey.readers.field.tools import REPEAT_MARKS
from shteg.survey.readers.responses import Responses, require_one_name
from shteg.survey.readers.transport import Rows
from shteg.workbooks.cells import Cells, column_name, place_name, read_cells
from shteg.workbooks.parts import Sheet, open_book

DATA_SHEET = "data"


def read_workbook_file(path: Path, *, twice: bool = False) -> Responses:
    """Read the only sheet that holds something, the one called "data", or the one beside those of repeats.

    Parameters
    ----------
    path : Path
    twice : bool
        Two columns may have one heading; see `require_one_name`.

    Returns
    -------
    Responses

    Raises
    ------
    DesignError
        Several sheets, a hidden sheet, a formula, an error value, merged cells, a name missing or twice.
    """
    with zipfile.ZipFile(path) as archive:
        book = open_book(path, archive)
        filled: dict[Sheet, Cells | DesignError] = {}
        for sheet in book.sheets:
            try:
                cells = read_cells(book, sheet, _where(path, sheet))
            except DesignError as error:
                filled[sheet] = error  # matters only if this is the sheet with the respondents
                continue
            if cells.rows or cells.computed:
                filled[sheet] = cells
    repeats = [sheet for sheet, cells in filled.items() if isinstance(cells, Cells) and _is_repeat(cells)]
    chosen = _choose(path, list(filled), repeats)
    read = filled[chosen]
    if isinstance(read, DesignError):
        raise read
    table = _read_table(read, _where(path, chosen), path.name, twice=twice)
    notes = list(table.notes)
    for sheet in repeats:
        if sheet is not chosen:
            notes.append(f"{path.name}: the sheet of a repeat {sheet.name!r} is left out, its rows are no respondents")
    return replace(table, notes=tuple(notes))


def read_sheet_tables(path: Path) -> dict[str, Responses]:
    """Read every sheet that is shown and holds something, each as a table; raises as `read_workbook_file`."""
    with zipfile.ZipFile(path) as archive:
        book = open_book(path, archive)
        shown = [sheet for sheet in book.sheets if not sheet.hidden]
        read = {sheet: read_cells(book, sheet, _where(path, sheet)) for sheet in shown}
    filled = {sheet: cells for sheet, cells in read.items() if cells.rows or cells.computed}
    if not filled:
        raise DesignError("the file is empty", "the first filled row must name the columns", path.name)
    return {sheet.name: _read_table(cells, _where(path, sheet), path.name) for sheet, cells in filled.items()}


def read_rows(path: Path) -> dict[str, Rows]:
    """Give the cells of every sheet, hidden or not, as text; None where a cell is blank, rows as long as they are."""
    with zipfile.ZipFile(path) as archive:
        book = open_book(path, archive)
        return {sheet.name: _dense(read_cells(book, sheet, _where(path, sheet))) for sheet in book.sheets}


def _where(path: Path, sheet: Sheet) -> str:
    return f"{path.name}, sheet {sheet.name!r}"


def _is_repeat(cells: Cells) -> bool:
    """Tell whether a sheet holds what was asked several times of a respondent, by the columns that the tool adds."""
    return any(codes and codes[0] in REPEAT_MARKS for codes in cells.codes.values())


def _choose(path: Path, filled: list[Sheet], repeats: list[Sheet]) -> Sheet:
    shown = [sheet for sheet in filled if not sheet.hidden]
    shown = [sheet for sheet in shown if sheet not in repeats] or shown
    named = [sheet for sheet in filled if sheet.name.strip().lower() == DATA_SHEET]
    if hidden := next((one for one in (named or filled) if one.hidden and (one in named or not shown)), None):
        hint = "unhide it if it holds the respondents, or delete it"
        raise DesignError(f"the sheet {hidden.name!r} is hidden", hint, path.name)
    if not filled:
        raise DesignError("the file is empty", "the first filled row must name the columns", path.name)
    if len(shown) > 1 and not named:
        listed = ", ".join(repr(sheet.name) for sheet in shown)
        hint = f"keep one sheet, or call the one with the respondents {DATA_SHEET!r}"
        raise DesignError(f"{len(shown)} sheets hold something: {listed}", hint, path.name)
    return named[0] if named else shown[0]


def _read_table(cells: Cells, where: str, name: str, *, twice: bool = False) -> Responses:
    if cells.computed:
        place, what = cells.computed[0]
        hint = "copy the sheet and paste it as values; look at what stands there"
        raise DesignError(f"the cell holds {what}", hint, f"{where}, cell {place}")
    columns = sorted(cells.rows)
    rows = np.unique(np.concatenate([np.asarray(cells.rows[column]) for column in columns]))
    first = int(rows[0])
    _refuse_merged(cells, first, int(rows[-1]), columns, where)
    header = {column: cells.codes[column][0] if cells.rows[column][0] == first else None for column in columns}
    _require_names(cells, header, first, where)
    names = require_one_name(list(header.values()), where, twice=twice)
    series = []
    for title, column in zip(names, columns, strict=True):
        codes: list[str | None] = [None] * len(rows)
        for at, code in zip(np.searchsorted(rows, cells.rows[column]).tolist(), cells.codes[column], strict=True):
            codes[at] = code
        series.append(untyped_codes(pl.Series(title, codes[1:], dtype=pl.String)))
    lines = rows[1:].astype(np.int64)
    skipped = int(rows[-1]) - first + 1 - len(rows)
    notes = (f"{where}: {skipped} empty rows between others were left out",) if skipped else ()
    return Responses(frame=pl.DataFrame(series), name=name, lines=lines, notes=notes)


def _refuse_merged(cells: Cells, first: int, last: int, columns: list[int], where: str) -> None:
    for top, left, bottom, right in cells.merged:
        if bottom >= first and top <= last and right >= columns[0] and left <= columns[-1]:
            place = f"{place_name(top, left)}:{place_name(bottom, right)}"
            problem = f"the cells {place} are merged: only the first of them holds the value"
            hint = "unmerge them and write the value into each; the first filled row must hold the names of the columns"
            raise DesignError(problem, hint, where)


def _require_names(cells: Cells, header: dict[int, str | None], first: int, where: str) -> None:
    """Refuse columns without a name, saying where the names seem to stand or which cell lies outside of the table."""
    unnamed = [column for column, name in header.items() if not name]
    if not unnamed:
        return
    if len(unnamed) * 2 > len(header) or len(header) - len(unnamed) == 1:
        counts: dict[int, int] = {}
        for column in header:
            for row in cells.rows[column][:50]:
                counts[row] = counts.get(row, 0) + 1
        fullest = min(counts, key=lambda row: (-counts[row], row))
        if counts[fullest] > 1:
            problem = f"row {first} does not name the columns; the names seem to stand in row {fullest}"
            raise DesignError(problem, f"delete the rows above row {fullest}", f"{where}, header")
    column = unnamed[0]
    row, code = cells.rows[column][0], cells.codes[column][0]
    problem = f"the column has no name, and cell {place_name(row, column)} holds “{code[:40]}”"
    hint = f"name column {column_name(column)} in row {first}, or delete what stands in it"
    raise DesignError(problem, hint, f"{where}, header, column {column}")


def _dense(cells: Cells) -> Rows:
    """Give the rows of a sheet from the first on, each up to its last filled cell."""
    rows: Rows = []
    for column in sorted(cells.rows):
        for row, code in zip(cells.rows[column], cells.codes[column], strict=True):
            while len(rows) < row:
                rows.append([])
            line = rows[row - 1]
            line.extend([None] * (column - 1 - len(line)))
            line.append(code)
    return rows
