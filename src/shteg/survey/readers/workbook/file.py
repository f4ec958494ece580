"""The sheet with the respondents: names in its first filled row, codes below; what is not plain is refused.

Runs in the process that `shteg.survey.readers.apart` starts.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.codes import clean_text, untyped_codes, write_code
from shteg.survey.readers.responses import Responses, require_one_name
from shteg.survey.readers.transport import Rows
from shteg.survey.readers.workbook.parts import Attributes, Book, Sheet, open_book, parse, unescape

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00(?::00(?:\.0+)?)?Z?")
_LAST_DAY = 2_958_465
"""31 December 9999, the last day that Excel shows."""


DATA_SHEET = "data"


@dataclass(slots=True, eq=False)
class Cells:
    """The cells of a sheet that hold something, column by column, and what stands in the way of reading them.

    Parameters
    ----------
    rows, codes : mapping of column to list
        Of every column, from 1, the rows in which something stands, and what it is.
    computed : list of (place, what)
        The first formula and the first error value, as in ("C12", "a formula (=A1+1)").
    merged : list of (first row, first column, last row, last column)
        Ranges of merged cells.
    """

    rows: dict[int, list[int]] = field(default_factory=dict)
    codes: dict[int, list[str]] = field(default_factory=dict)
    computed: list[tuple[str, str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Cell:
    """The cell being read."""

    row: int = 0
    column: int = 0
    kind: str = "n"
    style: int = 0
    formula: bool = False
    value: list[str] = field(default_factory=list)
    inside: str = ""
    phonetic: int = 0


def _read_cells(book: Book, sheet: Sheet, where: str) -> Cells:
    """Read the cells of a sheet; `where` is file and sheet, for errors."""
    reader = _Reader(book, where)
    parse(book.archive, sheet.part, reader.begin, reader.end, reader.text)
    return reader.cells


class _Reader:
    """Takes the elements of a worksheet one after the other."""

    def __init__(self, book: Book, where: str) -> None:
        self.book, self.where = book, where
        self.cells = Cells()
        self.cell = _Cell()
        self.known: dict[str, str] = {}
        self.numbers: dict[tuple[str, int], str] = {}

    def begin(self, name: str, attributes: Attributes) -> None:
        cell = self.cell
        if name == "c":
            self._open(attributes)
        elif name == "v":
            cell.inside = "v"
        elif name == "t" and not cell.phonetic:
            cell.inside = "t"
        elif name == "f":
            cell.inside, cell.formula = "f", True
            if not self.cells.computed:
                self.cells.computed.append((place_name(cell.row, cell.column), "a formula"))
        elif name == "rPh":
            cell.phonetic += 1
        elif name == "row":
            row = attributes.get("r")
            cell.row, cell.column = (int(row) if row else cell.row + 1), 0
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        cell = self.cell
        if name == "c":
            self._close()
        elif name == "rPh":
            cell.phonetic -= 1
        if name in ("v", "t", "f"):
            cell.inside = ""

    def text(self, text: str) -> None:
        cell = self.cell
        if cell.inside == "f":
            place, what = self.cells.computed[-1]
            if what == "a formula" and place == place_name(cell.row, cell.column):
                self.cells.computed[-1] = (place, f"a formula (={text})")
        elif cell.inside:
            cell.value.append(text)

    def _open(self, attributes: Attributes) -> None:
        cell = self.cell
        place = attributes.get("r")
        if place is None:
            cell.column += 1
        else:
            cell.row, cell.column = _read_place(place)
        if not (1 <= cell.row <= LAST_ROW and 1 <= cell.column <= LAST_COLUMN):
            raise ValueError(f"there is no cell in row {cell.row}, column {cell.column}")
        cell.kind, cell.style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        cell.formula = False
        cell.value.clear()

    def _close(self) -> None:
        cell = self.cell
        raw = "".join(cell.value)
        if cell.kind == "e" and not self.cells.computed:
            self.cells.computed.append((place_name(cell.row, cell.column), f"the error value {raw}"))
        code = self._code(cell, raw)
        if code is None:
            return
        rows = self.cells.rows.setdefault(cell.column, [])
        if rows and rows[-1] >= cell.row:
            raise ValueError(f"the cell {place_name(cell.row, cell.column)} stands twice or out of order")
        rows.append(cell.row)
        self.cells.codes.setdefault(cell.column, []).append(self.known.setdefault(code, code))

    def _code(self, cell: _Cell, raw: str) -> str | None:
        if cell.kind == "s":
            text = self.book.texts[int(raw)] if raw.strip() else ""
        elif cell.kind in ("str", "inlineStr", "e"):
            text = unescape(raw)
        elif cell.kind == "d":
            text = _MIDNIGHT.sub(r"\1", raw.strip())
        elif not raw.strip():
            return None
        elif cell.kind == "b":
            text = "1" if raw.strip().lower() in ("1", "true") else "0"
        else:
            key = (raw, cell.style)
            if key not in self.numbers:
                self.numbers[key] = self._number(cell, float(raw))
            text = self.numbers[key]
        return clean_text(text) or None

    def _number(self, cell: _Cell, number: float) -> str:
        place = f"{self.where}, column {column_name(cell.column)}, row {cell.row}"
        kind = self.book.styles[cell.style] if cell.style < len(self.book.styles) else ""
        if kind == "length":
            return write_code(round(number * 86_400, 3), place)
        if kind == "date" and 0 <= number <= _LAST_DAY:
            return moment(number, since_1904=self.book.since_1904)
        if kind == "date":
            hint = "mend the value, or give the cell the format of a number"
            raise DesignError(f"{number:g} is shown as a day and is none", hint, place)
        return write_code(number, place)

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        if last:
            self.cells.merged.append((*_read_place(first), *_read_place(last)))


def moment(number: float, *, since_1904: bool) -> str:
    """Write a number that Excel shows as a day, a time of day or both; days before March 1900 as Excel counts them."""
    days, rest = divmod(round(number * 86_400_000), 86_400_000)
    first_day = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 31)  # noqa: DTZ001 (no time zone is known)
    clock = (first_day + timedelta(milliseconds=rest)).time().isoformat()
    time = clock.rstrip("0") if rest % 1000 else clock
    if days == 0 and rest:
        return time
    if not since_1904 and days >= 60:  # Excel takes 1900 for a leap year
        days -= 1
    day = (first_day + timedelta(days=days)).date().isoformat()
    return f"{day}T{time}" if rest else day


def _read_place(place: str) -> tuple[int, int]:
    """Turn a place such as "C12" into row and column, from 1; a ValueError where there is none."""
    match = _PLACE.fullmatch(place.replace("$", ""))
    if match is None:
        raise ValueError(f"{place!r} is no place in a sheet")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def column_name(column: int) -> str:
    """Name a column as Excel does: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


