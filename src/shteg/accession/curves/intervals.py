"""Days between the steps of each country, with bounds where a date is imprecise, and their medians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from statistics import median

from shteg.accession.history.column_texts import COUNTRY
from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import first_reached, ladder_countries, observed_steps
from shteg.estimates import YEAR_DAYS, Table, Value, column, quote, table_row
from shteg.evidence.case import Case

BOUNDS = 1.0
"""Coverage of an interval that comes from imprecise dates alone: the value lies within it."""

LOWER, HIGHER = "The lower step.", "The higher step."
PAIR = {"step_from": "step:{step_from}", "step_to": "step:{step_to}"}


@table_row
class StepInterval:
    """Days from one step to a later one in one country; `low` and `high` bound them where a date is imprecise."""

    step_from: str = column(LOWER, key=True)
    step_to: str = column(HIGHER, key=True)
    country: str = column(COUNTRY, key=True)
    days: int = column("Days, between middle days where a date is imprecise.", "days")
    low: int = column("Days at least, given imprecise dates.", "days", name="days_low")
    high: int = column("Days at most, given imprecise dates.", "days", name="days_high")
    exact: bool = column("True where both dates are known to the day.")


@table_row
class MedianInterval:
    """Median over the countries that took both steps, in days; the bounds come from imprecise dates alone."""

    step_from: str = column(LOWER, key=True)
    step_to: str = column(HIGHER, key=True)
    count: int = column("Countries that took both steps.", "count")
    days: float = column("Median of the days.", "days", name="median_days")
    low: float = column("Lower bound or lower end of the interval of the median.", "days", name="median_low")
    high: float = column("Upper bound or upper end of the interval of the median.", "days", name="median_high")
    years: float = column("Median in years of 365.25 days.", "years", name="median_years")
    countries: tuple[str, ...]


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
            low, high = max((end.first - start.last).days, 0), (end.last - start.first).days
            days = (end.middle - start.middle).days
            found.append(
                StepInterval(
                    country=country,
                    step_from=before.id,
                    step_to=after.id,
                    days=days,
                    low=low,
                    high=high,
                    exact=low == high,
                )
            )
    return tuple(found)


def median_intervals(intervals: Sequence[StepInterval]) -> tuple[MedianInterval, ...]:
    """Give the median interval of every pair of steps."""
    result: list[MedianInterval] = []
    for step_from, step_to in dict.fromkeys((one.step_from, one.step_to) for one in intervals):
        chosen = [one for one in intervals if (one.step_from, one.step_to) == (step_from, step_to)]
        days = float(median(one.days for one in chosen))
        result.append(
            MedianInterval(
                step_from=step_from,
                step_to=step_to,
                count=len(chosen),
                days=days,
                low=float(median(one.low for one in chosen)),
                high=float(median(one.high for one in chosen)),
                years=days / YEAR_DAYS,
                countries=tuple(one.country for one in chosen),
            )
        )
    return tuple(result)


def interval_tables(intervals: Sequence[StepInterval], medians: Sequence[MedianInterval]) -> tuple[Table, Table]:
    """Give the tables `intervals`, of the days by country, and `interval_medians`."""
    return (
        Table.of("intervals", "Days between steps", StepInterval, intervals),
        Table.of("interval_medians", "Median days between steps", MedianInterval, medians),
    )


def interval_values(case: Case, intervals: Sequence[StepInterval]) -> tuple[Value, ...]:
    """Give the days between steps by country; bounds where a date is imprecise."""
    ladder = LadderSources(case)
    return quote(
        intervals,
        id="ladder.days.{country}.{step_from}.{step_to}",
        number="days",
        low=lambda one: None if one.exact else one.low,
        high=lambda one: None if one.exact else one.high,
        level=BOUNDS,
        label="computed",
        label_key="value.accession.days",
        label_args={"country": "country:{country}", **PAIR},
        sources=lambda one: ladder.sources([one.step_from, one.step_to], [one.country]),
        verified=lambda one: ladder.verified([one.step_from, one.step_to], [one.country]),
        method="ladder#intervals",
    )


def median_values(case: Case, medians: Sequence[MedianInterval]) -> tuple[Value, ...]:
    """Give the median between two steps in days and in years, and the number of countries."""
    ladder = LadderSources(case)

    def value(kind: str, number: str, decimals: int = 0, unit_days: float | None = None) -> tuple[Value, ...]:
        def bound(name: str) -> Callable[[MedianInterval], float | None]:
            return lambda one: getattr(one, name) / unit_days if unit_days and one.low < one.high else None

        return quote(
            medians,
            id=f"ladder.{{step_from}}.{{step_to}}.{kind}",
            number=number,
            decimals=decimals,
            low=bound("low"),
            high=bound("high"),
            level=BOUNDS,
            label="computed",
            label_key=f"value.accession.{kind}",
            label_args=PAIR,
            sources=lambda one: ladder.sources([one.step_from, one.step_to], one.countries),
            verified=lambda one: ladder.verified([one.step_from, one.step_to], one.countries),
            method="ladder#intervals",
            details={"countries": "count"},
        )

    return (
        *value("median-days", "days", unit_days=1.0),
        *value("median-years", "years", 1, YEAR_DAYS),
        *value("count", "count"),
    )
