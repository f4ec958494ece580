"""What a Word file carries of its own text, so that it finds back alone: Markdown, what was printed, where each stands.

It is a part of the package that word processors keep and do not show. Its checksum tells whether a program changed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from shteg.errors import UsageError
from shteg.publish.word.xml import DECLARATION

SPACE = "urn:shteg:word:1"
"""Namespace of the part."""
STORE = "{5D3A41F0-7B0C-4E7B-9A65-5A7A0B0C51E6}"
"""Name of the part among the data of a package: any, but the same each time."""
BLOCK = "block_"
"""Start of the bookmark of a block: its id with `_` for `-`, which no bookmark may hold."""
LONGEST_BOOKMARK = 40
TAG = "shteg"
"""Start of the tag of a content control: the number of what it holds follows."""
BoundKind = Literal["value", "cell", "count", "direction", "measure", "citation", "place"]
DAMAGED = "take the file as shteg wrote it, or copy your changes into it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Something printed that no editor may change: what, and its characters; `signs` stand behind a number.

    `key` is the id of a value or measure, the two ids of a direction, the sources of a citation, the block of a figure
    whose number is printed (`place`), for a number of a table its table, row and column, for a count what is counted;
    `style` is the style of a value, the form of a number of a table, or the conditions of a count.
    """

    kind: BoundKind
    key: str
    text: str
    style: str = ""
    signs: str = ""

    @property
    def printed(self) -> str:
        """All characters that stand in its place."""
        return self.text + self.signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paragraph or table of the body: of a block of the text (`block`), or made by the publisher (`what`).

    `first` is the number of the first bound thing of a block; `text` are the words of what the publisher made, `place`
    is the block that it was made for (a figure, a table), if it is for one.
    """

    block: str = ""
    first: int = 0
    what: str = ""
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """All of it."""

    case: str
    language: str
    text: str
    edition: str
    markdown: str
    bound: tuple[Bound, ...]
    entries: tuple[Entry, ...]

    @property
    def where(self) -> str:
        """Where the text lies in its case."""
        return f"text/{self.language}/{self.text}.md"


def bookmark_of(block_id: str, place: int) -> str:
    """Name the bookmark of a block; a long id gives way to its place in the text."""
    name = BLOCK + block_id.replace("-", "_")
    return name if len(name) <= LONGEST_BOOKMARK else f"{BLOCK}_{place}"


def write_embedded(found: Embedded) -> str:
    """Write the part."""
    plain = replace(found, language=str(found.language))  # a language carries its catalogue, which is no part of this
    content = json.dumps(asdict(plain), sort_keys=True, separators=(",", ":"))
    escaped = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'{DECLARATION}<shteg xmlns="{SPACE}" sha256="{_digest(content)}">{escaped}</shteg>'


def read_embedded(content: str, digest: str) -> Embedded:
    """Read what stands in the part.

    Raises
    ------
    UsageError
        It is not what was written.
    """
    content = content.strip()
    if _digest(content) != digest:
        raise UsageError("the data of shteg in this file are damaged", DAMAGED)
    try:
        found: dict[str, Any] = json.loads(content)
        bound = tuple(_made(Bound, one) for one in found.pop("bound"))
        entries = tuple(_made(Entry, one) for one in found.pop("entries"))
        return Embedded(**_texts(found), bound=bound, entries=entries)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"the data of shteg in this file cannot be read: {error}", DAMAGED) from error


def _made(kind: type, row: dict[str, Any]) -> Any:
    wanted: dict[str, Any] = {one.name: one.default for one in fields(kind)}
    for name, thing in row.items():
        if not isinstance(thing, int if name == "first" else str):
            raise ValueError(f"{name} is {type(thing).__name__}")
    return kind(**{name: row[name] for name in wanted if name in row})


def _texts(found: dict[str, Any]) -> dict[str, str]:
    texts = {name: found[name] for name in ("case", "language", "text", "edition", "markdown")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("a name is no text")
    return texts


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def bound_of_tag(tag: str, bound: Sequence[Bound]) -> int | None:
    """Give the number of what a content control holds; None where the control is none of ours."""
    number = tag.removeprefix(TAG)
    if number == tag or not number.isascii() or not number.isdecimal() or len(number) > 6:
        return None
    return int(number) if int(number) < len(bound) else None
