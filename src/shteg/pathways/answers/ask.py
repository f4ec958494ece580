"""All answers of a case: tables and values beside those of the forecast, simulated on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import numpy as np

from shteg.arrays import Floats
from shteg.chunks import share_progress
from shteg.estimates import Table, Value
from shteg.evidence.steps_taken import target_steps
from shteg.pathways.answers.assumed import assumed_share, assumed_values
from shteg.pathways.answers.blocking_sets import lay_out_sets, search_sets, set_values, sets_table
from shteg.pathways.answers.explanations import Findings, explain, explanations_table
from shteg.pathways.answers.futures import (
    MEASURE_WORLDS,
    compare_futures,
    file_scenarios,
    lay_out_means,
    lay_out_routes,
    lay_out_scenarios,
    means_table,
    measure_scenarios,
    route_values,
    routes_table,
    scenario_values,
    scenarios_table,
)
from shteg.pathways.answers.information import (
    Worth,
    information_table,
    lay_out_worth,
    list_quantities,
    value_information,
)
from shteg.pathways.answers.measure import How
from shteg.pathways.answers.shapley import (
    attribute_step,
    attribution_table,
    attribution_values,
    calibrate,
    lay_out_shares,
)
from shteg.pathways.answers.tornado import lay_out_swings, swing_parameters, tornado_table
from shteg.pathways.forecast.agreement import check_same
from shteg.pathways.forecast.simulate import Simulated
from shteg.pathways.forecast.tables import ALL, MAIN, Forecast, Summary, effect_scenarios
from shteg.pathways.model.arrays import Tally
from shteg.pathways.model.model import Model, Scenario
from shteg.pathways.model.provenance import ancestors

FOCUS_YEARS = 10
"""Sentences, and the choice of a measure, look at the report year nearest to so many years ahead."""
COSTS = {"futures": 20, "means": 8, "sets": 20, "tornado": 10, "shapley": 40, "share": 4, "information": 5}
"""Rough parts of the work, for the progress bar."""
GRAIN = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """Tables and values of the answers."""

    tables: tuple[Table, ...]
    values: tuple[Value, ...]


def focus_year(model: Model) -> int:
    """Give the position, among the report years, of the one nearest to ten years ahead."""
    wanted = model.case.header.as_of.year + FOCUS_YEARS
    years = model.report_years
    return min(range(len(years)), key=lambda r: (abs(years[r] - wanted), years[r]))


def answer_questions(
    model: Model,
    done: Simulated,
    forecast: Forecast,
    **how: Unpack[How],
) -> Answers:
    """Answer what the forecast leaves open.

    Parameters
    ----------
    model : Model
        With its effects, and with the most worlds that there may be.
    done : Simulated
        What was simulated for the forecast.
    forecast : Forecast
        The rows made of it.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    Answers
    """
    summary = done.summary
    place = {step.id: k for k, step in enumerate(model.steps)}
    targets = tuple(place[name] for name in target_steps(model.case))
    raced = [k for k in targets if model.structure.votes[k] > 0 and not model.structure.reached[k]]
    parts = ["futures", "means", *["sets"] * len(raced), "tornado", *["shapley"] * len(targets), "share", "information"]
    weights = [COSTS[part] * GRAIN for part in parts]
    bars = iter(share_progress(progress := how.get("progress"), weights))

    def part() -> How:
        return {**how, "progress": next(bars)}

    files = [Scenario(name=MAIN, measures=model.scenarios[0].measures), *file_scenarios(model)]
    alone = measure_scenarios(model)
    futures = compare_futures(done.model, files, model.case.pathways.routes, **part())
    means = compare_futures(model, alone, worlds=MEASURE_WORLDS, **part())
    critical = summary.critical.mean
    sets = [search_sets(model, k, critical[ancestors(model, k)].max(axis=0), **part()) for k in raced]
    tornado = swing_parameters(model, targets, **part())
    attributed = [calibrate(attribute_step(model, k, **part()), _package_effect(model, summary, k)) for k in targets]

    share = assumed_share(model, done, targets[0], focus_year(model), **part()) if targets else None

    bases = summary.bases
    shares, swings = lay_out_shares(model, bases, attributed), lay_out_swings(model, tornado)
    outcomes, routes = lay_out_sets(model, bases, sets), lay_out_routes(model, bases, futures, critical)
    scenarios = lay_out_scenarios(model, bases, futures, files)
    check_same(
        {(row.step, row.year): row.probability for row in forecast.incidence},
        {(row.step, row.year): row.probability for row in scenarios if row.scenario == MAIN},
        "pathways.scenarios",
    )
    compared = [row for row in lay_out_means(model, bases, means, alone) if row.scenario != alone[0].name]
    years = [*lay_out_means(model, bases, futures, files), *compared]
    worth = _information(done.model, targets, done.tally, summary, how.get("threads"))
    findings = Findings(
        stops=forecast.stops, blockers=forecast.blockers, sets=outcomes, worth=worth, swings=swings, shares=shares,
        routes=routes,
    )  # fmt: skip
    sentences = explain(findings, model.steps[targets[0]].id, model.report_years[focus_year(model)])
    if progress:
        progress(sum(weights), sum(weights))
    return Answers(
        tables=(
            attribution_table(shares),
            sets_table(outcomes),
            tornado_table(swings),
            information_table(worth),
            routes_table(routes),
            scenarios_table(scenarios),
            means_table(years),
            explanations_table(sentences),
        ),
        values=(
            *attribution_values(shares),
            *set_values(model, bases, sets),
            *route_values(model, bases, years, routes),
            *scenario_values(scenarios),
            *assumed_values(model, share),
        ),
    )


def _package_effect(model: Model, summary: Summary, k: int) -> Floats:
    """Give the effect of all measures against none in the whole simulation, (report year,)."""
    every = next(s for s, name in effect_scenarios(model) if name == ALL)
    return np.asarray(summary.effects.mean[every, k])


def _information(
    model: Model, targets: tuple[int, ...], tally: Tally, summary: Summary, threads: int | None
) -> list[Worth]:
    """Regress the forecasts, and the effects of measures, on what is uncertain in them."""
    worlds = model.case.pathways.worlds_per_draw
    at = [model.years.index(year) for year in model.report_years]
    quantities = list_quantities(model, targets)
    outcomes = np.stack([summary.cumulative[:, k, y] / worlds for k in targets for y in at], axis=1)
    spread = np.array([[summary.incidence.draws[:, k, y].var() for y in at] for k in targets])
    focus = focus_year(model)
    scenarios = [s for s, name in effect_scenarios(model) if name != ALL]
    taken = model.scenarios[0].measures
    signs = [-1.0 if model.scenarios[s].name in taken else 1.0 for s in scenarios]
    changed = tally.gained[:, scenarios, targets[0], focus] - tally.lost[:, scenarios, targets[0], focus]
    columns = np.array([one.draws for one in quantities]).reshape(len(quantities), len(outcomes)).T
    found = value_information(columns, outcomes, changed / worlds * signs, model.case.header.seed, threads)
    return lay_out_worth(model, targets, quantities, found, spread, focus)
