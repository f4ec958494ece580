"""What holds for every chart: each mark is its row of the table, letters are large enough, nothing is drawn unasked."""

import re
from collections.abc import Sequence

import polars as pl
import pytest

from shteg.publish.paper.typst import TALLEST
from shteg.report import CHART_IDS, ChartSpec, EditionView, chart, format_value
from shteg.report.charts import agreement
from shteg.report.charts.agreement import agreements
from shteg.report.charts.decisive import DecisiveAct, decisive_act
from shteg.report.charts.single import member_stance, question_chart
from shteg.report.language.marked import Placed, Quoted
from shteg.report.language.words import Words
from shteg.report.layout.frames import PAPER
from tests.report.charts.drawn import drawn, marks
from tests.report.charts.test_charts import LANGUAGES, close, columns, printed

DRAWN = ("x", "y", "x2", "y2")
UNITS = (1.0, 100.0, 1 / 365.25)
"""As it is, per cent, years of days: what axes show of a number."""


def figures_of(cells: Sequence[str], view: EditionView) -> list[float]:
    """Every number that the cells of a row know: of values with their ends, and of places in tables."""
    found: list[float] = []
    for part in (part for cell in cells for part in getattr(cell, "parts", ())):
        if isinstance(part, Quoted):
            value = view.value(part.value_id)
            found += [float(one) for one in (value.number, value.low, value.high) if isinstance(one, int | float)]
        elif isinstance(part, Placed):
            found.append(float(part.number))
    return found


def one_thing(view: EditionView, language: str) -> list[ChartSpec]:
    """The charts of one member and of one question that the edition has."""
    words = Words(view, language)
    members = [member_stance(words, row["member"]) for row in view.rows("evidence.members")]
    questions = [question_chart(words, question) for question in view.questions]
    return [one for one in (*members, *questions) if one is not None]


@pytest.mark.parametrize("frame", ["spec", "phone", "paper"])
def test_each_mark_shows_the_number_of_its_row(demo_view: EditionView, frame: str) -> None:
    charts = [chart(demo_view, chart_id, "en") for chart_id in CHART_IDS if chart_id != "chronicle"]
    for made in (*charts, *one_thing(demo_view, "en")):
        told = [mark for mark in marks(getattr(made, frame)) if "description" in mark.at]
        assert told, made.id
        for mark in told:
            row = made.table.rows[int(mark.at["description"].removeprefix("row "))]
            known = [number * unit for number in figures_of(row, demo_view) for unit in UNITS]
            known += [float(cell) for cell in row if re.fullmatch(r"\d{4}", cell)] + [0.0, -1.0]
            for channel in DRAWN:
                if isinstance(mark.at.get(channel), int | float):
                    assert min(abs(mark.at[channel] - one) for one in known) < 1e-6, (made.id, mark, row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_that_is_drawn_can_be_asked_for(demo_view: EditionView, language: str) -> None:
    for made in (*(chart(demo_view, chart_id, language) for chart_id in CHART_IDS), *one_thing(demo_view, language)):
        asked = {mark.at["description"] for mark in marks(made.phone) if "description" in mark.at}
        drawn_rows = {row["at"] for row in made.phone["data"]["values"] if "at" in row}
        assert asked == drawn_rows, made.id
        assert asked == {mark.at["description"] for mark in marks(made.spec) if "description" in mark.at}


def test_who_must_agree_is_three_values_of_the_simulated_path(demo_view: EditionView) -> None:
    made, found = chart(demo_view, "who-must-agree", "en"), agreements(demo_view)
    assert found is not None
    assert found.members == tuple(sorted(decisive_act(demo_view).missing))  # type: ignore[union-attr]
    values = [
        demo_view.value(one)
        for one in (
            f"forecast.pathways.{found.step}.{found.year}",
            f"blocker.best.{found.step}.{found.year}.{len(found.members)}",
            f"blocker.everyone.{found.step}.{found.year}",
        )
    ]
    assert columns(drawn(made.spec, "bar"), "x") == [close([value.number for value in values])]
    assert columns(drawn(made.spec, "rule"), "x", "x2") == [
        close([one.low for one in values]),
        close([one.high for one in values]),
    ]
    assert [(row[1], row[2]) for row in made.table.rows] == [printed(value) for value in values]
    assert [row[3] for row in made.table.rows] == [format_value(value, "en", style="frequency") for value in values]
    assert all(demo_view.name_of(f"member:{one}", "en") in made.table.rows[1][0] for one in found.members)


def test_no_key_chart_where_the_best_set_is_another(demo_view: EditionView, monkeypatch: pytest.MonkeyPatch) -> None:
    other = DecisiveAct(item="recognition", missing=frozenset(sorted(decisive_act(demo_view).missing)[:-1]))  # type: ignore[union-attr]
    monkeypatch.setattr(agreement, "decisive_act", lambda _: other)
    found = agreements(demo_view)
    assert found is None or set(found.members) == other.missing


def test_members_without_the_decisive_act_have_a_sign_of_their_own(demo_view: EditionView) -> None:
    made = chart(demo_view, "members-stance", "en")
    acted = decisive_act(demo_view)
    assert acted is not None
    last = {
        row["actor"]: row["value"]
        for row in sorted(demo_view.rows("evidence.acts"), key=lambda row: str(row["happened_on"]))
        if row["item"] == "recognition"
    }
    assert acted.missing == {member for member, value in last.items() if value == "no"}
    without = {demo_view.name_of(f"country:{one}", "en") for one in acted.missing}
    points = drawn(made.spec, "point")
    kinds = {one["y"]: (one["color"], one["shape"]) for one in points}
    assert len({kinds[name] for name in kinds if name in without}) == 1
    assert {kinds[name] for name in without}.isdisjoint({kinds[name] for name in kinds if name not in without})


def test_a_member_has_its_years(demo_view: EditionView) -> None:
    member = demo_view.rows("stance.trajectory")[0]["member"]
    made = member_stance(Words(demo_view, "en"), member)
    assert made is not None
    frame = demo_view.table("stance.trajectory").filter(pl.col("member") == member).sort("year")
    years, low, high = columns(drawn(made.spec, "area"), "x", "y", "y2")
    assert (years, low, high) == (
        frame["year"].to_list(),
        close(frame["low"].to_list()),
        close(frame["high"].to_list()),
    )
    assert columns(drawn(made.spec, "line"), "x", "y") == [years, close(frame["mean"].to_list())]
    assert [row[0] for row in made.table.rows] == [str(year) for year in years]
    assert member_stance(Words(demo_view, "en"), "XXX") is None


# --- layout -----------------------------------------------------------------------------------------------------------

TEXT_WIDTH = 408.0
"""Points of the text of a PDF page."""


@pytest.mark.parametrize("chart_id", CHART_IDS)
def test_letters_on_paper_have_seven_points(demo_view: EditionView, chart_id: str) -> None:
    for language in LANGUAGES:
        spec = chart(demo_view, chart_id, language).paper
        around = spec["padding"]
        wide = around["left"] + around["right"] + spec.get("width", 0)
        if "concat" in spec and spec["columns"] == 1:
            wide += spec["concat"][0]["width"]
        high = around["top"] + around["bottom"] + spec.get("height", 0)
        assert wide == pytest.approx(PAPER.width, abs=0.3)
        shown = min(1.0, TALLEST * wide / high)
        assert PAPER.size * shown * TEXT_WIDTH / wide >= 7
