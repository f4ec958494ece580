"""A case written as one workbook: marked tables with drop-downs, notes on headers, real days, and how to use it."""

from __future__ import annotations

import base64
import hashlib
import tomllib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shteg.errors import UsageError
from shteg.evidence.book.choices import Choices
from shteg.evidence.book.forms import Shown, form_at, is_grid, leaves_of, show, write_path
from shteg.evidence.book.sheets import (
    BASE,
    FRONT,
    KEYS,
    LISTS,
    Column,
    columns_of_grid,
    columns_of_table,
    sheet_names,
    spec_of,
)
from shteg.evidence.edits.csv_edits import read_raw
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.declarations import FileSpec
from shteg.languages import package_languages
from shteg.spreadsheets import AS_TEXT
from shteg.workbooks.cells import place_name

FORM = "1"
"""The form of these workbooks, written on the first sheet."""
SPARE_ROWS = 1000
"""Rows below the last one that have the drop-downs too."""
LONGEST_CELL = 32_767
_PIECE = 30_000
Words = Callable[[str], Sequence[str]]
"""Gives a message in each language of the case."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    file: str
    name: str
    columns: tuple[Column, ...]
    rows: list[tuple[Shown | None, ...]]
    forms: list[Any] | None = None


def sheets_of(files: Mapping[str, bytes], languages: Sequence[str]) -> Iterator[_Sheet]:
    """Give the sheet of every file."""
    names = sheet_names(files)
    for file, raw in files.items():
        spec = spec_of(file)
        assert spec is not None  # only files with a spec are asked for
        yield (_table if spec.kind == "csv" else _keys)(spec, names[file], raw, languages)


def _table(spec: FileSpec, name: str, raw: bytes, languages: Sequence[str]) -> _Sheet:
    table = read_raw(raw)
    columns = columns_of_table(spec, table.header, languages)
    rows = []
    for number in table.rows:
        cells = [show(cell, column.form.kind) for column, cell in zip(columns, table.pieces[number].cells, strict=True)]
        rows.append(tuple(one if one.code else None for one in cells))
    return _Sheet(spec.path, name, columns, rows)


def _keys(spec: FileSpec, name: str, raw: bytes, languages: Sequence[str]) -> _Sheet:
    parsed = tomllib.loads(raw.decode("utf-8-sig"))
    leaves = leaves_of(parsed)
    if only := is_grid(spec.record):
        columns = columns_of_grid(spec, languages)
        entries = parsed.get(only, {})
        known = {(only, one, *column.keys) for one in entries for column in columns if column.keys}
        if set(leaves) <= known:
            rows = []
            for one in entries:
                values = [leaves.get((only, one, *column.keys)) for column in columns[1:]]
                shown = [
                    None if value is None else show(value, column.form.kind)
                    for value, column in zip(values, columns[1:], strict=True)
                ]
                rows.append((show(one, "text"), *shown))
            return _Sheet(spec.path, name, columns, rows)
    forms = [form_at(spec.record, path) for path in leaves]
    lines: list[tuple[Shown | None, ...]] = [
        (show(write_path(path), "text"), show(value, form.kind), show(form.meaning, "text") if form.meaning else None)
        for (path, value), form in zip(leaves.items(), forms, strict=True)
    ]
    return _Sheet(spec.path, name, KEYS, lines, forms)


def files_of(root: Path) -> dict[str, bytes]:
    """Give the files of a case that stand on a sheet, with what is in them."""
    found = {}
    for path in sorted(root.rglob("*")):
        file = path.relative_to(root).as_posix()
        if path.is_file() and spec_of(file) is not None:
            found[file] = path.read_bytes()
    order = {"case.toml": 0}
    return dict(sorted(found.items(), key=lambda one: (order.get(one[0], 1), one[0].count("/"), one[0])))


def write_book(draft: Draft, out: Path, words: Words) -> dict[str, str]:
    """Write a case as a workbook.

    Parameters
    ----------
    draft : Draft
        The case as it was read, valid or not.
    out : Path
        The workbook.
    words : callable
        Gives a message in each language of the case.

    Returns
    -------
    dict
        File → sheet.

    Raises
    ------
    UsageError
        A file cannot be parsed, or a cell is longer than Excel allows.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    files = files_of(draft.folder.root)
    languages = tuple(draft.languages) or package_languages()
    choices = Choices({name: one.raw for name, one in draft.tomls.items()}, draft.tables)
    try:
        sheets = list(sheets_of(files, languages))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"a TOML file cannot be read: {error}", "run `shteg check` and mend it first") from error
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(out), options) as book:
        writer = _Writer(book, choices)
        writer.front(draft, files, {one.file: one.name for one in sheets}, words)
        for number, sheet in enumerate(sheets, 1):
            writer.sheet(sheet, number)
        writer.lists()
        writer.base(files)
    return {one.file: one.name for one in sheets}


