"""The page of all commitments: how far they have come together, by area, kind and addressee, and each of them."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice
from shteg.publish.records.tracker import (
    COMMITMENTS,
    COURSE,
    SHARES,
    addressee_slug,
    addressees,
    commitment_link,
    disagreement,
    gives_verdicts,
    is_tracked,
    status_mark,
)
from shteg.report import TableView
from shteg.report.edition_view import AT, Row
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

OVERDUE = "overdue"
LEADS = {"completed": "completed-share", "weighted": "weighted-share", "none": "status.no_evidence", OVERDUE: OVERDUE}
"""The figures at the top, each with the last part of the id of its value."""
COUNTED = ("commitments", "complete", "no_evidence", "overdue")
SCOPES = ("all", "kind", "area", "addressee")


def _tracker(material: Material) -> dict[str, Any]:
    voice = material.voice
    verdicts = gives_verdicts(voice.edition)
    told = {"count": _figure(voice, "count"), "known": _figure(voice, "with-events")}
    return {
        "verdicts": verdicts,
        "leads": _leads(voice) if verdicts else [],
        "counts": voice.figured(voice.t("tracker.counts" if verdicts else "tracker.plain", **told)),
        "list": _list(voice, verdicts),
        "groups": _groups(voice) if verdicts else None,
        "course": _course(voice) if verdicts else None,
        "addressees": [
            {"name": voice.named(f"addressee:{one}"), "slug": addressee_slug(one)} for one in addressees(voice)
        ],
    }


def _figure(voice: Voice, name: str) -> str:
    return voice.show(voice.edition.value(f"tracker.{name}"))


def _leads(voice: Voice) -> list[dict[str, Any]]:
    """Give both shares side by side, what is without evidence and what is overdue."""
    return [
        {
            "value": voice.value(voice.edition.value(f"tracker.{name}")),
            "what": voice.figured(
                voice.t(f"tracker.lead.{key}", **({"count": _figure(voice, "count")} if key == "none" else {}))
            ),
            **dict.fromkeys(("long", "frequency", "range"), ""),
            "marks": [],
        }
        for key, name in LEADS.items()
    ]


def _list(voice: Voice, verdicts: bool) -> TableView | None:
    """List the commitments by area, as a reader of the case knows them."""
    order = {area.id: at for at, area in enumerate(voice.edition.areas)}
    rows = sorted(voice.edition.rows(COMMITMENTS), key=lambda row: order.get(row["area"], len(order)))
    cells = [
        (
            commitment_link(voice, row),
            *((_status(voice, row),) if verdicts else ()),
            due_cell(voice, row),
            last_cell(voice, row),
            *(() if verdicts else (voice.cell(COMMITMENTS, row[AT], "events", "count"),)),
            voice.named(f"addressee:{row['addressee']}"),
        )
        for row in rows
    ]
    names = ("commitment", *(("status",) if verdicts else ()), "due", "last", *(() if verdicts else ("events",)))
    headers = [voice.t(f"tracker.column.{name}") for name in (*names, "addressee")]
    groups = [voice.named(f"area:{row['area']}") for row in rows]
    return make_table(
        voice.t("tracker.table"), headers, cells, () if verdicts else (3,), main=1, groups=groups
    )  # fmt: skip


def _status(voice: Voice, row: Row) -> Markup:
    mark, apart = status_mark(voice, row["status"]), disagreement(voice, row)
    return Markup("{}<br>{}").format(mark, apart) if apart else mark


def due_cell(voice: Voice, row: Row) -> Markup:
    """Give the last day, with what became of it below where that is no matter of course."""
    if not row["due"]:
        return Markup("{}").format(NOTHING)
    said = row["timeliness"]
    if said in (None, "ahead", "no_date"):
        return voice.time(row["due"])
    words = voice.text(f"tracker.time.{said}")
    kind = "tag unverified" if said == OVERDUE else "note"
    return Markup('{}<br><span class="{}">{}</span>').format(voice.time(row["due"]), kind, words)


def last_cell(voice: Voice, row: Row) -> Markup:
    """Give the day of the last event, and say below if it is out of date."""
    if not row["last_on"]:
        return Markup("{}").format(NOTHING)
    when = voice.time(row["last_on"])
    if row["freshness"] != "stale":
        return when
    return Markup('{}<br><span class="note">{}</span>').format(when, voice.text("tracker.fresh.stale"))


def _groups(voice: Voice) -> TableView | None:
    """Set both shares side by side for all, and for each group."""
    rows = [row for scope in SCOPES for row in voice.edition.rows(SHARES) if row["scope"] == scope]
    cells = []
    for row in rows:
        shares = (voice.cell(SHARES, row[AT], name, "percent") for name in ("completed_share", "weighted_share"))
        counts = {name: voice.cell(SHARES, row[AT], name, "count") for name in COUNTED}
        cells.append((_group(voice, row), Markup("{} / {}").format(*shares), *counts.values()))
    headers = [voice.column(SHARES, "group"), voice.t("tracker.column.both")]
    return make_table(
        voice.t("tracker.groups.table"),
        [*headers, *(voice.column(SHARES, name) for name in COUNTED)],
        cells,
        range(1, 2 + len(COUNTED)),
        groups=[voice.t(f"tracker.group.{row['scope']}") for row in rows],
    )


def _group(voice: Voice, row: Row) -> Markup | str:
    if row["scope"] == "all":
        return voice.t("tracker.all")
    if row["scope"] == "kind":
        return voice.text(f"tracker.kind.{row['group']}")
    name = voice.named(f"{row['scope']}:{row['group']}")
    if row["scope"] == "area":
        return name
    return Markup('<a href="{}.html">{}</a>').format(addressee_slug(row["group"]), name)


def _course(voice: Voice) -> TableView | None:
    forms = {"commitments": "count", "completed_share": "percent", "weighted_share": "percent"}
    rows = [
        (
            voice.cell(COURSE, row[AT], "year", "year"),
            *(voice.cell(COURSE, row[AT], name, form) for name, form in forms.items()),
        )
        for row in voice.edition.rows(COURSE)
    ]
    headers = [voice.column(COURSE, name) for name in ("year", *forms)]
    note = voice.table_note(COURSE)
    return make_table(voice.t("tracker.course"), headers, rows, range(4), note, main=3) if rows else None


def _deck(material: Material) -> str:
    return material.voice.t("deck.tracker" if gives_verdicts(material.voice.edition) else "deck.tracker.plain")


PAGES = (
    Page(
        slug="tracker",
        within="recommendations",
        group="publication",
        context=_tracker,
        shown=is_tracked,
        deck=_deck,
    ),
)
