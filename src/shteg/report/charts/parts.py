"""What all charts share: sentinel colours, the words of a language, values by their ids, axes and marks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shteg.estimates import Value
from shteg.report.edition_view import EditionView
from shteg.report.language.lists import join_words
from shteg.report.language.locale import exact, format_number, locale_of, percent_marks, rounded
from shteg.report.language.messages import has_message, look_up, message
from shteg.report.language.values import Style, format_interval, format_value

Spec = dict[str, Any]

PALETTE = {
    "ink": "#0a0a01",
    "muted": "#0a0a02",
    "grid": "#0a0a03",
    "paper": "#0a0a04",
    "series-1": "#0a0a11",
    "series-2": "#0a0a12",
    "series-3": "#0a0a13",
    "series-4": "#0a0a14",
    "series-5": "#0a0a15",
    "series-6": "#0a0a16",
    "positive": "#0a0a21",
    "negative": "#0a0a22",
    "neutral": "#0a0a23",
    "observed": "#0a0a31",
    "estimated": "#0a0a32",
    "borrowed": "#0a0a33",
    "assumed": "#0a0a34",
}
"""Sentinel colours: a publisher replaces each by a CSS variable (HTML) or a print colour (PDF). All are distinct."""

WIDTH = 460
"""Width of a single plot in pixels, axis labels not counted."""
LABEL_LETTERS = 42
"""Letters in one line of an axis label; longer ones are wrapped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable:
    """The data behind a chart, for readers: headers and cells in the language, already formatted."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """One chart in one language: `spec` is Vega-Lite, `sentence` the alternative text, `note` stands below it."""

    id: str
    language: str
    title: str
    sentence: str
    note: str
    spec: Spec
    source_ids: tuple[str, ...]
    table: ChartTable


@dataclass(frozen=True, slots=True)
class Words:
    """One edition in one language: names and figures as printed."""

    edition: EditionView
    language: str

    def text(self, key: str, **args: str) -> str:
        """Fill a message."""
        return message(self.language, key, args, self.edition.lexicon)

    def name(self, kind: str, identifier: str) -> str:
        """Name a thing; ids in values write hyphens for underscores. A thing without a name keeps its id.

        Raises
        ------
        EditionError
            The thing has a name in another language only.
        """
        lexicon = self.edition.lexicon
        for key in (f"{kind}:{identifier}", f"{kind}:{identifier.replace('-', '_')}"):
            if key in lexicon:
                return self.edition.name_of(key, self.language)
        wanted = _slug(identifier)
        for key in lexicon:
            head, _, tail = key.partition(":")
            if head == kind and _slug(tail) == wanted:
                return self.edition.name_of(key, self.language)
        return identifier

    def argument(self, value: Value, name: str, otherwise: str) -> str:
        """Print one of the arguments of a value's label."""
        return look_up(value.label_args.get(name, otherwise), self.language, self.edition.lexicon)

    def show(self, value: Value, style: Style = "number") -> str:
        """Print a value; with its interval if it has one and "range" is asked for."""
        if style == "range" and value.low is None:
            style = "number"
        return format_value(value, self.language, style=style, lexicon=self.edition.lexicon)

    def interval(self, value: Value) -> str:
        """Print the interval, or a dash."""
        return "–" if value.low is None else format_interval(value, self.language)

    def number(self, number: float, decimals: int = 0, *, grouped: bool = True) -> str:
        """Print a bare number."""
        return format_number(number, self.language, decimals, grouped=grouped)

    def label(self, value: Value) -> str:
        """Name the evidence label of a value."""
        return self.text(f"label.{value.label}")

    def listed(self, parts: Iterable[str]) -> str:
        """Join parts: “a, b and c”."""
        return join_words(parts, self.language)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def values_under(edition: EditionView, *head: str, length: int | None = None) -> list[tuple[tuple[str, ...], Value]]:
    """List the values whose id begins with these parts (and has `length` parts), sorted by id.

    Returns
    -------
    list of (tuple of str, Value)
        The parts of the id after the head, and the value.
    """
    prefix = ".".join(head) + "."
    found = []
    for value_id, value in edition.values.items():
        if value_id.startswith(prefix):
            parts = tuple(value_id.split("."))
            if length is None or len(parts) == length:
                found.append((parts[len(head) :], value))
    return sorted(found, key=lambda pair: pair[0])


def times_quoted(edition: EditionView, prefix: str) -> int:
    """Count how often the texts (in the first language) quote values whose id begins so: what they are about."""
    return sum(text.count(f" value.{prefix}") for text in edition.texts[edition.languages[0]].values())


def number_of(value: Value) -> float:
    """Give the number of a value that is known to have one."""
    assert not isinstance(value.number, str), value.id
    return float(exact(value.number))  # as printed: the last bits of a number order nothing and move no drawing


