"""The Markdown of a text with a map: which characters of the file print which words of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token as Mark

from shteg.publish.returned.tokens import Token, split
from shteg.publish.word.embedded import Bound, bookmark_of
from shteg.report.text.addresses import followed_address
from shteg.report.text.front_matter import FENCE
from shteg.report.text.inline import markdown_parser

_LINK_END = re.compile(r"\]\(\s*(?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
_SOFT = re.compile(r"[ \t]*\n[ \t]*")
_HARD = re.compile(r"(?:\\|[ \t]{2,})\n[ \t]*")
PRINTED_ONLY = "\0"
"""Source of the number that is printed behind a link to a figure of the text: it has none."""
_PLACED = {"binding": "{{%s}}", "citation": "[%s]"}


@dataclass(slots=True, kw_only=True)
class Stretch:
    """One paragraph of a block: its lines in the file, what stands before its words, and the words.

    `head` is what the first line begins with (`- `, `## `), `indent` what the others do; `kind` is heading, item, quote
    or plain; `tail` the block id with the space before it, if it stands here.
    """

    kind: str
    level: int = 0
    ordered: bool = False
    head: str = ""
    indent: str = ""
    tokens: list[Token] = field(default_factory=list)
    tail: str = ""
    mapped: bool = True
    lines: tuple[str, ...] = ()
    gap: tuple[str, ...] = ()
    """Lines of the block that stand between the paragraph before and this one."""

    @property
    def text(self) -> str:
        """What is printed."""
        return "".join(token.text for token in self.tokens)


@dataclass(slots=True, kw_only=True)
class SourceBlock:
    """A block of the file: its id, its lines (from 0, the last not counted), and its paragraphs if it is of words."""

    id: str
    first: int
    last: int
    stretches: list[Stretch] = field(default_factory=list)
    lines: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Source:
    """A text, line by line; line ends are `\\n`."""

    lines: list[str]
    blocks: list[SourceBlock]

    def block(self, block_id: str) -> SourceBlock | None:
        """Find a block by its id."""
        return next((one for one in self.blocks if one.id == block_id), None)


@cache
def _parser() -> MarkdownIt:
    return markdown_parser()


def read_source(markdown: str) -> Source:
    """Divide a text into blocks, and map the words of each; bound things are not numbered yet."""
    lines = markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ends = [at for at, line in enumerate(lines) if line.strip() == FENCE]
    offset = ends[1] + 1 if len(ends) > 1 and ends[0] == 0 else 0
    marks = _parser().parse("\n".join(lines[offset:]))
    blocks = []
    for outer in _outermost(marks):
        place = outer[0].map or [0, 0]
        first, last = offset + place[0], offset + place[1]
        while last > first + 1 and not lines[last - 1].strip():
            last -= 1
        blocks.append(_block(outer, lines, offset, first, last))
    return Source(lines=lines, blocks=blocks)


def _outermost(marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    depth, block = 0, []
    for mark in marks:
        block.append(mark)
        depth += mark.nesting
        if depth == 0:
            yield block
            block = []


def _block(marks: list[Mark], lines: list[str], offset: int, first: int, last: int) -> SourceBlock:
    made = SourceBlock(id="", first=first, last=last, lines=tuple(lines[first:last]))
    inside: list[Mark] = []
    done = first
    for mark in marks:
        if mark.nesting > 0:
            inside.append(mark)
        elif mark.nesting < 0:
            inside.pop()
        elif mark.type == "inline":
            stretch, block_id = _stretch(mark, inside, lines, offset)
            begins = offset + (mark.map or [0, 0])[0]
            stretch.gap, done = tuple(lines[done:begins]), begins + len(stretch.lines)
            made.stretches.append(stretch)
            made.id = block_id or made.id
    if len(made.stretches) == 1 and _stands_alone(made.stretches[0]):
        made.stretches = []
    return made


def _stretch(mark: Mark, inside: list[Mark], lines: list[str], offset: int) -> tuple[Stretch, str]:
    kinds = [one.type for one in inside]
    made = Stretch(kind="plain")
    if "heading_open" in kinds:
        made.kind, made.level = "heading", int(inside[-1].tag[1:])
    elif "list_item_open" in kinds:
        made.kind = "item"
        made.level = kinds.count("list_item_open") - 1
        made.ordered = next(one for one in reversed(inside) if one.type.endswith("_list_open")).type[0] == "o"
    elif "blockquote_open" in kinds:
        made.kind = "quote"
    place = mark.map or [0, 0]
    whole = lines[offset + place[0] : offset + place[1]]
    words = mark.content.split("\n")
    made.lines = tuple(whole[: len(words)])
    made.head = whole[0][: whole[0].find(words[0])] if words[0] in whole[0] else ""
    if len(words) > 1 and words[1] in whole[1]:
        made.indent = whole[1][: whole[1].find(words[1])]
    else:
        made.indent = "> " if made.kind == "quote" else " " * len(made.head) if made.kind == "item" else ""
    made.mapped = words[0] in whole[0]
    tokens = _map(mark.content, mark.children or [])
    if tokens is None:
        made.mapped = False
        return made, _id_at_end(mark.content)
    return made, _take_tail(made, tokens)


def _id_at_end(content: str) -> str:
    found = re.search(r"\{#([^{}\s]*)\}\s*$", content)
    return found[1] if found else ""


def _take_tail(made: Stretch, tokens: list[Token]) -> str:
    """Take the block id off the end of the words, with the space before it."""
    block_id = ""
    if tokens and tokens[-1].raw.startswith("{#") and tokens[-1].bound == -1:
        made.tail, block_id = tokens[-1].raw, tokens[-1].raw[2:-1]
        tokens.pop()
        while tokens and tokens[-1].is_space:
            made.tail = tokens.pop().raw + made.tail
    made.tokens = tokens
    return block_id


def _stands_alone(stretch: Stretch) -> bool:
    """Tell whether a paragraph is a figure, a table or another placeholder that makes a block."""
    tokens = [one for one in stretch.tokens if not one.is_space]
    kinds = ("figure.", "table.", "image.", "list.measures", "authors")
    return len(tokens) == 1 and tokens[0].raw.strip("{} \t\n").startswith(kinds) and tokens[0].raw.startswith("{{")


def _map(content: str, marks: Sequence[Mark]) -> list[Token] | None:
    """Map the words of a paragraph to its source; None where that is not possible."""
    found: list[Token] = []
    at = bold = italic = 0
    links: list[str] = []
    for mark in marks:
        look = Token(text="", bold=bold > 0, italic=italic > 0, link=links[-1] if links else "")
        raw = ""
        match mark.type:
            case "text":
                raw = mark.content
                found += _words(raw, look)
            case "text_special":
                raw = mark.markup
                found.append(replace(look, text=mark.content, raw=raw))
            case "softbreak" | "hardbreak":
                ends = (_SOFT if mark.type == "softbreak" else _HARD).match(content, at)
                if ends is None:
                    return None
                raw = ends[0]
                found.append(replace(look, text=" " if mark.type == "softbreak" else "\n", raw=raw))
            case "strong_open" | "strong_close" | "em_open" | "em_close":
                raw = mark.markup
                bold += mark.nesting * mark.type.startswith("s")
                italic += mark.nesting * mark.type.startswith("e")
            case "link_open" if mark.markup != "autolink":
                raw = "["
                links.append(str(mark.attrs.get("href", "")))
            case "link_close" if mark.markup != "autolink":
                end = _LINK_END.match(content, at)
                raw = end[0] if end else "\0"
                if links.pop().startswith("#"):
                    found.append(replace(look, raw=PRINTED_ONLY, bound=-1))
            case "block_id":
                raw = f"{{#{mark.content}}}"
                found.append(Token(text="", raw=raw, bound=-1))
            case "binding" | "citation":
                raw = _PLACED[mark.type] % mark.content
                found.append(replace(look, raw=raw, bound=-1))
            case _:
                return None
        if not content.startswith(raw, at):
            return None
        at += len(raw)
    return _joined(found) if at == len(content) else None


def _words(raw: str, look: Token) -> list[Token]:
    return [replace(look, text=one, raw=one) for one in split(raw)]


def _joined(tokens: list[Token]) -> list[Token]:
    """Join words that the parser divided (`can` `_` `not`), as they are one word on the page."""
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        if before is not None and before.bound is None and token.bound is None and _one_word(before, token):
            found[-1] = replace(token, text=before.text + token.text, raw=before.raw + token.raw)
        else:
            found.append(token)
    return found


def _one_word(before: Token, token: Token) -> bool:
    same = (before.bold, before.italic, before.link) == (token.bold, token.italic, token.link)
    return same and len(split(before.text + token.text)) == 1


def number_bound(block: SourceBlock, first: int, bound: Sequence[Bound], places: dict[str, str]) -> bool:
    """Number the bound things of a block, and say where its printed links lead; False where they do not fit.

    Parameters
    ----------
    block : SourceBlock
        Changed in place.
    first : int
        Number of its first bound thing.
    bound : sequence of Bound
        All that were printed.
    places : dict of str to str
        Bookmark of each block of the text.

    Returns
    -------
    bool
    """
    number = first
    for stretch in block.stretches:
        tokens = []
        for token in stretch.tokens:
            if token.raw == PRINTED_ONLY and (number >= len(bound) or bound[number].kind != "place"):
                continue  # the link leads to words, which have no number
            if token.bound is None:
                tokens.append(replace(token, href=_printed_target(token.link, places)))
                continue
            if number >= len(bound):
                return False
            href = _printed_target(token.link, places)
            tokens.append(replace(token, href=href, text=bound[number].printed, bound=number))
            number += 1
        stretch.tokens = tokens
    return True


def _printed_target(link: str, places: dict[str, str]) -> str:
    """Say where a printed link leads: out, or to a bookmark; a page of the site is no place on paper."""
    if followed_address(link):
        return link
    return f"#{places[link[1:]]}" if link.startswith("#") and link[1:] in places else ""


def places_of(source: Source) -> dict[str, str]:
    """Give the bookmark of each block."""
    return {block.id: bookmark_of(block.id, at) for at, block in enumerate(source.blocks)}
