"""Drawings as pictures: PNG of high resolution, kept by the content of the drawing, with their words."""

from __future__ import annotations

import struct

from shteg.publish.drawing.png import HEIGHT, WIDTH
from shteg.publish.word.package import Relations
from shteg.publish.word.xml import NAMES, escape

EMU = 36_000
"""Units of drawings in a millimetre."""


def size_of_png(png: bytes) -> tuple[int, int]:
    """Give width and height in dots."""
    wide, high = struct.unpack(">II", png[16:24])
    return int(wide), int(high)


def picture(png: bytes, relations: Relations, *, number: int, name: str, says: str) -> str:
    """Write the run with a picture, as wide as the text allows.

    Parameters
    ----------
    png : bytes
        The picture.
    relations : Relations
        Of the document; the picture is added.
    number : int
        Another one for each picture.
    name, says : str
        What it is called, and what it shows, for those who cannot see it.

    Returns
    -------
    str
    """
    return drawing(relations.picture(png), size_of_png(png), number=number, name=name, says=says)


def drawing(relation: str, size: tuple[int, int], *, number: int, name: str, says: str) -> str:
    """Write the run with a picture of the package.

    Parameters
    ----------
    relation : str
        Its relation.
    size : (int, int)
        Width and height in dots.
    number : int
        Another one for each picture.
    name, says : str
        What it is called, and what it shows.

    Returns
    -------
    str
    """
    wide, high = size
    millimetres = WIDTH * min(1.0, HEIGHT / (WIDTH * high / wide))
    cx, cy = round(millimetres * EMU), round(millimetres * high / wide * EMU)
    known = f'id="{number}" name="{escape(name)}" descr="{escape(says)}"'
    inside = (
        f'<pic:pic><pic:nvPicPr><pic:cNvPr {known}/><pic:cNvPicPr><a:picLocks noChangeAspect="1"/></pic:cNvPicPr>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect">'
        "<a:avLst/></a:prstGeom></pic:spPr></pic:pic>"
    )
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
        f'<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr {known}/><wp:cNvGraphicFramePr>'
        '<a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic>'
        f'<a:graphicData uri="{NAMES["pic"]}">'
        f"{inside}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