def sources_of(values: Iterable[Value]) -> tuple[str, ...]:
    """Collect the sources of several values, sorted."""
    return tuple(sorted({source for value in values for source in value.source_ids}))


def wrapped(label: str, letters: int = LABEL_LETTERS) -> str:
    """Break a long label into lines, for an axis made by `name_axis`."""
    return "\n".join(textwrap.wrap(label, letters)) or label


def name_axis(**more: Any) -> Spec:
    """Axis of names: no title, no ticks, room for long names, line breaks kept."""
    return {
        "title": None,
        "labelLimit": 320,
        "ticks": False,
        "domain": False,
        "labelPadding": 8,
        "labelExpr": "split(datum.label, '\\n')",
        **more,
    }


def percent_axis(title: str | None = None) -> Spec:
    """Axis of shares, printed as percentages."""
    return {"title": title, "format": ".0%", "tickCount": 5, "grid": True, "domain": False, "ticks": False}


def small_multiples(field: str, names: Sequence[str], layers: Callable[[Spec], list[Spec]], height: int) -> Spec:
    """Set one small plot of shares beside the other, two in a row (as many as a phone holds), each under its name.

    Parameters
    ----------
    field : str
        Column of the data that tells the plots apart.
    names : sequence of str
        Its contents in order; line breaks make lines.
    layers : callable
        Given the encoding of a share on the vertical axis, gives the layers of a plot.
    height : int
        Of one plot, in pixels.
    """
    views = []
    for at, name in enumerate(names):
        axis = percent_axis() | ({} if at % 2 == 0 else {"labels": False})
        views.append(
            {
                "title": {"text": name.split("\n"), "anchor": "start", "frame": "group", "fontSize": 12},
                "width": 215,
                "height": height,
                "transform": [{"filter": {"field": field, "equal": name}}],
                "layer": layers({"type": "quantitative", "axis": axis, "scale": {"domain": [0, 1]}}),
            }
        )
    return {"concat": views, "columns": 2, "spacing": {"row": 24, "column": 22}}


def year_axis(years: Iterable[int], most: int = 4) -> Spec:
    """Axis of calendar years with at most so many labels, at round years; the ends where there are no two of them."""
    known = sorted(set(years))
    first, last = known[0], known[-1]
    marks = [first, last] if last > first else [first]
    for step in (1, 2, 5, 10, 20, 50):
        at_steps = [year for year in range(first, last + 1) if year % step == 0]
        if len(at_steps) <= most:
            marks = at_steps if len(at_steps) > 1 else marks
            break
    return {"title": None, "format": "d", "values": marks, "grid": False}


def tidy(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Round floats to six decimals, which no eye can see, so that pages stay small."""
    return [
        {name: float(rounded(cell, 6)) if isinstance(cell, float) else cell for name, cell in row.items()}
        for row in rows
    ]


def finished(spec: Spec, rows: Sequence[Mapping[str, Any]], language: str) -> Spec:
    """Add data, colours and number format to a specification."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "transparent",
        "data": {"values": tidy(rows)},
        **spec,
        "config": _config(language),
    }


def _config(language: str) -> Spec:
    ink, muted, grid = PALETTE["ink"], PALETTE["muted"], PALETTE["grid"]
    symbols = locale_of(language).number_symbols["latn"]
    return {
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink,
            "titleColor": muted,
            "gridColor": grid,
            "domainColor": muted,
            "tickColor": muted,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "axisQuantitative": {"labelFlush": False},
        "title": {"color": ink, "fontSize": 12, "offset": 8},
        "header": {"labelColor": ink, "labelFontSize": 12, "labelFontWeight": "bold", "title": None},
        "legend": {"labelColor": ink, "labelFontSize": 12, "title": None, "orient": "top", "symbolType": "circle"},
        "mark": {"color": PALETTE["series-1"]},
        "rule": {"color": PALETTE["series-1"]},
        "text": {"color": ink},
        "locale": {
            "number": {
                "decimal": symbols["decimal"],
                "thousands": symbols["group"],
                "grouping": [3],
                "currency": ["", ""],
                "percent": percent_marks(language)[1],
                "minus": "\u2212",
            }
        },
    }


def heading_of(words: Words, column: str) -> str:
    """Name a column of a chart's table: the chart's own word, or the one of the stages."""
    own = f"chart.column.{column}"
    return words.text(own if has_message(words.language, own) else f"column.{column}")


def chart_table(words: Words, caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> ChartTable:
    """Make the table behind a chart; a column written `=name` holds figures."""
    return ChartTable(
        caption=caption,
        headers=tuple(heading_of(words, column.removeprefix("=")) for column in columns),
        rows=tuple(tuple(row) for row in rows),
        numeric=tuple(column.startswith("=") for column in columns),
    )
