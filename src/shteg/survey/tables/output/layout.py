"""A table as people read it: columns with their headings, rows with their labels, notes; shared by all writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.build import Tables
from shteg.survey.tables.plan import Grouping, TableItem, Words
from shteg.survey.tables.quality import Cause
from shteg.survey.tables.rows import NOT_SHARES

HIDDEN, UNCERTAIN, FLAGGED, EMPTY = ":", "*", "†", "–"
"""Marks of a cell that is hidden, uncertain, without the usual standard error or interval, or not there."""

BASES = ("n", "n_weighted", "n_effective", "df")

Key = tuple[str, str, str]
"""Source, grouping variable, domain."""


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


def _remarks(tables: Tables, item: TableItem, cells: Sequence[Mapping[str, Any]], words: Wording) -> tuple[str, ...]:
    """Write the remarks on a table with these cells, rows of the frame of `tables`: sentences."""
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
    first = _figure_text(kind, cell["estimate"], words) + marks(cell)
    lines = [f"{first} {cell['letters']}" if cell["letters"] else first]
    if cell["ci_low"] is not None:
        high = _figure_text(kind, cell["ci_high"], words)
        low = words.number(cell["ci_low"], 2) if kind == "mean" else words.number(cell["ci_low"] * 100, 1)
        lines.append(f"{low} … {high}" if kind in NOT_SHARES else f"{low}–{high}")
    if cell["std_error"] is not None:
        error = words.number(cell["std_error"], 3) if kind == "mean" else words.number(cell["std_error"] * 100, 1)
        details = f"{words.tell('short.std_error')} {error}"
        if cell["deff"] is not None:
            details += f" · {words.tell('short.deff')} {words.number(cell['deff'], 2)}"
        lines.append(details)
    return lines


def _figure_text(kind: str, value: float, words: Wording) -> str:
    """Write an estimate: a mean with two decimals, everything else as a percentage with one."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column with its three headings; `source` is blank where there is one source only."""

    key: Key
    source: str
    grouping: str
    domain: str
    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row: its label and its cells, by column; a cell is a record of the frame."""

    kind: str
    label: str
    cells: Mapping[Key, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table in one language; `bases` is None where every row has its own base (row percentages)."""

    item: str
    title: str
    wording: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    bases: Mapping[Key, Mapping[str, Any]] | None
    remarks: tuple[str, ...]


def lay_out(tables: Tables, words: Wording) -> tuple[Sheet, ...]:
    """Lay out every table in a language."""
    groupings = {one.name: one for one in tables.groupings}
    return tuple(_sheet(tables, item, groupings, words) for item in tables.items)


def _sheet(tables: Tables, item: TableItem, groupings: Mapping[str, Grouping], words: Wording) -> Sheet:
    several = len(tables.sources) > 1
    titles = {one.id: words.text(one.title, one.id) if several else "" for one in tables.sources}
    columns: dict[Key, Column] = {}
    lines: dict[tuple[str, str], dict[Key, Mapping[str, Any]]] = {}
    for record in tables.frame.filter(tables.frame["item"] == item.column).iter_rows(named=True):
        key = (record["source"], record["domain_variable"], record["domain"])
        if key not in columns:
            columns[key] = _column(record, groupings, titles[record["source"]], words)
        lines.setdefault((record["row_kind"], record["option"]), {})[key] = record
    made = tuple(
        Line(kind=kind, label=_label(item, kind, option, words), cells=cells) for (kind, option), cells in lines.items()
    )
    place = {one.id: i for i, one in enumerate(tables.sources)}
    ordered = sorted(columns.values(), key=lambda column: place[column.key[0]])
    bases = None if tables.percent == "row" else _bases(made)
    return Sheet(
        item=item.column,
        title=words.text(item.title, item.column),
        wording=words.text(item.wording),
        columns=tuple(ordered),
        lines=made,
        bases=bases,
        remarks=_remarks(tables, item, [cell for line in made for cell in line.cells.values()], words),
    )


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
    if kind != "option":
        return words.tell(f"row.{kind}")
    return words.text((item.options or {}).get(option, {}), option)


def _bases(lines: Sequence[Line]) -> dict[Key, Mapping[str, Any]]:
    """The bases of each column: those of its first cell that is shown (all cells of a column share them)."""
    bases: dict[Key, Mapping[str, Any]] = {}
    for line in lines:
        for key, cell in line.cells.items():
            if key not in bases or (bases[key]["suppressed"] and not cell["suppressed"]):
                bases[key] = cell
    return bases


def notes(tables: Tables, words: Wording, about: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Write the notes on all tables: headings and texts.

    Parameters
    ----------
    tables : Tables
    words : Wording
        Of the language to write.
    about : sequence of (heading, text)
        What comes first: how the survey was made.

    Returns
    -------
    list of (heading, text)
    """
    level = words.percent(tables.level, level_decimals(tables.level))
    error = words.percent(1 - tables.level, level_decimals(tables.level))
    found = [*about]
    found += [(words.tell("heading.sample"), _describe_sample(tables, words))]
    found += [(words.tell("heading.percent"), words.tell(f"percent.{tables.percent}"))]
    found += [(words.tell("heading.interval"), words.tell("note.interval", level=level))]
    found += [(words.tell(f"statistic.{name}"), words.tell(f"note.{name}")) for name in (*BASES, "std_error", "deff")]
    if any(item.ordered for item in tables.items):
        found += [(words.tell("heading.boxes"), words.tell("note.boxes"))]
    if tables.letters is not None:
        adjusted = words.tell(f"multiplicity.{tables.letters}")
        found += [(words.tell("statistic.letters"), words.tell("note.letters", level=error, adjusted=adjusted))]
    found += [(words.tell("heading.rules"), _describe_rules(tables, words))]
    all_marks = (("hidden", HIDDEN), ("uncertain", UNCERTAIN), ("flagged", FLAGGED), ("empty", EMPTY))
    told = " ".join(words.tell(f"remark.{name}", mark=mark) for name, mark in all_marks)
    return [*found, (words.tell("heading.marks"), told)]


def _describe_sample(tables: Tables, words: Wording) -> str:
    parts = []
    for source in tables.sources:
        design = source.design
        parts.append(
            words.tell(
                "note.sample",
                source=words.text(source.title, source.id),
                n=words.number(float((design.weight > 0).sum()), 0),
                effective=words.number(design.n_effective, 0),
                strata=words.number(len(design.strata), 0),
                psus=words.number(len(design.psu_stratum), 0),
            )
        )
    return " ".join(parts)


def _describe_rules(tables: Tables, words: Wording) -> str:
    rules = tables.rules
    fewest = max(tables.minimum_base, rules.suppress_below_n)
    parts = [words.tell("rule.suppress_n", n=words.number(fewest, 0))] if fewest > 1 else []
    for verb in ("suppress", "flag"):
        n, df, error = (getattr(rules, f"{verb}_{name}") for name in ("below_n", "below_df", "above_relative_error"))
        if verb == "flag" and n:
            parts.append(words.tell("rule.flag_n", n=words.number(n, 0)))
        if df:
            parts.append(words.tell(f"rule.{verb}_df", df=words.number(df, 0)))
        if error is not None:
            parts.append(words.tell(f"rule.{verb}_error", error=words.percent(error, 0)))
    hides = fewest > 1 or rules.suppress_below_df or rules.suppress_above_relative_error is not None
    parts.append(words.tell("rule.complementary" if hides else "rule.nothing"))
    return " ".join(parts)
