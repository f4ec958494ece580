"""One language of one edition on a page: figures as `<data>` that opens their provenance, names with their links."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from shteg.estimates import Value
from shteg.publish.formulas import place_of_formula
from shteg.report import Words
from shteg.report.language.cells import Triple
from shteg.report.language.marked import Counted, Marked, Placed, Quoted, Style
from shteg.report.language.words import NOTHING
from shteg.report.marks import SIGNS, mark_signs

ROOM_OF_PAGE = {"coherence": "survey", "ladder": "accession", "ratification": "accession", "rollcall": "stance"}
"""Pages of docs/methods that the site explains under the name of their room."""
WORD_JOINER = "\u2060"
"""Keeps a mark on the line of its number."""
_TAG = re.compile(r"<[^>]*>")
LONG_TEXT = 24
"""A printed value longer than this may break over two lines."""
MANY, FULL = 100, 200
"""So many values with two parts of their ids in common are listed on a page of their own, and of others at most so many
on one page."""
_MARK = re.compile(r'<sup class="mark">([^<]*)</sup>')


@dataclass(frozen=True, slots=True)
class Voice(Words):
    """The edition in one language, printed as markup."""

    def t(self, key: str, /, **args: str | int) -> str:
        """Give a message of the publisher."""
        return self.text(f"publish.{key}", **args)

    def filled(self, key: str, /, **parts: Markup) -> Markup:
        """Give a message of the publisher whose placeholders are filled with markup."""
        told = str(escape(self.t(key, **{name: f"{{{name}}}" for name in parts})))
        for name, part in parts.items():
            told = told.replace(f"{{{name}}}", str(part))
        return Markup(told)

    # --- figures ------------------------------------------------------------------------------------------------------

    def figured(self, text: str) -> Markup:
        """Write a text with every figure that it knows of as `<data>`; all else is escaped."""
        if isinstance(text, Quoted):
            return self._quoted(text)
        if isinstance(text, Placed):
            return self._placed(text)
        if isinstance(text, Counted):
            return self._counted(text)
        return Markup().join(map(self.figured, text.parts)) if isinstance(text, Marked) else escape(text)

    def value(self, value: Value | None, style: Style = "number", otherwise: str = "") -> Markup:
        """Print a value that opens its provenance; without one, other words.

        Parameters
        ----------
        value : Value or None
            What to print.
        style : Style
            How; "range" prints the number alone where there is no interval.
        otherwise : str
            Stands where there is no value.

        Returns
        -------
        Markup
        """
        return escape(otherwise) if value is None else self._quoted(self.show(value, style))

    def with_interval(self, value: Value | None, style: Style = "short", otherwise: str = "") -> Markup:
        """Print a value with its interval below, for a cell of a table; without one, other words.

        Both have one precision; an interval of which nothing is left at it is not printed.

        Parameters
        ----------
        value : Value or None
            What to print.
        style : Style
            How the number is printed.
        otherwise : str
            Stands where there is no value.

        Returns
        -------
        Markup
        """
        if value is None or value.low is None:
            return self.value(value, style, otherwise)
        interval = self.interval(value)
        return self.above(self.value(value, style), self.figured(interval) if interval != NOTHING else "")

    def above(self, number: Markup, interval: Markup | str) -> Markup:
        """Set a number above its interval, for a cell of a table."""
        if not interval:
            return number
        whole = "note" if " " in _TAG.sub("", interval) else "note held"
        return Markup('{}<br><span class="{}">{}</span>').format(number, whole, interval)

    def bare_interval(self, value: Value | None) -> Markup:
        """Print the interval without its coverage; empty if there is none."""
        interval = NOTHING if value is None else self.interval(value)
        return Markup() if interval == NOTHING else self.figured(interval)

    def cell(self, table: str, row: int, column: str, form: str) -> Markup:
        """Print a number of a table of the edition by its place.

        Parameters
        ----------
        table : str
            Such as `pathways.routes`.
        row : int
            Place of the row in the table, from 0.
        column : str
            Name of the column.
        form : str
            How it is printed: one of `report.language.cells.FORMS`.

        Returns
        -------
        Markup
            Empty where the table has no number.
        """
        return self.figured(self.placed(table, row, column, form))

    def triple(self, table: str, row: int, columns: tuple[str, str, str], kind: Triple) -> Markup:
        """Print a number of a table with its interval below, both at one precision.

        Parameters
        ----------
        table : str
            Such as `pathways.routes`.
        row : int
            Place of the row in the table, from 0.
        columns : (str, str, str)
            Names of the columns of the number and of the ends of its interval.
        kind : Triple
            What they are: "share", "points", "plain" or "signed".

        Returns
        -------
        Markup
            Empty where the table has no number.
        """
        number, interval = self.placed_triple(table, row, columns, kind)
        return self.above(self.figured(number), self.figured(interval))

    def _quoted(self, printed: Quoted) -> Markup:
        value = self.edition.value(printed.value_id)
        if printed.style == "interval" and value.low is not None and value.high is not None:
            ends = f"{machine_number(value.low)}/{machine_number(value.high)}"
            return Markup(
                f'<data value="{ends}" data-id="{escape(value.id)}" data-style="interval">{escape(str(printed))}</data>'
            )
        signs, name = mark_signs(value), escape(value.id)
        mark = f'<sup class="mark">{WORD_JOINER}{signs}</sup>' if signs else ""
        size = ' class="long"' if len(printed) > LONG_TEXT else ""
        style = f' data-style="{escape(printed.style)}"' if printed.style != "number" else ""
        return Markup(
            f'<a class="v" href="{escape(self.values_page(value.id))}#value-{name}"><data{size} '
            f'value="{escape(machine_number(value.number))}" data-id="{name}"{style}>{_held(printed)}</data>'
            f"{mark}</a>"
        )

    def _placed(self, printed: Placed) -> Markup:
        place = f"{escape(printed.table)}/{printed.row:d}/{escape(printed.column)}"
        return Markup(
            f'<data value="{escape(machine_number(printed.number))}" data-cell="{place}" '
            f'data-form="{escape(printed.form)}">{escape(str(printed))}</data>'
        )

    def _counted(self, printed: Counted) -> Markup:
        return Markup('<data value="{}" data-count="{}" data-where="{}">{}</data>').format(
            printed.number, printed.things, ";".join(printed.where), str(printed)
        )

    def time(self, text: str | None) -> Markup:
        """Print an ISO date, or a span, so that a machine can read its beginning."""
        if not text:
            return Markup()
        return Markup('<time datetime="{}">{}</time>').format(text.partition("/")[0], self.date(text))

    def values_page(self, value_id: str) -> str:
        """Name the page that lists a value: values of one kind, the first part of the id, stand together.

        Where many have the second part in common too, they have a page of their own, and what is left of a long kind is
        divided: a page stays one that opens at once.
        """
        return f"values-{self.list_of(value_id)}.html"

    def list_of(self, value_id: str) -> str:
        """Name the list in which a value stands: its kind, with its second part or a number where the kind is long."""
        firsts, names = self.value_lists()
        return names[max(0, bisect_right(firsts, value_id) - 1)]

    def value_lists(self) -> tuple[Sequence[str], Sequence[str]]:
        """Give where lists begin, as ids in their order, and how they are called; each goes on to the next."""
        return self.edition.once(("lists of values",), lambda: _divide(self.edition.values))

    # --- names --------------------------------------------------------------------------------------------------------

    def tag(self, name: str) -> Markup:
        """Draw an evidence label."""
        return Markup(f'<span class="tag {escape(name)}">{escape(self.label(name))}</span>')

    def grade(self, grade: str) -> str:
        """Spell a grade of a source out."""
        key = ("grade", self.language, grade)
        words = {"reliability": f"grade.{grade[0]}", "credibility": f"grade.{grade[1]}"}
        return self.edition.once(
            key, lambda: self.t("grade", grade=grade, **{name: self.t(word) for name, word in words.items()})
        )

    def source(self, source_id: str) -> Markup:
        """Link a source."""
        return source_link(source_id, self.source_named(source_id).title)

    def cited(self, row: Mapping[str, Any]) -> Markup:
        """Link the source of an evidence row, with its grade, and say so if it is not verified."""
        link = source_link(row["source"], self.source_named(row["source"]).publisher)
        mark = "" if row["verified"] else f' <span class="tag unverified">{escape(self.t("unverified"))}</span>'
        return Markup(f'{link} <span class="note">{escape(row["grade"])}</span>{mark}')

    def measure(self, measure_id: str) -> Markup:
        """Link a measure."""
        title = self.named(f"measure:{measure_id}")
        return Markup('<a href="recommendations.html#measure-{}">{}</a>').format(measure_id, title)

    def stand(self, name: str) -> str:
        """Name what an act says (support, oppose, …)."""
        for kind in ("act-value", "value", "stand"):
            if f"{kind}:{name}" in self.edition.lexicon:
                return self.named(f"{kind}:{name}")
        return self.text_or(f"publish.stand.{name}", name.replace("_", " "))

    def method(self, method: str) -> tuple[str, str]:
        """Give name and address of the place that explains a method (`<room>#<anchor>`)."""
        page = method.partition("#")[0]
        room = ROOM_OF_PAGE.get(page, page)
        place = place_of_formula(method) or f"method.html#method-{room}"
        return self.text_or(f"publish.method.{room}.title", room), place


def _divide(ids: Iterable[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Divide ids into lists, in their order; what has the first two parts in common never stands in two."""
    firsts: list[str] = []
    names: list[str] = []
    for kind, of_kind in groupby(sorted(ids), lambda one: one.partition(".")[0]):
        number, listed = 1, 0
        for part, found in groupby(of_kind, lambda one: ".".join(one.split(".")[:2])):
            inside = list(found)
            if len(inside) >= MANY and part != kind:
                name = part
            else:
                if listed and listed + len(inside) > FULL:
                    number, listed = number + 1, 0
                listed += len(inside)
                name = kind if number == 1 else f"{kind}.{number}"
            if not names or names[-1] != name:
                firsts.append(inside[0])
                names.append(name)
    return firsts, names


