"""Excel workbooks as tables of text; what Excel computed or could not compute is refused, never read as an answer."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError

from shteg.errors import DesignError
from shteg.survey.readers.responses import Responses, require_one_name, write_code

ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What an encrypted workbook (and one of Excel 97) begins with."""

DATA_SHEET = "data"
LARGEST_SHEET = 2**31
"""Bytes of a sheet once unpacked; a larger one is refused before it fills the memory."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Rows = list[list[str | None]]


def read_workbook(path: Path) -> Responses:
    """Read the only sheet that holds something, or the one called "data": names in its first row, codes below.

    Raises
    ------
    DesignError
        A password, a damaged file, several sheets, a formula, an error value, a name missing or twice.
    """
    sheets = read_sheets(path)
    filled = {name: rows for name, rows in sheets.items() if rows}
    if not filled:
        raise DesignError("the file is empty", "the first row must name the columns", path.name)
    named = [name for name in filled if name.strip().lower() == DATA_SHEET]
    if len(filled) > 1 and not named:
        listed = ", ".join(repr(name) for name in filled)
        hint = f"keep one sheet, or call the one with the respondents {DATA_SHEET!r}"
        raise DesignError(f"{len(filled)} sheets hold something: {listed}", hint, path.name)
    name = named[0] if named else next(iter(filled))
    refuse_computed_cells(path, name)
    rows = filled[name]
    header = require_one_name(_trimmed(rows), f"{path.name}, sheet {name!r}")
    body = [row[: len(header)] for row in rows[1:]]
    while body and not any(body[-1]):
        body.pop()
    columns = [pl.Series(column, [row[i] for row in body], dtype=pl.String) for i, column in enumerate(header)]
    return Responses(frame=pl.DataFrame(columns), name=path.name)


def read_sheets(path: Path) -> dict[str, Rows]:
    """Give the cells of every sheet as text, from its first row and column on; None where a cell is blank.

    Raises
    ------
    DesignError
        The workbook cannot be opened.
    """
    with path.open("rb") as file:
        if file.read(8) == ENCRYPTED:
            hint = "save it without a password, as .xlsx"
            raise DesignError("the workbook is protected by a password (or older than .xlsx)", hint, path.name)
    _check_size(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        found = {}
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            texts = [
                [_text(cell, f"{path.name}, sheet {name!r}, row {i}") for cell in row] for i, row in enumerate(rows, 1)
            ]
            found[name] = texts if any(any(row) for row in texts) else []
        return found
    except PasswordError as error:
        raise DesignError("the workbook is protected by a password", "save it without", path.name) from error
    except (CalamineError, ZipError, XmlError, OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            largest = max((entry.file_size for entry in archive.infolist()), default=0)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if largest > LARGEST_SHEET:
        raise DesignError(f"a sheet has {largest:,} bytes", "save the data as CSV or Parquet", path.name)


def refuse_computed_cells(path: Path, sheet: str) -> None:
    """Raise a DesignError at the first formula or error value of a sheet: its number may be stale or missing.

    Raises
    ------
    DesignError
        Naming sheet, row and column (as in Excel, for example C12).
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_sheet_file(archive, sheet)) as file:
            for place, what in _computed_cells(file):
                hint = "copy the sheet and paste it as values; look at what stands there"
                raise DesignError(f"the cell holds {what}", hint, f"{path.name}, sheet {sheet!r}, cell {place}")
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError, NotImplementedError) as error:
        raise _damaged(path, str(error)) from error


def _computed_cells(file: Any) -> Iterator[tuple[str, str]]:
    for _, element in ElementTree.iterparse(file, events=("end",)):
        if element.tag == f"{_MAIN}c":
            if element.find(f"{_MAIN}f") is not None:
                yield element.get("r", "?"), f"a formula (={element.findtext(f'{_MAIN}f') or '…'})"
            elif element.get("t") == "e":
                yield element.get("r", "?"), f"the error value {element.findtext(f'{_MAIN}v')}"
        elif element.tag == f"{_MAIN}row":
            element.clear()


def _sheet_file(archive: zipfile.ZipFile, sheet: str) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    link = next(one.get(_LINK) for one in book.iter(f"{_MAIN}sheet") if one.get("name") == sheet)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(one.get("Target", "") for one in links if one.get("Id") == link)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _text(cell: object, place: str) -> str | None:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, (int, float)):
        return write_code(float(cell), place)
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return write_code(cell.total_seconds(), place)
    return str(cell).strip()


def _trimmed(rows: Rows) -> list[str | None]:
    """The first row without the blank cells at its end under which nothing stands."""
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell), default=0)
    return rows[0][:width]


def _damaged(path: Path, why: str) -> DesignError:
    first = (why.splitlines() or ["unreadable"])[0]
    return DesignError(f"the workbook is damaged or cut off: {first}", "save it again as .xlsx", path.name)
