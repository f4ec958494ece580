"""Skill, bootstrap, reliability against hand computation and collapse cases."""

import numpy as np
import pytest

from shteg.evaluation.bootstrap import interval, resample_countries, sums_by_country
from shteg.evaluation.reliability import jeffreys_interval, reliability_bins
from shteg.evaluation.skill import fast_lane, observed_expected, removals, score_skill

COUNTRY = ["XAA"] * 4 + ["XAB"] * 4 + ["XAC"] * 4


def test_skill_is_the_part_of_the_loss_taken_away():
    found = score_skill([1.0] * 12, [2.0] * 12, COUNTRY, 1)
    assert (found.skill, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5), abs=1e-12)  # every sample is alike
    assert (found.loss, found.baseline_loss, found.forecasts, found.countries) == (1.0, 2.0, 12, 3)


def test_a_model_like_its_baseline_has_no_skill():
    loss = np.linspace(0.1, 1.0, 12)
    found = score_skill(loss, loss, COUNTRY, 1)
    assert (found.skill, found.low, found.high) == pytest.approx((0, 0, 0), abs=1e-12)


def test_one_country_that_decides_widens_the_interval():
    loss = np.array([0.1] * 8 + [3.0] * 4)
    found = score_skill(loss, np.ones(12), COUNTRY, 1)
    assert found.low < -1.0 < found.skill < found.high == pytest.approx(0.9, abs=1e-12)


def test_nothing_to_compare_gives_nothing():
    assert score_skill([], [], [], 1) is None
    assert score_skill([0.0], [0.0], ["XAA"], 1) is None


def test_the_bootstrap_depends_on_names_and_sorted_countries_only():
    one = resample_countries(["XAB", "XAA", "XAA"], 5, "steps").weights
    other = resample_countries(["XAA", "XAB"], 5, "steps").weights
    assert (one == other).all()
    assert (one.sum(axis=1) == 2).all()
    assert (one != resample_countries(["XAA", "XAB"], 5, "rungs").weights).any()


def test_the_bootstrap_of_a_mean_has_its_standard_error():
    rng = np.random.default_rng(2)
    numbers = rng.standard_normal(60)
    names = [f"c{i:02}" for i in range(60)]
    means = resample_countries(names, 1).sums(names, numbers) / 60
    assert means.std() == pytest.approx(numbers.std() / np.sqrt(60), rel=0.05)  # 2,000 samples: 1.6 % noise
    low, high = interval(means)
    assert low < numbers.mean() < high


def test_sums_by_country():
    assert sums_by_country(("XAA", "XAB"), ["XAB", "XAA", "XAB"], [1.0, 2.0, 4.0]).tolist() == [2.0, 5.0]


def test_removals_are_the_jackknife():
    loss, base = np.array([1.0, 2.0, 6.0]), np.array([2.0, 2.0, 4.0])
    found = removals(loss, base, ["XAA", "XAB", "XAC"], together=1)
    assert [(one.without, one.skill) for one in found] == [
        (("XAA",), pytest.approx(1 - 8 / 6)),
        (("XAB",), pytest.approx(1 - 7 / 6)),
        (("XAC",), pytest.approx(1 - 3 / 4)),
    ]
    assert len(removals(loss, base, ["XAA", "XAB", "XAC"], together=2)) == 3


def test_observed_over_expected():
    found = observed_expected([0.5] * 12, [True] * 3 + [False] * 9, COUNTRY, 1)
    assert (found.observed, found.expected, found.ratio) == (3.0, 6.0, 0.5)
    assert found.low == 0.0
    assert found.high > 0.5


def test_the_fast_lane():
    assert fast_lane({"XAA": 2000.0, "XAB": 2000.0}, {"XAA": 2001.0, "XAB": 2004.0, "XAC": 2000.0}, 2.0) == ("XAA",)


def test_bins_hold_means_and_shares():
    found = reliability_bins([0.11, 0.19, 0.9, 0.95], [True, False, True, True], ["XAA", "XAB", "XAA", "XAB"])
    assert [(one.forecasts, one.mean_forecast, one.happened_share) for one in found] == [
        (2, pytest.approx(0.15), 0.5),
        (2, pytest.approx(0.925), 1.0),
    ]
    assert found[1].high == 1.0
    assert found[1].effective == 2.0  # all happened: the countries count


def test_independent_forecasts_count_in_full_and_copies_do_not():
    rng = np.random.default_rng(4)
    happened = rng.random(40) < 0.4
    each = reliability_bins([0.4] * 40, happened, [f"c{i}" for i in range(40)])[0]
    copied = reliability_bins([0.4] * 160, np.repeat(happened, 4), np.repeat([f"c{i}" for i in range(40)], 4))[0]
    assert each.effective == pytest.approx(40, rel=0.03)  # n − 1 in the variance
    assert copied.effective == pytest.approx(each.effective, rel=1e-9)
    assert (copied.low, copied.high) == pytest.approx((each.low, each.high))


def test_jeffreys_by_table():
    # Brown, Cai & DasGupta (2001), table 1: 90 % would differ, so the 95 % limits of x = 1, n = 10 are asked
    low, high = jeffreys_interval(1, 10, level=0.95)
    assert (low, high) == pytest.approx((0.011, 0.381), abs=5e-4)
    assert jeffreys_interval(0, 10)[0] == 0.0


def test_weights_count_as_repetition_does():
    loss, base = np.linspace(0.1, 1.0, 12), np.linspace(0.4, 0.9, 12)
    twice = np.array([2, 1, 1, 3] * 3)
    weighed = score_skill(loss, base, COUNTRY, 1, importance=twice)
    repeated = score_skill(np.repeat(loss, twice), np.repeat(base, twice), np.repeat(COUNTRY, twice).tolist(), 1)
    assert (weighed.skill, weighed.low, weighed.high, weighed.loss) == pytest.approx(
        (repeated.skill, repeated.low, repeated.high, repeated.loss), abs=1e-12
    )
