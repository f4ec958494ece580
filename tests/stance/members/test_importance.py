import numpy as np
import pytest

from shteg.errors import ModelError
from shteg.stance.members.importance import fit_pareto, smooth_weights

SHAPE_TOLERANCE = 0.08  # sampling error of the shape from 4,000 exceedances, three sd


@pytest.mark.parametrize("shape", [-0.3, 0.0, 0.4, 0.9])
def test_shape_and_scale_of_a_pareto_tail_come_back(shape):
    u = np.random.default_rng(1).random(4000)
    excess = -np.log(u) if shape == 0.0 else (u**-shape - 1.0) / shape
    fitted, scale = fit_pareto(np.sort(2.0 * excess))
    assert fitted == pytest.approx(shape, abs=SHAPE_TOLERANCE)
    assert scale == pytest.approx(2.0, rel=0.1)


def test_weights_move_a_normal_to_another():
    x = np.random.default_rng(2).standard_normal(20000)
    weights, shape = smooth_weights(0.5 * x)  # N(0, 1) weighted to N(0.5, 1)
    assert weights.sum() == pytest.approx(1.0)
    assert shape < 0.7
    mean = float(weights @ x)
    assert mean == pytest.approx(0.5, abs=0.03)
    assert float(weights @ (x - mean) ** 2) == pytest.approx(1.0, abs=0.05)


def test_tail_shape_warns_where_the_target_is_wider():
    x = np.random.default_rng(3).standard_normal(4000)
    _, shape = smooth_weights(0.5 * x**2 * (1 - 0.09))  # target has sd 3.3: the weights have no variance
    assert shape > 0.7


def test_equal_ratios_give_equal_weights():
    weights, shape = smooth_weights(np.full(400, 3.0))
    assert np.allclose(weights, 1 / 400)
    assert shape == -np.inf


def test_too_few_ratios_are_refused():
    with pytest.raises(ModelError, match="at least 25 finite draws"):
        smooth_weights(np.zeros(10))
