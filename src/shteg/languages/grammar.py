"""How a language writes: the table `[language]` of its messages, checked, with what CLDR says where it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError

from shteg.hints import nearest

DATES: Mapping[str, str] = MappingProxyType({"day": "d\u00a0MMMM y", "month": "MMMM y", "year": "y"})
"""Patterns of dates (CLDR), by how precise the date is."""
SMALL, TENS, HUNDREDS = 20, 8, 9
"""How many words the lists hold: 0–19 (or more), 20–90, 100–900."""


class Fault(NamedTuple):
    """Something wrong in the table: key below `[language]`, problem, hint."""

    path: tuple[str, ...]
    problem: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWords:
    """What numbers from 0 to 999,999 are spelled with.

    Attributes
    ----------
    units : tuple of str
        0 to 19 at least, up to 99 where the language puts them together in a way of its own.
    tens : tuple of str
        20, 30 … 90.
    hundreds : tuple of str
        100, 200 … 900, each whole.
    thousand : mapping
        The word after a number of thousands, by plural category of that number; under `alone` what stands for 1,000
        without a number before it, if that is how it is said.
    feminine : mapping
        Units before a feminine noun where they differ, by number.
    join_tens, join_hundreds, join_thousands : str
        What stands between: twenty-one; one hundred and one; one thousand two hundred.
    join_small : str
        Between thousands and a rest below one hundred: one thousand and one.
    feminine_thousand : bool
        Whether “thousand” is feminine.
    feminine_units : tuple of str
        Units of values whose noun is feminine: “days”, “points”.
    free : frozenset of str
        Number words that may stand in a text unbound: “one” is a pronoun too.
    more : frozenset of str
        Number words besides those that are spelled with the lists.
    """

    units: tuple[str, ...]
    tens: tuple[str, ...]
    hundreds: tuple[str, ...]
    thousand: Mapping[str, str]
    feminine: Mapping[int, str] = field(default_factory=dict)
    join_tens: str = " "
    join_hundreds: str = " "
    join_thousands: str = " "
    join_small: str = " "
    feminine_thousand: bool = False
    feminine_units: tuple[str, ...] = ()
    free: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How a language writes.

    Attributes
    ----------
    locale : str
        The CLDR locale: the code, or one with region or script (`en_GB`, `sr_Latn`).
    letters : mapping
        Letters in their order, with their place from 1; empty where names are ordered by code point.
    dates : mapping
        Patterns by `day`, `month`, `year`.
    ordinals : tuple of str
        Endings that make a number an ordinal in this language only: “st”, “nd”.
    decade : str
        Ending of a decade, if a number of four digits takes one.
    numbers : NumberWords or None
        None where nothing is spelled out.
    """

    locale: str
    letters: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=lambda: DATES)
    ordinals: tuple[str, ...] = ()
    decade: str = ""
    numbers: NumberWords | None = None


KEYS = ("locale", "letters", "dates", "ordinals", "decade", "numbers")
_LISTS = {"units": (SMALL, 100), "tens": (TENS, TENS), "hundreds": (HUNDREDS, HUNDREDS)}
_JOINTS = ("join_tens", "join_hundreds", "join_thousands", "join_small")
_WORDS = ("feminine_units", "free", "more")
NUMBER_KEYS = (*_LISTS, "thousand", "feminine", *_JOINTS, "feminine_thousand", *_WORDS)


@cache
def find_locale(identifier: str) -> Locale | None:
    """Give a CLDR locale; None if CLDR does not know it."""
    try:
        return Locale.parse(identifier)
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def plural_categories(identifier: str) -> tuple[str, ...]:
    """List the plural categories of a locale, “other” last: those that a message with plural forms needs."""
    locale = find_locale(identifier)
    rules = frozenset(locale.plural_form.rules) if locale else frozenset()
    order = ("zero", "one", "two", "few", "many")
    return (*(one for one in order if one in rules), "other")


