"""What comes and goes: bad input is refused before anything runs; what is absent changes nothing."""

import dataclasses

import pytest

from shteg.errors import ModelError
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.pathways.engine.build_model import Scenario, build_model, with_scenarios
from shteg.pathways.engine.simulation import run_model, trace_paths
from shteg.pathways.model.provenance import basis_of_step
from tests.pathways.dynamic import dynamic_case, dynamic_stages
from tests.pathways.rich import rich_case, rich_stages
from tests.pathways.worlds import (
    MEMBERS,
    area,
    consent,
    effect,
    episodes,
    make_case,
    measure,
    more_draws,
    parameter,
    shock,
    stages,
    step,
    withdrawal,
)

LATER = DateInterval.parse("2027-02")
ONE = (step("one"),)


def refuse(case: Case, match: str, **more: dict[str, float]) -> None:
    stance, accession = stages(case)
    with pytest.raises(ModelError, match=match):
        build_model(case, stance, more_draws(accession, **more), ())


@pytest.mark.parametrize(
    ("case", "match"),
    [
        (make_case(ONE, consents=consent(episodes=episodes(None))), "onset is left out, and the stage accession gives"),
        (make_case(ONE, consents=consent(episodes=episodes(0.1, 0.0, None))), "give onset and end, or objections.csv"),
        (make_case(ONE, consents=consent(episodes=episodes(-0.1))), "onset: its range begins at -0.1"),
        (make_case(ONE, withdrawal=withdrawal(0.1, -1.0)), "withdrawal.return_rate: its range begins at -1.0"),
        (make_case(ONE, reversals={"on": parameter(0.1)}), "no step is called 'on'\nHint: did you mean 'one'"),
        (make_case(ONE, reversals={"one": parameter(-0.1)}), "reversal.one: its range begins at -0.1"),
        (make_case(ONE, areas=(area("law", 1.0, 1.0, started_on=LATER),)), "the work began on 2027-02, after 2026"),
        (
            make_case(ONE, shocks=(shock("war", 0.1, 1.0, 0.0, under_way_since=LATER),)),
            "under way since 2027-02, after",
        ),
        (
            make_case(ONE, measures=(measure("m", effect("consent.episodes.onset", "multiply", 0.5)),)),
            "no parameter that a measure can move is called 'consent.episodes.onset'",
        ),
        (
            make_case(ONE, measures=(measure("m", effect("reversal.one", "multiply", 0.5)),)),
            "no parameter that a measure can move is called 'reversal.one'",
        ),
    ],
)
def test_a_bad_model_is_refused(case: Case, match: str) -> None:
    refuse(case, match)


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"duration_effect": {"one|2": 0.1}}, "the stage tells no time waited so far"),
        ({"duration_effect": {"on|2": 0.1}, "elapsed": {}}, "the unit 'on.2' names no step"),
        ({"duration_effect": {"one|0": 0.1}, "elapsed": {}}, "has no years\nHint: write step"),
        ({"duration_effect": {"one|soon": 0.1}, "elapsed": {}}, "has no years"),
        ({"ratification_hold": {"share": 0.1, "sd": 1.0}}, "no draws for log_extra_days"),
        ({"ratification_hold": {"share": 1.2, "sd": 1.0, "log_extra_days": 5.0}}, "some draws leave 0 to 1"),
        ({"ratification_hold": {"share": 0.2, "sd": -1.0, "log_extra_days": 5.0}}, "some draws are negative"),
    ],
)
def test_draws_that_make_no_sense_are_refused(more: dict[str, dict[str, float]], match: str) -> None:
    refuse(make_case(ONE), match, **more)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"measures": frozenset({"persude"})}, "no measure is called 'persude'\nHint: did you mean 'persuade'"),
        ({"overrides": {"consent.slop": 1.0}}, "no parameter is called 'consent.slop'\nHint: did you mean"),
        ({"overrides": {"consent.change_rate": -1.0}}, "is set to -1.0\nHint: it cannot be negative"),
        ({"overrides": {"consent.slope": float("nan")}}, "is set to nan"),
        ({"timing": {"persuade": (-1.0, 1.0)}}, "neither can be negative or infinite"),
        ({"timing": {"persuade": (None, -1.0)}}, "neither can be negative or infinite"),
        ({"always": frozenset({"AAQ"})}, "AAQ is not a member"),
        ({"always": frozenset({"AAA"}), "never": frozenset({"AAA"})}, "both always and never consents"),
        ({"compare": 3}, "compare it with one before it"),
    ],
)
def test_a_bad_scenario_is_refused(changes: dict[str, object], match: str) -> None:
    case = rich_case()
    model = build_model(case, *rich_stages(case), ())
    with pytest.raises(ModelError, match=match):
        with_scenarios(model, [dataclasses.replace(Scenario(name="mine", measures=frozenset()), **changes)])


