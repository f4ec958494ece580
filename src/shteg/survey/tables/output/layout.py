"""A table as people read it: columns with their headings, rows with their labels, notes; shared by all writers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.build import Tables
from shteg.survey.tables.output.cells import BASES
from shteg.survey.tables.output.notes import remarks
from shteg.survey.tables.output.wording import Wording
from shteg.survey.tables.plan import Grid, Grouping, TableItem
from shteg.survey.tables.rows import BOX

Key = tuple[str, str, str]
"""Source, grouping variable, domain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column with its three headings; `source` is blank where there is one source only.

    `kind` is that of its figures where the rows of the table are items: a kind of row, or a base.
    """

    key: Key
    source: str
    grouping: str
    domain: str
    letter: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: its label and its cells, by column; a cell is a record of the frame."""

    kind: str
    label: str
    cells: Mapping[Key, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table in one language; `bases` is None where every row has its own base (row percentages, grids).

    `titles` are the names of the sources, by id; `p_values` are written beside changes; `heading` stands above the
    labels of the rows.
    """

    item: str
    title: str
    wording: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    bases: Mapping[Key, Mapping[str, Any]] | None
    remarks: tuple[str, ...]
    titles: Mapping[str, str]
    base_names: tuple[str, ...]
    p_values: bool
    heading: str

    def kind(self, line: Line, column: Column) -> str:
        """Kind of the figure in a cell."""
        return column.kind or line.kind


def lay_out(tables: Tables, words: Wording) -> tuple[Sheet, ...]:
    """Lay out every table in a language: a grid in place of the first of its items, the other items by themselves."""
    groupings = {one.name: one for one in tables.groupings}
    items = {item.column: item for item in tables.items}
    in_grid = {name: grid for grid in tables.grids for name in grid.items}
    found = []
    for name, item in items.items():
        grid = in_grid.get(name)
        if grid is None:
            found.append(_sheet(tables, item, groupings, words))
        elif name == next(one for one in items if one in grid.items):
            found.append(_grid_sheet(tables, grid, [items[one] for one in grid.items], groupings, words))
    return tuple(found)


def lay_out_items(tables: Tables, words: Wording, names: Collection[str] | None = None) -> tuple[Sheet, ...]:
    """Lay out items by themselves, those of grids too.

    Parameters
    ----------
    tables : Tables
    words : Wording
        Of the language to write.
    names : collection of str, optional
        Columns of the items that are wanted; all of them without it.

    Returns
    -------
    tuple of Sheet
    """
    groupings = {one.name: one for one in tables.groupings}
    wanted = [item for item in tables.items if names is None or item.column in names]
    return tuple(_sheet(tables, item, groupings, words) for item in wanted)


def _sheet(tables: Tables, item: TableItem, groupings: Mapping[str, Grouping], words: Wording) -> Sheet:
    titles = _source_titles(tables, words)
    columns: dict[Key, Column] = {}
    lines: dict[tuple[str, str], dict[Key, Mapping[str, Any]]] = {}
    for record in tables.frame.filter(pl.col("item") == item.column).iter_rows(named=True):
        key = (record["source"], record["domain_variable"], record["domain"])
        if key not in columns:
            source = titles[record["source"]] if len(tables.sources) > 1 else ""
            columns[key] = _column(record, groupings, source, words)
        lines.setdefault((record["row_kind"], record["option"]), {})[key] = record
    made = tuple(
        Line(kind=kind, label=_label(item, kind, option, words), cells=cells) for (kind, option), cells in lines.items()
    )
    place = {one.id: i for i, one in enumerate(tables.sources)}
    return Sheet(
        item=item.column,
        title=words.text(item.title, item.column),
        wording=words.text(item.wording),
        columns=tuple(sorted(columns.values(), key=lambda column: place[column.key[0]])),
        lines=made,
        bases=None if tables.percent == "row" else _bases(made),
        remarks=remarks(tables, [item], [cell for line in made for cell in line.cells.values()], words),
        titles=titles,
        base_names=tables.bases,
        p_values=tables.p_values,
        heading=words.tell("answer"),
    )


def _source_titles(tables: Tables, words: Wording) -> dict[str, str]:
    return {one.id: words.text(one.title, one.id) for one in tables.sources}


def _grid_sheet(
    tables: Tables, grid: Grid, items: Sequence[TableItem], groupings: Mapping[str, Grouping], words: Wording
) -> Sheet:
    """Lay out a grid: a row for each item (and domain), a column for each answer of each source, bases at the end."""
    titles = _source_titles(tables, words)
    columns: dict[Key, Column] = {}
    lines: dict[tuple[str, str, str], dict[Key, Mapping[str, Any]]] = {}
    first, of_name = items[0], {item.column: item for item in items}
    records = [one for item in items for one in tables.frame.filter(pl.col("item") == item.column).to_dicts()]
    for record in records:
        of_line = (record["item"], record["domain_variable"], record["domain"])
        key = (record["source"], record["row_kind"], record["option"])
        source = titles[record["source"]] if len(tables.sources) > 1 else ""
        if key not in columns:
            label = _label(of_name[record["item"]], record["row_kind"], record["option"], words)
            columns[key] = Column(key=key, source=source, grouping="", domain=label, letter="", kind=record["row_kind"])
        cells = lines.setdefault(of_line, {})
        cells[key] = record
        for name in tables.bases:
            base = (record["source"], "base", name)
            if base not in cells or cells[base]["suppressed"]:
                cells[base] = record
            columns[base] = Column(
                key=base, source=source, grouping="", domain=words.tell(f"statistic.{name}"), letter="", kind=name
            )
    names = {item.column: words.text(item.title, item.column) for item in items}
    made = tuple(
        Line(kind="", label=_grid_label(names[item], groupings.get(variable), domain, words), cells=cells)
        for (item, variable, domain), cells in lines.items()
    )
    place = {one.id: i for i, one in enumerate(tables.sources)}
    return Sheet(
        item=grid.name,
        title=words.text(grid.title, grid.name),
        wording="",
        columns=tuple(sorted(columns.values(), key=lambda one: (place[one.key[0]], *_grid_order(one, first)))),
        lines=_sorted_lines(made, tables),
        bases=None,
        remarks=remarks(tables, items, records, words),
        titles=titles,
        base_names=tables.bases,
        p_values=tables.p_values,
        heading=words.tell("item"),
    )


def _grid_order(column: Column, item: TableItem) -> tuple[bool, bool, int]:
    """Answers as the questionnaire has them, whatever rows are sorted by; then nets, boxes and the mean, then bases."""
    known = list(item.substantive or ())
    place = known.index(column.key[2]) if column.kind == "option" and column.key[2] in known else 0
    return column.kind in BASES, column.kind != "option", place


def _grid_label(item: str, grouping: Grouping | None, domain: str, words: Wording) -> str:
    return item if grouping is None else f"{item} · {grouping.domain(domain, words.language)}"


def _sorted_lines(lines: tuple[Line, ...], tables: Tables) -> tuple[Line, ...]:
    """Rows of a grid without breakdowns by size: of the mean, the top box, the first net, else the first answer."""
    if tables.sort != "size" or tables.groupings:
        return lines
    source = tables.sources[-1].id
    kinds = [key[1] for key in lines[0].cells if key[0] == source]
    wanted = next((kind for kind in ("mean", "top", "combined") if kind in kinds), "option")

    def rank(line: Line) -> tuple[bool, float]:
        cells = [cell for key, cell in line.cells.items() if key[0] == source and key[1] == wanted]
        if wanted == "option":  # columns are sorted too: the answer that the questionnaire has first
            first = next(item for item in tables.items if item.column == cells[0]["item"]).substantive
            cells = [cell for cell in cells if not first or cell["option"] == first[0]]
        size = cells[0]["estimate"] if cells else None
        return size is None, -(size or 0.0)

    return tuple(sorted(lines, key=rank))


def _column(record: Mapping[str, Any], groupings: Mapping[str, Grouping], source: str, words: Wording) -> Column:
    key = (record["source"], record["domain_variable"], record["domain"])
    grouping = groupings.get(record["domain_variable"])
    everyone = grouping is None or record["domain_variable"] == ALL
    return Column(
        key=key,
        source=source,
        grouping="" if everyone or grouping is None else grouping.title(words.language),
        domain=words.tell("all") if everyone or grouping is None else grouping.domain(record["domain"], words.language),
        letter=record["column_letter"],
    )


def _label(item: TableItem, kind: str, option: str, words: Wording) -> str:
    if kind == "combined":
        net = next((net for net in item.nets if net.name == option), None)
        return option if net is None else words.text(net.title, option)
    if kind in ("top", "bottom", "net", "first", "last", "difference"):
        size = item.boxes or BOX
        return words.tell(
            f"row.{kind}.1" if size == 1 else f"row.{kind}.n" if size != BOX else f"row.{kind}", **_count(size, words)
        )
    if kind != "option":
        return words.tell(f"row.{kind}")
    return words.text((item.options or {}).get(option, {}), option)


def _count(size: int, words: Wording) -> dict[str, str]:
    return {} if size in (1, BOX) else {"n": words.number(size, 0)}


def _bases(lines: Sequence[Line]) -> dict[Key, Mapping[str, Any]]:
    """The bases of each column: those of its first cell that is shown (all cells of a column share them)."""
    bases: dict[Key, Mapping[str, Any]] = {}
    for line in lines:
        for key, cell in line.cells.items():
            if key not in bases or (bases[key]["suppressed"] and not cell["suppressed"]):
                bases[key] = cell
    return bases
