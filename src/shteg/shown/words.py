"""Words on charts of results, in the languages of the program."""

from __future__ import annotations

from typing import Any

from shteg.errors import UsageError

WORDS = {
    "en": {
        "interval": "estimate with its interval",
        "estimate": "estimate",
        "ci_low": "lower end",
        "ci_high": "upper end",
        "name": "of",
        "correlation": "correlation",
        "option": "answer",
        "std_error": "standard error",
    },
    "sq": {
        "interval": "vlerësimi me intervalin e tij",
        "estimate": "vlerësimi",
        "ci_low": "skaji i poshtëm",
        "ci_high": "skaji i sipërm",
        "name": "për",
        "correlation": "korrelacioni",
        "option": "përgjigjja",
        "std_error": "gabimi standard",
    },
}
"""By language, the word for each part of a chart."""


def words_of(language: Any) -> dict[str, str]:
    """Give the words of a language.

    Raises
    ------
    UsageError
        There are none in it.
    """
    if not isinstance(language, str) or language not in WORDS:
        raise UsageError(f"there are no charts in {language!r}", "choose one of " + ", ".join(WORDS), "language")
    return WORDS[language]
