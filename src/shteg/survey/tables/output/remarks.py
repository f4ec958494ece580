"""What a table says in words: figures and marks of its cells, and the remarks under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shteg.survey.tables.build import Tables
from shteg.survey.tables.plan import Grouping, TableItem, Words
from shteg.survey.tables.quality import Cause
from shteg.survey.tables.rows import NOT_SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A language of print: `say(key, args)` gives a sentence, `number(value, decimals)` and `percent(share, decimals)`
    write numbers. Keys are those of `tables.toml`."""

    language: str
    say: Callable[[str, Mapping[str, str]], str]
    number: Callable[[float, int], str]
    percent: Callable[[float, int], str]

    def text(self, words: Words, otherwise: str = "") -> str:
        """Give a text in this language; failing that, `otherwise`."""
        return words.get(self.language, otherwise)

    def tell(self, key: str, **args: str) -> str:
        """Fill the message `tables.<key>`."""
        return self.say(f"tables.{key}", args)


HIDDEN, UNCERTAIN, FLAGGED, EMPTY = ":", "*", "†", "–"
"""Marks of a cell that is hidden, uncertain, without the usual standard error or interval, or not there."""


def remarks(tables: Tables, item: TableItem, cells: Sequence[Mapping[str, Any]], words: Wording) -> tuple[str, ...]:
    """Write the remarks on a table with these cells.

    Parameters
    ----------
    tables : Tables
        What the table is one of.
    item : TableItem
        What it shows.
    cells : sequence of mapping
        Its cells: rows of the frame of `tables`.
    words : Wording
        Of the language to write.

    Returns
    -------
    tuple of str
        Sentences.
    """
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


def cell_text(kind: str, cell: Mapping[str, Any] | None, words: Wording) -> list[str]:
    """Give a cell in lines: the estimate with its mark and letters, the interval, the standard error with deff.

    Parameters
    ----------
    kind : str
        Kind of the row: `mean`, or one of those with shares.
    cell : mapping, optional
        A row of the frame; None where the table has none.
    words : Wording
        Of the language to write.

    Returns
    -------
    list of str
        Lines from above; one mark where the cell is hidden or empty.
    """
    if cell is not None and cell["suppressed"]:
        return [HIDDEN]
    if cell is None or cell["estimate"] is None:
        return [EMPTY]
    first = figure_text(kind, cell["estimate"], words) + marks(cell)
    lines = [f"{first} {cell['letters']}" if cell["letters"] else first]
    if cell["ci_low"] is not None:
        high = figure_text(kind, cell["ci_high"], words)
        low = words.number(cell["ci_low"], 2) if kind == "mean" else words.number(cell["ci_low"] * 100, 1)
        lines.append(f"{low} … {high}" if kind in NOT_SHARES else f"{low}–{high}")
    if cell["std_error"] is not None:
        error = words.number(cell["std_error"], 3) if kind == "mean" else words.number(cell["std_error"] * 100, 1)
        details = f"{words.tell('short.std_error')} {error}"
        if cell["deff"] is not None:
            details += f" · {words.tell('short.deff')} {words.number(cell['deff'], 2)}"
        lines.append(details)
    return lines


def figure_text(kind: str, value: float, words: Wording) -> str:
    """Write an estimate: a mean with two decimals, everything else as a percentage with one.

    Parameters
    ----------
    kind : str
        Kind of the row: `mean`, or one of those with shares.
    value : float
        In the unit of the item for a mean, else a share in [0, 1].
    words : Wording
        Of the language to write.

    Returns
    -------
    str
    """
    return words.number(value, 2) if kind == "mean" else words.percent(value, 1)


def base_text(cell: Mapping[str, Any] | None, name: str, words: Wording) -> str:
    """Write a base.

    Parameters
    ----------
    cell : mapping, optional
        A row of the frame; None where the table has none.
    name : str
        Its column with the base: respondents, weighted or effective.
    words : Wording
        Of the language to write.

    Returns
    -------
    str
        A whole number, or the mark of a hidden or empty cell.
    """
    if cell is not None and cell["suppressed"]:
        return HIDDEN
    return EMPTY if cell is None or cell[name] is None else words.number(cell[name], 0)
