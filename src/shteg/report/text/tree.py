"""The tree of a text, free of any output format: blocks, and inside them runs.

A parser (`read`) makes it with empty `text` in the bound runs; `resolve` fills them. A renderer is one loop
over `document.blocks` with a `match` on `block.content`, and inside it one loop over runs:

    for block in resolved.blocks:
        match block.content:
            case Heading(level, runs): …
            case Paragraph(runs): …
            case ListBody(ordered, items): …        # items: ListItem(runs, sublist)
            case Quote(paragraphs): …               # a tuple of tuples of runs
            case Figure(chart_id): …  case TableRef(name): …  case MeasuresList(): …  case Authors(): …
            case Image(image_id): …  case Grid() as grid: …  # headers, rows and caption are runs
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from shteg.report.language.marked import Marked, Quoted, Style

VALUE_ID = r"[a-z0-9][\w-]*(?:\.[\w-]+)*"
"""How the id of a value looks where a text names it."""

BlockKind = Literal["heading", "paragraph", "list", "quote", "figure", "table", "measures", "authors", "image", "grid"]


@dataclass(frozen=True, slots=True)
class Text:
    """Plain characters, to be escaped by the renderer; `line` counts from 1, here and below."""

    text: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line break that the author set on purpose."""


@dataclass(frozen=True, slots=True)
class Strong:
    """Important words."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Stressed words."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link; `href` is http, https, mailto, or a place in the publication (`#block-id`, `members`)."""

    href: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ValueRun:
    """A figure: `text` is what is printed (empty until resolved)."""

    value_id: str
    style: Style = "number"
    text: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DirectionRun:
    """A word for the change from one value to another."""

    from_id: str
    to_id: str
    text: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class MeasureRun:
    """The title of a measure, to be linked to it."""

    measure_id: str
    text: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CitationRun:
    """One or more sources, with their numbers in the order of first citation (empty until resolved)."""

    source_ids: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NumberRun:
    """The number of a figure or table of the same text, behind the words of a link to it (`Figure`, then ` 3`).

    `resolve` puts it there: a text says `[Figure](#fig-path)`.
    """

    block_id: str
    text: str = ""


Run: TypeAlias = (
    Text | LineBreak | Strong | Emphasis | Link | ValueRun | DirectionRun | MeasureRun | CitationRun | NumberRun
)
Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 to 4 (level 1 is the title of the document)."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item, with at most one list inside it."""

    runs: tuple[Run, ...]
    sublist: ListBody | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListBody:
    """A list; nested at most once."""

    ordered: bool
    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote of one or more paragraphs."""

    paragraphs: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart (`charts.catalogue`) or a map of the publisher."""

    chart_id: str


@dataclass(frozen=True, slots=True)
class TableRef:
    """A table of the edition."""

    name: str


@dataclass(frozen=True, slots=True)
class MeasuresList:
    """All measures, by area."""


