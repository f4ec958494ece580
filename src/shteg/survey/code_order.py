"""The one order of codes: numbers by value, then NaN, then texts; an order that was declared goes before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$"
"""What counts as a number: digits with an optional sign, decimal point and exponent."""

_NUMBER = re.compile(NUMBER)
_WHOLE = r"^-?[0-9]{1,18}$"
_A_NUMBER, _NOT_A_NUMBER, _TEXT = 0, 1, 2


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
