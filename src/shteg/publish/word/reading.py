"""Read the body of a Word file: paragraphs and tables as a reader sees them, with who changed what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shteg.publish.word.looks import Looks
from shteg.publish.word.opening import parse
from shteg.publish.word.xml import NO_BREAK_HYPHEN, SOFT_HYPHEN, R, W

OBJECT = "\ufffc"
"""Stands for a picture or another object in the text of a paragraph."""
_SIGNS = {"tab": "\t", "cr": "\n", "noBreakHyphen": NO_BREAK_HYPHEN, "softHyphen": SOFT_HYPHEN, "ptab": "\t"}
_OBJECTS = frozenset({"drawing", "pict", "object"})
_THROUGH = frozenset({"smartTag", "customXml", "dir", "bdo", "fldSimple", "sdtContent"})
_FOREIGN = {
    "footnoteReference": "a footnote",
    "endnoteReference": "an endnote",
    "ruby": "words above words",
    "oMath": "a formula",
    "oMathPara": "a formula",
    "altChunk": "another document",
    "subDoc": "another document",
}
_LINK = re.compile(r'HYPERLINK\s+(?:\\l\s+)?"([^"]*)"', re.IGNORECASE)
Takes = Callable[[str], bool]


def takes_all(author: str) -> bool:
    """Take the changes of every author."""
    return True


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that look alike: `control` is the tag of the content control around them, `author` who added them."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    control: str = ""
    author: str = ""
    sign: bool = False


@dataclass(slots=True, kw_only=True)
class Part:
    """A paragraph or a table of the body.

    `style` is the name of its style in small letters; `item` is (counts, depth) of an item of a list; `foreign` names
    what no text may hold; `removed` is what tracked deletions took away, with their author.
    """

    pieces: list[Piece] = field(default_factory=list)
    style: str = ""
    item: tuple[bool, int] | None = None
    table: bool = False
    bookmarks: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    authors: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All characters."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def level(self) -> int:
        """Level of a heading; 0 for what is none."""
        found = re.fullmatch(r"heading ([1-9])", self.style)
        return int(found[1]) if found else 0


@dataclass(slots=True)
class Reader:
    """Walks over a body.

    Attributes
    ----------
    looks : Looks
        Styles and numberings of the file.
    addresses : mapping
        Relations to places outside, by id.
    takes : callable
        Whether the changes that an author tracked are taken.
    """

    looks: Looks
    addresses: Mapping[str, str] = field(default_factory=dict)
    takes: Takes = takes_all
    quoted: dict[str, list[str]] = field(default_factory=dict)
    """Words that each comment is about, by its id."""
    _open: list[str] = field(default_factory=list)
    _fields: list[list[str]] = field(default_factory=list)
    _joins: bool = False

    def parts(self, body: Any) -> list[Part]:
        """Give what stands in the body, empty paragraphs and the contents left out."""
        found: list[Part] = []
        pending: Part | None = None
        for element in self._blocks(body):
            if _name(element) == "tbl":
                found.append(self._table(element))
                continue
            part = self._paragraph(element, pending)
            pending = part if self._joins else None
            if pending is None and (part.text.strip() or part.foreign or part.removed or part.comments):
                found.append(part)
        if pending is not None and pending.text.strip():
            found.append(pending)
        return [one for one in found if not one.style.startswith(("toc ", "contents "))]

    def _blocks(self, parent: Any) -> Iterator[Any]:
        for child in parent:
            match _name(child):
                case "p" | "tbl":
                    yield child
                case "sdt":
                    if not _is_contents(child):
                        yield from self._blocks(_child(child, "sdtContent"))
                case "customXml" | "ins" | "moveTo" | "smartTag":
                    yield from self._blocks(child)

    def _table(self, element: Any) -> Part:
        part, rows = Part(table=True), []
        for row in element.iter(f"{{{W}}}tr"):
            cells = []
            for cell in row.iter(f"{{{W}}}tc"):
                inside = [self._paragraph(one, None) for one in cell.iter(f"{{{W}}}p")]
                cells.append("\n".join(one.text for one in inside))
                for one in inside:
                    part.foreign += one.foreign
                    part.comments += one.comments
                    part.authors |= one.authors
            if any(_name(one) in ("ins", "del") for one in _child(row, "trPr")):
                part.foreign.append("a changed row")
            rows.append("\t".join(cells))
        self._joins = False
        part.pieces = [Piece("\n".join(rows))]
        return part

    def _paragraph(self, element: Any, before: Part | None) -> Part:
        properties = _child(element, "pPr")
        part = before or Part()
        if before is None:
            part.style, part.item = self.looks.paragraph(properties)
        self._joins = False
        mark = _child(properties, "rPr")
        for one in mark:
            if _name(one) in ("ins", "del", "moveFrom", "moveTo"):
                author = _get(one, "author")
                part.authors.add(author)
                self._joins = (_name(one) in ("del", "moveFrom")) == self.takes(author)
        part.comments += [one for one in self._open if one not in part.comments]
        self._inside(element, part, Piece(""))
        return part

    def _inside(self, parent: Any, part: Part, now: Piece) -> None:
        for child in parent:
            self._element(child, part, now)

    def _element(self, child: Any, part: Part, now: Piece) -> None:
        name = _name(child)
        match name:
            case "r":
                self._run(child, part, now)
            case "hyperlink":
                where = _get(child, "anchor")
                where = f"#{where}" if where else self.addresses.get(child.get(f"{{{R}}}id", ""), "")
                self._inside(child, part, _but(now, href=where))
            case "sdt":
                tag = _get(_child(_child(child, "sdtPr"), "tag"), "val")
                self._inside(_child(child, "sdtContent"), part, _but(now, control=tag or now.control))
            case "ins" | "moveTo" | "del" | "moveFrom":
                self._tracked(child, part, now)
            case "bookmarkStart":
                part.bookmarks.append(_get(child, "name"))
            case "commentRangeStart":
                self._open.append(_get(child, "id"))
                part.comments.append(_get(child, "id"))
            case "commentRangeEnd":
                self._open = [one for one in self._open if one != _get(child, "id")]
            case "AlternateContent":
                for inside in child[:1]:
                    self._inside(inside, part, now)
            case _ if name in _OBJECTS:
                self._add(part, _but(now, text=OBJECT))
            case _ if name in _THROUGH:
                self._inside(child, part, now)
            case _ if name in _FOREIGN:
                part.foreign.append(_FOREIGN[name])

    def _tracked(self, child: Any, part: Part, now: Piece) -> None:
        author, added = _get(child, "author"), _name(child) in ("ins", "moveTo")
        part.authors.add(author)
        if added == self.takes(author):
            self._inside(child, part, _but(now, author=author if added else now.author))
        elif not added:
            gone = "".join(one.text or "" for one in child.iter(f"{{{W}}}delText", f"{{{W}}}t"))
            part.removed.append((author, gone))

    def _run(self, element: Any, part: Part, now: Piece) -> None:
        look = self.looks.run(_child(element, "rPr"), self.takes)
        if look.hidden:
            return
        if look.struck:
            part.foreign.append("struck-out words")
        now = _but(now, bold=look.bold, italic=look.italic, sign=look.sign)
        for child in element:
            name = _name(child)
            if name == "fldChar":
                self._field(_get(child, "fldCharType"))
            elif name in ("instrText", "delInstrText"):
                if self._fields:
                    self._fields[-1][0] += child.text or ""
            elif any(kind != "result" for _, kind in self._fields):
                continue
            elif name in ("t", "delText"):
                self._add(part, _but(now, text=child.text or ""))
            elif name in _SIGNS:
                self._add(part, _but(now, text=_SIGNS[name]))
            elif name == "br":
                if _get(child, "type") not in ("page", "column"):
                    self._add(part, _but(now, text="\n"))
            elif name == "sym":
                self._add(part, _but(now, text=_symbol(_get(child, "char"))))
            elif name == "AlternateContent" or name in _OBJECTS or name in _FOREIGN:
                self._element(child, part, now)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(["", "code"])
        elif kind == "separate" and self._fields:
            self._fields[-1][1] = "result"
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _add(self, part: Part, piece: Piece) -> None:
        for code, _ in reversed(self._fields):
            if not piece.href and (found := _LINK.search(code)):
                piece = _but(piece, href=("#" if "\\l" in code else "") + found[1])
        for comment in self._open:
            self.quoted.setdefault(comment, []).append(piece.text)
        if piece.author:
            part.authors.add(piece.author)
        if piece.text:
            part.pieces.append(piece)


def _but(piece: Piece, **changes: Any) -> Piece:
    known = {name: getattr(piece, name) for name in ("text", "bold", "italic", "href", "control", "author", "sign")}
    return Piece(**(known | changes))


def _is_contents(control: Any) -> bool:
    gallery = next(control.iter(f"{{{W}}}docPartGallery"), None)
    return gallery is not None and "contents" in _get(gallery, "val").casefold()


def _symbol(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child(element: Any, name: str) -> Any:
    found = element.find(f"{{{W}}}{name}") if len(element) else None
    return () if found is None else found


def _get(element: Any, name: str) -> str:
    return "" if isinstance(element, tuple) else str(element.get(f"{{{W}}}{name}", ""))


def read_parts(document: str, styles: str, numbering: str) -> list[Part]:
    """Read parts that were just written.

    Parameters
    ----------
    document, styles, numbering : str
        Text of the parts.

    Returns
    -------
    list of Part
    """
    looks = Looks(parse(styles.encode(), "styles"), parse(numbering.encode(), "numbering"))
    return Reader(looks).parts(parse(document.encode(), "document")[0])
