"""Statistics of whole worlds, draw by draw: their mean, and the noise that finitely many worlds leave in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

import numpy as np

from shteg.arrays import Floats
from shteg.chunks import Executor, Progress, ThreadExecutor, split_range
from shteg.pathways.engine.simulation import trace_paths
from shteg.pathways.model.arrays import take_steps
from shteg.pathways.model.model import Model
from shteg.pathways.model.provenance import ancestors

TIMES_PER_CHUNK = 3_000_000
"""About so many step times are held at once by each thread (24 MB)."""


class How(TypedDict, total=False):
    """How worlds are simulated; results never depend on it."""

    threads: int | None
    """As many as there are cores if left out."""
    progress: Progress | None
    """Called with (parts done, parts in all)."""
    executor: Executor | None
    """Where worlds are simulated instead of threads of this process, for example a `SparkExecutor`."""


DRAWS_USED = "Posterior draws used."
WORLDS_EACH = "Worlds simulated for each draw."

Statistic = Callable[[Floats], Floats]
"""From the years until each step, (draw, world, scenario, step), to (draw, world, …)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Mean over worlds by draw, (draw, …), and the variance of that mean that comes from finitely many worlds."""

    mean: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class Chunk:
    """Draws `first` to `stop` (half open) of a model: what a thread, or a worker elsewhere, needs to know."""

    model: Model
    statistic: Statistic
    first: int
    stop: int
    worlds: int
    columns: Sequence[int] | None = None


def leading_to(model: Model, steps: Sequence[int]) -> tuple[Model, list[int]]:
    """Give the model of some steps and those that they rest on, and the numbers there of these steps.

    The times of a step are the same as in the whole model: its random numbers belong to its name. Where steps may be
    lost again, a step is held up by those that rest on it, and all are kept.
    """
    kept = sorted({i for k in steps for i in ancestors(model, k)})
    if model.structure.lapses or len(kept) == len(model.steps):
        return model, list(steps)
    case = replace(model.case, steps=tuple(model.steps[k] for k in kept))
    return replace(model, case=case, structure=take_steps(model.structure, kept)), [kept.index(k) for k in steps]


def measure_worlds(
    model: Model,
    statistic: Statistic,
    *,
    steps: Sequence[int] | None = None,
    **how: Unpack[How],
) -> Moments:
    """Simulate the scenarios of a model and summarise a statistic of its worlds.

    The result depends neither on the number of threads nor on the executor: each draw is summarised on its own.

    Parameters
    ----------
    model : Model
    statistic : callable
        From the years until each step, (draw, world, scenario, step), to (draw, world, …).
    steps : sequence of int, optional
        Steps (by number) that the statistic is given, in this order; all if left out. What none of them rests on is
        not simulated.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    Moments
        Axes (draw, …).
    """
    columns = None
    if steps is not None:
        model, columns = leading_to(model, steps)
    pathways = model.case.pathways
    times = pathways.worlds_per_draw * len(model.scenarios) * len(model.steps)
    ranges = split_range(pathways.draws, max(1, TIMES_PER_CHUNK // times))
    chunks = [Chunk(model, statistic, first, stop, pathways.worlds_per_draw, columns) for first, stop in ranges]
    executor = how.get("executor") or ThreadExecutor(how.get("threads"))
    parts = executor.map(summarise_chunk, chunks, how.get("progress"))
    return Moments(mean=np.concatenate([one.mean for one in parts]), noise=np.concatenate([one.noise for one in parts]))


def summarise_chunk(chunk: Chunk) -> Moments:
    """Simulate the draws of a chunk one after the other, whatever their number, so that sums keep their order."""
    paths = trace_paths(chunk.model, chunk.first, chunk.stop, chunk.worlds)
    paths = paths if chunk.columns is None else paths[..., chunk.columns]
    found = [chunk.statistic(paths[d : d + 1])[0] for d in range(len(paths))]
    return Moments(
        mean=np.stack([one.mean(axis=0) for one in found]),
        noise=np.stack([one.var(axis=0, ddof=1) / len(one) if len(one) > 1 else 0.0 * one[0] for one in found]),
    )
