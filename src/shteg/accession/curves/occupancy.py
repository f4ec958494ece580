"""Where the countries stand on the ladder of a case, and how many have been on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shteg.accession.curves.kaplan_meier import OccupancyCurves, aalen_johansen, at_times, log_interval
from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import first_reached, ladder_countries, observed_steps
from shteg.arrays import Floats, Ints
from shteg.estimates import YEAR_DAYS, Table, Value, column, table_row
from shteg.evidence.case import Case
from shteg.intervals import LEVEL

HALF_DAY = 0.5 / YEAR_DAYS
"""Time at risk of a step taken on the day it became possible: the curves need a time above 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpell:
    """A time on one state of the ladder: 0 = no step yet, k = the k-th observed step is the highest taken."""

    country: str
    entry: float
    exit: float
    state: int
    next_state: int


@table_row
class OccupancyRow:
    """Share of countries on one state, so many years after they could first have taken a step."""

    years: int = column(
        "Whole years since the country could first have taken a step.", "years", key=True, name="after_years"
    )
    state: str = column("Highest step taken; none before the first.", key=True)
    probability: float = column("Share of countries in the state.", "share")
    std_error: float = column("Standard error of the share.", "share")
    low: float | None = column("Lower end of the 90 % interval.", "share")
    high: float | None = column("Upper end of the 90 % interval.", "share")
    at_risk: int = column("Countries under observation in the state.", "count")


def state_spells(case: Case) -> tuple[StateSpell, ...]:
    """Give the states of every country over the years since it could first have taken the lowest step.

    A country never falls back: a step that is left again keeps its place in the ladder.
    """
    steps = observed_steps(case)
    if not steps:
        return ()
    reached = first_reached(case)
    spells: list[StateSpell] = []
    for country in ladder_countries(case):
        start = _start(case, country)
        end = (case.header.as_of.toordinal() - start) / YEAR_DAYS if start is not None else 0.0
        if start is None or end <= 0:
            continue
        moves = sorted(
            (max((reached[country, step.id].middle.toordinal() - start) / YEAR_DAYS, HALF_DAY), place)
            for place, step in enumerate(steps, start=1)
            if (country, step.id) in reached
        )
        entry, state = 0.0, 0
        for time, place in moves:
            later = [other for when, other in moves if when == time and other > place]
            if place <= state or later or time > end:
                continue
            spells.append(StateSpell(country=country, entry=entry, exit=time, state=state, next_state=place))
            entry, state = time, place
        if entry < end:
            spells.append(StateSpell(country=country, entry=entry, exit=end, state=state, next_state=-1))
    return tuple(spells)


def _start(case: Case, country: str) -> int | None:
    """Give the day from which a country could take the first step that existed, as an ordinal."""
    opened = [step.existed_from.middle.toordinal() for step in observed_steps(case)[:1] if step.existed_from]
    free = [
        one.independent_on.middle.toordinal() for one in case.countries if one.country == country and one.independent_on
    ]
    return max(opened + free, default=None)


def occupancy_rows(case: Case) -> tuple[OccupancyRow, ...]:
    """Give the Aalen–Johansen shares of all states at whole years, up to the last year anyone is followed."""
    spells = state_spells(case)
    if not spells:
        return ()
    names = ("none", *(step.id for step in observed_steps(case)))
    entry, out = np.array([one.entry for one in spells]), np.array([one.exit for one in spells])
    curves = aalen_johansen(
        [one.country for one in spells],
        entry,
        out,
        np.array([one.state for one in spells]),
        np.array([one.next_state for one in spells]),
        len(names),
        LEVEL,
    )
    states = np.array([one.state for one in spells])
    return tuple(
        row for years in range(int(out.max()) + 1) for row in _occupancy_at(years, names, curves, entry, out, states)
    )


def _occupancy_at(
    years: int, names: tuple[str, ...], curves: OccupancyCurves, entry: Floats, out: Floats, states: Ints
) -> list[OccupancyRow]:
    when = np.array([float(years)])
    nothing = np.zeros(len(names))
    probability = at_times(curves.time, curves.probability, np.eye(len(names))[0], when)[0]
    std_error = at_times(curves.time, curves.std_error, nothing, when)[0]
    low, high = log_interval(probability, std_error, LEVEL)
    under = (entry < max(years, HALF_DAY)) & (out >= years)
    return [
        OccupancyRow(
            years=years,
            state=name,
            probability=float(probability[place]),
            std_error=float(std_error[place]),
            low=or_none(low[place]),
            high=or_none(high[place]),
            at_risk=int((under & (states == place)).sum()),
        )
        for place, name in enumerate(names)
    ]


def or_none(number: float) -> float | None:
    """Give a bound as a number, None where it is none."""
    return float(number) if np.isfinite(number) else None


def occupancy_table(case: Case) -> Table:
    """Give the table `aalen_johansen`: shares of all states at whole years."""
    return Table.of("aalen_johansen", "Where countries stand on the ladder", OccupancyRow, occupancy_rows(case))


def ladder_values(case: Case) -> tuple[Value, ...]:
    """Count the countries on the ladder, and those that reached its last step; nothing without observed steps."""
    ladder, steps, reached = LadderSources(case), observed_steps(case), first_reached(case)
    if not steps:
        return ()
    last = steps[-1].id
    return (
        Value(
            id="ladder.countries",
            number=len({event.country for event in case.ladder}),
            unit="count",
            decimals=0,
            label="observed",
            label_key="value.accession.countries",
            source_ids=tuple(sorted({event.source for event in case.ladder})) or ladder.fallback,
            method="ladder#history",
            verified=all(event.verified for event in case.ladder),
        ),
        Value(
            id="ladder.joined",
            number=sum((country, last) in reached for country in ladder_countries(case)),
            unit="count",
            decimals=0,
            label="observed",
            label_key="value.accession.joined",
            label_args={"step": f"step:{last}"},
            source_ids=ladder.sources([last]),
            method="ladder#history",
            verified=ladder.verified([last]),
        ),
    )
