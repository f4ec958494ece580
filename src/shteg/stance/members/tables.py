"""Stances as tables and as quotable values: members, kinds of acts, the acts themselves, years, what moves stances."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np

from shteg.estimates import Label, Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Act
from shteg.intervals import HIGH, LEVEL, LOW
from shteg.stance.members.acts import ItemStatus, Responses
from shteg.stance.members.fit import StancePosterior

MEMBER = "Member of the organisation (ISO 3166-1 alpha-3)."
ITEM = "Kind of act."
HAPPENED = "When it happened, as precisely as known."
LOWER, UPPER = "Lower end of the 90 % interval.", "Upper end of the 90 % interval."
R_HAT = "Rank-normalised split R-hat; above 1.05 nothing is published."
SUPPORT = "Probability of support on a new reference act."


@table_row
class MemberStance:
    """What the posterior says of a member; support is on a new act of the reference item, missing without one."""

    member: str = column(MEMBER, key=True)
    theta: float = column("Stance, posterior mean; members differ by one unit on average.", "score")
    theta_sd: float = column("Posterior standard deviation of the stance.", "score")
    low: float = column(LOWER, "score")
    high: float = column(UPPER, "score")
    rank_low: int = column("Lowest rank in the 90 % interval, 1 = most reluctant.", "count")
    rank_high: int = column("Highest rank in the 90 % interval.", "count")
    n_acts: int = column("Acts of this member in use.", "count")
    information: float = column("How much the acts taught: 1 − posterior/prior variance.", "share")
    support_share: float | None = column(SUPPORT, "share")
    support_low: float | None = column("Lower end of its 90 % interval.", "share")
    support_high: float | None = column("Upper end of its 90 % interval.", "share")
    r_hat: float = column(R_HAT, "ratio")
    ess: float = column("Bulk effective sample size of the draws.", "count")

    @property
    def label(self) -> Label:
        """A member without acts keeps its prior."""
        return "estimated" if self.n_acts else "assumed"


def summarise_members(posterior: StancePosterior, reference: str | None) -> tuple[MemberStance, ...]:
    """Summarise the stances of all members and what each would do on a new act of the reference item."""
    model, chains, theta = posterior.model, posterior.chains, posterior.theta_now
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.quantile(theta, tails, axis=0)
    mean, sd = theta.mean(axis=0), theta.std(axis=0, ddof=1)
    ranks = theta.argsort(axis=1).argsort(axis=1) + 1
    rank_low, rank_high = np.quantile(ranks, tails, axis=0, method="inverted_cdf").astype(np.int64)
    taught = 1.0 - theta.var(axis=0, ddof=1) / model.prior_variance()
    support: list[list[float | None]] = [[None, None, None] for _ in model.members]
    if reference is not None:
        full = posterior.level_draws(reference)[:, :, -1]
        support = np.stack([full.mean(axis=0), *np.quantile(full, tails, axis=0)], axis=1).tolist()
    acted = [one.member for one in model.responses.responses]
    return tuple(
        MemberStance(
            member=member, theta=float(mean[j]), theta_sd=float(sd[j]), low=float(low[j]), high=float(high[j]),
            rank_low=int(rank_low[j]), rank_high=int(rank_high[j]), n_acts=acted.count(member),
            information=float(taught[j]), support_share=support[j][0], support_low=support[j][1],
            support_high=support[j][2], r_hat=float(chains.r_hat[j]), ess=float(chains.ess[j]),
        )
        for j, member in enumerate(model.members)
    )  # fmt: skip


def members_table(rows: Iterable[MemberStance]) -> Table:
    """One row per member: the stance with its uncertainty, and how much the acts taught."""
    return Table.of("members", "Stances of the members", MemberStance, rows)


@table_row
class ItemWeight:
    """A kind of act: used or why not, and what the model learnt of it."""

    item: str = column(ITEM, key=True)
    kind: str = column("Status, practical, military or statement.")
    status: ItemStatus = column("used, or why not: repeats, no_levels, no_acts, one_level.")
    repeats: str | None = column("The item that this one only repeats.")
    reference: bool = column("True for the item on which a new act is foretold.")
    n_members: int = column("Members with an act on it.", "count")
    level_counts: str = column("Members on each level, 0 = most against.")
    discrimination: float | None = column("How strongly the item separates members.", "score", default=None)
    discrimination_low: float | None = column(LOWER, "score", default=None)
    discrimination_high: float | None = column(UPPER, "score", default=None)
    difficulty: float | None = column("Stance at which full support is as likely as not.", "score", default=None)
    r_hat: float | None = column("Largest R-hat over the parameters of the item.", "ratio", default=None)


def items_table(case: Case, posterior: StancePosterior, reference: str | None) -> Table:
    """One row per kind of act: used or why not, and what the model learnt of it.

    Parameters
    ----------
    case : Case
    posterior : StancePosterior
    reference : str, optional
        The item on which a new act is foretold.

    Returns
    -------
    Table
        `items`.
    """
    responses = posterior.model.responses
    rows = [
        ItemWeight(
            item=use.item, kind=case.items[use.item].kind, status=use.status, repeats=use.repeats,
            reference=use.item == reference, n_members=use.n_members,
            level_counts=", ".join(f"{level}: {count}" for level, count in use.level_counts),
            **(_learnt(posterior, responses.items.index(use.item)) if use.status == "used" else {}),
        )
        for use in responses.uses
    ]  # fmt: skip
    return Table.of("items", "Kinds of acts and their weight", ItemWeight, rows)


def _learnt(posterior: StancePosterior, place: int) -> dict[str, float]:
    chains = posterior.chains
    slope = chains.discrimination[:, :, place].ravel()
    top = chains.cuts[:, :, place, int(posterior.model.panel.n_levels[place]) - 2].ravel()
    low, high = np.quantile(slope, [LOW, HIGH])
    return {
        "discrimination": float(slope.mean()), "discrimination_low": float(low), "discrimination_high": float(high),
        "difficulty": float(np.median(top / slope)), "r_hat": float(chains.r_hat_items[place]),
    }  # fmt: skip


@table_row
class UsedAct:
    """An act that made the estimate of a member."""

    member: str = column(MEMBER, key=True)
    item: str = column(ITEM, key=True)
    happened_on: DateInterval = column(HAPPENED, "date", key=True, written=str)
    value: str = column("What the member did, seen from the aspirant's side.")
    level: int = column("Its place in the order of the item, 0 = most against.", "count")
    source: str = column("Source of the act.")
    grade: str = column("Admiralty grade of the source.")


def acts_table(case: Case, responses: Responses) -> Table:
    """The acts that made each member's estimate."""
    rows = [
        UsedAct(
            member=act.actor, item=act.item, happened_on=act.happened_on, value=act.value,
            level=case.items[act.item].levels[act.value], source=act.source, grade=act.grade,
        )
        for act in responses.acts_in_use()
    ]  # fmt: skip
    return Table.of("acts_used", "Acts behind the stances", UsedAct, rows)


