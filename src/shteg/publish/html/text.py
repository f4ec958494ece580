"""From the tree of a text to HTML: one function for runs, one for blocks, and the parts of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from shteg.errors import A_FAULT, PublishError
from shteg.report import TableView
from shteg.report.language.marked import Style
from shteg.report.language.tables import make_table
from shteg.report.text.tree import (
    Authors,
    Block,
    CitationRun,
    Content,
    DirectionRun,
    Document,
    Emphasis,
    Figure,
    Grid,
    Heading,
    Image,
    LineBreak,
    Link,
    ListBody,
    ListItem,
    MeasureRun,
    MeasuresList,
    NumberRun,
    Paragraph,
    Quote,
    Run,
    Strong,
    TableRef,
    Text,
    ValueRun,
    numbered_kind,
)

EMPTY = Markup()
_HELD = "\u00a0"
"""A space that no line breaks at."""
VOID_BREAK = Markup("<br>")
NAME_WITH_ENDING = re.compile(r"\b([A-ZËÇ]{2,}-[a-zëç]{1,4})\b")
"""An abbreviation with its case ending, which must stay on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserts:
    """What the page supplies for runs and blocks that are not text.

    Attributes
    ----------
    value : callable
        (value id, style, printed text) to a value with its provenance.
    figure, table, image : callable
        Chart id, table name or image id to a figure or a table.
    grid : callable
        A written table, caption and cells rendered, to a table.
    count : callable
        ("figure" or "table", number) to what stands above it: “Figure 3”.
    measures, authors : callable
        To the list of all measures and to the lines about the authors.
    place : callable
        Target of a link inside the publication (`#block`, `members`) to an address.
    """

    value: Callable[[str, Style, str], Markup]
    figure: Callable[[str], Markup]
    table: Callable[[str], Markup]
    image: Callable[[str], Markup]
    grid: Callable[[TableView], Markup]
    count: Callable[[str, int], Markup]
    measures: Callable[[], Markup]
    authors: Callable[[], Markup]
    place: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of level 2 with all that follows it; the first part of a text may have none."""

    id: str
    heading: Markup
    body: Markup


def render_runs(runs: Iterable[Run], inserts: Inserts) -> Markup:
    """Render runs; every author's character is escaped, and the mark of a citation never begins a line."""
    kept = list(runs)
    for at, (run, behind) in enumerate(pairwise(kept)):
        if isinstance(behind, CitationRun) and isinstance(run, Text) and run.text.endswith(" "):
            kept[at] = Text(run.text.rstrip(" ") + _HELD, run.line)
    return _joined(_render_run(run, inserts) for run in kept)


def _joined(parts: Iterable[Markup], between: str = "") -> Markup:
    """Join markup; written out, since `Markup.join` and `Markup.format` escape anew what is escaped, part by part."""
    return Markup(between.join(parts))


def _render_run(run: Run, inserts: Inserts) -> Markup:
    match run:
        case Text(text) | DirectionRun(text=text) | NumberRun(text=text):
            return Markup(NAME_WITH_ENDING.sub(r'<span class="whole">\1</span>', str(escape(text))))
        case LineBreak():
            return VOID_BREAK
        case Strong(runs):
            return Markup(f"<strong>{render_runs(runs, inserts)}</strong>")
        case Emphasis(runs):
            return Markup(f"<em>{render_runs(runs, inserts)}</em>")
        case Link(href, runs):
            return Markup(f'<a href="{escape(inserts.place(href))}">{render_runs(runs, inserts)}</a>')
        case ValueRun(value_id, style, text):
            return inserts.value(value_id, style, text)
        case MeasureRun(measure_id, text):
            return Markup('<a href="recommendations.html#measure-{}">{}</a>').format(measure_id, text)
        case CitationRun(source_ids, numbers):
            links = (
                Markup('<a class="cite" href="sources.html#source-{}">[{}]</a>').format(source, number)
                for source, number in zip(source_ids, numbers, strict=True)
            )
            return _joined(links)


def render_block(block: Block, inserts: Inserts, number: int = 0) -> Markup:
    """Render one block with its id.

    Parameters
    ----------
    block : Block
        With all its text.
    inserts : Inserts
        What the page supplies.
    number : int
        Of a figure or table in its text.

    Returns
    -------
    Markup

    Raises
    ------
    PublishError
        The block is of a kind that no page knows.
    """
    if kind := numbered_kind(block.content):
        shown = _numbered(block.content, inserts)
        return _anchored(block.id, inserts.count(kind, number) + shown if shown else shown, ' class="numbered"')
    match block.content:
        case Heading(level, runs):
            return Markup('<h{0} id="{1}">{2}</h{0}>').format(level, block.id, render_runs(runs, inserts))
        case Paragraph(runs):
            return Markup(f'<p id="{escape(block.id)}">{render_runs(runs, inserts)}</p>')
        case ListBody() as body:
            return _render_list(body, inserts, block.id)
        case Quote(paragraphs):
            inside = _joined(Markup(f"<p>{render_runs(runs, inserts)}</p>") for runs in paragraphs)
            return Markup('<blockquote id="{}">{}</blockquote>').format(block.id, inside)
        case MeasuresList():
            return _anchored(block.id, inserts.measures())
        case Authors():
            return _anchored(block.id, inserts.authors())
    raise PublishError(f"a {block.kind} cannot be rendered", A_FAULT, block.id)


def _numbered(content: Content, inserts: Inserts) -> Markup:
    match content:
        case Figure(chart_id):
            return inserts.figure(chart_id)
        case TableRef(name):
            return inserts.table(name)
        case Image(image_id):
            return inserts.image(image_id)
        case Grid(headers, rows, numeric, caption):
            cells = [[render_runs(runs, inserts) for runs in row] for row in rows]
            heads = [render_runs(runs, inserts) for runs in headers]
            flush = [at for at, one in enumerate(numeric) if one]
            return inserts.grid(make_table(render_runs(caption, inserts), heads, cells, flush))
    return EMPTY


def _anchored(block_id: str, inside: Markup, kind: str = "") -> Markup:
    return Markup(f'<div id="{{}}"{kind}>{{}}</div>').format(block_id, inside) if inside else EMPTY


def _render_list(body: ListBody, inserts: Inserts, block_id: str = "") -> Markup:
    items = (_render_item(item, inserts) for item in body.items)
    place, kind = f' id="{escape(block_id)}"' if block_id else "", "ol" if body.ordered else "ul"
    return Markup(f"<{kind}{place}>{_joined(items)}</{kind}>")


def _render_item(item: ListItem, inserts: Inserts) -> Markup:
    below = _render_list(item.sublist, inserts) if item.sublist else EMPTY
    return Markup(f"<li>{render_runs(item.runs, inserts)}{below}</li>")


def render_parts(document: Document, inserts: Inserts) -> tuple[Part, ...]:
    """Split a text at its headings of level 2, and render each part."""
    numbers = document.numbers()
    parts: list[tuple[str, Markup, list[Markup]]] = []
    for block in document.blocks:
        if isinstance(block.content, Heading) and block.content.level == 2:
            parts.append((block.id, render_runs(block.content.runs, inserts), []))
            continue
        if not parts:
            parts.append(("opening", EMPTY, []))
        parts[-1][2].append(render_block(block, inserts, numbers.get(block.id, 0)))
    return tuple(Part(part_id, heading, _joined(body, "\n")) for part_id, heading, body in parts)
