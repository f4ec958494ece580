"""Percentages against their base and their sum: what counts can give them, whether bases and answers add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, fsum
from typing import Any

from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.findings import Finding, Outcome, finding, parts_of, printed, printed_range, rounding_of
from shteg.survey.coherence.polls import Published
from shteg.survey.published.published import is_whole_sample

EDGE = 1e-9  # counts and percentages: a bound that is a whole number counts as reached in spite of rounding of doubles
LARGEST_BASE = 3000
"""No larger base is looked for: beyond it every percentage with one decimal has a count."""


def _counts_for(figure: PublishedFigure, n: int) -> range:
    """Counts out of n that print as this percentage, halves either way."""
    low, high = printed_range(figure)
    return range(ceil(n * low - EDGE), floor(n * high + EDGE) + 1)


def check_rounding_against_base(published: Published) -> Iterator[Finding]:
    """Can the percentage come from the printed base? (the GRIM test, for shares)

    Of n answers some count k must have k/n within half a unit of the last printed decimal. It says something only
    below n = 10^(2 + decimals), and only of shares that are not weighted.

    References
    ----------
    Brown and Heathers (2017), Social Psychological and Personality Science 8(4).
    """
    for figure in published.figures:
        if figure.percent is None or not figure.n or figure.n >= 10 ** (2 + figure.decimals):
            continue
        shares, reason = {"share": printed(figure)}, ""
        outcome: Outcome = "consistent"
        if not _counts_for(figure, figure.n):
            outcome, reason = ("not_checkable", "weighted") if published.is_weighted(figure) else ("impossible", "")
        if outcome == "impossible":
            near = round(figure.percent / 100 * figure.n)
            shares |= {"nearest": (near / figure.n, figure.decimals + 1)}
        numbers = {"n": (float(figure.n), 0)}
        given: dict[str, Any] = {"n": figure.n, "base": "printed", "reason": reason}
        yield finding("rounding_against_base", outcome, [figure], shares=shares, numbers=numbers, **given)


def possible_bases(figures: Sequence[PublishedFigure], largest: int) -> list[int]:
    """Bases from which every percentage of one group can come; if they add up to 100, their counts must add up too."""
    total = fsum(figure.percent or 0.0 for figure in figures)
    complete = len(figures) > 1 and abs(total - 100) <= rounding_of(figures) + EDGE
    bases = []
    for n in range(1, largest + 1):
        counts = [_counts_for(figure, n) for figure in figures]
        if not all(counts):
            continue
        if complete and not sum(one[0] for one in counts) <= n <= sum(one[-1] for one in counts):
            continue
        bases.append(n)
    return bases


def answer_sets(published: Published) -> Iterator[list[PublishedFigure]]:
    """Percentages of different answers by one group of one poll, each answer once."""
    for figures in published.grouped("question", "group"):
        by_answer = {figure.answer: figure for figure in reversed(figures)}
        if len(by_answer) > 1:
            yield list(reversed(by_answer.values()))


def check_implied_base(published: Published) -> Iterator[Finding]:
    """Which base can the answers of a subgroup have whose base was not printed?"""
    for figures in answer_sets(published):
        first = figures[0]
        if is_whole_sample(first) or any(figure.n for figure in figures) or published.is_weighted(first):
            continue
        size = published.sample_size(first)
        bases = possible_bases(figures, min(size or LARGEST_BASE, LARGEST_BASE))
        numbers = {"limit": (float(min(size or LARGEST_BASE, LARGEST_BASE)), 0)}
        if not bases:
            yield finding("implied_base", "impossible", figures, numbers=numbers)
            continue
        numbers |= {"n": (float(bases[0]), 0), "answers": (float(len(figures)), 0)}
        yield finding("implied_base", "implied", figures, numbers=numbers, n=bases[0], base="implied")


def check_subgroup_bases(published: Published) -> Iterator[Finding]:
    """Do the printed bases of subgroups fit the base of everyone?"""
    for figures in published.grouped("question", "answer"):
        wholes = [figure for figure in figures if is_whole_sample(figure) and figure.n]
        counted = parts_of(figure for figure in figures if figure.n)
        for variable, printed_parts in parts_of(figures).items() if wholes else ():
            parts = counted.get(variable)
            if not parts:
                continue
            size, total = wholes[0].n or 0, sum(part.n or 0 for part in parts.values())
            outcome: Outcome = "consistent"
            reason = ""
            if total > size:
                outcome, reason = "impossible", "more"
            elif total < size and set(parts) == set(printed_parts) and published.is_everyone(variable, set(parts)):
                outcome, reason = "different", "fewer"
            numbers = {"sum": (float(total), 0), "n": (float(size), 0), "groups": (float(len(parts)), 0)}
            yield finding(
                "subgroup_bases",
                outcome,
                [wholes[0], *parts.values()],
                args={"variable": variable},
                numbers=numbers,
                n=size,
                base="printed",
                reason=reason,
                variable=variable,
            )


RESIDUAL = ("don't know", "don’t know", "dont know", "no answer", "refuse", "no opinion")
"""A printed set that names one of these leaves nothing out that could bring it below what it adds up to: it may not
exceed 100, though other answers may be missing."""


def check_sums(published: Published) -> Iterator[Finding]:
    """Do the answers of one group add up to 100, as far as rounding allows?

    Only where the set is known to be complete (`answer_sets` of the question); a set that is not known, but names what
    is left over (“don't know”), is checked against exceeding 100 only. With k figures rounded to d decimals the sum may
    miss 100 by k/2 units of the last decimal.
    """
    for figures in answer_sets(published):
        for chosen, complete in _sets(published, figures):
            total = fsum(figure.percent or 0.0 for figure in chosen)
            slack = rounding_of(chosen) + EDGE
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
