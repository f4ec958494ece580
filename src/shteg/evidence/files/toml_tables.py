"""TOML files of a case: read, checked against their record, with the place of every key."""

import datetime
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from shteg.evidence.files.explain_invalid import explain
from shteg.evidence.files.folder import CaseFolder, find_control_character, place_in
from shteg.evidence.files.schema import walk_record
from shteg.evidence.files.toml_positions import Path, find_keys, too_deep
from shteg.evidence.records.declarations import Record

NESTING_LIMIT = 32
"""Deepest nesting of brackets and dotted keys; the deepest record of a case needs six."""
_SYNTAX_HINT = 'a line reads `key = "text"`, `key = 12` or `[table]`; text stands between quotation marks'
_BARE_MONTH = re.compile(r"=\s*(\d{4}-\d{2}(?:/[\d-]+)?)\s*(?:#.*)?$")
_TWICE = re.compile(r"Cannot (overwrite|declare|mutate|redefine)|Duplicate inline")


@dataclass
class TomlFile:
    """A TOML file: `raw` as parsed, `record` if it is valid, and where its keys stand."""

    name: str
    text: str
    raw: dict[str, Any]
    record: Record | None = None
    _places: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Path) -> tuple[int, int]:
        """Give line and column of a key, or of the nearest one above it."""
        if not self._places:
            self._places = find_keys(self.text)
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path, (1, 1))


def parse_toml(folder: CaseFolder, name: str) -> TomlFile | None:
    """Read a TOML file as it is; every problem goes to the folder.

    Parameters
    ----------
    folder : CaseFolder
        The case.
    name : str
        The file, relative to it.

    Returns
    -------
    TomlFile or None
        None if nothing could be parsed.
    """
    text = folder.read_text(name)
    if text is None:
        return None
    text = text.replace("\r\n", "\n")
    raw = _parse(folder, name, text)
    if raw is None:
        return None
    found = TomlFile(name=name, text=text, raw=raw)
    _report_hidden(folder, found, raw, ())
    return found


def read_toml(
    folder: CaseFolder,
    name: str,
    record: type[Record],
    complete: Callable[[dict[str, Any]], None] | None = None,
) -> TomlFile | None:
    """Read a TOML file into its record; every problem goes to the folder.

    Parameters
    ----------
    folder : CaseFolder
        The case.
    name : str
        The file, relative to it.
    record : type
        What it must hold.
    complete : callable, optional
        Puts into the parsed file what stands elsewhere, before it is made a record.

    Returns
    -------
    TomlFile or None
        None if nothing could be parsed; without `record` if it is not valid.
    """
    found = parse_toml(folder, name)
    if found is None:
        return None
    if complete is not None:
        complete(found.raw)
    told: set[Path] = set()
    try:
        found.record = record.model_validate_json(json.dumps(found.raw, default=_plain), strict=True)
    except ValidationError as errors:
        for path, problem, hint in explain(record, errors):
            told.add(path)
            folder.report(name, *found.place(path), problem, hint)
    _report_dates(folder, found, record, told)
    return found


def _report_dates(folder: CaseFolder, file: TomlFile, record: type[Record], told: set[Path]) -> None:
    """Report days and times where text is wanted: as JSON, which the record reads, they would pass for text."""
    for path, form, value, _ in walk_record(record, file.raw):
        if form is str and isinstance(value, datetime.date | datetime.time) and path not in told:
            file.record = None
            problem = f"`{path[-1]}` must be text, not a {'time' if isinstance(value, datetime.time) else 'date'}"
            folder.report(file.name, *file.place(path), problem, f'put it between quotation marks: "{value}"')


def _parse(folder: CaseFolder, name: str, text: str) -> dict[str, Any] | None:
    offset = too_deep(text, NESTING_LIMIT)
    if offset is not None:
        problem = f"brackets or dotted keys are nested more than {NESTING_LIMIT} deep"
        folder.report(name, *place_in(text, offset), problem, "no table of a case is so deep: simplify it")
        return None
    try:
        raw = tomllib.loads(text)
        json.dumps(raw, default=_plain)
    except tomllib.TOMLDecodeError as error:
        _report_syntax(folder, name, text, str(error))
    except ValueError as error:  # a number of thousands of digits
        folder.report(name, 0, 0, f"a value cannot be read: {error}", "write a shorter number")
    except RecursionError:
        folder.report(name, 0, 0, "tables are nested too deep to be read", "no table of a case is so deep: simplify it")
    else:
        return raw
    return None


def _report_syntax(folder: CaseFolder, name: str, text: str, message: str) -> None:
    place = re.search(r"at line (\d+), column (\d+)", message)
    line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 1)
    said = re.sub(r" \(at [^()]*\)$", "", message)
    written = text.split("\n")[line - 1]
    if _TWICE.match(said):
        folder.report(name, line, column, "this key or table stands here a second time", "keep one of the two")
    elif month := _BARE_MONTH.search(written):
        hint = f'put it between quotation marks: "{month[1]}"'
        folder.report(name, line, column, "a month without a day is text in TOML", hint)
    elif "date" in said.lower():
        folder.report(name, line, column, "this is not a day that exists", "write YYYY-MM-DD")
    else:
        said = f"this is not TOML: {said[:1].lower()}{said[1:]}"
        folder.report(name, line, column, said, _SYNTAX_HINT)


def _plain(value: Any) -> str:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a TOML value")


def _report_hidden(folder: CaseFolder, file: TomlFile, value: Any, path: Path) -> None:
    """Report control characters in keys and values, in the order of the file; however deep they stand."""
    waiting: list[tuple[Any, Path]] = [(value, path)]
    while waiting:
        one, at = waiting.pop()
        if isinstance(one, dict):
            waiting += [(part, (*at, key)) for key, inner in reversed(one.items()) for part in (inner, key)]
        elif isinstance(one, list):
            waiting += [(inner, (*at, number)) for number, inner in reversed(list(enumerate(one)))]
        elif isinstance(one, str) and (hidden := find_control_character(one)):
            problem = f"control character U+{ord(hidden[0]):04X}"
            hint = "delete it: it cannot be seen, and must not be published"
            folder.report(file.name, *file.place(at), problem, hint)
