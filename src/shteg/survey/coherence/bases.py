"""Percentages against their base: what counts can give them, and whether printed bases add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor

from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.findings import Finding, Outcome, printed_range
from shteg.survey.coherence.polls import Published, finding, printed
from shteg.survey.published.names import is_whole_sample

EDGE = 1e-9  # counts: a bound that is a whole number counts as reached in spite of rounding of doubles
LARGEST_BASE = 3000
"""No larger base is looked for: beyond it every percentage with one decimal has a count."""


def counts_for(figure: PublishedFigure, n: int) -> range:
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
        shares, n = {"share": printed(figure)}, {"n": (float(figure.n), 0)}
        outcome: Outcome
        if counts_for(figure, figure.n):
            outcome, reason = "consistent", ""
        elif published.is_weighted(figure):
            outcome, reason = "not_checkable", "weighted"
        else:
            outcome, reason = "impossible", ""
        if outcome == "impossible":
            near = round(figure.percent / 100 * figure.n)
            shares |= {"nearest": (near / figure.n, figure.decimals + 1)}
        yield finding(
            "rounding_against_base",
            outcome,
            [figure],
            shares=shares,
            numbers=n,
            n=figure.n,
            base="printed",
            reason=reason,
        )


def possible_bases(figures: Sequence[PublishedFigure], largest: int) -> list[int]:
    """Bases from which every percentage of one group can come; if they add up to 100, their counts must add up too."""
    rounding = sum(0.5 * 10.0**-figure.decimals for figure in figures)
    total = sum(figure.percent or 0.0 for figure in figures)
    complete = len(figures) > 1 and abs(total - 100) <= rounding + EDGE
    bases = []
    for n in range(1, largest + 1):
        counts = [counts_for(figure, n) for figure in figures]
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
        if not wholes:
            continue
        size = wholes[0].n or 0
        for variable in dict.fromkeys(f.subgroup_variable for f in figures if not is_whole_sample(f)):
            parts = {f.subgroup: f for f in figures if f.subgroup_variable == variable and f.n}
            printed_groups = {f.subgroup for f in figures if f.subgroup_variable == variable}
            if not parts:
                continue
            total = sum(part.n or 0 for part in parts.values())
            outcome: Outcome = "consistent"
            reason = ""
            if total > size:
                outcome, reason = "impossible", "more"
            elif total < size and set(parts) == printed_groups and _covers(published, variable, set(parts)):
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


def _covers(published: Published, variable: str, groups: set[str]) -> bool:
    """True where these groups are all that some scheme counts by this variable."""
    known: dict[str, set[str]] = {}
    for margin in published.population:
        if margin.variable == variable:
            known.setdefault(margin.scheme, set()).add(margin.category)
    return any(groups == categories for categories in known.values())
