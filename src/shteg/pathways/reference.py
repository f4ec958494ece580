"""The same simulation in plain NumPy, on the same random numbers: slow, short, and what the kernel is checked against.

Written from the model, not from the kernel: logistic probabilities instead of odds, sorting instead of running maxima,
all worlds of one draw at once.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.special import expit, ndtri

from shteg.pathways.structure import NEVER, Floats, Keys, Parameters, Structure
from shteg.pathways.world import DAYS_PER_YEAR, LOG_2
from shteg.randomness import GOLDEN, counter_uniform, fold_counter


def world_keys(seed: int, draw: int, worlds: int) -> Keys:
    """Give the key of each world of a draw, (world, 1)."""
    zero = np.zeros(1, dtype=np.uint64)
    draw_key = fold_counter(fold_counter(zero, np.array([seed], dtype=np.uint64)), np.array([draw], dtype=np.uint64))
    return fold_counter(draw_key, np.arange(worlds, dtype=np.uint64))[:, None]


def reference_times(st: Structure, p: Parameters, d: int, s: int, keys: Keys) -> Floats:
    """Give the years until each step, (world, step), for row `d` of the parameters in scenario `s`."""
    worlds, steps = len(keys), len(st.votes)
    turn, areas, shocks = _turns(st, p, d, s, keys), _areas(st, p, d, s, keys), _shock_lists(st, p, d, s, keys)
    times = np.zeros((worlds, steps))
    for k in st.step_order:
        if st.reached[k]:
            continue
        floor = np.zeros(worlds)
        for needed in np.concatenate([times[:, st.prerequisite[k]], areas[:, st.needs_area[k]]], axis=1).T:
            floor = np.maximum(floor, needed)
        if st.ratified[k]:
            log_days = p.ratify_mean[d] + p.ratify_sd[d] * ndtri(counter_uniform(keys, st.ratify_key[k]))
            durations = np.exp(log_days[:, st.eligible[k]]) / DAYS_PER_YEAR
            times[:, k] = floor + np.sort(durations, axis=1)[:, st.votes[k] - 1]
        else:
            start = floor
            if st.votes[k]:
                consents = _consents(st, p, d, s, k, turn, keys)[:, st.eligible[k]]
                start = np.maximum(floor, np.sort(consents, axis=1)[:, st.votes[k] - 1])
            units = -np.log(counter_uniform(keys, st.procedure_key[k]))[:, 0]
            for w in range(worlds):
                times[w, k] = _procedure(p, d, s, k, start[w], units[w], shocks[w], st.horizon)
        times[times[:, k] > st.horizon, k] = NEVER
    return times


def _wait(units: Floats, rates: Floats, starts: Floats) -> Floats:
    """Invert the cumulative rate of an epoch-wise constant hazard."""
    ends = np.append(starts[1:], np.inf)
    result = np.full(units.shape, NEVER)
    done_before = 0.0
    for rate, start, end in zip(rates, starts, ends, strict=True):
        if rate > 0.0:
            time = start + (units - done_before) / rate
            result = np.where((result == NEVER) & (time <= end), np.maximum(time, start), result)
            done_before += rate * (end - start)
    return np.asarray(np.minimum(result, NEVER))


def _epochs(p: Parameters, s: int) -> Floats:
    return p.starts[s, : p.epochs[s]]


def _turns(st: Structure, p: Parameters, d: int, s: int, keys: Keys) -> Floats:
    starts = _epochs(p, s)
    count = len(starts)
    turn = _wait(-np.log(counter_uniform(keys, st.change_key)), p.change[d, s, :count], starts)
    settled = _wait(-np.log(counter_uniform(keys, st.settlement_key)), p.settle[d, s, :count], starts)
    follow = p.follow[d, s, np.searchsorted(starts, settled, side="right") - 1]
    follows = st.moves & (counter_uniform(keys, st.follow_key) < follow)
    return np.where(follows, np.minimum(turn, settled), turn)


def _consents(st: Structure, p: Parameters, d: int, s: int, k: int, turn: Floats, keys: Keys) -> Floats:
    factor = ndtri(counter_uniform(keys, st.factor_key))
    share = counter_uniform(keys, st.consent_key)
    times = turn.copy()
    for e, start in reversed(list(enumerate(_epochs(p, s)))):
        eta = -np.log(p.doubt[d, s, e]) - np.log(p.weight[d, s, e, k]) + p.common[d, s, e] * factor
        lets_pass = share < p.keep[d, s, e] * expit(eta)
        times = np.where(lets_pass, np.minimum(turn, start), times)
    return times


def _areas(st: Structure, p: Parameters, d: int, s: int, keys: Keys) -> Floats:
    starts = _epochs(p, s)
    columns = [
        _wait(
            (-np.log(counter_uniform(keys[:, 0], key)) / LOG_2) ** (1.0 / p.shape[d, s, a]),
            p.pace[d, s, : len(starts), a],
            starts,
        )
        for a, key in enumerate(st.area_key)
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((len(keys), 0))


def _shock_lists(st: Structure, p: Parameters, d: int, s: int, keys: Keys) -> list[list[tuple[float, float, float]]]:
    """List the episodes of each world as (begin, end, effect); overlaps of a kind are cut so that they count once."""
    starts = _epochs(p, s)
    found: list[list[tuple[float, float, float]]] = [[] for _ in keys]
    for h, shock_key in enumerate(st.shock_key):
        for w, key in enumerate(keys):
            level, until, episode = 0.0, 0.0, 0
            while True:
                purpose = np.array([shock_key]) + np.array([episode], dtype=np.uint64) * GOLDEN
                level -= float(np.log(counter_uniform(key, purpose))[0])
                begin = float(_wait(np.array(level), p.shock_rate[d, s, : len(starts), h], starts))
                if begin >= st.horizon:
                    break
                end = begin + p.shock_years[d, s, h]
                found[w].append((max(begin, until), end, p.shock_effect[d, s, h]))
                until, episode = end, episode + 1
    return found


def _procedure(
    p: Parameters,
    d: int,
    s: int,
    k: int,
    start: float,
    unit: float,
    shocks: list[tuple[float, float, float]],
    horizon: float,
) -> float:
    """Walk from break to break until the hazard has added up."""
    if start > horizon:
        return NEVER
    starts = _epochs(p, s)
    edges = {float(x) for x in starts} | {x for begin, end, _ in shocks for x in (begin, end)}
    cuts = [start, *sorted(edge for edge in edges if start < edge), np.inf]
    for begin, end in itertools.pairwise(cuts):
        epoch = int(np.searchsorted(starts, begin, side="right")) - 1
        effects = sum(effect for first, last, effect in shocks if first <= begin < last)
        rate = p.hazard[d, s, epoch, k] * np.exp(effects)
        if rate > 0.0 and begin + unit / rate <= end:
            return float(begin + unit / rate)
        unit -= rate * (end - begin) if rate > 0.0 else 0.0
    return NEVER
