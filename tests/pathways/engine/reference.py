"""The same simulation in plain NumPy, on the same random numbers: slow, short, and what the kernel is checked against.

Written from the model, not from the kernel: logistic probabilities instead of odds, sorting instead of running maxima,
all worlds of one draw at once.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtri

from shteg.pathways.engine.world import DAYS_PER_YEAR, LOG_2
from shteg.pathways.model.arrays import NEVER, Flags, Floats, Integers, Keys, Parameters, Structure
from shteg.randomness import GOLDEN, counter_uniform, fold_counter


def world_keys(seed: int, draw: int, worlds: int) -> Keys:
    """Give the key of each world of a draw, (world, 1)."""
    zero = np.zeros(1, dtype=np.uint64)
    draw_key = fold_counter(fold_counter(zero, np.array([seed], dtype=np.uint64)), np.array([draw], dtype=np.uint64))
    return fold_counter(draw_key, np.arange(worlds, dtype=np.uint64))[:, None]


def reference_times(st: Structure, p: Parameters, d: int, s: int, keys: Keys, forced: Integers | None = None) -> Floats:
    """Give the years until each step, (world, step), for row `d` of the parameters in scenario `s`.

    `forced` says for each member whether it always (1) or never (-1) consents; left out, nobody is forced.
    """
    return reference_futures(st, p, d, s, keys, forced)[0]


def reference_futures(
    st: Structure, p: Parameters, d: int, s: int, keys: Keys, forced: Integers | None = None
) -> tuple[Floats, Flags]:
    """Give the years until each step, and whether it is held at the end of each year, (world, step, year)."""
    steps, members = st.eligible.shape
    forced = np.zeros(members, dtype=np.int64) if forced is None else forced
    turn, areas, shocks = _turns(st, p, d, s, keys), _areas(st, p, d, s, keys), _shock_lists(st, p, d, s, keys)
    consents = np.stack([_consents(st, p, d, s, k, turn, keys) for k in range(steps)], axis=1)
    consents[:, :, forced > 0], consents[:, :, forced < 0] = 0.0, NEVER
    times, held = np.zeros((len(keys), steps)), np.zeros((len(keys), steps, len(st.year_times)), dtype=np.bool_)
    for w, key in enumerate(keys):
        spells = _spells(st, p, d, s, key, forced)
        future = Future(st, p, d, s, key, forced, consents[w], areas[w], shocks[w], spells)
        times[w], held[w] = future.walk()
    return times, held


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
    columns = []
    for a, key in enumerate(st.area_key):
        shape, done = p.shape[d, s, a], p.area_done[d, s, a]
        units = -np.log(counter_uniform(keys[:, 0], key)) / LOG_2
        medians = (units + done**shape) ** (1.0 / shape) - done
        columns.append(_wait(medians, p.pace[d, s, : len(starts), a], starts))
    return np.stack(columns, axis=1) if columns else np.zeros((len(keys), 0))


def _shock_lists(st: Structure, p: Parameters, d: int, s: int, keys: Keys) -> list[list[tuple[float, float, float]]]:
    """List the episodes of each world as (begin, end, effect); overlaps of a kind are cut so that they count once."""
    starts = _epochs(p, s)
    found: list[list[tuple[float, float, float]]] = [[] for _ in keys]
    for h, shock_key in enumerate(st.shock_key):
        for w, key in enumerate(keys):
            level, until, episode = 0.0, 0.0, 0
            if st.under_way[h]:
                until = float(-np.log(counter_uniform(key, st.under_way_key[h]))[0]) * p.shock_years[d, s, h]
                found[w].append((0.0, until, p.shock_effect[d, s, h]))
            while True:
                purpose = np.array([shock_key]) + np.array([episode], dtype=np.uint64) * GOLDEN
                level -= float(np.log(counter_uniform(key, purpose))[0])
                begin = float(_wait(np.array(level), p.shock_rate[d, s, : len(starts), h], starts))
                if begin >= st.horizon:
                    break
                end = begin + p.shock_years[d, s, h]
                if end > until:
                    found[w].append((max(begin, until), end, p.shock_effect[d, s, h]))
                until, episode = max(end, until), episode + 1
    return found


def _spells(
    st: Structure, p: Parameters, d: int, s: int, key: Keys, forced: Integers
) -> list[list[tuple[float, float]]]:
    """List when each member blocks and, last, when the aspirant has withdrawn."""
    found: list[list[tuple[float, float]]] = []
    for j, purpose in enumerate(st.episode_key):
        found.append([])
        if (j < len(forced) and forced[j] > 0) or not (st.withdraws if j == len(forced) else st.vetoes):
            continue
        on, time, number = bool(counter_uniform(key, purpose)[0] < p.on_share[d, s, j]), 0.0, 0
        while time <= st.horizon:
            number += 1
            purposes = np.array([purpose]) + np.array([number], dtype=np.uint64) * GOLDEN
            unit = float(-np.log(counter_uniform(key, purposes))[0])
            rates = (p.release if on else p.onset)[d, s, :, j]
            end = _wait_after(time, unit, rates, _epochs(p, s))
            if on:
                found[-1].append((time, end))
            on, time = not on, end
    return found


def _wait_after(begin: float, unit: float, rates: Floats, starts: Floats) -> float:
    """Invert the cumulative rate of a wait that begins later: what would have added up before does not count."""
    shifted = np.append(begin, starts[starts > begin])
    epochs = np.searchsorted(starts, shifted, side="right") - 1
    return float(_wait(np.array(unit), rates[epochs], shifted))


@dataclass(frozen=True)
class Future:
    """One world of one scenario: everything that happens whatever the steps do, and the walk through it."""

    st: Structure
    p: Parameters
    d: int
    s: int
    key: Keys
    forced: Integers
    consents: Floats  # (k, j)
    areas: Floats  # (a,)
    shocks: list[tuple[float, float, float]]
    spells: list[list[tuple[float, float]]]

    def walk(self) -> tuple[Floats, Flags]:
        """Go from event to event: a step is reached, or lost where nothing held rests on it."""
        st = self.st
        steps = range(len(st.votes))
        held = [bool(x) for x in st.reached]
        times = np.where(st.reached, 0.0, NEVER)
        tries, clocks, waiting = [0] * len(steps), [0] * len(steps), [NEVER] * len(steps)
        at_year_ends = np.zeros((len(steps), len(st.year_times)), dtype=np.bool_)
        now, concerned = 0.0, list(steps)
        while True:
            for k in concerned:
                supports = any(held[i] for i in steps if st.prerequisite[i, k])
                complete = all(held[i] for i in steps if st.prerequisite[k, i])
                waiting[k] = NEVER
                if held[k] and not supports and st.lapses:
                    waiting[k] = self._lost(k, now, clocks[k])
                    clocks[k] += 1
                elif not held[k] and complete:
                    waiting[k] = self._reached(k, now, tries[k])
                    tries[k] += 1
            step = int(np.argmin(waiting))
            at_year_ends[:, (st.year_times >= now) & (st.year_times < waiting[step])] = np.array(held)[:, None]
            now = waiting[step]
            if now > st.horizon:
                return times, at_year_ends
            held[step] = not held[step]
            times[step] = min(times[step], now)
            near = [k for k in steps if st.prerequisite[k, step] or (st.prerequisite[step, k] and held[k])]
            concerned = [step, *near]

    def _uniform(self, purpose: np.uint64, number: int) -> float:
        shifted = np.array([purpose]) + np.array([number], dtype=np.uint64) * GOLDEN
        return float(counter_uniform(self.key, shifted)[0])

    def _lost(self, k: int, now: float, number: int) -> float:
        unit = -np.log(self._uniform(self.st.lapse_key[k], number))
        return _wait_after(now, float(unit), self.p.lapse[self.d, self.s, :, k], _epochs(self.p, self.s))

    def _reached(self, k: int, now: float, number: int) -> float:
        st, p, d = self.st, self.p, self.d
        start = max([now, *self.areas[st.needs_area[k]]])
        if st.ratified[k]:
            days = np.full(len(self.forced), 0.0)
            for j in range(len(days)):
                time, holds, longer = (self._uniform(key, number) for key in st.ratify_key[k, j])
                days[j] = np.exp(p.ratify_mean[d, j] + p.ratify_sd[d] * ndtri(time))
                if holds < p.hold_share[d, j]:
                    days[j] += np.exp(p.hold_mean[d] + p.hold_sd[d] * ndtri(longer))
            days[self.forced > 0], days[self.forced < 0] = 0.0, NEVER
            unit = float(np.sort(days[st.eligible[k]])[st.votes[k] - 1]) / DAYS_PER_YEAR
            return self._add_up(start, unit, now, k)
        unit = float(-np.log(self._uniform(st.procedure_key[k], number)))
        return self._add_up(start, unit, now, k)

    def _add_up(self, start: float, unit: float, clock: float, k: int) -> float:
        """Walk from break to break until the hazard has added up."""
        st, p = self.st, self.p
        clock = clock - st.elapsed[k] if clock == 0.0 else clock
        edges = {*_epochs(p, self.s), *self.consents[k], *(clock + st.cut_years[k])}
        edges |= {x for spells in self.spells for spell in spells for x in spell}
        edges |= {x for begin, end, _ in self.shocks for x in (begin, end)}
        cuts = [start, *sorted(float(x) for x in edges if start < x < NEVER), NEVER]
        for begin, end in itertools.pairwise(cuts):
            if begin > st.horizon:
                break
            rate = self._rate(begin, clock, k)
            if rate > 0.0 and begin + unit / rate <= end:
                time = begin + unit / rate
                return time if time <= st.horizon else NEVER
            unit -= rate * (end - begin) if rate > 0.0 else 0.0
        return NEVER

    def _rate(self, time: float, clock: float, k: int) -> float:
        st, p, d, s = self.st, self.p, self.d, self.s
        on = np.array([any(begin <= time < end for begin, end in spells) for spells in self.spells])
        if on[-1]:
            return 0.0
        if st.ratified[k]:
            return 1.0
        free = st.eligible[k] & (self.consents[k] <= time) & ~on[:-1]
        if free.sum() < st.votes[k]:
            return 0.0
        epoch = int(np.searchsorted(_epochs(p, s), time, side="right")) - 1
        effects = sum(effect for first, last, effect in self.shocks if first <= time < last)
        passed = int((clock + st.cut_years[k] <= time).sum())
        slower = p.cut_factor[d, k, passed - 1] if passed else 1.0
        return float(p.hazard[d, s, epoch, k] * np.exp(effects) * slower)
