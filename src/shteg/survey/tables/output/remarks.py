"""What stands under a table: what its marks mean, if they occur, how to read it, and why columns are not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shteg.survey.tables.build import Tables
from shteg.survey.tables.output.wording import Wording
from shteg.survey.tables.plan import Grouping, TableItem
from shteg.survey.tables.quality import Cause

HIDDEN, UNCERTAIN, FLAGGED, EMPTY = ":", "*", "†", "–"
"""Marks of a cell that is hidden, uncertain, without the usual standard error or interval, or not there."""


def remarks(tables: Tables, item: TableItem, cells: Sequence[Mapping[str, Any]], words: Wording) -> tuple[str, ...]:
    """Write the remarks on a table with these cells."""
    level = words.percent(tables.level, level_decimals(tables.level))
    found = [] if item.form == "number" else [words.tell(f"percent.{tables.percent}")]
    found.append(words.tell("remark.interval", level=level))
    if item.form == "multiple":
        found.append(words.tell("remark.multiple"))
    if tables.letters is not None and any(cell["letters"] for cell in cells):
        found.append(words.tell("remark.letters", level=words.percent(1 - tables.level, level_decimals(tables.level))))
    if any(cell["suppressed"] for cell in cells):
        found.append(words.tell("remark.hidden", mark=HIDDEN))
    if any(cell["quality"] for cell in cells):
        found.append(words.tell("remark.uncertain", mark=UNCERTAIN))
    groupings = {one.name: one for one in tables.groupings}
    causes = [_cause(cause, groupings, words) for cause in tables.causes if cause.item == item.column]
    for flag in dict.fromkeys(cell["flag"] for cell in cells if cell["flag"]):
        found.append(f"{EMPTY if flag == 'empty' else FLAGGED} {words.tell(f'flag.{flag}')}")
    return (*found, *dict.fromkeys(causes))


def marks(cell: Mapping[str, Any]) -> str:
    """Give the marks of an estimate that is shown."""
    return (UNCERTAIN if cell["quality"] else "") + (FLAGGED if cell["flag"] not in ("", "empty") else "")


def level_decimals(level: float) -> int:
    """Decimals that write a coverage exactly enough: 95 %, 99.5 %."""
    return 0 if round(level * 100, 6).is_integer() else 1


def _cause(cause: Cause, groupings: Mapping[str, Grouping], words: Wording) -> str:
    if cause.kind == "earlier":
        return words.tell("cause.earlier", tables="; ".join(cause.few))
    if cause.kind == "figures":
        return words.tell("cause.figures")
    grouping = groupings[cause.grouping]
    title = grouping.title(words.language)
    hidden, few = (
        ", ".join(grouping.domain(name, words.language) for name in names) for names in (cause.hidden, cause.few)
    )
    if cause.kind == "ungrouped":
        form = "one" if cause.count == 1 else "other"
        count = {} if cause.count == 1 else {"n": words.number(cause.count, 0)}
        return words.tell(f"cause.ungrouped.{form}", grouping=title, hidden=hidden, **count)
    if cause.kind == "few":
        return words.tell("cause.few", grouping=title, hidden=hidden, few=few)
    return words.tell("cause.nested", grouping=title, hidden=hidden)