def _held(printed: str) -> Markup:
    """Write a printed value; an interval behind a number that may leave its line stays whole."""
    number, bracket, interval = printed.rpartition(" (")
    if len(printed) <= LONG_TEXT or not bracket:
        return escape(printed)
    return Markup('{} <span class="held">({}</span>').format(str(number), str(interval))


def marks_key(voice: Voice, page: str) -> Markup:
    """Say what the marks beside the numbers of a page mean; empty where it has none."""
    shown = set("".join(_MARK.findall(page)))
    items = [
        Markup("<li><b>{}</b> {}: {}</li>").format(sign, voice.text(f"mark.{mark}"), voice.text(f"mark.{mark}.text"))
        for mark, sign in SIGNS.items()
        if sign in shown
    ]
    if not items:
        return Markup()
    words = Markup(
        '<aside class="marks frame" id="marks" aria-labelledby="marks-key"><p id="marks-key">{}</p><ul>{}</ul></aside>'
    )
    return words.format(voice.text("mark.key"), Markup().join(items))


def source_link(source_id: str, words: str) -> Markup:
    """Lead to a source on the page that lists all of them."""
    return Markup(f'<a href="sources.html#source-{escape(source_id)}">{escape(words)}</a>')


def machine_number(number: float | str) -> str:
    """Write a number for machines: the shortest decimal that keeps 9 significant digits, at most 10 decimals.

    The number itself stands in `values.json`; pages are to be the same where two processors differ in the last bits.
    """
    return number if isinstance(number, str) else format(round(float(format(number, ".9g")), 10), ".9g")


def script_json(thing: object) -> str:
    """Write JSON that may stand inside a script element: no tag can be closed, no comment opened."""
    text = json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for mark in "<>&\u2028\u2029":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text
