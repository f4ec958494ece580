"""A Parquet file of respondents cut into parts that hold whole PSUs, without ever reading all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.chunks import split_range
from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import require_column

ROW = "row of the file"
"""Column added to the pieces of a file that is dealt out."""


@dataclass(frozen=True, slots=True)
class FileChunk:
    """Rows `offset` … `offset + length` of a Parquet file, or all of a folder of pieces if `length` is None."""

    path: str
    offset: int = 0
    length: int | None = None

    def read(self, columns: Sequence[str]) -> pl.DataFrame:
        """Read these columns of the rows."""
        if self.length is None:
            pieces = sorted(str(piece) for piece in Path(self.path).glob("*.parquet"))
            return pl.read_parquet(pieces, columns=list(columns))
        return pl.scan_parquet(self.path).slice(self.offset, self.length).select(columns).collect()

    def row_numbers(self) -> NDArray[np.int64]:
        """Number of each row in the file as it came, from 1."""
        if self.length is None:
            return self.read([ROW])[ROW].to_numpy()
        return np.arange(self.offset + 1, self.offset + self.length + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDesign:
    """Names of the design columns of a file; the meaning is that of `Design.from_frame`."""

    path: str
    stratum: str | None
    psu: str | None
    weight: str | None
    nest: bool

    @property
    def columns(self) -> list[str]:
        """The design columns that there are."""
        return [name for name in (self.stratum, self.psu, self.weight) if name is not None]


def open_file(file: FileDesign, columns: Sequence[str]) -> int:
    """Check that the file can be read and has the columns; give its number of rows.

    Raises
    ------
    DesignError
        There is no such file, it is no Parquet file, has no rows, or not these columns.
    """
    header = pl.DataFrame(schema=read_schema(file))
    try:
        rows = int(pl.scan_parquet(file.path).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(file, error) from error
    for column in columns:
        require_column(header, column)
    if rows == 0:
        raise DesignError("the wave has no rows", "give the file with the respondents", file.path)
    return rows


def read_schema(file: FileDesign) -> dict[str, pl.DataType]:
    """Types of all columns of a file.

    Raises
    ------
    DesignError
        There is no such file, or it is no Parquet file.
    """
    try:
        return dict(pl.scan_parquet(file.path).collect_schema())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: FileDesign, error: Exception) -> DesignError:
    problem = f"cannot be read: {str(error).splitlines()[0]}"
    return DesignError(problem, "give a Parquet file with one row a respondent", file.path)


def cut_file(file: FileDesign, rows: int, size: int, columns: Sequence[str], scratch: Path) -> list[FileChunk]:
    """Cut a file into chunks of about `size` rows that share no PSU.

    Where the rows of every PSU stand together the chunks are ranges of rows. Where they do not, the rows are first
    written to `scratch`, a folder a chunk, PSUs dealt out by a hash of their names.

    Raises
    ------
    DesignError
        A PSU lies in two strata and `nest` is False.
    """
    if size < 1:
        raise UsageError(f"a chunk of {size} rows holds nothing", "give a number of 1 or more", "rows_per_chunk")
    if file.psu is None:
        return [FileChunk(file.path, start, stop - start) for start, stop in split_range(rows, size)]
    runs = _psu_runs(file, rows, size)
    if not file.nest and file.stratum:
        _check_strata(file, runs)
    if runs["key"].n_unique() < runs.height and rows > size:
        return _deal_out(file, rows, size, columns, scratch)
    starts = runs["row"].to_numpy()
    bounds = [0]
    for target in range(size, rows, size):
        at = int(starts[np.searchsorted(starts, target, side="right") - 1])
        if at > bounds[-1]:
            bounds.append(at)
    bounds.append(rows)
    return [FileChunk(file.path, a, b - a) for a, b in pairwise(bounds)]


def _key(file: FileDesign) -> pl.Expr:
    names = [file.psu, *([file.stratum] if file.stratum else [])]
    return pl.struct(pl.col(name).cast(pl.String).str.strip_chars() for name in names if name).hash(20261123)


def _psu_runs(file: FileDesign, rows: int, size: int) -> pl.DataFrame:
    """First row and hashes of each run of rows of one PSU: columns row, key, psu."""
    parts = []
    for start, stop in split_range(rows, size):
        frame = FileChunk(file.path, start, stop - start).read([name for name in (file.stratum, file.psu) if name])
        keys = frame.select(
            _key(file).alias("key"), pl.col(file.psu or "").cast(pl.String).str.strip_chars().hash(11).alias("psu")
        )
        row = pl.int_range(pl.len(), dtype=pl.Int64) + start
        changed = pl.col("key") != pl.col("key").shift(1)
        parts.append(keys.with_columns(row.alias("row")).filter(changed.fill_null(value=True)))
    runs = pl.concat(parts)
    return runs.filter((pl.col("key") != pl.col("key").shift(1)).fill_null(value=True))


def _check_strata(file: FileDesign, runs: pl.DataFrame) -> None:
    clash = runs.with_columns(pl.col("key").first().over("psu").alias("first")).filter(pl.col("key") != pl.col("first"))
    if clash.height == 0:
        return
    row = int(clash["row"][0])
    here = FileChunk(file.path, row, 1).read([file.stratum or "", file.psu or ""]).row(0)
    before = int(runs.filter(pl.col("psu") == clash["psu"][0])["row"][0])
    first = FileChunk(file.path, before, 1).read([file.stratum or ""]).item()
    raise DesignError(
        f"PSU {str(here[1])!r} lies in the strata {str(first)!r} and {str(here[0])!r} (column {file.stratum!r})",
        "mend the code, or say `nest=True` if codes repeat between strata",
        f"column {file.psu!r}, row {row + 1}",
    )


def _deal_out(file: FileDesign, rows: int, size: int, columns: Sequence[str], scratch: Path) -> list[FileChunk]:
    count = -(-rows // size)
    folders = [scratch / f"{number:05d}" for number in range(count)]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for piece, (start, stop) in enumerate(split_range(rows, size)):
        frame = FileChunk(file.path, start, stop - start).read(columns)
        bucket: NDArray[np.uint64] = frame.select(_key(file) % count).to_series().to_numpy()
        order = np.argsort(bucket, kind="stable")
        edges = np.searchsorted(bucket[order], np.arange(count + 1))
        frame = frame.with_columns(pl.Series(ROW, np.arange(start + 1, stop + 1)))[order]
        for number in np.flatnonzero(np.diff(edges)):
            part = frame.slice(int(edges[number]), int(edges[number + 1] - edges[number]))
            part.write_parquet(folders[number] / f"{piece:05d}.parquet", compression="lz4")
    return [FileChunk(str(folder)) for folder in folders if any(folder.iterdir())]
