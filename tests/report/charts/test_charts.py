"""Charts: valid Vega-Lite, drawn without an error, the same data in spec, sentence and table."""

import json

import altair
import pytest
import vl_convert

from shteg.errors import PublishError
from shteg.report import CHART_IDS, PALETTE, EditionView, available_charts, chart, chart_sentence, data_table
from shteg.report.charts.parts import year_axis
from shteg.report.language.lists import join_words


def test_the_edition_has_every_chart(edition: EditionView) -> None:
    assert available_charts(edition) == CHART_IDS


@pytest.mark.parametrize("language", ["en", "sq"])
@pytest.mark.parametrize("chart_id", CHART_IDS)
def test_a_chart_is_valid_and_can_be_drawn(chart_id: str, language: str, edition: EditionView) -> None:
    made = chart(edition, chart_id, language)
    altair.Chart.from_dict(made.spec)
    svg = vl_convert.vegalite_to_svg(made.spec)
    assert "NaN" not in svg
    assert "undefined" not in svg
    assert made.title
    assert made.sentence.endswith(".")
    assert made.source_ids
    assert made.table.rows
    assert all(len(row) == len(made.table.headers) == len(made.table.numeric) for row in made.table.rows)
    assert made.table == data_table(edition, chart_id, language)
    assert made.sentence == chart_sentence(chart_id, edition, language)


@pytest.mark.parametrize("chart_id", CHART_IDS)
def test_a_chart_is_the_same_twice_and_differs_between_languages(chart_id: str, edition: EditionView) -> None:
    one, two = (json.dumps(chart(edition, chart_id, "en").spec) for _ in range(2))
    assert one == two
    assert chart(edition, chart_id, "sq").title != chart(edition, chart_id, "en").title


def test_only_sentinel_colours_are_used(edition: EditionView) -> None:
    assert len(set(PALETTE.values())) == len(PALETTE)
    for chart_id in CHART_IDS:
        text = json.dumps(chart(edition, chart_id, "en").spec)
        used = {part[:7] for part in text.split('"') if part.startswith("#") and len(part) == 7}
        assert used <= set(PALETTE.values())


def test_numbers_are_those_of_the_language(edition: EditionView) -> None:
    assert chart(edition, "ladder-times", "sq").sentence == (
        "Këtë rrugë e kanë bërë 3 vende; mediana është 8,0 vjet, më e shkurtra 4,0 (Borlanda), "
        "më e gjata 12,0 (Dorlanda)."
    )
    assert chart(edition, "opinion-trends", "en").sentence == (
        "Smoothed trends: “Joining the League” rose (81% in 2018, 92% in 2022)."
    )
    assert chart(edition, "forecast-path", "sq").spec["config"]["locale"]["number"]["decimal"] == ","


def test_a_chart_that_is_not_there_is_refused(edition: EditionView) -> None:
    with pytest.raises(PublishError, match="this edition has forecast-path"):
        chart(edition, "no-such", "en")


def test_axis_of_years_has_whole_years_only() -> None:
    assert year_axis([2026, 2060, 2040])["values"] == [2030, 2040, 2050, 2060]
    assert year_axis([2026, 2046], 8)["values"] == [2030, 2035, 2040, 2045]
    assert year_axis([2015, 2022], 3)["values"] == [2015, 2020]
    assert year_axis([2027, 2028])["values"] == [2027, 2028]
    assert year_axis([2027])["values"] == [2027]


def test_lists_read_as_a_sentence_does() -> None:
    assert join_words(["a"], "en") == "a"
    assert join_words(["a", "b"], "sq") == "a dhe b"
    assert join_words(["a", "b", "c"], "en") == "a, b and c"
