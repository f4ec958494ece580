"""What a chart draws: its marks read back from the Vega-Lite specification, each with what stands on its axes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

POSITIONS = ("x", "y", "x2", "y2")
VALID = re.compile(r"isValid\(datum\.(\w+)\)")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: its kind, the plot it stands in, and what it encodes by channel."""

    kind: str
    plot: str
    at: Mapping[str, Any]


def drawn(spec: Mapping[str, Any], kind: str, plot: str | None = None) -> list[dict[str, Any]]:
    """Give what the marks of a kind encode, in the order of the data; of one plot only if asked."""
    return [dict(one.at) for one in marks(spec) if one.kind == kind and plot in (None, one.plot)]


def plots(spec: Mapping[str, Any]) -> list[str]:
    """Give the headings of the plots in order, as they are written."""
    return [" ".join(_heading(view)) for view in spec.get("concat", ())]


def _heading(view: Mapping[str, Any]) -> list[str]:
    bold = [one["mark"]["text"] for one in view["layer"] if one["mark"].get("fontWeight") == "bold"]
    (lines,) = bold
    return list(lines)


def rows_from_the_top(spec: Mapping[str, Any]) -> list[str]:
    """Give the rows of a chart by name, headings left out."""
    (domain,) = {
        tuple(one["encoding"]["y"]["scale"]["domain"]) for one in spec["layer"] if "y" in one.get("encoding", {})
    }
    return [key for key in domain if not re.fullmatch(r"\d+/\d+", key)]


def names(spec: Mapping[str, Any]) -> dict[str, str]:
    """Give the words that stand at each row, by its key, lines joined."""
    found: dict[str, list[tuple[float, str]]] = {}
    for layer in spec["layer"]:
        if str(layer.get("name", "")).startswith("words") and "encoding" in layer:
            for row in layer["data"]["values"]:
                (key,) = (cell for column, cell in row.items() if column != "line")
                found.setdefault(key, []).append((layer["mark"]["yOffset"], row["line"]))
    return {key: " ".join(line for _, line in sorted(lines)) for key, lines in found.items()}


def marks(spec: Mapping[str, Any]) -> list[Mark]:
    """Read every mark of a figure that is drawn: one that lacks a place on an axis is not."""
    rows = spec["data"]["values"]
    if "concat" in spec:
        return [mark for view in spec["concat"] for mark in _of_view(view, rows, " ".join(_heading(view)))]
    return list(_of_view(spec, rows, ""))


def _of_view(view: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], plot: str) -> Iterator[Mark]:
    if str(view.get("name", "")).startswith("words"):
        return
    if "data" in view:
        rows = view["data"]["values"]
    for step in view.get("transform", ()):
        rows = [row for row in rows if _passes(row, step["filter"])]
    for layer in view.get("layer", ()):
        yield from _of_view(layer, rows, plot)
    if "mark" in view:
        for row in rows:
            at = {channel: _place(one, row) for channel, one in view["encoding"].items()}
            if all(at[channel] is not None for channel in POSITIONS if channel in at):
                yield Mark(view["mark"]["type"], plot, at)


def _place(channel: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
    return channel["datum"] if "datum" in channel else row.get(channel["field"])


def _passes(row: Mapping[str, Any], condition: str | Mapping[str, Any]) -> bool:
    if isinstance(condition, str):
        found = VALID.fullmatch(condition)
        assert found, f"a filter that this reader does not know: {condition}"
        return row.get(found[1]) is not None
    return bool(row[condition["field"]] == condition["equal"])
