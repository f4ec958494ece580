"""The kernel as plain Python on arrays that refuse what machine code would read wrongly: an index below zero.

Compiled, an index into the arrays of a run is taken as it is, so that one below zero reads another number without a
word. Run with `NUMBA_DISABLE_JIT=1`; prints how many indices were looked at, and what was simulated.
"""

import sys
from typing import Any

import numpy as np

from shteg.pathways.engine.build_model import build_model, build_parameters, make_plan
from shteg.pathways.engine.run import Run, run_draws
from shteg.pathways.engine.simulation import EVERY, seed_key
from shteg.pathways.engine.world import make_scratch
from shteg.pathways.model.arrays import empty_tally
from tests.pathways.dynamic import dynamic_case, dynamic_stages
from tests.pathways.rich import rich_case, rich_stages

COUNTED = [0]


class Guarded(np.ndarray):
    """An array whose indices are looked at."""

    def __getitem__(self, index: Any) -> Any:
        _look_at(index)
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        _look_at(index)
        super().__setitem__(index, value)


def _look_at(index: Any) -> None:
    for one in index if isinstance(index, tuple) else (index,):
        if isinstance(one, int | np.integer):
            COUNTED[0] += 1
            if one < 0:
                raise IndexError(f"an index below zero: {index}")


def guarded(bundle: Any) -> Any:
    """Give a named tuple with every array guarded; the arrays themselves are shared."""
    return bundle._replace(
        **{name: part.view(Guarded) for name, part in bundle._asdict().items() if isinstance(part, np.ndarray)}
    )


def simulate(case: Any, stages: Any, worlds: int) -> tuple[int, int]:
    """Simulate a few worlds, counted; give how often steps were reached and how often members stood in the way."""
    model = build_model(case, *stages, ())
    parameters = build_parameters(model, 0, 2)
    plan = make_plan(model)
    tally = empty_tally(model.structure, 2, len(model.scenarios))
    scratch = make_scratch(model.structure, parameters, plan)
    run = Run(*(guarded(one) for one in (model.structure, parameters, plan, scratch, tally)))
    with np.errstate(over="ignore"):  # the counter hash wraps around
        run_draws(run, seed_key(model.case.header.seed), 0, 0, worlds, np.empty((0, 0, 0, 0)), EVERY)
    return int(tally.reached.sum()), int(tally.blocked.sum())


def main(worlds: int) -> None:
    """Simulate every kind of case."""
    cases = [(rich_case(), rich_stages)]
    ways: tuple[dict[str, bool], ...] = ({}, {"lapses": False}, {"withdraws": False}, {"vetoes": False})
    cases += [(dynamic_case(**one), dynamic_stages) for one in ways]
    for case, stages in cases:
        sys.stdout.write("{} {}\n".format(*simulate(case, stages(case), worlds)))
    sys.stdout.write(f"indices {COUNTED[0]}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
