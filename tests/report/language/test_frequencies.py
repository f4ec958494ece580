"""Probabilities as frequencies: the nearest one, the ends, both languages, and the gate that reads them again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.errors import UsageError
from shteg.estimates import Value
from shteg.report import format_value
from shteg.report.language.frequencies import RARE, format_frequency, frequency_of
from shteg.report.language.locale import exact
from tests.examples import examples
from tests.report.language.test_values import make


@pytest.mark.parametrize(
    ("share", "en", "sq"),
    [
        (0.0, "fewer than 1 in 100", "më pak se 1 në 100"),
        (0.0004, "fewer than 1 in 100", "më pak se 1 në 100"),
        (0.0099, "fewer than 1 in 100", "më pak se 1 në 100"),
        (0.01, "about 1 in 100", "rreth 1 në 100"),
        (0.0132, "about 1 in 80", "rreth 1 në 80"),
        (0.024, "about 1 in 40", "rreth 1 në 40"),
        (0.05, "about 1 in 20", "rreth 1 në 20"),
        (0.08, "about 1 in 12", "rreth 1 në 12"),
        (0.095, "about 1 in 10", "rreth 1 në 10"),
        (0.31, "about 3 in 10", "rreth 3 në 10"),
        (0.47, "about 1 in 2", "rreth 1 në 2"),
        (0.5, "about 1 in 2", "rreth 1 në 2"),
        (0.68, "about 7 in 10", "rreth 7 në 10"),
        (0.95, "about 19 in 20", "rreth 19 në 20"),
        (0.99, "about 99 in 100", "rreth 99 në 100"),
        (0.995, "more than 99 in 100", "më shumë se 99 në 100"),
        (1.0, "more than 99 in 100", "më shumë se 99 në 100"),
    ],
)
def test_a_share_reads_as_a_frequency(share: float, en: str, sq: str) -> None:
    assert format_frequency(share, "en") == en
    assert format_frequency(share, "sq") == sq


@examples(200)
@given(share=st.floats(0.0, 1.0))
def test_the_frequency_is_near_and_its_mirror_is_that_of_the_rest(share: float) -> None:
    bound, times, of = frequency_of(share)
    if bound == "about":
        gap = abs(times / of - share)
        assert gap <= 0.0501 if 0.095 <= share <= 0.905 else gap <= 0.15 * min(share, 1 - share) + 1e-12
        assert of in {2, 10, *RARE}
    else:
        assert min(share, 1 - share) < 0.01
    if share < 0.5:
        other = {"about": "about", "fewer": "more"}[bound]
        assert frequency_of(1 - exact(share)) == (other, of - times, of)


def test_a_text_may_ask_for_it_and_nothing_else_reads_so() -> None:
    value: Any = make(0.05, "share", low=0.01, high=0.2, level=0.9)
    assert format_value(value, "en", style="frequency") == "about 1 in 20"
    assert format_value(value, "sq", style="Frequency") == "Rreth 1 në 20"
    for other in (make(12.0, "days"), make(0.05, "points"), make("after", "text")):
        with pytest.raises(UsageError, match="is no frequency"):
            format_value(other, "en", style="frequency")


def test_the_gate_reads_it_again(demo_view: Any) -> None:
    from shteg.report import PrintedValue, check_published

    [value] = [one for one in demo_view.values.values() if one.id == "forecast.member.2046"]
    assert isinstance(value, Value)
    right = format_value(value, "en", style="frequency")
    good = PrintedValue(value.id, right, "frequency", "path.html")
    assert not check_published({"en": [good]}, demo_view)
    wrong = PrintedValue(value.id, "about 1 in 3", "frequency", "path.html")
    assert right != "about 1 in 3"
    assert check_published({"en": [wrong]}, demo_view)
