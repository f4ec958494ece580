"""What one world draws: waiting times under rates that change by epoch, areas, shocks, ratifications."""

from typing import Annotated, NamedTuple

import numpy as np

from shteg.pathways.engine.compile import compiled, inlined, normal_quantile, uniform
from shteg.pathways.model.arrays import NEVER, Flags, Floats, Integers, Keys, Parameters, Plan, Structure, Tally
from shteg.pathways.model.by_reference import by_reference
from shteg.randomness import GOLDEN

DAYS_PER_YEAR = 365.25
LOG_2 = float(np.log(2.0))
UNDRAWN = -1.0
UNDRAWN_COUNT = -1
WINDOWS_KEPT = 16
"""So many windows of a group are remembered in a world: about as many as open and close before the horizon."""


@by_reference
class Scratch(NamedTuple):
    """Work space of one thread. Scenarios that share what a row holds share the row; row 0 is the first scenario's."""

    uniforms: Annotated[Floats, "j"]  # of the consent
    turn_unit: Annotated[Floats, "j"]  # unit exponential until a member comes round
    procedure_unit: Annotated[Floats, "k"]
    area_unit: Annotated[Floats, "a"]  # unit exponential / ln 2 of the readiness
    area_age: Annotated[Floats, "a, 3"]  # the age in medians at readiness, and the shape and work done it is for
    lift: Annotated[Floats, "e"]  # exp(-common factor) of the scenario at hand
    scalars: Annotated[Floats, "2"]  # common factor, unit exponential of the settlement
    consent: Annotated[Floats, "row, k"]  # years until enough members consent
    earlier: Annotated[Floats, "row, k"]  # the same if one of those who come last had consented from the start
    later: Annotated[Floats, "row, k"]  # the same if one of those needed never did
    ratify_wait: Annotated[Floats, "row, k"]  # years until enough members have ratified, once it has begun
    ratify_earlier: Annotated[Floats, "row, k"]
    ratify_later: Annotated[Floats, "row, k"]
    ratify_time: Annotated[Floats, "k, j"]  # years each member takes
    late_time: Annotated[Floats, "row, k, j"]  # times of the members that do not consent at once
    late_member: Annotated[Integers, "row, k, j"]
    late_count: Annotated[Integers, "row, k"]
    held_until: Annotated[Floats, "j"]  # of the step at hand
    consent_drawn: Annotated[Keys, "row"]  # the last world in which the row was drawn, here and in what follows
    area_drawn: Annotated[Keys, "row"]
    shock_drawn: Annotated[Keys, "row"]
    walked: Annotated[Keys, "s"]
    set_walked: Annotated[Keys, "m"]  # by the groups that always consent, of those for whom that matters
    set_scenario: Annotated[Integers, "m"]  # the scenario with that set
    matters_drawn: Annotated[Keys, "1"]
    matters: Annotated[Integers, "1"]  # groups with a member that does not consent at once or ever blocks, as bits
    ratifying: Annotated[Flags, "1"]  # the walk at hand came to a ratification
    spare: Annotated[Floats, "j"]
    spare_member: Annotated[Integers, "j"]
    toggle_time: Annotated[Floats, "row, j + 1, c"]  # episodes: when they begin and end
    toggle_first: Annotated[Flags, "row, j + 1"]  # on at the first day
    toggle_count: Annotated[Integers, "row, j + 1"]  # how many toggles are drawn
    toggle_at: Annotated[Integers, "row, j + 1"]  # the first one after the time last asked for
    window_count: Annotated[Integers, "row, g"]  # windows found for a group of members
    window_asked: Annotated[Floats, "row, g, c"]  # from when the group was asked about
    window_begin: Annotated[Floats, "row, g, c"]  # the first time from then on at which nobody blocks
    window_close: Annotated[Floats, "row, g, c"]  # until when that lasts
    held: Annotated[Flags, "k"]  # lapses: reached and not lost
    next_time: Annotated[Floats, "k"]  # lapses: when the step will be reached, or lost
    attempt: Annotated[Integers, "k"]  # lapses: how often it was tried before
    lost: Annotated[Integers, "k"]  # lapses: how many clocks of losing it have run
    ready: Annotated[Floats, "row, a"]
    segment_start: Annotated[Floats, "row, c"]  # shocks: from when
    segment_factor: Annotated[Floats, "row, c"]  # the hazard is multiplied by this
    segment_count: Annotated[Integers, "row"]
    event_time: Annotated[Floats, "c"]
    event_shock: Annotated[Integers, "c"]
    running: Annotated[Flags, "h"]
    before: Annotated[Floats, "k"]  # years until the prerequisites are there
    floor: Annotated[Floats, "k"]  # years until areas are there too
    began: Annotated[Floats, "s, k"]  # years until the prerequisites were there
    opened: Annotated[Floats, "s, k"]  # years until the procedure could begin
    times: Annotated[Floats, "s, k"]  # years until the step
    stop_step: Annotated[Integers, "k"]  # the step at which the way stopped
    stop_condition: Annotated[Integers, "k"]


