"""From waves, items and grouping variables to tables: every figure with its error, its letters and what it may show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from shteg.evidence.records.surveys import QualityRules
from shteg.shown import Shown
from shteg.survey.inference.adjusting import Multiplicity, adjust
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.association import association_records
from shteg.survey.tables.cells import Banner
from shteg.survey.tables.changes import CHANGE_COLUMNS, Against, StackedPairs, change_records, comparisons
from shteg.survey.tables.check_request import check_grids, check_options, check_parts
from shteg.survey.tables.compare import column_letter, compare_domains, compare_rest, letters_of
from shteg.survey.tables.exposed import TOTAL_ROW, Cell
from shteg.survey.tables.order import row_order
from shteg.survey.tables.plan import (
    Changes,
    Grid,
    Grouping,
    Options,
    Percent,
    Sort,
    Source,
    TableItem,
)
from shteg.survey.tables.protect import Part, Printed, PrintedTable, close_all_gaps, make_part, note_printed
from shteg.survey.tables.quality import Cause, apply_rules

COLUMNS = (
    *("item", "source", "row_kind", "option", "domain_variable", "domain", "column_letter"),
    *("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_weighted", "n_effective", "deff"),
    *("letters", "flag", "quality", "suppressed"),
)

TEST_COLUMNS = {
    **dict.fromkeys(
        ("item", "source", "test", "row_kind", "option", "domain_variable", "domain", "against"), pl.String
    ),
    **dict.fromkeys(("difference", "std_error", "statistic", "df", "df_denominator", "p_value"), pl.Float64),
    "p_adjusted": pl.Float64,
}
"""Columns of `Tables.tests`, with their types."""

_CHANGE_TYPES: dict[str, type[pl.DataType]] = {
    "source": pl.String,
    "mark": pl.String,
    "flag": pl.String,
    "df": pl.Int64,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables(Shown):
    """Tables in memory: `frame` has one line for each cell (columns `COLUMNS`), in the order of print.

    `causes` say why columns with enough respondents are hidden; `printed` notes, by sample, what was shown and hidden.
    Where they were asked for, `frame` has `rest` ("higher", "lower" or blank) and, for each comparison with another
    wave, `CHANGE_COLUMNS` after `previous_` or `first_`; `tests` has a line for each test (columns `TEST_COLUMNS`):
    "association" (Rao–Scott, of the item with a grouping variable), "pair", "rest", "previous" and "first". `bases` are
    the columns of the frame that writers print as rows below a table.
    """

    items: tuple[TableItem, ...]
    groupings: tuple[Grouping, ...]
    sources: tuple[Source, ...]
    percent: Percent
    level: float
    letters: Multiplicity | None
    rules: QualityRules
    minimum_base: int
    frame: pl.DataFrame
    causes: tuple[Cause, ...] = ()
    printed: Mapping[str, tuple[PrintedTable, ...]] = field(default_factory=dict)
    grids: tuple[Grid, ...] = ()
    changes: Changes | None = None
    rest: bool = False
    p_values: bool = False
    sort: Sort = "questionnaire"
    tests: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TEST_COLUMNS))
    bases: tuple[str, ...] = ("n", "n_weighted", "n_effective", "df")

    def to_frame(self) -> pl.DataFrame:
        """One row a cell: `frame`."""
        return self.frame


def tabulate(
    sources: Sequence[Source],
    items: Sequence[TableItem],
    groupings: Sequence[Grouping] = (),
    *,
    percent: Percent = "column",
    level: float = 0.95,
    letters: Multiplicity | None = None,
    rest: bool = False,
    changes: Changes | None = None,
    p_values: bool = False,
    grids: Sequence[Grid] = (),
    sort: Sort = "questionnaire",
    rules: QualityRules | None = None,
    minimum_base: int = 1,
    earlier: Mapping[str, Sequence[PrintedTable]] | None = None,
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
        Compare the columns of each grouping variable, within each source; None makes no tests. With every `percent`
        it is the shares within the columns that are compared.
    rest : bool
        Compare each column with all others of its variable that are shown.
    changes : "previous" | "first" | "both", optional
        Compare each source with the one before it, with the first, or with both: sources are waves, the oldest first.
    p_values : bool
        Keep the p values of all comparisons, and test each item against each grouping variable (Rao–Scott).
    grids : sequence of Grid
        Items that writers show as one table.
    sort : "questionnaire" | "size"
        Order of the answers; hidden ones, then those that an item names `last`, stay at the end.
    rules : QualityRules, optional
    minimum_base : int
        Cells with fewer respondents are hidden, with what would reveal them.
    earlier : mapping of sample to sequence of PrintedTable, optional
        What earlier calls printed of each `Source.sample` (their `Tables.printed`): figures that, together with it,
        would give a hidden one away are hidden too.

    Returns
    -------
    Tables
        One table for each item: cells with estimates, intervals, bases, letters, flags and what is hidden.

    Raises
    ------
    DesignError
        The data do not fit the items, the groupings or the design.
    UsageError
        An option that does not exist; nothing to tabulate; two sources or items of one name.
    """
    check_parts(sources, items, groupings)
    options = Options(
        percent=percent,
        level=level,
        letters=letters,
        rules=QualityRules() if rules is None else rules,
        minimum_base=minimum_base,
        changes=changes,
        rest=rest,
        p_values=p_values,
        sort=sort,
    )
    check_options(options, groupings, earlier)
    check_grids(grids, items, percent)
    against, stacked = comparisons(sources, options), StackedPairs(sources)
    printed = [Printed(source, groupings, (earlier or {}).get(source.sample, ())) for source in sources]
    parts = [make_part(item, of, options) for item in items for of in printed]
    close_all_gaps(parts, options.fewest)
    made = [_finish_item([part for part in parts if part.item is item], against, stacked, options) for item in items]
    return Tables(
        items=tuple(items),
        groupings=tuple(groupings),
        sources=tuple(sources),
        percent=percent,
        level=level,
        letters=letters,
        rules=options.rules,
        minimum_base=minimum_base,
        frame=pl.concat([frame for frames, _ in made for frame in frames]),
        causes=tuple(cause for part in parts for cause in part.causes),
        printed=note_printed(parts),
        grids=tuple(grids),
        changes=changes,
        rest=rest,
        p_values=p_values,
        sort=sort,
        tests=pl.DataFrame([one for _, tests in made for one in tests], schema=TEST_COLUMNS, orient="row"),
    )


