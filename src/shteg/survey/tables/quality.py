"""What a table may show: rules on n, df and relative error; what else must go is for the audit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from shteg.arrays import Bools
from shteg.evidence.records.surveys import QualityRules
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.exposed import UNGROUPED, Cell, Exposed
from shteg.survey.tables.plan import Options

Suppression = Literal["", "primary", "complementary"]
"""Shown; too few respondents; enough of them, but its figure would reveal a suppressed one by subtraction."""


Column = tuple[str, str]
"""Grouping variable, domain."""


def suppress_cells(bases: Sequence[int], total: int, minimum: int) -> tuple[Suppression, ...]:
    """Decide which domains of one grouping variable are not shown.

    Parameters
    ----------
    bases : sequence of int
        Respondents of each domain; the domains do not overlap.
    total : int
        Respondents of the whole sample, shown if it has `minimum`; those in no domain (`total` − Σ bases) are never
        shown and count as one more hidden cell.
    minimum : int
        Smallest base that may be shown.

    Returns
    -------
    tuple of Suppression
        One for each domain. What is left when all shown domains are subtracted from the whole has no cell of its own:
        either nothing is hidden in it, or at least two cells with `minimum` respondents between them.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, ch. 4.
    """
    marks: list[Suppression] = ["primary" if base < minimum else "" for base in bases]
    remainder = total - sum(bases)
    hidden = [base for base, mark in zip(bases, marks, strict=True) if mark and base > 0]
    if 0 < remainder < minimum and not hidden:
        hidden = [remainder]  # showing every domain would reveal the few who are in none
    elif hidden and remainder > 0:
        hidden.append(remainder)
    if not hidden:
        return tuple(marks)
    for i in sorted((i for i, mark in enumerate(marks) if not mark), key=lambda i: (bases[i], i)):
        if len(hidden) >= 2 and sum(hidden) >= minimum:
            break
        marks[i] = "complementary"
        hidden.append(bases[i])
    return tuple(marks)


def _hide_in_crossings(
    reasons: dict[Column, str], members: Mapping[Column, Bools], fewest: int, fixed: Collection[Column] = ()
) -> None:
    """Hide further domains until those hidden inside any shown one number `fewest` together; `reasons` grows.

    A domain such as "women" shown beside "north × women" …, or a region beside its districts, tells how its hidden
    parts answered together. Domains of tables that were printed earlier (`fixed`) stay as they are.
    """
    sizes = {column: int(one.sum()) for column, one in members.items()}
    families = _families(members, sizes)
    changed = True
    while changed:
        changed = False
        for parent, children in families:
            if parent in reasons:
                continue
            bases = [sizes[one] for one in children if one in reasons]
            if (rest := sizes[parent] - sum(sizes[one] for one in children)) > 0:
                bases.append(rest)
            if not bases or (sum(bases) >= fewest and (len(bases) > 1 or min(bases) >= fewest)):
                continue
            free = sorted(
                (one for one in children if one not in reasons and one not in fixed), key=lambda one: (sizes[one], one)
            )
            choice = free or ([parent] if parent not in fixed and parent[0] != ALL else [])
            if choice:
                reasons[choice[0]] = "complementary"
                changed = True


def _families(members: Mapping[Column, Bools], sizes: Mapping[Column, int]) -> list[tuple[Column, list[Column]]]:
    """Domains, each with the domains of another grouping that lie within it; the whole sample is not among them."""
    columns = [column for column in members if column[0] != ALL and sizes[column] > 0]
    if not columns:
        return []
    kinds, counts = np.unique(np.stack([members[one] for one in columns], axis=1), axis=0, return_counts=True)
    inside = kinds.astype(float)
    common = inside.T @ (inside * counts[:, None])
    found = []
    for place, parent in enumerate(columns):
        by_variable: dict[str, list[Column]] = {}
        for other, child in enumerate(columns):
            if child[0] != parent[0] and common[place, other] == sizes[child]:
                by_variable.setdefault(child[0], []).append(child)
        found += [(parent, children) for children in by_variable.values()]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why figures that rest on enough respondents are hidden.

    `kind` is "few" (the columns `few` of `grouping` rest on too few respondents, so that `hidden` ones go too),
    "ungrouped" (`count` respondents who answered belong to no column), "nested" (another grouping lies within or around
    it), "figures" (the audit within this call), or "earlier" (the tables `few` were printed before).
    """

    kind: str
    item: str = ""
    source: str = ""
    grouping: str = ""
    hidden: tuple[str, ...] = ()
    few: tuple[str, ...] = ()
    count: int = 0


def primary_cells(
    cells: pl.DataFrame, table: Exposed, options: Options, earlier: Sequence[Exposed] = ()
) -> tuple[dict[Cell, str], list[Cause]]:
    """Give the cells that the rules hide, with the reason: "n", "df" or "relative_error".

    Whole domains go together where n decides, and further ones ("complementary") that subtraction would need: within a
    grouping, and between groupings that nest, those of tables that were printed `earlier` too.

    Parameters
    ----------
    cells : polars.DataFrame
        Of `estimate_cells`.
    table : Exposed
        The same table over the respondents.
    options : Options
        What makes a figure unfit to show.
    earlier : sequence of Exposed
        Tables of the same item that were printed before.

    Returns
    -------
    hidden : dict
        Cell → reason.
    causes : list of Cause
        Why complementary ones are hidden.
    """
    rules, fewest = options.rules, options.fewest
    hidden: dict[Cell, str] = {}
    by_domain, causes = domains_to_hide(table, fewest, earlier)
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
    return hidden, causes


