"""Shares of races that draws hold unequally often, against the shares they were made with."""

import numpy as np
import pytest

from shteg.arrays import Floats, Ints
from shteg.intervals import NORMAL_90
from shteg.pathways.forecast.shares import Shares, summarise_counts, summarise_races

DRAWS = 2000
TRUE = np.random.default_rng(0).beta(2.0, 30.0, size=(DRAWS, 1, 1))


def races(mean: float, seed: int) -> tuple[Ints, Ints]:
    """Counts of an event and of races; many draws hold none, some hold dozens, the same ones with every seed."""
    generator = np.random.default_rng(5)
    raced = generator.poisson(mean * generator.lognormal(-2.0, 2.0, size=(DRAWS, 1)))
    return np.random.default_rng(seed).binomial(raced[..., None], TRUE), raced


def truth(raced: Ints, part: float) -> float:
    order = np.argsort(TRUE[:, 0, 0])
    return float(TRUE[order, 0, 0][np.searchsorted(np.cumsum(raced[order, 0]) / raced.sum(), part)])


def ends(shares: Shares) -> Floats:
    return np.array([shares.low[0, 0], shares.high[0, 0]])


def test_draws_with_equally_many_races_are_summarised_like_any_share() -> None:
    counts = np.random.default_rng(1).binomial(200, TRUE)
    one, other = summarise_races(counts, np.full((DRAWS, 1), 200)), summarise_counts(counts, 200)
    assert one.mean == pytest.approx(other.mean, abs=1e-15)
    assert ends(one) == pytest.approx(ends(other), abs=0.002)  # of 0.13: another rule for quantiles between two draws
    assert one.mc_error == pytest.approx(other.mc_error, rel=0.05)  # noise at the mean, and its mean


def test_many_races_show_the_shares_given_that_there_is_a_race() -> None:
    counts, raced = races(2000.0, 2)
    found = summarise_races(counts, raced)
    assert (raced == 0).mean() < 0.05
    assert ends(found) == pytest.approx([truth(raced, 0.05), truth(raced, 0.95)], abs=0.01)


def test_few_races_give_an_interval_that_does_not_jump() -> None:
    found = [summarise_races(*races(7.0, seed)) for seed in range(30)]
    assert (races(7.0, 0)[1] == 0).mean() > 0.3
    widths = np.array([np.diff(ends(one))[0] for one in found])
    alone = np.array([2.0 * NORMAL_90 * one.mc_error[0, 0] for one in found])
    assert (widths > 4.0 * alone).all()
    assert widths.std() < 0.2 * widths.mean()


def test_the_error_of_the_mean_is_that_of_the_races_in_all() -> None:
    found = [summarise_races(*races(7.0, seed)) for seed in range(200)]
    spread = np.array([one.mean[0, 0] for one in found]).std()
    assert found[0].mc_error[0, 0] == pytest.approx(spread, rel=0.2)  # 200 of them tell a standard deviation to 5 %