Record = dict[str, Any]


def _finish_item(
    parts: Sequence[Part], against: Sequence[Against], stacked: StackedPairs, options: Options
) -> tuple[list[pl.DataFrame], list[Record]]:
    """Give the frames of an item, a source each, and its tests."""
    frames: list[pl.DataFrame] = []
    tests: list[Record] = []
    shown = [apply_rules(part.cells, part.table.hidden, options.rules) for part in parts]
    rows = row_order(parts[-1], shown[-1], options)
    first = 0
    for number, part in enumerate(parts):
        order = _order(part.of.banner)
        compared = [key for key in order if key[0] != ALL] if options.letters else []
        letter = {key: column_letter(first + i) for i, key in enumerate(compared)}
        first += len(letter)
        letters, rest, found = _compare_columns(part, shown[number], letter, options)
        added = {"letters": letters, **({"rest": rest} if options.rest else {})}
        frame = _arrange(part, shown[number], order, rows, letter, added)
        if options.p_values and part.item.form == "single":
            found = [*association_records(part, shown[number]), *found]
        for one in (one for one in against if one.now == number):
            pair = (shown[one.before], shown[number])
            made = change_records(parts[one.before], part, pair, stacked.of(one.before, number), options)
            frame = _with_changes(frame, one.name, made, part)
            found += [_change_test(part, one.name, cell, change) for cell, change in made.items()]
        tests += [{"item": part.item.column, "source": part.of.source.id, **test} for test in found]
        frames.append(frame)
    wanted = [name for name in ("previous", "first") if options.changes in (name, "both")]
    frames = [_with_all_columns(frame, wanted) for frame in frames]
    return frames, tests if options.p_values else []


def _order(banner: Banner) -> list[tuple[str, str]]:
    """Columns in the order of print: everyone, then grouping after grouping."""
    keys = [(ALL, ALL)]
    for grouping in banner.groupings:
        keys += [(grouping.name, name) for name in sorted(banner.names_of(grouping), key=grouping.order)]
    return keys


def _compare_columns(
    part: Part, cells: pl.DataFrame, letter: Mapping[tuple[str, str], str], options: Options
) -> tuple[dict[Cell, str], dict[Cell, str], list[Record]]:
    """Letters, marks and tests of the cells that are shown and whose standard error says something (no flag)."""
    letters: dict[Cell, str] = {}
    rest: dict[Cell, str] = {}
    tests: list[Record] = []
    if options.letters is None and not options.rest:
        return letters, rest, tests
    banner, domains = part.of.banner, part.of.banner.domains
    place_of = {key: i for i, key in enumerate(zip(domains.variables, domains.names, strict=True))}
    fit = cells.filter((pl.col("suppressed") == "") & (pl.col("flag") == "") & pl.col("std_error").is_not_null())
    for place, grouping in enumerate(banner.groupings, 1):
        for number, row in enumerate(part.rows.rows):
            here = fit.filter((pl.col("row") == number) & (pl.col("domain_variable") == grouping.name))
            members = {
                name: np.asarray(domains.codes[:, place] == place_of[(grouping.name, name)])
                for name in here["domain"].to_list()
            }
            if len(members) < 2:
                continue
            for test, wanted, compare in (
                ("pair", options.letters is not None, compare_domains),
                ("rest", options.rest, compare_rest),
            ):
                found = compare(banner.design, row.values, members) if wanted else []
                p_values = adjust([one.p_value for one in found], options.adjustment)
                tests += [
                    {
                        "test": test,
                        "row_kind": row.kind,
                        "option": row.option,
                        "domain_variable": grouping.name,
                        "domain": one.domain,
                        "against": one.against,
                        "difference": one.difference if options.percent_of(part.item) == "column" else None,
                        "std_error": one.std_error if options.percent_of(part.item) == "column" else None,
                        "statistic": one.difference / one.std_error,
                        "df": float(one.df),
                        "p_value": one.p_value,
                        "p_adjusted": p,
                    }
                    for one, p in zip(found, p_values, strict=True)
                ]
                if test == "pair" and wanted:
                    own = {name: letter[(grouping.name, name)] for name in members}
                    for name, text in letters_of(found, p_values, own, options.level).items():
                        letters[(number, grouping.name, name)] = text
                for one, p in zip(found, p_values, strict=True):
                    if test == "rest" and p < 1 - options.level:
                        rest[(number, grouping.name, one.domain)] = "higher" if one.difference > 0 else "lower"
    return letters, rest, tests


