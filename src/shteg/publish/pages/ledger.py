"""The page of what earlier editions said: what is overdue first, real forecasts and reconstructed ones apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice, source_link
from shteg.report import EditionView, TableView
from shteg.report.edition_view import AT
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

FORECASTS, SCORES = "ledger.forecasts", "ledger.scores"
KINDS = ("real", "reconstructed")
STEP, ALL = "foretold_step", "all"
REPEATED = ("made-on", "edition")
"""Columns that a table goes without where they say one thing only."""
MANY = 150
"""Forecasts in a table above which it has a page of its own: the ledger only grows."""
MOST_EDITIONS = 16
"""Editions that can stand side by side."""
COUNTED = ("counted", "overdue", "open", "early", "void", "scored")
PARTS = {"overdue": ("overdue",), "open": ("open",), "closed": ("yes", "no", "void")}
"""The tables of a kind, in the order in which they stand, with the standings that each lists."""


def _ledger(material: Material) -> dict[str, Any]:
    voice = material.voice
    kinds = [_kind(voice, name) for name in KINDS if _rows(voice, name)]
    return {
        "none": "" if _rows(voice, "real") else voice.t("ledger.none"),
        "kinds": kinds,
        "rules": _rules(voice),
    }


def _rows(voice: Voice, kind: str) -> list[dict[str, Any]]:
    ladder = {step.id: at for at, step in enumerate(voice.edition.steps)}
    rows = [row for row in voice.edition.rows(FORECASTS) if row["kind"] == kind]
    return sorted(rows, key=lambda row: ladder.get(row[STEP], len(ladder)))  # stable: by day within a step


def _list_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give a page for each table that is too long for the page of all."""
    counts = Counter((row["kind"], row["status"]) for row in edition.rows(FORECASTS))
    return tuple(
        _list_page(kind, name)
        for kind in KINDS
        for name, of in PARTS.items()
        if sum(counts[kind, status] for status in of) > MANY
    )


def _list_page(kind: str, name: str) -> Page:
    def context(material: Material) -> dict[str, Any]:
        voice = material.voice
        rows = [row for row in _rows(voice, kind) if row["status"] in PARTS[name]]
        return {"table": _table(voice, name, rows), "place": f"{kind}-{name}"}

    return Page(
        slug=_slug(kind, name),
        template="ledger_list",
        context=context,
        title=lambda material: f"{material.voice.text(f'ledger.kind.{kind}')}: {material.voice.t(f'ledger.{name}')}",
        deck=lambda material: material.voice.t(f"ledger.{kind}.text"),
    )


def _slug(kind: str, name: str) -> str:
    return f"ledger-{kind}-{name}"


def _kind(voice: Voice, kind: str) -> dict[str, Any]:
    rows = _rows(voice, kind)
    parts = {name: [row for row in rows if row["status"] in of] for name, of in PARTS.items()}
    tables = {name: _table(voice, name, of) for name, of in parts.items() if len(of) <= MANY}
    return {
        "id": kind,
        "title": voice.text(f"ledger.kind.{kind}"),
        "text": voice.t(f"ledger.{kind}.text"),
        "counts": _told(voice, "counts", kind, {name: name for name in COUNTED}),
        "score": _score(voice, kind),
        "tables": [{"id": f"{kind}-{name}", "table": table} for name, table in tables.items() if table],
        "lists": [
            {"slug": _slug(kind, name), "words": voice.t(f"ledger.{name}"), "count": voice.number(len(of))}
            for name, of in parts.items()
            if len(of) > MANY
        ],
        "scores": _scores(voice, kind),
    }


def _told(voice: Voice, key: str, kind: str, names: dict[str, str]) -> Markup:
    """Fill a sentence with values of one kind: placeholder to the last part of the id."""
    shown = {name: voice.show(voice.edition.value(f"ledger.{kind}.{value}")) for name, value in names.items()}
    return voice.figured(voice.t(f"ledger.{key}", **shown))


def _score(voice: Voice, kind: str) -> Markup | str:
    if f"ledger.{kind}.log" not in voice.edition.values:
        return voice.t("ledger.no-score")
    names = {name: name for name in ("log", "brier", "happened", "questions")}
    return _told(voice, "score", kind, {**names, "resolved": "resolved-share"})


