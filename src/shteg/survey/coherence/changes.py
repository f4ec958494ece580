"""Differences against sampling error: between waves, between surveys of one time, between ways of asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from math import sqrt

from scipy import special

from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.findings import Finding, Outcome, finding, printed
from shteg.survey.coherence.polls import LEVEL, Published
from shteg.survey.published.published import ASSUMED_DESIGN_EFFECT, BaseSource, is_whole_sample, read_figures

LONGEST = 400
"""Days: figures that may be further from each other in time are not compared as if of one time."""

WEAKEST: tuple[BaseSource, ...] = ("assumed", "series", "design", "printed")
"""A comparison is as good as its weaker base."""


class _Bases:
    """Respondents behind each figure, and where the number comes from."""

    def __init__(self, published: Published) -> None:
        self.of = {one.figure.id: one for one in read_figures(published.figures, published.designs)}

    def difference(self, one: PublishedFigure, two: PublishedFigure) -> tuple[float, float, BaseSource] | None:
        """Difference two − one, its standard error, and the weaker base; None where a base is not known."""
        first, second = self.of[one.id], self.of[two.id]
        if first.n is None or second.n is None or first.share is None or second.share is None:
            return None
        variance = _variance(first.share, first.n, one.decimals) + _variance(second.share, second.n, two.decimals)
        base = min(first.base, second.base, key=WEAKEST.index)
        return second.share - first.share, sqrt(variance), base


def _variance(share: float, n: float, decimals: int) -> float:
    """Sampling variance of a share printed with so many decimals, with the assumed design effect, rounding included."""
    inside = (share * n + 0.5) / (n + 1)  # keeps 0 and 100 % from having no variance
    return ASSUMED_DESIGN_EFFECT * inside * (1 - inside) / n + (10.0**-decimals / 100) ** 2 / 12


def check_changes(published: Published) -> Iterator[Finding]:
    """Is the change between consecutive figures of one series larger than sampling error alone makes?

    `within_error` is no mistake of the figures: told as a change it says more than the surveys can. `told` marks pairs
    that one document prints side by side.
    """
    bases = _Bases(published)
    z = float(special.ndtri(0.5 + LEVEL / 2))
    for figures in _series(published):
        for one, two in pairwise(sorted(figures, key=lambda figure: figure.happened_on)):
            if not one.happened_on.last < two.happened_on.first:
                continue
            found = bases.difference(one, two)
            if found is None:
                continue
            difference, error, base = found
            told = "told" if one.source == two.source else "apart"
            outcome: Outcome = "within_error" if abs(difference) < z * error else "consistent"
            yield finding(
                "change",
                outcome,
                [two, one],
                args={"other_year": str(one.happened_on.middle.year), "base": base},
                shares={
                    "share": printed(two),
                    "other": printed(one),
                    "half_width": (z * error, 1),
                    "difference": (abs(difference), max(one.decimals, two.decimals)),
                },
                implied=difference,
                low=difference - z * error,
                high=difference + z * error,
                base=base,
                reason=f"{told}_{'printed' if base in ('printed', 'design') else 'assumed'}",
            )


def _series(published: Published) -> Iterator[list[PublishedFigure]]:
    """Figures of one series, question, answer and group, one a wave: of several the first."""
    groups: dict[tuple[object, ...], dict[tuple[str, str], PublishedFigure]] = {}
    for figure in published.figures:
        if figure.percent is None:
            continue
        who = (figure.subgroup_variable, figure.subgroup, published.people(figure))
        key = (figure.series, figure.question, published.pooled(figure), *who)
        groups.setdefault(key, {}).setdefault(published.poll(figure), figure)
    for waves in groups.values():
        yield list(waves.values())


def check_surveys_apart(published: Published) -> Iterator[Finding]:
    """Do two surveys of one time differ by more than sampling explains? Then wording, answers or coverage differ.

    Holm's procedure over all such pairs of the file, so that chance alone gives a finding in 5 files of 100.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2).
    """
    bases = _Bases(published)
    pairs = []
    for one, two in _same_time(published):
        found = bases.difference(one, two)
        if found is not None:
            difference, error, base = found
            pairs.append((2 * float(special.ndtr(-abs(difference) / error)), one, two, difference, base))
    rejected, going = set(), True
    for rank, number in enumerate(sorted(range(len(pairs)), key=lambda i: (pairs[i][0], i))):
        going = going and pairs[number][0] < (1 - LEVEL) / (len(pairs) - rank)
        if going:
            rejected.add(number)
    for number, (_, one, two, difference, base) in enumerate(pairs):
        yield finding(
            "surveys_apart",
            "different" if number in rejected else "consistent",
            [one, two],
            args={"other_series": two.series, "wave": one.wave or "", "other_wave": two.wave or "", "base": base},
            shares={"share": printed(one), "other": printed(two), "difference": (abs(difference), 1)},
            implied=difference,
            base=base,
            reason="one_series" if one.series == two.series else "",
        )


def _same_time(published: Published) -> Iterator[tuple[PublishedFigure, PublishedFigure]]:
    groups: dict[tuple[object, ...], list[PublishedFigure]] = {}
    for figure in published.figures:
        short = (figure.happened_on.last - figure.happened_on.first).days <= LONGEST
        if figure.percent is not None and short:
            who = (figure.subgroup_variable, figure.subgroup, published.people(figure))
            groups.setdefault((figure.question, published.pooled(figure), *who), []).append(figure)
    for figures in groups.values():
        for one, two in combinations(figures, 2):
            same_days = one.happened_on.first <= two.happened_on.last and two.happened_on.first <= one.happened_on.last
            if same_days and published.poll(one) != published.poll(two) and one.wave != two.wave:
                yield one, two


def check_order(published: Published) -> Iterator[Finding]:
    """Does a question with one answer each rank two things the other way round than questions about each (`ranks`)?"""
    bases = _Bases(published)
    z = float(special.ndtri(0.5 + LEVEL / 2))
    for figures in published.grouped("question", "group"):
        question = published.questions.get(figures[0].question)
        if question is None or not question.ranks or not is_whole_sample(figures[0]):
            continue
        named = {figure.answer: figure for figure in figures if figure.answer in question.ranks}
        for one, two in combinations(named.values(), 2):
            items = [_item(published, figure, question.ranks[figure.answer]) for figure in (one, two)]
            if items[0] is None or items[1] is None:
                continue
            choice = bases.difference(one, two)
            each = bases.difference(items[0], items[1])
            if choice is None or each is None:
                continue
            reversed_order = (choice[0] > 0) != (each[0] > 0)
            clear = abs(choice[0]) > z * choice[1] and abs(each[0]) > z * each[1]
            yield finding(
                "order_reversed",
                "different" if reversed_order and clear else "consistent",
                [one, two, items[0], items[1]],
                args={"other_answer": two.answer, "base": choice[2]},
                shares={
                    "share": printed(one),
                    "other": printed(two),
                    "item_share": printed(items[0]),
                    "item_other": printed(items[1]),
                },
                base=choice[2],
            )


def _item(published: Published, figure: PublishedFigure, question: str) -> PublishedFigure | None:
    found: Sequence[PublishedFigure] = [
        one
        for one in published.figures
        if one.question == question
        and published.poll(one) == published.poll(figure)
        and published.pooled(one) == "+"
        and is_whole_sample(one)
    ]
    return found[0] if found else None
