"""Signs of a slip in totals: one copied from a part, one that belongs to another question."""

from __future__ import annotations

from collections.abc import Iterator

from shteg.survey.coherence.findings import SLACK, Finding, population_shares, printed_range
from shteg.survey.coherence.polls import Published, finding, printed
from shteg.survey.coherence.totals import compare_totals_with_parts
from shteg.survey.published.names import is_whole_sample


def check_copied_totals(published: Published) -> Iterator[Finding]:
    """Is a total the same as one of its parts, and fits the parts under no scheme on record?"""
    checks = compare_totals_with_parts(published.figures, published.population, published.schemes)
    by_set: dict[tuple[str, ...], list[str]] = {}
    for check in checks:
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
                (
                    sum(weights[group] * printed_range(part)[0] for group, part in parts.items()),
                    sum(weights[group] * printed_range(part)[1] for group, part in parts.items()),
                )
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
