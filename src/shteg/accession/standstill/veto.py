"""Veto episodes: how often a member begins to block a candidate, and how fast a block ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shteg.accession.history.column_texts import COUNTRY, GRADE, MEMBER, SOURCE, STEP
from shteg.accession.history.risk_spells import ladder_countries, observed_steps, risk_spells
from shteg.estimates import YEAR_DAYS, Draws, Label, StageResult, Table, Unit, Value, column, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.objections import Objection
from shteg.gamma_rate import GammaRate
from shteg.intervals import HIGH, LEVEL, LOW
from shteg.randomness import named_generator

METHOD = "ratification#veto"
OBJECTIONS = "objections.csv"

ONSET_PRIOR = (0.5, 500.0)
"""Gamma prior of the onset rate: worth half an episode in 500 member-and-candidate years; 90 % is 4e-6 to 0.004."""

END_PRIOR = (0.5, 1.0)
"""Gamma prior of the end rate: half an ending in one year; its 90 % runs from 0.002 to 1.9 a year."""

Span = tuple[int, int]


@table_row
class VetoEpisode:
    """One block: its years while its country was a candidate; `counts` is False for those of the aspirant itself."""

    country: str = column(COUNTRY, key=True)
    member: str = column(MEMBER, key=True)
    step: str = column(STEP, key=True)
    blocked_from: DateInterval = column("When the block became public.", "date", key=True, written=str)
    blocked_to: DateInterval | None = column("When it ended; empty if it has not.", "date", written=str)
    years: float = column("Years of it in which the country was a candidate.", "years", name="blocked_years")
    counts: bool = column("True where it counts in the rates; those of the aspirant do not.", name="in_rates")
    source: str = column(SOURCE)
    grade: str = column(GRADE)
    verified: bool
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoRate:
    """A yearly rate: `events` in `years`, as they were counted, and its posterior."""

    events: int
    years: float
    law: GammaRate


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoFit:
    """Episodes and the two rates, from the candidates other than the aspirant."""

    episodes: tuple[VetoEpisode, ...]
    onset: VetoRate
    end: VetoRate


def fit_veto(case: Case) -> VetoFit:
    """Estimate how often blocks begin, per member and candidate a year, and how fast they end.

    A country is a candidate while it seeks membership or is at risk of a step that need not be sought. The aspirant's
    own blocks are left out of both rates: `pathways` holds them as stances that keep members from consenting.
    """
    candidates = candidacies(case)
    episodes = tuple(_episode(case, block, candidates.get(block.candidate, ())) for block in case.own_objections)
    counted = [one for one in episodes if one.counts]
    exposure = sum(
        _overlap(spans, (member.member_since.middle.toordinal(), case.header.as_of.toordinal()))
        for country, spans in candidates.items()
        if country != case.header.aspirant
        for member in case.members
        if member.member != country
    )
    years = sum(one.years for one in counted)
    begun = [str(one.blocked_from) for one in counted]
    ended = [str(one.blocked_to) for one in counted if one.ended]
    return VetoFit(
        episodes=episodes,
        onset=veto_rate(begun, max(exposure / YEAR_DAYS - years, 0.0), ONSET_PRIOR),
        end=veto_rate(ended, years, END_PRIOR),
    )


def veto_rate(days: Sequence[str], years: float, prior: tuple[float, float]) -> VetoRate:
    """Estimate a yearly rate from the days of its events.

    Events of one day are one decision: both the events and the years are divided by the mean size of the group that an
    event belongs to, as a sum of squares over groups gives it, so that four blocks of one summit do not count as four.

    Parameters
    ----------
    days : sequence of str
        Day of each event.
    years : float
        At risk.
    prior : tuple of float
        Events and years that the prior is worth.

    Returns
    -------
    VetoRate
    """
    together = clustering(days)
    return VetoRate(events=len(days), years=years, law=GammaRate.of(len(days) / together, years / together, prior))


def candidacies(case: Case) -> dict[str, tuple[Span, ...]]:
    """Give the times in which each country of the ladder was a candidate, as days from and to, in order and apart."""
    as_of = case.header.as_of.toordinal()
    spans: dict[str, list[Span]] = {country: [] for country in ladder_countries(case)}
    for one in case.seeking:
        stop = min(one.sought_to.middle.toordinal(), as_of) if one.sought_to else as_of
        spans.setdefault(one.country, []).append((one.sought_from.middle.toordinal(), stop))
    for step in observed_steps(case):
        if not step.seeking:
            for spell in risk_spells(case, step):
                if spell.entry_on:
                    spans.setdefault(spell.country, []).append((spell.entry_on, spell.exit_on))
    return {country: _joined(of_country) for country, of_country in spans.items()}


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        elif stop > start:
            joined.append((start, stop))
    return tuple(joined)


def clustering(days: Sequence[str]) -> float:
    """Give the mean size of the group of one day that an event belongs to; 1 where all days differ."""
    sizes = list(Counter(days).values())
    return sum(size * size for size in sizes) / sum(sizes) if sizes else 1.0


def veto_result(case: Case) -> StageResult:
    """Give the table of veto episodes, the values `veto.*` and the draws `veto`; empty for a case without blocks.

    A case that records blocks, none of them known yet on its day, has draws alone: of the prior and the years without.
    """
    if not case.own_objections and OBJECTIONS not in case.files:
        return StageResult(stage="accession")
    fit = fit_veto(case)
    generator = named_generator(case.header.seed, "accession", "veto")
    count = case.pathways.draws
    draws = Draws(
        values=np.stack([fit.onset.law.draw_log(generator, count), fit.end.law.draw_log(generator, count)], axis=1),
        units=("onset", "end"),
        measure="log_rate_per_year",
        label="estimated" if case.own_objections else "assumed",
        source_ids=_sources(case.own_objections)
        or tuple(sorted({member.source for member in case.members}))
        or ("case",),
    )
    if not case.own_objections:
        return StageResult(stage="accession", draws={"veto": draws})
    table = veto_table(fit.episodes)
    return StageResult(
        stage="accession", tables={table.name: table}, values=veto_values(case, fit), draws={"veto": draws}
    )


def veto_table(episodes: Sequence[VetoEpisode]) -> Table:
    """One row per block: from when to when, years as a candidate, whether it counts in the rates."""
    rows = sorted(episodes, key=lambda one: (one.blocked_from, one.country, one.member, one.step))
    return Table.of("veto_episodes", "Times in which a member openly blocked a step", VetoEpisode, rows)


def veto_values(case: Case, fit: VetoFit) -> tuple[Value, ...]:
    """The two rates with 90 % intervals, the number of episodes, and the years they are counted in."""
    counted = [one for one in fit.episodes if one.counts]
    sources, verified = _sources(counted or case.own_objections), all(one.verified for one in counted)
    days = len({str(one.blocked_from) for one in counted})

    def value(name: str, number: float, unit: Unit, label: Label, decimals: int = 0, **more: Any) -> Value:
        return Value(
            id=f"veto.{name}",
            number=number,
            unit=unit,
            decimals=decimals,
            label=label,
            label_key=f"value.accession.veto-{name}",
            source_ids=sources,
            method=METHOD,
            verified=verified,
            **more,
        )

    def rate(name: str, law: GammaRate, decimals: int) -> Value:
        interval = {"low": law.quantile(LOW), "high": law.quantile(HIGH), "level": LEVEL}
        details = {"episodes": fit.onset.events, "ended": fit.end.events, "occasions": days}
        return value(name, law.mean, "ratio", "estimated", decimals, details=details, **interval)

    return (
        rate("onset", fit.onset.law, 4),
        rate("end", fit.end.law, 2),
        value("count", fit.onset.events, "count", "observed"),
        value("occasions", days, "count", "observed"),
        value("member-years", fit.onset.years, "years", "computed"),
        value("block-years", fit.end.years, "years", "computed"),
    )


def _episode(case: Case, block: Objection, candidate: Sequence[Span]) -> VetoEpisode:
    as_of = case.header.as_of.toordinal()
    stop = as_of if block.ended is None else block.ended.middle.toordinal()
    days = _overlap(candidate, (block.began.middle.toordinal(), min(stop, as_of)))
    return VetoEpisode(
        country=block.candidate,
        member=block.member,
        step=block.step,
        blocked_from=block.began,
        blocked_to=block.ended,
        years=days / YEAR_DAYS,
        counts=block.candidate != case.header.aspirant,
        source=block.source,
        grade=block.grade,
        verified=block.verified,
        ended=block.ended is not None and stop <= as_of,
    )


def _overlap(spans: Sequence[Span], window: Span) -> int:
    return sum(max(min(stop, window[1]) - max(start, window[0]), 0) for start, stop in spans)


def _sources(blocks: Sequence[Objection | VetoEpisode]) -> tuple[str, ...]:
    return tuple(sorted({block.source for block in blocks}))
