"""Make the small map geometry of `src/shteg/publish/geometry` from Natural Earth (public domain).

Run by hand, once, when the geometry must change; the result is committed:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python tools/make_geometry.py package/countries-50m.json

world-atlas 2.0.2 (ISC licence, M. Bostock) repackages Natural Earth 1:50m as TopoJSON. Steps: decode the arcs, simplify
each arc once (Douglas–Peucker, so that neighbours keep a common border), assemble rings, clip to a window of longitude
and latitude, drop islets unless they are all a country has, round, key by ISO 3166-1 alpha-3. Features without an ISO
number are joined by name through `BY_NAME`; those it does not list are drawn as land without a code.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from babel.core import get_global

Point = tuple[float, float]
Ring = list[Point]

BY_NAME = {"Kosovo": "XKX"}
"""Features that Natural Earth leaves without an ISO number, and the code this project gives them."""
WITHDRAWN = {"BUR", "DDR", "FXX", "ROM", "TMP", "ZAR"}
"""Codes that ISO 3166-1 no longer has and CLDR still maps."""

# name of the file: (west, south, east, north) in degrees, tolerance in degrees, smallest ring in square degrees
WINDOWS: dict[str, tuple[tuple[float, float, float, float], float, float]] = {
    "europe": ((-33.0, 27.0, 72.0, 80.5), 0.05, 0.09),
    "north_america": ((-169.5, 16.0, -50.0, 84.0), 0.22, 1.2),
}
TARGET = Path(__file__).resolve().parents[1] / "src" / "shteg" / "publish" / "geometry"


def alpha3_by_number() -> dict[str, str]:
    """Map ISO 3166-1 numbers to alpha-3 codes, from CLDR's aliases (both stand for the same alpha-2 code)."""
    aliases = {key: targets for key, targets in get_global("territory_aliases").items() if len(targets) == 1}
    codes = {key: targets[0] for key, targets in aliases.items() if len(key) == 3 and key not in WITHDRAWN}
    letters = {target: key for key, target in codes.items() if key.isalpha()}
    return {key: letters[target] for key, target in codes.items() if key.isdigit() and target in letters}


def decode_arcs(topology: dict[str, Any]) -> list[Ring]:
    """Turn quantised, delta-coded arcs into longitudes and latitudes."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[Ring] = []
    for arc in topology["arcs"]:
        x = y = 0
        points: Ring = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def _distance(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length))
    return ((point[0] - a[0] - t * dx) ** 2 + ((point[1] - a[1] - t * dy) * 1.6) ** 2) ** 0.5


def simplify(points: Sequence[Point], tolerance: float) -> Ring:
    """Douglas–Peucker; end points stay, so that borders that meet keep meeting."""
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    if len(points) > 3 and points[0] == points[-1]:  # a closed arc has no chord: split it at its farthest point
        far = max(range(len(points)), key=lambda i: _distance(points[i], points[0], points[0]))
        keep.add(far)
        stack = [(0, far), (far, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        far = max(range(first + 1, last), key=lambda i: _distance(points[i], points[first], points[last]))
        if _distance(points[far], points[first], points[last]) > tolerance:
            keep.add(far)
            stack += [(first, far), (far, last)]
    return [points[i] for i in sorted(keep)]


def clip(ring: Ring, window: tuple[float, float, float, float]) -> Ring:
    """Sutherland–Hodgman against a window of longitude and latitude."""
    west, south, east, north = window
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        result: Ring = []
        for index, current in enumerate(ring):
            previous = ring[index - 1]
            inside, before = sign * (current[axis] - limit) >= 0, sign * (previous[axis] - limit) >= 0
            if inside != before:
                t = (limit - previous[axis]) / (current[axis] - previous[axis])
                result.append(
                    (previous[0] + t * (current[0] - previous[0]), previous[1] + t * (current[1] - previous[1]))
                )
            if inside:
                result.append(current)
        ring = result
    return ring


def area(ring: Ring) -> float:
    """Area of a ring in square degrees."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def assemble(indices: Iterable[int], arcs: Sequence[Ring]) -> Ring:
    """Join arcs into an open ring; a negative index is an arc read backwards."""
    ring: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else list(reversed(arcs[~index]))
        ring += arc if not ring else arc[1:]
    return ring[:-1]


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """List the polygons of a TopoJSON geometry as lists of rings of arc numbers."""
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]


def cut(geometry: dict[str, Any], arcs: Sequence[Ring], window: tuple[float, float, float, float], least: float) -> Any:
    """Give the coordinates of a MultiPolygon inside a window, outer rings first; empty if nothing is inside."""
    parts = []
    for polygon in polygons(geometry):
        whole = [assemble(ring, arcs) for ring in polygon]
        if window[0] < -100 and max(x for x, _ in whole[0]) - min(x for x, _ in whole[0]) > 300:
            continue  # a ring across the date line would be drawn as a band through the window
        rings = [clip(ring, window) for ring in whole]
        if len(rings[0]) >= 3:
            parts.append((area(rings[0]), [ring for ring in rings if len(ring) >= 3]))
    parts.sort(key=lambda part: -part[0])
    kept = [rings for size, rings in parts if size >= least] or [rings for _, rings in parts[:1]]
    return [[[[round(x, 2), round(y, 2)] for x, y in [*ring, ring[0]]] for ring in rings] for rings in kept]


def main(path: str) -> None:
    """Write one GeoJSON file for each window."""
    topology = json.loads(Path(path).read_text(encoding="utf-8"))
    numbers, arcs = alpha3_by_number(), decode_arcs(topology)
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, (window, tolerance, least) in WINDOWS.items():
        coarse = [simplify(arc, tolerance) for arc in arcs]
        features = []
        for geometry in topology["objects"]["countries"]["geometries"]:
            code = numbers.get(geometry.get("id", ""), BY_NAME.get(geometry["properties"]["name"], ""))
            coordinates = cut(geometry, coarse, window, least)
            if coordinates:
                shape = {"type": "MultiPolygon", "coordinates": coordinates}
                features.append({"type": "Feature", "properties": {"code": code}, "geometry": shape})
        features.sort(key=lambda feature: (feature["properties"]["code"], str(feature["geometry"])))
        text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
        (TARGET / f"{name}.geojson").write_text(text + "\n", encoding="utf-8")
        print(name, len(features), "features", len(text) // 1024, "KiB")


if __name__ == "__main__":
    main(sys.argv[1])
