"""The page of what changed since an earlier edition: the forecast shared out, the evidence, quoted figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from shteg.publish.html.edition_tables import LEXICON_COLUMNS
from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice, source_link
from shteg.report import TableView
from shteg.report.edition_view import AT
from shteg.report.language.cells import Triple
from shteg.report.language.editions import edition_named
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

EDITIONS, FORECAST, CONTRIBUTIONS = "changes.editions", "changes.forecast", "changes.contributions"
GROUPS, HOW, FIGURES, EVIDENCE = "changes.groups", "changes.attribution", "changes.figures", "changes.evidence"
POOL, PATHWAYS = "pool", "pathways"
MOST_ROWS = 60
"""Rows of one table of the evidence that the page shows; the rest is in the data."""
STATES = ("added", "changed", "withdrawn")
KINDS: Mapping[str, Triple] = {
    "share": "share",
    "points": "points",
    **dict.fromkeys(("score", "ratio", "years", "days", "months"), "plain"),
}
"""Units of figures, and how they are printed with their intervals; others are counts."""


def _changes(material: Material) -> dict[str, Any]:
    voice = material.voice
    (how,) = voice.edition.rows(HOW)
    steps = list(dict.fromkeys(row["step"] for row in voice.edition.rows(FORECAST)))
    computed = bool(how["computed"])
    first = [_contributions(voice, POOL, step) for step in dict.fromkeys([*steps[-1:], *steps[:1]])]
    rest = [_contributions(voice, POOL, step) for step in steps[1:-1]]
    return {
        "editions": _editions(voice),
        "reconstructed": any(row["reconstructed"] for row in voice.edition.rows(EDITIONS)),
        "forecast": _forecast(voice) if computed else None,
        "computed": computed,
        "how": _how(voice, how) if computed else "",
        "contributions": first if computed else [],
        "more": [*rest, *(_contributions(voice, PATHWAYS, step) for step in steps)] if computed else [],
        "groups": _groups(voice),
        "rows": _evidence(voice),
        "figures": _figures(voice),
        "figures_text": _figures_text(voice, material.edition_path),
    }


def _editions(voice: Voice) -> list[tuple[str, Markup]]:
    found = []
    for row, key in zip(voice.edition.rows(EDITIONS), ("from", "to"), strict=True):
        name = edition_named(row, row["edition"], voice.language)
        days = voice.filled("changes.day", date=voice.time(row["day"]))
        found.append((voice.t(f"changes.{key}"), voice.filled("changes.edition", name=escape(name), days=days)))
    return found


def _forecast(voice: Voice) -> TableView:
    rows = [row for row in voice.edition.rows(FORECAST) if row["model"] == POOL]
    cells = [
        (
            voice.number(row["year"], grouped=False),
            voice.cell(FORECAST, row[AT], "before", "share"),
            voice.cell(FORECAST, row[AT], "after", "share"),
            _difference(voice, FORECAST, row),
        )
        for row in rows
    ]
    headers = [voice.text("column.year"), *(voice.text(f"column.{name}") for name in ("before", "after", "change"))]
    groups = [voice.named(f"step:{row['step']}") for row in rows]
    return make_table(voice.table_title(FORECAST), headers, cells, (1, 2, 3), main=2, groups=groups)


def _difference(voice: Voice, table: str, row: dict[str, Any]) -> Markup:
    """Print a difference in hundredths of a point; one too small for that as such, one that is none as none."""
    if row["change"] == 0.0:
        return voice.cell(table, row[AT], "change", "none")
    return voice.cell(table, row[AT], "shown" if row["shown"] else "change", "points-2")


def _contributions(voice: Voice, model: str, step: str) -> TableView:
    """Show what each group contributes to the change of a step, a column for each year, the sum last."""
    rows = [row for row in voice.edition.rows(CONTRIBUTIONS) if (row["model"], row["step"]) == (model, step)]
    sums = [row for row in voice.edition.rows(FORECAST) if (row["model"], row["step"]) == (model, step)]
    years = [row["year"] for row in sums]
    found = {(row["group"], row["year"]): row for row in rows}
    groups = list(dict.fromkeys(row["group"] for row in rows))
    idle = [group for group in groups if all(found[group, year]["change"] == 0.0 for year in years)]
    cells = [
        (
            voice.text(f"changes.group.{group}"),
            *(_difference(voice, CONTRIBUTIONS, found[group, year]) for year in years),
        )
        for group in groups
        if group not in idle
    ]
    whole = [Markup("<strong>{}</strong>").format(_difference(voice, FORECAST, row)) for row in sums]
    cells.append((Markup("<strong>{}</strong>").format(voice.text("changes.total")), *whole))
    headers = [voice.text("column.group"), *(str(year) for year in years)]
    title = voice.t(f"changes.moved.{'step' if model == POOL else 'path'}", step=voice.named(f"step:{step}"))
    names = "; ".join(voice.text(f"changes.group.{group}") for group in idle)
    note = voice.t("changes.moved.none", groups=names) if idle else ""
    return make_table(title, headers, cells, range(1, len(headers)), note)


def _how(voice: Voice, row: dict[str, Any]) -> Markup:
    key = "sets" if row["all_sets"] else "orders"
    return voice.figured(voice.t(f"changes.moved.{key}", sets=voice.placed(HOW, row[AT], "sets", "count")))


def _groups(voice: Voice) -> TableView:
    rows = [row for row in voice.edition.rows(GROUPS) if row["cause"] == "swapped" or any(row[name] for name in STATES)]
    cells = [
        (
            voice.text(f"changes.group.{row['group']}"),
            *(voice.cell(GROUPS, row[AT], name, "count") for name in STATES),
            voice.text(f"changes.cause.{row['cause']}"),
        )
        for row in rows
    ]
    headers = [voice.text(f"column.{name}") for name in ("group", *STATES, "cause")]
    return make_table(voice.t("changes.evidence.groups"), headers, cells, (1, 2, 3))


NAMED_BY = {"evidence.requirements": "requirement", "evidence.programmes": "programme"}
"""Tables whose ids have a name in the words of the case."""
FIGURE = ("question", "series", "subgroup", "answer")
"""What tells one published figure from another."""


def _evidence(voice: Voice) -> list[dict[str, Any]]:
    """List the rows of each table that were added, changed or withdrawn."""
    rows = voice.edition.rows(EVIDENCE)
    found = []
    for table, state in dict.fromkeys((row["table"], row["became"]) for row in rows):
        own = [row for row in rows if (row["table"], row["became"]) == (table, state)]
        count = voice.counted(EVIDENCE, f"table={table}", f"became={state}")
        words = {"table": voice.table_title(table), "state": voice.text(f"changes.state.{state}")}
        title = voice.t("changes.evidence.table", count=count, **words)
        note = voice.t("changes.evidence.cut", shown=MOST_ROWS, all=count) if len(own) > MOST_ROWS else ""
        found.append(
            {
                "id": f"rows-{table.replace('.', '-')}-{state}",
                "title": voice.figured(title),
                "table": _rows(voice, table, str(title), own[:MOST_ROWS], voice.figured(note)),
            }
        )
    return found


def _rows(voice: Voice, table: str, title: str, rows: Sequence[dict[str, Any]], note: str) -> TableView:
    changed = any(row["changed_columns"] for row in rows)
    cells = [
        (
            _key(voice, table, row),
            voice.time(row["day"]) or NOTHING,
            _source(voice, row["source"]),
            *((_columns(voice, table, row),) if changed else ()),
        )
        for row in rows
    ]
    names = ("row", "day", "source", *(("what",) if changed else ()))
    return make_table(title, [voice.t(f"changes.column.{name}") for name in names], cells, (), note)


def _key(voice: Voice, table: str, row: dict[str, Any]) -> str:
    """Name a row by what identifies it, in words where there are words; its day stands beside."""
    named = zip(row["key_columns"].split(), row["key_cells"].split(" | "), strict=False)
    words = [
        _called(voice, table, cell) if column == "id" else voice.word(LEXICON_COLUMNS.get(column, column), cell)
        for column, cell in named
        if cell and cell != row["day"] and column != "title_id"
    ]
    return " · ".join(words) or NOTHING


def _called(voice: Voice, table: str, name: str) -> str:
    """Say in words which row of a table an id names; one that is gone, and that nothing names, keeps its id."""
    if table in NAMED_BY:
        return voice.word(NAMED_BY[table], name)
    found = next((row for row in voice.edition.rows(table) if row["id"] == name), None)
    if found is None:
        return name
    parts = [voice.word(kind, found[kind]) for kind in FIGURE if found.get(kind)]
    if parts or not any(column.startswith("title_") for column in found):
        return " · ".join(parts) or name
    return voice.field(found, "title")


def _source(voice: Voice, source: str | None) -> Markup | str:
    if source is None or source not in voice.edition.sources:
        return NOTHING
    return source_link(source, voice.source_named(source).publisher)


def _columns(voice: Voice, table: str, row: dict[str, Any]) -> str:
    names = (row["changed_columns"] or "").split()
    return voice.listed(dict.fromkeys(voice.column(table, _bare(voice, name)) for name in names))


def _bare(voice: Voice, name: str) -> str:
    """Give a column without the language that its text is in."""
    stem, _, last = name.rpartition("_")
    return stem if last in voice.edition.languages else name


def _figures_text(voice: Voice, path: str) -> Markup:
    link = Markup('<a href="{}/tables/{}.csv">CSV</a>').format(path, FIGURES)
    return voice.filled("changes.figures.text", count=voice.figured(voice.counted(FIGURES)), table=link)


def _figures(voice: Voice) -> TableView | None:
    """List the figures that the texts quote and that print otherwise."""
    quoted = voice.edition.times_quoted()
    rows = [row for row in voice.edition.rows(FIGURES) if row["moved_value"] in quoted and row["became"] != "gone"]
    cells = []
    for row in rows:
        value = voice.edition.value(row["moved_value"])
        one, other = (_figure(voice, row, side) for side in ("before", "after"))
        if row["became"] == "added" or _bare_text(one) != _bare_text(other):
            page = voice.values_page(value.id)
            link = Markup('<a href="{}#value-{}">{}</a>').format(page, value.id, voice.what(value))
            cells.append((link, one, other, _why(voice, row["why"])))
    headers = [voice.t("column.quantity"), *(voice.text(f"column.{name}") for name in ("before", "after", "why"))]
    return make_table(voice.t("changes.figures.table"), headers, cells, (1, 2), main=2) if cells else None


def _figure(voice: Voice, row: dict[str, Any], side: str) -> Markup:
    if row[side] is None:
        text = row[f"{side}_text"]
        if text is None:
            return escape(voice.t("changes.new"))
        return escape(voice.date(text) if row["unit"] == "date" else voice.detail("text", text))
    kind = KINDS.get(row["unit"])
    if kind is None:
        return voice.cell(FIGURES, row[AT], side, "year" if row["unit"] == "year" else "count")
    if row[f"{side}_low"] is None and kind == "plain":
        return voice.cell(FIGURES, row[AT], side, str(min(row["printed_decimals"], 4)))
    return voice.triple(FIGURES, row[AT], (side, f"{side}_low", f"{side}_high"), kind)


def _bare_text(cell: Markup) -> str:
    return cell.striptags()


def _why(voice: Voice, groups: str) -> str:
    return "; ".join(voice.text(f"changes.group.{group}") for group in groups.split()) or NOTHING


PAGES = (
    Page(
        slug="changes",
        group="publication",
        context=_changes,
        shown=lambda edition: EDITIONS in edition.table_names,
    ),
)
