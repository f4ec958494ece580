"""Small models for these tests: constant rates, asked as the ladder's own fit and the simulation are."""

from dataclasses import dataclass

import numpy as np

from shteg.accession.history.risk_spells import observed_steps, risk_spells
from shteg.evaluation.baselines import base_rates, rung_base_rate
from shteg.evaluation.models import Fitted
from shteg.evaluation.questions import asked, asked_rungs, ladder_only, rungs_of


@dataclass(frozen=True)
class Forecast:
    country: str
    horizon_years: float
    probability: float
    step: str = ""
    rung: int = 0


def fit_stand_in(known, grid, horizons, *, blocks=True, covariates=True, prior_only=False, seeds=1):
    """Give forecasts at constant rates, a little slower without a part; they know nothing but the case given."""
    factor = 0.2 if prior_only else 1.0 + 0.1 * blocks * len(known.own_objections) + 0.05 * covariates
    again = [tuple(step_forecasts(known, grid, factor * (1 + 0.01 * number))) for number in range(1, seeds)]
    return Fitted(step_forecasts(known, grid, factor), rung_forecasts(known, horizons, factor), again)


@dataclass(frozen=True)
class StandInCurves:
    steps: dict
    rungs: np.ndarray


def simulate_stand_in(known, countries, grid):
    """Simulate by three draws of constant rates, slower while members object; rungs stay where they are."""
    ladder = ladder_only(known)
    rates, year = base_rates(ladder), known.header.as_of.year
    speed = np.array([0.3, 0.5, 0.9]) / (1 + len(known.own_objections))
    steps = {(one.country, one.step) for one in asked(ladder, year)}
    stands = {one.country: rungs_of(ladder).index(one.rung) for one in asked_rungs(ladder, year)}
    found = {}
    for country in countries:
        curves = {step: np.array([[rates[step].probability(years * one) for years in grid] for one in speed])
                  for asked_of, step in steps if asked_of == country}  # fmt: skip
        rungs = np.zeros((len(speed), len(grid), len(rungs_of(ladder))))
        rungs[:, :, stands.get(country, 0)] = 1.0
        found[country] = StandInCurves(curves, rungs)
    return found


def step_forecasts(known, grid, factor):
    rates = base_rates(known)
    for step in observed_steps(known):
        for spell in risk_spells(known, step):
            if spell.status == "waiting":
                for years in grid:
                    yield Forecast(spell.country, years, rates[step.id].probability(years * factor), step=step.id)


def rung_forecasts(known, horizons, factor):
    questions = asked_rungs(known, known.header.as_of.year)
    table = rung_base_rate(known, questions, [years * factor for years in horizons])
    for row, one in enumerate(questions):
        for column, years in enumerate(horizons):
            for at, rung in enumerate(rungs_of(known)):
                yield Forecast(one.country, years, float(table[row, column, at]), rung=rung)
