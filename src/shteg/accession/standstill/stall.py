"""How long the aspirant has stood still: against countries on the same rung, and within its own chronicle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import comb

import numpy as np

from shteg.accession.curves.kaplan_meier import NOTHING
from shteg.accession.curves.waiting import observed_times, share_waiting, waiting_curve
from shteg.accession.history.column_texts import HIGH_END, LOW_END
from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import RiskSpell, first_reached, observed_steps, risk_spells
from shteg.estimates import YEAR_DAYS, StageResult, Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.facts import ChronicleEvent
from shteg.intervals import LEVEL

TAIL = (1.0 - LEVEL) / 2.0

FORMAL_KINDS = frozenset({"programme", "institutional"})
"""Kinds of chronicle events that can be formal: a programme agreed, an institution's decision."""

FORMAL_DIRECTION = 2
"""Only events coded as much better for the path: attendance, visits and intentions are not steps."""


@table_row
class Stall:
    """Years since the last formal step or event, and what they are compared with."""

    basis: str = column(
        "What is compared: the steps of the ladder, or the chronicle of the case.", key=True, name="stall_basis"
    )
    since: str | None = column(
        "The last formal step or event; empty where the country has taken none.", name="stall_since"
    )
    years: float = column(
        "Years since then, or since the country could first have taken a step.", "years", name="stall_years"
    )
    share: float | None = column(
        "Share of comparable countries that stood still for longer.", "share", name="longer_share", default=None
    )
    low: float | None = column(LOW_END, "share", name="longer_low", default=None)
    high: float | None = column(HIGH_END, "share", name="longer_high", default=None)
    count: int = column(
        "Comparable countries; none where only the own chronicle is known.", "count", name="comparable", default=0
    )
    longest: float | None = column(
        "Longest time between two formal events of the chronicle.", "years", name="longest_years", default=None
    )
    chance: float | None = column(
        "Chance of so long a gap among as many events that come at random.", "share", default=None
    )


@table_row
class LadderStall(Stall):
    """Years since the last formal step, and the share of `count` comparable countries that stood still for longer.

    `since` is the step last taken, None where the country could take the lowest step and took none; `next_step` is the
    lowest step above it; `at_risk` others were observed for so long.
    """

    next_step: str
    at_risk: int


@table_row
class ChronicleStall(Stall):
    """Gaps between formal events of the chronicle: the one still open, and the longest closed or open one.

    `chance` is the probability that the longest of so many gaps takes that share of the whole or more, if events come
    at random; `longest_to` is empty where the longest is the open one.
    """

    events: int = column("Formal events of the chronicle.", "count")
    longest_from: str
    longest_to: str


def stall_on_ladder(case: Case) -> LadderStall | None:
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
    return LadderStall(
        basis="ladder",
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
    over = ("reached", "passed_over")
    entry, out = observed_times(spells)
    share, low, high = share_waiting(waiting_curve(spells, over), years)
    if share < NOTHING or not np.isfinite([low, high]).all():
        ended = sum(one.status in over and end <= years for one, end in zip(spells, out, strict=True))
        low, high = 0.0, float(1.0 - TAIL ** (1.0 / max(ended, 1)))
    return share, low, high, int(((entry < years) & (out >= years)).sum())


def chronicle_gaps(case: Case) -> ChronicleStall | None:
    """Give the gaps between formal events of the case's chronicle; None with fewer than three such events."""
    events = formal_events(case)
    if len(events) < 3:
        return None
    days = [one.happened_on.middle.toordinal() for one in events]
    gaps = np.diff([*days, case.header.as_of.toordinal()]).astype(np.float64)
    at = int(gaps.argmax())
    return ChronicleStall(
        basis="chronicle",
        since=str(events[-1].happened_on),
        years=float(gaps[-1]) / YEAR_DAYS,
        longest=float(gaps[at]) / YEAR_DAYS,
        longest_from=str(events[at].happened_on),
        longest_to=str(events[at + 1].happened_on) if at + 1 < len(events) else "",
        chance=longest_gap_chance(len(gaps), float(gaps.max() / gaps.sum())) if gaps.sum() > 0 else 1.0,
        events=len(events),
    )


def formal_events(case: Case) -> list[ChronicleEvent]:
    """Give the events of the chronicle that count as formal steps, in order."""
    formal = (one for one in case.chronicle if one.kind in FORMAL_KINDS and one.direction >= FORMAL_DIRECTION)
    known = (one for one in formal if one.happened_on.middle <= case.header.as_of)
    return sorted(known, key=lambda one: one.happened_on.middle)


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
    rows = [one for one in (ladder, chronicle) if one is not None]
    if not rows:
        return StageResult(stage="accession")
    return StageResult(
        stage="accession",
        tables={"stall": Table.of("stall", "How long the country has stood still", Stall, rows)},
        values=(
            *(_ladder_values(case, ladder) if ladder is not None else ()),
            *(_chronicle_values(case, chronicle) if chronicle is not None else ()),
        ),
    )


def _ladder_values(case: Case, stall: LadderStall) -> tuple[Value, ...]:
    """Give the years since the last formal step, and the share of others that stood still for longer."""
    trust, steps = LadderSources(case), [stall.next_step, *([stall.since] if stall.since else [])]
    value: Callable[..., tuple[Value, ...]] = partial(
        quote,
        [stall],
        label="computed",
        label_args={"country": f"country:{case.header.aspirant}", "step": "step:{next_step}"},
        sources=trust.sources(steps),
        verified=trust.verified(steps),
        method="ratification#stall",
    )
    return (
        *value(id="stall.years", number="years", decimals=1, label_key="value.accession.stall-years"),
        *value(
            id="stall.longer-share",
            number="share",
            low="low",
            high="high",
            level=LEVEL,
            label_key="value.accession.stall-longer-share",
            details={"countries": "count", "observed_so_long": "at_risk"},
        ),
        *value(id="stall.countries", number="count", label_key="value.accession.stall-countries"),
    )


def _chronicle_values(case: Case, stall: ChronicleStall) -> tuple[Value, ...]:
    """Give the gap still open, the longest, how likely it is by chance, and the number of events."""
    events = formal_events(case)

    def value(name: str, number: str, decimals: int) -> tuple[Value, ...]:
        return quote(
            [stall],
            id=f"stall.chronicle.{name}",
            number=number,
            decimals=decimals,
            label="computed",
            label_key=f"value.accession.stall-chronicle-{name}",
            label_args={"country": f"country:{case.header.aspirant}"},
            sources=sorted({one.source for one in events}),
            verified=all(one.verified for one in events),
            method="ratification#stall",
            details=("longest_from", "longest_to", "events"),
        )

    return (
        *value("years", "years", 1),
        *value("longest-years", "longest", 1),
        *value("chance", "chance", 1),
        *value("events", "events", 0),
    )
