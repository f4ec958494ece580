"""What a call of `tabulate` printed of a sample, without a figure: which cells were shown and which were hidden."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from shteg.errors import DesignError, UsageError
from shteg.survey.designs.design import Design
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.cells import Banner
from shteg.survey.tables.exposed import TOTAL_ROW, Exposed, expose
from shteg.survey.tables.plan import PERCENTS, Grouping, Percent, TableItem, Words
from shteg.survey.tables.rows import read_rows

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
    return replace(item, title={}, wording={}, options=options, **codes)  # type: ignore[arg-type]


def _plain_grouping(grouping: Grouping) -> Grouping:
    """The grouping without its texts."""
    missing = {name: tuple(codes) for name, codes in grouping.missing.items() if name in grouping.variables and codes}
    return Grouping(variables=tuple(grouping.variables), titles={}, missing=missing)


def printed_table(table: Exposed, groupings: Sequence[Grouping]) -> PrintedTable:
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


def expose_printed(design: Design, printed: PrintedTable) -> Exposed:
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
