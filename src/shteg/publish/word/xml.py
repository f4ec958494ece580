"""WordprocessingML as text: escaped, children in the order that Word demands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES: Mapping[str, str] = MappingProxyType(
    {
        "w": W,
        "r": R,
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    }
)
"""Prefixes of the namespaces that our parts use."""
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NO_BREAK_HYPHEN, SOFT_HYPHEN = "\u2011", "\u00ad"
_PIECES = re.compile(f"([\n\t{NO_BREAK_HYPHEN}{SOFT_HYPHEN}])")
_PIECE = {
    "\n": "<w:br/>",
    "\t": "<w:tab/>",
    NO_BREAK_HYPHEN: "<w:noBreakHyphen/>",
    SOFT_HYPHEN: "<w:softHyphen/>",
}


def escape(text: str) -> str:
    """Escape a text for an element or an attribute; signs that XML cannot hold are left out."""
    text = _NO_XML.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")


def root(name: str, inside: str, *prefixes: str) -> str:
    """Write a part.

    Parameters
    ----------
    name : str
        Of its outermost element.
    inside : str
        What stands in it.
    *prefixes : str
        The namespaces that it uses; `w` and `r` if left out.

    Returns
    -------
    str
    """
    spaces = "".join(f' xmlns:{one}="{NAMES[one]}"' for one in prefixes or ("w", "r"))
    return f"{DECLARATION}<{name}{spaces}>{inside}</{name}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a run is set; `style` is a character style, `language` a tag such as `de-DE`."""

    bold: bool = False
    italic: bool = False
    raised: bool = False
    style: str = ""
    language: str = ""

    def but(self, **changes: bool | str) -> Look:
        """Give the same with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def properties(self) -> str:
        """Write `w:rPr`, or nothing."""
        inside = "".join(
            (
                f'<w:rStyle w:val="{self.style}"/>' if self.style else "",
                "<w:b/><w:bCs/>" if self.bold else "",
                "<w:i/><w:iCs/>" if self.italic else "",
                '<w:vertAlign w:val="superscript"/>' if self.raised else "",
                f'<w:lang w:val="{escape(self.language)}"/>' if self.language else "",
            )
        )
        return f"<w:rPr>{inside}</w:rPr>" if inside else ""


PLAIN = Look()


def run(text: str, look: Look = PLAIN) -> str:
    """Write a run; line breaks, tabs and hyphens that do not break become elements of their own."""
    if not text:
        return ""
    pieces = (
        _PIECE.get(part) or f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in _PIECES.split(text) if part
    )
    return f"<w:r>{look.properties()}{''.join(pieces)}</w:r>"


def field(instruction: str, result: str, look: Look = PLAIN) -> str:
    """Write a field.

    Parameters
    ----------
    instruction : str
        What is computed.
    result : str
        What stands there until the program computes it anew.
    look : Look
        Of the result.

    Returns
    -------
    str
    """
    marks = [f'<w:r>{look.properties()}<w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate")]
    code = f'<w:r>{look.properties()}<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
    return (
        f'{marks[0]}{code}{marks[1]}{run(result, look)}<w:r>{look.properties()}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def control(inside: str, *, tag: str, title: str, number: int) -> str:
    """Write a content control that may be removed as a whole and whose content is locked.

    Parameters
    ----------
    inside : str
        Runs.
    tag, title : str
        What programs and readers find it by; Word takes 64 characters of each.
    number : int
        Another one for each control of the document.

    Returns
    -------
    str
    """
    kind = f'<w:alias w:val="{escape(title[:64])}"/><w:tag w:val="{escape(tag[:64])}"/><w:id w:val="{number}"/>'
    return (
        f'<w:sdt><w:sdtPr>{kind}<w:lock w:val="contentLocked"/></w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>'
    )


def paragraph(style: str, inside: str, *, keep_next: bool = False, numbering: str = "", last: str = "") -> str:
    """Write a paragraph.

    Parameters
    ----------
    style : str
        Its style; Normal if empty.
    inside : str
        Runs, fields, controls, bookmarks.
    keep_next : bool
        It stays on the page of the next one.
    numbering : str
        `w:numPr` of an item of a list.
    last : str
        Other properties, in the order that the schema demands after `w:numPr`.

    Returns
    -------
    str
    """
    properties = "".join(
        (
            f'<w:pStyle w:val="{style}"/>' if style else "",
            "<w:keepNext/>" if keep_next else "",
            numbering,
            last,
        )
    )
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"
