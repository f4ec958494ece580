"""The forms of charts: dots or bars by name, small multiples over years, and any other plot; each for every frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from shteg.estimates import Value
from shteg.report.charts.frames import (
    EDGE,
    GAP,
    Frame,
    Sign,
    Spec,
    laid_out,
    legend_layers,
    numbered,
    tick_room,
    ticked,
    words_layer,
)
from shteg.report.charts.lettering import lines_of
from shteg.report.charts.names import Name, RowNames, lay_names
from shteg.report.charts.palette import PALETTE
from shteg.report.charts.parts import number_of, percent_axis
from shteg.report.charts.plots import Form, signs_of


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
    names: Iterable[Name],
    x: Spec,
    *,
    step: int = 20,
    size: int = 60,
    zero: bool = False,
    colour: Spec | None = None,
    shape: Spec | None = None,
    ends: tuple[str, str] | None = None,
) -> Form:
    """Draw a dot for each name, over the rule of its interval.

    Parameters
    ----------
    name, number : str
        Columns of the names and numbers; the ends of intervals are `low` and `high`.
    names : iterable of str, Label or Heading
        The names from the top.
    x : dict
        Type, axis and scale of the numbers.
    step : int
        Height of a row at least, in pixels.
    size : int
        Area of a dot, in square pixels.
    zero : bool
        Draw a line at 0.
    colour, shape : dict, optional
        Encodings where they say something, with domain and range.
    ends : (str, str), optional
        What the ends of the axis mean.

    Returns
    -------
    Form
    """
    listed = list(names)
    painted = {"color": colour | {"legend": None}} if colour else {}
    shaped = {"shape": shape | {"legend": None}} if shape else {}

    def draw(frame: Frame) -> Spec:
        rows = lay_names(frame, name, listed, step)
        along = ticked(frame, x)
        rule = {"type": "rule", "strokeWidth": 2, "yOffset": rows.shift} | ({} if colour else {"opacity": 0.45})
        point = {"type": "point", "filled": True, "size": size, "opacity": 1, "yOffset": rows.shift}
        layers: list[Spec] = [
            {"mark": {"type": "rule", "color": PALETTE["muted"]}, "encoding": {"x": {"datum": 0} | along}}
        ]
        layers = [*(layers if zero else []), *_intervals(rule, rows, along, painted)]
        layers.append(
            {
                "mark": point | ({} if colour else {"color": PALETTE["series-1"]}),
                "encoding": {"y": rows.y, "x": {"field": number} | along} | painted | shaped,
            }
        )
        return _by_name(frame, rows, layers, x, ends=ends, signs=signs_of(colour, shape))

    return draw


def _intervals(rule: Spec, rows: RowNames, along: Spec, painted: Spec) -> list[Spec]:
    ends = {"y": rows.y, "x": {"field": "low"} | along, "x2": {"field": "high"}}
    return [{"mark": rule, "encoding": ends | painted}]


def bars(
    name: str,
    number: str,
    names: Iterable[Name],
    x: Spec,
    *,
    step: int,
    bar: Mapping[str, Any],
    colour: Spec | None = None,
) -> Form:
    """Draw a bar for each name, and a rule over its interval.

    Parameters
    ----------
    name, number : str
        Columns of the names and numbers; the ends of intervals are `low` and `high`.
    names : iterable of str, Label or Heading
        The names from the top.
    x : dict
        Type and axis of the numbers.
    step : int
        Height of a row at least, in pixels.
    bar : mapping
        Height and colour of a bar.
    colour : dict, optional
        Encoding of the colour where it says something, with domain and range.

    Returns
    -------
    Form
    """
    listed = list(names)
    painted = {"color": colour | {"legend": None}} if colour else {}

    def draw(frame: Frame) -> Spec:
        rows = lay_names(frame, name, listed, step, float(bar.get("height", 0)))
        along = ticked(frame, x)
        rule = {"type": "rule", "strokeWidth": 1.5, "color": PALETTE["ink"], "yOffset": rows.shift}
        drawn = {"type": "bar", "opacity": 0.6, "yOffset": rows.shift, **bar}
        layers = [
            {"mark": drawn, "encoding": {"y": rows.y, "x": {"field": number} | along} | painted},
            *_intervals(rule, rows, along, {}),
        ]
        return _by_name(frame, rows, layers, x, signs=signs_of(colour, shape="square"))

    return draw


def spans(name: str, names: Iterable[Name], x: Spec, *, step: int, nothing: str) -> Form:
    """Draw a bar from `low` to `high` for each name, with a mark at its upper end; a cross where nothing is possible.

    Parameters
    ----------
    name : str
        Column of the names.
    names : iterable of str, Label or Heading
        The names from the top.
    x : dict
        Type and axis of the numbers.
    step : int
        Height of a row at least, in pixels.
    nothing : str
        Column that has a place on the axis where a cross stands.

    Returns
    -------
    Form
    """
    listed = list(names)

    def draw(frame: Frame) -> Spec:
        rows = lay_names(frame, name, listed, step)
        along = ticked(frame, x)
        place = {"yOffset": rows.shift}
        cross = {"type": "point", "shape": "M-1-1L1 1M1-1L-1 1", "size": 90, "strokeWidth": 2, "opacity": 1}
        layers = [
            {
                "mark": {"type": "bar", "height": 8, "opacity": 0.8} | place,
                "encoding": {"y": rows.y, "x": {"field": "low"} | along, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "tick", "thickness": 3, "size": 14} | place,
                "encoding": {"y": rows.y, "x": {"field": "high"} | along},
            },
            {
                "mark": cross | {"color": PALETTE["negative"], "filled": False} | place,
                "encoding": {"y": rows.y, "x": {"field": nothing} | along},
            },
        ]
        return _by_name(frame, rows, layers, x)

    return draw


def _by_name(
    frame: Frame,
    rows: RowNames,
    layers: Sequence[Spec],
    x: Spec,
    *,
    ends: tuple[str, str] | None = None,
    signs: Sequence[Sign] = (),
) -> Spec:
    title = "" if ends else str((x.get("axis") or {}).get("title") or "")
    right = max(tick_room(x.get("axis") or {}, frame.size) / 2, 8.0) + EDGE
    height = rows.height
    plot = laid_out(
        frame, [*layers, *rows.words], height=height, left=rows.left, right=right, x_title=title, ends=ends, signs=signs
    )
    return plot | {"layer": numbered(plot["layer"])}


def small_multiples(
    field: str,
    names: Sequence[str],
    x: Spec,
    line: str,
    *,
    points: str = "",
    y: Spec | None = None,
    colour: Spec | None = None,
    shape: Spec | None = None,
    stroke: float = 2.5,
) -> Form:
    """Set one small plot over years beside the other, as many in a row as the frame holds, all on one grid.

    Parameters
    ----------
    field : str
        Column of the data that tells the plots apart.
    names : sequence of str
        Its contents in order, the headings of the plots.
    x : dict
        Encoding of the years.
    line : str
        Column of the number that the line shows, over a band from `low` to `high`. A row with a place in the table
        (`at`) has a dot on it.
    points : str
        Column of numbers drawn as dots of their own, over a rule `from` – `to`. The rows of the data then hold a line
        or a point, each.
    y : dict, optional
        Axis and scale of the numbers; shares from 0 to 1 if left out.
    colour, shape : dict, optional
        Encodings of those dots, with domain and range.
    stroke : float
        Width of the line.

    Returns
    -------
    Form
    """
    share: Spec = y or {
        "type": "quantitative",
        "axis": percent_axis() | {"values": [0, 0.5, 1]},
        "scale": {"domain": [0, 1]},
    }

    def draw(frame: Frame) -> Spec:
        columns = min(frame.panels, max(len(names), 1))
        gap = tick_room(x["axis"], frame.size) + GAP
        left = tick_room({"format": "%"} if y is None else {}, frame.size) + GAP + EDGE
        right = tick_room(x["axis"], frame.size) / 2 + EDGE
        wide = (frame.width - left - right - (columns - 1) * gap) / columns
        headings = [lines_of(name, frame.size, wide + gap / 2, bold=True) for name in names]
        deepest = max(map(len, headings), default=1)
        high = frame.panel if columns > 1 or not frame.beside else frame.panel * 1.7
        signs = signs_of(colour, shape)
        legend = legend_layers(frame, signs, left, 0)[1]
        above = deepest * frame.line + GAP
        views: list[Spec] = []
        for at, (name, heading) in enumerate(zip(names, headings, strict=True)):
            words = [words_layer(frame, heading, 0, -above, bold=True)]
            if at == 0:
                words += legend_layers(frame, signs, left, legend + above + EDGE)[0]
            layers = _curves(x, share, line, points, colour, shape, stroke, labels=at % columns == 0)
            views.append(
                {
                    "width": round(wide, 1),
                    "height": round(high, 1),
                    "transform": [{"filter": {"field": field, "equal": name}}],
                    "layer": [*layers, *words],
                }
            )
        below = frame.size + GAP
        rows = -(-len(names) // columns)
        between = round(below + GAP * 1.5 + above, 1)
        top = round(legend + above + EDGE, 1)
        deep = round(top + rows * high + (rows - 1) * between + below + EDGE, 1)
        serial = numbered([part for view in views for part in view["layer"]])
        for view in views:
            view["layer"] = [serial.pop(0) for _ in view["layer"]]
        return {
            "concat": views,
            "columns": columns,
            "bounds": "flush",
            "spacing": {"row": between, "column": round(gap, 1)},
            "autosize": {"type": "none"},
            # a concatenation has no size of its own: what is right of and below its corner is all padding; but that of
            # one column is as wide as its plots
            "padding": {
                "left": round(left, 1),
                "top": top,
                "right": round(right if columns == 1 else frame.width - left, 1),
                "bottom": round(deep - top, 1),
            },
        }

    return draw


def _curves(
    x: Spec,
    share: Spec,
    line: str,
    points: str,
    colour: Spec | None,
    shape: Spec | None,
    stroke: float,
    *,
    labels: bool,
) -> list[Spec]:
    axis = (share.get("axis") or {}) | ({} if labels else {"labels": False}) | {"title": None, "labelOverlap": False}
    y = share | {"axis": axis}
    along = x | {"axis": x["axis"] | {"labelOverlap": False}}
    ends = {"y": {"field": "low"} | y, "y2": {"field": "high"}}
    dot = {"type": "point", "filled": True, "opacity": 1}
    drawn: list[tuple[str, Spec, Spec]] = [
        ("low", {"type": "area", "opacity": 0.22}, ends),
        (line, {"type": "line", "strokeWidth": stroke}, {"y": {"field": line} | y}),
        (f"{line}|at", dot | {"size": 18}, {"y": {"field": line} | y}),
    ]
    if points:
        look = {} if colour else {"color": PALETTE["ink"]}
        painted = {"color": colour | {"legend": None}} if colour else {}
        shaped = {"shape": shape | {"legend": None}} if shape else {}
        rule = {"type": "rule", "strokeWidth": 1.5, "opacity": 0.5} | look
        if colour:
            drawn.append(("from", rule, {"y": {"field": "from"} | y, "y2": {"field": "to"}} | painted))
        drawn.append((points, dot | {"size": 42} | look, {"y": {"field": points} | y} | painted | shaped))
    return [
        {
            "transform": [{"filter": f"isValid(datum.{column})"} for column in columns.split("|")],
            "mark": mark,
            "encoding": {"x": along} | encoding,
        }
        for columns, mark, encoding in drawn
    ]
