"""From the tree of a text to Typst: the same runs and blocks as on the page, for paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shteg.publish.paper.typst_escape import escape, string
from shteg.report import TableView
from shteg.report.text.addresses import followed_address
from shteg.report.text.tree import (
    Authors,
    Block,
    CitationRun,
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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperInserts:
    """What the document supplies for blocks that are not text: each gives Typst markup.

    Attributes
    ----------
    figure, table, image : callable
        Chart id, table name or image id to a figure.
    grid : callable
        A written table to a figure.
    measures, authors : callable
        To the list of all measures and to the lines about the authors.
    """

    figure: Callable[[str], str]
    table: Callable[[str], str]
    image: Callable[[str], str]
    grid: Callable[[Grid], str]
    measures: Callable[[], str]
    authors: Callable[[], str]


def typst_blocks(document: Document, inserts: PaperInserts) -> str:
    """Write all blocks of a text, a blank line between them."""
    return "\n\n".join(_block(block, inserts) for block in document.blocks)


def _block(block: Block, inserts: PaperInserts) -> str:
    match block.content:
        case Heading(level, runs):
            return f"#heading(level: {max(1, level - 1)})[{typst_runs(runs)}]"
        case Paragraph(runs):
            return typst_runs(runs)
        case ListBody() as body:
            return _list(body)
        case Quote(paragraphs):
            inside = "#parbreak()".join(typst_runs(runs) for runs in paragraphs)
            return f"#quote(block: true)[{inside}]"
        case Figure(chart_id):
            return inserts.figure(chart_id)
        case TableRef(name):
            return inserts.table(name)
        case Image(image_id):
            return inserts.image(image_id)
        case Grid() as grid:
            return inserts.grid(grid)
        case MeasuresList():
            return inserts.measures()
        case Authors():
            return inserts.authors()


def _list(body: ListBody) -> str:
    items = ", ".join(f"[{typst_runs(item.runs)}{_list(item.sublist) if item.sublist else ''}]" for item in body.items)
    return f"#{'enum' if body.ordered else 'list'}({items})"


def typst_runs(runs: Iterable[Run]) -> str:
    """Write runs; every author's character is escaped."""
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    match run:
        case Text(text) | DirectionRun(text=text) | NumberRun(text=text):
            return escape(text)
        case LineBreak():
            return "#linebreak()"
        case Strong(runs):
            return f"#strong[{typst_runs(runs)}]"
        case Emphasis(runs):
            return f"#emph[{typst_runs(runs)}]"
        case Link(href, runs):
            words = typst_runs(runs)
            return f"#link({string(href)})[{words}]" if followed_address(href) else words
        case ValueRun(value_id, style, text):
            return f"#v({string(value_id)}, {string(style)}, {string(text)});"
        case MeasureRun(_, text):
            return f"#emph[{escape(text)}]"
        case CitationRun(_, numbers):
            return "".join(f"#cite-mark({number}, <reference-{number}>);" for number in numbers)


def typst_table(table: TableView, words: str, *, most_rows: int) -> str:
    """Write a table with a repeated header; rows beyond `most_rows` are left to the site.

    Parameters
    ----------
    table : TableView
        Its cells may be markup, of which the words are kept.
    words : str
        What tables are called in the language.
    most_rows : int
        Rows printed.

    Returns
    -------
    str
        Typst markup.
    """
    header = ", ".join(f"[{escape(cell)}]" for cell in table.headers)
    rows = ",\n".join(", ".join(f"[{escape(plain(cell))}]" for cell in row) for row in table.rows[:most_rows])
    note = f"\n#text(size: 8.4pt, fill: soft)[{escape(table.note)}]" if table.note else ""
    return f"{framed_table(header, rows, table.numeric, escape(table.caption), words)}\n{note}"


def typst_grid(grid: Grid, words: str) -> str:
    """Write a table of the text: its cells hold figures with their ids, links and marks."""
    header = ", ".join(f"[{typst_runs(runs)}]" for runs in grid.headers)
    rows = ",\n".join(", ".join(f"[{typst_runs(runs)}]" for runs in row) for row in grid.rows)
    return framed_table(header, rows, grid.numeric, typst_runs(grid.caption), words)


def framed_table(header: str, rows: str, numeric: Sequence[bool], caption: str, words: str) -> str:
    """Put a table into its figure.

    Parameters
    ----------
    header, rows : str
        Typst markup of the cells.
    numeric : sequence of bool
        Columns set flush right.
    caption : str
        Typst markup.
    words : str
        What tables are called in the language.

    Returns
    -------
    str
        Typst markup.
    """
    aligns = ", ".join("right" if one else "left" for one in numeric)
    columns = ", ".join("auto" if one else "1fr" for one in numeric)
    return (
        f"#figure(kind: table, supplement: [{escape(words)}], caption: [{caption}], "
        f"table(columns: ({columns},), align: ({aligns},), table.header({header}), {rows}))"
    )


def plain(cell: str) -> str:
    """Give the words of a cell that may be HTML."""
    return cell.striptags() if hasattr(cell, "striptags") else cell


TALLEST = 1.05
"""Height of a figure as a share of the width of the text; a taller drawing is made narrower."""


LONGEST_CAPTION = 260
"""A longer sentence stands as alternative text only."""


def typst_image(svg: str, *, title: str, sentence: str, note: str, words: str) -> str:
    """Write a drawing as a floating figure with alternative text and caption.

    Parameters
    ----------
    svg : str
        The drawing.
    title, sentence, note : str
        What it shows, as a heading, as a sentence (the alternative text), and what is to be known of it.
    words : str
        What figures are called in the language.

    Returns
    -------
    str
        Typst markup.
    """
    said = sentence if len(sentence) <= LONGEST_CAPTION else ""
    ended = title if title.endswith(("?", ".", "!", "…")) else f"{title}."
    caption = f"{escape(ended)} #text(fill: soft)[{escape(f'{said} {note}'.strip())}]"
    box = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', svg)
    ratio = float(box[2]) / float(box[1]) if box else 0.6
    width = min(100.0, 100 * TALLEST / ratio)
    return (
        f"#figure(kind: image, placement: auto, supplement: [{escape(words)}], alt: {string(sentence or title)}, "
        f"caption: [{caption}], "
        f'image(bytes({string(svg)}), format: "svg", width: {width:.1f}%, alt: {string(sentence or title)}))'
    )


def typst_picture(file: str, width: int, *, alt: str, caption: str, words: str) -> str:
    """Write a picture of the case as a figure.

    Parameters
    ----------
    file : str
        Beside the document.
    width : int
        In pixels: a small picture is not made larger than at 150 pixels an inch.
    alt, caption, words : str
        What it shows, what stands below it, what figures are called in the language.

    Returns
    -------
    str
        Typst markup.
    """
    inches = width / 150
    return (
        f"#figure(kind: image, supplement: [{escape(words)}], alt: {string(alt)}, caption: [{escape(caption)}], "
        f"image({string(file)}, width: calc.min(1.0, {inches:.2f} / 5.6) * 100%, alt: {string(alt)}))"
    )
