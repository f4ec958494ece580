"""Print a number of a table: one form for each kind of number, so that a finished page can be read again.

A figure that stands in a table of the edition, and is no quotable value, is printed by its place (table, row, column)
and its form; `published` prints it once more from the edition and compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from shteg.errors import UsageError
from shteg.report.language.locale import MINUS, exact, format_number, format_percent, rounded
from shteg.report.language.values import format_share

WRITTEN = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
"""A text that is nothing but a number, as tables of acts hold them."""
MOST_DECIMALS = 4
"""Decimals of a number that was set by judgement."""


def _plain(number: float, language: str) -> str:
    """Print a number with as many decimals as it has, up to `MOST_DECIMALS`."""
    value = exact(number)
    decimals = next((one for one in range(MOST_DECIMALS) if rounded(value, one) == rounded(value, 9)), MOST_DECIMALS)
    return format_number(value, language, decimals)


def _cell(number: float, language: str) -> str:
    """Print a number of a table: whole where it is large and whole, three decimals below one, two else."""
    value = exact(number)
    if abs(value) >= 10 and value == value.to_integral_value():
        return format_number(value, language, 0)
    return format_number(value, language, 3 if abs(value) < 1 else 2)


def _signed(number: float, language: str) -> str:
    """Print a shift with two decimals and its sign."""
    value = rounded(number, 2)
    sign = "" if value == 0 else "+" if value > 0 else MINUS
    return sign + format_number(abs(value), language, 2)


def _fixed(decimals: int) -> Callable[[float, str], str]:
    return lambda number, language: format_number(number, language, decimals)


def _year(number: float, language: str) -> str:
    return format_number(number, language, 0, grouped=False)


FORMS: Mapping[str, Callable[[float, str], str]] = MappingProxyType(
    {
        "share": lambda number, language: format_share(number, language, modelled=True, short=True),
        "end": lambda number, language: format_share(number, language, short=True),
        "open": format_share,
        "percent": format_percent,
        "points": lambda number, language: format_number(exact(number) * 100, language, 1),
        "count": lambda number, language: format_number(number, language, 0),
        "tenth": lambda number, language: format_number(number, language, 1),
        "plain": _plain,
        "cell": _cell,
        "signed": _signed,
        "year": _year,
        **{str(decimals): _fixed(decimals) for decimals in range(4)},
    }
)
"""How a number of a table may be printed: a share of a model, the end of its interval, a share of a sentence, a whole
percentage, percentage points, a count, …, and with so many decimals."""


def format_cell(number: float, form: str, language: str) -> str:
    """Print a number of a table.

    Parameters
    ----------
    number : float
        As the table holds it.
    form : str
        One of `FORMS`.
    language : str
        Such as "en" or "sq".

    Returns
    -------
    str

    Raises
    ------
    UsageError
        There is no such form.
    """
    if form not in FORMS:
        raise UsageError(f"no form {form!r} of a number", f"use {', '.join(FORMS)}", form)
    return FORMS[form](number, language)


def written_number(cell: object) -> float | None:
    """Give the number of a cell, also of a text that is nothing but a number; None where there is none."""
    if isinstance(cell, str):
        return float(cell) if WRITTEN.fullmatch(cell) else None
    return cell if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def form_of(column: str, number: float) -> str:
    """Tell how a column of a table of the edition prints its numbers."""
    if isinstance(number, int):
        return "year" if column.endswith("year") else "count"
    return "cell"


def significant(number: float, digits: int) -> tuple[Decimal, int]:
    """Give a number at so many significant digits, and the decimals it then has."""
    value = Decimal(f"{exact(number):.{digits}g}")
    exponent = value.normalize().as_tuple().exponent
    return value, max(0, -exponent) if isinstance(exponent, int) else 0
