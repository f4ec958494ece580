"""The one rule for decimals: a number and its interval at one precision, and no zero or hundred that is none.

What would round to 0 without being 0 is printed as a bound (“<0.1”, “less than 0.1”), below zero as “>−0.1”; a share
that would round to 100 % without being it as “>99.9”. The ends of an interval follow the same rule as the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shteg.report.language.locale import EN_DASH, MINUS, exact, format_number, percent_marks, rounded
from shteg.report.language.marked import join
from shteg.report.language.messages import message

NOTHING = Decimal("1e-9")
"""What is nearer to 0 (a percentage to 0 or 100) than this is 0 or 100: the rest is arithmetic noise."""
SMALL_PERCENT = Decimal("9.5")
"""Percentages below this gain a decimal where a table leaves the number of decimals open."""
SIGNS = {"less": "<", "more": ">", "": ""}
"""How a bound is written in tables and in intervals."""

Bound = Literal["less", "more", ""]


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it is printed: itself, or the bound that stands for it."""

    bound: Bound
    number: Decimal
    decimals: int

    def written(self, language: str) -> str:
        """Write the number, without the sign of a bound."""
        return format_number(self.number, language, self.decimals)

    def short(self, language: str, marks: tuple[str, str] = ("", "")) -> str:
        """Write it with the sign of a bound, and with the marks before and after the number."""
        before, after = marks
        return f"{SIGNS[self.bound]}{before}{self.written(language)}{after}"


def shown(number: Decimal, decimals: int) -> Shown:
    """Tell how a number is printed at so many decimals."""
    if rounded(number, decimals) == 0 and abs(number) > NOTHING:
        step = Decimal(1).scaleb(-decimals)
        return Shown("less", step, decimals) if number > 0 else Shown("more", -step, decimals)
    return Shown("", number, decimals)


def shown_percent(percent: Decimal, decimals: int, *, modelled: bool) -> Shown:
    """Tell how a percentage is printed.

    Parameters
    ----------
    percent : Decimal
        Between 0 and 100.
    decimals : int
        0 or more.
    modelled : bool
        A model gave it: an exact 0 or 100 is a bound too, because a model never proves the impossible.

    Returns
    -------
    Shown
    """
    step = Decimal(1).scaleb(-decimals)
    at = rounded(percent, decimals)
    if at == 0 and modelled:
        return Shown("less", step, decimals)
    if at == 100 and (percent < 100 - NOTHING or modelled):
        return Shown("more", 100 - step, decimals)
    return shown(percent, decimals)


def open_decimals(percent: Decimal, *, modelled: bool) -> int:
    """Give the decimals of a percentage that leaves them open: one below 9.5 %, none above, none for an exact 0."""
    return 1 if percent < SMALL_PERCENT and (percent > NOTHING or modelled) else 0


def shared_decimals(low: Decimal, high: Decimal, decimals: int, most: int) -> int:
    """Give the decimals that a number and its interval are printed at.

    Parameters
    ----------
    low, high : Decimal
        Ends of the interval, in the unit that is printed.
    decimals : int
        Those of the number.
    most : int
        More than these the interval may not ask for.

    Returns
    -------
    int
        As few as tell the ends apart; `decimals` where even `most` do not.
    """
    if low == high:
        return decimals
    for one in range(decimals, most + 1):
        if rounded(low, one) != rounded(high, one):
            return one
    return decimals


def significant(number: float | Decimal, digits: int) -> tuple[Decimal, int]:
    """Give a number at so many significant digits, and the decimals it then has."""
    value = Decimal(f"{exact(number) if isinstance(number, float | int) else number:.{digits}g}")
    exponent = value.normalize().as_tuple().exponent
    return value, max(0, -exponent) if isinstance(exponent, int) else 0


def written_percent(one: Shown, language: str, *, unit: bool, short: bool) -> str:
    """Write a percentage; a bound in words, or short by its sign.

    Parameters
    ----------
    one : Shown
        The percentage.
    language : str
        Such as "en" or "sq".
    unit : bool
        With the sign of percentage.
    short : bool
        Write a bound as “<1%”.

    Returns
    -------
    str
    """
    before, after = percent_marks(language) if unit else ("", "")
    if short or not one.bound:
        return one.short(language, (before, after))
    return message(language, f"number.{one.bound}", {"number": before + one.written(language) + after})


def format_share(
    share: float,
    language: str,
    *,
    decimals: int | None = None,
    modelled: bool = False,
    short: bool = False,
    unit: bool = True,
) -> str:
    """Print a share as a percentage: the one rule for small and large ones, in prose, tables and on the command line.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    language : str
        Such as "en" or "sq".
    decimals : int, optional
        Decimals of the percentage; without it one decimal below 9.5 %, none above, none for an exact 0.
    modelled : bool
        A model gave it: an exact 0 or 1 is a bound too, because a model never proves the impossible.
    short : bool
        Write a bound as “<1%”, for tables; else as “less than 1%”.
    unit : bool
        With the sign of percentage.

    Returns
    -------
    str
        A share that would round to 0 % or 100 % without being it is printed as a bound.
    """
    percent = exact(share) * 100
    if decimals is None:
        decimals = open_decimals(percent, modelled=modelled)
    return written_percent(shown_percent(percent, decimals, modelled=modelled), language, unit=unit, short=short)


def spread(low: str, high: str, language: str, marks: tuple[str, str] = ("", "")) -> str:
    """Join the printed ends of an interval: “35–47%”, “−1 to 7”, “98 to >99%”; one number where they are alike.

    What the ends know of their places (`Marked`) is kept.

    Parameters
    ----------
    low, high : str
        As they are printed, without the sign of percentage.
    language : str
        Such as "en" or "sq".
    marks : (str, str)
        What stands before and behind it: the sign of percentage, where the language puts it.

    Returns
    -------
    str
    """
    before, after = marks
    if low == high:
        return join("", (before, low, after))
    first, last = join("", (before, low)), join("", (high, after))
    if MINUS in low + high or high.startswith(">"):  # a dash before these is read as a sign or an arrow
        return message(language, "number.from-to", {"low": first, "high": last})
    return join(EN_DASH, (first, last))
