"""A table as readers see it: headers and cells in their language, already formatted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

LONG = 25
"""A table of so many rows can be sorted and filtered."""


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
    main : int or None
        The column that the table exists for: on a narrow screen it stands beside the heading of its row.
    ids : tuple of str
        Where a link to a row leads, for each row; empty where nothing does.
    groups : tuple of (int, str)
        Rows that belong together: the first of them, and what they have in common. None, or all rows are in one.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""
    main: int | None = None
    ids: tuple[str, ...] = ()
    groups: tuple[tuple[int, str], ...] = ()

    @property
    def long(self) -> bool:
        """Tell whether a reader needs help to find a row."""
        return len(self.rows) >= LONG

    def parts(self) -> list[tuple[str, range]]:
        """Give the groups with the places of their rows; one without a name where there are none."""
        starts = [*(start for start, _ in self.groups), len(self.rows)]
        if not self.groups:
            return [("", range(len(self.rows)))]
        return [(name, range(starts[at], starts[at + 1])) for at, (_, name) in enumerate(self.groups)]


def make_table(
    caption: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Collection[int] = (),
    note: str = "",
    *,
    main: int | None = None,
    ids: Sequence[str] = (),
    groups: Iterable[str] = (),
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
    main : int, optional
        The column that the table exists for; without it the first with numbers but the one that heads the rows.
    ids : sequence of str
        Where a link to a row leads, for each row, or none.
    groups : iterable of str
        The group of each row, or none: rows of one group stand together, groups in the order of their first row.

    Returns
    -------
    TableView
    """
    flags = tuple(place in numeric for place in range(len(headers)))
    cells = [tuple(row) for row in rows]
    named = list(groups)
    order = {name: at for at, name in enumerate(dict.fromkeys(named))}
    places = sorted(range(len(cells)), key=lambda at: order[named[at]]) if named else list(range(len(cells)))
    starts: dict[str, int] = {}
    for at, place in enumerate(places if named else ()):
        starts.setdefault(named[place], at)
    return TableView(
        caption=caption,
        headers=tuple(headers),
        rows=tuple(cells[place] for place in places),
        numeric=flags,
        note=note,
        main=next((place for place in sorted(numeric) if place), None) if main is None else main,
        ids=tuple(ids[place] for place in places) if ids else (),
        groups=tuple((at, name) for name, at in starts.items()),
    )
