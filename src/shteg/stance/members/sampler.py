"""The dynamic graded probit model on plain arrays: priors, timelines, chains and their convergence."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from shteg.arrays import Floats, Ints
from shteg.chunks import Progress, ThreadExecutor
from shteg.convergence import bulk_ess, r_hat
from shteg.errors import ModelError
from shteg.randomness import named_generator

R_HAT_LIMIT = 1.05
"""Above it the chains disagree and nothing is published."""

LENGTHENINGS = 3
"""How often chains that disagree are run again, four times as long, before the model is given up."""

PATHS = 1000
"""Whole paths kept of each chain, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Priors; first stances are normal with sd 1 around their prior mean, which fixes the scale.

    Discriminations are normal (`discrimination_mean`, `discrimination_sd`) cut off at 0: the coder has oriented every
    item, so more support never means a lower level. Cut points are normal with mean 0 and sd `cut_sd`, in order.
    Effects of covariates are normal with sd `effect_sd`. The sds of the random walk, `drift` per root year and `jump`
    per change of government, are half-normal with these prior sds; 0 keeps them at 0, the static model.
    """

    discrimination_mean: float = 1.0
    discrimination_sd: float = 1.0
    cut_sd: float = 2.5
    effect_sd: float = 0.5
    drift_sd: float = 0.1
    jump_sd: float = 0.25

    def __post_init__(self) -> None:
        if min(self.discrimination_sd, self.cut_sd, self.effect_sd) <= 0 or min(self.drift_sd, self.jump_sd) < 0:
            raise ModelError(
                "a prior sd must be above 0", "choose positive sds; only drift and jump may be 0", "stance prior"
            )

    def as_law(self) -> Law:
        """Give the six numbers as the kernel reads them."""
        return Law(*astuple(self))


class Law(NamedTuple):
    """The numbers of a `Prior`, under the same names, in a form that compiled code takes."""

    discrimination_mean: float
    discrimination_sd: float
    cut_sd: float
    effect_sd: float
    drift_sd: float
    jump_sd: float


STATIC = Prior(drift_sd=0.0, jump_sd=0.0)
"""The priors of a model without time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Acts of members at points in time.

    Points are numbered through, member by member and in order of time: those of member j are `first[j]` to
    `first[j + 1]` − 1. Acts may come in any order.

    Attributes
    ----------
    first : (member + 1,) int
    gap : (point,) float, years
        Since the point before; 0 at a member's first point.
    changes : (point,) float
        Changes of government since the point before; 0 at a member's first point.
    covariates : (member, covariate) float
    act_point, act_item, act_level : (act,) int
    n_levels : (item,) int, >= 2
    """

    first: Ints
    gap: Floats
    changes: Floats
    covariates: Floats
    act_point: Ints
    act_item: Ints
    act_level: Ints
    n_levels: Ints

    def __post_init__(self) -> None:
        points, items = int(self.first[-1]), self.n_levels.size
        if (np.diff(self.first) < 1).any() or self.gap.shape != (points,) or self.changes.shape != (points,):
            raise ModelError("the points in time do not fit the members", "give every member at least one", "stance")
        if self.covariates.shape[0] != self.members:
            raise ModelError("the covariates do not fit the members", "give one row per member", "stance covariates")
        if items and int(self.n_levels.min()) < 2:
            raise ModelError("an item has fewer than two levels", "leave it out: it says nothing", "stance responses")
        for name, at, end in (("point", self.act_point, points), ("item", self.act_item, items)):
            if at.size and not (int(at.min()) >= 0 and int(at.max()) < end):
                raise ModelError(f"an act names {name} {int(at.max())} of {end}", "number them from 0", "stance acts")
        if self.act_level.size and not ((self.act_level >= 0) & (self.act_level < self.n_levels[self.act_item])).all():
            raise ModelError("an act has a level that its item has not", "number levels from 0", "stance responses")

    @property
    def members(self) -> int:
        """Number of members."""
        return self.first.size - 1

    def sorted_acts(self) -> tuple[Ints, Ints]:
        """Give the points of the acts sorted by item, level and point, and where each (item, level) begins."""
        order = np.lexsort((self.act_point, self.act_level, self.act_item))
        widest = int(self.n_levels.max()) if self.n_levels.size else 2
        counts = np.zeros((self.n_levels.size, widest), dtype=np.int64)
        np.add.at(counts, (self.act_item, self.act_level), 1)
        ends = counts.ravel().cumsum().reshape(counts.shape)
        return self.act_point[order], np.concatenate([ends[:, :1] - counts[:, :1], ends], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Draws of all chains, after burn-in.

    Attributes
    ----------
    theta : (chain, iteration, member) float
        Stance at each member's last point.
    discrimination : (chain, iteration, item) float, > 0
    cuts : (chain, iteration, item, level − 1) float
        Ordered; not a number beyond an item's last cut point.
    effects : (chain, iteration, covariate) float
    sds : (chain, iteration, 2) float
        Drift per root year and jump per change of government.
    paths : (chain, path, point) float
        Stances at all points, of every `every`-th iteration.
    every : int
    r_hat, ess : (member,) float
        Convergence and bulk effective sample size of each stance.
    r_hat_items : (item,) float
        The largest over an item's parameters.
    r_hat_others : (covariate + 2,) float
        Of the effects and the two sds.
    """

    theta: Floats
    discrimination: Floats
    cuts: Floats
    effects: Floats
    sds: Floats
    paths: Floats
    every: int
    r_hat: Floats
    ess: Floats
    r_hat_items: Floats
    r_hat_others: Floats

    @property
    def worst_r_hat(self) -> float:
        """The largest R-hat of all parameters."""
        return float(max((1.0, *self.r_hat, *self.r_hat_items, *self.r_hat_others)))

    def thinned(self, draws: int) -> Floats:
        """Give exactly `draws` of the stances, (draw, member), evenly spread over each chain, chains in turn.

        Raises
        ------
        ModelError
            More draws are asked for than there are.
        """
        chains, kept, members = self.theta.shape
        per_chain = -(-draws // chains)
        if per_chain > kept:
            raise ModelError(f"{draws} draws are more than the {chains * kept} there are", "run longer chains")
        at = (np.arange(per_chain) * kept) // per_chain
        return self.theta[:, at].transpose(1, 0, 2).reshape(-1, members)[:draws]


def sample_panel(
    panel: Panel,
    seed: int,
    *,
    kept: int = 2000,
    burn_in: int = 1000,
    chains: int = 4,
    prior: Prior | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Posterior:
    """Sample the posterior of the dynamic graded probit item response model.

    y* = b_m theta_j(t) + e, e ~ N(0, 1), and member j is on level k of item m where y* lies between cut points k and
    k + 1; theta_j(0) ~ N(z_j'psi, 1), then a random walk; b_m > 0. Albert–Chib data augmentation; cut points by
    Metropolis with the latent responses integrated out; sds of the walk by Metropolis with the paths integrated out,
    paths by forward filter and backward draw; moves along the zero and the unit of the scale.

    Parameters
    ----------
    panel : Panel
    seed : int
        The same seed gives the same draws, for any number of threads.
    kept, burn_in : int
        Iterations of each chain kept, and thrown away before; four times as many when chains disagree.
    chains : int, >= 2
    prior : Prior, optional
        `STATIC` for the model without time.
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (chains done, chains in all).

    Returns
    -------
    Posterior

    Raises
    ------
    ModelError
        R-hat stays above 1.05.

    References
    ----------
    Albert and Chib (1993), JASA 88(422); Martin and Quinn (2002), Political Analysis 10(2); Carter and Kohn (1994),
    Biometrika 81(3); Cowles (1996), Statistics and Computing 6; Liu and Sabatti (2000), Biometrika 87(2).
    """
    from shteg.stance.kernel import first_state
    from shteg.stance.members.sampler_kernel import run_chain  # compiles on first use

    law = (prior or Prior()).as_law()
    point, cell = panel.sorted_acts()
    worst = np.inf
    for attempt in range(LENGTHENINGS + 1):
        length = 4**attempt
        every = max(kept * length // PATHS, 1)

        def run(chain: int, length: int = length, attempt: int = attempt, every: int = every) -> tuple[Floats, ...]:
            generator = named_generator(seed, "stance", f"chain-{chain}", f"attempt-{attempt}")
            return run_chain(
                point, cell, panel.n_levels, panel.first, panel.gap, panel.changes, panel.covariates, law,
                burn_in * length, kept * length, every, first_state(generator),
            )  # fmt: skip

        results = ThreadExecutor(threads).map(run, range(chains), progress)
        posterior = _diagnose([np.stack(parts) for parts in zip(*results, strict=True)], panel.n_levels, every)
        worst = posterior.worst_r_hat
        if worst <= R_HAT_LIMIT:
            return posterior
    raise ModelError(
        f"the chains of the stance model disagree: R-hat {worst:.3f} is above {R_HAT_LIMIT}",
        "merge rare levels of items, or leave out items on which almost all members acted alike",
        "stance",
    )


def level_probabilities(theta: Floats, discrimination: Floats, cuts: Floats) -> Floats:
    """Give the probability of each level of one item, draw by draw.

    Parameters
    ----------
    theta : (draw, member) float
    discrimination : (draw,) float
    cuts : (draw, level − 1) float, in order

    Returns
    -------
    (draw, member, level) float
        Sums to 1 over levels.
    """
    eta = (discrimination[:, None] * theta)[:, :, None]
    at_most = ndtr(cuts[:, None, :] - eta)
    ends = np.zeros((*at_most.shape[:2], 1))
    return np.diff(np.concatenate([ends, at_most, ends + 1.0], axis=2), axis=2)


def _diagnose(parts: list[Floats], n_levels: Ints, every: int) -> Posterior:
    theta, discrimination, cuts, effects, sds, paths = parts

    def each(values: Floats) -> Floats:
        return np.array([r_hat(values[:, :, place]) for place in range(values.shape[2])])

    of_items = [
        max(r_hat(discrimination[:, :, m]), *(r_hat(cuts[:, :, m, c]) for c in range(int(n_levels[m]) - 1)))
        for m in range(n_levels.size)
    ]
    return Posterior(
        theta=theta, discrimination=discrimination, cuts=cuts, effects=effects, sds=sds, paths=paths, every=every,
        r_hat=each(theta), ess=np.array([bulk_ess(theta[:, :, j]) for j in range(theta.shape[2])]),
        r_hat_items=np.array(of_items), r_hat_others=np.concatenate([each(effects), each(sds)]),
    )  # fmt: skip
