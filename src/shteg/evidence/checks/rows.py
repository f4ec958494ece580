"""Checks of rows and dates: rows that stand twice, dates after the day of the case."""

import datetime
from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Ahead, TakenBack, marked

_HINT = "correct the date, or move `as_of` in case.toml"


def check_duplicates(draft: Draft) -> Iterator[Problem]:
    """Find rows whose key stands in the table already."""
    for table in draft.tables.values():
        key = [name for name in table.spec.key if name in table.header]
        first: dict[tuple[str, ...], Row] = {}
        for row in table.rows:
            identity = tuple(row.cells[name].strip() for name in key)
            seen = first.setdefault(identity, row)
            if seen is row or not key:
                continue
            if seen.cells == row.cells:
                problem, hint = f"the row stands already in line {seen.line}", "delete one of the two"
            else:
                named = ", ".join(f"{name} `{value}`" for name, value in zip(key, identity, strict=True))
                problem = f"{named} stands already in line {seen.line}"
                hint = "keep the row with the better source, or correct one of them"
            yield table.at(row, key[0], problem, hint)


def check_dates(draft: Draft) -> Iterator[Problem]:
    """Find dates of tables after the day as of which the case stands."""
    as_of = draft.as_of
    for table in draft.tables.values() if as_of else ():
        assert as_of is not None
        columns = [name for name in table.header if name not in marked(table.spec.record, Ahead)]
        for row in table.rows:
            for column in columns:
                value = getattr(row.record, column, None)
                if isinstance(value, DateInterval) and value.first > as_of:
                    problem = f"`{column}` {value} lies after the day of the case, {as_of}"
                    yield table.at(row, column, problem, _HINT)


def check_days(draft: Draft) -> Iterator[Problem]:
    """Find dates in TOML files that lie after the day of the case.

    What is under way on that day has begun by then, however vaguely its beginning is known.
    """
    as_of = draft.as_of
    for file, found in draft.walk() if as_of else ():
        if found.form not in (DateInterval, datetime.date) or found.mark(Ahead) is not None:
            continue
        when = read_day(found.value)
        assert as_of is not None
        if when is not None and (when.last if found.mark(TakenBack) is not None else when.first) > as_of:
            name = next((part for part in reversed(found.path) if isinstance(part, str)), "")
            problem = f"`{name}` {when} lies after the day of the case, {as_of}"
            yield draft.at_key(file, found.path, problem, _HINT)


def read_day(value: object) -> DateInterval | None:
    """Read a date of a TOML file; None if it is none, which is said where the file is read."""
    try:
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return DateInterval.of(value)
        return DateInterval.parse(str(value)) if isinstance(value, str | int) else None
    except ValueError:
        return None


CHECKS = (check_duplicates, check_dates, check_days)
