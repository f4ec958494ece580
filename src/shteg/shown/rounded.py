"""One rule of rounding: an estimate has as many decimals as its standard error has in two significant digits."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, isfinite
from typing import Any

SIGNIFICANT = 2
"""Digits of the standard error that are shown."""
ALONE = 4
"""Significant digits of a number that has no standard error."""
MOST_DECIMALS = 8
"""Numbers that need more are written with an exponent."""
SMALLEST_P = 0.001
BY_ERROR = ("estimate", "std_error", "ci_low", "ci_high")
WHOLE = ("n", "n_effective")
NONE = "–"


def decimals_of(number: float, significant: int) -> int:
    """Decimals with which a number shows so many significant digits; below 0 it is rounded to tens, hundreds …"""
    return significant - 1 - int(f"{abs(number):.{significant - 1}e}".split("e")[1])


def write_number(number: float, decimals: int) -> str:
    """Write a number with so many decimals; a negative 0 is 0.

    Examples
    --------
    >>> write_number(1234.56, 1), write_number(1234.56, -2), write_number(-0.0001, 2)
    ('1234.6', '1200', '0.00')
    """
    if decimals > MOST_DECIMALS:
        return f"{number:.{SIGNIFICANT}e}"
    text = f"{round(number, decimals):.{max(decimals, 0)}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def write_p(p: float) -> str:
    """Write a p value with three decimals; smaller ones as < 0.001."""
    return f"< {SMALLEST_P:.3f}" if p < SMALLEST_P else f"{p:.3f}"


def write_cell(name: str, row: Mapping[str, Any]) -> str:
    """Write one cell of a row of results.

    Parameters
    ----------
    name : str
        Its column.
    row : mapping of column to cell
        The standard error in it says how many decimals estimate and interval have.

    Returns
    -------
    str
        What is not known is a dash.
    """
    cell = row[name]
    if cell is None or (isinstance(cell, float) and cell != cell):
        return NONE
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return str(cell)
    if name.startswith("p_"):
        return write_p(cell)
    if not isfinite(cell):
        return "∞" if cell > 0 else "−∞"
    if isinstance(cell, int):
        return str(cell)
    text = write_number(cell, _decimals(name, cell, row))
    measured = name in (*BY_ERROR, *WHOLE, "deff", "statistic") or name.startswith("df")
    return text if measured or "." not in text or "e" in text else text.rstrip("0").rstrip(".")


def _decimals(name: str, cell: float, row: Mapping[str, Any]) -> int:
    if name in WHOLE:
        return 0
    if name in ("deff", "statistic"):
        return 2
    if name.startswith("df"):
        return 0 if cell == floor(cell) else 1
    error = row.get("std_error")
    if name in BY_ERROR and isinstance(error, float) and isfinite(error) and error > 0:
        return decimals_of(error, SIGNIFICANT)
    if name in BY_ERROR and isinstance(row.get("estimate"), float):
        cell = row["estimate"] or cell
    if cell == floor(cell) and abs(cell) < 10**ALONE:
        return 0
    return max(decimals_of(cell, ALONE), 0)
