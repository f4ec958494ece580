"""The picture that stands beside a link to a page where people share it: title, first words, publisher, day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from shteg.publish.drawing.png import PICTURE_FONT, png_of
from shteg.report.layout.lettering import lines_of, width_of

WIDTH, HEIGHT = 1200, 630
"""Pixels: what those who show such pictures ask for."""
MARGIN = 72
INK, SOFT, PAPER, ACCENT = "#15191d", "#4a5259", "#ffffff", "#00566b"
_ROOM = WIDTH - 2 * MARGIN
_TOP, _BOTTOM = 150, 520
"""Between these lines stand title and deck."""
_SIZES = ((64, 32), (54, 30), (46, 28), (40, 26))
"""Of title and deck; the first that fits is taken."""
_MORE, _STOPS = "…", " ,;:.–—("


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a picture says: who publishes, title, deck (may be empty), the line at the foot; all in one language."""

    publisher: str
    title: str
    deck: str
    foot: str


def share_picture(words: Shared, cache: Path | None = None) -> bytes:
    """Draw the picture as PNG.

    Parameters
    ----------
    words : Shared
        What it says.
    cache : Path, optional
        Folder of drawings made before.

    Returns
    -------
    bytes
    """
    return png_of(draw_share(words), name="share", cache=cache, scale=1.0)


def draw_share(words: Shared) -> str:
    """Draw the picture as SVG: no line leaves its room, and what does not fit ends with an ellipsis."""
    big, small, title, deck = _fitting(words)
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/><rect width="{WIDTH}" height="18" fill="{ACCENT}"/>',
        _line(_one(words.publisher, 28), 104, 28, SOFT),
    ]
    at = float(_TOP)
    for line in title:
        at += big * 1.18
        parts.append(_line(line, at, big, INK, bold=True))
    at += small * 0.6
    for line in deck:
        at += small * 1.35
        parts.append(_line(line, at, small, SOFT))
    parts.append(_line(_one(words.foot, 24), HEIGHT - 48, 24, SOFT))
    box = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="{PICTURE_FONT}">{"".join(parts)}</svg>'


def _fitting(words: Shared) -> tuple[int, int, list[str], list[str]]:
    for big, small in _SIZES:
        title = lines_of(words.title, big, _ROOM, bold=True)
        most = int((_BOTTOM - _TOP - len(title) * big * 1.18 - small * 0.6) / (small * 1.35))
        if len(title) <= 3 and most >= (2 if words.deck else 0):
            return big, small, title, _cut(lines_of(words.deck, small, _ROOM), most, small) if words.deck else []
    big, small = _SIZES[-1]
    room = int((_BOTTOM - _TOP) / (big * 1.18))
    return big, small, _cut(lines_of(words.title, big, _ROOM, bold=True), room, big, bold=True), []


def _cut(lines: Sequence[str], most: int, size: float, *, bold: bool = False) -> list[str]:
    """Keep the lines there is room for; the last one ends with an ellipsis after a whole word."""
    if len(lines) <= most:
        return list(lines)
    kept = list(lines[:most])
    last = kept[-1]
    while width_of(f"{last}{_MORE}", size, bold=bold) > _ROOM and " " in last:
        last = last.rpartition(" ")[0]
    return [*kept[:-1], f"{last.rstrip(_STOPS)}{_MORE}"]


def _one(text: str, size: float) -> str:
    return _cut(lines_of(text, size, _ROOM), 1, size)[0]


def _line(text: str, at: float, size: int, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{MARGIN}" y="{at:g}" font-size="{size}" fill="{colour}"{weight}>{escape(text)}</text>'
