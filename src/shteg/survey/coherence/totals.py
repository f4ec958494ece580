"""Totals against parts: what a printed total and its printed parts leave for all others, scheme by scheme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure, WeightScheme
from shteg.survey.coherence.findings import SLACK, Finding, Outcome, population_shares, printed_range
from shteg.survey.published.names import is_whole_sample, main_population, population_stem, year_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """Figures of one question and answer from one wave: the totals, and the parts by one subgroup variable."""

    variable: str
    totals: tuple[PublishedFigure, ...]
    parts: tuple[PublishedFigure, ...]


def compare_totals_with_parts(
    figures: Sequence[PublishedFigure],
    population: Sequence[PopulationMargin],
    schemes: Mapping[str, WeightScheme],
) -> list[Finding]:
    """Compare each printed total with its printed parts: p = Σ s_g p_g with the shares s_g of a named scheme.

    With every figure known to lie within half a unit of its last printed decimal, the share among all others lies in
    [(p⁻ − Σ s_g p_g⁺)/s, (p⁺ − Σ s_g p_g⁻)/s] ∩ [0, 1], s = 1 − Σ s_g; if all parts are printed, the total must meet
    [Σ s_g p_g⁻, Σ s_g p_g⁺]. See docs/methods/survey.md#coherence.

    Parameters
    ----------
    figures : sequence of PublishedFigure
        What was printed.
    population : sequence of PopulationMargin
        Counts that shares of the population are made of.
    schemes : mapping of id to WeightScheme
        Named shares.

    Returns
    -------
    list of Finding
        One for each total with parts, and each scheme that could belong to it.
    """
    shares = population_shares(population)
    findings: list[Finding] = []
    for figure_set in _sets(figures):
        reason = _why_no_set(figure_set)
        if reason:
            findings.append(_not_checkable(figure_set, "", reason))
            continue
        for scheme in schemes:
            findings.append(_compare(figure_set, scheme, shares.get((scheme, figure_set.variable), {}), population))
    return findings


def _sets(figures: Sequence[PublishedFigure]) -> list[_Set]:
    """Group what was measured together; sets without a part have nothing to compare and are left out."""
    home = main_population(figures)
    groups: dict[tuple[object, ...], list[PublishedFigure]] = {}
    for figure in figures:
        stem = population_stem(figure.population) or home
        key = (figure.question, figure.series, figure.wave, figure.happened_on, figure.answer, stem)
        groups.setdefault(key, []).append(figure)
    sets = []
    for group in groups.values():
        totals = tuple(figure for figure in group if is_whole_sample(figure))
        for variable in dict.fromkeys(f.subgroup_variable for f in group if not is_whole_sample(f)):
            parts = tuple(figure for figure in group if figure.subgroup_variable == variable)
            sets.append(_Set(variable=variable, totals=totals, parts=parts))
    return sets


def _why_no_set(one: _Set) -> str:
    if any(figure.percent is None for figure in (*one.totals, *one.parts)):
        return "score"
    if not one.totals:
        return "no_total"
    if len({figure.percent for figure in one.totals}) > 1:
        return "two_totals"
    printed: dict[str, set[float | None]] = {}
    for figure in one.parts:
        printed.setdefault(figure.subgroup, set()).add(figure.percent)
    return "two_parts" if any(len(values) > 1 for values in printed.values()) else ""


def _compare(one: _Set, scheme: str, shares: Mapping[str, float], population: Sequence[PopulationMargin]) -> Finding:
    if not shares:
        return _not_checkable(one, scheme, "variable")
    parts = {figure.subgroup: figure for figure in one.parts}
    if set(parts) - set(shares):
        return _not_checkable(one, scheme, "category")
    total = min(one.totals, key=lambda figure: -figure.decimals)
    low, high = printed_range(total)
    parts_low = sum(shares[name] * printed_range(figure)[0] for name, figure in parts.items())
    parts_high = sum(shares[name] * printed_range(figure)[1] for name, figure in parts.items())
    exact = sum(shares[name] * (figure.percent or 0.0) / 100 for name, figure in parts.items())
    known = sum(shares[name] for name in parts)
    rest = 1 - known
    sources = tuple(m.source for m in population if (m.scheme, m.variable) == (scheme, one.variable))
    if set(parts) == set(shares):
        fits = parts_low <= high + SLACK and parts_high >= low - SLACK
        outcome: Outcome = "consistent" if fits else "impossible"
        return _finding(one, scheme, outcome, "total", 1.0, exact, (parts_low, parts_high), sources)
    implied = ((total.percent or 0.0) / 100 - exact) / rest
    bounds = (max(0.0, (low - parts_high) / rest), min(1.0, (high - parts_low) / rest))
    if bounds[0] > bounds[1] + SLACK:
        return _finding(one, scheme, "impossible", "rest", known, implied, None, sources)
    outcome = "implied" if -SLACK <= implied <= 1 + SLACK else "only_by_rounding"
    return _finding(one, scheme, outcome, "rest", known, implied, bounds, sources)


def _finding(
    one: _Set,
    scheme: str,
    outcome: Outcome,
    target: Literal["rest", "total"],
    known: float,
    implied: float,
    bounds: tuple[float, float] | None,
    sources: Iterable[str],
) -> Finding:
    figures = (*one.totals, *one.parts)
    total = one.totals[0]
    shares = {
        "total": ((total.percent or 0.0) / 100, total.decimals),
        "known_share": (known, 1),
        "implied": (implied, 1),
        **({"low": (bounds[0], 1), "high": (bounds[1], 1)} if bounds else {}),
    }
    return Finding(
        kind="total_against_parts",
        outcome=outcome,
        question=total.question,
        series=total.series,
        answer=total.answer,
        year=year_of(total),
        variable=one.variable,
        scheme=scheme,
        figure_ids=tuple(figure.id for figure in figures),
        source_ids=tuple(sorted({*(figure.source for figure in figures), *sources})),
        target=target,
        known_share=known,
        implied=implied,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        verified=all(figure.verified for figure in figures),
        message_args=_names(one, scheme),
        message_shares=shares,
    )


def _not_checkable(one: _Set, scheme: str, reason: str) -> Finding:
    first, figures = one.parts[0], (*one.totals, *one.parts)
    return Finding(
        kind="total_against_parts",
        outcome="not_checkable",
        question=first.question,
        series=first.series,
        answer=first.answer,
        year=year_of(first),
        variable=one.variable,
        scheme=scheme,
        figure_ids=tuple(figure.id for figure in figures),
        source_ids=tuple(sorted({figure.source for figure in figures})),
        reason=reason,
        verified=all(figure.verified for figure in figures),
        message_args=_names(one, scheme),
    )


def _names(one: _Set, scheme: str) -> dict[str, str]:
    first = one.parts[0]
    return {
        "question": first.question,
        "answer": first.answer,
        "series": first.series,
        "year": str(year_of(first)),
        "variable": first.subgroup_variable,
        "count": str(len(one.parts)),
        **({"scheme": scheme} if scheme else {}),
    }
