"""Result tables of the accession stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from shteg.accession.curves.intervals import MedianInterval, StepInterval
from shteg.accession.curves.occupancy import OccupancyRow, WaitingRow
from shteg.accession.history.risk_spells import RiskSpell, day_text
from shteg.estimates import Column, Table, Unit

LOW, HIGH = 0.05, 0.95
TEXT, WHOLE, NUMBER, TRUTH = pl.String, pl.Int64, pl.Float64, pl.Boolean

COLUMNS: dict[str, tuple[Any, str, Unit | None]] = {
    "step": (TEXT, "Step of the ladder.", None),
    "step_from": (TEXT, "The lower step.", None),
    "step_to": (TEXT, "The higher step.", None),
    "country": (TEXT, "Country (ISO 3166-1 alpha-3).", None),
    "candidate": (TEXT, "Country that signed (ISO 3166-1 alpha-3).", None),
    "candidates": (TEXT, "Countries that signed on this day.", None),
    "member": (TEXT, "Member of the organisation (ISO 3166-1 alpha-3).", None),
    "members": (TEXT, "Members that ratified last, as far as is on record.", None),
    "round": (TEXT, "Day of signature; those who signed on one day form a round.", "date"),
    "spell": (WHOLE, "Number of the spell, from 1.", "count"),
    "entry_on": (TEXT, "Middle day on which the spell began.", "date"),
    "exit_on": (TEXT, "Middle day on which it ended.", "date"),
    "years": (NUMBER, "Length of the spell.", "years"),
    "years_low": (NUMBER, "Length at least, given imprecise dates.", "years"),
    "years_high": (NUMBER, "Length at most, given imprecise dates.", "years"),
    "status": (TEXT, "How it ended, or why it does not count.", None),
    "after_years": (WHOLE, "Whole years since the country could first have taken a step.", "years"),
    "state": (TEXT, "Highest step taken; none before the first.", None),
    "probability": (NUMBER, "Share of countries in the state.", "share"),
    "waiting": (NUMBER, "Share of countries still waiting.", "share"),
    "std_error": (NUMBER, "Standard error of the share.", "share"),
    "low": (NUMBER, "Lower end of the 90 % interval.", "share"),
    "high": (NUMBER, "Upper end of the 90 % interval.", "share"),
    "at_risk": (WHOLE, "Countries under observation in the state.", "count"),
    "days": (WHOLE, "Days, between middle days where a date is imprecise.", "days"),
    "days_low": (WHOLE, "Days at least, given imprecise dates.", "days"),
    "days_high": (WHOLE, "Days at most, given imprecise dates.", "days"),
    "exact": (TRUTH, "True where both dates are known to the day.", None),
    "count": (WHOLE, "Countries that took both steps.", "count"),
    "median_days": (NUMBER, "Median of the days.", "days"),
    "median_low": (NUMBER, "Lower bound or lower end of the interval of the median.", "days"),
    "median_high": (NUMBER, "Upper bound or upper end of the interval of the median.", "days"),
    "median_years": (NUMBER, "Median in years of 365.25 days.", "years"),
    "stage": (TEXT, "Deposit, vote of parliament, or unknown stage.", None),
    "ratified_on": (TEXT, "Day of ratification, as precisely as known.", "date"),
    "source": (TEXT, "Source of the date.", None),
    "grade": (TEXT, "Admiralty grade of the source.", None),
    "n_acts": (WHOLE, "Ratifications of this member that count.", "count"),
    "log_days": (NUMBER, "Mean log days of the member, hold-outs and quick acts apart, posterior mean.", "score"),
    "log_days_sd": (NUMBER, "Its posterior standard deviation.", "score"),
    "next_low": (NUMBER, "Lower end of the 90 % interval of the days in a round to come.", "days"),
    "next_high": (NUMBER, "Upper end of the 90 % interval of the days in a round to come.", "days"),
    "n_members": (WHOLE, "Members whose ratification is on record.", "count"),
    "last_days": (WHOLE, "Days to the last ratification on record.", "days"),
    "effect": (NUMBER, "Round effect on log days, posterior mean.", "score"),
    "effect_low": (NUMBER, "Lower end of its 90 % interval.", "score"),
    "effect_high": (NUMBER, "Upper end of its 90 % interval.", "score"),
}


def make_table(
    name: str,
    title: str,
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    key: Sequence[str],
    more: Mapping[str, tuple[Any, str, Unit | None]] | None = None,
) -> Table:
    """Build a table from rows, with the types and descriptions of its columns; `more` goes before `COLUMNS`."""
    known = {**COLUMNS, **(more or {})}
    schema = {one: known[one][0] for one in names}
    columns = tuple(Column(name=one, description=known[one][1], unit=known[one][2]) for one in names)
    frame = pl.DataFrame([list(row) for row in rows], schema=schema, orient="row")
    return Table(name=name, title=title, frame=frame, columns=columns, key=tuple(key))


def exposure_table(spells: Mapping[str, Sequence[RiskSpell]]) -> Table:
    """One row per step, country and spell at risk."""
    names = ("step", "country", "spell", "entry_on", "exit_on", "years", "years_low", "years_high", "status")
    rows = []
    for step, of_step in spells.items():
        number: dict[str, int] = {}
        for one in of_step:
            number[one.country] = number.get(one.country, 0) + 1
            rows.append((step, one.country, number[one.country], day_text(one.entry_on), day_text(one.exit_on),
                         one.years, one.years_low, one.years_high, one.status))  # fmt: skip
    return make_table("exposure", "Who could have taken each step, and when", names, rows, ("step", "country", "spell"))


def occupancy_table(occupancy: Sequence[OccupancyRow]) -> Table:
    """Aalen–Johansen shares at whole years."""
    names = ("after_years", "state", "probability", "std_error", "low", "high", "at_risk")
    rows = [(r.years, r.state or "none", r.probability, r.std_error, r.low, r.high, r.at_risk) for r in occupancy]
    return make_table("aalen_johansen", "Where countries stand on the ladder", names, rows, ("after_years", "state"))


def waiting_table(waiting: Sequence[WaitingRow]) -> Table:
    """Kaplan–Meier shares still waiting, at whole years."""
    names = ("step", "after_years", "waiting", "std_error", "low", "high", "at_risk")
    rows = [(r.step, r.years, r.waiting, r.std_error, r.low, r.high, r.at_risk) for r in waiting]
    return make_table("waiting", "How long countries waited for each step", names, rows, ("step", "after_years"))


def intervals_table(intervals: Sequence[StepInterval]) -> Table:
    """Days between steps, by country."""
    names = ("step_from", "step_to", "country", "days", "days_low", "days_high", "exact")
    rows = [(one.step_from, one.step_to, one.country, one.days, one.low, one.high, one.exact) for one in intervals]
    return make_table("intervals", "Days between steps", names, rows, ("step_from", "step_to", "country"))


def medians_table(medians: Sequence[MedianInterval]) -> Table:
    """Median days between steps."""
    names = ("step_from", "step_to", "count", "median_days", "median_low", "median_high", "median_years")
    rows = [(one.step_from, one.step_to, one.count, one.days, one.low, one.high, one.years) for one in medians]
    return make_table("interval_medians", "Median days between steps", names, rows, ("step_from", "step_to"))
