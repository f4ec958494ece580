"""Planted errors of every kind are found; the clean counterpart gives none; a file made of real counts gives none."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from shteg.evidence.records.surveys import PublishedDesign, PublishedFigure, Question
from shteg.survey.coherence.examine import check_coherence, examine_coherence
from shteg.survey.coherence.findings import CoherenceReport
from tests.survey.factories import design, figure, margins, question, schemes

EXACT = 1e-9  # closed forms on doubles
GROUPS = ("hill", "valley", "coast")
ANSWERS = ("yes", "no", "undecided")
COMPLETE = question("yes").model_copy(update={"answer_sets": (ANSWERS,)})


def examine(figures: Sequence[PublishedFigure], **more: Any) -> CoherenceReport:
    population, weights = more.get("population", []), more.get("weights", {})
    return examine_coherence(figures, population, weights, more.get("designs", ()), more.get("questions"))


def outcomes(kind: Any, figures: Sequence[PublishedFigure], **more: Any) -> list[str]:
    return [check.outcome for check in examine(figures, **more).of(kind).checks]


@pytest.mark.parametrize(
    ("percent", "n", "outcome"),
    [
        (14, 7, ["consistent"]),  # 1 of 7
        (17, 7, ["impossible"]),  # 1 of 7 is 14, 2 of 7 is 29
        (12.5, 300, ["impossible"]),  # 37 and 38 of 300 are 12.3 and 12.7
        (12.3, 300, ["consistent"]),
        (17, 100, []),  # every whole per cent has a count
    ],
)
def test_a_percentage_and_its_base(percent: float, n: int, outcome: list[str]) -> None:
    assert outcomes("rounding_against_base", [figure(percent, n=n)]) == outcome


def test_weighted_percentages_need_no_count() -> None:
    weighted = design("Alpha", "one", None).model_copy(update={"weighting": "to the census"})
    assert outcomes("rounding_against_base", [figure(17, n=7)], designs=[weighted]) == ["not_checkable"]


@pytest.mark.parametrize(
    ("last", "outcome"), [(5, "consistent"), (6, "consistent"), (7, "impossible"), (2, "impossible")]
)
def test_answers_add_up(last: int, outcome: str) -> None:
    figures = [figure(60, answer="yes"), figure(35, answer="no"), figure(last, answer="undecided")]
    assert outcomes("sum_of_answers", figures, questions={"membership": COMPLETE}) == [outcome]


def test_partial_and_multiple_sets_of_answers_are_left_alone() -> None:
    assert outcomes("sum_of_answers", [figure(60, answer="roads"), figure(70, answer="schools")]) == []
    assert outcomes("sum_of_answers", [figure(60, answer="yes"), figure(20, answer="no")]) == []


def test_one_figure_in_two_documents() -> None:
    assert outcomes("two_documents", [figure(33), figure(34, id="press", source="press")]) == ["different"]
    assert outcomes("two_documents", [figure(92.3), figure(92, id="press", source="press")]) == ["consistent"]
    assert outcomes("two_documents", [figure(33), figure(34, happened_on="2023-10", source="press")]) == []


def test_one_base_in_two_documents() -> None:
    apart = [figure(33, n=1070), figure(40, question="trust", n=1100, source="press")]
    assert outcomes("two_bases", apart) == ["different"]
    same = [figure(33, n=1070), figure(40, question="trust", n=1070, source="press")]
    assert outcomes("two_bases", same) == ["consistent"]


@pytest.mark.parametrize(("hill", "outcome"), [(790, "different"), (800, "consistent"), (900, "impossible")])
def test_bases_of_groups(hill: int, outcome: str) -> None:
    figures = [figure(50, n=1000), figure(55, "hill", n=hill), figure(30, "valley", n=200)]
    more = {"population": margins(hill=8, valley=2), "weights": schemes("census")}
    assert outcomes("subgroup_bases", figures, **more) == [outcome]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("800 hill, 200 valley", "consistent"),
        ("800 hill, 198 valley", "impossible"),
        ("hill 80.1 %, valley 19.9 %", "consistent"),
        ("hill 80.1 %, valley 18.9 %", "impossible"),
    ],
)
def test_composition_of_a_sample(text: str, outcome: str) -> None:
    one = design("Alpha", "one", 1000).model_copy(update={"ethnic_composition": text})
    assert outcomes("sample_composition", [], designs=[one]) == [outcome]


def test_the_base_that_percentages_imply() -> None:
    figures = [figure(86, "hill", answer="no"), figure(14, "hill", answer="undecided")]
    (check,) = examine(figures).of("implied_base").checks
    assert (check.outcome, check.n) == ("implied", 7)  # 6 of 7 and 1 of 7
    assert not check.is_problem


def test_zero_and_a_hundred_have_a_one_sided_bound() -> None:
    none, everyone = figure(0.0, "hill", n=43, decimals=1), figure(100.0, "valley", n=43, decimals=1)
    low, high = examine([none, everyone]).of("zero_or_hundred").checks
    bound = 1 - 0.05 ** (1 / 43)
    assert (low.low, low.high) == pytest.approx((0, bound), abs=EXACT)
    assert (high.low, high.high) == pytest.approx((1 - bound, 1), abs=EXACT)
    assert not low.is_problem


def test_changes_below_sampling_error_are_told_and_are_no_contradiction() -> None:
    small = [figure(50, n=1000, wave="1"), figure(52, n=1000, wave="2", happened_on="2023-10")]
    (check,) = examine(small).of("change").checks
    assert check.outcome == "within_error"
    assert (check.base, check.is_problem) == ("printed", False)
    large = [figure(50, wave="1"), figure(72, wave="2", happened_on="2023-10")]
    (check,) = examine(large).of("change").checks
    assert (check.outcome, check.base) == ("consistent", "assumed")


def counts_of(draw: random.Random, size: int, share: float) -> list[int]:
    yes = sum(draw.random() < share for _ in range(size))
    no = sum(draw.random() < 0.7 for _ in range(size - yes))
    return [yes, no, size - yes - no]


def real_file(seed: int) -> tuple[list[PublishedFigure], list[PublishedDesign], dict[str, int]]:
    """Figures of two questions in three waves, all counted from the same unweighted respondents."""
    draw = random.Random(seed)
    sizes = {"hill": draw.randint(300, 800), "valley": draw.randint(30, 200), "coast": draw.randint(20, 90)}
    whole, decimals = sum(sizes.values()), draw.choice([0, 1])
    figures = []
    for name in ("membership", "trust"):
        share = {group: draw.uniform(0.05, 0.95) for group in GROUPS}
        for year in (2020, 2021, 2022):
            counts = {group: counts_of(draw, sizes[group], share[group]) for group in GROUPS}
            for place, answer in enumerate(ANSWERS):
                same: dict[str, Any] = {"question": name, "answer": answer, "wave": str(year)}
                same |= {"happened_on": f"{year}-10", "decimals": decimals}
                total = sum(counts[group][place] for group in GROUPS)
                figures.append(figure(round(100 * total / whole, decimals), n=whole, **same))
                for group in GROUPS:
                    percent = round(100 * counts[group][place] / sizes[group], decimals)
                    figures.append(figure(percent, group, n=sizes[group] if seed % 2 else None, **same))
    composition = ", ".join(f"{size} {group}" for group, size in sizes.items())
    designs = [
        design("Alpha", str(year), whole, f"{year}-10").model_copy(update={"ethnic_composition": composition})
        for year in (2020, 2021, 2022)
    ]
    return figures, designs, sizes


@pytest.mark.parametrize("seed", range(6))
def test_a_file_of_real_counts_gives_no_finding(seed: int) -> None:
    figures, designs, sizes = real_file(seed)
    questions: dict[str, Question] = {"membership": COMPLETE, "trust": COMPLETE}
    assert (
        check_coherence(
            figures,
            margins(hill=sizes["hill"], valley=sizes["valley"], coast=sizes["coast"]),
            schemes("census"),
            designs,
            questions,
        )
        == ()
    )


def test_one_slip_in_a_file_of_real_counts_is_found() -> None:
    figures, designs, sizes = real_file(0)
    slip = next(i for i, one in enumerate(figures) if one.subgroup == "all" and one.answer == "yes")
    percent = figures[slip].percent or 0.0
    figures[slip] = figures[slip].model_copy(update={"percent": percent + 5})
    questions: dict[str, Question] = {"membership": COMPLETE, "trust": COMPLETE}
    found = check_coherence(
        figures,
        margins(hill=sizes["hill"], valley=sizes["valley"], coast=sizes["coast"]),
        schemes("census"),
        designs,
        questions,
    )
    assert {"sum_of_answers", "total_against_parts"} <= {check.kind for check in found}
    assert all(figures[slip].id in check.figure_ids for check in found)
