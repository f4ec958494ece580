"""A page for each addressee: its commitments one by one, what each axis says of them, all that happened, a feed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from shteg.publish.citable.tracker import addressee_files, addressee_rows
from shteg.publish.html.page import Material, Page
from shteg.publish.pages.commitments.every import due_cell
from shteg.publish.printed import Voice
from shteg.publish.records.tracker import (
    AXES,
    COMMITMENTS,
    HAPPENINGS,
    SHARES,
    addressee_slug,
    addressees,
    disagreement,
    gives_verdicts,
    happenings_of,
    stage_name,
    status_mark,
)
from shteg.report import EditionView, TableView
from shteg.report.edition_view import AT, Row
from shteg.report.language.tables import make_table

REQUIREMENTS, CHRONICLE = "evidence.requirements", "evidence.chronicle"
FORMATS = {"csv": "CSV", "json": "JSON"}


@lru_cache(maxsize=8)
def addressee_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give a page for each addressee, in the order of the first commitment of each."""
    found = dict.fromkeys(row["addressee"] for row in edition.rows(COMMITMENTS))
    return tuple(_page(one) for one in found)


def _page(addressee: str) -> Page:
    return Page(
        slug=addressee_slug(addressee),
        template="tracker_addressee",
        context=lambda material: _context(material, addressee),
        title=lambda material: material.voice.named(f"addressee:{addressee}"),
        within="tracker",
        beside=lambda material: _files(material, addressee),
    )


def _files(material: Material, addressee: str) -> Mapping[str, Callable[[], bytes]]:
    found = addressee_files(material.voice, addressee)
    return {name: lambda content=content: content for name, content in found.items()}  # type: ignore[misc]


def _context(material: Material, addressee: str) -> dict[str, Any]:
    voice, slug = material.voice, addressee_slug(addressee)
    name = voice.named(f"addressee:{addressee}")
    return {
        "feed": f"{slug}.xml",
        "feed_name": voice.t("tracker.feed.title", title=voice.own(voice.edition.case.title), addressee=name),
        "files": [(f"{slug}.{suffix}", voice.t("tracker.download", format=of)) for suffix, of in FORMATS.items()],
        "shares": _shares(voice, addressee),
        "commitments": [_commitment(voice, row) for row in addressee_rows(voice, addressee)],
        "others": [
            (f"{addressee_slug(one)}.html", voice.named(f"addressee:{one}"))
            for one in addressees(voice)
            if one != addressee
        ],
    }


def _shares(voice: Voice, addressee: str) -> Markup:
    """Say how much is done, both shares in one sentence."""
    if not gives_verdicts(voice.edition):
        return voice.figured(
            voice.t("tracker.shares.plain", count=voice.counted(COMMITMENTS, f"addressee={addressee}"))
        )
    for row in voice.edition.rows(SHARES):
        if (row["scope"], row["group"]) == ("addressee", addressee):
            forms = {
                "count": ("commitments", "count"), "complete": ("complete", "count"),
                "completed": ("completed_share", "percent"), "weighted": ("weighted_share", "percent"),
                "none": ("no_evidence", "count"), "overdue": ("overdue", "count"),
            }  # fmt: skip
            told = {name: voice.placed(SHARES, row[AT], *of) for name, of in forms.items()}
            return voice.figured(voice.t("tracker.shares", **told))
    return Markup()


def _commitment(voice: Voice, row: Row) -> dict[str, Any]:
    return {
        "id": row["commitment"],
        "title": voice.named(f"commitment:{row['commitment']}"),
        "facts": [(voice.t(f"tracker.{name}"), said) for name, said in _facts(voice, row) if said],
        "history": _history(voice, row),
    }


def _facts(voice: Voice, row: Row) -> list[tuple[str, Markup]]:
    """Give what there is to know of a commitment, each under the last part of its message."""
    made = voice.t("tracker.made", kind=voice.text(f"tracker.kind.{row['kind']}"), date=voice.date(row["made_on"]))
    due = due_cell(voice, row) if row["due"] else Markup("{}").format(voice.t("tracker.due.none"))
    done = voice.time(row["done_on"]) if row["done_on"] else Markup()
    return [
        ("status", _status(voice, row)),
        ("words", _words(voice, row)),
        ("due", due),
        ("done", done),
        ("kind", Markup("{} ({})").format(made, voice.cited(row))),
        ("target", _target(voice, row)),
        ("measure", voice.measure(row["measure"]) if row["measure"] else Markup()),
        ("programme", _named(voice, "programme", row["programme"])),
        ("last", _last(voice, row)),
    ]


