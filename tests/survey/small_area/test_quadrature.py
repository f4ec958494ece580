"""The nested Laplace approximation against dense quadrature of the exact posterior."""

import numpy as np
import pytest
from scipy import special

from shteg.survey.small_area.posterior import Binomials, fit_given, fit_groups
from tests.survey.small_area_data import binomials

MEAN_TOLERANCE = 0.05
"""Posterior sds by which a mean may be off: third-order terms of the Laplace expansion."""

SPREAD_TOLERANCE = 0.06
"""Relative error of a posterior sd: the normals of the mixture keep the curvature at the mode."""

EXTREME_TOLERANCES = (0.08, 0.12)
"""The same for groups in which nobody or everybody answered so: their logits are skewed, which normals are not."""

LOG_RATIO_TOLERANCE = 0.03
"""Error of a log ratio of marginal likelihoods."""

SDS = np.exp(np.linspace(np.log(0.003), np.log(6.0), 121))
INTERCEPTS = np.linspace(-9, 9, 361)
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(80)

PROBLEMS = {
    "balanced": binomials([12, 20, 9, 25], [40, 40, 40, 40], [0, 1, 2, 3]),
    "small and uneven": binomials([2, 9, 1, 14, 6], [8, 15, 12, 30, 7], [0, 1, 2, 3, 4]),
    "fractions": binomials([3.4, 10.2, 20.1], [20.5, 17.3, 44.0], [0, 1, 2]),
    "rare": binomials([1, 3, 0, 2, 4, 1], [50, 60, 40, 55, 45, 70], [0, 1, 2, 3, 4, 5]),
    "extremes": binomials([0, 40, 15, 3, 0], [40, 40, 30, 20, 6], [0, 1, 2, 3, 4]),
}


def exact(data: Binomials) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Moments of (intercept, sd) and of the groups' logits by quadrature; log marginal likelihood by sd."""
    groups = len(data.trials)
    logs = np.empty((len(SDS), len(INTERCEPTS)))
    moments = np.empty((2, groups, *logs.shape))
    for i, sd in enumerate(SDS):
        logit = INTERCEPTS[:, None] + sd * NODES
        total = np.zeros(len(INTERCEPTS))
        for j, (y, n) in enumerate(zip(data.successes, data.trials, strict=True)):
            log = y * logit - n * np.logaddexp(0, logit) + np.log(NODE_WEIGHTS)
            peak = log.max(axis=1)
            mass = np.exp(log - peak[:, None])
            moments[0, j, i] = (mass * logit).sum(axis=1) / mass.sum(axis=1)
            moments[1, j, i] = (mass * logit**2).sum(axis=1) / mass.sum(axis=1)
            total += peak + np.log(mass.sum(axis=1))
        logs[i] = total
    marginal = special.logsumexp(logs, axis=1)
    joint = logs + (np.log(SDS) - 0.5 * SDS**2)[:, None]
    weight = np.exp(joint - special.logsumexp(joint))
    mean = (moments[0] * weight).sum(axis=(1, 2))
    std = np.sqrt((moments[1] * weight).sum(axis=(1, 2)) - mean**2)
    sd_mean = (weight.sum(axis=1) * SDS).sum()
    sd_std = np.sqrt((weight.sum(axis=1) * SDS**2).sum() - sd_mean**2)
    return mean, std, np.array([sd_mean, sd_std]), marginal


@pytest.mark.parametrize("name", list(PROBLEMS))
def test_logits_of_groups_match_quadrature(name: str) -> None:
    data = PROBLEMS[name]
    mean, std, (sd_mean, sd_std), _ = exact(data)
    most, widest = EXTREME_TOLERANCES if name == "extremes" else (MEAN_TOLERANCE, SPREAD_TOLERANCE)
    fit = fit_groups(data)
    mode, precision = fit.given.mode, 1 / fit.sds**2
    share = special.expit(mode @ data.matrix.T)
    weight = data.trials * share * (1 - share)
    curved = np.einsum("ik,gi,il->gkl", data.matrix, weight, data.matrix)
    at = np.arange(1, data.matrix.shape[1])
    curved[:, at, at] += precision
    variance = np.einsum("ik,gkl,il->gi", data.matrix, np.linalg.inv(curved), data.matrix)
    logit = fit.given.mean @ data.matrix.T
    found = fit.weight @ logit
    spread = np.sqrt(fit.weight @ (variance + logit**2) - found**2)
    assert np.abs((found - mean) / std).max() < most
    assert np.abs(spread / std - 1).max() < widest
    assert abs(fit.weight @ fit.sds[:, 0] - sd_mean) / sd_std < most
    found_std = np.sqrt(fit.weight @ fit.sds[:, 0] ** 2 - (fit.weight @ fit.sds[:, 0]) ** 2)
    assert abs(found_std / sd_std - 1) < widest


@pytest.mark.parametrize("name", ["balanced", "fractions"])
def test_marginal_likelihood_ratios_match_quadrature(name: str) -> None:
    *_, marginal = exact(PROBLEMS[name])
    at = [40, 60, 80, 95]  # sds of about 0.04 to 1.2
    found = fit_given(PROBLEMS[name], SDS[at, None]).log_likelihood
    assert np.diff(found) == pytest.approx(np.diff(marginal[at]), abs=LOG_RATIO_TOLERANCE)


def test_two_crossed_variables_match_quadrature() -> None:
    """Two groups by two: five effects on a tensor of Gauss–Hermite nodes, for given sds."""
    data = binomials([7, 12, 15, 11], [20, 20, 25, 15], [0, 0, 1, 1], [0, 1, 0, 1])
    nodes, weights = np.polynomial.hermite_e.hermegauss(16)
    intercepts = np.linspace(-5, 5, 81)
    u = np.stack(np.meshgrid(nodes, nodes, indexing="ij")).reshape(2, -1)
    w = np.log(np.outer(weights, weights)).ravel()
    pairs = np.array([[0.1, 0.1], [0.5, 0.2], [0.2, 0.8], [0.9, 0.9]])
    truth = []
    for first, second in pairs:
        total = w[:, None, None] + w[None, :, None]
        for cell in range(4):
            a, b = u[int(data.matrix[cell, 2])], u[int(data.matrix[cell, 4])]
            eta = intercepts + first * a[:, None, None] + second * b[None, :, None]
            total = total + data.successes[cell] * eta - data.trials[cell] * np.logaddexp(0, eta)
        truth.append(special.logsumexp(total))
    found = fit_given(data, pairs).log_likelihood
    assert np.diff(found) == pytest.approx(np.diff(truth), abs=LOG_RATIO_TOLERANCE)
