"""From the words of a newcomer to the answers from which a case is begun: countries, members, languages."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from shteg.errors import ShtegError, UsageError
from shteg.evidence.beginning import Beginning, ListedOrganisation, listed_organisations, name_country
from shteg.evidence.beginning.organisations import find_country, find_organisation
from shteg.evidence.records.dates import DateInterval, read_local_day
from shteg.hints import list_names
from shteg.languages import package_languages

ASPIRANT, MEMBERS = "XAA", ("XAB", "XAC")
"""Codes that ISO leaves to its users: placeholders until somebody says which countries are meant."""
_PLACEHOLDERS = {
    "en": ("Country not named yet", "Member not named yet ({0})", "Organisation not named yet"),
    "sq": ("Shteti ende i paemërtuar", "Anëtari ende i paemërtuar ({0})", "Organizata ende e paemërtuar"),
}


def read_languages(text: str) -> tuple[str, ...]:
    """Read a list of languages, `en,sq`.

    Raises
    ------
    UsageError
        None is named, one is named twice, or shteg has no messages in it.
    """
    named = tuple(re.findall(r"[^\s,;]+", text.lower()))
    for number, language in enumerate(named):
        if language not in package_languages():
            known = " and ".join(package_languages())
            hint = f"begin with {known}; `shteg messages {language} CASE --write` adds it afterwards"
            raise UsageError(f"shteg has no messages in the language `{language}`", hint, "--languages")
        if language in named[:number]:
            raise UsageError(f"the language `{language}` is named twice", "name it once", "--languages")
    if not named:
        raise UsageError("no language is named", "write for example en, or en,sq", "--languages")
    return named


def read_members(text: str) -> dict[str, str]:
    """Read members: an organisation of the list, a file, or countries separated by commas.

    Parameters
    ----------
    text : str
        Id or name of an organisation, the path of a text or CSV file with a country a line (code or name) and, if it
        is known, the date of accession in a second column; or codes and names, `ALB,Belgium`.

    Returns
    -------
    dict
        For each code when the country joined; "" where it is not said.

    Raises
    ------
    UsageError
        A country or a date cannot be read, or one country stands twice.
    """
    if listed := find_organisation(text):
        return dict(listed.members)
    path = Path(text)
    if path.is_file() or path.suffix.lower() in (".csv", ".txt", ".xlsx", ".xls", ".ods"):
        return _members_of_file(path)
    found: dict[str, str] = {}
    for word in re.split(r"[,;]", text):
        if word.strip():
            code = find_country(word, package_languages(), "--members")
            if code in found:
                raise UsageError(f"the member {code} is named twice", "name it once", "--members")
            found[code] = ""
    if not found:
        known = list_names(list(listed_organisations()), "an organisation of the list:")
        raise UsageError("no member is named", f"name countries such as ALB,BEL, a file, or {known}", "--members")
    return found


def _members_of_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "give the path of a CSV or text file", "--members")
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        hint = "save it as CSV (in Excel: Save as, CSV UTF-8): a country a line, the date of accession beside it"
        raise UsageError(f"{path.name} is no CSV or text file", hint, "--members")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it again as “CSV UTF-8” (in Excel under: Save as)"
        raise UsageError("the file is not in UTF-8", hint, str(path)) from error
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip().strip('"').strip() for cell in re.split(r"[;\t,]", line)]
        if not any(cells):
            continue
        place = f"{path}, line {number}"
        try:
            code = find_country(cells[0], package_languages(), place)
        except UsageError:
            if found or cells[0].casefold() not in _HEADERS:
                raise
            continue
        if code in found:
            raise UsageError(f"the member {code} stands twice", "leave one of the two lines", place)
        found[code] = _date(next((cell for cell in cells[1:] if re.search(r"[0-9]", cell)), ""), place)
    if not found:
        raise UsageError("the file names no member", "write a country a line, by code or name", str(path))
    return found


_HEADERS = {"", "member", "members", "country", "code", "state", "name", "shteti", "anëtari", "kodi", "vendi", "emri"}
"""Words above the first column of a list of members."""


def _date(text: str, place: str) -> str:
    if not text:
        return ""
    try:
        day = read_local_day(text)
        return day.isoformat() if day else str(DateInterval.parse(text))
    except ValueError as error:
        raise UsageError(f"“{text}” is not a date", "write 1999-03-12, 1999-03, 1999 or 12.03.1999", place) from error


def read_organisation(text: str, languages: Iterable[str]) -> ListedOrganisation:
    """Give an organisation of the list, or one of this name without members.

    Raises
    ------
    UsageError
        The name is empty or cannot be printed.
    """
    word = " ".join(text.split())
    if listed := find_organisation(word):
        return listed
    if not word or not word.isprintable() or any(mark in word for mark in "{}<>[]`*_|\\"):
        raise UsageError(f"“{word}” cannot be the name of an organisation", "write it in letters", "--organisation")
    names = dict.fromkeys(languages, word)
    return ListedOrganisation(id=_id_of(word), name=names, short=names, rule="all", members={})


def _id_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)) or "organisation"


def begun_from(
    name: str,
    *,
    organisation: str | None,
    aspirant: str | None,
    members: str | None,
    languages: str | None,
    as_of: date,
    minimal: bool,
) -> Beginning:
    """Put the answers together; what is not said becomes a placeholder that is named as one.

    Parameters
    ----------
    name : str
        Id of the case.
    organisation, aspirant, members, languages : str or None
        As they were written; None where nobody said.
    as_of : date
        The day of the case.
    minimal : bool
        The smallest set of files.

    Returns
    -------
    Beginning

    Raises
    ------
    UsageError
        One of the answers cannot be read, or the aspirant is a member.
    """
    spoken = read_languages(languages) if languages else package_languages()
    words = {language: _PLACEHOLDERS[language] for language in spoken}
    unnamed = {language: said[2] for language, said in words.items()}
    body = (
        read_organisation(organisation, spoken)
        if organisation
        else ListedOrganisation(id="organisation", name=unnamed, short=unnamed, rule="all", members={})
    )
    country = find_country(aspirant, package_languages(), "--aspirant") if aspirant else ASPIRANT
    joined = read_members(members) if members else dict(body.members) or dict.fromkeys(MEMBERS, "")
    if country in joined:
        hint = "name another country, or leave it out of the members"
        raise UsageError(f"{country} cannot want to join: it is named among the members", hint, "--aspirant")
    _require_dates(joined, as_of)
    names = {code: _named(code, words, number) for number, code in enumerate((country, *joined))}
    return Beginning(
        name=name,
        languages=tuple(spoken),
        aspirant=country,
        organisation_id=body.id,
        organisation=_in_each(body.name, spoken),
        short=_in_each(body.short, spoken),
        members=joined,
        rule=body.rule,
        as_of=as_of,
        names={code: said for code, said in names.items() if said},
        minimal=minimal,
    )


def _in_each(names: Mapping[str, str], languages: Iterable[str]) -> dict[str, str]:
    first = next(iter(names.values()))
    return {language: names.get(language, first) for language in languages}


def _require_dates(members: Mapping[str, str], as_of: date) -> None:
    for code, since in members.items():
        if since and DateInterval.parse(since).first > as_of:
            hint = "correct the date, or give a later day with --as-of"
            raise UsageError(
                f"the member {code} joined on {since}, after the day of the case, {as_of}", hint, "--members"
            )


def _named(code: str, words: Mapping[str, tuple[str, str, str]], number: int) -> dict[str, str]:
    """Name a country that nobody knows a name of: by what it stands for; {} where its name is known."""
    try:
        for language in words:
            name_country(code, language)
    except ShtegError:
        return {language: said[1].format(code) if number else said[0] for language, said in words.items()}
    return {}
