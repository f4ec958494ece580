"""Constant hazard of each step: a Gamma prior, events and time at risk, a Gamma posterior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, gammaln

from shteg.accession.history.risk_spells import RiskSpell
from shteg.errors import ModelError

PRIOR_EVENTS = 0.5
PRIOR_YEARS = 0.5
"""Gamma prior of a rate per year: worth half an event in half a year of one country.

Central 90 %: 0.004 to 3.8 a year, which holds the range 0.03 to 0.78 of a log-normal rate with median 0.15 and log sd
1, yet weighs so few years that fast procedures (a few months each) are not slowed down by the prior.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Posterior of one step's rate per year at risk, Gamma(`shape`, rate `years`)."""

    step: str
    events: int
    exposure: float
    exposure_low: float
    exposure_high: float
    shape: float
    years: float

    @property
    def mean(self) -> float:
        """Posterior mean, per year."""
        return self.shape / self.years

    def quantile(self, p: float) -> float:
        """Give the posterior quantile of the rate, per year."""
        return float(gammaincinv(self.shape, p)) / self.years

    def draw_log(self, generator: np.random.Generator, draws: int) -> NDArray[np.float64]:
        """Draw the log rate, (draw,); finite even where the shape is small."""
        # log G(a) = log G(a + 1) + log(U)/a keeps its digits where G(a) itself would underflow
        gamma = generator.standard_gamma(self.shape + 1.0, draws)
        return np.asarray(np.log(gamma) + np.log1p(-generator.random(draws)) / self.shape - np.log(self.years))


def estimate_rate(step: str, spells: Sequence[RiskSpell]) -> Rate:
    """Estimate the constant rate of one step from its risk spells.

    Parameters
    ----------
    step : str
    spells : sequence of RiskSpell
        All of this step; those never at risk add nothing.

    Returns
    -------
    Rate
        Gamma posterior with shape 0.5 + events and 0.5 + exposure years.

    Raises
    ------
    ModelError
        A spell has a negative length, or belongs to another step.
    """
    if any(spell.step != step or spell.years < 0 for spell in spells):
        raise ModelError(f"the spells do not belong to step {step}", "give the spells of one step", step)
    events = sum(spell.status == "reached" for spell in spells)
    exposure = sum(spell.years for spell in spells)
    return Rate(
        step=step,
        events=events,
        exposure=exposure,
        exposure_low=sum(spell.years_low for spell in spells),
        exposure_high=sum(spell.years_high for spell in spells),
        shape=PRIOR_EVENTS + events,
        years=PRIOR_YEARS + exposure,
    )


def log_marginal_likelihood(rate: Rate) -> float:
    """Give the log probability of the events in the exposure under the prior: for comparing splits of a ladder."""
    return float(
        gammaln(rate.shape)
        - gammaln(PRIOR_EVENTS)
        + PRIOR_EVENTS * np.log(PRIOR_YEARS)
        - rate.shape * np.log(rate.years)
    )
