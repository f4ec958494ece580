"""Verdicts, bins and orders that the last digit of a processor must not decide."""

import numpy as np
import pytest

from shteg.evaluation.reliability import reliability_bins
from shteg.evaluation.skill import Skill, removals
from shteg.evaluation.summary import judge


def skill(low, high):
    return Skill(loss=1.0, baseline_loss=1.0, skill=0.0, low=low, high=high, forecasts=10, countries=3)


@pytest.mark.parametrize("edge", [1e-16, -1e-16, 3e-13])
def test_a_model_like_its_baseline_is_neither_better_nor_worse(edge):
    assert judge(skill(edge, edge), 5) == "unclear"
    assert judge(skill(1e-6, 0.1), 5) == "better"
    assert judge(skill(-0.1, -1e-6), 5) == "worse"


@pytest.mark.parametrize("share", [0.1, 0.1 - 1e-15, 0.1 + 1e-15])
def test_a_forecast_on_the_edge_of_a_bin_lies_above_it(share):
    [found] = reliability_bins([share], [True], ["XAA"])
    assert found.from_share == 0.1


def test_equal_skills_are_ordered_by_country():
    loss = np.array([0.3, 0.1 + 0.2, 0.3])
    found = removals(loss, np.ones(3), ["XAC", "XAA", "XAB"], together=1)
    assert [one.without for one in found] == [("XAA",), ("XAB",), ("XAC",)]
