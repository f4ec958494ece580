"""What a case does not say in a language yet: its words, key by key, whether the language is one of the case or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shteg.errors import CaseError, Problem
from shteg.evidence.files.case_languages import entry_name, file_path, spoken
from shteg.evidence.files.csv_tables import CsvTable
from shteg.evidence.files.draft import Draft
from shteg.evidence.files.schema import walk_record
from shteg.evidence.files.toml_positions import Path as Keys
from shteg.evidence.reading import read_draft
from shteg.evidence.records.base import Localised
from shteg.evidence.records.declarations import PerLanguage, Record, marked
from shteg.evidence.records.files import FILES, WAVE_FILES
from shteg.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Untranslated:
    """Words that a case says in another language only.

    Attributes
    ----------
    table : tuple of str
        The table of `words/<language>.toml` that they belong to: `("steps", "entry")`.
    field : str
        Their key in it.
    text : str
        What the case says, in the first of its languages that says it.
    file : str
        The file of the case that says it.
    """

    table: tuple[str, ...]
    field: str
    text: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language as a case has it: what it lacks, and the texts of the case by language and name."""

    language: Language
    words: tuple[Untranslated, ...]
    texts: Mapping[str, Mapping[str, str]]
    languages: tuple[str, ...]


def find_untranslated(folder: Path, code: str) -> Tongue:
    """List the words of a case that lack a language.

    Parameters
    ----------
    folder : Path
        The case folder.
    code : str
        The language, one of the case or not.

    Returns
    -------
    Tongue

    Raises
    ------
    CaseError
        case.toml cannot be read, or names no languages to translate from.
    """
    draft = read_draft(folder, also=code)
    if not draft.languages:
        problems = draft.folder.problems or [Problem("case.toml", 0, 0, "no languages are named", "name them")]
        raise CaseError(problems)
    order = [one for one in draft.languages if one != code]
    found = tuple(one for one in (*_of_tomls(draft, code, order), *_of_tables(draft, code, order)))
    texts = {language: dict(named) for language, named in draft.texts.items()}
    return Tongue(language=spoken(code, draft.messages), words=found, texts=texts, languages=tuple(order))


def _of_tomls(draft: Draft, code: str, order: Sequence[str]) -> Iterator[Untranslated]:
    specs = [(spec.path, spec.record) for spec in FILES]
    specs += [(spec.path.replace("<wave>", wave), spec.record) for wave in draft.waves for spec in WAVE_FILES]
    for name, record in specs:
        if name not in draft.tomls:
            continue
        raw = draft.tomls[name].raw
        for found in walk_record(record, raw):
            if found.form is Localised and isinstance(found.value, dict):
                *table, field = words_path(name, record, raw, found.path)
                text = _first(found.value, order)
                if text and not found.value.get(code) and not _given(draft, code, (*table, field)):
                    yield Untranslated(table=tuple(table), field=field, text=text, file=name)


def words_path(name: str, record: type[Record], raw: Any, path: Keys) -> tuple[str, ...]:
    """Give the path in a file of words of what stands at a path of a file of the case.

    Parameters
    ----------
    name : str
        The file of the case.
    record : type
        What it holds.
    raw : object
        The file as parsed.
    path : tuple of str and int
        Keys, and numbers in lists.

    Returns
    -------
    tuple of str
        Ids in the place of numbers.
    """
    base, found, inside = file_path(name), [], raw
    for part in path:
        found.append(entry_name(inside, part))
        inside = inside[part]
    if found[0] == base[-1] and base[-1] in record.model_fields:
        found = found[1:]
    return (*base, *found)


def _of_tables(draft: Draft, code: str, order: Sequence[str]) -> Iterator[Untranslated]:
    for name, table in draft.tables.items():
        for field in marked(table.spec.record, PerLanguage):
            yield from _of_column(draft, table, name, field, code, order)


def _of_column(
    draft: Draft, table: CsvTable, name: str, field: str, code: str, order: Sequence[str]
) -> Iterator[Untranslated]:
    for row in table.rows:
        texts = {language: row.cells.get(f"{field}_{language}", "").strip() for language in (*order, code)}
        place = (*file_path(name), " ".join(row.cells.get(key, "").strip() for key in table.spec.key))
        text = _first(texts, order)
        if text and not texts[code] and not _given(draft, code, (*place, field)):
            yield Untranslated(table=place, field=field, text=text, file=name)


def _first(texts: Mapping[str, Any], order: Sequence[str]) -> str:
    return next((str(texts[one]) for one in order if isinstance(texts.get(one), str) and texts[one]), "")


def _given(draft: Draft, code: str, path: tuple[str, ...]) -> bool:
    found: Any = draft.words[code].file.raw if code in draft.words else None
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return isinstance(found, str) and bool(found.strip())
