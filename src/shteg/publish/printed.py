"""One language of one edition: its messages, its names, and every figure it prints with its provenance."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from shteg.errors import PublishError
from shteg.estimates import Value
from shteg.report import EditionView, format_cell, format_interval, format_value, message, value_label
from shteg.report.case_words import said
from shteg.report.language.cells import significant
from shteg.report.language.locale import collation_key, exact, format_number, format_percent, format_span, rounded
from shteg.report.language.messages import has_message
from shteg.report.language.values import Style
from shteg.report.text.addresses import followed_address

ROOM_OF_PAGE = {"coherence": "survey", "ladder": "accession", "ratification": "accession", "rollcall": "stance"}
"""Pages of docs/methods that the site explains under the name of their room."""
DETAIL_KINDS = {"weight_scheme": "scheme"}
"""Details whose words are ids of another kind than their name."""
WRITTEN_NUMBER = re.compile(r"-?\d+\.(\d+)")
"""A detail that was written as a number with a decimal point."""
DETAIL_DIGITS = 6
"""Significant digits of a detail that is no whole number."""
Row = dict[str, Any]
AT = "#"
"""Key under which a row keeps its place in its table."""
LONG_TEXT = 24
"""A printed value longer than this may break over two lines."""


def values_page(value_id: str) -> str:
    """Name the page that lists a value: values of one kind, the first part of the id, stand together."""
    return f"values-{value_id.partition('.')[0]}.html"


@dataclass(slots=True, kw_only=True, eq=False)
class Voice:
    """The edition in one language.

    Attributes
    ----------
    edition : EditionView
        What is published.
    language : str
        Language of everything that comes out.
    quoted : dict
        Ids of all values printed so far, in order of first print.
    on_page : dict
        The same for the page at work; their provenance goes with it.
    """

    edition: EditionView
    language: str
    quoted: dict[str, None] = field(default_factory=dict)
    on_page: dict[str, None] = field(default_factory=dict)
    _texts: dict[tuple[str, Style], str] = field(default_factory=dict)
    _whats: dict[str, str] = field(default_factory=dict)

    def t(self, key: str, /, **args: object) -> str:
        """Give a message of the publisher."""
        filled = {name: self.number(arg) if isinstance(arg, int) else str(arg) for name, arg in args.items()}
        return message(self.language, f"publish.{key}", filled, self.edition.lexicon)

    def named(self, key: str) -> str:
        """Look up a lexicon id; an id without a name stands for itself (without its kind)."""
        if key in self.edition.lexicon:
            return self.edition.name_of(key, self.language)
        return key.partition(":")[2]

    def own(self, localised: Any) -> str:
        """Give the text of this language from `{"en": …, "sq": …}`; never another language's.

        Raises
        ------
        PublishError
            The text is missing in this language.
        """
        if localised is None:
            return ""
        if isinstance(localised, str):
            return localised
        if self.language not in localised:
            raise PublishError(
                f"a text of the case is missing in language {self.language}: {localised}",
                "translate it in the case folder",
                str(self.edition.folder),
            )
        return str(localised[self.language])

    def number(self, number: float, decimals: int = 0) -> str:
        """Print a count of the publisher's own (rows of a table, for example)."""
        return format_number(number, self.language, decimals)

    def date(self, text: str | None) -> str:
        """Print an ISO date, or a span `first/last`, as precisely as it is given."""
        if not text:
            return ""
        return format_span(str(text), self.language)

    def has(self, value_id: str) -> bool:
        """Tell whether the edition holds a value."""
        return value_id in self.edition.values

    def text(self, value_id: str, style: Style = "number") -> str:
        """Print a value as bare text."""
        if (value_id, style) not in self._texts:
            value = self.edition.value(value_id)
            shown: Style = "number" if style == "range" and value.low is None else style
            text = format_value(value, self.language, style=shown, lexicon=self.edition.lexicon)
            self._texts[value_id, style] = text
        return self._texts[value_id, style]

    def value(self, value_id: str, style: Style = "number") -> Markup:
        """Print a value that opens its provenance."""
        if style == "range" and self.edition.value(value_id).low is None:
            style = "number"
        return self.value_as(value_id, style, self.text(value_id, style))

    def value_as(self, value_id: str, style: Style, printed: str) -> Markup:
        """Print a value whose text was formatted before, in this style."""
        value = self.edition.value(value_id)
        self.quoted.setdefault(value_id)
        self.on_page.setdefault(value_id)
        return Markup(
            '<a class="{}" href="{}#value-{}"><data class="{}" value="{}" data-id="{}"{}>{}</data></a>'
        ).format(
            "v" if value.verified else "v unverified",
            values_page(value_id),
            value_id,
            "value long" if len(printed) > LONG_TEXT else "value",
            machine_number(value.number),
            value_id,
            Markup(' data-style="{}"').format(style) if style != "number" else "",
            printed,
        )

    def with_interval(self, value_id: str, style: Style = "number") -> Markup:
        """Print a value with its interval below, for a cell of a table."""
        value = self.edition.value(value_id)
        if value.low is None:
            return self.value(value_id, style)
        return Markup('{}<br><span class="note">{}</span>').format(
            self.value(value_id, style), self.bare_interval(value_id)
        )

    def bare_interval(self, value_id: str) -> str:
        """Print the interval without its coverage; empty if there is none."""
        value = self.edition.value(value_id)
        if value.low is None or value.high is None:
            return ""
        self.quoted.setdefault(value_id)
        self.on_page.setdefault(value_id)
        return Markup('<data value="{}/{}" data-id="{}" data-style="interval">{}</data>').format(
            machine_number(value.low), machine_number(value.high), value_id, format_interval(value, self.language)
        )

    def cell(self, table: str, row: int, column: str, form: str) -> Markup:
        """Print a number of a table of the edition by its place, in a form of `report.cells`.

        Parameters
        ----------
        table : str
            Such as `pathways.routes`.
        row : int
            Place of the row in the table, from 0.
        column : str
            Name of the column.
        form : str
            How it is printed.
        """
        number = self.edition.table(table)[column][row]
        if number is None:
            return Markup()
        return Markup('<data value="{}" data-cell="{}/{}/{}" data-form="{}">{}</data>').format(
            machine_number(number), table, row, column, form, format_cell(number, form, self.language)
        )

    def detail(self, name: str, detail: str | float) -> str:
        """Print a detail of a value: a number as the language writes it, years to one decimal; a word by its name."""
        if isinstance(detail, str):
            for key in (detail, f"{DETAIL_KINDS.get(name, name)}:{detail}"):
                if key in self.edition.lexicon:
                    return self.named(key)
            number = WRITTEN_NUMBER.fullmatch(detail)
            return format_number(Decimal(detail), self.language, len(number[1])) if number else detail
        if isinstance(detail, int) or exact(detail) == rounded(detail, 0):
            return format_number(detail, self.language, 0)
        if name.endswith("_years"):
            return format_number(detail, self.language, 1)
        shown, decimals = significant(detail, DETAIL_DIGITS)
        return format_number(shown, self.language, decimals)

    def interval(self, value_id: str) -> str:
        """Print the interval with its coverage; empty if there is none."""
        value = self.edition.value(value_id)
        if value.low is None or value.level is None:
            return ""
        printed = format_interval(value, self.language)
        if value.level >= 1:
            return self.t("bounds", interval=printed)
        return self.t("interval", interval=printed, level=self.number(value.level * 100))

    def what(self, value_id: str) -> str:
        """Say what a value is."""
        if value_id not in self._whats:
            self._whats[value_id] = value_label(self.edition.value(value_id), self.language, self.edition.lexicon)
        return self._whats[value_id]

    def label(self, name: str) -> str:
        """Name an evidence label (observed, computed, …)."""
        return message(self.language, f"label.{name}")

    def tag(self, name: str) -> Markup:
        """Draw an evidence label."""
        return Markup('<span class="tag {}">{}</span>').format(name, self.label(name))

    def column(self, name: str) -> str:
        """Name a column of a table; a column without words keeps its name."""
        key = f"column.{name}"
        return message(self.language, key) if has_message(self.language, key) else name.replace("_", " ")

    def table_title(self, name: str) -> str:
        """Name a table of the edition; a table without words keeps its name."""
        key = f"table.{name}.title"
        return message(self.language, key) if has_message(self.language, key) else name

    def table_note(self, name: str) -> str:
        """Give the note of a table; empty if it has none."""
        key = f"table.{name}.note"
        return message(self.language, key) if has_message(self.language, key) else ""

    def grade(self, grade: str) -> str:
        """Spell a grade of a source out."""
        return self.t(
            "grade", grade=grade, reliability=self.t(f"grade.{grade[0]}"), credibility=self.t(f"grade.{grade[1]}")
        )

    def source(self, source_id: str) -> Markup:
        """Link a source."""
        found = self.edition.sources.get(source_id, {})
        return Markup('<a href="sources.html#source-{}">{}</a>').format(source_id, found.get("title", source_id))

    def cited(self, row: dict[str, Any]) -> Markup:
        """Link the source of an evidence row, with its grade, and say so if it is not verified."""
        mark = Markup(' <span class="tag unverified">{}</span>').format(self.t("unverified"))
        found = self.edition.sources.get(row["source"], {})
        return Markup('<a href="sources.html#source-{}">{}</a> <span class="note">{}</span>{}').format(
            row["source"],
            found.get("publisher", row["source"]),
            row["grade"],
            Markup() if row["verified"] else mark,
        )

    def field(self, row: dict[str, Any], name: str) -> str:
        """Give a field that the evidence holds in each language, such as `title_en`."""
        return said(row, name, self.language, self.edition.languages)

    def event(self, name: str) -> str:
        """Name an event of the ladder: the lexicon's word for it, or for the step of that name."""
        for kind in ("event", "step"):
            if f"{kind}:{name}" in self.edition.lexicon:
                return self.named(f"{kind}:{name}")
        return name.replace("-", " ").replace("_", " ")

    def stand(self, name: str) -> str:
        """Name what an act says (support, oppose, …)."""
        for kind in ("act-value", "value", "stand"):
            if f"{kind}:{name}" in self.edition.lexicon:
                return self.named(f"{kind}:{name}")
        key = f"publish.stand.{name}"
        return message(self.language, key) if has_message(self.language, key) else name.replace("_", " ")

    def word(self, kind: str, name: str) -> str:
        """Name a word of the evidence (a subgroup, an answer, a series); a word without a name stands for itself."""
        key = f"{kind}:{name}"
        return self.edition.name_of(key, self.language) if key in self.edition.lexicon else name

    def measure(self, measure_id: str) -> Markup:
        """Link a measure."""
        return Markup('<a href="recommendations.html#measure-{}">{}</a>').format(
            measure_id, self.named(f"measure:{measure_id}")
        )

    def percent(self, share: float, decimals: int = 0) -> str:
        """Print a share that is no value of the edition (a limit of a legend)."""
        return format_percent(share, self.language, decimals)

    def sort_key(self, text: str) -> tuple[tuple[int, str], ...]:
        """Order names as the language does."""
        return collation_key(text, self.language)

    def method(self, method: str) -> tuple[str, str]:
        """Give name and address of the place that explains a method (`<room>#<anchor>`)."""
        page = method.partition("#")[0]
        room = ROOM_OF_PAGE.get(page, page)
        key = f"publish.method.{room}.title"
        name = message(self.language, key) if has_message(self.language, key) else room
        return name, f"method.html#method-{room}"

    def exact(self, value: Value) -> str:
        """Print a number with more decimals than the text does, where it has them."""
        if isinstance(value.number, str) or value.unit in ("count", "year", "days"):
            return format_value(value, self.language, lexicon=self.edition.lexicon)
        finer = replace(value, decimals=value.decimals + (1 if value.label == "observed" else 2))
        number = exact(value.number) * (100 if value.unit == "share" else 1)
        if value.label == "observed" or rounded(number, value.decimals) == rounded(number, value.decimals + 6):
            finer = value
        return format_value(finer, self.language, lexicon=self.edition.lexicon)


def machine_number(number: float | str) -> str:
    """Write a number for machines: the shortest decimal that keeps 9 significant digits, at most 10 decimals.

    The number itself stands in `values.json`; pages are to be the same where two processors differ in the last bits.
    """
    return number if isinstance(number, str) else format(round(float(format(number, ".9g")), 10), ".9g")


def script_json(thing: object) -> str:
    """Write JSON that may stand inside a script element: no tag can be closed, no comment opened."""
    text = json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for mark, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(mark, code)
    return text


def safe_address(address: str | None) -> str:
    """Give an address back if a reader may follow it (http, https, mailto), else nothing."""
    return followed_address(address)


def iso_text(found: Any) -> str:
    """Read a date as the edition writes it: text, or an interval `{"first": …, "last": …}`."""
    if isinstance(found, Mapping):
        first, last = str(found.get("first", "")), str(found.get("last", ""))
        return first if first == last else f"{first}/{last}"
    return str(found) if found else ""


def rows_of(voice: Voice, table: str) -> list[Row]:
    """Give the rows of a table, each with its place under `AT`; none where the edition has no such table."""
    if table not in voice.edition.table_names:
        return []
    return [row | {AT: at} for at, row in enumerate(voice.edition.table(table).iter_rows(named=True))]
