"""What one text must not hold: unbound figures, number words, formats and words of another language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shteg.errors import Problem
from shteg.report.foreign_formats import WrongFormat, foreign_dates, wrong_formats
from shteg.report.language.number_words import find_number_words
from shteg.report.language.written_words import has_words, other_script
from shteg.report.text.spoken import Listener
from shteg.report.text.tree import (
    Block,
    CitationRun,
    Content,
    Document,
    Grid,
    Heading,
    LineBreak,
    ListBody,
    Paragraph,
    Quote,
    Run,
    Text,
    leaves,
    plain_text,
    runs_of,
)

_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?")


def lint_document(document: Document, languages: Sequence[str], listener: Listener | None = None) -> list[Problem]:
    """Find what a text must not hold.

    Parameters
    ----------
    document : Document
        As parsed; bound runs are not looked into.
    languages : sequence of str
        Languages of the case: the ones that a block could be written in by mistake.
    listener : Listener, optional
        Tells these languages apart; one that keeps nothing if left out.

    Returns
    -------
    list of Problem
    """
    listener = listener or Listener(languages)
    declared = _declared_pattern(document.declared)
    problems: list[Problem] = []
    formats = _formats(document, languages)
    for line, text, place in _texts(document):
        problems.extend(_lint(document, line, text, place, declared, formats))
    for line, text, place in _front(document):
        if text.strip() and not has_words(text):
            problems.append(Problem(document.file, line, 0, f"{place} has no words", "write it in words"))
        problems.extend(_foreign_script(document, line, text, place))
    for block in document.blocks:
        problems.extend(_without_words(document, block))
        words = author_words(block)
        foreign = list(_foreign_script(document, block.line, words, f"block {block.id!r}"))
        problems.extend(foreign or _foreign_words(document, block, words, listener))
    return problems


def _without_words(document: Document, block: Block) -> Iterator[Problem]:
    """Report a heading, paragraph, item or quote that prints no word: nothing but marks, blanks, or citations."""
    for line, what, runs in _stretches(block.content, block.line):
        if not any(_is_read(run) for run in leaves(runs)):
            hint = "write its words, in this language too; a value, a direction or a measure counts as words"
            yield Problem(document.file, line, 0, f"{what} {block.id!r} has no words", hint)


def _stretches(content: Content, line: int) -> Iterator[tuple[int, str, tuple[Run, ...]]]:
    """Divide a block into what must have words each: line, what it is, runs."""
    match content:
        case Heading(_, runs):
            yield line, "the heading", runs
        case Paragraph(runs):
            yield line, "block", runs
        case ListBody(_, items):
            for item in items:
                yield item.line or line, "an item of block", item.runs
                if item.sublist is not None:
                    yield from _stretches(item.sublist, item.line or line)
        case Quote(paragraphs):
            for runs in paragraphs or ((),):
                first = next((run.line for run in leaves(runs) if isinstance(run, Text) and run.line), line)
                yield first, "a paragraph of quote", runs
        case Grid(headers, rows, _, caption, lines):
            yield line, "the caption of table", caption
            yield from ((line, "the head of a column of table", runs) for runs in headers)
            yield from (
                (at, "the first cell of a row of table", row[0]) for at, row in zip(lines[1:], rows, strict=False)
            )


def _is_read(run: Run) -> bool:
    match run:
        case Text(text):
            return has_words(text)
        case CitationRun() | LineBreak():
            return False
    return True


def _foreign_script(document: Document, line: int, text: str, place: str) -> Iterator[Problem]:
    script = other_script(text, document.language)
    if script:
        problem = f"{place} is not in language {document.language}: most of its letters are {script}"
        yield Problem(document.file, line, 0, problem, "translate it; names alone may stand in another script")


def author_words(block: Block) -> str:
    """Give the words that the author wrote, without anything bound."""
    return " ".join(run.text for run in leaves(runs_of(block.content)) if isinstance(run, Text)).strip()


def declared_numbers(words: str) -> list[str]:
    """List the numbers of three digits or more that an author writes out (years mostly), separators taken away."""
    found = (re.sub(r"\D", "", one) for one in _NUMBER.findall(words))
    return [one for one in found if len(one) >= 3]


def _front(document: Document) -> Iterator[tuple[int, str, str]]:
    yield document.title_line, document.title, "the title"
    yield document.description_line, document.description, "the description"
    for lead in document.leads:
        if lead.caption:
            yield lead.line, plain_text(lead.caption), f"the caption of {lead.value_id}"


def _texts(document: Document) -> Iterator[tuple[int, str, str]]:
    yield from _front(document)
    for block in document.blocks:
        runs: Iterator[Run] = leaves(runs_of(block.content))
        for run in runs:
            if isinstance(run, Text):
                yield run.line or block.line, run.text, f"block {block.id!r}"


def _declared_pattern(declared: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted({one.strip() for one in declared}, key=lambda one: (-len(one), one))
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in ordered) or r"(?!)")


@dataclass(frozen=True, slots=True)
class _Formats:
    """What the words of one text are held against: its language, formats it does not write, dates of the others."""

    language: str
    wrong: tuple[WrongFormat, ...]
    dates: tuple[tuple[str, re.Pattern[str]], ...]


def _formats(document: Document, languages: Sequence[str]) -> _Formats:
    language = next((one for one in languages if one == document.language), document.language)
    others = [one for one in languages if one != language]
    dates = tuple((other, foreign_dates(language, other)) for other in others)
    return _Formats(language, wrong_formats(language, languages), dates)


def _lint(
    document: Document, line: int, text: str, place: str, declared: re.Pattern[str], formats: _Formats
) -> Iterator[Problem]:
    rest = declared.sub(" ", text)
    bind = 'bind it: {{ value.ID }}, or declare the string: declared = ["…"]'
    for found in _digits(rest):
        yield Problem(document.file, line, 0, f"{place}: the figure {found!r} is bound to no value", bind)
    for word in find_number_words(rest, formats.language):
        yield Problem(
            document.file,
            line,
            0,
            f"{place}: the number word {word!r} is bound to no value",
            bind.replace("ID", "ID|words"),
        )
    for pattern, what, hint in formats.wrong:
        for match in pattern.findall(text):
            yield Problem(document.file, line, 0, f"{place}: {match!r} has {what}", hint)
    for other, pattern in formats.dates:
        for match in pattern.findall(text):
            problem = f"{place}: {match!r} is a date in language {other}"
            yield Problem(document.file, line, 0, problem, "write the month in the language of the text")


def _digits(text: str) -> list[str]:
    """Find tokens that hold a digit of any script, a fraction or a superscript."""
    if not any(map(str.isnumeric, text)):  # most texts have none; a numeral that is a letter is looked at below
        return []
    return [
        token.strip(".,;:()[]“”\"'?!")
        for token in text.split()
        if any(unicodedata.category(letter) in ("Nd", "No", "Nl") for letter in token)
    ]


def _foreign_words(document: Document, block: Block, words: str, listener: Listener) -> Iterator[Problem]:
    """Report a block in another language, or else a sentence of it; `words` are the author's."""
    for part, what in ((words, "block"), *((one, "a sentence of block") for one in _SENTENCE.split(words))):
        found = listener.other_language(part, document.language)
        if found:
            start = f" (“{part[:40].strip()}…”)" if part is not words else ""
            problem = f"{what} {block.id!r} is in language {found}, not {document.language}{start}"
            yield Problem(document.file, block.line, 0, problem, "translate it")
            return
