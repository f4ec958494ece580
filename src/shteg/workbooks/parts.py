"""What an Excel workbook is made of: a ZIP archive whose parts are found by the links between them.

Both forms of the standard are read, transitional and strict (ISO/IEC 29500): they differ in the names of their
namespaces only.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from shteg.errors import DesignError

LARGEST_PART = 2**31
"""Bytes of a part once unpacked; a larger one is refused before it fills the memory."""
_SUSPICIOUS_PART, _SUSPICIOUS_RATIO = 2**26, 200
"""A part of this size or more that unpacks to this many times its size is no table of answers."""

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_LINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
"""Numbers of built-in formats that show a day or a time of day."""
_LENGTH_FORMATS = frozenset((46,))

Attributes = Mapping[str, str]
Start = Callable[[str, Attributes], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet of a workbook; `hidden` however deep."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A workbook with everything its sheets refer to: shared texts, and of every style what its numbers are."""

    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    texts: tuple[str, ...]
    styles: tuple[str, ...]
    since_1904: bool


def open_book(path: Path, archive: zipfile.ZipFile) -> Book:
    """Find the sheets of a workbook.

    Raises
    ------
    DesignError
        A part is missing or far too large, or this is no workbook.
    """
    _check_sizes(path, archive)
    start = next((to for kind, to in _links(archive, "").values() if kind == "officeDocument"), None)
    if start is None:
        raise DesignError(
            "the file is no workbook: it does not say where its sheets are", "save it as .xlsx", path.name
        )
    links = _links(archive, start)
    sheets: list[Sheet] = []
    known: list[bool] = []
    since: list[bool] = []

    def begin(name: str, attributes: Attributes) -> None:
        if name == "workbook":
            known.append(True)
        elif name == "workbookPr":
            since.append(attributes.get("date1904", "0") in ("1", "true"))
        elif name == "sheet":
            link = next((attributes[f"{space} id"] for space in _LINKS if f"{space} id" in attributes), "")
            kind, part = links.get(link, ("", ""))
            if kind == "worksheet":
                sheets.append(Sheet(attributes.get("name", ""), part, attributes.get("state", "visible") != "visible"))

    parse(archive, start, begin)
    if not known:
        raise DesignError("the file is no workbook of Excel", "save it as .xlsx", path.name)
    parts = {kind: part for kind, part in links.values() if kind in ("sharedStrings", "styles")}
    return Book(
        archive=archive,
        sheets=tuple(sheets),
        texts=_shared_texts(archive, parts["sharedStrings"]) if "sharedStrings" in parts else (),
        styles=_styles(archive, parts["styles"]) if "styles" in parts else (),
        since_1904=any(since),
    )


class _LocalNames(dict[str, str]):
    """Names of elements without their namespace; "" for those that are none of a workbook's."""

    def __missing__(self, name: str) -> str:
        space, _, word = name.rpartition(" ")
        self[name] = word if space in _MAIN else ""
        return self[name]


def parse(
    archive: zipfile.ZipFile,
    part: str,
    begin: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read a part as XML, calling with the local names of the elements of a workbook; all others are passed over.

    Parameters
    ----------
    archive : zipfile.ZipFile
        The workbook.
    part : str
        Name in the archive.
    begin : callable
        Called with the name and the attributes of an element.
    end : callable, optional
        Called with the name of an element at its end.
    text : callable, optional
        Called with text, in pieces as the parser finds them.
    """
    names = _LocalNames()

    def opened(name: str, attributes: Attributes) -> None:
        if word := names[name]:
            begin(word, attributes)

    def closed(name: str) -> None:
        if end is not None and (word := names[name]):
            end(word)

    _feed(archive, part, opened, closed, text)


def _feed(
    archive: zipfile.ZipFile,
    part: str,
    begin: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_declarations
    with _open(archive, part) as file:
        read = 0
        while block := file.read(2**18):
            read += len(block)
            if read > LARGEST_PART:
                raise ValueError(f"{part} unpacks to more than it says")
            parser.Parse(block, False)
    parser.Parse(b"", True)


def _refuse_declarations(*_: object) -> None:
    raise ValueError("a workbook declares no document type")


def _open(archive: zipfile.ZipFile, part: str) -> IO[bytes]:
    """Open a part by its name; writers are not of one mind about case and slashes."""
    try:
        return archive.open(part)
    except KeyError:
        wanted = part.lower()
        for name in archive.namelist():
            if name.replace("\\", "/").lstrip("/").lower() == wanted:
                return archive.open(name)
        raise ValueError(f"there is no part {part}") from None


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        packed = entry.file_size > _SUSPICIOUS_PART and entry.file_size > _SUSPICIOUS_RATIO * entry.compress_size
        if entry.file_size > LARGEST_PART or packed:
            problem = f"a part of the workbook unpacks to {entry.file_size:,} bytes ({entry.filename})"
            raise DesignError(problem, "save the data as CSV or Parquet", path.name)


def _links(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Give the links of a part, by id: what kind of part each leads to, and its name."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def begin(element: str, attributes: Attributes) -> None:
        if element.endswith(" Relationship") and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, posixpath.normpath(whole))

    _feed(archive, posixpath.join(folder, "_rels", f"{name}.rels"), begin)
    return found


def unescape(text: str) -> str:
    """Turn `_x000D_` and its like into the characters that a workbook writes so."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _shared_texts(archive: zipfile.ZipFile, part: str) -> tuple[str, ...]:
    texts: list[str] = []
    pieces: list[str] = []
    inside, phonetic = False, 0

    def begin(name: str, _: Attributes) -> None:
        nonlocal inside, phonetic
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            phonetic += 1
        inside = name == "t" and not phonetic

    def end(name: str) -> None:
        nonlocal inside, phonetic
        inside = False
        if name == "si":
            texts.append(unescape("".join(pieces)))
        elif name == "rPh":
            phonetic -= 1

    def read(text: str) -> None:
        if inside:
            pieces.append(text)

    parse(archive, part, begin, end, read)
    return tuple(texts)


def _styles(archive: zipfile.ZipFile, part: str) -> tuple[str, ...]:
    """Give what the numbers of every style are: "" (numbers), "date" or "length"."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside = False

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal inside
        if name == "numFmt":
            formats[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    parse(archive, part, begin, end)
    return tuple(kind_of_format(number, formats.get(number)) for number in styles)


def kind_of_format(number: int, code: str | None) -> str:
    """Tell what a number format shows: "date" (a day or a time of day), "length" (hours beyond 24) or "" (a number)."""
    if code is None:
        return "length" if number in _LENGTH_FORMATS else "date" if number in _DATE_FORMATS else ""
    first = next(_sections(code)).lower()
    if re.search(r"\[(h+|m+|s+)\]", first):
        return "length"
    bare = re.sub(r"\[[^\]]*\]", "", first)
    bare = re.sub(r"general|e[+-]", "", bare)
    return "date" if re.search(r"[ymdhs]", bare) else ""


def _sections(code: str) -> Iterator[str]:
    """Give the parts of a format between semicolons, without quoted texts and single characters shown as they are."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code)
    yield from bare.split(";")
