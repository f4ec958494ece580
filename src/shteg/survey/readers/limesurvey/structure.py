"""What a LimeSurvey structure holds: questions, subquestions and answers, each with its texts by language."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from shteg.errors import DesignError
from shteg.survey.readers.field.asked import Words
from shteg.survey.readers.field.texts import plain_text

LARGEST = 2**27
"""Bytes of a structure; a larger one is none."""
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_EXPORT = "export it again: Display/Export, “Survey structure (.lss)” or “Tab-separated-values format (*.txt)”"

Row = Mapping[str, str]


@dataclass(slots=True)
class Part:
    """A subquestion or an answer: its code, its scale, its texts by language."""

    code: str
    scale: str
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """A question: its kind in one letter, its code, whether another answer may be written."""

    code: str
    kind: str
    other: bool
    texts: dict[str, str] = field(default_factory=dict)
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    answers: dict[tuple[str, str], Part] = field(default_factory=dict)

    def subquestions(self, scale: str = "0") -> list[Part]:
        """Give the subquestions of a scale: the rows, or of a table of numbers or texts the columns."""
        return [one for (of, _), one in self.parts.items() if of == scale]

    def options(self, scale: str = "0") -> dict[str, Words]:
        """Give the answers of a scale, by code."""
        return {one.code: one.texts for (of, _), one in self.answers.items() if of == scale}


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A survey: its languages, the first of which is that of the survey, and its questions in order."""

    languages: tuple[str, ...]
    questions: tuple[Entry, ...]


def read_structure(path: Path) -> Structure:
    """Read a structure.

    Parameters
    ----------
    path : Path
        `.lss` (XML of any version since 2) or `.txt` (tab-separated).

    Returns
    -------
    Structure

    Raises
    ------
    DesignError
        The file is not there, too large, damaged, of another kind, or holds no question.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        raise DesignError("the file cannot be read", "check the name", path.name) from error
    if raw is None:
        raise DesignError("the file is too large for the structure of a survey", _EXPORT, path.name)
    found = _of_xml(raw, path.name) if path.suffix.lower() == ".lss" else _of_table(raw, path.name)
    if not found.questions:
        raise DesignError("the structure holds no question", _EXPORT, path.name)
    return found


def _of_xml(raw: bytes, name: str) -> Structure:
    if _FORBIDDEN.search(raw):
        raise DesignError("the file declares entities, which a structure of LimeSurvey never does", _EXPORT, name)
    try:
        tree = ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise DesignError("the file is damaged XML", _EXPORT, f"{name}, line {line}, column {column + 1}") from error
    kind = (tree.findtext("LimeSurveyDocType") or "").strip()
    if kind != "Survey":
        problem = f"the file holds a {kind.lower()} of LimeSurvey" if kind else "the file is no structure of LimeSurvey"
        raise DesignError(problem, _EXPORT, name)
    languages = tuple(one.text.strip() for one in tree.iterfind("languages/language") if one.text)
    texts: dict[tuple[str, str], list[Row]] = {}
    for table, key in (("question_l10ns", "qid"), ("answer_l10ns", "aid")):
        for row in _rows(tree, table):
            texts.setdefault((table, row.get(key, "")), []).append(row)
    questions: dict[str, Entry] = {}
    for row in sorted(_rows(tree, "questions"), key=_place(_order(tree))):
        if row.get("parent_qid", "0") not in ("", "0"):
            continue
        entry = questions.setdefault(
            row["qid"], Entry(row.get("title", ""), row.get("type", ""), row.get("other", "N") == "Y")
        )
        _add(entry.texts, row, texts.get(("question_l10ns", row["qid"]), []), "question", languages)
    nested = [row for row in _rows(tree, "questions") if row.get("parent_qid", "0") not in ("", "0")]
    for row in sorted([*_rows(tree, "subquestions"), *nested], key=lambda one: _number(one.get("question_order", ""))):
        if (owner := questions.get(row.get("parent_qid", ""))) is not None:
            key_of = (row.get("scale_id") or "0", row.get("title", ""))
            part = owner.parts.setdefault(key_of, Part(key_of[1], key_of[0]))
            _add(part.texts, row, texts.get(("question_l10ns", row.get("qid", "")), []), "question", languages)
    for row in sorted(_rows(tree, "answers"), key=lambda one: _number(one.get("sortorder", ""))):
        if (owner := questions.get(row.get("qid", ""))) is not None:
            key_of = (row.get("scale_id") or "0", row.get("code", ""))
            part = owner.answers.setdefault(key_of, Part(key_of[1], key_of[0]))
            _add(part.texts, row, texts.get(("answer_l10ns", row.get("aid", "")), []), "answer", languages)
    return Structure(languages=languages, questions=tuple(questions.values()))


def _rows(tree: ElementTree.Element, table: str) -> Iterator[Row]:
    for row in tree.iterfind(f"{table}/rows/row"):
        yield {cell.tag: (cell.text or "").strip() for cell in row}


def _order(tree: ElementTree.Element) -> dict[str, int]:
    return {row.get("gid", ""): _number(row.get("group_order", "")) for row in _rows(tree, "groups")}


def _place(groups: Mapping[str, int]) -> Callable[[Row], tuple[int, int]]:
    return lambda row: (groups.get(row.get("gid", ""), 0), _number(row.get("question_order", "")))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _add(texts: dict[str, str], row: Row, others: Sequence[Row], column: str, languages: Sequence[str]) -> None:
    """Take a text in the language of its row (to version 3), or from the table of texts (since 4)."""
    if row.get(column):
        texts[row.get("language") or (languages[0] if languages else "")] = plain_text(row[column])
    for one in others:
        if one.get(column):
            texts[one.get("language", "")] = plain_text(one[column])


def _of_table(raw: bytes, name: str) -> Structure:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DesignError("the file is not UTF-8", _EXPORT, f"{name}, line {line}") from error
    csv.field_size_limit(LARGEST)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter="\t"))
    except csv.Error as error:
        raise DesignError(f"the table cannot be read: {error}", _EXPORT, name) from error
    header = [one.strip() for one in rows[0]] if rows else []
    if not {"class", "type/scale", "name", "text", "language"} <= set(header):
        problem = "the file is no structure of LimeSurvey: it has no columns class, type/scale, name, text, language"
        raise DesignError(problem, _EXPORT, f"{name}, header")
    languages: dict[str, None] = {}
    questions: dict[str, Entry] = {}
    open_question: Entry | None = None
    for cells in rows[1:]:
        row = dict(zip(header, (one.strip() for one in cells), strict=False))
        kind, language = row.get("class", ""), row.get("language", "")
        if kind in ("G", "Q", "SQ", "A") and language:
            languages.setdefault(language)
        if kind == "Q":
            fresh = Entry(row.get("name", ""), row.get("type/scale", ""), row.get("other", "N") == "Y")
            open_question = questions.setdefault(fresh.code, fresh)
            _say(open_question.texts, row, language)
        elif kind in ("SQ", "A") and open_question is not None:
            scale = row.get("type/scale") or "0"
            known = open_question.parts if kind == "SQ" else open_question.answers
            _say(known.setdefault((scale, row.get("name", "")), Part(row.get("name", ""), scale)).texts, row, language)
    return Structure(languages=tuple(languages), questions=tuple(questions.values()))


def _say(texts: dict[str, str], row: Row, language: str) -> None:
    if row.get("text"):
        texts[language] = plain_text(row["text"])
