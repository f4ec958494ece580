"""Tables for programs: a workbook (XLSX) for people, comma-separated text for others, the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shteg.keeping import keep, recall, version_of
from shteg.spreadsheets import AS_TEXT, inert

Cell = str | int | float | None
WIDEST, NARROWEST = 60, 9
"""Width of a column, in signs."""
MOST_NAME = 31
"""Signs that the name of a sheet may have."""
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name, title : str
        What its tab says, and what stands above the table.
    lines : tuple of str
        Stand below the title.
    headers : tuple of str
        One for each column.
    rows : tuple of tuples
        Cells: texts, numbers as numbers, None for nothing.
    """

    name: str
    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[str, ...] = ()


def sheet_csv(sheet: Sheet) -> bytes:
    """Write the table of a sheet as comma-separated text (UTF-8 with its mark, so that spreadsheets know it)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([inert(header) for header in sheet.headers])
    for row in sheet.rows:
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def sheet_workbook(sheets: Sequence[Sheet], day: str, kept: Path | None = None) -> bytes:
    """Write sheets as a workbook; one with the same content is taken from those kept.

    Parameters
    ----------
    sheets : sequence of Sheet
        In the order of the tabs.
    day : str
        ISO date that the file says it was made on.
    kept : Path, optional
        Folder for workbooks made before.

    Returns
    -------
    bytes
    """
    mark = hashlib.sha256(repr((sheets, day, version_of("xlsxwriter"), _LAYOUT)).encode()).hexdigest()
    place = kept / f"{mark}.xlsx" if kept else None
    found = recall(place) if place else None
    if found is None:
        found = _write_workbook(sheets, day)
        if place:
            keep(place, found)
    return found


_LAYOUT = 1
"""Raised when `_write_workbook` writes the same sheets in another way."""


def _write_workbook(sheets: Sequence[Sheet], day: str) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheets[0].title, "created": datetime.fromisoformat(day)})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14} | AS_TEXT),
        "header": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"} | AS_TEXT),
        "text": book.add_format({"text_wrap": True, "valign": "top"} | AS_TEXT),
        "number": book.add_format({"valign": "top"}),
    }
    for number, sheet in enumerate(sheets, 1):
        name = sheet.name.translate(_NO_NAME)[:MOST_NAME].strip() or str(number)
        _write_sheet(book.add_worksheet(name), sheet, formats)
    book.close()
    return made.getvalue()


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.write_string(0, 0, sheet.title, formats["title"])
    for at, line in enumerate(sheet.lines, 1):
        page.write_string(at, 0, line)
    top = len(sheet.lines) + 2
    for column, header in enumerate(sheet.headers):
        page.write_string(top, column, header, formats["header"])
        longest = max((len(str(row[column])) for row in sheet.rows if row[column] is not None), default=0)
        page.set_column(column, column, min(max(longest, len(header), NARROWEST), WIDEST) + 1)
    for at, row in enumerate(sheet.rows, top + 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(at, column, cell, formats["text"])
            elif cell is not None:
                page.write_number(at, column, cell, formats["number"])
    page.freeze_panes(top + 1, 0)
    if sheet.rows:
        page.autofilter(top, 0, top + len(sheet.rows), len(sheet.headers) - 1)
