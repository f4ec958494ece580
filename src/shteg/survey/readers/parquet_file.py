"""Parquet files; runs in the process that `shteg.survey.readers.apart` starts: a damaged file may end it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.responses import Responses, as_text, require_one_name


def read_parquet_file(path: Path) -> Responses:
    """Read a Parquet file as codes.

    Raises
    ------
    DesignError
        The file is damaged or cut off; a column holds lists or bytes, has no name or occurs twice.
    """
    try:
        with path.open("rb") as file:
            frame = pl.read_parquet(file, glob=False)
    except pl.exceptions.PolarsError as error:
        why = (str(error).splitlines() or ["unreadable"])[0]
        raise DesignError(f"the file is damaged or cut off: {why}", "copy or export it again", path.name) from error
    names = require_one_name(frame.columns, path.name)
    return Responses(
        frame=as_text(frame, path.name).rename(dict(zip(frame.columns, names, strict=True))), name=path.name
    )
