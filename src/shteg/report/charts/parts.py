"""What all charts share: sentinel colours, axes, data and configuration, and how a chart is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shteg.estimates import Value
from shteg.report.edition_view import EditionView, subject
from shteg.report.language.locale import exact, locale_of, percent_marks, rounded
from shteg.report.language.tables import TableView, make_table
from shteg.report.language.words import Words
from shteg.report.layout.frames import PAGE, PAPER, PHONE, Frame, Spec
from shteg.report.layout.palette import PALETTE
from shteg.report.layout.plots import Form, plot

AT_ROW = "row "
"""Before the number of a row of the table, in what a mark says of itself."""
TOLD = ("bar", "point", "tick", "rule", "rect")
"""Marks that can be asked for their figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """One chart in one language.

    Attributes
    ----------
    id, language, title : str
        The title is a question, or says what is shown.
    sentence : str
        The alternative text.
    note : str
        Stands below it.
    spec, phone, paper : dict
        Vega-Lite: for a page as wide as a figure, for a screen 360 pixels wide, for the text of a PDF. A datum whose
        `at` is `row <n>` is what row n of the table says, counted from 0.
    source_ids : tuple of str
        Sources named below it.
    table : TableView
        The figures that it draws.
    """

    id: str
    language: str
    title: str
    sentence: str
    note: str
    spec: Spec
    phone: Spec
    paper: Spec
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
    form: Form | Spec,
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
    form : Form or dict
        Draws it for a frame: one of `forms`; or one plot as Vega-Lite, without data and configuration.
    rows : sequence of mapping
        The data that it draws. A row with `at` is what that row of the table says, counted from 0; where there are as
        many rows as cells, each is its own.
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
    listed = list(cells)
    tied = _tied(rows, len(listed))
    draw = plot(form) if isinstance(form, dict) else form
    page, phone, paper = (finished(draw(frame), tied, words.language, frame) for frame in (PAGE, PHONE, PAPER))
    return ChartSpec(
        id=chart_id,
        language=words.language,
        title=title,
        sentence=sentence,
        note=note or words.text(f"chart.{chart_id}.note"),
        spec=page,
        phone=phone,
        paper=paper,
        source_ids=sources if isinstance(sources, tuple) else sources_of(sources),
        table=make_table(title, headers, listed, numeric),
    )


def _tied(rows: Sequence[Mapping[str, Any]], cells: int) -> list[Mapping[str, Any]]:
    """Tie what is drawn to the rows of the table."""
    if not any("at" in row for row in rows) and len(rows) == cells:
        rows = [row | {"at": at} for at, row in enumerate(map(dict, rows))]
    return [{**row, "at": f"{AT_ROW}{row['at']}"} if "at" in row else row for row in rows]


def _heading(words: Words, column: str) -> str:
    """Name a column of a chart's table: the chart's own word, or the one of the stages."""
    return words.text_or(f"chart.column.{column}", "") or words.text(f"column.{column}")


def number_of(value: Value) -> float:
    """Give the number of a value that is known to have one."""
    assert not isinstance(value.number, str), value.id
    return float(exact(value.number))  # as printed: the last bits of a number order nothing and move no drawing


def with_ends(value: Value, field: str, change: Callable[[float], float] = float) -> Spec:
    """Give what a mark and the rule over its interval need.

    Parameters
    ----------
    value : Value
        With or without an interval.
    field : str
        Column of the number; those of the ends are `low` and `high`.
    change : callable
        Brings the number into the unit of the axis.

    Returns
    -------
    dict
    """
    low, high = (None if end is None else change(end) for end in (value.low, value.high))
    return {field: change(number_of(value)), "low": low, "high": high}


def falling(values: Iterable[Value], name: str) -> list[Value]:
    """Order values that have a number by it, the largest first, then by what they are about (`name`)."""
    numbers = [value for value in values if not isinstance(value.number, str)]
    return sorted(numbers, key=lambda value: (-number_of(value), subject(value, name)))


def sources_of(values: Iterable[Value]) -> tuple[str, ...]:
    """Collect the sources of several values, sorted."""
    return tuple(sorted({source for value in values for source in value.source_ids}))


def tidy(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Round floats to six decimals, which no eye can see, so that pages stay small."""
    return [
        {name: float(rounded(cell, 6)) if isinstance(cell, float) else cell for name, cell in row.items()}
        for row in rows
    ]


def finished(spec: Spec, rows: Sequence[Mapping[str, Any]], language: str, frame: Frame) -> Spec:
    """Add data, colours and number format to a specification; marks that have a row say which.

    Parameters
    ----------
    spec : dict
        Vega-Lite without data.
    rows : sequence of mapping
        The data.
    language : str
        Whose numbers the axes print.
    frame : Frame
        What is drawn for.

    Returns
    -------
    dict
        Vega-Lite.
    """
    tied = any("at" in row for row in rows)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "transparent",
        "data": {"values": tidy(rows)},
        **(_told(spec) if tied else spec),
        "config": _config(language, frame.size),
    }


def _told(view: Spec) -> Spec:
    """Give every mark of the data the name of its row."""
    told = dict(view)
    for inner in ("layer", "concat"):
        if inner in view:
            told[inner] = [_told(one) for one in view[inner]]
    mark = view.get("mark")
    if isinstance(mark, Mapping) and mark.get("type") in TOLD and "encoding" in view and "data" not in view:
        told["encoding"] = view["encoding"] | {"description": {"field": "at", "type": "nominal"}}
    return told


def _config(language: str, size: float) -> Spec:
    ink, muted, grid = PALETTE["ink"], PALETTE["muted"], PALETTE["grid"]
    symbols = locale_of(language).number_symbols["latn"]
    return {
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink,
            "gridColor": grid,
            "domainColor": muted,
            "tickColor": muted,
            "labelFontSize": size,
            "labelLimit": 0,
            "labelPadding": 5,
        },
        "axisQuantitative": {"labelFlush": False},
        "mark": {"color": PALETTE["series-1"]},
        "rule": {"color": PALETTE["series-1"]},
        "text": {"color": ink, "limit": 0},
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
