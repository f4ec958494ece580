"""The race of consents: who lets a step pass at once, who comes round later, when enough of them have."""

import numpy as np

from shteg.pathways.compiled import compiled, normal_quantile, uniform
from shteg.pathways.structure import NEVER, Floats, Integers, Parameters, Plan, Structure
from shteg.pathways.world import DAYS_PER_YEAR, UNDRAWN, Scratch, epoch_at, waiting_time


@compiled
def _turn_time(st: Structure, p: Parameters, ws: Scratch, d: int, s: int, j: int, key: np.uint64) -> float:
    """Give the time at which a member that objects comes round: by itself, or with the settlement."""
    count = p.epochs[s]
    if ws.turn_unit[j] == UNDRAWN:
        ws.turn_unit[j] = -np.log(uniform(key, st.change_key[j]))
    turn = waiting_time(ws.turn_unit[j], p.change[d, s], p.starts[s], count)
    if st.moves[j]:
        if ws.scalars[1] == UNDRAWN:
            ws.scalars[1] = -np.log(uniform(key, st.settlement_key))
        settled = waiting_time(ws.scalars[1], p.settle[d, s], p.starts[s], count)
        if settled < turn and uniform(key, st.follow_key[j]) < p.follow[d, s, epoch_at(settled, p.starts[s], count)]:
            turn = settled
    return turn


@compiled
def _file_late(st: Structure, p: Parameters, ws: Scratch, d: int, s: int, j: int, turn: float) -> None:
    """File the consent time of a member under every step that it does not let pass at once."""
    share, count = ws.uniforms[j], p.epochs[s]
    for k in range(len(ws.late_count)):
        if not st.eligible[k, j] or st.ratified[k]:
            continue
        time = turn
        for e in range(count):
            if p.starts[s, e] >= time:
                break
            odds_against = p.doubt[d, s, e, j] * p.weight[d, s, e, k] * ws.lift[e]
            if share * (1.0 + odds_against) < p.keep[d, s, e]:
                time = p.starts[s, e]
                break
        if time > 0.0:
            at = ws.late_count[k]
            ws.late_time[k, at], ws.late_member[k, at] = time, j
            ws.late_count[k] = at + 1


@compiled
def _rank_late(times: Floats, members: Integers, count: int, electors: int, votes: int) -> tuple[float, float, float]:
    """Give the times at which one vote less, enough votes, and one vote more are there; sorts where it must."""
    rank = votes - (electors - count)
    before, enough, after = 0.0, 0.0, NEVER
    if rank == count:  # every one of them is needed: the two largest will do
        for i in range(count):
            time = times[i]
            if time > enough:
                before, enough = enough, time
            elif time > before:
                before = time
    else:
        for i in range(1, count):
            time, member, at = times[i], members[i], i
            while at > 0 and times[at - 1] > time:
                times[at], members[at] = times[at - 1], members[at - 1]
                at -= 1
            times[at], members[at] = time, member
        before = times[rank - 2] if rank >= 2 else 0.0
        enough = times[rank - 1] if rank >= 1 else 0.0
        after = times[rank] if rank >= 0 else 0.0
    return before, enough, after


@compiled
def _file_forced(st: Structure, plan: Plan, ws: Scratch, s: int, j: int) -> None:
    """File a member that never consents under every step it decides on."""
    if plan.forced[s, j] > 0:
        return
    for k in range(len(ws.late_count)):
        if st.eligible[k, j] and not st.ratified[k]:
            at = ws.late_count[k]
            ws.late_time[k, at], ws.late_member[k, at] = NEVER, j
            ws.late_count[k] = at + 1


@compiled
def run_consents(
    st: Structure, p: Parameters, plan: Plan, ws: Scratch, d: int, s: int, row: int, key: np.uint64
) -> None:
    """Fill the times at which enough members consent to each step.

    A member lets a step pass at once if U < keep / (1 + exp(-eta)), written without a division or a logarithm.
    Whoever passes the heaviest step passes all: those members cost one comparison.
    """
    heaviest = 0.0
    for k in range(len(ws.late_count)):
        if not st.ratified[k]:
            ws.late_count[k] = 0
            heaviest = max(heaviest, p.weight[d, s, 0, k])
    for e in range(p.epochs[s]):
        ws.lift[e] = np.exp(-p.common[d, s, e] * ws.scalars[0])
    scale, keep = heaviest * ws.lift[0], p.keep[d, s, 0]
    for j in range(len(ws.uniforms)):
        if plan.any_forced[s] and plan.forced[s, j] != 0:
            _file_forced(st, plan, ws, s, j)
        elif ws.uniforms[j] * (1.0 + p.doubt[d, s, 0, j] * scale) >= keep:
            _file_late(st, p, ws, d, s, j, _turn_time(st, p, ws, d, s, j, key))
    for k in range(len(ws.late_count)):
        if not st.ratified[k] and st.votes[k] > 0:
            ws.earlier[row, k], ws.consent[row, k], ws.later[row, k] = _rank_late(
                ws.late_time[k], ws.late_member[k], ws.late_count[k], st.electors[k], st.votes[k]
            )


@compiled
def run_ratification(
    st: Structure, p: Parameters, plan: Plan, ws: Scratch, d: int, s: int, k: int, key: np.uint64
) -> float:
    """Give how long enough members take to ratify: each member's time is drawn once in a world."""
    row = plan.ratify_row[s]
    if ws.ratify_wait[row, k] != UNDRAWN:
        return float(ws.ratify_wait[row, k])
    if ws.ratify_time[k, 0] == UNDRAWN:
        for j in range(len(ws.uniforms)):
            ws.ratify_time[k, j] = 0.0
            if st.eligible[k, j]:
                deviate = normal_quantile(uniform(key, st.ratify_key[k, j]))
                ws.ratify_time[k, j] = np.exp(p.ratify_mean[d, j] + p.ratify_sd[d] * deviate) / DAYS_PER_YEAR
    count = 0
    for j in range(len(ws.uniforms)):
        if st.eligible[k, j]:
            forced = plan.forced[s, j]
            ws.late_time[k, count] = ws.ratify_time[k, j] if forced == 0 else (0.0 if forced > 0 else NEVER)
            ws.late_member[k, count] = j
            count += 1
    ws.late_count[k] = count
    ws.ratify_earlier[row, k], ws.ratify_wait[row, k], ws.ratify_later[row, k] = _rank_late(
        ws.late_time[k], ws.late_member[k], count, count, st.votes[k]
    )
    return float(ws.ratify_wait[row, k])
