"""Dates as sources give them."""

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from shteg.evidence import DateInterval


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2019-08-21", date(2019, 8, 21), date(2019, 8, 21), "day"),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28), "month"),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), "month"),
        ("2019", date(2019, 1, 1), date(2019, 12, 31), "year"),
        ("2020-09/2020-10", date(2020, 9, 1), date(2020, 10, 31), "year"),
        ("2020-12-30/2021-01-02", date(2020, 12, 30), date(2021, 1, 2), "year"),
    ],
)
def test_a_date_is_an_interval(text: str, first: date, last: date, precision: str) -> None:
    found = DateInterval.parse(text)
    assert (found.first, found.last, found.precision) == (first, last, precision)
    assert str(found) == text
    assert found.days == (last - first).days + 1
    assert first <= found.middle <= last


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2019-02-31", "not a day that exists"),
        ("2019-13", "not a day that exists"),
        ("2019-00", "not a day that exists"),
        ("1066", "outside 1800"),
        ("21.8.2019", "not a date"),
        ("2019-8-21", "not a date"),
        ("", "not a date"),
        ("2020/2019", "ends before it begins"),
        ("٢٠١٩", "not a date|outside|exists"),
    ],
)
def test_what_is_no_date_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        DateInterval.parse(text)


def test_dates_are_ordered_by_their_first_day_then_their_last() -> None:
    texts = ["2020", "2019-12-31", "2020-01-01", "2020-01", "2019"]
    assert [str(one) for one in sorted(map(DateInterval.parse, texts))] == [
        "2019", "2019-12-31", "2020-01-01", "2020-01", "2020",
    ]  # fmt: skip


def test_dates_come_from_days_years_and_texts() -> None:
    read = TypeAdapter(DateInterval).validate_python
    assert read(date(2019, 8, 21)) == DateInterval.of(date(2019, 8, 21)) == read("2019-08-21")
    assert read(2019) == read("2019")
    for wrong in (True, 1.5, None, ["2019"]):
        with pytest.raises(ValidationError, match="is not a date"):
            read(wrong)


def test_a_date_is_written_as_it_was_given() -> None:
    assert TypeAdapter(DateInterval).dump_python(DateInterval.parse("2019-08")) == "2019-08"
