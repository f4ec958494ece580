"""What styles and numberings of a Word file say of a paragraph and of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shteg.publish.word.xml import W

_OFF = ("0", "false", "off", "none")
_DEEPEST = 12
"""Styles that stand on each other."""


@dataclass(frozen=True, slots=True)
class RunLook:
    """How a run is set; `sign` marks the signs that stand beside numbers."""

    bold: bool
    italic: bool
    hidden: bool
    struck: bool
    sign: bool


@dataclass(slots=True)
class _Style:
    name: str
    parent: str
    run: Any
    numbering: Any


@dataclass(slots=True)
class Looks:
    """Styles and numberings.

    Attributes
    ----------
    styles, numbers : element or None
        The parts `styles.xml` and `numbering.xml`, parsed; a file may lack both.
    """

    styles: Any
    numbers: Any
    _styles: dict[str, _Style] = field(default_factory=dict)
    _formats: dict[str, dict[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in _all(self.styles, "style"):
            name = _val(_one(one, "name")).casefold()
            properties = _one(one, "pPr")
            self._styles[_attribute(one, "styleId")] = _Style(
                name, _val(_one(one, "basedOn")), _one(one, "rPr"), _one(properties, "numPr")
            )
        kinds = {_attribute(one, "abstractNumId"): one for one in _all(self.numbers, "abstractNum")}
        for one in _all(self.numbers, "num"):
            kind = kinds.get(_val(_one(one, "abstractNumId")))
            levels = _all(kind, "lvl")
            formats = {_number(_attribute(level, "ilvl")): _val(_one(level, "numFmt")) for level in levels}
            self._formats[_attribute(one, "numId")] = formats

    def paragraph(self, properties: Any) -> tuple[str, tuple[bool, int] | None]:
        """Give the name of the style of a paragraph, and for an item of a list whether it counts and how deep it is."""
        style_id = _val(_one(properties, "pStyle"))
        chain = self._chain(style_id)
        numbering = _one(properties, "numPr")
        if numbering is None:
            numbering = next((one.numbering for one in chain if one.numbering is not None), None)
        name = chain[0].name if chain else style_id.casefold()
        if numbering is None:
            return name, None
        number, depth = _val(_one(numbering, "numId")), _number(_val(_one(numbering, "ilvl")))
        if number in ("", "0") or number not in self._formats:
            return name, None
        return name, (self._formats[number].get(depth, "bullet") not in ("bullet", "none", ""), depth)

    def run(self, properties: Any, takes: Callable[[str], bool]) -> RunLook:
        """Tell how a run is set; changes of its look by an author who is not taken are undone.

        Parameters
        ----------
        properties : element or empty
            `w:rPr`.
        takes : callable
            Whether changes of an author are taken.

        Returns
        -------
        RunLook
        """
        changed = _one(properties, "rPrChange")
        if changed is not None and not takes(_attribute(changed, "author")):
            properties = _one(changed, "rPr")
        chain = self._chain(_val(_one(properties, "rStyle")))
        known = [properties, *(one.run for one in chain)]
        on = {name: _on(known, name) for name in ("b", "i", "vanish", "strike", "dstrike")}
        sign = bool(chain) and chain[0].name == "signs beside numbers"
        return RunLook(on["b"], on["i"], on["vanish"], on["strike"] or on["dstrike"], sign)

    def _chain(self, style_id: str) -> list[_Style]:
        found: list[_Style] = []
        while style_id in self._styles and len(found) < _DEEPEST:
            found.append(self._styles[style_id])
            style_id = found[-1].parent
        return found


def _on(known: list[Any], name: str) -> bool:
    for properties in known:
        one = _one(properties, name)
        if one is not None:
            return _val(one) not in _OFF
    return False


def _one(element: Any, name: str) -> Any:
    return None if element is None or len(element) == 0 else element.find(f"{{{W}}}{name}")


def _all(element: Any, name: str) -> list[Any]:
    return [] if element is None or len(element) == 0 else list(element.findall(f"{{{W}}}{name}"))


def _val(element: Any) -> str:
    return "" if element is None else str(element.get(f"{{{W}}}val", ""))


def _attribute(element: Any, name: str) -> str:
    return str(element.get(f"{{{W}}}{name}", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
