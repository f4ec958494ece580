"""Codes as texts: the values of any column in one form, and the codes of a caller found among them.

A value is missing where it is null, NaN, or a blank text. Numbers are written without a needless fraction (1.0 is 1,
−0 is 0), truth values as true and false; texts stay as they are, without blanks around. A code that a caller gives
means the value of that text, or else of that number: 1, 1.0, "1" and "1.0" all mean the answer 1, "007" only itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from shteg.errors import DesignError, UsageError
from shteg.hints import list_names, suggest

NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$"
"""What counts as a number: digits with an optional sign, decimal point and exponent."""

_NUMBER = re.compile(NUMBER)
_WHOLE = r"^-?[0-9]{1,18}$"
_A_NUMBER, _NOT_A_NUMBER, _TEXT = 0, 1, 2


CODES_REPEAT = (
    "mend the code, or give every PSU a code of its own; with --nest, in Python `nest=True`, codes may repeat between "
    "strata"
)
"""The hint where one code of a primary unit stands in two strata."""

Code = str | int | float | bool
"""A code as a caller may give it."""

Missing = Mapping[str, Collection[Code]]
"""For each column the codes that are no answer there."""

_LEADING_ZERO = re.compile(r"^[+-]?0[0-9]")
_WHOLE_UP_TO = 2.0**53


def code_order(code: str) -> tuple[int, Decimal, str]:
    """Give the sort key of a code: −1, 1, 2, 10, then NaN, then texts by their letters.

    The order is total: codes of one value ("1", "1.0", "01") follow one another by their text.
    """
    text = code.strip()
    if _NUMBER.match(text):
        return _A_NUMBER, Decimal(text), code
    return (_NOT_A_NUMBER if text.lower() == "nan" else _TEXT), Decimal(0), code


def sort_codes(codes: Iterable[str]) -> list[str]:
    """Sort codes by `code_order`; the many texts of a large file, without a number among them, by their letters."""
    found = pl.Series("codes", list(codes), dtype=pl.String)
    if found.str.contains(_WHOLE).all():
        return found.to_frame().sort(pl.col("codes").cast(pl.Int64), "codes").to_series().to_list()
    plain = found.str.strip_chars()
    if not (plain.str.contains(NUMBER) | (plain.str.to_lowercase() == "nan")).any():
        return found.sort().to_list()
    return sorted(found.to_list(), key=code_order)


def ordered_levels(column: pl.Series) -> list[str] | None:
    """Give the categories of a column whose type declares their order (an Enum), all of them; else None."""
    return column.dtype.categories.to_list() if isinstance(column.dtype, pl.Enum) else None


def code_text(code: Any, where: str = "code") -> str:
    """Write one code as `column_texts` writes the values of a column.

    Raises
    ------
    UsageError
        It is no text, number or truth value, or it is NaN.
    """
    if isinstance(code, str):
        return code.strip()
    if isinstance(code, bool | np.bool_):
        return "true" if code else "false"
    if isinstance(code, int | np.integer):
        return str(int(code))
    if isinstance(code, float | np.floating | Decimal) and code == code:
        return _plain(str(code))
    raise UsageError(f"{code!r} is no code", "give texts, numbers or truth values", where)


def column_texts(column: pl.Series) -> pl.Series:
    """Values of a column as codes, null where missing.

    Raises
    ------
    DesignError
        The column holds lists, structures or raw bytes.
    """
    if column.dtype.is_nested() or column.dtype in (pl.Object, pl.Binary):
        raise DesignError(
            f"the column holds values of type {column.dtype}, no codes", "choose another one", f"column {column.name!r}"
        )
    if column.dtype == pl.String or isinstance(column.dtype, pl.Enum | pl.Categorical):
        texts = column.cast(pl.String).str.strip_chars()
        return texts.set(texts == "", None)
    if column.dtype.is_float():
        column = column.fill_nan(None)
        rounded = column.cast(pl.Float64).round()
        if ((column == rounded) & (rounded.abs() <= _WHOLE_UP_TO)).all(ignore_nulls=True):
            return rounded.cast(pl.Int64).cast(pl.String)
        return _each(column.cast(pl.String))
    return _each(column.cast(pl.String)) if column.dtype.is_decimal() else column.cast(pl.String)


def _each(texts: pl.Series) -> pl.Series:
    distinct = texts.unique().drop_nulls().to_list()
    return texts.replace_strict(distinct, [_plain(text) for text in distinct], return_dtype=pl.String, default=None)


def _plain(number: str) -> str:
    """Write a number without a needless fraction, sign or exponent."""
    if not _NUMBER.match(number):
        return number
    value = Decimal(number)
    if value == 0:
        return "0"
    return format(value.normalize(), "f") if -7 < value.adjusted() < 21 else str(value.normalize())


def code_key(text: str) -> str:
    """What two codes must share to mean the same value: a number's value; else the text."""
    return _plain(text) if _NUMBER.match(text) and not _LEADING_ZERO.match(text) else text


