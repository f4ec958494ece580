"""Print a number of a table: one form for each kind of number, so that a finished page can be read again.

A figure that stands in a table of the edition, and is no quotable value, is printed by its place (table, row, column)
and its form; `published` prints it once more from the edition and compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from shteg.errors import UsageError
from shteg.report.language.locale import MINUS, exact, format_number, rounded
from shteg.report.language.messages import message
from shteg.report.language.precision import SIGNS, format_share, open_decimals, shared_decimals, shown

WRITTEN = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
"""A text that is nothing but a number, as tables of acts hold them."""
MOST_DECIMALS = 4
"""Decimals of a number that was set by judgement."""


def plain_decimals(number: float) -> int:
    """Give the decimals that a number has, up to `MOST_DECIMALS`."""
    value = exact(number)
    return next((one for one in range(MOST_DECIMALS) if rounded(value, one) == rounded(value, 9)), MOST_DECIMALS)


def _plain(number: float, language: str) -> str:
    """Print a number with as many decimals as it has, up to `MOST_DECIMALS`."""
    return shown(exact(number), plain_decimals(number)).short(language)


def _cell(number: float, language: str) -> str:
    """Print a number of a table: whole where it is large and whole, three decimals below one, two else."""
    value = exact(number)
    if abs(value) >= 10 and value == value.to_integral_value():
        return format_number(value, language, 0)
    return format_number(value, language, 3 if abs(value) < 1 else 2)


def measured_form(number: float) -> str:
    """Give the form of a measured number in a table for readers: the decimals of `cell`, and no zero that is none."""
    value = exact(number)
    if abs(value) >= 10 and value == value.to_integral_value():
        return "0"
    return "3" if abs(value) < 1 else "2"


def _signed(number: float, language: str) -> str:
    """Print a shift with two decimals and its sign."""
    one = shown(exact(number), 2)
    at = rounded(one.number, one.decimals)
    sign = "" if at == 0 else "+" if at > 0 else MINUS
    return SIGNS[one.bound] + sign + format_number(abs(at), language, one.decimals)


Form = Callable[[float, str], str]


def _fixed(decimals: int) -> Form:
    return lambda number, language: shown(exact(number), decimals).short(language)


def _points(decimals: int) -> Form:
    return lambda number, language: shown(exact(number) * 100, decimals).short(language)


def _share(decimals: int, *, modelled: bool = True, unit: bool = True) -> Form:
    return lambda number, language: format_share(
        number, language, decimals=decimals, modelled=modelled, short=True, unit=unit
    )


def _none(number: float, language: str) -> str:
    if exact(number) != 0:
        raise UsageError(f"{number!r} is not none", "print it in another form", "none")
    return message(language, "number.none")


def _year(number: float, language: str) -> str:
    return format_number(number, language, 0, grouped=False)


DECIMALS = range(MOST_DECIMALS + 1)
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "share": lambda number, language: format_share(number, language, modelled=True, short=True),
        "end": lambda number, language: format_share(number, language, short=True),
        "open": format_share,
        "percent": _share(0, modelled=False),
        "points": _points(1),
        "count": _fixed(0),
        "tenth": _fixed(1),
        "plain": _plain,
        "cell": _cell,
        "signed": _signed,
        "year": _year,
        "none": _none,
        **{str(decimals): _fixed(decimals) for decimals in DECIMALS},
        **{f"share-{decimals}": _share(decimals) for decimals in DECIMALS},
        **{f"end-{decimals}": _share(decimals, unit=False) for decimals in DECIMALS},
        **{f"points-{decimals}": _points(decimals) for decimals in DECIMALS},
    }
)
"""How a number of a table may be printed: a share of a model, the end of its interval, a share of a sentence, a whole
percentage, percentage points, a count, …; with so many decimals (`2`, `share-1`, `points-1`; `end-1` is the end of the
interval of a share, without the sign of percentage)."""


Triple = Literal["share", "points", "plain", "signed"]
"""A number and its interval in a table: shares of a model, differences of such, numbers as they are, shifts."""


def triple_forms(number: float, low: float, high: float, kind: Triple) -> tuple[str, str]:
    """Give the form of a number and the form of the ends of its interval, so that all three have one precision.

    Parameters
    ----------
    number, low, high : float
        As the table holds them.
    kind : Triple
        What they are.

    Returns
    -------
    number, ends : str
        Names of `FORMS`.
    """
    if kind == "points" and all(exact(one) == 0 for one in (number, low, high)):
        return "none", "none"
    if kind == "signed":
        return "signed", "signed"
    if kind == "plain":
        decimals = max(plain_decimals(one) for one in (number, low, high))
        return str(decimals), str(decimals)
    first = open_decimals(exact(number) * 100, modelled=True) if kind == "share" else 1
    decimals = shared_decimals(exact(low) * 100, exact(high) * 100, first, 1)
    return f"{kind}-{decimals}", f"end-{decimals}" if kind == "share" else f"{kind}-{decimals}"


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
