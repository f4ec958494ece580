"""When a procedure may run: nobody needed is in an episode of blocking, and the aspirant has not withdrawn.

Each member and, last, the aspirant is a process that is on (blocking, withdrawn) or off. Its toggles are drawn only
as far as somebody asks, once in a world for all scenarios that share them.
"""

import numpy as np

from shteg.pathways.engine.compile import compiled, inlined, uniform
from shteg.pathways.engine.world import UNDRAWN_COUNT, Run, waiting_time
from shteg.pathways.model.arrays import NEVER
from shteg.randomness import GOLDEN

NOBODY = -1


@compiled
def _draw_toggle(run: Run, d: int, s: int, j: int, at: int, key: np.uint64) -> None:
    """Draw toggle number `at` of a process."""
    st, p, ws, row, origin = (
        run.structure,
        run.parameters,
        run.scratch,
        run.plan.episode_row[s],
        run.plan.episode_from[s],
    )
    before = ws.toggle_time[row, j, at - 1] if at > 0 else 0.0
    ws.toggle_count[row, j] = at + 1
    if at + 1 == ws.toggle_time.shape[2] or before > st.horizon:
        ws.toggle_time[row, j, at] = NEVER
        return
    unit = -np.log(uniform(key, st.episode_key[j] + np.uint64(at + 1) * GOLDEN))
    rates = p.release[d, origin, :, j] if ws.toggle_first[row, j] ^ (at % 2 == 1) else p.onset[d, origin, :, j]
    ws.toggle_time[row, j, at] = waiting_time(before, unit, rates, p.starts[origin], p.epochs[origin])


@compiled
def is_on(run: Run, d: int, s: int, j: int, time: float, key: np.uint64) -> bool:
    """Tell whether a member blocks at a time, and point `toggle_at` at its next toggle after that.

    The number after the last member is the aspirant, withdrawn.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    j : int
        The member.
    time : float
        Years from the first day.
    key : uint64
        Of the world: every random number in it belongs to this key.

    Returns
    -------
    bool
    """
    ws, row = run.scratch, run.plan.episode_row[s]
    if ws.toggle_count[row, j] == UNDRAWN_COUNT:
        share = run.parameters.on_share[d, run.plan.episode_from[s], j]
        ws.toggle_first[row, j] = uniform(key, run.structure.episode_key[j]) < share
        ws.toggle_at[row, j] = 0
        _draw_toggle(run, d, s, j, 0, key)
    at = ws.toggle_at[row, j]
    while at > 0 and ws.toggle_time[row, j, at - 1] > time:
        at -= 1
    while ws.toggle_time[row, j, at] <= time:
        at += 1
        if at == ws.toggle_count[row, j]:
            _draw_toggle(run, d, s, j, at, key)
    ws.toggle_at[row, j] = at
    return bool(ws.toggle_first[row, j] ^ (at % 2 == 1))


@inlined
def _next_toggle(run: Run, s: int, j: int) -> float:
    """Give the toggle that `is_on` pointed at."""
    ws, row = run.scratch, run.plan.episode_row[s]
    return float(ws.toggle_time[row, j, ws.toggle_at[row, j]])


@compiled
def ever_blocks(run: Run, d: int, s: int, j: int, key: np.uint64) -> bool:
    """Tell whether a member blocks at any time before the horizon.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    j : int
        The member.
    key : uint64
        Of the world: every random number in it belongs to this key.

    Returns
    -------
    bool
    """
    on, toggle = is_on(run, d, s, j, 0.0, key), _next_toggle(run, s, j)
    return on or toggle <= run.structure.horizon


@compiled
def _scan_group(run: Run, d: int, s: int, group: int, start: float, key: np.uint64) -> tuple[float, float]:
    """Give the first time from `start` on at which nobody of a group blocks, and until when that surely lasts."""
    plan, time, horizon = run.plan, start, run.structure.horizon
    while time <= horizon:
        close, last = NEVER, time
        for i in range(plan.group_start[group], plan.group_start[group + 1]):
            j = plan.group_member[i]
            on, toggle = is_on(run, d, s, j, time, key), _next_toggle(run, s, j)
            if on:
                last = max(last, toggle)
            else:
                close = min(close, toggle)
        if last == time:
            return time, close
        time = last
    return NEVER, NEVER


