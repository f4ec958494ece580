"""What an edition knows of the editions before it: their names and places, and what was wrong in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from shteg.errors import EditionError
from shteg.report.edition_view import EditionView
from shteg.report.header_view import Localised
from shteg.report.language.editions import edition_named
from shteg.report.language.marked import Style
from shteg.report.language.values import format_value

STYLES: tuple[Style, ...] = ("number", "range", "short")
"""Ways in which a page may print the figure that was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierView:
    """An earlier edition; `kept`: it lies at `editions/<id>/` of the site."""

    id: str
    day: str
    edition: str | None = None
    address: str | None = None
    note: Localised | None = None
    kept: bool = False
    spoken: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErratumView:
    """What was printed wrongly, on which pages, and what is right."""

    id: str
    published_on: str
    pages: tuple[str, ...]
    wrong: Localised
    right: Localised
    text: Localised
    edition: str | None = None
    value: str | None = None
    block: str | None = None


def earlier_editions(edition: EditionView) -> tuple[EarlierView, ...]:
    """List the earlier editions, the latest first."""
    return edition.once("earlier editions", lambda: _earlier(edition))


def errata(edition: EditionView) -> tuple[ErratumView, ...]:
    """List what was wrong, the latest first."""
    return edition.once("errata", lambda: _errata(edition))


def this_edition(edition: EditionView, language: str) -> str:
    """Say how this edition is called, with the name made of its content."""
    return edition_named(edition.manifest.name, edition.manifest.edition, language)


def right_style(edition: EditionView, one: ErratumView, language: str) -> Style:
    """Tell in which style a figure prints as the erratum says is right.

    Parameters
    ----------
    edition : EditionView
        What is published.
    one : ErratumView
        About a figure.
    language : str
        One of the edition's.

    Returns
    -------
    Style

    Raises
    ------
    EditionError
        The edition has no such figure, or prints it otherwise in this language.
    """
    where = f"errata.toml, {one.id}"
    value = edition.values.get(one.value or "")
    if value is None:
        raise EditionError(f"the edition has no value {one.value}", "correct `value`; see values.json", where)
    printed = {style: format_value(value, language, style=style, lexicon=_lexicon(edition))
               for style in STYLES if style != "range" or value.low is not None}  # fmt: skip
    said = _plain(one.right[language]) if language in one.right else ""
    found = next((style for style, text in printed.items() if _plain(text) == said), None)
    if found is None:
        raise EditionError(
            f"`right` says “{said}” in language {language}, and this edition prints “{printed['number']}”",
            f"write {' or '.join(dict.fromkeys(printed.values()))}, or mend the figure",
            where,
        )
    return found


def require_errata(edition: EditionView) -> None:
    """Hold every erratum to what this edition prints, in every language.

    Raises
    ------
    EditionError
        See `right_style`.
    """
    for one in errata(edition):
        if one.value is not None:
            for language in edition.languages:
                right_style(edition, one, language)


def _plain(text: str) -> str:
    """Give a text without the spaces that only keep it together."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def _lexicon(edition: EditionView) -> dict[str, dict[str, str]]:
    return {key: dict(names) for key, names in edition.lexicon.items()}


def _earlier(edition: EditionView) -> tuple[EarlierView, ...]:
    found, numbers = [], dict[str, int]()
    for name, said in sorted(_read(edition, "editions", {}).items(), key=lambda item: (item[1]["day"], item[0])):
        month = str(said["day"])[:7]
        numbers[month] = numbers.get(month, 0) + 1
        found.append(
            EarlierView(
                id=name, day=said["day"], edition=said.get("edition"), address=said.get("address"),
                note=said.get("note"), kept=name in edition.manifest.archived,
                spoken={"month": month, "number": numbers[month], "reconstructed": False},
            )
        )  # fmt: skip
    return tuple(reversed(found))


def _errata(edition: EditionView) -> tuple[ErratumView, ...]:
    known = {one.name for one in fields(ErratumView)}
    rows = [{name: said for name, said in one.items() if name in known} for one in _read(edition, "errata", [])]
    found = [ErratumView(**{**row, "pages": tuple(row["pages"])}) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.published_on, one.id), reverse=True))


def _read(edition: EditionView, name: str, otherwise: Any) -> Any:
    path = edition.folder / f"{name}.json"
    if not path.exists():  # an edition of before there were such files
        return otherwise
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EditionError("the file is no JSON", "build the edition again with `shteg build`", str(path)) from error
