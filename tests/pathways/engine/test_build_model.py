"""Bad models are refused before anything runs, with where, what and how to mend it."""

import dataclasses

import numpy as np
import pytest

from shteg.errors import ModelError, UsageError
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.records.case import Effect
from shteg.evidence.records.facts import LadderEvent
from shteg.pathways import simulate_pathways
from shteg.pathways.engine.build_model import build_model, build_parameters
from shteg.pathways.model.parameters import spread, standard_deviates
from tests.pathways.rich import MEASURES, rich_case, rich_stages
from tests.pathways.worlds import (
    MEMBERS,
    consent,
    effect,
    make_case,
    measure,
    parameter,
    settlement,
    shock,
    stages,
    step,
)


def refuse(case: Case, match: str, error: type[Exception] = ModelError) -> None:
    with pytest.raises(error, match=match):
        simulate_pathways(case, *stages(case))


@pytest.mark.parametrize(
    ("case", "match"),
    [
        (
            make_case(
                (step("a", prerequisites=("c",)), step("b", prerequisites=("a",)), step("c", prerequisites=("b",)))
            ),
            r"run in a circle: a → c → b → a\nHint: take one of them out",
        ),
        (make_case((step("one", prerequisites=("on",)),)), "prerequisite 'on' is no step\nHint: did you mean 'one'"),
        (make_case((step("one"), step("one"))), "two steps of this id"),
        (make_case((step("one", rule="sponsors", sponsors=("ALB",)),)), "sponsor ALB is not a member"),
        (make_case((step("one", rule="sponsors"),)), "needs at least one vote, but nobody has one"),
        (make_case((step("one", rule="two_thirds"),), members=()), "needs at least one vote, but nobody has one"),
        (make_case((step("one", ratified=True),)), "ratified, but by nobody"),
        (make_case((step("one", requirement_areas=("law",)),)), "area 'law' has no readiness"),
        (make_case((step("one"),), report_years=(2031, 2040)), "2040 lies outside 2026 to 2036"),
        (make_case((step("one"),), report_years=(5,)), "the year 5 lies outside.*\nHint: give calendar years"),
        (make_case((step("one"),), worlds=1), "give at least 2"),
        (make_case((step("one"),), consents=consent(change_rate=-0.1)), "change_rate: its range begins at -0.1"),
        (make_case((step("one"),), consents=consent(defection=parameter(0.5, 0.1, 1.2))), "it is a probability"),
        (make_case((step("one"),), procedures={"one": parameter(0.0)}), "must be more than 0"),
        (make_case((step("one"),), shocks=(shock("war", -1.0, 1.0, 0.0),)), "shock.war.rate.*\n.*cannot be negative"),
        (make_case((step("one"),), settlement=settlement(0.1, (), 1.5)), "it is a probability"),
        (
            make_case((step("one"),), measures=(measure("m", effect("consent.intercpt", "add", 1.0)),)),
            "did you mean 'consent.intercept'",
        ),
        (
            make_case((step("one"),), measures=(measure("m", effect("consent.member.AAA", "multiply", 1.0)),)),
            "nothing to multiply",
        ),
        (
            make_case((step("one"),), measures=(measure("m", effect("step.one.log_rate", "multiply", 0.0)),)),
            "multiplied by 0",
        ),
        (
            make_case((step("one"),), measures=(measure("m", effect("consent.slope", "multiply", -1.0)),)),
            "a factor cannot be negative",
        ),
        (
            make_case((step("one"),), measures=(measure("m", effect("consent.slope", "add", 1.0, 2.0, 0.5)),)),
            "the range 2.0 to 0.5 does not hold the value 1.0\nHint: order them",
        ),
    ],
)
def test_a_bad_model_is_refused(case: Case, match: str) -> None:
    refuse(case, match)


def test_a_horizon_of_zero_and_a_reversed_range_that_passed_the_reader_are_refused() -> None:
    case = make_case((step("one"),))
    pathways = case.pathways.model_copy(update={"horizon_years": 0})
    refuse(dataclasses.replace(case, pathways=pathways), "look at least one year ahead")
    turned = parameter(1.0).model_copy(update={"low": 2.0, "high": 0.5})
    consents = case.pathways.consent.model_copy(update={"slope": turned})
    pathways = case.pathways.model_copy(update={"consent": consents})
    refuse(dataclasses.replace(case, pathways=pathways), "consent.slope: the range 2.0 to 0.5.*\nHint: order them")


def test_all_problems_are_told_at_once() -> None:
    case = make_case((step("one", prerequisites=("two",)),), consents=consent(change_rate=-1.0), report_years=(1,))
    refuse(case, r"3 problems in the model(.|\n)*outside(.|\n)*begins at -1.0|3 problems")


def test_an_unknown_measure_is_refused() -> None:
    case = rich_case()
    with pytest.raises(UsageError, match="no measure is called 'persude'\nHint: did you mean 'persuade'"):
        simulate_pathways(case, *rich_stages(case), measures={"persude"})


