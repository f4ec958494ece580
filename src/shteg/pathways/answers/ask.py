"""All answers of a case: tables and values beside those of the forecast, simulated on the same random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shteg.chunks import Executor, Progress
from shteg.estimates import Table, Value
from shteg.pathways.answers import future_results, range_results, set_results, share_results
from shteg.pathways.answers.blocking_sets import search_sets
from shteg.pathways.answers.explanations import explain, explanations_table
from shteg.pathways.answers.futures import (
    ALL,
    MAIN,
    MEASURE_WORLDS,
    compare_futures,
    file_scenarios,
    measure_scenarios,
)
from shteg.pathways.answers.information import value_information
from shteg.pathways.answers.shapley import attribute_step, calibrate
from shteg.pathways.answers.targets import target_steps
from shteg.pathways.answers.tornado import swing_parameters
from shteg.pathways.forecast.tables import Summary, effect_scenarios
from shteg.pathways.model.arrays import Floats, Tally
from shteg.pathways.model.model import Model, Scenario
from shteg.pathways.model.provenance import ancestors

FOCUS_YEARS = 10
"""Sentences, and the choice of a measure, look at the report year nearest to so many years ahead."""
COSTS = {"futures": 20, "means": 8, "sets": 20, "tornado": 10, "shapley": 40, "information": 5}
"""Rough parts of the work, for the progress bar."""
GRAIN = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """Tables and values of the answers."""

    tables: tuple[Table, ...]
    values: tuple[Value, ...]


@dataclass(slots=True)
class _Bar:
    """Puts the progress of one part after the other on one bar."""

    progress: Progress | None
    whole: int
    done: int = 0

    def part(self, name: str) -> Progress | None:
        begin, cost = self.done, COSTS[name] * GRAIN
        self.done += cost
        if self.progress is None:
            return None
        tell = self.progress
        return lambda done, total: tell(begin + cost * done // max(total, 1), self.whole)


def focus_year(model: Model) -> int:
    """Give the position, among the report years, of the one nearest to ten years ahead."""
    wanted = model.case.header.as_of.year + FOCUS_YEARS
    years = model.report_years
    return min(range(len(years)), key=lambda r: (abs(years[r] - wanted), years[r]))


def answer_questions(
    model: Model,
    tally: Tally,
    summary: Summary,
    values: Sequence[Value],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Answers:
    """Answer what the forecast leaves open.

    Parameters
    ----------
    model, tally, summary, values
        The model with its effects, its counts, their summary, and the values made of it.
    """
    targets = tuple(target_steps(model))
    raced = [k for k in targets if model.structure.votes[k] > 0 and not model.structure.reached[k]]
    whole = sum(COSTS.values()) + (len(targets) - 1) * COSTS["shapley"] + (len(raced) - 1) * COSTS["sets"]
    bar = _Bar(progress, whole * GRAIN)
    files = [Scenario(name=MAIN, measures=model.scenarios[0].measures), *file_scenarios(model)]
    alone = measure_scenarios(model)
    futures = compare_futures(
        model,
        files,
        model.case.pathways.routes,
        threads=threads,
        executor=executor,
        progress=bar.part("futures"),
    )
    means = compare_futures(
        model, alone, worlds=MEASURE_WORLDS, threads=threads, executor=executor, progress=bar.part("means")
    )
    sets = [
        search_sets(
            model,
            k,
            summary.critical.mean[ancestors(model, k)].max(axis=0),
            threads=threads,
            executor=executor,
            progress=bar.part("sets"),
        )
        for k in raced
    ]
    tornado = swing_parameters(model, targets, threads=threads, executor=executor, progress=bar.part("tornado"))
    shares = []
    for k in targets:
        found = attribute_step(model, k, threads=threads, executor=executor, progress=bar.part("shapley"))
        shares.append(calibrate(found, _package_effect(model, summary, k)))
    tables = [
        share_results.attribution_table(model, shares),
        set_results.sets_table(model, sets),
        range_results.tornado_table(model, tornado),
        _information(model, targets, tally, summary),
        future_results.routes_table(model, futures, _importance(model, summary)),
        future_results.scenarios_table(model, futures, files),
        future_results.means_table(
            model,
            [
                (futures, files, tuple(one.name for one in files)),
                (means, alone, tuple(one.name for one in alone[1:])),
            ],
        ),
    ]
    made = [
        *share_results.attribution_values(model, shares),
        *set_results.set_values(model, sets),
        *future_results.route_values(model, futures),
        *future_results.scenario_values(model, futures, files),
    ]
    step, year = model.steps[targets[0]].id, model.report_years[focus_year(model)]
    sentences = explain({table.name: table for table in tables}, [*values, *made], step, year)
    tables.append(explanations_table(sentences))
    if progress:
        progress(bar.whole, bar.whole)
    return Answers(tables=tuple(tables), values=tuple(made))


def _package_effect(model: Model, summary: Summary, k: int) -> Floats:
    """Give the effect of all measures against none in the whole simulation, (report year,)."""
    every = next(s for s, name in effect_scenarios(model) if name == ALL)
    return np.asarray(summary.effects.mean[every, k])


def _importance(model: Model, summary: Summary) -> list[dict[str, float]]:
    """Give, for each step, how much the consent of each member matters."""
    return [
        {member: float(summary.critical.mean[k, j]) for j, member in enumerate(model.members)}
        for k in range(len(model.steps))
    ]


def _information(model: Model, targets: tuple[int, ...], tally: Tally, summary: Summary) -> Table:
    """Regress the forecasts, and the effects of measures, on what is uncertain in them."""
    worlds = model.case.pathways.worlds_per_draw
    at = [model.years.index(year) for year in model.report_years]
    quantities = range_results.list_quantities(model, targets)
    outcomes = np.stack([summary.cumulative[:, k, y] / worlds for k in targets for y in at], axis=1)
    spread = np.array([[summary.incidence.draws[:, k, y].var() for y in at] for k in targets])
    focus = focus_year(model)
    scenarios = [s for s, name in effect_scenarios(model) if name != ALL]
    taken = model.scenarios[0].measures
    signs = [-1.0 if model.scenarios[s].name in taken else 1.0 for s in scenarios]
    changed = tally.gained[:, scenarios, targets[0], focus] - tally.lost[:, scenarios, targets[0], focus]
    columns = np.array([one.draws for one in quantities]).reshape(len(quantities), len(outcomes)).T
    found = value_information(columns, outcomes, changed / worlds * signs, model.case.header.seed)
    return range_results.information_table(model, targets, quantities, found, spread, focus)
