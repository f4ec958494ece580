"""The kernel that carries a country forward, against what a constant hazard gives by hand."""

import numpy as np
import pytest

from shteg.accession.ladder.rung_kernel import (
    NOBODY,
    REGULAR,
    SKIPPED,
    Calendar,
    Hazards,
    Ladder,
    Standing,
    carry_forward,
)

RATE = 0.4
MONTHS = np.array([12, 24])
FOLLOWED = 1e5 * NOBODY  # in each month some cell may lose so little


def shares(*, blocked=False, sought=False, seeks=False, begins=0.0):
    """Give the shares of the two states of a ladder of one step, (horizon, state), in one draw."""
    hazards = Hazards(
        base=np.array([[np.log(RATE)]]), duration=np.zeros((1, 1, 1)), skip=np.zeros(1), block=np.array([-50.0]),
        years=np.zeros((1, 4)), seeking=np.array([[begins, 0.0]]), lifted=np.array([[1.0] + [0.0] * 24]),
    )  # fmt: skip
    ladder = Ladder(np.array([[REGULAR], [0]]), np.array([sought]))
    origin = Standing(0, np.array([REGULAR]), np.zeros(1), np.array([blocked]), seeks)
    calendar = Calendar(0, MONTHS, np.array([2.0]), np.array([0, 1]), np.array([0.1, 0.0]))
    return carry_forward(hazards, ladder, origin, calendar)


def test_a_constant_hazard_leaves_an_exponential_share():
    left = np.exp(-RATE * MONTHS / 12)
    assert shares() == pytest.approx(np.stack([left, 1 - left], axis=1), rel=1e-12)


def test_who_is_blocked_starts_when_the_block_ends():
    assert shares(blocked=True)[:, 0] == pytest.approx(np.exp(-RATE * (MONTHS - 1) / 12), rel=1e-12)


def test_a_step_that_must_be_sought_is_not_taken_by_who_does_not_seek():
    assert shares(sought=True)[:, 0].tolist() == [1.0, 1.0]
    assert shares(sought=True, seeks=True) == pytest.approx(shares())
    assert shares(sought=True, begins=1.0)[:, 0] == pytest.approx(np.exp(-RATE * (MONTHS - 1) / 12), rel=1e-12)


def one_draw_by_hand(hazards, ladder, origin, calendar, d):
    """Carry one draw forward cell by cell: before it moves by whether a member blocks, later by state and phase."""
    futures, found = {(None, bool(origin.blocked.any()), int(origin.seeks)): 1.0}, []
    for month in range(calendar.months[-1] + 1):
        if month in calendar.months:
            row = np.zeros(len(ladder.way))
            for (state, _, _), share in futures.items():
                row[origin.state if state is None else state] += share
            found.append(row)
        year, after = (calendar.first_month + month) // 12, {}
        for (state, at, seek), share in futures.items():
            way = origin.way if state is None else ladder.way[state]
            rate = np.zeros(len(way))
            for k in np.flatnonzero(way):
                waited = origin.elapsed[k] + (month + 0.5) / 12
                piece = (waited >= calendar.cuts).sum() if state is None else calendar.phases[at]
                eta = hazards.base[d, k] + hazards.duration[d, k, :piece].sum() + hazards.years[d, year]
                eta += hazards.skip[d] * (way[k] == SKIPPED)
                eta += hazards.block[d] * (state is None and at and origin.blocked[k])
                rate[k] = np.exp(eta) / 12 if seek or not ladder.sought[k] else 0.0
            left, toggle = np.exp(-rate.sum()), hazards.seeking[d, seek]
            moves = {(k + 1, 0, seek): rate[k] / rate.sum() * (1 - left) for k in np.flatnonzero(rate)}
            if state is None:
                goes = hazards.lifted[d, month] if at else 0.0
                stays = [((None, at), left * (1 - goes)), ((None, False), left * goes)]
            else:
                stays = [((state, at), left * (1 - calendar.aging[at])), ((state, at + 1), left * calendar.aging[at])]
            for place, part in stays:
                for to, chance in ((seek, 1 - toggle), (1 - seek, toggle)):
                    moves[*place, to] = moves.get((*place, to), 0.0) + part * chance
            for place, part in moves.items():
                if part > 0.0:
                    after[place] = after.get(place, 0.0) + share * part
        futures = after
    return np.array(found)


@pytest.mark.parametrize("seed", range(12))
def test_many_draws_at_once_are_each_carried_forward_as_by_hand(seed):
    random = np.random.default_rng(seed)
    draws, steps, months = 3, 4, np.array([0, 7, 40])
    hazards = Hazards(
        base=random.normal(-1.0, 1.0, (draws, steps)), duration=random.normal(0.0, 0.5, (draws, steps, 2)),
        skip=random.normal(-1.0, 1.0, draws), block=random.normal(-1.0, 1.0, draws),
        years=random.normal(0.0, 0.3, (draws, 5)), seeking=random.uniform(0.0, 0.1, (draws, 2)),
        lifted=random.uniform(0.0, 0.2, (draws, 41)),
    )  # fmt: skip
    open_above = np.arange(steps) >= np.arange(steps + 1)[:, None]
    way = random.integers(0, 3, (steps + 1, steps)) * open_above
    state = int(random.integers(0, 3))
    origin = Standing(
        state, random.integers(0, 3, steps) * open_above[state], random.uniform(0.0, 9.0, steps),
        random.random(steps) < 0.5 * (seed % 2), bool(seed % 3),
    )  # fmt: skip
    calendar = Calendar(
        int(random.integers(0, 12)), months, np.array([2.0, 8.0]), np.array([0, 0, 1, 2]), np.array([0.2, 0.1, 0.05, 0])
    )  # fmt: skip
    ladder = Ladder(way, random.random(steps) < 0.5)
    by_hand = sum(one_draw_by_hand(hazards, ladder, origin, calendar, d) for d in range(draws))
    assert carry_forward(hazards, ladder, origin, calendar) == pytest.approx(by_hand, abs=FOLLOWED)
