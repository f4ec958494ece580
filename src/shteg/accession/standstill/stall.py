"""How long the aspirant has stood still: against countries on the same rung, and within its own chronicle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shteg.accession.curves.kaplan_meier import NOTHING, at_times, kaplan_meier
from shteg.accession.curves.tables import NUMBER, TEXT, WHOLE, make_table
from shteg.accession.curves.values import LEVEL, Ladder
from shteg.accession.history.risk_spells import YEAR, RiskSpell, first_reached, observed_steps, risk_spells
from shteg.estimates import StageResult, Table, Unit, Value
from shteg.evidence.case import Case
from shteg.evidence.records.facts import ChronicleEvent

METHOD = "ratification#stall"
HALF_DAY = 0.5 / YEAR
TAIL = (1.0 - LEVEL) / 2.0

FORMAL_KINDS = frozenset({"programme", "institutional"})
"""Kinds of chronicle events that can be formal: a programme agreed, an institution's decision."""

FORMAL_DIRECTION = 2
"""Only events coded as much better for the path: attendance, visits and intentions are not steps."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Years since the last formal step, and the share of `count` comparable countries that stood still for longer.

    `since` is the step last taken, None where the country could take the lowest step and took none; `next_step` is the
    lowest step above it. A bound is None where the data give none.
    """

    since: str | None
    next_step: str
    years: float
    share: float
    low: float
    high: float
    count: int
    at_risk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicleGaps:
    """Gaps between formal events of the chronicle: the one still open, and the longest closed or open one.

    `chance` is the probability that the longest of so many gaps takes that share of the whole or more, if events come
    at random.
    """

    count: int
    since: str
    years: float
    longest: float
    longest_from: str
    longest_to: str | None
    chance: float


def stall_on_ladder(case: Case) -> Stall | None:
    """Compare the aspirant's time since its last formal step with that of others on its rung.

    The others are those that were, or are, at risk of the next step above the aspirant's rung, from the day they could
    take it, left truncated where they began to seek it later; taking it or a higher one ends the standstill. None where
    the aspirant is not at risk of that step, or nobody else ever was.
    """
    steps, aspirant = observed_steps(case), case.header.aspirant
    reached = first_reached(case)
    taken = [step for step in steps if (aspirant, step.id) in reached]
    above = [step for step in steps if not taken or step.rung > taken[-1].rung]
    if not above:
        return None
    spells = [one for one in risk_spells(case, above[0]) if one.entry_on]
    own = [one for one in spells if one.country == aspirant and one.status == "waiting"]
    others = [one for one in spells if one.country != aspirant]
    if not own or not others:
        return None
    years = own[-1].entry_years + own[-1].years
    share, low, high, at_risk = longer_share(others, years)
    return Stall(
        since=taken[-1].id if taken else None,
        next_step=above[0].id,
        years=years,
        share=share,
        low=low,
        high=high,
        count=len({one.country for one in others}),
        at_risk=at_risk,
    )


def longer_share(spells: Sequence[RiskSpell], years: float) -> tuple[float, float, float, int]:
    """Give the Kaplan–Meier share that stood still for longer, its 90 % bounds, and how many were observed so long.

    Where nobody is left the upper bound is that of no success in as many trials as countries were followed to the end.
    """
    entry = np.array([one.entry_years for one in spells])
    out = np.array([max(one.exit_years, one.entry_years + HALF_DAY) for one in spells])
    event = np.array([one.status in ("reached", "passed_over") for one in spells])
    curve = kaplan_meier(entry, out, event, LEVEL)
    when, one_ = np.array([years]), np.array(1.0)
    share = float(at_times(curve.time, curve.survival, one_, when)[0])
    low = float(at_times(curve.time, curve.low, one_, when)[0])
    high = float(at_times(curve.time, curve.high, one_, when)[0])
    at_risk = int(((entry < years) & (out >= years)).sum())
    if share < NOTHING or not np.isfinite([low, high]).all():
        ended = int((event & (out <= years)).sum())
        low, high = 0.0, float(1.0 - TAIL ** (1.0 / max(ended, 1)))
    return share, low, high, at_risk


def chronicle_gaps(case: Case) -> ChronicleGaps | None:
    """Give the gaps between formal events of the case's chronicle; None with fewer than three such events."""
    events = formal_events(case)
    if len(events) < 3:
        return None
    days = [one.happened_on.middle.toordinal() for one in events]
    stops = [*days[1:], case.header.as_of.toordinal()]
    gaps = np.array([stop - start for start, stop in zip(days, stops, strict=True)], dtype=np.float64)
    at = int(gaps.argmax())
    return ChronicleGaps(
        count=len(events),
        since=str(events[-1].happened_on),
        years=float(gaps[-1]) / YEAR,
        longest=float(gaps[at]) / YEAR,
        longest_from=str(events[at].happened_on),
        longest_to=str(events[at + 1].happened_on) if at + 1 < len(events) else None,
        chance=longest_gap_chance(len(gaps), float(gaps.max() / gaps.sum())) if gaps.sum() > 0 else 1.0,
    )


