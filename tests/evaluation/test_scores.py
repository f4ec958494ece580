"""Scores against hand computation, and their properness: nobody gains by saying other than what they believe."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.evaluation.scores import FLOOR, brier_score, log_score, ranked_probability_score, restricted_crps

EXACT = 1e-12
"""Closed forms in double precision."""
shares = st.floats(0.0, 1.0)
inner = st.floats(2 * FLOOR, 1 - 2 * FLOOR)


def test_log_score_by_hand():
    assert log_score([0.8, 0.8, 0.5], [True, False, True]) == pytest.approx(np.log([0.8, 0.2, 0.5]), abs=EXACT)


def test_log_score_never_counts_a_forecast_surer_than_the_floor():
    assert log_score([0.0, 1.0], [True, False]) == pytest.approx(np.log([FLOOR, FLOOR]), abs=EXACT)


def test_brier_by_hand():
    assert brier_score([0.8, 0.8], [True, False]) == pytest.approx([0.04, 0.64], abs=EXACT)


def test_ranked_probability_by_hand():
    # cumulated .2, .7 against 0, 1 (class 1) and 0, 0 (class 2): (.04 + .09)/2 and (.04 + .49)/2
    forecast = [[0.2, 0.5, 0.3], [0.2, 0.5, 0.3]]
    assert ranked_probability_score(forecast, [1, 2]) == pytest.approx([0.065, 0.265], abs=EXACT)


def test_ranked_probability_of_two_classes_is_the_brier_score():
    assert ranked_probability_score([[0.7, 0.3]], [1]) == pytest.approx(brier_score([0.3], [True]), abs=EXACT)


def test_a_near_miss_costs_less_than_a_far_one():
    near, far = ranked_probability_score([[0, 1, 0, 0], [1, 0, 0, 0]], [2, 2])
    assert near < far


def test_restricted_crps_by_hand():
    # F(t) = t/4 on 0…2; the event at 1: ∫0^1 t²/16 + ∫1^2 (t/4 − 1)² = 1/48 + [(t/4 − 1)³·4/3]_1^2
    expected = 1 / 48 + 4 / 3 * ((2 / 4 - 1) ** 3 - (1 / 4 - 1) ** 3)
    assert restricted_crps([0, 1, 2], [[0, 0.25, 0.5]], [1.0]) == pytest.approx([expected], abs=EXACT)


def test_restricted_crps_splits_a_piece_at_the_event():
    fine = np.linspace(0, 3, 3001)
    curve = np.interp(fine, [0, 1, 3], [0, 0.5, 0.6])
    mid = (fine[:-1] + fine[1:]) / 2
    level = (curve[:-1] + curve[1:]) / 2
    brute = (((level - (mid >= 1.7)) ** 2) * np.diff(fine)).sum()
    assert restricted_crps([0, 1, 3], [[0, 0.5, 0.6]], [1.7]) == pytest.approx([brute], abs=1e-5)  # midpoint rule


@pytest.mark.parametrize(("curve", "time", "score"), [([0, 0, 0], np.inf, 0.0), ([1, 1, 1], np.inf, 2.0)])
def test_restricted_crps_of_the_sure(curve, time, score):
    assert restricted_crps([0, 1, 2], [curve], [time]) == pytest.approx([score], abs=EXACT)


def test_nothing_beyond_the_horizon_counts():
    late, never = restricted_crps([0, 1, 2], [[0, 0.3, 0.4]] * 2, [7.0, np.inf])
    assert late == never


@pytest.mark.parametrize("wrong", [[1.2], [-0.1], [np.nan]])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        log_score(wrong, [True])


def test_classes_must_sum_to_one():
    with pytest.raises(ValueError, match="sum to 1"):
        ranked_probability_score([[0.5, 0.2]], [0])


@given(belief=inner, said=shares)
def test_log_and_brier_are_proper(belief, said):
    def expected(score, p):
        return belief * score([p], [True])[0] + (1 - belief) * score([p], [False])[0]

    assert expected(log_score, belief) >= expected(log_score, said) - EXACT
    assert expected(brier_score, belief) <= expected(brier_score, said) + EXACT


weights = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4)


@given(belief=weights, said=weights)
def test_ranked_probability_is_proper(belief, said):
    p, q = (np.array(x) / np.sum(x) for x in (belief, said))

    def expected(forecast):
        return p @ ranked_probability_score(np.tile(forecast, (4, 1)), np.arange(4))

    assert expected(p) <= expected(q) + EXACT


@given(belief=weights, said=weights)
def test_restricted_crps_is_proper(belief, said):
    """Events at the middle of four years or never; curves that jump there (steps of a thousandth of a year)."""
    p, q = (np.array([*x, 0.5]) / (np.sum(x) + 0.5) for x in (belief, said))
    times = np.array([0.5, 1.5, 2.5, 3.5, np.inf])
    grid = np.unique(np.concatenate([[0.0, 4.0], times[:4] - 1e-9, times[:4]]))

    def expected(law):
        curve = np.array([law[:4][times[:4] <= t].sum() for t in grid])
        return p @ restricted_crps(grid, np.tile(curve, (5, 1)), times)

    assert expected(p) <= expected(q) + 1e-7  # the jump is a slope of 1e-9 years
