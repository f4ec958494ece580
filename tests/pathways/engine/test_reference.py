"""The kernel and the plain NumPy version give the same step times on the same random numbers."""

import numpy as np
import pytest

from shteg.pathways.engine.build_model import build_model, build_parameters
from shteg.pathways.engine.simulation import trace_paths
from shteg.pathways.model.arrays import NEVER
from tests.pathways.engine.reference import reference_times, world_keys
from tests.pathways.rich import rich_case, rich_stages

TOLERANCE = 1e-11  # years: the two add the same terms in another order
FEW, MANY = 40, 150


@pytest.mark.parametrize("worlds", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_kernel_equals_reference_in_every_scenario(worlds: int) -> None:
    case = rich_case(worlds=worlds)
    model = build_model(case, *rich_stages(case), {"later-pace"})
    paths = trace_paths(model, 0, 3, worlds)
    parameters = build_parameters(model, 0, 3)
    for d in range(3):
        keys = world_keys(case.header.seed, d, worlds)
        for s in range(len(model.scenarios)):
            expected = reference_times(model.structure, parameters, d, s, keys)
            assert ((expected == NEVER) == (paths[d, :, s] == NEVER)).all()
            np.testing.assert_allclose(paths[d, :, s], expected, rtol=0, atol=TOLERANCE)
    shares = (paths[:, :, 0] <= model.structure.horizon).mean(axis=(0, 1))
    assert (shares[:-1] > 0.02).all()  # the comparison is not one of empty cells


def test_draws_do_not_depend_on_where_a_range_begins() -> None:
    case = rich_case(worlds=20)
    model = build_model(case, *rich_stages(case), ())
    assert trace_paths(model, 2, 4, 20).tobytes() == trace_paths(model, 0, 4, 20)[2:].tobytes()


@pytest.mark.parametrize("worlds", [5, 40])
def test_one_more_world_changes_no_other(worlds: int) -> None:
    case = rich_case(worlds=50)
    model = build_model(case, *rich_stages(case), ())
    assert trace_paths(model, 0, 2, worlds).tobytes() == trace_paths(model, 0, 2, 50)[:, :worlds].tobytes()
