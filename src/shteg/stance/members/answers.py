"""What a fitted stance model answers: the next act, what would change the estimate, which acts made it, doubters."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shteg.chunks import Progress
from shteg.randomness import named_generator
from shteg.stance.members.acts import Response
from shteg.stance.members.fit import StanceModel, StancePosterior, fit_stance
from shteg.stance.members.importance import TRUSTED, smooth_weights

Floats = NDArray[np.float64]

TIED = 1e-12
"""Items that tell as much, up to rounding, are a tie: the first one counts."""

TAILS = (0.05, 0.95)
REFIT_ITERATIONS = 2000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NextActs:
    """Probability of each level of each item, were the act done on the day of the case; arrays are (member, level)."""

    item: str
    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one possible act would do to a member's estimate: its probability, the shift of the mean, the sd after."""

    member: str
    item: str
    level: int
    probability: float
    shift: float
    sd_after: float
    sd_reduction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ActWeight:
    """What one act did: mean and sd of the member's stance now, with all acts less without this one.

    `shape` is that of the tail of the importance weights; where it is not to be trusted the model was `refitted`.
    """

    response: Response
    shift: float
    sd_change: float
    shape: float
    refitted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubters:
    """How many members would withhold full support from a new act of an item, and how many did when they last acted."""

    mean: float
    low: float
    high: float
    last: int
    more: float


def foretell(posterior: StancePosterior) -> tuple[NextActs, ...]:
    """Foretell every member's next act on every item in use."""
    answers = []
    for item in posterior.model.items:
        levels = posterior.level_draws(item)
        low, high = np.quantile(levels, TAILS, axis=0)
        answers.append(NextActs(item=item, mean=levels.mean(axis=0), low=low, high=high))
    return tuple(answers)


def most_telling_acts(posterior: StancePosterior) -> tuple[Outcome, ...]:
    """Find for each member the item on which an act would teach most: the largest expected fall of the posterior sd.

    Every draw is weighted with the probability it gives to an outcome, which is exact up to Monte Carlo error.
    """
    theta = posterior.theta_now
    mean, sd = theta.mean(axis=0), theta.std(axis=0)
    best: dict[int, list[Outcome]] = {}
    for item in posterior.model.items:
        levels = posterior.level_draws(item)
        total = levels.sum(axis=0)
        after = np.einsum("dj,djk->jk", theta, levels) / np.maximum(total, 1e-300)
        square = np.einsum("dj,djk->jk", theta**2, levels) / np.maximum(total, 1e-300)
        spread = np.sqrt(np.maximum(square - after**2, 0.0))
        share = total / theta.shape[0]
        reduction = sd - (share * spread).sum(axis=1)
        for row, member in enumerate(posterior.model.members):
            if row not in best or reduction[row] > best[row][0].sd_reduction + TIED:
                best[row] = [
                    Outcome(
                        member=member, item=item, level=level, probability=float(share[row, level]),
                        shift=float(after[row, level] - mean[row]), sd_after=float(spread[row, level]),
                        sd_reduction=float(reduction[row]),
                    )
                    for level in range(levels.shape[2])
                ]  # fmt: skip
    return tuple(outcome for row in sorted(best) for outcome in best[row])


def weigh_acts(
    posterior: StancePosterior, seed: int, *, threads: int | None = None, progress: Progress | None = None
) -> tuple[ActWeight, ...]:
    """Leave out one act at a time and see how the estimate of the member who did it moves.

    Draws are weighted with 1 / probability of the act (Pareto-smoothed); where the weights rest on too few draws the
    model is fitted again without the act.
    """
    model, chains = posterior.model, posterior.chains
    kept = slice(chains.every - 1, None, chains.every)
    answers = []
    for response in model.responses.responses:
        row = model.members.index(response.member)
        chance = posterior.path_levels(response.member, response.item, response.day)[:, response.level]
        weights, shape = smooth_weights(-np.log(np.maximum(chance, 1e-300)))
        now = chains.theta[:, kept, row].ravel()
        with_mean, with_sd = float(now.mean()), float(now.std())
        refitted = bool(shape > TRUSTED)
        if refitted:
            less = fit_stance(leave_out(model, response), seed, chains=2, iterations=REFIT_ITERATIONS, threads=threads)
            everything = posterior.theta_now[:, row]
            with_mean, with_sd = float(everything.mean()), float(everything.std())
            mean, sd = float(less.theta_now[:, row].mean()), float(less.theta_now[:, row].std())
        else:
            mean = float(weights @ now)
            sd = max(float(weights @ (now - mean) ** 2), 0.0) ** 0.5
        answers.append(
            ActWeight(response=response, shift=with_mean - mean, sd_change=with_sd - sd, shape=shape, refitted=refitted)
        )
        if progress:
            progress(len(answers), len(model.responses.responses))
    return tuple(answers)


def leave_out(model: StanceModel, response: Response) -> StanceModel:
    """Give the model without one of its acts; nothing else changes, not even the time line."""
    panel = model.panel
    found = np.flatnonzero(
        (panel.act_item == model.items.index(response.item))
        & (panel.act_point == model.point(response.member, response.day))
    )
    kept = np.delete(np.arange(panel.act_item.size), found)
    smaller = replace(
        panel, act_point=panel.act_point[kept], act_item=panel.act_item[kept], act_level=panel.act_level[kept]
    )  # fmt: skip
    rest = tuple(one for one in model.responses.responses if one is not response)
    return replace(model, panel=smaller, responses=replace(model.responses, responses=rest))


def count_doubters(posterior: StancePosterior, item: str, seed: int) -> Doubters:
    """Foretell how many members would withhold full support from a new act of an item, one draw for each draw."""
    full = posterior.level_draws(item)[:, :, -1]
    drawn = named_generator(seed, "stance", "doubters", item).random(full.shape) >= full
    count = drawn.sum(axis=1)
    top = int(posterior.model.panel.n_levels[posterior.model.items.index(item)]) - 1
    latest = {one.member: one.level for one in posterior.model.responses.responses if one.item == item}
    last = sum(level < top for level in latest.values())
    low, high = np.quantile(count, TAILS, method="inverted_cdf")
    return Doubters(
        mean=float(count.mean()), low=float(low), high=float(high), last=last, more=float((count > last).mean())
    )  # fmt: skip
