"""Dates as sources give them: a day, a month or a year, kept as an interval and never as a false day."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Precision = Literal["day", "month", "year"]
Order = Literal["day", "month"]
_LOCAL = re.compile(r"([0-9]{1,2})([./-])\s?([0-9]{1,2})\2\s?([0-9]{4})\.?")
_MIDNIGHT = re.compile(r"(?:T|\s+)(?:0?0:00(?::00)?(?:\.0+)?|12:00(?::00)?\s?AM)$", re.IGNORECASE)
_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def read_local_day(text: str, order: Order | None = None) -> date | None:
    """Read a day as spreadsheets write it in many countries: 21.05.2009, or 21/05/2009 where it can be one day only.

    Midnight behind a day is passed over. None if the text has another form.

    Parameters
    ----------
    text : str
        What stands in a cell.
    order : "day" or "month", optional
        Which comes first where strokes stand between, if the column tells.

    Returns
    -------
    datetime.date or None

    Raises
    ------
    ValueError
        The text may be two days (05/06/2009), or the day does not exist.
    """
    bare = _MIDNIGHT.sub("", text.strip())
    form = _LOCAL.fullmatch(bare)
    if form is None:
        return date.fromisoformat(bare) if bare != text.strip() and _FORM.fullmatch(bare) else None
    first, second, year = int(form[1]), int(form[3]), int(form[4])
    readings = {"day": (first, second), "month": (second, first)}
    chosen = ("day",) if form[2] == "." else (order,) if order else ("day", "month")
    days = set()
    for one in chosen:
        day, month = readings[one]
        try:
            days.add(date(year, month, day))
        except ValueError:
            continue
    if not days:
        raise ValueError(f"{text.strip()!r} is not a day that exists")
    if len(days) > 1:
        one_day, other = sorted(days)
        raise ValueError(f"{text.strip()!r} is not a date that says which: it may be {one_day} or {other}")
    return days.pop()


def day_orders(texts: Iterable[str]) -> dict[Order, int]:
    """Tell which orders of day and month the days with strokes of a column allow only: order → number of the first."""
    found: dict[Order, int] = {}
    for number, text in enumerate(texts):
        form = _LOCAL.fullmatch(_MIDNIGHT.sub("", text.strip()))
        if form is None or form[2] == ".":
            continue
        first, second = int(form[1]), int(form[3])
        if first > 12 >= second:
            found.setdefault("day", number)
        elif second > 12 >= first:
            found.setdefault("month", number)
    return found


@total_ordering
@dataclass(frozen=True, slots=True)
class DateInterval:
    """The days, first to last, in which something happened.

    Written `2019-08-21`, `2019-08` or `2019`, or as a range of two of these, `2020-09/2020-10`, where the source names
    a span or leaves one open; ordered by the first day, then by the last.
    """

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "DateInterval":
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, or two of them with a slash between: first and last.

        Raises
        ------
        ValueError
            The text has another form, or the day does not exist.
        """
        if text.count("/") == 1:
            start, end = (cls.parse(part) for part in text.split("/"))
            if end.last < start.first:
                raise ValueError(f"the range {text!r} ends before it begins")
            return cls(start.first, end.last)
        form = _FORM.fullmatch(text.strip())
        if not form:
            if local := read_local_day(text):
                raise ValueError(f"{text!r} is not a date of the case format; write {local}")
            raise ValueError(f"{text!r} is not a date; write YYYY-MM-DD, YYYY-MM or YYYY")
        year, month, day = int(form[1]), form[2], form[3]
        if not 1800 <= year <= 2200:
            raise ValueError(f"the year {year} is outside 1800–2200")
        try:
            if day:
                only = date(year, int(month), int(day))
                return cls(only, only)
            if month:
                return cls(date(year, int(month), 1), date(year, int(month), calendar.monthrange(year, int(month))[1]))
        except (ValueError, calendar.IllegalMonthError) as error:
            raise ValueError(f"{text!r} is not a day that exists") from error
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def of(cls, day: date) -> "DateInterval":
        """Give the interval of one day."""
        return cls(day, day)

    @property
    def precision(self) -> Precision:
        """How exactly the date is known: a day, within one month, or more widely."""
        if self.first == self.last:
            return "day"
        return "month" if (self.first.year, self.first.month) == (self.last.year, self.last.month) else "year"

    @property
    def days(self) -> int:
        """Number of days in the interval: 1 for an exact date."""
        return (self.last - self.first).days + 1

    @property
    def middle(self) -> date:
        """The middle day: for drawing and ordering only, never shown as if it were known."""
        return date.fromordinal((self.first.toordinal() + self.last.toordinal()) // 2)

    def __str__(self) -> str:
        first, last = self.first.isoformat(), self.last.isoformat()
        whole_months = first.endswith("-01") and (self.last + timedelta(days=1)).day == 1
        whole_years = whole_months and (self.first.month, self.last.month) == (1, 12)
        length = 4 if whole_years else 7 if whole_months else 10
        first, last = first[:length], last[:length]
        return first if first == last else f"{first}/{last}"

    def __lt__(self, other: "DateInterval") -> bool:
        return (self.first, self.last) < (other.first, other.last)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any) -> DateInterval:
            if isinstance(value, DateInterval):
                return value
            if isinstance(value, date):
                return cls.of(value)
            if isinstance(value, int) and not isinstance(value, bool):
                return cls.parse(str(value))
            if isinstance(value, str):
                return cls.parse(value)
            raise ValueError(f"{value!r} is not a date; write YYYY-MM-DD, YYYY-MM or YYYY")

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )
