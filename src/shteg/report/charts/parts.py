"""What all charts share: sentinel colours, axes, data and configuration, and how a chart is put together."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shteg.estimates import Value
from shteg.report.edition_view import EditionView, subject
from shteg.report.language.locale import exact, locale_of, percent_marks, rounded
from shteg.report.language.tables import TableView, make_table
from shteg.report.language.words import Words

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
class ChartSpec:
    """One chart in one language: `spec` is Vega-Lite, `sentence` the alternative text, `note` stands below it."""

    id: str
    language: str
    title: str
    sentence: str
    note: str
    spec: Spec
    source_ids: tuple[str, ...]
    table: TableView


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart that an edition may have.

    Attributes
    ----------
    id : str
        As texts name it: `{{ figure.<id> }}`.
    place : int
        Its place in the order of the publication.
    holds : callable
        Gives what the chart shows; nothing where an edition has no such figures.
    make : callable
        Draws it in one language.
    """

    id: str
    place: int
    holds: Callable[[EditionView], Any]
    make: Callable[[Words], ChartSpec]


def chart_spec(
    words: Words,
    chart_id: str,
    spec: Spec,
    rows: Sequence[Mapping[str, Any]],
    *,
    sentence: str,
    sources: Iterable[Value] | tuple[str, ...],
    columns: Sequence[str],
    cells: Iterable[Sequence[str]],
    title: str = "",
    note: str = "",
) -> ChartSpec:
    """Put a chart together: its picture, its words, and the table behind it.

    Parameters
    ----------
    words : Words
        The edition in the language of the chart.
    chart_id : str
        Its messages are `chart.<id>.title`, `.note`, …
    spec : dict
        Vega-Lite without data and configuration.
    rows : sequence of mapping
        The data that `spec` draws.
    sentence : str
        What the chart shows, for those who do not see it.
    sources : iterable of Value, or tuple of str
        The values shown, whose sources are named; or ids of sources.
    columns : sequence of str
        Columns of the table; one written `=name` holds figures.
    cells : iterable of sequences
        Its rows.
    title, note : str
        If they are not the messages of that name.

    Returns
    -------
    ChartSpec
    """
    title = title or words.text(f"chart.{chart_id}.title")
    headers = [_heading(words, column.removeprefix("=")) for column in columns]
    numeric = [place for place, column in enumerate(columns) if column.startswith("=")]
    return ChartSpec(
        id=chart_id,
        language=words.language,
        title=title,
        sentence=sentence,
        note=note or words.text(f"chart.{chart_id}.note"),
        spec=finished(spec, rows, words.language),
        source_ids=sources if isinstance(sources, tuple) else sources_of(sources),
        table=make_table(title, headers, cells, numeric),
    )


def _heading(words: Words, column: str) -> str:
    """Name a column of a chart's table: the chart's own word, or the one of the stages."""
    return words.text_or(f"chart.column.{column}", "") or words.text(f"column.{column}")


def number_of(value: Value) -> float:
    """Give the number of a value that is known to have one."""
    assert not isinstance(value.number, str), value.id
    return float(exact(value.number))  # as printed: the last bits of a number order nothing and move no drawing


def falling(values: Iterable[Value], name: str) -> list[Value]:
    """Order values that have a number by it, the largest first, then by what they are about (`name`)."""
    numbers = [value for value in values if not isinstance(value.number, str)]
    return sorted(numbers, key=lambda value: (-number_of(value), subject(value, name)))


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
    """Add data, colours and number format to a specification.

    Parameters
    ----------
    spec : dict
        Vega-Lite without data.
    rows : sequence of mapping
        The data.
    language : str
        Whose numbers the axes print.

    Returns
    -------
    dict
        Vega-Lite.
    """
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
