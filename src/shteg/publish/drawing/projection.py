"""From longitude and latitude to the paper: Lambert's azimuthal equal-area projection, and paths for SVG."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import cos, radians, sin, sqrt
from typing import Any

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A piece of paper: its projection, and the rectangle of it that is shown.

    Attributes
    ----------
    geometry : str
        Name of the GeoJSON file.
    centre : (longitude, latitude)
        Where the projection touches the globe, in degrees.
    x, y : (low, high)
        The part shown, in units of the globe's radius; y points north.
    width : float
        Width on the paper, in pixels of the view box.
    left, top : float
        Where it lies on the paper.
    """

    geometry: str
    centre: Point
    x: Point
    y: Point
    width: float
    left: float = 0.0
    top: float = 0.0

    @property
    def height(self) -> float:
        """Height on the paper, in the same scale as the width."""
        return self.width * (self.y[1] - self.y[0]) / (self.x[1] - self.x[0])

    def to_paper(self, point: Point) -> Point:
        """Give the place of a (longitude, latitude) on the paper."""
        x, y = project(point, self.centre)
        scale = self.width / (self.x[1] - self.x[0])
        return self.left + (x - self.x[0]) * scale, self.top + (self.y[1] - y) * scale


def project(point: Point, centre: Point) -> Point:
    """Project (longitude, latitude) in degrees onto the plane, in units of the globe's radius.

    References
    ----------
    Snyder (1987), Map Projections: A Working Manual, USGS Professional Paper 1395, equations 24-2 to 24-4.
    """
    longitude, latitude, turn, tilt = radians(point[0]), radians(point[1]), radians(centre[0]), radians(centre[1])
    behind = sin(tilt) * sin(latitude) + cos(tilt) * cos(latitude) * cos(longitude - turn)
    scale = sqrt(2 / max(1 + behind, 1e-9))
    x = scale * cos(latitude) * sin(longitude - turn)
    y = scale * (cos(tilt) * sin(latitude) - sin(tilt) * cos(latitude) * cos(longitude - turn))
    return x, y


@cache
def read_geometry(name: str) -> tuple[tuple[str, tuple[tuple[tuple[Point, ...], ...], ...]], ...]:
    """Read a geometry of the package: (country code, polygons of rings of points), in the order of the file."""
    text = files("shteg.publish").joinpath("geometry", f"{name}.geojson").read_text(encoding="utf-8")
    collection: Mapping[str, Any] = json.loads(text)
    return tuple(
        (
            feature["properties"]["code"],
            tuple(
                tuple(tuple((point[0], point[1]) for point in ring) for ring in polygon)
                for polygon in feature["geometry"]["coordinates"]
            ),
        )
        for feature in collection["features"]
    )


def country_codes() -> frozenset[str]:
    """Give the codes of all countries that the package can draw."""
    return frozenset(code for name in ("europe", "north_america") for code, _ in read_geometry(name) if code)


def path_of(polygons: Sequence[Sequence[Sequence[Point]]], window: Window) -> str:
    """Give the `d` of an SVG path; rings that do not touch the window are left out, points are rounded to 0.1 px."""
    parts: list[str] = []
    for polygon in polygons:
        for ring in polygon:
            points = [window.to_paper(point) for point in ring]
            if _misses(points, window):
                continue
            rounded = [(round(x, 1), round(y, 1)) for x, y in points]
            kept = [point for index, point in enumerate(rounded) if index == 0 or point != rounded[index - 1]]
            if len(kept) > 2:
                parts.append("M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in kept[:-1]) + "Z")
    return "".join(parts)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _misses(points: Sequence[Point], window: Window) -> bool:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    right, bottom = window.left + window.width, window.top + window.height
    return max(xs) < window.left or min(xs) > right or max(ys) < window.top or min(ys) > bottom


def middle_of(polygons: Sequence[Sequence[Sequence[Point]]], window: Window) -> Point:
    """Give a place for a name: the centroid of the largest outer ring on the paper."""
    best: tuple[float, Point] = (0.0, (0.0, 0.0))
    for polygon in polygons:
        points = [window.to_paper(point) for point in polygon[0]]
        twice = x = y = 0.0
        for (ax, ay), (bx, by) in pairwise(points):
            cross = ax * by - bx * ay
            twice, x, y = twice + cross, x + (ax + bx) * cross, y + (ay + by) * cross
        if abs(twice) > best[0]:
            best = (abs(twice), (x / (3 * twice), y / (3 * twice)))
    return best[1]


def extent_of(polygons: Sequence[Sequence[Sequence[Point]]], window: Window) -> float:
    """Give the width of the widest outer ring on the paper, in pixels."""
    widths = []
    for polygon in polygons:
        xs = [window.to_paper(point)[0] for point in polygon[0]]
        widths.append(max(xs) - min(xs))
    return max(widths, default=0.0)
