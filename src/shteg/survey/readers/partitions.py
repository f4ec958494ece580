"""A folder of Parquet files, or a pattern such as `wave/*.parquet`, as one table of answers."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.responses import Responses, at_column, damaged, read_parquet_file

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What stands in the name of a folder whose rows have no value."""
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_IGNORED = ("_", ".")
"""What the names of files and folders begin with that hold no rows, such as `_SUCCESS`."""


def is_pattern(path: Path | str) -> bool:
    """Tell whether a name is a pattern of Parquet files rather than the name of something that is there."""
    return glob.has_magic(str(path)) and not Path(path).exists()


def find_partitions(path: Path | str) -> tuple[Path, ...]:
    """Find the Parquet files of a folder (in folders below it too) or of a pattern, in the order of their names.

    Parameters
    ----------
    path : Path or str
        A folder, or a pattern with `*`, `?` or `**`. Files whose names begin with a dot or an underscore, and links
        to folders, are passed over.

    Returns
    -------
    tuple of Path

    Raises
    ------
    DesignError
        There is none, or a file of another kind lies among them.
    """
    path = Path(path)
    if path.is_dir():
        found = [Path(top) / name for top, _, names in os.walk(path) for name in names]
        found = [one for one in found if not any(part.startswith(_IGNORED) for part in one.relative_to(path).parts)]
    else:
        found = [Path(one) for one in glob.glob(str(path), recursive=True) if Path(one).is_file()]
        found = [one for one in found if not one.name.startswith(_IGNORED)]
    strange = sorted(one.name for one in found if one.suffix.lower() != ".parquet")
    if strange:
        hint = "a folder (or pattern) of a wave holds Parquet files only: give the file itself, or move it out"
        raise DesignError(f"{strange[0]} is no Parquet file", hint, path.name)
    if not found:
        hint = "give a file (.sav, .dta, .xlsx, .csv, .parquet), or a folder that holds Parquet files"
        raise DesignError("no Parquet file is found here", hint, path.name or str(path))
    return tuple(sorted(found, key=lambda one: one.parts))


def read_partitions(path: Path) -> Responses:
    """Read all files of a folder or a pattern as codes, one below the other.

    Parameters
    ----------
    path : Path
        As `find_partitions` takes it. Folders called `year=2024` add a column. A column that a file lacks is blank in
        its rows; numbers may be whole in one file and not in another.

    Returns
    -------
    Responses

    Raises
    ------
    DesignError
        A file is damaged, or has no column; a name of a folder says something else than a column of the file.
    """
    files = find_partitions(path)
    keys = _keys(path, files)
    frames, notes, columns = [], [], dict[str, None]()
    for file in files:
        responses = read_parquet_file(file)
        _check_twice(responses.frame, keys[file], _place(path, file))
        frames.append(responses.frame.with_columns(pl.lit(v, pl.String).alias(k) for k, v in keys[file].items()))
        columns |= dict.fromkeys(frames[-1].columns)
    for column in columns:
        lacking = [file for file, frame in zip(files, frames, strict=True) if column not in frame.columns]
        if lacking:
            notes.append(
                f"{path.name}: {len(lacking)} of {len(files)} files have no column {column!r} (such as "
                f"{_place(path, lacking[0])}): it is blank in their rows"
            )
    frame = pl.concat(frames, how="diagonal") if columns else frames[0]
    return Responses(frame=frame, name=path.name, notes=tuple(notes))


def scan_partitions(path: Path | str) -> pl.LazyFrame:
    """Give all files of a folder or a pattern as a query, nothing read; columns as in `read_partitions`.

    Parameters
    ----------
    path : Path or str

    Returns
    -------
    polars.LazyFrame
        Rows in the order of the files' names. A column of whole numbers in one file and broken ones in another has
        broken ones; a column of numbers in one and texts in another has texts.

    Raises
    ------
    DesignError
        There is none, or one is damaged.
    """
    path = Path(path)
    files = find_partitions(path)
    keys = _keys(path, files)
    parts = []
    for file in files:
        try:
            schema = pl.read_parquet_schema(file)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise damaged(Path(_place(path, file)), (str(error).splitlines() or ["unreadable"])[0]) from error
        values = {name: _value(text, [keys[one][name] for one in files]) for name, text in keys[file].items()}
        whole = {name: all(_is_whole(keys[one][name]) for one in files) for name in values}
        own = [
            pl.lit(value, pl.Int64 if whole[name] else pl.String).alias(name)
            for name, value in values.items()
            if name not in schema
        ]
        parts.append(pl.scan_parquet(file, glob=False, hive_partitioning=False).with_columns(own))
    try:
        query = pl.concat(parts, how="diagonal_relaxed")
        query.collect_schema()
    except pl.exceptions.PolarsError as error:
        problem = f"the files do not fit together: {str(error).splitlines()[0]}"
        raise DesignError(problem, "write them with one type for each column", path.name) from error
    return query


def _keys(path: Path, files: Sequence[Path]) -> dict[Path, dict[str, str | None]]:
    """Give what the names of the folders say of each file, such as {"year": "2024"}."""
    fixed = path.parts if path.is_dir() else ()
    found: dict[Path, dict[str, str | None]] = {}
    for file in files:
        parts = [part.partition("=") for part in file.parent.parts[len(fixed) :] if "=" in part]
        found[file] = {unquote(name): None if text == _NO_VALUE else unquote(text) for name, _, text in parts}
    names = {tuple(keys) for keys in found.values()}
    if len(names) > 1:
        one, two = sorted(names)[:2]
        problem = f"some files lie in folders for {', '.join(one) or 'no column'}, others for {', '.join(two)}"
        raise DesignError(problem, "put all files into folders of the same names, as year=2024/", path.name)
    return found


def _is_whole(text: str | None) -> bool:
    return text is None or bool(_WHOLE.fullmatch(text))


def _value(text: str | None, everywhere: Sequence[str | None]) -> int | str | None:
    return int(text) if text is not None and all(map(_is_whole, everywhere)) else text


def _check_twice(frame: pl.DataFrame, keys: Mapping[str, str | None], name: str) -> None:
    """Refuse a file that says something else of a column than the folder in which it lies."""
    for column, text in keys.items():
        if column in frame.columns:
            held = frame[column].unique().to_list()
            if held and held != [text]:
                problem = f"the folder says {text!r}, the file {str(held[0])!r}"
                raise DesignError(problem, "move the file into the folder of its rows", at_column(name, column))


def _place(path: Path, file: Path) -> str:
    """Name a file below the folder, for errors."""
    return file.relative_to(path).as_posix() if path.is_dir() else file.name