@by_reference
class Run(NamedTuple):
    """All that one thread works on and with."""

    structure: Structure
    parameters: Parameters
    plan: Plan
    scratch: Scratch
    tally: Tally


def _poisson_bound(expected: float) -> int:
    """Give room for twice as many events: a Poisson count passes it with a probability below 1e-15 at every mean."""
    return 2 * int(20 + 2 * expected + 12 * np.sqrt(expected))


def make_scratch(structure: Structure, parameters: Parameters, plan: Plan) -> Scratch:
    """Allocate the work space that fits the arrays.

    Parameters
    ----------
    structure : Structure
    parameters : Parameters
        Whose largest rates say how many events there can be.
    plan : Plan
        Which scenarios share what.

    Returns
    -------
    Scratch
    """
    steps, members = structure.eligible.shape
    areas, shocks = structure.needs_area.shape[1], len(structure.shock_key)
    scenarios = len(parameters.epochs)
    races, readings, histories, forced = (
        1 + int(row.max()) for row in (plan.consent_row, plan.area_row, plan.shock_row, plan.ratify_row)
    )
    late = 1 + int(plan.late_row.max())
    episodes, groups = 1 + int(plan.episode_row.max()), len(plan.group_start) - 1
    room = (
        shocks
        * _poisson_bound(
            float(parameters.shock_rate[:, np.unique(plan.shock_from)].max(initial=0.0)) * structure.horizon
        )
        + 2
    )
    # an episode takes an onset and an end: there are no more of them than events at the slower of the two rates
    drawn = np.unique(plan.episode_from)
    slower = np.minimum(parameters.onset[:, drawn].max(axis=2), parameters.release[:, drawn].max(axis=2))
    toggles = _poisson_bound(float(slower.max(initial=0.0)) * structure.horizon)

    def ones(*shape: int) -> Floats:
        return np.ones(shape)

    def whole(*shape: int) -> Integers:
        return np.zeros(shape, dtype=np.int64)

    def keys(count: int) -> Keys:
        return np.zeros(count, dtype=np.uint64)

    return Scratch(
        uniforms=ones(members),
        turn_unit=ones(members),
        procedure_unit=ones(steps),
        area_unit=ones(areas),
        area_age=ones(areas, 3),
        lift=ones(parameters.starts.shape[1]),
        scalars=ones(2),
        consent=ones(races, steps),
        earlier=ones(races, steps),
        later=ones(races, steps),
        ratify_wait=ones(forced, steps),
        ratify_earlier=ones(forced, steps),
        ratify_later=ones(forced, steps),
        ratify_time=ones(steps, max(1, members)),
        late_time=ones(late, steps, members),
        late_member=whole(late, steps, members),
        late_count=whole(late, steps),
        held_until=np.zeros(members),
        consent_drawn=keys(races),
        area_drawn=keys(readings),
        shock_drawn=keys(histories),
        walked=keys(scenarios),
        set_walked=keys(1 << groups if plan.like_first.any() else 1),
        set_scenario=whole(1 << groups if plan.like_first.any() else 1),
        matters_drawn=keys(1),
        matters=whole(1),
        ratifying=np.zeros(1, dtype=np.bool_),
        spare=ones(members),
        spare_member=whole(members),
        toggle_time=ones(episodes, members + 1, toggles),
        toggle_first=np.zeros((episodes, members + 1), dtype=np.bool_),
        toggle_count=whole(episodes, members + 1),
        toggle_at=whole(episodes, members + 1),
        window_count=whole(episodes, groups),
        window_asked=ones(episodes, groups, WINDOWS_KEPT),
        window_begin=ones(episodes, groups, WINDOWS_KEPT),
        window_close=ones(episodes, groups, WINDOWS_KEPT),
        held=np.zeros(steps, dtype=np.bool_),
        next_time=ones(steps),
        attempt=whole(steps),
        lost=whole(steps),
        ready=ones(readings, areas),
        segment_start=ones(histories, room),
        segment_factor=ones(histories, room),
        segment_count=whole(histories),
        event_time=ones(room),
        event_shock=whole(room),
        running=np.zeros(shocks, dtype=np.bool_),
        before=ones(steps),
        floor=ones(steps),
        began=ones(scenarios, steps),
        opened=ones(scenarios, steps),
        times=ones(scenarios, steps),
        stop_step=whole(steps),
        stop_condition=whole(steps),
    )


@compiled
def begin_world(run: Run, key: np.uint64) -> None:
    """Draw what every world needs and mark the rest as not drawn yet."""
    st, ws = run.structure, run.scratch
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
    if st.vetoes or st.withdraws:
        for row in range(len(ws.toggle_count)):
            for j in range(ws.toggle_count.shape[1]):
                ws.toggle_count[row, j] = UNDRAWN_COUNT
            for group in range(ws.window_count.shape[1]):
                ws.window_count[row, group] = 0
    ws.scalars[0] = normal_quantile(uniform(key, st.factor_key))
    ws.scalars[1] = UNDRAWN


