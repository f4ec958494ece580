"""Who came last, who still objects at the horizon, and without whom a step would not be reached."""

import numpy as np

from shteg.pathways.engine.compile import compiled, within
from shteg.pathways.engine.open_windows import NOBODY, hold_back, is_on
from shteg.pathways.engine.procedure import procedure_end, ratification_end
from shteg.pathways.engine.world import Run
from shteg.pathways.model.arrays import NEVER


@compiled
def _reached_with(run: Run, d: int, k: int, consent: float, favoured: int, excluded: int, key: np.uint64) -> bool:
    """Tell whether a step is reached if consents are complete at another time, or one member is forced."""
    st, ws = run.structure, run.scratch
    if consent >= NEVER:
        return False
    if st.ratified[k]:
        return ratification_end(run, d, 0, k, ws.floor[k], consent, key) <= st.horizon
    start = max(ws.floor[k], consent)
    end = procedure_end(run, d, 0, k, ws.before[k], start, 0, favoured, excluded, key)
    return end <= st.horizon


@within
def _count_by_rank(run: Run, d: int, k: int, earlier: float, wait: float, later: float, key: np.uint64) -> None:
    """Count critical members where only the time of their consent matters: the neighbours in rank tell all."""
    st, ws, tally = run.structure, run.scratch, run.tally
    reached = ws.times[0, k] <= st.horizon
    other = later if reached else earlier  # what would make a difference
    changed = other < NEVER and other != wait and _reached_with(run, d, k, other, NOBODY, NOBODY, key)
    without = reached and (changed or other == wait)
    sooner = reached or changed
    if reached and not without:
        for j in range(len(ws.uniforms)):
            tally.critical[d, k, j] += st.eligible[k, j]
    for i in range(ws.late_count[0, k]):
        time, j = ws.late_time[0, k, i], ws.late_member[0, k, i]
        if reached and not without and time > wait:
            tally.critical[d, k, j] -= 1
        if sooner and not reached and time >= wait:
            tally.critical[d, k, j] += 1


@within
def _count_by_trial(run: Run, d: int, k: int, key: np.uint64) -> None:
    """Count critical members where they may block in episodes: the step is walked again without each that matters."""
    st, plan, ws, tally = run.structure, run.plan, run.scratch, run.tally
    wait, earlier, later = ws.consent[0, k], ws.earlier[0, k], ws.later[0, k]
    every, row = st.votes[k] == st.electors[k], plan.episode_row[0]
    reached = ws.times[0, k] <= st.horizon
    if reached and every:  # whoever never consents stops it
        for j in range(len(ws.uniforms)):
            tally.critical[d, k, j] += st.eligible[k, j]
    if (reached and every) or ws.floor[k] > st.horizon or (not reached and earlier > st.horizon):
        return
    hold_back(run, 0, k, False)
    for j in range(len(ws.uniforms)):
        ws.spare[j] = ws.held_until[j]
    hold_back(run, 0, k, True)
    for j in range(len(ws.uniforms)):
        if not st.eligible[k, j]:
            continue
        mine, favoured, excluded = ws.spare[j], j, NOBODY
        if reached:
            consent, favoured, excluded = (later if mine <= wait else wait), NOBODY, j
        else:
            consent = earlier if mine >= wait else wait
            begin = max(ws.floor[k], consent)
            if consent > st.horizon:
                continue
            never = mine <= begin and not is_on(run, d, 0, j, begin, key)
            if never and ws.toggle_time[row, j, ws.toggle_at[row, j]] > st.horizon:
                continue  # it does not block while the step could move
        found = _reached_with(run, d, k, consent, favoured, excluded, key)
        tally.critical[d, k, j] += found != reached


@compiled
def count_blockers(run: Run, d: int, k: int, key: np.uint64) -> None:
    """Count the members that stood in the way of a step in the first scenario.

    Parameters
    ----------
    run : Run
        Of a world just walked; its tally is added to.
    d : int
        The draw, by its place in the run.
    k : int
        The step.
    key : uint64
        Of the world: every random number in it belongs to this key.
    """
    st, plan, ws, tally = run.structure, run.plan, run.scratch, run.tally
    earlier, wait, later = ws.earlier[0, k], ws.consent[0, k], ws.later[0, k]
    if st.ratified[k]:
        earlier, wait, later = ws.ratify_earlier[0, k], ws.ratify_wait[0, k], ws.ratify_later[0, k]
    tally.raced[d, k] += 1
    origin = ws.floor[k] if st.ratified[k] else 0.0
    for i in range(ws.late_count[0, k]):
        time, j = ws.late_time[0, k, i], ws.late_member[0, k, i]
        if time == wait:
            tally.last[d, k, j] += 1
        if origin + time > st.horizon:
            tally.blocked[d, k, j] += 1
    if st.ratified[k] or not st.vetoes:
        _count_by_rank(run, d, k, earlier, wait, later, key)
        return
    _count_by_trial(run, d, k, key)
    hold_back(run, 0, k, False)
    for j in range(len(ws.uniforms)):
        if st.eligible[k, j] and plan.forced[0, j] <= 0 and ws.held_until[j] <= st.horizon:
            tally.blocked[d, k, j] += is_on(run, d, 0, j, st.horizon, key)
    hold_back(run, 0, k, True)
