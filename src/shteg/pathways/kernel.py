"""The kernel: every world of a range of draws, every scenario on the same random numbers, counted as it goes."""

import numpy as np

from shteg.pathways.compiled import compiled, fold
from shteg.pathways.race import run_consents, run_ratification
from shteg.pathways.structure import (
    CONSENT,
    NEVER,
    PROCEDURE,
    RATIFICATION,
    READINESS,
    Floats,
    Parameters,
    Plan,
    Structure,
    Tally,
)
from shteg.pathways.world import Scratch, begin_world, draw_areas, draw_shocks, procedure_end


@compiled
def _finish(
    st: Structure, p: Parameters, ws: Scratch, d: int, s: int, row: int, k: int, consent: float, key: np.uint64
) -> float:
    """Give the time of a step whose consents are complete after `consent` years (ratified: after so many more)."""
    if st.ratified[k]:
        end = ws.floor[k] + consent
        return end if end <= st.horizon else NEVER
    return procedure_end(st, p, ws, d, s, row, k, max(ws.floor[k], consent), key)


@compiled
def _walk(st: Structure, p: Parameters, plan: Plan, ws: Scratch, d: int, s: int, key: np.uint64) -> None:
    """Fill the time of each step of a scenario, and where and for want of what the way stopped."""
    consent_row, area_row, shock_row = plan.consent_row[s], plan.area_row[s], plan.shock_row[s]
    for k in st.step_order:
        before, root, ready = 0.0, k, 0.0
        for i in range(len(st.votes)):
            if st.prerequisite[k, i] and ws.times[s, i] > before:
                before, root = ws.times[s, i], i
        for a in range(st.needs_area.shape[1]):
            if st.needs_area[k, a]:
                ready = max(ready, ws.ready[area_row, a])
        ws.floor[k] = max(before, ready)
        consent = 0.0
        if st.reached[k]:
            ws.times[s, k] = 0.0
            continue
        if st.ratified[k]:
            if ws.floor[k] <= st.horizon:
                consent = run_ratification(st, p, plan, ws, d, s, k, key)
        elif st.votes[k] > 0:
            consent = ws.consent[consent_row, k]
        ws.times[s, k] = _finish(st, p, ws, d, s, shock_row, k, consent, key)
        if s > 0 or ws.times[s, k] <= st.horizon:
            continue
        ws.stop_step[k] = k
        if before > st.horizon:
            ws.stop_step[k], ws.stop_condition[k] = ws.stop_step[root], ws.stop_condition[root]
        elif ready > st.horizon and (st.ratified[k] or ready >= consent):
            ws.stop_condition[k] = READINESS
        elif st.ratified[k]:
            ws.stop_condition[k] = RATIFICATION
        else:
            ws.stop_condition[k] = CONSENT if consent > st.horizon else PROCEDURE


@compiled
def _count_blockers(st: Structure, p: Parameters, ws: Scratch, tally: Tally, d: int, k: int, key: np.uint64) -> None:
    """Count who came last, who still objects at the horizon, and without whom the step would not be reached."""
    wait, earlier, later, count = ws.consent[0, k], ws.earlier[0, k], ws.later[0, k], ws.late_count[k]
    if st.ratified[k]:
        wait, earlier, later = ws.ratify_wait[0, k], ws.ratify_earlier[0, k], ws.ratify_later[0, k]
    tally.raced[d, k] += 1
    reached = ws.times[0, k] <= st.horizon
    other = later if reached else earlier  # what would make a difference
    changed = other < NEVER and other != wait and _finish(st, p, ws, d, 0, 0, k, other, key) <= st.horizon
    without = reached and (changed or other == wait)
    sooner = reached or changed
    if reached and not without:
        for j in range(len(ws.uniforms)):
            tally.critical[d, k, j] += st.eligible[k, j]
    origin = ws.floor[k] if st.ratified[k] else 0.0
    for i in range(count):
        time, j = ws.late_time[k, i], ws.late_member[k, i]
        if time == wait:
            tally.last[d, k, j] += 1
        if origin + time > st.horizon:
            tally.blocked[d, k, j] += 1
        if reached and not without and time > wait:
            tally.critical[d, k, j] -= 1
        if sooner and not reached and time >= wait:
            tally.critical[d, k, j] += 1


@compiled
def _count_first(st: Structure, p: Parameters, ws: Scratch, tally: Tally, d: int, key: np.uint64) -> None:
    """Count the first scenario: years, stops and blockers."""
    for k in range(len(st.votes)):
        if ws.times[0, k] > st.horizon:
            tally.stopped[d, k, ws.stop_step[k], ws.stop_condition[k]] += 1
        else:
            y = 0
            while ws.times[0, k] > st.year_times[y]:
                y += 1
            tally.reached[d, k, y] += 1
        if st.votes[k] > 0 and not st.reached[k] and not (st.ratified[k] and ws.floor[k] > st.horizon):
            _count_blockers(st, p, ws, tally, d, k, key)


@compiled
def _count_change(st: Structure, ws: Scratch, tally: Tally, d: int, s: int, other: int) -> None:
    """Count the worlds that a scenario changes against the one it is compared with."""
    for k in range(len(st.votes)):
        here, there = ws.times[s, k], ws.times[other, k]
        if here == there:
            continue
        for r in range(len(st.report_index)):
            year = st.year_times[st.report_index[r]]
            tally.gained[d, s, k, r] += here <= year < there
            tally.lost[d, s, k, r] += there <= year < here


@compiled
def run_draws(
    st: Structure,
    p: Parameters,
    plan: Plan,
    ws: Scratch,
    tally: Tally,
    seed_key: np.uint64,
    first_draw: int,
    worlds: int,
    paths: Floats,
) -> None:
    """Simulate `worlds` worlds of each draw in `p` and add them to `tally`.

    Parameters
    ----------
    seed_key : uint64
        The seed, folded.
    first_draw : int
        The number of the first draw of `p`: random numbers belong to the number, not to the place.
    paths : (d, w, s, k) float
        Filled with the years until each step; give an array of size 0 to keep no paths.
    """
    for d in range(len(p.ratify_sd)):
        draw_key = fold(seed_key, np.uint64(first_draw + d))
        for w in range(worlds):
            key = fold(draw_key, np.uint64(w))
            begin_world(st, ws, key)
            for s in range(len(p.epochs)):
                if plan.consent_new[s]:
                    run_consents(st, p, plan, ws, d, s, plan.consent_row[s], key)
                if plan.area_new[s]:
                    draw_areas(st, p, ws, d, s, plan.area_row[s], key)
                if plan.shock_new[s]:
                    draw_shocks(st, p, ws, d, s, plan.shock_row[s], key)
                _walk(st, p, plan, ws, d, s, key)
                if s == 0:
                    _count_first(st, p, ws, tally, d, key)
                else:
                    _count_change(st, ws, tally, d, s, plan.compare[s])
                if paths.size:
                    for k in range(len(st.votes)):
                        paths[d, w, s, k] = ws.times[s, k]
