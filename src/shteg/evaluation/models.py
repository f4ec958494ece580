"""The models that are scored, by name: the ladder and its parts, its prior, baselines, the simulation, the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from shteg.accession.ladder.fit import StepForecast, fit_ladder, redrawn
from shteg.accession.ladder.rungs import RungForecast, rung_probability
from shteg.arrays import Floats
from shteg.errors import ModelError
from shteg.evaluation.questions import RungQuestion, StepQuestion
from shteg.evidence.case import Case

DRAWS = 100
"""Posterior draws of each fit; their mean is the forecast."""
SEEDS = 20
"""Every verdict is made under so many seeds: of the draws of the models and of the bootstrap."""
FULL, NO_BLOCKS, NO_COVARIATES, PRIOR_ONLY = "full", "no_blocks", "no_covariates", "prior_only"
NO_CHANGE, BASE_RATE, LAST_FIVE_YEARS = "no_change", "base_rate", "last_five_years"
REFERENCE_CLASS, PATHWAYS, POOL = "reference_class", "pathways", "pool"
FITTED = (FULL, NO_BLOCKS, NO_COVARIATES, PRIOR_ONLY)
PARTS = (BASE_RATE, REFERENCE_CLASS, FULL, PATHWAYS)
"""What the pool is made of, in the order of its weights."""
COMPARED = (BASE_RATE, REFERENCE_CLASS, FULL, PRIOR_ONLY, PATHWAYS, POOL)
"""Those that are compared under every seed."""
RUNG_MODELS = (*FITTED, PATHWAYS, NO_CHANGE, BASE_RATE, LAST_FIVE_YEARS)
"""Those that foretell the highest rung."""
MODELS = (*FITTED, PATHWAYS, POOL, REFERENCE_CLASS, NO_CHANGE, BASE_RATE, LAST_FIVE_YEARS)


MODEL = "Model that is scored."
"""What the column of models means."""


class Fitted(NamedTuple):
    """What a fit gives: forecasts of steps by each year of the grid, of rungs at each horizon, and of steps anew.

    `again` holds the forecasts of steps under each further seed.
    """

    steps: Iterable[StepForecast]
    rungs: Iterable[RungForecast]
    again: Sequence[Iterable[StepForecast]] = ()


Fitter = Callable[..., Fitted]
"""`fitter(known, grid, horizons, *, blocks, covariates, prior_only, seeds)` forecasts from what was known."""


class Curves(Protocol):
    """Simulated futures of one candidate, draw by draw."""

    @property
    def steps(self) -> Mapping[str, Floats]:
        """Give step → (draw, year) probability that it has been taken."""

    @property
    def rungs(self) -> Floats:
        """Give the probability of each highest rung, (draw, year, rung)."""


Simulator = Callable[[Case, Sequence[str], Sequence[float]], Mapping[str, Curves]]
"""`simulator(known, countries, grid)` simulates the futures of candidates from all that was known."""


def forecast_ladder(
    known: Case,
    grid: Sequence[float],
    horizons: Sequence[float],
    *,
    blocks: bool = True,
    covariates: bool = True,
    prior_only: bool = False,
    seeds: int = 1,
) -> Fitted:
    """Forecast with the ladder of the accession room.

    Parameters
    ----------
    known : Case
        As it stood at the origin.
    grid, horizons : sequence of float
        Years for which steps and rungs are asked.
    blocks, covariates, prior_only : bool
        As `fit_ladder` takes them.
    seeds : int
        The posterior is drawn from so many times for the steps, the first time as it is published.

    Returns
    -------
    Fitted
    """
    fit = fit_ladder(known, draws=DRAWS, blocks=blocks, covariates=covariates, prior_only=prior_only)
    again = [redrawn(fit, str(number)).step_probability(grid) for number in range(1, seeds)]
    return Fitted(fit.step_probability(grid), rung_probability(fit, horizons), again)


def fitted_forecasts(
    fitter: Fitter,
    known: Case,
    steps: Sequence[StepQuestion],
    rungs: Sequence[RungQuestion],
    grid: Sequence[float],
    horizons: Sequence[int],
    places: Sequence[int],
) -> tuple[dict[str, tuple[Floats, Floats]], Floats]:
    """Fit every model on what was known and ask it every question.

    Parameters
    ----------
    fitter : Fitter
        Called once for each model.
    known : Case
        As it stood at the origin.
    steps, rungs : sequence of StepQuestion, RungQuestion
        What is asked.
    grid : sequence of float
        Years for which steps are asked, > 0.
    horizons : sequence of int
        Years for which rungs are asked.
    places : sequence of int
        All rungs, 0 first.

    Returns
    -------
    dict
        Model → (question, grid) probabilities of the steps, (question, horizon, rung) of the rungs. A model without a
        part that held nothing at the origin is the full model, and is not fitted twice.
    (seed, question, grid) float
        Those of the steps by the full model under the further seeds.

    Raises
    ------
    ModelError
        A fit leaves a question without an answer.
    """
    found: dict[str, tuple[Floats, Floats]] = {}
    again = np.zeros((SEEDS - 1, len(steps), len(grid)))
    for name in FITTED:
        if (name == NO_BLOCKS and not known.own_objections) or (name == NO_COVARIATES and not known.covariates):
            found[name] = found[FULL]
            continue
        parts = {"blocks": name != NO_BLOCKS, "covariates": name != NO_COVARIATES, "prior_only": name == PRIOR_ONLY}
        seeds = SEEDS if name == FULL else 1
        fitted = fitter(known, grid if steps else (), horizons if rungs else (), seeds=seeds, **parts)
        found[name] = (_step_answers(fitted.steps, steps, grid), _rung_answers(fitted.rungs, rungs, horizons, places))
        if name == FULL and steps:
            again = np.stack([_step_answers(one, steps, grid) for one in fitted.again])
    return found, again


def _step_answers(
    forecasts: Iterable[StepForecast], questions: Sequence[StepQuestion], grid: Sequence[float]
) -> Floats:
    known = {(one.country, one.step, round(float(one.horizon_years), 6)): one.probability for one in forecasts}
    found = np.zeros((len(questions), len(grid)))
    for row, one in enumerate(questions):
        found[row] = [_answer(known, (one.country, one.step, round(float(years), 6)), one.origin) for years in grid]
    return found


def _rung_answers(
    forecasts: Iterable[RungForecast], questions: Sequence[RungQuestion], horizons: Sequence[int], places: Sequence[int]
) -> Floats:
    found = np.zeros((len(questions), len(horizons), len(places)))
    known: dict[tuple[str, float], dict[int, float]] = {}
    for one in forecasts:
        known.setdefault((one.country, round(float(one.horizon_years), 6)), {})[one.rung] = one.probability
    for row, question in enumerate(questions):
        for column, horizon in enumerate(horizons):
            answer = _answer(known, (question.country, round(float(horizon), 6)), question.origin)
            found[row, column] = [answer.get(rung, 0.0) for rung in places]
    return found


def _answer(known: Mapping[Any, Any], key: tuple[Any, ...], origin: int) -> Any:
    if key not in known:
        raise ModelError(
            f"the ladder gives no forecast for {', '.join(map(str, key))} years after the origin {origin}",
            "what a country is at risk of must be the same in the fit and in the evaluation",
            "evaluation",
        )
    return known[key]
