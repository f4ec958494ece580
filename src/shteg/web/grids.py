"""A table of the case as a grid: its columns with what may stand in them, its rows, its problems by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from shteg.errors import Problem
from shteg.evidence.edits.csv_edits import Edits, RawTable
from shteg.evidence.files.draft import Draft
from shteg.evidence.files.schema import strip_optional
from shteg.evidence.reading import read_draft
from shteg.evidence.records.base import CREDIBILITY, RELIABILITY, Grade
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import CountryCode, FileSpec, Labelled, Record, Refers, columns_of, marked
from shteg.evidence.records.files import TABLES

MOST_CHOICES = 3000
"""Names that are offered for a cell; a longer list is not sent."""
_BOOLEANS = ("true", "false")


def spec_of(file: str) -> FileSpec:
    """Give what is declared of a table of the case."""
    return next(one for one in TABLES if one.path == file)


def describe_columns(root: Path, file: str, header: Sequence[str]) -> list[dict[str, Any]]:
    """Say of each column what it is.

    Parameters
    ----------
    root : Path
        The case, from which the names are taken that a cell may hold.
    file : str
        The table.
    header : sequence of str
        Names of its columns as they stand.

    Returns
    -------
    list of dict
        `name`, `form` (message `studio.form.…`), `meaning`, `required`, `choices`, `only` (nothing else is allowed);
        a column that the table should not have has the form `unknown`.
    """
    draft = read_draft(root)
    record = spec_of(file).record
    known = columns_of(record, draft.languages)
    found = []
    for name in header:
        if name not in known:
            found.append(
                {"name": name, "form": "unknown", "meaning": "", "required": False, "choices": [], "only": False}
            )
            continue
        key, _ = known[name]
        info = record.model_fields[key]
        form, choices, only = _form(draft, record, key, file, name)
        found.append(
            {
                "name": name,
                "form": form,
                "meaning": info.description or "",
                "required": info.is_required(),
                "choices": choices,
                "only": only,
            }
        )
    return found


def _form(draft: Draft, record: type[Record], key: str, file: str, column: str) -> tuple[str, list[str], bool]:
    """Name the form of a column, and give what may stand there: everything (`only`), or what stands elsewhere."""
    info = record.model_fields[key]
    kind = strip_optional(info.annotation)
    if get_origin(kind) is Literal:
        return "word", [str(one) for one in get_args(kind)], True
    if kind is bool:
        return "yes", list(_BOOLEANS), True
    if kind in (DateInterval, date):
        return ("day" if kind is date else "date"), [], False
    if kind in (int, float):
        return ("whole" if kind is int else "number"), [], False
    if key == "grade" or info.annotation == Grade:
        return "grade", [f"{letter}{digit}" for letter in RELIABILITY for digit in CREDIBILITY], True
    refers = marked(record, Refers).get(key)
    if refers is not None:
        names = sorted(draft.known(refers) or ())
        many = get_origin(kind) is tuple
        return ("ids" if many else "id"), [] if many else names[:MOST_CHOICES], False
    if key in marked(record, Labelled):
        names = sorted(draft.raw("labels.toml", "labels", marked(record, Labelled)[key].kind) or ())
        return "word", names[:MOST_CHOICES], False
    if key in marked(record, CountryCode):
        own = draft.tables[file].values(column) if file in draft.tables else frozenset()
        members = draft.column("members.csv", "member") or frozenset()
        return "country", sorted((own | members) - {""})[:MOST_CHOICES], False
    return "text", [], False


def row_problems(table: RawTable, file: str, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Give the problems of a table by the number of its row (-1: of the table as a whole) and column (-1: of the row).

    Parameters
    ----------
    table : RawTable
        As it was checked.
    file : str
    problems : sequence of Problem
        Of the whole case.

    Returns
    -------
    list of dict
        `row`, `column`, `line`, `problem`, `hint`.
    """
    rows = {table.pieces[piece].line: row for row, piece in enumerate(table.rows)}
    found = []
    for one in problems:
        if one.file == file:
            row = rows.get(one.line, -1)
            column = one.column - 1 if row >= 0 and 0 < one.column <= len(table.header) else -1
            found.append({"row": row, "column": column, "line": one.line, "problem": one.problem, "hint": one.hint})
    return found


def read_edits(asked: Mapping[str, Any]) -> Edits:
    """Read the changes that a browser sends: `cells` [[row, column, text]], `removed` [row], `added` [[row, [text]]].

    Raises
    ------
    ValueError
        They have another form.
    """
    cells = {(_whole(row), _whole(column)): _words(text) for row, column, text in asked.get("cells", ())}
    removed = frozenset(_whole(row) for row in asked.get("removed", ()))
    added = [(_whole(row), tuple(_words(one) for one in row_cells)) for row, row_cells in asked.get("added", ())]
    return Edits(cells=cells, removed=removed, added=added)


def _whole(one: object) -> int:
    if not isinstance(one, int) or isinstance(one, bool):
        raise ValueError("a number of a row or column is expected")
    return one


def _words(one: object) -> str:
    if not isinstance(one, str) or "\0" in one:
        raise ValueError("a text is expected")
    return one