def formal_events(case: Case) -> list[ChronicleEvent]:
    """Give the events of the chronicle that count as formal steps, in order."""
    chosen = [
        one for one in case.chronicle if one.kind in FORMAL_KINDS and one.direction >= FORMAL_DIRECTION
    ]  # fmt: skip
    return sorted(
        (one for one in chosen if one.happened_on.middle <= case.header.as_of), key=lambda one: one.happened_on.middle
    )


def longest_gap_chance(count: int, share: float) -> float:
    """Give the probability that the longest of `count` random gaps takes `share` of their sum or more.

    References
    ----------
    Fisher (1929), Proceedings of the Royal Society A 125: tests of significance in harmonic analysis.
    """
    total = 0.0
    for i in range(1, count + 1):
        if i * share >= 1.0:
            break
        total += (-1) ** (i - 1) * comb(count, i) * (1.0 - i * share) ** (count - 1)
    return float(min(max(total, 0.0), 1.0))


def stall_result(case: Case) -> StageResult:
    """Give the table `stall` and the values `stall.*`; empty where nothing can be compared."""
    ladder, chronicle = stall_on_ladder(case), chronicle_gaps(case)
    if ladder is None and chronicle is None:
        return StageResult(stage="accession")
    table = stall_table(ladder, chronicle)
    return StageResult(
        stage="accession", tables={table.name: table}, values=tuple(stall_values(case, ladder, chronicle))
    )


COLUMNS: dict[str, tuple[Any, str, Unit | None]] = {
    "stall_basis": (TEXT, "What is compared: the steps of the ladder, or the chronicle of the case.", None),
    "stall_since": (TEXT, "The last formal step or event; empty where the country has taken none.", None),
    "stall_years": (NUMBER, "Years since then, or since the country could first have taken a step.", "years"),
    "longer_share": (NUMBER, "Share of comparable countries that stood still for longer.", "share"),
    "longer_low": (NUMBER, "Lower end of its 90 % interval.", "share"),
    "longer_high": (NUMBER, "Upper end of its 90 % interval.", "share"),
    "comparable": (WHOLE, "Comparable countries; none where only the own chronicle is known.", "count"),
    "longest_years": (NUMBER, "Longest time between two formal events of the chronicle.", "years"),
    "chance": (NUMBER, "Chance of so long a gap among as many events that come at random.", "share"),
}


def stall_table(ladder: Stall | None, chronicle: ChronicleGaps | None) -> Table:
    """One row for the ladder, one for the chronicle."""
    rows: list[tuple[object, ...]] = []
    if ladder is not None:
        rows.append(("ladder", ladder.since, ladder.years, ladder.share, ladder.low, ladder.high, ladder.count,
                     None, None))  # fmt: skip
    if chronicle is not None:
        rows.append(("chronicle", chronicle.since, chronicle.years, None, None, None, 0, chronicle.longest,
                     chronicle.chance))  # fmt: skip
    return make_table("stall", "How long the country has stood still", tuple(COLUMNS), rows, ("stall_basis",), COLUMNS)


def stall_values(case: Case, ladder: Stall | None, chronicle: ChronicleGaps | None) -> list[Value]:
    """Years since the last formal step, the share of others that stood still for longer, and gaps of the chronicle."""
    values: list[Value] = []
    country = f"country:{case.header.aspirant}"
    if ladder is not None:
        trust = Ladder(case)
        steps = [ladder.next_step, *([ladder.since] if ladder.since else [])]
        args = {"country": country, "step": f"step:{ladder.next_step}"}
        sources, verified = trust.sources(steps), trust.verified(steps)
        values += [
            Value(
                id="stall.years", number=ladder.years, unit="years", decimals=1, label="computed",
                label_key="value.accession.stall-years", label_args=args, source_ids=sources, method=METHOD,
                verified=verified,
            ),
            Value(
                id="stall.longer-share", number=ladder.share, unit="share", decimals=0, label="computed",
                label_key="value.accession.stall-longer-share", label_args=args, source_ids=sources, method=METHOD,
                verified=verified, low=ladder.low, high=ladder.high, level=LEVEL,
                details={"countries": ladder.count, "observed_so_long": ladder.at_risk},
            ),
            Value(
                id="stall.countries", number=ladder.count, unit="count", decimals=0, label="computed",
                label_key="value.accession.stall-countries", label_args=args, source_ids=sources, method=METHOD,
                verified=verified,
            ),
        ]  # fmt: skip
    return values + (_chronicle_values(case, chronicle, country) if chronicle is not None else [])


def _chronicle_values(case: Case, gaps: ChronicleGaps, country: str) -> list[Value]:
    events = formal_events(case)
    sources = tuple(sorted({one.source for one in events}))
    verified = all(one.verified for one in events)
    details: dict[str, str | float] = {"longest_from": gaps.longest_from, "longest_to": gaps.longest_to or ""}
    details |= {"events": gaps.count}

    def value(name: str, number: float, unit: Unit, decimals: int) -> Value:
        return Value(
            id=f"stall.chronicle.{name}", number=number, unit=unit, decimals=decimals, label="computed",
            label_key=f"value.accession.stall-chronicle-{name}", label_args={"country": country}, source_ids=sources,
            method=METHOD, verified=verified, details=details,
        )  # fmt: skip

    return [
        value("years", gaps.years, "years", 1),
        value("longest-years", gaps.longest, "years", 1),
        value("chance", gaps.chance, "share", 1),
        value("events", gaps.count, "count", 0),
    ]
