"""Answers as they stand in a data file: every code as text, with the labels and missing codes the file declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from shteg.arrays import Ints
from shteg.errors import DesignError
from shteg.evidence.files.twice_encoded import find_twice_encoded
from shteg.survey.readers.codes import clean_text, typed_codes


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a file declares of a column beyond labels and codes: kept to write the file again.

    Parameters
    ----------
    measure : str
        `nominal`, `ordinal`, `scale` or `unknown`.
    text : bool
        The column is text, whatever it holds.
    ranges : tuple of (low, high)
        Missing codes as they were declared, equal ends for single ones; infinite ends for LOWEST and HIGHEST.
    """

    measure: str = "unknown"
    text: bool = False
    ranges: tuple[tuple[float | str, float | str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Responses:
    """A data file in memory.

    Parameters
    ----------
    frame : polars.DataFrame
        (rows, columns), all text: codes in the one form that `shteg.survey.readers.codes` describes, null where nothing
        stands.
    labels : mapping of column to text
        Variable labels.
    value_labels : mapping of column to mapping of code to text
        Value labels, those of missing codes among them; the codes are written as in `frame`.
    missing : mapping of column to codes
        Codes that the file declares as missing, whether they occur or not: single codes, of a range those that occur or
        have a label, of Stata .a to .z those that occur or have a label. They are kept in `frame`, and are no answers.
    name : str
        Name of the file, for errors.
    lines : (rows,) integer array or None
        Physical line (CSV) or sheet row (XLSX) of each respondent, from 1; None where a file has no such thing.
    sets : mapping of name to MultipleSet
        Multiple-response sets that the file declares (SPSS), or that its headings show (KoboToolbox, LimeSurvey).
    batteries : mapping of name to columns
        Questions with the same answers under one heading (arrays of LimeSurvey); `labels` holds their titles.
    declared : mapping of column to Declared
        Measure levels, kinds and missing ranges as the file declares them (SPSS).
    rewritten : bool
        Names of columns or answers are not those that stand in the file (a field export under the names of its form).
    renamed : mapping of heading to column
        What columns are called here that the file calls otherwise, groups or labels.
    notes : tuple of str
        What the reader had to take for granted, in a sentence each; () where the file says everything.
    """

    frame: pl.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    name: str = ""
    lines: Ints | None = None
    sets: Mapping[str, MultipleSet] = field(default_factory=dict)
    batteries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    declared: Mapping[str, Declared] = field(default_factory=dict)
    rewritten: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def as_text(frame: pl.DataFrame, name: str = "") -> pl.DataFrame:
    """Turn every column of a known type into codes; see `shteg.survey.readers.codes`."""
    return pl.DataFrame([typed_codes(frame[column], at_column(name, column)).alias(column) for column in frame.columns])


def require_one_name(
    names: Sequence[object], file: str, first_column: int = 1, *, twice: bool = False
) -> tuple[str, ...]:
    """Check the names of columns: text, none empty, none twice.

    Parameters
    ----------
    names : sequence
        As the file has them, one for each column.
    file : str
        Of the file, for errors.
    first_column : int
        Number of the first of them, for errors.
    twice : bool
        A name may stand twice, as headings with labels do: the later one then says its column.

    Returns
    -------
    tuple of str
        Without blanks around them.

    Raises
    ------
    DesignError
        Naming file and column.
    """
    if not any(str(name or "").strip() for name in names):
        raise DesignError("the file is empty", "the first line must name the columns", file)
    checked: list[str] = []
    for number, name in enumerate(names, first_column):
        text = clean_text(str(name if name is not None else ""))
        if not text:
            raise DesignError("the column has no name", "name it in the first line", f"{file}, header, column {number}")
        if text in checked and twice:
            text = f"{text} (column {number})"
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


def refuse_twice_encoded(responses: Responses, hint: str) -> None:
    """Refuse names, labels and answers that were UTF-8 and have been read as something else.

    Raises
    ------
    DesignError
        Naming the column, and the word as it stands and as it was meant.
    """
    for column in responses.frame.columns:
        answers = responses.frame[column].unique()
        answers = answers.filter(answers.str.len_bytes() != answers.str.len_chars())
        words = (column, responses.labels.get(column, ""), *responses.value_labels.get(column, {}).values(), *answers)
        if wrong := find_twice_encoded("\n".join(words)):
            problem = f"“{wrong.stands}” has been read in a wrong encoding; it was “{wrong.meant}”"
            raise DesignError(problem, hint, at_column(responses.name, column))


def labels_without_blanks(labels: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Keep the labels that say something."""
    return {name: text for name, text in labels if text and text.strip()}


def at_column(name: str, column: str) -> str:
    """Place of a column for errors."""
    return f"{name}, column {column!r}" if name else f"column {column!r}"


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
        raise damaged(path, (str(error).splitlines() or ["unreadable"])[0]) from error
    names = require_one_name(frame.columns, path.name)
    return Responses(
        frame=as_text(frame, path.name).rename(dict(zip(frame.columns, names, strict=True))), name=path.name
    )


def damaged(path: Path, why: str) -> DesignError:
    """Say that a file cannot be read to its end."""
    what = "the workbook" if path.suffix.lower() == ".xlsx" else "the file"
    return DesignError(f"{what} is damaged or cut off: {why}", "copy or export it again", path.name)
