"""What may be chosen in a cell: ids that exist, countries, grades, labels, the words of an enumeration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from shteg.countries import alpha2_by_alpha3
from shteg.evidence.book.forms import Form
from shteg.evidence.files.csv_tables import CsvTable
from shteg.evidence.records.base import CREDIBILITY, RELIABILITY, Grade
from shteg.evidence.records.declarations import CountryCode, Labelled, Refers

GRADES = tuple(letter + digit for letter in RELIABILITY for digit in CREDIBILITY)
_CHECK_GRADE = get_args(Grade)[1]
Choice = tuple[str, tuple[str, ...], bool]
"""A name, the words, and whether no other is allowed."""


class Choices:
    """The lists of a case."""

    def __init__(self, raw: Mapping[str, Any], tables: Mapping[str, CsvTable]) -> None:
        self.raw, self.tables = raw, tables

    def of(self, form: Form) -> Choice | None:
        """Give what may be chosen where a field has this form; None where anything may stand."""
        if form.type is bool:
            return "truth", ("TRUE", "FALSE"), True
        if get_origin(form.type) is Literal:
            words = tuple(str(one) for one in get_args(form.type))
            return "words " + " ".join(words), words, True
        for mark in form.marks:
            if mark == _CHECK_GRADE:
                return "grades", GRADES, True
            if isinstance(mark, Refers) and not mark.keys and (words := self._ids(mark)):
                return "ids " + " ".join(mark.places), words, False
        for mark in form.marks:
            if isinstance(mark, CountryCode) and not any(isinstance(one, Labelled) for one in form.marks):
                return "countries", self._countries(), False
            if isinstance(mark, Labelled) and (words := self._labels(mark.kind)):
                return f"labels {mark.kind}", words, False
        return None

    def _ids(self, refers: Refers) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for file, key in refers.files:
            if file in self.tables:
                found |= dict.fromkeys(row.cells.get(key, "").strip() for row in self.tables[file].rows)
            value = self.raw.get(file, {}).get(key)
            if isinstance(value, dict):
                found |= dict.fromkeys(value)
            elif isinstance(value, list):
                found |= {str(one["id"]): None for one in value if isinstance(one, dict) and "id" in one}
        return tuple(one for one in found if one)

    def _countries(self) -> tuple[str, ...]:
        own = {
            row.cells.get(column, "").strip()
            for file, column in (("members.csv", "member"), ("countries.csv", "country"))
            if file in self.tables
            for row in self.tables[file].rows
        }
        return tuple(sorted({*own, *alpha2_by_alpha3()} - {""}))

    def _labels(self, kind: str) -> tuple[str, ...]:
        found = self.raw.get("labels.toml", {}).get("labels", {})
        words = found.get(kind) if isinstance(found, dict) else None
        return tuple(words) if isinstance(words, dict) else ()
