"""The laws that several rooms share: the same numbers as SciPy, as their twins gave, and as closed forms give."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from shteg.gamma_rate import HALF_EVENT, GammaRate
from shteg.intervals import HIGH, LEVEL, LOW, NORMAL_90, NORMAL_90_SHORT, NORMAL_95_SHORT, normal_half_width
from shteg.normal_law import log_interval, normal_cdf, normal_quantile, truncated_normal

LAST_DIGITS = 1e-13  # relative: two ways to the same number in double precision


@pytest.mark.parametrize("x", [-37.0, -8.0, -1.0, 0.0, 0.5, 4.0])
def test_normal_distribution_and_quantile(x: float) -> None:
    assert normal_cdf(x) == pytest.approx(stats.norm.cdf(x), rel=LAST_DIGITS)
    if abs(x) <= 4:
        assert normal_quantile(normal_cdf(x)) == pytest.approx(x, rel=1e-11, abs=1e-15)  # 1 - cdf has lost digits


@pytest.mark.parametrize("p", [1e-300, 1e-20, 1e-5, 0.02, 0.2, 0.5, 0.74, 0.93, 1 - 1e-9])
def test_normal_quantile_to_the_last_digits(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(ndtri(p), rel=2e-15, abs=1e-300)  # AS 241 promises about 1e-16


@pytest.mark.parametrize(("low", "high"), [(-1.0, 2.0), (3.0, np.inf), (-np.inf, -9.0), (-0.5, 0.5)])
@pytest.mark.parametrize("u", [1e-6, 0.3, 0.999])
def test_truncated_normal_inverts_its_distribution(low: float, high: float, u: float) -> None:
    x = truncated_normal(low, high, u)
    assert low <= x <= high
    share = u if low <= 0.0 else 1.0 - u  # the upper tail is mirrored
    if low > 0.0:
        assert stats.norm.sf(x) / stats.norm.sf(low) == pytest.approx(u, rel=1e-9)
    else:
        below, all_of_it = stats.norm.cdf(x) - stats.norm.cdf(low), stats.norm.cdf(high) - stats.norm.cdf(low)
        assert below / all_of_it == pytest.approx(share, rel=1e-9)


def test_truncated_normal_far_out_and_log_interval() -> None:
    assert truncated_normal(-np.inf, -40.0, 0.5) == pytest.approx(-40.0 + np.log(0.5) / 40.0)
    assert truncated_normal(40.0, np.inf, 0.5) == -truncated_normal(-np.inf, -40.0, 0.5)
    assert log_interval(5.0, 6.0) == pytest.approx(np.log(stats.norm.sf(5.0) - stats.norm.sf(6.0)), rel=1e-12)
    assert log_interval(50.0, 51.0) == pytest.approx(np.log(1e-300))


def test_half_widths_of_normal_intervals() -> None:
    assert ndtri(0.95) == NORMAL_90  # to the last bit: figures were made with it
    assert normal_half_width(LEVEL) == pytest.approx(NORMAL_90, rel=1e-15)
    assert round(normal_half_width(0.9), 3) == NORMAL_90_SHORT
    assert round(normal_half_width(0.95), 6) == NORMAL_95_SHORT
    assert normal_half_width(0.0) == 0.0
    assert pytest.approx(LEVEL) == HIGH - LOW


@pytest.mark.parametrize(("events", "years"), [(0, 0.0), (3, 12.5), (0.25, 400.0)])
def test_gamma_rate_is_the_gamma_law(events: float, years: float) -> None:
    rate, law = GammaRate.of(events, years), stats.gamma(0.5 + events, scale=1 / (0.5 + years))
    assert rate.mean == pytest.approx(law.mean(), rel=LAST_DIGITS)
    assert [rate.quantile(p) for p in (0.05, 0.5)] == pytest.approx(law.ppf([0.05, 0.5]), rel=1e-10)
    # P(an event within h) = 1 - E exp(-rate h), the moment generating function of the Gamma law
    assert rate.probability(2.0) == pytest.approx(1 - (1 + 2 / (0.5 + years)) ** -(0.5 + events), rel=1e-12)
    assert rate.probability(0.0) == 0.0


def test_gamma_rate_draws_the_bits_that_rooms_drew() -> None:
    rate = GammaRate.of(2, 7.25, prior=(0.5, 500.0))
    plain = np.random.default_rng(5).standard_gamma(2.5, 4) / 507.25
    assert rate.draw(np.random.default_rng(5), 4).tolist() == plain.tolist()
    generator = np.random.default_rng(5)
    gamma = generator.standard_gamma(3.5, 4)
    logs = np.log(gamma) + np.log1p(-generator.random(4)) / 2.5 - np.log(507.25)
    assert rate.draw_log(np.random.default_rng(5), 4).tolist() == logs.tolist()
    assert HALF_EVENT == (0.5, 0.5)


def test_the_log_of_a_tiny_rate_is_finite() -> None:
    drawn = GammaRate(1e-4, 1.0).draw_log(np.random.default_rng(1), 1000)
    assert np.isfinite(drawn).all()
    assert drawn.min() < np.log(np.finfo(float).tiny)
