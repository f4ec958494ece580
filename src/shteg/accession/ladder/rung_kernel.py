"""Numba kernel of the rungs to come: where one country may stand after each month, in every draw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shteg.arrays import Bools, Floats, Ints
from shteg.compiling import compiled

CLOSED, REGULAR, SKIPPED = 0, 1, 2
"""How a step is open: not at all, with all its prerequisites, or without one that others had to have."""

MOST_ETA = 15.0
"""Log yearly hazards are cut off here."""

NOBODY = 1e-12
"""A share of futures below this is not followed any further."""


class Hazards(NamedTuple):
    """Log yearly hazards of one country's steps, and what moves them, in every draw."""

    base: Floats  # (draw, step): in the as-of year, first piece of duration, nobody blocking
    duration: Floats  # (draw, step, piece): added from each later piece on
    skip: Floats  # (draw,): added where a prerequisite is skipped
    block: Floats  # (draw,): added while a member blocks
    years: Floats  # (draw, year): added in the years to come, 0 in the first
    seeking: Floats  # (draw, 2): chance that a country begins, and that it ceases, to seek within a month
    lifted: Floats  # (draw, month): share of blocked futures in which the last block ends in the month


class Ladder(NamedTuple):
    """The ladder, the same for all countries; state 0 is no step taken, state k the k-th step as the highest."""

    way: Ints  # (state, step): CLOSED, REGULAR or SKIPPED
    sought: Bools  # (step,): whether it must be sought


class Standing(NamedTuple):
    """Where one country stands on the as-of day."""

    state: int  # its highest step
    way: Ints  # (step,): how each step is open to it
    elapsed: Floats  # (step,): years that the step has been open to it
    blocked: Bools  # (step,): whether a member openly blocks
    seeks: bool  # whether it seeks membership


class Calendar(NamedTuple):
    """The months to come, and how duration is cut."""

    first_month: int  # month of the as-of day, 0 for January
    months: Ints  # (horizon,): months from the as-of day, rising
    cuts: Floats  # (piece,): years at which a later piece of duration begins
    phases: Ints  # (phase,): piece of each phase that a rung reached after the as-of day passes through
    aging: Floats  # (phase,): chance of passing to the next phase within a month


@compiled
def _leave(
    base: Floats,
    duration: Floats,
    moves: tuple[float, float, float],
    way: Ints,
    sought: Bools,
    seeks: bool,
    pieces: Ints,
    blocked: Bools,
    out: Floats,
) -> None:
    """Write the chances of taking each step within a month, and last that of staying.

    `base` (step,) and `duration` (step, piece) are of one draw, `moves` its year, skip and block; `pieces` (step,)
    counts the pieces of duration passed; `out` is (step + 1,).
    """
    steps, total = base.shape[0], 0.0
    for k in range(steps):
        out[k] = 0.0
        if way[k] == CLOSED or (sought[k] and not seeks):
            continue
        eta = base[k] + moves[0]
        for piece in range(pieces[k]):
            eta += duration[k, piece]
        if way[k] == SKIPPED:
            eta += moves[1]
        if blocked[k]:
            eta += moves[2]
        out[k] = np.exp(min(eta, MOST_ETA)) / 12.0
        total += out[k]
    stay = np.exp(-total)
    for k in range(steps):
        out[k] = out[k] / total * (1.0 - stay) if total > 0.0 else 0.0
    out[steps] = stay


@compiled
def _move_on(here: float, leave: Floats, toggle: float, seek: int, after: Floats) -> tuple[float, float]:
    """Add those who take a step to `after` (state, phase, seek); give those who stay, not seeking and seeking."""
    steps = leave.shape[0] - 1
    for k in range(steps):
        after[k + 1, 0, seek] += here * leave[k]
    stayed = here * leave[steps]
    if seek == 1:
        return stayed * toggle, stayed * (1.0 - toggle)
    return stayed * (1.0 - toggle), stayed * toggle


