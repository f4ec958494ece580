"""What a table may show: rules on n, df and relative error, and what else must go so that nothing can be recovered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.evidence.records_surveys import QualityRules
from shteg.survey.disclosure import suppress_cells
from shteg.survey.inference.domains import ALL, Domains
from shteg.survey.tables.cells import TOTAL_ROW, loadings
from shteg.survey.tables.crossings import hide_in_crossings
from shteg.survey.tables.plan import Percent
from shteg.survey.tables.rows import Floats, ItemRows

__all__ = ["QualityRules", "apply_rules", "close_gaps", "primary_cells", "quality_flags"]

RECOVERED = 1e-9
"""Relative residual below which a hidden figure is a linear combination of shown ones (double precision)."""
LARGEST_SYSTEM = 20_000_000
"""Numbers in the matrix of shown figures; larger ones are audited one grouping variable at a time."""

Cell = tuple[int, str, str]
"""Row, grouping variable, domain."""


def primary_cells(cells: pl.DataFrame, rules: QualityRules, minimum_base: int, domains: Domains) -> dict[Cell, str]:
    """Give the cells that the rules hide, with the reason: "n", "df" or "relative_error".

    Whole domains go together where n decides; `suppress_cells` adds the domains that subtraction would need.
    """
    fewest = max(minimum_base, rules.suppress_below_n)
    hidden: dict[Cell, str] = {}
    by_domain = _domains_to_hide(cells, fewest, domains)
    for row in cells.iter_rows(named=True):
        key = (row["row"], row["domain_variable"], row["domain"])
        reason = by_domain.get(key[1:], "")
        if not reason and 0 < row["n"] < fewest:
            reason = "n"
        if not reason and row["n"] > 0 and (row["df"] or 0) < rules.suppress_below_df:
            reason = "df"
        limit = rules.suppress_above_relative_error
        if not reason and limit is not None and _relative_error(row) > limit:
            reason = "relative_error"
        if reason:
            hidden[key] = reason
    return hidden


def _domains_to_hide(cells: pl.DataFrame, fewest: int, domains: Domains) -> dict[tuple[str, str], str]:
    sizes = {
        (str(variable), str(domain)): int(n)
        for variable, domain, n in cells.select("domain_variable", "domain", "n_domain").unique().rows()
    }
    whole = sizes.get((ALL, ALL))
    reasons: dict[tuple[str, str], str] = {}
    for variable in dict.fromkeys(domains.variables):
        names = [name for one, name in zip(domains.variables, domains.names, strict=True) if one == variable]
        here = [name for name in names if (variable, name) in sizes]
        if variable == ALL:
            marks = ["primary" if sizes[(ALL, name)] < fewest else "" for name in here]
        else:
            bases = [sizes[(variable, name)] for name in here]
            total = whole if whole is not None else sum(bases)
            marks = list(suppress_cells(bases, total, fewest)) if total >= fewest else ["primary"] * len(bases)
        for name, mark in zip(here, marks, strict=True):
            if mark:
                reasons[(variable, name)] = "n" if mark == "primary" else "complementary"
    hide_in_crossings(reasons, sizes, fewest)
    return reasons


def quality_flags(row: dict[str, object], rules: QualityRules) -> str:
    """Give the rules by which a shown cell is uncertain, joined by blanks: low_n, low_df, high_relative_error."""
    n, df = row["n"], row["df"]
    flags = []
    if isinstance(n, int) and n < rules.flag_below_n:
        flags.append("low_n")
    if (df if isinstance(df, int) else 0) < rules.flag_below_df:
        flags.append("low_df")
    limit = rules.flag_above_relative_error
    if limit is not None and _relative_error(row) > limit:
        flags.append("high_relative_error")
    return " ".join(flags)


def _relative_error(row: dict[str, object]) -> float:
    estimate, error = row["estimate"], row["std_error"]
    if not isinstance(estimate, float) or not isinstance(error, float) or error == 0:
        return 0.0  # nothing is known, or a boundary whose interval says so
    return error / abs(estimate) if estimate else np.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _System:
    """Figures as linear functions of the item's parts in the atoms of the banner (its observed combinations)."""

    atoms: dict[tuple[str, str], Floats]
    row_loadings: Floats
    base: Floats
    percent: Percent

    def figure(self, cell: Cell) -> Floats:
        loading = self.base if cell[0] == TOTAL_ROW else self.row_loadings[cell[0]]
        return np.outer(loading, self.atoms[cell[1:]]).ravel()

    def base_of(self, cell: Cell) -> Floats:
        """The base printed under a figure."""
        if self.percent == "column":
            return np.outer(self.base, self.atoms[cell[1:]]).ravel()
        loading = self.base if self.percent == "total" or cell[0] == TOTAL_ROW else self.row_loadings[cell[0]]
        return np.outer(loading, self.atoms[(cell[1], "")]).ravel()


