"""Days between the steps of each country, with bounds where a date is imprecise, and their medians."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from shteg.accession.history.risk_spells import YEAR, first_reached, ladder_countries, observed_steps
from shteg.evidence.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInterval:
    """Days from one step to a later one in one country; `low` and `high` bound them where a date is imprecise."""

    country: str
    step_from: str
    step_to: str
    days: int
    low: int
    high: int

    @property
    def exact(self) -> bool:
        """True where both dates are known to the day."""
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class MedianInterval:
    """Median over the countries that took both steps, in days; the bounds come from imprecise dates alone."""

    step_from: str
    step_to: str
    count: int
    days: float
    low: float
    high: float

    @property
    def years(self) -> float:
        """The median in years of 365.25 days."""
        return self.days / YEAR


def step_intervals(case: Case) -> tuple[StepInterval, ...]:
    """Give the days between every two observed steps of every country that took both, the lower rung first.

    Countries that took the higher step first are left out. The days run between middle days; exact where both dates
    are.
    """
    reached = first_reached(case)
    found: list[StepInterval] = []
    for before, after in combinations(observed_steps(case), 2):
        for country in ladder_countries(case):
            start, end = reached.get((country, before.id)), reached.get((country, after.id))
            if start is None or end is None or end.middle < start.middle:
                continue
            found.append(
                StepInterval(
                    country=country,
                    step_from=before.id,
                    step_to=after.id,
                    days=(end.middle - start.middle).days,
                    low=max((end.first - start.last).days, 0),
                    high=(end.last - start.first).days,
                )
            )
    return tuple(found)


def median_intervals(intervals: Sequence[StepInterval]) -> tuple[MedianInterval, ...]:
    """Give the median interval of every pair of steps."""
    pairs = dict.fromkeys((one.step_from, one.step_to) for one in intervals)
    result: list[MedianInterval] = []
    for step_from, step_to in pairs:
        chosen = [one for one in intervals if (one.step_from, one.step_to) == (step_from, step_to)]
        result.append(
            MedianInterval(
                step_from=step_from,
                step_to=step_to,
                count=len(chosen),
                days=float(median(one.days for one in chosen)),
                low=float(median(one.low for one in chosen)),
                high=float(median(one.high for one in chosen)),
            )
        )
    return tuple(result)
