"""From the cells of all items and sources to what may be shown: within a call, and with what was printed earlier."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from shteg.errors import DesignError, UsageError
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.audit import close_gaps
from shteg.survey.tables.cells import Banner, estimate_cells
from shteg.survey.tables.exposed import TOTAL_ROW, Cell, Exposed, expose
from shteg.survey.tables.plan import PERCENTS, Grouping, Net, Options, Percent, Source, TableItem, Words
from shteg.survey.tables.quality import Cause, primary_cells
from shteg.survey.tables.rows import ItemRows, read_rows


class Printed:
    """A source with its grouping variables read, and the tables that `earlier` calls printed of its sample."""

    def __init__(self, source: Source, groupings: Sequence[Grouping], printed: Sequence[PrintedTable]) -> None:
        self.source, self.banner = source, Banner(source.design, groupings)
        self.earlier = [(one, expose_printed(source.design, one)) for one in printed]


@dataclass(slots=True, kw_only=True, eq=False)
class Part:
    """One item of one source on its way to a table."""

    of: Printed
    rows: ItemRows
    cells: pl.DataFrame
    table: Exposed
    causes: list[Cause]

    @property
    def item(self) -> TableItem:
        """What the table is about."""
        return self.rows.item

    def note(self) -> PrintedTable:
        """Note what the table shows."""
        return _printed_table(self.table, self.of.banner.groupings)


def make_part(item: TableItem, of: Printed, options: Options) -> Part:
    """Estimate one table and find what the rules hide in it, before gaps between tables are closed.

    Parameters
    ----------
    item : TableItem
    of : Printed
        One source with its domains, and what was printed of it earlier.
    options : Options

    Returns
    -------
    Part
    """
    banner = of.banner
    rows = read_rows(banner.design, item)
    cells = estimate_cells(banner, rows, options)
    table = expose(banner.design, rows, banner.domains, options.percent_of(item), cells=cells)
    before = [one for note, one in of.earlier if note.item.column == item.column]
    table.told.update(_told_before(table, of))
    hidden, causes = primary_cells(cells, table, options, before)
    table.hidden.update(hidden)
    named = [replace(cause, item=item.column, source=of.source.id) for cause in causes]
    return Part(of=of, rows=rows, cells=cells, table=table, causes=named)


def _told_before(table: Exposed, of: Printed) -> set[Cell]:
    """Cells that an earlier table of the same item shows, of the same rows, groupings and base."""
    found: set[Cell] = set()
    note = _printed_table(table, of.banner.groupings)
    for other, one in of.earlier:
        if (other.item, other.percent, other.dead) == (note.item, note.percent, note.dead):
            shared = {ALL, *(grouping.name for grouping in other.groupings if grouping in note.groupings)}
            found |= {cell for cell in one.cells if cell[1] in shared and cell not in one.hidden}
    return found


def close_all_gaps(parts: Sequence[Part], fewest: int) -> None:
    """Hide what would give hidden figures away: within this call, then together with what was printed earlier.

    What is hidden grows in place; a shown figure must rest on `fewest` respondents.
    """
    samples: dict[str, list[Part]] = {}
    for part in parts:
        source = part.of.source
        samples.setdefault(source.sample or f"\x00{source.id}", []).append(part)
    for of_sample in samples.values():
        _share_hidden(of_sample)
        tables = [part.table for part in of_sample]
        _close(of_sample, tables, fewest, Cause(kind="figures"))
        if not (earlier := of_sample[0].of.earlier):
            continue
        notes = [(part, part.note()) for part in of_sample]
        again = [
            (part, cell) for part, note in notes for other, one in earlier if other.is_of(note) for cell in one.hidden
        ]
        together = [*tables, *(one for _, one in earlier)]
        _close(of_sample, together, fewest, Cause(kind="earlier"), again)


def _close(
    parts: Sequence[Part],
    tables: Sequence[Exposed],
    fewest: int,
    cause: Cause,
    again: Sequence[tuple[Part, Cell]] = (),
) -> None:
    """Close the gaps of some tables and note the cause where that hides something; `again` was hidden before."""
    before = {id(part): len(part.table.hidden) for part in parts}
    reason = "earlier" if cause.kind == "earlier" else "complementary"
    for part, cell in again:
        part.table.hidden.setdefault(cell, reason)
    close_gaps(tables, fewest, reason)
    for part in parts:
        told = any(one.kind == cause.kind for one in part.causes)
        if len(part.table.hidden) > before[id(part)] and not told:
            few = _earlier_labels(part) if cause.kind == "earlier" else ()
            part.causes.append(replace(cause, item=part.item.column, source=part.of.source.id, few=few))


def _earlier_labels(part: Part) -> tuple[str, ...]:
    """What the earlier tables are called: those of the same item, if there are any."""
    own = [note.label for note, _ in part.of.earlier if note.item.column == part.item.column]
    return tuple(dict.fromkeys(own or [note.label for note, _ in part.of.earlier]))


def _share_hidden(parts: Sequence[Part]) -> None:
    """The same people under other weights: what one weighting hides, the others hide too."""
    for part in parts:
        others = [other for other in parts if other.item is part.item and other is not part]
        for cell in [cell for other in others for cell in other.table.hidden]:
            part.table.hidden.setdefault(cell, "complementary")


def note_printed(parts: Sequence[Part]) -> dict[str, tuple[PrintedTable, ...]]:
    """Note what is printed of each sample, for later calls."""
    found: dict[str, list[PrintedTable]] = {}
    for part in parts:
        if sample := part.of.source.sample:
            note = part.note()
            if note not in found.setdefault(sample, []):
                found[sample].append(note)
    return {sample: tuple(notes) for sample, notes in found.items()}


HiddenCell = tuple[str, str, str, str, str]
"""Row kind, option, grouping variable, domain, reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    """A table as it was printed: enough to know, with the data at hand, which respondents its figures count.

    Parameters
    ----------
    item : TableItem
        Without titles and texts.
    groupings : tuple of Grouping
        Without titles and texts.
    percent : Percent
    dead : tuple of int
        Rows of the file with weight 0.
    hidden : tuple of HiddenCell
    """

    item: TableItem
    groupings: tuple[Grouping, ...]
    percent: Percent
    dead: tuple[int, ...]
    hidden: tuple[HiddenCell, ...]

    @property
    def label(self) -> str:
        """What the table is called in a remark: item, groupings and base of the percentages."""
        groupings = ", ".join(one.name for one in self.groupings) or ALL
        return f"{self.item.column}: {groupings}" + (f" ({self.percent})" if self.percent != "column" else "")

    def is_of(self, other: PrintedTable) -> bool:
        """True if both are the same table, whatever they hide."""
        return replace(self, hidden=()) == replace(other, hidden=())


