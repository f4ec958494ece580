"""A small ladder model for these tests: constant rates, asked as the ladder's own fit is."""

from dataclasses import dataclass

from shteg.accession.history.risk_spells import observed_steps, risk_spells
from shteg.evaluation.baselines import base_rates, rung_base_rate
from shteg.evaluation.questions import asked_rungs, rungs_of


@dataclass(frozen=True)
class Forecast:
    country: str
    horizon_years: float
    probability: float
    step: str = ""
    rung: int = 0


def fit_stand_in(known, grid, horizons, *, blocks=True, covariates=True, prior_only=False):
    """Give forecasts at constant rates, a little slower without a part; they know nothing but the case given."""
    factor = 0.2 if prior_only else 1.0 + 0.1 * blocks * len(known.own_objections) + 0.05 * covariates
    return step_forecasts(known, grid, factor), rung_forecasts(known, horizons, factor)


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