@table_row
class LastActs:
    """How many members did this when they last acted on an item, also on one that is not in use."""

    item: str = column(ITEM, key=True)
    value: str = column("What members did, seen from the aspirant's side.", key=True)
    count: int = column("Members whose latest act has this value.", "count")
    acts: Sequence[Act] = ()

    @property
    def slug(self) -> str:
        """The value as part of an id; empty where nothing of it is left."""
        return re.sub(r"[^A-Za-z0-9_-]+", "-", self.value).strip("-_")

    @property
    def value_id(self) -> str:
        """Under which id it is quoted."""
        return f"acts.{self.item.replace('.', '-')}.{self.slug}"


def count_last_acts(case: Case, responses: Responses) -> list[LastActs]:
    """Count the latest acts of members by item and value: levels in order, then other values by name."""
    rows = []
    for item_id, item in case.items.items():
        acts = [responses.latest[m, item_id] for m in responses.members if (m, item_id) in responses.latest]
        values = sorted(item.levels, key=lambda value, item=item: (item.levels[value], value))  # type: ignore[misc]
        for value in values + sorted({act.value for act in acts} - set(values)):
            found = [act for act in acts if act.value == value]
            rows.append(LastActs(item=item_id, value=value, count=len(found), acts=found))
    return rows


def counts_table(rows: Iterable[LastActs]) -> Table:
    """How many members did what: the latest value of each member on each item, also of items not in use."""
    return Table.of("counts", "What members did last", LastActs, rows)


@table_row
class YearStance:
    """The stance of a member at the end of a year."""

    member: str = column(MEMBER, key=True)
    year: int = column("Year; the stance is that of its end, or of the day of the case.", "year", key=True)
    mean: float = column("Stance, posterior mean.", "score")
    low: float = column(LOWER, "score")
    high: float = column(UPPER, "score")


def trajectory_table(posterior: StancePosterior) -> Table:
    """One row per member and year: the stance at its end (in the last year on the day of the case).

    The last row says what `summarise_members` says: it is made of every draw, those before of the draws that were kept.
    """
    model = posterior.model
    paths = posterior.chains.paths.reshape(-1, posterior.chains.paths.shape[2])
    rows = []
    for row, member in enumerate(model.members):
        ends = [day for day in model.points[member] if (day.month, day.day) == (12, 31) or day == model.as_of]
        for day in ends:
            now = day == model.as_of
            draws = posterior.theta_now[:, row] if now else paths[:, model.point(member, day)]
            low, high = np.quantile(draws, [LOW, HIGH]).tolist()
            rows.append(YearStance(member=member, year=day.year, mean=float(draws.mean()), low=low, high=high))
    return Table.of("trajectory", "Stances over the years", YearStance, rows)


