"""Zero and a hundred per cent: how far from it the population may still be."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from scipy import special

from shteg.evidence.records.surveys import PublishedFigure
from shteg.survey.coherence.bases import EDGE, answer_sets, possible_bases
from shteg.survey.coherence.findings import Finding, printed_range
from shteg.survey.coherence.implied_shares import collect_totals
from shteg.survey.coherence.polls import LEVEL, Published, finding
from shteg.survey.published.names import is_whole_sample


def upper_bound(successes: int, n: int, level: float = LEVEL) -> float:
    """One-sided upper bound of a share: the largest π with P(X ≤ x | n, π) ≥ 1 − level.

    For x = 0 it is 1 − (1 − level)^(1/n), about 3/n.

    Parameters
    ----------
    successes : int, 0 to n
        x, answers of the kind counted.
    n : int, >= 1
        Answers.
    level : float in (0, 1)
        Coverage.

    Returns
    -------
    float
        A share in [0, 1]; 1 if all answered so.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26(4).
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
        bound = upper_bound(hidden, n)
        ends = (0.0, bound) if figure.percent == 0 else (1 - bound, 1.0)
        yield finding(
            "zero_or_hundred",
            "implied",
            [figure],
            shares={
                "bound": (ends[1] if figure.percent == 0 else ends[0], 1),
                "share": ((figure.percent or 0) / 100, 0),
            },
            numbers={"n": (float(n), 0)},
            reason=f"{'zero' if figure.percent == 0 else 'hundred'}_{base}",
            low=ends[0],
            high=ends[1],
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
        (totals.range_of(totals.groups.index(figure.subgroup)), totals)
        for _, questions in collect_totals(published)
        for totals in questions
        if figure.id in {one.id for one in totals.figures}
    ]
    known = [reach for reach, _ in ends if reach is not None]
    if not known:
        return None, ""
    first, last = int(size * known[0][0]), int(size * known[0][1]) + 1
    sets = [figures for figures in answer_sets(published) if figure.id in {one.id for one in figures}]
    fitting = (
        [n for n in possible_bases(sets[0], last) if n >= max(first, 1)] if sets else list(range(max(first, 1), last))
    )
    return (fitting[0], "implied") if fitting else (None, "")
