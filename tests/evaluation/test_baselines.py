"""Baselines and questions on the demo and against closed forms."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.linalg import expm

from shteg.evaluation.baselines import (
    base_rates,
    chain_probabilities,
    no_change_rungs,
    rung_base_rate,
    rung_generator,
    step_base_rate,
)
from shteg.evaluation.questions import (
    Outcomes,
    asked,
    asked_rungs,
    full_follow_up,
    ladder_only,
    origin_day,
    rungs_of,
)
from shteg.evaluation.summary import fast_countries
from shteg.evidence import find_case, read_case
from shteg.evidence.records.dates import DateInterval

EXACT = 1e-10
"""Uniformisation stops at 1e-12."""


@pytest.fixture(scope="module")
def case():
    return ladder_only(read_case(find_case("demo")))


def test_steps_without_events_are_passed_over(case):
    assert [(step.id, step.prerequisites) for step in case.steps] == [
        ("association", ()),
        ("plan", ("association",)),
        ("protocol", ("plan",)),
        ("member", ("protocol",)),
    ]


def test_questions_are_of_countries_that_wait(case):
    known = case.as_of(origin_day(2008))
    questions = asked(known, 2008)
    assert {(one.country, one.step) for one in questions} >= {("XAI", "plan"), ("XBD", "plan"), ("XAH", "protocol")}
    assert all(one.country != "XAE" for one in questions)  # a member by then
    rungs = {one.country: one.rung for one in asked_rungs(known, 2008)}
    assert rungs["XAH"] == 2
    assert rungs["XAI"] == 1
    assert "XAE" not in rungs


def test_outcomes_look_beyond_the_origin(case):
    outcomes = Outcomes.of(case)
    [question] = [one for one in asked(case.as_of(origin_day(2008)), 2008) if one.country == "XAI"]
    assert outcomes.years_until(question) == pytest.approx((date(2011, 5, 19) - date(2008, 1, 1)).days / 365.25)
    [rung] = [one for one in asked_rungs(case.as_of(origin_day(2008)), 2008) if one.country == "XAI"]
    assert [outcomes.rung_after(rung, years) for years in (3, 4, 9, 11)] == [1, 2, 3, 5]


def test_a_step_that_was_taken_in_secret_voids_its_question(case):
    hidden = tuple(
        one.model_copy(update={"known_on": DateInterval.parse("2012")}) if (one.country, one.event) == ("XAH", "plan")
        else one for one in case.ladder
    )  # fmt: skip
    spoilt = replace(case, ladder=hidden)
    [question] = [
        one for one in asked(spoilt.as_of(origin_day(2008)), 2008) if (one.country, one.step) == ("XAH", "plan")
    ]
    assert Outcomes.of(spoilt).years_until(question) is None


def test_follow_up_must_be_full(case):
    last = case.header.as_of.year
    assert full_follow_up(case, last - 3, 3)
    assert not full_follow_up(case, last - 3, 5)


def test_recent_rates_count_recent_events_only(case):
    known = case.as_of(origin_day(2008))
    whole, recent = base_rates(known), base_rates(known, recent=5.0)
    assert recent["association"].years < whole["association"].years
    assert recent["association"].shape <= whole["association"].shape
    questions = asked(known, 2008)
    table = step_base_rate(known, questions, [1.0, 5.0])
    assert (table[:, 0] < table[:, 1]).all()


def test_the_chain_of_rungs_sums_to_one_and_never_falls(case):
    known = case.as_of(origin_day(2008))
    generator = rung_generator(known)
    assert np.abs(generator.sum(axis=1)).max() < EXACT
    assert (np.tril(generator, -1) == 0).all()
    questions = asked_rungs(known, 2008)
    table = rung_base_rate(known, questions, (1, 10))
    assert np.abs(table.sum(axis=2) - 1).max() < EXACT
    places = rungs_of(known)
    for row, question in enumerate(questions):
        assert (table[row, :, : places.index(question.rung)] == 0).all()
    assert (no_change_rungs(questions, (1, 10), places).sum(axis=2) == 1).all()


def test_the_chain_of_steps_is_the_matrix_exponential():
    rates = {"a": np.array([0.7, 0.2]), "b": np.array([0.3, 2.0]), "c": np.array([1.1, 0.4])}
    found = chain_probabilities(rates, {"a": (), "b": ("a",), "c": ("b",)}, frozenset(), [1.0, 9.0])
    for draw in range(2):
        a, b, c = (rates[name][draw] for name in "abc")
        q = np.array([[-a, a, 0, 0], [0, -b, b, 0], [0, 0, -c, c], [0, 0, 0, 0]])
        for place, years in enumerate((1.0, 9.0)):
            row = expm(q * years)[0]
            assert found["a"][draw, place] == pytest.approx(row[1:].sum(), abs=EXACT)
            assert found["c"][draw, place] == pytest.approx(row[3], abs=EXACT)


def test_two_steps_that_wait_for_each_other_nowhere_are_independent():
    rates = {"a": np.array([0.7]), "b": np.array([0.3])}
    found = chain_probabilities(rates, {"a": (), "b": ()}, frozenset(), [2.0])
    assert found["b"][0, 0] == pytest.approx(1 - np.exp(-0.6), abs=EXACT)


def test_a_step_that_was_taken_is_not_foretold():
    found = chain_probabilities({"a": np.ones(1), "b": np.ones(1)}, {"a": (), "b": ("a",)}, frozenset({"a"}), [1.0])
    assert set(found) == {"b"}
    assert found["b"][0, 0] == pytest.approx(1 - np.exp(-1), abs=EXACT)


def test_the_fast_lane_of_the_demo(case):
    assert fast_countries(case, years=0.5) == ()
    assert "XAE" in fast_countries(case, years=6.0)
