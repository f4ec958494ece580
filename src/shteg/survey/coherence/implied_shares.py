"""What nobody printed and figures imply: the composition of a sample, and what zero and a hundred per cent leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor

import numpy as np
from scipy import special
from scipy.optimize import linprog

from shteg.arrays import Floats
from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.bases import EDGE, answer_sets, possible_bases
from shteg.survey.coherence.findings import Finding, Outcome, finding, parts_of, printed_range
from shteg.survey.coherence.polls import LEVEL, Published
from shteg.survey.published.published import is_whole_sample

WIDEST = 0.25
"""A range of shares wider than this says nothing and is not told."""

TOLERANCE = 1e-9  # shares of 0–1: figures that meet in one point only still meet


class Totals:
    """Bounds on the shares of groups: Σ s_g p_g⁺ ≥ p⁻ and Σ s_g p_g⁻ ≤ p⁺ for each printed total p, Σ s_g = 1."""

    def __init__(self, groups: Sequence[str]) -> None:
        self.groups = tuple(groups)
        self.rows: list[Floats] = []
        self.bounds: list[float] = []
        self.figures: list[PublishedFigure] = []

    def add(self, total: PublishedFigure, parts: dict[str, PublishedFigure]) -> None:
        """Add one printed total and the parts that make it up."""
        ranges = np.array([printed_range(parts[group]) for group in self.groups])
        low, high = printed_range(total)
        self.rows += [-ranges[:, 1], ranges[:, 0]]
        self.bounds += [-low + TOLERANCE, high + TOLERANCE]
        self.figures += [total, *parts.values()]

    def extend(self, other: Totals) -> None:
        """Take over the bounds of another question about the same groups."""
        self.rows += other.rows
        self.bounds += other.bounds
        self.figures += other.figures

    def range_of(self, group: int) -> tuple[float, float] | None:
        """Smallest and largest share of a group; None if no composition gives all totals."""
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(self.groups))
            goal[group] = sign
            solved = linprog(
                goal,
                A_ub=np.array(self.rows),
                b_ub=np.array(self.bounds),
                A_eq=np.ones((1, len(self.groups))),
                b_eq=[1.0],
                bounds=(0, 1),
                method="highs",
            )
            if solved.status != 0:
                return None
            ends.append(min(1.0, max(0.0, float(solved.x[group]))))
        return ends[0], max(ends)


def _collect_totals(published: Published) -> Iterator[tuple[str, list[Totals]]]:
    """Give for each poll and variable the totals of its questions: those whose parts cover everyone.

    Parts cover everyone if a scheme counts just these groups; without any such scheme nothing is implied.
    """
    polls: dict[tuple[str, tuple[object, ...]], dict[str, Totals]] = {}
    for figures in published.grouped("question", "answer"):
        totals = [figure for figure in figures if is_whole_sample(figure)]
        if not totals:
            continue
        for variable, parts in parts_of(figures).items():
            if len(parts) < 2 or not published.is_everyone(variable, set(parts)):
                continue
            key = (variable, (published.poll(totals[0]), published.people(totals[0]), tuple(sorted(parts))))
            questions = polls.setdefault(key, {})
            one = questions.setdefault(totals[0].question, Totals(sorted(parts)))
            one.add(totals[0], {group: parts[group] for group in sorted(parts)})
    for (variable, _), questions in polls.items():
        yield variable, list(questions.values())


def check_implied_shares(published: Published) -> Iterator[Finding]:
    """Which share of the sample must each group have, so that the parts give the totals? And do questions agree?

    One question alone with no such composition is impossible under any weights; two questions of one poll whose
    compositions exclude each other are different.
    """
    for variable, questions in _collect_totals(published):
        together = Totals(questions[0].groups)
        feasible = True
        for one in questions:
            together.extend(one)
            checks = _one_question(one, variable)
            feasible = feasible and not any(check.is_problem for check in checks)
            yield from checks
        if len(questions) > 1 and feasible:
            outcome: Outcome = "different" if together.range_of(0) is None else "consistent"
            names = {"other_question": questions[1].figures[0].question, "variable": variable}
            yield finding("implied_shares", outcome, together.figures, args=names, reason="together", variable=variable)


def _one_question(one: Totals, variable: str) -> list[Finding]:
    names, checks = {"variable": variable}, []
    for number, group in enumerate(one.groups):
        ends = one.range_of(number)
        if ends is None:
            return [finding("implied_shares", "impossible", one.figures, args=names, variable=variable)]
        low, high = ends
        if high - low <= WIDEST:
            checks.append(
                finding(
                    "implied_shares",
                    "implied",
                    one.figures,
                    args=names | {"subgroup": group},
                    shares={"low": (low, 1), "high": (high, 1)},
                    low=low,
                    high=high,
                    variable=variable,
                )
            )
    return checks


def _upper_bound(successes: int, n: int, level: float = LEVEL) -> float:
    """One-sided upper bound of a share: the largest π with P(X ≤ x | n, π) ≥ 1 − level; 1 if all answered so.

    For x = 0 it is 1 − (1 − level)^(1/n), about 3/n (Clopper and Pearson 1934, Biometrika 26(4)).
    """
    if successes >= n:
        return 1.0
    return float(special.betaincinv(successes + 1, n - successes, level))


def check_zero_or_hundred(published: Published) -> Iterator[Finding]:
    """Bound what 0 or 100 % says about the population, with the largest count that still prints so."""
    for figure in published.figures:
        if figure.percent not in (0, 100):
            continue
        n, base = _base(published, figure)
        if n is None:
            yield finding("zero_or_hundred", "not_checkable", [figure], reason="no_base")
            continue
        low, high = printed_range(figure)
        hidden = floor(n * (high if figure.percent == 0 else 1 - low) + EDGE)
        bound = _upper_bound(hidden, n)
        end = bound if figure.percent == 0 else 1 - bound
        yield finding(
            "zero_or_hundred",
            "implied",
            [figure],
            shares={"bound": (end, 1), "share": ((figure.percent or 0) / 100, 0)},
            numbers={"n": (float(n), 0)},
            reason=f"{'zero' if figure.percent == 0 else 'hundred'}_{base}",
            low=0.0 if figure.percent == 0 else end,
            high=end if figure.percent == 0 else 1.0,
            n=n,
            base=base,
        )


def _base(published: Published, figure: PublishedFigure) -> tuple[int | None, str]:
    """Printed; on record; else, for a group, the smallest base that its answers and its share of the sample allow."""
    if figure.n:
        return figure.n, "printed"
    size = published.sample_size(figure)
    if is_whole_sample(figure):
        return size, "printed"
    if size is None:
        return None, ""
    ends = [
        totals.range_of(totals.groups.index(figure.subgroup))
        for _, questions in _collect_totals(published)
        for totals in questions
        if figure.id in {one.id for one in totals.figures}
    ]
    known = [reach for reach in ends if reach is not None]
    if not known:
        return None, ""
    first, last = int(size * known[0][0]), int(size * known[0][1]) + 1
    sets = [figures for figures in answer_sets(published) if figure.id in {one.id for one in figures}]
    fitting = (
        [n for n in possible_bases(sets[0], last) if n >= max(first, 1)] if sets else list(range(max(first, 1), last))
    )
    return (fitting[0], "implied") if fitting else (None, "")
