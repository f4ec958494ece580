"""How long countries waited for each step, and how long the aspirant has: Kaplan–Meier, left truncated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from shteg.accession.curves.kaplan_meier import SurvivalCurve, at_times, kaplan_meier, log_interval
from shteg.accession.curves.occupancy import HALF_DAY, or_none
from shteg.accession.history.column_texts import STEP
from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import RiskSpell
from shteg.arrays import Floats
from shteg.estimates import Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.intervals import LEVEL


@table_row
class WaitingRow:
    """Share of countries still waiting for a step, so many years after they could first have taken it."""

    step: str = column(STEP, key=True)
    years: int = column(
        "Whole years since the country could first have taken a step.", "years", key=True, name="after_years"
    )
    waiting: float = column("Share of countries still waiting.", "share")
    std_error: float = column("Standard error of the share.", "share")
    low: float | None = column("Lower end of the 90 % interval.", "share")
    high: float | None = column("Upper end of the 90 % interval.", "share")
    at_risk: int = column("Countries under observation in the state.", "count")


@table_row
class OwnWait:
    """How long the aspirant has waited for a step, and the share of the others that waited longer."""

    step: str
    years: float = column("Years that it has waited.", "years")
    share: float = column("Share of the others that waited longer.", "share")
    low: float | None
    high: float | None


def observed_times(spells: Sequence[RiskSpell]) -> tuple[Floats, Floats]:
    """Give from when to when each spell is observed, (spell,) each: years since the country could be at risk."""
    entry = np.array([one.entry_years for one in spells], dtype=np.float64)
    out = np.array([max(one.exit_years, one.entry_years + HALF_DAY) for one in spells], dtype=np.float64)
    return entry, out


def waiting_curve(spells: Sequence[RiskSpell], ends: tuple[str, ...] = ("reached",)) -> SurvivalCurve:
    """Give the Kaplan–Meier curve of the time until a spell at risk ends in one of these ways."""
    entry, out = observed_times(spells)
    return kaplan_meier(entry, out, np.array([one.status in ends for one in spells]), LEVEL)


def share_waiting(curve: SurvivalCurve, years: float) -> tuple[float, float, float]:
    """Give the share that waited for longer than so many years, with its bounds; no numbers once nobody is left."""
    when, whole = np.array([years]), np.array(1.0)
    share, low, high = (
        float(at_times(curve.time, one, whole, when)[0]) for one in (curve.survival, curve.low, curve.high)
    )
    return share, low, high


def waiting_rows(step: str, spells: Sequence[RiskSpell]) -> tuple[WaitingRow, ...]:
    """Give the share still waiting for a step at whole years, as long as anyone is at risk."""
    chosen = [one for one in spells if one.entry_on]
    if not chosen:
        return ()
    curve, (entry, out) = waiting_curve(chosen), observed_times(chosen)
    years = np.arange(int(out.max()) + 1, dtype=np.float64)
    waiting = at_times(curve.time, curve.survival, np.array(1.0), years)
    error = at_times(curve.time, curve.std_error, np.array(0.0), years)
    low, high = log_interval(waiting, error, LEVEL)
    return tuple(
        WaitingRow(
            step=step,
            years=int(year),
            waiting=float(waiting[at]),
            std_error=float(error[at]),
            low=or_none(low[at]),
            high=or_none(high[at]),
            at_risk=int(((entry < max(year, HALF_DAY)) & (out >= year)).sum()),
        )
        for at, year in enumerate(years)
    )


def waiting_table(spells: Mapping[str, Sequence[RiskSpell]]) -> Table:
    """Give the table `waiting`: shares still waiting for each step, at whole years."""
    rows = [row for step, of_step in spells.items() for row in waiting_rows(step, of_step)]
    return Table.of("waiting", "How long countries waited for each step", WaitingRow, rows)


def waiting_values(case: Case, spells: Mapping[str, Sequence[RiskSpell]]) -> tuple[Value, ...]:
    """Give how long the aspirant has waited for each step it is at risk of, and the share that waited longer."""
    ladder = LadderSources(case)
    value: Callable[..., tuple[Value, ...]] = partial(
        quote,
        [one for step, of_step in spells.items() if (one := _own_wait(step, of_step, case.header.aspirant))],
        label="computed",
        label_args={"country": f"country:{case.header.aspirant}", "step": "step:{step}"},
        sources=lambda one: ladder.sources([one.step]),
        verified=lambda one: ladder.verified([one.step]),
        method="ladder#waiting",
    )
    return (
        *value(id="ladder.waiting.{step}", number="years", decimals=1, label_key="value.accession.waiting"),
        *value(
            id="ladder.waiting-share.{step}",
            number="share",
            low="low",
            high="high",
            level=LEVEL,
            label_key="value.accession.waiting-share",
        ),
    )


def _own_wait(step: str, spells: Sequence[RiskSpell], aspirant: str) -> OwnWait | None:
    own = [one for one in spells if one.country == aspirant and one.status == "waiting" and one.entry_on]
    others = [one for one in spells if one.country != aspirant and one.entry_on]
    if not own or not others:
        return None
    years = own[-1].entry_years + own[-1].years
    share, low, high = share_waiting(waiting_curve(others), years)
    known = bool(np.isfinite([low, high]).all()) and low < high  # no interval once nobody is left
    return OwnWait(step=step, years=years, share=share, low=low if known else None, high=high if known else None)
