"""Veto episodes: how often a member begins to block a candidate, and how fast a block ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from shteg.accession.curves.tables import NUMBER, TEXT, TRUTH, make_table
from shteg.accession.history.risk_spells import YEAR, ladder_countries, observed_steps, risk_spells
from shteg.estimates import Draws, StageResult, Table, Unit, Value
from shteg.evidence.case import Case
from shteg.evidence.records.model import Block
from shteg.randomness import named_generator

LEVEL, LOW, HIGH = 0.90, 0.05, 0.95
METHOD = "ratification#veto"
BLOCKS = "blocks.csv"

ONSET_PRIOR = (0.5, 500.0)
"""Gamma prior of the onset rate: worth half an episode in 500 member-and-candidate years; 90 % is 4e-6 to 0.004."""

END_PRIOR = (0.5, 1.0)
"""Gamma prior of the end rate: half an ending in one year; its 90 % runs from 0.002 to 1.9 a year."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoRate:
    """A yearly rate: `events` in `years`, Gamma posterior; `clustering` is how many events come together.

    Events of one day are one decision: both the events and the years are divided by the mean size of the group that an
    event belongs to, as a sum of squares over groups gives it, so that four blocks of one summit do not count as four.
    """

    events: int
    years: float
    clustering: float
    prior: tuple[float, float]

    @property
    def shape(self) -> float:
        """Shape of the posterior."""
        return self.prior[0] + self.events / self.clustering

    @property
    def rate(self) -> float:
        """Rate of the posterior, in years."""
        return self.prior[1] + self.years / self.clustering

    @property
    def mean(self) -> float:
        """Posterior mean, per year."""
        return self.shape / self.rate

    def quantile(self, p: float) -> float:
        """Give the posterior quantile, per year."""
        return float(gammaincinv(self.shape, p)) / self.rate

    def draw_log(self, generator: np.random.Generator, draws: int) -> NDArray[np.float64]:
        """Draw the log rate, (draw,); finite even where the shape is small."""
        gamma = generator.standard_gamma(self.shape + 1.0, draws)
        return np.asarray(np.log(gamma) + np.log1p(-generator.random(draws)) / self.shape - np.log(self.rate))


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoEpisode:
    """One block: its years while its country was a candidate; `counts` is False for those of the aspirant itself."""

    block: Block
    years: float
    ended: bool
    counts: bool


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
    episodes = tuple(_episode(case, block, candidates.get(block.country, ())) for block in case.blocks)
    counted = [one for one in episodes if one.counts]
    exposure = sum(
        _overlap(spans, (member.member_since.middle.toordinal(), case.header.as_of.toordinal()))
        for country, spans in candidates.items()
        if country != case.header.aspirant
        for member in case.members
        if member.member != country
    )
    years = sum(one.years for one in counted)
    return VetoFit(
        episodes=episodes,
        onset=VetoRate(
            events=len(counted),
            years=max(exposure / YEAR - years, 0.0),
            clustering=clustering(str(one.block.blocked_from) for one in counted),
            prior=ONSET_PRIOR,
        ),
        end=VetoRate(
            events=sum(one.ended for one in counted),
            years=years,
            clustering=clustering(str(one.block.blocked_to) for one in counted if one.ended),
            prior=END_PRIOR,
        ),
    )


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


def clustering(days: Iterable[str]) -> float:
    """Give the mean size of the group of one day that an event belongs to; 1 where all days differ."""
    sizes = list(Counter(days).values())
    return sum(size * size for size in sizes) / sum(sizes) if sizes else 1.0


def veto_result(case: Case) -> StageResult:
    """Give the table of veto episodes, the values `veto.*` and the draws `veto`; empty for a case without blocks.

    A case that records blocks, none of them known yet on its day, has draws alone: of the prior and the years without.
    """
    if not case.blocks and BLOCKS not in case.files:
        return StageResult(stage="accession")
    fit = fit_veto(case)
    generator = named_generator(case.header.seed, "accession", "veto")
    count = case.pathways.draws
    draws = Draws(
        values=np.stack([fit.onset.draw_log(generator, count), fit.end.draw_log(generator, count)], axis=1),
        units=("onset", "end"),
        measure="log_rate_per_year",
        label="estimated" if case.blocks else "assumed",
        source_ids=_sources(case.blocks) or tuple(sorted({member.source for member in case.members})) or ("case",),
    )
    if not case.blocks:
        return StageResult(stage="accession", draws={"veto": draws})
    table = veto_table(fit.episodes)
    return StageResult(
        stage="accession", tables={table.name: table}, values=tuple(veto_values(case, fit)), draws={"veto": draws}
    )


