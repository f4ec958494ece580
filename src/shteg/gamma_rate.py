"""The Gamma law of a rate: events counted in a time at risk, on top of a prior worth a few events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from shteg.arrays import Floats

HALF_EVENT = (0.5, 0.5)
"""Prior of a rate per year: half an event in half a year. Its central 90 % runs from 0.004 to 3.8 a year, yet it weighs
so little time that fast procedures (a few months each) are not slowed down by it."""


@dataclass(frozen=True, slots=True)
class GammaRate:
    """A rate per year with the law Gamma(`shape`, rate `years`): conjugate to events of a Poisson process."""

    shape: float
    years: float

    @classmethod
    def of(cls, events: float, years: float, prior: tuple[float, float] = HALF_EVENT) -> GammaRate:
        """Give the posterior of a rate.

        Parameters
        ----------
        events : float
            Events seen, at least 0; fewer than were counted where several are one decision.
        years : float
            Years at risk in which they were seen, at least 0.
        prior : tuple of float
            Events and years that the prior is worth, both above 0.

        Returns
        -------
        GammaRate

        References
        ----------
        Gelman et al. (2013), Bayesian Data Analysis, section 2.6.
        """
        return cls(prior[0] + events, prior[1] + years)

    @property
    def mean(self) -> float:
        """Events per year."""
        return self.shape / self.years

    def quantile(self, p: float) -> float:
        """Give the quantile of the rate at a share in (0, 1), per year."""
        return float(gammaincinv(self.shape, p)) / self.years

    def probability(self, horizon: float) -> float:
        """Give the probability of an event within so many years, the rate integrated out (Lomax law)."""
        return float(-np.expm1(-self.shape * np.log1p(horizon / self.years)))

    def draw(self, generator: np.random.Generator, draws: int) -> Floats:
        """Draw the rate per year, (draw,)."""
        return np.asarray(generator.standard_gamma(self.shape, draws) / self.years)

    def draw_log(self, generator: np.random.Generator, draws: int) -> Floats:
        """Draw the log of the rate, (draw,): finite even where the shape is so small that the rate underflows."""
        # log G(a) = log G(a + 1) + log(U)/a keeps its digits where G(a) itself would underflow
        gamma = generator.standard_gamma(self.shape + 1.0, draws)
        return np.asarray(np.log(gamma) + np.log1p(-generator.random(draws)) / self.shape - np.log(self.years))
