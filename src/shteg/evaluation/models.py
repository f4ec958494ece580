"""The models that are scored, by name: the ladder with all it has, without parts of it, and its prior alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shteg.errors import ModelError
from shteg.evaluation.questions import RungQuestion, StepQuestion
from shteg.evidence.case import Case

Floats = NDArray[np.float64]

DRAWS = 100
"""Posterior draws of each fit; their mean is the forecast."""
FULL, NO_BLOCKS, NO_COVARIATES, PRIOR_ONLY = "full", "no_blocks", "no_covariates", "prior_only"
NO_CHANGE, BASE_RATE, LAST_FIVE_YEARS = "no_change", "base_rate", "last_five_years"
FITTED = (FULL, NO_BLOCKS, NO_COVARIATES, PRIOR_ONLY)
BASELINES = (NO_CHANGE, BASE_RATE, LAST_FIVE_YEARS)
MODELS = (*FITTED, *BASELINES)


class StepForecast(Protocol):
    """Probability that a country at risk of a step has taken it so many years after the as-of day."""

    @property
    def country(self) -> str: ...
    @property
    def step(self) -> str: ...
    @property
    def horizon_years(self) -> float: ...
    @property
    def probability(self) -> float: ...


class RungForecast(Protocol):
    """Probability that a rung is the highest that a country has reached so many years after the as-of day."""

    @property
    def country(self) -> str: ...
    @property
    def horizon_years(self) -> float: ...
    @property
    def rung(self) -> int: ...
    @property
    def probability(self) -> float: ...


class Fit(Protocol):
    """A fitted ladder."""

    def step_probability(self, horizons: Sequence[float]) -> Iterable[StepForecast]:
        """Give the probability of each country's next steps."""
        ...

    def rung_probability(self, horizons: Sequence[float]) -> Iterable[RungForecast]:
        """Give the probabilities of each country's highest rung."""
        ...


Fitter = Callable[..., Any]
"""`fitter(case, *, draws, blocks, covariates, prior_only)` gives a `Fit`."""


def ladder_fitter() -> Fitter:
    """Give the ladder's own fit; loaded when it is needed."""
    from shteg.accession.ladder.fit import fit_ladder

    fitter: Fitter = fit_ladder
    return fitter


def fitted_forecasts(
    fitter: Fitter,
    known: Case,
    steps: Sequence[StepQuestion],
    rungs: Sequence[RungQuestion],
    grid: Sequence[float],
    horizons: Sequence[int],
    places: Sequence[int],
) -> dict[str, tuple[Floats, Floats]]:
    """Fit every model on what was known and ask it every question.

    Parameters
    ----------
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

    Raises
    ------
    ModelError
        A fit leaves a question without an answer.
    """
    found: dict[str, tuple[Floats, Floats]] = {}
    for name in FITTED:
        if (name == NO_BLOCKS and not known.blocks) or (name == NO_COVARIATES and not known.covariates):
            found[name] = found[FULL]
            continue
        parts = {"blocks": name != NO_BLOCKS, "covariates": name != NO_COVARIATES, "prior_only": name == PRIOR_ONLY}
        fit: Fit = fitter(known, draws=DRAWS, **parts)
        found[name] = (_step_answers(fit, steps, grid), _rung_answers(fit, rungs, horizons, places))
    return found


def _step_answers(fit: Fit, questions: Sequence[StepQuestion], grid: Sequence[float]) -> Floats:
    if not questions:
        return np.zeros((0, len(grid)))
    known = {(one.country, one.step, round(float(one.horizon_years), 6)): one.probability
             for one in fit.step_probability(tuple(grid))}  # fmt: skip
    return np.array(
        [
            [_answer(known, (one.country, one.step, round(float(years), 6)), one.origin) for years in grid]
            for one in questions
        ]
    )


def _rung_answers(
    fit: Fit, questions: Sequence[RungQuestion], horizons: Sequence[int], places: Sequence[int]
) -> Floats:
    found = np.zeros((len(questions), len(horizons), len(places)))
    if not questions:
        return found
    known: dict[tuple[str, float], dict[int, float]] = {}
    for one in fit.rung_probability(tuple(horizons)):
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
