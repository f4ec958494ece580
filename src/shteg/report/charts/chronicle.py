"""The chart of when the relation moved: whose decisions, forward and backward, year by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from shteg.report.charts.parts import PALETTE, Chart, ChartSpec, Spec, chart_spec, year_axis
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
    events, every = decisions(words.edition), chronicle_rows(words.edition)
    names = {sign: words.text(f"chart.chronicle.{kind}") for sign, kind in KINDS.items()}
    counts = Counter((row["actor"], _year(row), _sign(row)) for row in events)
    rows: list[dict[str, Any]] = [
        {
            "actor": actor,
            "year": year,
            "count": -count if sign < 0 else count,
            "kind": names[sign],
            "order": {0: 0, 1: 1, -1: 2}[sign],
        }
        for (actor, year, sign), count in sorted(counts.items())
    ]
    actors = [actor for actor in ACTORS if any(row["actor"] == actor for row in rows)]
    return chart_spec(
        words,
        "chronicle",
        panels(words, rows, actors, [names[sign] for sign in (1, 0, -1)], width=640),
        rows,
        sentence=_sentence(words, events, actors),
        note=words.text("chart.chronicle.note", count=words.counted(TABLE, "actor=world")),
        sources=tuple(sorted({str(row["source"]) for row in every})),
        columns=("date", "event", "actor", "direction"),
        cells=[
            (
                words.date(str(row["happened_on"])),
                words.field(row, "title"),
                words.text(f"chart.chronicle.actor.{row['actor']}"),
                names[_sign(row)] if row["actor"] in ACTORS else "",
            )
            for row in every
        ],
    )


def panels(words: Words, rows: Sequence[Row], actors: Sequence[str], kinds: Sequence[str], *, width: int) -> Spec:
    """Draw a panel of bars over years for each actor, one below the other, on one scale.

    Parameters
    ----------
    words : Words
        The language.
    rows : sequence of mapping
        Counts by actor, year and kind; those of steps back are below zero.
    actors, kinds : sequence of str
        The panels from the top, and the kinds in the order of the legend.
    width : int
        Of a panel, in pixels.

    Returns
    -------
    dict
        Vega-Lite without data.
    """
    low, high = _ends(rows)
    years = [row["year"] for row in rows]
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(kinds), "range": [PALETTE["positive"], PALETTE["neutral"], PALETTE["negative"]]},
    }
    scale = {"domain": [min(years) - 1, max(years) + 1], "zero": False, "nice": False}
    views = []
    for actor in actors:
        last = actor == actors[-1]
        x = {"field": "year", "type": "quantitative", "scale": scale}
        bars = {
            "mark": {"type": "bar", "width": max(4, width // (2 * (max(years) - min(years) + 3)))},
            "encoding": {
                "x": x | {"axis": year_axis(years, max(3, width // 90)) | ({} if last else {"labels": False})},
                "y": {
                    "field": "count",
                    "type": "quantitative",
                    "scale": {"domain": [low, high], "nice": False},
                    "axis": {
                        "title": None,
                        "values": _whole_ticks(low, high),
                        "labelExpr": "format(abs(datum.value), 'd')",
                        "domain": False,
                        "ticks": False,
                    },
                },
                "order": {"field": "order", "type": "quantitative"},
                "color": colour,
            },
        }
        zero = {"mark": {"type": "rule", "color": PALETTE["muted"]}, "encoding": {"y": {"datum": 0}}}
        title = {"text": words.text(f"chart.chronicle.actor.{actor}"), "anchor": "start", "frame": "group"}
        views.append(
            {
                "title": title | {"fontSize": 12, "offset": 4},
                "width": width,
                "height": max(44, 11 * (high - low)),
                "transform": [{"filter": {"field": "actor", "equal": actor}}],
                "layer": [bars, zero],
            }
        )
    return {"vconcat": views, "spacing": 12}


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
