"""Cells and captions whose figures are known: divided into plain characters and figures."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from markupsafe import Markup

from shteg.publish.word.embedded import Bound
from shteg.report.language.marked import Counted, Marked, Placed, Quoted

Piece = str | Bound


def pieces(text: str) -> Iterator[Piece]:
    """Divide a text, or markup of the publisher, into plain characters and figures; breaks are `\\n`."""
    if isinstance(text, Markup):
        parser = _Cell()
        parser.feed(str(text))
        parser.close()
        yield from parser.found
    elif isinstance(text, Quoted):
        yield Bound(kind="value", key=text.value_id, text=str(text), style=text.style)
    elif isinstance(text, Placed):
        yield Bound(kind="cell", key=f"{text.table}/{text.row}/{text.column}", text=str(text), style=text.form)
    elif isinstance(text, Counted):
        yield Bound(kind="count", key=text.things, text=str(text), style=";".join(text.where))
    elif isinstance(text, Marked):
        for part in text.parts:
            yield from pieces(part)
    elif text:
        yield text


class _Cell(HTMLParser):
    """Collects the words of a cell and its `<data>` elements; links keep their words, signs are added again."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Piece] = []
        self._open: dict[str, str] | None = None
        self._text = ""
        self._in_sign = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "sup" and ("class", "mark") in attrs:
            self._in_sign = True
        elif tag == "data":
            self._open, self._text = {name: text or "" for name, text in attrs}, ""
        elif tag == "br":
            self.handle_data("\n")

    def handle_data(self, data: str) -> None:
        if self._in_sign:
            return
        if self._open is not None:
            self._text += data
        elif self.found and isinstance(self.found[-1], str):
            self.found[-1] += data
        else:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup":
            self._in_sign = False
        elif tag == "data" and self._open is not None:
            known, self._open = self._open, None
            if "data-cell" in known:
                form = known.get("data-form", "")
                self.found.append(Bound(kind="cell", key=known["data-cell"], text=self._text, style=form))
            elif "data-count" in known:
                where = known.get("data-where", "")
                self.found.append(Bound(kind="count", key=known["data-count"], text=self._text, style=where))
            else:
                style = known.get("data-style", "number")
                self.found.append(Bound(kind="value", key=known.get("data-id", ""), text=self._text, style=style))