def find_code(code: str, among: Sequence[str]) -> str | None:
    """Give the one of the codes that `code` means: the same text, or else the same number; None where it is none."""
    if code in among:
        return code
    return next((one for one in among if code_key(one) == code_key(code)), None)


def require_code(code: Any, among: Sequence[str], where: str, problem: str = "nobody answered {}") -> str:
    """Give the one of the codes that `code` means; `problem` says what is wrong where it is none of them.

    Parameters
    ----------
    code : str, int, float or bool
    among : sequence of str
        The codes there are.
    where : str
        Place for the error.
    problem : str
        Its words; {} stands for the code.

    Returns
    -------
    str

    Raises
    ------
    DesignError
        It is none of them: they are named.
    """
    text = code_text(code, where)
    found = find_code(text, among)
    if found is None:
        known = list_names(among, "choose of", "choose another column")
        raise DesignError(problem.format(repr(text)), f"{suggest(text, among)} {known}".strip(), where)
    return found


def without_codes(texts: pl.Series, codes: Collection[str]) -> pl.Series:
    """Make null what is one of the codes."""
    if not codes:
        return texts
    keys = {code_key(code) for code in codes}
    lost = [text for text in texts.unique().drop_nulls().to_list() if text in codes or code_key(text) in keys]
    return texts.set(texts.is_in(lost), None) if lost else texts


def read_missing(data: pl.DataFrame, missing: Missing | None) -> dict[str, tuple[str, ...]]:
    """Check what a caller gave as `missing`: {column: [codes]}; give each column's codes as texts.

    Raises
    ------
    UsageError
        It has another form.
    DesignError
        The data have no such column.
    """
    return read_code_lists(data, missing, "missing")


def read_code_lists(data: pl.DataFrame, given: Missing | None, where: str) -> dict[str, tuple[str, ...]]:
    """Check a mapping of column to codes.

    Parameters
    ----------
    data : polars.DataFrame
    given : mapping of column to codes, optional
    where : str
        Name of the argument.

    Returns
    -------
    mapping of column to tuple of str

    Raises
    ------
    UsageError
        It is no mapping of columns to lists of codes.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise UsageError(
            f"`{where}` is {_kind(given)}, not a mapping of column to codes",
            f'write {where}={{"column": ["8", "9"]}}',
            where,
        )
    read: dict[str, tuple[str, ...]] = {}
    for column, codes in given.items():
        require_column(data, column)
        read[column] = code_list(codes, f"{where}[{column!r}]")
    return read


def code_list(codes: Any, where: str) -> tuple[str, ...]:
    """Read a list of codes as texts, each once."""
    if isinstance(codes, str | bytes | Mapping) or not isinstance(codes, Collection | pl.Series | np.ndarray):
        raise UsageError(f"{codes!r} is no list of codes", 'write a list, for example ["8", "9"]', where)
    return tuple(dict.fromkeys(code_text(code, where) for code in codes))


def _kind(value: object) -> str:
    return "a text" if isinstance(value, str) else f"a {type(value).__name__}"


def level_order(column: pl.Series, found: Iterable[str]) -> list[str]:
    """Put the values found in the order that the column's type declares, or else in that of codes."""
    declared = ordered_levels(column)
    if declared is None:
        return sort_codes(found)
    places = {text.strip(): i for i, text in reversed(list(enumerate(declared)))}
    return sorted(found, key=lambda text: places[text])


def require_column(data: pl.DataFrame, column: str) -> None:
    """Raise the error that names the nearest column, or all of them, if the data have no such column."""
    if not isinstance(column, str):
        raise UsageError(f"{column!r} is no name of a column", "name columns by texts", "column")
    if column not in data.columns:
        hint = suggest(column, data.columns, list_names(data.columns, "the columns are"))
        raise DesignError("the data have no such column", hint, f"column {column!r}")
