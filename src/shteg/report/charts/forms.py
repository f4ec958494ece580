"""The three forms of charts: dots with intervals by name, bars with intervals by name, small multiples over years."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shteg.estimates import Value
from shteg.report.charts.parts import PALETTE, WIDTH, Spec, name_axis, number_of, percent_axis

LETTER = 7
"""Pixels that a letter of a name takes at most, on average, in fonts that stand in for another."""


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


def number_axis(title: str, ticks: int = 6, *, grid: bool | None = None) -> Spec:
    """Axis of plain numbers.

    Parameters
    ----------
    title : str
        Name and unit of the numbers.
    ticks : int
        About so many marks.
    grid : bool, optional
        With lines across the plot; the default of the drawing if left out.

    Returns
    -------
    dict
    """
    lines = {} if grid is None else {"grid": grid}
    return {"title": title, "tickCount": ticks, "domain": False, "ticks": False, **lines}


def dots(
    name: str,
    number: str,
    names: Iterable[str],
    x: Spec,
    *,
    width: int = WIDTH,
    step: int = 18,
    size: int = 55,
    zero: bool = False,
    colour: Spec | None = None,
) -> Spec:
    """Draw a dot for each name, over the rule of its interval.

    Parameters
    ----------
    name, number : str
        Columns of the names and numbers; the ends of intervals are `low` and `high`.
    names : iterable of str
        The names from the top.
    x : dict
        Type, axis and scale of the numbers.
    width, step : int
        Width of the plot and height of a row, in pixels.
    size : int
        Area of a dot, in square pixels.
    zero : bool
        Draw a line at 0.
    colour : dict, optional
        Encoding of the colour, where it says something.

    Returns
    -------
    dict
        Vega-Lite without data.
    """
    y = _names(name, names)
    painted = {"color": colour} if colour else {}
    rule = {"type": "rule", "strokeWidth": 2} | ({} if colour else {"opacity": 0.45})
    point = {"type": "point", "filled": True, "size": size, "opacity": 1}
    layers = [
        {"mark": rule, "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}} | painted},
        {
            "mark": point | ({} if colour else {"color": PALETTE["series-1"]}),
            "encoding": {"y": y, "x": {"field": number} | x} | painted,
        },
    ]
    line = [{"mark": {"type": "rule", "color": PALETTE["muted"]}, "encoding": {"x": {"datum": 0} | x}}] if zero else []
    return {"width": width, "height": {"step": step}, "layer": [*line, *layers]}


def bars(name: str, number: str, names: Iterable[str], x: Spec, *, step: int, bar: Mapping[str, Any]) -> Spec:
    """Draw a bar for each name, and a rule over its interval.

    Parameters
    ----------
    name, number : str
        Columns of the names and numbers; the ends of intervals are `low` and `high`.
    names : iterable of str
        The names from the top.
    x : dict
        Type and axis of the numbers.
    step : int
        Height of a row, in pixels.
    bar : mapping
        Height and colour of a bar.

    Returns
    -------
    dict
        Vega-Lite without data.
    """
    y = _names(name, names)
    return {
        "width": WIDTH,
        "height": {"step": step},
        "layer": [
            {"mark": {"type": "bar", "opacity": 0.6, **bar}, "encoding": {"y": y, "x": {"field": number} | x}},
            {
                "mark": {"type": "rule", "color": PALETTE["ink"]},
                "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}},
            },
        ],
    }


def _names(name: str, names: Iterable[str]) -> Spec:
    """Give the axis of names, with room for the longest line in any font that a reader may have."""
    listed = list(names)
    longest = max((len(line) for one in listed for line in one.split("\n")), default=0)
    return {"field": name, "type": "nominal", "sort": listed, "axis": name_axis(minExtent=longest * LETTER)}


def small_multiples(
    field: str, names: Sequence[str], x: Spec, line: str, *, height: int, stroke: float = 2, points: str = ""
) -> Spec:
    """Set one small plot of shares over years beside the other, two in a row (as many as a phone holds).

    Parameters
    ----------
    field : str
        Column of the data that tells the plots apart.
    names : sequence of str
        Its contents in order, the headings of the plots; line breaks make lines.
    x : dict
        Encoding of the years.
    line : str
        Column of the share that the line shows, over a band from `low` to `high`.
    height : int
        Of one plot, in pixels.
    stroke : float
        Width of the line.
    points : str
        Column of shares drawn as points too. The rows of the data then hold a line or a point, each.

    Returns
    -------
    dict
        Vega-Lite without data.
    """

    def layers(share: Spec) -> list[Spec]:
        ends = {"y": {"field": "low"} | share, "y2": {"field": "high"}}
        drawn = [
            ("low", {"type": "area", "opacity": 0.22}, ends),
            (line, {"type": "line", "strokeWidth": stroke}, {"y": {"field": line} | share}),
        ]
        if not points:
            return [{"mark": mark, "encoding": {"x": x} | y} for _, mark, y in drawn]
        dot = {"type": "point", "filled": True, "size": 40, "opacity": 1, "color": PALETTE["ink"]}
        return [
            {"transform": [{"filter": f"isValid(datum.{column})"}], "mark": mark, "encoding": {"x": x} | y}
            for column, mark, y in (*drawn, (points, dot, {"y": {"field": points} | share}))
        ]

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
