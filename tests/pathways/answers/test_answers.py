"""Blocking sets, tornado, mean years, scenarios, routes, paths and sentences on made-up cases."""

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shteg.errors import ModelError
from shteg.estimates import StageResult
from shteg.evidence.records.case import Route
from shteg.evidence.records.model import Scenario as ScenarioRecord
from shteg.evidence.records.model import ScenarioMeasure
from shteg.pathways import export_paths, simulate_pathways
from shteg.pathways.answers.blocking_sets import search_sets
from shteg.pathways.answers.futures import compare_futures
from shteg.pathways.answers.tornado import swing_parameters
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.engine.simulation import trace_paths
from shteg.report import render_explanations
from tests.pathways.rich import rich_case, rich_stages
from tests.pathways.worlds import MEMBERS, consent, make_case, parameter, stages, step, text

ROUTES = (
    Route(id="short", title=text("short"), steps=("tailored",)),
    Route(id="long", title=text("long"), steps=("first", "second")),
)


@pytest.fixture(scope="module")
def result() -> StageResult:
    plain = rich_case(draws=20, worlds=50)
    kept = plain.pathways.model_copy(update={"routes": ROUTES})
    half = ScenarioRecord(
        title=text("half"), measures=(ScenarioMeasure(id="reform", intensity=0.5),), set={"settlement.rate": 0.0}
    )
    case = dataclasses.replace(plain, pathways=kept, scenarios={"half": half})
    return simulate_pathways(case, *rich_stages(case), threads=1)


def test_two_objectors_are_the_set_that_must_move() -> None:
    theta = np.where(np.isin(MEMBERS[:6], MEMBERS[1:3]), -50.0, 50.0)
    case = make_case(
        (step("one", rule="all"),), members=MEMBERS[:6], consents=consent(change_rate=0.0), draws=10, worlds=40
    )
    model = build_model(case, *stages(case, theta=theta, rates={"one": 0.3}), ())
    found = search_sets(model, 0, [0.0, 1.0, 1.0, 0.0, 0.0, 0.0], threads=1)
    last = len(model.report_years) - 1
    assert [found.sets[i] for i in found.smallest(last)] == [frozenset(MEMBERS[1:3])]
    assert found.shares.mean[0, last] == 0.0
    assert found.shares.mean[found.best(1, last), last] == 0.0
    assert found.shares.mean[found.best(2, last), last] == found.shares.mean[-1, last] > 0.5


def test_tornado_has_the_signs_of_its_parameters() -> None:
    case = make_case(
        (step("one", rule="all", statehood_content=0.5),),
        members=MEMBERS[:5],
        consents=consent(
            intercept=parameter(2.0, 1.0, 3.0),
            statehood=parameter(1.0, 0.5, 2.0),
            change_rate=parameter(0.1, 0.05, 0.2),
        ),
        draws=20,
        worlds=200,
    )
    model = build_model(case, *stages(case, rates={"one": 1.0}), ())
    found = swing_parameters(model, (0,), threads=1)
    swing = dict(zip(found.parameters, found.swing.mean[:, 0, -1], strict=True))
    assert swing["consent.intercept"] > 0 > swing["consent.statehood"]
    assert swing["consent.change_rate"] > 0
    assert set(swing) == {"consent.intercept", "consent.statehood", "consent.change_rate"}  # only what has a range
    assert found.swing.mean == pytest.approx(found.at_high.mean - found.at_low.mean, abs=1e-12)


def test_mean_years_are_the_area_above_the_curve() -> None:
    case = rich_case(draws=10, worlds=200)
    model = build_model(case, *rich_stages(case), ())
    found = compare_futures(model, model.scenarios[:1], threads=1)
    horizon = model.structure.horizon
    grid = (np.arange(4000) + 0.5) / 4000 * horizon
    paths = trace_paths(model, 0, 10, 200)[:, :, 0]
    for k in range(len(model.steps)):
        area = np.mean([(paths[..., k] > t).mean() for t in grid]) * horizon
        assert found.years.mean[0, k] == pytest.approx(area, abs=horizon / 2000)  # half a cell of the grid


def test_tables_of_the_stage_agree_with_each_other(result: StageResult) -> None:
    values = {value.id: value for value in result.values}
    shares = result.tables["shapley"].frame
    for (name, year), part in shares.group_by("step", "year"):
        assert part["share"].sum() == pytest.approx(values[f"effect.all.{name}.{year}"].number, abs=1e-9)
    main = result.tables["scenarios"].frame.filter(pl.col("scenario") == "main")
    for row in main.iter_rows(named=True):
        assert row["probability"] == pytest.approx(
            values[f"forecast.pathways.{row['step']}.{row['year']}"].number, abs=1e-12
        )
    assert values["route.short.2033"].number == pytest.approx(
        values["forecast.pathways.tailored.2033"].number, abs=1e-12
    )
    assert values["route.long.2033"].number == pytest.approx(values["forecast.pathways.second.2033"].number, abs=1e-12)
    assert values["scenario.half.second.2033"].label == "assumed"
    assert values["blocker.everyone.first.2038"].number >= values["forecast.pathways.first.2038"].number - 0.1


def test_sentences_fill_in_both_languages(result: StageResult) -> None:
    values = {value.id: value for value in result.values}
    rows = result.tables["explanations"].frame.to_dicts()
    assert len(rows) >= 5
    for language in ("en", "sq"):
        for sentence in render_explanations(rows, language, {}, values):
            assert "{" not in sentence
            assert "value:" not in sentence


def test_paths_come_back_as_they_were_simulated(tmp_path: Path) -> None:
    case = rich_case(draws=10, worlds=30)
    rows = export_paths(case, *rich_stages(case), tmp_path / "paths.parquet", worlds=7, threads=2)
    frame = pl.read_parquet(tmp_path / "paths.parquet")
    model = build_model(case, *rich_stages(case), ())
    paths = trace_paths(model, 0, 10, 7)[:, :, :1]
    assert rows == frame.height == paths.size
    years = frame["years"].to_numpy().reshape(paths.shape)
    reached = paths <= model.structure.horizon
    assert (years[reached] == paths[reached]).all()
    assert np.isnan(years[~reached]).all()
    assert frame["step"].unique(maintain_order=True).to_list() == [one.id for one in case.steps]
    assert frame["draw"].to_list() == sorted(frame["draw"].to_list())


def test_settings_are_checked_with_the_nearest_name() -> None:
    case = rich_case(draws=10, worlds=5)
    with pytest.raises(ModelError, match=r"settlement\.rate"):
        simulate_pathways(case, *rich_stages(case), settings={"settlement.rat": 0.1}, answers=False)


def test_a_scenario_of_nothing_is_the_forecast_itself() -> None:
    case = rich_case(draws=10, worlds=20)
    nothing = ScenarioRecord(title=text("nothing"), measures=(ScenarioMeasure(id="persuade", intensity=0.0),))
    plain = simulate_pathways(case, *rich_stages(case), answers=False)
    same = simulate_pathways(case, *rich_stages(case), scenario=nothing, answers=False)
    assert same.tables["incidence"].frame.equals(plain.tables["incidence"].frame)
