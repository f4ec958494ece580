"""Tables as a page shows them: cells are text or safe markup, already in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shteg.publish.printed import Voice

Cell = str  # markupsafe.Markup is a str too: what is not Markup gets escaped
SHOWN_ROWS = 400
"""A table longer than this is shown in part; the whole of it is in the downloads."""


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
        The first cell of a row is its heading.
    numeric : tuple of bool
        Columns set flush right.
    note : str
        Stands below.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""


def make_table(
    caption: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    numeric: Sequence[int] = (),
    note: str = "",
) -> TableView:
    """Put a table together; `numeric` lists the positions of the columns with numbers."""
    flags = tuple(index in numeric for index in range(len(headers)))
    return TableView(
        caption=caption, headers=tuple(headers), rows=tuple(tuple(row) for row in rows), numeric=flags, note=note
    )


def values_table(voice: Voice, caption: str, value_ids: Sequence[str]) -> TableView | None:
    """List values with what they are and their intervals; None if there are none."""
    if not value_ids:
        return None
    rows = [(voice.what(one), voice.value(one), voice.interval(one)) for one in value_ids]
    headers = [voice.t(f"column.{name}") for name in ("quantity", "figure", "interval")]
    return make_table(caption, headers, rows, (1,))