@compiled
def _group_window(run: Run, d: int, s: int, group: int, start: float, key: np.uint64) -> tuple[float, float]:
    """Give the same, from what was found in this world before: all scenarios and steps ask about the same times.

    From the time asked about to the beginning of what was found somebody blocks; from there to its close nobody does.
    """
    ws, row = run.scratch, run.plan.episode_row[s]
    found, room = ws.window_count[row, group], ws.window_close.shape[2]
    for i in range(min(found, room)):
        if ws.window_asked[row, group, i] <= start < ws.window_close[row, group, i]:
            return max(start, ws.window_begin[row, group, i]), ws.window_close[row, group, i]
    begin, close = _scan_group(run, d, s, group, start, key)
    for i in range(min(found, room)):
        if ws.window_close[row, group, i] == close:
            ws.window_asked[row, group, i] = min(ws.window_asked[row, group, i], start)
            ws.window_begin[row, group, i] = min(ws.window_begin[row, group, i], begin)
            return begin, close
    at = found % room
    ws.window_asked[row, group, at], ws.window_begin[row, group, at] = start, begin
    ws.window_close[row, group, at] = close
    ws.window_count[row, group] = found + 1
    return begin, close


@compiled
def _window_of_all(run: Run, d: int, s: int, k: int, start: float, key: np.uint64) -> tuple[float, float]:
    """Give the window of a step that needs every vote, group by group."""
    st, plan, time = run.structure, run.plan, start
    members = st.eligible.shape[1]
    while time <= st.horizon:
        close, later = NEVER, time
        for group in range(len(plan.group_start) - 1):
            one = plan.group_member[plan.group_start[group]]
            if st.eligible[k, one] and plan.forced[s, one] <= 0:
                begin, end = _group_window(run, d, s, group, later, key)
                close, later = min(close, end), max(later, begin)
        if st.withdraws:
            on, toggle = is_on(run, d, s, members, time, key), _next_toggle(run, s, members)
            if on:
                later = max(later, toggle)
            else:
                close = min(close, toggle)
        if later == time:
            return time, close
        time = later
    return NEVER, NEVER


@compiled
def window(
    run: Run, d: int, s: int, k: int, start: float, favoured: int, excluded: int, key: np.uint64
) -> tuple[float, float]:
    """Give the first time from `start` on at which the procedure of a step may run, and until when it surely may.

    `favoured` is a member that never blocks, `excluded` one that always does (NOBODY: as drawn). Where every vote is
    needed the consents must be there at `start`; otherwise `held_until` says until when each member withholds its.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    k : int
        The step.
    start : float
        Years from the first day.
    favoured, excluded : int
        Members, or NOBODY.
    key : uint64
        Of the world: every random number in it belongs to this key.

    Returns
    -------
    tuple of float
        Years from the first day; NEVER beyond the horizon.
    """
    st, plan, ws = run.structure, run.plan, run.scratch
    time, members, slack = start, st.eligible.shape[1], st.electors[k] - st.votes[k]
    watch = st.vetoes and st.votes[k] > 0 and not st.ratified[k]
    if watch and slack == 0 and favoured == NOBODY and excluded == NOBODY:
        return _window_of_all(run, d, s, k, start, key)
    while time <= st.horizon:
        close, release, blocking = NEVER, NEVER, 0
        last = time  # of the ends of the blocks at hand
        for j in range(members if watch else 0):
            if not st.eligible[k, j] or j == favoured or plan.forced[s, j] > 0:
                continue
            until = NEVER if j == excluded else (ws.held_until[j] if slack > 0 else 0.0)
            if until <= time:
                on, toggle = is_on(run, d, s, j, time, key), _next_toggle(run, s, j)
                if not on:
                    close = min(close, toggle)
                    continue
                until = toggle
            blocking += 1
            release, last = min(release, until), max(last, until)
        later = time
        if blocking > slack:
            later = last if slack == 0 else release
        if st.withdraws:
            on, toggle = is_on(run, d, s, members, time, key), _next_toggle(run, s, members)
            if on:
                later = max(later, toggle)
            else:
                close = min(close, toggle)
        if later == time:
            return time, close
        time = later
    return NEVER, NEVER


@compiled
def hold_back(run: Run, row: int, k: int, clear: bool) -> None:
    """Note in `held_until` until when each member withholds its consent to a step, or forget it again.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    row : int
        Row of the scratch with the members that come late.
    k : int
        The step.
    clear : bool
        Forget it.
    """
    ws = run.scratch
    for i in range(ws.late_count[row, k]):
        ws.held_until[ws.late_member[row, k, i]] = 0.0 if clear else ws.late_time[row, k, i]
