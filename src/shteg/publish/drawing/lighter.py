"""A drawing in fewer letters: what Vega writes though nothing is drawn by it, left out; circles written as circles."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Tree

_CIRCLE = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?")
"""How Vega draws a point."""
_MOVED = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_NOWHERE = "translate(0,0)"
_OUTLINE = ("stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity")


def lighten(root: Tree.Element) -> None:
    """Change a drawing so that it looks the same and takes fewer letters.

    Groups that say nothing give way to what is in them; an outline of which no colour is named, a shift by nothing,
    and what is so by itself go; a point is a circle.

    Parameters
    ----------
    root : Element
        With its colours; changed in place.
    """
    space = root.tag.removesuffix("svg")
    group = f"{space}g"
    inherited = any(node.get("stroke") or node.get("stroke-width") for node in (root, *root.iter(group)))
    anchored = any(node.get("text-anchor") for node in (root, *root.iter(group)))
    for node in root.iter():
        if node.get("transform") == _NOWHERE:
            del node.attrib["transform"]
        if not inherited:
            _outline(node)
        if not anchored and node.get("text-anchor") == "start":
            del node.attrib["text-anchor"]
        if node.tag == f"{space}path":
            _round(node, f"{space}circle")
    _unwrap(root, group)


def _outline(node: Tree.Element) -> None:
    if not node.get("stroke"):
        for name in _OUTLINE:
            node.attrib.pop(name, None)
    elif node.get("stroke-width") == "1":
        del node.attrib["stroke-width"]


def _round(node: Tree.Element, tag: str) -> None:
    circle = _CIRCLE.fullmatch(node.get("d", ""))
    moved = _MOVED.fullmatch(node.get("transform", ""))
    if circle is None or (moved is None and "transform" in node.attrib):
        return
    others = {name: text for name, text in node.attrib.items() if name not in ("d", "transform")}
    node.attrib.clear()
    if moved:
        node.attrib.update({"cx": moved[1], "cy": moved[2]})
    node.attrib.update({"r": circle[1], **others})
    node.tag = tag


def _unwrap(parent: Tree.Element, group: str) -> None:
    children: list[Tree.Element] = []
    for child in parent:
        _unwrap(child, group)
        plain = child.tag == group and not child.attrib and not (child.text or "").strip()
        children += list(child) if plain else [child]
    parent[:] = children
