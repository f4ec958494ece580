"""Origins and horizons that can be asked, and those that are passed over."""

import pytest

from shteg.errors import UsageError
from shteg.evaluation.backtest import plan_origins
from shteg.evidence import find_case, read_case


@pytest.fixture(scope="module")
def demo():
    return read_case(find_case("demo"))


def test_an_origin_before_anything_was_known_is_passed_over(demo):
    plan = plan_origins(demo, (1985, 1990, 1995, 1997, 2005), (1,))
    assert plan.unknown == (1985, 1990, 1995)
    assert dict(plan.horizons) == {1997: (1,), 2005: (1,)}


def test_an_origin_without_follow_up_is_passed_over(demo):
    plan = plan_origins(demo, (2040, 2026, 2020, 2020), (10, 3, 3))
    assert plan.without_follow_up == (2026, 2040)
    assert dict(plan.horizons) == {2020: (3,)}


def test_origins_are_sorted_and_counted_once(demo):
    assert list(plan_origins(demo, (2010, 2005, 2010), (1, 5, 1)).horizons.items()) == [(2005, (1, 5)), (2010, (1, 5))]


@pytest.mark.parametrize("horizons", [(), (0,), (-1,), (101,), (1, 10**9)])
def test_a_horizon_out_of_range_is_refused(demo, horizons):
    with pytest.raises(UsageError, match="whole number of years from 1 to 100"):
        plan_origins(demo, (2005,), horizons)


@pytest.mark.parametrize("origin", [10, 0, 1799, 20051])
def test_an_origin_that_is_no_year_is_refused(demo, origin):
    with pytest.raises(UsageError, match="is no year from 1800 to 9999"):
        plan_origins(demo, (origin,), (1,))
