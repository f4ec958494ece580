"""The chart of when the relation moved: whose decisions, forward and backward, year by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shteg.report.charts.parts import Chart, ChartSpec, chart_spec
from shteg.report.edition_view import EditionView, Row
from shteg.report.language.lists import join_clauses
from shteg.report.language.words import Words
from shteg.report.layout.axes import year_axis
from shteg.report.layout.frames import EDGE, GAP, Frame, Spec, tick_room
from shteg.report.layout.multiples import set_panels
from shteg.report.layout.palette import PALETTE
from shteg.report.layout.plots import Form, signs_of

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
    rows = _blocks(every, names)
    actors = [actor for actor in ACTORS if any(row["actor"] == actor for row in rows)]
    return chart_spec(
        words,
        "chronicle",
        panels(words, rows, actors, [names[sign] for sign in (1, 0, -1)]),
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


def _blocks(every: Sequence[Row], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Give each decision its block in the column of its year: steps back below zero, what is neither next to it."""
    found: list[dict[str, Any]] = []
    heights: Counter[tuple[str, int, bool]] = Counter()
    order = sorted(enumerate(every), key=lambda pair: (abs(_sign(pair[1])), pair[0]))
    for at, row in order:
        if row["actor"] not in ACTORS:
            continue
        below = _sign(row) < 0
        column = (row["actor"], _year(row), below)
        start = heights[column]
        heights[column] += 1
        ends = {"from": -start, "to": -start - 1} if below else {"from": start, "to": start + 1}
        found.append({"actor": row["actor"], "year": _year(row), "kind": names[_sign(row)], "at": at} | ends)
    return found


def panels(words: Words, rows: Sequence[Row], actors: Sequence[str], kinds: Sequence[str]) -> Form:
    """Draw a panel of blocks over years for each actor, one below the other, on one scale; a block is a decision.

    Parameters
    ----------
    words : Words
        The language.
    rows : sequence of mapping
        Blocks by actor and year; steps back are below zero.
    actors, kinds : sequence of str
        The panels from the top, and the kinds in the order of the legend.

    Returns
    -------
    Form
    """
    low = min((row["to"] for row in rows), default=0)
    low, high = min(low, 0), max((row["to"] for row in rows), default=1)
    years = [row["year"] for row in rows]
    scale = {"domain": [min(years) - 1, max(years) + 1], "zero": False, "nice": False}
    ways = [PALETTE["positive"], PALETTE["neutral"], PALETTE["negative"]]
    colour = {"field": "kind", "type": "nominal", "scale": {"domain": list(kinds), "range": ways}}
    axis = {
        "title": None,
        "values": _whole_ticks(low, high),
        "labelExpr": "format(abs(datum.value), 'd')",
        "domain": False,
        "ticks": False,
        "labelOverlap": False,
    }
    y = {"type": "quantitative", "scale": {"domain": [low, high], "nice": False}, "axis": axis}

    def draw(frame: Frame) -> Spec:
        along = year_axis(years, 8 if frame.beside else 4) | {"labelOverlap": False}
        ticks = tick_room(along, frame.size)
        left = tick_room(axis, frame.size) + GAP + EDGE
        wide = frame.width - left - ticks / 2
        block = round(max(3.0, 0.75 * wide / (max(years) - min(years) + 2)), 1)
        mark = {"type": "bar", "width": block, "stroke": PALETTE["paper"], "strokeWidth": 1}

        def panel(at: int) -> list[Spec]:
            labels = {} if at == len(actors) - 1 else {"labels": False}
            x = {"field": "year", "type": "quantitative", "scale": scale, "axis": along | labels}
            drawn = {"y": {"field": "from"} | y, "y2": {"field": "to"}, "color": colour | {"legend": None}}
            zero = {"mark": {"type": "rule", "color": PALETTE["muted"]}, "encoding": {"y": {"datum": 0} | y}}
            return [{"mark": mark, "encoding": {"x": x} | drawn}, zero]

        return set_panels(
            frame,
            [words.text(f"chart.chronicle.actor.{actor}") for actor in actors],
            panel,
            field="actor",
            keys=actors,
            columns=1,
            height=max(44, 11 * (high - low)),
            left=left,
            ticks=ticks,
            signs=signs_of(colour, shape="square"),
            close=True,
        )

    return draw


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


def _whole_ticks(low: int, high: int) -> list[int]:
    """Give whole numbers that span the counts, below and above zero."""
    step = max(1, -(-(high - low) // TICKS))
    return list(range(-(-low // step) * step, high + 1, step))


CHARTS = (Chart(id="chronicle", place=12, holds=decisions, make=chronicle),)
