"""Tables as an Excel workbook: contents, notes, one table a sheet; numbers as numbers, texts never as formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from shteg.spreadsheets import AS_TEXT
from shteg.survey.published.published import slug
from shteg.survey.tables.build import Tables
from shteg.survey.tables.output.cells import BASES, EMPTY, FLAGGED, HIDDEN, UNCERTAIN, marks
from shteg.survey.tables.output.flat import replace_file
from shteg.survey.tables.output.layout import Line, Sheet, lay_out
from shteg.survey.tables.output.notes import notes
from shteg.survey.tables.output.p_values import tests_of
from shteg.survey.tables.output.wording import Wording

CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Date in every workbook: the same tables are the same bytes."""
LONGEST_CELL = 32_767
_LONGEST_NAME = 31
_STATISTICS = ("estimate", "std_error", "ci_low", "ci_high", "deff")
_CHANGES = ("source", "change", "ci_low", "ci_high", "mark")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}


def write_xlsx(
    tables: Tables, path: Path, words: Wording, *, title: str, about: Sequence[tuple[str, str]] = ()
) -> Path:
    """Write a workbook in one language.

    Parameters
    ----------
    tables, path, words, title, about : as there
        See `write_html`.

    Returns
    -------
    Path
        The file.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # dear, and needed for workbooks only

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties({"title": title, "author": "", "created": CREATED})
    sheets = lay_out(tables, words)
    names = _sheet_names([words.tell("contents"), words.tell("notes"), *(slug(sheet.item) for sheet in sheets)])
    style = {
        "bold": book.add_format({"bold": True} | AS_TEXT),
        "text": book.add_format(AS_TEXT),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"} | AS_TEXT),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "align": "right"} | AS_TEXT),
        "right": book.add_format({"align": "right"} | AS_TEXT),
        "link": book.add_format({"underline": 1, "font_color": "#1F4E9E"}),
    }
    style["points"] = book.add_format({"num_format": "+0.0%;-0.0%;0.0%", "align": "right"})
    style["difference"] = book.add_format({"num_format": "+0.00;-0.00;0.00", "align": "right"})
    for kind in ("0.0%", "0.00", "0.000", "#,##0"):
        style[kind] = book.add_format({"num_format": kind, "align": "right"})
        for mark in (UNCERTAIN, FLAGGED, UNCERTAIN + FLAGGED):
            style[kind + mark] = book.add_format({"num_format": f'{kind}"{mark}"', "align": "right"})
    _write_contents(book.add_worksheet(names[0]), title, sheets, names, words, style)
    _write_notes(book.add_worksheet(names[1]), notes(tables, words, about), words, style)
    for name, sheet in zip(names[2:], sheets, strict=True):
        _write_table(book.add_worksheet(name), sheet, tables, words, style)
    book.close()
    return replace_file(path, buffer.getvalue())


def _write_contents(
    page: Any, title: str, sheets: Sequence[Sheet], names: Sequence[str], words: Wording, style: Mapping[str, Any]
) -> None:
    _put(page, 0, 0, title, style["bold"])
    _put(page, 2, 0, words.tell("sheet"), style["bold"])
    _put(page, 2, 1, words.tell("table"), style["bold"])
    page.write_url(3, 0, _inside(names[1]), style["link"], names[1])
    _put(page, 3, 1, words.tell("notes"))
    for i, (name, sheet) in enumerate(zip(names[2:], sheets, strict=True), 4):
        page.write_url(i, 0, _inside(name), style["link"], name)
        _put(page, i, 1, sheet.title, style["wrap"])
    page.set_column(0, 0, 28, style["text"])
    page.set_column(1, 1, 90, style["text"])
    page.freeze_panes(3, 0)


def _inside(name: str) -> str:
    quoted = name.replace("'", "''")
    return f"internal:'{quoted}'!A1"


def _write_notes(page: Any, found: Sequence[tuple[str, str]], words: Wording, style: Mapping[str, Any]) -> None:
    _put(page, 0, 0, words.tell("notes"), style["bold"])
    for i, (head, text) in enumerate(found, 1):
        _put(page, i, 0, head, style["wrap"])
        _put(page, i, 1, text, style["wrap"])
    page.set_column(0, 0, 28, style["text"])
    page.set_column(1, 1, 110, style["text"])
    page.freeze_panes(1, 0)


def _write_table(page: Any, sheet: Sheet, tables: Tables, words: Wording, style: Mapping[str, Any]) -> None:
    _put(page, 0, 0, sheet.title, style["bold"])
    _put(page, 1, 0, sheet.wording)
    row = 2
    heads = [[sheet.heading, words.tell("statistic"), *(column.domain for column in sheet.columns)]]
    for name in ("grouping", "source"):
        if any(getattr(column, name) for column in sheet.columns):
            heads.insert(0, ["", "", *(getattr(column, name) for column in sheet.columns)])
    if any(column.letter for column in sheet.columns):
        heads.append(["", words.tell("statistic.letter"), *(column.letter for column in sheet.columns)])
    for head in heads:
        for column, text in enumerate(head):
            _put(page, row, column, text, style["head"] if column > 1 else style["bold"])
        row += 1
    page.freeze_panes(row, 2)
    statistics = _statistics(sheet, tables)
    for line in sheet.lines:
        row = _write_line(page, row, sheet, line, statistics, words, style)
    if sheet.bases is not None:
        base = Line(kind="", label=words.tell("base"), cells=sheet.bases)
        row = _write_line(page, row, sheet, base, sheet.base_names, words, style)
    for remark in sheet.remarks:
        row += 1
        _put(page, row, 0, remark)
    _write_tests(page, row + 2, tables, sheet, words, style)
    page.set_column(0, 0, 34, style["text"])
    page.set_column(1, 1, 22, style["text"])
    page.set_column(2, 1 + len(sheet.columns), 14)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _statistics(sheet: Sheet, tables: Tables) -> list[str]:
    """Rows of a figure: estimate and error, marks, changes, and its base where each figure has its own."""
    found = list(_STATISTICS)
    found += ["letters"] if tables.letters is not None and not sheet.columns[0].kind else []
    found += ["rest"] if tables.rest and not sheet.columns[0].kind else []
    for name in ("previous", "first"):
        if f"{name}_change" in tables.frame.columns and any(
            cell[f"{name}_source"] for line in sheet.lines for cell in line.cells.values()
        ):
            found += [f"{name}_{column}" for column in _CHANGES]
            found += [f"{name}_p_adjusted"] if tables.p_values else []
    grid = any(column.kind for column in sheet.columns)
    return found if sheet.bases is not None or grid else [*found, *sheet.base_names]


def _write_line(
    page: Any, row: int, sheet: Sheet, line: Line, statistics: Sequence[str], words: Wording, style: Mapping[str, Any]
) -> int:
    for name in statistics:
        _put(page, row, 0, line.label)
        _put(page, row, 1, words.tell(f"statistic.{name}"))
        for place, column in enumerate(sheet.columns, 2):
            cell, kind = line.cells.get(column.key), sheet.kind(line, column)
            if kind in BASES:
                if name == "estimate":
                    _number(page, row, place, cell, kind, "#,##0", style)
            elif name in _TEXTS:
                _put(page, row, place, _mark(sheet, cell, name, words), style["right"])
            else:
                _number(page, row, place, cell, name, _format(kind, name), style)
        row += 1
    return row


_TEXTS = ("letters", "rest", *(f"{name}_{text}" for name in ("previous", "first") for text in ("source", "mark")))


def _mark(sheet: Sheet, cell: Mapping[str, Any] | None, name: str, words: Wording) -> str:
    """Letters as they are; the name of a wave; what a sign means."""
    text = str(cell[name]) if cell is not None else ""
    if name.endswith("_source"):
        return sheet.titles.get(text, text)
    return text if name == "letters" or not text else words.tell(f"mark.{text}")


def _write_tests(page: Any, row: int, tables: Tables, sheet: Sheet, words: Wording, style: Mapping[str, Any]) -> None:
    head, rows = tests_of(tables, sheet.item, words)
    if not rows:
        return
    _put(page, row, 0, words.tell("heading.tests"), style["bold"])
    for place, text in enumerate(head):
        _put(page, row + 1, place, text, style["bold"])
    for number, line in enumerate(rows, row + 2):
        for place, cell in enumerate(line):
            if isinstance(cell, str):
                _put(page, number, place, cell)
            else:
                page.write_number(number, place, cell, style["0.000" if place == len(line) - 1 else "0.00"])


def _format(kind: str, name: str) -> str:
    if name in BASES:
        return "#,##0"
    if name == "deff":
        return "0.00"
    if name.endswith("_p_adjusted"):
        return "0.000"
    if name.startswith(("previous_", "first_")):
        return "difference" if kind == "mean" else "points"
    if kind == "mean":
        return "0.000" if name == "std_error" else "0.00"
    return "0.0%"


def _number(
    page: Any, row: int, place: int, cell: Mapping[str, Any] | None, name: str, form: str, style: Mapping[str, Any]
) -> None:
    if cell is not None and cell["suppressed"]:
        _put(page, row, place, HIDDEN, style["right"])
    elif cell is None or cell[name] is None:
        _put(page, row, place, EMPTY, style["right"])
    else:
        mark = marks(cell) if name == "estimate" else ""
        page.write_number(row, place, cell[name], style[form + mark])


def _put(page: Any, row: int, column: int, text: str, form: Any = None) -> None:
    """Write a text as text, whatever it begins with: its format, or that of its column, is `AS_TEXT`."""
    if text:
        page.write_string(row, column, text[:LONGEST_CELL], form)


def _sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names that Excel takes: at most 31 characters, none of []:*?/\\, no two alike but for case."""
    names: list[str] = []
    taken: set[str] = set()
    for text in wanted:
        plain = re.sub(r"[\[\]:*?/\\]", "-", text).strip("' ")[:_LONGEST_NAME] or "x"
        name, count = plain, 2
        while name.lower() in taken or name.lower() == "history":
            name = f"{plain[: _LONGEST_NAME - len(str(count)) - 1]}-{count}"
            count += 1
        taken.add(name.lower())
        names.append(name)
    return names
