"""Which published figures belong together: polls, pooled answers, complete groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shteg.evidence.records.base import Correction
from shteg.evidence.records.surveys import PopulationMargin, PublishedDesign, PublishedFigure, Question, WeightScheme
from shteg.survey.published.published import is_whole_sample, main_population, population_stem

LEVEL = 0.95
"""Coverage of every interval and bound."""

BOUND_WORDS = ("at least", "at most", "more than", "less than")
"""An answer printed with one of these is a bound, not a figure."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """Everything the checks may read; bounds such as “at least” are read by totals and parts alone."""

    every: Sequence[PublishedFigure]
    population: Sequence[PopulationMargin]
    schemes: Mapping[str, WeightScheme]
    designs: Sequence[PublishedDesign]
    questions: Mapping[str, Question]

    @cached_property
    def figures(self) -> tuple[PublishedFigure, ...]:
        """What was printed as a figure, not as a bound."""
        return tuple(figure for figure in self.every if not any(word in figure.answer for word in BOUND_WORDS))

    @cached_property
    def home(self) -> str:
        """The population that most figures are about."""
        return main_population(self.every)

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

    def is_everyone(self, variable: str, groups: set[str]) -> bool:
        """True where these groups are all that some scheme counts by this variable."""
        known: dict[str, set[str]] = {}
        for margin in self.population:
            if margin.variable == variable:
                known.setdefault(margin.scheme, set()).add(margin.category)
        return any(groups == categories for categories in known.values())

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


def as_printed(figures: Sequence[PublishedFigure], corrections: Sequence[Correction]) -> tuple[PublishedFigure, ...]:
    """Undo the corrections of percentages and bases: a slip in a source is what these checks are to find."""
    slips: dict[str, dict[str, float | int | None]] = {}
    for one in corrections:
        if one.file.endswith("published.csv") and set(one.row) == {"id"} and one.column in ("n", "percent"):
            number = (int if one.column == "n" else float)(one.expect) if one.expect else None
            slips.setdefault(one.row["id"], {}).setdefault(one.column, number)
    return tuple(figure.model_copy(update=slips[figure.id]) if figure.id in slips else figure for figure in figures)
