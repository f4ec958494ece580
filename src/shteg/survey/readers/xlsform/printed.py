"""A form as it is printed: every question with its texts in each language, and the cell of each text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shteg.errors import DesignError
from shteg.hints import list_names, suggest
from shteg.survey.readers.xlsform.sheets import (
    Sheet,
    is_yes,
    language_code,
    read_form_sheets,
    setting,
    without_needless_regions,
)
from shteg.survey.readers.xlsform.survey import Border, Include, Plain, Select, nearest_type, read_type

KINDS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
"""Columns that hold texts in a language each."""

_SILENT = frozenset({"calculate", "calculate here", "hidden", "start", "end", "today", "deviceid", "audit", "username"})
"""Types that nobody is asked."""

_WITHOUT_LABEL = frozenset({"text", "integer", "decimal", "note", "date", "range"})
"""Types of questions that are printed even where they lack a label; others are noted by the device."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a form and where it stands, such as `form.xlsx, sheet 'survey', cell D7`."""

    text: str
    place: str


Texts = Mapping[str, Mapping[str, Cell]]
"""Kind of text → language → cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedChoice:
    """An option of a list: its code, its labels by language, its row."""

    code: str
    labels: Mapping[str, Cell]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRow:
    """A row of the form: `kind` is `question`, `note`, `group` or `end`; `listed`: its list stands in `choices`."""

    kind: str
    name: str
    type: str
    texts: Texts
    place: str
    list_name: str = ""
    listed: bool = False
    multiple: bool = False
    required: bool = False
    relevant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedForm:
    """A form in all its languages; `columns` tells which languages each kind of text has columns for, by sheet."""

    title: str
    languages: tuple[str, ...]
    rows: tuple[PrintedRow, ...]
    lists: Mapping[str, tuple[PrintedChoice, ...]]
    headers: Mapping[tuple[str, str], Mapping[str, str]]
    untold: tuple[str, ...] = ()


def read_printed_form(path: Path | str) -> PrintedForm:
    """Read a form with all its questions, in the order in which they are asked.

    Parameters
    ----------
    path : Path or str
        An XLSForm (.xlsx).

    Returns
    -------
    PrintedForm

    Raises
    ------
    DesignError
        The file is no form, a type is unknown, or no column of labels tells its language.
    """
    path = Path(path)
    sheets = read_form_sheets(path)
    default = language_code(setting(sheets, "default_language"))
    raw = {name: _columns(sheet, default) for name, sheet in sheets.items() if name in ("survey", "choices")}
    codes = {code for columns, _ in raw.values() for found in columns.values() for code in found}
    short = without_needless_regions(codes)
    columns = {
        name: {kind: {short[code]: column for code, column in found.items()} for kind, found in one.items()}
        for name, (one, _) in raw.items()
    }
    survey = sheets["survey"]
    languages = tuple(dict.fromkeys(code for one in columns.values() for code in one["label"]))
    if not languages:
        hint = "name the columns as in `label::English (en)` and `label::Shqip (sq)`"
        raise DesignError("no column of labels tells its language", hint, f"{survey.where}, header")
    lists: dict[str, list[PrintedChoice]] = {}
    if "choices" in sheets:
        for name, choice in _choices(sheets["choices"], columns["choices"]):
            lists.setdefault(name, []).append(choice)
    rows = tuple(_rows(survey, columns["survey"]))
    _require_lists(survey, rows, lists)
    return PrintedForm(
        title=setting(sheets, "form_title") or path.stem,
        languages=languages,
        rows=rows,
        lists={name: tuple(found) for name, found in lists.items()},
        headers={(name, kind): found for name, one in columns.items() for kind, found in one.items()},
        untold=tuple(place for _, found in raw.values() for place in found),
    )


def _require_lists(survey: Sheet, rows: Sequence[PrintedRow], lists: Mapping[str, Sequence[PrintedChoice]]) -> None:
    """Refuse a form that asks nothing, or whose question has a list that is not there."""
    if not any(row.kind in ("question", "note") for row in rows):
        raise DesignError("the form has no question", "fill in type, name and label, a row a question", survey.where)
    for row in rows:
        if row.listed and row.list_name not in lists:
            hint = suggest(row.list_name, lists, list_names(lists, "the lists are", "the sheet 'choices' has no list"))
            raise DesignError(f"there is no list {row.list_name!r}", hint, row.place)


def _columns(sheet: Sheet, default: str | None) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Find the column of each kind of text in each language, and those whose language cannot be told."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    untold = []
    for column in sheet.order:
        kind, mark, language = column.partition("::")
        if kind not in KINDS or (not mark and column not in KINDS):
            continue
        code = language_code(language.lstrip(":").replace("_", " ")) if mark else default
        if code is None:
            untold.append(f"{sheet.where}, column {column!r}")
        else:
            found[kind].setdefault(code, column)
    return found, untold if any(found["label"]) or len(untold) > 1 else []


def place_of(sheet: Sheet, row: int, column: str) -> str:
    """Name a cell as a spreadsheet does.

    Parameters
    ----------
    sheet : Sheet
    row : int
        From 1.
    column : str
        Its name in the header.

    Returns
    -------
    str
        Such as `form.xlsx, sheet 'survey', cell D7`.
    """
    number, letters = sheet.order.index(column) + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{sheet.where}, cell {letters}{row}"


def _texts(sheet: Sheet, row: int, cells: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]) -> Texts:
    return {
        kind: {
            code: Cell(cells.get(column, "").strip(), place_of(sheet, row, column)) for code, column in found.items()
        }
        for kind, found in columns.items()
    }


def _choices(sheet: Sheet, columns: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, PrintedChoice]]:
    for row, cells in sheet.rows:
        name, code = cells.get("list_name", ""), cells.get("name", "")
        if name and code:
            labels = _texts(sheet, row, cells, columns)["label"]
            yield name, PrintedChoice(code=code, labels=labels, place=f"{sheet.where}, row {row}")


def _rows(sheet: Sheet, columns: Mapping[str, Mapping[str, str]]) -> Iterator[PrintedRow]:
    for row, cells in sheet.rows:
        written = cells.get("type", "")
        if not written or is_yes(cells.get("disabled", "")):
            continue
        kind, place = read_type(written), f"{sheet.where}, row {row}"
        if kind is None:
            near = nearest_type(written)
            hint = f"did you mean {near!r}?" if near else "use a type of XLSForm, such as select_one LIST or text"
            raise DesignError(f"XLSForm has no type {written!r}", hint, place)
        if isinstance(kind, Include) or (isinstance(kind, Plain) and kind.name.replace("_", " ") in _SILENT):
            continue
        texts = _texts(sheet, row, cells, columns)
        silent = isinstance(kind, Plain) and kind.name not in _WITHOUT_LABEL
        if silent and not any(one.text for one in texts["label"].values()):
            continue  # what the device notes by itself
        yield PrintedRow(
            kind=_kind_of(kind),
            name=cells.get("name", ""),
            type=kind.name if isinstance(kind, Plain) else "select" if isinstance(kind, Select) else "",
            texts=texts,
            place=place,
            list_name=kind.list_name if isinstance(kind, Select) else "",
            listed=isinstance(kind, Select) and kind.source == "choices",
            multiple=isinstance(kind, Select) and kind.multiple,
            required=is_yes(cells.get("required", "")),
            relevant=cells.get("relevant", ""),
        )


def _kind_of(kind: Border | Plain | Select) -> str:
    if isinstance(kind, Border):
        return "group" if kind.opens else "end"
    return "note" if isinstance(kind, Plain) and kind.name == "note" else "question"
