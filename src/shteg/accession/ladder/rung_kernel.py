"""The rungs to come: where one country may stand after each month, in every draw; the months by a Numba kernel.

All draws go through a month together: every cell of the states is a row of draws, so that the processor takes several
at once. Chances that stay the same over a year, or until a piece of duration ends, are worked out once.
"""

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
def _add(total: Floats, here: Floats, share: Floats, factor: float) -> None:
    for d in range(total.shape[0]):
        total[d] += here[d] * share[d] * factor


@compiled
def _chances(rates: Floats, way: Ints, sought: Bools, seeks: bool, toggle: Floats, out: Floats) -> None:
    """Write the chances of taking each step within a month, and of staying as one seeks or not, (step + 2, draw).

    `rates` (kind, step, draw) are monthly; `way` (step,) tells the kind; `toggle` (draw,) is the chance of beginning or
    ceasing to seek: those who do come last.
    """
    steps = way.shape[0]
    out[:] = 0.0
    for k in range(steps):
        if way[k] != CLOSED and (seeks or not sought[k]):
            for d in range(out.shape[1]):
                out[k, d] = rates[way[k] - REGULAR, k, d]
                out[steps, d] += out[k, d]
    for d in range(out.shape[1]):
        total = out[steps, d]
        stay = np.exp(-total)
        share = (1.0 - stay) / total if total > 0.0 else 0.0
        for k in range(steps):
            out[k, d] *= share
        out[steps, d] = stay * (1.0 - toggle[d])
        out[steps + 1, d] = stay * toggle[d]


@compiled
def _take_steps(here: Floats, chances: Floats, way: Ints, seek: int, after: Floats, entered: Bools) -> None:
    """Move those here who take a step to the first phase of its state; shares too small are not followed any further.

    `here` is (draw,), `chances` as `_chances` writes them, `after` (state, phase, seek, draw), `entered` (state,).
    """
    for d in range(here.shape[0]):
        here[d] = 0.0 if here[d] < NOBODY else here[d]
    for k in range(way.shape[0]):
        if way[k] != CLOSED:
            entered[k + 1] = True
            _add(after[k + 1, 0, seek], here, chances[k], 1.0)


@compiled
def _carry(
    stands: tuple[int, int, int],
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
) -> Floats:
    """Carry one country forward as `carry_forward` says; give the sum over draws of the shares, (horizon, state).

    `stands` is its state, whether a member blocks, whether it seeks. Monthly rates: `own` (part, blocked, step, draw)
    until it moves, a new part in the months that `renewed` marks, and `rates` (year, piece, kind, step, draw) later;
    `years` (month,) names the year. The last row of `way` is the country's own. `seeking` is (seek, draw), `lifted`
    (month, draw).
    """
    count, pieces, draws, steps = phases.shape[0], rates.shape[1], seeking.shape[1], way.shape[1]
    shares = np.zeros((months.shape[0], steps + 1))
    mass, after = np.zeros((steps + 1, count, 2, draws)), np.zeros((steps + 1, count, 2, draws))
    waiting, staying = np.zeros((2, 2, draws)), np.zeros((2, 2, draws))  # (blocked, seek, draw): not moved yet
    table, leave = np.zeros((steps + 1, pieces, 2, steps + 2, draws)), np.zeros((2, 2, steps + 2, draws))
    entered, ends = np.zeros(steps + 1, dtype=np.bool_), np.ones(steps + 1, dtype=np.bool_)
    for cell in range((steps + 1) * steps):
        ends[cell // steps] = ends[cell // steps] and way[cell // steps, cell % steps] == CLOSED
    waiting[stands[1], stands[2]] = 1.0
    part = -1
    for month in range(months[-1] + 1):
        for h in range(months.shape[0]):
            if months[h] == month:
                for cell in range((steps + 1) * count * 2):
                    for d in range(draws):
                        shares[h, cell // (2 * count)] += mass[cell // (2 * count), cell // 2 % count, cell % 2, d]
                for cell in range(4):
                    for d in range(draws):
                        shares[h, stands[0]] += waiting[cell // 2, cell % 2, d]
        if month == months[-1]:
            break
        if month == 0 or years[month] != years[month - 1]:
            for cell in range((steps + 1) * pieces * 2):
                state, piece, seek = cell // (2 * pieces), cell // 2 % pieces, cell % 2
                if not ends[state]:
                    chances = table[state, piece, seek]
                    _chances(rates[years[month], piece], way[state], sought, seek == 1, seeking[seek], chances)
        after[:] = 0.0
        staying[:] = 0.0
        part += renewed[month]
        for cell in range((steps + 1) * count * 2):
            state, phase, seek = cell // (2 * count), cell // 2 % count, cell % 2
            here = mass[state, phase, seek]
            if not entered[state]:
                continue
            if ends[state]:  # nothing is open any more, whatever the phase
                for d in range(draws):
                    after[state, phase, seek, d] += here[d]
                continue
            chances = table[state, phases[phase], seek]
            _take_steps(here, chances, way[state], seek, after, entered)
            for to in range(2):
                share = chances[steps + (to != seek)]
                _add(after[state, phase, to], here, share, 1.0 - aging[phase])
                if aging[phase] > 0.0:
                    _add(after[state, phase + 1, to], here, share, aging[phase])
        for cell in range(4):
            held, seek = cell // 2, cell % 2
            if held <= stands[1]:
                here, chances = waiting[held, seek], leave[held, seek]
                if renewed[month]:
                    _chances(own[part, held : held + 1], way[steps + 1], sought, seek == 1, seeking[seek], chances)
                _take_steps(here, chances, way[steps + 1], seek, after, entered)
                for to in range(2):
                    _add(staying[held, to], here, chances[steps + (to != seek)], 1.0)
        for cell in range(2 * draws):
            seek, d = cell // draws, cell % draws
            staying[0, seek, d] += staying[1, seek, d] * lifted[month, d]
            staying[1, seek, d] *= 1.0 - lifted[month, d]
        waiting, staying = staying, waiting
        mass, after = after, mass
    return shares


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
    return _carry(
        (int(origin.state), int(origin.blocked.any()), int(origin.seeks)),
        _monthly(eta[:, None] + barred[:, :, None] * hazards.block),
        renewed,
        _monthly(levels[:, None] + moves[:, None, None, None] + kinds[:, None]),
        years,
        np.vstack([ladder.way, np.minimum(origin.way, REGULAR)]),
        ladder.sought,
        np.ascontiguousarray(hazards.seeking.T),
        np.ascontiguousarray(hazards.lifted.T),
        calendar.months,
        calendar.phases,
        calendar.aging,
    )


def _monthly(eta: Floats) -> Floats:
    rates: Floats = np.exp(np.minimum(eta, MOST_ETA)) / 12.0
    return rates
