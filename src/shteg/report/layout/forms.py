"""The forms of charts: dots or bars by name, small multiples over years, and any other plot; each for every frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shteg.report.layout.frames import (
    EDGE,
    Frame,
    Sign,
    Spec,
    laid_out,
    numbered,
    tick_room,
    ticked,
)
from shteg.report.layout.names import Name, RowNames, lay_names
from shteg.report.layout.palette import PALETTE
from shteg.report.layout.plots import Form, signs_of


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
    title: str = "",
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
    title : str
        Above the plot, for a drawing that stands by itself.

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
        return _by_name(frame, rows, layers, x, ends=ends, signs=signs_of(colour, shape), title=title)

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


def stacked(name: str, names: Iterable[Name], x: Spec, *, step: int, bar: float, colour: Spec, title: str = "") -> Form:
    """Draw for each name the parts of a whole, one after another from `low` to `high`.

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
    bar : float
        Height of a bar.
    colour : dict
        Encoding of the parts, with domain and range.
    title : str
        Above the plot, for a drawing that stands by itself.

    Returns
    -------
    Form
    """
    listed = list(names)

    def draw(frame: Frame) -> Spec:
        rows = lay_names(frame, name, listed, step, bar)
        along = ticked(frame, x)
        mark = {"type": "bar", "height": bar, "opacity": 0.85, "stroke": PALETTE["paper"], "yOffset": rows.shift}
        ends = {"y": rows.y, "x": {"field": "low"} | along, "x2": {"field": "high"}}
        layers = [{"mark": mark, "encoding": ends | {"color": colour | {"legend": None}}}]
        return _by_name(frame, rows, layers, x, signs=signs_of(colour, shape="square"), title=title)

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
    title: str = "",
) -> Spec:
    below = "" if ends else str((x.get("axis") or {}).get("title") or "")
    right = max(tick_room(x.get("axis") or {}, frame.size) / 2, 8.0) + EDGE
    height = rows.height
    plot = laid_out(
        frame,
        [*layers, *rows.words],
        height=height,
        left=rows.left,
        right=right,
        x_title=below,
        title=title,
        ends=ends,
        signs=signs,
    )
    return plot | {"layer": numbered(plot["layer"])}
