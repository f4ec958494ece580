"""Numbers and dates written as another language writes them: what CLDR and the messages of the languages tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from shteg.languages import as_language, package_languages
from shteg.report.language.locale import format_date, locale_of

_SPACES = ("\u00a0", "\u202f")
_NAMES = {".": "point", ",": "comma", **dict.fromkeys(_SPACES, "no-break space")}
_EXAMPLE = "1999-06-10"
Ordinals = tuple[tuple[str, tuple[str, ...], str], ...]
"""Of each language its code, the endings of its ordinals, and of its decades."""


class WrongFormat(NamedTuple):
    """What a language does not write: pattern, what it is, what to write instead."""

    pattern: re.Pattern[str]
    what: str
    hint: str


def wrong_formats(language: str, others: Iterable[str] = ()) -> tuple[WrongFormat, ...]:
    """Give the formats of numbers and dates that are wrong in a language.

    Parameters
    ----------
    language : str
        The one written in.
    others : iterable of str
        The languages of the case; their ordinals, and those of the languages of the package, are wrong in this one.

    Returns
    -------
    tuple of WrongFormat
    """
    symbols = locale_of(language).number_symbols["latn"]
    decimal, group = str(symbols["decimal"]), str(symbols["group"])
    dated = "." in locale_of(language).date_formats["short"].pattern
    date = "" if dated else format_date(_EXAMPLE, language)
    grammars = {str(one): as_language(one).grammar for one in (*package_languages(), *others)}
    own = as_language(language).grammar.ordinals
    foreign = tuple(
        (name, tuple(one for one in grammar.ordinals if one not in own), grammar.decade)
        for name, grammar in grammars.items()
        if name != language
    )
    return (*_numbers(decimal, group, date), *_ordinals(foreign))


@cache
def _numbers(decimal: str, group: str, date: str) -> tuple[WrongFormat, ...]:
    found = [*_decimals(decimal, group), *_groups(decimal, group)]
    if date:
        found.append(WrongFormat(re.compile(r"\b\d{1,2}\.\d{1,2}\.\d{4}\b"), "a date with points", f"write {date}"))
    return tuple(found)


def _decimals(decimal: str, group: str) -> Iterator[WrongFormat]:
    """Find the decimal sign of others; where it sets thousands apart here, three digits may follow it."""
    hint = f"write a decimal {_NAMES.get(decimal, 'sign')}: 3{decimal}5"
    for other in {".", ","} - {decimal}:
        sign, digits = re.escape(other), r"(?:\d{1,2}|\d{4,})" if other == group else r"\d+"
        pattern = re.compile(rf"(?<![\d{sign}])\d+{sign}{digits}(?![\d{sign}]*\d)")
        yield WrongFormat(pattern, f"a decimal {_NAMES[other]}", hint)


def _groups(decimal: str, group: str) -> Iterator[WrongFormat]:
    """Find what others set thousands apart with: the decimal sign of this language, or a blank."""
    hint = f"write a {_NAMES.get(group, 'sign')}: 1{group}000"
    if decimal in _NAMES:
        sign = re.escape(decimal)
        pattern = re.compile(rf"\d{{1,3}}{sign}\d{{3}}(?![\d{sign}])")
        yield WrongFormat(pattern, f"a {_NAMES[decimal]} between thousands", hint)
    if group not in _SPACES:
        yield WrongFormat(re.compile(rf"\d[{''.join(_SPACES)}]\d{{3}}(?!\d)"), "a space between thousands", hint)


@cache
def _ordinals(foreign: Ordinals) -> tuple[WrongFormat, ...]:
    found = []
    for name, endings, decade in foreign:
        parts = [rf"\b\d{{1,2}}(?:{'|'.join(map(re.escape, endings))})\b"] if endings else []
        parts += [rf"\b\d{{4}}{re.escape(decade)}\b"] if decade else []
        if parts:
            what = f"an ordinal or decade of language {name}"
            found.append(WrongFormat(re.compile("|".join(parts)), what, "write it as the language of the text does"))
    return tuple(found)


def foreign_dates(language: str, other: str) -> re.Pattern[str]:
    """Give the pattern of a date with a month of another language."""
    mine, theirs = (tuple(locale_of(one).months["format"]["wide"].values()) for one in (language, other))
    return _dates(tuple(map(str, mine)), tuple(map(str, theirs)))


@cache
def _dates(mine: tuple[str, ...], theirs: tuple[str, ...]) -> re.Pattern[str]:
    own = {name.casefold() for name in mine}
    months = "|".join(sorted(name for name in theirs if name.casefold() not in own))
    return re.compile(rf"(?<!\w)(?:\d{{1,2}}\.?\s(?:{months})|(?:{months})\s\d{{4}})(?!\w)" if months else r"(?!)")
