"""Covariates of countries by year: standardised by the case, lagged by a year, carried forward."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shteg.arrays import Bools, Floats
from shteg.errors import ModelError
from shteg.evidence.case import Case

LAG = 1
"""Years: the hazard of year t sees values of year t − 1 and before."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CovariateSeries:
    """Standardised values by variable and country, and the steps each variable acts on (None: all)."""

    variables: tuple[str, ...]
    steps: Mapping[str, frozenset[str] | None]
    series: Mapping[tuple[str, str], tuple[tuple[int, ...], tuple[float, ...]]]

    @classmethod
    def none(cls) -> CovariateSeries:
        """Give the series of a model without covariates."""
        return cls(variables=(), steps={}, series={})

    def value(self, variable: str, country: str, year: int) -> float:
        """Give the last value known for a year, standardised.

        Parameters
        ----------
        variable, country : str
            Whose series.
        year : int
            The value is of the year before, or earlier.

        Returns
        -------
        float
            Not a number if there is none.
        """
        years, values = self.series.get((variable, country), ((), ()))
        place = bisect_right(years, year - LAG)
        return values[place - 1] if place else math.nan

    def look_up(self, countries: Sequence[str], years: Sequence[int], steps: Sequence[str]) -> tuple[Floats, Bools]:
        """Give the values of rows, and whether the variable acts on the step of the row.

        Parameters
        ----------
        countries, years, steps : sequence of str, int, str, (row,)
            What each row is about.

        Returns
        -------
        values : (row, variable) float
            Not a number where unknown.
        applies : (row, variable) bool
        """
        values = np.full((len(countries), len(self.variables)), np.nan)
        applies = np.zeros(values.shape, dtype=bool)
        for place, variable in enumerate(self.variables):
            acts_on = self.steps[variable]
            for row, (country, year, step) in enumerate(zip(countries, years, steps, strict=True)):
                applies[row, place] = acts_on is None or step in acts_on
                values[row, place] = self.value(variable, country, int(year))
        return values, applies


def case_covariates(case: Case) -> CovariateSeries:
    """Standardise the covariates of the ladder as `variables.toml` says.

    Raises
    ------
    ModelError
        The logarithm of a value that is not above 0 is asked for.
    """
    chosen = {name: one for name, one in sorted(case.variables.items()) if "ladder" in one.use}
    found: dict[tuple[str, str], dict[int, float]] = {}
    for row in sorted(case.covariates, key=lambda one: (one.happened_on, one.public_from)):
        variable = chosen.get(row.variable)
        if variable is None:
            continue
        if variable.log and row.value <= 0:
            raise ModelError(
                f"the variable {row.variable} is taken as a logarithm, but {row.country} has {row.value:g}",
                "give positive values, or set `log = false`",
                "covariates.csv",
            )
        raw = math.log(row.value) if variable.log else row.value
        year = row.happened_on.middle.year
        found.setdefault((row.variable, row.country), {})[year] = (raw - variable.centre) / variable.scale
    return CovariateSeries(
        variables=tuple(chosen),
        steps={name: frozenset(one.steps) or None for name, one in chosen.items()},
        series={key: (tuple(sorted(own)), tuple(own[year] for year in sorted(own))) for key, own in found.items()},
    )
