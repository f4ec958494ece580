"""What was estimated of consent takes the place of ranges: exact laws, draw by draw, and what is refused."""

import dataclasses

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import expit

from shteg.errors import ModelError
from shteg.estimates import Draws, StageResult
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.objections import Dyad, Objection
from shteg.pathways import simulate_pathways
from shteg.pathways.engine.build_model import build_model, build_parameters, with_scenarios
from shteg.pathways.engine.simulation import run_model
from shteg.pathways.forecast.tables import lay_out, summarise
from shteg.pathways.model.model import Scenario
from shteg.pathways.model.provenance import basis_of_step
from tests.pathways.engine.test_dynamic_exactness import AT_ONCE, CERTAIN, joint_chain
from tests.pathways.engine.test_exactness import check, cumulative
from tests.pathways.worlds import consent, effect, episodes, make_case, measure, parameter, stages, step

PAIR = ("AAA", "AAB")
DRAWS, WORLDS = 20, 10_000
ERRORS = 4.5  # standard errors in one of 20 draws times 11 years: 1 in 700 by chance


def estimated(label: str = "estimated", **quantities: dict[str, np.ndarray | float]) -> StageResult:
    """The stage of consent: by quantity, the draws of each unit."""
    draws = {
        name: Draws(
            values=np.stack([np.broadcast_to(one, DRAWS) for one in units.values()], axis=1),
            units=tuple(units),
            measure="log_rate_per_year",
            label=label,
            source_ids=("votes",),
        )
        for name, units in quantities.items()
    }
    return StageResult(stage="consent", draws=draws)


def objections(onset: dict[str, float], end: dict[str, float]) -> dict[str, dict[str, float]]:
    with np.errstate(divide="ignore"):
        logs = [{member: float(np.log(rate)) for member, rate in one.items()} for one in (onset, end)]
    return {"objection_onset": logs[0], "objection_end": logs[1]}


def one_step(members: tuple[str, ...] = PAIR, content: float = 0.0, **values: object) -> Case:
    steps = (step("only", rule="all", statehood_content=content),)
    return make_case(steps, members=members, consents=consent(**values), draws=DRAWS, worlds=WORLDS)


def by_draw(case: Case, result: StageResult, rate: float = AT_ONCE) -> tuple[np.ndarray, np.ndarray]:
    model = build_model(case, *stages(case, rates={"only": rate}), (), consent=result, effects=False)
    return cumulative_draws(run_model(model).reached), model.structure.year_times


def cumulative_draws(reached: np.ndarray) -> np.ndarray:
    return reached[:, 0].cumsum(axis=-1) / WORLDS


def near(found: np.ndarray, exact: np.ndarray) -> None:
    error = np.sqrt(np.maximum(exact * (1.0 - exact), 1e-4) / WORLDS)
    assert (np.abs(found - exact) <= ERRORS * error).all()


def test_link_and_end_of_refusals_hold_draw_by_draw() -> None:
    """One member of stance 0: at once with the logit of the link, else after the time of its refusal."""
    spread = np.linspace(-1.0, 1.0, DRAWS)
    intercept, statehood, rate = 0.5 + spread, 2.0 + 0.5 * spread, np.exp(-2.0 + spread)
    link = {"intercept": intercept, "slope": 1.0, "statehood": statehood}
    result = estimated(consent_link=link, refusal_end={"rate": np.log(rate)})
    found, years = by_draw(one_step(("AAA",), content=0.4), result)
    at_once = expit(intercept - 0.4 * statehood)[:, None]
    near(found, at_once + (1.0 - at_once) * -np.expm1(-rate[:, None] * years))


@pytest.mark.parametrize("begun", [False, True])
def test_objections_follow_the_joint_chain_of_each_members_rates(begun: bool) -> None:
    onset, end, hazard = {"AAA": 0.5, "AAB": 0.15}, {"AAA": 0.8, "AAB": 0.8}, 0.6
    case = one_step(intercept=CERTAIN, slope=0.0)
    if begun:
        case = dataclasses.replace(case, objections=(objection("AAB", "border"),))
    model = build_model(
        case, *stages(case, rates={"only": hazard}), (), consent=estimated(**objections(onset, end)), effects=False
    )
    generator, _ = joint_chain(np.array(list(onset.values())), 0.8, hazard)
    start = np.eye(len(generator))[2 if begun else 0]
    exact = np.array([[(start @ expm(generator * year))[-1] for year in model.structure.year_times]])
    check(cumulative(run_model(model)), exact, DRAWS * WORLDS)


def objection(member: str, ground: str) -> Objection:
    return Objection(
        organisation="org", candidate="XZZ", member=member, step="only", began=DateInterval.parse("2020"),
        ground=ground, source="made-up", grade="A1",
    )  # fmt: skip


