import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from shteg.stance.kernel import log_interval, next_uniform, normal_cdf, normal_quantile, truncated_normal

QUANTILE_TOLERANCE = 2e-15  # relative; AS 241 promises about 1e-16 before rounding


def xoshiro256_plus(state: list[int]) -> int:
    """The published algorithm in Python's own whole numbers."""
    mask = 2**64 - 1
    result = (state[0] + state[3]) & mask
    shifted = (state[1] << 17) & mask
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = ((state[3] << 45) | (state[3] >> 19)) & mask
    return result


def test_random_numbers_are_xoshiro256_plus():
    words = [2**63 + 11, 7, 2**64 - 1, 123456789]
    state = np.array(words, dtype=np.uint64)
    expected = [((xoshiro256_plus(words) >> 11) + 0.5) / 2**53 for _ in range(50)]
    assert [next_uniform(state) for _ in range(50)] == expected


@pytest.mark.parametrize("p", [1e-300, 1e-20, 1e-5, 0.02, 0.2, 0.5, 0.74, 0.93, 1 - 1e-9])
def test_quantile_and_distribution(p):
    assert normal_quantile(p) == pytest.approx(ndtri(p), rel=QUANTILE_TOLERANCE, abs=1e-300)
    assert normal_cdf(ndtri(p)) == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.5), (2.0, np.inf), (-np.inf, -6.0), (9.0, 9.5), (-0.1, 8.0)])
def test_truncated_normal_inverts_its_distribution(low, high):
    for u in (0.001, 0.3, 0.999):
        x = truncated_normal(low, high, u)
        assert low <= x <= high
        if low > 0:
            assert (ndtr(-x) - ndtr(-high)) / (ndtr(-low) - ndtr(-high)) == pytest.approx(u, rel=1e-6)
        else:
            assert (ndtr(x) - ndtr(low)) / (ndtr(high) - ndtr(low)) == pytest.approx(u, rel=1e-6)


def test_truncated_normal_beyond_the_reach_of_doubles():
    assert 50.0 <= truncated_normal(50.0, np.inf, 0.5) < 50.1
    assert -60.0 <= truncated_normal(-60.0, -50.0, 0.5) <= -50.0


def test_log_interval_keeps_the_upper_tail():
    assert log_interval(8.0, 9.0) == pytest.approx(log_interval(-9.0, -8.0))
    assert log_interval(-np.inf, np.inf) == pytest.approx(0.0)
