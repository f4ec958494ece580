"""What must hold whatever the numbers: threads, zero effects, order of members, prerequisites, more consent."""

import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from shteg.pathways import simulate_pathways
from shteg.pathways.engine import simulation
from shteg.pathways.engine.build_model import build_model, with_scenarios
from shteg.pathways.engine.simulation import run_model, trace_paths
from tests.examples import examples
from tests.pathways.dynamic import dynamic_case, dynamic_stages
from tests.pathways.rich import MEASURES, STEPS, rich_case, rich_stages
from tests.pathways.worlds import MEMBERS, consent, effect, make_case, measure, settlement, stages, step

EXAMPLES = examples(25)


def frames(result: object) -> bytes:
    tables = {name: table.frame.write_csv() for name, table in result.tables.items()}  # type: ignore[attr-defined]
    draws = {name: one.values.tobytes() for name, one in result.draws.items()}  # type: ignore[attr-defined]
    return pickle.dumps((tables, draws, [repr(value) for value in result.values]))  # type: ignore[attr-defined]


def test_the_same_bytes_with_1_2_and_7_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    case = rich_case(draws=30, worlds=40)
    results = [frames(simulate_pathways(case, *rich_stages(case), threads=n)) for n in (1, 2, 7)]
    monkeypatch.setattr(simulation, "WORLDS_PER_CHUNK", 100)  # other chunks as well
    results += [frames(simulate_pathways(case, *rich_stages(case), threads=n)) for n in (1, 3)]
    assert len(set(results)) == 1


def test_a_measure_without_effect_changes_no_world() -> None:
    case = rich_case(worlds=100)
    later = measure("nothing", *MEASURES[-1].effects, start_years=2.5)
    for nothing in (MEASURES[-1], later):
        kept = case.recommendations.model_copy(update={"measures": (*MEASURES[:-1], nothing)})
        changed = dataclasses.replace(case, recommendations=kept)
        model = build_model(changed, *rich_stages(case), ())
        paths = trace_paths(model, 0, 5, 100)
        names = [scenario.name for scenario in model.scenarios]
        assert paths[:, :, names.index("nothing")].tobytes() == paths[:, :, 0].tobytes()
        assert paths[:, :, names.index("persuade")].tobytes() != paths[:, :, 0].tobytes()


def test_order_of_members_and_steps_permutes_results() -> None:
    case, shuffled = rich_case(), rich_case(members=tuple(reversed(MEMBERS[:12])))
    turned = dataclasses.replace(shuffled, steps=tuple(reversed(STEPS)))
    one = build_model(case, *rich_stages(case), ())
    two = build_model(turned, *rich_stages(turned), ())
    a, b = run_model(one), run_model(two)
    assert (a.reached == b.reached[:, ::-1]).all()
    assert (a.gained == b.gained[:, :, ::-1]).all()
    assert (a.last == b.last[:, ::-1, ::-1]).all()
    assert (a.critical == b.critical[:, ::-1, ::-1]).all()


def test_one_more_member_outside_the_sponsors_changes_nothing_for_them() -> None:
    only = (step("centre", rule="sponsors", sponsors=MEMBERS[2:5]),)
    few = make_case(only, members=MEMBERS[:6], draws=20, worlds=50)
    many = make_case(only, members=MEMBERS, draws=20, worlds=50)
    counts = [run_model(build_model(c, *stages(c), (), effects=False)).reached.tobytes() for c in (few, many)]
    assert counts[0] == counts[1]


def test_a_step_never_comes_before_its_prerequisites() -> None:
    case = rich_case(draws=10, worlds=200)
    model = build_model(case, *rich_stages(case), ())
    paths = trace_paths(model, 0, 10, 200)
    position = {one.id: k for k, one in enumerate(STEPS)}
    for k, one in enumerate(STEPS):
        for name in one.prerequisites:
            assert (paths[..., k] >= paths[..., position[name]]).all()
    assert (np.diff(run_model(model).reached.cumsum(axis=-1), axis=-1) >= 0).all()


def test_every_world_that_misses_a_step_stops_somewhere() -> None:
    case = rich_case(draws=10, worlds=100)
    tally = run_model(build_model(case, *rich_stages(case), ()))
    assert (tally.stopped.sum(axis=(2, 3)) + tally.reached.sum(axis=2) == 100).all()


