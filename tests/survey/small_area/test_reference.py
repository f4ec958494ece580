"""Small domains against R: quadrature of groups and intercept by `integrate`, pooled share by `glm`, sd by `lme4`."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from shteg.survey.small_area.posterior import fit_given, fit_groups
from tests.survey.small_area_data import binomials

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "survey_small_area.json").read_text(encoding="utf-8"))

LIKELIHOOD = 0.02
"""Log ratios of marginal likelihoods: what is left after the second-order terms of the Laplace approximation."""

LOGIT = 0.05
"""Posterior standard deviations of a group's logit: the same for its mean."""

POOLED = 1e-3
"""A sd of 0.001 stands for 0."""


@pytest.fixture(scope="module")
def data() -> object:
    return binomials(REFERENCE["successes"], REFERENCE["trials"], list(range(len(REFERENCE["trials"]))))


def test_marginal_likelihood_of_the_sd(data) -> None:  # type: ignore[no-untyped-def]
    fit = fit_given(data, np.array(REFERENCE["sds"])[:, None])
    assert fit.log_likelihood - fit.log_likelihood[0] == pytest.approx(REFERENCE["log_marginal"], abs=LIKELIHOOD)


def test_means_of_the_logits_for_each_sd(data) -> None:  # type: ignore[no-untyped-def]
    fit = fit_given(data, np.array(REFERENCE["sds"])[:, None])
    means = fit.mean @ data.matrix.T
    share = special.expit(means)
    sds = 1 / np.sqrt(data.trials * share * (1 - share) + np.array(REFERENCE["sds"])[:, None] ** -2.0)
    assert np.abs((means - np.array(REFERENCE["logits"])) / sds).max() < LOGIT


def test_without_differences_the_mean_is_that_of_glm(data) -> None:  # type: ignore[no-untyped-def]
    fit = fit_given(data, np.array([[1e-3]]))
    assert fit.mode[0, 0] == pytest.approx(REFERENCE["pooled_logit"], abs=POOLED)
    assert np.sqrt(fit.variance[0, 0]) == pytest.approx(REFERENCE["pooled_se"], abs=POOLED)


def test_the_sd_of_lme4_lies_near_the_middle_of_the_posterior(data) -> None:  # type: ignore[no-untyped-def]
    posterior = fit_groups(data)
    assert posterior.sd_quantile(0, 0.25) < REFERENCE["lme4"]["sd"] < posterior.sd_quantile(0, 0.75)
