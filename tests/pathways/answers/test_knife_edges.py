"""Answers that the last digit of a processor must not decide."""

import numpy as np
import polars as pl
import pytest

from shteg.pathways.answers.blocking_sets import BlockingSets
from shteg.pathways.answers.explanations import _measures, _range, _routes
from shteg.pathways.answers.information import value_information
from shteg.pathways.forecast.shares import Shares
from shteg.pathways.forecast.values import share_decimals

NUDGES = (0.0, 1e-16, -1e-16, 3e-14, -3e-14)


def shares(mean):
    mean = np.asarray(mean, dtype=float)
    return Shares(draws=mean[None], mean=mean, low=mean, high=mean, mc_error=np.zeros_like(mean))


@pytest.mark.parametrize("nudge", NUDGES)
def test_a_set_that_reaches_just_what_is_needed_reaches_it(nudge):
    sets = tuple(frozenset(one) for one in ((), ("A",), ("B",), ("A", "B")))
    found = BlockingSets(
        step=0, pool=("A", "B"), sets=sets, shares=shares([[0.1], [0.3 + nudge], [0.3 - nudge], [0.5]]),
        bound=np.array([[0.3 + nudge], [0.1]]), draws=1, worlds=1,
    )  # fmt: skip
    assert found.smallest(0) == [1, 2]
    assert not found.certain(1, 0)


@pytest.mark.parametrize("nudge", NUDGES)
def test_a_step_that_consent_cannot_help_has_no_set(nudge):
    sets = (frozenset(), frozenset({"A"}), frozenset({"A", "B"}))
    found = BlockingSets(
        step=0, pool=("A",), sets=sets, shares=shares([[0.3], [0.3 + nudge], [0.3 + nudge]]), bound=np.zeros((1, 1)),
        draws=1, worlds=1,
    )  # fmt: skip
    assert found.smallest(0) == []


@pytest.mark.parametrize("level", [0.0, 0.3, 0.1, 1 / 3])
def test_a_forecast_without_spread_leaves_nothing_to_explain(level):
    rng = np.random.default_rng(3)
    found = value_information(rng.standard_normal((200, 3)), np.full((200, 2), level), np.zeros((200, 0)), 1)
    for part in (found.explained, found.change, found.floor):
        assert (part == 0.0).all()


def test_a_quantity_that_says_nothing_changes_exactly_nothing():
    rng = np.random.default_rng(4)
    outcomes = rng.random((300, 1))
    quantities = rng.standard_normal((300, 40))
    found = value_information(quantities, outcomes, np.zeros((300, 0)), 1)
    said = found.explained[:, 0] > 0.0
    assert (found.change[~said] == 0.0).all()
    assert (found.explained[said] > 1e-9).all()  # never a rounding taken for a finding


def test_equal_options_are_worth_no_choice():
    rng = np.random.default_rng(5)
    worth = rng.integers(0, 60, 300) / 60
    found = value_information(rng.standard_normal((300, 4)), worth[:, None], np.stack([worth, worth], axis=1), 1)
    assert (found.choice == 0.0).all()


def frame(**columns):
    return pl.DataFrame(columns)


@pytest.mark.parametrize("nudge", NUDGES)
def test_thresholds_and_ties_of_sentences(nudge):
    base = {"step": ["step:plan"], "year": ["2030"]}
    swings = frame(
        step=["plan"] * 2, year=[2030] * 2, title_id=["parameter:a", "parameter:b"],
        swing=[0.1, 0.1 + nudge], at_low=[0.1, 0.2], at_high=[0.2, 0.3],
    )  # fmt: skip
    [(_, fills)] = _range(swings, "plan", 2030, base)
    assert fills["name"] == ["parameter:a"]
    smallest = swings.with_columns(pl.lit(0.0005 + nudge).alias("swing"))
    assert _range(smallest, "plan", 2030, base)
    parts = frame(
        step=["plan"] * 3, year=[2030] * 3, player=["measure"] * 3, measure=["a", "b", "c"],
        share=[0.25, 0.25 + nudge, nudge], alone=[0.2, 0.2, 0.0],
    )  # fmt: skip
    found = dict(_measures(parts, "plan", 2030, base))
    assert found["most"]["measure"] == ["measure:a"]
    assert found["together"]["measures"] == ["measure:a", "measure:b"]
    assert found["beside"]["measures"] == ["measure:c"]
    routes = frame(route=["x", "y", "z"], year=[2030] * 3, probability=[0.2, 0.2 + nudge, 0.1])
    known = {f"route.{one}.2030": None for one in "xyz"}
    [(_, fills)] = _routes(known, routes, 2030)
    assert (fills["better"], fills["worse"]) == (["route:x"], ["route:z"])


@pytest.mark.parametrize("nudge", NUDGES)
def test_the_number_of_decimals_is_decided_by_rule(nudge):
    assert share_decimals(0.095 + nudge) == 0
    assert share_decimals(0.0949) == 1
