"""Totals against parts: what they leave for all others, scheme by scheme, and signs of a slip in a total."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Any, Literal

from shteg.evidence.records.surveys import PopulationMargin, PublishedFigure
from shteg.survey.coherence.findings import (
    SLACK,
    Finding,
    Outcome,
    finding,
    population_shares,
    printed,
    printed_range,
    reach_of,
)
from shteg.survey.coherence.polls import Published
from shteg.survey.published.published import is_whole_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """Figures of one question and answer from one wave: the totals, and the parts by one subgroup variable."""

    variable: str
    totals: tuple[PublishedFigure, ...]
    parts: tuple[PublishedFigure, ...]


def check_totals(published: Published) -> Iterator[Finding]:
    """Compare each printed total with its printed parts: p = Σ s_g p_g with the shares s_g of a named scheme.

    With every figure known to lie within half a unit of its last printed decimal, the share among all others lies in
    [(p⁻ − Σ s_g p_g⁺)/s, (p⁺ − Σ s_g p_g⁻)/s] ∩ [0, 1], s = 1 − Σ s_g; if all parts are printed, the total must meet
    [Σ s_g p_g⁻, Σ s_g p_g⁺]. One finding for each total with parts, and each scheme that could belong to it. See
    docs/methods/survey.md#coherence.
    """
    shares = population_shares(published.population)
    for one in _sets(published):
        reason = _why_no_set(one)
        if reason:
            yield _make(one, "", "not_checkable", reason=reason)
            continue
        for scheme in published.schemes:
            yield _compare(one, scheme, shares.get((scheme, one.variable), {}), published.population)


def _sets(published: Published) -> list[_Set]:
    """Group what was measured together; sets without a part have nothing to compare and are left out."""
    groups: dict[tuple[object, ...], list[PublishedFigure]] = {}
    for figure in published.every:
        people = published.people(figure)
        key = (figure.question, figure.series, figure.wave, figure.happened_on, figure.answer, people)
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
        return _make(one, scheme, "not_checkable", reason="variable")
    parts = {figure.subgroup: figure for figure in one.parts}
    if set(parts) - set(shares):
        return _make(one, scheme, "not_checkable", reason="category")
    total = min(one.totals, key=lambda figure: -figure.decimals)
    low, high = printed_range(total)
    parts_low, parts_high = reach_of(parts, shares)
    exact = fsum(shares[name] * (figure.percent or 0.0) / 100 for name, figure in parts.items())
    known = fsum(shares[name] for name in parts)
    rest = 1 - known
    sources = tuple(m.source for m in population if (m.scheme, m.variable) == (scheme, one.variable))
    if set(parts) == set(shares):
        fits = parts_low <= high + SLACK and parts_high >= low - SLACK
        outcome: Outcome = "consistent" if fits else "impossible"
        return _make(one, scheme, outcome, sources, ("total", 1.0, exact), (parts_low, parts_high))
    implied = ((total.percent or 0.0) / 100 - exact) / rest
    bounds = (max(0.0, (low - parts_high) / rest), min(1.0, (high - parts_low) / rest))
    if bounds[0] > bounds[1] + SLACK:
        return _make(one, scheme, "impossible", sources, ("rest", known, implied))
    outcome = "implied" if -SLACK <= implied <= 1 + SLACK else "only_by_rounding"
    return _make(one, scheme, outcome, sources, ("rest", known, implied), bounds)


def _make(
    one: _Set,
    scheme: str,
    outcome: Outcome,
    sources: Iterable[str] = (),
    found: tuple[Literal["rest", "total"], float, float] | None = None,
    bounds: tuple[float, float] | None = None,
    reason: str = "",
) -> Finding:
    """Say what a set gives under a scheme; `found` is what is bounded, the share that is known, the exact value."""
    args = {"variable": one.variable, "count": str(len(one.parts)), **({"scheme": scheme} if scheme else {})}
    given: dict[str, Any] = {"variable": one.variable, "scheme": scheme, "reason": reason}
    shares = {}
    if found:
        target, known, implied = found
        given |= {"target": target, "known_share": known, "implied": implied}
        shares = {"total": printed(one.totals[0]), "known_share": (known, 1), "implied": (implied, 1)}
    if bounds:
        given |= {"low": bounds[0], "high": bounds[1]}
        shares |= {"low": (bounds[0], 1), "high": (bounds[1], 1)}
    figures = (*one.totals, *one.parts)
    return finding("total_against_parts", outcome, figures, sources=sources, args=args, shares=shares, **given)


def check_copied_totals(published: Published) -> Iterator[Finding]:
    """Is a total the same as one of its parts, and fits the parts under no scheme on record?"""
    by_set: dict[tuple[str, ...], list[str]] = {}
    for check in check_totals(replace(published, every=published.figures)):
        if check.target == "total":
            by_set.setdefault(check.figure_ids, []).append(check.outcome)
    figures = {figure.id: figure for figure in published.figures}
    for ids, outcomes in by_set.items():
        if set(outcomes) != {"impossible"}:
            continue
        chosen = [figures[one] for one in ids]
        total = next(figure for figure in chosen if is_whole_sample(figure))
        parts = [figure for figure in chosen if not is_whole_sample(figure)]
        same = [part for part in parts if part.percent == total.percent]
        if same and len({part.percent for part in parts}) > 1:
            yield finding(
                "copied_total",
                "doubtful",
                [total, *parts],
                args={"subgroup": same[0].subgroup},
                shares={"share": printed(total)},
                variable=parts[0].subgroup_variable,
            )


def check_mixed_items(published: Published) -> Iterator[Finding]:
    """Does the total that a source prints with these parts (`printed_with`) belong to them under any scheme?"""
    shares = population_shares(published.population)
    for figures in published.grouped("question", "pooled"):
        parts = {figure.subgroup: figure for figure in figures if not is_whole_sample(figure)}
        question = published.questions.get(figures[0].question)
        if not parts or question is None or not question.printed_with:
            continue
        first = next(iter(parts.values()))
        for total in published.figures:
            if total.question not in question.printed_with or not is_whole_sample(total) or total.percent is None:
                continue
            if published.poll(total) != published.poll(first) or total.answer != first.answer:
                continue
            reach = [
                reach_of(parts, weights)
                for (_, variable), weights in shares.items()
                if variable == first.subgroup_variable and set(weights) == set(parts)
            ]
            if not reach:
                continue
            low, high = min(one[0] for one in reach), max(one[1] for one in reach)
            total_low, total_high = printed_range(total)
            meet = any(one[0] <= total_high + SLACK and total_low <= one[1] + SLACK for one in reach)
            yield finding(
                "mixed_items",
                "consistent" if meet else "different",
                [first, total, *list(parts.values())[1:]],
                args={"other_question": total.question},
                shares={"total": printed(total), "low": (low, 1), "high": (high, 1)},
                low=low,
                high=high,
                variable=first.subgroup_variable,
            )
