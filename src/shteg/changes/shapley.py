"""Shares of a change: the Shapley value over groups that are swapped, exact or over orders, always summing to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from shteg.arrays import Floats
from shteg.randomness import named_generator

Group = str
Outcome = Callable[[frozenset[Group]], Floats]
"""Gives the figures once the groups named hold what the later side has, the others what the earlier one has."""
MOST_SETS = 128
"""Sets of groups that are all computed; with more of them, orders are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """What each group contributes, (group, figure); `std_error` is 0 where all sets were computed."""

    groups: tuple[Group, ...]
    shares: Floats
    std_error: Floats
    sets: int
    exact: bool


def share_out(groups: Sequence[Group], outcome: Outcome, seed: int, *, most_sets: int = MOST_SETS) -> Shares:
    """Share a change out over groups.

    Parameters
    ----------
    groups : sequence of str
        Those that differ, in the order in which they are told.
    outcome : callable
        The figures for a set of groups; asked once for each set.
    seed : int
        Of the orders, where not all sets can be computed.
    most_sets : int
        All sets are computed if there are no more than so many; else orders are drawn in pairs, one of each pair the
        reverse of the other, until the sets of the next pair would exceed this number.

    Returns
    -------
    Shares
        Over the groups they sum to the outcome of all minus the outcome of none, up to the last bits of the additions.

    References
    ----------
    Shapley (1953), Contributions to the Theory of Games II; Castro, Gómez & Tejada (2009), Computers & OR 36(5), for
    orders drawn at random, each of which telescopes.
    """
    known: dict[frozenset[Group], Floats] = {}

    def asked(chosen: frozenset[Group]) -> Floats:
        if chosen not in known:
            known[chosen] = np.asarray(outcome(chosen), dtype=np.float64)
        return known[chosen]

    if 2 ** len(groups) <= most_sets:
        shares = _exact(groups, asked)
        return Shares(groups=tuple(groups), shares=shares, std_error=np.zeros_like(shares), sets=len(known), exact=True)
    shares, error = _over_orders(groups, asked, known, seed, most_sets)
    return Shares(groups=tuple(groups), shares=shares, std_error=error, sets=len(known), exact=False)


def _exact(groups: Sequence[Group], asked: Outcome) -> Floats:
    count = len(groups)
    shares = []
    for group in groups:
        others = [one for one in groups if one != group]
        total = np.zeros_like(asked(frozenset()))
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                total = total + weight * (asked(before | {group}) - asked(before))
        shares.append(total)
    return np.array(shares).reshape(count, *asked(frozenset()).shape)


def _over_orders(
    groups: Sequence[Group], asked: Outcome, known: dict[frozenset[Group], Floats], seed: int, most_sets: int
) -> tuple[Floats, Floats]:
    generator = named_generator(seed, "changes", "orders")
    place = {group: at for at, group in enumerate(groups)}
    pairs: list[Floats] = []
    while True:
        order = [groups[at] for at in generator.permutation(len(groups))]
        needed = {frozenset(one[:size]) for one in (order, order[::-1]) for size in range(len(groups) + 1)}
        if len(pairs) >= 2 and len(set(known) | needed) > most_sets:
            break
        gains = []
        for one in (order, order[::-1]):
            own = np.zeros((len(groups), *asked(frozenset()).shape))
            for size, group in enumerate(one):
                own[place[group]] = asked(frozenset(one[: size + 1])) - asked(frozenset(one[:size]))
            gains.append(own)
        pairs.append((gains[0] + gains[1]) / 2.0)
        if len(known) == 2 ** len(groups):
            break
    drawn = np.array(pairs)
    return drawn.mean(axis=0), drawn.std(axis=0, ddof=1) / np.sqrt(len(pairs))


def rounded_to_sum(shares: Sequence[float], total: float, decimals: int) -> list[float]:
    """Round shares so that they sum to the rounded total, to the last digit given.

    What rounding leaves over goes to the largest of them, which it changes least for its size: the others are rounded
    as anybody would round them, and a share that is 0 stays 0.

    Parameters
    ----------
    shares : sequence of float
    total : float
        Their sum.
    decimals : int
        Digits behind the point that are kept.

    Returns
    -------
    list of float
    """
    unit = 10**decimals
    units = [round(share * unit) for share in shares]
    if any(shares):
        largest = max(range(len(shares)), key=lambda at: abs(shares[at]))
        units[largest] += round(total * unit) - sum(units)
    return [one / unit for one in units]
