"""Names of rows: beside their marks where a frame has room, else above them, broken by measured width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shteg.report.layout.frames import EDGE, GAP, WORDS, Frame, Spec
from shteg.report.layout.lettering import lines_of, width_of
from shteg.report.layout.palette import PALETTE

MOST_BESIDE = 0.42
"""Part of a frame that names may take beside the marks."""
SHORT = 0.46
"""Names that take no more of a frame without room stand beside their marks all the same, in one line."""
ABOVE = 17.0
"""Height of a mark below its name, in pixels."""


@dataclass(frozen=True, slots=True)
class Label:
    """A row of its own key: two rows may have one label."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Words over the rows that follow."""

    label: str


Name = str | Label | Heading


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNames:
    """Where rows and their names stand.

    Attributes
    ----------
    y : dict
        Encoding of the rows.
    words : list of dict
        Layers of the names.
    left : float
        Room left of the plot.
    height : float
        Of the plot.
    shift : float
        How far below the middle of its row a mark stands.
    """

    y: Spec
    words: list[Spec]
    left: float
    height: float
    shift: float


def lay_names(frame: Frame, field: str, names: Sequence[Name], step: float, mark: float = 0) -> RowNames:
    """Place rows and their names in a frame.

    Parameters
    ----------
    frame : Frame
        What is drawn for.
    field : str
        Column of the keys.
    names : sequence of str, Label or Heading
        From the top.
    step : float
        Height of a row at least, in pixels.
    mark : float
        Height of a mark, in pixels.

    Returns
    -------
    RowNames
    """
    rows = [Label(one, one) if isinstance(one, str) else one for one in names]
    whole = max((width_of(row.label, frame.size) for row in rows if isinstance(row, Label)), default=0.0)
    beside = frame.beside or whole <= SHORT * frame.width
    room = frame.width * (MOST_BESIDE if frame.beside else SHORT) if beside else frame.width - 2 * EDGE
    broken = {row.key: lines_of(row.label, frame.size, room) for row in rows if isinstance(row, Label)}
    deepest = max(map(len, broken.values()), default=1)
    zone = max(ABOVE, mark + GAP)
    if beside:
        widest = max((width_of(line, frame.size) for lines in broken.values() for line in lines), default=0.0)
        left, high, shift = widest + GAP + 2 * EDGE, max(float(step), deepest * frame.line + 4, mark + 4), 0.0
    else:
        left, high = 18.0, deepest * frame.line + zone
        shift = (high - zone) / 2
    domain: list[str] = []
    marks: list[tuple[str, str, float, bool]] = []  # key, line, middle of the line from that of the row, heading
    for row in rows:
        if isinstance(row, Heading):
            lines = lines_of(row.label, frame.size, frame.width - 2 * EDGE, bold=True)
            slots = -(-(len(lines) * frame.line + (0 if not domain else GAP)) // high)
            keys = [f"{len(domain)}/{at}" for at in range(int(slots))]
            domain += keys
            last = high / 2 - frame.line / 2  # the heading stands on the floor of its rows
            marks += [(keys[-1], line, last - at * frame.line, True) for at, line in enumerate(reversed(lines))]
            continue
        domain.append(row.key)
        lines = broken[row.key]
        for at, line in enumerate(lines):
            middle = (at - (len(lines) - 1) / 2) * frame.line
            above = shift - zone / 2 - (len(lines) - 1 - at + 0.5) * frame.line
            marks.append((row.key, line, middle if beside else above, False))
    y = {
        "field": field,
        "type": "nominal",
        "axis": None,
        "sort": None,
        "scale": {"type": "band", "domain": domain, "padding": 0},
    }
    return RowNames(
        y=y,
        words=_written(frame, field, y, marks, left, beside=beside),
        left=round(left, 1),
        height=round(high * len(domain), 1),
        shift=round(shift, 1),
    )


def _written(
    frame: Frame, field: str, y: Spec, marks: Sequence[tuple[str, str, float, bool]], left: float, *, beside: bool
) -> list[Spec]:
    """Write the lines of names: those at one height of their rows are one layer."""
    found: dict[tuple[float, bool], list[dict[str, str]]] = {}
    for key, line, middle, heading in marks:
        found.setdefault((round(middle, 1), heading), []).append({field: key, "line": line})
    layers = []
    for (middle, heading), lines in sorted(found.items()):
        right = beside and not heading
        mark = {
            "type": "text",
            "x": round(-GAP - EDGE if right else EDGE - left, 1),
            "yOffset": middle,
            "align": "right" if right else "left",
            "baseline": "middle",
            "fontSize": frame.size,
            "fontWeight": "bold" if heading else "normal",
            "color": PALETTE["ink"],
            "aria": False,
        }
        encoding = {"y": y, "text": {"field": "line", "type": "nominal"}}
        layers.append({"name": WORDS, "data": {"values": lines}, "mark": mark, "encoding": encoding})
    return layers
