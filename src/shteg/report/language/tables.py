"""A table as readers see it: headers and cells in their language, already formatted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table for readers.

    Attributes
    ----------
    caption : str
        What it shows.
    headers : tuple of str
        One for each column.
    rows : tuple of tuples
        The first cell of a row is its heading. A cell is plain text, text that knows its figures (`Marked`), or markup
        of the publisher.
    numeric : tuple of bool
        Columns set flush right.
    note : str
        Stands below.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""


def make_table(
    caption: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Collection[int] = (),
    note: str = "",
) -> TableView:
    """Put a table together.

    Parameters
    ----------
    caption : str
        What it shows.
    headers : sequence of str
        One for each column.
    rows : iterable of sequences
        As many cells as there are headers.
    numeric : collection of int
        Positions of the columns with numbers, from 0.
    note : str
        Stands below.

    Returns
    -------
    TableView
    """
    flags = tuple(place in numeric for place in range(len(headers)))
    cells = tuple(tuple(row) for row in rows)
    return TableView(caption=caption, headers=tuple(headers), rows=cells, numeric=flags, note=note)
