"""What the base rate alone foretells for the aspirant: shown first where the model has not earned trust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from shteg.accession.history.column_texts import STEP
from shteg.accession.history.risk_spells import first_reached, observed_steps
from shteg.estimates import YEAR_DAYS, column, table_row
from shteg.evaluation.baselines import base_rates, chain_probabilities
from shteg.evaluation.questions import EVENTS, ladder_only
from shteg.evidence.case import Case
from shteg.gamma_rate import HALF_EVENT
from shteg.intervals import HIGH, LOW
from shteg.randomness import named_generator

DRAWS = 1000


@table_row
class BaseForecast:
    """Probability that the aspirant has taken a step by the end of a year, at the rate of all countries at risk."""

    step: str = column(STEP, key=True)
    year: int = column("By the end of this calendar year.", "year", key=True)
    probability: float = column("Probability at the base rate of each step.", "share")
    low: float = column("Lower end of the 90 % interval.")
    high: float = column("Upper end of the 90 % interval.")
    events: int = column(EVENTS, "count")
    exposure_years: float = column("Country-years at risk behind the rate.", "years")


def base_forecast(case: Case, years: Sequence[int]) -> tuple[BaseForecast, ...]:
    """Foretell the steps that the aspirant has not taken, each at its base rate once those before it are taken.

    Rates are drawn from their Gamma posteriors; probabilities given the rates are exact. Nothing about the aspirant is
    used but the steps it has taken.
    """
    known = ladder_only(case)
    rates = base_rates(known)
    prerequisites = {step.id: step.prerequisites for step in observed_steps(known)}
    reached = first_reached(known)
    taken = frozenset(step for step in rates if (case.header.aspirant, step) in reached)
    ahead = {year: (date(year, 12, 31) - case.header.as_of).days / YEAR_DAYS for year in sorted(set(years))}
    later = [year for year, wait in ahead.items() if wait > 0]
    drawn = {
        step: rate.draw(named_generator(case.header.seed, "evaluation", "base-rate", step), DRAWS)
        for step, rate in rates.items()
    }
    chances = chain_probabilities(drawn, prerequisites, taken, [ahead[year] for year in later])
    return tuple(
        BaseForecast(
            step=step,
            year=year,
            probability=float(table[:, at].mean()),
            low=float(np.quantile(table[:, at], LOW)),
            high=float(np.quantile(table[:, at], HIGH)),
            events=round(rates[step].shape - HALF_EVENT[0]),
            exposure_years=rates[step].years - HALF_EVENT[1],
        )
        for step, table in chances.items()
        for at, year in enumerate(later)
    )
