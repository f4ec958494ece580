"""From the tree of a text to Typst: the same runs and blocks as on the page, for paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shteg.errors import A_FAULT, PublishError
from shteg.publish.paper.figured import typst_markup
from shteg.publish.paper.typst_escape import escape, string
from shteg.report import TableView
from shteg.report.language.marked import Style
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
    numbered_kind,
    plain_text,
)

TALLEST = 1.0
"""Height of a drawing as a share of the width of the text; a taller one is made narrower."""
NARROWEST = 0.8
"""Width of a drawing at least, as a share of the width of the text: its letters would be too small to read."""
CHAPTER = 2
"""Level of the headings of chapters."""
LONGEST_CAPTION = 260
"""A longer sentence stands as alternative text only."""
PICTURE_DENSITY = 150
"""Pixels an inch at which a picture is shown, unless that is wider than the text."""
TEXT_INCHES = 6.06
"""Width of the text of a report."""
FEW_LETTERS = 14
"""A column of shorter words is no narrower for that."""
FIGURE_LETTERS = 30
"""A column of figures that have no more letters is as wide as they are: none breaks."""
LETTER = 4.1
"""Width of a letter of a table, in points."""

MANY_LETTERS = 60
"""A column of longer cells is no wider for that."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A figure or table for paper: the arguments of Typst's `figure`, and what stands below it.

    `height` is that of a drawing, as a share of the width of the text; 0 for a table.
    """

    arguments: str
    below: str = ""
    height: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperInserts:
    """What the document supplies for runs and blocks that are not text.

    Attributes
    ----------
    value : callable
        (value id, style, printed text) to Typst markup.
    figure, table, image : callable
        Chart id, table name or image id to a figure; None where the edition has none to draw.
    grid : callable
        A written table to a figure.
    measures, authors : callable
        To Typst markup: the list of all measures, the lines about the authors.
    """

    value: Callable[[str, Style, str], str]
    figure: Callable[[str], Framed | None]
    table: Callable[[str], Framed | None]
    image: Callable[[str], Framed | None]
    grid: Callable[[Grid], Framed | None]
    measures: Callable[[], str]
    authors: Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Work:
    """One document while it is written: its inserts, what is drawn of its numbered blocks, their numbers."""

    inserts: PaperInserts
    framed: Mapping[str, Framed]
    places: frozenset[str]
    numbers: Mapping[str, int]


def typst_blocks(document: Document, inserts: PaperInserts) -> str:
    """Write all blocks of a text, a blank line between them."""
    framed = {block.id: made for block in document.blocks if (made := _framed(block, inserts)) is not None}
    headings = (block.id for block in document.blocks if isinstance(block.content, Heading))
    work = _Work(inserts, framed, frozenset((*framed, *headings)), document.numbers())
    written = [_block(block, work) for block in document.blocks]
    for at, (before, block) in enumerate(zip(document.blocks, document.blocks[1:], strict=False)):
        if isinstance(before.content, Paragraph) and block.id in framed:
            written[at] += f"#metadata(none)<before-{block.id}>#box(width: 0pt)"  # the box keeps it in its line
    return "\n\n".join(written)


def _framed(block: Block, inserts: PaperInserts) -> Framed | None:
    match block.content:
        case Figure(chart_id):
            return inserts.figure(chart_id)
        case TableRef(name):
            return inserts.table(name)
        case Image(image_id):
            return inserts.image(image_id)
        case Grid() as grid:
            return inserts.grid(grid)
    return None


def _block(block: Block, work: _Work) -> str:
    if kind := numbered_kind(block.content):
        return _numbered(block.id, "image" if kind == "figure" else "table", work)
    match block.content:
        case Heading(level, runs):
            flush = "#place.flush()\n" if level <= CHAPTER else ""  # no figure leaves its chapter
            return f"{flush}#heading(level: {max(1, level - 1)})[{_runs(runs, work)}] <at-{block.id}>"
        case Paragraph(runs):
            return _runs(runs, work)
        case ListBody() as body:
            return _list(body, work)
        case Quote(paragraphs):
            inside = "#parbreak()".join(_runs(runs, work) for runs in paragraphs)
            return f"#quote(block: true)[{inside}]"
        case MeasuresList():
            return work.inserts.measures()
        case Authors():
            return work.inserts.authors()
    raise PublishError(f"a {block.kind} cannot be printed", A_FAULT, block.id)


def _numbered(block_id: str, kind: str, work: _Work) -> str:
    """Write a figure under the number that the text gives it, where its paragraph stands."""
    made = work.framed.get(block_id)
    if made is None:
        return ""
    counted = f"#counter(figure.where(kind: {kind})).update({work.numbers[block_id] - 1})\n"
    if kind == "table":
        return counted + framed_figure(made, f"<at-{block_id}>")
    inside = f"#figure(placement: none, {made.arguments}) <at-{block_id}>\n{made.below}"
    return f'#in-place("before-{block_id}", {made.height:.2f})[{counted}{inside}]'


def framed_figure(made: Framed, label: str = "") -> str:
    """Write a table with what stands below it."""
    return f"#figure(placement: none, {made.arguments}) {label}\n{made.below}"


def _list(body: ListBody, work: _Work) -> str:
    items = ", ".join(
        f"[{_runs(item.runs, work)}{_list(item.sublist, work) if item.sublist else ''}]" for item in body.items
    )
    return f"#{'enum' if body.ordered else 'list'}({items})"


def typst_runs(runs: Iterable[Run], inserts: PaperInserts) -> str:
    """Write runs that stand outside the blocks of a text; every author's character is escaped."""
    return _runs(runs, _Work(inserts, {}, frozenset(), {}))


