"""Days, moments and lengths of time in SPSS and Stata files: numbers whose format says what they count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.codes import typed_codes, write_code

_SPSS_DAYS = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE")
_SPSS_MOMENTS = ("DATETIME", "YMDHMS")
_SPSS_ORIGIN = datetime(1582, 10, 14)  # noqa: DTZ001 (the days of a file know no time zone)
_STATA_ORIGIN = datetime(1960, 1, 1)  # noqa: DTZ001
_STATA_CLOCK = re.compile(r"%-?t[cC][hHmMsS:._aAp]+")
"""Formats that show hours, minutes and seconds and no day: a length of time, as TIME of SPSS."""
_DAY, _MILLISECOND = 86_400_000, 1


@dataclass(frozen=True, slots=True)
class Clock:
    """What the numbers of a column count: `unit` milliseconds each, from `origin` on."""

    kind: Literal["number", "length", "day", "moment"] = "number"
    origin: datetime = _SPSS_ORIGIN
    unit: int = 1000

    def write(self, number: float, place: str) -> str:
        """Write one number of the column as a code.

        Raises
        ------
        DesignError
            There is no such day, or the number is too large for a code.
        """
        if self.kind == "number":
            return write_code(number, place)
        if self.kind == "length":
            return write_code(number * self.unit / 1000, place)
        try:
            when = self.origin + timedelta(milliseconds=round(number * self.unit))
        except (OverflowError, ValueError):
            hint = f"mend the value, or give the column the format of a number instead of a {self.kind}"
            raise DesignError(f"{number:g} is no {self.kind} between the years 1 and 9999", hint, place) from None
        if self.kind == "day":
            return when.date().isoformat()
        return when.isoformat().rstrip("0") if when.microsecond else when.isoformat()

    def codes(self, column: pl.Series, place: str) -> pl.Series:
        """Write a column as codes.

        Raises
        ------
        DesignError
            As `write`.
        """
        if self.kind == "number" or not column.dtype.is_numeric():
            return typed_codes(column, place)
        numbers = column.cast(pl.Float64).fill_nan(None)
        known = numbers.drop_nulls().unique()
        written = pl.Series([self.write(one, place) for one in known.to_list()], dtype=pl.String)
        return numbers.replace_strict(known, written, default=None, return_dtype=pl.String)


def spss_clock(form: str | None) -> Clock:
    """Read a format of SPSS: TIME8 and DTIME12 are seconds as they stand, DATE11 a day, DATETIME20 a moment."""
    name = re.match(r"[A-Z]*", form or "")
    word = name[0] if name else ""
    if word in _SPSS_DAYS:
        return Clock("day")
    return Clock("moment") if word in _SPSS_MOMENTS else Clock()


def stata_clock(form: str | None) -> Clock:
    """Read a format of Stata: %td is a day, %tc a moment, %tcHH:MM:SS a length of time; all others stay numbers."""
    form = form or ""
    if re.match(r"%-?(td|d)", form):
        return Clock("day", _STATA_ORIGIN, _DAY)
    if _STATA_CLOCK.fullmatch(form):
        return Clock("length", _STATA_ORIGIN, _MILLISECOND)
    return Clock("moment", _STATA_ORIGIN, _MILLISECOND) if re.match(r"%-?t[cC]", form) else Clock()
