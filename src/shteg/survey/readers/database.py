"""A table or a query of a DuckDB database as answers: opened for reading only, nothing beside it is touched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from shteg.errors import DesignError, UsageError
from shteg.evidence.files.data_address import SCHEME, DatabaseAddress
from shteg.hints import list_names, suggest
from shteg.survey.readers.responses import Responses, as_text, at_column, require_one_name

MEMORY_LIMIT = "1GiB"
"""What DuckDB may take for a query; what is larger is sorted and joined on disk."""
BATCH_ROWS = 1 << 16

_MAGIC = b"DUCK"
_PLAIN: dict[str, pl.DataType] = {
    "boolean": pl.Boolean(),
    "tinyint": pl.Int8(),
    "smallint": pl.Int16(),
    "integer": pl.Int32(),
    "bigint": pl.Int64(),
    "utinyint": pl.UInt8(),
    "usmallint": pl.UInt16(),
    "uinteger": pl.UInt32(),
    "ubigint": pl.UInt64(),
    "float": pl.Float32(),
    "double": pl.Float64(),
    "varchar": pl.String(),
    "date": pl.Date(),
    "time": pl.Time(),
    "timestamp": pl.Datetime("us"),
    "timestamp_ns": pl.Datetime("ns"),
}
"""Types that come over as they are."""
_NO_ANSWERS = ("list", "array", "struct", "map", "union", "blob", "geometry", "variant")
_ONE_VALUE = "leave the column out, or take one value from it, by a query: {}FILE?query=SELECT q1, w FROM answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the result: its name, how it is selected, and its type here; no type where it holds no answers."""

    name: str
    expression: str
    kind: pl.DataType | None
    declared: str


