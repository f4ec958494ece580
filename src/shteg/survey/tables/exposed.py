"""A table as functions of the respondents of its file: what its figures and bases count, and which are hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats, Ints
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.answers import number_levels
from shteg.survey.one_pass.domains import ALL, Parts
from shteg.survey.readers.missing_codes import box_columns
from shteg.survey.tables.plan import MOST_ROWS, Percent, TableItem
from shteg.survey.tables.rows import NOT_SHARES, ItemRows

TOTAL_ROW = -1
"""Row of a table of row percentages that holds the distribution of everyone who answered."""

Cell = tuple[int, str, str]
"""Row, grouping variable, domain."""
UNGROUPED = "\x00none"
"""Stands for the respondents who belong to no domain of a grouping; they are never shown."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exposed:
    """One table of one source. All arrays over respondents are in the order of the file.

    Parameters
    ----------
    item : TableItem
    percent : Percent
    names : tuple of (kind, option)
        What each row is.
    values : (rows, n) float
        1 and 0, or a number (net, mean); 0 where not answered.
    answered : (n,) bool
    alive : (n,) bool
        Weight above 0: only these are counted.
    signature : (n,) int
        Who gave the same answer to the item, blank and missing codes included; of many numbers, who gave one.
    split : bool
        The signature does not tell the number given: sums of the numbers are unknowns of their own.
    domains : mapping of grouping to ((n,) domain number or -1, names)
    cells : tuple of Cell
        Everything the table has.
    estimates : mapping of Cell to float
    hidden : dict of Cell to reason
        Grows while gaps are closed.
    told : set of Cell
        What an earlier call has shown as it stands here: to hide it now would protect nobody.
    label : str
        What the table is called, if it was printed by an earlier call; such a table is as it is.
    """

    item: TableItem
    percent: Percent
    names: tuple[tuple[str, str], ...]
    values: Floats
    answered: Bools
    alive: Bools
    signature: Ints
    split: bool
    domains: dict[str, tuple[Ints, tuple[str, ...]]]
    cells: tuple[Cell, ...]
    estimates: dict[Cell, float] = field(default_factory=dict)
    hidden: dict[Cell, str] = field(default_factory=dict)
    told: set[Cell] = field(default_factory=set)
    label: str = ""

    @property
    def fixed(self) -> bool:
        """True for a table that was printed by an earlier call."""
        return bool(self.label)

    def inside(self, variable: str, domain: str) -> Bools:
        """Members of a domain, (n,); of every domain of the variable for a blank name."""
        if variable == ALL:
            return self.alive
        codes, names = self.domains[variable]
        if domain == UNGROUPED:
            return np.asarray(self.alive & (codes < 0))
        return np.asarray(self.alive & (codes >= 0 if not domain else codes == names.index(domain)))

    def ungrouped(self, fewest: int) -> list[Cell]:
        """Give the answers of those in no domain of a grouping, where they are some but fewer than `fewest`."""
        few = [name for name in self.domains if 0 < self.members(name, UNGROUPED) < fewest]
        return [(row, name, UNGROUPED) for name in few for row in range(len(self.names))]

    def shows_everyone(self) -> bool:
        """True if a figure of the whole sample is shown."""
        return any(cell[1:] == (ALL, ALL) and cell not in self.hidden for cell in self.cells)

    def members(self, variable: str, domain: str) -> int:
        """How many of a domain answered."""
        return int((self.answered & self.inside(variable, domain)).sum())

    def row_members(self, cell: Cell) -> int:
        """How many gave the answer of a cell's row and belong to a domain of its grouping."""
        row = self.answered if cell[0] == TOTAL_ROW else self.values[cell[0]] != 0
        return int((row & self.inside(cell[1], "")).sum())


