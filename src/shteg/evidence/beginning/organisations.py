"""The list of organisations beside the shipped cases, and the countries that people name in their own words."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from shteg.countries import alpha2_by_alpha3, country_name, is_country
from shteg.errors import UsageError
from shteg.evidence.find_case import shipped_file
from shteg.hints import nearest

LIST = "organisations.toml"
"""File beside the shipped cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrganisation:
    """One organisation of the list: names by language, members with the date of accession, rule of admission."""

    id: str
    name: Mapping[str, str]
    short: Mapping[str, str]
    rule: str
    members: Mapping[str, str]


@cache
def _list() -> dict[str, dict[str, object]]:
    path = shipped_file(LIST)
    if path is None:
        return {}
    with path.open("rb") as file:
        return tomllib.load(file)


def listed_organisations() -> dict[str, ListedOrganisation]:
    """Give the organisations of the list, by id; none where the installation has no list."""
    found = {}
    entries: Mapping[str, dict[str, object]] = _list().get("organisations", {})  # type: ignore[assignment]
    for key, entry in entries.items():
        known = {name: entry[name] for name in ("name", "short", "rule", "members")}
        found[key] = ListedOrganisation(id=key, **known)  # type: ignore[arg-type]
    return found


def listed_names() -> Mapping[str, Mapping[str, str]]:
    """Give names of countries that CLDR does not have under the codes used here, by code and language."""
    return _list().get("names", {})  # type: ignore[return-value]


def find_organisation(text: str) -> ListedOrganisation | None:
    """Find an organisation of the list by id, full or short name in any language, whatever the case of its letters."""
    wanted = text.strip().casefold()
    for one in listed_organisations().values():
        if wanted in {said.casefold() for said in (one.id, *one.name.values(), *one.short.values())}:
            return one
    return None


def name_country(code: str, language: str) -> str:
    """Give the name of a country: from the list beside the cases, else from CLDR.

    Raises
    ------
    UsageError
        Neither knows it.
    """
    named = listed_names().get(code, {})
    return named[language] if language in named else country_name(code, language)


def find_country(text: str, languages: Iterable[str], where: str) -> str:
    """Find the code of a country that somebody named by code or by name.

    Parameters
    ----------
    text : str
        A code of three letters, or of two, or a name in one of the languages.
    languages : iterable of str
        Languages in which the name is looked for.
    where : str
        What the error points to.

    Returns
    -------
    str
        The code of three letters.

    Raises
    ------
    UsageError
        There is no such country.
    """
    word = text.strip()
    if is_country(word.upper()):
        return word.upper()
    by_name = _codes_by_name(tuple(languages))
    if word.casefold() in by_name:
        return by_name[word.casefold()]
    near = nearest(word.casefold(), by_name)
    guess = f"did you mean {by_name[near]} ({near.title()})? " if near else ""
    hint = f"{guess}write the country's code of three letters, such as ALB (ISO 3166-1), or its name"
    raise UsageError(f"“{word}” is not a country that is known here", hint, where)


@cache
def _codes_by_name(languages: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    current = _current_codes()
    for code, alpha2 in current.items():
        found.setdefault(alpha2.casefold(), code)
        for language in languages:
            found.setdefault(country_name(code, language).casefold(), code)
    for code, names in listed_names().items():
        words = {said.casefold() for said in names.values()}
        others = {found[word] for word in words if word in found}  # the code that CLDR has for the same country
        words |= {word for word, known in found.items() if known in others}
        found |= dict.fromkeys(words, code)
    return found


def _current_codes() -> dict[str, str]:
    """Give the codes that CLDR names, one for each country: codes of former times lead to the same two letters."""
    from babel import Locale

    named = Locale.parse("en").territories
    found: dict[str, str] = {}
    for code, alpha2 in sorted(alpha2_by_alpha3().items(), key=lambda pair: (pair[1], pair[0][:2] != pair[1], pair[0])):
        if alpha2 in named and alpha2 not in found.values():
            found[code] = alpha2
    return found
