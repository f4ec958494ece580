"""With which day an edition compares itself."""

from datetime import date

import pytest

from shteg.changes.since import day_compared
from shteg.edition import Options
from shteg.errors import UsageError
from shteg.evidence import Case


def test_the_day_is_that_of_the_option_else_of_the_case(demo: Case) -> None:
    assert demo.header.changes is not None
    assert day_compared(demo, Options()) == demo.header.changes.since
    assert day_compared(demo, Options(since=date(2024, 1, 1))) == date(2024, 1, 1)
    assert day_compared(demo, Options(as_of=date(2020, 1, 1))) is None  # that edition has not passed the day


def test_nothing_is_compared_if_so_asked_and_the_edition_is_another(demo: Case) -> None:
    assert day_compared(demo, Options(compared=False)) is None
    assert Options(compared=False).named(demo) != Options().named(demo)


def test_a_day_that_is_not_earlier_is_refused(demo: Case) -> None:
    with pytest.raises(UsageError, match="give an earlier day"):
        day_compared(demo, Options(since=demo.header.as_of))