class DatabaseQuery:
    """A table or a query of a database, not run before something is asked of it.

    Parameters
    ----------
    address : DatabaseAddress

    Raises
    ------
    UsageError
        DuckDB is not installed.
    DesignError
        There is no such file, table or column; the query is no SELECT, or fails.
    """

    def __init__(self, address: DatabaseAddress) -> None:
        require_duckdb()
        require_database(address)
        self.address = address
        self.name = address.name
        with self._opened() as connection:
            self._query = self._written(connection)
            self.columns = self._described(connection)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns that hold answers, with their types."""
        return {column.name: column.kind for column in self.columns if column.kind is not None}

    def batches(self, names: Sequence[str] | None = None, rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
        """Run the query and give its rows, some at a time, in the order in which the database gives them.

        Parameters
        ----------
        names : sequence of str, optional
            Columns to give; default: all.
        rows : int
            Of a batch, about.

        Yields
        ------
        polars.DataFrame

        Raises
        ------
        DesignError
            The query fails, or a column holds no answers.
        """
        known = {column.name: column for column in self.columns}
        chosen = [known[name] for name in (known if names is None else names)]
        schema = {column.name: self._kind(column) for column in chosen}
        written = ", ".join(f"{one.expression} AS {quoted(one.name)}" for one in chosen)
        with self._opened() as connection:
            relation = connection.sql(f"SELECT {written} FROM ({self._query}\n) AS answers")
            reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader
            empty = True
            for batch in reader(rows):
                empty = False
                yield _typed(pl.DataFrame(batch), schema)
            if empty:
                yield pl.DataFrame(schema=schema)

    def lazy(self) -> pl.LazyFrame:
        """Give the rows as a query of Polars, which asks for the columns that it needs, batch by batch."""
        from polars.io.plugins import register_io_source

        kinds = {one.name: one.kind or pl.Binary() for one in self.columns}  # who asks for no answers is told so

        def source(
            names: list[str] | None, predicate: pl.Expr | None, most: int | None, rows: int | None
        ) -> Iterator[pl.DataFrame]:
            wanted = list(kinds) if names is None else names or list(kinds)[:1]
            for batch in self.batches(wanted, rows or BATCH_ROWS):
                frame = batch if most is None else batch.head(most)
                most = None if most is None else most - frame.height
                yield frame if predicate is None else frame.filter(predicate)
                if most == 0:
                    return

        return register_io_source(source, schema=kinds)

    def _kind(self, column: Column) -> pl.DataType:
        if column.kind is None:
            problem = f"a column of {column.declared} holds no answers"
            raise DesignError(problem, _ONE_VALUE.format(SCHEME), at_column(self.name, column.name))
        return column.kind

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """Open the database for reading: no other file, no extension, one thread, so that rows keep their order."""
        import duckdb

        address = self.address
        settings: dict[str, str | bool | int | float | list[str]] = {
            "enable_external_access": "true" if address.in_memory else "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "threads": "1",
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(Path(tempfile.gettempdir()) / f"shteg-duckdb-{os.getpid()}"),
            "lock_configuration": "true",
        }
        try:
            connection = duckdb.connect(address.path, read_only=not address.in_memory, config=settings)
            try:
                yield connection
            finally:
                connection.close()
        except duckdb.Error as error:
            raise self._explained(error) from error

    def _written(self, connection: Any) -> str:
        """Give the one SELECT to run, without a semicolon at its end."""
        import duckdb

        if self.address.query is None:
            return f"SELECT * FROM {self._table(connection)}"
        statements = connection.extract_statements(self.address.query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            problem = "the query is no SELECT" if len(statements) == 1 else f"{len(statements)} statements are no query"
            raise DesignError(problem, "give one SELECT: a query reads, and changes nothing", f"{self.name}, query")
        return str(statements[0].query).strip().rstrip(";")

    def _table(self, connection: Any) -> str:
        """Give the quoted name of the table that is meant."""
        rows = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary "
            "UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary"
        ).fetchall()
        found = sorted(rows, key=lambda one: (one[0] != "main", *one))
        names = [table if schema == "main" else f"{schema}.{table}" for schema, table in found]
        there_are = list_names(names, "the tables are", "it has no table at all")
        wanted = self.address.table
        if wanted is None:
            if len(names) != 1:
                hint = f"name one, as in {SCHEME}{self.name}?table=NAME; {there_are}"
                raise DesignError(f"the database has {len(names)} tables", hint, self.name)
            return ".".join(map(quoted, found[0]))
        for (schema, table), name in zip(found, names, strict=True):
            if wanted.lower() in (name.lower(), f"{schema}.{table}".lower()):
                return f"{quoted(schema)}.{quoted(table)}"
        raise DesignError(f"the database has no table {wanted!r}", suggest(wanted, names, there_are), self.name)

    def _described(self, connection: Any) -> tuple[Column, ...]:
        found = connection.sql(self._query)
        names = require_one_name(found.columns, self.name)
        columns = zip(names, found.columns, found.types, strict=True)
        return tuple(_column(name, quoted(raw), kind) for name, raw, kind in columns)

    def _explained(self, error: Exception) -> DesignError:
        """Say in words of ours what DuckDB refused."""
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        place = self.name if self.address.query is None else f"{self.name}, query"
        for mark, hint in _HINTS.items():
            if mark in str(error).lower():
                return DesignError(f"the database says: {said}", hint, place)
        hint = "check the query" if self.address.query else "open it in DuckDB, and copy or export it again"
        return DesignError(f"the database says: {said}", hint, place)


_HINTS = {
    "disabled by configuration": "a query of a database file reads the tables of that file and nothing else; to read "
    "other files on the command line or in Python, write duckdb:///:memory:?query=SELECT …",
    "could not set lock": "another program has the file open for writing: close it there",
    "different configuration": "close the connection to this file that is open in this program",
    "version number": "the file was written by another DuckDB: upgrade with pip install --upgrade 'shteg[duckdb]'",
    "out of memory": "select fewer columns, or leave out ORDER BY and joins: write the result to a table first",
    "not a valid duckdb": "give a file that DuckDB wrote, or copy it again",
    "does not exist": "check the names of tables, columns and files in the query",
    "no files found": "check the names of the files in the query",
}


def read_database(path: str, table: str | None, query: str | None) -> Responses:
    """Read a table or a query whole, as codes.

    Parameters
    ----------
    path, table, query : as there
        See `DatabaseAddress`.

    Returns
    -------
    Responses

    Raises
    ------
    DesignError
        As `DatabaseQuery`; a column holds lists, tables or bytes.
    """
    found = DatabaseQuery(DatabaseAddress(path=path, table=table, query=query))
    frame = pl.concat(list(found.batches()))
    return Responses(frame=as_text(frame, found.name), name=found.name)


def require_duckdb() -> None:
    """Raise a UsageError if DuckDB, or what hands its rows over, is not installed."""
    for module in ("duckdb", "pyarrow"):
        if find_spec(module) is None:
            raise UsageError(f"{module} is not installed", "install it with: pip install 'shteg[duckdb]'", "duckdb")


def require_database(address: DatabaseAddress) -> None:
    """Refuse an address whose file is not there or is no DuckDB file, and one that asks for nothing.

    Raises
    ------
    DesignError
    """
    form = f"write {SCHEME}FILE?table=NAME or {SCHEME}FILE?query=SELECT …"
    for asked, wanted in ((address.table, "table"), (address.query, "query")):
        if asked is not None and not asked.strip():
            raise DesignError(f"the address names no {wanted}", form, address.name)
    if address.in_memory:
        if address.query is None:
            raise DesignError("a database in memory has no tables", form, address.name)
        return
    path = Path(address.path)
    if not address.path or not path.is_file():
        what = "this is a folder, and a database is expected" if path.is_dir() and address.path else None
        bare = address.path.lstrip("/")
        near = f"if you mean a file beside, write {SCHEME}{bare}" if bare and Path(bare).is_file() else form
        raise DesignError(what or "there is no such database", near, address.name or SCHEME)
    try:
        with path.open("rb") as file:
            start = file.read(12)
    except OSError as error:
        problem = f"the file cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise DesignError(problem, "check its permissions", address.name) from error
    if start[8:] != _MAGIC:
        raise DesignError(
            "the file is no DuckDB database", "give a file that DuckDB wrote, or copy it again", path.name
        )


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def _column(name: str, raw: str, kind: Any) -> Column:
    """Choose how a column comes over; a length of time as its seconds, what is larger than 64 bits as text."""
    declared, family = str(kind), str(kind.id)
    plain = _PLAIN.get(family)
    if plain is not None:
        return Column(name=name, expression=raw, kind=plain, declared=declared)
    if family in _NO_ANSWERS:
        return Column(name=name, expression=raw, kind=None, declared=declared)
    if family == "enum":
        levels = next(values for what, values in kind.children if what == "values")
        return Column(name=name, expression=f"CAST({raw} AS VARCHAR)", kind=pl.Enum(levels), declared=declared)
    if family == "decimal":
        sizes = dict(kind.children)
        decimal = pl.Decimal(int(sizes["precision"]), int(sizes["scale"]))
        return Column(name=name, expression=raw, kind=decimal, declared=declared)
    written, other = _REWRITTEN.get(family, ("CAST({} AS VARCHAR)", pl.String()))
    return Column(name=name, expression=written.format(raw), kind=other, declared=declared)


_REWRITTEN: dict[str, tuple[str, pl.DataType]] = {
    "interval": ("epoch({})", pl.Float64()),
    "timestamp_s": ("CAST({} AS TIMESTAMP)", pl.Datetime("us")),
    "timestamp_ms": ("CAST({} AS TIMESTAMP)", pl.Datetime("us")),
    "timestamp with time zone": ("make_timestamp(epoch_us({}))", pl.Datetime("us", "UTC")),
}


def _typed(frame: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Give the columns the types that were announced."""
    zones = [name for name, kind in schema.items() if isinstance(kind, pl.Datetime) and kind.time_zone]
    return frame.with_columns(pl.col(name).dt.replace_time_zone("UTC") for name in zones).cast(pl.Schema(schema))