def _table(voice: Voice, name: str, rows: Sequence[dict[str, Any]]) -> TableView | None:
    """List forecasts by step; open ones of many editions side by side; a column that says one thing only is a note."""
    if not rows:
        return None
    if name == "open" and (matrix := _side_by_side(voice, rows)):
        return matrix
    given: dict[str, list[str]] = {
        "due": [voice.time(row["due"]) for row in rows],
        "probability": [_probability(voice, row) for row in rows],
        "made-on": [voice.time(row["made_on"]) for row in rows],
        **({"outcome": [_outcome(voice, row) for row in rows]} if name == "closed" else {}),
        "edition": [Markup("<code>{}</code>").format(row["edition"]) for row in rows],
    }
    alike = {one: cells[0] for one, cells in given.items() if one in REPEATED and len(set(cells)) == 1}
    columns = [one for one in given if one not in alike]
    notes = (Markup("{}: {}").format(voice.t(f"ledger.column.{one}"), cell) for one, cell in alike.items())
    return make_table(
        voice.t(f"ledger.{name}"),
        [voice.t(f"ledger.column.{one}") for one in columns],
        zip(*(given[one] for one in columns), strict=True),
        (1,),
        Markup("; ").join(notes),
        groups=_steps(voice, rows),
    )


def _side_by_side(voice: Voice, rows: Sequence[dict[str, Any]]) -> TableView | None:
    """Show what each edition gave, a column for each year of an edition; None for few, or for two of one year."""
    years = sorted({row["made_on"][:4] for row in rows})
    found = {(row[STEP], row["due"], row["made_on"][:4]): row for row in rows}
    if not 2 < len(years) <= MOST_EDITIONS or len(found) < len(rows):
        return None
    heads = sorted({(row[STEP], row["due"]) for row in rows}, key=lambda one: one[1])
    heads.sort(key=lambda one: [row[STEP] for row in rows].index(one[0]))
    cells = [
        (voice.time(due), *(_alone(voice, found.get((step, due, year))) for year in reversed(years)))
        for step, due in heads
    ]
    return make_table(
        voice.t("ledger.open.matrix"),
        [voice.t("ledger.column.due"), *reversed(years)],
        cells,
        range(1, len(years) + 1),
        voice.t("ledger.open.matrix.note"),
        groups=_steps(voice, [{STEP: step} for step, _ in heads]),
    )


def _steps(voice: Voice, rows: Sequence[dict[str, Any]]) -> list[str]:
    return [voice.word("step", row[STEP], "event") for row in rows]


def _alone(voice: Voice, row: dict[str, Any] | None) -> Markup:
    """Print a probability without its interval, which stands in the data."""
    return Markup() if row is None else voice.cell(FORECASTS, row[AT], "probability", "share")


def _probability(voice: Voice, row: dict[str, Any]) -> Markup:
    given = voice.triple(FORECASTS, row[AT], ("probability", "low", "high"), "share")
    return given if row["counted"] else voice.above(given, voice.t("ledger.replaced"))


def _outcome(voice: Voice, row: dict[str, Any]) -> Markup:
    said = voice.t(
        f"ledger.outcome.{row['status']}",
        **({"date": voice.date(row["happened_on"])} if row["status"] == "yes" else {}),
        **({"reason": row["reason"]} if row["status"] == "void" else {}),
    )
    notes = [source_link(row["source"], voice.edition.source(row["source"]).publisher)]
    if row["corrected"]:
        notes.append(Markup("{}").format(voice.t("ledger.corrected")))
    return Markup('{}<br><span class="note">{}</span>').format(said, Markup("; ").join(notes))


def _scores(voice: Voice, kind: str) -> TableView | None:
    """Show the scores by step; None where nothing is scored."""
    rows = [row for row in voice.edition.rows(SCORES) if row["kind"] == kind and row[STEP] != ALL and row["scored"]]
    forms = {"scored": "count", "happened": "count", "resolved_share": "percent", "log": "3", "brier": "3"}
    cells = [
        (
            voice.word("step", row[STEP], "event"),
            *(voice.cell(SCORES, row[AT], name, form) or NOTHING for name, form in forms.items()),
        )
        for row in rows
    ]
    headers = [voice.t(f"ledger.column.{name.partition('_')[0]}") for name in ("step", *forms)]
    return make_table(voice.t("ledger.scores"), headers, cells, range(1, len(headers))) if cells else None


def _rules(voice: Voice) -> list[str]:
    """Say for each step that was foretold which events count; a step whose events changed stands once with each."""
    found = dict.fromkeys((row[STEP], row["events"], row["needs"]) for row in voice.edition.rows(FORECASTS))
    sentences = []
    for step, events, needs in found:
        words = voice.listed(f"“{voice.word('event', event)}”" for event in (events or needs).split())
        key = "events" if events else "needs" if needs else "hand"
        filled = {"events": words} if words else {}
        sentences.append(voice.t(f"ledger.rule.{key}", step=voice.word("step", step, "event"), **filled))
    return sentences


PAGES = (
    Page(
        slug="ledger",
        group="method",
        context=_ledger,
        shown=lambda edition: FORECASTS in edition.table_names,
    ),
)
MAKERS = (_list_pages,)
