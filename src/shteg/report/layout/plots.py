"""Any single plot, written as one that Vega-Lite could lay out, laid out anew for each frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shteg.report.layout.frames import EDGE, GAP, Frame, Sign, Spec, laid_out, numbered, tick_room, ticked

Form = Callable[[Frame], Spec]
"""Draws a chart for a frame: Vega-Lite without data and configuration."""


def signs_of(
    channel: Mapping[str, Any] | None, shapes: Mapping[str, Any] | None = None, shape: str = "circle"
) -> list[Sign]:
    """Read the legend of a colour off its scale.

    Parameters
    ----------
    channel : mapping or None
        Encoding of the colour, with domain and range.
    shapes : mapping or None
        Encoding of the shape, with the same domain.
    shape : str
        Of all signs where the shape says nothing.

    Returns
    -------
    list of Sign
    """
    if channel is None or "scale" not in channel or channel.get("legend", "own") is None:
        return []  # one that was written away tells what the names tell already
    own = dict(zip(shapes["scale"]["domain"], shapes["scale"]["range"], strict=True)) if shapes else {}
    scale = channel["scale"]
    return [
        Sign(text=text, colour=colour, shape=own.get(text, shape))
        for text, colour in zip(scale["domain"], scale["range"], strict=True)
    ]


def plot(view: Spec) -> Form:
    """Draw any single plot: its titles and legend are laid out anew for each frame.

    Parameters
    ----------
    view : dict
        Vega-Lite of one plot, with `height` for a page. Its colour has a scale with domain and range.

    Returns
    -------
    Form
    """

    def draw(frame: Frame) -> Spec:
        parts: list[Spec] = [dict(one) for one in view.get("layer", [view])]
        found: dict[str, Spec] = {}
        layers: list[Spec] = []
        for part in parts:
            encoding = dict(part.get("encoding") or {})
            for channel in ("x", "y"):
                if channel in encoding and "axis" in encoding[channel]:
                    found.setdefault(channel, encoding[channel])
                    encoding[channel] = ticked(frame, encoding[channel])
            for channel in ("color", "shape"):
                if channel in encoding:
                    found.setdefault(channel, encoding[channel])
                    encoding[channel] = encoding[channel] | {"legend": None}
            layers.append(
                {key: cell for key, cell in part.items() if key in ("data", "transform", "mark")}
                | {"encoding": encoding}
            )
        return _numbers(frame, layers, found, float(view.get("height", 260)), bool(view.get("square")))

    return draw


def _numbers(frame: Frame, layers: Sequence[Spec], found: Mapping[str, Spec], height: float, square: bool) -> Spec:
    """Lay out a plot with numbers on both axes.

    Parameters
    ----------
    frame : Frame
        What is drawn for.
    layers : sequence of dict
        The marks.
    found : mapping
        Encodings of `x`, `y`, `color`, `shape` as they were written.
    height : float
        For a page, in pixels.
    square : bool
        As high as wide, where a screen is high enough.

    Returns
    -------
    dict
        Vega-Lite without data.
    """
    axes = {channel: found.get(channel, {}).get("axis") or {} for channel in ("x", "y")}
    left = tick_room(axes["y"], frame.size) + GAP + EDGE
    right = tick_room(axes["x"], frame.size) / 2 + EDGE
    high = min(frame.width - left - right, 430.0) if square else height if frame.beside else height * 0.85
    points = any(_kind(one) == "point" for one in layers)
    signs = signs_of(found.get("color"), found.get("shape"), "circle" if points else "square")
    laid = laid_out(
        frame,
        layers,
        height=high,
        left=left,
        right=right,
        x_title=str(axes["x"].get("title") or ""),
        y_title=str(axes["y"].get("title") or ""),
        signs=signs,
    )
    return laid | {"layer": numbered(laid["layer"])}


def _kind(layer: Mapping[str, Any]) -> str:
    mark = layer.get("mark")
    return str(mark.get("type")) if isinstance(mark, Mapping) else str(mark)
