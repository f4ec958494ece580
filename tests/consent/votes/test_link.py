"""The link from stance to consent: the prior without votes, exact cases, and importance sampling."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.special import expit

from shteg.consent.votes.held_out import foretell_vote, score_vote
from shteg.consent.votes.link import SLOPE_SD, LinkFit, LinkPrior, Range, fit_link
from shteg.consent.votes.summary import LOGIT, ItemDraws, summarise_items

PRIOR = LinkPrior(
    intercept=Range(value=7.4, low=6.2, high=8.6), slope=Range(value=2.5, low=1.7, high=3.3),
    statehood=Range(value=6.0, low=4.0, high=8.0), common=Range(value=1.2, low=0.5, high=2.0),
)  # fmt: skip
COUNT = 20000
NONE = np.empty((0, 0))
NO_ITEMS = ItemDraws(
    items=(), content=np.empty(0), slope=NONE, low=NONE, high=NONE, prior_slope=NONE, prior_low=NONE, prior_high=NONE
)


def normal_items(
    centre: Sequence[tuple[float, float]], sd: tuple[float, float], content: Sequence[float], *, seed: int = 1,
    draws: int = 60000, before: float = 30.0,
) -> ItemDraws:  # fmt: skip
    """Items whose likelihood is normal: after the votes N(centre, sd²), before them so wide that it does not matter."""
    rng, size = np.random.default_rng(seed), len(content)
    slope, ready = (
        np.array([one[at] for one in centre]) + sd[at] * rng.standard_normal((draws, size)) for at in (0, 1)
    )
    wide = before * rng.standard_normal((2, draws, size))
    return ItemDraws(
        items=tuple(f"v{at}" for at in range(size)), content=np.array(content), slope=slope, low=ready, high=ready,
        prior_slope=wide[0], prior_low=wide[1], prior_high=wide[1],
    )  # fmt: skip


def test_without_votes_the_ranges_of_the_case_come_back() -> None:
    fit = fit_link(NO_ITEMS, PRIOR, 1, 1000)
    ranges = (PRIOR.intercept, PRIOR.slope, PRIOR.statehood)
    for at, one in enumerate(ranges):
        low, middle, high = np.quantile(fit.values[:, at], (0.05, 0.5, 0.95))
        assert (low, middle, high) == pytest.approx((one.low, one.value, one.high), abs=0.02)
    assert np.abs(np.corrcoef(fit.values, rowvar=False) - np.eye(3)).max() < 0.1
    assert fit.items == ()


def test_an_uneven_range_has_the_moments_of_its_draws() -> None:
    uneven = Range(value=1.0, low=0.5, high=3.0)
    drawn = uneven.quantile((np.arange(200000) + 0.5) / 200000)
    assert uneven.moments() == pytest.approx((drawn.mean(), drawn.std()), rel=1e-4)


def test_votes_that_say_nothing_leave_the_prior() -> None:
    rng = np.random.default_rng(4)
    wide = rng.standard_normal((4, 40000, 2))
    draws = ItemDraws(
        items=("a", "b"), content=np.array([0.8, 0.5]), slope=wide[0], low=wide[1], high=wide[1],
        prior_slope=wide[2], prior_low=wide[3], prior_high=wide[3],
    )  # fmt: skip
    seen = summarise_items(draws, 0.5)
    assert np.abs(np.diag(seen.precision)).max() < 0.03
    fit = fit_link(draws, PRIOR, 1, COUNT)
    for at, one in enumerate((PRIOR.intercept, PRIOR.slope, PRIOR.statehood)):
        mean, sd = one.moments()
        assert fit.values[:, at].mean() == pytest.approx(mean, abs=0.1 * sd)
        assert fit.values[:, at].std() == pytest.approx(sd, rel=0.05)


def test_the_summary_gives_back_the_normal_likelihood() -> None:
    draws = normal_items([(2.6, 3.0), (2.2, 4.0)], (0.4, 0.9), [0.8, 0.5])
    seen = summarise_items(draws, 0.5)
    law = np.linalg.inv(seen.precision)
    assert law @ seen.linear == pytest.approx([2.6, 2.2, 3.0, 4.0], abs=0.03)
    assert np.sqrt(np.diag(law)) == pytest.approx([0.4, 0.4, 0.9, 0.9], rel=0.03)


def test_one_exact_item_is_a_line_through_the_prior() -> None:
    """With known readiness c of one vote: intercept and statehood given intercept − s·statehood = c + N(0, common²)."""
    fixed = LinkPrior(
        intercept=PRIOR.intercept, slope=PRIOR.slope, statehood=PRIOR.statehood,
        common=Range(value=1.0, low=1.0, high=1.0),
    )  # fmt: skip
    content, seen = 0.8, 4.5
    fit = fit_link(normal_items([(2.5, seen)], (1e-2, 1e-2), [content]), fixed, 1, COUNT)
    (first, a), (third, c) = (one.moments() for one in (fixed.intercept, fixed.statehood))
    total = a**2 + (content * c) ** 2 + 1.0
    surprise = seen - (first - content * third)
    assert fit.values[:, 0].mean() == pytest.approx(first + a**2 / total * surprise, abs=0.02)
    assert fit.values[:, 2].mean() == pytest.approx(third - content * c**2 / total * surprise, abs=0.03)
    assert fit.values[:, 0].var() == pytest.approx(a**2 - a**4 / total, rel=0.03)
    assert fit.values[:, 2].var() == pytest.approx(c**2 - content**2 * c**4 / total, rel=0.03)


def test_the_law_agrees_with_importance_sampling() -> None:
    """The same model by weights: draws from the prior, weighted with the likelihood of the items."""
    centre, sd, content = [(2.9, 3.9), (2.3, 4.9), (2.6, 2.6)], (0.6, 1.0), [0.85, 0.5, 0.85]
    fit = fit_link(normal_items(centre, sd, content), PRIOR, 1, COUNT)
    rng, many = np.random.default_rng(8), 400000
    values = np.stack(
        [one.quantile(rng.random(many)) for one in (PRIOR.intercept, PRIOR.slope, PRIOR.statehood)], axis=1
    )
    common, spread = PRIOR.common.quantile(rng.random(many)), SLOPE_SD * np.abs(rng.standard_normal(many))
    log_weight = np.zeros(many)
    for (slope, ready), one in zip(centre, content, strict=True):
        for found, expected, own in (
            (slope, values[:, 1], np.hypot(sd[0], spread)),
            (ready, values[:, 0] - one * values[:, 2], np.hypot(sd[1], common)),
        ):
            log_weight += -np.log(own) - 0.5 * ((found - expected) / own) ** 2
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    for mine, theirs in ((fit.values, values), (fit.common[:, None], common[:, None])):
        mean = weight @ theirs
        assert mine.mean(axis=0) == pytest.approx(mean, abs=0.03)
        assert mine.std(axis=0) == pytest.approx(np.sqrt(weight @ (theirs - mean) ** 2), rel=0.03)


def test_what_items_share_is_counted_once() -> None:
    """Slopes known up to a common error, as the unit of the stances makes it, teach less than independent ones."""
    apart = normal_items([(2.5, 4.0)] * 4, (0.5, 0.5), [0.8] * 4, seed=3)
    shared = np.random.default_rng(9).standard_normal((apart.slope.shape[0], 1))
    own = apart.slope - apart.slope.mean()
    together = ItemDraws(
        items=apart.items, content=apart.content, slope=2.5 + 0.45 * shared + 0.218 * own / 0.5, low=apart.low,
        high=apart.high, prior_slope=apart.prior_slope, prior_low=apart.prior_low, prior_high=apart.prior_high,
    )  # fmt: skip
    sds = [fit_link(one, PRIOR, 1, COUNT).values[:, 1].std() for one in (apart, together)]
    assert sds[1] > 1.15 * sds[0]


def test_an_abstention_that_lets_pass_makes_consent_easier() -> None:
    rng = np.random.default_rng(5)
    low = 5.0 + 0.3 * rng.standard_normal((20000, 2))
    draws = normal_items([(2.5, 3.0)] * 2, (0.3, 0.3), [0.8, 0.8], draws=20000)
    both = ItemDraws(
        items=draws.items, content=draws.content, slope=draws.slope, low=low, high=draws.high,
        prior_slope=draws.prior_slope, prior_low=draws.prior_low, prior_high=draws.prior_high,
    )  # fmt: skip
    readiness = []
    for where in ((0.0,), (1.0,)):
        values = fit_link(both, PRIOR, 1, COUNT, abstentions=where).values
        readiness.append(float((values[:, 0] - 0.8 * values[:, 2]).mean()))
    assert readiness[0] > readiness[1] + 0.5


def test_the_order_of_items_means_nothing() -> None:
    draws = normal_items([(2.9, 3.9), (2.3, 4.9)], (0.6, 1.0), [0.85, 0.5])
    turned = ItemDraws(
        items=draws.items[::-1], content=draws.content[::-1],
        **{name: getattr(draws, name)[:, ::-1]
           for name in ("slope", "low", "high", "prior_slope", "prior_low", "prior_high")},
    )  # fmt: skip
    first, second = fit_link(draws, PRIOR, 1, 2000), fit_link(turned, PRIOR, 1, 2000)
    assert first.values == pytest.approx(second.values, rel=1e-6)


def test_probits_times_the_constant_are_logits() -> None:
    from scipy.special import ndtr

    points = np.linspace(-4.0, 4.0, 401)
    assert np.abs(ndtr(points) - expit(LOGIT * points)).max() < 0.01


def test_a_vote_foretold_from_a_sharp_link_is_the_link() -> None:
    values = np.tile([6.0, 2.0, 5.0], (500, 1))
    link = LinkFit(items=("a",), values=values, common=np.zeros(500), slope_sd=np.zeros(500))
    theta = np.tile([-1.0, 0.0, 2.0], (50, 1))
    found = foretell_vote(link, 0.8, theta, 1, "b").mean(axis=0)
    assert found == pytest.approx(expit(6.0 - 4.0 + 2.0 * np.array([-1.0, 0.0, 2.0])), rel=1e-12)


def test_a_model_that_says_the_constant_rate_gains_nothing_and_a_wrong_one_loses() -> None:
    did, others = np.array([True, True, False]), {"a": np.array([True, True, False, True])}
    rate = (3 + 0.5) / 5
    same = score_vote(np.full((10, 3), rate), did, others, "b")
    assert same.model == pytest.approx(same.constant)
    wrong = score_vote(np.tile([0.1, 0.1, 0.9], (10, 1)), did, others, "b")
    assert (wrong.model < wrong.constant).all()
    assert wrong.happened == 2
