"""What is packed is unpacked to the same numbers, as many draws as there is room for, spread over all."""

import json

import numpy as np
import pytest

from shteg.estimates import StageResult
from shteg.explorer.columns import columns_of
from shteg.explorer.package import make_package, spread_draws, to_json
from shteg.explorer.packing import GRID, pack, size_of, unpack
from shteg.explorer.setting import Setting, answer, with_rule
from shteg.explorer.stage import pack_explorer, sampling_error
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.engine.simulation import run_model
from shteg.pathways.model.model import Model
from tests.explorer.books import book_of
from tests.pathways.dynamic import dynamic_case, dynamic_stages


@pytest.fixture(scope="module")
def model() -> Model:
    case = dynamic_case(draws=40, worlds=10)
    return build_model(case, *dynamic_stages(case), (), effects=False)


def test_numbers_move_by_at_most_half_a_step_and_stay_in_their_range() -> None:
    noise = np.random.default_rng(1)
    columns = {f"c{i}": noise.normal(size=300) * 10.0**i for i in range(-3, 4)}
    back = unpack(pack(columns))
    for name, values in columns.items():
        step = (values.max() - values.min()) / GRID
        assert np.abs(back[name] - values).max() <= step / 2 * (1 + 1e-9)
        assert back[name].min() == values.min()
        assert back[name].max() <= values.max()


def test_packing_what_was_packed_changes_nothing() -> None:
    values = {"one": np.random.default_rng(2).normal(size=200)}
    once = unpack(pack(values))
    np.testing.assert_array_equal(unpack(pack(once))["one"], once["one"])


def test_columns_with_the_same_numbers_are_packed_once() -> None:
    values = np.arange(5.0)
    packed = pack({"a": values, "b": values + 1, "c": values.copy(), "same": np.full(5, 0.3)})
    assert [one.names for one in packed] == [("a", "c"), ("b",), ("same",)]
    np.testing.assert_array_equal(unpack(packed)["same"], np.full(5, 0.3))


def test_draws_lie_evenly_among_all() -> None:
    assert spread_draws(10, 5) == (1, 3, 5, 7, 9)
    assert spread_draws(3, 8) == (0, 1, 2)
    gaps = np.diff(spread_draws(2000, 623))
    assert set(gaps.tolist()) == {3, 4}


def test_a_package_keeps_to_its_room(model: Model) -> None:
    wide, tight = make_package(model), make_package(model, room=len(to_json(make_package(model).parts)) + 2500)
    assert len(wide.draws) == 40
    assert 1 <= len(tight.draws) < 40
    assert len(to_json(tight.parts)) + size_of(tight.columns) <= len(to_json(wide.parts)) + 2600


def test_the_model_of_a_package_has_the_packed_numbers_and_no_others(model: Model) -> None:
    package = make_package(model, worlds=20)
    rows, packed = list(package.draws), unpack(package.columns)
    others = [d for d in range(40) if d not in rows]
    before, after = columns_of(model), columns_of(package.model)
    assert before.keys() == after.keys() == packed.keys()
    for name, values in after.items():
        np.testing.assert_array_equal(values[rows], packed[name])
        np.testing.assert_array_equal(values[others], before[name][others])


def test_the_case_rule_is_the_forecast_itself(model: Model) -> None:
    paths = answer(model, [Setting()], range(40), 10)[:, :, 0]
    tally = run_model(model, threads=1)
    end = model.structure.horizon
    np.testing.assert_array_equal((paths <= end).sum(axis=(0, 1)), tally.reached.sum(axis=(0, 2)))


def test_rules_count_votes(model: Model) -> None:
    by_rule = {rule: with_rule(model, rule, "case").structure.votes.tolist() for rule in ("all", "three_quarters")}
    by_rule |= {rule: with_rule(model, rule, "case").structure.votes.tolist() for rule in ("two_thirds", "majority")}
    ids = [step.id for step in model.steps]
    first = {rule: votes[ids.index("first")] for rule, votes in by_rule.items()}
    assert first == {"all": 12, "three_quarters": 9, "two_thirds": 8, "majority": 7}
    for rule, votes in by_rule.items():
        assert votes[ids.index("centre")] == 3, rule  # sponsors stay
        assert votes[ids.index("ratified")] == 12, rule  # has a rule of its own
    assert with_rule(model, "case", "majority").structure.votes[ids.index("ratified")] == 7


def test_one_rule_at_a_time(model: Model) -> None:
    with pytest.raises(ValueError, match="one rule at a time"):
        answer(model, [Setting(), Setting(rule="all")], [0], 1)


def test_the_error_of_few_draws() -> None:
    assert sampling_error(np.array([0.0, 1.0, 0.0, 1.0])) == pytest.approx(np.std([0, 1, 0, 1], ddof=1) / 2)
    assert sampling_error(np.array([0.5])) == 0.0


def test_the_stage_counts_the_base_with_the_engine() -> None:
    case = dynamic_case(draws=30, worlds=8)
    stance, accession = dynamic_stages(case)
    result = pack_explorer(case, stance, accession, StageResult(stage="consent"))
    base, package = result.tables["base"].frame, make_package(build_model(case, stance, accession, (), effects=False))
    paths = answer(package.model, [Setting()], package.draws, package.worlds)[:, :, 0]
    for k, step in enumerate(package.model.steps):
        counts = base.filter(base["step"] == step.id)["reached"].to_list()
        ends = package.model.structure.year_times
        assert counts == [(paths[:, :, k] <= end).sum() for end in ends]
    numbers = {value.id: value.number for value in result.values}
    assert numbers["explorer.worlds"] == len(package.draws) * package.worlds
    assert numbers["explorer.error"] == base["mc_error"].max()
    rows = {row["part"]: row for row in result.tables["package"].frame.iter_rows(named=True)}
    book = book_of(package)
    assert {name: json.loads(rows[name]["content"]) for name in book["parts"]} == book["parts"]
    assert [rows[one[0]]["content"] for one in book["columns"]] == [one[3] for one in book["columns"]]
