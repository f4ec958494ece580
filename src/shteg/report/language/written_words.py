"""What counts as words: signs that a reader can read, in the script of the language."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from babel.core import get_global

from shteg.report.language.locale import locale_of

_FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters by name that print nothing."""
_WORDS = frozenset({"Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "No"})
SCRIPTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Latn": ("LATIN",),
        "Cyrl": ("CYRILLIC",),
        "Grek": ("GREEK",),
        "Arab": ("ARABIC",),
        "Hebr": ("HEBREW",),
        "Armn": ("ARMENIAN",),
        "Geor": ("GEORGIAN",),
        "Hans": ("CJK",),
        "Hant": ("CJK",),
        "Jpan": ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"),
        "Kore": ("HANGUL", "CJK"),
        "Deva": ("DEVANAGARI",),
        "Thai": ("THAI",),
    }
)
"""First words of the Unicode names of the letters of a script, by its ISO 15924 code."""
ENOUGH_LETTERS = 12
"""Fewer letters than this may be a name."""


def has_words(text: str) -> bool:
    """Tell whether a text holds a letter or a digit that prints; marks, dashes, dots and blanks are no words."""
    return any(unicodedata.category(sign) in _WORDS and sign not in _FILLERS for sign in text)


def other_script(text: str, language: str) -> str | None:
    """Give the script that most letters of a text are in, if it is none of the language's.

    A name in another script may stand in a text; a text of which most letters are in another script is in another
    language. Too few letters tell nothing.
    """
    own = scripts_of(language)
    if "LATIN" in own and text.isascii():
        return None
    found: Counter[str] = Counter()
    for sign, count in Counter(text).items():
        if sign.isalpha():
            found[_script_of(sign)] += count
    letters = sum(found.values())
    if not own or letters < ENOUGH_LETTERS:
        return None
    foreign = {script: count for script, count in found.items() if script not in own}
    if 2 * sum(foreign.values()) <= letters:
        return None
    return max(sorted(foreign), key=lambda script: foreign[script]).capitalize()


@lru_cache(maxsize=1 << 12)
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@cache
def scripts_of(language: str) -> tuple[str, ...]:
    """Name the scripts that a language is written in (CLDR likely subtags); empty if they are not known here."""
    locale = locale_of(language)
    likely = str(get_global("likely_subtags").get(locale.language, ""))
    code = locale.script or next((part for part in likely.split("_") if len(part) == 4), "")
    return SCRIPTS.get(code, ())