@compiled
def carry_forward(hazards: Hazards, ladder: Ladder, origin: Standing, calendar: Calendar) -> Floats:
    """Carry one country forward by months, its futures as shares of the states it may be in.

    Until it moves, a country is told apart by the years it has waited and by open blocks; on a rung reached later,
    by its phase. Each month it takes one step at most, and then begins or ceases to seek.

    Parameters
    ----------
    hazards : Hazards
        Of its steps, by draw.
    ladder : Ladder
        How steps are open on each rung.
    origin : Standing
        Where it stands.
    calendar : Calendar
        Months asked for.

    Returns
    -------
    (horizon, state) float
        Sum over draws of the share in each state; a draw adds 1 in all.
    """
    draws, steps = hazards.base.shape
    months, phases, aging, sought = calendar.months, calendar.phases, calendar.aging, ladder.sought
    cuts, count = calendar.cuts.shape[0], phases.shape[0]
    shares = np.zeros((months.shape[0], steps + 1))
    free = np.zeros(steps, dtype=np.bool_)
    table = np.zeros((steps + 1, cuts + 1, 2, steps + 1))
    leave, pieces = np.zeros(steps + 1), np.zeros(steps, dtype=np.int64)
    for d in range(draws):
        base, duration = hazards.base[d], hazards.duration[d]
        waiting = np.zeros((2, 2))  # (seek, blocked): not moved yet
        waiting[int(origin.seeks), int(origin.blocked.any())] = 1.0
        mass = np.zeros((steps + 1, count, 2))  # (state, phase, seek): on a rung reached later
        known = -1
        for month in range(months[-1] + 1):
            for h in range(months.shape[0]):
                if months[h] == month:
                    shares[h, origin.state] += waiting.sum()
                    for state in range(steps + 1):
                        shares[h, state] += mass[state].sum()
            year = (calendar.first_month + month) // 12
            moves = (hazards.years[d, year], hazards.skip[d], hazards.block[d])
            if year != known:
                known = year
                for cell in range((steps + 1) * (cuts + 1) * 2):
                    state, piece, seek = cell // (2 * cuts + 2), cell // 2 % (cuts + 1), cell % 2
                    pieces[:] = piece
                    chances = table[state, piece, seek]
                    _leave(base, duration, moves, ladder.way[state], sought, seek == 1, pieces, free, chances)
            after = np.zeros((steps + 1, count, 2))
            for cell in range((steps + 1) * count * 2):
                state, phase, seek = cell // (2 * count), cell // 2 % count, cell % 2
                here = mass[state, phase, seek]
                if here < NOBODY:
                    continue
                stay = _move_on(here, table[state, phases[phase], seek], hazards.seeking[d, seek], seek, after)
                for to in range(2):
                    after[state, phase, to] += stay[to] * (1.0 - aging[phase])
                    if aging[phase] > 0.0:
                        after[state, phase + 1, to] += stay[to] * aging[phase]
            for k in range(steps):
                since = origin.elapsed[k] + (month + 0.5) / 12.0
                pieces[k] = 0
                for cut in range(cuts):
                    pieces[k] += since >= calendar.cuts[cut]
            staying = np.zeros((2, 2))
            for cell in range(4):
                seek, held = cell // 2, cell % 2
                here = waiting[seek, held]
                if here < NOBODY:
                    continue
                blocked = origin.blocked if held == 1 else free
                _leave(base, duration, moves, origin.way, sought, seek == 1, pieces, blocked, leave)
                stay = _move_on(here, leave, hazards.seeking[d, seek], seek, after)
                lifted = hazards.lifted[d, month] if held == 1 else 1.0
                for to in range(2):
                    staying[to, 0] += stay[to] * lifted
                    staying[to, 1] += stay[to] * (1.0 - lifted)
            waiting, mass = staying, after
    return shares
