"""Which composition of the sample the printed totals and parts of a poll imply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.optimize import linprog

from shteg.arrays import Floats
from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.findings import Finding, Outcome, printed_range
from shteg.survey.coherence.polls import Published, finding
from shteg.survey.published.names import is_whole_sample

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


def collect_totals(published: Published) -> Iterator[tuple[str, list[Totals]]]:
    """Give for each poll and variable the totals of its questions: those whose parts cover everyone.

    Parts cover everyone if a scheme counts just these groups; without any such scheme nothing is implied.
    """
    polls: dict[tuple[str, tuple[object, ...]], dict[str, Totals]] = {}
    for figures in published.grouped("question", "answer"):
        totals = [figure for figure in figures if is_whole_sample(figure)]
        if not totals:
            continue
        for variable in dict.fromkeys(f.subgroup_variable for f in figures if not is_whole_sample(f)):
            parts = {f.subgroup: f for f in figures if f.subgroup_variable == variable}
            if not _is_everyone(published, variable, set(parts)):
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
    for variable, questions in collect_totals(published):
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
            yield finding(
                "implied_shares",
                outcome,
                together.figures,
                args=names,
                reason="together",
                variable=variable,
            )


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


def _is_everyone(published: Published, variable: str, groups: set[str]) -> bool:
    known: dict[str, set[str]] = {}
    for margin in published.population:
        if margin.variable == variable:
            known.setdefault(margin.scheme, set()).add(margin.category)
    return len(groups) > 1 and any(groups == categories for categories in known.values())
