"""All checks of published figures, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from shteg.evidence.records.surveys import PopulationMargin, PublishedDesign, PublishedFigure, Question, WeightScheme
from shteg.survey.coherence.bases import (
    check_implied_base,
    check_rounding_against_base,
    check_subgroup_bases,
    check_sums,
)
from shteg.survey.coherence.changes import check_changes, check_order, check_surveys_apart
from shteg.survey.coherence.composition import check_compositions
from shteg.survey.coherence.documents import check_two_bases, check_two_dates, check_two_documents
from shteg.survey.coherence.findings import CoherenceReport, Finding
from shteg.survey.coherence.implied_shares import check_implied_shares, check_zero_or_hundred
from shteg.survey.coherence.polls import Published
from shteg.survey.coherence.totals import check_copied_totals, check_mixed_items, check_totals

CHECKS: tuple[Callable[[Published], Iterable[Finding]], ...] = (
    check_totals,
    check_rounding_against_base,
    check_sums,
    check_two_documents,
    check_two_bases,
    check_two_dates,
    check_implied_base,
    check_subgroup_bases,
    check_implied_shares,
    check_compositions,
    check_copied_totals,
    check_mixed_items,
    check_zero_or_hundred,
    check_changes,
    check_surveys_apart,
    check_order,
)
"""Every check, in the order in which findings are told."""


def check_coherence(
    figures: Sequence[PublishedFigure],
    population: Sequence[PopulationMargin],
    schemes: Mapping[str, WeightScheme],
    designs: Sequence[PublishedDesign] = (),
    questions: Mapping[str, Question] | None = None,
) -> tuple[Finding, ...]:
    """Give the findings of `examine_coherence`: none for a clean file.

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
    tuple of Finding
    """
    return examine_coherence(figures, population, schemes, designs, questions).findings


def examine_coherence(
    figures: Sequence[PublishedFigure],
    population: Sequence[PopulationMargin],
    schemes: Mapping[str, WeightScheme],
    designs: Sequence[PublishedDesign] = (),
    questions: Mapping[str, Question] | None = None,
) -> CoherenceReport:
    """Make every check on published figures, totals against parts under every weight scheme on record first.

    Parameters
    ----------
    figures : sequence of PublishedFigure
    population : sequence of PopulationMargin
        Counts per scheme, variable and category; a category fits the subgroup that has the same name.
    schemes : mapping of id to WeightScheme
        The schemes, in the order in which they are tried.
    designs : sequence of PublishedDesign
        Sample sizes, dates, weighting and composition of the waves, where on record.
    questions : mapping of id to Question
        Favourable answers, complete sets of answers, and questions that a source mixed or ranked.

    Returns
    -------
    CoherenceReport
        Every check with its outcome, those that could not be made included.
    """
    published = Published(
        every=figures, population=population, schemes=schemes, designs=designs, questions=questions or {}
    )
    return CoherenceReport(checks=tuple(found for check in CHECKS for found in check(published)))
