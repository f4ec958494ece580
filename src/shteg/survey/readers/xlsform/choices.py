"""The sheets `choices` and `external_choices` of a form: the options of each list that a question uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from shteg.errors import DesignError
from shteg.hints import list_names, suggest
from shteg.survey.readers.codes import untyped_codes
from shteg.survey.readers.xlsform.labels import Labels
from shteg.survey.readers.xlsform.sheets import Sheet, require_column
from shteg.survey.readers.xlsform.types import Select

_Choice = tuple[int, str, Mapping[str, str]]
"""Row, code and cells of a choice."""

OTHER = "other"
"""The code that `or_other` adds to a list."""

OTHER_LABELS = {"en": "Other", "sq": "Tjetër"}
"""What it is called; in other languages forms show the English word."""


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
            found[OTHER] = {language: OTHER_LABELS.get(language, OTHER_LABELS["en"]) for language in labels.languages}
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
