"""Ranks: ties, uncertainty, targets, and a collapse to known answers."""

import numpy as np
import pytest

from shteg.errors import ModelError, UsageError
from shteg.estimates import Draws, StageResult, Table
from shteg.evidence.steps_taken import final_step, first_unanimity_step
from shteg.pathways import simulate_pathways
from shteg.pathways.forecast.tables import MeasureEffect
from shteg.pathways.model.provenance import Basis
from shteg.recommendations import list_targets, rank_measures
from shteg.recommendations.ranking import rank_effects, rank_rows, surely_larger
from shteg.recommendations.targets import Target
from tests.pathways.rich import STEPS, rich_case, rich_stages
from tests.pathways.worlds import step


def test_equal_effects_share_the_mean_of_their_ranks() -> None:
    assert rank_rows(np.array([[0.3, 0.1, 0.3, 0.0]])).tolist() == [[1.5, 3.0, 1.5, 4.0]]


def test_ranks_over_draws() -> None:
    effects = np.zeros((100, 3))
    effects[:, 0], effects[:90, 1], effects[90:, 1] = 0.2, 0.1, 0.5
    draws = Draws(
        values=effects,
        units=("a", "b", "c"),
        measure="share",
        label="assumed",
        source_ids=("made-up",),
    )
    rows = [
        MeasureEffect(
            measure=name, step="one", year=2030, effect=0.0, low=0.0, high=0.0, mc_error=0.0, measure_label="assumed",
            basis=Basis("assumed", ("made-up",), True),
        )
        for name in "abc"
    ]  # fmt: skip
    told = {"effects": Table.of("effects", "What each measure changes", MeasureEffect, rows)}
    pathways = StageResult(stage="pathways", tables=told, draws={"effect": draws})
    ranking = rank_effects(pathways, Target("one", 2030), ("a", "b", "c"))
    assert ranking.rank.tolist() == [1.0, 2.0, 3.0]
    assert ranking.first_share.tolist() == [0.9, 0.1, 0.0]
    assert (ranking.low.tolist(), ranking.high.tolist()) == ([1.0, 1.0, 3.0], [2.0, 2.0, 3.0])


def test_targets_are_the_first_unanimity_rung_and_the_last_rung() -> None:
    assert first_unanimity_step(STEPS).id == "first"  # not `tailored`, which stands beside the ladder
    assert final_step(STEPS).id == "member"
    assert first_unanimity_step((step("a"), step("b", rule="all", rung=0))).id == "b"
    assert first_unanimity_step((step("a"),)).id == "a"
    beside, rung = step("beside", rule="two_thirds", rung=0), step("rung", rule="two_thirds", rung=2)
    assert first_unanimity_step((beside, step("a"), rung)).id == "rung"  # nothing asks for every member
    assert list_targets(rich_case())[0] == Target("first", 2038)


def test_rank_measures_carries_labels_and_sums_to_one() -> None:
    case = rich_case(draws=20, worlds=200)
    pathways = simulate_pathways(case, *rich_stages(case))
    result = rank_measures(case, pathways)
    values = {value.id: value for value in result.values}
    assert values["measures.count"].number == 9
    assert sum(float(v.number) for name, v in values.items() if name.startswith("measure.first.")) == pytest.approx(1.0)
    nothing = float(values["measure.rank.nothing"].number)
    assert nothing >= 3  # consent, settlement and reform all do something for the first rung
    assert values["measure.rank.persuade"].label == "assumed"
    frame = result.tables["ranking"].frame
    assert frame.height == 9 * 6
    assert set(frame.filter(frame["measure"] == "one-member")["measure_label"]) == {"estimated"}
    other = rank_measures(case, pathways, target=("centre", 2029))
    assert other.tables["ranking"].frame.height == 9 * 7


def test_unknown_targets_and_missing_effects_are_told() -> None:
    case = rich_case()
    with pytest.raises(UsageError, match="allowed: tailored, centre"):
        rank_measures(case, StageResult(stage="pathways"), target=("nowhere", 2029))
    with pytest.raises(UsageError, match="allowed: 2029, 2033, 2038"):
        rank_measures(case, StageResult(stage="pathways"), target=("first", 2030))
    with pytest.raises(ModelError, match="simulate the case as it is now"):
        rank_measures(case, StageResult(stage="pathways"))


def test_measures_that_intervals_cannot_tell_apart_stand_in_a_tie() -> None:
    generator = np.random.default_rng(1)
    shared = generator.normal(0.3, 0.1, 1000)  # moves two measures alike: what differs is sure all the same
    effects = np.stack([shared, shared - 0.01, generator.normal(0.3, 0.1, 1000), np.zeros(1000)], axis=1)
    larger = surely_larger(effects)
    assert larger.tolist() == [
        [False, True, False, True], [False, False, False, True], [False, False, False, True], [False] * 4
    ]  # fmt: skip
    rows = [
        MeasureEffect(
            measure=name, step="one", year=2030, effect=0.0, low=0.0, high=0.0, mc_error=0.0, measure_label="assumed",
            basis=Basis("assumed", ("made-up",), True),
        )
        for name in "abcd"
    ]  # fmt: skip
    draws = Draws(values=effects, units=tuple("abcd"), measure="share", label="assumed", source_ids=("made-up",))
    told = {"effects": Table.of("effects", "What each measure changes", MeasureEffect, rows)}
    pathways = StageResult(stage="pathways", tables=told, draws={"effect": draws})
    ranking = rank_effects(pathways, Target("one", 2030), tuple("abcd"))
    assert ranking.first_place.tolist() == [1.0, 2.0, 1.0, 4.0]
    assert ranking.last_place.tolist() == [2.0, 3.0, 3.0, 4.0]
