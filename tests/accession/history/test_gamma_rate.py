import numpy as np
import pytest
from scipy.special import gammainc

from shteg.accession.history.gamma_rate import PRIOR_EVENTS, PRIOR_YEARS, Rate, estimate_rate, log_marginal_likelihood
from shteg.accession.history.risk_spells import RiskSpell
from shteg.errors import ModelError


def spell(years: float, status: str = "reached", step: str = "s") -> RiskSpell:
    return RiskSpell(
        step=step, country="ALB", entry_on=1, exit_on=2, years=years, years_low=years, years_high=years + 0.1,
        entry_years=0.0, status=status,  # type: ignore[arg-type]
    )  # fmt: skip


def test_posterior_is_prior_plus_events_and_time():
    rate = estimate_rate("s", [spell(2.0), spell(3.0, "waiting"), spell(0.0, "before_risk")])
    assert (rate.events, rate.exposure, rate.exposure_high) == (1, 5.0, pytest.approx(5.3))
    assert (rate.shape, rate.years) == (PRIOR_EVENTS + 1, PRIOR_YEARS + 5.0)
    assert rate.mean == pytest.approx(1.5 / 5.5)
    assert gammainc(rate.shape, rate.quantile(0.05) * rate.years) == pytest.approx(0.05)


def test_fast_steps_are_not_slowed_by_the_prior():
    rate = estimate_rate("s", [spell(0.33)] * 16)
    assert rate.mean == pytest.approx(1 / 0.33, rel=0.1)


def test_draws_follow_the_posterior_even_with_tiny_shapes():
    rate = Rate(step="s", events=0, exposure=3, exposure_low=3, exposure_high=3, shape=0.01, years=3.5)
    draws = rate.draw_log(np.random.default_rng(1), 4000)
    assert np.isfinite(draws).all()
    rate = estimate_rate("s", [spell(2.0)] * 8)
    draws = np.exp(rate.draw_log(np.random.default_rng(1), 20000))
    assert np.quantile(draws, [0.05, 0.5, 0.95]) == pytest.approx(
        [rate.quantile(p) for p in (0.05, 0.5, 0.95)], rel=0.03
    )


def test_marginal_likelihood_is_the_integral_over_the_prior():
    rate = estimate_rate("s", [spell(2.0), spell(1.5), spell(4.0, "waiting")])
    eta = np.linspace(-30, 5, 200_001)
    prior = np.exp(PRIOR_EVENTS * eta - PRIOR_YEARS * np.exp(eta)) * PRIOR_YEARS**PRIOR_EVENTS / np.sqrt(np.pi)
    likelihood = np.exp(2 * eta - 7.5 * np.exp(eta))
    exact = np.log(np.sum(prior * likelihood) * (eta[1] - eta[0]))
    assert log_marginal_likelihood(rate) == pytest.approx(exact, abs=1e-6)


def test_spells_of_another_step_are_refused():
    with pytest.raises(ModelError, match="spells of one step"):
        estimate_rate("s", [spell(1.0, step="t")])


@pytest.mark.slow
def test_intervals_cover_in_200_simulated_ladders():
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(200):
        true = np.exp(rng.normal(np.log(0.15), 1.0))
        times = rng.exponential(1 / true, 40)
        spells = [spell(min(t, 30.0), "reached" if t < 30 else "waiting") for t in times]
        rate = estimate_rate("s", spells)
        covered.append(rate.quantile(0.05) <= true <= rate.quantile(0.95))
    assert 0.84 <= np.mean(covered) <= 0.96
