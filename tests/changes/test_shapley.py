"""Shares of a change: closed forms, every order by hand, sums to the last digit."""

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.changes.shapley import rounded_to_sum, share_out

CLOSE = 1e-12
"""Sums of a few dozen numbers below one."""
GROUPS = ("a", "b", "c", "d")


def game(seed: int, groups: tuple[str, ...]) -> Callable[[frozenset[str]], np.ndarray]:
    """Give outcomes of two figures for every set of groups, drawn once."""
    known: dict[frozenset[str], np.ndarray] = {}
    generator = np.random.default_rng(seed)

    def outcome(chosen: frozenset[str]) -> np.ndarray:
        if chosen not in known:
            known[chosen] = generator.random(2)
        assert chosen <= set(groups)
        return known[chosen]

    return outcome


def test_it_is_the_average_over_every_order() -> None:
    outcome = game(1, GROUPS)
    found = share_out(GROUPS, outcome, 7)
    for at, group in enumerate(GROUPS):
        gains = []
        for order in permutations(GROUPS):
            before = frozenset(order[: order.index(group)])
            gains.append(outcome(before | {group}) - outcome(before))
        assert found.shares[at] == pytest.approx(np.mean(gains, axis=0), abs=CLOSE)
    assert (found.exact, found.sets) == (True, 16)


def test_a_sum_of_effects_is_given_back_and_two_that_work_only_together_share() -> None:
    worth = {"a": 0.3, "b": -0.1, "c": 0.0, "d": 0.0}

    def outcome(chosen: frozenset[str]) -> np.ndarray:
        both = 0.2 if {"c", "d"} <= chosen else 0.0
        return np.array([sum(worth[one] for one in chosen) + both])

    found = share_out(GROUPS, outcome, 7)
    assert found.shares[:, 0] == pytest.approx([0.3, -0.1, 0.1, 0.1], abs=CLOSE)


@pytest.mark.parametrize("most_sets", [4, 40, 200])
def test_shares_sum_to_the_change_whether_all_sets_are_computed_or_orders_drawn(most_sets: int) -> None:
    groups = tuple("abcdefg")
    outcome = game(2, groups)
    found = share_out(groups, outcome, 7, most_sets=most_sets)
    change = outcome(frozenset(groups)) - outcome(frozenset())
    assert found.shares.sum(axis=0) == pytest.approx(change, abs=CLOSE)
    assert found.exact == (most_sets >= 128)
    assert (found.std_error.max() > 0.0) == (not found.exact)
    assert found.sets <= max(most_sets, 4 * len(groups))


def test_orders_come_near_to_the_exact_shares_and_repeat() -> None:
    groups = tuple("abcdef")
    exact = share_out(groups, game(3, groups), 7)
    drawn = share_out(groups, game(3, groups), 7, most_sets=60)
    assert np.abs(exact.shares - drawn.shares).max() < 5 * drawn.std_error.max()
    again = share_out(groups, game(3, groups), 7, most_sets=60)
    assert (drawn.shares == again.shares).all()


def test_nothing_that_differs_is_no_share() -> None:
    found = share_out((), lambda chosen: np.array([0.4]), 7)
    assert found.shares.shape == (0, 1)


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=9), st.integers(2, 5))
def test_printed_shares_sum_to_the_printed_change(shares: list[float], decimals: int) -> None:
    total = sum(shares)
    shown = rounded_to_sum(shares, total, decimals)
    unit = 10**decimals
    if any(shares):
        assert sum(round(one * unit) for one in shown) == round(total * unit)
    for share, one in zip(shares, shown, strict=True):
        assert abs(one - share) <= (1 + len(shares) / 2) / unit
        assert share != 0.0 or one == 0.0
