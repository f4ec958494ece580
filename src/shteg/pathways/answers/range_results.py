"""Tornado and value of information as tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shteg.estimates import Column, Label, Table
from shteg.pathways.answers.frames import DRAWS, LABEL, MC_ERROR, STEP, WORLDS, YEAR, cells, make_table, share_columns
from shteg.pathways.answers.information import Information
from shteg.pathways.answers.tornado import Tornado
from shteg.pathways.model.arrays import Floats
from shteg.pathways.model.model import Model, rate_source
from shteg.pathways.model.parameters import draw_effect, draw_parameters
from shteg.pathways.model.provenance import ancestors, parameters_behind

TIED = 1e-12
"""Variances that differ by less are the same."""
PARAMETER = Column(name="parameter", description="Dotted name of the quantity.")
TITLE = Column(name="title_id", description="Its title in the lexicon.")


def tornado_table(model: Model, found: Tornado) -> Table:
    """Each parameter at both ends of its range, widest swing first."""
    rows = []
    for t, k in enumerate(found.steps):
        behind = set(parameters_behind(model, k))
        for r, year in enumerate(model.report_years):
            order = sorted(
                (i for i, name in enumerate(found.parameters) if name in behind),
                key=lambda i: (-round(abs(float(found.swing.mean[i, t, r])), 12), i),
            )
            for i in order:
                one, at = model.named[found.parameters[i]], (i, t, r)
                rows.append(
                    [
                        model.steps[k].id,
                        year,
                        one.name,
                        one.title_id,
                        one.parameter.low,
                        one.parameter.high,
                        float(found.at_low.mean[at]),
                        float(found.at_high.mean[at]),
                        *cells(found.swing, at),
                        float(found.swing.mc_error[at]),
                        found.draws,
                        found.worlds,
                        one.label,
                    ]
                )
    columns = (
        STEP,
        YEAR,
        PARAMETER,
        TITLE,
        Column(name="value_low", description="Lower end of its range.", unit="score"),
        Column(name="value_high", description="Upper end of its range.", unit="score"),
        Column(name="at_low", description="Probability with the parameter at the lower end.", unit="share"),
        Column(name="at_high", description="Probability with the parameter at the upper end.", unit="share"),
        *share_columns("swing", "Change from the lower to the upper end"),
        MC_ERROR,
        DRAWS,
        WORLDS,
        LABEL,
    )
    return make_table("tornado", "What the assumed ranges do", columns, ("step", "year", "parameter"), rows)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An uncertain quantity with its draws: a parameter, a stance, a fitted rate, or the size of an effect."""

    name: str
    kind: str
    title_id: str
    label: Label
    draws: Floats


def list_quantities(model: Model, steps: tuple[int, ...]) -> list[Quantity]:
    """List every uncertain quantity behind these steps with its posterior draws."""
    count, seed = model.case.pathways.draws, model.case.header.seed
    path = sorted({i for k in steps for i in ancestors(model, k) if not model.structure.reached[i]})
    behind = {name for k in steps for name in parameters_behind(model, k)}
    found = [
        Quantity(name, "parameter", model.named[name].title_id, model.named[name].label, draws)
        for name, draws in draw_parameters(model.named, seed, 0, count).items()
        if name in behind
    ]
    if model.theta is not None and any(model.steps[i].rule != "none" and not model.steps[i].ratified for i in path):
        for j, member in enumerate(model.theta.units):
            found.append(
                Quantity(f"stance.{member}", "stance", f"member:{member}", model.theta.label, model.theta.values[:, j])
            )
    for i in path:
        step = model.steps[i]
        if not step.ratified and (source := rate_source(model, step)).startswith("log_rate."):
            column = model.log_rate.values[:, model.log_rate.units.index(source.removeprefix("log_rate."))]
            label = model.log_rate.label if source == f"log_rate.{step.id}" else "borrowed"
            found.append(Quantity(f"step.{step.id}.log_rate", "rate", f"step:{step.id}", label, column))
    if model.ratify_mean is not None and any(model.steps[i].ratified for i in path):
        for j, member in enumerate(model.ratify_mean.units):
            column, label = model.ratify_mean.values[:, j], model.ratify_mean.label
            found.append(Quantity(f"ratification.{member}", "ratification", f"member:{member}", label, column))
    for measure in model.case.recommendations.measures:
        for i, effect in enumerate(measure.effects, start=1):
            name, sizes = f"measure.{measure.id}.{i}.{effect.target}", draw_effect(measure.id, effect, seed, 0, count)
            found.append(Quantity(name, "effect", f"measure:{measure.id}", measure.label, sizes))
    return [one for one in found if np.ptp(one.draws) > 0.0]


def information_table(
    model: Model, steps: tuple[int, ...], quantities: list[Quantity], found: Information, spread: Floats, focus: int
) -> Table:
    """What knowing each quantity would do to each forecast, most first.

    Parameters
    ----------
    spread : (step, year)
        Variance of the forecast over draws without simulation noise.
    focus : int
        Position of the report year for which the choice of a measure was valued.
    """
    rows = []
    years = len(model.report_years)
    for t, k in enumerate(steps):
        for r, year in enumerate(model.report_years):
            o = t * years + r
            told = [i for i, one in enumerate(quantities) if one.kind != "effect" or (t == 0 and r == focus)]
            for i in sorted(told, key=lambda i: (-round(float(found.explained[i, o]), 12), i)):
                one, variance = quantities[i], float(spread[t, r])
                explained = float(found.explained[i, o])
                share = min(explained / variance, 1.0) if variance > 0.0 else 0.0
                floor = min(float(found.floor[i, o]) / variance, 1.0) if variance > 0.0 else 0.0
                choice = (
                    [float(found.choice[i]), float(found.choice_floor[i])] if (t, r) == (0, focus) else [None, None]
                )
                clear = "yes" if explained > float(found.floor[i, o]) + TIED else "no"
                change = float(found.change[i, o])
                rows.append(
                    [
                        model.steps[k].id,
                        year,
                        one.name,
                        one.kind,
                        one.title_id,
                        share,
                        floor,
                        clear,
                        change,
                        *choice,
                        one.label,
                    ]
                )
    columns = (
        STEP,
        YEAR,
        PARAMETER,
        Column(name="kind", description="Parameter, stance, fitted rate, ratification time, or effect of a measure."),
        TITLE,
        Column(
            name="explained",
            description="Share of the variance of the forecast that goes if it is known.",
            unit="share",
        ),
        Column(name="floor", description="Share found for shuffled draws (95 % quantile).", unit="share"),
        Column(name="clear", description="Whether it is above what shuffled draws give."),
        Column(
            name="expected_change", description="Expected absolute change of the forecast if it is known.", unit="share"
        ),
        Column(
            name="choice",
            description="Expected gain in probability if it is known before the best measure is chosen.",
            unit="share",
        ),
        Column(name="choice_floor", description="The same for shuffled draws (95 % quantile).", unit="share"),
        LABEL,
    )
    return make_table("value_of_information", "What is worth finding out", columns, ("step", "year", "parameter"), rows)