def _plain_item(item: TableItem) -> TableItem:
    """The item without its texts."""
    options: dict[str, Words] | None = None if item.options is None else {code: {} for code in item.options}
    codes = {"missing": tuple(item.missing), "favourable": tuple(item.favourable), "scores": dict(item.scores)}
    nets = tuple(Net(name=net.name, codes=tuple(net.codes)) for net in item.nets)
    return replace(item, title={}, wording={}, options=options, nets=nets, last=(), **codes)  # type: ignore[arg-type]


def _plain_grouping(grouping: Grouping) -> Grouping:
    """The grouping without its texts."""
    missing = {name: tuple(codes) for name, codes in grouping.missing.items() if name in grouping.variables and codes}
    return Grouping(variables=tuple(grouping.variables), titles={}, missing=missing)


def _printed_table(table: Exposed, groupings: Sequence[Grouping]) -> PrintedTable:
    """Note what a table shows."""
    hidden = [
        (*(("all", "") if cell[0] == TOTAL_ROW else table.names[cell[0]]), *cell[1:], reason)
        for cell, reason in table.hidden.items()
    ]
    return PrintedTable(
        item=_plain_item(table.item),
        groupings=tuple(_plain_grouping(one) for one in groupings),
        percent=table.percent,
        dead=tuple(int(row) + 1 for row in (~table.alive).nonzero()[0]),
        hidden=tuple(sorted(hidden)),
    )


def expose_printed(design: AnyDesign, printed: PrintedTable) -> Exposed:
    """Lay out, over the data it was made of, a table that an earlier call printed."""
    unfit = DesignError(
        "a table that was printed earlier does not fit the data", "forget what was printed earlier", printed.label
    )
    try:
        rows = read_rows(design, printed.item)
        domains = Banner(design, printed.groupings).domains
    except DesignError as error:
        raise unfit from error
    table = expose(design, rows, domains, printed.percent, dead=printed.dead, label=printed.label)
    place = {("all", ""): TOTAL_ROW, **{name: i for i, name in enumerate(table.names)}}
    known = set(table.cells)
    for kind, option, variable, domain, reason in printed.hidden:
        cell = (place.get((kind, option), len(place)), variable, domain)
        if cell not in known:
            raise unfit
        table.hidden[cell] = reason
    return table


def to_json(printed: PrintedTable) -> str:
    """Write as one line of JSON."""
    item = printed.item
    record = {
        "item": {
            "column": item.column,
            "form": item.form,
            "options": None if item.options is None else list(item.options),
            "missing": list(item.missing),
            "ordered": item.ordered,
            "scores": dict(item.scores),
            "favourable": list(item.favourable),
            "nets": {net.name: list(net.codes) for net in item.nets},
            "boxes": item.boxes,
        },
        "by": [
            {"variables": list(one.variables), "missing": {name: list(codes) for name, codes in one.missing.items()}}
            for one in printed.groupings
        ],
        "percent": printed.percent,
        "dead": list(printed.dead),
        "hidden": [list(one) for one in printed.hidden],
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def from_json(text: str) -> PrintedTable:
    """Read a line of JSON that `to_json` wrote."""
    try:
        return _from_record(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError("a note of an earlier table cannot be read", "forget what was printed earlier") from error


def _from_record(record: dict[str, Any]) -> PrintedTable:
    item, percent = record["item"], record["percent"]
    if percent not in PERCENTS or item["form"] not in ("single", "multiple", "number"):
        raise ValueError
    options: dict[str, Words] | None = None if item["options"] is None else {str(code): {} for code in item["options"]}
    nets, boxes = item.get("nets", {}), item.get("boxes")  # lines of 0.1 have neither
    return PrintedTable(
        item=TableItem(
            column=str(item["column"]),
            title={},
            form=item["form"],
            options=options,
            missing=tuple(map(str, item["missing"])),
            ordered=bool(item["ordered"]),
            scores={str(code): float(score) for code, score in item["scores"].items()},
            favourable=tuple(map(str, item["favourable"])),
            nets=tuple(Net(name=str(name), codes=tuple(map(str, codes))) for name, codes in nets.items()),
            boxes=None if boxes is None else int(boxes),
        ),
        groupings=tuple(
            Grouping(
                variables=tuple(map(str, one["variables"])),
                titles={},
                missing={str(name): tuple(map(str, codes)) for name, codes in one["missing"].items()},
            )
            for one in record["by"]
        ),
        percent=percent,
        dead=tuple(int(row) for row in record["dead"]),
        hidden=tuple((str(a), str(b), str(c), str(d), str(e)) for a, b, c, d, e in record["hidden"]),
    )
