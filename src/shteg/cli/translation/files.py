"""Files to translate: `messages/<language>.toml` and `words/<language>.toml`, completed with what they lack.

What is missing is added commented out, with the text to translate from; what is already there stays as it is.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from shteg.evidence.files.toml_positions import find_keys
from shteg.evidence.untranslated import Untranslated
from shteg.languages import Wanted

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ADDED = re.compile(r'# ("(?:[^"\\]|\\.)*"|[A-Za-z0-9_-]+) = "')
Table = tuple[str, ...]


def complete_messages(path: Path, language: str, missing: Sequence[Wanted]) -> None:
    """Write the messages that a language lacks into its file, commented out.

    Parameters
    ----------
    path : Path
        The file, there or not.
    language : str
        Its code, for the heading of a new file.
    missing : sequence of Wanted
        What is missing, in order.
    """
    heading = f"# Messages of shteg in language {language}: translate a line, and take away the mark before it.\n"
    text = path.read_text(encoding="utf-8") if path.is_file() else heading
    wanted: set[tuple[Table, str]] = {((), one.key) for one in missing}
    lines = _without(text.splitlines(), wanted)
    at = next((number for number, line in enumerate(lines) if line.startswith("[")), len(lines))
    new = [f"# {json.dumps(one.key)} = {_quoted(one.text)}" for one in missing]
    _write(path, [*lines[:at], *new, *([""] if at < len(lines) else []), *lines[at:]], text)


def complete_words(path: Path, language: str, missing: Sequence[Untranslated]) -> None:
    """Write the words of a case that lack a language into its file, commented out below the table they belong to.

    Parameters
    ----------
    path : Path
        The file, there or not.
    language : str
        Its code, for the heading of a new file.
    missing : sequence of Untranslated
        What is missing, in order.
    """
    heading = f"# What this case says, in language {language}: translate a line, and take away the mark before it.\n"
    text = path.read_text(encoding="utf-8") if path.is_file() else heading
    lines = _without(text.splitlines(), {(one.table, one.field) for one in missing})
    by_table: dict[Table, list[str]] = {}
    for one in missing:
        by_table.setdefault(one.table, []).append(f"# {_key(one.field)} = {_quoted(one.text)}")
    found = []
    for line, table in _tables(lines):
        found.append(line)
        if table is not None:
            found += by_table.pop(table, [])
    for table, new in by_table.items():
        found += ["", f"[{'.'.join(map(_key, table))}]", *new]
    _write(path, found, text)


def _write(path: Path, lines: Iterable[str], before: str) -> None:
    """Write a file if that changes what it says to no program: only comments and empty tables are new."""
    text = "\n".join(lines).rstrip("\n") + "\n"
    tomllib.loads(text)
    if text != before:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _tables(lines: Sequence[str]) -> Iterable[tuple[str, Table | None]]:
    """Give each line, with the path of the table that it opens."""
    places = find_keys("\n".join(lines) + "\n")
    opened = {line: path for path, (line, _) in places.items() if lines[line - 1].lstrip().startswith("[")}
    for number, line in enumerate(lines, 1):
        path = opened.get(number)
        yield line, None if path is None else tuple(map(str, path))


def _without(lines: Sequence[str], missing: set[tuple[Table, str]]) -> list[str]:
    """Take away the lines that an earlier run added for what is still missing."""
    kept: list[str] = []
    table: Table = ()
    for line, opened in _tables(lines):
        table = opened if opened is not None else table
        added = _ADDED.match(line)
        key = json.loads(added[1]) if added and added[1].startswith('"') else added[1] if added else None
        if key is None or (table, key) not in missing:
            kept.append(line)
    return kept


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
