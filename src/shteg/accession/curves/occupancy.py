"""Curves of a case: which step countries stand on, and how long they waited for each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shteg.accession.curves.kaplan_meier import (
    OccupancyCurves,
    SurvivalCurve,
    aalen_johansen,
    at_times,
    kaplan_meier,
    log_interval,
)
from shteg.accession.history.risk_spells import YEAR, RiskSpell, first_reached, ladder_countries, observed_steps
from shteg.evidence.case import Case

HALF_DAY = 0.5 / YEAR
"""Time at risk of a step taken on the day it became possible: the curves need a time above 0."""

LEVEL = 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpell:
    """A time on one state of the ladder: 0 = no step yet, k = the k-th observed step is the highest taken."""

    country: str
    entry: float
    exit: float
    state: int
    next_state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyRow:
    """Share of countries on one state, so many years after they could first have taken a step."""

    years: int
    state: str | None
    probability: float
    std_error: float
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """Share of countries still waiting for a step, so many years after they could first have taken it."""

    step: str
    years: int
    waiting: float
    std_error: float
    low: float | None
    high: float | None
    at_risk: int


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
        end = (case.header.as_of.toordinal() - start) / YEAR if start is not None else 0.0
        if start is None or end <= 0:
            continue
        moves = sorted(
            (max((reached[country, step.id].middle.toordinal() - start) / YEAR, HALF_DAY), place)
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
    names: tuple[str | None, ...] = (None, *(step.id for step in observed_steps(case)))
    entry, out = _floats([one.entry for one in spells]), _floats([one.exit for one in spells])
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
    years: int,
    names: tuple[str | None, ...],
    curves: OccupancyCurves,
    entry: NDArray[np.float64],
    out: NDArray[np.float64],
    states: NDArray[np.int64],
) -> list[OccupancyRow]:
    when = _floats([years])
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
            low=_or_none(low[place]),
            high=_or_none(high[place]),
            at_risk=int((under & (states == place)).sum()),
        )
        for place, name in enumerate(names)
    ]


def waiting_curve(spells: tuple[RiskSpell, ...], without: str | None = None) -> SurvivalCurve | None:
    """Give the Kaplan–Meier curve of the time until a step, left truncated where a country began to seek later."""
    chosen = [one for one in spells if one.entry_on and one.country != without]
    if not chosen:
        return None
    entry = _floats([one.entry_years for one in chosen])
    out = _floats([max(one.exit_years, one.entry_years + HALF_DAY) for one in chosen])
    return kaplan_meier(entry, out, np.array([one.status == "reached" for one in chosen]), LEVEL)


def waiting_rows(step: str, spells: tuple[RiskSpell, ...]) -> tuple[WaitingRow, ...]:
    """Give the share still waiting for a step at whole years, as long as anyone is at risk."""
    curve = waiting_curve(spells)
    if curve is None:
        return ()
    chosen = [one for one in spells if one.entry_on]
    entry = _floats([one.entry_years for one in chosen])
    out = _floats([max(one.exit_years, one.entry_years + HALF_DAY) for one in chosen])
    years = np.arange(int(out.max()) + 1)
    waiting = at_times(curve.time, curve.survival, np.array(1.0), years.astype(np.float64))
    error = at_times(curve.time, curve.std_error, np.array(0.0), years.astype(np.float64))
    low, high = log_interval(waiting, error, LEVEL)
    return tuple(
        WaitingRow(
            step=step,
            years=int(year),
            waiting=float(waiting[at]),
            std_error=float(error[at]),
            low=_or_none(low[at]),
            high=_or_none(high[at]),
            at_risk=int(((entry < max(float(year), HALF_DAY)) & (out >= float(year))).sum()),
        )
        for at, year in enumerate(years)
    )


def _floats(values: list[float] | list[int]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def _or_none(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
