"""Foretelling a round: simple laws against R, scores against closed forms."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from shteg.accession.ratification.acts import RatificationAct
from shteg.accession.ratification.kernel import Sampling
from shteg.accession.ratification.law import PRIOR, fit_ratification
from tests.accession.ratification.laws_compared import (
    fit_intervals,
    interval_score,
    leave_one_round_out,
    log_all_done,
    predict_round,
    simple_laws,
)

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "accession_ratification.json").read_text())
AGREE = 1e-6
"""R stops its Newton steps at a relative change of 1e-13; derivatives here are differences of fourth order."""

SHORT = Sampling(burn_in=200, kept=250, thin=1)


def act(who, round_, low, high, candidate="ALB"):
    return RatificationAct(
        candidate=candidate, member=who, round=round_, low=low, high=high, basis="deposit", held=False, source="given",
        grade="B2",
    )  # fmt: skip


ACTS = [
    act(f"M{j}", f"r{k}", 100.0 + 20 * j + 10 * k - 0.5, 100.0 + 20 * j + 10 * k + 0.5)
    for j in range(5)
    for k in range(4)
]


@pytest.mark.parametrize(("law", "name"), [("log_normal", "lognormal"), ("weibull", "weibull")])
def test_one_law_for_all_agrees_with_survreg(law, name):
    low = np.array(REFERENCE["low"], dtype=float)
    high = np.array([np.inf if one < 0 else one for one in REFERENCE["high"]], dtype=float)
    fit, known = fit_intervals(low, high, law), REFERENCE[name]
    assert fit.location == pytest.approx(known["location"], rel=AGREE)
    assert fit.scale == pytest.approx(known["scale"], rel=AGREE)
    assert (fit.location_se, fit.log_scale_se) == pytest.approx(known["std_error"], rel=AGREE)
    assert fit.log_likelihood == pytest.approx(known["loglik"], rel=AGREE)


def test_all_done_is_the_share_of_simulated_rounds_that_are():
    acts = [replace(one, held=one.member == "M4") for one in ACTS]
    members = tuple(f"M{j}" for j in range(5))
    fit = fit_ratification(acts, members, 1000, np.random.default_rng(1), sampling=SHORT)
    last = np.stack([fit.days(np.random.default_rng(seed)).max(axis=1) for seed in range(60)])
    for day in (150.0, 250.0, 600.0):
        exact = float(np.exp(log_all_done(fit, np.arange(5), day)).mean())
        assert exact == pytest.approx(float((last <= day).mean()), abs=0.015)  # 60,000 draws: error under 0.005


def test_a_single_member_who_never_holds_out_has_a_log_normal_last_day():
    fit = fit_ratification(ACTS, ("M0",), 200, np.random.default_rng(1), holding=False, sampling=SHORT)
    expected = ndtr((np.log(120.0) - fit.member[:, 0] - fit.new_round) / fit.sd)
    assert np.exp(log_all_done(fit, np.array([0]), 120.0)) == pytest.approx(expected, rel=1e-9)


def test_scores_are_log_densities_of_log_days():
    assert interval_score(0.5, 100.0, 200.0) == pytest.approx(np.log(0.5 / np.log(2.0)))


def test_rounds_are_foretold_from_the_others():
    scores = leave_one_round_out(ACTS, (), 300, np.random.default_rng(1), law="mixture", sampling=SHORT)
    assert [one.last.round for one in scores] == ["r0", "r1", "r2", "r3"]
    assert all(np.isfinite(one.score) for one in scores)
    moved = [replace(one, low=one.low * 3, high=one.high * 3) if one.round == "r3" else one for one in ACTS]
    again = leave_one_round_out(moved, (), 300, np.random.default_rng(1), sampling=SHORT)
    assert again[3].score < scores[3].score
    assert set(simple_laws(ACTS)) == {"log_normal", "weibull", "base_rate"}


def test_a_round_to_come_is_over_with_its_last_member():
    found = predict_round(ACTS, ("M0", "M4", "NEW"), 400, np.random.default_rng(1), prior=PRIOR, sampling=SHORT)
    assert np.array_equal(found.last, found.days.max(axis=1))
    assert np.median(found.days[:, 0]) < np.median(found.days[:, 1])
