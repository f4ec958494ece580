"""A sheet beside the file that it came from: what was changed, and what is refused, by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shteg.errors import Problem
from shteg.evidence.book.grids import Book, Grid
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.declarations import FileSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: of a cell, or a row or key that was added, removed or moved; `row` names the row or key."""

    file: str
    kind: str
    row: str
    column: str = ""
    before: str = ""
    after: str = ""
    sheet: str = ""
    cell: str = ""


@dataclass(slots=True, kw_only=True)
class Taken:
    """A file with its changes: `after` is the whole file; `cells` names the cell of a place in it (line, column)."""

    file: str
    before: bytes | None
    after: bytes
    changes: list[Change] = field(default_factory=list)
    rows: list[int | None] = field(default_factory=list)
    paths: dict[Path, str] = field(default_factory=dict)


class RefusedError(Exception):
    """A sheet cannot be taken: `problem` says why and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class Side:
    """What the two kinds of file share."""

    def __init__(self, book: Book, grid: Grid, spec: FileSpec, languages: Sequence[str], now: bytes | None) -> None:
        self.book, self.grid, self.spec, self.languages = book, grid, spec, languages
        self.base = book.base.get(spec.path)
        self.now = now

    def refuse(self, cell: str, problem: str, hint: str) -> RefusedError:
        """Make the error that names a cell of this sheet.

        Parameters
        ----------
        cell : str
            Such as C7; empty for the whole sheet.
        problem, hint : str

        Returns
        -------
        RefusedError
        """
        return RefusedError(Problem(self.book.at(self.grid.sheet, cell), 0, 0, problem, hint))

    def conflict(self, cell: str, theirs: str) -> RefusedError:
        """Make the error of a cell that was changed in the case as well."""
        problem = f"{self.spec.path} was changed here since the workbook was written: it says “{theirs}” now"
        hint = "write the workbook anew with `shteg case to-xlsx`, and make this change in it"
        return self.refuse(cell, problem, hint)

    def change(self, kind: str, row: str, cell: str, column: str = "", before: str = "", after: str = "") -> Change:
        """Make a change of this file, told by sheet and cell.

        Parameters
        ----------
        kind : str
            `changed`, `added`, `removed` or `moved`.
        row : str
            Which row or key.
        cell, column : str
            Where it stands in the sheet, and of which column.
        before, after : str

        Returns
        -------
        Change
        """
        return Change(
            file=self.spec.path, kind=kind, row=row, column=column, before=before, after=after,
            sheet=self.grid.sheet, cell=cell,
        )  # fmt: skip
