"""Read the words of a paragraph: runs of text, marks, links, and what stands in `{{ }}`, `{# }` and `[@ ]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import get_args
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from shteg.errors import Problem
from shteg.report.language.marked import Style
from shteg.report.language.written_words import has_words
from shteg.report.text.addresses import LINK_HINT, allowed_link
from shteg.report.text.form import Finding, bad_sign, sign_name
from shteg.report.text.grid import written_table
from shteg.report.text.tree import (
    VALUE_ID,
    Authors,
    CitationRun,
    Content,
    DirectionRun,
    Emphasis,
    Figure,
    Image,
    LineBreak,
    Link,
    MeasureRun,
    MeasuresList,
    Run,
    Strong,
    TableRef,
    Text,
    ValueRun,
    leaves,
)

STYLES: tuple[str, ...] = get_args(Style)
FORMS = ", ".join(
    f"{{{{ {one} }}}}"
    for one in ("value.ID", "dir.ID:ID", "measure.ID", "figure.ID", "image.ID", "table.ID", "list.measures", "authors")
)


@dataclass(frozen=True, slots=True)
class Alone:
    """A placeholder that makes a block by itself."""

    content: Content


@dataclass(frozen=True, slots=True)
class BlockId:
    id: str
    line: int


Piece = Run | Alone | BlockId


@dataclass(slots=True)
class Reader:
    """Collects what is wrong while one file is read."""

    file: str
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    places: list[tuple[int, str]] = field(default_factory=list)
    """Line and block id of every link to a block of this text."""

    def report(self, line: int, problem: str, hint: str, column: int = 0) -> None:
        """Note what is wrong.

        Parameters
        ----------
        line : int
            Where, from 1.
        problem, hint : str
            What is wrong, and how to mend it.
        column : int
            From 1; 0 is the whole line.
        """
        self.problems.append(Problem(self.file, line, column, problem, hint))

    def take(self, findings: Iterable[Finding]) -> None:
        """Note everything that was found elsewhere."""
        for one in findings:
            self.report(one.line, one.problem, one.hint, one.column)


_PLACES = (
    ("binding", re.compile(r"\{\{([^{}]*)\}\}")),
    ("block_id", re.compile(r"\{#([^{}\s]*)\}")),
    ("citation", re.compile(r"\[(@[^\[\]]*)\]")),
)


@cache
def markdown_parser() -> MarkdownIt:
    """Make the parser of CommonMark without what is no part of a text; with placeholders, ids, citations, tables."""
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.disable(["code", "fence", "hr", "lheading", "reference", "html_block", "table"], ignoreInvalid=True)
    markdown.disable(["image", "backticks", "html_inline"], ignoreInvalid=True)
    markdown.disable(["text_join"])  # escaped marks stay apart from marks
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # `addresses` decides, and says so
    markdown.inline.ruler.before("escape", "places", _places)
    markdown.block.ruler.before("paragraph", "grid", written_table)
    return markdown


@cache
def words_parser() -> MarkdownIt:
    """Make the parser of a title: words and placeholders, every other sign as it is."""
    markdown = MarkdownIt("zero")
    markdown.inline.ruler.before("text", "places", _places)
    return markdown


def _places(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "{[":
        return False
    for kind, pattern in _PLACES:
        found = pattern.match(state.src, state.pos)
        if found:
            if not silent:
                token = state.push(kind, "", 0)
                token.content = found[1]
            state.pos = found.end()
            return True
    return False


class Node:
    """A part of a parsed text: a pair of tokens with what stands between them, or a token alone.

    As `markdown_it.tree.SyntaxTreeNode`, without parents and siblings, which nobody asks for and making which takes a
    fifth of the time of a page. `type` is without the ending `_open`; what is said of it stands at the first token.
    """

    __slots__ = ("attrs", "children", "content", "map", "meta", "tag", "type")

    def __init__(self, token: Token) -> None:
        self.type = token.type.removesuffix("_open") if token.nesting else token.type
        self.tag, self.attrs, self.meta = token.tag, token.attrs, token.meta
        self.map, self.content = token.map, token.content
        self.children: list[Node] = nodes_of(token.children) if token.children else []


def nodes_of(tokens: Sequence[Token]) -> list[Node]:
    """Make a tree of tokens: the nodes that stand in no other."""
    found: list[Node] = []
    above: list[list[Node]] = []
    here = found
    for token in tokens:
        if token.nesting < 0:
            here = above.pop()
            continue
        node = Node(token)
        here.append(node)
        if token.nesting:
            above.append(here)
            here = node.children
    return found


@dataclass(slots=True)
class Inline:
    """Turns the tokens of one paragraph into runs, counting lines."""

    reader: Reader
    line: int

    def pieces(self, nodes: Sequence[Node]) -> list[Piece]:
        """Read nodes in order; neighbouring words become one."""
        found: list[Piece] = []
        for node in nodes:
            piece = self._piece(node)
            before = found[-1] if found else None
            if isinstance(piece, Text) and isinstance(before, Text):
                found[-1] = Text(before.text + piece.text, before.line)
            elif piece is not None:
                found.append(piece)
        return found

    def _piece(self, node: Node) -> Piece | None:
        match node.type:
            case "text" | "text_special":
                return self._text(node.content) if node.content else None
            case "softbreak" | "hardbreak":
                self.line += 1
                return Text(" ", self.line) if node.type == "softbreak" else LineBreak()
            case "strong":
                return Strong(self._inner(node))
            case "em":
                return Emphasis(self._inner(node))
            case "link":
                return self._link(node)
            case "block_id":
                return BlockId(node.content, self.line)
            case "citation":
                return self._citation(node.content)
            case "binding":
                piece = self._binding(node.content.strip())
                self.line += node.content.count("\n")
                return piece
        self.reader.report(self.line, f"{node.type} is no part of a text", "use words, *stress*, **weight** and links")
        return None

    def _inner(self, node: Node) -> tuple[Run, ...]:
        runs: list[Run] = []
        for piece in self.pieces(node.children):
            if isinstance(piece, Alone | BlockId):
                self.reader.report(self.line, "a block id or figure stands inside marked words", "move it outside")
            else:
                runs.append(piece)
        return tuple(runs)

    def _link(self, node: Node) -> Piece | None:
        href = unquote(str(node.attrs.get("href", "")))
        line = self.line
        runs = self._inner(node)
        if not allowed_link(str(node.attrs.get("href", ""))):
            self.reader.report(line, f"a text may not link to {href!r}", LINK_HINT)
        elif href.startswith("#"):
            self.reader.places.append((line, href[1:]))
        if node.attrs.get("title"):
            self.reader.report(line, "a link has a title of its own", "say it in the words of the link")
        if not any(has_words(run.text) if isinstance(run, Text) else True for run in leaves(runs)):
            self.reader.report(line, f"the link to {href!r} has no words", "write [words](address)")
        return Link(str(node.attrs.get("href", "")), runs)

    def _text(self, text: str) -> Text:
        written = self.reader.lines[self.line - 1] if self.line <= len(self.reader.lines) else ""
        plain = text.isascii() and text.isprintable()
        for sign in () if plain else dict.fromkeys(text):
            if bad_sign(sign) and sign not in written and "\0" not in written:  # as an entity such as &#7;
                self.reader.report(self.line, f"{sign_name(sign)} is {bad_sign(sign)}", "take it out")
        if "](" in text:
            self.reader.report(self.line, f"{text[-40:]!r} is no link", f"write [words](address); {LINK_HINT}")
        for mark in ("{{", "}}", "{#", "[@"):
            if mark in text:
                self.reader.report(
                    self.line, f"{mark} begins or ends nothing", f"write one of {FORMS}, {{#id}}, [@source]"
                )
                break
        return Text(text, self.line)

    def _citation(self, content: str) -> CitationRun | None:
        ids = tuple(part.strip().removeprefix("@") for part in re.split("[;,]", content))
        if not all(ids):
            self.reader.report(self.line, "the citation names no source", "write [@source-id] or [@one; @two]")
            return None
        return CitationRun(ids, line=self.line)

    def _binding(self, content: str) -> Piece | None:
        key, _, style = (part.strip() for part in content.partition("|"))
        if style and not (style in STYLES and key.startswith("value.")):
            hint = f"values may have {', '.join(STYLES[1:])}; nothing else has a filter"
            self.reader.report(self.line, f"there is no filter |{style} for {key!r}", hint)
            style = ""
        kind, _, rest = key.partition(".")
        if kind == "value" and re.fullmatch(VALUE_ID, rest):
            return ValueRun(rest, style or "number", line=self.line)  # type: ignore[arg-type]
        if kind == "dir" and (found := re.fullmatch(rf"({VALUE_ID}):({VALUE_ID})", rest)):
            return DirectionRun(found[1], found[2], line=self.line)
        if kind == "measure" and re.fullmatch(VALUE_ID, rest):
            return MeasureRun(rest, line=self.line)
        if kind == "figure" and re.fullmatch(VALUE_ID, rest):
            return Alone(Figure(rest))
        if kind == "image" and re.fullmatch(VALUE_ID, rest):
            return Alone(Image(rest))
        if kind == "table" and re.fullmatch(VALUE_ID, rest):
            return Alone(TableRef(rest))
        if key in ("list.measures", "authors"):
            return Alone(MeasuresList() if key == "list.measures" else Authors())
        self.reader.report(self.line, f"{{{{ {content} }}}} is not understood", f"write one of {FORMS}")
        return None
