"""The procedure of a step: a hazard that adds up while the window is open, faster or slower by shocks and duration."""

import numpy as np

from shteg.pathways.engine.compile import compiled, inlined, uniform
from shteg.pathways.engine.open_windows import NOBODY, hold_back, window
from shteg.pathways.engine.world import UNDRAWN, Run, epoch_at
from shteg.pathways.model.arrays import NEVER
from shteg.randomness import GOLDEN


@inlined
def _unit(run: Run, k: int, attempt: int, key: np.uint64) -> float:
    """Give the unit exponential of an attempt at a step; the first is shared by all scenarios."""
    st, ws = run.structure, run.scratch
    if attempt > 0:
        return float(-np.log(uniform(key, st.procedure_key[k] + np.uint64(attempt) * GOLDEN)))
    if ws.procedure_unit[k] == UNDRAWN:
        ws.procedure_unit[k] = -np.log(uniform(key, st.procedure_key[k]))
    return float(ws.procedure_unit[k])


@compiled
def _add_up(
    run: Run, d: int, s: int, k: int, clock: float, begin: float, close: float, unit: float
) -> tuple[float, float]:
    """Let the hazard run from `begin` to `close`: the end of the procedure or NEVER, and what is left to add up.

    `clock` is when the waiting for the step began.
    """
    st, p, ws, row = run.structure, run.parameters, run.scratch, run.plan.shock_row[s]
    time, epochs, segments, cuts = begin, p.epochs[s], ws.segment_count[row], st.cut_years.shape[1]
    i, e, c = 0, epoch_at(begin, p.starts[s], epochs), 0
    while i + 1 < segments and ws.segment_start[row, i + 1] <= begin:
        i += 1
    while c < cuts and clock + st.cut_years[k, c] <= begin:
        c += 1
    while True:
        hazard = p.hazard[d, s, e, k]
        while e + 1 < epochs and p.hazard[d, s, e + 1, k] == hazard:
            e += 1
        epoch_stop = p.starts[s, e + 1] if e + 1 < epochs else NEVER
        segment_stop = ws.segment_start[row, i + 1] if i + 1 < segments else NEVER
        cut_stop = clock + st.cut_years[k, c] if c < cuts else NEVER
        stop, rate = min(min(epoch_stop, segment_stop), min(cut_stop, close)), hazard * ws.segment_factor[row, i]
        if c > 0:
            rate *= p.cut_factor[d, k, c - 1]
        if rate * (stop - time) >= unit:
            end = time + unit / rate
            return (end if end <= st.horizon else NEVER), 0.0
        unit -= rate * (stop - time)
        if stop >= st.horizon or stop == close:
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

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    k : int
        The step.
    before, start : float
        Years from the first day.
    attempt : int, >= 0
        How often it was tried before.
    favoured, excluded : int
        Members as of `window`, or NOBODY.
    key : uint64
        Of the world: every random number in it belongs to this key.

    Returns
    -------
    float
        Years from the first day.
    """
    st = run.structure
    if start > st.horizon:
        return NEVER
    unit = _unit(run, k, attempt, key)
    clock = before - st.elapsed[k] if before == 0.0 else before
    if not (st.withdraws or (st.vetoes and st.votes[k] > 0)):
        return _add_up(run, d, s, k, clock, start, NEVER, unit)[0]
    quorum, late = st.votes[k] < st.electors[k], run.plan.late_row[s]
    if quorum:
        hold_back(run, late, k, False)
    time, end = start, NEVER
    while True:
        begin, close = window(run, d, s, k, time, favoured, excluded, key)
        if begin > st.horizon:
            break
        end, unit = _add_up(run, d, s, k, clock, begin, close, unit)
        if end < NEVER or close > st.horizon:
            break
        time = close
    if quorum:
        hold_back(run, late, k, True)
    return end


@compiled
def ratification_end(run: Run, d: int, s: int, k: int, start: float, years: float, key: np.uint64) -> float:
    """Give the time at which ratifications that take `years` are complete; they rest while the aspirant withdraws.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    k : int
        The step.
    start : float
        Years from the first day at which they begin.
    years : float, >= 0
        How long they take.
    key : uint64
        Of the world: every random number in it belongs to this key.

    Returns
    -------
    float
        Years from the first day; NEVER beyond the horizon.
    """
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
