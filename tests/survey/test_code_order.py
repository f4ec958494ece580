"""The one order of codes."""

import itertools

import polars as pl
import pytest

from shteg.survey.code_texts import code_order, ordered_levels, sort_codes


def test_numbers_go_by_value_then_nan_then_texts() -> None:
    wanted = ["-1", "0", "0.5", "1", "2", "9", "10", "11", "1e3", "NaN", "Prishtinë", "refused", "x10", "x9"]
    for seed in range(5):
        mixed = wanted[seed:] + wanted[:seed]
        assert sort_codes(mixed) == wanted
        assert sorted(mixed, key=code_order) == wanted


def test_the_order_is_total() -> None:
    codes = ["1", "1.0", "01", "+1", "-0", "0", "nan", "NaN", "", "a", "A", "inf", "9" * 30, "9" * 29 + "8"]
    assert len({code_order(code) for code in codes}) == len(codes)
    for one, two in itertools.permutations(codes, 2):
        assert (code_order(one) < code_order(two)) != (code_order(two) < code_order(one))


@pytest.mark.parametrize("text", ["1_000", "١", "1e99999", "--1", ".", "0x10", "1 0"])
def test_what_is_no_number_is_a_text(text: str) -> None:
    assert code_order(text)[0] == code_order("text")[0]


def test_an_enum_declares_its_order() -> None:
    column = pl.Series(["low", "high"], dtype=pl.Enum(["low", "middle", "high"]))
    assert ordered_levels(column) == ["low", "middle", "high"]
    assert ordered_levels(pl.Series(["b", "a"])) is None