def test_rates_of_zero_change_nothing() -> None:
    case = rich_case(draws=10, worlds=60)
    since = DateInterval.parse("2026-12-31")
    plain = build_model(case, *rich_stages(case), ())
    consents = case.pathways.consent.model_copy(update={"episodes": episodes(0.0, -1.0, 0.5)})
    changes = {
        "consent": consents,
        "withdrawal": withdrawal(0.0, 0.5),
        "areas": (area("law", 1.0, 1.5, started_on=since), area("army", 2.0, 2.5)),
    }
    stance, accession = rich_stages(case)
    accession = more_draws(
        accession,
        elapsed={},
        duration_effect={"first|2": 0.0},
        ratification_hold={"share": 0.0, "log_extra_days": 9.0, "sd": 1.0},
    )
    for more in ({}, {"reversals": {"first": parameter(0.0)}}):
        idle = dataclasses.replace(case, pathways=case.pathways.model_copy(update=changes | more))
        model = build_model(idle, stance, accession, ())
        one, two = trace_paths(plain, 0, 3, 60), trace_paths(model, 0, 3, 60)
        assert abs(one - two).max() < 1e-12  # a break more in the same hazard: the last digit may differ
        first, second = run_model(plain), run_model(model)
        for name in ("reached", "held", "gained", "lost", "raced", "last", "blocked", "critical", "stopped"):
            assert (getattr(first, name) == getattr(second, name)).all(), name


def test_all_problems_are_told_at_once() -> None:
    case = make_case(ONE, consents=consent(episodes=episodes(None)), reversals={"two": parameter(0.1)})
    refuse(case, "3 problems in the model", ratification_hold={"share": 0.1, "sd": 1.0})


def test_200_members_with_episodes_are_no_trouble() -> None:
    codes = tuple(f"X{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGHIJKLMNOPQRSTUVWXY")
    consents = consent(intercept=9.0, episodes=episodes(0.01, 0.0, 1.0))
    case = make_case((step("one", rule="two_thirds"),), members=codes, draws=10, worlds=20, consents=consents)
    tally = run_model(build_model(case, *stages(case, rates={"one": 1.0}), ()))
    assert 0 < tally.reached.sum() <= 200


def test_forced_members_of_the_dynamic_case_only_help_or_hinder() -> None:
    case = dynamic_case(worlds=60, lapses=False)
    model = build_model(case, *dynamic_stages(case), ())
    none: frozenset[str] = frozenset()
    many = [
        Scenario(name="main", measures=none),
        Scenario(name="always", measures=none, always=frozenset(MEMBERS[:6])),
        Scenario(name="never", measures=none, never=frozenset(MEMBERS[:1])),
    ]
    paths = trace_paths(with_scenarios(model, many), 0, 5, 60)
    slack = 1e-9
    assert (paths[:, :, 1] <= paths[:, :, 0] + slack).all()
    assert (paths[:, :, 2] >= paths[:, :, 0] - slack).all()
    assert (paths[:, :, 1] < paths[:, :, 0] - slack).any()


def test_what_is_set_in_every_scenario_is_refused_once() -> None:
    case = rich_case()
    model = build_model(case, *rich_stages(case), ())
    every = [dataclasses.replace(one, overrides={"consent.intercep": 1.0}) for one in model.scenarios]
    assert len(every) > 2
    with pytest.raises(ModelError, match=r"no parameter is called 'consent.intercep'") as caught:
        with_scenarios(model, every)
    assert str(caught.value).count("consent.intercep'") == 1
    assert "did you mean 'consent.intercept'?" in str(caught.value)
    assert "allowed" not in str(caught.value)


def test_a_forecast_with_a_parameter_set_by_hand_is_assumed() -> None:
    case = rich_case()
    model = build_model(case, *rich_stages(case), ())
    rows = [dataclasses.replace(one, overrides={"consent.intercept": 1.0}) for one in model.scenarios]
    changed = with_scenarios(model, rows)
    ahead = [k for k in range(len(model.steps)) if not model.structure.reached[k]]
    assert ahead
    assert {basis_of_step(changed, k).label for k in ahead} == {"assumed"}
