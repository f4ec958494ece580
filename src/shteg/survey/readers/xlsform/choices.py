"""The sheets `choices` and `external_choices` of a form: the options of each list that a question uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from shteg.errors import DesignError
from shteg.hints import list_names, suggest
from shteg.languages import as_language, package_languages
from shteg.survey.readers.codes import untyped_codes
from shteg.survey.readers.xlsform.sheets import (
    ASK_FOR_LANGUAGE,
    Sheet,
    language_code,
    require_column,
    without_needless_regions,
)
from shteg.survey.readers.xlsform.survey import Select

_REFERENCE = re.compile(r"\$\{[^}]+\}")


_Choice = tuple[int, str, Mapping[str, str]]
"""Row, code and cells of a choice."""

OTHER = "other"
"""The code that `or_other` adds to a list."""

OTHER_WORD = "survey.other-answer"
"""The message that names that option."""


def other_word(language: str) -> str:
    """Name the option that `or_other` adds; in languages that the package has not, forms show the English word."""
    return as_language(language if language in package_languages() else package_languages()[0]).messages[OTHER_WORD]


@dataclass(slots=True)
class Labels:
    """Gives the labels of a row by language.

    `languages` are all of the form; where `wanted` is given, only it must be complete, else every one. `incomplete`
    holds the first place where each of the others lacks a label. A row without any label is called by its name.
    """

    languages: tuple[str, ...]
    wanted: str | None
    columns: Mapping[str, Mapping[str, str]]
    notes: list[str]
    incomplete: dict[str, str] = field(default_factory=dict)
    nameless: dict[str, list[str]] = field(default_factory=dict)

    def of(self, sheet: Sheet, row: int, cells: Mapping[str, str], name: str) -> dict[str, str]:
        """Give the labels of a row.

        Parameters
        ----------
        sheet : Sheet
            Where the row stands.
        row : int
            Its number, for errors.
        cells : mapping of column to str
            Its cells.
        name : str
            Stands for a label where the form has none.

        Returns
        -------
        dict
            Language → label.

        Raises
        ------
        DesignError
            A language that must be complete has no label where another has one.
        """
        columns = self.columns[sheet.where]
        found = {code: cells[column] for code, column in columns.items() if cells.get(column)}
        if not found:
            names = self.nameless.setdefault(sheet.where, [])
            names += [name] if name not in names else []
            return dict.fromkeys(self.languages, name)
        for code in self.languages:
            if code not in found:
                place = f"{sheet.where}, row {row}"
                if self.wanted in (None, code):
                    hint = f"fill in the column {columns.get(code, f'label::… ({code})')!r}, or {ASK_FOR_LANGUAGE}"
                    raise DesignError(f"there is no label in language {code!r}", hint, place)
                self.incomplete.setdefault(code, place)
        return found

    def complete(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Keep the languages in which nothing is missing anywhere."""
        return {code: texts[code] for code in self.languages if code not in self.incomplete}

    def remarks(self) -> list[str]:
        """Tell which languages are left out, and where a name stands for a label."""
        told = list(self.notes)
        for code, place in self.incomplete.items():
            told.append(f"{place}: there is no label in language {code!r}, which is left out")
        for where, names in self.nameless.items():
            listed = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
            told.append(f"{where}: names stand for labels that are missing: {listed}")
        return told


def read_labels(sheets: Sequence[Sheet], default: str | None, wanted: str | None) -> Labels:
    """Find the languages of the sheets that are used.

    Parameters
    ----------
    sheets : sequence of Sheet
        Those that hold labels.
    default : str, optional
        Language of the column `label`, as the form's settings say.
    wanted : str, optional
        Language asked for.

    Returns
    -------
    Labels

    Raises
    ------
    DesignError
        The language of a column cannot be told, there is no label in the language that is wanted, or none at all.
    """
    named = _shorten_codes({sheet.where: _name_languages(sheet, default, wanted) for sheet in sheets})
    languages = tuple(dict.fromkeys(code for one in named.values() for code in one.columns))
    if not languages and not wanted:
        hint = f"add `label::English (en)`, or {ASK_FOR_LANGUAGE}: names then stand for the labels"
        raise DesignError("there is no column of labels", hint, f"{sheets[0].where}, header")
    if wanted and languages and wanted not in languages:
        near = [code for code in languages if code == wanted.partition("-")[0]]
        if not near:
            listed = ", ".join(languages)
            raise DesignError(f"the form has no labels in language {wanted!r}", f"it has {listed}", sheets[0].where)
        wanted = near[0]
    notes = [note for one in named.values() for note in one.notes]
    columns = {where: one.columns for where, one in named.items()}
    return Labels(languages=languages or (wanted or "",), wanted=wanted, columns=columns, notes=notes)