@table_row
class Mover:
    """An effect on the first stances, or an sd of the random walk."""

    variable: str = column("Variable of the prior mean; sd of drift a root year; sd of a jump.", key=True)
    mean: float = column("Posterior mean.", "score")
    low: float = column(LOWER, "score")
    high: float = column(UPPER, "score")
    r_hat: float = column(R_HAT, "ratio")


def parameters_table(posterior: StancePosterior) -> Table:
    """One row per effect on the first stances, and the two sds of the random walk."""
    chains, names = posterior.chains, (*posterior.model.covariate_names, "drift", "jump")
    draws = np.concatenate([chains.effects, chains.sds], axis=2).reshape(-1, len(names))
    low, high = np.quantile(draws, [LOW, HIGH], axis=0)
    cells = {"variable": names, "mean": draws.mean(axis=0), "low": low, "high": high, "r_hat": chains.r_hat_others}
    return Table.of_columns("parameters", "What moves stances", Mover, cells)


def stance_values(
    case: Case, responses: Responses, rows: Sequence[MemberStance], reference: str | None
) -> tuple[Value, ...]:
    """Give the stance of each member, and the support that it would give to a new act of the reference item.

    Parameters
    ----------
    case : Case
    responses : Responses
        The acts in use.
    rows : sequence of MemberStance
        In the order of the case's members.
    reference : str, optional
        The item on which a new act is foretold.

    Returns
    -------
    tuple of Value
        `stance.theta.<member>` and `stance.support.<member>`, in turn; the latter with a reference item only.
    """
    used = responses.acts_in_use()
    own = {row.member: tuple(act for act in used if act.actor == row.member) for row in rows}
    prior = {member.member: member for member in case.members}
    told = partial(
        quote, rows, level=LEVEL, label="{label}",
        verified=lambda row: all(act.verified for act in own[row.member]) if row.n_acts else prior[row.member].verified,
    )  # fmt: skip
    thetas = told(
        id="stance.theta.{member}", number="theta", decimals=2, low="low", high="high", label_key="value.stance.theta",
        label_args={"member": "member:{member}"}, method="stance#model", details=("n_acts", "information"),
        sources=lambda row: sources_of(own[row.member]) or (prior[row.member].source,),
    )  # fmt: skip
    if reference is None:
        return thetas
    supports = told(
        id="stance.support.{member}", number="support_share", low="support_low", high="support_high",
        label_key="value.stance.support", label_args={"member": "member:{member}", "item": f"item:{reference}"},
        sources=lambda row: sources_of(own[row.member] or used), method="stance#new-acts",
        details={"n_acts": "n_acts", "information": "information", "item": lambda row: reference},
    )  # fmt: skip
    return tuple(value for pair in zip(thetas, supports, strict=True) for value in pair)


def count_values(case: Case, responses: Responses, rows: Iterable[LastActs]) -> tuple[Value, ...]:
    """Give how many members last did what, and how many acts are in use and not.

    Parameters
    ----------
    case : Case
    responses : Responses
        The acts in use.
    rows : iterable of LastActs
        Amounts (such as troops) among them are no categories to count members in and are left out.

    Returns
    -------
    tuple of Value
        `acts.<item>.<value>`, `stance.acts.used`, `stance.acts.unused`.
    """
    fallback = tuple(sorted({member.source for member in case.members}))
    counted = [row for row in rows if row.slug and (case.items[row.item].levels or not _is_number(row.value))]
    told = partial(
        quote, number="count", unit="count", label="observed", method="stance#acts",
        sources=lambda row: sources_of(row.acts) or fallback,
        verified=lambda row: all(act.verified for act in row.acts),
    )  # fmt: skip
    used = responses.acts_in_use()
    kept, members = {id(act) for act in used}, frozenset(responses.members)
    unused = [act for act in responses.acts if act.actor in members and id(act) not in kept]
    totals = [
        LastActs(item="", value=name, count=len(acts), acts=acts) for name, acts in (("used", used), ("unused", unused))
    ]
    args = {"item": "item:{item}", "value": "{value}"}
    return (
        *told(counted, id="{value_id}", label_key="value.stance.acts", label_args=args),
        *told(totals, id="stance.acts.{value}", label_key="value.stance.acts-{value}"),
    )


def sources_of(acts: Iterable[Act]) -> tuple[str, ...]:
    """Give the sources of acts, each once, by name."""
    return tuple(sorted({act.source for act in acts}))


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+([.,]\d+)?", text.strip()))
