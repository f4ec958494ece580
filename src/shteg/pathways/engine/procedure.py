"""The procedure of a step: a hazard that adds up while the window is open, faster or slower by shocks and duration."""

from typing import NamedTuple

import numpy as np

from shteg.pathways.engine.compile import compiled, compiled_apart, uniform
from shteg.pathways.engine.open_windows import NOBODY, hold_back, window
from shteg.pathways.engine.world import UNDRAWN, Scratch, epoch_at
from shteg.pathways.model.arrays import NEVER, Floats, Parameters, Plan, Structure
from shteg.randomness import GOLDEN


@compiled
def _unit(run: Run, k: int, attempt: int, key: np.uint64) -> float:
    """Give the unit exponential of an attempt at a step; the first is shared by all scenarios."""
    st, ws = run.structure, run.scratch
    if attempt > 0:
        return float(-np.log(uniform(key, st.procedure_key[k] + np.uint64(attempt) * GOLDEN)))
    if ws.procedure_unit[k] == UNDRAWN:
        ws.procedure_unit[k] = -np.log(uniform(key, st.procedure_key[k]))
    return float(ws.procedure_unit[k])


class Pace(NamedTuple):
    """The hazard of one step in one world and scenario, piece by piece."""

    starts: Floats  # (e,)
    epochs: int
    hazard: Floats  # (e,)
    segment_start: Floats  # (c,) shocks
    segment_factor: Floats  # (c,)
    segments: int
    cut_years: Floats  # (c,) years of waiting
    cut_factor: Floats  # (c,)
    clock: float  # when the waiting began
    horizon: float


@compiled_apart
def _add_up(t: Pace, begin: float, close: float, unit: float) -> tuple[float, float]:
    """Let the hazard run from `begin` to `close`: the end of the procedure or NEVER, and what is left to add up."""
    time, cuts = begin, len(t.cut_years)
    i, e, c = 0, epoch_at(begin, t.starts, t.epochs), 0
    while i + 1 < t.segments and t.segment_start[i + 1] <= begin:
        i += 1
    while c < cuts and t.clock + t.cut_years[c] <= begin:
        c += 1
    while True:
        hazard = t.hazard[e]
        while e + 1 < t.epochs and t.hazard[e + 1] == hazard:
            e += 1
        epoch_stop = t.starts[e + 1] if e + 1 < t.epochs else NEVER
        segment_stop = t.segment_start[i + 1] if i + 1 < t.segments else NEVER
        cut_stop = t.clock + t.cut_years[c] if c < cuts else NEVER
        stop, rate = min(min(epoch_stop, segment_stop), min(cut_stop, close)), hazard * t.segment_factor[i]
        if c > 0:
            rate *= t.cut_factor[c - 1]
        if rate * (stop - time) >= unit:
            end = time + unit / rate
            return (end if end <= t.horizon else NEVER), 0.0
        unit -= rate * (stop - time)
        if stop >= t.horizon or stop == close:
            return NEVER, unit
        time = stop
        i += segment_stop == stop
        e += epoch_stop == stop
        c += cut_stop == stop


@compiled
def procedure_end(
    run: Run,
    d: int,
    s: int,
    k: int,
    before: float,
    start: float,
    attempt: int,
    favoured: int,
    excluded: int,
    key: np.uint64,
) -> float:
    """Give the time at which the procedure of a step ends, or NEVER beyond the horizon.

    `before` is when its prerequisites were met, from which the clock of its durations runs; from `start` on areas and
    consents are there.
    """
    st, p, plan, ws = run.structure, run.parameters, run.plan, run.scratch
    if start > st.horizon:
        return NEVER
    unit = _unit(run, k, attempt, key)
    clock = before - st.elapsed[k] if before == 0.0 else before
    row, late = plan.shock_row[s], plan.late_row[s]
    pace = Pace(
        p.starts[s],
        p.epochs[s],
        p.hazard[d, s, :, k],
        ws.segment_start[row],
        ws.segment_factor[row],
        ws.segment_count[row],
        st.cut_years[k],
        p.cut_factor[d, k],
        clock,
        st.horizon,
    )
    if not (st.withdraws or (st.vetoes and st.votes[k] > 0)):
        return _add_up(pace, start, NEVER, unit)[0]
    quorum = st.votes[k] < st.electors[k]
    if quorum:
        hold_back(ws.late_member[late, k], ws.late_time[late, k], ws.late_count[late, k], ws.held_until, False)
    time, end = start, NEVER
    while True:
        begin, close = window(run, d, s, k, time, favoured, excluded, key)
        if begin > st.horizon:
            break
        end, unit = _add_up(pace, begin, close, unit)
        if end < NEVER or close > st.horizon:
            break
        time = close
    if quorum:
        hold_back(ws.late_member[late, k], ws.late_time[late, k], ws.late_count[late, k], ws.held_until, True)
    return end


@compiled
def ratification_end(run: Run, d: int, s: int, k: int, start: float, years: float, key: np.uint64) -> float:
    """Give the time at which ratifications that take `years` are complete; they rest while the aspirant withdraws."""
    st = run.structure
    if not st.withdraws:
        end = start + years
        return end if end <= st.horizon else NEVER
    time = start
    while time <= st.horizon and years < NEVER:
        begin, close = window(run, d, s, k, time, NOBODY, NOBODY, key)
        if begin + years <= min(close, st.horizon):
            return begin + years
        if begin > st.horizon:
            break
        years -= close - begin
        time = close
    return NEVER
