"""The smoother against the dense multivariate normal, and against worlds whose truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special

from shteg.survey.published.local_level import Polls, mixture_quantile, smooth_given, smooth_level

DIFFUSE = 1e7  # prior variance that stands for a flat prior in the dense formula
DENSE_TOLERANCE = 1e-5  # what is left of that prior, and of the cancellation it causes


def _polls(seed: int = 0) -> Polls:
    random = np.random.default_rng(seed)
    time = np.array([0.0, 0.8, 0.8, 2.1, 3.0, 4.6])
    return Polls(
        logit=random.normal(0.5, 0.4, 6),
        variance=random.uniform(0.005, 0.03, 6),
        time=time,
        house=np.array([0, 0, 1, 2, 1, 0]),
    )


def _dense(polls: Polls, times: NDArray[np.float64], step: float, house: float) -> tuple[NDArray, NDArray, float]:
    """Posterior of the level at `times` from one joint covariance, and the log density of the polls."""
    every = np.concatenate([polls.time, times])
    walk = step**2 * np.minimum(every[:, None], every[None, :]) + DIFFUSE
    n, h = len(polls.logit), polls.house.max() + 1
    centred = house**2 * (np.eye(h) - 1 / h)
    noise = centred[np.ix_(polls.house, polls.house)] + np.diag(polls.variance)
    k = walk[:n, :n] + noise
    gain = np.linalg.solve(k, walk[:n, n:]).T
    sign, log_determinant = np.linalg.slogdet(k)
    assert sign > 0
    quadratic = polls.logit @ np.linalg.solve(k, polls.logit)
    return gain @ polls.logit, walk[n:, n:] - gain @ walk[:n, n:], -0.5 * (log_determinant + quadratic)


@pytest.mark.parametrize(("step", "house"), [(0.05, 0.1), (0.3, 0.5), (1.2, 0.05)])
def test_known_variances_give_the_dense_posterior(step: float, house: float) -> None:
    polls, times = _polls(), np.array([0.0, 1.0, 2.1, 4.0, 4.6])
    fit = smooth_given(polls, times, np.array([step]), np.array([house]))
    mean, covariance, _ = _dense(polls, times, step, house)
    assert fit.level[0] == pytest.approx(mean, abs=DENSE_TOLERANCE)
    assert fit.level_covariance[0] == pytest.approx(covariance, abs=DENSE_TOLERANCE)
    assert fit.house[0].sum() == pytest.approx(0, abs=1e-12)


def test_likelihood_ratios_are_those_of_the_dense_normal() -> None:
    polls, times = _polls(1), np.array([0.0, 4.6])
    steps, houses = np.array([0.05, 0.3, 1.2]), np.array([0.1, 0.5, 0.05])
    ours = smooth_given(polls, times, steps, houses).log_likelihood
    dense = np.array([_dense(polls, times, *pair)[2] for pair in zip(steps, houses, strict=True)])
    assert ours - ours[0] == pytest.approx(dense - dense[0], abs=1e-4)  # slogdet of a matrix with 1e7 in it


def test_times_asked_for_change_neither_likelihood_nor_level() -> None:
    polls = _polls(2)
    few = smooth_given(polls, np.array([2.1]), np.array([0.3]), np.array([0.4]))
    many = smooth_given(polls, np.array([0.3, 1.7, 2.1, 3.3]), np.array([0.3]), np.array([0.4]))
    assert many.level[0, 2] == pytest.approx(few.level[0, 0], rel=1e-9)
    assert many.level_covariance[0, 2, 2] == pytest.approx(few.level_covariance[0, 0, 0], rel=1e-9)


def test_quantiles_of_a_mixture() -> None:
    one = mixture_quantile(np.array([1.0]), np.array([[2.0]]), np.array([[3.0]]), 0.975)
    assert one == pytest.approx(2 + 3 * special.ndtri(0.975), rel=1e-12)
    two = mixture_quantile(np.array([0.5, 0.5]), np.array([[-5.0], [5.0]]), np.array([[1.0], [1.0]]), 0.25)
    assert two == pytest.approx(-5, abs=1e-5)


def test_intervals_cover_the_truth() -> None:
    """80 worlds of 8 polls by 3 houses: 640 levels; 95 % intervals cover 92 to 98 % (levels of a world depend)."""
    covered, wide = [], []
    for world in range(80):
        random = np.random.default_rng([20261123, world])
        time = np.arange(8) + 0.3 * random.random(8)
        step = abs(random.normal(0, 0.3))
        level = 1 + np.concatenate([[0], np.cumsum(step * random.normal(size=7) * np.sqrt(np.diff(time)))])
        house = np.arange(8) % 3
        effect = abs(random.normal(0, 0.5)) * random.normal(size=3)
        effect -= effect.mean()
        variance = np.full(8, 0.008)
        logit = level + effect[house] + np.sqrt(variance) * random.normal(size=8)
        fit = smooth_level(Polls(logit=logit, variance=variance, time=time, house=house), time)
        covered += list((fit.level_low < level) & (level < fit.level_high))
        wide += list((fit.house_low < effect) & (effect < fit.house_high))
    assert 0.92 < np.mean(covered) < 0.98
    assert 0.92 < np.mean(wide) < 0.99


def test_a_steep_rise_is_seen_and_a_flat_line_is_not_called_one() -> None:
    time = np.arange(8.0)
    house, variance = np.zeros(8, np.int64), np.full(8, 0.005)
    rise = smooth_level(Polls(logit=0.3 * time, variance=variance, time=time, house=house), time)
    flat = smooth_level(Polls(logit=0 * time, variance=variance, time=time, house=house), time)
    assert rise.rose > 0.999
    assert flat.rose == pytest.approx(0.5, abs=1e-9)
    assert flat.step_sd < rise.step_sd
    assert rise.house_sd is None
