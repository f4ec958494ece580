"""Person-period rows: quiet time and events of countries at risk of steps, added up where nothing tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import ModelError

MONTH = 1.0 / 12.0
"""Years in a period; an event is known to have happened within one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskRows:
    """Months at risk, added up: one row for each step, country, year, piece of duration and state of blocks.

    Attributes
    ----------
    step, organisation, country, year, piece : (row,) int
        Places in `steps`, `organisations`, `countries`, `years`, and the piece of duration (0 first).
    blocked, skipped : (row,) bool
        A member openly blocks the step; the country lacks a prerequisite that has been skipped before.
    covariates : (row, variable) float
        Standardised and lagged; not a number where unknown.
    applies : (row, variable) bool
        Whether the variable acts on the step at all.
    quiet_years : (row,) float, >= 0
        Time in which nothing happened.
    events : (row,) int
        Months in which the step was taken; each adds one period at risk, which `quiet_years` does not hold.
    """

    steps: tuple[str, ...]
    organisations: tuple[str, ...]
    countries: tuple[str, ...]
    years: tuple[int, ...]
    variables: tuple[str, ...]
    step: Ints
    organisation: Ints
    country: Ints
    year: Ints
    piece: Ints
    blocked: Bools
    skipped: Bools
    covariates: Floats
    applies: Bools
    quiet_years: Floats
    events: Ints

    def __post_init__(self) -> None:
        rows, variables = len(self.step), len(self.variables)
        shapes = {name: getattr(self, name).shape for name in ("covariates", "applies")}
        lengths = {len(getattr(self, name)) for name in ("organisation", "country", "year", "piece", "blocked",
                                                         "skipped", "quiet_years", "events")}  # fmt: skip
        if lengths != {rows} or any(shape != (rows, variables) for shape in shapes.values()):
            raise ModelError("the rows at risk have columns of unequal length", "give one entry per row", "risk rows")
        if rows and (self.quiet_years.min() < 0 or self.events.min() < 0):
            raise ModelError("time at risk and events cannot be negative", "check entry and exit", "risk rows")

    @property
    def period(self) -> float:
        """Years within which an event is known to have happened."""
        return MONTH

    @property
    def exposure_years(self) -> Floats:
        """Years at risk, (row,), those of the months with an event among them."""
        exposure: Floats = self.quiet_years + MONTH * self.events
        return exposure

    def without_outcome(self) -> RiskRows:
        """Give the same rows with nothing observed: a fit to them is the prior."""
        from dataclasses import replace

        return replace(self, quiet_years=np.zeros(len(self.step)), events=np.zeros(len(self.step), dtype=np.int64))


def aggregate(keys: Ints, quiet_years: Floats, events: Ints) -> tuple[Ints, Floats, Ints]:
    """Add up rows with equal keys.

    Parameters
    ----------
    keys : (row, key) int
    quiet_years : (row,) float
    events : (row,) int

    Returns
    -------
    keys : (distinct row, key) int
        In order.
    quiet_years, events : (distinct row,) float, int
        Sums.
    """
    if not len(keys):
        return keys, quiet_years, events
    distinct, place = np.unique(keys, axis=0, return_inverse=True)
    place = place.reshape(-1)
    total: Floats = np.bincount(place, weights=quiet_years, minlength=len(distinct)).astype(np.float64)
    counts = np.bincount(place, weights=events.astype(np.float64), minlength=len(distinct)).astype(np.int64)
    return distinct, total, counts


def split_time(start: float, stop: float, cuts: Floats) -> list[tuple[float, float]]:
    """Split a span at the cuts that lie inside it.

    Parameters
    ----------
    start, stop : float
        Of the span, start < stop.
    cuts : (n,) float
        In any order.

    Returns
    -------
    list of (float, float)
        In order.
    """
    inside = np.unique(cuts[(cuts > start) & (cuts < stop)])
    edges = [start, *map(float, inside), stop]
    return list(pairwise(edges))
