"""The mixture: exact means, spread between the parts, later steps never likelier than earlier ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.pool.mixture import Part, between_share, mix, weights_spoken
from tests.examples import examples

EXACT = 1e-9
EVEN = 5e-3
"""8,000 draws spread evenly leave errors of a few thousandths in a share."""


def part(name, means, spread=0.02, draws=500, speaks=None):
    """A part whose draws lie evenly around its means, (step, year)."""
    means = np.array(means, dtype=float)
    noise = np.linspace(-spread, spread, draws)[:, None, None]
    return Part(name=name, curves=np.clip(means + noise, 0, 1), speaks=speaks or (True,) * len(means))


def test_the_mean_is_that_of_the_parts_weighed():
    low, high = part("low", [[0.1, 0.2]]), part("high", [[0.7, 0.9]])
    found = mix([low, high], np.array([[0.25, 0.75]]), [[]])
    assert found.mean == pytest.approx(np.array([[0.55, 0.725]]), abs=EXACT)
    assert found.draws.mean(axis=0) == pytest.approx(found.mean, abs=EVEN)


def test_the_interval_holds_what_divides_the_parts():
    low, high = part("low", [[0.05]]), part("high", [[0.9]])
    found = mix([low, high], np.array([[0.5, 0.5]]), [[]])
    ends = np.quantile(found.draws[:, 0, 0], [0.05, 0.95])
    assert ends[0] < 0.07
    assert ends[1] > 0.88
    averaged = 0.5 * (low.curves + high.curves)  # what a mean of draws would claim
    assert np.ptp(averaged) < 0.05


def test_a_part_is_drawn_as_often_as_its_weight():
    parts = [part("a", [[0.1]], 0.0), part("b", [[0.5]], 0.0), part("c", [[0.9]], 0.0)]
    found = mix(parts, np.array([[0.2, 0.5, 0.3]]), [[]], draws=1000)
    shares = [float((np.abs(found.draws[:, 0, 0] - one) < EXACT).mean()) for one in (0.1, 0.5, 0.9)]
    assert shares == pytest.approx([0.2, 0.5, 0.3], abs=1e-3)


def test_equal_weights_keep_the_part_and_its_draw_at_every_step():
    curves = np.random.default_rng(3).uniform(size=(200, 1, 1))
    both = np.concatenate([curves, 0.5 * curves], axis=1)
    one = Part(name="one", curves=both, speaks=(True, True))
    other = Part(name="other", curves=0.3 * both, speaks=(True, True))
    found = mix([one, other], np.full((2, 2), 0.5), [[], [0]])
    assert found.draws[:, 1] == pytest.approx(0.5 * found.draws[:, 0], abs=EXACT)


def test_weights_by_step_never_put_a_later_step_above_an_earlier_one():
    low, high = part("low", [[0.1], [0.05]], 0.0), part("high", [[0.9], [0.8]], 0.0)
    found = mix([low, high], np.array([[0.9, 0.1], [0.1, 0.9]]), [[], [0]])
    assert (found.draws[:, 1] <= found.draws[:, 0]).all()
    assert found.mean[1, 0] == found.mean[0, 0] == pytest.approx(0.18, abs=EXACT)  # 0.725 before it was lowered


@examples(50)
@given(seed=st.integers(0, 10_000), steps=st.integers(1, 4), parts=st.integers(1, 4))
def test_the_pool_rises_and_nests_whatever_the_weights(seed, steps, parts):
    generator = np.random.default_rng(seed)
    made = []
    for number in range(parts):
        raw = np.sort(generator.uniform(size=(40, steps, 6)), axis=2)
        made.append(Part(name=str(number), curves=np.minimum.accumulate(raw, axis=1), speaks=(True,) * steps))
    weights = generator.dirichlet(np.ones(parts), size=steps)
    found = mix(made, weights, [[k - 1] if k else [] for k in range(steps)], draws=300)
    for table in (found.draws, found.mean[None]):
        assert (np.diff(table, axis=2) >= -EXACT).all()
        assert (np.diff(table, axis=1) <= EXACT).all()
        assert (table >= 0).all()
        assert (table <= 1).all()


def test_a_part_that_does_not_foretell_a_step_has_no_weight_there():
    parts = [part("a", [[0.1], [0.1]], speaks=(True, False)), part("b", [[0.2], [0.2]])]
    found = weights_spoken(parts, [{"a": 0.6, "b": 0.4}, {"a": 0.6, "b": 0.4}])
    assert found == pytest.approx(np.array([[0.6, 0.4], [0.0, 1.0]]), abs=EXACT)
    with pytest.raises(ValueError, match="no part foretells step 1"):
        weights_spoken(parts[:1], [{"a": 1.0}, {"a": 1.0}])


def test_the_spread_between_the_parts_is_a_share_of_the_whole():
    sure = [part("low", [[0.1]], 0.0), part("high", [[0.9]], 0.0)]
    assert between_share(sure, np.array([[0.5, 0.5]]), 0, 0) == pytest.approx(1.0, abs=EXACT)
    alike = [part("low", [[0.5]]), part("high", [[0.5]])]
    assert between_share(alike, np.array([[0.5, 0.5]]), 0, 0) == pytest.approx(0.0, abs=EXACT)
    mixed = [part("low", [[0.4]], 0.1, 2), part("high", [[0.6]], 0.1, 2)]  # variance 0.01 within and between
    assert between_share(mixed, np.array([[0.5, 0.5]]), 0, 0) == pytest.approx(0.5, abs=EXACT)