@dataclass(frozen=True, slots=True)
class Authors:
    """About the authors of the case."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the case (`images.toml`), with its alternative text, licence and source."""

    image_id: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that the author wrote: every row has as many cells as there are headers; `numeric` columns stand flush
    right; the first cell of a row is its heading. `lines` are the lines of the headers and of the rows.
    """

    headers: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    numeric: tuple[bool, ...]
    caption: Runs
    lines: tuple[int, ...] = field(default=(), compare=False)


Content: TypeAlias = Heading | Paragraph | ListBody | Quote | Figure | TableRef | MeasuresList | Authors | Image | Grid

_KINDS: dict[type, BlockKind] = {
    Heading: "heading",
    Paragraph: "paragraph",
    ListBody: "list",
    Quote: "quote",
    Figure: "figure",
    TableRef: "table",
    MeasuresList: "measures",
    Authors: "authors",
    Image: "image",
    Grid: "grid",
}


@dataclass(frozen=True, slots=True)
class Block:
    """One block: the unit that must be the same in every language."""

    id: str
    content: Content
    line: int = 0

    @property
    def kind(self) -> BlockKind:
        """What the block is."""
        return _KINDS[type(self.content)]


@dataclass(frozen=True, slots=True)
class Condition:
    """Under `holds`: what must be true of the edition, as written but for blanks."""

    text: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Lead:
    """Under `leads`: a value shown large, with words of its own (none: what the value says of itself)."""

    value_id: str
    caption: tuple[Run, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text in one language.

    `declared` are the strings that may hold digits or number words bound to no value. `source_ids` are the sources
    in the order of their first citation: `source_ids[n - 1]` has number n (empty until resolved). `title` and
    `description` are the words of their runs; once resolved they know which of their characters are figures (`Marked`).
    `holds`, `leads` and `figures` are those of the front matter.
    """

    language: str
    name: str
    title: str
    description: str
    declared: tuple[str, ...]
    blocks: tuple[Block, ...]
    file: str = ""
    source_ids: tuple[str, ...] = ()
    title_line: int = 1
    description_line: int = 1
    title_runs: tuple[Run, ...] = ()
    description_runs: tuple[Run, ...] = ()
    holds: tuple[Condition, ...] = ()
    leads: tuple[Lead, ...] = ()
    figures: tuple[str, ...] = ()
    figures_line: int = 1

    def headings(self) -> tuple[tuple[str, int, str], ...]:
        """Give (block id, level, plain text) of every heading, for a table of contents."""
        return tuple(
            (block.id, block.content.level, plain_text(block.content.runs))
            for block in self.blocks
            if isinstance(block.content, Heading)
        )

    def numbers(self) -> dict[str, int]:
        """Give the number of every figure and table by block id: figures and tables are counted apart."""
        counted: dict[str, int] = {"figure": 0, "table": 0}
        found = {}
        for block in self.blocks:
            if kind := numbered_kind(block.content):
                counted[kind] += 1
                found[block.id] = counted[kind]
        return found


def numbered_kind(content: Content) -> Literal["figure", "table", ""]:
    """Tell what a block is counted as: a chart, a map and a picture are figures; empty for what has no number."""
    if isinstance(content, Figure | Image):
        return "figure"
    return "table" if isinstance(content, TableRef | Grid) else ""


ResolvedDocument: TypeAlias = Document
"""A document whose bound runs have their text."""


def runs_of(content: Content) -> Iterator[Run]:
    """Walk over the outermost runs of a block, in reading order."""
    match content:
        case Heading(_, runs) | Paragraph(runs):
            yield from runs
        case ListBody(_, items):
            for item in items:
                yield from item.runs
                if item.sublist is not None:
                    yield from runs_of(item.sublist)
        case Quote(paragraphs):
            for runs in paragraphs:
                yield from runs
        case Grid() as grid:
            for _, runs in cells_of(grid):
                yield from runs


def cells_of(grid: Grid) -> Iterator[tuple[str, Runs]]:
    """Walk over a written table in reading order: what each cell is called in problems, and its runs."""
    yield "the caption", grid.caption
    for column, runs in enumerate(grid.headers, 1):
        yield f"the head of column {column}", runs
    for row, cells in enumerate(grid.rows, 1):
        for column, runs in enumerate(cells, 1):
            yield f"row {row}, column {column}", runs


def leaves(runs: tuple[Run, ...] | Iterator[Run]) -> Iterator[Run]:
    """Walk over all runs, those inside strong, emphasised and linked words too, in reading order."""
    for run in runs:
        if isinstance(run, Strong | Emphasis | Link):
            yield from leaves(run.runs)
        else:
            yield run


def plain_text(runs: tuple[Run, ...] | Iterator[Run]) -> str:
    """Give the words without marks, citations left out."""
    parts: list[str] = []
    for run in leaves(runs):
        match run:
            case (
                Text(text)
                | ValueRun(text=text)
                | DirectionRun(text=text)
                | MeasureRun(text=text)
                | NumberRun(text=text)
            ):
                parts.append(text)
            case LineBreak():
                parts.append(" ")
    return "".join(parts).strip()


def marked_text(runs: tuple[Run, ...]) -> str:
    """Give the words of resolved runs without marks, as a text that knows which of its characters are figures."""
    parts: list[str] = []
    for run in leaves(runs):
        match run:
            case ValueRun(value_id, style, text):
                parts.append(Quoted(text, value_id, style) if text else "")
            case Text(text) | DirectionRun(text=text) | MeasureRun(text=text):
                parts.append(text)
            case LineBreak():
                parts.append(" ")
    return Marked(*parts)
