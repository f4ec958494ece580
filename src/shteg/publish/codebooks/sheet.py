"""A codebook or a questionnaire as plain blocks in one language, for pages and Word files alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from shteg.publish.codebooks.content import Category, Codebook, Variable, said_in

Tell = Callable[..., str]
"""Gives a message of the language: `tell(key, **args)`."""


@dataclass(frozen=True, slots=True)
class Head:
    """A heading; level 1 is a part, 2 what stands in it."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; a quiet one is a remark."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names with what is said under them."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `numeric` are columns set flush right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


SheetBlock = Head | Line | Pairs | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSheet:
    """A document of plain blocks in one language."""

    language: str
    title: str
    subtitle: str
    blocks: tuple[SheetBlock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A language of print: messages, numbers and shares in its form."""

    language: str
    tell: Tell
    number: Callable[[float], str]
    share: Callable[[float], str]


def codebook_sheet(book: Codebook, speech: Speech, about: tuple[tuple[str, str], ...]) -> PlainSheet:
    """Lay a codebook out.

    Parameters
    ----------
    book : Codebook
    speech : Speech
        The language.
    about : tuple of (heading, text)
        What is said of the study, in this language.

    Returns
    -------
    PlainSheet
    """
    blocks: list[SheetBlock] = []
    if about:
        blocks += [Head(1, speech.tell("codebook.study")), Pairs(about)]
    blocks.append(Head(1, speech.tell("codebook.variables")))
    for variable in book.variables:
        blocks += _variable(variable, speech, weighted=book.weighted)
    title = said_in(book.title, speech.language, book.id)
    return PlainSheet(
        language=speech.language, title=title, subtitle=speech.tell("codebook.title"), blocks=tuple(blocks)
    )


def _variable(one: Variable, speech: Speech, *, weighted: bool) -> Iterator[SheetBlock]:
    label = said_in(one.label, speech.language)
    yield Head(2, f"{one.name}: {label}" if label and label != one.name else one.name)
    if (wording := said_in(one.wording, speech.language)) and wording != label:
        yield Line(wording)
    facts = []
    if one.role:
        facts.append((speech.tell("codebook.role"), speech.tell(f"codebook.role.{one.role}")))
    if one.measure:
        facts.append((speech.tell("codebook.measure"), speech.tell(f"codebook.measure.{one.measure}")))
    if one.valid is not None:
        facts.append((speech.tell("codebook.valid"), speech.number(one.valid)))
    if facts:
        yield Pairs(tuple(facts))
    if one.categories:
        share = "codebook.share.weighted" if weighted else "codebook.share"
        head = ("codebook.code", "codebook.label", "codebook.count", share)
        yield Grid(
            speech.tell("codebook.codes", name=one.name),
            tuple(speech.tell(key) for key in head),
            tuple(_row(category, speech) for category in one.categories),
            (False, False, True, True),
        )
    if one.hidden:
        yield Line(speech.tell("codebook.hidden"), quiet=True)


def _row(one: Category, speech: Speech) -> tuple[str, ...]:
    label = said_in(one.label, speech.language, one.code)
    if one.missing:
        label = speech.tell("codebook.missing", label=label)
    count = "" if one.count is None else speech.number(one.count)
    return one.code, label, count, "" if one.share is None else speech.share(one.share)


_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:52rem;padding:0 1rem}
h2{margin-top:2.5rem}
h3{margin:2rem 0 .25rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5rem 0;width:100%}
caption{text-align:left;font-size:.875rem}
th,td{padding:.3rem .75rem .3rem 0;vertical-align:top;border-bottom:1px solid #8886;text-align:left}
thead th{border-bottom:2px solid currentColor}
.n{text-align:right}
dt{font-weight:600}
dd{margin:0 0 .5rem}
.quiet{font-size:.875rem}
@media print{h3,table{break-inside:avoid}body{margin:0;max-width:none}}
"""


def sheet_page(sheet: PlainSheet) -> str:
    """Write a sheet as one HTML page that opens without network, every text escaped."""
    inside = "".join(_html(block) for block in sheet.blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(sheet.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(sheet.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(sheet.title)}</h1>\n<p>{escape(sheet.subtitle)}</p>\n{inside}</main>\n</body>\n</html>\n"
    )


def _html(block: SheetBlock) -> str:
    match block:
        case Head(level, text):
            return f"<h{level + 1}>{_lines(text)}</h{level + 1}>\n"
        case Line(text, quiet):
            mark = ' class="quiet"' if quiet else ""
            return f"<p{mark}>{_lines(text)}</p>\n"
        case Pairs(rows):
            found = "".join(f"<dt>{escape(name)}</dt><dd>{_lines(text)}</dd>" for name, text in rows)
            return f"<dl>{found}</dl>\n"
        case Grid(caption, head, rows, numeric):
            marks = [' class="n"' if one else "" for one in numeric]
            top = "".join(f'<th scope="col"{mark}>{escape(one)}</th>' for one, mark in zip(head, marks, strict=True))
            body = "".join(
                f"<tr>{''.join(f'<td{mark}>{_lines(cell)}</td>' for cell, mark in zip(row, marks, strict=True))}</tr>"
                for row in rows
            )
            return (
                f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
                f"<caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>\n"
            )


def _lines(text: str) -> str:
    return "<br>".join(escape(text).splitlines())
