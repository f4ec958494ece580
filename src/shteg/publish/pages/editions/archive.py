"""The list of editions: how each is called, as of which day it stands, where it lies."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice
from shteg.report.history_view import EarlierView, earlier_editions
from shteg.report.language.editions import edition_name
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING


def _editions(material: Material) -> dict[str, Any]:
    voice = material.voice
    manifest, case = voice.edition.manifest, voice.edition.case
    own = (
        _named(voice, edition_name(manifest.name, voice.language), manifest.edition),
        voice.time(case.as_of),
        escape(voice.t("editions.current")),
        NOTHING,
    )
    rows = [own, *(_row(voice, one) for one in earlier_editions(voice.edition))]
    headers = [voice.t(f"editions.column.{name}") for name in ("name", "day", "place", "note")]
    return {"table": make_table(voice.t("editions.list"), headers, rows)}


def _row(voice: Voice, one: EarlierView) -> tuple[str, ...]:
    name = edition_name(one.spoken, voice.language)
    return (
        _named(voice, name, one.edition),
        voice.time(one.day),
        _place(voice, one, name),
        voice.own(one.note) or NOTHING,
    )


def _named(voice: Voice, name: str, edition: str | None) -> Markup:
    if not edition:
        return escape(name)
    note = voice.filled("editions.name", edition=Markup("<code>{}</code>").format(edition))
    return Markup('{}<br><span class="note">{}</span>').format(name, note)


def _place(voice: Voice, one: EarlierView, name: str) -> Markup | str:
    words = Markup('{}<span class="unseen"> ({})</span>').format(voice.t("editions.open"), name)
    if one.kept:
        return Markup('<a href="../editions/{}/index.html">{}</a>').format(one.id, words)
    return Markup('<a href="{}">{}</a>').format(one.address, words) if one.address else voice.t("editions.lost")


PAGES = (
    Page(
        slug="editions",
        group="publication",
        context=_editions,
        shown=lambda edition: bool(earlier_editions(edition)),
    ),
)
