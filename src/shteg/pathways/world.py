"""What one world draws: waiting times under rates that change by epoch, areas, shocks, ratifications."""

from typing import NamedTuple

import numpy as np

from shteg.pathways.compiled import compiled, normal_quantile, uniform
from shteg.pathways.structure import NEVER, Flags, Floats, Integers, Parameters, Plan, Structure
from shteg.randomness import GOLDEN

DAYS_PER_YEAR = 365.25
LOG_2 = float(np.log(2.0))
UNDRAWN = -1.0


class Scratch(NamedTuple):
    """Work space of one thread. Scenarios that share what a row holds share the row; row 0 is the first scenario's."""

    uniforms: Floats  # (j,) of the consent
    turn_unit: Floats  # (j,) unit exponential until a member comes round
    procedure_unit: Floats  # (k,)
    area_unit: Floats  # (a,) unit exponential / ln 2 of the readiness
    lift: Floats  # (e,) exp(-common factor) of the scenario at hand
    scalars: Floats  # (2,) common factor, unit exponential of the settlement
    consent: Floats  # (row, k) years until enough members consent
    earlier: Floats  # (row, k) the same if one of those who come last had consented from the start
    later: Floats  # (row, k) the same if one of those needed never did
    ratify_wait: Floats  # (row, k) years until enough members have ratified, once it has begun
    ratify_earlier: Floats  # (row, k)
    ratify_later: Floats  # (row, k)
    ratify_time: Floats  # (k, j) years each member takes
    late_time: Floats  # (k, j) times of the members that do not consent at once
    late_member: Integers  # (k, j)
    late_count: Integers  # (k,)
    ready: Floats  # (row, a)
    segment_start: Floats  # (row, c) shocks: from when
    segment_factor: Floats  # (row, c) the hazard is multiplied by this
    segment_count: Integers  # (row,)
    event_time: Floats  # (c,)
    event_shock: Integers  # (c,)
    running: Flags  # (h,)
    floor: Floats  # (k,) years until prerequisites and areas are there
    times: Floats  # (s, k) years until the step
    stop_step: Integers  # (k,) the step at which the way stopped
    stop_condition: Integers  # (k,)


def make_scratch(structure: Structure, parameters: Parameters, plan: Plan) -> Scratch:
    """Allocate the work space that fits the arrays."""
    steps, members = structure.eligible.shape
    areas, shocks = structure.needs_area.shape[1], len(structure.shock_key)
    scenarios = len(parameters.epochs)
    races, readings, histories, forced = (
        1 + int(row.max()) for row in (plan.consent_row, plan.area_row, plan.shock_row, plan.ratify_row)
    )
    expected = float(parameters.shock_rate.max(initial=0.0)) * structure.horizon
    # a Poisson count passes this bound with a probability below 1e-15 at every mean
    room = shocks * 2 * int(20 + 2 * expected + 12 * np.sqrt(expected)) + 2

    def ones(*shape: int) -> Floats:
        return np.ones(shape)

    def whole(*shape: int) -> Integers:
        return np.zeros(shape, dtype=np.int64)

    return Scratch(
        uniforms=ones(members),
        turn_unit=ones(members),
        procedure_unit=ones(steps),
        area_unit=ones(areas),
        lift=ones(parameters.starts.shape[1]),
        scalars=ones(2),
        consent=ones(races, steps),
        earlier=ones(races, steps),
        later=ones(races, steps),
        ratify_wait=ones(forced, steps),
        ratify_earlier=ones(forced, steps),
        ratify_later=ones(forced, steps),
        ratify_time=ones(steps, max(1, members)),
        late_time=ones(steps, members),
        late_member=whole(steps, members),
        late_count=whole(steps),
        ready=ones(readings, areas),
        segment_start=ones(histories, room),
        segment_factor=ones(histories, room),
        segment_count=whole(histories),
        event_time=ones(room),
        event_shock=whole(room),
        running=np.zeros(shocks, dtype=np.bool_),
        floor=ones(steps),
        times=ones(scenarios, steps),
        stop_step=whole(steps),
        stop_condition=whole(steps),
    )


@compiled
def begin_world(st: Structure, ws: Scratch, key: np.uint64) -> None:
    """Draw what every world needs and mark the rest as not drawn yet."""
    for j in range(len(ws.uniforms)):
        ws.uniforms[j] = uniform(key, st.consent_key[j])
        ws.turn_unit[j] = UNDRAWN
    for k in range(len(ws.procedure_unit)):
        ws.procedure_unit[k] = UNDRAWN
        ws.ratify_time[k, 0] = UNDRAWN
        for row in range(len(ws.ratify_wait)):
            ws.ratify_wait[row, k] = UNDRAWN
    for a in range(len(ws.area_unit)):
        ws.area_unit[a] = UNDRAWN
    ws.scalars[0] = normal_quantile(uniform(key, st.factor_key))
    ws.scalars[1] = UNDRAWN


