"""Charts: valid Vega-Lite, drawn without an error, and every mark where the edition's own figure says."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import altair
import polars as pl
import pytest

from shteg.errors import PublishError
from shteg.estimates import Value
from shteg.publish.drawing.vega import draw_svg
from shteg.report import (
    CHART_IDS,
    PALETTE,
    ChartSpec,
    EditionView,
    available_charts,
    chart,
    format_interval,
    format_value,
    message,
)
from shteg.report.language.lists import join_words
from shteg.report.layout.axes import year_axis
from tests.report.charts.drawn import drawn, plots, rows_from_the_top
from tests.report.charts.drawn import names as written

LANGUAGES = ("en", "sq")


def close(numbers: Any) -> Any:
    """Compare with what is drawn, which is rounded to six decimals."""
    return pytest.approx(numbers, abs=5.1e-7)


def columns(places: Sequence[dict[str, Any]], *channels: str) -> list[list[Any]]:
    return [[one[channel] for one in places] for channel in channels]


def under(view: EditionView, head: str, tail: str = "") -> dict[str, Value]:
    """The values whose id begins and ends so, by what stands between."""
    return {
        name[len(head) : len(name) - len(tail)]: value
        for name, value in view.values.items()
        if name.startswith(head) and name.endswith(tail) and "." not in name[len(head) : len(name) - len(tail)]
    }


def falling(values: dict[str, Value]) -> list[tuple[str, Value]]:
    return sorted(values.items(), key=lambda pair: (-float(pair[1].number), pair[0]))


def names(view: EditionView, kind: str, ids: Iterable[str], language: str = "en") -> list[str]:
    return [view.name_of(f"{kind}:{one}", language) for one in ids]


def plain(text: str) -> str:
    return " ".join(text.split())


def printed(value: Value, language: str = "en") -> tuple[str, str]:
    """A value and its interval as the table behind a chart prints them."""
    number = format_value(value, language)
    interval = "–" if value.low is None else format_interval(value, language)
    bare = [format_value(value, language, style=style) for style in ("short", "bare")]
    return number, "–" if interval in bare else interval  # nothing is left of it at the precision printed


def check_rows(made: ChartSpec, key: Sequence[str], values: Sequence[Value]) -> None:
    """The table behind a chart has these rows in this order: what each is about, the figure, its interval."""
    assert [row[:3] for row in made.table.rows] == [
        (name, *printed(value)) for name, value in zip(key, values, strict=True)
    ]


def check_points(made: ChartSpec, labels: Sequence[str], values: Sequence[Value], *, times: float = 1) -> None:
    """One point for each value, a rule over its interval, in this order from the top, in this unit."""
    points, rules = drawn(made.spec, "point"), [one for one in drawn(made.spec, "rule") if "x2" in one]
    for mark in (*points, *rules):
        mark["y"] = plain(mark["y"])
    assert columns(points, "y", "x") == [list(labels), close([float(value.number) * times for value in values])]
    ends = [(name, value.low, value.high) for name, value in zip(labels, values, strict=True) if value.low is not None]
    assert [one["y"] for one in rules] == [name for name, _, _ in ends]
    assert columns(rules, "x", "x2") == [close([end[at] * times for end in ends]) for at in (1, 2)]  # type: ignore[operator]
    assert rows_from_the_top(made.spec) == list(labels)
    assert written(made.spec) == {label: label for label in labels}


def test_the_edition_has_every_chart(demo_view: EditionView) -> None:
    assert available_charts(demo_view) == CHART_IDS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chart_id", CHART_IDS)
def test_a_chart_is_valid_and_can_be_drawn(chart_id: str, language: str, demo_view: EditionView, kept: Path) -> None:
    made = chart(demo_view, chart_id, language)
    altair.Chart.from_dict(made.spec)
    svg = draw_svg(made.spec, language=language, name=chart_id, cache=kept / "drawings")
    assert "NaN" not in svg
    assert "undefined" not in svg
    assert made.title
    assert made.sentence.endswith(".")
    assert made.source_ids
    assert set(made.source_ids) <= set(demo_view.sources)
    assert made.table.rows
    assert all(len(row) == len(made.table.headers) == len(made.table.numeric) for row in made.table.rows)


@pytest.mark.parametrize("chart_id", CHART_IDS)
def test_languages_differ_in_words_and_not_in_places(chart_id: str, demo_view: EditionView) -> None:
    one, two = (chart(demo_view, chart_id, language) for language in LANGUAGES)
    assert json.dumps(one.spec) == json.dumps(chart(demo_view, chart_id, "en").spec)
    assert one.title != two.title
    assert len(one.table.rows) == len(two.table.rows)
    numbers = [
        [[cell for cell in row.values() if not isinstance(cell, str)] for row in made.spec["data"]["values"]]
        for made in (one, two)
    ]
    assert numbers[0] == numbers[1]


# --- each chart against the edition -----------------------------------------------------------------------------------


def test_the_forecast_is_the_table_of_the_pool(demo_view: EditionView) -> None:
    made = chart(demo_view, "forecast-path", "en")
    taken = demo_view.steps_taken()
    steps = [one.id for one in sorted(demo_view.steps, key=lambda one: one.rung) if one.id not in taken]
    assert plots(made.spec) == names(demo_view, "step", steps)
    frame = demo_view.table("pool.forecast").sort("year")
    for step, plot in zip(steps, plots(made.spec), strict=True):
        rows = frame.filter(pl.col("step") == step)
        years, low, high = columns(drawn(made.spec, "area", plot), "x", "y", "y2")
        assert (years, low, high) == (
            rows["year"].to_list(),
            close(rows["low"].to_list()),
            close(rows["high"].to_list()),
        )
        assert columns(drawn(made.spec, "line", plot), "x", "y") == [years, close(rows["probability"].to_list())]
        for year, value in under(demo_view, f"forecast.{step}.").items():
            if year.isdigit():
                assert value.number == pytest.approx(rows.filter(pl.col("year") == int(year))["probability"].item())
    values = [(step, year, value) for step in steps for year, value in under(demo_view, f"forecast.{step}.").items()]
    assert list(made.table.rows) == [
        (demo_view.name_of(f"step:{step}", "en"), year, *printed(value)) for step, year, value in values
    ]
    axis = made.spec["concat"][0]["layer"][0]["encoding"]["y"]
    assert (axis["axis"]["format"], axis["scale"]["domain"]) == (".0%", [0, 1])


def test_who_consents_last(demo_view: EditionView) -> None:
    made = chart(demo_view, "blockers", "en")
    by_rung = sorted(demo_view.steps, key=lambda one: one.rung)
    step = next(one.id for one in by_rung if one.rule == "all" and one.rung >= 1)
    ranked = falling(under(demo_view, f"blocker.last.{step}."))
    labels, values = names(demo_view, "country", [one for one, _ in ranked]), [value for _, value in ranked]
    assert demo_view.name_of(f"step:{step}", "en") in made.title
    shown = [value for value in values if float(value.number) > 0][:12]
    bars, rules = drawn(made.spec, "bar"), drawn(made.spec, "rule")
    assert columns(bars, "y", "x") == [labels[: len(shown)], close([value.number for value in shown])]
    assert columns(rules, "x", "x2") == [close([value.low for value in shown]), close([value.high for value in shown])]
    assert made.spec["layer"][0]["encoding"]["x"]["axis"]["format"] == ".0%"
    check_rows(made, labels, values)


def test_effects_are_percentage_points(demo_view: EditionView) -> None:
    made = chart(demo_view, "effects", "en")
    assert not any("value.effect.all." in text for text in demo_view.texts["en"].values())  # no text says which to show
    sums: Counter[tuple[str, str]] = Counter()
    for name, value in demo_view.values.items():
        if name.startswith("effect.") and not name.startswith("effect.all."):
            sums[name.split(".")[2], name.split(".")[3]] += abs(float(value.number))
    [(step, year), _] = sums.most_common(1)[0]
    assert demo_view.name_of(f"step:{step}", "en") in made.title
    assert year in made.title
    measures = under(demo_view, "effect.", f".{step}.{year}")
    together = measures.pop("all")
    ranked = falling(measures)
    kinds = {one.id: one.label for one in demo_view.measures}
    labels = names(demo_view, "measure", [one for one, _ in ranked])
    check_points(made, labels, [value for _, value in ranked], times=100)
    axis = message("en", "chart.effects.axis", {}, {})
    assert axis in [" ".join(one["mark"].get("text", ())) for one in made.spec["layer"] if "encoding" not in one]
    check_rows(made, labels, [value for _, value in ranked])
    assert made.sentence.endswith(f"{format_value(together, 'en', style='range')}.")
    used = list(dict.fromkeys(message("en", f"label.{kinds[one]}", {}, {}) for one, _ in ranked))
    assert [row[3] for row in made.table.rows] == [message("en", f"label.{kinds[one]}", {}, {}) for one, _ in ranked]
    colours = [one.get("color") for one in drawn(made.spec, "point")]
    assert colours == ([None] * len(ranked) if len(used) == 1 else [row[3] for row in made.table.rows])


def test_times_of_the_ladder_are_years(demo_view: EditionView) -> None:
    made = chart(demo_view, "ladder-times", "en")
    rung = {one.id: one.rung for one in demo_view.steps}
    pairs = Counter(tuple(name.split(".")[3:]) for name in demo_view.values if name.startswith("ladder.days."))
    widest = max((rung[end] - rung[start], n) for (start, end), n in pairs.items() if n >= 3)
    [(start, end)] = [pair for pair, n in pairs.items() if n >= 3 and (rung[pair[1]] - rung[pair[0]], n) == widest]
    ranked = falling(under(demo_view, "ladder.days.", f".{start}.{end}"))
    labels = names(demo_view, "country", [one for one, _ in ranked])
    years = [float(value.number) / 365.25 for _, value in ranked]
    assert columns(drawn(made.spec, "bar"), "y", "x") == [labels, close(years)]
    assert rows_from_the_top(made.spec) == labels
    assert [row[0] for row in made.table.rows] == labels
    assert [row[2] for row in made.table.rows] == [f"{one:.1f} years" for one in years]
    assert made.title == message(
        "en",
        "chart.ladder-times.title",
        {"start": demo_view.name_of(f"step:{start}", "en"), "end": demo_view.name_of(f"step:{end}", "en")},
        {},
    )


@pytest.mark.parametrize(
    ("chart_id", "head"), [("members-stance", "stance.theta."), ("ratification", "ratification.next.")]
)
def test_members_from_the_highest_to_the_lowest(demo_view: EditionView, chart_id: str, head: str) -> None:
    made = chart(demo_view, chart_id, "en")
    ranked = falling(under(demo_view, head))
    ranked = [(member, value) for member, value in ranked if member != "all"]
    labels, values = names(demo_view, "country", [one for one, _ in ranked]), [value for _, value in ranked]
    check_points(made, labels, values)
    check_rows(made, labels, values)
    assert {value.unit for value in values} == {"days" if chart_id == "ratification" else "score"}


def test_trends_and_the_published_figures_beside_them(demo_view: EditionView) -> None:
    made = chart(demo_view, "opinion-trends", "en")
    questions = sorted({name.split(".")[2] for name in demo_view.values if name.startswith("survey.trend.")})
    assert sorted(plots(made.spec)) == sorted(names(demo_view, "question", questions))
    rows = []
    for question in sorted(
        questions, key=lambda one: plots(made.spec).index(demo_view.name_of(f"question:{one}", "en"))
    ):
        plot = demo_view.name_of(f"question:{question}", "en")
        trend = under(demo_view, f"survey.trend.{question}.")
        years = [int(year) for year in trend]
        assert columns(drawn(made.spec, "line", plot), "x", "y") == [years, close([v.number for v in trend.values()])]
        assert columns(drawn(made.spec, "area", plot), "x", "y", "y2") == [
            years,
            close([v.low for v in trend.values()]),
            close([v.high for v in trend.values()]),
        ]
        published = {
            (name.split(".")[3], name.split(".")[2]): value
            for name, value in demo_view.values.items()
            if name.startswith(f"survey.{question}.") and name.endswith((".all", ".total")) and value.unit == "share"
        }
        points = sorted(published.items())
        assert columns(drawn(made.spec, "point", plot), "x", "y") == [
            years + [int(year) for (year, _), _ in points],
            close([value.number for value in (*trend.values(), *(value for _, value in points))]),
        ]
        rows += [(plot, str(year), *printed(value)) for year, value in trend.items()]
        rows += [(plot, year, *printed(value)) for (year, _), value in points]
    assert [(row[0], *row[2:]) for row in made.table.rows] == rows


def test_bounds_for_everyone_else(demo_view: EditionView) -> None:
    made = chart(demo_view, "coherence", "en")
    found = {
        name: value
        for name, value in demo_view.values.items()
        if name.startswith("coherence.") and name.endswith(".rest")
    }
    by_scheme = {demo_view.name_of(f"scheme:{name.split('.')[4]}", "en"): value for name, value in found.items()}
    known = {scheme: value for scheme, value in by_scheme.items() if value.low is not None}
    assert 0 < len(known) < len(by_scheme)
    scheme_of = written(made.spec)
    bars = drawn(made.spec, "bar")
    assert {scheme_of[one["y"]]: (one["x"], one["x2"]) for one in bars} == {
        scheme: close((value.low, value.high)) for scheme, value in known.items()
    }
    assert {scheme_of[one["y"]]: one["x"] for one in drawn(made.spec, "tick")} == {
        scheme: close(value.high) for scheme, value in known.items()
    }
    assert {scheme_of[one["y"]] for one in drawn(made.spec, "point")} == by_scheme.keys() - known.keys()
    assert {row[1]: row[2] for row in made.table.rows if row[1] in known} == {
        scheme: format_interval(value, "en") for scheme, value in known.items()
    }


def test_skill_within_the_picture(demo_view: EditionView) -> None:
    made = chart(demo_view, "skill", "en")
    found = under(demo_view, "skill.ladder.", ".all")
    order = [
        one
        for one in (
            "pool",
            "pathways",
            "reference-class",
            "full",
            "no-blocks",
            "no-covariates",
            "last-five-years",
            "prior-only",
            "no-change",
        )
        if one in found
    ]
    label = {one: message("en", f"evaluation.model.{one.replace('-', '_')}", {}, {}) for one in order}
    inside = [one for one in order if float(found[one].number) >= -1]
    points = drawn(made.spec, "point")
    assert [[plain(one["y"]) for one in points], [one["x"] for one in points]] == [
        [label[one] for one in inside],
        close([found[one].number for one in inside]),
    ]
    rules = [one for one in drawn(made.spec, "rule") if "x2" in one]
    assert columns(rules, "x", "x2") == [
        close([max(found[one].low or 0.0, -1.0) for one in inside]),
        close([found[one].high for one in inside]),
    ]
    check_rows(made, [label[one] for one in order], [found[one] for one in order])
    assert all(label[one] in made.note for one in order if one not in inside)


def test_the_parts_stand_beside_the_pool(demo_view: EditionView) -> None:
    made = chart(demo_view, "models-differ", "en")
    frame = demo_view.table("pool.parts").filter(pl.col("year") == 2036)
    pooled = demo_view.table("pool.forecast").filter(pl.col("year") == 2036)
    expected = []
    for step in ("association", "member"):
        rows = frame.filter(pl.col("step") == step)
        assert set(rows["model"]) == {"base_rate", "reference_class", "full", "pathways"}
        expected += [*rows["probability"].to_list(), pooled.filter(pl.col("step") == step)["probability"].item()]
    assert columns(drawn(made.spec, "point"), "x") == [close(expected)]
    assert len({row[0] for row in made.table.rows}) == 2
    assert "By the end of 2036" in made.sentence


def test_reliability_is_its_table(demo_view: EditionView) -> None:
    made = chart(demo_view, "reliability", "en")
    frame = demo_view.table("evaluation.reliability").filter(pl.col("subject") == "steps")
    frame = pl.concat(
        [frame.filter(pl.col("model") == "pool"), frame.filter(pl.col("model") == "base_rate").sort("bin")]
    )
    points, rules = drawn(made.spec, "point"), drawn(made.spec, "rule")
    label = [message("en", f"evaluation.model.{one}", {}, {}) for one in frame["model"]]
    assert columns(points, "color", "x", "y") == [
        label,
        close(frame["mean_forecast"].to_list()),
        close(frame["happened_share"].to_list()),
    ]
    assert columns(rules, "y", "y2") == [close(frame["low"].to_list()), close(frame["high"].to_list())]
    assert columns(drawn(made.spec, "line"), "x", "y") == [[0, 1], [0, 1]]
    assert [row[0] for row in made.table.rows] == label
    assert [row[-1] for row in made.table.rows] == [str(one) for one in frame["forecasts"]]


# --- parts ------------------------------------------------------------------------------------------------------------


def test_only_sentinel_colours_are_used(demo_view: EditionView) -> None:
    assert len(set(PALETTE.values())) == len(PALETTE)
    for chart_id in CHART_IDS:
        text = json.dumps(chart(demo_view, chart_id, "en").spec)
        used = {part[:7] for part in text.split('"') if part.startswith("#") and len(part) == 7}
        assert used <= set(PALETTE.values())


def test_numbers_are_those_of_the_language(demo_view: EditionView) -> None:
    assert chart(demo_view, "ladder-times", "sq").sentence == (
        "Vende që e bënë këtë rrugë: 5. Mediana është 7,1 vjet. Më e shpejta ishte Ishujt Dolmen (4,9 vjet), "
        "më e ngadalta Hestlanda (12,2 vjet)."
    )
    assert chart(demo_view, "opinion-trends", "en").sentence == (
        "Smoothed trends: “Should Torvale join the Compact?” rose (71% in 2019, 83% in 2025); "
        "“Trust in the lake guard” did not change (61% in 2019, 63% in 2025)."
    )
    assert chart(demo_view, "forecast-path", "sq").spec["config"]["locale"]["number"]["decimal"] == ","


def test_a_chart_that_is_not_there_is_refused(demo_view: EditionView) -> None:
    with pytest.raises(PublishError, match="this edition has who-must-agree"):
        chart(demo_view, "no-such", "en")


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
