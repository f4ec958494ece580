"""Where a problem of a wave stands: the line and column of its data file, the key of its design or questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from shteg.arrays import Ints
from shteg.errors import DesignError, Problem
from shteg.evidence.case import Wave
from shteg.evidence.files.toml_positions import Path as KeyPath
from shteg.evidence.files.toml_positions import find_keys

MOST_LINES = 20
"""So many cells with the same defect are listed one by one; the rest is counted."""


class WavePlaces:
    """Makes problems of one wave; `columns` are those of its data file, `lines` the line of each respondent."""

    def __init__(self, wave: Wave, root: Path) -> None:
        self.folder, self.root = f"surveys/{wave.id}", root
        self.data = wave.data_path.name
        self.columns: tuple[str, ...] = ()
        self.lines: Ints | None = None
        self._keys: dict[str, dict[KeyPath, tuple[int, int]]] = {}

    @property
    def data_file(self) -> str:
        """The data file, relative to the case."""
        return f"{self.folder}/{self.data}"

    def at_design(self, path: KeyPath, problem: str, hint: str) -> Problem:
        """Make a problem at a key of design.toml.

        Parameters
        ----------
        path : KeyPath
            Keys that lead to it.
        problem : str
            What is wrong.
        hint : str
            How to mend it.

        Returns
        -------
        Problem
            With file, line and column.
        """
        return self._at_key("design.toml", path, problem, hint)

    def at_question(self, path: KeyPath, problem: str, hint: str) -> Problem:
        """Make a problem at a key of questionnaire.toml.

        Parameters
        ----------
        path : KeyPath
            Keys that lead to it.
        problem : str
            What is wrong.
        hint : str
            How to mend it.

        Returns
        -------
        Problem
            With file, line and column.
        """
        return self._at_key("questionnaire.toml", path, problem, hint)

    def at_cells(self, rows: Ints, column: str, problem: str, hint: str) -> Iterator[Problem]:
        """Make a problem for each of these cells (rows from 0), and count those beyond the first few.

        Parameters
        ----------
        rows : (n,) int
            Rows of the data, from 0.
        column : str
            Their column.
        problem : str
            What is wrong.
        hint : str
            How to mend it.

        Yields
        ------
        Problem
            With file, line and column.
        """
        for row in rows[:MOST_LINES]:
            yield self._at_cell(int(row), column, problem, hint)
        if len(rows) > MOST_LINES:
            more = f"{problem} (and so in {len(rows) - MOST_LINES} more rows)"
            yield self._at_cell(int(rows[MOST_LINES]), column, more, hint)

    def refiled(self, problem: Problem) -> Problem:
        """Give a problem of the data file under its name in the case."""
        return Problem(self.data_file, problem.line, problem.column, problem.problem, problem.hint)

    def more(self, count: int) -> Iterator[Problem]:
        """Say that a file has further defects which its reader did not list."""
        if count:
            problem = f"{count} more problems of the same kinds are not listed"
            yield Problem(self.data_file, 0, 0, problem, "mend those that are listed, or export the file again")

    def of_error(self, error: DesignError) -> Problem:
        """Turn an error into a problem of the data file, in the line and column that it names."""
        row, line = re.search(r"\brow (\d+)", error.where), re.search(r"\bline (\d+)", error.where)
        column = re.search(r"\bcolumn '([^']*)'", error.where)
        said = error.problem
        if row is not None:
            return self._at_cell(int(row[1]) - 1, column[1] if column else "", said, error.hint)
        rest = error.where.removeprefix(self.data).strip(", ")
        if rest and line is None:
            said = f"{rest}: {said}"
        number = self._number(column[1]) if column else 0
        return Problem(self.data_file, int(line[1]) if line else 0, number, said, error.hint)

    def _at_cell(self, row: int, column: str, problem: str, hint: str) -> Problem:
        if self.lines is None or not 0 <= row < len(self.lines):
            return Problem(self.data_file, 0, self._number(column), f"row {row + 1}: {problem}", hint)
        return Problem(self.data_file, int(self.lines[row]), self._number(column), problem, hint)

    def _number(self, column: str) -> int:
        return self.columns.index(column) + 1 if column in self.columns else 0

    def _at_key(self, name: str, path: KeyPath, problem: str, hint: str) -> Problem:
        file = f"{self.folder}/{name}"
        if file not in self._keys:
            text = (self.root / file).read_text(encoding="utf-8-sig")
            self._keys[file] = find_keys(text.replace("\r\n", "\n"))
        while path and path not in self._keys[file]:
            path = path[:-1]
        line, column = self._keys[file].get(path, (1, 1))
        return Problem(file, line, column, problem, hint)
