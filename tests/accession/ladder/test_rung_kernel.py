"""The kernel that carries a country forward, against what a constant hazard gives by hand."""

import numpy as np
import pytest

from shteg.accession.ladder.rung_kernel import REGULAR, Calendar, Hazards, Ladder, Standing, carry_forward

RATE = 0.4
MONTHS = np.array([12, 24])


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
