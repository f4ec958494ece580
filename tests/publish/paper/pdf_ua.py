"""The rules of PDF/UA-1 (ISO 14289-1) that a program can check, looked at with pypdf: what veraPDF would look at too.

Each rule names its checkpoint of the Matterhorn Protocol 1.1. What only a person can judge (is the alternative text
right, is the order of reading sensible) is not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

PAINTS = frozenset({b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"Do", b"sh"})
"""Operators that put something on the page."""


def problems_of(path: Path) -> list[str]:
    """Give what a document does against the rules; empty if nothing."""
    reader = PdfReader(path)
    root = _plain(reader.trailer["/Root"])
    elements = list(_elements(root))
    checks = (_catalogue(reader, root), _figures(elements), _headings(elements), _tables(elements), _links(reader))
    more = (_fonts(reader), _marked(reader), _referenced(reader, root), _lists(elements))
    return [problem for check in (*checks, *more) for problem in check]


def _plain(thing: Any) -> Any:
    return thing.get_object() if isinstance(thing, IndirectObject) else thing


def _catalogue(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    if not _says(root, "/MarkInfo", "/Marked"):
        yield "06: not tagged"
    if _says(root, "/MarkInfo", "/Suspects"):
        yield "06: suspects"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]+)*", str(root.get("/Lang", ""))):
        yield "11-006: no language"
    if not _says(root, "/ViewerPreferences", "/DisplayDocTitle"):
        yield "07-001: a reader shows the file name, not the title"
    if reader.metadata is None or not (reader.metadata.title or "").strip():
        yield "06-003: no title"
    xmp = _plain(root["/Metadata"]).get_data().decode("utf-8")
    if not re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", xmp):
        yield "05-001: does not say that it is PDF/UA-1"
    if "dc:title" not in xmp:
        yield "06-003: no title in the metadata"
    if reader.is_encrypted:
        yield "26: encrypted"
    if len(reader.pages) > 4 and not reader.outline:
        yield "no bookmarks"


def _says(root: DictionaryObject, part: str, key: str) -> bool:
    found = _plain(_plain(root.get(part, {})).get(key, False))
    return bool(getattr(found, "value", found))


def _elements(root: DictionaryObject) -> Iterator[tuple[str, DictionaryObject]]:
    """Walk over the structure in reading order: the standard role of each element, and the element."""
    tree = _plain(root.get("/StructTreeRoot"))
    if tree is None:
        return
    roles = _plain(tree.get("/RoleMap", {}))
    stack = [_plain(one) for one in reversed(_kids(tree))]
    while stack:
        element = stack.pop()
        if not isinstance(element, DictionaryObject) or "/S" not in element:
            continue
        role = str(element["/S"])
        seen = {role}
        while role in roles and str(roles[role]) not in seen:
            role = str(roles[role])
            seen.add(role)
        yield role, element
        stack.extend(_plain(one) for one in reversed(_kids(element)))


def _kids(element: DictionaryObject) -> list[Any]:
    kids = _plain(element.get("/K", ArrayObject()))
    return list(kids) if isinstance(kids, ArrayObject) else [kids]


def _figures(elements: list[tuple[str, DictionaryObject]]) -> Iterator[str]:
    for role, element in elements:
        if role in ("/Figure", "/Formula") and not str(element.get("/Alt", element.get("/ActualText", ""))).strip():
            yield f"13-004: a {role} without alternative text"


def _headings(elements: list[tuple[str, DictionaryObject]]) -> Iterator[str]:
    last = 0
    for role, _ in elements:
        if found := re.fullmatch(r"/H([1-9])", role):
            level = int(found[1])
            if level > last + 1:
                yield f"14-003: a heading of level {level} after one of level {last}"
            last = level


def _tables(elements: list[tuple[str, DictionaryObject]]) -> Iterator[str]:
    for role, element in elements:
        if role != "/Table":
            continue
        inside = list(_below(element))
        heads = [one for kind, one in inside if kind == "/TH"]
        if not heads:
            yield "15: a table without head cells"
        for one in heads:
            if "/Scope" not in str(one.get("/A", "")) and not _scope(one):
                yield "15-003: a head cell without scope"
        rows = [one for kind, one in inside if kind == "/TR"]
        widths = {sum(str(_plain(cell).get("/S")) in ("/TH", "/TD") for cell in _kids(row)) for row in rows}
        if len(widths) != 1:
            yield f"15: rows of {sorted(widths)} cells in one table"


def _scope(cell: DictionaryObject) -> bool:
    found = _plain(cell.get("/A", ArrayObject()))
    attributes = found if isinstance(found, ArrayObject) else [found]
    return any("/Scope" in _plain(one) for one in attributes if isinstance(_plain(one), DictionaryObject))


def _below(element: DictionaryObject) -> Iterator[tuple[str, DictionaryObject]]:
    for kid in map(_plain, _kids(element)):
        if isinstance(kid, DictionaryObject) and "/S" in kid:
            yield str(kid["/S"]), kid
            yield from _below(kid)


def _lists(elements: list[tuple[str, DictionaryObject]]) -> Iterator[str]:
    for role, element in elements:
        if role == "/L":
            kinds = {str(_plain(kid).get("/S")) for kid in _kids(element) if isinstance(_plain(kid), DictionaryObject)}
            if not kinds <= {"/LI", "/Caption", "/L"}:
                yield f"16: a list holds {sorted(kinds)}"


def _links(reader: PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, 1):
        annotations = [_plain(one) for one in _plain(page.get("/Annots", ArrayObject()))]
        if annotations and page.get("/Tabs") != "/S":
            yield f"28-006: page {number} does not go through its links in the order of reading"
        for one in annotations:
            if one.get("/Subtype") == "/Link" and not str(one.get("/Contents", "")).strip():
                yield f"28-004: a link on page {number} without words for who does not see it"
            if one.get("/Subtype") == "/Link" and "/StructParent" not in one:
                yield f"28-010: a link on page {number} stands outside the structure"


def _fonts(reader: PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, 1):
        for name, font in _plain(_plain(page["/Resources"]).get("/Font", {})).items():
            found = _plain(font)
            inner = _plain(_plain(found.get("/DescendantFonts", ArrayObject([found])))[0])
            descriptor = _plain(inner.get("/FontDescriptor", {}))
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"31-009: font {name} of page {number} is not embedded"
            if "/ToUnicode" not in found:
                yield f"31-027: font {name} of page {number} does not say which letters it draws"


def _marked(reader: PdfReader) -> Iterator[str]:
    """Find what is painted outside marked content: it is neither part of the text nor said to be an artifact."""
    for number, page in enumerate(reader.pages, 1):
        contents = page.get_contents()
        depth: list[bool] = []
        for operands, operator in contents.operations if isinstance(contents, ContentStream) else ():
            if operator in (b"BDC", b"BMC"):
                tagged = operands[0] == "/Artifact" or (len(operands) > 1 and "/MCID" in _properties(operands[1], page))
                depth.append(tagged)
            elif operator == b"EMC":
                depth.pop()
            elif operator in PAINTS and not any(depth):
                yield f"01-005: page {number} paints something ({operator.decode()}) outside the structure"
                break


def _properties(found: Any, page: Any) -> Any:
    if isinstance(found, DictionaryObject):
        return found
    return _plain(_plain(_plain(page["/Resources"]).get("/Properties", {})).get(found, {}))


def _referenced(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    if "/ParentTree" not in _plain(root.get("/StructTreeRoot", {})):
        yield "01: the structure does not lead from the pages to its elements"
    for number, page in enumerate(reader.pages, 1):
        if "/StructParents" not in page:
            yield f"01: page {number} is not part of the structure"
