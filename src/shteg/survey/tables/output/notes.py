"""What stands below a table and beside all of them: how to read it, what is hidden and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shteg.survey.designs.design import Design
from shteg.survey.tables.build import Tables
from shteg.survey.tables.output.cells import BASES, EMPTY, FLAGGED, HIDDEN, MARK_WORDS, UNCERTAIN, p_text
from shteg.survey.tables.output.wording import Wording
from shteg.survey.tables.plan import Grouping, TableItem
from shteg.survey.tables.quality import Cause


def remarks(
    tables: Tables, items: Sequence[TableItem], cells: Sequence[Mapping[str, Any]], words: Wording
) -> tuple[str, ...]:
    """Write the remarks on a table: sentences.

    Parameters
    ----------
    tables : Tables
    items : sequence of TableItem
        What the table is about.
    cells : sequence of mapping
        Its cells, rows of the frame of `tables`.
    words : Wording
        Of the language to write.

    Returns
    -------
    tuple of str
    """
    level = words.percent(tables.level, level_decimals(tables.level))
    error = words.percent(1 - tables.level, level_decimals(tables.level))
    found = [] if all(item.form == "number" for item in items) else [words.tell(f"percent.{tables.percent}")]
    found.append(words.tell("remark.interval", level=level))
    if any(item.form == "multiple" for item in items):
        found.append(words.tell("remark.multiple"))
    if tables.letters is not None and any(cell["letters"] for cell in cells):
        found.append(words.tell("remark.letters", level=error))
        if tables.percent != "column":
            found.append(words.tell("remark.letters.column"))
    if any(cell.get("rest") for cell in cells):
        signs = {name: MARK_WORDS[name] for name in ("higher", "lower")}
        found.append(words.tell("remark.rest", level=error, **signs))
    if any(cell.get(f"{name}_change") is not None for cell in cells for name in ("previous", "first")):
        signs = {name: MARK_WORDS[name] for name in ("up", "down")}
        found.append(words.tell("remark.changes", level=error, **signs))
    found += _associations(tables, items, words)
    if any(cell["suppressed"] for cell in cells):
        found.append(words.tell("remark.hidden", mark=HIDDEN))
    if any(cell["quality"] for cell in cells):
        found.append(words.tell("remark.uncertain", mark=UNCERTAIN))
    groupings = {one.name: one for one in tables.groupings}
    causes = [
        _cause(cause, groupings, words) for cause in tables.causes if cause.item in {item.column for item in items}
    ]
    for flag in dict.fromkeys(cell["flag"] for cell in cells if cell["flag"]):
        found.append(f"{EMPTY if flag == 'empty' else FLAGGED} {words.tell(f'flag.{flag}')}")
    return (*found, *dict.fromkeys(causes))


def _associations(tables: Tables, items: Sequence[TableItem], words: Wording) -> list[str]:
    """Say for each grouping variable whether the answers differ between its columns: the Rao–Scott test."""
    if tables.tests.is_empty():
        return []
    groupings = {one.name: one.title(words.language) for one in tables.groupings}
    titles = {one.id: words.text(one.title, one.id) for one in tables.sources}
    found = []
    for test in tables.tests.iter_rows(named=True):
        if test["test"] != "association" or test["item"] not in {item.column for item in items}:
            continue
        name = groupings[test["domain_variable"]]
        if len(items) > 1:
            item = next(item for item in items if item.column == test["item"])
            name = f"{words.text(item.title, item.column)}, {name}"
        if len(tables.sources) > 1:
            name = f"{titles[test['source']]}: {name}"
        statistic = f"F({words.number(test['df'], 2)}; {words.number(test['df_denominator'], 1)})"
        value = words.number(test["statistic"], 2)
        found.append(words.tell("remark.association", name=name, test=f"{statistic} = {value}", p=p_text(test, words)))
    return found


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
    if any(item.ordered or item.boxes is not None for item in tables.items):
        found += [(words.tell("heading.boxes"), words.tell("note.boxes"))]
    if tables.letters is not None:
        adjusted = words.tell(f"multiplicity.{tables.letters}")
        found += [(words.tell("statistic.letters"), words.tell("note.letters", level=error, adjusted=adjusted))]
    if any(item.nets for item in tables.items):
        found += [(words.tell("heading.nets"), words.tell("note.nets"))]
    if tables.rest:
        adjusted = words.tell(f"multiplicity.{tables.letters or 'none'}")
        found += [(words.tell("heading.rest"), words.tell("note.rest", level=error, adjusted=adjusted))]
    if tables.changes is not None:
        adjusted = words.tell(f"multiplicity.{tables.letters or 'none'}")
        told = words.tell("note.changes", level=error, adjusted=adjusted)
        shared = any(source.same_psus for source in tables.sources)
        told += " " + words.tell("note.changes.shared" if shared else "note.changes.independent")
        found += [(words.tell("heading.changes"), told)]
    if tables.p_values:
        found += [(words.tell("heading.tests"), words.tell("note.tests"))]
    found += [(words.tell("heading.rules"), _describe_rules(tables, words))]
    all_marks = (("hidden", HIDDEN), ("uncertain", UNCERTAIN), ("flagged", FLAGGED), ("empty", EMPTY))
    told = " ".join(words.tell(f"remark.{name}", mark=mark) for name, mark in all_marks)
    return [*found, (words.tell("heading.marks"), told)]


def _describe_sample(tables: Tables, words: Wording) -> str:
    parts = []
    for source in tables.sources:
        design = source.design
        said = {
            "source": words.text(source.title, source.id),
            "n": words.number(float((design.weight > 0).sum()), 0),
            "effective": words.number(design.n_effective, 0),
        }
        if isinstance(design, Design):
            strata, psus = words.number(len(design.strata), 0), words.number(len(design.psu_stratum), 0)
            parts.append(words.tell("note.sample", **said, strata=strata, psus=psus))
        else:
            replicates = words.number(design.rep_weights.shape[1], 0)
            parts.append(words.tell("note.sample.replicates", **said, replicates=replicates))
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
