"""The race of consents: who lets a step pass at once, who comes round later, when enough of them have."""

import numpy as np

from shteg.pathways.engine.compile import compiled, normal_quantile, uniform
from shteg.pathways.engine.world import DAYS_PER_YEAR, UNDRAWN, Run, epoch_at, waiting_time
from shteg.pathways.model.arrays import NEVER, Floats, Integers, Keys
from shteg.randomness import GOLDEN


@compiled
def _turn_time(run: Run, d: int, s: int, j: int, key: np.uint64) -> float:
    """Give the time at which a member that objects comes round: by itself, or with the settlement."""
    st, p, ws = run.structure, run.parameters, run.scratch
    count = p.epochs[s]
    if ws.turn_unit[j] == UNDRAWN:
        ws.turn_unit[j] = -np.log(uniform(key, st.change_key[j]))
    turn = waiting_time(0.0, ws.turn_unit[j], p.change[d, s], p.starts[s], count)
    if st.moves[j]:
        if ws.scalars[1] == UNDRAWN:
            ws.scalars[1] = -np.log(uniform(key, st.settlement_key))
        settled = waiting_time(0.0, ws.scalars[1], p.settle[d, s], p.starts[s], count)
        if settled < turn and uniform(key, st.follow_key[j]) < p.follow[d, s, epoch_at(settled, p.starts[s], count)]:
            turn = settled
    return turn


@compiled
def _file_late(run: Run, d: int, s: int, late: int, j: int, turn: float) -> None:
    """File the consent time of a member under every step that it does not let pass at once."""
    st, p, ws = run.structure, run.parameters, run.scratch
    share, count = ws.uniforms[j], p.epochs[s]
    for k in range(len(st.votes)):
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
            at = ws.late_count[late, k]
            ws.late_time[late, k, at], ws.late_member[late, k, at] = time, j
            ws.late_count[late, k] = at + 1


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
def _file_forced(run: Run, s: int, j: int) -> None:
    """File a member that never consents under every step it decides on."""
    st, plan, ws = run.structure, run.plan, run.scratch
    if plan.forced[s, j] > 0:
        return
    late = plan.late_row[s]
    for k in range(len(st.votes)):
        if st.eligible[k, j] and not st.ratified[k]:
            at = ws.late_count[late, k]
            ws.late_time[late, k, at], ws.late_member[late, k, at] = NEVER, j
            ws.late_count[late, k] = at + 1


@compiled
def odds_scale(run: Run, d: int, s: int) -> float:
    """Fill the lift of each epoch; give by what the heaviest step multiplies the odds against a consent at once.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.

    Returns
    -------
    float
    """
    st, p, ws = run.structure, run.parameters, run.scratch
    heaviest = 0.0
    for k in range(len(st.votes)):
        if not st.ratified[k]:
            heaviest = max(heaviest, p.weight[d, s, 0, k])
    for e in range(p.epochs[s]):
        ws.lift[e] = np.exp(-p.common[d, s, e] * ws.scalars[0])
    return float(heaviest * ws.lift[0])


@compiled
def objects(run: Run, d: int, j: int, scale: float) -> bool:
    """Tell whether a member withholds its consent to some step on the first day of the first scenario.

    Parameters
    ----------
    run : Run
        What one thread works on.
    d, j : int
        The draw, by its place in the run, and the member.
    scale : float
        `odds_scale` of the first scenario.

    Returns
    -------
    bool
    """
    p = run.parameters
    return bool(run.scratch.uniforms[j] * (1.0 + p.doubt[d, 0, 0, j] * scale) >= p.keep[d, 0, 0])


