"""XLSForm (ODK, Kobo): the sheets `survey` and `choices` of a form as questionnaire, in all its languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shteg.errors import DesignError
from shteg.evidence.records import Localised, is_id
from shteg.evidence.records_surveys import Questionnaire, WaveItem
from shteg.survey.readers.workbooks import Rows, read_sheets

_LABEL = re.compile(r"label\s*::?\s*(?P<name>[^(]*?)\s*(?:\(\s*(?P<code>[A-Za-z-]{2,})\s*\))?")
_SELECT = re.compile(r"(select_one|select_multiple|select one|select multiple)\s+(\S+)(\s+or_other)?")
_FOREIGN = re.compile(r"select_(one|multiple)_from_file\b|rank\b")
_OPENING, _CLOSING = re.compile(r"begin[ _](group|repeat)"), re.compile(r"end[ _](group|repeat)")
OTHER = "other"
"""The code that `or_other` adds to a list; it must have a label in each language."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as rows of named cells; `where` names file and sheet."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    languages: Mapping[str, str]
    where: str

    def labels(self, row: int, cells: Mapping[str, str], wanted: Sequence[str]) -> dict[str, str]:
        found = {code: cells[column] for code, column in self.languages.items() if cells.get(column)}
        for code in wanted:
            if code not in found:
                column = self.languages.get(code, f"label::… ({code})")
                hint = f"fill in the column {column!r}"
                raise DesignError(f"there is no label in language {code!r}", hint, f"{self.where}, row {row}")
        return found


def read_xlsform(path: Path, *, language: str | None = None) -> Questionnaire:
    """Read the closed questions of a form.

    Parameters
    ----------
    path : Path
        A workbook with the sheets `survey` (type, name, label…) and `choices` (list_name, name, label…). Labels stand
        in columns such as `label::English (en)`.
    language : str, optional
        Language of a column `label` without a language; default: the code in `default_language` of `settings`.

    Returns
    -------
    Questionnaire
        One item for each `select_one` and `select_multiple` (`multiple = true`), by the question's name: export the
        data without names of groups. Groups only order the form. Other types have no options and are left out.

    Raises
    ------
    DesignError
        A sheet, a list, a name or a label is missing, a name stands twice, groups do not close, choices lie in another
        file. File, sheet and row are named.
    """
    sheets = {name.strip().lower(): rows for name, rows in read_sheets(path).items()}
    for needed in ("survey", "choices"):
        if not sheets.get(needed):
            raise DesignError(f"the form has no sheet {needed!r}", "this is not an XLSForm", path.name)
    language = language or _default_language(sheets.get("settings", []))
    survey = _read_sheet(sheets["survey"], f"{path.name}, sheet 'survey'", ("type", "name"), language)
    choices = _read_sheet(sheets["choices"], f"{path.name}, sheet 'choices'", ("list_name|list name", "name"), language)
    languages = tuple(survey.languages)
    lists = _read_choices(choices, languages)
    items: dict[str, WaveItem] = {}
    for row, cells, kind in _questions(survey):
        where = f"{survey.where}, row {row}"
        match = _SELECT.fullmatch(kind)
        if match is None:
            if _FOREIGN.match(kind) or kind.startswith("select"):
                raise DesignError(f"the type {kind!r} cannot be read", "list the choices in the sheet 'choices'", where)
            continue
        name = cells.get("name", "")
        if not is_id(name) or name in items:
            problem = f"the name {name!r} stands twice" if name in items else f"{name!r} cannot name a question"
            raise DesignError(problem, "give each question its own name: letters, digits, '_' and '-'", where)
        if match[2] not in lists:
            raise DesignError(f"there is no list {match[2]!r}", f"the lists are {', '.join(lists)}", where)
        options = dict(lists[match[2]])
        if match[3] and OTHER not in options:
            hint = f"add the choice {OTHER!r}, with its labels, to the list {match[2]!r}"
            raise DesignError("`or_other` adds an option without a label", hint, where)
        label = Localised(survey.labels(row, cells, languages))
        multiple = "multiple" in match[1]
        items[name] = WaveItem(title=label, wording=label, options=options, multiple=multiple)
    if not items:
        raise DesignError("the form has no closed question", "it needs select_one or select_multiple", survey.where)
    return Questionnaire(items=items)


def _questions(survey: _Sheet) -> Iterator[tuple[int, Mapping[str, str], str]]:
    """Give row, cells and type of every question, after checking that groups close."""
    open_groups: list[tuple[int, str]] = []
    for row, cells in survey.rows:
        kind = " ".join(cells.get("type", "").split())
        if opening := _OPENING.fullmatch(kind):
            open_groups.append((row, opening[1]))
        elif closing := _CLOSING.fullmatch(kind):
            if not open_groups or open_groups.pop()[1] != closing[1]:
                raise DesignError(f"{kind!r} closes nothing", "add its beginning", f"{survey.where}, row {row}")
        elif kind:
            yield row, cells, kind
        elif cells.get("name"):
            raise DesignError("the question has no type", "fill in the column 'type'", f"{survey.where}, row {row}")
    if open_groups:
        row, kind = open_groups[-1]
        raise DesignError(f"the {kind} is never closed", f"add a row `end_{kind}`", f"{survey.where}, row {row}")


def _read_choices(sheet: _Sheet, languages: Sequence[str]) -> dict[str, dict[str, Localised]]:
    lists: dict[str, dict[str, Localised]] = {}
    for row, cells in sheet.rows:
        name, code = cells.get("list_name") or cells.get("list name") or "", cells.get("name", "")
        if not name and not code:
            continue
        if not name or not code:
            raise DesignError("the choice lacks its list or its name", "fill in both", f"{sheet.where}, row {row}")
        options = lists.setdefault(name, {})
        if code in options:
            hint = "give each choice of a list its own name"
            raise DesignError(f"the list {name!r} has the choice {code!r} twice", hint, f"{sheet.where}, row {row}")
        options[code] = Localised(sheet.labels(row, cells, languages))
    return lists


def _read_sheet(rows: Rows, where: str, needed: Sequence[str], language: str | None) -> _Sheet:
    header = [(cell or "").strip() for cell in rows[0]]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise DesignError(f"the column {twice[0]!r} occurs twice", "delete one of them", f"{where}, header")
    for names in needed:
        if not any(name in header for name in names.split("|")):
            raise DesignError(
                f"there is no column {names.split('|')[0]!r}", "this is not an XLSForm", f"{where}, header"
            )
    languages: dict[str, str] = {}
    for name in header:
        if name == "label":
            if language is None:
                hint = "name the column `label::English (en)`, or give the language"
                raise DesignError("the labels do not say their language", hint, f"{where}, column 'label'")
            languages[language] = name
        elif name.startswith("label") and (match := _LABEL.fullmatch(name)):
            if match["code"] is None:
                hint = f"write the code of the language, as in `label::{match['name']} (en)`"
                raise DesignError("the column does not say the code of its language", hint, f"{where}, column {name!r}")
            languages[match["code"].lower()] = name
    if not languages:
        raise DesignError("there is no column of labels", "add `label::English (en)`", f"{where}, header")
    filled = tuple(
        (number, {name: cell for name, cell in zip(header, row, strict=False) if name and cell})
        for number, row in enumerate(rows[1:], 2)
    )
    return _Sheet(rows=filled, languages=languages, where=where)


def _default_language(rows: Rows) -> str | None:
    if len(rows) < 2:
        return None
    cells = dict(zip(rows[0], rows[1], strict=False))
    match = re.search(r"\(([A-Za-z-]{2,})\)\s*$", cells.get("default_language") or "")
    return match[1].lower() if match else None