def expose(
    design: AnyDesign,
    rows: ItemRows,
    domains: Parts,
    percent: Percent,
    *,
    cells: pl.DataFrame | None = None,
    dead: Sequence[int] | None = None,
    label: str = "",
) -> Exposed:
    """Lay a table out over the respondents of its file.

    Parameters
    ----------
    design : Design or ReplicateDesign
    rows : ItemRows
    domains : Parts
    percent : "column" | "row" | "total"
        What the table was made from.
    cells : polars.DataFrame, optional
        Its cells, from `estimate_cells`; default: every row in every domain.
    dead : sequence of int, optional
        Rows of weight 0; default: those of the design.
    label : str
        Of a table that an earlier call printed.

    Returns
    -------
    Exposed
        Rows and domains as marks on the respondents of the file.
    """
    length = int(design.row.max())
    place = design.row - 1
    alive = np.zeros(length, bool)
    alive[place] = design.weight > 0 if dead is None else True
    for row in dead or ():
        alive[row - 1] = False
    values = np.zeros((len(rows.rows), length))
    for i, row_of_item in enumerate(rows.rows):
        values[i, place] = np.nan_to_num(row_of_item.values)
    answered = np.zeros(length, bool)
    answered[place] = rows.answered
    signature, split = _signature(design, rows.item)
    spread = np.zeros(length, np.int64)
    spread[place] = signature + 1
    names = tuple((row.kind, row.option) for row in rows.rows)
    of_domains = _domains(domains, place, length)
    frame_cells, estimates = _read_cells(cells)
    return Exposed(
        item=rows.item,
        percent=percent,
        names=names,
        values=values,
        answered=answered,
        alive=alive,
        signature=spread,
        split=split,
        domains=of_domains,
        cells=frame_cells if cells is not None else _all_cells(names, of_domains, percent),
        estimates=estimates,
        label=label,
    )


def _signature(design: AnyDesign, item: TableItem) -> tuple[Ints, bool]:
    columns = [item.column]
    if item.column not in design.data.columns:
        columns = list(box_columns(item.column, item.substantive or (), design.data.columns).values())
    if item.form == "number" and design.data[item.column].n_unique() > MOST_ROWS:
        texts = design.data[item.column].cast(pl.String).str.strip_chars()
        numbers = (~(texts.is_null() | (texts == "") | texts.is_in(list(item.missing)))).fill_null(value=False)
        return numbers.cast(pl.Int64).to_numpy(), True
    codes = [number_levels(design.data[column], column)[1].astype(np.int64) for column in columns]
    if len(codes) == 1:
        return codes[0], False
    return np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64), False


def _domains(domains: Parts, place: Ints, length: int) -> dict[str, tuple[Ints, tuple[str, ...]]]:
    found: dict[str, tuple[Ints, tuple[str, ...]]] = {}
    for column, variable in enumerate(dict.fromkeys(domains.variables)):
        numbers = [i for i, one in enumerate(domains.variables) if one == variable]
        if variable == ALL or not numbers:
            continue
        codes = np.full(length, -1, np.int64)
        raw = domains.codes[:, column].astype(np.int64)
        codes[place] = np.where(raw < len(domains), raw - numbers[0], -1)
        found[variable] = (codes, tuple(domains.names[i] for i in numbers))
    return found


def _read_cells(cells: pl.DataFrame | None) -> tuple[tuple[Cell, ...], dict[Cell, float]]:
    if cells is None:
        return (), {}
    keys: list[Cell] = [(int(a), str(b), str(c)) for a, b, c in cells.select("row", "domain_variable", "domain").rows()]
    estimates = {key: float(one) for key, one in zip(keys, cells["estimate"], strict=True) if one is not None}
    return tuple(keys), estimates


def _all_cells(
    names: Sequence[tuple[str, str]], domains: dict[str, tuple[Ints, tuple[str, ...]]], percent: Percent
) -> tuple[Cell, ...]:
    rows = [i for i, (kind, _) in enumerate(names) if percent == "column" or kind not in NOT_SHARES]
    columns = [(variable, domain) for variable, (_, of_variable) in domains.items() for domain in of_variable]
    if percent == "row":
        rows.append(TOTAL_ROW)
    else:
        columns.insert(0, (ALL, ALL))
    return tuple((row, *column) for row in rows for column in columns)
