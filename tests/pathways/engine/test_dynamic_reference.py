"""Kernel and plain NumPy agree on everything that comes and goes, in every scenario."""

import dataclasses

import numpy as np
import pytest

from shteg.pathways.engine.build_model import Scenario, build_model, build_parameters, make_plan, with_scenarios
from shteg.pathways.engine.simulation import run_model, trace_paths
from shteg.pathways.model.arrays import NEVER
from tests.pathways.dynamic import dynamic_case, dynamic_stages
from tests.pathways.engine.reference import reference_futures, world_keys
from tests.pathways.worlds import MEMBERS

TOLERANCE = 1e-10  # years: the two add the same terms in another order, over more pieces than without episodes
FEW, MANY = 15, 40


@pytest.fixture(params=[FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def worlds(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.mark.parametrize(
    "parts",
    [{}, {"lapses": False}, {"lapses": False, "withdraws": False}, {"lapses": False, "vetoes": False}],
    ids=["all", "no-lapses", "episodes-only", "withdrawal-only"],
)
def test_kernel_equals_reference_in_every_scenario(parts: dict[str, bool], worlds: int) -> None:
    case = dynamic_case(worlds=worlds, **parts)
    model = build_model(case, *dynamic_stages(case), {"later-pace"})
    names = frozenset(one.id for one in case.recommendations.measures)
    more = [
        Scenario(name="always", measures=frozenset(), always=frozenset(MEMBERS[:3])),
        Scenario(name="never", measures=names, never=frozenset(MEMBERS[4:5])),
        Scenario(name="fixed", measures=names, overrides={"consent.intercept": 5.0, "step.first.log_rate": 1.0}),
        Scenario(name="late", measures=names, timing={"pace": (4.0, 1.7), "reform": (None, 0.0)}),
        Scenario(name="friendly", measures=frozenset(), overrides={"stance.AAB": 2.0, "area.army.shape": 1.1}),
    ]
    if parts.get("vetoes", True):
        fixed = {"consent.episodes.end": 0.2, "consent.episodes.onset": 0.5}
        more.append(Scenario(name="blocked", measures=frozenset(), overrides=fixed))
    model = with_scenarios(model, [*model.scenarios, *more])
    paths, plan, parameters = trace_paths(model, 0, 2, worlds), make_plan(model), build_parameters(model, 0, 2)
    held = np.zeros((2, *run_model(model).held.shape[1:]), dtype=np.int64)
    for d in range(2):
        keys = world_keys(case.header.seed, d, worlds)
        for s in range(len(model.scenarios)):
            expected, holding = reference_futures(model.structure, parameters, d, s, keys, plan.forced[s])
            assert ((expected == NEVER) == (paths[d, :, s] == NEVER)).all()
            np.testing.assert_allclose(paths[d, :, s], expected, rtol=0, atol=TOLERANCE)
            if s == 0:
                held[d] = holding.sum(axis=0)
    assert (run_model(model).held[:2] == held).all()
    assert (paths[:, :, 0] <= model.structure.horizon).mean(axis=(0, 1))[:4].min() > 0.02


def test_the_scenarios_of_one_list_are_those_of_any_other() -> None:
    case = dynamic_case(worlds=30)
    model = build_model(case, *dynamic_stages(case), ())
    paths = trace_paths(model, 0, 3, 30)
    for s in (1, 4, len(model.scenarios) - 1):
        alone = with_scenarios(model, [dataclasses.replace(model.scenarios[s], compare=0)])
        assert trace_paths(alone, 0, 3, 30)[:, :, 0].tobytes() == paths[:, :, s].tobytes()
