"""The rungs to come: where one country may stand after each month, in every draw; the months by a Numba kernel.

All draws go through a month together: every cell of the states is a row of draws, so that the processor takes several
at once. Chances that stay the same over a year, or until a piece of duration ends, are worked out once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shteg.arrays import Bools, Floats, Ints
from shteg.compiling import compiled, inner

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


@inner
def _chances(rates: Floats, way: Ints, sought: Bools, seek: int, toggle: Floats, out: Floats, stays: Floats) -> None:
    """Write the chances of taking each step within a month, (step, draw), and of staying and seeking then, (2, draw).

    `rates` (kind, step, draw) are monthly; `way` (step,) tells the kind; `toggle` (draw,) is the chance of beginning or
    ceasing to seek.
    """
    steps = way.shape[0]
    out[:] = 0.0
    for k in range(steps):
        if way[k] != CLOSED and (seek == 1 or not sought[k]):
            for d in range(out.shape[1]):
                out[k, d] = rates[way[k] - REGULAR, k, d]
    for d in range(out.shape[1]):
        total = 0.0
        for k in range(steps):
            total += out[k, d]
        stay = np.exp(-total)
        share = (1.0 - stay) / total if total > 0.0 else 0.0
        for k in range(steps):
            out[k, d] *= share
        stays[seek, seek, d] = stay * (1.0 - toggle[d])
        stays[1 - seek, seek, d] = stay * toggle[d]


@inner
def _stay(now: Floats, stay: Floats, left: float, before: Floats, passes: Floats, aged: float, out: Floats) -> None:
    """Write those in one phase a month later, (draw,): who stayed in it, and who passed on from the phase before.

    `now` and `before` (seek, draw) are those in the two phases, `stay` and `passes` (2, draw) their chances of staying
    by whether they came to seek as those in `out` do, `left` and `aged` the shares that stay in a phase and pass on.
    """
    for d in range(out.shape[0]):
        stayed = now[0, d] * stay[0, d] + now[1, d] * stay[1, d]
        out[d] = stayed * left + (before[0, d] * passes[0, d] + before[1, d] * passes[1, d]) * aged


@inner
def _take_steps(row: Floats, chances: Floats, way: Ints, seek: int, after: Floats) -> None:
    """Add those in one row, (draw,), who take a step to the first phase of its state, (state, phase, seek, draw)."""
    for k in range(way.shape[0]):
        if way[k] != CLOSED:
            target, share = after[k + 1, 0, seek], chances[k]
            for d in range(row.shape[0]):
                target[d] += row[d] * share[d]


@compiled
def _carry(
    stands: int,
    own: Floats,
    renewed: Bools,
    rates: Floats,
    years: Ints,
    way: Ints,
    sought: Bools,
    seeking: Floats,
    lifted: Floats,
    months: Ints,
    phases: Ints,
    aging: Floats,
    spans: Ints,
    table: Floats,
    stays: Floats,
    mass: Floats,
    shares: Floats,
) -> None:
    """Carry one country forward as `carry_forward` says; add to `shares`, (horizon, state), what it gives.

    `stands` is its state; while it has not moved it counts as one of two more states, free and blocked. Monthly rates:
    `own` (part, blocked, 1, step, draw) until it moves, a new part in the months that `renewed` marks, and `rates`
    (year, piece, kind, step, draw) later; `years` (month,) names the year. `way` (state, step), `seeking` (seek, draw),
    `lifted` (month, draw); `spans` (state,) are the phases that count, 0 where nobody can be. `table` (state, piece,
    seek, step, draw) and `stays` (state, piece, seek then, seek, draw) take the chances, `mass` (2, state, phase, seek,
    draw) the futures of one month and the next.
    """
    free, draws, parity, part = way.shape[1] + 1, seeking.shape[1], 0, -1
    for month in range(months[-1] + 1):
        here, after = mass[parity], mass[1 - parity]
        for h in range(months.shape[0]):
            if months[h] == month:
                for state in range(free + 2):
                    for phase in range(spans[state]):
                        for seek in range(2):
                            for d in range(draws):
                                shares[h, state if state < free else stands] += here[state, phase, seek, d]
        if month == months[-1]:
            break
        part += renewed[month]
        for state in range(free + 2):
            own_state = state >= free
            if renewed[month] if own_state else month == 0 or years[month] != years[month - 1]:
                for piece in range(1 if own_state else rates.shape[1]):
                    block = own[part, state - free] if own_state else rates[years[month], piece]
                    for seek in range(2 if spans[state] > 0 else 0):
                        chances = table[state, piece, seek]
                        _chances(block, way[state], sought, seek, seeking[seek], chances, stays[state, piece])
            for phase in range(spans[state]):
                before = max(phase - 1, 0)
                left = 1.0 - aging[phase] if spans[state] > 1 else 1.0
                aged = aging[before] if phase > 0 else 0.0
                for seek in range(2):
                    row = here[state, phase, seek]
                    for d in range(draws):  # too small a share is not followed any further
                        row[d] = 0.0 if row[d] < NOBODY else row[d]
                for seek in range(2):
                    stay, passes = stays[state, phases[phase], seek], stays[state, phases[before], seek]
                    _stay(here[state, phase], stay, left, here[state, before], passes, aged, after[state, phase, seek])
        for state in range(free + 2):
            for phase in range(spans[state]):
                for seek in range(2):
                    row = here[state, phase, seek]
                    _take_steps(row, table[state, phases[phase], seek], way[state], seek, after)
        for seek in range(2):
            for d in range(draws):
                still = after[free + 1, 0, seek, d]
                after[free, 0, seek, d] += still * lifted[month, d]
                after[free + 1, 0, seek, d] = still * (1.0 - lifted[month, d])
        parity = 1 - parity


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
    past = np.arange(calendar.months[-1])
    years = (calendar.first_month + past) // 12
    moves = hazards.years.T[: years.max(initial=0) + 1]
    levels = np.cumsum(np.insert(hazards.duration, 0, hazards.base, axis=2), axis=2).T  # (piece, step, draw)
    kinds = np.stack([np.zeros_like(hazards.skip), hazards.skip])
    waited = origin.elapsed + (past[:, None] + 0.5) / 12.0
    pieces = (waited[:, :, None] >= calendar.cuts).sum(axis=2)
    renewed = np.append(True, (np.diff(pieces, axis=0) != 0).any(axis=1) | (np.diff(years) != 0))[: len(past)]
    barred = np.stack([np.zeros(len(origin.blocked)), origin.blocked])  # (blocked, step)
    kind = (origin.way == SKIPPED)[:, None] * hazards.skip
    eta = levels[pieces[renewed], np.arange(levels.shape[1])] + moves[years[renewed]][:, None] + kind
    (steps, draws), held = levels.shape[1:], bool(origin.blocked.any())
    states, phases = steps + 3, len(calendar.phases)
    way = np.vstack([ladder.way, *[np.minimum(origin.way, REGULAR)] * 2])
    spans = np.where((way == CLOSED).all(axis=1), 1, phases)  # where nothing is open, the phase makes no difference
    spans *= _entered(way)
    spans[-2:] = 1, held
    mass, shares = np.zeros((2, states, phases, 2, draws)), np.zeros((len(calendar.months), steps + 1))
    mass[0, states - 2 + held, 0, int(origin.seeks)] = 1.0
    _carry(
        int(origin.state),
        _monthly(eta[:, None] + barred[:, :, None] * hazards.block)[:, :, None],
        renewed,
        _monthly(levels[:, None] + moves[:, None, None, None] + kinds[:, None]),
        years,
        way,
        ladder.sought,
        np.ascontiguousarray(hazards.seeking.T),
        np.ascontiguousarray(hazards.lifted.T),
        calendar.months,
        calendar.phases,
        calendar.aging,
        spans,
        np.zeros((states, levels.shape[0], 2, steps, draws)),
        np.zeros((states, levels.shape[0], 2, 2, draws)),
        mass,
        shares,
    )
    return shares


def _entered(way: Ints) -> Bools:
    """Tell which states a country can come to, (state,): by a step from its own, the last row, or from one of these."""
    found = np.zeros(len(way), dtype=bool)
    waiting = [len(way) - 1]
    while waiting:
        for k in np.flatnonzero(way[waiting.pop()] != CLOSED):
            if not found[k + 1]:
                found[k + 1] = True
                waiting.append(int(k) + 1)
    return found


def _monthly(eta: Floats) -> Floats:
    rates: Floats = np.exp(np.minimum(eta, MOST_ETA)) / 12.0
    return rates
