"""Scenarios, routes and restricted mean years: what a list of futures has by each year, world by world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shteg.chunks import Executor, Progress
from shteg.evidence.records.case import Route
from shteg.evidence.records.model import Scenario as ScenarioRecord
from shteg.pathways.answers.measure import measure_worlds, resize
from shteg.pathways.forecast.shares import Shares, summarise_means, summarise_reached
from shteg.pathways.model.arrays import Floats
from shteg.pathways.model.model import Model, Scenario

MAIN, ALL, NONE = "main", "all", "none"
MEASURE_WORLDS = 100
"""Worlds for each draw where only a difference is told, of measures and of parameters."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Futures:
    """What scenarios reach; axes (scenario, step or route, report year), and without the year for `years`.

    `years` is the restricted mean E[min(T, H)] in years from the first day to the horizon H; `gain` and `sooner` are
    differences to the first scenario on the same worlds: probability gained, mean years saved.
    """

    names: tuple[str, ...]
    ends: tuple[str, ...]
    reached: Shares
    years: Shares
    gain: Shares
    sooner: Shares


def route_columns(model: Model, routes: Sequence[Route]) -> list[list[int]]:
    """List, for each step and then each route, the steps that it takes (by number)."""
    numbers = {step.id: k for k, step in enumerate(model.steps)}
    return [[k] for k in range(len(model.steps))] + [[numbers[name] for name in one.steps] for one in routes]


def case_scenario(name: str, record: ScenarioRecord) -> Scenario:
    """Turn a scenario of the case, or of a user's file, into one of the simulation."""
    return Scenario(
        name=name,
        measures=frozenset(one.id for one in record.measures),
        timing={one.id: (one.start_years, one.intensity) for one in record.measures},
        overrides=dict(record.set),
    )


def compare_futures(
    model: Model,
    scenarios: Sequence[Scenario],
    routes: Sequence[Route] = (),
    *,
    worlds: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Futures:
    """Run scenarios side by side and compare each with the first one.

    Parameters
    ----------
    worlds : int, optional
        Worlds for each draw; those of the case, and so the very worlds of the forecast, if left out.
    """
    pathways = model.case.pathways
    sized = resize(model, scenarios, pathways.draws, worlds or pathways.worlds_per_draw)
    columns, horizon = route_columns(model, routes), model.structure.horizon
    limits = model.structure.year_times[model.structure.report_index]

    def statistic(paths: Floats) -> Floats:
        ends = np.stack([paths[..., one].max(axis=-1) for one in columns], axis=-1)
        here = np.concatenate([ends[..., None] <= limits, np.minimum(ends, horizon)[..., None]], axis=-1)
        return np.stack([here, here - here[:, :, :1]], axis=-1)

    moments = measure_worlds(sized, statistic, threads=threads, progress=progress, executor=executor)

    return Futures(
        names=tuple(one.name for one in scenarios),
        ends=(*(step.id for step in model.steps), *(one.id for one in routes)),
        reached=summarise_reached(moments.mean[..., :-1, 0], sized.case.pathways.worlds_per_draw),
        years=summarise_means(moments.mean[..., -1, 0], moments.noise[..., -1, 0], (0.0, horizon)),
        gain=summarise_means(moments.mean[..., :-1, 1], moments.noise[..., :-1, 1], (-1.0, 1.0)),
        sooner=summarise_means(-moments.mean[..., -1, 1], moments.noise[..., -1, 1], (-horizon, horizon)),
    )


def file_scenarios(model: Model) -> list[Scenario]:
    """Give the scenarios of the case."""
    return [case_scenario(name, record) for name, record in model.case.scenarios.items()]


def measure_scenarios(model: Model) -> list[Scenario]:
    """Give no measures at all, each measure alone, and all of them."""
    every = [measure.id for measure in model.case.recommendations.measures]
    alone = [Scenario(name=name, measures=frozenset({name})) for name in every]
    return [Scenario(name=NONE, measures=frozenset()), *alone, Scenario(name=ALL, measures=frozenset(every))]
