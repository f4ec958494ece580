"""The pool of the made-up case: from results of the stages before to the forecast, its parts and what is said."""

import json
from dataclasses import replace

import numpy as np
import pytest

from shteg.errors import ModelError
from shteg.estimates import Draws, StageResult, Table
from shteg.evaluation.models import PARTS
from shteg.evaluation.own.curves import own_curves, years_ahead
from shteg.evaluation.reliability import Bin
from shteg.evaluation.stage import PartWeight
from shteg.evidence import find_case, read_case
from shteg.pool import pool_forecasts
from shteg.pool.agreement import judge_spread, tried
from shteg.pool.forecast import build_pool
from shteg.pool.stage import require_agreement

EXACT = 1e-9
WEIGHTS = {"base_rate": 0.4, "reference_class": 0.3, "full": 0.2, "pathways": 0.1}
SIMULATED = {"contributor": 0.9, "association": 0.3, "plan": 0.2, "protocol": 0.1, "ratified": 0.08, "member": 0.05}


@pytest.fixture(scope="module")
def case():
    return read_case(find_case("demo"))


def draws_of(levels, years):
    """Draws that rise over the years towards a level, evenly spread around it."""
    rise = (np.arange(len(years)) + 1) / len(years)
    table = [level * rise[None] * np.linspace(0.5, 1.5, 40)[:, None] for level in levels.values()]
    return Draws(values=np.concatenate(table, axis=1), units=tuple(f"{step}|{year}" for step in levels
                 for year in years), measure="share", label="assumed", source_ids=("register",))  # fmt: skip


def bin_of(model, low, high, came):
    return Bin(subject="steps", model=model, bin=round(10 * low), from_share=low, to_share=high, forecasts=9,
               countries=3, mean_forecast=(low + high) / 2, happened_share=came, low=came - 0.1, high=came + 0.1,
               effective=5.0)  # fmt: skip


@pytest.fixture(scope="module")
def evaluation(case):
    steps = ("association", "plan", "protocol", "member")
    rows = [PartWeight(part=f"step:{step}", model=model, weight=weight, pairs=3)
            for step in steps for model, weight in WEIGHTS.items()]  # fmt: skip
    bins = [bin_of("pathways", 0.8, 1.0, 0.2), bin_of("pathways", 0.2, 0.35, 0.3)]
    return StageResult(
        stage="evaluation",
        tables={"pool_weights": Table.of("pool_weights", "w", PartWeight, rows),
                "reliability": Table.of("reliability", "r", Bin, bins)},
        draws=own_curves(case),
    )  # fmt: skip


@pytest.fixture(scope="module")
def pathways(case):
    return StageResult(stage="pathways", draws={"forecast": draws_of(SIMULATED, list(years_ahead(case)))})


@pytest.fixture(scope="module")
def pool(case, evaluation, pathways):
    return pool_forecasts(case, evaluation, pathways)


def mean_of(result, part, step, year):
    draws = result.draws[part]
    return draws.values[:, draws.units.index(f"{step}|{year}")].mean()


def test_the_forecast_is_the_parts_weighed(pool, evaluation, pathways):
    values = {value.id: value for value in pool.values}
    sources = dict.fromkeys(PARTS, evaluation) | {"pathways": pathways}
    names = {name: "forecast" if name == "pathways" else name for name in PARTS}
    expected = sum(WEIGHTS[part] * mean_of(sources[part], names[part], "association", 2036) for part in PARTS)
    found = values["forecast.association.2036"]
    assert found.number == pytest.approx(expected, abs=EXACT)
    assert found.low < found.number < found.high
    assert found.label == "assumed"  # the weakest of its parts
    shares = [values[f"pool.weight.{name}.association"].number for name in
              ("base-rate", "reference-class", "ladder", "pathways")]  # fmt: skip
    assert shares == pytest.approx(list(WEIGHTS.values()), abs=EXACT)


def test_every_part_keeps_its_own_value(pool, evaluation):
    values = {value.id: value for value in pool.values}
    for name, part in (("base-rate", "base_rate"), ("reference-class", "reference_class"), ("ladder", "full")):
        found = values[f"forecast.{name}.plan.2036"]
        assert found.number == pytest.approx(mean_of(evaluation, part, "plan", 2036), abs=EXACT)
    assert not any(one.startswith("forecast.pathways.") for one in values)  # the pathways quote their own


def test_nothing_is_likelier_than_what_comes_before_it(pool, case):
    frame = pool.tables["forecast"].frame
    for step in case.steps:
        own = frame.filter(step=step.id).sort("year")
        assert (np.diff(own["probability"].to_numpy()) >= -EXACT).all()
        assert (own["low"] <= own["probability"]).all()
        assert (own["probability"] <= own["high"]).all()
        for name in step.prerequisites:
            earlier = frame.filter(step=name).sort("year")
            for column in ("probability", "low", "high"):
                assert (own[column].to_numpy() <= earlier[column].to_numpy() + EXACT).all()


