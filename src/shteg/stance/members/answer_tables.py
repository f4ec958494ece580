"""Tables and quotable values of what a fitted stance model answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from shteg.chunks import Progress
from shteg.estimates import Column, Table, Value
from shteg.evidence.case import Case
from shteg.stance.members.acts import Response, Responses
from shteg.stance.members.answers import ActWeight, Doubters, NextActs, Outcome
from shteg.stance.members.fit import StanceModel, StancePosterior

LEVEL = 0.90

FEWEST = 20
"""Acts needed before one axis is compared with two."""

_MEMBER = Column(name="member", description="Member of the organisation (ISO 3166-1 alpha-3).")
_ITEM = Column(name="item", description="Kind of act.")
_VALUE = Column(name="value", description="What the member did or would do, seen from the aspirant's side.")


def value_names(case: Case, model: StanceModel, item: str) -> tuple[str, ...]:
    """Give the words of the case for each level of an item, several joined by a stroke."""
    words: Mapping[str, int] = case.items[item].levels
    return tuple(" / ".join(word for word, level in words.items() if level == number) for number in model.levels(item))


def trajectory_table(posterior: StancePosterior) -> Table:
    """One row per member and year: the stance at its end (in the last year on the day of the case)."""
    model = posterior.model
    paths = posterior.chains.paths.reshape(-1, posterior.chains.paths.shape[2])
    rows = []
    for member in model.members:
        ends = [day for day in model.points[member] if (day.month, day.day) == (12, 31) or day == model.as_of]
        for day in ends:
            low, median, high = np.quantile(paths[:, model.point(member, day)], [0.05, 0.5, 0.95])
            rows.append((member, day.year, float(median), float(low), float(high)))
    frame = pl.DataFrame(
        rows,
        schema={"member": pl.String, "year": pl.Int64, "median": pl.Float64, "low": pl.Float64, "high": pl.Float64},
        orient="row",
    )
    columns = (
        _MEMBER,
        Column(name="year", description="Year; the stance is that of its end, or of the day of the case.", unit="year"),
        Column(name="median", description="Stance, posterior median.", unit="score"),
        Column(name="low", description="Lower end of the 90 % interval.", unit="score"),
        Column(name="high", description="Upper end of the 90 % interval.", unit="score"),
    )
    return Table(
        name="trajectory", title="Stances over the years", frame=frame, columns=columns, key=("member", "year")
    )  # fmt: skip


def next_acts_table(case: Case, model: StanceModel, answers: tuple[NextActs, ...]) -> Table:
    """One row per member, item and value: the probability that the member's next act would be this one."""
    rows = [
        (member, one.item, value, float(one.mean[row, k]), float(one.low[row, k]), float(one.high[row, k]))
        for row, member in enumerate(model.members)
        for one in answers
        for k, value in enumerate(value_names(case, model, one.item))
    ]
    frame = pl.DataFrame(
        rows,
        schema={"member": pl.String, "item": pl.String, "value": pl.String, "probability": pl.Float64,
                "low": pl.Float64, "high": pl.Float64},
        orient="row",
    )  # fmt: skip
    columns = (
        _MEMBER,
        _ITEM,
        _VALUE,
        Column(name="probability", description="Probability, were the act done on the day of the case.", unit="share"),
        Column(name="low", description="Lower end of the 90 % interval.", unit="share"),
        Column(name="high", description="Upper end of the 90 % interval.", unit="share"),
    )
    title = "What each member would do next"
    return Table(name="next_acts", title=title, frame=frame, columns=columns, key=("member", "item", "value"))


def would_change_table(case: Case, model: StanceModel, outcomes: tuple[Outcome, ...]) -> Table:
    """One row per member and outcome of the act that would teach most about it."""
    rows = [
        (one.member, one.item, value_names(case, model, one.item)[one.level], one.probability, one.shift, one.sd_after,
         one.sd_reduction)
        for one in outcomes
    ]  # fmt: skip
    numbers = ("probability", "shift", "sd_after", "sd_reduction")
    frame = pl.DataFrame(
        rows,
        schema={"member": pl.String, "item": pl.String, "value": pl.String, **dict.fromkeys(numbers, pl.Float64)},
        orient="row",
    )
    columns = (
        _MEMBER,
        _ITEM,
        _VALUE,
        Column(name="probability", description="Probability of this outcome.", unit="share"),
        Column(name="shift", description="By how much this outcome would move the stance.", unit="score"),
        Column(name="sd_after", description="Posterior standard deviation after this outcome.", unit="score"),
        Column(name="sd_reduction", description="Expected fall of the standard deviation.", unit="score"),
    )
    title = "What would change the estimates most"
    return Table(name="would_change", title=title, frame=frame, columns=columns, key=("member", "value"))


def act_weights_table(weights: tuple[ActWeight, ...]) -> Table:
    """One row per act in use: what it did to the estimate of the member."""
    rows = [
        (one.response.member, one.response.item, str(one.response.act.happened_on), one.response.act.value, one.shift,
         one.sd_change, one.shape if np.isfinite(one.shape) else None, one.refitted)
        for one in weights
    ]  # fmt: skip
    frame = pl.DataFrame(
        rows,
        schema={"member": pl.String, "item": pl.String, "happened_on": pl.String, "value": pl.String,
                "shift": pl.Float64, "sd_change": pl.Float64, "tail_shape": pl.Float64, "refitted": pl.Boolean},
        orient="row",
    )  # fmt: skip
    columns = (
        _MEMBER,
        _ITEM,
        Column(name="happened_on", description="When it happened, as precisely as known.", unit="date"),
        _VALUE,
        Column(name="shift", description="Stance with all acts less the stance without this one.", unit="score"),
        Column(name="sd_change", description="Standard deviation with all acts less without this one.", unit="score"),
        Column(name="tail_shape", description="Shape of the tail of the importance weights; trusted up to 0.7."),
        Column(name="refitted", description="True where the model was fitted again without the act."),
    )
    title = "What each act did to the estimate"
    return Table(name="act_weights", title=title, frame=frame, columns=columns, key=("member", "item", "happened_on"))