@compiled
def waiting_time(unit: float, rates: Floats, starts: Floats, count: int) -> float:
    """Give the time at which a rate that changes by epoch has added up to `unit`."""
    time = 0.0
    for e in range(count):
        if e + 1 < count and rates[e + 1] == rates[e]:
            continue  # an epoch that changes nothing must not change a rounding either
        stop = starts[e + 1] if e + 1 < count else NEVER
        if rates[e] * (stop - time) >= unit:
            return float(min(time + unit / rates[e], NEVER))
        unit -= rates[e] * (stop - time)
        time = stop
    return NEVER


@compiled
def epoch_at(time: float, starts: Floats, count: int) -> int:
    """Give the epoch in which a moment falls."""
    e = 0
    while e + 1 < count and starts[e + 1] <= time:
        e += 1
    return e


@compiled
def draw_areas(st: Structure, p: Parameters, ws: Scratch, d: int, s: int, row: int, key: np.uint64) -> None:
    """Fill the times at which the areas of reform are ready, from their age in medians at that time."""
    for a in range(len(ws.area_unit)):
        if ws.area_unit[a] == UNDRAWN:
            ws.area_unit[a] = -np.log(uniform(key, st.area_key[a])) / LOG_2
        age = ws.area_unit[a] ** (1.0 / p.shape[d, s, a])
        ws.ready[row, a] = waiting_time(age, p.pace[d, s, :, a], p.starts[s], p.epochs[s])


@compiled
def draw_shocks(st: Structure, p: Parameters, ws: Scratch, d: int, s: int, row: int, key: np.uint64) -> None:
    """Fill the segments of time between the beginnings and ends of shocks; overlapping ones of a kind are one."""
    events = 0
    for h in range(len(ws.running)):
        ws.running[h] = False
        until, level, episode = UNDRAWN, 0.0, np.uint64(0)
        while True:
            level -= np.log(uniform(key, st.shock_key[h] + episode * GOLDEN))
            episode += np.uint64(1)
            arrival = waiting_time(level, p.shock_rate[d, s, :, h], p.starts[s], p.epochs[s])
            if arrival >= st.horizon or events + 2 > len(ws.event_time) - 1:
                break
            if arrival <= until:
                ws.event_time[events - 1] = arrival + p.shock_years[d, s, h]
            else:
                ws.event_time[events], ws.event_shock[events] = arrival, h
                ws.event_time[events + 1], ws.event_shock[events + 1] = arrival + p.shock_years[d, s, h], h
                events += 2
            until = arrival + p.shock_years[d, s, h]
    _sort_events(ws, events)
    ws.segment_start[row, 0], ws.segment_factor[row, 0] = 0.0, 1.0
    for i in range(events):
        ws.running[ws.event_shock[i]] = not ws.running[ws.event_shock[i]]
        effect = 0.0
        for h in range(len(ws.running)):
            if ws.running[h]:
                effect += p.shock_effect[d, s, h]
        ws.segment_start[row, i + 1], ws.segment_factor[row, i + 1] = ws.event_time[i], np.exp(effect)
    ws.segment_count[row] = events + 1


@compiled
def _sort_events(ws: Scratch, events: int) -> None:
    for i in range(1, events):
        time, shock, at = ws.event_time[i], ws.event_shock[i], i
        while at > 0 and ws.event_time[at - 1] > time:
            ws.event_time[at], ws.event_shock[at] = ws.event_time[at - 1], ws.event_shock[at - 1]
            at -= 1
        ws.event_time[at], ws.event_shock[at] = time, shock


@compiled
def procedure_end(
    st: Structure, p: Parameters, ws: Scratch, d: int, s: int, row: int, k: int, start: float, key: np.uint64
) -> float:
    """Give the time at which the procedure of a step that may begin at `start` ends, or NEVER beyond the horizon."""
    if start > st.horizon:
        return NEVER
    if ws.procedure_unit[k] == UNDRAWN:
        ws.procedure_unit[k] = -np.log(uniform(key, st.procedure_key[k]))
    unit, time, epochs, segments = ws.procedure_unit[k], start, p.epochs[s], ws.segment_count[row]
    i, e = 0, epoch_at(start, p.starts[s], epochs)
    while i + 1 < segments and ws.segment_start[row, i + 1] <= start:
        i += 1
    while True:
        hazard = p.hazard[d, s, e, k]
        while e + 1 < epochs and p.hazard[d, s, e + 1, k] == hazard:
            e += 1
        epoch_stop = p.starts[s, e + 1] if e + 1 < epochs else NEVER
        segment_stop = ws.segment_start[row, i + 1] if i + 1 < segments else NEVER
        stop, rate = min(epoch_stop, segment_stop), hazard * ws.segment_factor[row, i]
        if rate * (stop - time) >= unit:
            end = time + unit / rate
            return end if end <= st.horizon else NEVER
        if stop >= st.horizon:
            return NEVER
        unit -= rate * (stop - time)
        time = stop
        i += segment_stop == stop
        e += epoch_stop == stop
