"""Votes of members whose stances are not known, simulated: is the link where the posterior says? Marker slow."""

import numpy as np
import pytest
from scipy.special import ndtr

from shteg.consent.votes.link import SLOPE_SD, LinkPrior, Range, fit_link
from shteg.consent.votes.summary import LOGIT, ItemDraws
from shteg.stance.members.sampler import STATIC, Panel, sample_panel
from tests.sbc import check_calibrated, coverage, simulate_ranks

SETS = 200
MEMBERS, VOTES, OTHERS = 30, 5, 2
CONTENT = np.array([0.9, 0.8, 0.5, 0.3, 0.7])
PRIOR = LinkPrior(
    intercept=Range(value=3.5, low=1.5, high=5.5), slope=Range(value=2.0, low=1.0, high=3.0),
    statehood=Range(value=3.0, low=1.0, high=5.0), common=Range(value=0.8, low=0.3, high=1.3),
)  # fmt: skip
CALLED = ("intercept", "slope", "statehood", "common", "readiness")


def panel_of(slope: np.ndarray, ready: np.ndarray, rng: np.random.Generator) -> Panel:
    """Draw stances and what each member does on each item, two levels each."""
    theta, items = rng.standard_normal(MEMBERS), len(slope)
    support = rng.random((MEMBERS, items)) < ndtr((ready + slope * theta[:, None]) / LOGIT)
    member, item = np.indices((MEMBERS, items))
    return Panel(
        first=np.arange(MEMBERS + 1), gap=np.zeros(MEMBERS), changes=np.zeros(MEMBERS),
        covariates=np.empty((MEMBERS, 0)), act_point=member.ravel(), act_item=item.ravel(),
        act_level=support.ravel().astype(np.int64), n_levels=np.full(items, 2),
    )  # fmt: skip


def one_set(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    ranges = (PRIOR.intercept, PRIOR.slope, PRIOR.statehood, PRIOR.common)
    intercept, slope, statehood, common = (float(one.quantile(rng.random())) for one in ranges)
    common = max(common, 1e-3)
    slopes = slope + SLOPE_SD * abs(rng.standard_normal()) * rng.standard_normal(VOTES)
    ready = intercept - statehood * CONTENT + common * rng.standard_normal(VOTES)
    others = LOGIT * np.abs(1.0 + rng.standard_normal(OTHERS)), LOGIT * 2.5 * rng.standard_normal(OTHERS)
    panel = panel_of(np.concatenate([np.maximum(slopes, 0.05), others[0]]), np.concatenate([ready, others[1]]), rng)
    found = sample_panel(
        panel, int(rng.integers(1 << 30)), kept=1500, burn_in=500, chains=2, prior=STATIC, threads=1
    )  # fmt: skip
    after, cut = (one.reshape(-1, one.shape[2])[:, :VOTES] for one in (found.discrimination, found.cuts[:, :, :, 0]))
    before = 1.0 + rng.standard_normal((40000, VOTES))
    before = np.stack([one[one > 0][:20000] for one in before.T], axis=1)
    first = -LOGIT * 2.5 * rng.standard_normal(before.shape)
    draws = ItemDraws(
        items=tuple(f"v{at}" for at in range(VOTES)), content=CONTENT, slope=LOGIT * after, low=-LOGIT * cut,
        high=-LOGIT * cut, prior_slope=LOGIT * before, prior_low=first, prior_high=first,
    )  # fmt: skip
    fit = fit_link(draws, PRIOR, int(rng.integers(1 << 30)), 1000)
    truth = np.array([intercept, slope, statehood, common, intercept - 0.7 * statehood])
    readiness = fit.values[:, 0] - 0.7 * fit.values[:, 2]
    return truth, np.column_stack([fit.values, fit.common, readiness])


@pytest.mark.slow
def test_intervals_cover_and_ranks_are_uniform() -> None:
    ranks = simulate_ranks(one_set, sets=SETS, seed=21)
    share = coverage(ranks)
    assert 0.87 < share.mean() < 0.93, dict(zip(CALLED, share, strict=True))
    check_calibrated(ranks, names=CALLED)
