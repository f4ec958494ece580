"""What a check of published figures gives: one form for every kind, so that kinds can stand beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure

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
class CoherenceReport:
    """All checks made, kind by kind in the order of the figures: nothing is skipped without a word."""

    checks: tuple[Finding, ...]

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
