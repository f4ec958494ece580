"""Linear audit: no hidden figure may be a linear combination of what all tables of a wave show together.

Every figure and every base is a sum over respondents. Which answers and domains a respondent has is not known to a
reader, but how answers and domains are nested is: unknown are the numbers of respondents in each *kind*, an answer to
one item (missing codes and blank too) in an observed combination of all grouping variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from shteg.survey.inference.domains import ALL
from shteg.survey.tables.exposed import TOTAL_ROW, UNGROUPED, Bools, Cell, Exposed, Ints
from shteg.survey.tables.rows import NOT_SHARES, Floats

RECOVERED = 1e-9
"""Relative residual below which a hidden figure is a linear combination of shown ones (double precision)."""
RANK = 1e-11
"""Singular values below this part of the largest are rounding."""
LARGEST_SYSTEM = 20_000_000
"""Numbers in the matrix of figures; larger ones are audited item by item and one grouping variable at a time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """Figures and bases of all tables over the kinds of respondents of one item: (lines, kinds), 0 where a figure is
    no function of these kinds; `tables` and `cells` say whose figure a line is."""

    tables: tuple[Exposed, ...]
    cells: tuple[Cell, ...]
    figures: Floats
    bases: Floats

    def __len__(self) -> int:
        return len(self.cells)

    def is_hidden(self, line: int) -> bool:
        """True while the cell is not shown."""
        return self.cells[line][2] == UNGROUPED or self.cells[line] in self.tables[line].hidden


