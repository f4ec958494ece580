"""The calibration tool itself: it passes an exact posterior and finds one that is too narrow, too wide or shifted."""

import numpy as np
import pytest

from tests.sbc import check_calibrated, coverage, ecdf_band, ranks_of, simulate_ranks, uniformity


def normal_set(scale=1.0, shift=0.0):
    """Conjugate normal: theta ~ N(0, 1), three observations of sd 1; the posterior may be spoilt on purpose."""

    def one_set(generator):
        theta = generator.standard_normal(2)
        mean = (theta + generator.standard_normal((3, 2))).sum(axis=0) / 4.0
        return theta, mean + shift + scale * np.sqrt(1 / 4.0) * generator.standard_normal((200, 2))

    return one_set


def test_an_exact_posterior_is_calibrated():
    ranks = simulate_ranks(normal_set(), sets=400)
    check_calibrated(ranks, names=("first", "second"))
    assert uniformity(ranks).min() > 1e-3
    assert np.abs(coverage(ranks) - 0.9).max() < 3.5 * np.sqrt(0.09 / 400)  # three and a half standard errors


@pytest.mark.parametrize(("scale", "shift"), [(0.6, 0.0), (1.7, 0.0), (1.0, 0.4)])
def test_a_spoilt_posterior_is_found(scale, shift):
    ranks = simulate_ranks(normal_set(scale, shift), sets=400)
    with pytest.raises(AssertionError, match="not calibrated:\nfirst: chi-square"):
        check_calibrated(ranks, names=("first", "second"))


def test_ranks_count_the_draws_below():
    draws = np.arange(99.0)[:, None]
    assert ranks_of([-1.0], draws).tolist() == [0]
    assert ranks_of([41.5], draws).tolist() == [42]
    assert ranks_of([500.0], draws).tolist() == [99]
    with pytest.raises(ValueError, match="do not fit 2 true values"):
        ranks_of([1.0, 2.0], draws)


def test_the_band_holds_uniform_ranks_as_often_as_it_says():
    low, high = ecdf_band(100, 99, alpha=0.1)
    generator = np.random.default_rng(3)
    samples = generator.integers(0, 100, (2000, 100))
    ecdf = np.stack([np.bincount(row, minlength=100) for row in samples]).cumsum(axis=1) / 100
    outside = ((ecdf < low) | (ecdf > high)).any(axis=1).mean()
    assert 0.06 < outside < 0.14  # 0.1, with the noise of 2,000 samples and of the band's own 4,000
