"""Data as a file of Stata: codes declared missing become .a, .b and so on, since Stata knows no other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.responses import Responses
from shteg.survey.readers.writing.spss import as_value

STATA_NAME = re.compile(r"[^\W\d]\w{0,31}")
_RESERVED = frozenset(
    (
        *("_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_skip", "byte", "double", "float", "if"),
        *("in", "int", "long", "str", "strL", "using", "with"),
    )
)
LONGEST_LABEL = 80
"""Letters of the label of a variable that Stata holds."""
LONGEST_TEXT = 2045
"""Bytes of a text that Stata holds in a plain column."""
_LETTER = re.compile(r"\.[a-z]")
_FIRST, _LAST = -2_147_483_647, 2_147_483_620
"""Whole numbers that may have a label."""


def write_stata(
    responses: Responses, frame: pl.DataFrame, labels: Mapping[str, str], path: Path
) -> tuple[bytes, tuple[str, ...]]:
    """Give a Stata file (version 14 on) with labels and missing values.

    Parameters
    ----------
    responses : Responses
        What is known of the columns.
    frame : polars.DataFrame
        The answers with the columns that are added.
    labels : mapping of name to text
        Of those.
    path : Path
        For errors.

    Returns
    -------
    content, notes : bytes, tuple of str
        And what Stata does not hold, or holds otherwise.

    Raises
    ------
    DesignError
        Stata does not take a name or a text, or a column declares more than 26 codes missing.
    """
    import pyreadstat

    _refuse(frame, path)
    notes: list[str] = []
    titles = _titles({**responses.labels, **labels}, path, notes)
    columns, letters, value_labels = [], {}, {}
    for column in frame:
        name = column.name
        made, letter = _with_letters(column, responses.missing.get(name, ()), path)
        columns.append(made)
        if letter:
            letters[name] = sorted(set(letter.values()))
            changed = [f"{code} is .{mark}" for code, mark in letter.items() if code != f".{mark}"]
            if changed:
                notes.append(f"{path.name}: {name}: {', '.join(changed)}, the missing values of Stata")
        if found := _labels(responses, name, letter, made, path, notes):
            value_labels[name] = found
    if responses.sets:
        notes.append(f"{path.name}: Stata has no sets ({', '.join(responses.sets)}); their columns are written")
    with TemporaryDirectory() as work:
        place = Path(work) / "written.dta"
        pyreadstat.write_dta(
            pl.DataFrame(columns),
            place,
            column_labels=titles,
            version=15,
            variable_value_labels=value_labels,
            missing_user_values=letters,
        )
        return place.read_bytes(), tuple(notes)


def _refuse(frame: pl.DataFrame, path: Path) -> None:
    wrong = next((one for one in frame.columns if not STATA_NAME.fullmatch(one) or one in _RESERVED), None)
    if wrong is not None:
        hint = "it takes up to 32 letters, digits and _, no digit first, and none of its own words; write .sav instead"
        raise DesignError(f"Stata does not take the name {wrong!r} of a column", hint, path.name)
    for column in frame:
        if column.dtype == pl.String and (column.str.len_bytes().max() or 0) > LONGEST_TEXT:  # type: ignore[operator]
            problem = f"the column {column.name!r} holds a text of more than {LONGEST_TEXT} bytes"
            raise DesignError(problem, "Stata holds none; write .sav, .xlsx or .csv instead", path.name)


def _titles(labels: Mapping[str, str], path: Path, notes: list[str]) -> dict[str, str | None]:
    long = [name for name, text in labels.items() if len(text) > LONGEST_LABEL]
    if long:
        told = ", ".join(long[:8]) + (f" … ({len(long)} in all)" if len(long) > 8 else "")
        notes.append(f"{path.name}: Stata holds {LONGEST_LABEL} letters of a label: cut are those of {told}")
    return {
        name: text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…" for name, text in labels.items()
    }


def _with_letters(column: pl.Series, missing: Sequence[str], path: Path) -> tuple[pl.Series, dict[str, str]]:
    """Give a column with missing codes as letters, and the letter of each code; texts and days stay as they are."""
    kinds = {code for code in column.drop_nulls().unique().to_list() if isinstance(code, str)}
    own = {code for code in kinds if _LETTER.fullmatch(code)}
    marked = bool(own) and own <= set(missing)
    if column.dtype == pl.String and not (marked and _numbers(kinds - own)):
        return column, {}
    if not missing or column.dtype == pl.Date:
        return _whole(column), {}
    codes = [code for code in missing if _LETTER.fullmatch(code)]
    numbers = [code for code in missing if code not in codes and as_value(code, number=True) is not None]
    free = [one for one in ascii_lowercase if f".{one}" not in codes]
    if len(numbers) > len(free):
        problem = f"the column {column.name!r} declares {len(missing)} codes missing, and Stata has 26 letters"
        raise DesignError(problem, "write .sav instead", path.name)
    letter = {code: code[1] for code in codes} | dict(zip(numbers, free, strict=False))
    by_value = {float(code): mark for code, mark in letter.items() if code in numbers}
    values: list[Any] = []
    for one in column.to_list():
        if isinstance(one, str) and one in letter:
            values.append(letter[one])
        else:
            number = None if one is None else float(one)
            values.append(by_value.get(number, number) if number is not None else None)
    if not any(isinstance(one, str) for one in values):
        return pl.Series(column.name, values, dtype=pl.Float64), letter
    return pl.Series(column.name, values, dtype=pl.Object), letter


def _numbers(kinds: set[str]) -> bool:
    return all(as_value(one, number=True) is not None for one in kinds)


def _whole(column: pl.Series) -> pl.Series:
    """Keep whole numbers that Stata holds as such, and write the others as numbers with a point."""
    if column.dtype != pl.Int64:
        return column
    small = bool(column.is_between(_FIRST, _LAST).all())
    return column.cast(pl.Int32 if small and column.null_count() == 0 else pl.Float64)


def _labels(
    responses: Responses, name: str, letter: Mapping[str, str], made: pl.Series, path: Path, notes: list[str]
) -> dict[Any, str]:
    """Give the labels of codes that Stata takes: whole numbers and letters."""
    named = responses.value_labels.get(name, {})
    if not named:
        return {}
    if made.dtype == pl.String:
        notes.append(f"{path.name}: {name} holds texts, and Stata labels numbers only: its labels are not written")
        return {}
    found: dict[Any, str] = {}
    lost = []
    for code, text in named.items():
        number = as_value(code, number=True)
        if code in letter:
            found[letter[code]] = text
        elif isinstance(number, float) and number.is_integer() and _FIRST <= number <= _LAST:
            found[int(number)] = text
        else:
            lost.append(code)
    if lost:
        notes.append(f"{path.name}: {name}: Stata labels whole numbers only, not {', '.join(lost[:6])}")
    return found
