"""A file or a query as a sample: the verbs that take a design take it too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from shteg.errors import UsageError
from shteg.evidence.files.data_address import is_database, read_address
from shteg.survey.code_texts import require_column
from shteg.survey.designs.design import LONELY_OPTIONS, Design, LonelyPsu
from shteg.survey.large_files.chunks import FileSample
from shteg.survey.readers.arrow import NAME, arrow_frame, is_arrow, is_stream, write_stream
from shteg.survey.readers.database import DatabaseQuery
from shteg.survey.readers.files import READERS, read_responses
from shteg.survey.readers.partitions import is_pattern, scan_partitions
from shteg.survey.requests import Freedom, check_choice, check_freedom, check_truth, frame_of, is_pandas

ROWS_PER_CHUNK = 1 << 18


def open_sample(
    source: str | Path | pl.LazyFrame | Any,
    *,
    stratum: str | None = None,
    psu: str | None = None,
    weight: str | None = None,
    nest: bool = False,
    lonely_psu: LonelyPsu = "fail",
    freedom: Freedom = "domain",
    rows_per_chunk: int = ROWS_PER_CHUNK,
    scratch: str | Path | None = None,
) -> Design | FileSample:
    """Open a file of respondents, or a query, as a sample.

    Parameters
    ----------
    source : str, Path, polars.LazyFrame or an Arrow table
        A Parquet file, a folder or pattern of Parquet files, a table or query of a DuckDB database
        (`duckdb://FILE?table=NAME`, `duckdb://FILE?query=SELECT …`) or a query of Polars is not read before something
        is asked of it: shares and numbers of persons chunk by chunk, in bounded memory, all else with the columns that
        it needs. A stream of Arrow batches is written to `scratch` as it comes. Tables in memory, and other files
        (.sav, .zsav, .dta, .xlsx, .csv), are read at once, as by `read_responses`.
    stratum, psu, weight : str, optional
    nest : bool
    lonely_psu : LonelyPsu
    freedom : {"domain", "design", "r"}
        As for `Design.from_frame`, one column each.
    rows_per_chunk : int, >= 1
        Rows of a chunk, about; changing it moves the last digits.
    scratch : str or Path, optional
        Where to write a query, or deal out a file whose PSUs do not stand together; it takes as much room as the file.
        Default: the system's temporary folder. Workers on other machines must see it.

    Returns
    -------
    FileSample or Design
        The first of what is not read yet; tests and models want a design: `sample.read([...])` gives one.

    Raises
    ------
    DesignError
        As `Design.from_frame`, or the file cannot be read.
    UsageError
        An option has another form.
    """
    for name, column in (("stratum", stratum), ("psu", psu), ("weight", weight)):
        if column is not None and not isinstance(column, str):
            raise UsageError(f"{column!r} is no name of a column", "name one column by a text", name)
    check_truth(nest, "nest")
    check_freedom(freedom)
    check_choice(lonely_psu, LONELY_OPTIONS, "lonely_psu", "{} is no way to treat a lonely PSU")
    if not isinstance(rows_per_chunk, int) or rows_per_chunk < 1:
        raise UsageError(
            f"a chunk of {rows_per_chunk!r} rows holds nothing", "give a number of 1 or more", "rows_per_chunk"
        )
    plan = {
        "stratum": stratum,
        "psu": psu,
        "weight": weight,
        "nest": nest,
        "lonely_psu": lonely_psu,
        "freedom": freedom,
    }
    found, kept = _table_of(source, scratch)
    if isinstance(found, pl.DataFrame):
        return Design.from_frame(found, **plan)  # type: ignore[arg-type]
    sample = FileSample(
        name=_name_of(source),
        source=found,
        rows_per_chunk=rows_per_chunk,
        scratch=None if scratch is None else str(scratch),
        kept=kept,
        **plan,  # type: ignore[arg-type]
    )
    header = sample.data
    for column in sample.columns:
        require_column(header, column)
    return sample


def _table_of(source: Any, scratch: str | Path | None) -> tuple[pl.DataFrame | pl.LazyFrame | str, Any]:
    """Give a source as a table, a query or the path of a file, and what must be kept as long as it is used."""
    if isinstance(source, pl.LazyFrame):
        return source, None
    if is_pandas(source):
        return frame_of(source), None
    if is_stream(source):
        return write_stream(source, scratch)
    if is_arrow(source):
        return arrow_frame(source), None
    if not isinstance(source, str | Path):
        hint = "give a path, a query, or a table of Arrow; for a data frame of pandas write Design.from_frame"
        raise UsageError(f"the source is a {type(source).__name__}", hint, "source")
    if is_database(str(source)):
        return DatabaseQuery(read_address(str(source))).lazy(), None
    if Path(source).is_dir() or is_pattern(source):
        return scan_partitions(source), None
    if Path(source).suffix.lower() in READERS.keys() - {".parquet"}:
        return read_responses(Path(source)).frame, None
    return str(source), None


def _name_of(source: Any) -> str:
    if isinstance(source, str) and is_database(source):
        return read_address(source).name
    if isinstance(source, str | Path):
        return str(source)
    return "the query" if isinstance(source, pl.LazyFrame) else NAME
