"""The address of a table or a query in a DuckDB database: `duckdb://wave.duckdb?table=answers`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

SCHEME = "duckdb://"
IN_MEMORY = ":memory:"
DATABASE_SUFFIXES = (".duckdb", ".ddb")
"""What DuckDB files are called: such a name alone is an address too, of the only table."""

_ASKED = re.compile(r"\?(table|query)=(.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAddress:
    """Where a table of respondents stands in a DuckDB database.

    Parameters
    ----------
    path : str
        Of the database file; `:memory:` for a query that reads files by itself.
    table : str or None
        A table or view, `schema.table` where it stands in a schema.
    query : str or None
        One SELECT, in the words of DuckDB. Without both, the only table is meant.
    """

    path: str
    table: str | None = None
    query: str | None = None

    @property
    def in_memory(self) -> bool:
        """True of a query that reads files by itself."""
        return self.path == IN_MEMORY

    @property
    def name(self) -> str:
        """What errors call it: the name of the file."""
        return self.path if self.in_memory else re.split(r"[/\\]", self.path)[-1]


def is_address(text: str) -> bool:
    """Tell whether a text is an address of a database rather than a name of a file of answers."""
    return text.lower().startswith(SCHEME)


def is_database(text: str) -> bool:
    """Tell whether a text is an address, or the name of a DuckDB file."""
    return is_address(text) or text.lower().endswith(DATABASE_SUFFIXES)


def read_address(text: str) -> DatabaseAddress:
    """Take an address apart.

    A query stands as it is (`?query=SELECT q1, w FROM answers`); one without any blank may be written with percent
    signs, as addresses on the web are (`SELECT%20q1`).

    Parameters
    ----------
    text : str
        For which `is_database` holds.

    Returns
    -------
    DatabaseAddress
        Its path may be blank where none was given.
    """
    if not is_address(text):
        return DatabaseAddress(path=text)
    rest = text[len(SCHEME) :]
    found = _ASKED.search(rest)
    path = rest[: found.start()] if found else rest
    if path in (IN_MEMORY, "/" + IN_MEMORY):
        path = IN_MEMORY
    if found is None:
        return DatabaseAddress(path=path)
    asked = found[2] if re.search(r"\s", found[2]) else unquote(found[2])
    if found[1] == "table":
        return DatabaseAddress(path=path, table=asked)
    return DatabaseAddress(path=path, query=asked)


def data_name(text: str) -> str:
    """Give the name of the file or folder that the key `data` of design.toml means."""
    return read_address(text).path if is_address(text) else text
