"""The words that a case gives in every language, with the file they come from: are they there, and are they words?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from shteg.errors import Problem
from shteg.report.edition_view import EditionView
from shteg.report.language.written_words import has_words

FILES: Mapping[str, str] = MappingProxyType(
    {
        "country": "members.csv, countries.csv or names in case.toml",
        "item": "items.toml",
        "said": "items.toml",
        "scheme": "surveys/schemes.toml",
        "subject": "surveys/questions.toml",
        "shock": "pathways.toml",
        "route": "pathways.toml",
        "requirement-area": "pathways.toml",
        "parameter": "pathways.toml",
        "scenario": "scenarios.toml",
        "variable": "variables.toml",
        "comparison-organisation": "comparisons.toml",
        "requirement": "requirements.csv",
        "programme": "programmes.csv",
        "wave": "surveys/<wave>/design.toml",
        **dict.fromkeys(("wave-item", "wave-wording", "wave-option"), "surveys/<wave>/questionnaire.toml"),
        "wave-domain": "surveys/<wave>/design.toml",
        "wave-method": "surveys/<wave>/methodology.toml",
    }
)
"""Where the names of the lexicon come from, by kind; other kinds are labels."""
LABELS = "labels.toml"
_ELSEWHERE = frozenset({"step", "area", "measure", "question", "organisation", "member"})
"""Kinds that stand in another file of the edition, or under another kind, too."""
_TABLE_FILES = MappingProxyType({"published": "surveys/published.csv", "designs": "surveys/designs.csv"})


@dataclass(frozen=True, slots=True)
class CaseWords:
    """One thing that a case says in its languages: file of the case, key in it, text by language."""

    file: str
    key: str
    texts: Mapping[str, str | None]

    def problem(self, problem: str, hint: str) -> Problem:
        """Make a problem of it."""
        return Problem(self.file, 0, 0, f"{self.key}: {problem}", hint)


def case_words(edition: EditionView) -> Iterator[CaseWords]:
    """Walk over everything that the case says in its languages, texts aside."""
    for file, content in (
        ("case.toml", "case"),
        ("steps.toml", "steps"),
        ("recommendations.toml", "recommendations"),
        ("surveys/questions.toml", "questions"),
        ("images.toml", "images"),
    ):
        yield from _walk(file, "", edition.contents[content], frozenset(edition.languages))
    for name, texts in edition.lexicon.items():
        kind = name.partition(":")[0]
        if kind not in _ELSEWHERE:
            yield CaseWords(FILES.get(kind, LABELS), name, dict(texts))
    for table in edition.table_names:
        if table.startswith("evidence."):
            yield from _row_words(edition, table)


def _walk(file: str, key: str, content: Any, languages: frozenset[str]) -> Iterator[CaseWords]:
    if isinstance(content, Mapping):
        texts = content.values()
        if content and languages & content.keys() and all(isinstance(one, str | None) for one in texts):
            yield CaseWords(file, key, dict(content))
            return
        for name, inside in content.items():
            yield from _walk(file, f"{key}.{name}" if key else str(name), inside, languages)
    elif isinstance(content, list):
        for number, inside in enumerate(content, 1):
            name = inside.get("id", number) if isinstance(inside, Mapping) else number
            yield from _walk(file, f"{key}.{name}" if key else str(name), inside, languages)


def localised_columns(columns: list[str], languages: tuple[str, ...]) -> dict[str, list[str]]:
    """Find what a table says in each language: `title` for the columns `title_<language>`."""
    found: dict[str, list[str]] = {}
    for column in columns:
        name, mark, language = column.rpartition("_")
        if mark and name and language in languages:
            found.setdefault(name, []).append(language)
    return found


def _row_words(edition: EditionView, table: str) -> Iterator[CaseWords]:
    frame = edition.table(table)
    columns = localised_columns(frame.columns, edition.languages)
    last = table.partition(".")[2]
    for row in frame.iter_rows(named=True) if columns else ():
        place = row.get("id") or f"row {row.get('row', '?')}"
        for name in columns:
            texts = {language: row.get(f"{name}_{language}") for language in edition.languages}
            if any(texts.values()):
                yield CaseWords(_TABLE_FILES.get(last, f"{last}.csv"), f"{place}, {name}", texts)


def check_case_words(edition: EditionView) -> list[Problem]:
    """Find what the case does not say in each of its languages, and what holds no word."""
    problems = []
    for one in case_words(edition):
        for language in edition.languages:
            text = one.texts.get(language)
            if not text or not text.strip():
                problems.append(one.problem(f"not yet in language {language}", "translate it"))
            elif not has_words(text):
                problems.append(one.problem(f"{text!r} has no words (language {language})", "write it in words"))
    return problems