@compiled
def waiting_time(begin: float, unit: float, rates: Floats, starts: Floats, count: int) -> float:
    """Give the time at which a rate that changes by epoch has added up to `unit`, from `begin` on.

    Parameters
    ----------
    begin : float, >= 0
        Years from the first day.
    unit : float, > 0
        A draw of the unit exponential.
    rates : (e,) float, >= 0
        A year, by epoch.
    starts : (e,) float
        When each epoch begins, in years from the first day.
    count : int, >= 1
        How many epochs there are.

    Returns
    -------
    float
        Years from the first day.
    """
    time = begin
    for e in range(epoch_at(begin, starts, count), count):
        if e + 1 < count and rates[e + 1] == rates[e]:
            continue  # an epoch that changes nothing must not change a rounding either
        stop = starts[e + 1] if e + 1 < count else NEVER
        if rates[e] * (stop - time) >= unit:
            return float(min(time + unit / rates[e], NEVER))
        unit -= rates[e] * (stop - time)
        time = stop
    return NEVER


@inlined
def epoch_at(time: float, starts: Floats, count: int) -> int:
    """Give the epoch in which a moment falls.

    Parameters
    ----------
    time : float
        Years from the first day.
    starts : (e,) float
        When each epoch begins.
    count : int, >= 1
        How many epochs there are.

    Returns
    -------
    int
        0 for the first.
    """
    e = 0
    while e + 1 < count and starts[e + 1] <= time:
        e += 1
    return e


@inlined
def _age(unit: float, shape: float, done: float) -> float:
    """Give the age in medians at which an area known not to be ready at `done` is ready."""
    return float((unit + done**shape) ** (1.0 / shape) - done if done > 0.0 else unit ** (1.0 / shape))


@compiled
def draw_areas(run: Run, d: int, s: int, row: int, key: np.uint64) -> None:
    """Fill the times at which the areas of reform are ready, from their age in medians at that time.

    Work under way before the first day counts: the law is that of an area known not to be ready yet.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    row : int
        Row of the scratch that the scenario shares with others.
    key : uint64
        Of the world: every random number in it belongs to this key.
    """
    st, p, ws = run.structure, run.parameters, run.scratch
    for a in range(len(ws.area_unit)):
        done, shape = p.area_done[d, s, a], p.shape[d, s, a]
        if ws.area_unit[a] == UNDRAWN or ws.area_age[a, 1] != shape or ws.area_age[a, 2] != done:
            ws.area_unit[a] = -np.log(uniform(key, st.area_key[a])) / LOG_2
            ws.area_age[a, 0] = _age(ws.area_unit[a], shape, done)
            ws.area_age[a, 1], ws.area_age[a, 2] = shape, done
        ws.ready[row, a] = waiting_time(0.0, ws.area_age[a, 0], p.pace[d, s, :, a], p.starts[s], p.epochs[s])


@compiled
def draw_shocks(run: Run, d: int, s: int, row: int, key: np.uint64) -> None:
    """Fill the segments of time between the beginnings and ends of shocks; overlapping ones of a kind are one.

    Parameters
    ----------
    run : Run
        What one thread works on; its scratch is filled.
    d, s : int
        Draw and scenario, by their place in the run.
    row : int
        Row of the scratch that the scenario shares with others.
    key : uint64
        Of the world: every random number in it belongs to this key.
    """
    st, p, ws = run.structure, run.parameters, run.scratch
    events = 0
    for h in range(len(ws.running)):
        ws.running[h] = False
        until, level, episode = UNDRAWN, 0.0, np.uint64(0)
        if st.under_way[h]:
            until = -np.log(uniform(key, st.under_way_key[h])) * p.shock_years[d, s, h]
            ws.event_time[events], ws.event_shock[events] = 0.0, h
            ws.event_time[events + 1], ws.event_shock[events + 1] = until, h
            events += 2
        while True:
            level -= np.log(uniform(key, st.shock_key[h] + episode * GOLDEN))
            episode += np.uint64(1)
            arrival = waiting_time(0.0, level, p.shock_rate[d, s, :, h], p.starts[s], p.epochs[s])
            if arrival >= st.horizon or events + 2 > len(ws.event_time) - 1:
                break
            stop = arrival + p.shock_years[d, s, h]
            if arrival <= until:
                stop = max(stop, until)
                ws.event_time[events - 1] = stop
            else:
                ws.event_time[events], ws.event_shock[events] = arrival, h
                ws.event_time[events + 1], ws.event_shock[events + 1] = stop, h
                events += 2
            until = stop
    _sort_events(run, events)
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
def _sort_events(run: Run, events: int) -> None:
    ws = run.scratch
    for i in range(1, events):
        time, shock, at = ws.event_time[i], ws.event_shock[i], i
        while at > 0 and ws.event_time[at - 1] > time:
            ws.event_time[at], ws.event_shock[at] = ws.event_time[at - 1], ws.event_shock[at - 1]
            at -= 1
        ws.event_time[at], ws.event_shock[at] = time, shock
