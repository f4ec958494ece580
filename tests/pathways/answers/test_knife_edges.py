"""Answers that the last digit of a processor must not decide."""

import dataclasses

import numpy as np
import pytest

from shteg.pathways.answers.blocking_sets import BlockingSets
from shteg.pathways.answers.explanations import _measures, _range, _routes
from shteg.pathways.answers.futures import RouteOutcome
from shteg.pathways.answers.information import value_information
from shteg.pathways.answers.shapley import MeasureShare
from shteg.pathways.answers.tornado import Swing
from shteg.pathways.forecast.shares import Shares
from shteg.pathways.forecast.values import share_decimals
from shteg.pathways.model.provenance import Basis

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


BASIS = Basis("assumed", ("given",), True)
NUMBERS = {"low": 0.0, "high": 0.0, "mc_error": 0.0}


def swing(name, to, at_low, at_high):
    return Swing(
        step="plan", year=2030, parameter=name, title_id=f"parameter:{name}", value_low=0.0, value_high=1.0, swing=to,
        at_low=at_low, at_high=at_high, draws=1, worlds=1, label="assumed", **NUMBERS,
    )  # fmt: skip


def share(name, part, alone):
    ends = {f"{of}_{end}": 0.0 for of in ("share", "alone", "but_one") for end in NUMBERS}
    return MeasureShare(
        step="plan", year=2030, measure=name, player="measure", share=part, alone=alone, but_one=0.0, draws=1,
        worlds=1, basis=BASIS, **ends,
    )  # fmt: skip


def route(name, probability):
    return RouteOutcome(
        route=name, year=2030, probability=probability, mean_years=1.0, mean_years_low=1.0, mean_years_high=1.0,
        steps=(), rule="all", statehood=0.0, areas=(), blockers=(), basis=BASIS, **NUMBERS,
    )  # fmt: skip


@pytest.mark.parametrize("nudge", NUDGES)
def test_thresholds_and_ties_of_sentences(nudge):
    base = {"step": ["step:plan"], "year": ["2030"]}
    [(_, fills)] = _range([swing("a", 0.1, 0.1, 0.2), swing("b", 0.1 + nudge, 0.2, 0.3)], base)
    assert fills["name"] == ["parameter:a"]
    assert _range([swing("a", 0.0005 + nudge, 0.1, 0.2)], base)
    found = dict(_measures([share("a", 0.25, 0.2), share("b", 0.25 + nudge, 0.2), share("c", nudge, 0.0)], base))
    assert found["most_tied"]["measures"] == ["measure:a", "measure:b"]
    far = [share("a", 0.25, 0.2), share("b", 0.2, 0.2)]
    apart = [dataclasses.replace(one, share_low=one.share - 0.02, share_high=one.share + 0.02) for one in far]
    assert dict(_measures(apart, base))["most"]["measure"] == ["measure:a"]
    assert found["together"]["measures"] == ["measure:a", "measure:b"]
    assert found["beside"]["measures"] == ["measure:c"]
    [(_, fills)] = _routes([route("x", 0.2), route("y", 0.2 + nudge), route("z", 0.1)])
    assert (fills["better"], fills["worse"]) == (["route:x"], ["route:z"])


@pytest.mark.parametrize("nudge", NUDGES)
def test_the_number_of_decimals_is_decided_by_rule(nudge):
    assert share_decimals(0.095 + nudge) == 0
    assert share_decimals(0.0949) == 1
