"""Read finished pages again: does every figure on them equal the edition's?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import cast

from shteg.errors import A_FAULT, Problem, PublishError
from shteg.publish.printed import Voice
from shteg.report import (
    PrintedCell,
    PrintedCount,
    PrintedValue,
    check_published,
    check_published_cells,
    check_published_counts,
)
from shteg.report.language.marked import Style
from shteg.report.text.addresses import followed_address, is_inside

_ADDRESS = re.compile(r"""\s(?:xlink:)?(?:href|src|action|formaction|data|poster|srcset)=["']([^"']*)["']""")
MOST_SHOWN = 10
"""Differences named in the error; the rest is counted."""
_ID = re.compile(r'<data\b[^>]* data-id="([^"]+)"')
_ELEMENT = re.compile(r"<data\b.*?</data\s*>", re.DOTALL | re.IGNORECASE)
"""Only these parts are parsed: pages are long, and escaped marks cannot end an element."""


_AS_WRITTEN = re.compile(r'<data((?: [a-z-]+="[^"<>]*")*)>([^<>]*)</data>')
HELD = '<span class="held">'
"""The publisher's only markup inside an element: what no line breaks."""
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
"""How the publisher writes such an element; whatever looks otherwise is read by the parser of HTML."""


class _Values(HTMLParser):
    """Collect the `<data>` elements of a page: values by id, numbers of tables by place, counts by what is counted."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.file = file
        self.found: list[PrintedValue] = []
        self.cells: list[PrintedCell] = []
        self.counts: list[PrintedCount] = []
        self._open: dict[str, str] | None = None
        self._text = ""

    def take(self, element: str) -> None:
        """Read one element."""
        if plain := _AS_WRITTEN.fullmatch(element.replace(HELD, "").replace("</span>", "")):
            self._file({name: unescape(text) for name, text in _ATTRIBUTE.findall(plain[1])}, unescape(plain[2]))
        else:
            self.feed(element)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "data":
            self._open, self._text = {name: text or "" for name, text in attrs}, ""

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self._open is not None:
            self._file(self._open, self._text)
            self._open = None

    def _file(self, attributes: dict[str, str], text: str) -> None:
        if "data-cell" in attributes:
            self.cells.append(self._cell(attributes, text))
            return
        if "data-count" in attributes:
            where = tuple(attributes.get("data-where", "").split(";")) if attributes.get("data-where") else ()
            self.counts.append(PrintedCount(attributes["data-count"], where, text, self.file))
            return
        style = cast(Style, attributes.get("data-style", "number"))
        self.found.append(PrintedValue(attributes.get("data-id", ""), text, style, self.file))

    def _cell(self, attributes: dict[str, str], text: str) -> PrintedCell:
        table, _, place = attributes["data-cell"].partition("/")
        row, _, column = place.partition("/")
        number = int(row) if row.isdecimal() else -1
        return PrintedCell(table, number, column, attributes.get("data-form", ""), text, self.file)


def _read(page: Path) -> _Values:
    parser = _Values(page.name)
    for element in _ELEMENT.findall(page.read_text(encoding="utf-8")):
        parser.take(element)
    parser.close()
    return parser


def printed_values(page: Path) -> list[PrintedValue]:
    """Read the figures of a finished page."""
    return _read(page).found


def quoted_ids(page: str) -> set[str]:
    """Give the ids of the values that a page prints, which its provenance and the lists of values are made for."""
    return set(_ID.findall(page))


def printed_cells(page: Path) -> list[PrintedCell]:
    """Read the numbers of a finished page that stand in tables of the edition."""
    return _read(page).cells


def require_allowed_addresses(pages: Sequence[Path]) -> None:
    """Look at every address that these pages hold: http, https, mailto, or a file of the publication.

    Raises
    ------
    PublishError
        Another address got into a page.
    """
    allowed: set[str] = set()
    for page in pages:
        for found in dict.fromkeys(_ADDRESS.findall(page.read_text(encoding="utf-8"))):
            if found in allowed:
                continue
            address = unescape(found)
            if address.startswith("mailto:"):
                address = address.partition("?")[0]  # subject and message of a letter lead nowhere
            if address and not followed_address(address) and not is_inside(address):
                raise PublishError(
                    f"{page.name} holds the address {address!r}", "give it as https://… in the case folder", page.name
                )
            allowed.add(found)


def require_same_values(pages: Sequence[Path], voice: Voice) -> None:
    """Compare all figures of these pages with the edition.

    Raises
    ------
    PublishError
        One of them differs.
    """
    read = [_read(page) for page in pages]
    found = [one for page in read for one in page.found]
    cells = [one for page in read for one in page.cells]
    counts = [one for page in read for one in page.counts]
    problems = [
        *check_published({voice.language: found}, voice.edition),
        *check_published_cells({voice.language: cells}, voice.edition),
        *check_published_counts({voice.language: counts}, voice.edition),
    ]
    require_none(problems)


def require_none(problems: Sequence[Problem]) -> None:
    """Raise a PublishError that names the differences, if there are any."""
    if problems:
        lines = "\n".join(f"{one.file}: {one.problem}" for one in problems[:MOST_SHOWN])
        raise PublishError(
            f"printed figures that differ from the edition: {len(problems)}\n{lines}",
            f"build again; if it stays, {A_FAULT}",
        )
