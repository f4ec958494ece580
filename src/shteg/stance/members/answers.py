"""What a fitted stance model answers: the next act, what would change the estimate, which acts made it, doubters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from shteg.chunks import Progress
from shteg.estimates import Label, Table, Value, column, quote, table_row
from shteg.evidence.records.dates import DateInterval
from shteg.intervals import HIGH, LEVEL, LOW
from shteg.randomness import named_generator
from shteg.stance.members.acts import Response
from shteg.stance.members.fit import StanceModel, StancePosterior, fit_stance
from shteg.stance.members.importance import TRUSTED, smooth_weights
from shteg.stance.members.tables import HAPPENED, ITEM, LOWER, MEMBER, UPPER, sources_of

TIED = 1e-12
"""Items that tell as much, up to rounding, are a tie: the first one counts."""

REFIT_ITERATIONS = 2000

VALUE = "What the member did or would do, seen from the aspirant's side."


@table_row
class NextAct:
    """The probability that a member's act on an item would be this one, were it done on the day of the case."""

    member: str = column(MEMBER, key=True)
    item: str = column(ITEM, key=True)
    value: str = column(VALUE, key=True)
    probability: float = column("Probability, were the act done on the day of the case.", "share")
    low: float = column(LOWER, "share")
    high: float = column(UPPER, "share")
    label: Label
    highest: bool
    """Whether it is the highest level: full support."""

    @property
    def value_id(self) -> str:
        """Under which id it is quoted."""
        return f"stance.next.{self.item.replace('.', '-')}.{self.member}"


def foretell(posterior: StancePosterior) -> tuple[NextAct, ...]:
    """Foretell every member's next act on every item in use: by item, member and level."""
    model, rows = posterior.model, []
    acted = {one.member for one in model.responses.responses}
    for item in model.items:
        levels = posterior.level_draws(item)
        low, high = np.quantile(levels, (LOW, HIGH), axis=0)
        mean, words = levels.mean(axis=0), model.words[item]
        rows += [
            NextAct(
                member=member, item=item, value=word, probability=float(mean[j, k]), low=float(low[j, k]),
                high=float(high[j, k]), highest=k == len(words) - 1,
                label="estimated" if member in acted else "assumed",
            )
            for j, member in enumerate(model.members)
            for k, word in enumerate(words)
        ]  # fmt: skip
    return tuple(rows)


def next_acts_table(model: StanceModel, rows: Iterable[NextAct]) -> Table:
    """One row per member, item and value: the probability that the member's next act would be this one."""
    ordered = sorted(rows, key=lambda row: model.members.index(row.member))  # by member first; the rest stays
    return Table.of("next_acts", "What each member would do next", NextAct, ordered)


def next_values(model: StanceModel, rows: Iterable[NextAct]) -> tuple[Value, ...]:
    """Give `stance.next.<item>.<member>`: the probability that the next act would be full support."""
    responses = model.responses.responses
    own = {member: [one.act for one in responses if one.member == member] for member in model.members}
    on_item = {item: [one.act for one in responses if one.item == item] for item in model.items}
    return quote(
        [row for row in rows if row.highest], id="{value_id}", number="probability", low="low", high="high",
        level=LEVEL, label="{label}", label_key="value.stance.next", method="stance#new-acts",
        label_args={"member": "member:{member}", "item": "item:{item}", "value": "{value}"},
        sources=lambda row: sources_of(own[row.member] or on_item[row.item]),
        verified=lambda row: all(act.verified for act in own[row.member] or on_item[row.item]),
    )  # fmt: skip


@table_row
class Outcome:
    """What one possible act would do to a member's estimate: its probability, the shift of the mean, the sd after."""

    member: str = column(MEMBER, key=True)
    item: str = column(ITEM)
    value: str = column(VALUE, key=True)
    probability: float = column("Probability of this outcome.", "share")
    shift: float = column("By how much this outcome would move the stance.", "score")
    sd_after: float = column("Posterior standard deviation after this outcome.", "score")
    sd_reduction: float = column("Expected fall of the standard deviation.", "score")


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
                        member=member, item=item, value=word, probability=float(share[row, level]),
                        shift=float(after[row, level] - mean[row]), sd_after=float(spread[row, level]),
                        sd_reduction=float(reduction[row]),
                    )
                    for level, word in enumerate(posterior.model.words[item])
                ]  # fmt: skip
    return tuple(outcome for row in sorted(best) for outcome in best[row])


