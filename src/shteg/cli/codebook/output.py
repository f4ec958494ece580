"""Codebooks and questionnaires as files: one for each language, or DDI with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shteg.cli.codebook.collect import Found
from shteg.cli.codebook.word import sheet_file
from shteg.keeping import write_whole
from shteg.publish.codebooks.content import Codebook, said_in
from shteg.publish.codebooks.ddi import write_ddi
from shteg.publish.codebooks.sheet import PlainSheet, Speech, codebook_sheet, sheet_page
from shteg.report.language.locale import format_number, format_percent
from shteg.report.language.messages import message

DAY = "1980-01-01"
"""Of Word files: no clock gets into a file."""


def make_speech(language: str) -> Speech:
    """Give a language's words and formats to the writers."""
    return Speech(
        language=language,
        tell=lambda key, **args: message(language, key, args),
        number=lambda value: format_number(value, language, 0),
        share=lambda value: format_percent(value, language, 1),
    )


def write_book(book: Codebook, found: Found, out: Path, form: str, languages: Sequence[str]) -> list[Path]:
    """Write a codebook.

    Parameters
    ----------
    book : Codebook
    found : Found
        What it was made of: said of the study.
    out : Path
        File; with several languages the code of each stands before the suffix (`book.en.html`), but for DDI.
    form : str
        `xml`, `html` or `docx`.
    languages : sequence of str

    Returns
    -------
    list of Path
        The files written.
    """
    if form == "xml":
        return [_put(out, write_ddi(book))]
    sheets = [codebook_sheet(book, make_speech(language), _about(book, found, language)) for language in languages]
    return write_sheets(sheets, out, form)


def write_sheets(sheets: Sequence[PlainSheet], out: Path, form: str) -> list[Path]:
    """Write a sheet for each language.

    Parameters
    ----------
    sheets : sequence of PlainSheet
    out : Path
    form : str
        `html` or `docx`.

    Returns
    -------
    list of Path
    """
    made = [sheet_page(one).encode() if form == "html" else sheet_file(one, DAY) for one in sheets]
    return [
        _put(out if len(sheets) == 1 else out.with_suffix(f".{sheet.language}{out.suffix}"), content)
        for sheet, content in zip(sheets, made, strict=True)
    ]


def _put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return path


def _about(book: Codebook, found: Found, language: str) -> tuple[tuple[str, str], ...]:
    told = [(message(language, f"tables.{key}"), words.get(language, "")) for key, words in found.loaded.about]
    if book.source[1]:
        told.append((message(language, "codebook.source"), book.source[1]))
    for role in ("stratum", "psu", "weight"):
        columns = ", ".join(column for column, one in found.roles.items() if one == role)
        if columns:
            told.append((message(language, f"codebook.role.{role}"), columns))
    if not found.weighted:
        told.append((message(language, "codebook.role.weight"), message(language, "tables.file.unweighted")))
    base = message(language, "codebook.rule", {"count": format_number(found.loaded.minimum_base, language, 0)})
    told.append((message(language, "codebook.disclosure"), base))
    title = said_in(book.title, language, book.id)
    return tuple((name, text) for name, text in told if text and text != title)
