"""A small ladder model for these tests: constant rates, seen through the interface of the ladder's own fit."""

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


@dataclass(frozen=True)
class StandIn:
    """Rates times `factor`; knows nothing but the case it was given."""

    case: object
    factor: float

    def step_probability(self, horizons):
        rates = base_rates(self.case)
        for step in observed_steps(self.case):
            for spell in risk_spells(self.case, step):
                if spell.status == "waiting":
                    for years in horizons:
                        p = rates[step.id].probability(years * self.factor)
                        yield Forecast(spell.country, years, p, step=step.id)

    def rung_probability(self, horizons):
        questions = asked_rungs(self.case, self.case.header.as_of.year)
        table = rung_base_rate(self.case, questions, [years * self.factor for years in horizons])
        for row, one in enumerate(questions):
            for column, years in enumerate(horizons):
                for at, rung in enumerate(rungs_of(self.case)):
                    yield Forecast(one.country, years, float(table[row, column, at]), rung=rung)


def fit_stand_in(case, *, draws, blocks=True, covariates=True, prior_only=False):
    """Give the stand-in; without a part it is a little slower."""
    return StandIn(case, 0.2 if prior_only else 1.0 + 0.1 * blocks * len(case.blocks) + 0.05 * covariates)