class _Writer:
    def __init__(self, book: Any, choices: Choices) -> None:
        self.book, self.choices = book, choices
        self.ranges: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self.text = book.add_format({"num_format": "@", "valign": "top", **AS_TEXT})
        self.plain = book.add_format({"valign": "top"})
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", **AS_TEXT})

    def sheet(self, one: _Sheet, number: int) -> None:
        """Write the sheet of a file."""
        sheet = self.book.add_worksheet(one.name)
        sheet.freeze_panes(1, 1)
        width, height = len(one.columns), max(1, len(one.rows))
        sheet.add_table(0, 0, height, width - 1, {
            "name": f"file_{number}", "style": "Table Style Light 1",
            "columns": [{"header": column.header} for column in one.columns],
        })  # fmt: skip
        for at, column in enumerate(one.columns):
            kind = column.form.kind
            lengths = [len(str(cell.value)) for row in one.rows[:200] if (cell := row[at]) is not None]
            wide = min(60, max([len(column.header) + 4, *lengths]))
            sheet.set_column(at, at, wide, self.text if kind in ("text", "date") else self.plain)
            sheet.write_string(0, at, column.header, self.bold)
            if column.form.meaning:
                sheet.write_comment(0, at, column.form.meaning, {"x_scale": 2, "author": "shteg"})
            if one.forms is None and (choice := self.choices.of(column.form)):
                self.validate(sheet, (1, at, height + SPARE_ROWS, at), choice)
        for row, cells in enumerate(one.rows, 1):
            for at, cell in enumerate(cells):
                if cell is not None:
                    self.cell(sheet, row, at, cell, one)
        for row, form in enumerate(one.forms or (), 1):
            if choice := self.choices.of(form):
                self.validate(sheet, (row, 1, row, 1), choice)

    def cell(self, sheet: Any, row: int, column: int, cell: Shown, one: _Sheet) -> None:
        value = cell.value
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.plain)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, str):
            if len(value) > LONGEST_CELL:
                problem = f"a text has {len(value):,} letters; a cell of Excel holds {LONGEST_CELL:,}"
                raise UsageError(
                    problem, "shorten it", f"{one.file}, sheet {one.name!r}, {place_name(row + 1, column + 1)}"
                )
            sheet.write_string(row, column, value, self.text)
        else:
            sheet.write_number(row, column, value, self.plain)

    def validate(self, sheet: Any, place: tuple[int, int, int, int], choice: tuple[str, tuple[str, ...], bool]) -> None:
        """Put a drop-down into cells; a word that is not listed is refused, or warned of where it may be new."""
        name, words, closed = choice
        if name not in self.ranges:
            self.ranges[name] = (len(self.ranges), words)
        column = place_name(1, self.ranges[name][0] + 1).rstrip("1")
        sheet.data_validation(*place, {
            "validate": "list", "source": f"='{LISTS}'!${column}$2:${column}${len(words) + 1}",
            "error_type": "stop" if closed else "warning", "ignore_blank": True,
        })  # fmt: skip

    def lists(self) -> None:
        """Write the lists of choices on a hidden sheet."""
        sheet = self.book.add_worksheet(LISTS)
        for name, (column, words) in self.ranges.items():
            for row, word in enumerate((name, *words)):
                sheet.write_string(row, column, word[:LONGEST_CELL], self.text)
        sheet.hide()

    def base(self, files: Mapping[str, bytes]) -> None:
        """Keep the files as they are on a hidden sheet: what was changed is told from them."""
        sheet = self.book.add_worksheet(BASE)
        for row, (file, raw) in enumerate(files.items()):
            packed = base64.b64encode(zlib.compress(raw, 9)).decode("ascii")
            sheet.write_string(row, 0, file, self.text)
            sheet.write_string(row, 1, hashlib.sha256(raw).hexdigest(), self.text)
            for at in range(0, len(packed), _PIECE):
                sheet.write_string(row, 2 + at // _PIECE, packed[at : at + _PIECE], self.text)
        sheet.very_hidden()

    def front(self, draft: Draft, files: Mapping[str, bytes], names: Mapping[str, str], words: Words) -> None:
        """Write the first sheet: how to use the workbook, and which file stands on which sheet."""
        sheet = self.book.add_worksheet(FRONT)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 2, 70)
        head = (("case", str(draft.raw("case.toml", "id") or "")), ("form", FORM))
        for row, (name, text) in enumerate(head):
            sheet.write_string(row, 0, name, self.bold)
            sheet.write_string(row, 1, text, self.text)
        row = len(head) + 1
        for line in words("book.use"):
            sheet.merge_range(row, 0, row, 2, line, self.wrapped)
            sheet.set_row(row, 150)
            row += 1
        row += 1
        for column, name in enumerate(("file", "sheet", "sha256")):
            sheet.write_string(row, column, name, self.bold)
        for file, raw in files.items():
            row += 1
            sheet.write_string(row, 0, file, self.text)
            sheet.write_url(row, 1, f"internal:'{names[file]}'!A1", string=names[file])
            sheet.write_string(row, 2, hashlib.sha256(raw).hexdigest(), self.text)
