"""Read a finished Word file again: does every figure in it equal the edition's, does every block find back?"""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from shteg.errors import A_FAULT, Problem, PublishError
from shteg.publish.html.reread import require_none
from shteg.publish.printed import Voice
from shteg.publish.word.embedded import SPACE, Bound, Embedded, bookmark_of, bound_of_tag, read_embedded
from shteg.publish.word.opening import open_parts, parse
from shteg.publish.word.xml import W
from shteg.report import (
    Document,
    PrintedCell,
    PrintedCount,
    PrintedValue,
    check_published,
    check_published_cells,
    check_published_counts,
    check_published_text,
)
from shteg.report.language.marked import Style

AGAIN = f"build the publication again; if it stays, {A_FAULT}"
_SIGNS_STYLE = "ShtegSigns"


def embedded_of(parts: dict[str, bytes]) -> Embedded | None:
    """Give what a Word file carries of its own text; None where it carries nothing.

    Raises
    ------
    UsageError
        It carries something else than what was written.
    """
    for name in sorted(parts):
        if name.startswith("customXml/") and SPACE.encode() in parts[name]:
            root = parse(parts[name], name)
            if root.tag == f"{{{SPACE}}}shteg":
                return read_embedded(root.text or "", root.get("sha256", ""))
    return None


def printed_in(made: bytes, name: str) -> tuple[Embedded, list[tuple[int, str]], list[str], str]:
    """Read a finished file: what it carries, what each control holds, the bookmarks, all its words.

    Raises
    ------
    PublishError
        It carries nothing of its own.
    """
    parts = open_parts(made, name)
    embedded = embedded_of(parts)
    if embedded is None:
        raise PublishError(f"the document {name} does not carry its text", AGAIN, name)
    document = parse(parts["word/document.xml"], name)
    controls = []
    for control in document.iter(f"{{{W}}}sdt"):
        tag = control.find(f"{{{W}}}sdtPr/{{{W}}}tag")
        number = None if tag is None else bound_of_tag(tag.get(f"{{{W}}}val", ""), embedded.bound)
        if number is not None:
            controls.append((number, _text_of(control)))
    marks = [mark.get(f"{{{W}}}name", "") for mark in document.iter(f"{{{W}}}bookmarkStart")]
    return embedded, controls, marks, _text_of(document)


def _text_of(element: Any) -> str:
    """Give the characters of an element without the signs that stand beside numbers."""
    found = []
    for run in element.iter(f"{{{W}}}r"):
        style = run.find(f"{{{W}}}rPr/{{{W}}}rStyle")
        if style is None or style.get(f"{{{W}}}val") != _SIGNS_STYLE:
            for child in run:
                kind = str(child.tag).rpartition("}")[2]
                found.append(child.text or "" if kind == "t" else _SIGNS.get(kind, ""))
    return "".join(found)


_SIGNS = {"noBreakHyphen": "\u2011", "softHyphen": "\u00ad", "br": "\n", "tab": "\t"}


def require_same_document(made: bytes, voice: Voice, document: Document, name: str) -> None:
    """Compare a finished Word file with the edition.

    Parameters
    ----------
    made : bytes
        The file.
    voice : Voice
        Edition and language.
    document : Document
        The resolved text that it was made of.
    name : str
        Of the file, for errors.

    Raises
    ------
    PublishError
        A figure differs, stands twice or not at all, or a block does not find back.
    """
    embedded, controls, marks, words = printed_in(made, name)
    found = [(embedded.bound[number], text) for number, text in controls]
    values = [_value(one, text, name) for one, text in found if one.kind == "value"]
    cells = [_cell(one, text, name) for one, text in found if one.kind == "cell"]
    counts = [_count(one, text, name) for one, text in found if one.kind == "count"]
    problems = [
        *check_published({voice.language: values}, voice.edition),
        *check_published_cells({voice.language: cells}, voice.edition),
        *check_published_counts({voice.language: counts}, voice.edition),
        *check_published_text(document, words, name),
        *(Problem(name, 0, 0, problem, AGAIN) for problem in _lost(embedded, controls, marks)),
    ]
    require_none(problems)


def _lost(embedded: Embedded, controls: list[tuple[int, str]], marks: list[str]) -> list[str]:
    counts = Counter(number for number, _ in controls)
    lost = [
        f"{one.key} stands {counts[number]} times where it must stand once"
        for number, one in enumerate(embedded.bound)
        if counts[number] != 1
    ]
    lost += [
        f"{one.key} is printed as {text!r}, not as {one.text!r}"
        for one, text in ((embedded.bound[number], text) for number, text in controls)
        if text != one.text
    ]
    blocks = dict.fromkeys(entry.block for entry in embedded.entries if entry.block)
    known = {mark: marks.count(mark) for mark in marks}
    lost += [f"the bookmark {mark} stands {count} times" for mark, count in known.items() if count > 1]
    places = [one.removeprefix("block_") for one in known]
    lost += [f"block {one} has no bookmark" for one in blocks if not _has_bookmark(one, places)]
    return lost


def _has_bookmark(block_id: str, places: list[str]) -> bool:
    name = bookmark_of(block_id, 0).removeprefix("block_")
    return name in places or (name == "0" and any(place.isdecimal() for place in places))


def _value(one: Bound, text: str, name: str) -> PrintedValue:
    return PrintedValue(one.key, text, cast(Style, one.style), name)


def _count(one: Bound, text: str, name: str) -> PrintedCount:
    return PrintedCount(one.key, tuple(one.style.split(";")) if one.style else (), text, name)


def _cell(one: Bound, text: str, name: str) -> PrintedCell:
    table, _, place = one.key.partition("/")
    row, _, column = place.partition("/")
    return PrintedCell(table, int(row) if row.isdecimal() else -1, column, one.style, text, name)
