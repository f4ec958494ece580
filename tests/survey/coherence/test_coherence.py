"""Total against parts, with hand-computed bounds."""

import pytest

from shteg.survey.coherence.examine import check_coherence
from shteg.survey.coherence.examine import examine_coherence as examine_all
from shteg.survey.coherence.findings import CoherenceReport, population_shares, printed_range
from tests.survey.factories import figure, margins, schemes

EXACT = 1e-12  # plain arithmetic on doubles


def examine_coherence(*evidence: object) -> CoherenceReport:
    """Totals against parts only."""
    return examine_all(*evidence).of("total_against_parts")  # type: ignore[arg-type]


def test_a_pair_that_only_rounding_can_save() -> None:
    pair = [figure(92), figure(99.5, "hill")]
    population = margins(hill=92.93, valley=1.47, coast=5.6)
    (check,) = examine_coherence(pair, population, schemes("census")).checks
    assert check.outcome == "only_by_rounding"
    assert check.is_problem
    assert check.low == 0
    assert check.high == pytest.approx((0.925 - 0.9293 * 0.9945) / 0.0707, abs=EXACT)
    assert check.high is not None
    assert 0.01 < check.high < 0.012
    assert check.implied == pytest.approx((0.92 - 0.9293 * 0.995) / 0.0707, abs=EXACT)
    assert check.source_ids == ("alpha-2022", "census-2011")
    assert check.message_shares["high"] == (check.high, 1)
    assert check.message_args["scheme"] == "census"


def test_another_scheme_leaves_room() -> None:
    pair = [figure(92), figure(99.5, "hill")]
    population = margins(hill=92.93, valley=7.07) + margins("estimate", hill=90.8, valley=9.2)
    first, second = examine_coherence(pair, population, schemes("census", "estimate")).checks
    assert (first.scheme, first.outcome) == ("census", "only_by_rounding")
    assert (second.scheme, second.outcome) == ("estimate", "implied")
    assert second.implied == pytest.approx(0.18, abs=0.001)
    assert second.low is not None
    assert second.high is not None
    assert second.low < 0.18 < second.high


def test_no_share_of_the_rest_gives_this_total() -> None:
    (finding,) = check_coherence([figure(50), figure(80, "hill")], margins(hill=90, valley=10), schemes("census"))
    assert finding.outcome == "impossible"
    assert finding.low is None
    assert finding.message_key == "coherence.total_against_parts.impossible.rest"


@pytest.mark.parametrize(("total", "outcome"), [(72, "impossible"), (74, "consistent"), (76, "impossible")])
def test_all_parts_known(total: int, outcome: str) -> None:
    parts = [figure(80, "hill"), figure(50, "valley")]  # .8·.8 + .2·.5 = .74, rounding ±.005
    (check,) = examine_coherence([figure(total), *parts], margins(hill=80, valley=20), schemes("census")).checks
    assert check.outcome == outcome
    assert (check.low, check.high) == pytest.approx((0.735, 0.745), abs=EXACT)


def test_a_clean_file_gives_no_finding() -> None:
    figures = [figure(74), figure(80, "hill"), figure(50, "valley"), figure(60, happened_on="2023-10")]
    assert check_coherence(figures, margins(hill=80, valley=20), schemes("census")) == ()


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ([figure(50, "hill")], "no_total"),
        ([figure(50), figure(51, id="again"), figure(50, "hill")], "two_totals"),
        ([figure(50), figure(50, "hill"), figure(55, "hill", id="again")], "two_parts"),
        ([figure(50), figure(50, "swamp")], "category"),
        ([figure(50), figure(50, "north", subgroup_variable="region")], "variable"),
        ([figure(None, mean_score=3.2), figure(None, "hill", mean_score=3.0)], "score"),
    ],
)
def test_what_cannot_be_checked_is_listed(figures: list[object], reason: str) -> None:
    report = examine_coherence(figures, margins(hill=80, valley=20), schemes("census"))  # type: ignore[arg-type]
    assert [check.reason for check in report.not_checkable] == [reason]
    assert report.findings == ()


def test_figures_of_another_wave_answer_or_country_are_not_mixed() -> None:
    figures = [
        figure(50),
        figure(90, "hill", happened_on="2023-10"),
        figure(90, "hill", answer="against"),
        figure(90, "hill", population="Elsewhere"),
    ]
    figures += [figure(60, population="Home, 18+", happened_on=f"19{year}") for year in range(90, 99)]
    report = examine_coherence(figures, margins(hill=80, valley=20), schemes("census"))
    assert [check.reason for check in report.checks] == ["no_total"] * 3


def test_printed_range_stays_within_0_and_1() -> None:
    assert printed_range(figure(0)) == (0.0, 0.005)
    assert printed_range(figure(100)) == (0.995, 1.0)
    assert printed_range(figure(99.5)) == pytest.approx((0.9945, 0.9955), abs=EXACT)


def test_shares_add_up_within_scheme_and_variable() -> None:
    shares = population_shares(margins(hill=3, valley=1))
    assert shares == {("census", "community"): {"hill": 0.75, "valley": 0.25}}
