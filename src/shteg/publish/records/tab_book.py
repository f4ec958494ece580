"""The tab book of a wave: every question by every breakdown, as far as bases allow, as a workbook in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shteg.publish.printed import Voice
from shteg.report.edition_view import Row
from shteg.report.sheets import Sheet, sheet_workbook

ESTIMATES = "survey.wave_estimates"
ALL = "all"
POOL = "+"
"""Joins the codes of an item's favourable options."""


def waves_of(voice: Voice) -> dict[str, list[Row]]:
    """Give the rows of each wave with estimates, in the order of the edition."""
    found: dict[str, list[Row]] = {}
    for row in voice.edition.rows(ESTIMATES):
        found.setdefault(row["wave"], []).append(row)
    return found


def tab_book_name(wave: str) -> str:
    """Name the file of a tab book, seen from a page."""
    return f"data/tab-book-{wave}.xlsx"


def tab_book_links(voice: Voice) -> list[dict[str, str]]:
    """List the tab books of a language: address and words."""
    return [
        {"href": tab_book_name(wave), "words": voice.t("tab-book.of", wave=voice.named(f"wave:{wave}"))}
        for wave in waves_of(voice)
    ]


def tab_books(voice: Voice, kept: Path | None) -> Mapping[str, Callable[[], bytes]]:
    """Give what makes the tab book of each wave, by the name of its file.

    Parameters
    ----------
    voice : Voice
        The language.
    kept : Path or None
        Folder for workbooks made before.

    Returns
    -------
    mapping
    """
    day = voice.edition.case.as_of

    def maker(wave: str, rows: list[Row]) -> Callable[[], bytes]:
        return lambda: sheet_workbook(_sheets(voice, wave, rows), day, kept)

    return {tab_book_name(wave): maker(wave, rows) for wave, rows in waves_of(voice).items()}


def _sheets(voice: Voice, wave: str, rows: Sequence[Row]) -> list[Sheet]:
    items: dict[str, list[Row]] = {}
    for row in rows:
        items.setdefault(row["wave_item"], []).append(row)
    return [_notes(voice, wave), *(_sheet(voice, wave, item, found) for item, found in items.items())]


def _notes(voice: Voice, wave: str) -> Sheet:
    """Say how the wave was made: the items that a survey must disclose."""
    prefix = f"wave-method:{wave}."
    told = [
        (voice.text(f"tables.methodology.{key.removeprefix(prefix)}"), voice.named(key))
        for key in voice.edition.lexicon
        if key.startswith(prefix)
    ]
    return Sheet(
        name=voice.t("tab-book.notes"),
        title=voice.named(f"wave:{wave}"),
        lines=(voice.t("tab-book.text"), voice.t("tab-book.hidden")),
        headers=(voice.t("tab-book.about"), voice.t("tab-book.said")),
        rows=tuple(told),
    )


def _sheet(voice: Voice, wave: str, item: str, rows: Sequence[Row]) -> Sheet:
    columns = list(dict.fromkeys((row["domain_variable"], row["domain"]) for row in rows))
    cells = {(row["option"], row["domain_variable"], row["domain"]): row for row in rows}
    lines: list[tuple[str | int | float | None, ...]] = []
    for option in dict.fromkeys(row["option"] for row in rows):
        for kind in ("estimate", "ci_low", "ci_high"):
            shares = (cells.get((option, *column), {}).get(kind) for column in columns)
            lines.append((_option(voice, wave, item, option), voice.t(f"tab-book.{kind}"), *shares))
    first = rows[0]["option"]
    bases = (cells.get((first, *column), {}).get("n") for column in columns)
    lines.append((voice.t("column.base"), "", *bases))
    return Sheet(
        name=item,
        title=voice.named(f"wave-item:{wave}.{item}"),
        lines=(voice.named(f"wave-wording:{wave}.{item}"),),
        headers=(voice.t("column.answer"), "", *(_domain(voice, wave, *column) for column in columns)),
        rows=tuple(lines),
    )


def _option(voice: Voice, wave: str, item: str, option: str) -> str:
    return " + ".join(voice.named(f"wave-option:{wave}.{item}.{code}") for code in option.split(POOL))


def _domain(voice: Voice, wave: str, variable: str, code: str) -> str:
    if variable == ALL:
        return voice.t("tab-book.all")
    coded = f"wave-code:{wave}.{variable}.{code}"
    name = voice.named(coded) if coded in voice.edition.lexicon else voice.word("subgroup", code)
    return f"{voice.named(f'wave-domain:{wave}.{variable}')}: {name}"
