"""What an answer leaves out of the simulation changes nothing of what it keeps."""

import numpy as np
import pytest

from shteg.pathways.answers.measure import leading_to
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.engine.run import run_draws
from shteg.pathways.engine.simulation import trace_paths
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