def domains_to_hide(
    table: Exposed, fewest: int, earlier: Sequence[Exposed] = ()
) -> tuple[dict[Column, str], list[Cause]]:
    """Give the columns that go as a whole with the reason ("n", "complementary", "earlier"), and why others go.

    Parameters
    ----------
    table : Exposed
        The table over the respondents.
    fewest : int, >= 1
        Respondents that a shown column must rest on.
    earlier : sequence of Exposed
        Tables of the same item that were printed before.

    Returns
    -------
    reasons : dict
        Column → reason.
    causes : list of Cause
        Why complementary ones go.
    """
    members = _members(table)
    sizes = {column: int(inside.sum()) for column, inside in members.items()}
    alike = [one for one in earlier if np.array_equal(one.answered & one.alive, table.answered & table.alive)]
    whole_is_shown = table.percent != "row" or any(one.shows_everyone() for one in alike)
    told = {cell[1:] for cell in table.told}
    reasons: dict[Column, str] = {}
    causes = []
    if table.percent != "row" and sizes[(ALL, ALL)] < fewest:
        reasons[(ALL, ALL)] = "n"
    for variable, (_, names) in table.domains.items():
        bases = [sizes[(variable, name)] for name in names]
        total = sizes[(ALL, ALL)] if whole_is_shown else sum(bases)
        marks = list(suppress_cells(bases, total, fewest)) if total >= fewest else ["primary"] * len(bases)
        pairs = zip(names, marks, strict=True)
        marks = ["" if one == "complementary" and (variable, name) in told else one for name, one in pairs]
        reasons |= {
            (variable, name): "n" if mark == "primary" else "complementary"
            for name, mark in zip(names, marks, strict=True)
            if mark
        }
        named = list(zip(names, marks, bases, strict=True))
        also = tuple(name for name, mark, _ in named if mark == "complementary")
        if also:
            few = tuple(name for name, mark, base in named if mark == "primary" and base)
            count = table.members(variable, UNGROUPED)
            kind = "few" if few else "ungrouped"
            causes.append(Cause(kind=kind, grouping=variable, hidden=also, few=few, count=count))
    for one in _hide_nested(reasons, members, fewest, (), "complementary", told):
        causes.append(Cause(kind="nested", grouping=one[0], hidden=one[1]))
    if alike and _hide_nested(reasons, members, fewest, alike, "earlier", told):
        causes.append(Cause(kind="earlier", few=tuple(dict.fromkeys(one.label for one in alike))))
    return reasons, causes


def _members(table: Exposed) -> dict[Column, Bools]:
    columns = [(ALL, ALL), *((variable, name) for variable, (_, names) in table.domains.items() for name in names)]
    return {column: table.answered & table.inside(*column) for column in columns}


def _hide_nested(
    reasons: dict[Column, str],
    members: dict[Column, Bools],
    fewest: int,
    earlier: Sequence[Exposed],
    reason: str,
    told: set[Column],
) -> list[tuple[str, tuple[str, ...]]]:
    """Hide further domains by the rule on nested groupings; those of earlier tables, and those `told`, are as printed.

    Returns the domains hidden here, by grouping.
    """
    everything, gone = dict(members), dict(reasons)
    shown: set[Column] = set()
    for table in earlier:
        shown |= {cell[1:] for cell in table.cells if cell not in table.hidden}
        everything |= {column: inside for column, inside in _members(table).items() if column not in members}
    fixed = everything.keys() - members.keys()
    gone |= {column: "n" for column in fixed if column not in shown}
    _hide_in_crossings(gone, everything, fewest, fixed | told)
    added = [column for column in gone if column in members and column not in reasons]
    reasons |= dict.fromkeys(added, reason)
    variables = dict.fromkeys(variable for variable, _ in added)
    return [(variable, tuple(name for one, name in added if one == variable)) for variable in variables]


def _quality_flags(row: dict[str, object], rules: QualityRules) -> str:
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


def apply_rules(cells: pl.DataFrame, hidden: dict[Cell, str], rules: QualityRules) -> pl.DataFrame:
    """Empty what is hidden, mark what is uncertain: adds the columns `suppressed` (reason) and `quality` (flags).

    Parameters
    ----------
    cells : polars.DataFrame
        Of `estimate_cells`.
    hidden : dict
        Cell → reason.
    rules : QualityRules
        What makes a figure uncertain.

    Returns
    -------
    polars.DataFrame
        The cells, hidden numbers null.
    """
    keys = [(int(a), str(b), str(c)) for a, b, c in cells.select("row", "domain_variable", "domain").rows()]
    suppressed = pl.Series("suppressed", [hidden.get(key, "") for key in keys], dtype=pl.String)
    flags = [
        "" if hidden.get(key) else _quality_flags(row, rules)
        for key, row in zip(keys, cells.iter_rows(named=True), strict=True)
    ]
    marked = cells.with_columns(suppressed, pl.Series("quality", flags, dtype=pl.String))
    gone = pl.col("suppressed") != ""
    numbers = [name for name, kind in cells.schema.items() if kind.is_numeric() and name != "row"]
    return marked.with_columns(
        *(pl.when(gone).then(None).otherwise(pl.col(name)).alias(name) for name in numbers),
        pl.when(gone).then(pl.lit("")).otherwise(pl.col("flag")).alias("flag"),
    )
