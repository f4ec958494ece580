"""Tables and quotable values of the stance stage."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.estimates import Column, Table, Value
from shteg.evidence.case import Case
from shteg.evidence.records.facts import Act
from shteg.stance.members.acts import Responses
from shteg.stance.members.fit import StancePosterior

LEVEL = 0.90


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MemberSummary:
    """What the posterior says of each member; arrays are (member,), ranks count from 1 = most reluctant.

    `information` is 1 − Var(posterior)/Var(prior): how much the acts taught. `support` is the probability of the
    highest level on a new act of the reference item, with its interval over draws; empty without such an item.
    """

    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    information: NDArray[np.float64]
    n_acts: NDArray[np.int64]
    reference: str | None
    support: NDArray[np.float64]
    support_low: NDArray[np.float64]
    support_high: NDArray[np.float64]


def summarise_members(posterior: StancePosterior, reference: str | None) -> MemberSummary:
    """Summarise the stances of all members and what each would do on a new act of the reference item."""
    model, theta = posterior.model, posterior.theta_now
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.quantile(theta, tails, axis=0)
    ranks = theta.argsort(axis=1).argsort(axis=1) + 1
    rank_low, rank_high = np.quantile(ranks, tails, axis=0, method="inverted_cdf").astype(np.int64)
    known = reference is not None
    support = posterior.level_draws(reference)[:, :, -1] if reference is not None else np.empty((0, theta.shape[1]))
    bounds = np.quantile(support, tails, axis=0) if known else np.empty((2, 0))
    acted = [one.member for one in model.responses.responses]
    return MemberSummary(
        mean=theta.mean(axis=0),
        sd=theta.std(axis=0, ddof=1),
        low=low,
        high=high,
        rank_low=rank_low,
        rank_high=rank_high,
        information=1.0 - theta.var(axis=0, ddof=1) / model.prior_variance(),
        n_acts=np.array([acted.count(member) for member in model.members], dtype=np.int64),
        reference=reference,
        support=support.mean(axis=0) if known else np.empty(0),
        support_low=bounds[0],
        support_high=bounds[1],
    )


def members_table(posterior: StancePosterior, summary: MemberSummary) -> Table:
    """One row per member: the stance with its uncertainty, and how much the acts taught."""
    members, chains = posterior.model.members, posterior.chains
    absent = [None] * len(members)
    known = summary.reference is not None
    frame = pl.DataFrame(
        {
            "member": list(members),
            "theta": summary.mean,
            "theta_sd": summary.sd,
            "low": summary.low,
            "high": summary.high,
            "rank_low": summary.rank_low,
            "rank_high": summary.rank_high,
            "n_acts": summary.n_acts,
            "information": summary.information,
            "support_share": pl.Series(list(summary.support) if known else absent, dtype=pl.Float64),
            "support_low": pl.Series(list(summary.support_low) if known else absent, dtype=pl.Float64),
            "support_high": pl.Series(list(summary.support_high) if known else absent, dtype=pl.Float64),
            "r_hat": chains.r_hat,
            "ess": chains.ess,
        }
    )
    columns = (
        Column(name="member", description="Member of the organisation (ISO 3166-1 alpha-3)."),
        Column(
            name="theta", description="Stance, posterior mean; members differ by one unit on average.", unit="score"
        ),
        Column(name="theta_sd", description="Posterior standard deviation of the stance.", unit="score"),
        Column(name="low", description="Lower end of the 90 % interval.", unit="score"),
        Column(name="high", description="Upper end of the 90 % interval.", unit="score"),
        Column(name="rank_low", description="Lowest rank in the 90 % interval, 1 = most reluctant.", unit="count"),
        Column(name="rank_high", description="Highest rank in the 90 % interval.", unit="count"),
        Column(name="n_acts", description="Acts of this member in use.", unit="count"),
        Column(name="information", description="How much the acts taught: 1 − posterior/prior variance.", unit="share"),
        Column(name="support_share", description="Probability of support on a new reference act.", unit="share"),
        Column(name="support_low", description="Lower end of its 90 % interval.", unit="share"),
        Column(name="support_high", description="Upper end of its 90 % interval.", unit="share"),
        Column(name="r_hat", description="Rank-normalised split R-hat; above 1.05 nothing is published.", unit="ratio"),
        Column(name="ess", description="Bulk effective sample size of the draws.", unit="count"),
    )
    return Table(name="members", title="Stances of the members", frame=frame, columns=columns, key=("member",))


def items_table(case: Case, posterior: StancePosterior, reference: str | None) -> Table:
    """One row per kind of act: used or why not, and what the model learnt of it."""
    responses, chains = posterior.model.responses, posterior.chains
    n_levels = posterior.model.panel.n_levels
    rows = []
    for use in responses.uses:
        row: dict[str, str | float | int | bool | None] = {
            "item": use.item,
            "kind": case.items[use.item].kind,
            "status": use.status,
            "repeats": use.repeats,
            "reference": use.item == reference,
            "n_members": use.n_members,
            "level_counts": ", ".join(f"{level}: {count}" for level, count in use.level_counts),
        }
        for name in ("discrimination", "discrimination_low", "discrimination_high", "difficulty", "r_hat"):
            row[name] = None
        if use.status == "used":
            column = responses.items.index(use.item)
            slope = chains.discrimination[:, :, column].ravel()
            row["discrimination"] = float(slope.mean())
            row["discrimination_low"], row["discrimination_high"] = (float(x) for x in np.quantile(slope, [0.05, 0.95]))
            top = chains.cuts[:, :, column, int(n_levels[column]) - 2].ravel()
            row["difficulty"] = float(np.median(top / slope))
            row["r_hat"] = float(chains.r_hat_items[column])
        rows.append(row)
    numbers = ("discrimination", "discrimination_low", "discrimination_high", "difficulty", "r_hat")
    schema = {
        "item": pl.String, "kind": pl.String, "status": pl.String, "repeats": pl.String, "reference": pl.Boolean,
        "n_members": pl.Int64, "level_counts": pl.String, **dict.fromkeys(numbers, pl.Float64),
    }  # fmt: skip
    columns = (
        Column(name="item", description="Kind of act."),
        Column(name="kind", description="Status, practical, military or statement."),
        Column(name="status", description="used, or why not: repeats, no_levels, no_acts, one_level."),
        Column(name="repeats", description="The item that this one only repeats."),
        Column(name="reference", description="True for the item on which a new act is foretold."),
        Column(name="n_members", description="Members with an act on it.", unit="count"),
        Column(name="level_counts", description="Members on each level, 0 = most against."),
        Column(name="discrimination", description="How strongly the item separates members.", unit="score"),
        Column(name="discrimination_low", description="Lower end of the 90 % interval.", unit="score"),
        Column(name="discrimination_high", description="Upper end of the 90 % interval.", unit="score"),
        Column(name="difficulty", description="Stance at which full support is as likely as not.", unit="score"),
        Column(name="r_hat", description="Largest R-hat over the parameters of the item.", unit="ratio"),
    )
    frame = pl.DataFrame(rows, schema=schema)
    return Table(name="items", title="Kinds of acts and their weight", frame=frame, columns=columns, key=("item",))


def acts_table(case: Case, responses: Responses) -> Table:
    """The acts that made each member's estimate."""
    acts = responses.acts_in_use()
    frame = pl.DataFrame(
        {
            "member": [act.actor for act in acts],
            "item": [act.item for act in acts],
            "happened_on": [str(act.happened_on) for act in acts],
            "value": [act.value for act in acts],
            "level": [case.items[act.item].levels[act.value] for act in acts],
            "source": [act.source for act in acts],
            "grade": [act.grade for act in acts],
        },
        schema={"member": pl.String, "item": pl.String, "happened_on": pl.String, "value": pl.String,
                "level": pl.Int64, "source": pl.String, "grade": pl.String},
    )  # fmt: skip
    columns = (
        Column(name="member", description="Member of the organisation (ISO 3166-1 alpha-3)."),
        Column(name="item", description="Kind of act."),
        Column(name="happened_on", description="When it happened, as precisely as known.", unit="date"),
        Column(name="value", description="What the member did, seen from the aspirant's side."),
        Column(name="level", description="Its place in the order of the item, 0 = most against.", unit="count"),
        Column(name="source", description="Source of the act."),
        Column(name="grade", description="Admiralty grade of the source."),
    )
    title = "Acts behind the stances"
    return Table(name="acts_used", title=title, frame=frame, columns=columns, key=("member", "item", "happened_on"))


