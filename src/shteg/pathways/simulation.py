"""Running a model: chunks of draws through the kernel, counts put together in order."""

from __future__ import annotations

import numpy as np

from shteg.chunks import Progress, ThreadExecutor, split_range
from shteg.pathways.kernel import run_draws
from shteg.pathways.scenario import Model, build_parameters, make_plan
from shteg.pathways.structure import Floats, Tally, empty_tally
from shteg.pathways.world import make_scratch
from shteg.randomness import fold_counter

WORLDS_PER_CHUNK = 20_000
"""About this many worlds make one chunk: enough to hide its set-up, few enough for a smooth progress bar."""


def seed_key(seed: int) -> np.uint64:
    """Fold the seed of the case into the key of all its worlds."""
    return np.uint64(fold_counter(np.zeros(1, dtype=np.uint64), np.array([seed], dtype=np.uint64))[0])


def run_model(model: Model, *, threads: int | None = None, progress: Progress | None = None) -> Tally:
    """Simulate every draw, world and scenario of a model; the counts do not depend on `threads`."""
    pathways = model.case.pathways
    worlds = pathways.worlds_per_draw
    chunks = split_range(pathways.draws, max(1, WORLDS_PER_CHUNK // worlds))
    plan, key = make_plan(model), seed_key(model.case.header.seed)

    def run_chunk(chunk: tuple[int, int]) -> Tally:
        first, stop = chunk
        parameters = build_parameters(model, first, stop)
        tally = empty_tally(model.structure, stop - first, len(model.scenarios))
        scratch = make_scratch(model.structure, parameters, plan)
        no_paths = np.empty((0, 0, 0, 0))
        run_draws(model.structure, parameters, plan, scratch, tally, key, first, worlds, no_paths)
        return tally

    tallies = ThreadExecutor(threads).map(run_chunk, chunks, progress)
    return Tally(*(np.concatenate(parts) for parts in zip(*tallies, strict=True)))


def trace_paths(model: Model, first: int, stop: int, worlds: int) -> Floats:
    """Give the years until each step, (draw, world, scenario, step), of a range of draws: every path is kept."""
    parameters = build_parameters(model, first, stop)
    tally = empty_tally(model.structure, stop - first, len(model.scenarios))
    paths = np.empty((stop - first, worlds, len(model.scenarios), len(model.steps)))
    plan, key = make_plan(model), seed_key(model.case.header.seed)
    scratch = make_scratch(model.structure, parameters, plan)
    run_draws(model.structure, parameters, plan, scratch, tally, key, first, worlds, paths)
    return paths
