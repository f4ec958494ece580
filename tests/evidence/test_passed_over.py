"""A past day passes over what rests on what was not there yet, and names it."""

from dataclasses import replace
from datetime import date

import pytest

from shteg.evidence import Case, find_case, read_case, shipped_cases
from shteg.evidence.left_out import list_passed_over
from shteg.evidence.records.case import Route
from shteg.evidence.records.model import Scenario, ScenarioMeasure

BEFORE = date(2005, 1, 1)
"""XAH and XAI, whom the measure `recognition-drive` moves, were no members yet."""


@pytest.fixture(scope="module")
def demo() -> Case:
    return read_case(find_case("demo"))


def told(case: Case, day: date, manner: str = "passed_over") -> set[tuple[str, str]]:
    return {(one.kind, one.id) for one in list_passed_over(case, day) if one.manner == manner}


def with_steps(case: Case, **changes: dict[str, object]) -> Case:
    return replace(case, steps=tuple(step.model_copy(update=changes.get(step.id, {})) for step in case.steps))


def test_a_measure_that_moves_nobody_there_is_gone_and_so_is_its_area(demo: Case) -> None:
    seen = demo.as_of(BEFORE)
    assert "recognition-drive" not in [one.id for one in seen.recommendations.measures]
    assert ("measure", "recognition-drive") in told(demo, BEFORE)
    assert {area.id for area in seen.recommendations.areas} == {one.area for one in seen.recommendations.measures}


def test_a_measure_keeps_the_effects_on_those_who_were_there(demo: Case) -> None:
    day = date(2013, 1, 1)  # XAH had joined, XAI had not
    [measure] = [one for one in demo.as_of(day).recommendations.measures if one.id == "recognition-drive"]
    assert [one.target for one in measure.effects] == ["consent.member.XAH"]
    [part] = [one for one in list_passed_over(demo, day) if one.kind == "measure"]
    assert (part.id, part.manner, part.without) == ("recognition-drive", "in_part", ("consent.member.XAI",))


def test_scenarios_lose_what_was_not_there(demo: Case) -> None:
    title = next(iter(demo.scenarios.values())).title
    drive, law = ScenarioMeasure(id="recognition-drive"), ScenarioMeasure(id="fisheries-law")
    scenarios = {
        "gone": Scenario(title=title, measures=(drive,)),
        "set": Scenario(title=title, set={"stance.XAI": 0.5}),
        "part": Scenario(title=title, measures=(drive, law), set={"stance.XAI": 0.5, "settlement.rate": 0.1}),
        "whole": Scenario(title=title, measures=(law,)),
    }
    case = replace(demo, scenarios=scenarios)
    seen = case.as_of(BEFORE).scenarios
    assert list(seen) == ["part", "whole"]
    assert ([one.id for one in seen["part"].measures], seen["part"].set) == (
        ["fisheries-law"],
        {"settlement.rate": 0.1},
    )
    assert {("scenario", "gone"), ("scenario", "set")} <= told(case, BEFORE)
    assert ("scenario", "part") in told(case, BEFORE, "in_part")


def test_a_step_that_no_sponsor_could_decide_is_gone_and_its_prerequisites_take_its_place(demo: Case) -> None:
    route = Route(id="way", title=demo.steps[0].title, steps=("contributor", "association"))
    case = with_steps(demo, contributor={"sponsors": ("XAI",)}, association={"prerequisites": ("contributor",)})
    case = replace(case, pathways=case.pathways.model_copy(update={"routes": (route,)}))
    seen = case.as_of(BEFORE)
    assert "contributor" not in [step.id for step in seen.steps]
    assert next(step for step in seen.steps if step.id == "association").prerequisites == ()
    assert seen.pathways.routes == ()
    assert {("step", "contributor"), ("route", "way")} <= told(case, BEFORE)
    assert "contributor" in [step.id for step in case.as_of(date(2026, 1, 1)).steps]


def test_sponsors_count_once_they_had_joined(demo: Case) -> None:
    case = with_steps(demo, contributor={"sponsors": ("XAB", "XAI")})
    assert next(step for step in case.as_of(BEFORE).steps if step.id == "contributor").sponsors == ("XAB",)
    assert ("step", "contributor") in told(case, BEFORE, "in_part")


def test_undated_rows_go_by_their_source_and_a_later_status_is_unknown(demo: Case) -> None:
    seen = demo.as_of(date(2024, 6, 1))
    for one in seen.requirements:
        assert one.status_on is None or one.status_on.first <= date(2024, 6, 1)
        assert one.status_on is not None or one.status == "unknown"
    later = {name for name, one in demo.sources.items() if one.published_on and one.published_on.first > BEFORE}
    early = demo.as_of(BEFORE)
    for table in (early.programmes, early.population):
        assert not {row.source for row in table} & later
    measured = {one.requirement for one in early.readings}
    assert not {row.source for row in early.requirements if row.id not in measured} & later
    required = {one.id for one in early.requirements}
    assert {one.requirement for one in early.readings} <= required
    for measure in early.recommendations.measures:
        assert set(measure.indicators) <= required


def test_waves_and_designs_of_a_later_day_are_not_there(demo: Case) -> None:
    assert demo.as_of(BEFORE).waves == ()
    assert ("wave", "2025") in told(demo, BEFORE)
    assert len(demo.as_of(demo.header.as_of).waves) == 1


def test_work_and_shocks_that_had_not_begun_are_not_under_way() -> None:
    from shteg.edition import Options

    case = read_case(find_case("kosovo-nato"))
    seen = Options(as_of=date(2017, 6, 4)).filter(case)
    assert all(area.started_on is None for area in seen.pathways.areas)
    assert all(shock.under_way_since is None for shock in seen.pathways.shocks)
    assert seen.pathways.horizon_years == case.pathways.horizon_years + 9


def test_what_did_not_exist_is_kept_and_told() -> None:
    case = read_case(find_case("kosovo-nato"))
    assert {("aspirant", "XKX"), ("step", "map")} <= told(case, date(1995, 1, 1), "not_yet")
    assert told(case, date(2008, 2, 17), "not_yet") == set()


@pytest.mark.parametrize("name", shipped_cases())
def test_the_own_day_passes_nothing_over(name: str) -> None:
    case = read_case(find_case(name))
    assert list_passed_over(case, case.header.as_of) == ()


@pytest.mark.parametrize("name", shipped_cases())
@pytest.mark.parametrize("year", range(1949, 2027, 7))
def test_every_name_left_on_a_past_day_refers_to_something(name: str, year: int) -> None:
    case = read_case(find_case(name)).as_of(date(year, 2, 28))
    members, steps = {one.member for one in case.members}, {step.id for step in case.steps}
    measures = {one.id for one in case.recommendations.measures}
    targets = [effect.target for one in case.recommendations.measures for effect in one.effects]
    targets += [name for one in case.scenarios.values() for name in one.set]
    for target in targets:
        if target.startswith("consent.member."):
            assert target.removeprefix("consent.member.") in members
        if target.startswith("step."):
            assert target.split(".")[1] in steps
    assert {one.id for scenario in case.scenarios.values() for one in scenario.measures} <= measures
    for step in case.steps:
        assert set(step.sponsors) <= members
        assert set(step.prerequisites) <= steps
    assert not case.pathways.settlement or set(case.pathways.settlement.moves) <= members