def place_name(row: int, column: int) -> str:
    """Name a cell as Excel does."""
    return f"{column_name(column)}{row}"


def read_workbook_file(path: Path) -> Responses:
    """Read the only sheet that holds something, or the one called "data".

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
                cells = _read_cells(book, sheet, _where(path, sheet))
            except DesignError as error:
                filled[sheet] = error  # matters only if this is the sheet with the respondents
                continue
            if cells.rows or cells.computed:
                filled[sheet] = cells
    chosen = _choose(path, list(filled))
    read = filled[chosen]
    if isinstance(read, DesignError):
        raise read
    return _read_table(read, _where(path, chosen), path.name)


def read_rows(path: Path) -> dict[str, Rows]:
    """Give the cells of every sheet, hidden or not, as text; None where a cell is blank, rows as long as they are."""
    with zipfile.ZipFile(path) as archive:
        book = open_book(path, archive)
        return {sheet.name: _dense(_read_cells(book, sheet, _where(path, sheet))) for sheet in book.sheets}


def _where(path: Path, sheet: Sheet) -> str:
    return f"{path.name}, sheet {sheet.name!r}"


def _choose(path: Path, filled: list[Sheet]) -> Sheet:
    shown = [sheet for sheet in filled if not sheet.hidden]
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


def _read_table(cells: Cells, where: str, name: str) -> Responses:
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
    names = require_one_name(list(header.values()), where)
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
