"""The kernel: every world of a range of draws, every scenario on the same random numbers, counted as it goes."""

import numpy as np
from numba import types

from shteg.pathways.engine.blockers import count_blockers
from shteg.pathways.engine.compile import compiled, compiled_entry, fold, within
from shteg.pathways.engine.consents import objects, odds_scale, run_consents, run_ratification
from shteg.pathways.engine.lapses import walk_with_lapses
from shteg.pathways.engine.open_windows import NOBODY, ever_blocks, hold_back, is_on, window
from shteg.pathways.engine.procedure import procedure_end, ratification_end
from shteg.pathways.engine.world import Run, begin_world, draw_areas, draw_shocks
from shteg.pathways.model.arrays import CONSENT, NEVER, PROCEDURE, RATIFICATION, READINESS, WITHDRAWAL, Floats, Integers
from shteg.pathways.model.by_reference import declared


@compiled
def _begin(run: Run, s: int, k: int) -> int:
    """Fill when prerequisites and areas of a step are there; give the prerequisite that came last."""
    st, plan, ws = run.structure, run.plan, run.scratch
    before, root, ready = 0.0, k, 0.0
    for i in range(len(st.votes)):
        if st.prerequisite[k, i] and ws.times[s, i] > before:
            before, root = ws.times[s, i], i
    for a in range(st.needs_area.shape[1]):
        if st.needs_area[k, a]:
            ready = max(ready, ws.ready[plan.area_row[s], a])
    ws.before[k], ws.floor[k] = before, max(before, ready)
    return root


@compiled
def _walk(run: Run, d: int, s: int, key: np.uint64) -> None:
    """Fill the time of each step of a scenario."""
    st, plan, ws = run.structure, run.plan, run.scratch
    for k in st.step_order:
        if st.reached[k]:
            ws.times[s, k] = 0.0
            continue
        _begin(run, s, k)
        before, floor = ws.before[k], ws.floor[k]
        if st.ratified[k]:
            ws.times[s, k] = NEVER
            if floor <= st.horizon:
                years = run_ratification(run, d, s, k, key)
                ws.times[s, k] = ratification_end(run, d, s, k, floor, years, key)
            continue
        start = max(floor, ws.consent[plan.consent_row[s], k]) if st.votes[k] > 0 else floor
        twin, ws.began[s, k], ws.opened[s, k] = plan.twin[s, k], before, start
        known = twin >= 0 and ws.walked[twin] == key
        if known and ws.began[twin, k] == before and ws.opened[twin, k] == start:
            ws.times[s, k] = ws.times[twin, k]
        else:
            ws.times[s, k] = procedure_end(run, d, s, k, before, start, 0, NOBODY, NOBODY, key)


@within
def _explain(run: Run, d: int, k: int, key: np.uint64) -> None:
    """Fill where and for want of what the way to a step of the first scenario stopped."""
    st, ws = run.structure, run.scratch
    root = _begin(run, 0, k)
    before, floor = ws.before[k], ws.floor[k]
    consent = ws.consent[0, k] if st.votes[k] > 0 and not st.ratified[k] else 0.0
    ws.stop_step[k] = k
    if before > st.horizon:
        ws.stop_step[k], ws.stop_condition[k] = ws.stop_step[root], ws.stop_condition[root]
        return
    if floor > st.horizon and (st.ratified[k] or floor >= consent):
        ws.stop_condition[k] = READINESS
        return
    if consent > st.horizon:
        ws.stop_condition[k] = CONSENT
        return
    ws.stop_condition[k] = RATIFICATION if st.ratified[k] else PROCEDURE
    if st.withdraws and is_on(run, d, 0, len(ws.uniforms), st.horizon, key):
        ws.stop_condition[k] = WITHDRAWAL
    elif st.vetoes and st.votes[k] > 0 and not st.ratified[k]:
        hold_back(run, 0, k, False)
        if window(run, d, 0, k, st.horizon, NOBODY, NOBODY, key)[0] > st.horizon:
            ws.stop_condition[k] = CONSENT
        hold_back(run, 0, k, True)


@within
def _count_first(run: Run, d: int, key: np.uint64) -> None:
    """Count the first scenario: years, stops and blockers."""
    st, ws, tally = run.structure, run.scratch, run.tally
    for k in st.step_order:
        if st.reached[k]:
            tally.reached[d, k, 0] += 1
            continue
        if ws.times[0, k] > st.horizon:
            _explain(run, d, k, key)
            tally.stopped[d, k, ws.stop_step[k], ws.stop_condition[k]] += 1
        else:
            if st.lapses:
                _begin(run, 0, k)
            y = 0
            while ws.times[0, k] > st.year_times[y]:
                y += 1
            tally.reached[d, k, y] += 1
        if st.votes[k] > 0 and not (st.ratified[k] and ws.floor[k] > st.horizon):
            count_blockers(run, d, k, key)


