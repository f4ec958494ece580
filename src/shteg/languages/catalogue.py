"""Messages as files hold them: flat keys with their texts, and the table `[language]` beside them.

The package has a folder of files for each of its languages (`report/messages/<language>/`), a case one file
(`messages/<language>.toml`). A name of a column (`column.…`) may mean another thing in the table of another stage:
where files of the package differ, its key is followed by the stage, `column.low@evaluation`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from shteg.errors import UsageError

TABLE = "language"
"""The table of a file that says how the language writes: no message."""
COLUMN = "column."
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a file of messages holds.

    Attributes
    ----------
    messages : mapping
        Text by key.
    table : mapping
        The table `[language]`, as parsed.
    """

    messages: Texts = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Given()


def read_given(tree: Mapping[str, Any]) -> Given:
    """Divide a parsed file into its messages, keys made flat, and the table `[language]`."""
    table = tree.get(TABLE, {})
    rest = {key: found for key, found in tree.items() if key != TABLE}
    return Given(messages=flat(rest), table=table if isinstance(table, Mapping) else {})


def flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Write nested tables as keys with points."""
    found: dict[str, str] = {}
    for key, inside in tree.items():
        if isinstance(inside, Mapping):
            found |= flat(inside, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = str(inside)
    return found


@cache
def package_languages() -> tuple[str, ...]:
    """List the languages that the package has messages in."""
    folder = resources.files("shteg") / "report" / "messages"
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("_")))


@cache
def package_files(language: str) -> Mapping[str, Given]:
    """Read every file of a language of the package, by name without suffix; empty if it has none.

    Raises
    ------
    UsageError
        A file is damaged.
    """
    if language not in package_languages():
        return MappingProxyType({})
    folder = resources.files("shteg") / "report" / "messages" / language
    found = {}
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if not path.name.endswith(".toml"):
            continue
        try:
            found[path.name[:-5]] = read_given(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                f"damaged messages: {error}", "mend the file", f"messages/{language}/{path.name}"
            ) from error
    return MappingProxyType(found)


@cache
def package_given(language: str) -> Given:
    """Join the files of a language of the package; where two hold a key, the first file by name counts."""
    messages: dict[str, str] = {}
    table: dict[str, Any] = {}
    apart = _columns_apart()
    for name, given in package_files(language).items():
        table |= given.table
        for key, text in given.messages.items():
            messages.setdefault(key, text)
            if (name, key) in apart:
                messages[f"{key}@{name}"] = text
    return Given(messages=messages, table=table)


@cache
def _columns_apart() -> frozenset[tuple[str, str]]:
    """List the columns, with their file, whose name differs from that in the first file, in any language."""
    found = set()
    for language in package_languages():
        first: dict[str, str] = {}
        for name, given in package_files(language).items():
            for key, text in given.messages.items():
                if key.startswith(COLUMN) and first.setdefault(key, text) != text:
                    found.add((name, key))
    return frozenset(found)
