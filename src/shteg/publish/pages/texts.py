"""The pages made of texts: the announcement (first page), the report, the text on method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from shteg.errors import PublishError
from shteg.publish.formulas import formula_pages
from shteg.publish.html.edition_tables import edition_table
from shteg.publish.html.page import Material, Page
from shteg.publish.html.pictures import counted, picture
from shteg.publish.html.text import Inserts, render_parts
from shteg.publish.pages.example import worked_example
from shteg.publish.pages.recommendations import areas_of
from shteg.publish.pages.reference import method_context
from shteg.publish.printed import Voice
from shteg.report import Document
from shteg.report.language.marked import Quoted
from shteg.report.text.addresses import LINK_HINT, allowed_link, followed_address, is_place
from shteg.report.text.resolve import resolved_texts
from shteg.report.text.tree import Authors, Block, Heading, MeasuresList, ValueRun, leaves, runs_of

LEADS = 4
"""Figures shown large on the first page."""


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


def authors_of(voice: Voice) -> list[dict[str, str]]:
    """Give name, lines and address of each author."""
    return [
        {"name": voice.own(one.name), "about": voice.own(one.about), "address": followed_address(one.address)}
        for one in voice.edition.case.authors
    ]


def text_parts(material: Material, name: str, slug: str, only: str = "") -> list[dict[str, Any]]:
    """Render a text for a page: its parts under headings of level 2; none where the edition lacks the text.

    Parameters
    ----------
    material : Material
        Language and texts.
    name, slug : str
        Of the text and of the page.
    only : str
        Id of the one part that is wanted; all of them if left out.

    Returns
    -------
    list of dict
        Id, heading, title and body of each.
    """
    if name not in material.texts:
        return []
    voice, figures, document = material.voice, material.figures, material.texts[name]
    if only:
        document = replace(document, blocks=_part_of(document, only))
    inserts = Inserts(
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
    titles = {block_id: text for block_id, level, text in document.headings() if level == 2}
    return [
        {"id": part.id, "heading": part.heading, "title": titles.get(part.id, ""), "body": part.body}
        for part in render_parts(document, inserts)
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


def _index(material: Material) -> dict[str, Any]:
    voice, document = material.voice, material.texts.get("announcement")
    kinds = {type(block.content) for block in document.blocks} if document else set()
    return {
        "leads": _leads(voice, document) if document else [],
        "parts": text_parts(material, "announcement", "index"),
        "areas": areas_of(voice),
        "people": authors_of(voice),
        "measures_before": None if MeasuresList in kinds else _part_of_authors(document),
        "authors_shown": Authors in kinds,
    }


def _part_of_authors(document: Document | None) -> str:
    """Give the part that holds the lines about the authors, which the measures come before; empty if there is none."""
    part = ""
    for block in document.blocks if document else ():
        if isinstance(block.content, Heading) and block.content.level == 2:
            part = block.id
        if isinstance(block.content, Authors):
            return part
    return ""


def _leads(voice: Voice, document: Document) -> list[dict[str, Any]]:
    """Take the first figures of the announcement: shares before other numbers, one of each kind of message."""
    runs = (run for block in document.blocks for run in leaves(runs_of(block.content)))
    quoted = dict.fromkeys(run.value_id for run in runs if isinstance(run, ValueRun))
    values = [value for value in map(voice.edition.value, quoted) if not isinstance(value.number, str)]
    values.sort(key=lambda value: value.unit not in ("share", "points", "days", "years"))
    return [
        {
            "value": voice.value(one),
            "what": voice.what(one),
            "range": voice.with_level(one),
            "long": len(voice.show(one)) > 12,
        }
        for one in values[:LEADS]
    ]


def _report(material: Material) -> dict[str, Any]:
    source_ids = material.texts["report"].source_ids if "report" in material.texts else ()
    return {
        "parts": text_parts(material, "report", "report"),
        "references": [_reference(material.voice, one) for one in source_ids],
    }


def _reference(voice: Voice, source_id: str) -> Markup:
    """Write a source as a reference."""
    found = voice.edition.source(source_id)
    return Markup('{}. {}. <span class="note">{}</span>').format(
        voice.source(source_id), found.publisher, voice.grade(found.grade)
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
        title=lambda material: material.title_of("announcement"),
        deck=lambda material: material.description_of("announcement"),
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
