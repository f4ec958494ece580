"""The pages made of texts: the announcement (first page), the report, the text on method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from shteg.errors import PublishError
from shteg.publish.formulas import formula_pages
from shteg.publish.html.edition_tables import edition_table
from shteg.publish.html.front import authors_of, claims_of, front_figures, imprint_of, leads_of
from shteg.publish.html.naming import citation, language_name
from shteg.publish.html.page import Material, Page
from shteg.publish.html.pictures import counted, picture
from shteg.publish.html.text import Inserts, render_parts
from shteg.publish.pages.example import worked_example
from shteg.publish.pages.recommendations import areas_of
from shteg.publish.pages.reference import method_context
from shteg.publish.printed import Voice
from shteg.report import Document
from shteg.report.language.marked import Quoted
from shteg.report.text.addresses import LINK_HINT, allowed_link, is_place, web_address
from shteg.report.text.front_matter import FRONT_PAGE
from shteg.report.text.front_page import CLAIMS, HOW
from shteg.report.text.resolve import resolved_texts
from shteg.report.text.tree import Authors, Block, Heading

_HERE = "\u0001"
"""Stands for links while a message is filled."""


def read_texts(voice: Voice) -> dict[str, Document]:
    """Give every text of this language, resolved."""
    return resolved_texts(voice.edition, voice.language)


def place_of(href: str) -> str:
    """Turn a place in the publication (`#block`, `members`, `members#map`) into an address; others stay, if allowed.

    Raises
    ------
    PublishError
        No page may link there.
    """
    if not allowed_link(href):
        raise PublishError(f"a text links to {href!r}", LINK_HINT)
    if href.startswith("#") or not is_place(href):
        return href
    page, mark, fragment = href.partition("#")
    return f"{page.removesuffix('.html')}.html{mark}{fragment}"


def _inserts(material: Material, slug: str) -> Inserts:
    voice, figures = material.voice, material.figures
    return Inserts(
        value=lambda value_id, style, text: voice.figured(Quoted(text, value_id, style)),
        figure=lambda chart_id: figures.html(slug, chart_id),
        table=lambda table: figures.render("table", edition_table(voice, table), table),
        image=lambda image_id: picture(voice, image_id, material.edition_path),
        grid=lambda view: figures.render("table", view, ""),
        count=lambda kind, number: counted(voice, kind, number),
        measures=lambda: figures.render("measure_list", areas_of(voice)),
        authors=lambda: figures.render("authors", authors_of(voice)),
        place=place_of,
    )


def text_parts(material: Material, name: str, slug: str, *, without: str = "", only: str = "") -> list[dict[str, Any]]:
    """Render a text for a page: its parts under headings of level 2; none where the edition lacks the text.

    Parameters
    ----------
    material : Material
        Language and texts.
    name, slug : str
        Of the text and of the page.
    without : str
        Id of a block that is shown elsewhere on the page, and leaves no empty part behind.
    only : str
        Id of the one part that is wanted; all of them if left out.

    Returns
    -------
    list of dict
        Id, heading, title and body of each.
    """
    if name not in material.texts:
        return _not_yet(material.voice, name, slug)
    document = material.texts[name]
    wanted = _part_of(document, only) if only else document.blocks
    kept = replace(document, blocks=tuple(block for block in wanted if block.id != without))
    titles = {block_id: text for block_id, level, text in document.headings() if level == 2}
    return [
        {"id": part.id, "heading": part.heading, "title": titles.get(part.id, ""), "body": part.body}
        for part in render_parts(kept, _inserts(material, slug))
        if part.body or not without
    ]


def _part_of(document: Document, part: str) -> tuple[Block, ...]:
    """Give the blocks under one heading of level 2, with that heading."""
    inside, found = False, []
    for block in document.blocks:
        if isinstance(block.content, Heading) and block.content.level == 2:
            inside = block.id == part
        if inside:
            found.append(block)
    return tuple(found)


def _not_yet(voice: Voice, name: str, slug: str) -> list[dict[str, Any]]:
    """Say that a text is not yet in this language, and where it can be read; nothing where the edition lacks it."""
    edition = voice.edition
    if voice.language not in edition.case.not_yet.get(name, ()):
        return []
    link = Markup('<a href="../{0}/{1}.html" hreflang="{0}" lang="{0}">{2}</a>')
    others = [one for one in edition.languages if name in edition.texts[one]]
    links = Markup(", ").join(link.format(one, slug, language_name(one)) for one in others)
    before, after = voice.t("not-yet.text", languages=_HERE).split(_HERE)
    body = Markup('<p class="warning">{}{}{}</p>').format(before, links, after)
    return [{"id": "not-yet", "heading": voice.t("not-yet"), "title": voice.t("not-yet"), "body": body}]


def _index(material: Material) -> dict[str, Any]:
    voice, document = material.voice, material.texts.get(FRONT_PAGE)
    shared = {"people": authors_of(voice), "imprint": imprint_of(voice), "citation": citation(voice)}
    if document is None:
        nothing: dict[str, Any] = {
            "leads": [],
            "claims": [],
            "how": None,
            "figures": [],
            "parts": _not_yet(voice, FRONT_PAGE, "index"),
            "authors_shown": False,
        }
        return {**nothing, **shared, "areas": areas_of(voice)}
    inserts = _inserts(material, "index")
    parts = text_parts(material, FRONT_PAGE, "index", without=CLAIMS)
    return {
        "leads": leads_of(voice, document, inserts),
        "claims": claims_of(document, inserts),
        "how": next((part for part in parts if part["id"] == HOW), None),
        "figures": front_figures(document, material.figures),
        "parts": [part for part in parts if part["id"] != HOW],
        "authors_shown": Authors in {type(block.content) for block in document.blocks},
        "areas": [],
        **shared,
    }


def _report(material: Material) -> dict[str, Any]:
    source_ids = material.texts["report"].source_ids if "report" in material.texts else ()
    return {
        "parts": text_parts(material, "report", "report"),
        "references": [_reference(material.voice, one) for one in source_ids],
    }


def _reference(voice: Voice, source_id: str) -> Markup:
    """Write a source as a reference."""
    found = voice.edition.source(source_id)
    address = web_address(found.address)
    printed = Markup(' <span class="on-paper">{}</span>').format(address) if address else Markup()
    return Markup('{}. {}. <span class="note">{}</span>{}').format(
        voice.source(source_id), found.publisher, voice.grade(found.grade), printed
    )


def _method(material: Material) -> dict[str, Any]:
    voice = material.voice
    return method_context(voice) | {
        "parts": text_parts(material, "method", "method"),
        "example": worked_example(voice),
        "formulas": [{"slug": page.slug, "title": voice.t(f"page.{page.slug}")} for page in formula_pages().values()],
    }


PAGES = (
    Page(
        slug="index",
        place=1,
        group="publication",
        context=_index,
        title=lambda material: material.title_of(FRONT_PAGE),
        deck=lambda material: material.description_of(FRONT_PAGE),
    ),
    Page(
        slug="report",
        place=2,
        group="publication",
        context=_report,
        shown=lambda edition: not edition.without_text,
        title=lambda material: material.title_of("report"),
        deck=lambda material: material.description_of("report"),
    ),
    Page(slug="method", place=7, group="method", context=_method),
)
