"""The reference class: its formulas by hand, its laws against closed forms."""

from dataclasses import replace
from datetime import date
from math import exp

import numpy as np
import pytest

from shteg.accession.history.risk_spells import observed_steps, risk_spells
from shteg.estimates import YEAR_DAYS
from shteg.evaluation.baselines import base_rates, chain_probabilities
from shteg.evaluation.own.curves import own_curves, years_ahead
from shteg.evaluation.questions import asked, ladder_only, origin_day
from shteg.evaluation.reference.forecast import chain_curves, last_ends, reference_class, wait_probability
from shteg.evaluation.reference.objections import open_objections, own_objections, spans_held_up
from shteg.evaluation.reference.rates import DrawnRates, reference_rates
from shteg.evidence import find_case, read_case
from shteg.evidence.records.dates import DateInterval

EXACT = 1e-10
EVEN = 2e-3
"""256 futures spread evenly leave errors of a few thousandths in a chain of steps, 64 ends less."""


@pytest.fixture(scope="module")
def case():
    return ladder_only(read_case(find_case("demo")))


def drawn(rates, factor=1.0, end=1.0):
    return DrawnRates(by_wait={name: np.array([row]) for name, row in rates.items()}, factor=np.array([factor]),
                      end=np.array([end]))  # fmt: skip


def test_the_rates_are_those_counted_by_hand(case):
    known = case.as_of(origin_day(2016))
    found = reference_rates(known)
    held_events, expected = 0.0, 0.0
    for step in observed_steps(known):
        base = base_rates(known)[step.id].mean
        events, years, barred = np.zeros(3), np.zeros(3), np.zeros(3)
        for spell in (one for one in risk_spells(known, step) if one.entry_on):
            for day in range(spell.entry_on, spell.exit_on):  # day by day, the slow way
                piece = sum(spell.entry_years + (day - spell.entry_on) / YEAR_DAYS >= cut - EXACT for cut in (2, 8))
                held = any(low <= day < high for low, high in spans_held_up(known, spell.country, step.id))
                (barred if held else years)[piece] += 1 / YEAR_DAYS
            if spell.status == "reached":
                piece = sum(spell.entry_years + spell.years >= cut for cut in (2, 8))
                held = any(low <= spell.exit_on < high for low, high in spans_held_up(known, spell.country, step.id))
                held_events += held
                events[piece] += not held
        for piece, law in enumerate(found.by_wait[step.id]):
            assert law.shape == 1 + events[piece]
            assert law.years == pytest.approx(1 / base + years[piece], abs=0.02)  # days at a cut fall to one side
            expected += barred[piece] * law.mean
    assert found.factor.shape == pytest.approx(0.5 * exp(-1) + held_events, abs=EXACT)
    assert found.factor.years == pytest.approx(0.5 + expected, rel=2e-3)
    assert expected > 0


def test_objections_end_at_the_rate_of_those_on_record(case):
    known = case.as_of(origin_day(2016))
    today = known.header.as_of.toordinal()
    every = own_objections(known)
    ended = [one for one in every if one.stop <= today]
    years = sum(min(one.stop, today) - one.start for one in every) / YEAR_DAYS
    law = reference_rates(known).end
    assert (law.shape, law.years) == pytest.approx((0.5 + len(ended), 1 + years), abs=EXACT)
    assert len(ended) < len(every)


def test_a_wait_without_objections_adds_up_the_rates():
    rates = drawn({"a": [0.5, 0.2, 0.05]})
    found = wait_probability(rates, "a", 1.0, 0, [1.0, 5.0, 20.0])[0]
    by_hand = [0.5 * 1, 0.5 * 1 + 0.2 * 4, 0.5 * 1 + 0.2 * 6 + 0.05 * 13]
    assert found == pytest.approx([1 - exp(-one) for one in by_hand], abs=EXACT)


def test_one_objection_slows_until_it_ends():
    rate, factor, end, years = 0.3, 0.1, 0.2, 6.0
    found = wait_probability(drawn({"a": [rate] * 3}, factor, end), "a", 0.0, 1, [years])[0, 0]
    held = factor * rate + end  # leaves "held up" by the step or by the end of the objection
    still = exp(-held * years)
    freed = end * (exp(-rate * years) - still) / (held - rate)
    assert found == pytest.approx(1 - still - freed, abs=EVEN)


def test_an_objection_that_stops_everything_leaves_the_law_of_the_last_end():
    found = wait_probability(drawn({"a": [1e6] * 3}, 0.0, 0.3), "a", 0.0, 4, [5.0])[0, 0]
    assert found == pytest.approx((1 - exp(-1.5)) ** 4, abs=1 / 64)  # the share of nodes below five years


def test_the_last_of_several_ends_is_the_latest():
    shares = np.array([0.1, 0.5, 0.9])
    ends = last_ends(np.array([0.3]), 3, shares)[0]
    assert (1 - np.exp(-0.3 * ends)) ** 3 == pytest.approx(shares, abs=EXACT)
    assert (last_ends(np.array([0.3]), 0, shares) == 0).all()


def test_a_chain_at_constant_rates_is_the_markov_chain():
    rates = {"a": 0.4, "b": 0.9, "c": 0.2}
    before = {"a": (), "b": ("a",), "c": ("b",)}
    grid = [1.0, 4.0, 10.0]
    found = chain_curves(drawn({name: [one] * 3 for name, one in rates.items()}), before, {}, {}, frozenset(), grid,
                         np.random.default_rng(1))  # fmt: skip
    exact = chain_probabilities({name: np.array([one]) for name, one in rates.items()}, before, frozenset(), grid)
    assert found["a"] == pytest.approx(exact["a"], abs=EXACT)
    assert found["b"] == pytest.approx(exact["b"], abs=EVEN)
    assert found["c"] == pytest.approx(exact["c"], abs=10 * EVEN)  # two waits put together at random


def test_an_objection_lowers_the_forecast_of_its_step(case):
    known = case.as_of(origin_day(2010))
    held = own_objections(known)[0]
    questions = [one for one in asked(known, 2010) if open_objections(known, one.country, one.step)]
    assert questions, f"nobody is held up, though {held} is on record"
    free = replace(known, objections=tuple(one.model_copy(update={"ended": DateInterval.of(date(2009, 12, 1)),
                   "ending": "unknown"}) for one in known.objections))  # fmt: skip
    assert (reference_class(known, questions, [3.0]) < reference_class(free, questions, [3.0])).all()


def test_the_aspirants_curves_rise_and_nest():
    whole = read_case(find_case("demo"))
    curves = own_curves(whole)
    assert set(curves) == {"base_rate", "reference_class", "full"}
    years = list(years_ahead(whole))
    for draws in curves.values():
        steps = list(dict.fromkeys(unit.partition("|")[0] for unit in draws.units))
        table = draws.values.reshape(len(draws.values), len(steps), len(years))
        assert (table >= 0).all()
        assert (table <= 1).all()
        assert (np.diff(table, axis=2) >= -EXACT).all()
        assert (np.diff(table.mean(axis=0), axis=0) <= EXACT).all()  # the demo's steps follow each other
