"""Answers as they stand in a data file: every code as text, with the labels and missing codes the file declares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError

LARGEST_WHOLE = 2.0**53
"""Above it a float no longer holds every whole number: such a code is refused, since it may be another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleSet:
    """A question with several answers that a file keeps in several columns.

    Parameters
    ----------
    label : str
        What was asked; may be empty.
    kind : "dichotomy" or "category"
        Dichotomy: one column for each answer, chosen where it holds `counted`. Category: each column holds one of the
        answers given, as a code.
    counted : str or None
        The code that means "chosen", of a dichotomy.
    columns : tuple of str
        The columns, in the order of the file.
    """

    label: str
    kind: Literal["dichotomy", "category"]
    counted: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Responses:
    """A data file in memory.

    Parameters
    ----------
    frame : polars.DataFrame
        (rows, columns), all text: codes as written, whole numbers without ".0", null where nothing stands.
    labels : mapping of column to text
        Variable labels.
    value_labels : mapping of column to mapping of code to text
        Value labels; the codes are written as in `frame`.
    missing : mapping of column to codes
        Codes that the file declares as user-missing; they are kept in `frame`.
    name : str
        Name of the file, for errors.
    lines : (rows,) integer array or None
        Physical line (CSV) or sheet row (XLSX) of each respondent, from 1; None where a file has no such thing.
    sets : mapping of name to MultipleSet
        Multiple-response sets that the file declares (SPSS).
    notes : tuple of str
        What the reader had to take for granted, in a sentence each; () where the file says everything.
    """

    frame: pl.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    name: str = ""
    lines: NDArray[np.int64] | None = None
    sets: Mapping[str, MultipleSet] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def write_code(number: float, place: str = "") -> str:
    """Write a number as a code: 1.0 is "1", 1.5 is "1.5".

    Raises
    ------
    DesignError
        A whole number so large that the file cannot have held it exactly.
    """
    if math.isfinite(number) and number == math.floor(number):
        if abs(number) >= LARGEST_WHOLE:
            raise DesignError(
                f"{number:.0f} is too large to be a whole number that the file holds exactly",
                "store such codes (telephone numbers, long ids) as text",
                place,
            )
        return str(int(number))
    return repr(float(number))


def as_text(frame: pl.DataFrame, name: str = "") -> pl.DataFrame:
    """Turn every column into codes; see `write_code`.

    Raises
    ------
    DesignError
        A number too large, or a column that holds lists or bytes.
    """
    columns = []
    for column, kind in frame.schema.items():
        if kind.is_nested() or kind in (pl.Binary, pl.Object):
            raise DesignError(f"a column of {kind} holds no answers", "store one value in a cell", _at(name, column))
        if kind.is_float():
            columns.append(_float_codes(frame[column], name))
        elif kind == pl.Boolean:
            columns.append(frame[column].cast(pl.Int8).cast(pl.String))
        else:
            columns.append(frame[column].cast(pl.String))
    return pl.DataFrame(columns)


def _float_codes(column: pl.Series, name: str) -> pl.Series:
    large = (column.abs() >= LARGEST_WHOLE) & column.is_finite()
    if large.any():
        row = large.fill_null(value=False).arg_max() or 0
        write_code(float(column[row]), f"{_at(name, column.name)}, row {row + 1}")
    safe = column.fill_nan(None)
    whole = safe.cast(pl.Int64, strict=False)
    return (
        pl.select(pl.when(whole.cast(column.dtype) == safe).then(whole.cast(pl.String)).otherwise(safe.cast(pl.String)))
        .to_series()
        .alias(column.name)
    )


def require_one_name(names: Sequence[object], file: str, first_column: int = 1) -> tuple[str, ...]:
    """Check the names of columns: text, none empty, none twice.

    Raises
    ------
    DesignError
        Naming file and column.
    """
    if not any(str(name or "").strip() for name in names):
        raise DesignError("the file is empty", "the first line must name the columns", file)
    checked: list[str] = []
    for number, name in enumerate(names, first_column):
        text = str(name if name is not None else "").strip()
        if not text:
            raise DesignError("the column has no name", "name it in the first line", f"{file}, header, column {number}")
        if text in checked:
            raise DesignError(
                f"the column {text!r} occurs twice (columns {checked.index(text) + first_column} and {number})",
                "give each its own name",
                f"{file}, header",
            )
        checked.append(text)
    return tuple(checked)


def require_rows(frame: pl.DataFrame, file: str) -> None:
    """Raise a DesignError if there is a header and nothing below it."""
    if frame.height == 0:
        raise DesignError("the file has no rows", "give the file with the respondents", file)


def labels_without_blanks(labels: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Keep the labels that say something."""
    return {name: text for name, text in labels if text and text.strip()}


def _at(name: str, column: str) -> str:
    return f"{name}, column {column!r}" if name else f"column {column!r}"