@EXAMPLES
@given(
    target=some.sampled_from(
        ["consent.intercept", "consent.change_rate", "consent.member.AAA", "settlement.rate", "settlement.follow"]
    ),
    more=some.floats(0.01, 2.0),
    rule=some.sampled_from(["all", "two_thirds", "majority"]),
    start=some.floats(0.0, 8.0),
    seed=some.integers(0, 2**40),
)
def test_more_consent_never_delays_a_step(target: str, more: float, rule: str, start: float, seed: int) -> None:
    case = make_case(
        (step("one", rule=rule, statehood_content=0.3), step("two", rule="all", prerequisites=("one",))),
        members=MEMBERS[:9],
        consents=consent(intercept=1.0, statehood=1.0, common_factor=0.5),
        settlement=settlement(0.1, MEMBERS[:4], 0.4),
        measures=(measure("more", effect(target, "add", more), start_years=start),),
        draws=10,
        worlds=20,
        seed=seed,
    )
    model = build_model(case, *stages(case, rates={"one": 0.8, "two": 0.6}), ())
    paths = trace_paths(model, 0, 10, 20)
    slack = 1e-9  # a later start splits a sum in two: the same moment may differ in the last digits
    assert (paths[:, :, 1] <= paths[:, :, 0] + slack).all()
    assert (run_model(model).lost == 0).all()


def test_the_dynamic_case_gives_the_same_bytes_with_1_2_and_7_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    case = dynamic_case(draws=30, worlds=40)
    model = build_model(case, *dynamic_stages(case), ())
    results = [[part.tobytes() for part in run_model(model, threads=n)] for n in (1, 2, 7)]
    monkeypatch.setattr(simulation, "WORLDS_PER_CHUNK", 100)
    results += [[part.tobytes() for part in run_model(model, threads=n)] for n in (1, 3)]
    assert all(one == results[0] for one in results)


def test_order_of_members_permutes_the_dynamic_case() -> None:
    one = build_model(case := dynamic_case(), *dynamic_stages(case), ())
    two = build_model(turned := dynamic_case(members=tuple(reversed(MEMBERS[:12]))), *dynamic_stages(turned), ())
    a, b = run_model(one), run_model(two)
    assert (a.reached == b.reached).all()
    assert (a.held == b.held).all()
    assert (a.last == b.last[:, :, ::-1]).all()
    assert (a.blocked == b.blocked[:, :, ::-1]).all()
    assert (a.critical == b.critical[:, :, ::-1]).all()


def test_rungs_of_the_dynamic_case_never_skip_and_lost_ones_are_not_held() -> None:
    case = dynamic_case(draws=10, worlds=200)
    model = build_model(case, *dynamic_stages(case), ())
    paths, tally = trace_paths(model, 0, 10, 200), run_model(model)
    position = {one.id: k for k, one in enumerate(STEPS)}
    for k, one in enumerate(STEPS):
        for name in one.prerequisites:
            assert (paths[..., k] >= paths[..., position[name]]).all()
            assert (tally.held[:, k] <= tally.held[:, position[name]]).all()
    ever = tally.reached.cumsum(axis=-1)
    assert (tally.held <= ever).all()
    assert (tally.held < ever).any()
    assert (tally.stopped.sum(axis=(2, 3)) + tally.reached.sum(axis=2) == 200).all()


def test_critical_members_are_those_whose_forcing_matters() -> None:
    case = dynamic_case(draws=10, worlds=100, lapses=False, members=MEMBERS[:6])
    case = dataclasses.replace(case, steps=tuple(one for one in STEPS if not one.prerequisites))
    keep = [m for m in case.recommendations.measures if m.id in ("nothing",)]
    case = dataclasses.replace(case, recommendations=case.recommendations.model_copy(update={"measures": tuple(keep)}))
    model = build_model(case, *dynamic_stages(case), (), effects=False)
    main = model.scenarios[0]
    forced = [main]
    for member in model.members:
        forced += [dataclasses.replace(main, always=frozenset({member}))]
        forced += [dataclasses.replace(main, never=frozenset({member}))]
    paths = trace_paths(with_scenarios(model, forced), 0, 10, 100) <= model.structure.horizon
    tally = run_model(model)
    for j in range(6):
        gain = paths[:, :, 1 + 2 * j].sum(axis=1) - paths[:, :, 2 + 2 * j].sum(axis=1)
        voting = model.structure.votes > 0
        assert (tally.critical[:, voting, j] == gain[:, voting]).all()


def test_an_interrupt_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    case = dynamic_case(draws=30, worlds=40)
    model = build_model(case, *dynamic_stages(case), ())
    monkeypatch.setattr(simulation, "WORLDS_PER_CHUNK", 200)
    whole = run_model(model, threads=1)

    def stop(done: int, chunks: int) -> None:
        assert chunks == 6
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_model(model, threads=1, progress=stop)
    for threads in (1, 2):
        part = run_model(model, threads=threads, progress=stop, on_interrupt="keep")
        assert len(part.reached) == 15
        assert all((a == b[:15]).all() for a, b in zip(part, whole, strict=True))
