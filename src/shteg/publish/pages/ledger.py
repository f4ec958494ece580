"""The page of what earlier editions said: what is overdue first, real forecasts and reconstructed ones apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice, source_link
from shteg.report import TableView
from shteg.report.edition_view import AT
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

FORECASTS, SCORES = "ledger.forecasts", "ledger.scores"
KINDS = ("real", "reconstructed")
STEP, ALL = "foretold_step", "all"
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
    return [row for row in voice.edition.rows(FORECASTS) if row["kind"] == kind]


def _kind(voice: Voice, kind: str) -> dict[str, Any]:
    rows = _rows(voice, kind)
    tables = {name: _table(voice, name, [row for row in rows if row["status"] in of]) for name, of in PARTS.items()}
    return {
        "id": kind,
        "title": voice.text(f"ledger.kind.{kind}"),
        "text": voice.t(f"ledger.{kind}.text"),
        "counts": _told(voice, "counts", kind, {name: name for name in COUNTED}),
        "score": _score(voice, kind),
        "tables": [{"id": f"{kind}-{name}", "table": table} for name, table in tables.items() if table],
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
    closed = name == "closed"
    columns = ["step", "due", "made-on", "probability", *(["outcome"] if closed else []), "edition"]
    cells = [
        (
            voice.word("step", row[STEP], "event"),
            voice.date(row["due"]),
            voice.date(row["made_on"]),
            _probability(voice, row),
            *([_outcome(voice, row)] if closed else []),
            row["edition"],
        )
        for row in rows
    ]
    headers = [voice.t(f"ledger.column.{one}") for one in columns]
    return make_table(voice.t(f"ledger.{name}"), headers, cells, (3,)) if rows else None


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
