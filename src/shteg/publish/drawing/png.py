"""Drawings as pictures: PNG of high resolution, kept by the content of the drawing."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from shteg.errors import PublishError
from shteg.keeping import keep, recall, version_of

DOTS = 240
"""Dots an inch, at the width that the picture has on paper."""
WIDTH, HEIGHT = 160.0, 195.0
"""Millimetres that a picture may take."""
PICTURE_FONT = "Liberation Sans"
"""Comes with vl-convert, so that the same dots are drawn everywhere."""
_BOX = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')


def png_of(svg: str, *, name: str, cache: Path | None = None) -> bytes:
    """Draw an SVG as PNG; one drawn before is taken from `cache` if its checksum holds.

    Parameters
    ----------
    svg : str
        With fixed colours and a `viewBox`.
    name : str
        Of the drawing, for errors.
    cache : Path, optional
        Folder of drawings made before.

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
        raise PublishError(f"the drawing {name} has no size", "report this chart as a bug of shteg", name)
    wide, high = float(box[1]), float(box[2])
    width = WIDTH * min(1.0, HEIGHT / (WIDTH * high / wide))
    scale = width / 25.4 * DOTS / wide
    if not re.match(r"<svg\b[^>]*\swidth=", svg):
        svg = svg.replace("<svg", f'<svg width="{box[1]}" height="{box[2]}"', 1)
    kept = None
    if cache is not None:
        digest = hashlib.sha256(f"{version_of('vl-convert-python')}\n{scale:.6f}\n{svg}".encode()).hexdigest()
        kept = cache / f"{digest}.png-drawing"
        drawn = recall(kept)
        if drawn is not None:
            return drawn
    try:
        png = bytes(vl_convert.svg_to_png(svg, scale=scale, ppi=72))
    except ValueError as error:
        raise PublishError(f"the drawing {name} is no picture: {error}", "report it as a bug of shteg", name) from error
    if kept is not None:
        keep(kept, png)
    return png
