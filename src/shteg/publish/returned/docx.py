"""Open a Word file that came back: its paragraphs, its comments, and the text that it carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shteg.errors import UsageError
from shteg.publish.word.embedded import DAMAGED, Embedded
from shteg.publish.word.looks import Looks
from shteg.publish.word.opening import open_parts, parse
from shteg.publish.word.reading import Part, Reader
from shteg.publish.word.reread import embedded_of
from shteg.publish.word.xml import W

_PARA = "{http://schemas.microsoft.com/office/word/2010/wordml}paraId"
_MORE = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A comment as the file holds it: its id, and the words it is about."""

    id: str
    author: str
    day: str
    text: str
    quoted: str
    resolved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A file that came back."""

    embedded: Embedded
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]
    authors: tuple[str, ...]


def open_returned(content: bytes, name: str, takes: Callable[[str], bool]) -> Returned:
    """Read a file that came back.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        How errors call it.
    takes : callable
        Whether the changes that an author tracked are taken; else they are undone.

    Returns
    -------
    Returned

    Raises
    ------
    UsageError
        It is no Word file of shteg, or one that cannot be read.
    """
    parts = open_parts(content, name)
    embedded = embedded_of(parts)
    if embedded is None:
        hint = f"{DAMAGED}: some programs drop the data that shteg put in; Word and LibreOffice keep them"
        raise UsageError("this file was not made by shteg, or it has lost what shteg needs to take it back", hint, name)
    if not embedded.markdown:
        raise UsageError("this file holds no text of the case", "make it from an edition with texts", name)
    document = parse(parts["word/document.xml"], "word/document.xml")
    body = document.find(f"{{{W}}}body")
    if body is None:
        raise UsageError("this file has no body", "save it again in Word or LibreOffice", name)
    looks = Looks(*(_optional(parts, one) for one in ("word/styles.xml", "word/numbering.xml")))
    reader = Reader(looks, _addresses(parts), takes)
    found = tuple(reader.parts(body))
    authors = sorted({author for part in found for author in part.authors if author})
    return Returned(embedded=embedded, parts=found, notes=_notes(parts, reader), authors=tuple(authors))


def _optional(parts: dict[str, bytes], name: str) -> Any:
    return parse(parts[name], name) if name in parts else None


def _addresses(parts: dict[str, bytes]) -> dict[str, str]:
    relations = _optional(parts, "word/_rels/document.xml.rels")
    rows = [] if relations is None else relations.iter(_RELATIONSHIP)
    return {row.get("Id", ""): row.get("Target", "") for row in rows if row.get("TargetMode") == "External"}


def _notes(parts: dict[str, bytes], reader: Reader) -> tuple[Note, ...]:
    comments = _optional(parts, "word/comments.xml")
    if comments is None:
        return ()
    extended = _optional(parts, "word/commentsExtended.xml")
    rows = [] if extended is None else extended.iter(f"{_MORE}commentEx")
    done = {row.get(f"{_MORE}paraId", "") for row in rows if row.get(f"{_MORE}done") in ("1", "true")}
    notes = []
    for one in comments.iter(f"{{{W}}}comment"):
        paragraphs = list(one.iter(f"{{{W}}}p"))
        said = ("".join(text.text or "" for text in paragraph.iter(f"{{{W}}}t")) for paragraph in paragraphs)
        number = one.get(f"{{{W}}}id", "")
        notes.append(
            Note(
                id=number,
                author=one.get(f"{{{W}}}author", ""),
                day=one.get(f"{{{W}}}date", "")[:10],
                text="\n".join(said).strip(),
                quoted=" ".join("".join(reader.quoted.get(number, [])).split()),
                resolved=any(paragraph.get(_PARA, "") in done for paragraph in paragraphs),
            )
        )
    return tuple(notes)
