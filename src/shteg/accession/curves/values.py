"""Quotable values of the accession stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from shteg.accession.curves.intervals import MedianInterval, StepInterval
from shteg.accession.curves.kaplan_meier import at_times
from shteg.accession.curves.occupancy import waiting_curve
from shteg.accession.history.risk_spells import YEAR, RiskSpell, first_reached, ladder_countries, observed_steps
from shteg.estimates import Unit, Value
from shteg.evidence.case import Case
from shteg.evidence.records.facts import LadderEvent

Floats = NDArray[np.float64]
LEVEL = 0.90
LOW, HIGH = 0.05, 0.95
BOUNDS = 1.0
"""Coverage of an interval that comes from imprecise dates alone: the value lies within it."""


class Ladder:
    """Sources and trust of the steps of a case, looked up by every value."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.steps = observed_steps(case)
        self.reached = first_reached(case)
        self.fallback = tuple(sorted({step.source for step in case.steps}))

    def sources(self, steps: Iterable[str], countries: Iterable[str] | None = None) -> tuple[str, ...]:
        """Give the sources of the events that reached these steps."""
        return tuple(sorted({event.source for event in self._events(steps, countries)})) or self.fallback

    def verified(self, steps: Iterable[str], countries: Iterable[str] | None = None) -> bool:
        """Tell whether all these events have a source that was read."""
        return all(event.verified for event in self._events(steps, countries))

    def _events(self, steps: Iterable[str], countries: Iterable[str] | None) -> list[LadderEvent]:
        wanted = set(steps)
        labels = {label for step in self.case.steps if step.id in wanted for label in step.events}
        chosen = None if countries is None else set(countries)
        return [e for e in self.case.ladder if e.event in labels and (chosen is None or e.country in chosen)]


def ladder_values(case: Case) -> list[Value]:
    """Counts of the ladder: countries on it, and those that reached its last step."""
    ladder = Ladder(case)
    if not ladder.steps:
        return []
    last = ladder.steps[-1].id
    on_it = {event.country for event in case.ladder}
    joined = [country for country in ladder_countries(case) if (country, last) in ladder.reached]
    all_sources = tuple(sorted({event.source for event in case.ladder})) or ladder.fallback
    return [
        Value(
            id="ladder.countries", number=len(on_it), unit="count", decimals=0, label="observed",
            label_key="value.accession.countries", source_ids=all_sources, method="ladder#history",
            verified=all(event.verified for event in case.ladder),
        ),
        Value(
            id="ladder.joined", number=len(joined), unit="count", decimals=0, label="observed",
            label_key="value.accession.joined", label_args={"step": f"step:{last}"},
            source_ids=ladder.sources([last]), method="ladder#history", verified=ladder.verified([last]),
        ),
    ]  # fmt: skip


def interval_values(case: Case, intervals: Sequence[StepInterval], medians: Sequence[MedianInterval]) -> list[Value]:
    """Days between steps by country, and their medians; bounds where a date is imprecise."""
    ladder = Ladder(case)
    values: list[Value] = []
    for one in intervals:
        both = [one.step_from, one.step_to]
        exact = Value(
            id=f"ladder.days.{one.country}.{one.step_from}.{one.step_to}",
            number=one.days,
            unit="days",
            decimals=0,
            label="computed",
            label_key="value.accession.days",
            label_args={"country": f"country:{one.country}", **_pair(one.step_from, one.step_to)},
            source_ids=ladder.sources(both, [one.country]),
            method="ladder#intervals",
            verified=ladder.verified(both, [one.country]),
        )
        values.append(bounded(exact, one.low, one.high))
    for pair in medians:
        values.extend(_median_values(ladder, pair, [i.country for i in intervals if _same(i, pair)]))
    return values


def _median_values(ladder: Ladder, pair: MedianInterval, countries: list[str]) -> list[Value]:
    name = f"ladder.{pair.step_from}.{pair.step_to}"
    args = _pair(pair.step_from, pair.step_to)
    sources = ladder.sources([pair.step_from, pair.step_to], countries)
    verified = ladder.verified([pair.step_from, pair.step_to], countries)

    def value(suffix: str, number: float, unit: Unit, decimals: int) -> Value:
        return Value(
            id=f"{name}.{suffix}", number=number, unit=unit, decimals=decimals, label="computed",
            label_key=f"value.accession.{suffix}", label_args=args, source_ids=sources, method="ladder#intervals",
            verified=verified, details={"countries": pair.count},
        )  # fmt: skip

    return [
        bounded(value("median-days", pair.days, "days", 0), pair.low, pair.high),
        bounded(value("median-years", pair.years, "years", 1), pair.low / YEAR, pair.high / YEAR),
        value("count", pair.count, "count", 0),
    ]


def waiting_values(case: Case, spells: Mapping[str, tuple[RiskSpell, ...]]) -> list[Value]:
    """How long the aspirant has waited for each step it is at risk of, and the share of others that waited longer."""
    ladder = Ladder(case)
    values: list[Value] = []
    aspirant = case.header.aspirant
    for step, of_step in spells.items():
        own = [one for one in of_step if one.country == aspirant and one.status == "waiting" and one.entry_on]
        curve = waiting_curve(of_step, without=aspirant)
        if not own or curve is None:
            continue
        years = own[-1].entry_years + own[-1].years
        args = {"country": f"country:{aspirant}", "step": f"step:{step}"}
        sources, verified = ladder.sources([step]), ladder.verified([step])
        values.append(
            Value(
                id=f"ladder.waiting.{step}", number=years, unit="years", decimals=1, label="computed",
                label_key="value.accession.waiting", label_args=args, source_ids=sources, method="ladder#waiting",
                verified=verified,
            )
        )  # fmt: skip
        when = np.array([years])
        share = float(at_times(curve.time, curve.survival, np.array(1.0), when)[0])
        low = float(at_times(curve.time, curve.low, np.array(1.0), when)[0])
        high = float(at_times(curve.time, curve.high, np.array(1.0), when)[0])
        waited = Value(
            id=f"ladder.waiting-share.{step}", number=share, unit="share", decimals=0, label="computed",
            label_key="value.accession.waiting-share", label_args=args, source_ids=sources,
            method="ladder#waiting", verified=verified,
        )  # fmt: skip
        known = bool(np.isfinite([low, high]).all()) and low < high  # no interval once nobody is left
        values.append(replace(waited, low=low, high=high, level=LEVEL) if known else waited)
    return values


def bounded(value: Value, low: float, high: float) -> Value:
    return replace(value, low=low, high=high, level=BOUNDS) if low < high else value


def _pair(step_from: str, step_to: str) -> dict[str, str]:
    return {"step_from": f"step:{step_from}", "step_to": f"step:{step_to}"}


def _same(interval: StepInterval, pair: MedianInterval) -> bool:
    return (interval.step_from, interval.step_to) == (pair.step_from, pair.step_to)
