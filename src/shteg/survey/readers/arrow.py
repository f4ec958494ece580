"""Tables of other programs in memory, handed over by Arrow's protocol: no library of Arrow is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.responses import Responses, as_text, require_one_name

NAME = "the Arrow table"
"""What errors call it: a table in memory has no name."""


def is_arrow(source: object) -> bool:
    """Tell whether an object hands itself over as an Arrow table or stream (PyCapsule interface)."""
    return not isinstance(source, type) and any(
        hasattr(source, name) for name in ("__arrow_c_stream__", "__arrow_c_array__")
    )


def read_arrow(source: object) -> Responses:
    """Read a table, a record batch or a stream as codes; a stream is read to its end.

    Parameters
    ----------
    source : any
        For which `is_arrow` holds: a table of pyarrow, pandas, Polars, DuckDB, R's nanoarrow, ….

    Returns
    -------
    Responses

    Raises
    ------
    DesignError
        It cannot be taken over; a column has no name, occurs twice, or holds lists or bytes.
    """
    frame = arrow_frame(source)
    names = require_one_name(frame.columns, NAME)
    return Responses(frame=as_text(frame, NAME).rename(dict(zip(frame.columns, names, strict=True))), name=NAME)


def arrow_frame(source: Any) -> pl.DataFrame:
    """Take a table over as it is.

    Raises
    ------
    DesignError
        It is no table, or its stream ends in an error.
    """
    if isinstance(source, pl.DataFrame):
        return source
    try:
        return pl.DataFrame(source)
    except Exception as error:  # what another library's stream raises may be of any kind
        first = (str(error).splitlines() or [type(error).__name__])[0]
        hint = "give a table with one column for each question; a stream that was read already is empty: open it anew"
        raise DesignError(f"the table cannot be taken over: {first}", hint, NAME) from error


def is_stream(source: object) -> bool:
    """Tell whether a source is read once, batch by batch, as a RecordBatchReader is, rather than a table in memory."""
    return is_arrow(source) and hasattr(source, "__next__")


class ScratchFolder:
    """A temporary folder that goes when nothing refers to this object any more, at the latest with the program."""

    def __init__(self, above: str | Path | None) -> None:
        self.path = Path(mkdtemp(prefix="shteg-", dir=above))
        finalize(self, rmtree, self.path, ignore_errors=True)


def write_stream(source: Any, scratch: str | Path | None) -> tuple[pl.LazyFrame, ScratchFolder]:
    """Write a stream to a folder, batch by batch, so that it may be read more than once.

    Parameters
    ----------
    source : any
        For which `is_stream` holds.
    scratch : str or Path, optional
        Where the folder is made; default: the system's temporary folder.

    Returns
    -------
    polars.LazyFrame
        The rows in their order, nothing read.
    ScratchFolder
        To keep as long as the query is used.

    Raises
    ------
    DesignError
        The stream ends in an error, or gives nothing.
    """
    files, folder = [], ScratchFolder(scratch)
    for number, frame in enumerate(_batches(source)):
        files.append(folder.path / f"{number:08d}.parquet")
        frame.write_parquet(files[-1], compression="lz4")
    if not files:
        raise DesignError("the stream gives no rows", "a stream can be read once: open it anew", NAME)
    return pl.scan_parquet(files), folder


def _batches(source: Any) -> Iterator[pl.DataFrame]:
    try:
        yield from map(arrow_frame, source)
    except DesignError:
        raise
    except Exception as error:  # as above: any library's
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise DesignError(f"the stream ends in an error: {first}", "write it anew", NAME) from error
