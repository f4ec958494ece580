"""Curves without a law: Kaplan–Meier and Aalen–Johansen with left truncation, with their standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import ModelError

NOTHING = 1e-12
"""A probability below this is 0: what is left of a state that everyone has left is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalCurve:
    """Kaplan–Meier curve at the distinct exit times; `std_error` is of the survival itself (Greenwood)."""

    time: Floats
    at_risk: Ints
    events: Ints
    survival: Floats
    std_error: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OccupancyCurves:
    """Probability of being in each state: arrays are (time, state), times are the distinct exit times."""

    time: Floats
    at_risk: Ints
    probability: Floats
    std_error: Floats
    low: Floats
    high: Floats


def kaplan_meier(entry: Floats, exit_time: Floats, event: Bools, level: float = 0.90) -> SurvivalCurve:
    """Estimate a survival curve from times under observation, (entry, exit].

    Parameters
    ----------
    entry, exit_time : (n,) float
        A unit is at risk at t when entry < t <= exit.
    event : (n,) bool
        True where the exit was the event, False where observation ended.
    level : float
        Coverage of the interval, on the log scale of the survival and cut off at 1.

    Returns
    -------
    SurvivalCurve

    Raises
    ------
    ModelError
        An exit does not come after its entry.

    References
    ----------
    Tsai, Jewell and Wang (1987), Biometrika 74(4); checked against R `survival::survfit`.
    """
    _check_times(entry, exit_time)
    times = np.unique(exit_time)
    under = (entry[None, :] < times[:, None]) & (exit_time[None, :] >= times[:, None])
    at_risk = under.sum(axis=1)
    events = ((exit_time[None, :] == times[:, None]) & event[None, :]).sum(axis=1)
    survival = np.cumprod(1.0 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_variance = np.cumsum(events / (at_risk * (at_risk - events.astype(np.float64))))
        std_error = np.where(survival > 0, survival * np.sqrt(log_variance), 0.0)
    low, high = log_interval(survival, std_error, level)
    return SurvivalCurve(
        time=times, at_risk=at_risk, events=events, survival=survival, std_error=std_error, low=low, high=high
    )


def aalen_johansen(
    unit: Sequence[str],
    entry: Floats,
    exit_time: Floats,
    state: Ints,
    next_state: Ints,
    n_states: int,
    level: float = 0.90,
    start_estimated: bool = False,
) -> OccupancyCurves:
    """Estimate the probability of each state over time from spells in states, any number of states, left truncated.

    Parameters
    ----------
    unit : (n,) str
        Who the spell belongs to; spells of one unit count together in the variance.
    entry, exit_time : (n,) float
        The unit is in `state` and at risk at t when entry < t <= exit.
    state : (n,) int
    next_state : (n,) int
        The state entered at `exit_time`, −1 where observation ended.
    n_states : int
    level : float
        Coverage of the interval, on the log scale of the probability and cut off at 1.
    start_estimated : bool
        Whether the shares of the states at the start count as estimated; R's `std.err` takes them as given.

    Returns
    -------
    OccupancyCurves
        p(t) = p(0) Π (I + dA): starts from the shares of the states among the units under observation just before the
        first event. The standard error is the infinitesimal jackknife over units.

    Raises
    ------
    ModelError
        A state does not exist, an exit does not come after its entry, or nobody is at risk at the first event.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5; checked against R `survival::survfit`.
    """
    _check_times(entry, exit_time)
    if min(state.min(), next_state.min() + 1) < 0 or max(state.max(), next_state.max()) >= n_states:
        raise ModelError("a spell names a state that does not exist", f"states run from 0 to {n_states - 1}")
    names = sorted(set(unit))
    owner = np.array([names.index(one) for one in unit])
    times = np.unique(exit_time)
    moves = next_state >= 0
    first = exit_time[moves].min() if moves.any() else times[0]
    start = (entry < first) & (exit_time >= first)
    probability = np.bincount(state[start], minlength=n_states) / start.sum()
    influence = np.zeros((len(names), n_states))  # of each unit's weight on the probabilities
    if start_estimated:
        np.add.at(influence, (owner[start], state[start]), 1.0 / start.sum())
        np.add.at(influence, owner[start], -probability / start.sum())
    rows: list[Floats] = []
    errors: list[Floats] = []
    risks: list[Ints] = []
    for time in times:
        under = (entry < time) & (exit_time >= time)
        count = np.bincount(state[under], minlength=n_states)
        here = np.flatnonzero(moves & (exit_time == time) & (next_state != state))
        if here.size:
            probability, influence = _take_step(
                probability, influence, owner, state, next_state, np.flatnonzero(under), here, count
            )
        rows.append(probability)
        errors.append(np.sqrt((influence**2).sum(axis=0)))
        risks.append(count)
    occupied, std_error = np.stack(rows), np.stack(errors)
    low, high = log_interval(occupied, std_error, level)
    return OccupancyCurves(
        time=times, at_risk=np.stack(risks), probability=occupied, std_error=std_error, low=low, high=high
    )


def _take_step(
    probability: Floats,
    influence: Floats,
    owner: Ints,
    state: Ints,
    next_state: Ints,
    under: Ints,
    here: Ints,
    count: Ints,
) -> tuple[Floats, Floats]:
    """Carry probabilities and influences over one event time.

    With transition matrix T, dp/dw_i = (dp/dw_i) T + p dT/dw_i, and dT/dw_i in row j is (move of i − row j)/at risk.
    """
    n_states = probability.size
    move = np.eye(n_states)
    for spell in here:
        share = 1.0 / count[state[spell]]
        move[state[spell], state[spell]] -= share
        move[state[spell], next_state[spell]] += share
    carried = influence @ move
    weight = np.divide(probability, count, out=np.zeros(n_states), where=count > 0)
    target = state.copy()
    target[here] = next_state[here]
    leaving = np.zeros(n_states, dtype=bool)
    leaving[state[here]] = True
    touched = under[leaving[state[under]]]
    np.add.at(carried, (owner[touched], target[touched]), weight[state[touched]])
    np.add.at(carried, owner[touched], -weight[state[touched]][:, None] * move[state[touched]])
    return probability @ move, carried


def log_interval(estimate: Floats, std_error: Floats, level: float) -> tuple[Floats, Floats]:
    """Give the interval of a probability on the log scale, cut off at 1.

    Parameters
    ----------
    estimate, std_error : (…) float
        Probabilities and their standard errors, of one shape.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : (…) float
        Not a number where the estimate is 0 up to rounding.
    """
    z = float(ndtri((1.0 + level) / 2.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * std_error / estimate
        low, high = estimate * np.exp(-half), np.minimum(estimate * np.exp(half), 1.0)
    nothing = estimate < NOTHING
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def at_times(curve_time: Floats, values: Floats, start: Floats, times: Floats) -> Floats:
    """Read a step curve at some times.

    Parameters
    ----------
    curve_time : (step,) float
        Rising.
    values : (step, …) float
        Of the curve, from each of its times on.
    start : (…) float
        Its value before the first.
    times : (time,) float

    Returns
    -------
    (time, …) float
        The value at the last time of the curve that is not after each.
    """
    place = np.searchsorted(curve_time, times, side="right")
    return np.concatenate([np.asarray(start)[None], values])[place]


def _check_times(entry: Floats, exit_time: Floats) -> None:
    if entry.size == 0 or not (exit_time > entry).all():
        raise ModelError("a spell ends before it begins, or there is none", "every exit must come after its entry")