def would_change_table(rows: Iterable[Outcome]) -> Table:
    """One row per member and outcome of the act that would teach most about it."""
    return Table.of("would_change", "What would change the estimates most", Outcome, rows)


@table_row
class ActWeight:
    """What one act did: mean and sd of the member's stance now, with all acts less without this one.

    `shape` is that of the tail of the importance weights, missing where all weights are alike; where it is not to be
    trusted the model was `refitted`.
    """

    member: str = column(MEMBER, key=True)
    item: str = column(ITEM, key=True)
    happened_on: DateInterval = column(HAPPENED, "date", key=True, written=str)
    value: str = column(VALUE)
    shift: float = column("Stance with all acts less the stance without this one.", "score")
    sd_change: float = column("Standard deviation with all acts less without this one.", "score")
    shape: float | None = column(
        "Shape of the tail of the importance weights; trusted up to 0.7.", name="tail_shape", default=None
    )
    refitted: bool = column("True where the model was fitted again without the act.")


def weigh_acts(
    posterior: StancePosterior, seed: int, *, threads: int | None = None, progress: Progress | None = None
) -> tuple[ActWeight, ...]:
    """Leave out one act at a time and see how the estimate of the member who did it moves.

    Draws are weighted with 1 / probability of the act (Pareto-smoothed); where the weights rest on too few draws the
    model is fitted again without the act.

    Parameters
    ----------
    posterior : StancePosterior
    seed : int
        Of the fits without an act.
    threads : int, optional
        As many as there are cores if left out.
    progress : callable, optional
        Called with (acts done, acts in all).

    Returns
    -------
    tuple of ActWeight
        In the order of the acts in use.
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
            ActWeight(
                member=response.member, item=response.item, happened_on=response.act.happened_on,
                value=response.act.value, shift=with_mean - mean, sd_change=with_sd - sd,
                shape=shape if np.isfinite(shape) else None, refitted=refitted,
            )
        )  # fmt: skip
        if progress:
            progress(len(answers), len(model.responses.responses))
    return tuple(answers)


def act_weights_table(rows: Iterable[ActWeight]) -> Table:
    """One row per act in use: what it did to the estimate of the member."""
    return Table.of("act_weights", "What each act did to the estimate", ActWeight, rows)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubters:
    """How many members would withhold full support from a new act of an item, and how many did when they last acted."""

    item: str
    mean: float
    low: float
    high: float
    last: int
    more: float


def count_doubters(posterior: StancePosterior, item: str, seed: int) -> Doubters:
    """Foretell how many members would withhold full support from a new act of an item.

    Parameters
    ----------
    posterior : StancePosterior
    item : str
        In use.
    seed : int
        Of the acts drawn, one for each member and draw.

    Returns
    -------
    Doubters
        Mean and 90 % interval over draws; `more` is the share of draws with more than last time.
    """
    full = posterior.level_draws(item)[:, :, -1]
    drawn = named_generator(seed, "stance", "doubters", item).random(full.shape) >= full
    count = drawn.sum(axis=1)
    top = int(posterior.model.panel.n_levels[posterior.model.items.index(item)]) - 1
    latest = {one.member: one.level for one in posterior.model.responses.responses if one.item == item}
    last = sum(level < top for level in latest.values())
    low, high = np.quantile(count, (LOW, HIGH), method="inverted_cdf")
    return Doubters(
        item=item, mean=float(count.mean()), low=float(low), high=float(high), last=last,
        more=float((count > last).mean()),
    )  # fmt: skip


def doubter_values(model: StanceModel, doubters: Doubters) -> tuple[Value, ...]:
    """Give `stance.doubters.count`, `stance.doubters.more` and `stance.doubters.last`."""
    acts = [one.act for one in model.responses.responses if one.item == doubters.item]
    told = partial(
        quote, [doubters], label_args={"item": "item:{item}"}, sources=sources_of(acts),
        verified=all(act.verified for act in acts),
    )  # fmt: skip
    return (
        *told(
            id="stance.doubters.count", number="mean", unit="count", decimals=1, low="low", high="high", level=LEVEL,
            label="estimated", label_key="value.stance.doubters-count", method="stance#new-acts",
        ),
        *told(
            id="stance.doubters.more", number="more", unit="share", label="estimated",
            label_key="value.stance.doubters-more", label_args={"item": "item:{item}", "last": "{last}"},
            method="stance#new-acts",
        ),
        *told(
            id="stance.doubters.last", number="last", unit="count", label="observed",
            label_key="value.stance.doubters-last", method="stance#acts",
        ),
    )  # fmt: skip
