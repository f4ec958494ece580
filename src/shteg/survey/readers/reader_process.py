"""What the reading process does: bound itself, read one file, write what it found, end."""

from __future__ import annotations

import os
import re
import sys
import threading
from pathlib import Path
from typing import IO, Any

from shteg.survey.readers.transport import LINES, NO_ROOM, NOT_SET_UP, OUT_OF_MEMORY, write_head

_MEMORY = re.compile(r"out of memory|cannot allocate|allocation (of .* )?failed|failed to allocate", re.IGNORECASE)
"""What libraries say when no memory is left, beside what Python says."""


def main(request: dict[str, Any]) -> None:
    """Read a file and end the process; `request` comes from `shteg.survey.readers.apart`."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get into the result
    _bound_time(request["seconds"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # One thread each: more would take memory and give no speed to a single file.
    os.environ.update(POLARS_MAX_THREADS="2", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    try:
        import polars as pl  # noqa: F401 (loaded here so that what fails below is the file's doing)

        from shteg.survey.readers import responses  # noqa: F401
    except BaseException as error:  # noqa: BLE001 (whatever it is, it is said, and the process ends)
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        _end(NOT_SET_UP)
    _bound_memory(request["memory"])
    code = 0
    try:
        _answer(out, request)
        out.flush()
    except MemoryError:
        code = OUT_OF_MEMORY
    except Exception:  # noqa: BLE001 (all that is left to fail is writing the result)
        code = NO_ROOM
    except BaseException as error:  # noqa: BLE001 (a panic of a library while the result is written)
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        code = OUT_OF_MEMORY
    _end(code)


def _answer(out: IO[bytes], request: dict[str, Any]) -> None:
    from shteg.errors import ShtegError

    try:
        head, frame = _read(request)
    except ShtegError as error:
        write_head(out, {"refused": [error.problem, error.hint, error.where]})
    except MemoryError:
        raise
    except BaseException as error:
        first = (str(error).splitlines() or [""])[0]
        if _MEMORY.search(first):
            raise MemoryError(first) from error
        write_head(out, {"unreadable": f"{first} ({type(error).__name__})" if first else type(error).__name__})
    else:
        write_head(out, head)
        if frame is not None:
            frame.write_ipc_stream(out)


def _read(request: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Give the head of the result, and the frame; libraries are loaded for the kind of file that needs them."""
    import polars as pl

    kind, path, encoding = request["kind"], Path(request["path"]), request.get("encoding")
    if kind == "rows":
        from shteg.survey.readers.workbook import read_rows

        return {"sheets": read_rows(path)}, None
    if kind == "tables":
        from shteg.survey.readers.workbook import read_sheet_tables

        return {"tables": {name: _plain(one) for name, one in read_sheet_tables(path).items()}}, None
    if kind in ("sav", "dta"):
        from shteg.survey.readers.statistics import read_dta, read_sav

        found = (read_sav if kind == "sav" else read_dta)(path, encoding)
    elif kind == "duckdb":
        from shteg.survey.readers.database import read_database

        found = read_database(request["path"], request["table"], request["query"])
    elif kind == "parquets":
        from shteg.survey.readers.partitions import read_partitions

        found = read_partitions(path)
    elif kind == "xlsx":
        from shteg.survey.readers.workbook import read_workbook_file

        found = read_workbook_file(path, twice=bool(request.get("twice")))
    else:
        from shteg.survey.readers.responses import read_parquet_file

        found = read_parquet_file(path)
    head = {
        "labels": dict(found.labels),
        "value_labels": {column: dict(labels) for column, labels in found.value_labels.items()},
        "missing": {column: list(codes) for column, codes in found.missing.items()},
        "sets": {name: [one.label, one.kind, one.counted, list(one.columns)] for name, one in found.sets.items()},
        "declared": {name: [one.measure, one.text, one.ranges] for name, one in found.declared.items()},
        "notes": list(found.notes),
    }
    frame = found.frame
    if found.lines is not None:
        frame = frame.with_columns(pl.Series(LINES, found.lines))
    return head, frame


def _plain(table: Any) -> list[Any]:
    """Give a small table as lists: names, columns, and the row of the sheet on which each of its rows stands."""
    frame, lines = table.frame, table.lines
    return [frame.columns, [frame[name].to_list() for name in frame.columns], lines.tolist()]


def _bound_time(seconds: float) -> None:
    """Bound the processor's time where the system can; the parent bounds the time anywhere."""
    _set_limits({"RLIMIT_CPU": int(4 * seconds), "RLIMIT_CORE": 0})


def _bound_memory(memory: int) -> None:
    """Bound what the file may take beyond what the libraries map already, which differs from machine to machine."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:  # only Linux tells
        pages = 0
    _set_limits({"RLIMIT_AS": memory + pages * os.sysconf("SC_PAGE_SIZE") if pages else memory})


def _set_limits(limits: dict[str, int]) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in limits.items():
        what = getattr(resource, name)
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (allowed, hard))
        except (ValueError, OSError):  # macOS knows no bound on memory
            continue


def _end_with_parent() -> None:
    """End when the pipe to the parent closes: it was killed, and nobody waits for the result."""
    while os.read(0, 1):
        continue
    os._exit(1)


def _end(code: int) -> None:
    """End at once: a thread waits at the pipe, and nothing is left to tidy up."""
    sys.stderr.flush()
    os._exit(code)
