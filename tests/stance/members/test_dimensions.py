"""One axis or two, by acts held out."""

import numpy as np
import pytest

from shteg.errors import ModelError, UsageError
from shteg.stance.members.dimensions import clustered_mean, compare_dimensions


def simulate(second: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    theta = rng.standard_normal((2, 30))
    first, other = np.abs(rng.normal(1, 0.5, 12)), rng.normal(0, 1.5, 12) * second
    latent = np.outer(theta[0], first) + np.outer(theta[1], other) + rng.standard_normal((30, 12))
    return (latent > 0).astype(np.int64) + (latent > 1)


def test_a_second_axis_is_found_where_there_is_one() -> None:
    level, n_levels = simulate(1.0), np.full(12, 3)
    level[0, 0] = -1
    made = compare_dimensions(level, n_levels, 1, kept=300, burn_in=200)
    assert made.gain > 2 * made.gain_error
    assert len(made.one) == 30 * 12 - 1
    again = compare_dimensions(level, n_levels, 1, kept=300, burn_in=200, threads=1)
    assert np.array_equal(made.two, again.two)


def test_and_not_where_there_is_none() -> None:
    made = compare_dimensions(simulate(0.0), np.full(12, 3), 1, kept=300, burn_in=200)
    assert made.gain < made.gain_error
    assert made.skill > 2 * made.skill_error


def test_standard_error_takes_acts_of_a_member_together() -> None:
    mean, error = clustered_mean(np.array([1.0, 1.0, 3.0, 3.0]), [0, 0, 1, 1])
    assert mean == 2
    assert error == pytest.approx(1.0)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ModelError, match="out of range"):
        compare_dimensions(np.array([[3, 0], [0, 1]]), np.array([2, 2]), 1, folds=2)
    with pytest.raises(UsageError, match="fewer acts than parts"):
        compare_dimensions(np.full((2, 2), -1), np.array([2, 2]), 1)
