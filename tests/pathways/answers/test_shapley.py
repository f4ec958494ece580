"""Shares of measures against the definition by orders, and the identities they must obey."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from shteg.errors import ModelError
from shteg.pathways.answers.shapley import Orders, attribute_step, calibrate, list_players, share_out
from shteg.pathways.engine.build_model import build_model
from shteg.randomness import fold_counter
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


@pytest.mark.parametrize("most_sets", [1, 64])
def test_shares_do_not_depend_on_threads(most_sets: int) -> None:
    case = rich_case(draws=10, worlds=20)
    model = build_model(case, *rich_stages(case), ())
    found = [
        attribute_step(model, 2, threads=n, budget=40_000, most_sets=most_sets).share.draws.tobytes() for n in (1, 3)
    ]
    assert found[0] == found[1]


def test_random_orders_give_the_shares_of_all_sets() -> None:
    case = rich_case(draws=10, worlds=4000)
    model = build_model(case, *rich_stages(case), ())
    k = [one.id for one in STEPS].index("second")
    exact = attribute_step(model, k, budget=10**9)
    drawn = attribute_step(model, k, budget=10**9, most_sets=1)
    assert sum(exact.touching) >= 4
    for name in ("share", "alone", "but_one", "total"):
        one, other = getattr(exact, name), getattr(drawn, name)
        error = np.sqrt(one.mc_error**2 + other.mc_error**2)
        assert (np.abs(one.mean - other.mean) <= 4.0 * error).all()
        assert (other.mean != 0.0).any()
    assert drawn.share.mean.sum(axis=0) == pytest.approx(drawn.total.mean, abs=EXACT)
    nothing = [one.id for one in drawn.players].index("nothing")
    assert (drawn.share.draws[:, nothing] == 0.0).all()


def test_an_order_is_that_of_the_names_and_every_order_comes() -> None:
    keys = fold_counter(np.full((1, 6000), 7, dtype=np.uint64), np.arange(6000, dtype=np.uint64)[None])
    orders = Orders(("a", "b", "c"))
    order = orders.draw(keys)[0]
    turned = Orders(("c", "a", "b")).draw(keys)[0]
    assert np.array_equal(np.array(list("cab"))[turned], np.array(list("abc"))[order])
    _, counts = np.unique(order, axis=0, return_counts=True)
    assert len(counts) == 6
    assert np.abs(counts - 1000).max() < 4 * np.sqrt(1000)
    chosen = orders.choose(keys)
    assert chosen.shape[2] == orders.walked
    assert (chosen[0, :, 0] == 0).all()
    assert (chosen[0, :, 3] == 7).all()
    assert sorted(np.unique(chosen[0, :, 1]).tolist()) == [1, 2, 4]
    assert ((chosen[0, :, 1] | chosen[0, :, 5]) == 7).all()  # first in the order, and those before it in the reverse
    assert chosen[0, 0, 6:].tolist() == [1, 2, 4, 6, 5, 3]


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
