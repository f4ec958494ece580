"""Running a model: chunks of draws through the kernel, counts put together in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from shteg.chunks import Executor, Progress, ThreadExecutor, split_range
from shteg.pathways.engine.build_model import Model, build_parameters, make_plan
from shteg.pathways.engine.run import run_draws
from shteg.pathways.engine.world import Run, make_scratch
from shteg.pathways.model.arrays import Floats, Integers, Keys, Plan, Tally, empty_tally
from shteg.randomness import fold_counter

WORLDS_PER_CHUNK = 20_000
"""About this many worlds make one chunk: enough to hide its set-up, few enough for a smooth progress bar."""


EVERY = np.empty((0, 0, 0), dtype=np.int64)
"""In place of the scenarios chosen for each world: all of them."""


def seed_key(seed: int) -> np.uint64:
    """Fold the seed of the case into the key of all its worlds."""
    return np.uint64(fold_counter(np.zeros(1, dtype=np.uint64), np.array([seed], dtype=np.uint64))[0])


def run_model(
    model: Model,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    on_interrupt: Literal["raise", "keep"] = "raise",
    first: int = 0,
) -> Tally:
    """Simulate every draw, world and scenario of a model.

    Parameters
    ----------
    model : Model
    threads : int, optional
        As many as there are cores if left out.
    progress : callable, optional
        Called with (chunks done, chunks in all).
    executor : Executor, optional
        Where chunks of draws run instead of threads of this process, for example a `SparkExecutor`.
    on_interrupt : "raise" or "keep"
        What a keyboard interrupt does once something is done: "keep" ends with the draws finished so far, the first
        `len(tally.reached)` of the model.
    first : int
        Worlds of each draw that are left out, since they were simulated before.

    Returns
    -------
    Tally
        The same counts whatever `threads` and `executor`.
    """
    pathways = model.case.pathways
    chunks = split_range(pathways.draws, max(1, WORLDS_PER_CHUNK // (pathways.worlds_per_draw - first)))
    runner = ChunkRunner(model, make_plan(model), seed_key(model.case.header.seed), first)
    done: list[Tally] = []
    try:
        for tally in (executor or ThreadExecutor(threads)).iterate(runner, chunks):
            done.append(tally)
            if progress:
                progress(len(done), len(chunks))
    except KeyboardInterrupt:
        if on_interrupt == "raise" or not done:
            raise
    return Tally(*(np.concatenate(parts) for parts in zip(*done, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class ChunkRunner:
    """What simulates a range of draws, here or in another process.

    A class and not a function within a function: another process then imports the kernel, compiled and kept on disk,
    and does not get it sent as Python that it would compile again.
    """

    model: Model
    plan: Plan
    key: np.uint64
    first: int = 0

    def __call__(self, chunk: tuple[int, int]) -> Tally:
        """Simulate the draws from `first` to `stop` (half open)."""
        (first, stop), model = chunk, self.model
        parameters = build_parameters(model, first, stop, self.plan)
        tally = empty_tally(model.structure, stop - first, len(model.scenarios))
        scratch = make_scratch(model.structure, parameters, self.plan)
        run, no_paths = Run(model.structure, parameters, self.plan, scratch, tally), np.empty((0, 0, 0, 0))
        run_draws(run, self.key, first, self.first, model.case.pathways.worlds_per_draw, no_paths, EVERY)
        return tally if model.structure.lapses else tally._replace(held=tally.reached.cumsum(axis=-1))


def world_keys(model: Model, first: int, stop: int, worlds: int, after: int = 0) -> Keys:
    """Give the keys of worlds, (draw, world): all random numbers of a world belong to its key.

    Parameters
    ----------
    model : Model
        Whose seed it is.
    first, stop : int
        Numbers of posterior draws; `stop` is not among them.
    worlds : int, >= 1
        Worlds for each draw.
    after : int
        How many worlds of each draw come before them.

    Returns
    -------
    (draw, world) uint64
    """
    seed = np.full(1, seed_key(model.case.header.seed))
    draws = fold_counter(seed, np.arange(first, stop, dtype=np.uint64))
    return fold_counter(draws[:, None], np.arange(after, after + worlds, dtype=np.uint64))


def trace_paths(
    model: Model,
    first: int,
    stop: int,
    worlds: int,
    *,
    after: int = 0,
    chosen: Integers = EVERY,
    plan: Plan | None = None,
) -> Floats:
    """Give the years until each step is first reached, (draw, world, scenario, step); every path is kept.

    A step not reached by the horizon is censored: its time is `NEVER`.

    Parameters
    ----------
    model : Model
    first, stop : int
        Numbers of posterior draws; `stop` is not among them.
    worlds : int, >= 1
        Worlds for each draw.
    after : int
        How many worlds of each draw come before them.
    chosen : (draw, world, scenario) int, optional
        Numbers of the scenarios that each world is walked in; all of them if left out.
    plan : Plan, optional
        Of the model, where it is known already.

    Returns
    -------
    (draw, world, scenario, step) float
        Years from the first day.
    """
    plan, key = plan or make_plan(model), seed_key(model.case.header.seed)
    parameters = build_parameters(model, first, stop, plan)
    tally = empty_tally(model.structure, stop - first, len(model.scenarios))
    walked = chosen.shape[2] if chosen.size else len(model.scenarios)
    paths = np.empty((stop - first, worlds, walked, len(model.steps)))
    run = Run(model.structure, parameters, plan, make_scratch(model.structure, parameters, plan), tally)
    run_draws(run, key, first, after, after + worlds, paths, chosen)
    return paths