def close_gaps(tables: Sequence[Exposed], fewest: int, reason: str) -> None:
    """Hide further cells of tables that are not fixed until no cell that a rule hides can be computed from the others.

    Parameters
    ----------
    tables : sequence of Exposed
        All tables of one sample, those printed earlier too; `hidden` of the others grows. Tables of one item that are
        not fixed stand for weights side by side and hide the same cells.
    fewest : int
        Of what earlier tables hid, cells with fewer respondents are protected.
    reason : str
        Written for the cells that are hidden here.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, ch. 4.
    """
    guard = _Guard(fewest=fewest, by_row=any(not one.fixed and one.percent == "row" for one in tables))
    if any(one.ungrouped(fewest) or any(guard.protects(one, cell) for cell in one.hidden) for one in tables):
        for system in _systems(tables, fewest):
            _hide_until_safe(system, guard, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guard:
    """Which hidden cells are protected: all that a rule hides in this call; of earlier ones, those of few respondents.

    Few are those of a small domain; that few gave an answer is a rule of row percentages only (`by_row`).
    """

    fewest: int
    by_row: bool

    def protects(self, table: Exposed, cell: Cell) -> bool:
        """True if the figure of a hidden cell must not be computable."""
        if cell[2] == UNGROUPED:
            return True
        reason = table.hidden[cell]
        if not table.fixed:
            return reason not in ("complementary", "earlier")
        few = table.members(*cell[1:]) < self.fewest
        return reason == "n" and (few or (self.by_row and table.row_members(cell) < self.fewest))


def _systems(tables: Sequence[Exposed], fewest: int) -> Iterator[System]:
    """One system for each item, with every figure of any table that is a function of the answers to this item."""
    seen: list[tuple[Ints, bool]] = []
    for table in tables:
        if any(split == table.split and np.array_equal(one, table.signature) for one, split in seen):
            continue
        seen.append((table.signature, table.split))
        whole = _System(table, tables, None)
        if whole.size <= LARGEST_SYSTEM:
            yield whole.build(fewest)
            continue
        own = [one for one in tables if one.item.column == table.item.column]
        for variable in dict.fromkeys(name for one in own for name in one.domains):
            yield _System(table, own, variable).build(fewest)


class _System:
    """The making of a `System`: kinds of respondents by the signature of `item` and the domains of `tables`."""

    def __init__(self, item: Exposed, tables: Sequence[Exposed], only: str | None) -> None:
        self.signature, self.split, self.only = item.signature, item.split, only
        self.classes, self.first = _representatives(item.signature)
        self.parts = [(table, *self._told(table)) for table in tables]
        self.parts = [part for part in self.parts if part[1].any() or part[2]]
        columns = {}
        for table, _, _ in self.parts:
            columns[("alive", table.alive.tobytes())] = table.alive.astype(np.int64)
            for name in self._groupings(table):
                columns[(name, table.domains[name][0].tobytes())] = table.domains[name][0]
        keys = np.stack([self.signature, *columns.values()], axis=1)
        self.kinds = np.unique(keys, axis=0, return_index=True)[1]

    @property
    def size(self) -> int:
        """Numbers in the matrix of figures."""
        return len(self.kinds) * sum(len(table.cells) for table, _, _ in self.parts)

    def build(self, fewest: int) -> System:
        """Stack all figures and bases."""
        tables, cells, figures, bases = [], [], [], []
        for table, told, base_told in self.parts:
            inside = {key: self._kinds(table.inside(*key)) for key in self._columns(table)}
            base = self._kinds(table.answered) * base_told
            for cell in (*table.cells, *table.ungrouped(fewest)):
                if cell[1:] not in inside:
                    continue
                members = inside[cell[1:]]
                row = base if cell[0] == TOTAL_ROW else self._row(table, cell[0]) * told[cell[0]]
                tables.append(table)
                cells.append(cell)
                figures.append(self._vector(table, cell[0], row * members))
                bases.append(self._vector(table, TOTAL_ROW, self._base(table, cell, row, base, inside)))
        width = len(self.kinds) * (2 if self.split else 1)
        shape = (len(cells), width)
        return System(
            tables=tuple(tables),
            cells=tuple(cells),
            figures=np.array(figures).reshape(shape),
            bases=np.array(bases).reshape(shape),
        )

    def _told(self, table: Exposed) -> tuple[Bools, bool]:
        """Which rows of a table, and whether its base, are functions of the answers to this item."""
        if self.split and table.split and np.array_equal(table.signature, self.signature):
            return np.ones(len(table.values), bool), True
        rows = np.array([_is_constant(one, self.classes, self.first) for one in table.values], bool)
        return rows, _is_constant(table.answered.astype(float), self.classes, self.first)

    def _groupings(self, table: Exposed) -> list[str]:
        return [name for name in table.domains if self.only in (None, name)]

    def _columns(self, table: Exposed) -> list[tuple[str, str]]:
        found = [(ALL, ALL), (ALL, "")]
        for name in self._groupings(table):
            found += [(name, ""), (name, UNGROUPED), *((name, domain) for domain in table.domains[name][1])]
        return found

    def _kinds(self, members: NDArray[np.bool_]) -> Floats:
        return members[self.kinds].astype(float)

    def _row(self, table: Exposed, row: int) -> Floats:
        if self.split and table.names[row][0] == "mean":
            return self._kinds(table.answered)
        return np.asarray(table.values[row][self.kinds], float)

    def _vector(self, table: Exposed, row: int, counts: Floats) -> Floats:
        """Counts of kinds, beside the sums of their numbers where the kinds do not tell these."""
        if not self.split:
            return counts
        is_sum = row != TOTAL_ROW and table.names[row][0] == "mean"
        nothing = np.zeros_like(counts)
        return np.concatenate((nothing, counts) if is_sum else (counts, nothing))

    def _base(
        self, table: Exposed, cell: Cell, row: Floats, base: Floats, inside: dict[tuple[str, str], Floats]
    ) -> Floats:
        """The base printed under a figure."""
        if table.percent == "column":
            return np.asarray(base * inside[cell[1:]])
        whole = inside[(cell[1], "")]
        return np.asarray((base if table.percent == "total" else row) * whole)


def _representatives(signature: Ints) -> tuple[Ints, Ints]:
    first, classes = np.unique(signature, return_index=True, return_inverse=True)[1:]
    return classes.reshape(-1).astype(np.int64), first.astype(np.int64)


def _is_constant(values: Floats, classes: Ints, first: Ints) -> bool:
    """True if a number is the same within each class."""
    return bool((values == values[first][classes]).all())


def _hide_until_safe(system: System, guard: _Guard, reason: str) -> None:
    goals = [
        i
        for i in range(len(system))
        if system.is_hidden(i) and guard.protects(system.tables[i], system.cells[i]) and system.figures[i].any()
    ]
    added: list[int] = []
    while goals:
        shown = [i for i in range(len(system)) if not system.is_hidden(i)]
        leak = _first_leak(system, shown, goals)
        if leak is None:
            break
        target, helpers = leak
        choice = [i for i in helpers if not system.tables[i].fixed]
        if not choice:
            goals.remove(target)  # earlier tables tell it by themselves
            continue
        added.append(_smallest(system, choice, target))
        _hide(system, added[-1], reason)
    _show_again(system, added, goals)


def _first_leak(system: System, shown: Sequence[int], goals: Sequence[int]) -> tuple[int, list[int]] | None:
    """Give the first goal that is a linear combination of shown figures and bases, with the lines it is made of."""
    if not shown or not goals:
        return None
    known = np.concatenate([system.figures[shown], system.bases[shown]])
    length = np.linalg.norm(known, axis=1)
    used = np.flatnonzero(length)
    if not len(used):
        return None
    known, back = np.unique(known[used] / length[used, None], axis=0, return_inverse=True)
    wanted = system.figures[goals]
    wanted = wanted / np.linalg.norm(wanted, axis=1)[:, None]
    weights = linalg.lstsq(known.T, wanted.T, cond=RANK, lapack_driver="gelsy", check_finite=False)[0]
    miss = np.linalg.norm(known.T @ weights - wanted.T, axis=0)
    found = np.flatnonzero(miss < RECOVERED)
    if not len(found):
        return None
    at_work = np.abs(weights[:, found[0]]) > RECOVERED
    lines = {shown[int(i) % len(shown)] for i, unique in zip(used, back.reshape(-1), strict=True) if at_work[unique]}
    return goals[int(found[0])], sorted(lines)


def _smallest(system: System, lines: Sequence[int], target: int) -> int:
    """Choose what to hide: under the target's own grouping, everyone only if no domain will do, the fewest people."""
    table, cell = system.tables[target], system.cells[target]

    def rank(line: int) -> tuple[bool, bool, bool, int, float, Cell]:
        one, key = system.tables[line], system.cells[line]
        kind = TOTAL_ROW if key[0] == TOTAL_ROW else key[0]
        own = one.item.column == table.item.column and key[1] == cell[1]
        members = one.members(*key[1:])
        special = kind == TOTAL_ROW or one.names[kind][0] in NOT_SHARES
        return (not own, key[1] == ALL, special, members, one.estimates.get(key, 0.0), key)

    return min(lines, key=rank)


def _hide(system: System, line: int, reason: str) -> None:
    for table in _same(system, line):
        table.hidden.setdefault(system.cells[line], reason)


def _same(system: System, line: int) -> list[Exposed]:
    column = system.tables[line].item.column
    tables = {id(one): one for one in system.tables}
    return [one for one in tables.values() if not one.fixed and one.item.column == column]


def _show_again(system: System, added: Sequence[int], goals: Sequence[int]) -> None:
    """Show those again that need not be hidden, the largest first: what is hidden is the least of its kind."""
    if len(added) < 2:
        return
    for line in sorted(added, key=lambda i: system.tables[i].estimates.get(system.cells[i], 0.0), reverse=True):
        cell = system.cells[line]
        tables = [one for one in _same(system, line) if cell in one.hidden]
        reasons = [one.hidden.pop(cell) for one in tables]
        shown = [i for i in range(len(system)) if not system.is_hidden(i)]
        if _first_leak(system, shown, goals) is not None:
            for one, why in zip(tables, reasons, strict=True):
                one.hidden[cell] = why
