"""Which signs the fonts of the PDFs can draw, and where a case holds others: found before anything is printed."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from shteg.errors import Problem, ShtegError
from shteg.report.case_words import CaseWords, case_words
from shteg.report.charts.catalogue import available_charts, chart
from shteg.report.edition_view import EditionView
from shteg.report.header_view import Localised
from shteg.report.text.form import bad_sign, sign_name
from shteg.report.text.tree import (
    Document,
    Figure,
    MeasureRun,
    MeasuresList,
    TableRef,
    ValueRun,
    leaves,
    plain_text,
    runs_of,
)

PAPER_FONT = "Libertinus Serif"
"""Comes with typst; where it lacks a sign, the other fonts that come with typst are asked."""
PAPER_TEXTS = ("report", "announcement")
"""Texts that also come as PDF."""
ROWS_ON_PAPER = 60
"""Rows of a table on paper; the whole table is on the site."""
HINT = (
    "write the word with Latin, Greek or Cyrillic letters and common signs; an emoji or an ideogram cannot be printed"
)
_JOINER = "\u200d"


def paper_fonts() -> Any:
    """Give typst the fonts that come with it, and none of the machine: the same PDF everywhere."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def clusters(text: str) -> Iterator[tuple[int, str]]:
    """Divide a text into what a reader sees as one sign: a letter with its marks, a joined emoji; with its place."""
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and _joins(text[at - 1], text[at]):
            continue
        if start < len(text):
            yield start, text[start:at]
        start = at


def _joins(before: str, sign: str) -> bool:
    if sign.isascii():
        return False
    flag = "\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= sign <= "\U0001f1ff"
    tone = "\U0001f3fb" <= sign <= "\U0001f3ff"
    return flag or tone or sign == _JOINER or before == _JOINER or unicodedata.category(sign).startswith("M")


@cache
def _may_join(sign: str) -> bool:
    """Tell whether a sign may stand in a cluster with others: see `_joins`."""
    if sign.isascii():
        return False
    flag, tone = "\U0001f1e6" <= sign <= "\U0001f1ff", "\U0001f3fb" <= sign <= "\U0001f3ff"
    return flag or tone or sign == _JOINER or unicodedata.category(sign).startswith("M")


def unprintable(texts: Iterable[str]) -> frozenset[str]:
    """Give the signs of these texts that no font of the PDFs has."""
    signs: set[str] = set()
    for text in texts:
        if not text.isascii() or not text.isprintable():
            alone = set(text)  # in most texts no sign joins another
            signs |= {sign for _, sign in clusters(text)} if any(map(_may_join, alone)) else alone
    asked = frozenset(sign for sign in signs if not (sign.isascii() and (sign.isprintable() or sign.isspace())))
    return frozenset(sign for sign in asked if any(bad_sign(one) for one in sign)) | _without_glyph(asked)


@cache
def _without_glyph(signs: frozenset[str]) -> frozenset[str]:
    """Ask typst, which names no more than one missing sign at a time: halve what it refuses until each is found."""
    asked = sorted(sign for sign in signs if not any(bad_sign(one) for one in sign))
    fonts = paper_fonts()

    def missing(part: Sequence[str]) -> list[str]:
        if not part or _draws(part, fonts):
            return []
        if len(part) == 1:
            return list(part)
        middle = len(part) // 2
        return missing(part[:middle]) + missing(part[middle:])

    return frozenset(missing(asked))


def _draws(signs: Sequence[str], fonts: Any) -> bool:
    """Tell whether typst makes an accessible PDF of these signs, which it refuses where a glyph is missing."""
    import typst

    lines = "\n\n".join(f"#{json.dumps(sign, ensure_ascii=False)}" for sign in signs)
    source = f'#set document(title: "t")\n#set text(font: "{PAPER_FONT}", lang: "en")\n{lines}'
    try:
        typst.compile(source.encode("utf-8"), format="pdf", font_paths=fonts, pdf_standards=["ua-1"], timestamp=0)
    except typst.TypstError:
        return False
    return True


# --- where they stand -------------------------------------------------------------------------------------------------


def check_paper_signs(edition: EditionView, documents: Sequence[Document]) -> list[Problem]:
    """Find every sign that cannot be printed, in the texts that come as PDF and in all that is printed with them.

    Parameters
    ----------
    edition : EditionView
        Where the words of the case come from.
    documents : sequence of Document
        Resolved texts; those without a PDF are left out.
    """
    problems: list[Problem] = []
    for document in documents:
        if document.name in PAPER_TEXTS:
            problems.extend(check_written_signs(document, edition.texts[document.language][document.name]))
            try:
                problems.extend(_in_words(edition, document))
            except ShtegError as error:  # a chart that cannot be made stops the build too
                problems.append(Problem(document.file, 0, 0, error.problem, error.hint))
    return problems


def _problem(file: str, line: int, column: int, sign: str, place: str = "") -> Problem:
    start = f"{place}: " if place else ""
    problem = f"{start}no font of the PDF has the sign {sign!r} ({sign_name(sign)})"
    return Problem(file, line, column, problem, HINT)


def check_written_signs(document: Document, raw: str) -> Iterator[Problem]:
    """Find signs in what the author wrote: by line and column where they stand as such, by line else.

    Parameters
    ----------
    document : Document
        As parsed; it need not be resolved.
    raw : str
        The file that it was read from.
    """
    said = dict(_written(document))
    missing = unprintable(said.values())
    if not missing:
        return
    lines = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begins = next((at for at, line in enumerate(lines) if at and line.strip() == "+++"), 0) + 1
    found: set[str] = set()
    for number, line in enumerate(lines, 1):
        if number <= begins and number not in said:
            continue
        seen: set[str] = set()
        for column, sign in clusters(line):
            if sign in missing and sign not in seen:
                seen.add(sign)
                yield _problem(document.file, number, column + 1, sign)
        found |= seen
    for line_number, text in said.items():
        for sign in sorted((missing - found) & {one for _, one in clusters(text)}):
            yield _problem(document.file, line_number, 0, sign)


