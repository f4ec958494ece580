"""Small matrices against MCMCpack under equal priors (tests/reference/stance_mcmcpack.R)."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shteg.stance.members.sampler import STATIC
from tests.stance.simulated import sample_stances

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "stance_mcmcpack.json").read_text("utf-8"))
MEANS = 0.10  # what the two samplers may differ by: Monte Carlo error of both, and flat against wide cut points
RATIO = (0.9, 1.1)
SLOPES = 0.15  # discriminations have posterior sds of about 0.6


@pytest.mark.parametrize("name", ["binary", "graded"])
def test_posterior_means_and_sds_agree_with_mcmcpack(name):
    exact = REFERENCE[name]
    level = np.array(exact["level"], dtype=np.int64)
    fit = sample_stances(
        level, level.max(axis=0) + 1, seed=1, kept=10000, prior=replace(STATIC, cut_sd=exact["cut_sd"])
    )  # fmt: skip
    assert np.abs(fit.theta.mean(axis=(0, 1)) - exact["mean"]).max() < MEANS
    ratio = fit.theta.std(axis=(0, 1)) / exact["sd"]
    assert RATIO[0] < ratio.min()
    assert ratio.max() < RATIO[1]
    assert np.abs(fit.discrimination.mean(axis=(0, 1)) - exact["discrimination"]).max() < SLOPES
