import json
from pathlib import Path

import numpy as np
import pytest

from shteg.errors import ModelError
from shteg.stance.members.sampler import Posterior, level_probabilities
from tests.stance.simulated import sample_stances

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "stance_small_models.json").read_text("utf-8"))
STANDARD_ERRORS = 4.5  # Monte Carlo standard errors: about one false alarm in 100,000 comparisons
PERMUTED = 0.12  # two runs with different random numbers: Monte Carlo error of posterior means, about 0.02 each


def simulate(seed: int, members: int = 32, items: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw stances and items from the prior, then responses; items on which all answered alike are drawn again."""
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal(members)
    columns = []
    while len(columns) < items:
        b = rng.normal(1.0, 1.0)
        cuts = np.sort(rng.normal(0.0, 2.5, 1 + len(columns) % 2))
        level = np.searchsorted(cuts, b * theta + rng.standard_normal(members))
        if b > 0 and len(np.unique(level)) == len(cuts) + 1:
            columns.append(level)
    level = np.stack(columns, axis=1).astype(np.int64)
    return theta, level, level.max(axis=0) + 1


def monte_carlo_error(chains: np.ndarray) -> float:
    """Standard error of the mean from 100 batches."""
    batches = chains.reshape(chains.shape[0] * 25, -1).mean(axis=1)
    return float(batches.std(ddof=1) / np.sqrt(batches.size))


def assert_close(chains: np.ndarray, exact: float) -> None:
    assert abs(chains.mean() - exact) < STANDARD_ERRORS * monte_carlo_error(chains)


def test_two_binary_items_against_numerical_integration_in_r():
    exact = REFERENCE["binary"]
    level = np.repeat(np.array(exact["patterns"]), exact["counts"], axis=0)
    posterior = sample_stances(level, np.array([2, 2]), seed=1, kept=20000)
    first = np.cumsum([0, *exact["counts"][:-1]])
    for row, mean, sd in zip(first, exact["mean"], exact["sd"], strict=True):
        assert_close(posterior.theta[:, :, row], mean)
        assert_close(posterior.theta[:, :, row] ** 2, mean**2 + sd**2)
    assert_close(posterior.discrimination[:, :, 0], exact["discrimination"])
    assert_close(posterior.cuts[:, :, 0, 0], exact["cut"])


def test_one_graded_item_against_numerical_integration_in_r():
    exact = REFERENCE["graded"]
    level = np.repeat([0, 1, 2], exact["counts"])[:, None]
    posterior = sample_stances(level, np.array([3]), seed=2, kept=20000)
    first = np.cumsum([0, *exact["counts"][:-1]])
    for row, mean, sd in zip(first, exact["mean"], exact["sd"], strict=True):
        assert_close(posterior.theta[:, :, row], mean)
        assert_close(posterior.theta[:, :, row] ** 2, mean**2 + sd**2)
    assert_close(posterior.discrimination[:, :, 0], exact["discrimination"])
    for cut, value in enumerate(exact["cuts"]):
        assert_close(posterior.cuts[:, :, 0, cut], value)


def test_recovery_of_simulated_stances():
    covered, correlations = 0, []
    for seed in range(4):
        theta, level, n_levels = simulate(seed)
        draws = sample_stances(level, n_levels, seed=seed).theta.reshape(-1, 32)
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        covered += int(((low <= theta) & (theta <= high)).sum())
        correlations.append(np.corrcoef(draws.mean(axis=0), theta)[0, 1])
    assert 0.80 <= covered / 128 <= 0.98  # binomial, three sd of 128 correlated trials
    assert min(correlations) > 0.7


@pytest.mark.slow
def test_intervals_cover_in_200_simulated_sets():
    shares = []
    for seed in range(200):
        theta, level, n_levels = simulate(1000 + seed)
        draws = sample_stances(level, n_levels, seed=seed).theta.reshape(-1, 32)
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        shares.append(((low <= theta) & (theta <= high)).mean())
    assert 0.87 <= np.mean(shares) <= 0.93


def test_same_seed_same_draws_for_any_number_of_threads():
    _, level, n_levels = simulate(5)
    first, second = (sample_stances(level, n_levels, seed=9, kept=300, threads=t) for t in (1, 4))
    assert np.array_equal(first.theta, second.theta)
    assert not np.array_equal(first.theta, sample_stances(level, n_levels, seed=10, kept=300).theta)


def test_relabelled_members_keep_their_stances():
    _, level, n_levels = simulate(6)
    order = np.random.default_rng(0).permutation(32)
    straight = sample_stances(level, n_levels, seed=3).theta.mean(axis=(0, 1))
    shuffled = sample_stances(level[order], n_levels, seed=4).theta.mean(axis=(0, 1))
    assert np.abs(shuffled - straight[order]).max() < PERMUTED


def test_more_support_is_never_a_lower_stance():
    level = np.array([[0, 0, 0]] * 5 + [[1, 1, 0]] * 5 + [[1, 1, 2]] * 5 + [[1, 1, 1]])
    posterior = sample_stances(level, np.array([2, 2, 3]), seed=1)
    assert (posterior.discrimination > 0).all()
    mean = posterior.theta.mean(axis=(0, 1))
    assert mean[0] < mean[5] < mean[15] < mean[10]


def test_cut_points_are_in_order_and_missing_ones_are_no_numbers():
    _, level, n_levels = simulate(7)
    cuts = sample_stances(level, n_levels, seed=1, kept=200).cuts
    assert (np.diff(cuts[:, :, n_levels == 3], axis=3) > 0).all()
    assert np.isnan(cuts[:, :, n_levels == 2, 1]).all()


def test_member_without_acts_returns_the_prior():
    _, level, n_levels = simulate(8)
    with_silent = np.vstack([level, np.full((1, level.shape[1]), -1)])
    draws = sample_stances(with_silent, n_levels, seed=1).theta[:, :, -1]
    assert_close(draws, 0.0)
    assert_close(draws**2, 1.0)


def test_no_items_returns_the_prior():
    posterior = sample_stances(np.empty((3, 0), dtype=np.int64), np.empty(0, dtype=np.int64), seed=1)
    assert posterior.theta.shape == (4, 2000, 3)
    assert_close(posterior.theta[:, :, 0], 0.0)


def test_perfect_separation_stays_finite():
    level = np.repeat([[0] * 12, [1] * 12], [4, 28], axis=0)
    posterior = sample_stances(level, np.full(12, 2), seed=1)
    assert np.abs(posterior.theta).max() < 8
    assert posterior.r_hat.max() < 1.05


def test_responses_that_do_not_fit_are_refused():
    with pytest.raises(ModelError, match="number levels from 0"):
        sample_stances(np.array([[0], [3]]), np.array([3]), seed=1)
    with pytest.raises(ModelError, match="it says nothing"):
        sample_stances(np.array([[0], [0]]), np.array([1]), seed=1)
    with pytest.raises(ModelError, match="one column per item"):
        sample_stances(np.array([[0], [1]]), np.array([2, 2]), seed=1)


def test_chains_that_never_agree_are_not_published(monkeypatch):
    monkeypatch.setattr("shteg.stance.members.sampler.R_HAT_LIMIT", 0.5)
    monkeypatch.setattr("shteg.stance.members.sampler.LENGTHENINGS", 0)
    with pytest.raises(ModelError, match="merge rare levels"):
        sample_stances(np.array([[0], [1], [1]]), np.array([2]), seed=1, kept=50, burn_in=10)


def test_thinning_takes_chains_in_turn_and_gives_exactly_what_is_asked():
    theta = np.arange(4 * 10 * 2, dtype=float).reshape(4, 10, 2)
    nothing = np.empty((4, 10, 0))
    names = ("discrimination", "cuts", "effects", "sds", "paths", "r_hat", "ess", "r_hat_items", "r_hat_others")
    posterior = Posterior(theta=theta, every=1, **dict.fromkeys(names, nothing))
    thinned = posterior.thinned(6)
    assert thinned.shape == (6, 2)
    assert thinned[:, 0].tolist() == [theta[c, i, 0] for i, c in [(0, 0), (0, 1), (0, 2), (0, 3), (5, 0), (5, 1)]]
    with pytest.raises(ModelError, match="longer chains"):
        posterior.thinned(41)


def test_level_probabilities_sum_to_one_and_rise_with_stance():
    theta = np.array([[-1.0, 0.0, 2.0]])
    p = level_probabilities(theta, np.array([1.5]), np.array([[-1.0, 0.5]]))
    assert p.shape == (1, 3, 3)
    assert np.allclose(p.sum(axis=2), 1.0)
    assert (np.diff(p[0, :, 2]) > 0).all()
