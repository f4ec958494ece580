"""Languages of a form: a code, a name that CLDR knows in any language, or both, as in `label::Shqip (sq)`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache

_IN_BRACKETS = re.compile(r"(?P<name>.*?)\s*\((?P<code>[^()]*)\)")
_TAG = re.compile(r"(?P<language>[a-z]{2,3})(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|\d{3}))?(-[a-z\d]{1,8})*")


def language_code(text: str) -> str | None:
    """Give the code of a language from what a form writes: "Shqip (sq)", "sq", "Shqip", "Albanian"; None if unknown.

    Codes are in small letters ("sr-latn"); those of three letters are shortened where CLDR has a shorter one. A code
    in brackets that no language has ("Shqip (al)") gives way to the name; where the brackets may hold a country, as in
    "English (UK)", and the name is of another language, nothing is told.
    """
    text = " ".join(text.split())
    match = _IN_BRACKETS.fullmatch(text)
    if match is None:
        return _known_tag(text, in_brackets=False) or language_of_name(text)
    code = _known_tag(match["code"], in_brackets=True)
    if code is None:
        return language_of_name(text) or language_of_name(match["name"])
    if _may_be_country(match["code"]):
        name = language_of_name(match["name"])
        if name and _base(name) not in (_base(code), match["code"].strip().lower()):
            return None
    return code


def language_of_name(name: str) -> str | None:
    """Give the code of a language by its name in English, in itself, or in any other language of CLDR."""
    wanted = _plain(name)
    if not wanted:
        return None
    for index in (_names_in_english, _names_in_themselves, _names_in_all):
        codes = index().get(wanted, frozenset())
        if len(codes) == 1:
            return next(iter(codes))
    return None


def without_needless_regions(codes: Collection[str]) -> dict[str, str]:
    """Map "sq-xk" to "sq" where no other of the codes is of the same language."""
    short = {code: _without_region(code) for code in codes}
    bases = list(short.values())
    return {code: base if bases.count(base) == 1 else code for code, base in short.items()}


def _known_tag(text: str, *, in_brackets: bool) -> str | None:
    """Read a code; three letters that CLDR does not know are one in brackets only, elsewhere they are a word."""
    from babel import Locale
    from babel.core import get_global

    tag = text.strip().lower().replace("_", "-")
    match = _TAG.fullmatch(tag)
    if match is None:
        return None
    language, rest = match["language"], tag[len(match["language"]) :]
    alias = str(get_global("language_aliases").get(language, language)).lower().replace("_", "-")
    known = language in Locale("en").languages or alias != language
    if not known and not (in_brackets and len(language) == 3):
        return None
    return alias if "-" in alias else alias + rest


def _may_be_country(code: str) -> bool:
    from babel import Locale
    from babel.core import get_global

    country = code.strip().upper()
    return country in Locale("en").territories or country in get_global("territory_aliases")


def _base(code: str) -> str:
    return code.partition("-")[0]


def _without_region(code: str) -> str:
    match = _TAG.fullmatch(code)
    if match is None or match["region"] is None:
        return code
    return match["language"] + (f"-{match['script']}" if match["script"] else "")


@cache
def _names_in_english() -> dict[str, frozenset[str]]:
    return _index(_names_of("en"))


@cache
def _names_in_themselves() -> dict[str, frozenset[str]]:
    from babel import Locale

    found = []
    for identifier in _identifiers():
        locale = Locale.parse(identifier)
        code = identifier.lower().replace("_", "-")
        found += [(locale.get_display_name(tongue), code) for tongue in (identifier, "en")]
    return _index(found)


@cache
def _names_in_all() -> dict[str, frozenset[str]]:
    return _index(pair for identifier in _identifiers() for pair in _names_of(identifier))


def _identifiers() -> Iterator[str]:
    """Locales of languages and of languages in a script, not those of countries."""
    from babel.localedata import locale_identifiers

    for identifier in sorted(locale_identifiers()):
        parts = identifier.split("_")
        if len(parts) == 1 or (len(parts) == 2 and len(parts[1]) == 4):
            yield identifier


def _names_of(identifier: str) -> Iterator[tuple[str | None, str]]:
    from babel import Locale

    for code, name in Locale.parse(identifier).languages.items():
        yield name, code.lower().replace("_", "-")


def _index(pairs: Iterable[tuple[str | None, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        if name:
            found.setdefault(_plain(name), set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _plain(name: str) -> str:
    """A name without case and accents: "TÜRKÇE", "Turkce" and "Türkçe" are one."""
    letters = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