def test_a_step_without_events_follows_the_recorded_one_that_rests_on_it(pool, evaluation):
    values = {value.id: value.number for value in pool.values}
    assert values["forecast.base-rate.ratified.2036"] == values["forecast.base-rate.member.2036"]
    assert values["pool.weight.base-rate.ratified"] == pytest.approx(WEIGHTS["base_rate"], abs=EXACT)


def test_a_step_beside_the_ladder_rests_on_the_simulation_and_is_flagged_where_it_failed(pool, pathways):
    values = {value.id: value.number for value in pool.values}
    assert values["forecast.contributor.2036"] == pytest.approx(
        mean_of(pathways, "forecast", "contributor", 2036), abs=EXACT
    )
    rows = {row["year"]: row for row in pool.tables["differences"].frame.filter(step="contributor").to_dicts()}
    assert {row["spread"] for row in rows.values()} == {"alone"}
    assert rows[2046]["tried"] == "failed"  # 0.9 lies in the bin of which a fifth came true
    assert rows[2031]["tried"] == "held"
    assert rows[2036]["tried"] == "untried"
    assert "pool.between.contributor.2036" not in values


def test_without_a_trial_nothing_is_claimed_for_a_part():
    assert tried(StageResult(stage="evaluation"), "pathways", 0.5) == "untried"


def test_why_the_parts_differ_follows_by_rule(pool):
    frame = pool.tables["parts"].frame.filter(step="association", year=2036)
    rows = [_row(row) for row in frame.to_dicts()]
    assert judge_spread(rows[:1], 0.0) == "alone"
    wide = [replace(row, low=0.0, high=1.0) for row in rows]
    assert judge_spread(wide, 0.9) == "agree"
    narrow = [replace(row, low=row.probability, high=row.probability) for row in rows]
    assert judge_spread(narrow, 0.9) == "between"
    assert judge_spread(narrow, 0.4) == "within"


def _row(cells):
    from shteg.pool.agreement import PartForecast

    return PartForecast(**cells)


def test_a_pool_whose_figures_do_not_agree_stops_the_build(case, evaluation, pathways):
    made = build_pool(case, evaluation, pathways)
    require_agreement(made)
    mean = made.mixed.mean.copy()
    mean[-1, -1] = 0.99  # the last step, likelier than all before it
    with pytest.raises(ModelError, match="figures do not agree: member by 2046"):
        require_agreement(replace(made, mixed=replace(made.mixed, mean=mean)))


def test_a_step_that_was_taken_is_a_fact_whatever_it_passed_over(case, evaluation, pathways):
    event = next(one for one in case.ladder if one.event in {"plan", "action-plan", *case.steps[2].events})
    taken = replace(case, ladder=(*case.ladder, event.model_copy(update={"country": case.header.aspirant})))
    sure = draws_of({**SIMULATED, "plan": 1.0}, list(years_ahead(case)))
    values = sure.values.copy()
    values[:, [unit.startswith("plan|") for unit in sure.units]] = 1.0
    result = pool_forecasts(
        taken, evaluation, StageResult(stage="pathways", draws={"forecast": replace(sure, values=values)})
    )
    assert {value.number for value in result.values if value.id.startswith("forecast.plan.")} == {1.0}
    assert not any(value.id.startswith("pool.weight.") and value.id.endswith(".plan") for value in result.values)


def test_a_case_that_records_no_step_has_the_simulation_alone(case, pathways):
    bare = replace(case, steps=tuple(step.model_copy(update={"events": ()}) for step in case.steps))
    result = pool_forecasts(bare, StageResult(stage="evaluation"), pathways)
    values = {value.id: value.number for value in result.values}
    for step in SIMULATED:
        assert values[f"forecast.{step}.2046"] == pytest.approx(mean_of(pathways, "forecast", step, 2046), abs=EXACT)
    assert set(result.tables["differences"].frame["tried"]) == {"untried"}


def test_parts_that_foretell_other_years_are_refused(case, evaluation, pathways):
    fewer = own_curves(replace(case, pathways=case.pathways.model_copy(update={"horizon_years": 12})))
    with pytest.raises(ModelError, match="gives no forecast of association"):
        pool_forecasts(case, replace(evaluation, draws=fewer), pathways)


def test_the_simulation_alone_is_printed_as_it_is_to_the_last_digit(demo_edition):
    values = {one["id"]: one for one in json.loads((demo_edition / "values.json").read_text(encoding="utf-8"))}
    for name in ("contributor.2036", "contributor.2046", "median-year.contributor"):
        pooled, own = values[f"forecast.{name}"], values[f"forecast.pathways.{name}"]
        assert [pooled[key] for key in ("number", "low", "high", "label", "source_ids")] == [
            own[key] for key in ("number", "low", "high", "label", "source_ids")
        ]
