"""Answers that must add up to a hundred."""

from __future__ import annotations

from collections.abc import Iterator

from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.bases import answer_sets
from shteg.survey.coherence.findings import Finding, Outcome
from shteg.survey.coherence.polls import Published, finding

RESIDUAL = ("don't know", "don’t know", "dont know", "no answer", "refuse", "no opinion")
"""A printed set that names one of these leaves nothing out that could bring it below what it adds up to: it may not
exceed 100, though other answers may be missing."""

EDGE = 1e-9  # percentages: sums of printed decimals are exact to about 1e-13


def check_sums(published: Published) -> Iterator[Finding]:
    """Do the answers of one group add up to 100, as far as rounding allows?

    Only where the set is known to be complete (`answer_sets` of the question); a set that is not known, but names what
    is left over (“don't know”), is checked against exceeding 100 only. With k figures rounded to d decimals the sum may
    miss 100 by k/2 units of the last decimal.
    """
    for figures in answer_sets(published):
        for chosen, complete in _sets(published, figures):
            total = sum(figure.percent or 0.0 for figure in chosen)
            slack = sum(0.5 * 10.0**-figure.decimals for figure in chosen) + EDGE
            decimals = max(figure.decimals for figure in chosen)
            wrong = total > 100 + slack or (complete and total < 100 - slack)
            outcome: Outcome = "impossible" if wrong else "consistent"
            if not wrong and not complete and total < 100 - slack:
                continue
            yield finding(
                "sum_of_answers",
                outcome,
                chosen,
                args={"answers": str(len(chosen))},
                shares={"sum": (total / 100, decimals), "slack": ((slack - EDGE) / 100, decimals + 1)},
                implied=total / 100,
            )


def _sets(published: Published, figures: list[PublishedFigure]) -> Iterator[tuple[list[PublishedFigure], bool]]:
    question = published.questions.get(figures[0].question)
    by_answer = {figure.answer: figure for figure in figures}
    known = [answers for answers in (question.answer_sets if question else ()) if set(answers) <= set(by_answer)]
    for answers in known:
        yield [by_answer[answer] for answer in answers], True
    if not known and any(word in answer.lower() for answer in by_answer for word in RESIDUAL):
        yield figures, False