@within
def _count_change(run: Run, d: int, s: int, other: int) -> None:
    """Count the worlds that a scenario changes against the one it is compared with."""
    st, ws, tally = run.structure, run.scratch, run.tally
    for k in range(len(st.votes)):
        here, there = ws.times[s, k], ws.times[other, k]
        if here == there:
            continue
        for r in range(len(st.report_index)):
            year = st.year_times[st.report_index[r]]
            tally.gained[d, s, k, r] += here <= year < there
            tally.lost[d, s, k, r] += there <= year < here


@within
def _run_scenario(run: Run, d: int, s: int, key: np.uint64) -> None:
    """Fill the time of each step in one scenario, drawing what no scenario before it shares."""
    plan, ws = run.plan, run.scratch
    consent, area, shock = plan.consent_row[s], plan.area_row[s], plan.shock_row[s]
    if ws.consent_drawn[consent] != key:
        run_consents(run, d, s, key)
        ws.consent_drawn[consent] = key
    if ws.area_drawn[area] != key:
        draw_areas(run, d, plan.area_from[s], area, key)
        ws.area_drawn[area] = key
    if ws.shock_drawn[shock] != key:
        draw_shocks(run, d, plan.shock_from[s], shock, key)
        ws.shock_drawn[shock] = key
    ws.ratifying[0] = False
    if run.structure.lapses:
        walk_with_lapses(run, d, s, key)
    else:
        _walk(run, d, s, key)
    ws.walked[s] = key


@within
def _find_who_matters(run: Run, d: int, key: np.uint64) -> None:
    """Fill the groups of members for whom it matters in this world whether they always consent: the others do."""
    st, plan, ws = run.structure, run.plan, run.scratch
    matters, scale = 0, odds_scale(run, d, 0)
    for group in range(len(plan.group_start) - 1):
        for i in range(plan.group_start[group], plan.group_start[group + 1]):
            j = plan.group_member[i]
            if objects(run, d, j, scale) or (st.vetoes and ever_blocks(run, d, 0, j, key)):
                matters |= 1 << group
                break
    ws.matters[0], ws.matters_drawn[0] = matters, key


@within
def _run_or_copy(run: Run, d: int, s: int, key: np.uint64) -> None:
    """Do the same, or take it over from a scenario in which everyone who matters in this world is forced alike.

    Of members that always consent, only those matter who would not do so anyway. In ratifications each takes its time:
    a walk that came to one serves nobody else.
    """
    plan, ws, chosen = run.plan, run.scratch, 0
    if ws.walked[s] == key:
        return
    if plan.like_first[s]:
        if ws.matters_drawn[0] != key:
            _find_who_matters(run, d, key)
        chosen = plan.forced_groups[s] & ws.matters[0]
        if ws.set_walked[chosen] == key:
            for k in range(ws.times.shape[1]):
                ws.times[s, k] = ws.times[ws.set_scenario[chosen], k]
            return
    _run_scenario(run, d, s, key)
    if plan.like_first[s] and not ws.ratifying[0]:
        ws.set_walked[chosen], ws.set_scenario[chosen] = key, s


@compiled_entry
def run_draws(
    run: Run, seed_key: np.uint64, first_draw: int, first: int, stop: int, paths: Floats, chosen: Integers
) -> None:
    """Simulate some worlds of each draw of a run, and count them or keep their paths.

    Parameters
    ----------
    run : Run
        Its tally is added to.
    seed_key : uint64
        The seed, folded.
    first_draw : int
        The number of the first draw: random numbers belong to the number, not to the place.
    first, stop : int
        Numbers of the worlds of each draw, half open.
    paths : (d, w, s, k) float
        Filled with the years until each step; with an array of size 0 worlds are added to the run's tally instead.
    chosen : (d, w, s) int
        The scenarios that are walked in each world, for paths only; all of them with an array of size 0.
    """
    for d in range(len(run.parameters.ratify_sd)):
        draw_key = fold(seed_key, np.uint64(first_draw + d))
        for w in range(first, stop):
            key = fold(draw_key, np.uint64(w))
            begin_world(run, key)
            for i in range(chosen.shape[2] if chosen.size else len(run.plan.compare)):
                s = chosen[d, w - first, i] if chosen.size else i
                _run_or_copy(run, d, s, key)
                if paths.size:
                    for k in range(paths.shape[3]):
                        paths[d, w - first, i, k] = run.scratch.times[s, k]
                elif s == 0:
                    _count_first(run, d, key)
                else:
                    _count_change(run, d, s, run.plan.compare[s])


def prepare() -> None:
    """Compile the kernel and keep its form, so that another process finds it."""
    number, key, paths, chosen = types.int64, types.uint64, types.float64[:, :, :, ::1], types.int64[:, :, ::1]
    run_draws.compile((declared(Run), key, number, number, number, paths, chosen))  # type: ignore[attr-defined]