def read_grammar(table: Mapping[str, Any], code: str) -> tuple[Grammar, tuple[Fault, ...]]:
    """Read the table `[language]`.

    Parameters
    ----------
    table : mapping
        As parsed; empty where a file has none.
    code : str
        Code of the language.

    Returns
    -------
    grammar : Grammar
        As far as the table goes.
    faults : tuple of Fault
        What is wrong in it.
    """
    faults = [*_unknown(table, KEYS, ())]
    locale = table.get("locale", code)
    found = find_locale(locale) if isinstance(locale, str) else None
    if found is None or found.language != code:
        problem = f"`locale` {locale!r} is no CLDR locale of the language {code}"
        faults.append(Fault(("locale",), problem, 'write the code, or one with script or region, such as "en_GB"'))
        locale = code
    letters = table.get("letters", "")
    if not isinstance(letters, str) or len(set(letters.split())) < len(letters.split()):
        faults.append(Fault(("letters",), "`letters` must be text, each letter once", 'write "a b c …", in order'))
        letters = ""
    dates = table.get("dates", {})
    if not _is_texts(dates) or not dates.keys() <= DATES.keys():
        hint = f"write CLDR patterns, such as day = {DATES['day']!r}"
        faults.append(Fault(("dates",), "`dates` holds patterns of day, month and year only", hint))
        dates = {}
    ordinals, decade = table.get("ordinals", []), table.get("decade", "")
    if not _is_list(ordinals):
        faults.append(Fault(("ordinals",), "`ordinals` must be a list of endings", 'such as ["st", "nd"]'))
    numbers, wrong = _numbers(table.get("numbers"), plural_categories(locale))
    grammar = Grammar(
        locale=locale,
        letters=MappingProxyType({letter: at for at, letter in enumerate(letters.casefold().split(), 1)}),
        dates=MappingProxyType({**DATES, **dates}),
        ordinals=tuple(ordinals) if _is_list(ordinals) else (),
        decade=str(decade),
        numbers=numbers,
    )
    return grammar, (*faults, *wrong)


def _numbers(table: Any, categories: Sequence[str]) -> tuple[NumberWords | None, list[Fault]]:
    if table is None:
        return None, []
    if not isinstance(table, Mapping):
        return None, [Fault(("numbers",), "`numbers` must be a table", "see docs/case-format.md")]
    faults = [*_unknown(table, NUMBER_KEYS, ("numbers",)), *_number_faults(table, categories)]
    if faults:
        return None, faults
    thousand, feminine = table["thousand"], table.get("feminine", {})
    return NumberWords(
        units=tuple(table["units"]),
        tens=tuple(table["tens"]),
        hundreds=tuple(table["hundreds"]),
        **{name: str(table[name]) for name in _JOINTS if name in table},
        thousand=MappingProxyType(dict(thousand)),
        feminine=MappingProxyType({int(number): word for number, word in feminine.items()}),
        feminine_thousand=table.get("feminine_thousand", False),
        feminine_units=tuple(table.get("feminine_units", ())),
        free=frozenset(table.get("free", ())),
        more=frozenset(table.get("more", ())),
    ), []


def _number_faults(table: Mapping[str, Any], categories: Sequence[str]) -> Iterator[Fault]:
    def fault(name: str, problem: str, hint: str) -> Fault:
        return Fault(("numbers", name), f"`{name}` {problem}", hint)

    for name, (least, most) in _LISTS.items():
        words: Any = table.get(name)
        if not _is_list(words) or not least <= len(words) <= most or not all(words):
            count = f"{least}" if least == most else f"{least} to {most}"
            yield fault(name, f"must be a list of {count} words", "from the smallest number to the largest")
    thousand: Any = table.get("thousand")
    if not _is_texts(thousand):
        yield fault("thousand", "must be a table of words", f"give {', '.join(categories)}")
    else:
        for one in (*(one for one in categories if one not in thousand), *(set(thousand) - {*categories, "alone"})):
            missing = one not in thousand
            problem = f"lacks the form `{one}`" if missing else f"has no form `{one}` in this language"
            yield fault("thousand", problem, f"give {', '.join(categories)}, and `alone` where 1,000 has its own word")
    feminine = table.get("feminine", {})
    if not _is_texts(feminine) or not all(one.isdecimal() and int(one) < 100 for one in feminine):
        yield fault("feminine", "must be a table of words by number", 'such as { "1" = "…" }')
    for name in _JOINTS:
        if not isinstance(table.get(name, ""), str):
            yield fault(name, "must be text", 'such as " "')
    for name in _WORDS:
        if not _is_list(table.get(name, [])):
            yield fault(name, "must be a list of words", 'such as ["one"]')
    if not isinstance(table.get("feminine_thousand", False), bool):
        yield fault("feminine_thousand", "must be true or false", "write true or false")


def _unknown(table: Mapping[str, Any], known: Sequence[str], path: tuple[str, ...]) -> Iterator[Fault]:
    for key in table:
        if key not in known:
            near = nearest(key, known)
            yield Fault((*path, key), f"`{key}` is not a key of {'.'.join(('language', *path))}", near or "remove it")


def _is_list(found: Any) -> bool:
    return isinstance(found, Sequence) and not isinstance(found, str) and all(isinstance(one, str) for one in found)


def _is_texts(found: Any) -> bool:
    return isinstance(found, Mapping) and all(isinstance(one, str) for one in found.values())
