"""Scenarios, routes and restricted mean years: what a list of futures has by each year, world by world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from shteg.arrays import Floats
from shteg.estimates import Table, Value, column, table_row
from shteg.evidence.records.case import Route
from shteg.evidence.records.model import Scenario as ScenarioRecord
from shteg.pathways.answers.measure import DRAWS_USED, WORLDS_EACH, How, Moments, measure_enough, measure_worlds
from shteg.pathways.forecast.precision import TELLABLE_YEARS
from shteg.pathways.forecast.shares import Shares, summarise_means, summarise_reached
from shteg.pathways.forecast.tables import (
    ALL,
    LABEL,
    LOWER,
    MAIN,
    MC_ERROR,
    MEAN,
    NONE,
    STEP,
    TINY,
    UPPER,
    YEAR,
    cell,
    label_of,
)
from shteg.pathways.forecast.values import in_turn, quote_shares, quote_years
from shteg.pathways.model.model import Model, Scenario, resize
from shteg.pathways.model.provenance import Bases, Basis, ancestors

BLOCKERS_NAMED = 3
MEASURE_WORLDS = 100
"""Most worlds for each draw where mean years are told."""


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
    draws: int
    worlds: int


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
    **how: Unpack[How],
) -> Futures:
    """Run scenarios side by side and compare each with the first one.

    Parameters
    ----------
    model : Model
    scenarios : sequence of Scenario
        The one that the others are compared with first.
    routes : sequence of Route
        Each ends when all its steps are reached.
    worlds : int, optional
        Most worlds for each draw: as many as mean years want. The very worlds of the forecast if left out.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    Futures
    """
    pathways = model.case.pathways
    sized = resize(model, scenarios, pathways.draws, worlds or pathways.worlds_per_draw)
    columns, horizon = route_columns(model, routes), model.structure.horizon
    limits = model.structure.year_times[model.structure.report_index]

    def statistic(paths: Floats) -> Floats:
        ends = np.stack([paths[..., one].max(axis=-1) for one in columns], axis=-1)
        here = np.concatenate([ends[..., None] <= limits, np.minimum(ends, horizon)[..., None]], axis=-1)
        return np.stack([here, here - here[:, :, :1]], axis=-1)

    def years(moments: Moments, _: int) -> list[Shares]:
        return [summarise_means(moments.mean[..., -1, 0], moments.noise[..., -1, 0], (0.0, horizon))]

    if worlds is None:
        moments, worlds = measure_worlds(sized, statistic, **how), pathways.worlds_per_draw
    else:
        moments, worlds = measure_enough(sized, statistic, years, tellable=TELLABLE_YEARS, **how)
    return Futures(
        names=tuple(one.name for one in scenarios),
        ends=(*(step.id for step in model.steps), *(one.id for one in routes)),
        reached=summarise_reached(moments.mean[..., :-1, 0], worlds),
        years=summarise_means(moments.mean[..., -1, 0], moments.noise[..., -1, 0], (0.0, horizon)),
        gain=summarise_means(moments.mean[..., :-1, 1], moments.noise[..., :-1, 1], (-1.0, 1.0)),
        draws=pathways.draws,
        worlds=worlds,
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


_SCENARIO = "Scenario (id): `main`, `all` measures, a measure, or one of the case."


@table_row
class ScenarioOutcome:
    """The probability of a step by the end of a year in a scenario, and its change against the main one."""

    scenario: str = column(_SCENARIO, key=True)
    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    probability: float = column(f"Probability that the step is reached{MEAN}", "share")
    low: float = column(LOWER, "share")
    high: float = column(UPPER, "share")
    mc_error: float = column(MC_ERROR, "share")
    change: float = column(f"Change against the main scenario on the same worlds{MEAN}", "share")
    change_low: float = column(LOWER, "share")
    change_high: float = column(UPPER, "share")
    basis: Basis = column(LABEL, name="label", written=label_of)


def lay_out_scenarios(
    model: Model, bases: Bases, futures: Futures, scenarios: Sequence[Scenario]
) -> list[ScenarioOutcome]:
    """Lay out each scenario of the case beside the main one, by step and year.

    Parameters
    ----------
    model : Model
    bases : Bases
        Of the model.
    futures : Futures
        Of these scenarios.
    scenarios : sequence of Scenario
        The main one first.

    Returns
    -------
    list of ScenarioOutcome
    """
    return [
        ScenarioOutcome(
            scenario=scenario.name, step=step.id, year=year, basis=basis,
            **cell(futures.reached, (s, k, r), "probability", error="mc_error"),
            **cell(futures.gain, (s, k, r), "change", "change_"),
        )
        for s, scenario in enumerate(scenarios)
        for k, step in enumerate(model.steps)
        for basis in (bases.of_scenario(k, scenario),)
        for r, year in enumerate(model.report_years)
    ]  # fmt: skip


def scenarios_table(rows: Iterable[ScenarioOutcome]) -> Table:
    """Each scenario of the case beside the main one, by step and year."""
    return Table.of("scenarios", "Scenarios side by side", ScenarioOutcome, rows, tiny=TINY)


def scenario_values(rows: Iterable[ScenarioOutcome]) -> list[Value]:
    """Give `scenario.<id>.<step>.<year>` and `scenario.change.<id>.<step>.<year>`, but for the main one."""
    other = [row for row in rows if row.scenario != MAIN]
    args = {"scenario": "scenario:{scenario}", "step": "step:{step}", "year": "{year}"}
    end, method = "{scenario}.{step}.{year}", "scenarios"
    return in_turn(
        quote_shares(other, f"scenario.{end}", "probability", "scenario", args, method),
        quote_shares(
            other, f"scenario.change.{end}", "change", "scenario_change", args, method, ends="change_", unit="points"
        ),
    )


@table_row
class RouteOutcome:
    """The probability that a whole route is walked by the end of a year, its mean years, and what it asks for."""

    route: str = column("Route (id).", key=True)
    year: int = column(YEAR, "year", key=True)
    probability: float = column(f"Probability that the whole route is walked{MEAN}", "share")
    low: float = column(LOWER, "share")
    high: float = column(UPPER, "share")
    mc_error: float = column(MC_ERROR, "share")
    mean_years: float = column(f"Mean years until its end, within the horizon{MEAN}", "years")
    mean_years_low: float = column(LOWER, "years")
    mean_years_high: float = column(UPPER, "years")
    steps: tuple[str, ...] = column("Its steps (ids), in order.", written=" ".join)
    rule: str = column("Who must consent to its last step.")
    statehood: float = column("Most that one of its steps says about statehood, 0 to 1.", "ratio")
    areas: tuple[str, ...] = column("Areas of reform that must be ready (ids).", written=" ".join)
    blockers: tuple[str, ...] = column("Members whose consent matters most for its last step.", written=" ".join)
    basis: Basis = column(LABEL, name="label", written=label_of)

    @property
    def value_id(self) -> str:
        """Under which id the probability is quoted."""
        return f"route.{self.route}.{self.year}"


def lay_out_routes(model: Model, bases: Bases, futures: Futures, importance: Floats) -> list[RouteOutcome]:
    """Lay out each route: probability by year, mean years, who matters most, what it asks for.

    Parameters
    ----------
    model : Model
    bases : Bases
        Of the model.
    futures : Futures
        The main scenario first; its ends are the steps, then the routes.
    importance : (step, member) float
        How much the consent of each member matters for each step.

    Returns
    -------
    list of RouteOutcome
    """
    rows = []
    for i, route in enumerate(model.case.pathways.routes, start=len(model.steps)):
        steps = [k for k, step in enumerate(model.steps) if step.id in route.steps]
        last = next(k for k in steps if model.steps[k].id == route.steps[-1])
        weight = {member: round(float(importance[last, j]), 12) for j, member in enumerate(model.members)}
        ranked = sorted(weight, key=lambda member: (-weight[member], member))[:BLOCKERS_NAMED]
        way = sorted({one for k in steps for one in ancestors(model, k)})
        rows += [
            RouteOutcome(
                route=route.id, year=year, **cell(futures.reached, (0, i, r), "probability", error="mc_error"),
                **cell(futures.years, (0, i), "mean_years", "mean_years_"), steps=tuple(route.steps),
                rule=model.steps[last].rule, statehood=max(model.steps[k].statehood_content for k in way),
                areas=tuple(dict.fromkeys(area for k in way for area in model.steps[k].requirement_areas)),
                blockers=tuple(member for member in ranked if weight[member] > 0.0), basis=bases.of_route(route.steps),
            )
            for r, year in enumerate(model.report_years)
        ]  # fmt: skip
    return rows


def routes_table(rows: Iterable[RouteOutcome]) -> Table:
    """Each route: probability by year, mean years, who matters most, what it asks for."""
    return Table.of("routes", "Routes side by side", RouteOutcome, rows, tiny=TINY)


@table_row
class MeanYears:
    """The restricted mean years to a step in a scenario, and how many fewer they are than without it."""

    scenario: str = column(_SCENARIO, key=True)
    step: str = column(STEP, key=True)
    mean_years: float = column(f"Years until the step, those beyond the horizon counted as the horizon{MEAN}", "years")
    low: float = column(LOWER, "years")
    high: float = column(UPPER, "years")
    mc_error: float = column(MC_ERROR, "years")
    sooner: float = column(f"Years sooner than without it{MEAN}", "years")
    sooner_low: float = column(LOWER, "years")
    sooner_high: float = column(UPPER, "years")
    draws: int = column(DRAWS_USED, "count")
    worlds: int = column(WORLDS_EACH, "count")
    basis: Basis = column(LABEL, name="label", written=label_of)


def lay_out_means(model: Model, bases: Bases, futures: Futures, scenarios: Sequence[Scenario]) -> list[MeanYears]:
    """Lay out the restricted mean years to each step by scenario, each compared with the first one.

    Parameters
    ----------
    model : Model
    bases : Bases
        Of the model.
    futures : Futures
        Of these scenarios.
    scenarios : sequence of Scenario
        The one that the others are compared with first.

    Returns
    -------
    list of MeanYears
        By scenario, then by step.
    """
    return [
        MeanYears(
            scenario=scenario.name, step=step.id, basis=bases.of_scenario(k, scenario),
            **cell(futures.years, (s, k), "mean_years", error="mc_error"),
            **cell(futures.sooner, (s, k), "sooner", "sooner_"), draws=futures.draws, worlds=futures.worlds,
        )
        for s, scenario in enumerate(scenarios)
        for k, step in enumerate(model.steps)
    ]  # fmt: skip


def means_table(rows: Iterable[MeanYears]) -> Table:
    """Restricted mean years to each step by scenario."""
    return Table.of("restricted_means", "Mean years to each step", MeanYears, rows, tiny=TINY)


def route_values(model: Model, bases: Bases, means: Iterable[MeanYears], routes: Iterable[RouteOutcome]) -> list[Value]:
    """Give `years.<step>` of the main scenario, `route.<id>.<year>` and `route.years.<id>`.

    Parameters
    ----------
    model : Model
    bases : Bases
        Of the model.
    means : iterable of MeanYears
        Of any scenarios, the main one among them.
    routes : iterable of RouteOutcome

    Returns
    -------
    list of Value
    """
    horizon, place = str(model.years[-1]), {step.id: k for k, step in enumerate(model.steps)}
    main = [replace(row, basis=bases.steps[place[row.step]]) for row in means if row.scenario == MAIN]
    values = [*quote_years(main, "years.{step}", "mean_years", {"step": "step:{step}", "year": horizon})]
    rows = list(routes)
    for route in model.case.pathways.routes:
        own, named = [row for row in rows if row.route == route.id], {"route": "route:{route}"}
        by = {**named, "year": "{year}"}
        values += quote_shares(own, "{value_id}", "probability", "route", by, "routes")
        args = {**named, "year": horizon}
        values += quote_years(own[:1], "route.years.{route}", "route_years", args, ends="mean_years_")
    return values
