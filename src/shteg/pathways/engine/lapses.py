"""The walk where steps may be lost again: event by event, as a birth-and-death process on the steps held.

A step is lost only while no step held rests on it: what rests on it holds it up. Then it is walked again, by a new
attempt with numbers of its own. A step whose prerequisite is lost begins again once that is back.
"""

import numpy as np

from shteg.pathways.engine.compile import compiled, uniform, within
from shteg.pathways.engine.consents import ratify_again, run_ratification
from shteg.pathways.engine.open_windows import NOBODY
from shteg.pathways.engine.procedure import procedure_end, ratification_end
from shteg.pathways.engine.world import Run, waiting_time
from shteg.pathways.model.arrays import NEVER
from shteg.randomness import GOLDEN


@within
def _schedule(run: Run, d: int, s: int, k: int, now: float, key: np.uint64) -> None:
    """Set when a step will be reached, or lost if it is held, from the steps held now."""
    st, p, plan, ws = run.structure, run.parameters, run.plan, run.scratch
    ws.next_time[k] = NEVER
    if ws.held[k]:
        for i in range(len(st.votes)):
            if st.prerequisite[i, k] and ws.held[i]:
                return
        unit = -np.log(uniform(key, st.lapse_key[k] + np.uint64(ws.lost[k]) * GOLDEN))
        ws.next_time[k] = waiting_time(now, unit, p.lapse[d, s, :, k], p.starts[s], p.epochs[s])
        ws.lost[k] += 1
        return
    for i in range(len(st.votes)):
        if st.prerequisite[k, i] and not ws.held[i]:
            return
    floor = now
    for a in range(st.needs_area.shape[1]):
        if st.needs_area[k, a]:
            floor = max(floor, ws.ready[plan.area_row[s], a])
    attempt = ws.attempt[k]
    ws.attempt[k] += 1
    if st.ratified[k]:
        if floor <= st.horizon:
            years = run_ratification(run, d, s, k, key) if attempt == 0 else ratify_again(run, d, s, k, attempt, key)
            ws.next_time[k] = ratification_end(run, d, s, k, floor, years, key)
        return
    if st.votes[k] > 0:
        floor = max(floor, ws.consent[plan.consent_row[s], k])
    ws.next_time[k] = procedure_end(run, d, s, k, now, floor, attempt, NOBODY, NOBODY, key)


@compiled
def walk_with_lapses(run: Run, d: int, s: int, key: np.uint64) -> None:
    """Fill the time at which each step is first reached; for the first scenario count what is held at year ends.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    key : uint64
        Of the world: every random number in it belongs to this key.
    """
    st, ws, tally = run.structure, run.scratch, run.tally
    steps, y = len(st.votes), 0
    for k in range(steps):
        ws.held[k] = st.reached[k]
        ws.times[s, k] = 0.0 if st.reached[k] else NEVER
        ws.attempt[k], ws.lost[k] = 0, 0
    k, now = NOBODY, 0.0  # at first every step is scheduled, then those that a change concerns
    while True:
        for i in range(steps):
            if k == NOBODY or i == k or st.prerequisite[i, k] or (st.prerequisite[k, i] and ws.held[i]):
                _schedule(run, d, s, i, now, key)
        k = 0
        for i in range(1, steps):
            if ws.next_time[i] < ws.next_time[k]:
                k = i
        now = ws.next_time[k]
        while s == 0 and y < len(st.year_times) and st.year_times[y] < now:
            for i in range(steps):
                tally.held[d, i, y] += ws.held[i]
            y += 1
        if now > st.horizon:
            return
        ws.held[k] = not ws.held[k]
        ws.times[s, k] = min(ws.times[s, k], now)