def counts_table(case: Case, responses: Responses) -> Table:
    """How many members did what: the latest value of each member on each item, also of items not in use."""
    rows = [(item, value, len(acts)) for (item, value), acts in latest_by_value(case, responses).items()]
    frame = pl.DataFrame(rows, schema={"item": pl.String, "value": pl.String, "count": pl.Int64}, orient="row")
    columns = (
        Column(name="item", description="Kind of act."),
        Column(name="value", description="What members did, seen from the aspirant's side."),
        Column(name="count", description="Members whose latest act has this value.", unit="count"),
    )
    return Table(
        name="counts", title="What members did last", frame=frame, columns=columns, key=("item", "value")
    )  # fmt: skip


def latest_by_value(case: Case, responses: Responses) -> dict[tuple[str, str], list[Act]]:
    """File the latest acts of members under (item, value): levels in order, then other values by name."""
    filed: dict[tuple[str, str], list[Act]] = {}
    for item_id, item in case.items.items():
        acts = [responses.latest[m, item_id] for m in responses.members if (m, item_id) in responses.latest]
        values = sorted(item.levels, key=lambda value, item=item: (item.levels[value], value))  # type: ignore[misc]
        for value in values + sorted({act.value for act in acts} - set(values)):
            filed[item_id, value] = [act for act in acts if act.value == value]
    return filed


