"""Rolling origins: at each, every model is fitted on what was known and asked what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from shteg.arrays import Floats
from shteg.chunks import Progress, ThreadExecutor, one_blas_thread
from shteg.errors import UsageError
from shteg.evaluation.baselines import RECENT_YEARS, no_change_rungs, rung_base_rate, step_base_rate
from shteg.evaluation.models import (
    BASE_RATE,
    FULL,
    LAST_FIVE_YEARS,
    NO_CHANGE,
    PATHWAYS,
    REFERENCE_CLASS,
    SEEDS,
    Fitter,
    Simulator,
    fitted_forecasts,
    forecast_ladder,
)
from shteg.evaluation.questions import (
    HORIZONS,
    ORIGINS,
    RungQuestion,
    StepQuestion,
    anything_known,
    asked,
    asked_rungs,
    full_follow_up,
    ladder_only,
    origin_day,
    rungs_of,
)
from shteg.evaluation.reference.forecast import reference_class
from shteg.evaluation.simulated import simulate_ladder, simulated_forecasts
from shteg.evidence.case import Case


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OriginForecasts:
    """All forecasts of one origin: nothing in it depends on what became known later.

    `steps[model]` is (question, year of the grid), `rungs[model]` (question, horizon, rung); `again[model]`, for models
    whose forecasts hang on a seed, is (further seed, question, year of the grid).
    """

    origin: int
    grid: tuple[float, ...]
    horizons: tuple[int, ...]
    places: tuple[int, ...]
    step_questions: tuple[StepQuestion, ...]
    rung_questions: tuple[RungQuestion, ...]
    steps: dict[str, Floats]
    rungs: dict[str, Floats]
    again: dict[str, Floats]

    def seeded(self, model: str) -> Floats:
        """Give the forecasts of steps under every seed, (seed, question, year of the grid), the published one first."""
        first = self.steps[model][None]
        further = self.again.get(model)
        return np.concatenate([first, further]) if further is not None else np.repeat(first, SEEDS, axis=0)

    def plain(self) -> dict[str, Any]:
        """Give everything as plain JSON; numbers keep all their digits."""
        return {
            "origin": self.origin,
            "grid": list(self.grid),
            "horizons": list(self.horizons),
            "places": list(self.places),
            "step_questions": [[one.country, one.step] for one in self.step_questions],
            "rung_questions": [[one.country, one.rung] for one in self.rung_questions],
            "steps": {name: table.tolist() for name, table in self.steps.items()},
            "rungs": {name: table.tolist() for name, table in self.rungs.items()},
            "again": {name: table.tolist() for name, table in self.again.items()},
        }

    @classmethod
    def read(cls, plain: dict[str, Any]) -> OriginForecasts:
        """Read back what `plain` gave."""
        origin, grid, horizons = int(plain["origin"]), tuple(plain["grid"]), tuple(plain["horizons"])
        places = tuple(plain["places"])
        asked_steps = tuple(StepQuestion(origin, country, step) for country, step in plain["step_questions"])
        asked_of = tuple(RungQuestion(origin, country, rung) for country, rung in plain["rung_questions"])
        shape = (len(asked_of), len(horizons), len(places))
        return cls(
            origin=origin, grid=grid, horizons=horizons, places=places, step_questions=asked_steps,
            rung_questions=asked_of,
            steps={name: np.array(table).reshape(len(asked_steps), len(grid))
                   for name, table in plain["steps"].items()},
            rungs={name: np.array(table).reshape(shape) for name, table in plain["rungs"].items()},
            again={name: np.array(table).reshape(SEEDS - 1, len(asked_steps), len(grid))
                   for name, table in plain["again"].items()},
        )  # fmt: skip


class Keeper(Protocol):
    """Keeps the forecasts of finished origins, so that an interrupted run goes on where it stopped."""

    def load(self, origin: int) -> dict[str, Any] | None:
        """Give what was kept for an origin, or None."""
        ...

    def store(self, origin: int, plain: dict[str, Any]) -> None:
        """Keep an origin."""
        ...


FIRST_YEAR, LAST_YEAR, LONGEST = 1800, 9999, 100
"""Years that a calendar has and a case can speak of, and the longest horizon that it can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginPlan:
    """The horizons asked at each origin, and the origins passed over: nothing known yet, or no full follow-up."""

    horizons: Mapping[int, tuple[int, ...]]
    unknown: tuple[int, ...]
    without_follow_up: tuple[int, ...]