def _written(document: Document) -> Iterator[tuple[int, str]]:
    texts: dict[int, str] = {document.title_line: document.title}
    texts[document.description_line] = texts.get(document.description_line, "") + " " + document.description
    for lead in document.leads:
        texts[lead.line] = f"{texts.get(lead.line, '')} {plain_text(lead.caption)}"
    for block in document.blocks:
        for run in leaves(runs_of(block.content)):
            text = getattr(run, "text", "")
            if text and not isinstance(run, ValueRun | MeasureRun):
                line = getattr(run, "line", 0) or block.line
                texts[line] = f"{texts.get(line, '')} {text}"
    yield from texts.items()


def _in_words(edition: EditionView, document: Document) -> Iterator[Problem]:
    """Find signs in what is printed with a text: the cover, sources, measures, tables, charts, values."""
    language = document.language
    for file, key, text in _named_words(edition, document):
        for sign in sorted(unprintable([text])):
            yield _problem(file, 0, 0, sign, key)
    drawn = list(_drawn_words(edition, document))
    for sign in sorted(unprintable(text for _, text in drawn)):
        places = [one for one in case_words(edition) if _holds(one, language, sign)]
        for one in places:
            yield _problem(one.file, 0, 0, sign, one.key)
        if not places:
            place = next(place for place, text in drawn if sign in text)
            yield _problem(document.file, 0, 0, sign, place)


def _holds(words: CaseWords, language: str, sign: str) -> bool:
    return sign in (words.texts.get(language) or "")


def _named_words(edition: EditionView, document: Document) -> Iterator[tuple[str, str, str]]:
    """Give file, key and text of everything on paper that the case names at one place."""
    language = document.language
    for key, texts in _header(edition):
        yield "case.toml", key, texts.get(language) or ""
    for name in document.source_ids:
        source = edition.source(name)
        yield "sources.toml", f"sources.{name}.title", source.title
        yield "sources.toml", f"sources.{name}.publisher", source.publisher
    blocks = [type(block.content) for block in document.blocks]
    runs = [run for block in document.blocks for run in leaves(runs_of(block.content))]
    named = {run.measure_id for run in runs if isinstance(run, MeasureRun)}
    for one in edition.measures:
        fields = {"title": one.title, "text": one.text, "addressee": one.addressee}
        if MeasuresList not in blocks:
            fields = {"title": one.title} if one.id in named else {}
        for key, said in fields.items():
            yield "recommendations.toml", f"measures.{one.id}.{key}", said.get(language) or ""
    for area in edition.areas if MeasuresList in blocks else ():
        yield "recommendations.toml", f"areas.{area.id}.title", area.title.get(language) or ""


def _header(edition: EditionView) -> Iterator[tuple[str, Localised]]:
    case = edition.case
    for key, texts in (("title", case.title), ("publisher", case.publisher), ("footnote", case.footnote)):
        if texts is not None:
            yield key, texts
    for number, author in enumerate(case.authors, 1):
        yield f"authors.{number}.name", author.name
        yield f"authors.{number}.about", author.about
    for number, reviewer in enumerate(case.reviewers, 1):
        yield f"reviewers.{number}.name", reviewer.name
        yield f"reviewers.{number}.about", reviewer.about or {}
    for number, funder in enumerate(case.funders, 1):
        yield f"funders.{number}.name", funder.name
        yield f"funders.{number}.text", funder.text or {}


def _drawn_words(edition: EditionView, document: Document) -> Iterator[tuple[str, str]]:
    """Give place and text of what charts, tables and values print, whose words come from many places."""
    for block in document.blocks:
        for run in leaves(runs_of(block.content)):
            if isinstance(run, ValueRun) and run.text:
                yield f"value {run.value_id}", run.text
        match block.content:
            case Figure(chart_id) if chart_id in available_charts(edition):
                spec = chart(edition, chart_id, document.language)
                words = [spec.title, spec.sentence, spec.note, *_strings(spec.paper)]
                yield from ((f"figure {chart_id}", text) for text in words)
            case Figure(chart_id):  # the map, which names members
                names = [texts.get(document.language, "") for key, texts in edition.lexicon.items() if _on_map(key)]
                yield from ((f"figure {chart_id}", text) for text in names)
            case TableRef(name) if name in edition.table_names:
                yield from ((f"table {name}", text) for text in _table_words(edition, name, document.language))


def _on_map(key: str) -> bool:
    return key.startswith(("country:", "member:"))


def _table_words(edition: EditionView, name: str, language: str) -> Iterator[str]:
    other = tuple(f"_{one}" for one in edition.languages if one != language)
    for row in edition.table(name).head(ROWS_ON_PAPER).iter_rows(named=True):
        for column, cell in row.items():
            if isinstance(cell, str) and not column.endswith(other):
                yield cell


def _strings(thing: Any) -> Iterator[str]:
    match thing:
        case str():
            yield thing
        case dict():
            for inside in thing.values():
                yield from _strings(inside)
        case list():
            for inside in thing:
                yield from _strings(inside)


__all__ = [
    "PAPER_FONT",
    "PAPER_TEXTS",
    "ROWS_ON_PAPER",
    "check_paper_signs",
    "check_written_signs",
    "clusters",
    "paper_fonts",
    "unprintable",
]
