"""Text that was UTF-8 and has been read as something else: “pavarÃ«sinÃ«” for “pavarësinë”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

CODECS = ("cp1252", "cp1250", "cp1254", "mac_roman")
"""What programs take a text for that does not say what it is, by country and machine."""

_LEADS = range(0xC3, 0xC6)
"""First bytes of the Latin letters of Europe in UTF-8 (U+00C0 to U+017F)."""
_FURTHER_LEADS = (0xCE, 0xCF, 0xD0, 0xD1)
"""First bytes of Greek and Cyrillic letters; looked for where the file was taken for Western European only."""
_CLOSING = frozenset("”’»›…–—\xa0™")
"""Signs that may follow a capital letter at the end of a word in a text that is right: “CAFÉ”."""
_CLOSING_IN_THE_NORTH = _CLOSING | frozenset("“‘«‹‚„")
"""The same where quotations are closed by “ or «: in the languages that write Ä and Å."""


@dataclass(frozen=True, slots=True)
class TwiceEncoded:
    """A word that stands wrong in a text: where it begins, how it stands there, what it must have been."""

    offset: int
    stands: str
    meant: str


def find_twice_encoded(text: str) -> TwiceEncoded | None:
    """Find the first word that was encoded twice; None if there is none.

    A pair of characters counts if its bytes in one of `CODECS` are a letter in UTF-8, and it stands where no language
    puts such a pair: after a small letter, before one, at the beginning of a word, or with a sign that closes no word.
    """
    if text.isascii():
        return None
    found = [one for codec in CODECS if (one := _find(text, codec)) is not None]
    return min(found, key=lambda one: one.offset) if found else None


def _find(text: str, codec: str) -> TwiceEncoded | None:
    table = _pairs(codec)
    for match in _pattern(codec).finditer(text):
        pair = match[0]
        before = text[match.start() - 1 : match.start()]
        after = text[match.end() : match.end() + 1]
        closing = _CLOSING_IN_THE_NORTH if pair[0] in "ÄÅ" else _CLOSING
        inside = before.islower() or after.islower() or (after.isalpha() and not before.isalnum())
        if pair[1:] in closing and not inside:
            continue
        begin = max((text.rfind(mark, 0, match.start()) for mark in " \t\n\r,;\"'"), default=-1) + 1
        end = re.search(r"[\s,;\"']|$", text[match.end() :])
        stands = text[begin : match.end() + (end.start() if end else 0)]
        meant = _pattern(codec).sub(lambda one: table[one[0]], stands)
        return TwiceEncoded(begin, stands, meant)
    return None


@cache
def _pairs(codec: str) -> dict[str, str]:
    """Every wrong pair (and “â€™” and its like), with the character that was meant."""
    leads = (*_LEADS, *_FURTHER_LEADS) if codec == "cp1252" else tuple(_LEADS)
    pairs = {}
    for lead in leads:
        for trail in range(0x80, 0xC0):
            meant = bytes([lead, trail]).decode("utf-8", errors="replace")
            if len(meant) == 1 and meant.isalpha():
                for trailing in {_character(trail, codec), chr(trail) if codec == "cp1252" else ""} - {""}:
                    pairs[_character(lead, codec) + trailing] = meant
    for trail in (*range(0x93, 0x95), *range(0x98, 0x9F), 0xA6):
        pairs["".join(_character(byte, codec) for byte in (0xE2, 0x80, trail))] = bytes([0xE2, 0x80, trail]).decode()
    return {wrong: right for wrong, right in pairs.items() if not wrong.isascii() and wrong != right}


def _character(byte: int, codec: str) -> str:
    """The character of a byte; a byte that the codec does not have is passed on as it is, as programs do."""
    return bytes([byte]).decode(codec, errors="replace").replace("\ufffd", chr(byte))


@cache
def _pattern(codec: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(wrong) for wrong in sorted(_pairs(codec), key=len, reverse=True)))