def _runs(runs: Iterable[Run], work: _Work) -> str:
    kept = list(runs)
    for at, run in enumerate(kept[1:], 1):  # the mark of a citation never begins a line
        before = kept[at - 1]
        if isinstance(run, CitationRun) and isinstance(before, Text):
            kept[at - 1] = Text(before.text.rstrip(" "), before.line)
    return "".join(_run(run, work) for run in kept)


def _run(run: Run, work: _Work) -> str:
    match run:
        case Text(text) | DirectionRun(text=text) | NumberRun(text=text):
            return escape(text)
        case LineBreak():
            return "#linebreak()"
        case Strong(runs):
            return f"#strong[{_runs(runs, work)}]"
        case Emphasis(runs):
            return f"#emph[{_runs(runs, work)}]"
        case Link(href, runs):
            return _link(href, _runs(runs, work), work)
        case ValueRun(value_id, style, text):
            return work.inserts.value(value_id, style, text)
        case MeasureRun(_, text):
            return f"#emph[{escape(text)}]"
        case CitationRun(_, numbers):
            return "".join(f"#cite-mark({number}, <reference-{number}>);" for number in numbers)


def _link(href: str, words: str, work: _Work) -> str:
    """Link to an address, or to a heading or figure of the document; other places of the site are words on paper."""
    if href.startswith("#"):
        return f"#link(<at-{href[1:]}>)[{words}]" if href[1:] in work.places else words
    return f"#link({string(href)})[{words}]" if followed_address(href) else words


# --- tables -----------------------------------------------------------------------------------------------------------


def typst_table(table: TableView, words: str, *, most_rows: int) -> Framed:
    """Write a table with a repeated header; rows beyond `most_rows` are left to the site.

    Parameters
    ----------
    table : TableView
        Its cells may be markup: figures keep what tells them.
    words : str
        What tables are called in the language.
    most_rows : int
        Rows printed.

    Returns
    -------
    Framed
    """
    rows = table.rows[:most_rows]
    written = [[typst_markup(cell) for cell in row] for row in rows]
    lengths = [_wide(*map(plain, column)) for column in zip(table.headers, *rows, strict=True)]
    note = f"#small[{typst_markup(table.note)}]" if table.note else ""
    headers = [typst_markup(cell) for cell in table.headers]
    return Framed(_table(headers, written, table.numeric, lengths, typst_markup(table.caption), words), note)


def typst_grid(grid: Grid, words: str, inserts: PaperInserts) -> Framed:
    """Write a table of the text.

    Parameters
    ----------
    grid : Grid
        Resolved.
    words : str
        What tables are called in the language.
    inserts : PaperInserts
        What the document supplies.

    Returns
    -------
    Framed
    """
    headers = [typst_runs(runs, inserts) for runs in grid.headers]
    rows = [[typst_runs(runs, inserts) for runs in row] for row in grid.rows]
    lengths = [_wide(*map(plain_text, column)) for column in zip(grid.headers, *grid.rows, strict=True)]
    return Framed(_table(headers, rows, grid.numeric, lengths, typst_runs(grid.caption, inserts), words))


