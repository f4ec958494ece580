"""Which figures make a series, and whether they identify a trend."""

from datetime import date

import pytest

from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.surveys import PublishedFigure, Question
from shteg.survey.published.published import read_figures
from shteg.survey.published.trends import Trend, estimate_trends
from tests.survey.factories import figure, question


def _trends(figures: list[PublishedFigure], questions: dict[str, Question] | None = None) -> dict[str, Trend]:
    return {one.id: one for one in estimate_trends(read_figures(figures, []), questions or {})}


def _yearly(percents: list[float], **changes: object) -> list[PublishedFigure]:
    return [figure(p, happened_on=f"{2018 + i}-10", n=1000, **changes) for i, p in enumerate(percents)]


def test_three_points_make_a_trend() -> None:
    (trend,) = _trends(_yearly([60, 64, 70])).values()
    assert trend.id == "membership"
    assert trend.status == "estimated"
    assert [level.year for level in trend.levels] == [2018, 2019, 2020]
    assert trend.levels[0].level_on == date(2018, 10, 16)
    for level, printed in zip(trend.levels, (0.60, 0.64, 0.70), strict=True):
        assert level.low < level.estimate < level.high
        assert level.estimate == pytest.approx(printed, abs=0.02)
    assert trend.rose is not None
    assert trend.rose > 0.99
    assert trend.houses == ()


@pytest.mark.parametrize("percents", [[60], [60, 70]])
def test_one_or_two_points_identify_no_trend(percents: list[float]) -> None:
    (trend,) = _trends(_yearly(percents)).values()
    assert trend.status == "too_few_points"
    assert trend.levels == ()
    assert len(trend.used) == len(percents)


def test_three_houses_in_one_month_are_no_trend() -> None:
    figures = [figure(50 + 5 * i, series=f"House {i}", n=1000) for i in range(3)]
    assert _trends(figures)["membership"].status == "too_few_points"


def test_a_year_without_a_poll_is_wider_and_stands_at_the_first_of_july() -> None:
    figures = [one for one in _yearly([60, 61, 62, 61, 62]) if "2020" not in str(one.happened_on)]
    levels = {level.year: level for level in _trends(figures)["membership"].levels}
    assert levels[2020].level_on == date(2020, 7, 1)
    assert not levels[2020].polled
    assert levels[2020].high - levels[2020].low > levels[2019].high - levels[2019].low


def test_house_effects_sum_to_zero_and_find_the_higher_house() -> None:
    figures = _yearly([60, 62, 61, 63]) + _yearly([70, 72, 71, 73], series="Beta")
    trend = _trends(figures)["membership"]
    effects = {house.series: house for house in trend.houses}
    assert effects["Beta"].low > 0
    assert effects["Alpha"].high < 0
    assert effects["Alpha"].effect + effects["Beta"].effect == pytest.approx(0, abs=1e-9)
    assert all(0.62 < level.estimate < 0.71 for level in trend.levels)


def test_favourable_answers_of_several_houses_are_pooled() -> None:
    figures = [
        *_yearly([60, 61]),
        figure(62, happened_on="2021-10", series="Beta", answer="yes", n=900),
        figure(30, happened_on="2021-10", series="Beta", answer="no", n=900),
    ]
    trends = _trends(figures, {"membership": question("in favour", "yes")})
    assert trends["membership"].answers == ("in favour", "yes")
    assert trends["membership"].status == "estimated"
    assert trends["membership.no"].status == "too_few_points"


def test_another_wording_or_country_is_another_series() -> None:
    figures = _yearly([60, 61, 62], population="Home, 18+")
    figures += _yearly([40, 41, 42], population="Abroad") + _yearly([1, 2, 3], question="other-wording")
    figures += [figure(60, population="Home", happened_on="2021-10")]
    trends = _trends(figures)
    assert set(trends) == {"membership", "membership.abroad", "other-wording"}
    assert len(trends["membership"].used) == 4


def test_subgroups_need_a_printed_base() -> None:
    with_base = [figure(30 + i, "hill", happened_on=f"{2018 + i}-10", n=80) for i in range(3)]
    without = [figure(80 + i, "valley", happened_on=f"{2018 + i}-10") for i in range(3)]
    trends = _trends([*_yearly([60, 61, 62]), *with_base, *without])
    assert trends["membership.hill"].status == "estimated"
    assert trends["membership.valley"].status == "no_base"
    assert len(trends["membership.valley"].used) == 3


def test_of_two_figures_of_one_poll_the_better_graded_counts_and_two_answers_are_ambiguous() -> None:
    figures = [*_yearly([60, 61, 62]), figure(70, happened_on="2020-10", grade="D4", id="press")]
    trend = _trends(figures)["membership"]
    assert [one.figure.id for one in trend.left_out] == ["press"]
    both = [*_yearly([60, 61, 62]), figure(20, happened_on="2020-10", answer="very much", id="part")]
    trend = _trends(both, {"membership": question("in favour", "very much")})["membership"]
    assert trend.status == "too_few_points"
    assert len(trend.left_out) == 2


def test_mean_scores_are_no_shares() -> None:
    figures = [figure(None, mean_score=3.0 + i, happened_on=f"{2018 + i}") for i in range(4)]
    assert _trends(figures)["membership.score"].status == "score"


def test_a_break_of_wording_is_an_effect_and_not_a_change() -> None:
    """One house steps up by 15 points when it changes its words, another does not move: the level must not follow."""
    alpha = [figure(60 if year < 2020 else 75, happened_on=f"{year}-10", n=1000) for year in range(2016, 2024)]
    beta = [figure(60, happened_on=f"{year}-05", n=1000, series="Beta") for year in range(2016, 2024)]
    readings = read_figures([*alpha, *beta], [])
    plain = question("in favour")
    broken = plain.model_copy(update={"breaks": {"Alpha": (DateInterval.parse("2020"),)}})
    (moved,) = estimate_trends(readings, {"membership": plain})
    (steady,) = estimate_trends(readings, {"membership": broken})
    rise = [trend.levels[-1].estimate - trend.levels[0].estimate for trend in (moved, steady)]
    assert rise[0] > 0.04
    assert abs(rise[1]) < 0.01
    assert [(one.series, one.since, one.figures) for one in steady.houses] == [
        ("Beta", "", 8),
        ("Alpha", "", 4),
        ("Alpha", "2020", 4),
    ]
