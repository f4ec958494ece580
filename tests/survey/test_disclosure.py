"""Nothing that is hidden can be had by subtraction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.survey.tables.quality import suppress_cells


@pytest.mark.parametrize(
    ("bases", "total", "marks"),
    [
        ((50, 60), 110, ("", "")),
        ((15, 95), 110, ("primary", "complementary")),
        ((15, 30, 65), 110, ("primary", "complementary", "")),
        ((5, 8, 97), 110, ("primary", "primary", "complementary")),
        ((12, 13, 85), 110, ("primary", "primary", "")),
        ((50, 55), 110, ("complementary", "")),  # five are in no domain: subtraction would reveal them
        ((15, 70), 110, ("primary", "")),  # 25 are in no domain and hide the 15
        ((0, 110), 110, ("primary", "")),
        ((), 110, ()),
    ],
)
def test_by_hand(bases: tuple[int, ...], total: int, marks: tuple[str, ...]) -> None:
    assert suppress_cells(bases, total, 20) == marks


@given(st.lists(st.integers(0, 60), max_size=7), st.integers(0, 40), st.integers(1, 40))
def test_what_is_left_over_is_never_one_small_cell(bases: list[int], outside: int, minimum: int) -> None:
    marks = suppress_cells(bases, sum(bases) + outside, minimum)
    shown = [base for base, mark in zip(bases, marks, strict=True) if not mark]
    hidden = [base for base, mark in zip(bases, marks, strict=True) if mark and base] + ([outside] if outside else [])
    assert all(base >= minimum for base in shown)
    if hidden and shown:
        assert sum(hidden) >= minimum
        small = [base for base in hidden if base < minimum]
        assert not small or len(hidden) >= 2
