"""The chart of when the relation moved: whose decisions, forward and backward, year by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shteg.report.charts.frames import (
    EDGE,
    GAP,
    Frame,
    Spec,
    legend_layers,
    numbered,
    tick_room,
    words_layer,
)
from shteg.report.charts.palette import PALETTE
from shteg.report.charts.parts import Chart, ChartSpec, chart_spec, year_axis
from shteg.report.charts.plots import Form, signs_of
from shteg.report.edition_view import EditionView, Row
from shteg.report.language.lists import join_clauses
from shteg.report.language.words import Words

TABLE = "evidence.chronicle"
ACTORS = ("organisation", "members", "aspirant", "bodies")
"""Whose decisions have a direction, each with a panel of its own; what happens in the world has none."""
KINDS = {1: "forward", -1: "back", 0: "neutral"}
TICKS = 4
"""About so many marks on the axis of a panel."""


def chronicle_rows(edition: EditionView) -> list[Row]:
    """Read the events of the relation, in the order of their dates."""
    rows = edition.rows(TABLE)
    return sorted(rows, key=lambda row: (str(row["happened_on"]), str(row.get("id", ""))))


def decisions(edition: EditionView) -> list[Row]:
    """Give the events that somebody decided, in the order of their dates."""
    return [row for row in chronicle_rows(edition) if row["actor"] in ACTORS]


def _sign(row: Row) -> int:
    """Tell whether a decision brought the two nearer (1) or apart (-1)."""
    return int(row["direction"] > 0) - int(row["direction"] < 0)


def _year(row: Row) -> int:
    return int(str(row["happened_on"])[:4])


def chronicle(words: Words) -> ChartSpec:
    """When did the relation move, and who moved it?"""
    events = decisions(words.edition)
    names = {sign: words.text(f"chart.chronicle.{kind}") for sign, kind in KINDS.items()}
    counts = Counter((row["actor"], _year(row), _sign(row)) for row in events)
    places = {place: at for at, place in enumerate(sorted({(ACTORS.index(who), year) for who, year, _ in counts}))}
    rows: list[dict[str, Any]] = [
        {
            "actor": actor,
            "year": year,
            "count": -count if sign < 0 else count,
            "kind": names[sign],
            "order": {0: 0, 1: 1, -1: 2}[sign],
            "at": places[ACTORS.index(actor), year],
        }
        for (actor, year, sign), count in sorted(counts.items())
    ]
    actors = [actor for actor in ACTORS if any(row["actor"] == actor for row in rows)]
    titles = {actor: words.text(f"chart.chronicle.actor.{actor}") for actor in actors}
    return chart_spec(
        words,
        "chronicle",
        panels(rows, titles, [names[sign] for sign in (1, 0, -1)]),
        rows,
        sentence=_sentence(words, events, actors),
        note=words.text("chart.chronicle.note", count=words.counted(TABLE, "actor=world")),
        sources=tuple(sorted({str(row["source"]) for row in chronicle_rows(words.edition)})),
        columns=("actor", "year", "=forward", "=neutral", "=back"),
        cells=[
            (titles[ACTORS[who]], str(year), *(_counted(words, ACTORS[who], year, ask) for ask in (">0", "=0", "<0")))
            for who, year in places
        ],
    )


def _counted(words: Words, actor: str, year: int, direction: str) -> str:
    return words.counted(TABLE, f"actor={actor}", f"happened_on^={year}", f"direction{direction}")


def panels(rows: Sequence[Row], titles: Mapping[str, str], kinds: Sequence[str]) -> Form:
    """Draw a panel of bars over years for each actor, one below the other, on one scale.

    Parameters
    ----------
    rows : sequence of mapping
        Counts by actor, year and kind; those of steps back are below zero.
    titles : mapping
        The headings by actor, from the top.
    kinds : sequence of str
        In the order of the legend.

    Returns
    -------
    Form
    """
    low, high = _ends(rows)
    years = [row["year"] for row in rows]
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(kinds), "range": [PALETTE["positive"], PALETTE["neutral"], PALETTE["negative"]]},
    }

    def draw(frame: Frame) -> Spec:
        axis = year_axis(years, max(3, frame.width // 110)) | {"labelOverlap": False}
        left = tick_room({"values": ["00"]}, frame.size) + GAP + EDGE
        right = tick_room(axis, frame.size) / 2 + EDGE
        wide = frame.width - left - right
        tall = max(3 * frame.size, 11.0 * (high - low))
        signs = signs_of(colour, shape="square")
        legend = legend_layers(frame, signs, left, 0)[1]
        above = frame.line + GAP
        views: list[Spec] = []
        for at, (actor, title) in enumerate(titles.items()):
            words = [words_layer(frame, [title], 0, -above, bold=True)]
            if at == 0:
                words += legend_layers(frame, signs, left, legend + above + EDGE)[0]
            shown = axis | ({} if at == len(titles) - 1 else {"labels": False})
            views.append(
                {
                    "width": round(wide, 1),
                    "height": round(tall, 1),
                    "transform": [{"filter": {"field": "actor", "equal": actor}}],
                    "layer": [*_bars(shown, (min(years), max(years)), (low, high), wide, colour), *words],
                }
            )
        below = frame.size + GAP
        between = round(above + GAP, 1)
        top = round(legend + above + EDGE, 1)
        deep = top + len(views) * tall + (len(views) - 1) * between + below + 2 * EDGE
        serial = numbered([part for view in views for part in view["layer"]])
        for view in views:
            view["layer"] = [serial.pop(0) for _ in view["layer"]]
        return {
            "concat": views,
            "columns": 1,
            "bounds": "flush",
            "spacing": {"row": between},
            "autosize": {"type": "none"},
            "padding": {"left": round(left, 1), "top": top, "right": round(right, 1), "bottom": round(deep - top, 1)},
        }

    return draw


def _bars(axis: Spec, years: tuple[int, int], ends: tuple[int, int], wide: float, colour: Spec) -> list[Spec]:
    """Draw the bars of one panel over a line at zero; `ends` are those of the counts, `years` the first and last."""
    scale = {"domain": [years[0] - 1, years[1] + 1], "zero": False, "nice": False}
    marks = {
        "values": _whole_ticks(*ends),
        "labelExpr": "format(abs(datum.value), 'd')",
        "domain": False,
        "ticks": False,
        "labelOverlap": False,
        "title": None,
    }
    count = {"field": "count", "type": "quantitative", "scale": {"domain": list(ends), "nice": False}, "axis": marks}
    bar = {
        "mark": {"type": "bar", "width": max(3, round(wide / (1.6 * (years[1] - years[0] + 3)), 1))},
        "encoding": {
            "x": {"field": "year", "type": "quantitative", "scale": scale, "axis": axis},
            "y": count,
            "order": {"field": "order", "type": "quantitative"},
            "color": colour | {"legend": None},
        },
    }
    zero = {"type": "rule", "color": PALETTE["muted"], "aria": False}
    return [bar, {"data": {"values": [{}]}, "mark": zero, "encoding": {"y": {"datum": 0} | {"type": "quantitative"}}}]


def _sentence(words: Words, events: Sequence[Row], actors: Sequence[str]) -> str:
    years = [_year(row) for row in events]
    clauses = [
        words.text(
            "chart.chronicle.clause",
            actor=words.text(f"chart.chronicle.actor.{actor}"),
            forward=words.counted(TABLE, f"actor={actor}", "direction>0"),
            back=words.counted(TABLE, f"actor={actor}", "direction<0"),
        )
        for actor in actors
    ]
    return words.text(
        "chart.chronicle.sentence",
        count=words.counted(TABLE, "actor!=world"),
        start=str(min(years)),
        end=str(max(years)),
        clauses=join_clauses(clauses),
    )


def _ends(rows: Sequence[Row]) -> tuple[int, int]:
    """Give the lowest and highest stacked count of a year in any panel."""
    sums: Counter[tuple[str, int, bool]] = Counter()
    for row in rows:
        sums[row["actor"], row["year"], row["count"] < 0] += abs(row["count"])
    up = max((count for (*_, below), count in sums.items() if not below), default=1)
    down = max((count for (*_, below), count in sums.items() if below), default=0)
    return -down, up


def _whole_ticks(low: int, high: int) -> list[int]:
    """Give whole numbers that span the counts, below and above zero."""
    step = max(1, -(-(high - low) // TICKS))
    return list(range(-(-low // step) * step, high + 1, step))


CHARTS = (Chart(id="chronicle", place=12, holds=decisions, make=chronicle),)
