"""What a check of published figures gives: one form for every kind, so that kinds can stand beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Any, Literal

import polars as pl

from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure
from shteg.hints import counted
from shteg.shown import Shown
from shteg.survey.published.published import is_whole_sample, year_of

Kind = Literal[
    "total_against_parts",
    "rounding_against_base",
    "sum_of_answers",
    "two_documents",
    "two_bases",
    "two_dates",
    "implied_base",
    "subgroup_bases",
    "implied_shares",
    "sample_composition",
    "copied_total",
    "mixed_items",
    "zero_or_hundred",
    "change",
    "surveys_apart",
    "order_reversed",
]

Outcome = Literal[
    "impossible",
    "only_by_rounding",
    "different",
    "doubtful",
    "implied",
    "within_error",
    "consistent",
    "not_checkable",
]
"""impossible: what was printed cannot be; only_by_rounding: what was printed cannot be, but figures that round to it
can; different: two printed figures of one thing exclude each other; doubtful: possible, and a sign of a slip; implied:
a quantity that nobody printed is bounded; within_error: a change that sampling error alone could make; consistent: all
fits; not_checkable: something is missing."""

PROBLEMS: frozenset[Outcome] = frozenset({"impossible", "only_by_rounding", "different", "doubtful"})
SLACK = 1e-12  # shares of 0–1: sums of shares are exact to about 1e-16


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check of one set of figures gave.

    `low` and `high` bound a share 0–1: among all others (`target` "rest"), of the total of the parts (`target`
    "total"), of a group in the population or of an answer (other kinds); `implied` is that share if the printed figures
    are taken as exact, and may lie outside 0–1. `n` is the base a check used or found, `base` says where it comes from
    (printed, design, series, assumed, implied). `reason` says why something is not checkable, or under what condition
    an outcome holds. `message_key` names the sentence for the reader; `message_args` fills it with names
    (`lexicon_args` makes lexicon ids of them), `message_shares` with shares and the decimals of their percentages,
    `message_numbers` with other numbers and their decimals, which the report prints in its language.
    """

    kind: Kind
    outcome: Outcome
    question: str
    series: str
    answer: str
    year: int
    variable: str
    scheme: str
    figure_ids: tuple[str, ...]
    source_ids: tuple[str, ...]
    target: Literal["rest", "total", "none"] = "none"
    known_share: float | None = None
    implied: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    base: str = ""
    reason: str = ""
    verified: bool = True
    message_args: Mapping[str, str] = field(default_factory=dict)
    message_shares: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    message_numbers: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def is_problem(self) -> bool:
        """True where something printed does not fit."""
        return self.outcome in PROBLEMS

    @property
    def message_key(self) -> str:
        """Name of the sentence in `report/messages/<language>/`."""
        tail = self.reason or (self.target if self.kind == "total_against_parts" else "")
        return f"coherence.{self.kind}.{self.outcome}" + (f".{tail}" if tail else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoherenceReport(Shown):
    """All checks made, kind by kind in the order of the figures: nothing is skipped without a word."""

    checks: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """How many checks were made, and in how many something does not fit."""
        return f"{counted(len(self.checks), 'check')} of printed figures: {len(self.findings)} do not fit"

    def to_frame(self) -> pl.DataFrame:
        """One row a check: kind, outcome, what it is of, the shares implied, low and high, reason; null is unknown."""
        names = ("kind", "outcome", "question", "series", "answer", "year", "variable", "scheme", "target", "reason")
        kinds = {name: pl.Int64 if name == "year" else pl.String for name in names}
        numbers = ("known_share", "implied", "low", "high")
        columns = {name: pl.Series([getattr(one, name) for one in self.checks], dtype=kinds[name]) for name in names}
        shares = {name: pl.Series([getattr(one, name) for one in self.checks], dtype=pl.Float64) for name in numbers}
        figures = pl.Series([" ".join(one.figure_ids) for one in self.checks], dtype=pl.String)
        return pl.DataFrame({**columns, **shares, "figures": figures})

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The checks in which something printed does not fit."""
        return tuple(check for check in self.checks if check.is_problem)

    @property
    def not_checkable(self) -> tuple[Finding, ...]:
        """The checks that could not be made, each with its reason."""
        return tuple(check for check in self.checks if check.outcome == "not_checkable")

    def of(self, kind: Kind) -> CoherenceReport:
        """Give the checks of one kind."""
        return CoherenceReport(checks=tuple(check for check in self.checks if check.kind == kind))


def population_shares(population: Iterable[PopulationMargin]) -> dict[tuple[str, str], dict[str, float]]:
    """Share of each category, by (scheme, variable), in the order of the rows."""
    counts: dict[tuple[str, str], dict[str, float]] = {}
    for margin in population:
        categories = counts.setdefault((margin.scheme, margin.variable), {})
        categories[margin.category] = categories.get(margin.category, 0.0) + margin.count
    return {
        key: {category: count / sum(categories.values()) for category, count in categories.items()}
        for key, categories in counts.items()
    }


def printed_range(figure: PublishedFigure) -> tuple[float, float]:
    """Shares that print as this figure does: half a unit of its last decimal either way, within 0–1."""
    if figure.percent is None:
        raise ValueError(f"figure {figure.id} is not a percentage")
    half = 0.5 * 10.0**-figure.decimals
    return max(0.0, (figure.percent - half) / 100), min(1.0, (figure.percent + half) / 100)


def printed(figure: PublishedFigure) -> tuple[float, int]:
    """Give the printed share and its decimals, as a message takes it."""
    return (figure.percent or 0.0) / 100, figure.decimals


def rounding_of(figures: Iterable[PublishedFigure]) -> float:
    """Percentage points that rounding may add to the sum of these figures: half a unit of each last decimal."""
    return fsum(0.5 * 10.0**-figure.decimals for figure in figures)


def parts_of(figures: Iterable[PublishedFigure]) -> dict[str, dict[str, PublishedFigure]]:
    """Figures about a group, by the variable and the group."""
    parts: dict[str, dict[str, PublishedFigure]] = {}
    for figure in figures:
        if not is_whole_sample(figure):
            parts.setdefault(figure.subgroup_variable, {})[figure.subgroup] = figure
    return parts


def reach_of(parts: Mapping[str, PublishedFigure], shares: Mapping[str, float]) -> tuple[float, float]:
    """Smallest and largest Σ s_g p_g of printed parts, each within its rounding."""
    ranges = {group: printed_range(part) for group, part in parts.items()}
    low = fsum(shares[group] * ends[0] for group, ends in ranges.items())
    return low, fsum(shares[group] * ends[1] for group, ends in ranges.items())


def finding(
    kind: Kind,
    outcome: Outcome,
    figures: Sequence[PublishedFigure],
    *,
    sources: Iterable[str] = (),
    args: Mapping[str, str] | None = None,
    shares: Mapping[str, tuple[float, int]] | None = None,
    numbers: Mapping[str, tuple[float, int]] | None = None,
    **fields: Any,
) -> Finding:
    """Make a finding about figures; the first names the question, the answer, the series and the year.

    Parameters
    ----------
    kind : Kind
        What was compared.
    outcome : Outcome
        How it came out.
    figures : sequence of PublishedFigure
        At least one.
    sources : iterable of str
        Ids of further sources.
    args : mapping of str, optional
        Further names for the sentence.
    shares : mapping of name to (float in [0, 1], int), optional
        Shares for the sentence, each with the decimals of its percentage.
    numbers : mapping of name to (float, int), optional
        Numbers for the sentence, each with its decimals.
    **fields : any
        Further fields of `Finding`; by default `variable` is that of the first figure's group.

    Returns
    -------
    Finding
    """
    first = figures[0]
    named = {"question": first.question, "answer": first.answer, "series": first.series}
    group = {} if kind == "total_against_parts" else {"subgroup": first.subgroup}
    return Finding(
        kind=kind,
        outcome=outcome,
        year=year_of(first),
        figure_ids=tuple(dict.fromkeys(figure.id for figure in figures)),
        source_ids=tuple(sorted({*(figure.source for figure in figures), *sources})),
        verified=all(figure.verified for figure in figures),
        message_args={**named, "year": str(year_of(first)), **group, **(args or {})},
        message_shares=dict(shares or {}),
        message_numbers=dict(numbers or {}),
        **{"variable": "" if is_whole_sample(first) else first.subgroup_variable, "scheme": ""} | named | fields,
    )
