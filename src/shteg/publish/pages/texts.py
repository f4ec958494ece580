"""The pages made of texts: the announcement (first page), the report, the text on method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from shteg.errors import PublishError
from shteg.publish.html.edition_tables import edition_table
from shteg.publish.html.figures import Figures
from shteg.publish.html.text import Inserts, render_parts
from shteg.publish.pages.recommendations import areas_of
from shteg.publish.printed import Voice, safe_address
from shteg.report import Document, parse_document, resolve
from shteg.report.text.addresses import LINK_HINT, allowed_link, is_place
from shteg.report.text.tree import Authors, Heading, MeasuresList, ValueRun, leaves, runs_of

LEADS = 4
"""Figures shown large on the first page."""

Texts = Mapping[str, Document]


def read_texts(voice: Voice) -> dict[str, Document]:
    """Read and resolve every text of this language."""
    found = {}
    for name, text in voice.edition.texts[voice.language].items():
        where = f"text/{voice.language}/{name}.md"
        found[name] = resolve(parse_document(text, language=voice.language, name=name, file=where), voice.edition)
    return found


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


def _inserts(voice: Voice, figures: Figures, slug: str) -> Inserts:
    return Inserts(
        value=voice.value_as,
        figure=lambda chart_id: figures.html(slug, chart_id),
        table=lambda name: figures.table_html(edition_table(voice, name), name),
        measures=lambda: figures.render("measure_list", areas_of(voice)),
        authors=lambda: figures.render("authors", authors_of(voice)),
        place=place_of,
    )


def authors_of(voice: Voice) -> list[dict[str, str]]:
    """Give name, lines and address of each author."""
    return [
        {
            "name": voice.own(author["name"]),
            "about": voice.own(author["about"]),
            "address": safe_address(author.get("address")),
        }
        for author in voice.edition.case["authors"]
    ]


def _parts(voice: Voice, document: Document, figures: Figures, slug: str) -> list[dict[str, Any]]:
    titles = {block_id: text for block_id, level, text in document.headings() if level == 2}
    return [
        {"id": part.id, "heading": part.heading, "title": titles.get(part.id, ""), "body": part.body}
        for part in render_parts(document, _inserts(voice, figures, slug))
    ]


def index_context(voice: Voice, texts: Texts, figures: Figures) -> dict[str, Any]:
    """Give what the template `index.html.j2` needs."""
    document = texts.get("announcement")
    kinds = {type(block.content) for block in document.blocks} if document else set()
    return {
        "leads": _leads(voice, document) if document else [],
        "parts": _parts(voice, document, figures, "index") if document else [],
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
    seen: dict[str, None] = {}
    for block in document.blocks:
        for run in leaves(runs_of(block.content)):
            if isinstance(run, ValueRun) and not isinstance(voice.edition.value(run.value_id).number, str):
                seen.setdefault(run.value_id)
    ids = sorted(seen, key=lambda one: voice.edition.value(one).unit not in ("share", "days", "years"))[:LEADS]
    return [
        {
            "value": voice.value(one),
            "what": voice.what(one),
            "range": voice.interval(one),
            "long": len(voice.text(one)) > 12,
        }
        for one in ids
    ]


def report_context(voice: Voice, texts: Texts, figures: Figures) -> dict[str, Any]:
    """Give what the template `report.html.j2` needs."""
    document = texts.get("report")
    if document is None:
        return {"parts": [], "references": []}
    return {
        "parts": _parts(voice, document, figures, "report"),
        "references": [reference(voice, one) for one in document.source_ids],
    }


def reference(voice: Voice, source_id: str) -> Markup:
    """Write a source as a reference."""
    found = voice.edition.sources[source_id]
    return Markup('{}. {}. <span class="note">{}</span>').format(
        voice.source(source_id), found["publisher"], voice.grade(found["grade"])
    )


def method_parts(voice: Voice, texts: Texts, figures: Figures) -> list[dict[str, Any]]:
    """Render the text on method, if the case has one."""
    document = texts.get("method")
    return _parts(voice, document, figures, "method") if document else []
