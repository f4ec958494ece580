"""Sheets of a form as rows of named cells, with the columns of labels and the language of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shteg.errors import DesignError
from shteg.hints import nearest
from shteg.survey.readers.workbook.sheets import Rows, read_sheets
from shteg.survey.readers.xlsform.languages import language_code, without_needless_regions

READ = {
    "survey": ("type", "name", "disabled", "appearance"),
    "choices": ("list_name", "name"),
    "external_choices": ("list_name", "name"),
    "settings": ("default_language", "allow_choice_duplicates"),
}
"""Sheets and, beside the labels, columns that are read; entities, osm, notes of the author have no closed questions."""

OLDER = {"survey": {"command": "type", "tag": "name", "value": "name"}}
OLDER["choices"] = OLDER["external_choices"] = {"value": "name"}
"""Older names of columns, by sheet."""

ASK_FOR_LANGUAGE = 'give the language that is to be read: `--language en`, in Python `language="en"`'
YES = ("yes", "true", "true()", "1")

_LABEL = re.compile(r"(?:label|caption)\s*(?:::?\s*(?P<language>.*))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows with their numbers, the columns of labels by what stands after `label::`, file and sheet."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    labels: Mapping[str, str]
    columns: frozenset[str]
    where: str


@dataclass(frozen=True, slots=True)
class Languages:
    """The columns of labels of one sheet by code of language; `notes` tells which columns are left out, and why."""

    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()


def read_form_sheets(path: Path) -> dict[str, Sheet]:
    """Read the sheets of a form by their names in small letters; the only sheet of a workbook is the survey.

    Raises
    ------
    DesignError
        The file is no workbook, it has no sheet `survey`, two sheets have one name, a column that is read stands twice.
    """
    found: dict[str, Rows] = {}
    everything = read_sheets(path)
    for name, rows in everything.items():
        known = "_".join(name.split()).lower()
        if len(everything) == 1:
            known = "survey"
        if known in READ and rows:
            if known in found:
                raise DesignError(f"two sheets are called {known!r}", "delete or rename one of them", path.name)
            found[known] = rows
    if "survey" not in found:
        raise DesignError("the form has no sheet 'survey'", _missing_sheet(list(everything)), path.name)
    return {name: _read_sheet(name, rows, f"{path.name}, sheet {name!r}") for name, rows in found.items()}


def _missing_sheet(names: Sequence[str]) -> str:
    if near := nearest("survey", [name.lower() for name in names]):
        return f"the sheet {near!r} may be it: call it 'survey', with its column names in the first row"
    return "an XLSForm has its questions in a sheet of this name; give such a workbook, or a questionnaire.toml"


def _read_sheet(sheet: str, rows: Rows, where: str) -> Sheet:
    names: list[str] = []
    labels: dict[str, str] = {}
    for cell in rows[0]:
        name = _column(cell or "", OLDER.get(sheet, {}))
        if name.startswith("label"):
            language = name.removeprefix("label").removeprefix("::")
            labels.setdefault(language, name)
        if name in names and (name in READ[sheet] or name.startswith("label")):
            raise DesignError(f"the column {name!r} occurs twice", "delete one of them", f"{where}, header")
        names.append(name)
    filled = tuple(
        (number, {name: cell for name, cell in zip(names, row, strict=False) if name and cell})
        for number, row in enumerate(rows[1:], 2)
    )
    return Sheet(rows=filled, labels=labels, columns=frozenset(names), where=where)


def _column(cell: str, older: Mapping[str, str]) -> str:
    """Name a column: no case, '_' for blanks, older names as today's; labels keep what their language is called."""
    text = " ".join(cell.replace("\ufeff", "").split())
    if match := _LABEL.fullmatch(text):
        language = (match["language"] or "").strip()
        return f"label::{language}" if language else "label"
    name = text.replace(" ", "_").lower()
    return older.get(name, name) if not name.startswith("label") else f"_{name}"


def require_column(sheet: Sheet, column: str) -> None:
    """Raise a DesignError, with the nearest name, if a sheet lacks a column."""
    if column in sheet.columns:
        return
    others = sorted(name for name in sheet.columns if not any(name in names for names in READ.values()))
    near = nearest(column, others, 0.5)
    hint = f"is it {near!r}? call it {column!r}" if near else "the first row must hold the names of the columns"
    raise DesignError(f"there is no column {column!r}", hint, f"{sheet.where}, header")


def setting(sheets: Mapping[str, Sheet], name: str) -> str:
    """Give what `settings` says under a name, "" if nothing."""
    sheet = sheets.get("settings")
    return next((cells[name] for _, cells in sheet.rows if name in cells), "") if sheet else ""


def is_yes(text: str) -> bool:
    """Tell whether a cell says yes."""
    return text.strip().lower() in YES


def name_languages(sheet: Sheet, default: str | None, wanted: str | None) -> Languages:
    """Find the code of each column of labels.

    Parameters
    ----------
    sheet : Sheet
        With the labels of its columns.
    default : str, optional
        Language of the column `label`, as the form's settings say.
    wanted : str, optional
        Language asked for: that of the only column that does not say its own; the others are then not needed.

    Returns
    -------
    Languages
        Code of a language → column of labels, and what was left out.

    Raises
    ------
    DesignError
        Two columns are of one language; or the language of a column cannot be told and none is asked for.
    """
    columns: dict[str, str] = {}
    open_columns: list[str] = []
    notes: list[str] = []
    for text, column in sorted(sheet.labels.items(), key=lambda pair: not pair[0]):
        code = language_code(text) if text else default
        if code is None:
            open_columns.append(column)
        elif code not in columns:
            columns[code] = column
        elif text:
            hint = "delete one, or write the code of its language, as in `label::Shqip (sq)`"
            raise DesignError(f"{columns[code]!r} and {column!r} are both {code!r}", hint, f"{sheet.where}, header")
        else:
            notes.append(f"{sheet.where}: the column 'label' is left out, {columns[code]!r} is of the same language")
    plain = [column for column in open_columns if column == "label"]
    told = any(code == wanted or code.startswith(f"{wanted}-") for code in columns)
    if wanted and not told and (len(open_columns) == 1 or plain):
        columns[wanted] = plain[0] if plain else open_columns[0]
        open_columns.remove(columns[wanted])
    for column in open_columns:
        if wanted is None:
            raise _untold(column, sheet.where)
        notes.append(f"{sheet.where}: the column {column!r} is left out, its language cannot be told")
    return Languages(columns=columns, notes=tuple(notes))


def shorten_codes(found: Mapping[str, Languages]) -> dict[str, Languages]:
    """Leave out regions ("sq-xk") that tell no languages of the form apart."""
    short = without_needless_regions({code for one in found.values() for code in one.columns})
    return {
        name: Languages(columns={short[code]: column for code, column in one.columns.items()}, notes=one.notes)
        for name, one in found.items()
    }


def _untold(column: str, where: str) -> DesignError:
    place = f"{where}, column {column!r}"
    if column == "label":
        hint = f"name the column `label::English (en)`, or {ASK_FOR_LANGUAGE}"
        return DesignError("the labels do not say their language", hint, place)
    hint = f"write the code of the language, as in `label::English (en)`, or {ASK_FOR_LANGUAGE}"
    return DesignError("the column does not say the code of its language", hint, place)
