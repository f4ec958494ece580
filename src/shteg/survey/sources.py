"""A file or a query as a sample: the verbs that take a design take it too."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shteg.errors import UsageError
from shteg.survey.code_texts import require_column
from shteg.survey.designs.design import LONELY_OPTIONS, Design, LonelyPsu
from shteg.survey.large_files.chunks import FileSample
from shteg.survey.readers.files import READERS, read_responses
from shteg.survey.requests import check_choice, check_truth

ROWS_PER_CHUNK = 1 << 18


def open_sample(
    source: str | Path | pl.LazyFrame,
    *,
    stratum: str | None = None,
    psu: str | None = None,
    weight: str | None = None,
    nest: bool = False,
    lonely_psu: LonelyPsu = "fail",
    rows_per_chunk: int = ROWS_PER_CHUNK,
    scratch: str | Path | None = None,
) -> Design | FileSample:
    """Open a file of respondents, or a query, as a sample.

    Parameters
    ----------
    source : str, Path or polars.LazyFrame
        A Parquet file or a query is not read before something is asked of it: shares and numbers of persons chunk by
        chunk, in bounded memory, all else with the columns that it needs. Other files (.sav, .zsav, .dta, .xlsx, .csv)
        are read at once, as by `read_responses`.
    stratum, psu, weight : str, optional
    nest : bool
    lonely_psu : LonelyPsu
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
    check_choice(lonely_psu, LONELY_OPTIONS, "lonely_psu", "{} is no way to treat a lonely PSU")
    if not isinstance(rows_per_chunk, int) or rows_per_chunk < 1:
        raise UsageError(
            f"a chunk of {rows_per_chunk!r} rows holds nothing", "give a number of 1 or more", "rows_per_chunk"
        )
    if not isinstance(source, str | Path | pl.LazyFrame):
        hint = "give a path or a query; for a data frame write Design.from_frame"
        raise UsageError(f"the source is a {type(source).__name__}", hint, "source")
    if isinstance(source, str | Path) and Path(source).suffix.lower() in READERS.keys() - {".parquet"}:
        frame = read_responses(Path(source)).frame
        return Design.from_frame(frame, stratum=stratum, psu=psu, weight=weight, nest=nest, lonely_psu=lonely_psu)
    sample = FileSample(
        name=str(source) if isinstance(source, str | Path) else "the query",
        source=str(source) if isinstance(source, str | Path) else source,
        stratum=stratum,
        psu=psu,
        weight=weight,
        nest=nest,
        lonely_psu=lonely_psu,
        rows_per_chunk=rows_per_chunk,
        scratch=None if scratch is None else str(scratch),
    )
    header = sample.data
    for column in sample.columns:
        require_column(header, column)
    return sample
