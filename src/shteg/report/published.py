"""Re-read what was published: does every printed figure equal the edition's, in its language?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from shteg.errors import EditionError, Problem, ShtegError, UsageError
from shteg.estimates import Value
from shteg.report.edition_view import EditionView
from shteg.report.language.cells import format_cell, written_number
from shteg.report.language.counts import count_of
from shteg.report.language.explanations import number_inside
from shteg.report.language.locale import format_number
from shteg.report.language.marked import Style
from shteg.report.language.values import format_interval, format_value
from shteg.report.text.tree import CitationRun, ResolvedDocument, Text, ValueRun, leaves, runs_of

CONTEXT = 6
"""Letters before a figure that must stand before it in the extracted text too."""


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A figure found in an output file: its id, the characters printed, its style (None: any style will do).

    The style "interval" is the interval alone.
    """

    value_id: str
    text: str
    style: Style | Literal["interval"] | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A number of a table found in an output file: table, row from 0, column, form (`cells`), characters printed.

    A number inside a cell of JSON has its place there behind the name of the column: `fills.share.0`.
    """

    table: str
    row: int
    column: str
    form: str
    text: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class PrintedCount:
    """A count found in an output file: what was counted, under which conditions, characters printed."""

    things: str
    where: tuple[str, ...]
    text: str
    file: str = ""


def check_published(printed: Mapping[str, Iterable[PrintedValue]], edition: EditionView) -> tuple[Problem, ...]:
    """Compare figures found in finished files with the edition.

    Parameters
    ----------
    printed : mapping
        By language: every figure found, in any order.
    edition : EditionView
        What the files were made from.
    """
    problems = []
    known: dict[tuple[str, str, Style | Literal["interval"] | None], list[str]] = {}
    for language, found in printed.items():
        for one in found:
            where, asked = one.file or f"output in language {language}", (language, one.value_id, one.style)
            try:
                if asked not in known:  # most figures stand in many places
                    known[asked] = _expected(edition.value(one.value_id), one.style, language, edition)
                expected = known[asked]
            except ShtegError as error:
                problems.append(Problem(where, 0, 0, error.problem, error.hint))
                continue
            if _squeezed(one.text) not in expected:
                problem = f"{one.value_id} is printed as {one.text!r}, the edition says {expected[0]!r}"
                problems.append(Problem(where, 0, 0, problem, "build the publication again; if it stays, report it"))
    return tuple(sorted(problems))


def check_published_cells(printed: Mapping[str, Iterable[PrintedCell]], edition: EditionView) -> tuple[Problem, ...]:
    """Compare numbers of tables found in finished files with the tables of the edition, by language."""
    problems = []
    for language, found in printed.items():
        for one in found:
            where = one.file or f"output in language {language}"
            place = f"{one.table}, row {one.row}, {one.column}"
            try:
                expected = _expected_cell(one, language, edition)
            except ShtegError as error:
                problems.append(Problem(where, 0, 0, f"{place}: {error.problem}", error.hint))
                continue
            if _squeezed(one.text) != _squeezed(expected):
                problem = f"{place} is printed as {one.text!r}, the edition says {expected!r}"
                problems.append(Problem(where, 0, 0, problem, "build the publication again; if it stays, report it"))
    return tuple(sorted(problems))


def check_published_counts(printed: Mapping[str, Iterable[PrintedCount]], edition: EditionView) -> tuple[Problem, ...]:
    """Count again what finished files say was counted, by language."""
    problems = []
    known: dict[tuple[str, tuple[str, ...]], int] = {}
    for language, found in printed.items():
        for one in found:
            file, asked = one.file or f"output in language {language}", (one.things, one.where)
            what = f"the count of {one.things} ({', '.join(one.where) or 'all'})"
            try:
                if asked not in known:
                    known[asked] = count_of(edition, *asked)
            except ShtegError as error:
                problems.append(Problem(file, 0, 0, f"{what}: {error.problem}", error.hint))
                continue
            expected = format_number(known[asked], language)
            if _squeezed(one.text) != _squeezed(expected):
                problem = f"{what} is printed as {one.text!r}, the edition says {expected!r}"
                problems.append(Problem(file, 0, 0, problem, "build the publication again; if it stays, report it"))
    return tuple(sorted(problems))


def _expected_cell(one: PrintedCell, language: str, edition: EditionView) -> str:
    frame = edition.table(one.table)
    column, _, inside = one.column.partition(".")
    if column not in frame.columns or not 0 <= one.row < frame.height:
        raise EditionError("the edition has no such cell", "build the publication again", one.table)
    number = frame[column][one.row]
    if inside:
        try:
            number = number_inside(number, inside)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise EditionError("the cell holds no such number", "build the publication again", one.table) from error
    number, found = written_number(number), number
    if number is None:
        raise EditionError(f"the edition has {found!r} there, which is no number", "report it", one.table)
    return format_cell(number, one.form, language)


def check_published_text(document: ResolvedDocument, text: str, file: str) -> tuple[Problem, ...]:
    """Look for every figure of a document, in order, in text extracted from a PDF or DOCX.

    Spaces, hyphens and line breaks are ignored; a figure must follow the letters that precede it in the document.

    Parameters
    ----------
    document : ResolvedDocument
        What the file was made from.
    text : str
        Extracted from the file.
    file : str
        Its name, for problems.

    Returns
    -------
    tuple of Problem
        One for each figure that is not where it must be.
    """
    page = _letters(text)
    at = 0
    problems = []
    for block in document.blocks:
        before = ""
        for run in leaves(runs_of(block.content)):
            if isinstance(run, ValueRun):
                wanted = before[-CONTEXT:] + _letters(run.text)
                found = page.find(wanted, at)
                if found < 0:
                    problem = f"{run.value_id} ({run.text}) of block {block.id!r} is not printed where it must be"
                    problems.append(Problem(file, 0, 0, problem, "build the publication again; if it stays, report it"))
                else:
                    at = found + len(wanted)
            if isinstance(run, CitationRun):
                before = ""
            else:
                before = _letters(run.text) if isinstance(run, Text) and run.text.strip() else ""
    return tuple(problems)


def _expected(
    value: Value, style: Style | Literal["interval"] | None, language: str, edition: EditionView
) -> list[str]:
    """Print a value in its style, or in every style that fits it, the plain number with its unit first."""
    if style == "interval":
        return [_squeezed(format_interval(value, language))]
    styles: tuple[Style, ...] = get_args(Style) if style is None else (style,)
    texts = []
    for one in styles:
        try:
            texts.append(_squeezed(format_value(value, language, style=one, lexicon=edition.lexicon)))
        except UsageError:
            if style is not None:
                raise
    return texts


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    return re.sub(r"[\s\u00ad\u200b\u2060\u2010\u2011-]+", "", text)
