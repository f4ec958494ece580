"""One thing printed twice: the same figure, the same base, the same fieldwork in two documents."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.findings import SLACK, Finding, Outcome, finding, printed, printed_range
from shteg.survey.coherence.polls import Published
from shteg.survey.published.published import is_whole_sample


def check_two_documents(published: Published) -> Iterator[Finding]:
    """Is one figure (series, wave, question, answer, group) printed with two values that rounding does not explain?

    Ranges that only touch, as those of 33 and 34, are different figures.
    """
    for figures in published.grouped("question", "pooled", "group"):
        for first, second in combinations(figures, 2):
            if first.answer != second.answer and first.source == second.source:
                continue  # two favourable answers of one question in one document, not one figure twice
            low, high = printed_range(first)
            other_low, other_high = printed_range(second)
            meet = low < other_high - SLACK and other_low < high - SLACK
            yield finding(
                "two_documents",
                "consistent" if meet else "different",
                [first, second],
                shares={"share": printed(first), "other": printed(second)},
            )


def check_two_bases(published: Published) -> Iterator[Finding]:
    """Is one wave's base about everyone printed with two numbers, by two documents?"""
    waves: dict[tuple[object, ...], dict[tuple[int, str], PublishedFigure]] = {}
    for figure in published.figures:
        if is_whole_sample(figure) and figure.n:
            key = (published.poll(figure), published.people(figure))
            waves.setdefault(key, {}).setdefault((figure.n, figure.source), figure)
    for bases in waves.values():
        first = next(iter(bases.values()))
        sizes: dict[int, set[str]] = {}
        for n, source in bases:
            sizes.setdefault(n, set()).add(source)
        for design in published.designs_of(first):
            if design.sample_size and published.people(first) == published.home:
                sizes.setdefault(design.sample_size, set()).add(design.source)
        sources = {source for known in sizes.values() for source in known}
        if len(sources) < 2:
            continue
        several = {n for n, known in sizes.items() if sources - known}
        outcome: Outcome = "different" if len(sizes) > 1 and several else "consistent"
        yield finding(
            "two_bases",
            outcome,
            list(bases.values()),
            sources=sources,
            args={"wave": first.wave or ""},
            numbers={"n": (float(min(sizes)), 0), "other": (float(max(sizes)), 0)},
            n=min(sizes),
            base="printed",
        )


def check_two_dates(published: Published) -> Iterator[Finding]:
    """Is the fieldwork of one wave printed with dates that exclude each other?

    A date within a wider one is only more exact; two spans that name both ends must be the same.
    """
    waves: dict[tuple[object, ...], dict[tuple[DateInterval, str], PublishedFigure]] = {}
    for figure in published.figures:
        if published.people(figure) == published.home and figure.wave:
            dates = waves.setdefault(published.poll(figure), {})
            dates.setdefault((figure.happened_on, figure.source), figure)
    for dates in waves.values():
        figures = list(dates.values())
        spans = [(when, source) for when, source in dates]
        for design in published.designs_of(figures[0]):
            if design.ended_on is not None:
                span = DateInterval(design.happened_on.first, design.ended_on.last)
                spans.append((span, design.source))
        apart = [
            (one, two)
            for (one, source), (two, other) in combinations(spans, 2)
            if source != other and _exclude(one, two)
        ]
        if not apart:
            continue
        one, two = apart[0]
        yield finding(
            "two_dates",
            "different",
            figures,
            sources=[source for _, source in spans],
            args={"wave": figures[0].wave or "", "dates": str(one), "other_dates": str(two)},
        )


def _exclude(one: DateInterval, two: DateInterval) -> bool:
    if one.last < two.first or two.last < one.first:
        return True
    inside = (one.first >= two.first and one.last <= two.last) or (two.first >= one.first and two.last <= one.last)
    if not inside:
        return True
    return "/" in str(one) and "/" in str(two) and str(one) != str(two) and _alike(one, two)


def _alike(one: DateInterval, two: DateInterval) -> bool:
    """True where both spans are given in months, or both in days: then one is not the other with less detail."""
    return len(str(one)) == len(str(two))