def plan_origins(case: Case, origins: Sequence[int] = ORIGINS, horizons: Sequence[int] = HORIZONS) -> OriginPlan:
    """Sort origins, each once, by whether there is something to learn from and to ask there.

    Parameters
    ----------
    case : Case
        Everything known on its as-of day.
    origins : sequence of int
        Years; forecasts are made on their first day.
    horizons : sequence of int
        Years ahead.

    Returns
    -------
    OriginPlan

    Raises
    ------
    UsageError
        A horizon or an origin is no number of years, or no year, that a case can speak of.
    """
    if not horizons or min(horizons) < 1 or max(horizons) > LONGEST:
        raise UsageError(
            f"a horizon is a whole number of years from 1 to {LONGEST}", "for example 1, 3, 5 and 10", "--horizons"
        )
    for origin in origins:
        if not FIRST_YEAR <= origin <= LAST_YEAR:
            raise UsageError(
                f"{origin} is no year from {FIRST_YEAR} to {LAST_YEAR}", "write all four digits, as 2010", "--origins"
            )
    ladder = ladder_only(case)
    chosen = sorted(set(origins))
    ahead = {origin: tuple(h for h in sorted(set(horizons)) if full_follow_up(case, origin, h)) for origin in chosen}
    late = tuple(origin for origin in chosen if not ahead[origin])
    unknown = tuple(origin for origin in chosen if ahead[origin] and not anything_known(ladder, origin))
    return OriginPlan(
        horizons={origin: some for origin, some in ahead.items() if some and origin not in unknown},
        unknown=unknown,
        without_follow_up=late,
    )


def year_grid(horizons: Sequence[int]) -> tuple[float, ...]:
    """Give the years for which steps are forecast: every year up to the farthest horizon."""
    return tuple(float(year) for year in range(1, max(horizons) + 1))


def forecast_origin(
    case: Case, origin: int, horizons: Sequence[int], fitter: Fitter, simulator: Simulator
) -> OriginForecasts:
    """Make all forecasts of one origin but the pool's, which needs those of earlier origins.

    Parameters
    ----------
    case : Case
        Everything; what became known after the origin is taken out here.
    origin : int
        Year on whose first day the forecasts are made.
    horizons : sequence of int
        Years ahead.
    fitter : Fitter
        Makes the forecasts of the fitted models.
    simulator : Simulator
        Makes those of the pathways.

    Returns
    -------
    OriginForecasts
    """
    whole = case.as_of(origin_day(origin))
    known = ladder_only(whole)
    steps, rungs = asked(known, origin), asked_rungs(known, origin)
    grid, places = year_grid(horizons), rungs_of(known)
    fitted, redrawn = fitted_forecasts(fitter, known, steps, rungs, grid, horizons, places)
    simulated = simulated_forecasts(simulator, whole, steps, rungs, grid, horizons, places)
    return OriginForecasts(
        origin=origin,
        grid=grid,
        horizons=tuple(horizons),
        places=places,
        step_questions=steps,
        rung_questions=rungs,
        steps={name: pair[0] for name, pair in fitted.items()}
        | {
            PATHWAYS: simulated.steps[0],
            NO_CHANGE: np.zeros((len(steps), len(grid))),
            BASE_RATE: step_base_rate(known, steps, grid),
            REFERENCE_CLASS: reference_class(known, steps, grid),
            LAST_FIVE_YEARS: step_base_rate(known, steps, grid, recent=RECENT_YEARS),
        },
        rungs={name: pair[1] for name, pair in fitted.items()}
        | {
            PATHWAYS: simulated.rungs,
            NO_CHANGE: no_change_rungs(rungs, horizons, places),
            BASE_RATE: rung_base_rate(known, rungs, horizons),
            LAST_FIVE_YEARS: rung_base_rate(known, rungs, horizons, recent=RECENT_YEARS),
        },
        again={FULL: redrawn, PATHWAYS: simulated.steps[1:]},
    )


def run_backtest(
    case: Case,
    *,
    origins: Sequence[int] = ORIGINS,
    horizons: Sequence[int] = HORIZONS,
    fitter: Fitter | None = None,
    simulator: Simulator | None = None,
    keeper: Keeper | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[OriginForecasts, ...]:
    """Make the forecasts of all origins at which something was known and that leave room for the shortest horizon.

    Parameters
    ----------
    case : Case
        Everything known on its as-of day.
    origins : sequence of int
        Years; forecasts are made on their first day.
    horizons : sequence of int
        Years ahead; at each origin those are asked for which there is full follow-up.
    fitter : callable, optional
        See `models.Fitter`; the ladder of the accession room if left out.
    simulator : callable, optional
        See `models.Simulator`; the pathways room if left out.
    keeper : Keeper, optional
        Finished origins are taken from it and given to it.
    threads : int, optional
        Never changes a number.
    progress : callable, optional
        Told how many origins of how many are done.

    Returns
    -------
    tuple of OriginForecasts
        In the order of the years, all models but the pool; `plan_origins` tells which are passed over, and why.

    Raises
    ------
    UsageError
        As `plan_origins`.
    """
    fit, simulate = fitter or forecast_ladder, simulator or simulate_ladder
    ahead = plan_origins(case, origins, horizons).horizons
    wanted = list(ahead)

    def one(origin: int) -> OriginForecasts:
        kept = keeper.load(origin) if keeper is not None else None
        if kept is not None:
            return OriginForecasts.read(kept)
        found = forecast_origin(case, origin, ahead[origin], fit, simulate)
        if keeper is not None:
            keeper.store(origin, found.plain())
        return found

    with one_blas_thread():
        return tuple(ThreadExecutor(threads).map(one, wanted, progress))
