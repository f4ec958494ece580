"""What an answer leaves out of the simulation changes nothing of what it keeps."""

from itertools import combinations

import numpy as np
import pytest

from shteg.arrays import Floats
from shteg.pathways.answers.measure import Moments, leading_to, measure_enough, measure_worlds
from shteg.pathways.engine.build_model import Scenario, build_model, with_scenarios
from shteg.pathways.engine.run import run_draws
from shteg.pathways.engine.simulation import trace_paths
from shteg.pathways.forecast.precision import FIRST_WORLDS
from shteg.pathways.forecast.shares import Shares, summarise_means
from shteg.pathways.model.model import resize
from tests.pathways.dynamic import dynamic_case, dynamic_stages
from tests.pathways.rich import rich_case, rich_stages

CASES = {
    "rich": (rich_case(worlds=40), rich_stages),
    "dynamic": (dynamic_case(worlds=40, lapses=False), dynamic_stages),
    "lost again": (dynamic_case(worlds=40), dynamic_stages),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_steps_that_nothing_rests_on_can_be_left_out(name: str) -> None:
    case, stages = CASES[name]
    model = build_model(case, *stages(case), ())
    whole = trace_paths(model, 0, 3, 40)
    for k in range(len(model.steps)):
        small, columns = leading_to(model, [k])
        assert np.array_equal(trace_paths(small, 0, 3, 40)[..., columns], whole[..., [k]])
    smaller = len(leading_to(model, [int(model.structure.step_order[0])])[0].steps) < len(model.steps)
    assert smaller != model.structure.lapses


def test_every_case_runs_the_same_form_of_the_kernel() -> None:
    for case, stages in CASES.values():
        trace_paths(build_model(case, *stages(case), ()), 0, 1, 5)
    assert len(run_draws.signatures) == 1  # type: ignore[attr-defined]


def test_worlds_measured_in_rounds_are_those_measured_at_once() -> None:
    case = dynamic_case(draws=10, worlds=90)
    model = build_model(case, *dynamic_stages(case), ())
    moments, worlds = measure_enough(model, reached_by_ten, everything, tellable=1e-9)
    assert worlds == 90
    at_once = measure_worlds(model, reached_by_ten)
    assert moments.mean == pytest.approx(at_once.mean, abs=1e-15)
    assert moments.noise == pytest.approx(at_once.noise, abs=1e-15)
    few, worlds = measure_enough(model, reached_by_ten, everything, tellable=1.0)
    assert worlds == FIRST_WORLDS
    assert (few.mean == measure_worlds(resize(model, model.scenarios, 10, 32), reached_by_ten).mean).all()


def reached_by_ten(paths: Floats) -> Floats:
    return (paths <= 10.0).astype(np.float64)


def everything(moments: Moments, _: int) -> list[Shares]:
    return [summarise_means(moments.mean, moments.noise, (0.0, 1.0))]


def test_worlds_walked_in_chosen_scenarios_only_have_the_times_of_all() -> None:
    for case, stages in CASES.values():
        model = build_model(case, *stages(case), ())
        chosen = np.random.default_rng(5).integers(0, len(model.scenarios), size=(3, 40, 6))
        whole = trace_paths(model, 0, 3, 40)
        some = trace_paths(model, 0, 3, 40, chosen=chosen)
        assert np.array_equal(some, np.take_along_axis(whole, chosen[..., None], axis=2))
        assert np.array_equal(trace_paths(model, 0, 3, 15, after=25), whole[:, 25:])


@pytest.mark.parametrize("name", sorted(CASES))
def test_sets_that_come_to_the_same_in_a_world_have_the_times_of_each_alone(name: str) -> None:
    case, stages = CASES[name]
    model = build_model(case, *stages(case), ())
    pool = model.members[:3]
    sets = [frozenset(one) for size in range(4) for one in combinations(pool, size)]
    wanted = [Scenario(name=str(one), measures=frozenset(), always=one) for one in (*sets, frozenset(model.members))]
    together = trace_paths(with_scenarios(model, wanted), 0, 3, 40)
    different = 0
    for s, one in enumerate(wanted):
        alone = trace_paths(with_scenarios(model, [one]), 0, 3, 40)
        assert np.array_equal(together[:, :, s], alone[:, :, 0])
        different += not np.array_equal(alone[:, :, 0], together[:, :, 0])
    assert different > 3
