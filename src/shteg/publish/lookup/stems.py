"""Stems of words: accents are folded first, then an ending is cut; `script/50-search.js` does the same in the browser.

The endings of a language are its message `search.endings`: after folding, so that a word finds itself however it was
typed, with or without its accents.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from shteg.report.language.messages import message

SHORTEST = 4
"""Letters that a stem keeps at least."""
WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Give a text in small letters without accents.

    >>> fold("Çështja e liqenës")
    'ceshtja e liqenes'
    """
    small = text.lower()
    if small.isascii():
        return small
    return "".join(sign for sign in unicodedata.normalize("NFD", small) if not "\u0300" <= sign <= "\u036f")


def endings(language: str) -> tuple[str, ...]:
    """Give the endings of a language, the longest first; the message may hold none, as a dash."""
    return tuple(sorted(set(WORD.findall(message(language, "search.endings"))), key=lambda one: (-len(one), one)))


def stem_of(word: str, cut: tuple[str, ...]) -> str:
    """Cut the longest ending that leaves `SHORTEST` letters off a folded word; figures stay as they are.

    >>> stem_of("liqenes", ("es", "a"))
    'liqen'
    """
    if not word.isdecimal():
        for ending in cut:
            if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
                return word[: -len(ending)]
    return word


@lru_cache(maxsize=1 << 15)
def _stem(word: str, language: str) -> str:
    return stem_of(word, endings(language))


def stems(text: str, language: str) -> list[str]:
    """Give the stems of a text in order.

    Parameters
    ----------
    text : str
        Plain words.
    language : str
        Whose endings are cut.

    Returns
    -------
    list of str
    """
    return [_stem(word, language) for word in WORD.findall(fold(text))]
