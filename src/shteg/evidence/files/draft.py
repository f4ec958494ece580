"""A case as it was read, before it is known to be right: what the checks look at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from shteg.errors import Problem
from shteg.evidence.files.case_languages import WordsFile, add_cells, add_words, spoken
from shteg.evidence.files.csv_tables import CsvTable, Row, read_csv
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.files.schema import Found, walk_record
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.files.toml_tables import TomlFile, read_toml
from shteg.evidence.records.declarations import FileSpec, Mark, PerLanguage, Record, Refers, marked
from shteg.evidence.records.files import FILES, TABLES, WAVE_FILES
from shteg.languages import Given, Language, package_languages

R = TypeVar("R", bound=Record)
Known = frozenset[str] | None
"""Ids that exist; None where the file that lists them could not be read, so that nothing can be said."""


@dataclass
class Draft:
    """Every file that could be parsed, valid or not; `also` is a language that may lack all messages so far."""

    folder: CaseFolder
    tomls: dict[str, TomlFile] = field(default_factory=dict)
    tables: dict[str, CsvTable] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    waves: tuple[str, ...] = ()
    messages: dict[str, Given] = field(default_factory=dict)
    words: dict[str, WordsFile] = field(default_factory=dict)
    also: str = ""
    _languages: tuple[Language, ...] = field(default=(), init=False)

    def read_toml(self, name: str, record: type[Record]) -> None:
        """Read a TOML file with the words that stand elsewhere, if it can be parsed."""

        def complete(raw: dict[str, Any]) -> None:
            if name == "case.toml":
                self._languages = self._spoken(raw.get("languages"))
            for language in self.languages:
                if language in self.words:
                    self.folder.problems += add_words(raw, name, record, self.words[language])

        file = read_toml(self.folder, name, record, complete)
        if file is not None:
            self.tomls[name] = file

    def read_csv(self, spec: FileSpec) -> None:
        """Read a table with the words that stand elsewhere, if it has a usable header."""
        words = [self.words[language] for language in self.languages if language in self.words]
        spoken_to = words if marked(spec.record, PerLanguage) else []
        elsewhere = tuple(one.language for one in spoken_to if one.below(spec.path)[1] is not None)
        table = read_csv(self.folder, spec, self.languages or package_languages(), elsewhere)
        if table is not None:
            for one in words:
                self.folder.problems += add_cells(table, one)
            self.tables[spec.path] = table

    def raw(self, file: str, *path: str) -> Any:
        """Give what stands under a path of keys in a TOML file, or None."""
        value: Any = self.tomls[file].raw if file in self.tomls else None
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def tables_of(self, file: str, key: str) -> list[tuple[Path, dict[str, Any]]]:
        """Give the entries of an array of tables, or of a table of tables, each with its path."""
        value = self.raw(file, key)
        if isinstance(value, list):
            return [((key, number), one) for number, one in enumerate(value) if isinstance(one, dict)]
        if isinstance(value, dict):
            return [((key, name), one) for name, one in value.items() if isinstance(one, dict)]
        return []

    def keys_of(self, file: str, key: str) -> Known:
        """Give the names under a table of tables; None if the file could not be parsed, empty if it is not there."""
        if file in self.tomls:
            value = self.raw(file, key)
            return frozenset(value) if isinstance(value, dict) else None
        return None if self.folder.exists(file) else frozenset()

    def ids_of(self, file: str, key: str) -> Known:
        """Give the `id` of every entry of an array of tables; None if the file could not be parsed."""
        if file not in self.tomls:
            return None
        return frozenset(one["id"] for _, one in self.tables_of(file, key) if isinstance(one.get("id"), str))

    def known(self, refers: Refers) -> Known:
        """Give the names of which a reference may be one; None where one of its files could not be read."""
        found: frozenset[str] = frozenset()
        for file, key in refers.files:
            if file.endswith(".csv"):
                names = self.column(file, key)
            else:
                table = isinstance(self.raw(file, key), dict)
                names = self.keys_of(file, key) if table else self.ids_of(file, key)
            if names is None:
                return None
            found |= names
        return found

    def marked(self, kind: type[Mark]) -> Iterator[tuple[CsvTable, str, Mark]]:
        """Give every column there is whose field carries a mark of a kind: its table, its name, the mark."""
        for spec in TABLES:
            table = self.tables.get(spec.path)
            for column, mark in marked(spec.record, kind).items() if table else ():
                if table and column in table.header:
                    yield table, column, mark

    def column(self, file: str, name: str) -> Known:
        """Give the values of a column; None if the table could not be read whole, empty if it is not there."""
        if file in self.tables:
            table = self.tables[file]
            return table.values(name) if table.whole and name in table.header else None
        return None if self.folder.exists(file) else frozenset()

    def records_of(self, file: str, record: type[R]) -> list[tuple[Row, R]]:
        """Give the valid rows of a table, each with its record."""
        rows = self.tables[file].rows if file in self.tables else ()
        return [(row, row.record) for row in rows if isinstance(row.record, record)]

    def at_row(self, file: str, row: Row, column: str, problem: str, hint: str) -> Problem:
        """Make a problem that stands in a cell of a table.

        Parameters
        ----------
        file : str
            A table that was read.
        row : Row
            One of its rows.
        column, problem, hint : str
            As in `CsvTable.at`.

        Returns
        -------
        Problem
        """
        return self.tables[file].at(row, column, problem, hint)

    @property
    def as_of(self) -> date | None:
        """The day as of which the case stands, if it is given and exists."""
        value = self.raw("case.toml", "as_of")
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                return None
        return value if type(value) is date else None

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages of the case; () if they are not given, or one is none in which pages can be printed.

        Such a one is told where it is named, not at each of the texts that lack it.
        """
        return self._languages

    def _spoken(self, named: Any) -> tuple[Language, ...]:
        codes = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
        found = tuple(spoken(one, self.messages) for one in codes)
        known = all(one.known or one == self.also for one in found)
        return found if known and isinstance(named, list) and len(codes) == len(named) else ()

    @property
    def not_yet(self) -> dict[str, list[str]]:
        """The languages that a text lacks by the word of the case, by its name."""
        value = self.raw("case.toml", "not_yet")
        found = value.items() if isinstance(value, dict) else ()
        return {name: [code for _, code in texts_in(missing)] for name, missing in found}

    @property
    def aspirant(self) -> str | None:
        """The country code of the aspirant, if it is given as text."""
        value = self.raw("case.toml", "aspirant")
        return value if isinstance(value, str) else None

    def at_key(self, file: str, path: Path, problem: str, hint: str) -> Problem:
        """Make a problem that stands at a key of a TOML file.

        Parameters
        ----------
        file : str
            A TOML file that was read.
        path : tuple of str and int
            Keys, and numbers in lists; the nearest key above it if it is not there.
        problem, hint : str
            What is wrong, and how to mend it.

        Returns
        -------
        Problem
            With file, line and column.
        """
        line, column = self.tomls[file].place(path)
        return Problem(file, line, column, problem, hint)

    def walk(self) -> Iterator[tuple[str, Found]]:
        """Go through every TOML file along its record, valid or not: the file, and what stands in it."""
        specs = [(spec.path, spec) for spec in FILES]
        specs += [(spec.path.replace("<wave>", wave), spec) for wave in self.waves for spec in WAVE_FILES]
        for file, spec in specs:
            if file in self.tomls:
                for found in walk_record(spec.record, self.tomls[file].raw):
                    yield file, found


def texts_in(value: Any) -> list[tuple[int, str]]:
    """Give the texts in a list, each with its number; [] if it is no list."""
    return (
        [(number, one) for number, one in enumerate(value) if isinstance(one, str)] if isinstance(value, list) else []
    )


def unknown(word: str, known: Known, what: str, where: str) -> tuple[str, str] | None:
    """Give problem and hint if a word is not known.

    Parameters
    ----------
    word : str
        As it was written.
    known : frozenset of str or None
        The words there are; None where nothing can be said.
    what : str
        What it is: "member".
    where : str
        In which file it must stand.

    Returns
    -------
    tuple of str or None
        Problem and hint.
    """
    if known is None or word in known:
        return None
    return f"{what} `{word}` is not in {where}", suggest(word, sorted(known), f"add it to {where}, or correct it")
