"""A file of respondents as a sample, and cut into chunks that hold whole PSUs, without ever reading all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.arrays import Ints
from shteg.chunks import split_range
from shteg.errors import DesignError
from shteg.survey.code_texts import CODES_REPEAT, require_column
from shteg.survey.designs.design import Design, LonelyPsu
from shteg.survey.one_pass.domains import part_column
from shteg.survey.requests import Freedom

ROW = "row of the file"
"""Column added to the pieces of a file that is dealt out."""

PART = "in the part"
"""Column that says whether a row is in the part that `where` asks for."""


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

    def row_numbers(self) -> Ints:
        """Number of each row in the file as it came, from 1."""
        if self.length is None:
            return self.read([ROW])[ROW].to_numpy()
        return np.arange(self.offset + 1, self.offset + self.length + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSample:
    """A sample in a file or behind a query, with the names of its design columns; `open_sample` makes it.

    Parameters
    ----------
    name : str
        What errors call it.
    source : str or polars.LazyFrame
        Path of a Parquet file, or a query that gives one row a respondent.
    stratum, psu, weight : str, optional
        Design columns, as for `Design.from_frame`; so are `nest` and `lonely_psu`.
    rows_per_chunk : int
        Rows of a chunk, about; changing it moves the last digits.
    scratch : str, optional
        Folder for what is written on the way.
    freedom : {"domain", "design", "r"}
        As for `Design`.
    kept : any
        What must live as long as the query: the temporary folder of a stream.
    """

    name: str
    source: str | pl.LazyFrame
    stratum: str | None
    psu: str | None
    weight: str | None
    nest: bool
    lonely_psu: LonelyPsu
    rows_per_chunk: int
    scratch: str | None = None
    freedom: Freedom = "domain"
    kept: Any = field(default=None, repr=False)

    @property
    def columns(self) -> list[str]:
        """The design columns that there are."""
        return [name for name in (self.stratum, self.psu, self.weight) if name is not None]

    @property
    def query(self) -> pl.LazyFrame:
        """All columns, nothing read."""
        return pl.scan_parquet(self.source) if isinstance(self.source, str) else self.source

    @property
    def path(self) -> str:
        """Path of the file; a query has none before it is `written`."""
        assert isinstance(self.source, str)  # written by then
        return self.source

    @property
    def data(self) -> pl.DataFrame:
        """No rows, but all columns with their types.

        Raises
        ------
        DesignError
            There is no such file, it is no Parquet file, or the query fails.
        """
        try:
            return pl.DataFrame(schema=self.query.collect_schema())
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._unreadable(error) from error

    def select(self, columns: Sequence[str], where: pl.Expr | str | None = None) -> pl.LazyFrame:
        """Choose the design columns, others, and as `PART` whether `where` holds.

        Raises
        ------
        DesignError
            A column is not there.
        UsageError
            `where` gives no truth values.
        """
        header = self.data
        wanted = list(dict.fromkeys([*self.columns, *columns]))
        for column in wanted:
            require_column(header, column)
        if where is None:
            return self.query.select(wanted)
        part_column(header, where)
        return self.query.select(*wanted, (pl.col(where) if isinstance(where, str) else where).alias(PART))

    def read(self, columns: Sequence[str], where: pl.Expr | str | None = None) -> Design:
        """Read some columns beside those of the design, and what `where` asks for, into memory.

        Raises
        ------
        DesignError
            As `Design.from_frame`, or the file cannot be read.
        """
        asked = [] if where is None else [where] if isinstance(where, str) else where.meta.root_names()
        try:
            frame = self.select([*columns, *asked]).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._unreadable(error) from error
        return self.design_of(frame, self.lonely_psu)

    def design_of(self, frame: pl.DataFrame, lonely_psu: LonelyPsu) -> Design:
        """Put rows in the order of the design; errors are those of `Design.from_frame`."""
        return Design.from_frame(
            frame,
            stratum=self.stratum,
            psu=self.psu,
            weight=self.weight,
            nest=self.nest,
            lonely_psu=lonely_psu,
            freedom=self.freedom,
        )

    def written(self, folder: Path, columns: Sequence[str], where: pl.Expr | str | None = None) -> FileSample:
        """The same as a Parquet file: itself, or, of a query or a part, a new one.

        Parameters
        ----------
        folder : Path
            Where the new one is written.
        columns : sequence of str
            What it holds beside the columns of the design.
        where : polars.Expr or str, optional
            The part; whether a row is in it is the column `PART`.

        Returns
        -------
        FileSample

        Raises
        ------
        DesignError
            A column is not there, or the query fails.
        """
        chosen = self.select(columns, where)
        if isinstance(self.source, str) and where is None:
            return self
        path = folder / "query.parquet"
        try:
            chosen.sink_parquet(path, compression="lz4")
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._unreadable(error) from error
        return replace(self, source=str(path), kept=None)

    def height(self) -> int:
        """Number of rows.

        Raises
        ------
        DesignError
            There is none, or the file cannot be read.
        """
        try:
            rows = int(self.query.select(pl.len()).collect().item())
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._unreadable(error) from error
        if rows == 0:
            raise DesignError("the wave has no rows", "give the file with the respondents", self.name)
        return rows

    def _unreadable(self, error: Exception) -> DesignError:
        problem = f"cannot be read: {str(error).splitlines()[0]}"
        return DesignError(problem, "give a Parquet file with one row a respondent", self.name)


def cut_file(file: FileSample, columns: Sequence[str], scratch: Path) -> list[FileChunk]:
    """Cut a file into chunks of about `file.rows_per_chunk` rows that share no PSU.

    Where the rows of every PSU stand together the chunks are ranges of rows. Where they do not, the rows are first
    written to `scratch`, a folder a chunk, PSUs dealt out by a hash of their names.

    Parameters
    ----------
    file : FileSample
        A Parquet file.
    columns : sequence of str
        What is dealt out.
    scratch : Path
        An empty folder.

    Returns
    -------
    list of FileChunk

    Raises
    ------
    DesignError
        A PSU lies in two strata and `nest` is False.
    """
    rows, size = file.height(), file.rows_per_chunk
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


def _key(file: FileSample) -> pl.Expr:
    names = [file.psu, *([file.stratum] if file.stratum else [])]
    return pl.struct(pl.col(name).cast(pl.String).str.strip_chars() for name in names if name).hash(20261123)


def _psu_runs(file: FileSample, rows: int, size: int) -> pl.DataFrame:
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


def _check_strata(file: FileSample, runs: pl.DataFrame) -> None:
    clash = runs.with_columns(pl.col("key").first().over("psu").alias("first")).filter(pl.col("key") != pl.col("first"))
    if clash.height == 0:
        return
    row = int(clash["row"][0])
    here = FileChunk(file.path, row, 1).read([file.stratum or "", file.psu or ""]).row(0)
    before = int(runs.filter(pl.col("psu") == clash["psu"][0])["row"][0])
    first = FileChunk(file.path, before, 1).read([file.stratum or ""]).item()
    raise DesignError(
        f"PSU {str(here[1])!r} lies in the strata {str(first)!r} and {str(here[0])!r} (column {file.stratum!r})",
        CODES_REPEAT,
        f"column {file.psu!r}, row {row + 1}",
    )


def _deal_out(file: FileSample, rows: int, size: int, columns: Sequence[str], scratch: Path) -> list[FileChunk]:
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
