import numpy as np
import pytest
from scipy.special import ndtri

from shteg.convergence import bulk_ess, r_hat, rank_normalise, split_chains
from shteg.errors import ModelError

ESS_TOLERANCE = 0.15  # relative: the estimate itself varies by a few per cent at 4 × 5,000 draws
MIXED = 1.01


def autoregressive(rho: float, chains: int = 4, length: int = 5000) -> np.ndarray:
    noise = np.random.default_rng(3).standard_normal((chains, length))
    values = np.empty_like(noise)
    values[:, 0] = noise[:, 0]
    for t in range(1, length):
        values[:, t] = rho * values[:, t - 1] + np.sqrt(1 - rho**2) * noise[:, t]
    return values


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_effective_size_of_an_autoregression(rho):
    exact = 20000 * (1 - rho) / (1 + rho)
    assert bulk_ess(autoregressive(rho)) == pytest.approx(exact, rel=ESS_TOLERANCE)


def test_antithetic_draws_are_worth_more_but_are_bounded():
    size = 4 * 5000
    assert size < bulk_ess(autoregressive(-0.5)) <= size * np.log10(size)


def test_split_drops_the_middle_of_an_odd_chain():
    assert split_chains(np.array([[1.0, 2, 3, 4, 5]])).tolist() == [[1, 2], [4, 5]]


def test_rank_normalisation_shares_ranks_of_ties():
    scores = rank_normalise(np.array([[2.0, 1.0, 2.0, 5.0]]))[0]
    assert scores[0] == scores[2]
    assert scores[0] == pytest.approx(0.0)  # ranks 2 and 3: (2.5 − 3/8)/(4 + 1/4) = 1/2
    assert scores[1] == pytest.approx(ndtri(0.625 / 4.25))


def test_r_hat_by_hand():
    # halves (0,1), (2,3): ranks 1–4, scores z; W = mean of the variances, B from the two means
    z = ndtri((np.arange(1, 5) - 0.375) / 4.25)
    within = (np.var(z[:2], ddof=1) + np.var(z[2:], ddof=1)) / 2
    total = within / 2 + np.var([z[:2].mean(), z[2:].mean()], ddof=1)
    assert r_hat(np.array([[0.0, 1.0, 2.0, 3.0]])) == pytest.approx(np.sqrt(total / within))


def test_r_hat_sees_shifted_and_wider_chains():
    chains = autoregressive(0.3)
    assert r_hat(chains) < MIXED
    assert r_hat(chains + np.array([[0.0], [0.0], [0.0], [1.0]])) > 1.05
    assert r_hat(chains * np.array([[1.0], [1.0], [1.0], [3.0]])) > 1.05


def test_r_hat_does_not_depend_on_the_scale():
    chains = autoregressive(0.3, length=500)
    assert bulk_ess(np.exp(chains)) == pytest.approx(bulk_ess(chains))


def test_constant_chains_agree_and_short_ones_are_refused():
    assert r_hat(np.ones((2, 10))) == 1.0
    with pytest.raises(ModelError, match="at least four finite draws"):
        r_hat(np.ones((2, 3)))
