"""Clean an SVG drawn by Vega so that it can stand inside a page: own words, own ids, the page's colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.etree import ElementTree as Tree

from shteg.errors import A_FAULT, PublishError
from shteg.publish.drawing.lighter import lighten

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
Paint = Callable[[Tree.Element], None]
"""Gives a drawing, as a tree, its colours."""
ROW = re.compile(r"row (\d+)")
"""What a mark says of itself in a specification: the row of the chart's table that it draws."""
_DROPPED = {"class", "role", "font-family", "version", "width", "height", "pointer-events", "stroke-miterlimit"}
_NOTHING = {("opacity", "1"), ("font-weight", "normal"), ("fill-opacity", "1"), ("stroke-opacity", "1")}
"""What Vega writes though it is so anyway."""
_PAINTS = ("fill", "stroke", "stop-color")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?![\de])")
_RGB = re.compile(r"rgb\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\)")


def _parse(svg: str) -> Tree.Element:
    Tree.register_namespace("", SVG)
    Tree.register_namespace("xlink", XLINK)
    try:
        return Tree.fromstring(svg)
    except Tree.ParseError as error:
        raise PublishError(f"a chart is not well-formed SVG: {error}", A_FAULT) from error


def clean_svg(svg: str, *, prefix: str, title: str, sentence: str, language: str, paint: Paint | None = None) -> str:
    """Make Vega's SVG one image with one sentence in the page's language; marks keep their row (`data-row`).

    Parameters
    ----------
    svg : str
        As vl-convert gives it.
    prefix : str
        Put before every id, so that two drawings on one page never share one.
    title, sentence : str
        What a screen reader says: the question and the answer.
    language : str
        Language of both.
    paint : callable, optional
        Gives the drawing its colours: `page_colours` or `print_colours`.

    Returns
    -------
    str

    Raises
    ------
    PublishError
        It is not well-formed XML.
    """
    root = _parse(svg)
    width, height = root.get("width", "640"), root.get("height", "360")
    box = root.get("viewBox", f"0 0 {width} {height}")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{SVG}}}title" or _draws_nothing(child):
                parent.remove(child)
    for node in root.iter():
        told = ROW.fullmatch(node.get("aria-label", ""))
        for name in [one for one in node.attrib if one in _DROPPED or one.startswith("aria-")]:
            if name not in ("width", "height") or node is root:
                del node.attrib[name]
        if told:
            node.set("data-row", told[1])
        for name, text in list(node.attrib.items()):
            if (name, text) in _NOTHING:
                del node.attrib[name]
            elif name == "id":
                node.set(name, f"{prefix}-{text}")
            elif name in ("href", f"{{{XLINK}}}href") and text.startswith("#"):
                node.set(name, f"#{prefix}-{text[1:]}")
            elif "url(#" in text:
                node.set(name, text.replace("url(#", f"url(#{prefix}-"))
            elif name in ("d", "transform", "points", "x", "y", "x1", "x2", "y1", "y2", "width", "height"):
                node.set(name, _LONG_NUMBER.sub(_shorten, text))
    root.attrib.update(
        {
            "viewBox": box,
            "role": "img",
            "lang": language,
            "aria-label": f"{title} {sentence}".strip(),
        }
    )
    if paint is not None:
        paint(root)
    text = Tree.tostring(root, encoding="unicode")
    return text.replace(" />", "/>") if root.get("class") else text  # on a page every letter counts; ">" is escaped


def _draws_nothing(node: Tree.Element) -> bool:
    """Tell the empty background and foreground that Vega gives every group."""
    layer = node.get("class") in ("background", "foreground") and node.tag == f"{{{SVG}}}path"
    return layer and not (node.get("fill") or node.get("stroke"))


def _shorten(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")


def _hex_of(colour: str) -> str:
    found = _RGB.fullmatch(colour.strip())
    return "#" + "".join(f"{int(part):02x}" for part in found.groups()) if found else colour.strip().lower()


def page_colours(variables: Mapping[str, str], kind: str = "wide") -> Paint:
    """Replace sentinel colours ("#0a0b0c", as hex or rgb()) by the CSS variables of the page, and give its width.

    Parameters
    ----------
    variables : mapping
        `{"#0a0b0c": "--c-1"}`.
    kind : str
        Class of the drawing: `wide` or `phone`.
    """

    def paint(root: Tree.Element) -> None:
        for node in root.iter():
            for name in _PAINTS:  # as attributes: a style inside the page is what its policy forbids
                variable = variables.get(_hex_of(node.get(name, "")))
                if variable:
                    node.set(name, f"var({variable})")
        wide = float(root.get("viewBox", "0 0 0 0").split()[2])
        root.set("class", kind)
        lighten(root)
        root.set("width", f"{wide:.0f}")  # on the page only: on paper a width without a height bends a drawing

    return paint


def print_colours(colours: Mapping[str, str], font: str) -> Paint:
    """Replace sentinel colours by fixed ones and name a font, for paper.

    Parameters
    ----------
    colours : mapping
        `{"#0a0b0c": "#00566b"}`.
    font : str
        Family for all words.
    """

    def paint(root: Tree.Element) -> None:
        for node in root.iter():
            for name in _PAINTS:
                colour = colours.get(_hex_of(node.get(name, "")))
                if colour:
                    node.set(name, colour)
            if node.tag == f"{{{SVG}}}text":
                node.set("font-family", font)

    return paint
