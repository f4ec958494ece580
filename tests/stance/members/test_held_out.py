"""Acts held out of the stance model."""

import pytest

import shteg
from shteg.errors import UsageError
from shteg.stance.members.held_out import held_out_acts


def test_every_act_is_foretold_once_and_by_a_model_that_has_not_seen_it() -> None:
    case = shteg.read_case(shteg.find_case("demo"))
    made = held_out_acts(case, folds=3, chains=2, iterations=300)
    assert made
    assert len({(act.member, act.item) for act in made}) == len(made)
    for act in made:
        assert sum(act.probability) == pytest.approx(1)
        assert sum(act.base) == pytest.approx(1)
        assert 0 <= act.level < act.n_levels == len(act.probability) == len(act.base)
        assert act.log_score <= 0
        assert 0 <= act.brier <= 1
    assert {act.fold for act in made} == {0, 1, 2}


def test_one_fold_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing to learn"):
        held_out_acts(shteg.read_case(shteg.find_case("demo")), folds=1)