def close_gaps(
    hidden: dict[Cell, str], cells: pl.DataFrame, rows: ItemRows, domains: Domains, percent: Percent
) -> dict[Cell, str]:
    """Hide further cells until no cell that a rule hides is a linear combination of what is shown.

    Shown are the figures, their bases, and that parts add up: options to the base, boxes and means to their options,
    domains (also crossed ones) to the whole. Respondents in no domain are protected like a hidden domain if few.

    Returns
    -------
    mapping of cell to reason
        `hidden`, with "complementary" added.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, ch. 4.
    """
    marks = dict(hidden)
    targets = [cell for cell, reason in hidden.items() if reason != "complementary"]
    if not targets:
        return marks
    keys: list[Cell] = [(int(a), str(b), str(c)) for a, b, c in cells.select("row", "domain_variable", "domain").rows()]
    size = {
        key: (int(n), e if e is not None else 0.0)
        for key, n, e in zip(keys, cells["n_domain"].fill_null(0), cells["estimate"], strict=True)
    }
    variables = [one for one in dict.fromkeys(domains.variables) if one != ALL]
    groups = [variables]
    if len(keys) * len(loadings(rows)[0]) * _count_atoms(rows, domains, variables) > LARGEST_SYSTEM:
        groups = [[variable] for variable in variables]
    for group in groups or [[]]:
        system = _make_system(rows, domains, group, percent)
        here = [key for key in keys if key[1:] in system.atoms]
        _hide_until_safe(marks, [one for one in targets if one[1:] in system.atoms], here, size, system)
    return marks


def _count_atoms(rows: ItemRows, domains: Domains, variables: Sequence[str]) -> int:
    return len(_atoms(rows.answered, domains, variables)[0])


def _atoms(
    included: NDArray[np.bool_], domains: Domains, variables: Sequence[str]
) -> tuple[NDArray[np.uint16], list[int]]:
    order = [one for one in dict.fromkeys(domains.variables) if one != ALL]
    columns = [order.index(variable) + 1 for variable in variables]
    return np.unique(domains.codes[included][:, [0, *columns]], axis=0), columns


def _make_system(rows: ItemRows, domains: Domains, variables: Sequence[str], percent: Percent) -> _System:
    combinations, _ = _atoms(rows.answered, domains, variables)
    atoms: dict[tuple[str, str], Floats] = {
        (ALL, ALL): np.ones(len(combinations)),
        (ALL, ""): np.ones(len(combinations)),
    }
    for place, variable in enumerate(variables, 1):
        atoms[(variable, "")] = (combinations[:, place] < len(domains)).astype(float)
        for code, (one, name) in enumerate(zip(domains.variables, domains.names, strict=True)):
            if one == variable:
                atoms[(variable, name)] = (combinations[:, place] == code).astype(float)
    return _System(atoms=atoms, row_loadings=loadings(rows), base=rows.base, percent=percent)


def _hide_until_safe(
    marks: dict[Cell, str],
    targets: Sequence[Cell],
    keys: Sequence[Cell],
    size: dict[Cell, tuple[int, float]],
    system: _System,
) -> None:
    wanted = [system.figure(cell) for cell in targets]
    live = [i for i, one in enumerate(wanted) if one.any()]
    wanted, names = [wanted[i] for i in live], [targets[i] for i in live]
    while wanted:
        shown = [key for key in keys if key not in marks]
        if not shown:
            return
        figures = np.stack([system.figure(key) for key in shown])
        bases = np.stack([system.base_of(key) for key in shown])
        known = np.concatenate([figures, bases])
        goal = np.stack(wanted)
        weights = np.linalg.lstsq(known.T, goal.T, rcond=None)[0]
        miss = np.linalg.norm(known.T @ weights - goal.T, axis=0) / np.linalg.norm(goal, axis=1)
        found = np.flatnonzero(miss < RECOVERED)
        if not len(found):
            return
        use = np.abs(weights[:, found[0]])
        at_work = np.fmax(use[: len(shown)], use[len(shown) :]) > RECOVERED
        relevant = [shown[i] for i in np.flatnonzero(at_work)] or shown
        target = names[found[0]]
        near = [key for key in relevant if key[1] == target[1]] or relevant
        marks[min(near, key=lambda key: (key[1] == ALL, *size[key], key))] = "complementary"


def apply_rules(cells: pl.DataFrame, hidden: dict[Cell, str], rules: QualityRules) -> pl.DataFrame:
    """Empty what is hidden, mark what is uncertain: adds the columns `suppressed` (reason) and `quality` (flags)."""
    keys = [(int(a), str(b), str(c)) for a, b, c in cells.select("row", "domain_variable", "domain").rows()]
    suppressed = pl.Series("suppressed", [hidden.get(key, "") for key in keys], dtype=pl.String)
    flags = [
        "" if hidden.get(key) else quality_flags(row, rules)
        for key, row in zip(keys, cells.iter_rows(named=True), strict=True)
    ]
    marked = cells.with_columns(suppressed, pl.Series("quality", flags, dtype=pl.String))
    gone = pl.col("suppressed") != ""
    numbers = [name for name, kind in cells.schema.items() if kind.is_numeric() and name != "row"]
    return marked.with_columns(
        *(pl.when(gone).then(None).otherwise(pl.col(name)).alias(name) for name in numbers),
        pl.when(gone).then(pl.lit("")).otherwise(pl.col("flag")).alias("flag"),
    )
