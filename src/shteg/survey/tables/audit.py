"""Linear audit: no hidden figure may be a linear combination of what all tables of a wave show together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from shteg.arrays import Floats
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.exposed import TOTAL_ROW, UNGROUPED, Cell, Exposed
from shteg.survey.tables.rows import NOT_SHARES
from shteg.survey.tables.systems import NOTHING, System, make_systems

RECOVERED = 1e-9
"""Relative residual below which a hidden figure is a linear combination of shown ones (double precision)."""
RANK = 1e-11
"""Singular values below this part of the largest are rounding."""


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
