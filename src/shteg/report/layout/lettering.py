"""How much room words take in any font that a reader may have: measured by its widest, with slack, never guessed.

A chart is drawn on one machine and read on another, whose fonts are not known. So no room is ever taken from what the
drawing machine measures: it is the sum of the widest letters of three fonts that differ much (`letters.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

SLACK = 1.03
"""Room for fonts wider still, and for rounding."""
WIDEST = 100
"""Hundredths of its size that a letter takes which the table does not know."""


@cache
def _letters(weight: str) -> Mapping[str, int]:
    text = (resources.files("shteg.report.layout") / "letters.toml").read_text(encoding="utf-8")
    groups: Mapping[str, str] = tomllib.loads(text)[weight]
    return {letter: int(wide) for wide, letters in groups.items() for letter in letters}


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Give the pixels that a line of text takes at most.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Of the letters, in pixels.
    bold : bool
        Set in bold.

    Returns
    -------
    float
    """
    wide = _letters("bold" if bold else "plain")
    return sum(wide.get(letter, WIDEST) for letter in text) * size / 100 * SLACK


def lines_of(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit a width in every font; a word that is too long for a line is cut by letters.

    Parameters
    ----------
    text : str
        With or without line breaks of its own; both are kept apart from spaces that do not break.
    size : float
        Of the letters, in pixels.
    room : float
        Pixels of a line.
    bold : bool
        Set in bold.

    Returns
    -------
    list of str
        At least one line.
    """
    lines: list[str] = []
    for written in text.split("\n"):
        line = ""
        for word in written.split(" "):
            longer = f"{line} {word}" if line else word
            if width_of(longer, size, bold=bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while width_of(line, size, bold=bold) > room and len(line) > 1:
                kept = _longest(line, size, room, bold=bold)
                lines.append(line[:kept])
                line = line[kept:]
        lines.append(line)
    return lines


def _longest(word: str, size: float, room: float, *, bold: bool) -> int:
    """Count the letters of a word that fit on a line, after a hyphen or stroke of its own where there is one."""
    fits = max((n for n in range(1, len(word)) if width_of(word[:n], size, bold=bold) <= room), default=1)
    own = max((n for n in range(1, fits + 1) if word[n - 1] in "-/–"), default=0)
    return own or fits
