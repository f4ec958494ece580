"""Linear audit: no hidden figure may be a linear combination of what all tables of a wave show together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from shteg.arrays import Bools, Floats, Ints
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.exposed import TOTAL_ROW, UNGROUPED, Cell, Exposed
from shteg.survey.tables.rows import NOT_SHARES

LARGEST_SYSTEM = 20_000_000
"""Numbers in the matrix of figures; larger ones are audited item by item and one grouping variable at a time."""
NOTHING = -1
"""In place of the number of a vector: a figure that is no function of the kinds of respondents."""


RECOVERED = 1e-9
"""Relative residual below which a hidden figure is a linear combination of shown ones (double precision)."""

RANK = 1e-11
"""Singular values below this part of the largest are rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class System:
    """Figures and bases of all tables over the kinds of respondents of one item.

    `vectors` are the different ones, (vectors, kinds), of length 1; each line is a cell (`tables`, `cells`) with the
    numbers of its figure and of its base, or `NOTHING`.
    """

    tables: tuple[Exposed, ...]
    cells: tuple[Cell, ...]
    figures: Ints
    bases: Ints
    vectors: Floats

    def __len__(self) -> int:
        return len(self.cells)

    def is_hidden(self, line: int) -> bool:
        """True while the cell is not shown."""
        return self.cells[line][2] == UNGROUPED or self.cells[line] in self.tables[line].hidden

    def is_told(self, line: int) -> bool:
        """True if an earlier call has shown the cell."""
        return self.tables[line].fixed or self.cells[line] in self.tables[line].told