def test_who_does_not_recognise_objects_on_other_grounds_as_the_others_do() -> None:
    onset, end = {"AAA": 0.9, "AAB": 0.1}, {"AAA": 0.02, "AAB": 0.7}
    case, result = one_step(), estimated(**objections(onset, end))
    tie = Dyad(
        candidate="XZZ", member="AAA", relation="non_recognition", since=DateInterval.parse("2008"), source="made-up",
        grade="A1",
    )  # fmt: skip
    for changed in ({"dyads": (tie,)}, {"objections": (objection("AAA", "statehood"),)}):
        model = build_model(dataclasses.replace(case, **changed), *stages(case), (), consent=result)
        assert model.objections is not None
        assert np.allclose(model.objections.onset, np.log(0.1))
        assert np.allclose(model.objections.end, np.log(0.7))
        assert not model.objections.begun.any()
    plain = build_model(case, *stages(case), (), consent=result).objections
    assert plain is not None
    assert np.allclose(plain.onset, np.log([0.9, 0.1]))


def test_measures_and_settings_move_what_was_estimated() -> None:
    link = {"intercept": 0.2, "slope": 1.0, "statehood": 0.0}
    case = one_step(("AAA",), change_rate=0.0, episodes=episodes(0.0))
    push = measure("push", effect("consent.intercept", "add", 1.0), effect("consent.episodes.onset", "multiply", 3.0))
    case = make_case(case.steps, members=("AAA",), consents=case.pathways.consent, measures=(push,), draws=DRAWS,
                     worlds=WORLDS)  # fmt: skip
    result = estimated(consent_link=link, **objections({"AAA": 0.1}, {"AAA": 1e-9}))
    model = build_model(case, *stages(case), (), consent=result, effects=False)
    for scenario, logit, onset in (
        (Scenario(name="main", measures=frozenset()), 0.2, 0.1),
        (Scenario(name="with", measures=frozenset({"push"})), 1.2, 0.3),
        (Scenario(name="set", measures=frozenset(), overrides={"consent.intercept": -0.5}), -0.5, 0.1),
    ):
        sized = with_scenarios(model, [scenario])
        reached = run_model(sized).reached.sum() / (DRAWS * WORLDS)
        # who lets it pass at once does so on the first day, before any objection; nobody comes round
        assert np.allclose(reached, expit(logit), atol=0.004)
        assert np.allclose(build_parameters(sized, 0, DRAWS).onset[..., 0], onset)
    with pytest.raises(ModelError, match=r"no parameter is called 'consent\.episodes\.stance'"):
        with_scenarios(model, [Scenario(name="set", measures=frozenset(), overrides={"consent.episodes.stance": 0.0})])


@pytest.mark.parametrize("label", ["estimated", "assumed"])
def test_labels_and_assumptions_follow_the_draws(label: str) -> None:
    wide = {name: parameter(1.0, 0.5, 1.5) for name in ("intercept", "slope", "change_rate")}
    case = one_step(common_factor=parameter(0.5, label="estimated"), defection=parameter(0.0, label="estimated"),
                    statehood=parameter(1.0, 0.5, 1.5), **wide)  # fmt: skip
    spread = np.linspace(-0.1, 0.1, DRAWS)
    link = {"intercept": 2.0 + spread, "slope": 1.0 + spread, "statehood": 3.0 + spread}
    result = estimated(
        label, consent_link=link, refusal_end={"rate": -1.0 + spread}, **objections(dict.fromkeys(PAIR, 0.1),
                                                                                     dict.fromkeys(PAIR, 1.0)),
    )  # fmt: skip
    model = build_model(case, *stages(case, rates={"only": 1.0}), (), consent=result)
    basis = basis_of_step(model, 0)
    assert basis.label == label
    assert "votes" in basis.source_ids
    rows = {one.parameter: one for one in lay_out(model, summarise(model, run_model(model))).assumptions}
    row = rows["consent.statehood"]
    assert (row.label, row.source) == (label, "votes" if label == "estimated" else "made-up")
    assert row.value == pytest.approx(3.0, abs=0.02)
    assert 2.88 < row.value_low < 2.93


def test_the_ranges_are_the_prior_where_nothing_was_estimated() -> None:
    case = one_step(intercept=parameter(0.3, -1.0, 2.0))
    nothing = StageResult(stage="consent")
    one, other = (simulate_pathways(case, *stages(case), *more, answers=False) for more in ((), (nothing,)))
    assert one.values == other.values


BAD = [
    ({"consent_link": {"intercept": 0.0, "slope": 1.0}}, "no draws for statehood"),
    ({"objection_onset": {"AAA": 0.0, "AAB": 0.0}}, "give both"),
    ({"objection_onset": {"AAA": 0.0}, "objection_end": {"AAA": 0.0}}, "no draws for AAB"),
]


@pytest.mark.parametrize(("quantities", "told"), BAD)
def test_draws_that_do_not_fit_are_refused(quantities: dict[str, dict[str, float]], told: str) -> None:
    case = one_step()
    with pytest.raises(ModelError, match=told):
        build_model(case, *stages(case), (), consent=estimated(**quantities))
