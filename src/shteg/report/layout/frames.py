"""What a chart is drawn for: a page, a phone, paper; and a plot laid out in it so that nothing can leave its frame.

Every place is computed here from `lettering`; the drawing program measures no text and moves nothing (`autosize` none).
So a drawing has the same bytes on every machine and holds its words in every font.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from shteg.report.layout.lettering import lines_of, width_of
from shteg.report.layout.palette import PALETTE

Spec = dict[str, Any]
WORDS = "words"
"""Layers of this name hold words and signs of the legend, no figures."""
GAP = 8
"""Pixels between words and what they belong to."""
EDGE = 3
"""Pixels that always stay free inside the frame: letters of some fonts rise and hang further than others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a chart is drawn for.

    Attributes
    ----------
    name : str
        `page` (as wide as a figure), `phone` (for a screen 360 pixels wide), `paper` (for the width of a PDF's text).
    width : int
        Of the whole drawing, in pixels.
    size : float
        Of the letters, in pixels.
    beside : bool
        Names stand beside their marks; above them where there is no room beside.
    ticks : int
        About so many marks on an axis of numbers.
    panels : int
        Small multiples in a row.
    panel : int
        Height of one of them.
    """

    name: Literal["page", "phone", "paper"]
    width: int
    size: float
    beside: bool
    ticks: int
    panels: int
    panel: int

    @property
    def line(self) -> float:
        """Height of a line of words."""
        return round(self.size * 1.25, 1)


PAGE = Frame(name="page", width=782, size=13.5, beside=True, ticks=6, panels=3, panel=118)
PHONE = Frame(name="phone", width=320, size=12, beside=False, ticks=4, panels=1, panel=84)
PAPER = Frame(name="paper", width=640, size=13, beside=True, ticks=5, panels=3, panel=104)
FRAMES = (PAGE, PHONE, PAPER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One entry of a legend: its words, and the colour and shape of the marks that it stands for."""

    text: str
    colour: str
    shape: str = "circle"


def words_layer(
    frame: Frame,
    lines: Sequence[str],
    x: float,
    y: float,
    *,
    bold: bool = False,
    align: str = "left",
    soft: bool = False,
) -> Spec:
    """Write lines of words at a place of the plot; `y` is the top of the first.

    Parameters
    ----------
    frame : Frame
        What is drawn for.
    lines : sequence of str
        That fit where they stand.
    x, y : float
        Pixels from the upper left corner of the plot.
    bold : bool
        A heading.
    align : str
        `left` or `right` of `x`.
    soft : bool
        In the colour of axes.

    Returns
    -------
    dict
        A layer.
    """
    mark = {
        "type": "text",
        "text": list(lines),
        "x": round(x, 1),
        "y": round(y, 1),
        "align": align,
        "baseline": "top",
        "fontSize": frame.size,
        "lineHeight": frame.line,
        "fontWeight": "bold" if bold else "normal",
        "color": PALETTE["muted" if soft else "ink"],
        "aria": False,
    }
    return {"name": WORDS, "data": {"values": [{}]}, "mark": mark}


def legend_layers(frame: Frame, signs: Sequence[Sign], left: float, top: float) -> tuple[list[Spec], float]:
    """Set the entries of a legend in as many lines as they need; one that would stand alone tells nothing.

    Parameters
    ----------
    frame : Frame
        What is drawn for.
    signs : sequence of Sign
        In order.
    left, top : float
        Where the plot begins in the frame.

    Returns
    -------
    layers, height : list of dict, float
        Height is that of the legend with the room below it.
    """
    if len(signs) < 2:
        return [], 0.0
    layers: list[Spec] = []
    x, y, mark = 0.0, 0.0, frame.size + 6
    for sign in signs:
        lines = lines_of(sign.text, frame.size, frame.width - mark - 2 * EDGE)
        wide = mark + max(width_of(line, frame.size) for line in lines)
        if x and x + wide > frame.width - 2 * EDGE:
            x, y = 0.0, y + frame.line + 3
        place = {"x": round(x + frame.size / 2 - left + EDGE, 1), "y": round(y + frame.size / 2 - top + EDGE, 1)}
        drawn = {"type": "point", "filled": True, "size": 80, "opacity": 1, "color": sign.colour, "aria": False}
        layers.append({"name": WORDS, "data": {"values": [{}]}, "mark": drawn | place | {"shape": sign.shape}})
        layers.append(words_layer(frame, lines, x + mark - left + EDGE, y - top + EDGE))
        x, y = x + wide + 18, y + (len(lines) - 1) * frame.line
    return layers, y + frame.line + GAP + EDGE


def laid_out(
    frame: Frame,
    layers: Sequence[Spec],
    *,
    height: float,
    left: float,
    right: float,
    x_title: str = "",
    y_title: str = "",
    ends: tuple[str, str] | None = None,
    signs: Sequence[Sign] = (),
    title: str = "",
) -> Spec:
    """Lay one plot out in a frame: title, legend, title of the upright axis, plot, ticks, what the other axis says.

    Parameters
    ----------
    frame : Frame
        What is drawn for.
    layers : sequence of dict
        The marks, with axes that have no titles.
    height : float
        Of the plot.
    left, right : float
        Room beside the plot.
    x_title, y_title : str
        Below and above the plot; broken into lines where they must be.
    ends : (str, str), optional
        What the two ends of the axis mean.
    signs : sequence of Sign
        The legend.
    title : str
        Of a drawing that stands by itself; on a page and on paper it stands outside.

    Returns
    -------
    dict
        Vega-Lite without data.
    """
    left, right = round(left, 1), round(right, 1)
    width = round(frame.width - left - right, 1)
    above = lines_of(y_title, frame.size, frame.width - 2 * EDGE) if y_title else []
    _, legend = legend_layers(frame, signs, left, 0)
    head = lines_of(title, frame.size, frame.width - 2 * EDGE, bold=True) if title else []
    raised = round(len(head) * frame.line + GAP, 1) if head else 0.0
    top = round(raised + legend + len(above) * frame.line + (GAP if above else 0) + GAP + EDGE, 1)
    words = legend_layers(frame, signs, left, top - raised)[0]
    if head:
        words.append(words_layer(frame, head, EDGE - left, EDGE - top, bold=True))
    if above:
        words.append(words_layer(frame, above, EDGE - left, raised + legend + EDGE - top, soft=True))
    below = frame.size + GAP
    if ends:
        own = [width_of(text, frame.size) for text in ends]
        start_at = -GAP * 2.0 if sum(own) + GAP <= width + right + GAP * 2 - EDGE else EDGE - left
        half = (width + right - EDGE - start_at - GAP) / 2
        rooms = own if sum(own) + GAP <= 2 * half + GAP else [half, half]
        start, end = (lines_of(text, frame.size, room + 0.1) for text, room in zip(ends, rooms, strict=True))
        words.append(words_layer(frame, start, start_at, height + below, soft=True))
        words += [
            words_layer(frame, [line], width + right - EDGE, height + below + at * frame.line, align="right", soft=True)
            for at, line in enumerate(end)
        ]
        below += max(len(start), len(end)) * frame.line
    if x_title:
        room = frame.width - left - EDGE
        start_at = 0.0 if width_of(x_title, frame.size) <= room else EDGE - left
        lines = lines_of(x_title, frame.size, room if start_at == 0 else frame.width - 2 * EDGE)
        words.append(words_layer(frame, lines, start_at, height + below, soft=True))
        below += len(lines) * frame.line
    return {
        "width": width,
        "height": round(height, 1),
        "autosize": {"type": "none"},
        "padding": {"left": left, "top": top, "right": right, "bottom": round(below + 2 * EDGE, 1)},
        "layer": [*layers, *words],
    }


def tick_room(axis: Mapping[str, Any], size: float) -> float:
    """Give the room of the widest label that an axis may have."""
    if str(axis.get("format", "")).endswith("%"):
        return width_of("100\u00a0%", size)
    written = [f"{one:g}" if isinstance(one, float) else str(one) for one in axis.get("values") or ["−0,000"]]
    return max(width_of(one, size) for one in written)


def ticked(frame: Frame, channel: Spec) -> Spec:
    """Give a channel of numbers the ticks of a frame: as many as it has room for, and a scale that ends at one."""
    axis = {key: cell for key, cell in (channel.get("axis") or {}).items() if key != "title"}
    scale = dict(channel.get("scale") or {})
    if "values" not in axis:
        axis["tickCount"] = min(frame.ticks, axis.get("tickCount", frame.ticks))
        if "domain" not in scale and "nice" not in scale:
            scale["nice"] = axis["tickCount"]
    else:
        axis.pop("tickCount", None)  # with it, the drawing program thins the values out
    return channel | {"axis": axis | {"title": None, "labelOverlap": False}, "scale": scale}


def numbered(parts: Iterable[Spec]) -> list[Spec]:
    """Give every layer of words a name of its own, which the drawing program asks for."""
    serial = count(1)
    return [part | {"name": f"{WORDS}-{next(serial)}"} if part.get("name") == WORDS else part for part in parts]
