"""Read a wave's data file: every answer as the code that stands in the file, nothing recoded, nothing dropped."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from shteg.errors import DesignError
from shteg.evidence.case import Wave
from shteg.survey.design import Design


def read_wave(wave: Wave) -> Design:
    """Read the data of a wave and check them against its `design.toml`.

    Parameters
    ----------
    wave : Wave
        From the case; `data_path` is a CSV (UTF-8, comma) or a Parquet file.

    Raises
    ------
    DesignError
        The file cannot be read, a column occurs twice, or the design does not fit (see `Design.from_frame`).
    """
    plan = wave.design
    data = read_responses(wave.data_path)
    try:
        design = Design.from_frame(
            data, stratum=plan.stratum, psu=plan.psu, weight=plan.weight, lonely_psu=plan.lonely_psu
        )
    except DesignError as error:
        where = ", ".join(part for part in (plan.data, error.where) if part)
        raise DesignError(error.problem, error.hint, where) from error
    return design


def read_responses(path: Path) -> pl.DataFrame:
    """Read a data file with all columns as text; whole numbers stored as floats keep no ".0".

    Raises
    ------
    DesignError
        No such file, another kind of file, not UTF-8, no header, or a column name twice.
    """
    if not path.is_file():
        raise DesignError("there is no such file", "check the key `data` of design.toml", path.name)
    try:
        if path.suffix.lower() == ".parquet":
            return _as_text(pl.read_parquet(path))
        if path.suffix.lower() == ".csv":
            _check_header(path)
            return pl.read_csv(path, infer_schema=False)
    except UnicodeDecodeError as error:
        raise DesignError("the file is not UTF-8", "save it as UTF-8 text", path.name) from error
    except (pl.exceptions.PolarsError, OSError) as error:
        first = (str(error).splitlines() or ["unreadable"])[0]
        raise DesignError(f"the file cannot be read: {first}", "save it again as CSV (UTF-8)", path.name) from error
    raise DesignError(f"{path.suffix or 'no suffix'} is not a kind of data file", "give .csv or .parquet", path.name)


def _check_header(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    if not any(header):
        raise DesignError("the file is empty", "the first line must name the columns", path.name)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise DesignError(f"the column {twice[0]!r} occurs twice", "give each its own name", f"{path.name}, header")


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    columns = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if kind.is_float():
            whole = column.cast(pl.Int64, strict=False)
            column = pl.when(whole.cast(kind) == column).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))
        columns.append(column.cast(pl.String).alias(name))
    return frame.select(columns)