def parameters_table(posterior: StancePosterior) -> Table:
    """One row per effect on the first stances, and the two sds of the random walk."""
    chains, names = posterior.chains, (*posterior.model.covariate_names, "drift", "jump")
    draws = np.concatenate([chains.effects, chains.sds], axis=2).reshape(-1, len(names))
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    frame = pl.DataFrame(
        {
            "variable": list(names), "mean": draws.mean(axis=0), "low": low, "high": high,
            "r_hat": chains.r_hat_others,
        },
        schema={"variable": pl.String, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64, "r_hat": pl.Float64},
    )  # fmt: skip
    columns = (
        Column(name="variable", description="Variable of the prior mean; sd of drift a root year; sd of a jump."),
        Column(name="mean", description="Posterior mean.", unit="score"),
        Column(name="low", description="Lower end of the 90 % interval.", unit="score"),
        Column(name="high", description="Upper end of the 90 % interval.", unit="score"),
        Column(name="r_hat", description="Rank-normalised split R-hat; above 1.05 nothing is published.", unit="ratio"),
    )
    title = "What moves stances"
    return Table(name="parameters", title=title, frame=frame, columns=columns, key=("variable",))


def answer_values(
    case: Case, posterior: StancePosterior, answers: tuple[NextActs, ...], doubters: Doubters | None, item: str | None
) -> tuple[Value, ...]:
    """Give the quotable values: the next acts of every member, and how many would withhold support."""
    model = posterior.model
    values = [
        _next_value(case, model, one, row, member)
        for one in answers
        for row, member in enumerate(model.members)
    ]  # fmt: skip
    if doubters is None or item is None:
        return tuple(values)
    acts = [one for one in model.responses.responses if one.item == item]
    more = Value(
        id="stance.doubters.more", number=doubters.more, unit="share", decimals=0, label="estimated",
        label_key="value.stance.doubters-more", label_args={"item": f"item:{item}", "last": str(doubters.last)},
        source_ids=_sources(acts), method="stance#new-acts", verified=all(one.act.verified for one in acts),
    )  # fmt: skip
    count = Value(
        id="stance.doubters.count", number=doubters.mean, unit="count", decimals=1, label="estimated",
        label_key="value.stance.doubters-count", label_args={"item": f"item:{item}"}, source_ids=_sources(acts),
        method="stance#new-acts", verified=more.verified, low=doubters.low, high=doubters.high, level=LEVEL,
    )  # fmt: skip
    last = Value(
        id="stance.doubters.last", number=doubters.last, unit="count", decimals=0, label="observed",
        label_key="value.stance.doubters-last", label_args={"item": f"item:{item}"}, source_ids=_sources(acts),
        method="stance#acts", verified=more.verified,
    )  # fmt: skip
    return (*values, count, more, last)


def dimension_value(case: Case, responses: Responses, *, progress: Progress | None = None) -> Value | None:
    """Give the gain of a second axis: mean log score of acts held out, two axes less one; None with too few acts.

    The latest act of each member on each item counts; the interval takes the acts of one member together.
    """
    from shteg.stance.members.dimensions import compare_dimensions

    level = np.full((len(responses.members), len(responses.items)), -1, dtype=np.int64)
    for one in responses.responses:  # sorted by day: the latest stays
        level[responses.members.index(one.member), responses.items.index(one.item)] = one.level
    if len(responses.items) < 2 or (level >= 0).sum() < FEWEST:
        return None
    n_levels = np.array([len(levels) for levels in responses.case_levels], dtype=np.int64)
    found = compare_dimensions(level, n_levels, case.header.seed, progress=progress)
    margin = 1.645 * found.gain_error
    return Value(
        id="stance.dimensions.gain", number=found.gain, unit="score", decimals=3, label="estimated",
        label_key="value.stance.dimensions-gain", source_ids=_sources(list(responses.responses)),
        method="stance#dimensions", verified=all(one.act.verified for one in responses.responses),
        low=found.gain - margin, high=found.gain + margin, level=LEVEL, details={"r_hat": found.r_hat},
    )  # fmt: skip


def _next_value(case: Case, model: StanceModel, answer: NextActs, row: int, member: str) -> Value:
    own = [one for one in model.responses.responses if one.member == member]
    others = [one for one in model.responses.responses if one.item == answer.item]
    return Value(
        id=f"stance.next.{answer.item.replace('.', '-')}.{member}",
        number=float(answer.mean[row, -1]),
        unit="share",
        decimals=0,
        label="estimated" if own else "assumed",
        label_key="value.stance.next",
        label_args={
            "member": f"member:{member}", "item": f"item:{answer.item}",
            "value": value_names(case, model, answer.item)[-1],
        },
        source_ids=_sources(own or others),
        method="stance#new-acts",
        low=float(answer.low[row, -1]),
        high=float(answer.high[row, -1]),
        level=LEVEL,
        verified=all(one.act.verified for one in own or others),
    )  # fmt: skip


def _sources(responses: list[Response]) -> tuple[str, ...]:
    return tuple(sorted({one.act.source for one in responses}))
