"""The page of what was printed wrongly, and what is right."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from shteg.publish.corrected import page_named, right_printed
from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice
from shteg.report.history_view import ErratumView, earlier_editions, errata
from shteg.report.language.editions import edition_name

REPORT = "report"


def _errata(material: Material) -> dict[str, Any]:
    voice = material.voice
    return {"entries": [_entry(voice, one) for one in errata(voice.edition)]}


def _entry(voice: Voice, one: ErratumView) -> dict[str, Any]:
    pages = Markup(", ").join(_link(voice, slug) for slug in one.pages)
    return {
        "id": one.id,
        "heading": voice.filled("errata.entry", date=voice.time(one.published_on), pages=pages),
        "facts": [
            (voice.t("errata.edition"), _concerned(voice, one)),
            _what(voice, one),
            (voice.t("errata.wrong"), Markup("<del>{}</del>").format(voice.own(one.wrong))),
            (voice.t("errata.right"), right_printed(voice, one)),
        ],
        "text": voice.own(one.text),
    }


def _link(voice: Voice, slug: str) -> Markup:
    """Lead to a page; an edition without texts has no report to lead to."""
    name = page_named(voice, slug)
    if voice.edition.without_text and slug == REPORT:
        return escape(name)
    return Markup('<a href="{}.html">{}</a>').format(slug, name)


def _concerned(voice: Voice, one: ErratumView) -> str:
    known = {earlier.id: earlier for earlier in earlier_editions(voice.edition)}
    found = known.get(one.edition or "")
    return edition_name(found.spoken, voice.language) if found else voice.t("errata.edition.all")


def _what(voice: Voice, one: ErratumView) -> tuple[str, Markup]:
    """Name the figure that is corrected, or the block of text."""
    if one.value is None:
        return voice.t("errata.block"), Markup("<code>{}</code>").format(one.block)
    value = voice.edition.value(one.value)
    link = Markup('<a href="{}#value-{}">{}</a>').format(voice.values_page(value.id), value.id, voice.what(value))
    return voice.t("errata.figure"), Markup("{} <code>{}</code>").format(link, value.id)


PAGES = (Page(slug="errata", group="publication", context=_errata, shown=lambda edition: bool(errata(edition))),)
