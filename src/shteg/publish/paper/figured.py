"""From the publisher's markup to Typst: figures keep what tells them, so that the finished document is read again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from typing import Any, cast

from markupsafe import Markup

from shteg.errors import Problem
from shteg.publish.paper.typst_escape import escape, string
from shteg.publish.printed import WORD_JOINER, Voice
from shteg.report import (
    PrintedCell,
    PrintedCount,
    PrintedValue,
    check_published,
    check_published_cells,
    check_published_counts,
)
from shteg.report.language.marked import Style
from shteg.report.marks import SIGNS

WHOLE = 28
"""A printed value of no more letters never breaks over two lines; of a longer one its interval does not."""
_TOLD = ("data-id", "data-style", "data-cell", "data-form", "data-count", "data-where")
_INTERVAL = re.compile(r"\([^()]*\)$")


class _Writer(HTMLParser):
    """Write what a reader sees of the publisher's markup: words, figures with what tells them, signs, line ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._figure: dict[str, str] | None = None
        self._said = ""
        self._ends: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: text or "" for name, text in attrs}
        if tag == "data":
            self._figure, self._said = found, ""
        elif tag == "br":
            self.parts.append("#linebreak();")
        elif tag in ("strong", "em"):
            self._open(f"#{'strong' if tag == 'strong' else 'emph'}[", "]")
        elif tag == "span" and "note" in found.get("class", "").split():
            self._open("#small[", "]")
        elif tag == "sup" and found.get("class") == "mark":
            self._open('#signed("', '");')
        elif tag not in ("svg", "rect", "path"):
            self._open("", "")

    def _open(self, begin: str, end: str) -> None:
        self.parts.append(begin)
        self._ends.append(end)

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self._figure is not None:
            self.parts.append(figure_markup(self._figure, self._said))
            self._figure = None
        elif tag not in ("br", "svg", "rect", "path", "data"):
            self.parts.append(self._ends.pop())

    def handle_data(self, data: str) -> None:
        if self._figure is not None:
            self._said += data
        elif self._ends and self._ends[-1] == '");':
            self.parts.append("".join(sign for sign in data if sign in SIGNS.values()))
        else:
            self.parts.append(escape(data.replace(WORD_JOINER, "")))


def typst_markup(markup: str) -> str:
    """Write markup of the publisher, or plain text, as Typst."""
    if not isinstance(markup, Markup):
        return escape(markup)
    writer = _Writer()
    writer.feed(str(markup))
    writer.close()
    return "".join(writer.parts)


def figure_markup(attributes: Mapping[str, str], said: str) -> str:
    """Write a figure: the words printed, with what tells which figure it is."""
    told = ", ".join(f"{string(name)}: {string(attributes[name])}" for name in _TOLD if name in attributes)
    interval = _INTERVAL.search(said)
    if len(said) <= WHOLE or interval is None:
        shown = f"#whole[{escape(said)}]" if len(said) <= WHOLE else escape(said)
    else:
        shown = f"{escape(said[: interval.start()])}#whole[{escape(interval[0])}]"
    return f"{shown}#printed(({told}), {string(said)});"


def figure_problems(found: Iterable[Mapping[str, Any]], voice: Voice, name: str) -> list[Problem]:
    """Compare the figures of a finished document with the edition.

    Parameters
    ----------
    found : iterable of mappings
        What the document tells of each figure: `told` (attributes) and `said` (the words printed).
    voice : Voice
        The language.
    name : str
        The file, for problems.

    Returns
    -------
    list of Problem
    """
    values, cells, counts = [], [], []
    for one in found:
        told, said = one["told"], str(one["said"])
        if "data-cell" in told:
            table, _, place = told["data-cell"].partition("/")
            row, _, column = place.partition("/")
            cells.append(PrintedCell(table, int(row), column, told.get("data-form", ""), said, name))
        elif "data-count" in told:
            where = tuple(told["data-where"].split(";")) if told.get("data-where") else ()
            counts.append(PrintedCount(told["data-count"], where, said, name))
        else:
            style = cast(Style, told.get("data-style", "number"))
            values.append(PrintedValue(told["data-id"], said, style, name))
    return [
        *check_published({voice.language: values}, voice.edition),
        *check_published_cells({voice.language: cells}, voice.edition),
        *check_published_counts({voice.language: counts}, voice.edition),
    ]
