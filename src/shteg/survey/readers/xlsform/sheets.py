"""Sheets of a form as rows of named cells, with the columns of labels and the language of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shteg.errors import DesignError
from shteg.hints import nearest
from shteg.survey.readers.apart import rows_apart
from shteg.survey.readers.transport import Rows

_IN_BRACKETS = re.compile(r"(?P<name>.*?)\s*\((?P<code>[^()]*)\)")
_TAG = re.compile(r"(?P<language>[a-z]{2,3})(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|\d{3}))?(-[a-z\d]{1,8})*")


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


def language_code(text: str) -> str | None:
    """Give the code of a language from what a form writes: "Shqip (sq)", "sq", "Shqip", "Albanian"; None if unknown.

    Codes are in small letters ("sr-latn"); those of three letters are shortened where CLDR has a shorter one. A code
    in brackets that no language has ("Shqip (al)") gives way to the name; where the brackets may hold a country, as in
    "English (UK)", and the name is of another language, nothing is told.
    """
    text = " ".join(text.split())
    match = _IN_BRACKETS.fullmatch(text)
    if match is None:
        return _known_tag(text, in_brackets=False) or _language_of_name(text)
    code = _known_tag(match["code"], in_brackets=True)
    if code is None:
        return _language_of_name(text) or _language_of_name(match["name"])
    if _may_be_country(match["code"]):
        name = _language_of_name(match["name"])
        if name and _base(name) not in (_base(code), match["code"].strip().lower()):
            return None
    return code


def _language_of_name(name: str) -> str | None:
    """Give the code of a language by its name in English, in itself, or in any other language of CLDR."""
    wanted = _plain(name)
    if not wanted:
        return None
    for index in (_names_in_english, _names_in_themselves, _names_in_all):
        codes = index().get(wanted, frozenset())
        if len(codes) == 1:
            return next(iter(codes))
    return None


def without_needless_regions(codes: Collection[str]) -> dict[str, str]:
    """Map "sq-xk" to "sq" where no other of the codes is of the same language."""
    short = {code: _without_region(code) for code in codes}
    bases = list(short.values())
    return {code: base if bases.count(base) == 1 else code for code, base in short.items()}


def _known_tag(text: str, *, in_brackets: bool) -> str | None:
    """Read a code; three letters that CLDR does not know are one in brackets only, elsewhere they are a word."""
    from babel import Locale
    from babel.core import get_global

    tag = text.strip().lower().replace("_", "-")
    match = _TAG.fullmatch(tag)
    if match is None:
        return None
    language, rest = match["language"], tag[len(match["language"]) :]
    alias = str(get_global("language_aliases").get(language, language)).lower().replace("_", "-")
    known = language in Locale("en").languages or alias != language
    if not known and not (in_brackets and len(language) == 3):
        return None
    return alias if "-" in alias else alias + rest


def _may_be_country(code: str) -> bool:
    from babel import Locale
    from babel.core import get_global

    country = code.strip().upper()
    return country in Locale("en").territories or country in get_global("territory_aliases")


def _base(code: str) -> str:
    return code.partition("-")[0]


def _without_region(code: str) -> str:
    match = _TAG.fullmatch(code)
    if match is None or match["region"] is None:
        return code
    return match["language"] + (f"-{match['script']}" if match["script"] else "")


@cache
def _names_in_english() -> dict[str, frozenset[str]]:
    return _index(_names_of("en"))


@cache
def _names_in_themselves() -> dict[str, frozenset[str]]:
    from babel import Locale

    found = []
    for identifier in _identifiers():
        locale = Locale.parse(identifier)
        code = identifier.lower().replace("_", "-")
        found += [(locale.get_display_name(tongue), code) for tongue in (identifier, "en")]
    return _index(found)


@cache
def _names_in_all() -> dict[str, frozenset[str]]:
    return _index(pair for identifier in _identifiers() for pair in _names_of(identifier))


def _identifiers() -> Iterator[str]:
    """Locales of languages and of languages in a script, not those of countries."""
    from babel.localedata import locale_identifiers

    for identifier in sorted(locale_identifiers()):
        parts = identifier.split("_")
        if len(parts) == 1 or (len(parts) == 2 and len(parts[1]) == 4):
            yield identifier


def _names_of(identifier: str) -> Iterator[tuple[str | None, str]]:
    from babel import Locale

    for code, name in Locale.parse(identifier).languages.items():
        yield name, code.lower().replace("_", "-")


def _index(pairs: Iterable[tuple[str | None, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        if name:
            found.setdefault(_plain(name), set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _plain(name: str) -> str:
    """A name without case and accents: "TÜRKÇE", "Turkce" and "Türkçe" are one."""
    letters = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: rows with their numbers, the columns of labels by what stands after `label::`, file and sheet.

    `order` holds the columns from left to right, blank where the header is.
    """

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    labels: Mapping[str, str]
    columns: frozenset[str]
    where: str
    order: tuple[str, ...] = ()


def read_form_sheets(path: Path) -> dict[str, Sheet]:
    """Read the sheets of a form by their names in small letters; the only sheet of a workbook is the survey.

    Raises
    ------
    DesignError
        The file is no workbook, it has no sheet `survey`, two sheets have one name, a column that is read stands twice.
    """
    found: dict[str, Rows] = {}
    everything = rows_apart(path)
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
    return Sheet(rows=filled, labels=labels, columns=frozenset(names), where=where, order=tuple(names))


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