@compiled
def run_consents(run: Run, d: int, s: int, key: np.uint64) -> None:
    """Fill the times at which enough members consent to each step.

    A member lets a step pass at once if U < keep / (1 + exp(-eta)), written without a division or a logarithm.
    Whoever passes the heaviest step passes all: those members cost one comparison.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    key : uint64
        Of the world: every random number in it belongs to this key.
    """
    st, p, plan, ws = run.structure, run.parameters, run.plan, run.scratch
    row, late, origin = plan.consent_row[s], plan.late_row[s], plan.consent_from[s]
    scale, keep = odds_scale(run, d, origin), p.keep[d, origin, 0]
    for k in range(len(st.votes)):
        if not st.ratified[k]:
            ws.late_count[late, k] = 0
    for j in range(len(ws.uniforms)):
        if plan.any_forced[s] and plan.forced[s, j] != 0:
            _file_forced(run, s, j)
        elif ws.uniforms[j] * (1.0 + p.doubt[d, origin, 0, j] * scale) >= keep:
            _file_late(run, d, origin, late, j, _turn_time(run, d, origin, j, key))
    for k in range(len(st.votes)):
        if not st.ratified[k] and st.votes[k] > 0:
            ws.earlier[row, k], ws.consent[row, k], ws.later[row, k] = _rank_late(
                ws.late_time[late, k], ws.late_member[late, k], ws.late_count[late, k], st.electors[k], st.votes[k]
            )


@compiled
def _days(mean: float, sd: float, share: float, hold_mean: float, hold_sd: float, keys: Keys, key: np.uint64) -> float:
    """Give the days that a member takes to ratify, with what it adds where it holds out."""
    days = np.exp(mean + sd * normal_quantile(uniform(key, keys[0])))
    if share > 0.0 and uniform(key, keys[1]) < share:
        days += np.exp(hold_mean + hold_sd * normal_quantile(uniform(key, keys[2])))
    return float(days)


@compiled
def _ratify_years(run: Run, d: int, k: int, j: int, attempt: int, key: np.uint64) -> float:
    """Give the years that a member takes to ratify; later attempts have numbers of their own."""
    st, p = run.structure, run.parameters
    again = key + np.uint64(attempt) * GOLDEN
    days = _days(
        p.ratify_mean[d, j],
        p.ratify_sd[d],
        p.hold_share[d, j],
        p.hold_mean[d],
        p.hold_sd[d],
        st.ratify_key[k, j],
        again,
    )
    return days / DAYS_PER_YEAR


@compiled
def _forced_time(forced: int, drawn: float) -> float:
    if forced == 0:
        return drawn
    return 0.0 if forced > 0 else NEVER


@compiled
def run_ratification(run: Run, d: int, s: int, k: int, key: np.uint64) -> float:
    """Give how long enough members take to ratify: each member's time is drawn once in a world.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    k : int
        The step.
    key : uint64
        Of the world: every random number in it belongs to this key.

    Returns
    -------
    float
        Years.
    """
    st, plan, ws = run.structure, run.plan, run.scratch
    row, ws.ratifying[0] = plan.ratify_row[s], True
    if ws.ratify_wait[row, k] != UNDRAWN:
        return float(ws.ratify_wait[row, k])
    if ws.ratify_time[k, 0] == UNDRAWN:
        for j in range(len(ws.uniforms)):
            ws.ratify_time[k, j] = _ratify_years(run, d, k, j, 0, key) if st.eligible[k, j] else 0.0
    count = 0
    for j in range(len(ws.uniforms)):
        if st.eligible[k, j]:
            ws.late_time[0, k, count] = _forced_time(plan.forced[s, j], ws.ratify_time[k, j])
            ws.late_member[0, k, count] = j
            count += 1
    ws.late_count[0, k] = count
    ws.ratify_earlier[row, k], ws.ratify_wait[row, k], ws.ratify_later[row, k] = _rank_late(
        ws.late_time[0, k], ws.late_member[0, k], count, count, st.votes[k]
    )
    return float(ws.ratify_wait[row, k])


@compiled
def ratify_again(run: Run, d: int, s: int, k: int, attempt: int, key: np.uint64) -> float:
    """Give how long enough members take at a later attempt.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    k : int
        The step.
    attempt : int, >= 1
        How often it was tried before.
    key : uint64
        Of the world: every random number in it belongs to this key.

    Returns
    -------
    float
        Years.
    """
    st, plan, ws = run.structure, run.plan, run.scratch
    count, ws.ratifying[0] = 0, True
    for j in range(len(ws.uniforms)):
        if st.eligible[k, j]:
            ws.spare[count] = _forced_time(plan.forced[s, j], _ratify_years(run, d, k, j, attempt, key))
            ws.spare_member[count] = j
            count += 1
    return _rank_late(ws.spare, ws.spare_member, count, count, st.votes[k])[1]
