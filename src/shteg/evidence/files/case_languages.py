"""What a case says in a language beside its files: `messages/<language>.toml`, `words/<language>.toml`.

Messages add a language to the program, or complete one. Words stand under the file, the id and the field that they
belong to, `[steps.entry] title = "…"`, and count as if they stood there, in the key or column of that language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import CsvTable, Row
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.files.schema import strip_optional
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.files.toml_tables import TomlFile, parse_toml
from shteg.evidence.records.base import Localised, is_id
from shteg.evidence.records.declarations import PerLanguage, Record, marked
from shteg.hints import list_names, nearest
from shteg.languages import Given, Language, check_given
from shteg.languages.catalogue import TABLE

MESSAGES, WORDS = "messages", "words"
FOLDERS = (MESSAGES, WORDS)
"""Folders of a case that hold a file for each language that needs one."""


@dataclass(slots=True)
class WordsFile:
    """A file of words: `used` are the paths of the tables that belong to a file of the case."""

    language: str
    file: TomlFile
    used: set[Path] = field(default_factory=set)

    def below(self, name: str) -> tuple[Path, Any]:
        """Give path and content of what belongs to a file of the case, and note that it does."""
        path = file_path(name)
        found: Any = self.file.raw
        for part in path:
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None:
            self.used.add(path)
        return path, found

    def at(self, path: Path, problem: str, hint: str) -> Problem:
        """Make a problem that stands at a key of the file.

        Parameters
        ----------
        path : tuple of str and int
            The key; the nearest one above it if it is not there.
        problem, hint : str
            What is wrong, and how to mend it.

        Returns
        -------
        Problem
        """
        return Problem(self.file.name, *self.file.place(path), problem, hint)


def file_path(name: str) -> tuple[str, ...]:
    """Give the path under which the words of a file stand: `("surveys", "2025", "design")`."""
    return tuple(name.rpartition(".")[0].split("/"))


def read_languages(folder: CaseFolder) -> tuple[dict[str, Given], dict[str, WordsFile]]:
    """Read the messages and the words of a case, by language; problems go to the folder.

    Returns
    -------
    messages, words : dict
        Of every file that could be parsed; a table `[language]` that is damaged is left out.
    """
    messages, words = {}, {}
    for language, file in _files(folder, MESSAGES):
        messages[language] = _messages(folder, language, file)
    for language, file in _files(folder, WORDS):
        words[language] = WordsFile(language, file)
    return messages, words


def _files(folder: CaseFolder, kind: str) -> Iterator[tuple[str, TomlFile]]:
    hint = f"files stand in {kind}/, one for each language: {kind}/<language>.toml"
    if not folder.exists(kind) or not folder.is_folder(kind, hint):
        return
    for name in folder.names(kind):
        language = name.removesuffix(".toml")
        if language == name or not is_id(language):
            folder.report(f"{kind}/{name}", 0, 0, "this is not a file of a language", hint)
        elif (file := parse_toml(folder, f"{kind}/{name}")) is not None:
            yield language, file


def _messages(folder: CaseFolder, language: str, file: TomlFile) -> Given:
    """Make messages of a file; report what is no text, and what does not fit a message of the program."""
    places: dict[str, Path] = {}
    texts: dict[str, str] = {}
    for path, text in _leaves({key: inside for key, inside in file.raw.items() if key != TABLE}):
        key = ".".join(path)
        if not isinstance(text, str):
            folder.report(file.name, *file.place(path), f"`{key}` must be text", "put it between quotation marks")
        elif key in texts:
            folder.report(file.name, *file.place(path), f"`{key}` stands here twice", "keep one of the two")
        else:
            texts[key], places[key] = text, path
    table = file.raw.get(TABLE, {})
    if not isinstance(table, Mapping):
        folder.report(file.name, *file.place((TABLE,)), f"`{TABLE}` must be a table", f"write [{TABLE}]")
        table = {}
    given = Given(messages=texts, table=table)
    sound = True
    for where, problem, hint in check_given(language, given):
        folder.report(file.name, *file.place(places.get(where[0], where)), problem, hint)
        sound = sound and where[0] != TABLE
    return given if sound else Given(messages=texts)


def _leaves(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, inside in tree.items():
        if isinstance(inside, Mapping):
            yield from _leaves(inside, (*path, key))
        else:
            yield (*path, key), inside


# --- words of TOML files ----------------------------------------------------------------------------------------------


def add_words(raw: dict[str, Any], name: str, record: type[Record], words: WordsFile) -> list[Problem]:
    """Put the words of a language into a parsed TOML file, in place.

    Parameters
    ----------
    raw : dict
        The file as parsed.
    name : str
        The file, relative to the case.
    record : type
        What it must hold.
    words : WordsFile
        The words.

    Returns
    -------
    list of Problem
        Entries that belong nowhere, are no text, or stand in the file too.
    """
    path, found = words.below(name)
    if found is None:
        return []
    stem, place = path[-1], _Place(words, name, path)
    if stem not in record.model_fields or not isinstance(found, Mapping):
        return list(_inside(raw, record, found, place))
    ids = _entries(raw[stem]) if isinstance(raw.get(stem), dict | list) else {}
    apart = {key: one for key, one in found.items() if key in record.model_fields and key not in ids}
    rest = {key: one for key, one in found.items() if key not in apart}  # [steps.entry], not [steps.steps.entry]
    problems = list(_inside(raw, record, apart, place)) if apart else []
    return problems + (list(_add(raw, stem, record.model_fields[stem].annotation, rest, place)) if rest else [])


@dataclass(frozen=True, slots=True)
class _Place:
    words: WordsFile
    name: str
    path: Path

    def below(self, key: str) -> _Place:
        return _Place(self.words, self.name, (*self.path, key))

    def problem(self, problem: str, hint: str) -> Problem:
        return self.words.at(self.path, problem, hint)


def _add(parent: Any, key: str | int, annotation: Any, found: Any, place: _Place) -> Iterator[Problem]:
    """Put what is found at a key of a parsed file; a text whose table is not there yet gets one."""
    form = strip_optional(annotation)
    if form is Localised:
        yield from _add_text(parent, key, found, place)
        return
    inside = parent.get(key) if isinstance(parent, dict) else parent[key]
    if inside is None:
        yield place.problem(f"`{key}` is not in {place.name}", "add it there first, or remove these words")
    else:
        yield from _inside(inside, form, found, place)


def _inside(inside: Any, form: Any, found: Any, place: _Place) -> Iterator[Problem]:
    if not isinstance(found, Mapping):
        yield place.problem(f"`{place.path[-1]}` holds no text of its own", "name the field that the words are for")
        return
    form = strip_optional(form)
    origin = get_origin(form)
    if isinstance(form, type) and issubclass(form, BaseModel) and isinstance(inside, dict):
        known = [name for name, info in form.model_fields.items() if _holds_words(info.annotation)]
        for key, one in found.items():
            if key in known:
                yield from _add(inside, key, form.model_fields[key].annotation, one, place.below(key))
            else:
                yield _unknown(key, known, "field with words", place)
    elif origin in (dict, tuple) and isinstance(inside, dict | list):
        entries = _entries(inside)
        annotation = get_args(form)[1 if origin is dict else 0]
        for key, one in found.items():
            if key in entries:
                yield from _add(inside, entries[key], annotation, one, place.below(key))
            else:
                yield _unknown(key, list(entries), "id", place)
    elif not _holds_words(form):
        yield place.problem(f"`{place.path[-1]}` holds no words", "remove it")


def _entries(inside: dict[str, Any] | list[Any]) -> dict[str, str | int]:
    """Map the names of entries to their keys: by id, or by number from 1 where they have none."""
    if isinstance(inside, dict):
        return {key: key for key in inside}
    return {entry_name(inside, number): number for number in range(len(inside))}


def entry_name(inside: Any, key: str | int) -> str:
    """Name an entry as files of words do: a key by itself, one of a list by its id, or by its number from 1."""
    if isinstance(key, str):
        return key
    one = inside[key]
    return str(one["id"] if isinstance(one, dict) and isinstance(one.get("id"), str) else key + 1)


def _holds_words(annotation: Any) -> bool:
    form = strip_optional(annotation)
    if form is Localised:
        return True
    if isinstance(form, type) and issubclass(form, BaseModel):
        return any(_holds_words(info.annotation) for info in form.model_fields.values())
    return get_origin(form) in (dict, tuple) and any(_holds_words(one) for one in get_args(form) if one is not ...)


def _add_text(parent: Any, key: str | int, found: Any, place: _Place) -> Iterator[Problem]:
    language = place.words.language
    if not isinstance(found, str) or not found.strip():
        yield place.problem(f"`{key}` must be text", f"write its text in language {language} between quotation marks")
        return
    texts = parent.setdefault(key, {}) if isinstance(parent, dict) else parent[key]
    if not isinstance(texts, dict):
        return  # the file is told of it
    if language in texts:
        problem = f"`{key}` is given in language {language} in {place.name} too"
        yield place.problem(problem, "keep one of the two")
        return
    texts[language] = found


def _unknown(key: str, known: list[str], what: str, place: _Place) -> Problem:
    near = nearest(key, known)
    hint = f"did you mean `{near}`?" if near else list_names(known, "there are")
    return place.below(key).problem(f"`{key}` is no {what} of {place.name}", hint)


# --- words of CSV tables ----------------------------------------------------------------------------------------------


def add_cells(table: CsvTable, words: WordsFile) -> list[Problem]:
    """Put the words of a language into the cells of a table, in columns that it has or that are added.

    Parameters
    ----------
    table : CsvTable
        As read.
    words : WordsFile
        The words, under the file and what tells its rows apart: `[chronicle.independence]`.

    Returns
    -------
    list of Problem
        Entries that belong to no row or column, are no text, or stand in the table too.
    """
    fields = tuple(marked(table.spec.record, PerLanguage))
    if not fields:  # a TOML file may have the same name: `comparisons`
        return []
    path, found = words.below(table.name)
    if found is None:
        return []
    place = _Place(words, table.name, path)
    if not isinstance(found, Mapping):
        return [place.problem(f"`{path[-1]}` is a table of rows", "name the row, and the field the words are for")]
    columns = tuple(f"{name}_{words.language}" for name in fields)
    table.header += tuple(one for one in columns if one not in table.header)
    rows = {" ".join(row.cells.get(name, "").strip() for name in table.spec.key): row for row in table.rows}
    for row in table.rows:
        row.cells |= {one: "" for one in columns if one not in row.cells}
    problems = []
    for name, texts in found.items():
        if name not in rows:
            problems.append(_unknown(name, list(rows), "row", place))
        elif not isinstance(texts, Mapping):
            problems.append(place.below(name).problem(f"`{name}` is a row", "name the field that the words are for"))
        else:
            problems += _fill(rows[name], texts, fields, place.below(name))
    return problems


def _fill(row: Row, texts: Mapping[str, Any], fields: tuple[str, ...], place: _Place) -> Iterator[Problem]:
    language = place.words.language
    for name, text in texts.items():
        column = f"{name}_{language}"
        if name not in fields:
            yield _unknown(name, list(fields), "field with words", place)
        elif not isinstance(text, str) or not text.strip():
            yield place.below(name).problem(f"`{name}` must be text", f"write its text in language {language}")
        elif row.cells[column].strip():
            problem = f"`{name}` is given in language {language} in {place.name}, line {row.line}, too"
            yield place.below(name).problem(problem, "keep one of the two")
        else:
            row.cells[column] = text


def unused_words(words: WordsFile, files: Iterator[str] | tuple[str, ...]) -> Iterator[Problem]:
    """Find tables of a file of words that belong to no file of the case."""
    known = {file_path(name): name for name in files}

    def walk(path: tuple[str, ...], inside: Any) -> Iterator[Problem]:
        if path in words.used:
            return
        if isinstance(inside, Mapping) and any(one[: len(path)] == path for one in known if len(one) > len(path)):
            for key, below in inside.items():
                yield from walk((*path, key), below)
            return
        names = [".".join(one) for one in known]
        near = nearest(".".join(path), names)
        hint = f"did you mean [{near}]?" if near else "words stand under the name of a file of the case"
        yield words.at(path, f"`{'.'.join(path)}` is no file of this case that holds words", hint)

    for key, inside in words.file.raw.items():
        yield from walk((key,), inside)


def spoken(code: str, messages: Mapping[str, Given]) -> Language:
    """Give a language with the messages of the case."""
    return Language(code, messages[code]) if code in messages else Language(code)
