"""What was changed in a workbook of a case, as the smallest change to each file; where two people met: refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence

from shteg.errors import Problem, UsageError
from shteg.evidence.book.grids import Book, Grid
from shteg.evidence.book.key_changes import KeySide
from shteg.evidence.book.sheets import spec_of
from shteg.evidence.book.sides import Change as Change
from shteg.evidence.book.sides import RefusedError
from shteg.evidence.book.sides import Taken as Taken
from shteg.evidence.book.table_changes import TableSide
from shteg.evidence.files.csv_scan import scan_csv
from shteg.evidence.files.folder import text_codec
from shteg.evidence.files.toml_positions import find_keys
from shteg.workbooks.cells import place_name
from shteg.workbooks.written import clean_text


def take_changes(
    book: Book, languages: Sequence[str], today: Callable[[str], bytes | None]
) -> tuple[list[Taken], list[Problem]]:
    """Compare every sheet with the file as it was written, and bring what differs to the file of today.

    Parameters
    ----------
    book : Book
        The workbook.
    languages : sequence of str
        Of the case.
    today : callable
        Gives what stands in a file of the case now; None if there is none.

    Returns
    -------
    taken, problems
        The files of all sheets, changed or not; what is refused, by sheet and cell.
    """
    taken, problems = [], []
    for file, grid in book.grids.items():
        spec = spec_of(file)
        assert spec is not None  # only files with a spec have a grid
        side: type[TableSide | KeySide] = TableSide if spec.kind == "csv" else KeySide
        try:
            taken.append(side(book, grid, spec, languages, today(file)).take())
        except RefusedError as refusal:
            problems.append(refusal.problem)
        except (UsageError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            hint = error.hint if isinstance(error, UsageError) else "run `shteg check` on the case"
            problem = error.problem if isinstance(error, UsageError) else f"{file} cannot be read: {error}"
            problems.append(Problem(book.at(grid.sheet, ""), 0, 0, problem, hint))
    return taken, problems


def cells_of(taken: Taken, grid: Grid) -> dict[tuple[int, int], str]:
    """Give the cell of the sheet for every place (line, column) of a file that was taken from it."""
    text = taken.after.decode(text_codec(taken.after))
    found: dict[tuple[int, int], str] = {}
    if taken.file.endswith(".csv"):
        scan = scan_csv(text.encode("utf-8"))
        names = [clean_text(one) for one in scan.header]
        for column, name in enumerate(names, 1):
            if name in grid.header:
                found[scan.header_line, column] = place_name(1, grid.header[name])
        for line, row in zip(scan.lines.tolist(), taken.rows, strict=False):
            for column, name in enumerate(names, 1):
                if row is not None and name in grid.header:
                    found[line, column] = place_name(row, grid.header[name])
        return found
    for path, place in sorted(find_keys(text.replace("\r\n", "\n")).items(), key=lambda one: len(one[0])):
        cell = taken.paths.get(path) or next((one for at, one in taken.paths.items() if at[: len(path)] == path), "")
        if cell:
            found[place] = cell
    return found
