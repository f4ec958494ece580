"""Drawings as pictures: PNG of high resolution, kept by the content of the drawing."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from pathlib import Path

from shteg.errors import A_FAULT, PublishError
from shteg.keeping import keep, recall, version_of

DOTS = 240
"""Dots an inch, at the width that the picture has on paper."""
WIDTH, HEIGHT = 160.0, 195.0
"""Millimetres that a picture may take."""
PICTURE_FONT = "Liberation Sans"
"""Comes with vl-convert, so that the same dots are drawn everywhere."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PACKING = 6
"""A higher level takes three times as long for a hundredth of the bytes."""
_BOX = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')


def png_of(svg: str, *, name: str, cache: Path | None = None, scale: float | None = None) -> bytes:
    """Draw an SVG as PNG; one drawn before is taken from `cache` if its checksum holds.

    Parameters
    ----------
    svg : str
        With fixed colours and a `viewBox`.
    name : str
        Of the drawing, for errors.
    cache : Path, optional
        Folder of drawings made before.
    scale : float, optional
        Pixels for each unit of the drawing; what paper needs if left out.

    Returns
    -------
    bytes

    Raises
    ------
    PublishError
        It cannot be drawn.
    """
    import vl_convert

    box = _BOX.search(svg)
    if box is None:
        raise PublishError(f"the drawing {name} has no size", A_FAULT, name)
    wide, high = float(box[1]), float(box[2])
    if scale is None:
        width = WIDTH * min(1.0, HEIGHT / (WIDTH * high / wide))
        scale = width / 25.4 * DOTS / wide
    if not re.match(r"<svg\b[^>]*\swidth=", svg):
        svg = svg.replace("<svg", f'<svg width="{box[1]}" height="{box[2]}"', 1)
    kept = None
    if cache is not None:
        digest = hashlib.sha256(f"packed {version_of('vl-convert-python')}\n{scale:.6f}\n{svg}".encode()).hexdigest()
        kept = cache / f"{digest}.png-drawing"
        drawn = recall(kept)
        if drawn is not None:
            return drawn
    try:
        png = packed(bytes(vl_convert.svg_to_png(svg, scale=scale, ppi=72)))
    except ValueError as error:
        raise PublishError(f"the drawing {name} is no picture: {error}", A_FAULT, name) from error
    if kept is not None:
        keep(kept, png)
    return png


def packed(png: bytes) -> bytes:
    """Pack the dots of a PNG better than who drew it did: a quarter of the bytes, every dot the same.

    Parameters
    ----------
    png : bytes
        A whole PNG.

    Returns
    -------
    bytes
    """
    at, parts, dots = len(_SIGNATURE), [png[: len(_SIGNATURE)]], b""
    while at < len(png):
        kind, length = png[at + 4 : at + 8], int.from_bytes(png[at : at + 4], "big")
        if kind == b"IDAT":
            dots += png[at + 8 : at + 8 + length]
        elif kind == b"IEND":
            parts += [_chunk(b"IDAT", zlib.compress(zlib.decompress(dots), _PACKING)), png[at:]]
        else:
            parts.append(png[at : at + 12 + length])
        at += 12 + length
    return b"".join(parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
