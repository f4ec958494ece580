"""Shares of measures against the definition by orders, and the identities they must obey."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from shteg.errors import ModelError
from shteg.pathways.answers.shapley import attribute_step, calibrate, list_players, share_out
from shteg.pathways.engine.build_model import build_model
from tests.pathways.rich import STEPS, rich_case, rich_stages
from tests.pathways.worlds import effect, make_case, measure, stages, step

EXACT = 1e-12  # rounding of sums of a few numbers


def by_orders(worth: np.ndarray, count: int) -> np.ndarray:
    """The definition: what each player adds, averaged over all orders."""
    share = np.zeros(count)
    for order in permutations(range(count)):
        taken = 0
        for i in order:
            share[i] += worth[taken | 1 << i] - worth[taken]
            taken |= 1 << i
    return share / factorial(count)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_shares_are_the_mean_over_all_orders(count: int) -> None:
    worth = np.random.default_rng(count).normal(size=2**count)
    share, alone, but_one, total = share_out(worth)
    assert share == pytest.approx(by_orders(worth, count), abs=EXACT)
    assert share.sum() == pytest.approx(float(total), abs=EXACT)
    assert alone == pytest.approx([worth[1 << i] - worth[0] for i in range(count)], abs=EXACT)
    assert but_one == pytest.approx([worth[-1] - worth[-1 - (1 << i)] for i in range(count)], abs=EXACT)


def test_two_that_only_work_together_share_equally() -> None:
    share, alone, but_one, _ = share_out(np.array([0.0, 0.0, 0.0, 1.0]))
    assert list(share) == [0.5, 0.5]
    assert list(alone) == [0.0, 0.0]
    assert list(but_one) == [1.0, 1.0]


def test_shares_add_up_and_what_does_nothing_gets_nothing() -> None:
    case = rich_case(draws=10, worlds=20)
    model = build_model(case, *rich_stages(case), ())
    k = [one.id for one in STEPS].index("second")
    found = attribute_step(model, k, threads=1, budget=40_000)
    assert found.share.mean.sum(axis=0) == pytest.approx(found.total.mean, abs=EXACT)
    nothing = [one.id for one in found.players].index("nothing")
    assert (found.share.draws[:, nothing] == 0.0).all()
    assert (found.share.mc_error[nothing] == 0.0).all()
    moved = calibrate(found, found.total.mean + 0.01)
    assert moved.share.mean.sum(axis=0) == pytest.approx(found.total.mean + 0.01, abs=EXACT)
    assert (moved.share.mean[nothing] == 0.0).all()


def test_shares_do_not_depend_on_threads() -> None:
    case = rich_case(draws=10, worlds=20)
    model = build_model(case, *rich_stages(case), ())
    found = [attribute_step(model, 2, threads=n, budget=40_000).share.draws.tobytes() for n in (1, 3)]
    assert found[0] == found[1]


def test_a_measure_beside_the_way_is_not_simulated() -> None:
    beside = measure("beside", effect("step.other.log_rate", "add", 1.0))
    on = measure("on", effect("step.first.log_rate", "add", 1.0))
    case = make_case((step("first", rule="all"), step("other")), measures=(beside, on), draws=10, worlds=10)
    players, touching = list_players(build_model(case, *stages(case), ()), 0)
    assert [one.id for one in players] == ["beside", "on"]
    assert touching == (False, True)


def test_more_than_twelve_measures_are_shared_by_area() -> None:
    many = tuple(measure(f"m{i}", effect("consent.intercept", "add", 0.1)) for i in range(13))
    case = make_case((step("first", rule="all"),), measures=many, draws=10, worlds=10)
    players, _ = list_players(build_model(case, *stages(case), ()), 0)
    assert [(one.id, one.kind, len(one.measures)) for one in players] == [("work", "area", 13)]


def test_more_than_twelve_areas_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(measure(f"m{i}", effect("consent.intercept", "add", 0.1)) for i in range(3))
    case = make_case((step("first", rule="all"),), measures=many, draws=10, worlds=10)
    monkeypatch.setattr("shteg.pathways.answers.shapley.MOST_PLAYERS", 0)
    with pytest.raises(ModelError, match="fewer areas"):
        list_players(build_model(case, *stages(case), ()), 0)
