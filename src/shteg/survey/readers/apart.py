"""Reading a file that may be damaged or hostile in a process of its own, with bounds on memory and time.

The libraries that read binary files are written in C and Rust: a flipped bit can end the process that reads it, or make
it ask for all the memory there is. Here only a child process is ended, and the person is told which file did it. The
child hands its result back through a file without a name, as JSON and Arrow; nothing it writes is run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
import polars as pl

from shteg.errors import DesignError, ShtegError
from shteg.evidence.files.data_address import IN_MEMORY, DatabaseAddress
from shteg.survey.readers.database import require_database, require_duckdb
from shteg.survey.readers.partitions import find_partitions
from shteg.survey.readers.responses import Declared, MultipleSet, Responses, damaged
from shteg.survey.readers.transport import LINES, NO_ROOM, NOT_SET_UP, OUT_OF_MEMORY, Rows, read_head

SECONDS, SECONDS_PER_MEGABYTE = 60.0, 10.0
"""How long a file may take: so long, and so much longer for each megabyte of it."""
LEAST_MEMORY, MEMORY_PER_BYTE = 4 * 2**30, 100
"""Bytes of memory that the child may have at least, and for each byte of the file; never more than the machine has."""
SIZE_IN_MEMORY = 64 * 2**20
"""What a query that reads files by itself counts as, in bytes."""

ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What an encrypted workbook (and one of Excel 97) begins with."""

_NO_MEMORY = ("memory allocation", "memoryerror", "cannot allocate memory")
"""What a process says at its end when no memory is left."""

_PACKAGE = Path(__file__).parents[2]
_START = """
import json, sys, types
search, package, request = map(json.loads, sys.argv[1:])
sys.path[:] = search
for name, folder in (("shteg.survey", "survey"), ("shteg.survey.readers", "survey/readers")):
    module = types.ModuleType(name)  # stands for the package, whose own code loads the whole engine
    module.__path__ = [package + "/" + folder]
    sys.modules[name] = module
from shteg.survey.readers.reader_process import main
main(request)
"""


def read_apart(kind: str, path: Path, encoding: str | None = None, *, twice: bool = False) -> Responses:
    """Read a data file in a process of its own.

    Parameters
    ----------
    kind : str
        "sav", "dta", "xlsx", "parquet" or "parquets" (a folder or a pattern).
    path : Path
    encoding : str, optional
        Of the texts in an SPSS or Stata file.
    twice : bool
        Two columns of a workbook may have one heading.

    Returns
    -------
    Responses

    Raises
    ------
    DesignError
        What the reader found wrong with the file; or reading it ended the process, took too long or too much memory.
    """
    request = {"kind": kind, "path": str(path.absolute()), "encoding": encoding, "twice": twice}
    return _responses_of(request, path)


def query_apart(address: DatabaseAddress) -> Responses:
    """Read a table or a query of a DuckDB database in a process of its own.

    Parameters
    ----------
    address : DatabaseAddress

    Returns
    -------
    Responses

    Raises
    ------
    DesignError
        As `DatabaseQuery`; or the query took too long or too much memory.
    UsageError
        DuckDB is not installed.
    """
    require_duckdb()
    require_database(address)
    path = address.path if address.in_memory else str(Path(address.path).absolute())
    request = {"kind": "duckdb", "path": path, "table": address.table, "query": address.query}
    return _responses_of(request, Path(address.name if address.in_memory else address.path))


def _responses_of(request: dict[str, Any], path: Path) -> Responses:
    with _result(request, path) as file:
        head = read_head(file)
        frame = pl.read_ipc_stream(BytesIO(file.read()))  # Polars before 1.41 reads no open file here
    lines = frame[LINES].to_numpy() if LINES in frame.columns else None
    return Responses(
        frame=frame.drop(LINES, strict=False),
        labels=head["labels"],
        value_labels=head["value_labels"],
        missing={column: tuple(codes) for column, codes in head["missing"].items()},
        name=path.name,
        lines=lines,
        sets={
            name: MultipleSet(label=label, kind=kind, counted=counted, columns=tuple(columns))
            for name, (label, kind, counted, columns) in head["sets"].items()
        },
        declared={
            name: Declared(measure=measure, text=text, ranges=tuple((low, high) for low, high in ranges))
            for name, (measure, text, ranges) in head["declared"].items()
        },
        notes=tuple(head["notes"]),
    )


def rows_apart(path: Path) -> dict[str, Rows]:
    """Read the cells of all sheets of a workbook, hidden or not, in a process of its own; raises as `read_apart`.

    None stands where a cell is blank; a row ends with its last filled cell, and rows below the last are not given.
    """
    with _result({"kind": "rows", "path": str(path.absolute()), "encoding": None}, path) as file:
        found: dict[str, Rows] = read_head(file)["sheets"]
        return found


