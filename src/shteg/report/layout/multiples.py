"""Small multiples: plots of one size on one grid, as many in a row as a frame holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shteg.report.layout.axes import percent_axis
from shteg.report.layout.frames import (
    EDGE,
    GAP,
    Frame,
    Sign,
    Spec,
    legend_layers,
    numbered,
    tick_room,
    words_layer,
)
from shteg.report.layout.lettering import lines_of
from shteg.report.layout.palette import PALETTE
from shteg.report.layout.plots import Form, signs_of


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
        left = tick_room({"format": "%"} if y is None else {}, frame.size) + GAP + EDGE

        def panel(at: int) -> list[Spec]:
            return _curves(x, share, line, points, colour, shape, stroke, labels=at % columns == 0)

        return set_panels(
            frame,
            names,
            panel,
            field=field,
            keys=names,
            columns=columns,
            height=frame.panel if columns > 1 or not frame.beside else frame.panel * 1.7,
            left=left,
            ticks=tick_room(x["axis"], frame.size),
            signs=signs_of(colour, shape),
        )

    return draw


def set_panels(
    frame: Frame,
    names: Sequence[str],
    panel: Callable[[int], list[Spec]],
    *,
    field: str,
    keys: Sequence[str],
    columns: int,
    height: float,
    left: float,
    ticks: float,
    signs: Sequence[Sign] = (),
    close: bool = False,
) -> Spec:
    """Set plots of one size on a grid, each under its heading; headings of a row begin on one line.

    Parameters
    ----------
    frame : Frame
        What is drawn for.
    names : sequence of str
        The headings.
    panel : callable
        Gives the layers of the plot at a place.
    field : str
        Column of the data that tells the plots apart.
    keys : sequence of str
        Its contents, one for each plot.
    columns : int
        Plots in a row.
    height : float
        Of a plot, in pixels.
    left : float
        Room for the labels of the upright axis.
    ticks : float
        Room of the widest label of the other axis.
    signs : sequence of Sign
        The legend.
    close : bool
        Only the last plot has labels below: the others stand close to the next.

    Returns
    -------
    dict
        Vega-Lite without data.
    """
    gap, right = ticks + GAP, ticks / 2 + EDGE
    wide = (frame.width - left - right - (columns - 1) * gap) / columns
    room = wide + (gap / 2 if columns > 1 else right - EDGE)
    headings = [lines_of(name, frame.size, room, bold=True) for name in names]
    above = max(map(len, headings), default=1) * frame.line + GAP
    legend = legend_layers(frame, signs, left, 0)[1]
    views: list[Spec] = []
    for at, (key, heading) in enumerate(zip(keys, headings, strict=True)):
        words = [words_layer(frame, heading, 0, -above, bold=True)]
        if at == 0:
            words += legend_layers(frame, signs, left, legend + above + EDGE)[0]
        filtered = [{"filter": {"field": field, "equal": key}}]
        views.append({"width": round(wide, 1), "height": round(height, 1), "transform": filtered})
        views[-1]["layer"] = [*panel(at), *words]
    serial = numbered([part for view in views for part in view["layer"]])
    for view in views:
        view["layer"] = [serial.pop(0) for _ in view["layer"]]
    below, rows = frame.size + GAP, -(-len(names) // columns)
    between = round((GAP if close else below + GAP * 1.5) + above, 1)
    top = round(legend + above + EDGE, 1)
    deep = rows * round(height, 1) + (rows - 1) * between + below + EDGE
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
            "bottom": round(deep, 1),
        },
    }


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
