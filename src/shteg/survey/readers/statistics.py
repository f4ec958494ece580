"""SPSS and Stata files, through pyreadstat: codes, variable labels, value labels, user-missing codes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.responses import (
    Responses,
    as_text,
    labels_without_blanks,
    require_one_name,
    write_code,
)

_END_OF_STATA = b"</stata_dta>"


def read_sav(path: Path) -> Responses:
    """Read an SPSS file (.sav, .zsav); user-missing values stay codes and are listed under `missing`.

    Raises
    ------
    DesignError
        The file is damaged or cut off, or does not say how many rows it has (then a cut could not be noticed).
    """
    frame, meta = _read("read_sav", path)
    if meta.number_rows is None:
        hint = "open it in SPSS or PSPP and save it again: a file that was cut off could not be told from a whole one"
        raise DesignError("the file does not say how many rows it has", hint, path.name)
    if meta.number_rows != frame.height:
        raise _damaged(path, f"{frame.height} of {meta.number_rows} rows could be read")
    return _responses(frame, meta, path.name, _missing_in_ranges(frame, meta.missing_ranges))


def read_dta(path: Path) -> Responses:
    """Read a Stata file; the extended missing values .a to .z stay codes (".a") and are listed under `missing`.

    Raises
    ------
    DesignError
        The file is damaged or cut off.
    """
    with path.open("rb") as file:
        modern = file.read(11) == b"<stata_dta>"
        if modern:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - len(_END_OF_STATA)))
            if file.read() != _END_OF_STATA:
                raise _damaged(path, "its end is missing")
    frame, meta = _read("read_dta", path)
    letters = {column: tuple(f".{letter}" for letter in found) for column, found in meta.missing_user_values.items()}
    frame = frame.with_columns(_with_letters(frame[column], path.name) for column in letters)
    return _responses(frame, meta, path.name, letters)


def _read(reader: str, path: Path) -> tuple[pl.DataFrame, Any]:
    import pyreadstat  # dear, and needed for these files only

    try:
        frame, meta = getattr(pyreadstat, reader)(path, user_missing=True, output_format="polars")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise _damaged(path, str(error).strip() or "unreadable") from error
    except UnicodeDecodeError as error:
        hint = "open it in the program that wrote it and save it as Unicode (UTF-8)"
        raise DesignError("the texts in the file are in no known encoding", hint, path.name) from error
    except (ValueError, OverflowError, KeyError, pl.exceptions.PolarsError) as error:
        raise _damaged(path, (str(error).splitlines() or ["unreadable"])[0]) from error
    require_one_name(frame.columns, path.name)
    return frame, meta


def _damaged(path: Path, why: str) -> DesignError:
    return DesignError(f"the file is damaged or cut off: {why}", "copy or export it again", path.name)


def _responses(frame: pl.DataFrame, meta: Any, name: str, missing: Mapping[str, tuple[str, ...]]) -> Responses:
    value_labels: dict[str, dict[str, str]] = {}
    for column, labels in meta.variable_value_labels.items():
        letters = {code[1:] for code in missing.get(column, ()) if code.startswith(".")}
        written = ((_code(code, letters, f"{name}, column {column!r}"), text) for code, text in labels.items())
        value_labels[column] = labels_without_blanks(written)
    texts = as_text(frame, name).with_columns(pl.col(pl.String).str.strip_chars_end().replace("", None))
    labels = labels_without_blanks(meta.column_names_to_labels.items())
    return Responses(frame=texts, labels=labels, value_labels=value_labels, missing=missing, name=name)


def _code(code: float | str, letters: set[str], place: str) -> str:
    if isinstance(code, str):
        return f".{code}" if code in letters else code.rstrip()
    return write_code(float(code), place)


def _missing_in_ranges(
    frame: pl.DataFrame, ranges: Mapping[str, list[Mapping[str, Any]]]
) -> dict[str, tuple[str, ...]]:
    """List the declared codes; of a range of numbers, those that occur."""
    missing: dict[str, tuple[str, ...]] = {}
    for column, spans in ranges.items():
        values = frame[column]
        codes: list[str] = []
        for span in spans:
            low, high = span["lo"], span["hi"]
            if isinstance(low, str):
                codes.append(low.rstrip())
            elif low == high:
                codes.append(write_code(float(low)))
            elif values.dtype.is_numeric():
                inside = values.filter((values >= low) & (values <= high)).unique().sort()
                codes += [write_code(float(one)) for one in inside]
        missing[column] = tuple(dict.fromkeys(codes))
    return missing


def _with_letters(column: pl.Series, name: str) -> pl.Series:
    """Write a Stata column that mixes numbers and letters (extended missing values) as codes."""
    place = f"{name}, column {column.name!r}"
    texts = [
        None if one is None or one != one else f".{one}" if isinstance(one, str) else write_code(float(one), place)
        for one in column.to_list()
    ]
    return pl.Series(column.name, texts, dtype=pl.String)
