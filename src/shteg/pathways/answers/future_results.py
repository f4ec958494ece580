"""Routes, scenarios and restricted mean years, as tables and as values."""

from __future__ import annotations

from shteg.estimates import Column, Label, Table, Value
from shteg.pathways.answers.frames import LABEL, MC_ERROR, STEP, YEAR, cells, make_table, share_columns
from shteg.pathways.answers.futures import ALL, MAIN, NONE, Futures
from shteg.pathways.forecast.shares import LEVEL
from shteg.pathways.forecast.values import share_value
from shteg.pathways.model.model import Model, Scenario
from shteg.pathways.model.provenance import Basis, ancestors, basis_of, basis_of_effect, basis_of_step

SCENARIO = Column(name="scenario", description="Scenario (id): `main`, `all` measures, a measure, or one of the case.")
BLOCKERS_NAMED = 3


def scenario_basis(model: Model, k: int, scenario: Scenario) -> Basis:
    """Tell what a scenario rests on: the step, its measures, and, where it sets a parameter, judgement."""
    basis = basis_of_effect(model, k, scenario.measures)
    labels: list[Label] = [basis.label, *(["assumed"] if scenario.overrides else [])]  # type: ignore[list-item]
    return basis_of(model, labels, basis.source_ids)


def route_basis(model: Model, steps: tuple[str, ...]) -> Basis:
    """Tell what a route rests on: all its steps."""
    bases = [basis_of_step(model, k) for k, step in enumerate(model.steps) if step.id in steps]
    return basis_of(model, [one.label for one in bases], [source for one in bases for source in one.source_ids])


def scenarios_table(model: Model, futures: Futures, scenarios: list[Scenario]) -> Table:
    """Each scenario of the case beside the main one, by step and year."""
    rows = []
    for s, scenario in enumerate(scenarios):
        for k, step in enumerate(model.steps):
            label = scenario_basis(model, k, scenario).label
            for r, year in enumerate(model.report_years):
                at = (s, k, r)
                error = float(futures.reached.mc_error[at])
                rows.append(
                    [scenario.name, step.id, year, *cells(futures.reached, at), error, *cells(futures.gain, at), label]
                )
    columns = (
        SCENARIO,
        STEP,
        YEAR,
        *share_columns("probability", "Probability that the step is reached"),
        MC_ERROR,
        *share_columns("change", "Change against the main scenario on the same worlds", prefix="change"),
        LABEL,
    )
    return make_table("scenarios", "Scenarios side by side", columns, ("scenario", "step", "year"), rows)


def scenario_values(model: Model, futures: Futures, scenarios: list[Scenario]) -> list[Value]:
    """`scenario.<id>.<step>.<year>` and `scenario.change.<id>.<step>.<year>`, but for the main one."""
    values = []
    for s, scenario in enumerate(scenarios):
        for k, step in enumerate(model.steps) if scenario.name != MAIN else ():
            basis = scenario_basis(model, k, scenario)
            for r, year in enumerate(model.report_years):
                args = {"scenario": f"scenario:{scenario.name}", "step": f"step:{step.id}", "year": str(year)}
                at, end = (s, k, r), f"{scenario.name}.{step.id}.{year}"
                values.append(share_value(f"scenario.{end}", "scenario", args, futures.reached, at, basis, "scenarios"))
                values.append(
                    share_value(
                        f"scenario.change.{end}",
                        "scenario_change",
                        args,
                        futures.gain,
                        at,
                        basis,
                        "scenarios",
                        difference=True,
                    )
                )
    return values