def _wide(head: str, *cells: str) -> int:
    """Give how wide a column should be, in letters: its longest line, or the longest word of its head."""
    lines = [line for cell in cells for line in cell.split("\n")]
    return max((len(word) for word in (*lines, *head.split())), default=1)


def _column(length: int, *, flush: bool) -> str:
    """Give the width of a column: figures have the room that they need, words share the rest."""
    if flush and length <= FIGURE_LETTERS:
        return f"{length * LETTER + 8:.1f}pt"
    return f"{min(max(length, FEW_LETTERS), MANY_LETTERS)}fr"


def _table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    lengths: Sequence[int],
    caption: str,
    words: str,
) -> str:
    """Put a table into the arguments of its figure; columns of few letters are as wide as they are."""
    aligns = ", ".join("right" if one else "left" for one in numeric)
    columns = ", ".join(_column(length, flush=at > 0 and numeric[at]) for at, length in enumerate(lengths))
    header = ", ".join(f"[{cell}]" for cell in headers)
    body = ",\n".join(", ".join(f"[{cell}]" for cell in row) for row in rows)
    return (
        f"kind: table, supplement: [{escape(words)}], caption: [{caption}], "
        f"table(columns: ({columns},), align: ({aligns},), table.header({header}), {body})"
    )


def plain(cell: str) -> str:
    """Give the words of a cell that may be markup; its lines stay apart."""
    if not isinstance(cell, Markup):
        return cell
    return "\n".join(Markup(line).striptags() for line in str(cell).split("<br>"))


# --- drawings and pictures --------------------------------------------------------------------------------------------


def typst_drawing(
    svg: str, *, title: str, sentence: str, note: str, alt: str, words: str, tallest: float = TALLEST
) -> Framed:
    """Write a drawing as a figure with alternative text and caption.

    Parameters
    ----------
    svg : str
        The drawing.
    title, sentence, note : str
        What it shows, as a heading and as a sentence, and what is to be known of it; figures in them are markup.
    alt : str
        The alternative text.
    words : str
        What figures are called in the language.
    tallest : float
        Its height at most, as a share of the width of the text.

    Returns
    -------
    Framed
    """
    said = sentence if len(plain(sentence)) <= LONGEST_CAPTION else ""
    ended = title if plain(title).endswith(("?", ".", "!", "…")) else f"{title}."
    below = " ".join(part for part in (typst_markup(said), typst_markup(note)) if part)
    return Framed(
        f"kind: image, supplement: [{escape(words)}], alt: {string(alt)}, caption: [{typst_markup(ended)}], "
        f"{drawing(svg, alt=alt, tallest=tallest)}",
        f"#said-below[{below}]" if below else "",
        _size(svg, tallest)[1],
    )


def drawing(svg: str, *, alt: str, tallest: float = TALLEST) -> str:
    """Write the image of a drawing, as wide as the text unless it is too tall.

    Parameters
    ----------
    svg : str
        The drawing.
    alt : str
        The alternative text.
    tallest : float
        Its height at most, as a share of the width of the text; it is never narrower than `NARROWEST`.

    Returns
    -------
    str
        A call of Typst's `image`.
    """
    width, _ = _size(svg, tallest)
    return f'image(bytes({string(svg)}), format: "svg", width: {100 * width:.1f}%, alt: {string(alt)})'


def _size(svg: str, tallest: float) -> tuple[float, float]:
    """Give width and height of a drawing as shares of the width of the text."""
    box = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', svg)
    ratio = float(box[2]) / float(box[1]) if box else 0.6
    width = min(1.0, max(NARROWEST, tallest / ratio))
    return width, width * ratio


def typst_picture(file: str, size: tuple[int, int], *, alt: str, caption: str, credit: str, words: str) -> Framed:
    """Write a picture of the case as a figure.

    Parameters
    ----------
    file : str
        Beside the document.
    size : (int, int)
        Width and height in pixels: a small picture is not made larger than `PICTURE_DENSITY` allows.
    alt, caption, credit, words : str
        What it shows, its caption, who made it, what figures are called in the language.

    Returns
    -------
    Framed
    """
    share = min(1.0, size[0] / PICTURE_DENSITY / TEXT_INCHES)
    return Framed(
        f"kind: image, supplement: [{escape(words)}], alt: {string(alt)}, caption: [{escape(caption)}], "
        f"image({string(file)}, width: {100 * share:.1f}%, alt: {string(alt)})",
        f"#said-below[{escape(credit)}]",
        share * size[1] / size[0],
    )