def test_draws_that_do_not_fit_are_refused() -> None:
    case = make_case((step("one", rule="all"),))
    stance, accession = stages(case)
    other, _ = stages(dataclasses.replace(case, members=case.members[1:]))
    with pytest.raises(ModelError, match="no draws for AAA"):
        simulate_pathways(case, other, accession)
    with pytest.raises(ModelError, match="gives no draws of theta"):
        simulate_pathways(case, StageResult(stage="stance"), accession)
    more = dataclasses.replace(case, pathways=case.pathways.model_copy(update={"draws": 30}))
    with pytest.raises(ModelError, match="20 draws, but the case asks for 30"):
        simulate_pathways(more, stance, accession)
    with pytest.raises(ModelError, match=r"give \[procedures.two\]"):
        simulate_pathways(make_case((step("one"), step("two"))), stance, accession)


def test_200_members_are_no_trouble() -> None:
    codes = tuple(f"X{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGHIJKLMNOPQRSTUVWXY")
    case = make_case((step("one", rule="all"),), members=codes, draws=10, worlds=20)
    result = simulate_pathways(case, *stages(case))
    assert result.tables["blockers"].frame.height == 200


def test_a_step_already_reached_is_reached_from_the_start() -> None:
    case = make_case((step("one", rule="all", events=("joined",)), step("two", prerequisites=("one",))))
    event = LadderEvent(country="XZZ", event="joined", happened_on="2020", source="made-up", grade="A1")
    result = simulate_pathways(dataclasses.replace(case, ladder=(event,)), *stages(case, rates={"two": 0.3}))
    frame = result.tables["incidence"].frame
    assert frame.filter(frame["step"] == "one")["probability"].to_list() == [1.0] * 11
    assert result.tables["blockers"].frame.height == 0


def test_ranges_become_quantiles_and_zero_ranges_stay_points() -> None:
    deviates = standard_deviates(1, "a", 0, 200_000)
    for value, low, high, domain in [
        (2.0, 1.0, 5.0, "positive"),
        (-1.0, -2.0, 3.0, "real"),
        (0.1, 0.02, 0.3, "probability"),
        (0.05, 0.01, 0.2, "nonnegative"),
    ]:
        found = np.quantile(spread(value, low, high, domain, deviates), [0.05, 0.5, 0.95])
        assert found == pytest.approx([low, value, high], abs=0.02 * (high - low))  # 6 standard errors of a quantile
    held = spread(0.0, 0.0, 0.5, "nonnegative", deviates)
    assert held.min() == 0.0
    assert (spread(0.3, 0.3, 0.3, "probability", deviates) == 0.3).all()


def test_parameters_are_the_same_in_all_scenarios_and_measures_move_their_own() -> None:
    case = rich_case(draws=10)
    model = build_model(case, *rich_stages(case), ())
    p = build_parameters(model, 0, 10)
    names = [scenario.name for scenario in model.scenarios]
    nothing, persuade, one = (names.index(name) for name in ("nothing", "persuade", "one-member"))
    for array in (p.doubt, p.weight, p.common, p.keep, p.change, p.settle, p.follow, p.pace, p.hazard, p.shock_rate):
        assert (array[:, nothing] == array[:, 0]).all()
    assert (p.doubt[:, persuade, 0] != p.doubt[:, 0, 0]).all()
    before, after = p.doubt[:, one, 0], p.doubt[:, one, 1]
    assert (np.flatnonzero((before != after).any(axis=0)) == [1]).all()  # AAB only, and only from its start on
    assert (np.diff(p.common[:, 0, 0]) != 0).all()


def test_effects_of_chosen_measures_are_those_of_having_them() -> None:
    case = rich_case(draws=10, worlds=200)
    names = frozenset({"persuade"})
    model = build_model(case, *rich_stages(case), names)
    assert [s.measures for s in model.scenarios[:2]] == [names, frozenset()]
    values = {v.id: v.number for v in simulate_pathways(case, *rich_stages(case), measures=names).values}
    plain = {v.id: v.number for v in simulate_pathways(case, *rich_stages(case)).values}
    assert values["effect.persuade.first.2033"] == pytest.approx(plain["effect.persuade.first.2033"], abs=1e-12)
    assert values["effect.all.first.2033"] == pytest.approx(plain["effect.all.first.2033"], abs=1e-12)
    forecast = plain["forecast.pathways.first.2033"] + plain["effect.persuade.first.2033"]
    assert values["forecast.pathways.first.2033"] == pytest.approx(forecast, abs=1e-12)


def test_relabelling_a_measure_leaves_the_forecast_alone() -> None:
    case = rich_case()
    fewer = case.recommendations.model_copy(update={"measures": MEASURES[:2]})
    changed = dataclasses.replace(case, recommendations=fewer)
    frames = [simulate_pathways(c, *rich_stages(c)).tables["incidence"].frame for c in (case, changed)]
    assert frames[0].equals(frames[1])


def test_effect_records_keep_their_fields() -> None:
    assert set(Effect.model_fields) == {"target", "operation", "value", "low", "high"}
    assert len(MEMBERS) == 32