def veto_table(episodes: Sequence[VetoEpisode]) -> Table:
    """One row per block: from when to when, years as a candidate, whether it counts in the rates."""
    names = ("country", "member", "step", "blocked_from", "blocked_to", "blocked_years", "in_rates", "source", "grade")
    rows = [
        (one.block.country, one.block.member, one.block.step, str(one.block.blocked_from),
         None if one.block.blocked_to is None else str(one.block.blocked_to), one.years, one.counts,
         one.block.source, one.block.grade)
        for one in sorted(episodes, key=lambda e: (e.block.blocked_from, e.block.country, e.block.member, e.block.step))
    ]  # fmt: skip
    key = ("country", "member", "step", "blocked_from")
    return make_table("veto_episodes", "Times in which a member openly blocked a step", names, rows, key, COLUMNS)


COLUMNS: dict[str, tuple[Any, str, Unit | None]] = {
    "blocked_from": (TEXT, "When the block became public.", "date"),
    "blocked_to": (TEXT, "When it ended; empty if it has not.", "date"),
    "blocked_years": (NUMBER, "Years of it in which the country was a candidate.", "years"),
    "in_rates": (TRUTH, "True where it counts in the rates; those of the aspirant do not.", None),
}


def veto_values(case: Case, fit: VetoFit) -> list[Value]:
    """The two rates with 90 % intervals, the number of episodes, and the years they are counted in."""
    counted = [one.block for one in fit.episodes if one.counts]
    sources, verified = _sources(counted or case.blocks), all(block.verified for block in counted)
    days = len({str(block.blocked_from) for block in counted})
    details = {"episodes": fit.onset.events, "ended": fit.end.events, "occasions": days}

    def rate(name: str, one: VetoRate, decimals: int) -> Value:
        return Value(
            id=f"veto.{name}", number=one.mean, unit="ratio", decimals=decimals, label="estimated",
            label_key=f"value.accession.veto-{name}", source_ids=sources, method=METHOD, verified=verified,
            low=one.quantile(LOW), high=one.quantile(HIGH), level=LEVEL, details=details,
        )  # fmt: skip

    def total(name: str, number: float, unit: str) -> Value:
        return Value(
            id=f"veto.{name}", number=number, unit="count" if unit == "count" else "years", decimals=0,
            label="observed" if unit == "count" else "computed", label_key=f"value.accession.veto-{name}",
            source_ids=sources, method=METHOD, verified=verified,
        )  # fmt: skip

    return [
        rate("onset", fit.onset, 4),
        rate("end", fit.end, 2),
        total("count", fit.onset.events, "count"),
        total("occasions", days, "count"),
        total("member-years", fit.onset.years, "years"),
        total("block-years", fit.end.years, "years"),
    ]


def _episode(case: Case, block: Block, candidate: Sequence[Span]) -> VetoEpisode:
    as_of = case.header.as_of.toordinal()
    ended = block.blocked_to is not None and block.blocked_to.middle.toordinal() <= as_of
    stop = block.blocked_to.middle.toordinal() if ended and block.blocked_to is not None else as_of
    days = _overlap(candidate, (block.blocked_from.middle.toordinal(), stop))
    return VetoEpisode(
        block=block, years=days / YEAR, ended=ended, counts=block.country != case.header.aspirant
    )  # fmt: skip


def _overlap(spans: Sequence[Span], window: Span) -> int:
    return sum(max(min(stop, window[1]) - max(start, window[0]), 0) for start, stop in spans)


def _sources(blocks: Sequence[Block]) -> tuple[str, ...]:
    return tuple(sorted({block.source for block in blocks}))
