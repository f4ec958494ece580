import json
from pathlib import Path

import numpy as np
import pytest

from shteg.accession.ladder.hazard_design import Columns, HazardDesign, HazardPrior, build_design
from shteg.accession.ladder.nested_laplace import _Likelihood, fit_laplace, inner_mode, log_likelihood
from shteg.accession.ladder.risk_rows import MONTH, RiskRows
from shteg.errors import ModelError
from tests.accession.hazard_sampler import sample_hazard_model
from tests.accession.hazard_simulation import simulate_ladders
from tests.sbc import check_calibrated, simulate_ranks

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "accession_hazard.json").read_text("utf-8"))
FLAT = 1e5
SAME_MODE = 1e-6  # both stop when the score is 0 to rounding; the flat prior moves by 1e-9
SAME_ERROR = 1e-6


def plain_rows(step, months, events, **more):
    count = len(step)
    zero = np.zeros(count, dtype=np.int64)
    filled = {
        "steps": ("a", "b", "c"), "organisations": ("o",), "countries": ("XAA",), "years": (2000,), "variables": (),
        "step": step, "organisation": zero, "country": zero, "year": zero, "piece": zero,
        "blocked": zero == 1, "skipped": zero == 1, "covariates": np.empty((count, 0)),
        "applies": np.empty((count, 0), dtype=bool), "quiet_years": (months - events) * MONTH, "events": events,
    }  # fmt: skip
    return RiskRows(**{**filled, **more})


def test_maximum_likelihood_mode_against_glm_in_r():
    r = {name: np.array(REFERENCE[name]) for name in ("step", "x", "blocked", "piece", "months", "events")}
    rows = plain_rows(r["step"], r["months"], r["events"])
    terms = [r["x"], r["blocked"], r["piece"] >= 1, r["piece"] >= 2]
    kinds = ("x", "block", "first", "second")
    columns = [Columns(kind="level", start=0, names=("a", "b", "c"), mean=0.0, sd=FLAT)]
    columns += [Columns(kind=one, start=3 + i, names=(one,), mean=0.0, sd=FLAT) for i, one in enumerate(kinds)]
    index = np.stack([r["step"], *(np.full(len(r["step"]), 3 + i) for i in range(4))], axis=1)
    value = np.stack([np.ones(len(r["step"])), *terms], axis=1).astype(float)
    design = HazardDesign(columns=tuple(columns), index=index, value=value, scales=(), prior=HazardPrior())
    likelihood = _Likelihood(design, rows)
    _, mode, factor = inner_mode(design, likelihood, {}, np.zeros(7))
    np.testing.assert_allclose(mode, REFERENCE["estimate"], rtol=0, atol=SAME_MODE)
    error = np.sqrt(np.diag(np.linalg.inv(factor.T @ factor)))
    np.testing.assert_allclose(error, REFERENCE["std_error_observed"], rtol=SAME_ERROR)
    np.testing.assert_allclose(error, REFERENCE["std_error"], rtol=0.02)  # glm: expected information
    assert likelihood.value(mode) == pytest.approx(REFERENCE["log_likelihood"], rel=1e-9)


def test_exact_time_at_risk_is_the_monthly_regression_added_up():
    eta, months, events = np.array([-1.3, 0.4]), np.array([17, 5]), np.array([1, 2])
    hazard = 1 - np.exp(-MONTH * np.exp(eta))
    monthly = (months - events) * np.log(1 - hazard) + events * np.log(hazard)
    assert log_likelihood(eta, (months - events) * MONTH, events.astype(float)) == pytest.approx(monthly, rel=1e-12)


def test_derivatives_are_those_of_the_likelihood():
    rows, design, effects, _ = simulate_ladders(np.random.default_rng(3), countries=6, years=8)
    likelihood = _Likelihood(design, rows)
    slope, curvature = likelihood.derivatives(effects)
    full = curvature + np.triu(curvature, 1).T
    for place in (0, 4, design.size - 1):
        step = np.zeros(design.size)
        step[place] = 1e-5
        up, down = likelihood.value(effects + step), likelihood.value(effects - step)
        assert slope[place] == pytest.approx((up - down) / 2e-5, rel=1e-4, abs=1e-5)
        change = (likelihood.derivatives(effects + step)[0] - likelihood.derivatives(effects - step)[0]) / 2e-5
        assert full[place] == pytest.approx(-change, rel=1e-4, abs=1e-5)