@dataclass(frozen=True, slots=True)
class _Languages:
    """The columns of labels of one sheet by code of language; `notes` tells which columns are left out, and why."""

    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()


def _name_languages(sheet: Sheet, default: str | None, wanted: str | None) -> _Languages:
    """Find the code of each column of labels; `default` is the language of the column `label`, as the settings say.

    `wanted` is the language asked for: that of the only column that says none; the others are not needed then.
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
    return _Languages(columns=columns, notes=tuple(notes))


def _shorten_codes(found: Mapping[str, _Languages]) -> dict[str, _Languages]:
    """Leave out regions ("sq-xk") that tell no languages of the form apart."""
    short = without_needless_regions({code for one in found.values() for code in one.columns})
    return {
        name: _Languages(columns={short[code]: column for code, column in one.columns.items()}, notes=one.notes)
        for name, one in found.items()
    }


def _untold(column: str, where: str) -> DesignError:
    place = f"{where}, column {column!r}"
    if column == "label":
        hint = f"name the column `label::English (en)`, or {ASK_FOR_LANGUAGE}"
        return DesignError("the labels do not say their language", hint, place)
    hint = f"write the code of the language, as in `label::English (en)`, or {ASK_FOR_LANGUAGE}"
    return DesignError("the column does not say the code of its language", hint, place)


def with_references(texts: Mapping[str, str]) -> bool:
    """Tell whether a label shows an answer of the respondent: `${name}`."""
    return any(_REFERENCE.search(text) for text in texts.values())


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists of a sheet: of each, the rows with code and cells; `duplicates`: the form lets a code stand twice."""

    sheet: Sheet
    lists: Mapping[str, list[_Choice]]
    duplicates: bool

    def options(self, select: Select, labels: Labels, place: str) -> dict[str, dict[str, str]]:
        """Give the options of a question by code, each with its labels by language.

        Parameters
        ----------
        select : Select
            List, and how many may be chosen.
        labels : Labels
            The languages of the form.
        place : str
            Sheet and row of the question, for errors.

        Returns
        -------
        dict
            Code → language → label.

        Raises
        ------
        DesignError
            There is no such list, a code stands twice, or holds a blank where several answers stand in one cell.
        """
        if select.list_name not in self.lists:
            raise self._no_list(select.list_name, place)
        found: dict[str, dict[str, str]] = {}
        for row, code, cells in self.lists[select.list_name]:
            where = f"{self.sheet.where}, row {row}"
            if select.multiple and len(code.split()) > 1:
                hint = "several answers stand in one cell, separated by blanks: use '_' in the name"
                raise DesignError(f"the choice {code!r} of a select_multiple has a blank", hint, where)
            texts = labels.of(self.sheet, row, cells, code)
            if code in found and not self.duplicates:
                hint = "give each choice of a list its own name"
                raise DesignError(f"the list {select.list_name!r} has the choice {code!r} twice", hint, where)
            if found.setdefault(code, texts) != texts:
                hint = "give the choices different names, or the same label"
                raise DesignError(f"the choice {code!r} of the list {select.list_name!r} has two labels", hint, where)
        if select.or_other and OTHER not in found:
            found[OTHER] = {language: other_word(language) for language in labels.languages}
        return found

    def _no_list(self, name: str, place: str) -> DesignError:
        hint = suggest(name, self.lists, list_names(self.lists, "the lists are", "the sheet has no list"))
        return DesignError(f"there is no list {name!r}", hint, place)


def read_choices(sheet: Sheet, *, duplicates: bool) -> Choices:
    """Read the lists of a sheet; rows without list and name are remarks of the author.

    Raises
    ------
    DesignError
        The sheet has no columns `list_name` and `name`, or a row has only one of the two.
    """
    require_column(sheet, "list_name")
    require_column(sheet, "name")
    lists: dict[str, list[_Choice]] = {}
    for row, cells in sheet.rows:
        name, code = cells.get("list_name", ""), cells.get("name", "")
        if bool(name) != bool(code):
            hint = "fill in both (of merged cells only the first holds what is seen)"
            raise DesignError("the choice lacks its list or its name", hint, f"{sheet.where}, row {row}")
        if name:
            lists.setdefault(name, []).append((row, code, cells))
    written = {name: _codes(found) for name, found in lists.items()}
    return Choices(sheet=sheet, lists=written, duplicates=duplicates)


def _codes(found: list[_Choice]) -> list[_Choice]:
    """Write the codes of a list as those of a column of data: "1.0" is "1" where all are numbers."""
    codes = untyped_codes(pl.Series([code for _, code, _ in found], dtype=pl.String)).to_list()
    return [(row, code, cells) for (row, _, cells), code in zip(found, codes, strict=True)]
