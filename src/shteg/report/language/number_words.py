"""Numbers in words, in English and Albanian, and how to find such words in a text."""

from __future__ import annotations

import re
from functools import cache

from shteg.errors import UsageError

LARGEST = 999_999


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_EN_SMALL = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_EN_TENS = _words("- - twenty thirty forty fifty sixty seventy eighty ninety")
_SQ_SMALL = _words(
    "zero një dy tre katër pesë gjashtë shtatë tetë nëntë dhjetë njëmbëdhjetë dymbëdhjetë trembëdhjetë katërmbëdhjetë "
    "pesëmbëdhjetë gjashtëmbëdhjetë shtatëmbëdhjetë tetëmbëdhjetë nëntëmbëdhjetë"
)
_SQ_TENS = _words("- - njëzet tridhjetë dyzet pesëdhjetë gjashtëdhjetë shtatëdhjetë tetëdhjetë nëntëdhjetë")


def number_words(number: int, language: str, *, feminine: bool = False) -> str:
    """Spell a whole number from 0 to 999,999.

    Parameters
    ----------
    number : int
        What to spell.
    language : str
        "en" or "sq".
    feminine : bool
        Albanian only: "tri" before feminine nouns (tri ditë), "tre" before masculine ones (tre muaj).

    Returns
    -------
    str

    Raises
    ------
    UsageError
        The number is out of range, or the language has no number words here.
    """
    if not 0 <= number <= LARGEST:
        raise UsageError(f"{number} is not spelled out", f"only whole numbers from 0 to {LARGEST} are", "|words")
    if language == "en":
        return _english(number)
    if language == "sq":
        return _albanian(number, feminine)
    raise UsageError(f"no number words for language {language!r}", "print the figure without |words", language)


def _english(number: int) -> str:
    if number < 20:
        return _EN_SMALL[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _EN_TENS[tens] + (f"-{_EN_SMALL[rest]}" if rest else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, size)
    joint = " " if rest >= 100 else " and "
    return f"{_english(many)} {name}" + (joint + _english(rest) if rest else "")


def _albanian(number: int, feminine: bool) -> str:
    if number < 20:
        return "tri" if number == 3 and feminine else _SQ_SMALL[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _SQ_TENS[tens] + (f" e {_albanian(rest, feminine)}" if rest else "")
    if number < 1000:
        many, rest = divmod(number, 100)
        head = _SQ_SMALL[many] + "qind"
    else:
        many, rest = divmod(number, 1000)
        head = _albanian(many, False) + " mijë"
    return head + (f" e {_albanian(rest, feminine)}" if rest else "")


FREE_WORDS = {"en": frozenset({"one", "zero"}), "sq": frozenset({"një", "zero"})}
"""Left alone: `one` is a pronoun too, `një` an article too, `zero` seldom counts."""

EXTRA_WORDS = {
    "en": _words(
        "half halves dozen dozens hundred hundreds thousand thousands million millions billion billions twice thrice "
        "twofold threefold"
    ),
    "sq": _words(
        "tri gjysma gjysmë gjysmën gjysmës duzinë duzina qind qindra mijë mijëra milion milionë miliona miliard "
        "miliardë dyfish trefish çerek çereku çerekun treve katërve pesëve treja tria katra"
    ),
}
"""Number words besides those that `number_words` makes. Ordinals (second, third, i dytë) are free: they order, they
do not count."""


@cache
def _pattern(language: str) -> re.Pattern[str]:
    if language not in EXTRA_WORDS:
        return re.compile(r"(?!)")
    small = _EN_SMALL + _EN_TENS if language == "en" else _SQ_SMALL + _SQ_TENS
    words = (set(small) | set(EXTRA_WORDS[language])) - FREE_WORDS[language] - {"-"}
    if language == "sq":
        words |= {f"{_SQ_SMALL[many]}qind" for many in range(1, 10)}
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)", re.IGNORECASE)


def find_number_words(text: str, language: str) -> list[str]:
    """List the number words in a text, those in `FREE_WORDS` left out, in reading order."""
    return _pattern(language).findall(text)