def tables_apart(path: Path) -> dict[str, Responses]:
    """Read every sheet of a workbook that is shown and holds something, each as a table; raises as `read_apart`."""
    with _result({"kind": "tables", "path": str(path.absolute()), "encoding": None}, path) as file:
        tables = read_head(file)["tables"]
    return {
        sheet: Responses(
            frame=pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String)),
            name=path.name,
            lines=np.array(lines, dtype=np.int64),
        )
        for sheet, (names, columns, lines) in tables.items()
    }


@contextmanager
def _result(asked: dict[str, Any], path: Path) -> Iterator[IO[bytes]]:
    """Run the child; give what it wrote, or raise what it found."""
    if asked["kind"] in ("xlsx", "rows", "tables"):
        _refuse_password(path)
    size = _size(path)
    seconds = SECONDS + SECONDS_PER_MEGABYTE * size / 2**20
    memory = _memory(size)
    request = {**asked, "memory": memory, "seconds": seconds}
    with ExitStack() as files:
        try:
            out, said = (files.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        except OSError as error:
            raise _no_room(path) from error
        code = _run(request, path, out, said, seconds)
        if code != 0:
            said.seek(0)
            raise _ended(path, code, said.read()[-4000:].decode("utf-8", errors="replace"), memory)
        out.seek(0)
        head = read_head(out)
        if "refused" in head:
            raise DesignError(*head["refused"])
        if "unreadable" in head:
            raise damaged(path, head["unreadable"])
        out.seek(0)
        yield out


def _refuse_password(path: Path) -> None:
    """Raise a DesignError if the workbook is encrypted, or cannot be opened at all."""
    try:
        with path.open("rb") as file:
            encrypted = file.read(8) == ENCRYPTED
    except OSError as error:
        raise DesignError("the file cannot be read", "check its name and its permissions", path.name) from error
    if encrypted:
        hint = "save it without a password, as .xlsx"
        raise DesignError("the workbook is protected by a password (or older than .xlsx)", hint, path.name)


def _run(request: dict[str, Any], path: Path, out: IO[bytes], said: IO[bytes], seconds: float) -> int:
    root = _PACKAGE.parent
    search = [str(root), *(entry for entry in sys.path if entry and Path(entry).is_absolute())]
    words = [json.dumps(one) for one in (search, str(_PACKAGE), request)]
    try:
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, *words], stdin=subprocess.PIPE, stdout=out, stderr=said
        )
    except OSError as error:
        problem = f"the process that reads binary files cannot be started: {error.strerror or error}"
        raise DesignError(problem, "save the data as CSV, which needs none", path.name) from error
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        problem = f"the file could not be read in {seconds:.0f} seconds"
        raise DesignError(problem, "copy or export it again; save a large one as CSV", path.name) from None
    finally:  # also where the person presses Ctrl-C
        child.kill()
        child.wait()
        if child.stdin is not None:
            child.stdin.close()


def _size(path: Path) -> int:
    """Bytes to read: of a file, of the Parquet files of a folder or a pattern; a query in memory may read anything."""
    if path.is_file():
        return path.stat().st_size
    if path.name == IN_MEMORY:
        return SIZE_IN_MEMORY
    return sum(file.stat().st_size for file in find_partitions(path))


def _memory(size: int) -> int:
    wanted = max(LEAST_MEMORY, MEMORY_PER_BYTE * size)
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on this system
        return wanted
    return min(wanted, there)


def _ended(path: Path, code: int, said: str, memory: int) -> ShtegError:
    """What the end of a child says about the file it read."""
    if code == NO_ROOM:
        return _no_room(path)
    if code == OUT_OF_MEMORY or any(words in said.lower() for words in _NO_MEMORY):
        problem = f"reading the file takes more than {memory / 2**30:.2g} GiB of memory"
        return DesignError(problem, "the file may be damaged: export it again; save a large one as CSV", path.name)
    if code == NOT_SET_UP:
        problem = f"the reader of such files cannot be loaded: {_last_line(said)}"
        return DesignError(problem, "install shteg again, with all it needs", path.name)
    return damaged(path, f"reading it ended the process that did ({code})")


def _no_room(path: Path) -> DesignError:
    hint = f"free room on the disk that holds {tempfile.gettempdir() if tempfile.tempdir else 'temporary files'}"
    return DesignError("there is no room for a temporary copy of the data", hint, path.name)


def _last_line(said: str) -> str:
    return next((line for line in reversed(said.splitlines()) if line.strip()), "it says nothing")