def _change_test(part: Part, name: str, cell: Cell, change: Record) -> Record:
    kind, option = ("all", "") if cell[0] == TOTAL_ROW else part.table.names[cell[0]]
    error = change["std_error"]
    return {
        "test": name,
        "row_kind": kind,
        "option": option,
        "domain_variable": cell[1],
        "domain": cell[2],
        "against": change["source"],
        "difference": change["change"],
        "std_error": error,
        "statistic": change["change"] / error if error else None,
        "df": None if change["df"] is None else float(change["df"]),
        "p_value": change["p_value"],
        "p_adjusted": change["p_adjusted"],
    }


def _with_changes(frame: pl.DataFrame, name: str, found: Mapping[Cell, Record], part: Part) -> pl.DataFrame:
    """Add the columns of a comparison with another wave; blank where there is none."""
    row_of = {("all", ""): TOTAL_ROW, **{key: i for i, key in enumerate(part.table.names)}}
    keys = frame.select("row_kind", "option", "domain_variable", "domain").rows()
    records = [found.get((row_of[(kind, option)], variable, domain)) for kind, option, variable, domain in keys]
    added = []
    for column in CHANGE_COLUMNS:
        kind = _CHANGE_TYPES.get(column, pl.Float64)
        blank = "" if kind == pl.String else None
        values = [blank if one is None else one[column] for one in records]
        added.append(pl.Series(f"{name}_{column}", values, dtype=kind))
    return frame.with_columns(added)


def _with_all_columns(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The same columns in every source: blank in a wave that is compared with none."""
    for name in names:
        if f"{name}_change" not in frame.columns:
            kinds = {column: _CHANGE_TYPES.get(column, pl.Float64) for column in CHANGE_COLUMNS}
            frame = frame.with_columns(
                pl.lit("" if kind == pl.String else None, dtype=kind).alias(f"{name}_{column}")
                for column, kind in kinds.items()
            )
    own = [column for column in frame.columns if not column.startswith(("previous_", "first_"))]
    return frame.select(*own, *(f"{name}_{column}" for name in names for column in CHANGE_COLUMNS))


def _arrange(
    part: Part,
    cells: pl.DataFrame,
    order: Sequence[tuple[str, str]],
    row_places: Mapping[tuple[str, str], int],
    letter: Mapping[tuple[str, str], str],
    marks: Mapping[str, Mapping[Cell, str]],
) -> pl.DataFrame:
    """Put the cells in the order of print, with the names of their rows and their marks."""
    rows = part.rows.rows
    place = {key: i for i, key in enumerate(order)}
    keys = [(int(a), str(b), str(c)) for a, b, c in cells.select("row", "domain_variable", "domain").rows()]
    names = {TOTAL_ROW: ("all", ""), **{i: (row.kind, row.option) for i, row in enumerate(rows)}}
    texts = {
        "item": [part.item.column] * len(keys),
        "source": [part.of.source.id] * len(keys),
        "row_kind": [names[key[0]][0] for key in keys],
        "option": [names[key[0]][1] for key in keys],
        **{name: [found.get(key, "") for key in keys] for name, found in marks.items()},
        "column_letter": [letter.get(key[1:], "") for key in keys],
    }
    added = [pl.Series(name, values, dtype=pl.String) for name, values in texts.items()]
    at = pl.Series("place", [place[key[1:]] for key in keys], dtype=pl.Int64)
    line = pl.Series("line", [row_places.get(names[key[0]], len(row_places) + key[0]) for key in keys], dtype=pl.Int64)
    frame = cells.with_columns(*added, at, line).sort("line", "place", maintain_order=True)
    return frame.select(*COLUMNS, *(name for name in marks if name not in COLUMNS))
