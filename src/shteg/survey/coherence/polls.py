"""Which published figures belong together: polls, pooled answers, and the form of a check about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shteg.evidence.records.base import Correction
from shteg.evidence.records.surveys import PopulationMargin, PublishedDesign, PublishedFigure, Question, WeightScheme
from shteg.survey.coherence.findings import Finding, Kind, Outcome
from shteg.survey.published.names import is_whole_sample, main_population, population_stem, year_of

DESIGN_EFFECT = 1.5
"""Assumed where sampling error is needed, as for trends: no house printed one."""

LEVEL = 0.95
"""Coverage of every interval and bound."""

BOUND_WORDS = ("at least", "at most", "more than", "less than")
"""An answer printed with one of these is a bound, not a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Everything the checks may read."""

    figures: tuple[PublishedFigure, ...]
    population: tuple[PopulationMargin, ...]
    schemes: Mapping[str, WeightScheme]
    designs: tuple[PublishedDesign, ...]
    questions: Mapping[str, Question]
    home: str

    @classmethod
    def collect(
        cls,
        figures: Sequence[PublishedFigure],
        population: Sequence[PopulationMargin],
        schemes: Mapping[str, WeightScheme],
        designs: Sequence[PublishedDesign] = (),
        questions: Mapping[str, Question] | None = None,
    ) -> Published:
        """Keep what was printed as a figure: bounds such as “at least” are left out of all but totals and parts.

        Parameters
        ----------
        figures : sequence of PublishedFigure
            What was printed.
        population : sequence of PopulationMargin
            Counts of the population by group.
        schemes : mapping of id to WeightScheme
            Shares that a total was weighted with.
        designs : sequence of PublishedDesign
            Sample sizes of the waves.
        questions : mapping of id to Question, optional
            Their answers, and which of them are favourable.

        Returns
        -------
        Published
        """
        kept = tuple(figure for figure in figures if not any(word in figure.answer for word in BOUND_WORDS))
        return cls(
            figures=kept,
            population=tuple(population),
            schemes=schemes,
            designs=tuple(designs),
            questions=questions or {},
            home=main_population(figures),
        )

    def people(self, figure: PublishedFigure) -> str:
        """Whom a figure is about."""
        return population_stem(figure.population) or self.home

    def poll(self, figure: PublishedFigure) -> tuple[str, str]:
        """The survey that a figure comes from: its series and wave, or its fieldwork where no wave was named."""
        return figure.series, figure.wave or str(figure.happened_on)

    def pooled(self, figure: PublishedFigure) -> str:
        """The answer, favourable ones under one name."""
        question = self.questions.get(figure.question)
        return "+" if question and figure.answer in question.favourable else figure.answer

    def grouped(self, *names: str) -> list[list[PublishedFigure]]:
        """Group the percentages by poll, people, and the given names: question, answer, pooled, group, variable."""
        groups: dict[tuple[object, ...], list[PublishedFigure]] = {}
        for figure in self.figures:
            if figure.percent is None:
                continue
            parts: dict[str, object] = {
                "question": figure.question,
                "answer": figure.answer,
                "pooled": self.pooled(figure),
                "group": (figure.subgroup_variable, figure.subgroup),
            }
            key = (self.poll(figure), self.people(figure), *(parts[name] for name in names))
            groups.setdefault(key, []).append(figure)
        return list(groups.values())

    def designs_of(self, figure: PublishedFigure) -> tuple[PublishedDesign, ...]:
        """Designs on record of the figure's wave."""
        return tuple(one for one in self.designs if (one.series, one.wave) == (figure.series, figure.wave))

    def is_weighted(self, figure: PublishedFigure) -> bool:
        """True where a design of the series says that answers were weighted."""
        return any(one.weighting for one in self.designs if one.series == figure.series)

    def sample_size(self, figure: PublishedFigure) -> int | None:
        """Respondents of the figure's wave: printed with a figure about everyone, else on record."""
        whole = [f.n for f in self.figures if f.n and is_whole_sample(f) and self.poll(f) == self.poll(figure)]
        return max(whole) if whole else max((d.sample_size or 0 for d in self.designs_of(figure)), default=0) or None


def variance_of(share: float, n: float, decimals: int) -> float:
    """Sampling variance of a printed share with the assumed design effect, rounding included.

    Parameters
    ----------
    share : float in [0, 1]
        As printed.
    n : float, > 0
        Answers it rests on.
    decimals : int, >= 0
        Decimals of the percentage as printed.

    Returns
    -------
    float
        Of the share.
    """
    inside = (share * n + 0.5) / (n + 1)  # keeps 0 and 100 % from having no variance
    return DESIGN_EFFECT * inside * (1 - inside) / n + (10.0**-decimals / 100) ** 2 / 12


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
        At least one; sorts and names the finding.
    sources : iterable of str
        Ids of further sources.
    args : mapping of str, optional
        Further names for the sentence.
    shares : mapping of name to (float in [0, 1], int), optional
        Shares for the sentence, each with the decimals of its percentage.
    numbers : mapping of name to (float, int), optional
        Numbers for the sentence, each with its decimals.
    **fields : any
        Further fields of `Finding`.

    Returns
    -------
    Finding
    """
    first = figures[0]
    names = {
        "question": first.question,
        "answer": first.answer,
        "series": first.series,
        "year": str(year_of(first)),
        "subgroup": first.subgroup,
    }
    fields.setdefault("variable", "" if is_whole_sample(first) else first.subgroup_variable)
    fields.setdefault("scheme", "")
    return Finding(
        kind=kind,
        outcome=outcome,
        question=first.question,
        series=first.series,
        answer=first.answer,
        year=year_of(first),
        figure_ids=tuple(dict.fromkeys(figure.id for figure in figures)),
        source_ids=tuple(sorted({*(figure.source for figure in figures), *sources})),
        verified=all(figure.verified for figure in figures),
        message_args=names | dict(args or {}),
        message_shares=dict(shares or {}),
        message_numbers=dict(numbers or {}),
        **fields,
    )


def printed(figure: PublishedFigure) -> tuple[float, int]:
    """Give the printed share and its decimals, as a message takes it."""
    return (figure.percent or 0.0) / 100, figure.decimals


def as_printed(figures: Sequence[PublishedFigure], corrections: Sequence[Correction]) -> tuple[PublishedFigure, ...]:
    """Undo the corrections of percentages and bases: a slip in a source is what these checks are to find."""
    slips: dict[str, dict[str, float | int | None]] = {}
    for one in corrections:
        if one.file.endswith("published.csv") and set(one.row) == {"id"} and one.column in ("n", "percent"):
            number = (int if one.column == "n" else float)(one.expect) if one.expect else None
            slips.setdefault(one.row["id"], {}).setdefault(one.column, number)
    return tuple(figure.model_copy(update=slips[figure.id]) if figure.id in slips else figure for figure in figures)
