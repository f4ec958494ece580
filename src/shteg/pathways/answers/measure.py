"""Statistics of whole worlds, draw by draw: their mean, and the noise that finitely many worlds leave in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

import numpy as np

from shteg.arrays import Floats, Ints, Keys
from shteg.chunks import Executor, Progress, ThreadExecutor, share_progress, split_range
from shteg.pathways.engine.build_structure import make_plan
from shteg.pathways.engine.simulation import EVERY, trace_paths, world_keys
from shteg.pathways.forecast.precision import FIRST_WORLDS, TELLABLE, next_worlds, worlds_wanted
from shteg.pathways.forecast.shares import Shares
from shteg.pathways.model.arrays import Plan, take_steps
from shteg.pathways.model.model import Model, resize
from shteg.pathways.model.provenance import ancestors

TIMES_PER_CHUNK = 3_000_000
"""About so many step times, or parameters of a kind, are held at once by each thread (24 MB)."""
EPOCHS = 4
"""Parameters change about so often."""


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

Statistic = Callable[..., Floats]
"""From the years until each step, (draw, world, scenario, step), to (draw, world, …).

Where worlds choose their scenarios, (draw, world, scenario) numbers of those are its second argument.
"""
Choice = Callable[[Keys], Ints]
"""From the keys of worlds, (draw, world), to the numbers of the scenarios that each is walked in."""
Figures = Callable[["Moments", int], Sequence[Shares]]
"""From what so many worlds of each draw say to the figures that are told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Mean over worlds by draw, (draw, …), and the variance of that mean that comes from finitely many worlds."""

    mean: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class Chunk:
    """Draws `first` to `stop` (half open) of a model: what a thread, or a worker elsewhere, needs to know.

    `worlds` worlds of each draw, which come after so many others.
    """

    model: Model
    plan: Plan
    statistic: Statistic
    first: int
    stop: int
    worlds: int
    after: int = 0
    columns: Sequence[int] | None = None
    choice: Choice | None = None


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
    choice: Choice | None = None,
    after: int = 0,
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
    choice : callable, optional
        Which scenarios each world is walked in; all of them if left out.
    after : int
        Worlds of each draw that are left out, since they were measured before.
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
    worlds = pathways.worlds_per_draw - after
    walked = choice(np.zeros((1, 1), dtype=np.uint64)).shape[2] if choice else len(model.scenarios)
    numbers = len(model.steps) * max(worlds * walked, EPOCHS * len(model.scenarios))
    ranges = split_range(pathways.draws, max(1, TIMES_PER_CHUNK // numbers))
    plan = make_plan(model)
    chunks = [Chunk(model, plan, statistic, first, stop, worlds, after, columns, choice) for first, stop in ranges]
    executor = how.get("executor") or ThreadExecutor(how.get("threads"))
    parts = executor.map(summarise_chunk, chunks, how.get("progress"))
    return Moments(mean=np.concatenate([one.mean for one in parts]), noise=np.concatenate([one.noise for one in parts]))


def measure_enough(
    model: Model,
    statistic: Statistic,
    figures: Figures,
    *,
    tellable: float = TELLABLE,
    first: int = FIRST_WORLDS,
    steps: Sequence[int] | None = None,
    choice: Choice | None = None,
    **how: Unpack[How],
) -> tuple[Moments, int]:
    """Do the same in rounds, until the figures are exact enough or the model has no more worlds.

    Parameters
    ----------
    model : Model
        Whose `worlds_per_draw` is the most.
    statistic : callable
        As of `measure_worlds`, with `steps` and `choice`.
    figures : callable
        What is told of the moments: the rule is asked about the means of these.
    tellable : float, > 0
        An error in them that nobody would see.
    first : int, >= 2
        Worlds for each draw before the rule is asked: more where a round is dear to begin.
    steps : sequence of int, optional
        As of `measure_worlds`.
    choice : callable, optional
        The same.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    moments : Moments
    worlds : int
        Of each draw.

    See Also
    --------
    shteg.pathways.forecast.precision.worlds_wanted : The rule.
    """
    had = model.case.pathways
    bars = share_progress(how.get("progress"), (300, 650, 50))
    found, worlds, wanted, turn = None, 0, min(first, had.worlds_per_draw), 0
    while wanted > worlds:
        sized = resize(model, model.scenarios, had.draws, wanted)
        part: How = {**how, "progress": bars[min(turn, len(bars) - 1)]}
        more = measure_worlds(sized, statistic, steps=steps, choice=choice, after=worlds, **part)
        found = more if found is None else pool_moments(found, worlds, more, wanted - worlds)
        worlds, turn = wanted, turn + 1
        enough = worlds_wanted(figures(found, worlds), worlds, tellable, ends=False)
        wanted = next_worlds(enough, worlds, had.worlds_per_draw)
    if found is None:
        raise AssertionError("checks have told that there are no worlds")
    return found, worlds


def pool_moments(one: Moments, worlds: int, other: Moments, more: int) -> Moments:
    """Put the moments of `worlds` worlds and of `more` others together, as if all had been simulated at once.

    Parameters
    ----------
    one : Moments
    worlds : int, >= 1
        How many it is of.
    other : Moments
        Of the same shape.
    more : int, >= 1
        How many that is of.

    Returns
    -------
    Moments
    """
    both = worlds + more
    mean = (worlds * one.mean + more * other.mean) / both
    within = worlds * (worlds - 1) * one.noise + more * (more - 1) * other.noise
    between = worlds * (one.mean - mean) ** 2 + more * (other.mean - mean) ** 2
    return Moments(mean=mean, noise=(within + between) / ((both - 1) * both))


def summarise_chunk(chunk: Chunk) -> Moments:
    """Simulate the draws of a chunk one after the other, whatever their number, so that sums keep their order."""
    where = chunk.first, chunk.stop, chunk.worlds
    chosen = chunk.choice(world_keys(chunk.model, *where, chunk.after)) if chunk.choice else EVERY
    paths = trace_paths(chunk.model, *where, after=chunk.after, chosen=chosen, plan=chunk.plan)
    paths = paths if chunk.columns is None else paths[..., chunk.columns]
    given = [(paths[d : d + 1], chosen[d : d + 1]) if chunk.choice else (paths[d : d + 1],) for d in range(len(paths))]
    found = [chunk.statistic(*one)[0] for one in given]
    return Moments(
        mean=np.stack([one.mean(axis=0) for one in found]),
        noise=np.stack([one.var(axis=0, ddof=1) / len(one) if len(one) > 1 else 0.0 * one[0] for one in found]),
    )
