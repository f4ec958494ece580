"""What a chain of the ratification law works with: its priors, how long it runs, the acts, and where it stands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shteg.arrays import Bools, Floats, Ints

MEAN, SD, EXTRA, EXTRA_SD = 0, 1, 2, 3
"""Places in `State.scalar`: mean and residual sd of the usual log days, mean and sd of the log extra days."""

OF_MEMBERS, OF_ROUNDS = 0, 1
"""Places in `State.relative`: sds of member and of round effects, as multiples of the residual sd."""


class RatificationPrior(NamedTuple):
    """Priors of the law; docs/methods/ratification.md gives the reasons.

    mean ~ N(`log_days`, (`mean_sd` s)²), s² ~ inverse Gamma(`variance_shape`, `variance_scale`), relative sds ~
    half-normal(1), share of quick acts ~ Beta(`quick_yes`, `quick_no`), who come within `quick_days` (0: none is
    quick), mean share ~ Beta(`hold_yes`, `hold_no`), its weight ~ log-normal(`log_weight`, `weight_sd`²), mean log
    extra days ~ N(`log_extra`, `log_extra_sd`²), their sd ~ half-normal(`extra_scale`).
    """

    log_days: float = float(np.log(180.0))
    mean_sd: float = 2.0
    variance_shape: float = 1.0
    variance_scale: float = 0.25
    quick_days: float = 60.0
    quick_yes: float = 1.0
    quick_no: float = 4.0
    hold_yes: float = 2.0
    hold_no: float = 98.0
    log_weight: float = float(np.log(20.0))
    weight_sd: float = 0.5
    log_extra: float = float(np.log(300.0))
    log_extra_sd: float = 0.5
    extra_scale: float = 0.5


class Sampling(NamedTuple):
    """How long the chains run: thrown away, kept, and every which draw is kept."""

    chains: int = 4
    burn_in: int = 400
    kept: int = 500
    thin: int = 2


class Acts(NamedTuple):
    """The acts, sorted by group."""

    low: Floats  # (act,): days, at least 0
    high: Floats  # (act,): days, infinite where the act is still open
    member: Ints  # (act,): column of its member among the effects
    round: Ints  # (act,): column of its round, those of rounds come after those of members


class Groups(NamedTuple):
    """Each member in each round."""

    member: Ints  # (group,): column of its member
    first: Ints  # (group,): its first act
    last: Ints  # (group,): the one after its last act
    known: Ints  # (group,): 1 the member held out, 0 it did not, -1 to be found out


class State(NamedTuple):
    """Where the chain stands; all arrays are written in place."""

    time: Floats  # (act,): days
    part: Floats  # (act,): share of the days that holding out adds, where the member holds out
    fast: Bools  # (act,): quick
    held: Bools  # (group,): the member holds out
    centre: Floats  # (member + round,): effects on the log days
    scalar: Floats  # (4,): see MEAN, SD, EXTRA, EXTRA_SD
    relative: Floats  # (2,): see OF_MEMBERS, OF_ROUNDS
    share: Floats  # (member,): how often each holds out


class SlowActs(NamedTuple):
    """The acts that are not quick: the first so many of room for all."""

    y: Floats  # (act,): log of the usual days
    member: Ints  # (act,)
    round: Ints  # (act,)


class Room(NamedTuple):
    """Room for what an iteration adds up."""

    tries: Floats  # (member,): groups of each
    holds: Floats  # (member,): those in which it held out
    extra: Floats  # (act,): log of the days that holding out adds
    acts: Floats  # (member + round,): how many of each
    sums: Floats  # (member + round,): of what they leave to it
    beta: Floats  # (2,): mean and weight of the Beta law of the shares
    quick: Floats  # (2,): share of quick acts, and within how many days they come


class Chain(NamedTuple):
    """What one chain kept."""

    scalars: Floats  # (kept, 9): in the order of `law.SCALARS`
    effects: Floats  # (kept, member + round)
    share: Floats  # (kept, member)
    held: Bools  # (kept, group)
