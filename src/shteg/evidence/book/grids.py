"""A workbook of a case read back: its sheets as rows of codes, each with its place; what cannot be read is refused."""

from __future__ import annotations

import base64
import binascii
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers.expat import ExpatError

from shteg.errors import DesignError, Problem, UsageError
from shteg.evidence.book.sheets import BASE, FRONT, LISTS, file_of_name
from shteg.evidence.files.folder import TABLE_LIMIT
from shteg.hints import nearest
from shteg.workbooks.cells import Cells, place_name, read_cells
from shteg.workbooks.parts import Sheet, open_book

BOOK_LIMIT = 64 * 2**20
"""Bytes of a workbook of a case, and four times that of all its parts once unpacked."""
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A sheet of a file: header and rows as codes; `rows` maps the number of a row in Excel to its cells by column."""

    file: str
    sheet: str
    header: dict[str, int]
    rows: dict[int, dict[int, str]]

    def place(self, row: int, column: str) -> str:
        """Name a cell by row and header."""
        return place_name(row, self.header.get(column, 1))


@dataclass(slots=True, kw_only=True)
class Book:
    """A workbook: the id of its case, its sheets by file, and the files as they were when it was written."""

    name: str
    case: str = ""
    grids: dict[str, Grid] = field(default_factory=dict)
    base: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def at(self, sheet: str, cell: str) -> str:
        """Name a place for an error."""
        return f"{self.name}, sheet {sheet!r}" + (f", cell {cell}" if cell else "")


def read_book(path: Path) -> Book:
    """Read a workbook of a case.

    Raises
    ------
    UsageError
        It cannot be read at all: no workbook, protected, damaged, far too large.
    """
    _check_file(path)
    book = Book(name=path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(one.file_size for one in archive.infolist()) > 4 * BOOK_LIMIT:
                raise UsageError(
                    "the workbook unpacks to far more than a case holds", "copy its sheets anew", path.name
                )
            opened = open_book(path, archive)
            cells: dict[Sheet, Cells] = {}
            for sheet in opened.sheets:
                try:
                    cells[sheet] = read_cells(opened, sheet, f"{path.name}, sheet {sheet.name!r}")
                except DesignError as error:
                    book.problems.append(Problem(error.where, 0, 0, error.problem, error.hint))
    except (zipfile.BadZipFile, ExpatError, ValueError, KeyError, IndexError, OSError, zlib.error, EOFError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        if isinstance(error, UsageError):
            raise
        why = error.problem if isinstance(error, DesignError) else f"damaged or cut off ({error})"
        raise UsageError(
            f"the workbook cannot be read: {why}", "open it in Excel and save it anew", path.name
        ) from error
    _take_sheets(book, cells)
    return book


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "name the workbook of the case", path.name)
    if path.stat().st_size > BOOK_LIMIT:
        raise UsageError(f"the workbook is larger than {BOOK_LIMIT >> 20} MiB", "no case needs so much", path.name)
    with path.open("rb") as file:
        start = file.read(8)
    if start == ENCRYPTED:
        hint = "save it as .xlsx (Excel workbook), without a password"
        raise UsageError("the workbook is protected by a password, or older than .xlsx", hint, path.name)
    if not start.startswith(b"PK"):
        raise UsageError("this is no Excel workbook", "save it as .xlsx (Excel workbook)", path.name)


def _take_sheets(book: Book, cells: dict[Sheet, Cells]) -> None:
    by_name = {sheet.name.strip().lower(): (sheet, one) for sheet, one in cells.items()}
    named: dict[str, str] = {}
    if FRONT in by_name:
        book.case, named = _front(by_name[FRONT][1])
    if BASE in by_name:
        _base(book, by_name[BASE][1])
    files = {sheet.strip().lower(): file for file, sheet in named.items()}
    strangers: list[str] = []
    for name, (sheet, one) in by_name.items():
        if name in (FRONT, LISTS, BASE):
            continue
        file = files.get(name) or file_of_name(sheet.name)
        if file is None:
            strangers.append(sheet.name)
        elif grid := _grid(book, file, sheet.name, one):
            book.grids[file] = grid
    read = {problem.file for problem in book.problems}
    for file, sheet_name in named.items():
        if sheet_name.strip().lower() in by_name or any(repr(sheet_name) in one for one in read):
            continue
        near = nearest(sheet_name, strangers) or (strangers[0] if len(strangers) == 1 else "")
        hint = (
            f"name the sheet {near!r} {sheet_name!r} again"
            if near
            else "write the workbook anew, and leave every sheet in it"
        )
        problem = f"the sheet {sheet_name!r} with {file} is missing"
        book.problems.append(Problem(book.at(sheet_name, ""), 0, 0, problem, hint))
    book.left_out = strangers


def _front(cells: Cells) -> tuple[str, dict[str, str]]:
    """Give the id of the case, and the sheet of each file."""
    rows: dict[int, dict[int, str]] = _by_row(cells)
    case = next((row.get(2, "") for _, row in sorted(rows.items()) if row.get(1) == "case"), "")
    start = next((at for at, row in sorted(rows.items()) if row.get(1) == "file" and row.get(2) == "sheet"), None)
    if start is None:
        return case, {}
    return case, {row[1]: row[2] for at, row in sorted(rows.items()) if at > start and {1, 2} <= set(row)}


def _base(book: Book, cells: Cells) -> None:
    for row in _by_row(cells).values():
        packed = "".join(row[column] for column in sorted(row) if column > 2)
        try:
            unpacker = zlib.decompressobj()
            raw = unpacker.decompress(base64.b64decode(packed, validate=True), TABLE_LIMIT)
            if unpacker.unconsumed_tail:
                raise ValueError("too long")
            book.base[row[1]] = raw
        except (binascii.Error, ValueError, KeyError, zlib.error):
            hint = "write the workbook anew with `shteg case to-xlsx`"
            book.problems.append(
                Problem(book.at(BASE, ""), 0, 0, "what the workbook keeps of the case is damaged", hint)
            )
            return


def _by_row(cells: Cells) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    for column, numbers in cells.rows.items():
        for row, code in zip(numbers, cells.codes[column], strict=True):
            rows.setdefault(row, {})[column] = code.replace("\r\n", "\n")
    return rows


def _grid(book: Book, file: str, sheet: str, cells: Cells) -> Grid | None:
    if cells.computed:
        place, what = cells.computed[0]
        hint = "copy the sheet and paste it as values (Paste Special, Values)"
        book.problems.append(Problem(book.at(sheet, place), 0, 0, f"the cell holds {what}", hint))
        return None
    if cells.merged:
        top, left, bottom, right = cells.merged[0]
        place = f"{place_name(top, left)}:{place_name(bottom, right)}"
        hint = "unmerge them, and write the value into each"
        book.problems.append(Problem(book.at(sheet, place), 0, 0, f"the cells {place} are merged", hint))
        return None
    rows = _by_row(cells)
    names = rows.pop(1, {})
    header: dict[str, int] = {}
    for column, name in sorted(names.items()):
        if name in header:
            problem = f"the column {name!r} stands here twice"
            book.problems.append(Problem(book.at(sheet, place_name(1, column)), 0, 0, problem, "delete one of the two"))
        header.setdefault(name, column)
    outside = _outside(rows, list(header.values()))
    if outside or not header:
        row, column = outside or (1, 1)
        problem = "the column has no name in row 1" if header else "row 1 does not name the columns"
        hint = "name the column, or delete what stands in it"
        book.problems.append(Problem(book.at(sheet, place_name(row, column)), 0, 0, problem, hint))
        return None
    return Grid(file=file, sheet=sheet, header=header, rows=dict(sorted(rows.items())))


def _outside(rows: dict[int, dict[int, str]], named: Sequence[int]) -> tuple[int, int] | None:
    return next(
        ((row, column) for row, cells in sorted(rows.items()) for column in sorted(cells) if column not in named), None
    )