def make_systems(tables: Sequence[Exposed], fewest: int) -> Iterator[System]:
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
    """The making of a `System`: answers by the signature of `item`, combinations of the domains of `tables`.

    A figure is the product of a function of the answer and a function of the combination.
    """

    def __init__(self, item: Exposed, tables: Sequence[Exposed], only: str | None) -> None:
        self.signature, self.split, self.only = item.signature, item.split, only
        self.classes, self.first = _representatives(item.signature)
        parts = [(table, *self._told(table)) for table in tables]
        self.parts = [part for part in parts if part[1].any() or part[2]]
        columns: dict[tuple[str, bytes], Ints] = {}
        for table, _, _ in self.parts:
            columns[("alive", table.alive.tobytes())] = table.alive.astype(np.int64)
            for name in self._groupings(table):
                columns[(name, table.domains[name][0].tobytes())] = table.domains[name][0]
        keys = np.stack(list(columns.values()), axis=1)
        self.combinations = np.unique(keys, axis=0, return_index=True)[1]

    @property
    def size(self) -> int:
        """Most numbers in the matrix of figures."""
        rows = sum(len(told) + 1 for _, told, _ in self.parts)
        columns = sum(len(self._columns(table)) for table, _, _ in self.parts)
        width = min(rows, len(self.first)) * min(columns, len(self.combinations))
        return width * sum(len(table.cells) for table, told, _ in self.parts if told.any())

    def build(self, fewest: int) -> System:
        """Number the different vectors of all figures and bases."""
        answers, domains, products = _Vectors(), _Vectors(), _Products()
        tables, cells, figures, bases = [], [], [], []
        for table, told, base_told in self.parts:
            inside = {key: domains.number(table.inside(*key)[self.combinations]) for key in self._columns(table)}
            base = answers.number(self._answer(table, TOTAL_ROW)) if base_told else NOTHING
            rows = [answers.number(self._answer(table, i)) if one else NOTHING for i, one in enumerate(told)]
            for cell in (*table.cells, *table.ungrouped(fewest)):
                if cell[1:] not in inside:
                    continue
                row = base if cell[0] == TOTAL_ROW else rows[cell[0]]
                place = cell[1:] if table.percent == "column" else (cell[1], "")
                tables.append(table)
                cells.append(cell)
                figures.append(products.number(row, inside[cell[1:]]))
                bases.append(products.number(row if table.percent == "row" else base, inside[place]))
        return System(
            tables=tuple(tables),
            cells=tuple(cells),
            figures=np.array(figures, np.int64),
            bases=np.array(bases, np.int64),
            vectors=products.stacked(answers.coordinates(), domains.coordinates()),
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

    def _answer(self, table: Exposed, row: int) -> Floats:
        """A row as a function of the answer; sums of numbers that the answers do not tell are unknowns of their own."""
        base = table.answered[self.first].astype(float)
        if not self.split:
            return base if row == TOTAL_ROW else np.asarray(table.values[row][self.first], float)
        is_sum = row != TOTAL_ROW and table.names[row][0] == "mean"
        return np.concatenate((np.zeros_like(base), base) if is_sum else (base, np.zeros_like(base)))


class _Vectors:
    """Numbers vectors, equal ones alike; those that are 0 are `NOTHING`."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.found: list[Floats] = []

    def number(self, vector: NDArray[Any]) -> int:
        """Give the number of a vector."""
        length = float(np.linalg.norm(vector))
        if length == 0:
            return NOTHING
        unit = np.ascontiguousarray(vector / length)
        place = self.numbers.setdefault(unit.tobytes(), len(self.found))
        if place == len(self.found):
            self.found.append(unit)
        return place

    def coordinates(self) -> Floats:
        """Stack the vectors, in coordinates of the space that they span if that has fewer."""
        matrix = np.stack(self.found) if self.found else np.zeros((0, 0))
        if matrix.shape[1] > matrix.shape[0]:
            matrix = np.asarray(np.linalg.qr(matrix.T, mode="r")).T
        return matrix


class _Products:
    """Numbers pairs of an answer and a domain, equal ones alike; without one of both it is `NOTHING`."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[int, int], int] = {}

    def number(self, answer: int, domain: int) -> int:
        """Give the number of a pair."""
        if NOTHING in (answer, domain):
            return NOTHING
        return self.numbers.setdefault((answer, domain), len(self.numbers))

    def stacked(self, answers: Floats, domains: Floats) -> Floats:
        """Stack the outer products of all pairs, (pairs, answers × domains)."""
        if not self.numbers:
            return np.zeros((0, 0))
        pairs = np.array(list(self.numbers))
        stacked = answers[pairs[:, 0]][:, :, None] * domains[pairs[:, 1]][:, None, :]
        return np.asarray(stacked.reshape(len(pairs), -1), float)


def _representatives(signature: Ints) -> tuple[Ints, Ints]:
    first, classes = np.unique(signature, return_index=True, return_inverse=True)[1:]
    return classes.reshape(-1).astype(np.int64), first.astype(np.int64)


def _is_constant(values: Floats, classes: Ints, first: Ints) -> bool:
    """True if a number is the same within each class."""
    return bool((values == values[first][classes]).all())


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
        for system in make_systems(tables, fewest):
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


def _hide_until_safe(system: System, guard: _Guard, reason: str) -> None:
    goals = [
        i
        for i in range(len(system))
        if system.is_hidden(i) and guard.protects(system.tables[i], system.cells[i]) and system.figures[i] != NOTHING
    ]
    goals = _not_yet_told(system, goals)
    added: list[int] = []
    while goals:
        shown = [i for i in range(len(system)) if not system.is_hidden(i)]
        leak = _first_leak(system, shown, goals)
        if leak is None:
            break
        target, helpers = leak
        choice = [i for i in helpers if not system.is_told(i)]
        if not choice:
            goals.remove(target)
            continue
        added.append(_smallest(system, choice, target))
        _hide(system, added[-1], reason)
    _show_again(system, added, goals)


def _not_yet_told(system: System, goals: list[int]) -> list[int]:
    """Leave out what earlier tables tell by themselves: hiding more now would protect nobody."""
    told = [i for i in range(len(system)) if system.is_told(i) and not system.is_hidden(i)]
    found = _combine(system, told, goals)
    return goals if found is None else [goal for goal, gap in zip(goals, found[2], strict=True) if gap >= RECOVERED]


def _first_leak(system: System, shown: Sequence[int], goals: Sequence[int]) -> tuple[int, list[int]] | None:
    """Give the first goal that is a linear combination of shown figures and bases, with the lines it is made of."""
    combined = _combine(system, shown, goals)
    if combined is None:
        return None
    numbers, weights, miss = combined
    found = np.flatnonzero(miss < RECOVERED)
    if not len(found):
        return None
    at_work = {numbers[i] for i in np.flatnonzero(np.abs(weights[:, found[0]]) > RECOVERED)}
    lines = [line for line in shown if system.figures[line] in at_work or system.bases[line] in at_work]
    return goals[int(found[0])], lines


def _combine(system: System, shown: Sequence[int], goals: Sequence[int]) -> tuple[list[int], Floats, Floats] | None:
    """Come as near to the goals as shown figures and bases can: their numbers, their weights, and what is missed."""
    told = {int(one) for line in shown for one in (system.figures[line], system.bases[line])} - {NOTHING}
    if not told or not goals:
        return None
    numbers = sorted(told)
    wanted = system.vectors[system.figures[goals]]
    known = system.vectors[numbers]
    weights = linalg.lstsq(known.T, wanted.T, cond=RANK, lapack_driver="gelsy", check_finite=False)[0]
    return numbers, weights, np.linalg.norm(known.T @ weights - wanted.T, axis=0)


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
