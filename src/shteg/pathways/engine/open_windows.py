"""When a procedure may run: nobody needed is in an episode of blocking, and the aspirant has not withdrawn.

Each member and, last, the aspirant is a process that is on (blocking, withdrawn) or off. Its toggles are drawn only
as far as somebody asks, once in a world for all scenarios that share them.
"""

from typing import NamedTuple

import numpy as np

from shteg.pathways.engine.compile import compiled, compiled_apart, uniform
from shteg.pathways.engine.world import UNDRAWN_COUNT, Scratch, waiting_from
from shteg.pathways.model.arrays import NEVER, Flags, Floats, Integers, Keys, Parameters, Plan, Structure
from shteg.randomness import GOLDEN

NOBODY = -1


class Toggles(NamedTuple):
    """The processes of one world in one scenario."""

    time: Floats  # (j + 1, c)
    first: Flags  # (j + 1,) on at the first day
    drawn: Integers  # (j + 1,) how many toggles are drawn
    at: Integers  # (j + 1,) the first one after the time last asked for
    keys: Keys  # (j + 1,)
    onset: Floats  # (e, j + 1)
    release: Floats  # (e, j + 1)
    on_share: Floats  # (j + 1,)
    starts: Floats  # (e,)
    epochs: int
    horizon: float


@compiled_apart
def _draw_toggle(t: Toggles, j: int, at: int, key: np.uint64) -> None:
    """Draw toggle number `at` of a process."""
    before = t.time[j, at - 1] if at > 0 else 0.0
    t.drawn[j] = at + 1
    if at + 1 == t.time.shape[1] or before > t.horizon:
        t.time[j, at] = NEVER
        return
    unit = -np.log(uniform(key, t.keys[j] + np.uint64(at + 1) * GOLDEN))
    rates = t.release[:, j] if t.first[j] ^ (at % 2 == 1) else t.onset[:, j]
    t.time[j, at] = waiting_from(before, unit, rates, t.starts, t.epochs)


@compiled
def _ask(t: Toggles, j: int, time: float, key: np.uint64) -> bool:
    """Tell whether a process is on at a time, and point `at` at its next toggle after that."""
    if t.drawn[j] == UNDRAWN_COUNT:
        t.first[j] = uniform(key, t.keys[j]) < t.on_share[j]
        t.at[j] = 0
        _draw_toggle(t, j, 0, key)
    at = t.at[j]
    while at > 0 and t.time[j, at - 1] > time:
        at -= 1
    while t.time[j, at] <= time:
        at += 1
        if at == t.drawn[j]:
            _draw_toggle(t, j, at, key)
    t.at[j] = at
    return bool(t.first[j] ^ (at % 2 == 1))


@compiled_apart
def _ask_apart(t: Toggles, j: int, time: float, key: np.uint64) -> bool:
    return _ask(t, j, time, key)


@compiled
def is_on(run: Run, d: int, s: int, j: int, time: float, key: np.uint64) -> bool:
    """Tell whether a member blocks at a time; the number after the last member is the aspirant, withdrawn."""
    st, p, plan, ws = run.structure, run.parameters, run.plan, run.scratch
    row = plan.episode_row[s]
    toggles = Toggles(
        ws.toggle_time[row],
        ws.toggle_first[row],
        ws.toggle_count[row],
        ws.toggle_at[row],
        st.episode_key,
        p.onset[d, s],
        p.release[d, s],
        p.on_share[d, s],
        p.starts[s],
        p.epochs[s],
        st.horizon,
    )
    return _ask_apart(toggles, j, time, key)


@compiled_apart
def _search(
    t: Toggles,
    watched: Flags,
    forced: Integers,
    held_until: Floats,
    slack: int,
    watch: bool,
    withdraws: bool,
    start: float,
    favoured: int,
    excluded: int,
    key: np.uint64,
) -> tuple[float, float]:
    time, members = start, len(watched)
    while time <= t.horizon:
        close, release, blocking = NEVER, NEVER, 0
        last = time  # of the ends of the blocks at hand
        for j in range(members if watch else 0):
            if not watched[j] or j == favoured or forced[j] > 0:
                continue
            until = NEVER if j == excluded else (held_until[j] if slack > 0 else 0.0)
            if until <= time:
                on = _ask(t, j, time, key)
                toggle = t.time[j, t.at[j]]
                if not on:
                    close = min(close, toggle)
                    continue
                until = toggle
            blocking += 1
            release, last = min(release, until), max(last, until)
        later = time
        if blocking > slack:
            later = last if slack == 0 else release
        if withdraws:
            on = _ask(t, members, time, key)
            toggle = t.time[members, t.at[members]]
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
    needed the consents must be there at `start`; otherwise `ws.held_until` says until when each member withholds its.
    """
    st, p, plan, ws = run.structure, run.parameters, run.plan, run.scratch
    row, slack = plan.episode_row[s], st.electors[k] - st.votes[k]
    toggles = Toggles(
        ws.toggle_time[row],
        ws.toggle_first[row],
        ws.toggle_count[row],
        ws.toggle_at[row],
        st.episode_key,
        p.onset[d, s],
        p.release[d, s],
        p.on_share[d, s],
        p.starts[s],
        p.epochs[s],
        st.horizon,
    )
    watch = st.vetoes and st.votes[k] > 0 and not st.ratified[k]
    eligible, forced = st.eligible[k], plan.forced[s]
    return _search(toggles, eligible, forced, ws.held_until, slack, watch, st.withdraws, start, favoured, excluded, key)


@compiled_apart
def hold_back(late_member: Integers, late_time: Floats, count: int, held_until: Floats, clear: bool) -> None:
    """Note until when each member withholds its consent to a step, or forget it again."""
    for i in range(count):
        held_until[late_member[i]] = 0.0 if clear else late_time[i]
