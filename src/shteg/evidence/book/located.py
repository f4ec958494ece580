"""Problems of files, told by the sheet and the cell of the workbook that they came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shteg.errors import Problem
from shteg.evidence.book.changes import Taken, cells_of
from shteg.evidence.book.grids import Book


def located(problems: Iterable[Problem], book: Book, taken: Sequence[Taken]) -> list[Problem]:
    """Give problems with sheet and cell in place of file, line and column, where the file came from a sheet.

    Parameters
    ----------
    problems : iterable of Problem
    book : Book
        The workbook.
    taken : sequence of Taken
        What was taken from its sheets.

    Returns
    -------
    list of Problem
    """
    by_file = {one.file: one for one in taken}
    places = {one.file: cells_of(one, book.grids[one.file]) for one in taken}
    return [_located(one, book, by_file, places) for one in problems]


def _located(
    problem: Problem, book: Book, taken: dict[str, Taken], places: dict[str, dict[tuple[int, int], str]]
) -> Problem:
    if problem.file not in taken:
        return problem
    cells = places[problem.file]
    cell = cells.get((problem.line, problem.column)) or next(
        (cell for (line, _), cell in sorted(cells.items()) if line == problem.line), ""
    )
    return Problem(book.at(book.grids[problem.file].sheet, cell), 0, 0, problem.problem, problem.hint)