def collect_values(case: Case, responses: Responses, summary: MemberSummary) -> tuple[Value, ...]:
    """Give every quantity of the stage that a text may quote."""
    return (*_member_values(case, responses, summary), *_count_values(case, responses))


def _member_values(case: Case, responses: Responses, summary: MemberSummary) -> list[Value]:
    values: list[Value] = []
    acts_in_use = responses.acts_in_use()
    for row, member in enumerate(case.members):
        own = tuple(act for act in acts_in_use if act.actor == member.member)
        theta = Value(
            id=f"stance.theta.{member.member}",
            number=float(summary.mean[row]),
            unit="score",
            decimals=2,
            label="estimated" if own else "assumed",
            label_key="value.stance.theta",
            label_args={"member": f"member:{member.member}"},
            source_ids=_sources(own) or (member.source,),
            method="stance#model",
            low=float(summary.low[row]),
            high=float(summary.high[row]),
            level=LEVEL,
            verified=all(act.verified for act in own) if own else member.verified,
            details={"n_acts": len(own), "information": float(summary.information[row])},
        )
        values.append(theta)
        if summary.reference is not None:
            values.append(_support_value(theta, member.member, row, summary, _sources(own) or _sources(acts_in_use)))
    return values


def _support_value(theta: Value, member: str, row: int, summary: MemberSummary, source_ids: tuple[str, ...]) -> Value:
    return replace(
        theta,
        id=f"stance.support.{member}",
        number=float(summary.support[row]),
        unit="share",
        decimals=0,
        label_key="value.stance.support",
        label_args={"member": f"member:{member}", "item": f"item:{summary.reference}"},
        source_ids=source_ids,
        method="stance#new-acts",
        low=float(summary.support_low[row]),
        high=float(summary.support_high[row]),
        details={**theta.details, "item": str(summary.reference)},
    )


def _count_values(case: Case, responses: Responses) -> list[Value]:
    fallback = tuple(sorted({member.source for member in case.members}))
    values: dict[str, Value] = {}
    for (item, value), acts in latest_by_value(case, responses).items():
        slug = re.sub(r"[^A-Za-z0-9_-]+", "-", value).strip("-_")
        if not slug or (not case.items[item].levels and _is_number(value)):
            continue  # amounts (such as troops) are no categories to count members in
        one = _count(f"acts.{item.replace('.', '-')}.{slug}", len(acts), acts, fallback, "value.stance.acts")
        args = {"item": f"item:{item}", "value": value}
        if one.id in values:
            raise ValueError(f"two values of item {item} share the id {one.id}")
        values[one.id] = replace(one, label_args=args)
    used = responses.acts_in_use()
    kept = {id(act) for act in used}
    members = frozenset(responses.members)
    unused = [act for act in case.acts if act.actor in members and id(act) not in kept]
    totals = [
        _count("stance.acts.used", len(used), used, fallback, "value.stance.acts-used"),
        _count("stance.acts.unused", len(unused), unused, fallback, "value.stance.acts-unused"),
    ]
    return [*values.values(), *totals]


def _count(
    identifier: str, number: int, acts: list[Act] | tuple[Act, ...], fallback: tuple[str, ...], key: str
) -> Value:
    return Value(
        id=identifier, number=number, unit="count", decimals=0, label="observed", label_key=key,
        source_ids=_sources(acts) or fallback, method="stance#acts", verified=all(act.verified for act in acts),
    )  # fmt: skip


def _sources(acts: list[Act] | tuple[Act, ...]) -> tuple[str, ...]:
    return tuple(sorted({act.source for act in acts}))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+([.,]\d+)?", text.strip()))
