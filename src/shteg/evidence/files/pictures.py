"""Files of pictures: their kind by their content, their size, and whether an SVG is a drawing and nothing else."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from shteg.evidence.files.picture_notes import JPEG_SIGNATURE, PNG_SIGNATURE, UPRIGHT, orientation_of, segments

PICTURE_LIMIT = 2 * 2**20
"""Largest file of a picture, in bytes."""
MOST_PIXELS = 40_000_000
"""A larger picture takes a reader's device minutes, or its memory."""
SUFFIXES = {"jpeg": (".jpg", ".jpeg"), "png": (".png",), "svg": (".svg",)}
"""How the names of the files end, by kind."""
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title", "desc"}
    | {"metadata", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "use", "symbol", "marker"}
    | {"pattern", "style"}
)
"""Elements of an SVG that draw or name; scripts, animations, foreign content and pictures inside are none of them."""
_OUTSIDE = re.compile(r"@import|url\((?!\s*[\"']?#)|expression\(|javascript:|\\", re.IGNORECASE)
"""In a style: whatever leads out of the drawing, or hides what it leads to."""
_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:px)?\s*")


@dataclass(frozen=True, slots=True)
class Look:
    """A picture as its content says: kind (`jpeg`, `png`, `svg`), width and height in pixels or in units of its own."""

    kind: str
    width: int
    height: int


def look_at(raw: bytes) -> tuple[Look | None, str]:
    """Tell kind and size of a picture by its content, or what is wrong with it.

    Returns
    -------
    look : Look or None
        None if it is no picture that may be shown.
    problem : str
        Empty if there is none.
    """
    if raw.startswith(PNG_SIGNATURE):
        return _sized("png", _png_size(raw))
    if raw.startswith(JPEG_SIGNATURE):
        if (turned := orientation_of(raw)) != UPRIGHT:
            return None, f"the JPEG is to be turned before it is shown (orientation {turned}), which paper does not do"
        return _sized("jpeg", _jpeg_size(raw))
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<svg", b"<!--")):
        return _svg(raw)
    return None, "the file is no JPEG, PNG or SVG, whatever its name says"


def _sized(kind: str, size: tuple[int, int] | None) -> tuple[Look | None, str]:
    if size is None or min(size) < 1:
        return None, f"the {kind.upper()} is damaged or cut off"
    if size[0] * size[1] > MOST_PIXELS:
        return None, f"the picture has {size[0]} by {size[1]} pixels, more than {MOST_PIXELS // 1_000_000} million"
    return Look(kind, *size), ""


def _png_size(raw: bytes) -> tuple[int, int] | None:
    if len(raw) < 45 or raw[12:16] != b"IHDR" or b"IEND" not in raw[-16:]:
        return None
    return struct.unpack(">II", raw[16:24])


def _jpeg_size(raw: bytes) -> tuple[int, int] | None:
    if b"\xff\xd9" not in raw[-64:]:
        return None
    for marker, part in segments(raw):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(part) >= 9:
            height, width = struct.unpack(">HH", part[5:9])
            return width, height
    return None


def _svg(raw: bytes) -> tuple[Look | None, str]:
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        return None, "the SVG has a document type, which could pull something in"
    if re.search(rb"<\?xml-", raw):
        return None, "the SVG names a style sheet outside itself"
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, ValueError) as error:
        return None, f"the SVG cannot be read: {error}"
    if root.tag != f"{_SVG}svg":
        return None, "the file is XML, but no SVG"
    if problem := next(_more_than_drawing(root), ""):
        return None, problem
    size = _svg_size(root)
    return (Look("svg", *size), "") if size else (None, "the SVG has no viewBox, and no width and height in pixels")


def _more_than_drawing(root: ElementTree.Element) -> Iterator[str]:
    """Give what an SVG does beside drawing: scripts, events, what lies elsewhere."""
    for element in root.iter():
        name = str(element.tag).removeprefix(_SVG)
        if name.startswith("{"):  # notes of a drawing program, which nothing shows
            continue
        if name not in _DRAWN:
            yield f"the SVG has an element <{name}>: it may draw, and nothing else"
        if name == "style" and _OUTSIDE.search(element.text or ""):
            yield "the style of the SVG leads out of the drawing"
        for key, value in element.attrib.items():
            local = key.rpartition("}")[2].lower()
            if local.startswith("on"):
                yield f"the SVG does something on an event ({local})"
            if local in ("href", "src") and not value.strip().startswith("#"):
                yield f"the SVG shows or links something that lies elsewhere ({value.strip()[:40]})"
            if _OUTSIDE.search(value):
                yield f"an attribute of the SVG leads out of the drawing ({local})"


def _svg_size(root: ElementTree.Element) -> tuple[int, int] | None:
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    found = [_LENGTH.fullmatch(root.get(key, "")) for key in ("width", "height")]
    try:
        sides = [float(one[1]) if one else float(side) for one, side in zip(found, box[2:] or ("", ""), strict=True)]
    except ValueError:
        return None
    return (round(sides[0]), round(sides[1])) if min(sides) >= 1 else None
