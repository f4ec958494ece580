"""Paths and their likelihood against the normal law written out."""

from itertools import pairwise

import numpy as np
import pytest

from shteg.normal_law import log_interval
from shteg.stance.members.sampler_kernel import _draw_paths, _log_ratio, _path_log_likelihood

FIRST = np.array([0, 4, 7])
GAP = np.array([0.0, 1.0, 0.5, 2.0, 0.0, 1.5, 1.0])
CHANGES = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.0])
CENTRE = np.array([0.4, -0.3])
PRECISION = np.array([1.3, 0.0, 2.0, 0.0, 0.0, 0.7, 0.0])
WEIGHTED = np.array([1.0, 0.0, -2.5, 0.0, 0.0, 0.9, 0.0])
DRAWS = 40_000
MONTE_CARLO = 4.5 / np.sqrt(DRAWS)  # standard errors of a mean or covariance of about unit scale


def covariance(drift, jump):
    """Prior covariance of all points: what two points of a member share is the variance of the earlier one."""
    total = np.zeros((7, 7))
    for start, end in pairwise(FIRST):
        variance = 1.0 + np.cumsum(drift**2 * GAP[start:end] + jump**2 * CHANGES[start:end])
        total[start:end, start:end] = np.minimum.outer(variance, variance)
    return total


def test_paths_follow_their_posterior():
    prior = covariance(0.4, 0.6)
    exact_covariance = np.linalg.inv(np.linalg.inv(prior) + np.diag(PRECISION))
    centre = np.repeat(CENTRE, np.diff(FIRST))
    exact_mean = exact_covariance @ (np.linalg.solve(prior, centre) + WEIGHTED)
    state = np.array([1, 2, 3, 4], dtype=np.uint64)
    drawn = np.empty((DRAWS, 7))
    for row in drawn:
        _draw_paths(FIRST, GAP, CHANGES, CENTRE, PRECISION, WEIGHTED, np.array([0.4, 0.6]), row, np.empty(7), state)
    assert np.abs(drawn.mean(axis=0) - exact_mean).max() < MONTE_CARLO
    assert np.abs(np.cov(drawn.T) - exact_covariance).max() < 2 * MONTE_CARLO


@pytest.mark.parametrize("sds", [(0.0, 0.0), (0.2, 0.0), (0.1, 0.9)])
def test_likelihood_of_the_sds(sds):
    seen = PRECISION > 0
    centre = np.repeat(CENTRE, np.diff(FIRST))[seen]
    response = WEIGHTED[seen] / PRECISION[seen]

    def dense(drift, jump):
        spread = covariance(drift, jump)[np.ix_(seen, seen)] + np.diag(1 / PRECISION[seen])
        miss = response - centre
        return -0.5 * (np.linalg.slogdet(spread)[1] + miss @ np.linalg.solve(spread, miss))

    def kernel(drift, jump):
        return _path_log_likelihood(FIRST, GAP, CHANGES, CENTRE, PRECISION, WEIGHTED, drift, jump)

    assert kernel(*sds) - kernel(0.4, 0.6) == pytest.approx(dense(*sds) - dense(0.4, 0.6), abs=1e-12)


@pytest.mark.parametrize("eta", [-50.0, -3.0, -0.4, 0.0, 0.3, 2.0, 50.0])
def test_a_moved_cut_changes_the_likelihood_bit_for_bit(eta):
    at, to = -0.2 - eta, 0.35 - eta
    for below in (-np.inf, -1.1 - eta):
        assert _log_ratio(1.0, below, to, at) == log_interval(below, to) - log_interval(below, at)
    for above in (np.inf, 1.7 - eta):
        assert _log_ratio(-1.0, above, to, at) == log_interval(to, above) - log_interval(at, above)
