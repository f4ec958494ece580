"""How far each assumed parameter moves the forecast between the ends of its range, all others drawn as ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from shteg.arrays import Floats
from shteg.estimates import Label, Table, column, table_row
from shteg.pathways.answers.measure import DRAWS_USED, WORLDS_EACH, How, measure_worlds
from shteg.pathways.forecast.shares import Shares, summarise_means, summarise_reached
from shteg.pathways.forecast.tables import (
    LABEL,
    LOWER,
    MC_ERROR,
    MEAN,
    PARAMETER,
    STEP,
    TINY,
    TITLE,
    UPPER,
    YEAR,
    cell,
)
from shteg.pathways.model.model import Model, Scenario, resize
from shteg.pathways.model.provenance import parameters_behind

DRAWS = 400
WORLDS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tornado:
    """Probabilities with a parameter at the low and the high end of its range, and the swing from low to high.

    Axes (parameter, step, report year), steps in the order of `steps`.
    """

    parameters: tuple[str, ...]
    steps: tuple[int, ...]
    at_low: Shares
    at_high: Shares
    swing: Shares
    draws: int
    worlds: int


def ranged_parameters(model: Model, steps: tuple[int, ...]) -> list[str]:
    """List the parameters behind these steps that have a range at all, in the order of the case."""
    behind = {name for k in steps for name in parameters_behind(model, k)}
    return [name for name, one in model.named.items() if name in behind and one.parameter.low < one.parameter.high]


def swing_parameters(
    model: Model,
    steps: tuple[int, ...],
    **how: Unpack[How],
) -> Tornado:
    """Simulate each parameter at both ends of its range on the same draws and worlds.

    Parameters
    ----------
    model : Model
    steps : tuple of int
        Numbers of the steps.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    Tornado
    """
    names, chosen = ranged_parameters(model, steps), model.scenarios[0].measures
    scenarios = [
        Scenario(
            name=f"{name} {end}", measures=chosen, overrides={name: float(getattr(model.named[name].parameter, end))}
        )
        for name in names
        for end in ("low", "high")
    ]
    sized = resize(model, scenarios or [model.scenarios[0]], DRAWS, WORLDS)
    limits = model.structure.year_times[model.structure.report_index]

    def statistic(paths: Floats) -> Floats:
        reached = (paths[..., None] <= limits).astype(np.float64)
        low, high = reached[:, :, 0::2], reached[:, :, 1::2]
        return np.stack([low, high, high - low], axis=2) if names else np.zeros((*paths.shape[:2], 3, 0, *limits.shape))

    moments = measure_worlds(sized, statistic, steps=steps, **how)
    worlds = sized.case.pathways.worlds_per_draw
    return Tornado(
        parameters=tuple(names),
        steps=steps,
        at_low=summarise_reached(moments.mean[:, 0], worlds),
        at_high=summarise_reached(moments.mean[:, 1], worlds),
        swing=summarise_means(moments.mean[:, 2], moments.noise[:, 2], (-1.0, 1.0)),
        draws=sized.case.pathways.draws,
        worlds=worlds,
    )


@table_row
class Swing:
    """How far a parameter moves the probability of a step by the end of a year, between the ends of its range."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    parameter: str = column(PARAMETER, key=True)
    title_id: str = column(TITLE)
    value_low: float = column("Lower end of its range.", "score")
    value_high: float = column("Upper end of its range.", "score")
    at_low: float = column("Probability with the parameter at the lower end.", "share")
    at_high: float = column("Probability with the parameter at the upper end.", "share")
    swing: float = column(f"Change from the lower to the upper end{MEAN}", "share")
    low: float = column(LOWER, "share")
    high: float = column(UPPER, "share")
    mc_error: float = column(MC_ERROR, "share")
    draws: int = column(DRAWS_USED, "count")
    worlds: int = column(WORLDS_EACH, "count")
    label: Label = column(LABEL)


def lay_out_swings(model: Model, found: Tornado) -> list[Swing]:
    """Lay out each parameter at both ends of its range, by step and year, widest swing first."""
    return list(_swings(model, found))


def _swings(model: Model, found: Tornado) -> Iterator[Swing]:
    for t, k in enumerate(found.steps):
        behind = set(parameters_behind(model, k))
        chosen = [i for i, name in enumerate(found.parameters) if name in behind]
        for r, year in enumerate(model.report_years):
            for i in sorted(chosen, key=lambda i: (-round(abs(float(found.swing.mean[i, t, r])), 12), i)):
                one, at = model.named[found.parameters[i]], (i, t, r)
                yield Swing(
                    step=model.steps[k].id, year=year, parameter=one.name, title_id=one.title_id,
                    value_low=one.parameter.low, value_high=one.parameter.high,
                    at_low=float(found.at_low.mean[at]), at_high=float(found.at_high.mean[at]),
                    **cell(found.swing, at, "swing", error="mc_error"), draws=found.draws, worlds=found.worlds,
                    label=one.label,
                )  # fmt: skip


def tornado_table(rows: list[Swing]) -> Table:
    """Each parameter at both ends of its range, widest swing first."""
    return Table.of("tornado", "What the assumed ranges do", Swing, rows, tiny=TINY)