def _named(voice: Voice, kind: str, name: str | None) -> Markup:
    return Markup("{}").format(voice.named(f"{kind}:{name}")) if name else Markup()


def _status(voice: Voice, row: Row) -> Markup:
    if row["status"] is None:
        return Markup()
    mark, apart = status_mark(voice, row["status"]), disagreement(voice, row)
    parts = [mark]
    if row["axis"]:
        parts.append(
            voice.figured(voice.t("tracker.part", part=voice.placed(COMMITMENTS, row[AT], "weight", "percent")))
        )
    return Markup(" · ").join([*parts, *([apart] if apart else [])])


def _words(voice: Voice, row: Row) -> Markup:
    """List what each axis says, with the day of the event that says so."""
    said = []
    told = happenings_of(voice.edition)[row["commitment"]]
    for axis in AXES:
        stage = row[f"{axis}_stage"]
        last = [one for one in told if one["axis"] == axis and one["withdrawn_by"] is None]
        if stage and last:
            words = {"axis": voice.text(f"tracker.axis.{axis}"), "stage": stage_name(voice, row, stage)}
            said.append(voice.t("tracker.said", **words, date=voice.date(last[-1]["happened_on"])))
    if not said:
        return Markup()
    return Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(one) for one in said))


def _target(voice: Voice, row: Row) -> Markup:
    """Give the indicator of the requirement with the value that is wanted."""
    for wanted in voice.edition.rows(REQUIREMENTS):
        if wanted["id"] == row["requirement"]:
            indicator = voice.field(wanted, "indicator")
            if wanted["target"] is None:
                return Markup("{}").format(indicator)
            target = voice.placed(REQUIREMENTS, wanted[AT], "target", "plain")
            return voice.figured(voice.t("tracker.target.of", indicator=indicator, target=target))
    return Markup()


def _last(voice: Voice, row: Row) -> Markup:
    if not row["last_on"]:
        return Markup()  # the page says below that nothing is on record
    if not row["freshness"]:
        return voice.time(row["last_on"])
    words = Markup(voice.t("tracker.last-and", date="{}", fresh="{}"))
    return words.format(voice.time(row["last_on"]), voice.text(f"tracker.fresh.{row['freshness']}"))


def _history(voice: Voice, row: Row) -> TableView | None:
    cells = [
        (
            voice.time(one["happened_on"]),
            _what(voice, row, one),
            voice.text(f"tracker.axis.{one['axis']}"),
            voice.cited(one),
        )
        for one in happenings_of(voice.edition)[row["commitment"]]
    ]
    headers = [*(voice.t(f"tracker.column.{name}") for name in ("when", "what", "axis")), voice.t("source")]
    title = voice.named(f"commitment:{row['commitment']}")
    return make_table(voice.t("tracker.history.of", title=title), headers, cells) if cells else None


def _what(voice: Voice, row: Row, one: Row) -> Markup:
    """Say what happened, with the stage that it stands for below; a withdrawn event is struck out."""
    stage = stage_name(voice, row, one["stage"])
    told = _told(voice, row, one)
    said = Markup('{}<br><span class="note">{}</span>').format(told, stage) if told else Markup("{}").format(stage)
    if one["withdrawn_by"] is None:
        return said
    return Markup('<s>{}</s><br><span class="note">{}</span>').format(said, voice.t("tracker.withdrawn"))


def _told(voice: Voice, row: Row, one: Row) -> Markup | str:
    """Give the words of the table that an event comes from; those of a line of its own are its stage."""
    if one["origin"] == "chronicle":
        titles = (voice.field(event, "title") for event in voice.edition.rows(CHRONICLE) if event["id"] == one["key"])
        return next(titles, "")
    for wanted in voice.edition.rows(REQUIREMENTS):
        if wanted["id"] == row["requirement"] and one["origin"] == "reading":
            value = voice.placed(HAPPENINGS, one[AT], "value", "plain")
            filled = {"indicator": voice.field(wanted, "indicator"), "value": value}
            return voice.figured(voice.t("tracker.what.reading", **filled))
        if wanted["id"] == row["requirement"] and one["origin"] == "status":
            return voice.t("tracker.what.status", status=voice.t(f"status.{wanted['status']}"))
    return ""


MAKERS = (addressee_pages,)