def test_without_outcomes_the_fit_is_the_prior():
    rows, design, _, _ = simulate_ladders(np.random.default_rng(3), countries=6, years=8)
    posterior = fit_laplace(design, rows.without_outcome())
    assert posterior.mean() == pytest.approx(design.mean, abs=1e-9)
    level = design.kind("level").places
    assert np.sqrt(posterior.variance()[level]) == pytest.approx(1.0, rel=1e-6)
    mean = posterior.weight @ posterior.scales
    expected = [design.prior.scale_of(name) * np.sqrt(2 / np.pi) for name in design.scales]
    assert mean == pytest.approx(expected, rel=0.1)  # 96 points of a half-normal law


def test_draws_have_the_moments_of_the_mixture():
    rows, design, _, _ = simulate_ladders(np.random.default_rng(4), countries=10, years=12)
    posterior = fit_laplace(design, rows)
    effects, scales = posterior.draw(np.random.default_rng(1), 8000)
    sd = np.sqrt(posterior.variance())
    assert np.abs((effects.mean(axis=0) - posterior.mean()) / sd).max() < 0.06  # 5 standard errors of 8,000 draws
    assert effects.std(axis=0) / sd == pytest.approx(1.0, abs=0.06)
    assert (scales > 0).all()


def test_relabelled_countries_change_nothing_else():
    rows, design, _, _ = simulate_ladders(np.random.default_rng(5), countries=6, years=8)
    turned = RiskRows(**{
        **{name: getattr(rows, name) for name in rows.__dataclass_fields__},
        "country": 5 - rows.country, "countries": rows.countries[::-1],
    })  # fmt: skip
    first, second = fit_laplace(design, rows), fit_laplace(build_design(turned), turned)
    shared = slice(0, design.kind("country").start)
    assert second.mean()[shared] == pytest.approx(first.mean()[shared], abs=1e-8)
    own, other = first.mean()[design.kind("country").places], second.mean()[design.kind("country").places]
    assert other[::-1] == pytest.approx(own, abs=1e-8)


def test_rows_of_unequal_length_are_refused():
    with pytest.raises(ModelError, match="one entry per row"):
        plain_rows(np.array([0, 1]), np.array([3, 3]), np.array([0, 0]), piece=np.zeros(3, dtype=np.int64))


MEANS_WITHIN, SPREADS = 0.3, (0.75, 1.25)
"""METHODS §3: means within 0.3 posterior sd of an exact sampler; spreads sensible."""


@pytest.mark.slow
def test_means_and_spreads_against_hamiltonian_monte_carlo():
    rows, design, _, _ = simulate_ladders(np.random.default_rng(8), countries=15, years=20, organisations=2)
    posterior = fit_laplace(design, rows)
    effects, scales = sample_hazard_model(design, rows, seed=1, kept=4000, leaps=16)
    sd = effects.std(axis=0)
    assert np.abs((posterior.mean() - effects.mean(axis=0)) / sd).max() < MEANS_WITHIN
    ratio = np.sqrt(posterior.variance()) / sd
    assert SPREADS[0] < ratio.min()
    assert ratio.max() < SPREADS[1]
    shift = (posterior.weight @ posterior.scales - scales.mean(axis=0)) / scales.std(axis=0)
    assert np.abs(shift).max() < MEANS_WITHIN


def one_set(rng, countries, years):
    rows, design, effects, scales = simulate_ladders(rng, countries=countries, years=years)
    drawn, drawn_scales = fit_laplace(design, rows).draw(rng, 400)
    return np.concatenate([effects, scales]), np.concatenate([drawn, drawn_scales], axis=1)


def coverage(sets, countries, years, seed):
    inside = []
    for child in np.random.SeedSequence(seed).spawn(sets):
        truth, drawn = one_set(np.random.default_rng(child), countries, years)
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        inside.append(((low <= truth) & (truth <= high)).mean())
    return float(np.mean(inside))


def test_intervals_cover_in_a_few_small_ladders():
    assert 0.80 <= coverage(8, 10, 12, 21) <= 0.98  # 8 sets: a check of the wiring


@pytest.mark.slow
def test_intervals_cover_in_200_ladders_of_40_countries_and_30_years():
    assert 0.87 <= coverage(200, 40, 30, 22) <= 0.93


@pytest.mark.slow
def test_ranks_of_the_truth_are_uniform():
    def chosen(rng):
        truth, drawn = one_set(rng, 40, 30)
        kept = [0, 1, 2, 3, 9, truth.size - 3, truth.size - 2, truth.size - 1]
        return truth[kept], drawn[:, kept]

    names = ("level-0", "level-1", "level-2", "slope", "duration", "tau_b", "sigma_u", "sigma_gamma")
    check_calibrated(simulate_ranks(chosen, sets=200, seed=23), names=names)
