"""Numbers in words, and how to find such words in a text; the words are those of the language (`NumberWords`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from shteg.errors import UsageError
from shteg.languages import as_language
from shteg.languages.grammar import NumberWords, find_locale

LARGEST = 999_999


def number_words(number: int, language: str, *, feminine: bool = False) -> str:
    """Spell a whole number from 0 to 999,999.

    Parameters
    ----------
    number : int
        What to spell.
    language : str
        Such as "en" or "sq".
    feminine : bool
        Before a feminine noun, in languages where some numbers then differ: “tri ditë”, “tre muaj”.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        The number is out of range, or the messages of the language have no number words.
    """
    if not 0 <= number <= LARGEST:
        raise UsageError(f"{number} is not spelled out", f"only whole numbers from 0 to {LARGEST} are", "|words")
    grammar = as_language(language).grammar
    if grammar.numbers is None:
        hint = "print the figure without |words, or give [language.numbers] in its messages"
        raise UsageError(f"no number words for language {str(language)!r}", hint, language)
    return _spelled(number, grammar.numbers, grammar.locale, feminine)


def _spelled(number: int, words: NumberWords, locale: str, feminine: bool) -> str:
    if number < len(words.units):
        return words.feminine.get(number, words.units[number]) if feminine else words.units[number]
    if number < 100:
        many, rest = divmod(number, 10)
        head, joint = words.tens[many - 2], words.join_tens
    elif number < 1000:
        many, rest = divmod(number, 100)
        head, joint = words.hundreds[many - 1], words.join_hundreds
    else:
        many, rest = divmod(number, 1000)
        head = _thousands(many, words, locale)
        joint = words.join_thousands if rest >= 100 else words.join_small
    return head + (joint + _spelled(rest, words, locale, feminine) if rest else "")


def _thousands(many: int, words: NumberWords, locale: str) -> str:
    if many == 1 and "alone" in words.thousand:
        return words.thousand["alone"]
    found = find_locale(locale)
    category = str(found.plural_form(many)) if found else "other"
    return f"{_spelled(many, words, locale, words.feminine_thousand)} {words.thousand[category]}"


def is_feminine(unit: str, language: str) -> bool:
    """Tell whether the noun of a unit of values (“days”) is feminine in a language."""
    numbers = as_language(language).grammar.numbers
    return numbers is not None and unit in numbers.feminine_units


@lru_cache(maxsize=64)
def _pattern(own: tuple[Iterable[str], ...], more: frozenset[str], free: frozenset[str]) -> re.Pattern[str]:
    """Find the words of any of the lists; the lists are tuples, so that a language is compiled once."""
    spelled = {word for words in own for word in words if " " not in word}
    ordered = sorted((spelled | more) - free, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered)) or '(?!)'})(?!\w)", re.IGNORECASE)


def find_number_words(text: str, language: str) -> list[str]:
    """List the number words in a text in reading order, without those that are free (“one” is a pronoun too).

    Ordinals are free: they order, they do not count.
    """
    numbers = as_language(language).grammar.numbers
    if numbers is None:
        return []
    feminine, thousand = tuple(numbers.feminine.values()), tuple(numbers.thousand.values())
    own = (numbers.units, numbers.tens, numbers.hundreds, feminine, thousand)
    return _pattern(own, numbers.more, numbers.free).findall(text)
