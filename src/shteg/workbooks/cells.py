"""The cells of a sheet of a workbook, as text in the one written form, and what stands in the way of reading them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shteg.errors import DesignError
from shteg.workbooks.parts import Attributes, Book, Sheet, parse, unescape
from shteg.workbooks.written import clean_text, write_code

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00(?::00(?:\.0+)?)?Z?")
_LAST_DAY = 2_958_465
"""31 December 9999, the last day that Excel shows."""


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


def read_cells(book: Book, sheet: Sheet, where: str) -> Cells:
    """Read the cells of a sheet.

    Parameters
    ----------
    book : Book
        The open workbook.
    sheet : Sheet
        Which of its sheets.
    where : str
        File and sheet, for errors.

    Returns
    -------
    Cells
    """
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
            cell.row, cell.column = read_place(place)
        if not (1 <= cell.row <= LAST_ROW and 1 <= cell.column <= LAST_COLUMN):
            raise ValueError(f"there is no cell in row {cell.row}, column {cell.column}")
        cell.kind, cell.style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        cell.formula = False
        cell.value.clear()

    def _close(self) -> None:
        cell = self.cell
        raw = "".join(cell.value)
        if self.cells.computed and self.cells.computed[-1] in _truths(place_name(cell.row, cell.column)):
            self.cells.computed.pop()  # LibreOffice writes a truth so
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
            self.cells.merged.append((*read_place(first), *read_place(last)))


def _truths(place: str) -> tuple[tuple[str, str], ...]:
    return (place, "a formula (=TRUE())"), (place, "a formula (=FALSE())")


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


def read_place(place: str) -> tuple[int, int]:
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
