"""Which rows of the evidence were added, changed or withdrawn between two editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from shteg.changes.sides import ASSUMED, LIKE_EVIDENCE, Side
from shteg.estimates import column, table_row
from shteg.evidence.records.files import TABLES

State = Literal["added", "changed", "withdrawn"]
STATES: tuple[State, ...] = ("added", "changed", "withdrawn")
KEYS: Mapping[str, tuple[str, ...]] = {
    **{f"{LIKE_EVIDENCE}{spec.table}": spec.key for spec in TABLES if spec.published},
    ASSUMED: ("kind", "parameter", "operation"),
}
"""What identifies a row of each table that is compared."""
LEARNT = ("estimated", "computed", "observed")
"""Labels of parameters that are no assumption: they move with the evidence."""
UNCOMPARED = ("row", "verified", "title_id")
"""Columns that say nothing of their own."""
DAYS = ("happened_on", "known_on", "began", "member_since", "from", "year")
BETWEEN, CELLS = " ", "\x1f"


@table_row
class ChangedRow:
    """A row of the evidence that one edition has and the other has not, or has otherwise."""

    table: str = column("Table of the edition.", key=True)
    became: State = column("Added, changed or withdrawn.", key=True)
    row_place: int = column("Place in this list, from 1.", "count", key=True)
    key_columns: str = column("Columns that identify the row, separated by blanks.")
    key_cells: str = column("Their cells, separated by “ | ”.")
    day: str | None = column("When it happened.")
    source: str | None = column("Id of the source; of the later edition where both have the row.")
    changed_columns: str | None = column("Columns that changed, separated by blanks.")
    before: str | None = column("Cells of these columns in the earlier edition, separated by “ | ”.")
    after: str | None = column("Cells of these columns in the later edition, separated by “ | ”.")


@dataclass(frozen=True, slots=True)
class _Row:
    key: tuple[str, ...]
    cells: Mapping[str, str]


def changed_rows(before: Side, after: Side) -> Iterator[ChangedRow]:
    """Compare the tables of the evidence and what is assumed, table by table, row by row.

    Parameters
    ----------
    before, after : Side

    Yields
    ------
    ChangedRow
        By table in the order of its name, withdrawn rows last. Rows with the same key are told apart by their order.
    """
    for table in sorted({*before.tables, *after.tables} & set(KEYS)):
        key = KEYS[table]
        old, new = (_rows(side.tables.get(table), key) for side in (before, after))
        found: dict[State, list[ChangedRow]] = {state: [] for state in STATES}
        for name in sorted({*old, *new}):
            one, other = old.get(name), new.get(name)
            state: State = "added" if one is None else "withdrawn" if other is None else "changed"
            what = _differing(one, other) if one and other else []
            if state == "changed" and not what:
                continue
            found[state].append(_told(table, state, len(found[state]) + 1, key, one, other, what))
        for state in STATES:
            yield from found[state]


def _rows(frame: pl.DataFrame | None, key: Sequence[str]) -> dict[tuple[str, ...], _Row]:
    found: dict[tuple[str, ...], _Row] = {}
    for row in frame.iter_rows(named=True) if frame is not None else ():
        if row.get("label") in LEARNT and "value_low" in row:
            continue
        cells = {name: _written(cell) for name, cell in row.items() if name not in UNCOMPARED}
        own = tuple(cells.get(name, "") for name in key)
        number = 0
        while (*own, str(number)) in found:
            number += 1
        found[(*own, str(number))] = _Row(own, cells)
    return found


def _written(cell: Any) -> str:
    return "" if cell is None else format(cell, ".12g") if isinstance(cell, float) else str(cell)


def _differing(one: _Row, other: _Row) -> list[str]:
    return [name for name in {**other.cells, **one.cells} if one.cells.get(name, "") != other.cells.get(name, "")]


def _told(
    table: str, state: State, place: int, key: Sequence[str], one: _Row | None, other: _Row | None, what: Sequence[str]
) -> ChangedRow:
    known = other or one
    assert known is not None
    day = next((known.cells[name] for name in DAYS if known.cells.get(name)), None)

    def cells(row: _Row | None) -> str | None:
        return " | ".join(row.cells.get(name, "") for name in what) if row and what else None

    return ChangedRow(
        table=table, became=state, row_place=place, key_columns=BETWEEN.join(key),
        key_cells=" | ".join(known.key), day=day, source=known.cells.get("source") or None,
        changed_columns=BETWEEN.join(what) or None, before=cells(one),
        after=cells(other),
    )  # fmt: skip
