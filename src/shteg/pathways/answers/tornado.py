"""How far each assumed parameter moves the forecast between the ends of its range, all others drawn as ever."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shteg.chunks import Executor, Progress
from shteg.pathways.answers.measure import measure_worlds, resize
from shteg.pathways.forecast.shares import Shares, summarise_means, summarise_reached
from shteg.pathways.model.arrays import Floats
from shteg.pathways.model.model import Model, Scenario
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
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Tornado:
    """Simulate each parameter at both ends of its range on the same draws and worlds."""
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

    moments = measure_worlds(sized, statistic, steps=steps, threads=threads, progress=progress, executor=executor)
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
