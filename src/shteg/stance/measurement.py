"""The graded probit model of stance: priors, chains, convergence, and what the posterior says of a new act."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from shteg.chunks import Progress, ThreadExecutor
from shteg.errors import ModelError
from shteg.randomness import named_generator
from shteg.stance.diagnostics import bulk_ess, r_hat

R_HAT_LIMIT = 1.05
"""Above it the chains disagree and nothing is published."""

LENGTHENINGS = 3
"""How often chains that disagree are run again, four times as long, before the model is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Priors of the item parameters; stances have a standard normal prior, which fixes the scale.

    Discriminations are normal (`discrimination_mean`, `discrimination_sd`) cut off at 0: the coder has oriented every
    item, so more support never means a lower level. Cut points are normal with mean 0 and sd `cut_sd`, in order.
    """

    discrimination_mean: float = 1.0
    discrimination_sd: float = 1.0
    cut_sd: float = 2.5

    def __post_init__(self) -> None:
        if min(self.discrimination_sd, self.cut_sd) <= 0:
            raise ModelError("a prior sd must be above 0", "choose positive sds", "stance prior")

    def as_array(self) -> NDArray[np.float64]:
        """Give the three numbers in the order the kernel reads them."""
        return np.array([self.discrimination_mean, self.discrimination_sd, self.cut_sd])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """Draws of all chains, after burn-in.

    Attributes
    ----------
    theta : (chain, iteration, member) float
    discrimination : (chain, iteration, item) float, > 0
    cuts : (chain, iteration, item, level − 1) float
        Ordered; not a number beyond an item's last cut point.
    r_hat, ess : (member,) float
        Convergence and bulk effective sample size of each stance.
    r_hat_items : (item,) float
        The largest over an item's parameters.
    """

    theta: NDArray[np.float64]
    discrimination: NDArray[np.float64]
    cuts: NDArray[np.float64]
    r_hat: NDArray[np.float64]
    ess: NDArray[np.float64]
    r_hat_items: NDArray[np.float64]

    def thinned(self, draws: int) -> NDArray[np.float64]:
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


def sample_stances(
    level: NDArray[np.int64],
    n_levels: NDArray[np.int64],
    seed: int,
    *,
    kept: int = 2000,
    burn_in: int = 1000,
    chains: int = 4,
    prior: Prior | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Posterior:
    """Sample the posterior of a one-dimensional graded probit item response model.

    y*_jm = b_m theta_j + e, e ~ N(0, 1), and member j is on level k of item m where y* lies between cut points k and
    k + 1; theta_j ~ N(0, 1), b_m > 0. Albert–Chib data augmentation; cut points by Metropolis with the latent
    responses integrated out; moves along the zero and the unit of the scale.

    Parameters
    ----------
    level : (member, item) int
        0 … n_levels − 1, −1 where missing; every level of an item must have a member.
    n_levels : (item,) int, >= 2
    seed : int
        The same seed gives the same draws, for any number of threads.
    kept, burn_in : int
        Iterations of each chain kept, and thrown away before; four times as many when chains disagree.
    chains : int, >= 2

    Returns
    -------
    Posterior

    Raises
    ------
    ModelError
        The responses do not fit the levels, or R-hat stays above 1.05.

    References
    ----------
    Albert and Chib (1993), JASA 88(422); Cowles (1996), Statistics and Computing 6; Johnson and Albert (1999).
    """
    _check_responses(level, n_levels)
    law = (prior or Prior()).as_array()
    if level.shape[1] == 0 or level.shape[0] == 0:
        return _prior_posterior(level.shape[0], kept, chains, seed)
    from shteg.stance.kernel import run_chain  # compiles on first use

    posterior: Posterior | None = None
    for attempt in range(LENGTHENINGS + 1):
        length = 4**attempt

        def run(chain: int, length: int = length, attempt: int = attempt) -> tuple[NDArray[np.float64], ...]:
            generator = named_generator(seed, "stance", f"chain-{chain}", f"attempt-{attempt}")
            state = generator.integers(1, 2**64, size=4, dtype=np.uint64, endpoint=False)
            return run_chain(level, n_levels, law, burn_in * length, kept * length, state)

        results = ThreadExecutor(threads).map(run, range(chains), progress)
        theta, discrimination, cuts = (np.stack(parts) for parts in zip(*results, strict=True))
        posterior = _diagnose(theta, discrimination, cuts, n_levels)
        worst = max(float(posterior.r_hat.max()), float(posterior.r_hat_items.max()))
        if worst <= R_HAT_LIMIT:
            return posterior
    raise ModelError(
        f"the chains of the stance model disagree: R-hat {worst:.3f} is above {R_HAT_LIMIT}",
        "merge rare levels of items, or leave out items on which almost all members acted alike",
        "stance",
    )


def level_probabilities(
    theta: NDArray[np.float64], discrimination: NDArray[np.float64], cuts: NDArray[np.float64]
) -> NDArray[np.float64]:
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


def _check_responses(level: NDArray[np.int64], n_levels: NDArray[np.int64]) -> None:
    if level.ndim != 2 or level.shape[1] != n_levels.shape[0]:
        raise ModelError(
            f"responses of shape {level.shape} do not fit {n_levels.shape[0]} items", "give one column per item"
        )
    for column, count in enumerate(n_levels):
        seen = sorted({int(value) for value in level[:, column] if value >= 0})
        if count < 2 or seen != list(range(int(count))):
            raise ModelError(
                f"item {column} has the levels {seen}, not every one of 0 to {int(count) - 1}",
                "close up levels that nobody used, and leave out items with one level",
                "stance responses",
            )


def _diagnose(
    theta: NDArray[np.float64],
    discrimination: NDArray[np.float64],
    cuts: NDArray[np.float64],
    n_levels: NDArray[np.int64],
) -> Posterior:
    return Posterior(
        theta=theta,
        discrimination=discrimination,
        cuts=cuts,
        r_hat=np.array([r_hat(theta[:, :, j]) for j in range(theta.shape[2])]),
        ess=np.array([bulk_ess(theta[:, :, j]) for j in range(theta.shape[2])]),
        r_hat_items=np.array(
            [
                max(r_hat(discrimination[:, :, m]), *(r_hat(cuts[:, :, m, c]) for c in range(int(n_levels[m]) - 1)))
                for m in range(discrimination.shape[2])
            ]
        ),
    )


def _prior_posterior(members: int, kept: int, chains: int, seed: int) -> Posterior:
    """Give draws of the prior: without an item in use nothing has been learnt."""
    theta = named_generator(seed, "stance", "prior").standard_normal((chains, kept, members))
    return Posterior(
        theta=theta,
        discrimination=np.empty((chains, kept, 0)),
        cuts=np.empty((chains, kept, 0, 0)),
        r_hat=np.ones(members),
        ess=np.full(members, float(chains * kept)),
        r_hat_items=np.ones(0),
    )
