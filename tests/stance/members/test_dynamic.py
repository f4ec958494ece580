"""The model in time: recovery, calibration, and its special cases."""

from dataclasses import replace

import numpy as np
import pytest

from shteg.errors import ModelError
from shteg.stance.members.sampler import STATIC, Prior, sample_panel
from tests.sbc import check_calibrated, coverage, ranks_of, simulate_ranks
from tests.stance.simulated import sample_stances, simulate_panel

MONTE_CARLO = 0.12  # two runs with different random numbers: error of posterior means, about 0.02 each
PARAMETERS = ("theta", "theta of another", "mean theta", "slope", "cut", "effect", "drift", "jump", "first stance")


def fit_ranked(rng, members, items):
    """Fit one simulated set; truth and draws of the parameters named above."""
    truth, panel = simulate_panel(rng, members=members, items=items)
    fit = sample_panel(panel, int(rng.integers(1 << 30)), kept=2000, burn_in=1000, chains=2)
    known = [truth.theta[0], truth.theta[1], truth.theta.mean(), truth.discrimination[1], truth.cuts[1][0],
             truth.effects[0], *truth.sds, truth.path[0]]  # fmt: skip
    kept = slice(fit.every - 1, None, fit.every)
    draws = [fit.theta[:, kept, 0], fit.theta[:, kept, 1], fit.theta[:, kept].mean(axis=2),
             fit.discrimination[:, kept, 1], fit.cuts[:, kept, 1, 0], fit.effects[:, kept, 0], fit.sds[:, kept, 0],
             fit.sds[:, kept, 1], fit.paths[:, :, 0]]  # fmt: skip
    return truth, fit, np.array(known), np.stack([one.ravel() for one in draws], axis=1)


def test_recovery_of_simulated_paths():
    covered, total, correlations = 0, 0, []
    for seed in range(3):
        truth, fit, _, _ = fit_ranked(np.random.default_rng(seed), 32, 12)
        paths = fit.paths.reshape(-1, fit.paths.shape[2])
        low, high = np.quantile(paths, [0.05, 0.95], axis=0)
        covered += int(((low <= truth.path) & (truth.path <= high)).sum())
        total += truth.path.size
        correlations.append(np.corrcoef(paths.mean(axis=0), truth.path)[0, 1])
    assert 0.78 <= covered / total <= 0.99  # paths of a member go together: about 96 independent trials
    assert min(correlations) > 0.6


@pytest.mark.slow
def test_intervals_of_dynamic_stances_cover_and_ranks_are_uniform_in_200_sets():
    shares = []

    def one_set(rng):
        truth, fit, known, draws = fit_ranked(rng, 32, 12)
        low, high = np.quantile(fit.theta.reshape(-1, 32), [0.05, 0.95], axis=0)
        shares.append(((low <= truth.theta) & (truth.theta <= high)).mean())
        return known, draws

    ranks = simulate_ranks(one_set, sets=200, seed=4)
    assert 0.87 <= np.mean(shares) <= 0.93
    check_calibrated(ranks, names=PARAMETERS)
    assert (coverage(ranks) > 0.82).all()


def test_ranks_of_a_few_small_sets_are_not_extreme():
    # A gross error (a wrong Jacobian, say) shows in a few sets; the slow test looks closer.
    ranks = np.stack(
        [ranks_of(*fit_ranked(np.random.default_rng([9, seed]), 12, 6)[2:]) for seed in range(12)]
    )  # fmt: skip
    assert (np.abs(ranks.mean(axis=0) / 99 - 0.5) < 4.5 * np.sqrt(1 / 12 / 12)).all()


def test_static_model_is_the_dynamic_one_with_sd_0():
    truth, panel = simulate_panel(np.random.default_rng(3), covariates=0, prior=STATIC)
    fit = sample_panel(panel, 1, prior=STATIC)
    assert (fit.sds == 0.0).all()
    paths = fit.paths.reshape(-1, 32, 19)
    assert (paths == paths[:, :, :1]).all()  # nobody moves
    level = np.full((32, 12), -1)
    level[np.searchsorted(panel.first, panel.act_point, side="right") - 1, panel.act_item] = panel.act_level
    matrix = sample_stances(level, panel.n_levels, 2)
    assert np.abs(fit.theta.mean(axis=(0, 1)) - matrix.theta.mean(axis=(0, 1))).max() < MONTE_CARLO
    assert np.abs(fit.theta.std(axis=(0, 1)) - matrix.theta.std(axis=(0, 1))).max() < MONTE_CARLO
    assert np.corrcoef(truth.theta, matrix.theta.mean(axis=(0, 1)))[0, 1] > 0.7


def test_static_priors_leave_nothing_of_time():
    _, panel = simulate_panel(np.random.default_rng(3), members=8, items=4)
    moved = replace(panel, gap=panel.gap * 3.0, changes=panel.changes * 0.0)
    first, second = (sample_panel(one, 1, prior=STATIC, kept=400).theta for one in (panel, moved))
    assert np.array_equal(first, second)


def test_a_stance_without_acts_drifts_from_its_prior():
    _, panel = simulate_panel(np.random.default_rng(7), members=6, items=3, covariates=1)
    silent = panel.act_point >= panel.first[1]
    alone = replace(
        panel, act_point=panel.act_point[silent], act_item=panel.act_item[silent], act_level=panel.act_level[silent]
    )
    prior = Prior(drift_sd=0.3, jump_sd=0.001)
    fit = sample_panel(alone, 1, prior=prior, kept=4000)
    start, end = fit.paths[:, :, 0], fit.paths[:, :, panel.first[1] - 1]
    innovation = (end - start).ravel()
    drift = fit.sds[:, fit.every - 1 :: fit.every, 0].ravel()
    assert innovation.std() == pytest.approx(np.sqrt(18.0 * (drift**2).mean()), rel=0.1)
    assert innovation.mean() == pytest.approx(0.0, abs=0.1)


def test_acts_of_today_weigh_more_than_acts_of_long_ago():
    # The same member did two opposed acts; only their order differs.
    _, panel = simulate_panel(np.random.default_rng(8), members=32, items=2, covariates=0)
    others = panel.act_point >= panel.first[1]

    def stance(early: int, late: int) -> float:
        given = replace(
            panel,
            act_point=np.concatenate([panel.act_point[others], [0, 18]]),
            act_item=np.concatenate([panel.act_item[others], [0, 0]]),
            act_level=np.concatenate([panel.act_level[others], [early, late]]),
        )
        return float(sample_panel(given, 1, prior=Prior(drift_sd=0.5)).theta[:, :, 0].mean())

    assert stance(1, 0) < stance(0, 1) - 0.1


def test_same_seed_same_draws_for_any_number_of_threads():
    _, panel = simulate_panel(np.random.default_rng(2), members=8, items=4)
    first, second = (sample_panel(panel, 9, kept=400, threads=t) for t in (1, 4))
    assert np.array_equal(first.paths, second.paths)
    assert np.array_equal(first.sds, second.sds)


def test_panels_that_do_not_fit_are_refused():
    _, panel = simulate_panel(np.random.default_rng(2), members=4, items=2)
    with pytest.raises(ModelError, match="at least one"):
        replace(panel, gap=panel.gap[1:])
    with pytest.raises(ModelError, match="one row per member"):
        replace(panel, covariates=panel.covariates[1:])
    with pytest.raises(ModelError, match="number them from 0"):
        replace(panel, act_point=panel.act_point + 1000)
    with pytest.raises(ModelError, match="choose positive sds"):
        Prior(drift_sd=-1.0)
