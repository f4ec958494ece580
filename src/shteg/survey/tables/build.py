"""From waves, items and grouping variables to tables: every figure with its error, its letters and what it may show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from shteg.errors import UsageError
from shteg.survey.inference.domains import ALL, Domains
from shteg.survey.tables.cells import TOTAL_ROW, estimate_cells, read_banner
from shteg.survey.tables.letters import column_letter, compare_domains, letters_of
from shteg.survey.tables.plan import Grouping, Multiplicity, Percent, Source, TableItem, check_request
from shteg.survey.tables.quality import Cell, QualityRules, apply_rules, close_gaps, primary_cells
from shteg.survey.tables.rows import ItemRows, read_rows

COLUMNS = (
    *("item", "source", "row_kind", "option", "domain_variable", "domain", "column_letter"),
    *("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_weighted", "n_effective", "deff"),
    *("letters", "flag", "quality", "suppressed"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """Tables in memory: `frame` has one line for each cell (columns `COLUMNS`), in the order of print."""

    items: tuple[TableItem, ...]
    groupings: tuple[Grouping, ...]
    sources: tuple[Source, ...]
    percent: Percent
    level: float
    letters: Multiplicity | None
    rules: QualityRules
    minimum_base: int
    frame: pl.DataFrame


def tabulate(
    sources: Sequence[Source],
    items: Sequence[TableItem],
    groupings: Sequence[Grouping] = (),
    *,
    percent: Percent = "column",
    level: float = 0.95,
    letters: Multiplicity | None = None,
    rules: QualityRules | None = None,
    minimum_base: int = 1,
) -> Tables:
    """Make one table for each item, with the whole sample and every domain of the grouping variables as columns.

    Parameters
    ----------
    sources : sequence of Source
        Waves or weight schemes, side by side.
    items : sequence of TableItem
    groupings : sequence of Grouping
        The banner; without one the tables are toplines.
    percent : "column" | "row" | "total"
        Share within the domain; of the domain among those who gave the answer; of both together.
    level : float in (0, 1)
        Coverage of intervals; tests are made at 1 − level.
    letters : Multiplicity, optional
        Compare the columns of each grouping variable, within each source; None makes no tests.
    rules : QualityRules, optional
    minimum_base : int
        Cells with fewer respondents are hidden, with what would reveal them.

    Raises
    ------
    DesignError
        The data do not fit the items, the groupings or the design.
    UsageError
        An option that does not exist; nothing to tabulate; two sources or items of one name.
    """
    check_request(percent, letters, level)
    for what, names in (("source", [one.id for one in sources]), ("item", [one.column for one in items])):
        if not names:
            raise UsageError(f"there is no {what} to tabulate", f"name at least one {what}", what)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise UsageError(f"the {what} {twice[0]!r} stands twice", "name each once", what)
    rules = rules or QualityRules()
    banners = [read_banner(source.design, groupings) for source in sources]
    frames = []
    for item in items:
        parts = []
        for source, domains in zip(sources, banners, strict=True):
            rows = read_rows(source.design, item)
            cells = estimate_cells(source.design, item, rows, groupings, domains, percent, level)
            parts.append((source, domains, rows, cells))
        frames += _finish_item(item, parts, groupings, percent, level, letters, rules, minimum_base)
    return Tables(
        items=tuple(items),
        groupings=tuple(groupings),
        sources=tuple(sources),
        percent=percent,
        level=level,
        letters=letters,
        rules=rules,
        minimum_base=minimum_base,
        frame=pl.concat(frames),
    )


Part = tuple[Source, Domains, ItemRows, pl.DataFrame]


def _finish_item(
    item: TableItem,
    parts: Sequence[Part],
    groupings: Sequence[Grouping],
    percent: Percent,
    level: float,
    letters: Multiplicity | None,
    rules: QualityRules,
    minimum_base: int,
) -> list[pl.DataFrame]:
    hidden = [
        close_gaps(primary_cells(cells, rules, minimum_base, domains), cells, rows, domains, percent)
        for _, domains, rows, cells in parts
    ]
    frames, first = [], 0
    for number, (source, domains, rows, cells) in enumerate(parts):
        gone: dict[Cell, str] = dict(hidden[number])
        for other, (another, *_) in zip(hidden, parts, strict=True):
            if source.sample and another.sample == source.sample:  # the same people under other weights
                gone = {**dict.fromkeys(other, "complementary"), **gone}
        shown = apply_rules(cells, gone, rules)
        order = _order(domains, groupings)
        compared = [key for key in order if key[0] != ALL] if letters else []
        letter = {key: column_letter(first + i) for i, key in enumerate(compared)}
        first += len(letter)
        marks = _letters(source, domains, rows, shown, groupings, letter, letters, level) if letters else {}
        frames.append(_arrange(item, source, rows, shown, order, letter, marks))
    return frames


def _order(domains: Domains, groupings: Sequence[Grouping]) -> list[tuple[str, str]]:
    """Columns in the order of print: everyone, then grouping after grouping."""
    keys = [(ALL, ALL)]
    for grouping in groupings:
        pairs = zip(domains.variables, domains.names, strict=True)
        names = [name for variable, name in pairs if variable == grouping.name]
        keys += [(grouping.name, name) for name in sorted(names, key=grouping.order)]
    return keys


def _letters(
    source: Source,
    domains: Domains,
    rows: ItemRows,
    cells: pl.DataFrame,
    groupings: Sequence[Grouping],
    letter: dict[tuple[str, str], str],
    method: Multiplicity,
    level: float,
) -> dict[Cell, str]:
    """Letters of every cell that is shown and whose standard error says something (no flag)."""
    fit = cells.filter((pl.col("suppressed") == "") & (pl.col("flag") == "") & pl.col("std_error").is_not_null())
    marks: dict[Cell, str] = {}
    for place, grouping in enumerate(groupings, 1):
        for number, row in enumerate(rows.rows):
            here = fit.filter((pl.col("row") == number) & (pl.col("domain_variable") == grouping.name))
            estimates = {str(name): float(value) for name, value in here.select("domain", "estimate").rows()}
            if len(estimates) < 2:
                continue
            code = {
                name: i
                for i, (variable, name) in enumerate(zip(domains.variables, domains.names, strict=True))
                if variable == grouping.name
            }
            members = {name: np.asarray(domains.codes[:, place] == code[name]) for name in estimates}
            p_values = compare_domains(source.design, row.values, members)
            own = {name: letter[(grouping.name, name)] for name in estimates}
            for name, text in letters_of(p_values, estimates, own, method, level).items():
                marks[(number, grouping.name, name)] = text
    return marks


def _arrange(
    item: TableItem,
    source: Source,
    rows: ItemRows,
    cells: pl.DataFrame,
    order: Sequence[tuple[str, str]],
    letter: dict[tuple[str, str], str],
    marks: dict[Cell, str],
) -> pl.DataFrame:
    place = {key: i for i, key in enumerate(order)}
    keys = [(int(a), str(b), str(c)) for a, b, c in cells.select("row", "domain_variable", "domain").rows()]
    kinds = {TOTAL_ROW: "all", **{i: row.kind for i, row in enumerate(rows.rows)}}
    options = {TOTAL_ROW: "", **{i: row.option for i, row in enumerate(rows.rows)}}
    texts = {
        "item": [item.column] * len(keys),
        "source": [source.id] * len(keys),
        "row_kind": [kinds[key[0]] for key in keys],
        "option": [options[key[0]] for key in keys],
        "column_letter": [letter.get(key[1:], "") for key in keys],
        "letters": [marks.get(key, "") for key in keys],
    }
    added = [pl.Series(name, values, dtype=pl.String) for name, values in texts.items()]
    at = pl.Series("place", [place[key[1:]] for key in keys], dtype=pl.Int64)
    frame = cells.with_columns(*added, at).sort("row", "place", maintain_order=True)
    return frame.select(COLUMNS)