def routes_table(model: Model, futures: Futures, importance: list[dict[str, float]]) -> Table:
    """Each route: probability by year, mean years, who matters most, what it asks for."""
    rows = []
    for i, route in enumerate(model.case.pathways.routes, start=len(model.steps)):
        steps = [k for k, step in enumerate(model.steps) if step.id in route.steps]
        last = next(k for k, step in enumerate(model.steps) if step.id == route.steps[-1])
        ranked = sorted(importance[last].items(), key=lambda pair: (-round(pair[1], 12), pair[0]))
        blockers = " ".join(member for member, weight in ranked[:BLOCKERS_NAMED] if round(weight, 12) > 0.0)
        way = sorted({one for k in steps for one in ancestors(model, k)})
        areas = " ".join(dict.fromkeys(a for k in way for a in model.steps[k].requirement_areas))
        asked = [
            " ".join(route.steps),
            model.steps[last].rule,
            max(model.steps[k].statehood_content for k in way),
            areas,
            blockers,
        ]
        label = route_basis(model, route.steps).label
        for r, year in enumerate(model.report_years):
            numbers = [*cells(futures.reached, (0, i, r)), float(futures.reached.mc_error[0, i, r])]
            rows.append([route.id, year, *numbers, *cells(futures.years, (0, i)), *asked, label])
    columns = (
        Column(name="route", description="Route (id)."),
        YEAR,
        *share_columns("probability", "Probability that the whole route is walked"),
        MC_ERROR,
        *share_columns("mean_years", "Mean years until its end, within the horizon", prefix="mean_years", unit="years"),
        Column(name="steps", description="Its steps (ids), in order."),
        Column(name="rule", description="Who must consent to its last step."),
        Column(name="statehood", description="Most that one of its steps says about statehood, 0 to 1.", unit="ratio"),
        Column(name="areas", description="Areas of reform that must be ready (ids)."),
        Column(name="blockers", description="Members whose consent matters most for its last step."),
        LABEL,
    )
    return make_table("routes", "Routes side by side", columns, ("route", "year"), rows)


def route_values(model: Model, futures: Futures) -> list[Value]:
    """`route.<id>.<year>` and `route.years.<id>`; `years.<step>` of the main scenario."""
    values, horizon = [], str(model.years[-1])
    for k, step in enumerate(model.steps):
        args = {"step": f"step:{step.id}", "year": horizon}
        values.append(_years(f"years.{step.id}", "mean_years", args, futures, k, basis_of_step(model, k)))
    for i, route in enumerate(model.case.pathways.routes, start=len(model.steps)):
        basis, named = route_basis(model, route.steps), {"route": f"route:{route.id}"}
        for r, year in enumerate(model.report_years):
            args, at = {**named, "year": str(year)}, (0, i, r)
            values.append(share_value(f"route.{route.id}.{year}", "route", args, futures.reached, at, basis, "routes"))
        args = {**named, "year": horizon}
        values.append(_years(f"route.years.{route.id}", "route_years", args, futures, i, basis))
    return values


def _years(name: str, key: str, args: dict[str, str], futures: Futures, at: int, basis: Basis) -> Value:
    number, low, high = cells(futures.years, (0, at))
    return Value(
        id=name,
        number=number,
        unit="years",
        decimals=1,
        label=basis.label,
        label_key=f"value.pathways.{key}",
        label_args=args,
        source_ids=basis.source_ids,
        method="pathways#restricted-means",
        low=low,
        high=high,
        level=LEVEL,
        verified=basis.verified,
    )


def means_table(model: Model, parts: list[tuple[Futures, list[Scenario], tuple[str, ...]]]) -> Table:
    """Restricted mean years to each step by scenario; each part is compared with its own first scenario.

    The third item of a part names the scenarios that are told.
    """
    rows = []
    for futures, scenarios, told in parts:
        for s, scenario in enumerate(scenarios):
            for k, step in enumerate(model.steps) if scenario.name in told else ():
                label = scenario_basis(model, k, scenario).label
                numbers = [*cells(futures.years, (s, k)), float(futures.years.mc_error[s, k])]
                rows.append([scenario.name, step.id, *numbers, *cells(futures.sooner, (s, k)), label])
    columns = (
        SCENARIO,
        STEP,
        *share_columns(
            "mean_years", "Years until the step, those beyond the horizon counted as the horizon", unit="years"
        ),
        Column(name="mc_error", description=MC_ERROR.description, unit="years"),
        *share_columns("sooner", "Years sooner than without it", prefix="sooner", unit="years"),
        LABEL,
    )
    return make_table("restricted_means", "Mean years to each step", columns, ("scenario", "step"), rows)


__all__ = [
    "ALL",
    "NONE",
    "means_table",
    "route_values",
    "routes_table",
    "scenario_values",
    "scenarios_table",
]
