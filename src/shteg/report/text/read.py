"""Read a text file: front matter in TOML, then blocks of CommonMark with an id each and values bound by key.

HTML, footnotes and code are not part of the language of texts: whatever looks like them is refused (`form`), and could
do nothing if it were not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it.token import Token

from shteg.errors import ParityError, Problem
from shteg.hints import counted
from shteg.report.text.addresses import LINK_HINT
from shteg.report.text.form import (
    DEEPEST_MARKS,
    LONGEST_BLOCK,
    LONGEST_TEXT,
    bad_signs,
    flattened,
    foreign_forms,
    too_long,
)
from shteg.report.text.front_matter import Front, key_line, read_front
from shteg.report.text.grid import TABLE_HINT, cells_in
from shteg.report.text.inline import Alone, BlockId, Inline, Node, Piece, Reader, markdown_parser, nodes_of
from shteg.report.text.tree import (
    Block,
    Content,
    Document,
    Grid,
    Heading,
    ListBody,
    ListItem,
    Paragraph,
    Quote,
    Run,
    Runs,
    Text,
    plain_text,
)

BLOCK_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@lru_cache(maxsize=64)
def read_document(text: str, *, language: str, name: str, file: str = "") -> tuple[Document, tuple[Problem, ...]]:
    """Parse a text and report everything that is wrong with its form.

    Parameters
    ----------
    text : str
        The file.
    language, name : str
        Language code, and file name without suffix.
    file : str, optional
        How problems name the file; `text/<language>/<name>.md` if left out.

    Returns
    -------
    document : Document
        Whatever could be read; bound runs have no text yet.
    problems : tuple of Problem
        With file and line, in the order of the lines.
    """
    reader = Reader(file or f"text/{language}/{name}.md")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST_TEXT:
        problem = f"the text has {len(text)} characters, more than {LONGEST_TEXT}"
        reader.report(0, problem, "divide it: a case may have several texts")
        text = ""
    reader.lines = text.split("\n")
    reader.take(bad_signs(reader.lines))
    front = read_front(reader, text, name) if text else Front()
    blocks = tuple(_blocks(reader, _without_long_blocks(reader, front.body, front.first), front.first))
    seen: dict[str, int] = {}
    for block in blocks:
        if block.id and block.id in seen:
            problem = f"block id {block.id!r} stands twice (first on line {seen[block.id]})"
            reader.report(block.line, problem, "give every block its own id")
        seen.setdefault(block.id, block.line)
    for line, place in reader.places:
        if place not in seen:
            reader.report(line, f"the link leads to a block {place!r} that this text does not have", LINK_HINT)
    document = Document(
        language=language,
        name=name,
        title=plain_text(front.title),
        description=plain_text(front.description),
        declared=front.declared,
        blocks=blocks,
        file=reader.file,
        title_line=key_line(reader.lines, "title"),
        description_line=key_line(reader.lines, "description"),
        title_runs=front.title,
        description_runs=front.description,
        holds=front.holds,
        leads=front.leads,
        figures=front.figures,
        figures_line=key_line(reader.lines, "figures"),
    )
    return document, tuple(sorted(reader.problems, key=lambda one: one.line))


def parse_document(text: str, *, language: str, name: str, file: str = "") -> Document:
    """Parse a text; raises ParityError with every problem of its form.

    Parameters
    ----------
    text : str
        The file.
    language, name : str
        Language code, and file name without suffix.
    file : str, optional
        How problems name the file.

    Returns
    -------
    Document
        Bound runs have no text yet.

    Raises
    ------
    ParityError
        Its form is wrong.
    """
    document, problems = read_document(text, language=language, name=name, file=file)
    if problems:
        raise ParityError(problems)
    return document


def _without_long_blocks(reader: Reader, body: str, offset: int) -> str:
    """Report stretches that are too long to be a block, and blank them out: no parser shall meet them."""
    lines = body.split("\n")
    for first, last in too_long(lines):
        problem = f"more than {LONGEST_BLOCK} characters without a blank line"
        reader.report(offset + first + 1, problem, "divide them into blocks")
        lines[first : last + 1] = [""] * (last + 1 - first)
    return "\n".join(lines)


# --- blocks -----------------------------------------------------------------------------------------------------------


def _blocks(reader: Reader, body: str, offset: int) -> Iterator[Block]:
    tokens = markdown_parser().parse(body)
    _check_inlines(reader, tokens, offset)
    for node in nodes_of(tokens):
        line = offset + (node.map[0] if node.map else 0) + 1
        last = offset + (node.map[1] if node.map else 0)
        found = _content(reader, node, offset)
        if found is None:
            reader.report(line, f"a {node.type} is no part of a text", "use headings, paragraphs, lists and quotes")
            continue
        content, block_id = found
        if block_id is None:
            reader.report(last, "the block has no id", "end its last line with {#some-id}, the same in every language")
        elif not BLOCK_ID.fullmatch(block_id):
            reader.report(last, f"{block_id!r} is no block id", "use small letters, digits and hyphens: {#why-now}")
        yield Block(block_id or "", content, line)


def _check_inlines(reader: Reader, tokens: Sequence[Token], offset: int) -> None:
    """Look at the words of every block before a tree is made of them, which recursion would walk."""
    for token in tokens:
        if token.type != "inline":
            continue
        line = offset + (token.map[0] if token.map else 0) + 1
        if flattened(token):
            problem = f"stress, weight and links stand more than {DEEPEST_MARKS} deep inside each other"
            reader.report(line, problem, "take some of the * and _ away; a plain * is written \\*")
        reader.take(foreign_forms(token.content, line, reader.lines))


def _content(reader: Reader, node: Node, offset: int) -> tuple[Content, str | None] | None:
    ids: list[str] = []
    content: Content
    match node.type:
        case "heading":
            level = int(node.tag[1:])
            if not 2 <= level <= 4:
                line = offset + (node.map[0] if node.map else 0) + 1
                reader.report(
                    line, f"a heading of level {level}", "use ## to ####; the title stands in the front matter"
                )
            content = Heading(level, _closing(reader, node, offset, ids, last=True))
        case "paragraph":
            pieces = _pieces(reader, node, offset, ids, last=True)
            filled = [piece for piece in pieces if not (isinstance(piece, Text) and not piece.text.strip())]
            if len(filled) == 1 and isinstance(filled[0], Alone):
                content = filled[0].content
            else:
                content = Paragraph(_runs_only(reader, pieces, offset, node))
        case "bullet_list" | "ordered_list":
            content = _list(reader, node, offset, ids, last=True, depth=1)
        case "blockquote":
            parts = [child for child in node.children if child.type == "paragraph"]
            if len(parts) != len(node.children):
                line = offset + (node.map[0] if node.map else 0) + 1
                reader.report(line, "a quote holds something other than paragraphs", "move it out of the quote")
            content = Quote(
                tuple(_closing(reader, part, offset, ids, last=part is node.children[-1]) for part in parts)
            )
        case "grid":
            content = _grid(reader, node, offset, ids)
        case _:
            return None
    return content, (ids[0] if ids else None)


def _list(reader: Reader, node: Node, offset: int, ids: list[str], *, last: bool, depth: int) -> ListBody:
    items = []
    for item in node.children:
        final = last and item is node.children[-1]
        runs: tuple[Run, ...] = ()
        sublist = None
        for child in item.children:
            ends = final and child is item.children[-1]
            line = offset + (child.map[0] if child.map else 0) + 1
            if child.type == "paragraph" and not runs:
                runs = _closing(reader, child, offset, ids, last=ends)
            elif child.type in ("bullet_list", "ordered_list") and depth == 1 and sublist is None:
                sublist = _list(reader, child, offset, ids, last=ends, depth=2)
            else:
                reader.report(line, "the list is too deep, or an item has more than one paragraph", "make it simpler")
        items.append(ListItem(runs, sublist, offset + (item.map[0] if item.map else 0) + 1))
    return ListBody(node.type == "ordered_list", tuple(items))


def _grid(reader: Reader, node: Node, offset: int, ids: list[str]) -> Grid:
    """Read a written table; rows of another length than the head are told, and cells that hold nothing."""
    *written, ending = node.children
    aligns = node.meta["aligns"]
    lines = tuple(offset + (row.map[0] if row.map else 0) + 1 for row in written)
    for line in lines:
        _check_row(reader, line, len(aligns))
    if len(written) < 2:
        reader.report(lines[0], "the table has no rows", TABLE_HINT)
    head, *rows = [_row(reader, row, offset, ids, len(aligns)) for row in written]
    caption = _closing(reader, ending.children[0], offset, ids, last=True)
    if not caption:
        reader.report(lines[-1], "the table has no caption", TABLE_HINT)
    numeric = tuple(align.endswith(":") and not align.startswith(":") for align in aligns)
    return Grid(head, tuple(rows), numeric, caption, lines)


def _row(reader: Reader, node: Node, offset: int, ids: list[str], columns: int) -> tuple[Runs, ...]:
    cells = [_closing(reader, cell, offset, ids, last=False) for cell in node.children[:columns]]
    return (*cells, *((),) * (columns - len(cells)))


def _check_row(reader: Reader, line: int, columns: int) -> None:
    words = reader.lines[line - 1]
    cells = cells_in(words)
    if not cells:
        reader.report(line, "the row does not end with |", TABLE_HINT, len(words.rstrip()))
    elif len(cells) != columns:
        column = cells[columns][0] + 1 if len(cells) > columns else len(words.rstrip())
        reader.report(
            line,
            f"the row has {counted(len(cells), 'cell')}, the table {counted(columns, 'column')}",
            TABLE_HINT,
            column,
        )
    for place, said in cells:
        if not said:
            reader.report(line, "a cell of the table is empty", "write – where there is nothing to say", place + 1)


def _closing(reader: Reader, node: Node, offset: int, ids: list[str], *, last: bool) -> tuple[Run, ...]:
    return _runs_only(reader, _pieces(reader, node, offset, ids, last=last), offset, node)


def _pieces(reader: Reader, node: Node, offset: int, ids: list[str], *, last: bool) -> list[Piece]:
    """Read the runs of one paragraph or heading; the block id goes to `ids` when it closes the block."""
    inline = node.children[0] if node.children else None
    if inline is None:
        return []
    start = offset + (inline.map[0] if inline.map else 0) + 1
    pieces = Inline(reader, start).pieces(inline.children)
    while pieces and isinstance(pieces[-1], Text) and not pieces[-1].text.strip():
        pieces.pop()
    kept: list[Piece] = []
    for at, piece in enumerate(pieces):
        if not isinstance(piece, BlockId):
            kept.append(piece)
        elif last and at == len(pieces) - 1:
            ids.append(piece.id)
        else:
            reader.report(
                piece.line, f"the block id {piece.id!r} does not end its block", "move it to the end of the last line"
            )
    if kept and isinstance(kept[-1], Text):
        ending = kept.pop()
        if isinstance(ending, Text) and ending.text.strip():
            kept.append(Text(ending.text.rstrip(), ending.line))
    return kept


def _runs_only(reader: Reader, pieces: Sequence[Piece], offset: int, node: Node) -> tuple[Run, ...]:
    runs: list[Run] = []
    for piece in pieces:
        if isinstance(piece, Alone):
            line = offset + (node.map[0] if node.map else 0) + 1
            reader.report(line, "a figure, table or list stands among words", "give it a block of its own")
        elif not isinstance(piece, BlockId):
            runs.append(piece)
    return tuple(runs)
