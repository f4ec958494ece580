"""The stack: weights that are recovered, that know nothing of the future, and that are equal without data."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from shteg.evaluation import run_backtest
from shteg.evaluation.models import PARTS, POOL, SEEDS
from shteg.evaluation.questions import ladder_only, origin_day
from shteg.evaluation.stack.rolling import (
    Resolved,
    learn_weights,
    pair_weights,
    resolved_by,
    weights_on,
    with_pool,
)
from shteg.evaluation.stack.weights import equal_weights, stack_weights
from shteg.evidence import find_case, read_case
from shteg.evidence.records.dates import DateInterval
from tests.evaluation.stand_in import fit_stand_in, simulate_stand_in

ORIGINS = (2001, 2004, 2007, 2010, 2013)
SETTLED = 1e-5
"""Weights stop moving at 1e-7 a round."""


@pytest.fixture(scope="module")
def case():
    return read_case(find_case("demo"))


@pytest.fixture(scope="module")
def forecasts(case):
    return run_backtest(case, origins=ORIGINS, fitter=fit_stand_in, simulator=simulate_stand_in, threads=1)


def simulated(weights, questions, seed=4):
    """Questions whose outcomes follow a mixture of parts with these weights: what each part gave to the outcome."""
    generator = np.random.default_rng(seed)
    parts = generator.beta(0.6, 0.6, size=(questions, len(weights)))
    happened = generator.random(questions) < parts @ np.array(weights)
    return np.where(happened[:, None], parts, 1 - parts)


def test_known_weights_are_recovered():
    true = np.array([0.5, 0.3, 0.2, 0.0])
    given = simulated(true, 20_000)
    found = stack_weights(given, np.ones(len(given)), equal_weights(4), strength=1e-6)
    assert found == pytest.approx(true, abs=0.03)  # sd of a weight from 20,000 questions is about 0.01


def test_the_weights_minimise_their_objective():
    given, importance, towards = simulated([0.7, 0.1, 0.2], 60), np.linspace(0.1, 1.0, 60), np.array([0.2, 0.5, 0.3])

    def objective(w):
        return -(importance * np.log(given.clip(0.001, 0.999) @ w)).sum() + 4.0 * (towards * np.log(towards / w)).sum()

    found = stack_weights(given, importance, towards, strength=4.0)
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    generator = np.random.default_rng(5)
    for _ in range(200):
        other = np.abs(found + 0.02 * generator.standard_normal(3))
        assert objective(other / other.sum()) >= objective(found) - SETTLED


def test_without_questions_the_weights_are_those_drawn_towards():
    towards = np.array([0.1, 0.2, 0.3, 0.4])
    assert stack_weights(np.zeros((0, 4)), np.zeros(0), towards) == pytest.approx(towards, abs=1e-12)


def test_a_country_and_step_counts_once_however_often_it_is_asked():
    assert pair_weights(["A", "A", "B", "A"], ["s", "s", "s", "t"]).tolist() == [0.5, 0.5, 1.0, 1.0]
    given = simulated([0.9, 0.1], 6)
    padded = np.concatenate([given, np.repeat(given[:1], 9, axis=0)])
    country, step = [*"ABCDEF"], ["s"] * 6
    once = learn_two(country, step, given)
    often = learn_two([*country, *["A"] * 9], [*step, *["s"] * 9], padded)
    assert often == pytest.approx(once, abs=SETTLED)


def learn_two(country, step, given):
    """Weights of a step, for parts of which the last two say nothing of their own."""
    wide = np.concatenate([given, np.full((len(given), len(PARTS) - 2), 0.5)], axis=1)
    resolved = Resolved(country=tuple(country), step=tuple(step), given=np.repeat(wide[None], SEEDS, axis=0))
    return learn_weights(resolved).by_step["s"][0]


def test_the_first_origin_mixes_equally(case, forecasts):
    first = with_pool(forecasts, ladder_only(case))[0]
    mean = np.mean([first.steps[part] for part in PARTS], axis=0)
    assert first.steps[POOL] == pytest.approx(mean, abs=1e-12)
    assert first.again[POOL].shape == (SEEDS - 1, *mean.shape)


def test_the_pool_lies_between_its_parts_and_later_weights_differ(case, forecasts):
    pooled = with_pool(forecasts, ladder_only(case))
    for one in pooled:
        parts = np.stack([one.steps[part] for part in PARTS])
        assert (one.steps[POOL] <= parts.max(axis=0) + 1e-12).all()
        assert (one.steps[POOL] >= parts.min(axis=0) - 1e-12).all()
    weights = weights_on(forecasts, ladder_only(case), case.header.as_of)
    assert np.abs(weights.overall[0] - 0.25).max() > 0.01


def test_what_was_resolved_after_the_origin_teaches_it_nothing(case, forecasts):
    day = origin_day(2010)
    known = resolved_by(forecasts, ladder_only(case).as_of(day), day)
    assert known.country
    later = DateInterval.of(date(2016, 5, 4))
    spoilt = replace(
        case,
        ladder=tuple(one for one in case.ladder if one.public_from <= day)
        + tuple(one.model_copy(update={"known_on": later}) for one in case.ladder if one.public_from > day),
    )
    again = resolved_by(forecasts, ladder_only(spoilt).as_of(day), day)
    assert (again.given == known.given).all()
    gone = replace(case, ladder=tuple(one for one in case.ladder if one.public_from <= day))
    [before] = [one for one in with_pool(forecasts, ladder_only(case)) if one.origin == 2010]
    [after] = [one for one in with_pool(forecasts, ladder_only(gone)) if one.origin == 2010]
    assert (before.steps[POOL] == after.steps[POOL]).all()


def test_a_question_counts_once_its_horizon_has_passed(case, forecasts):
    """Not as soon as its step is taken: only yes resolves early, and would teach the pool that steps come."""
    ladder = ladder_only(case)
    short = resolved_by(forecasts, ladder.as_of(date(2002, 1, 1)), date(2002, 1, 1))
    first = forecasts[0]
    assert len(short.country) <= len(first.step_questions)
    assert len(short.country) > 0
    before = resolved_by(forecasts, ladder.as_of(date(2001, 12, 31)), date(2001, 12, 31))
    assert before.country == ()
