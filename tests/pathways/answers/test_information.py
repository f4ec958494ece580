"""Value of information against closed forms of linear models with normal quantities."""

import numpy as np
import pytest
from scipy.special import ndtr

from shteg.pathways.answers.information import value_information

DRAWS = 4000
TOLERANCE = 0.03  # three standard errors of an explained share at so many draws
NONE = np.zeros((DRAWS, 0))


def test_explained_variance_and_expected_change_of_a_linear_model() -> None:
    generator = np.random.default_rng(1)
    quantities = generator.normal(size=(DRAWS, 3))
    outcome = 0.3 + 0.2 * quantities[:, 0] + 0.1 * quantities[:, 1] + 0.05 * generator.normal(size=DRAWS)
    found = value_information(quantities, outcome[:, None], NONE, 7)
    # a polynomial of degree 3 in ranks holds 0.99 of a normal quantity
    assert found.explained[:, 0] / outcome.var() == pytest.approx([0.762, 0.19, 0.0], abs=TOLERANCE)
    assert found.change[0, 0] == pytest.approx(0.2 * np.sqrt(2 / np.pi), rel=0.05)
    assert found.explained[0, 0] > found.floor[0, 0]
    assert found.explained[2, 0] <= found.floor[2, 0] + 0.001


def test_value_of_a_choice_between_two_options() -> None:
    generator = np.random.default_rng(2)
    x, mean, slope = generator.normal(size=(DRAWS, 2)), -0.05, 0.1
    worths = np.stack([np.zeros(DRAWS), mean + slope * x[:, 0]], axis=1) + 0.02 * generator.normal(size=(DRAWS, 2))
    found = value_information(x, worths[:, :1], worths, 7)
    z = mean / slope
    exact = mean * ndtr(z) + slope * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)  # E max(0, mean + slope x)
    assert found.choice[0] == pytest.approx(exact, abs=0.003)  # three standard errors
    assert found.choice[1] == pytest.approx(0.0, abs=0.001)
    assert found.choice[0] > found.choice_floor[0]


def test_noise_explains_nothing_and_a_constant_neither() -> None:
    generator = np.random.default_rng(3)
    quantities = np.stack([generator.normal(size=DRAWS), np.ones(DRAWS)], axis=1)
    found = value_information(quantities, generator.normal(size=(DRAWS, 1)), NONE, 7)
    assert (found.explained < 0.003).all()
    assert found.explained[1, 0] == 0.0
