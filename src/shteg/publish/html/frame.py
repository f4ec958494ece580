"""What every page needs around its own words: titles, navigation, languages, licence, machine-readable description."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from shteg.publish.corrected import notices
from shteg.publish.drawing.members_map import marked_name
from shteg.publish.html.json_ld import structured_data
from shteg.publish.html.naming import author_names, days, documents_of, language_name, site_address
from shteg.publish.html.page import GROUPS, Material, Page
from shteg.publish.html.policy import CONTENT_POLICY
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.history_view import this_edition
from shteg.report.text.front_matter import FRONT_PAGE
from shteg.report.text.resolve import read_resolved

_LINK = re.compile(r"</?a\b[^>]*>")
"""The first page is a link itself: a figure of its headline leads nowhere else."""
SEARCH = "search"
"""Slug of the page of search: where there is one, every page has the box."""


def notice(voice: Voice) -> str:
    """Say plainly that there is no text, and why; empty for an edition with texts."""
    if not voice.edition.without_text:
        return ""
    return voice.t("no-text", date=voice.date(voice.edition.case.as_of))


def frame(page: Page, material: Material, pages: Sequence[Page]) -> Mapping[str, Any]:
    """Give what `base.html.j2` needs.

    Parameters
    ----------
    page : Page
        The one that is written.
    material : Material
        Its language and texts.
    pages : sequence of Page
        All pages of the publication that have a place or a group, in order.

    Returns
    -------
    mapping
    """
    voice = material.voice
    case, address = voice.edition.case, site_address(voice.edition)
    title = page_title(page, material)
    deck = page.deck(material) if page.deck else voice.t(f"deck.{page.kind}")
    return {
        **voice.edition.once(("frame", voice.language), lambda: _same_everywhere(material, pages)),
        "slug": page.slug,
        "page_title": str(title),
        "page_heading": voice.figured(title),
        "kicker": voice.own(case.publisher if page.slug == "report" else case.title),
        "deck": voice.figured(deck),
        "description": str(deck) or str(title),
        "canonical": f"{address}/{voice.language}/{page.slug}.html" if address else "",
        "within": page.within,
        "errata": notices(voice, page.slug),
        "json_ld": Markup(structured_data(voice, page.slug, title, deck, address)),
    }


def page_title(page: Page, material: Material) -> str:
    """Give the title of a page; it may know which of its characters are figures."""
    return page.title(material) if page.title else material.voice.t(f"page.{page.kind}")


def _same_everywhere(material: Material, pages: Sequence[Page]) -> Mapping[str, Any]:
    """Give what is the same on every page of a language."""
    voice = material.voice
    edition, case = voice.edition, voice.edition.case
    links = [{"slug": page.slug, "name": _link(page, material), "group": page.group} for page in pages]
    grouped = [(voice.t(f"group.{group}"), [one for one in links if one["group"] == group]) for group in GROUPS]
    return {
        "language": voice.language,
        "t": voice.t,
        "policy": CONTENT_POLICY,
        "no_text": notice(voice),
        "site_title": voice.own(case.title),
        "author_names": author_names(voice),
        "publisher": voice.own(case.publisher),
        "logo": f"{material.edition_path}/{edition.images[case.logo].file}" if case.logo else "",
        "as_of": voice.date(case.as_of),
        "days": days(voice),
        "edition_id": this_edition(edition, voice.language),
        "licence": case.licence,
        "footnote": voice.own(case.note_in(voice.language)),
        "marked_name": marked_name(voice) if case.marks_note(voice.language) else "",
        "pages": [link for link, page in zip(links, pages, strict=True) if page.place],
        "footer_groups": [{"name": name, "pages": inside} for name, inside in grouped if inside],
        "search": any(page.slug == SEARCH for page in pages),
        "languages": [{"code": one, "name": language_name(one)} for one in map(edition.language_of, edition.languages)],
        "documents": documents_of(voice),
    }


def _link(page: Page, material: Material) -> str:
    """Name a page where others lead to it: short, if it has a short name."""
    if page.slug == "index" and material.voice.edition.without_text:
        return material.voice.t("no-text.start")
    return material.voice.text_or(f"publish.page.{page.slug}", "") or str(page_title(page, material))


def choice(edition: EditionView) -> Mapping[str, Any]:
    """Give what `choice.html.j2` needs: the first page, where a reader chooses the language."""
    voices = [Voice(edition, language) for language in edition.languages]
    languages = [
        {
            "code": voice.language,
            "name": language_name(voice.language),
            "headline": _headline(voice),
            "title": voice.own(edition.case.title),
            "publisher": voice.own(edition.case.publisher),
            "authors": author_names(voice),
            "days": days(voice),
            "choose": voice.t("choose"),
            "no_text": notice(voice),
        }
        for voice in voices
    ]
    return {"languages": languages, "policy": CONTENT_POLICY}


def _headline(voice: Voice) -> Markup:
    """Give the title of the announcement with its figures, or of the publication where there is none."""
    if FRONT_PAGE not in voice.edition.texts[voice.language]:
        return escape(voice.own(voice.edition.case.title))
    document, _ = read_resolved(voice.edition, voice.language, FRONT_PAGE)
    return Markup(_LINK.sub("", voice.figured(document.title)))
