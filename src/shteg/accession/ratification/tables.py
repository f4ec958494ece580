"""What the records and the law of ratification say: tables, and values that a text may quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np

from shteg.accession.history.column_texts import HIGH_END, LOW_END, MEMBER
from shteg.accession.ratification.law import RatificationPosterior
from shteg.accession.ratification.times import ROUND, CountedTime, RatificationTime
from shteg.arrays import Floats
from shteg.convergence import bulk_ess, r_hat
from shteg.estimates import Label, Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.intervals import HIGH, LEVEL, LOW

BOUNDS = 1.0
"""Coverage of an interval that comes from imprecise dates alone: the value lies within it."""


@table_row
class MemberTimes:
    """One member: its usual time, how often it holds out, and the time in a round to come."""

    member: str = column(MEMBER, key=True)
    n_acts: int = column("Ratifications of this member that count.", "count")
    log_days: float = column("Mean log days of the member, hold-outs and quick acts apart, posterior mean.", "score")
    log_days_sd: float = column("Its posterior standard deviation.", "score")
    median_days: float = column("Median of the days.", "days")
    median_low: float = column("Lower bound or lower end of the interval of the median.", "days")
    median_high: float = column("Upper bound or upper end of the interval of the median.", "days")
    hold_share: float = column("Share of rounds in which the member holds out, posterior mean.", "share")
    next_median: float = column("Median of the days in a round to come.", "days")
    next_low: float = column("Lower end of the 90 % interval of the days in a round to come.", "days")
    next_high: float = column("Upper end of the 90 % interval of the days in a round to come.", "days")
    label: Label


@table_row
class Round:
    """One round: its candidates, the last ratification on record, the round effect."""

    round: str = column(ROUND, "date", key=True)
    candidates: str = column("Countries that signed on this day.")
    n_members: int = column("Members whose ratification is on record.", "count")
    last_days: int = column("Days to the last ratification on record.", "days")
    members: str = column("Members that ratified last, as far as is on record.")
    effect: float = column("Round effect on log days, posterior mean.", "score")
    effect_low: float = column(LOW_END, "score")
    effect_high: float = column(HIGH_END, "score")


@table_row
class LawParameter:
    """One parameter of the law: posterior median, 90 % interval, and how well the chains agree."""

    name: str = column("Parameter of the law of ratification times.", key=True, name="law_part")
    median: float = column("Posterior median.")
    low: float = column("Lower end of the 90 % interval.", name="ninety_low")
    high: float = column("Upper end of the 90 % interval.", name="ninety_high")
    r_hat: float = column("Rank-normalised split R-hat of the chains; 1 where they agree.", "ratio")
    ess: float = column("Independent draws that the chains are worth.", "count")


@table_row
class LastOnRecord:
    """The last ratification of one candidate on record, and who was last."""

    candidate: str
    days: int = column("Days from signature.", "days")
    low: int | None
    high: int | None
    slowest: tuple[str, ...]
    members_on_record: int
    sources: tuple[str, ...]
    verified: bool


def member_times(
    times: Iterable[RatificationTime], posterior: RatificationPosterior, days: Floats
) -> tuple[MemberTimes, ...]:
    """Sum up each member's law.

    Parameters
    ----------
    times : iterable of RatificationTime
        On record.
    posterior : RatificationPosterior
        Of the law.
    days : (draw, member) float
        Drawn for a round to come.

    Returns
    -------
    tuple of MemberTimes
        In the order of the posterior; `label` tells whether the member's own acts, those of others, or none taught it.
    """
    used = [one.member for one in times if one.status == "used"]
    rows = []
    for place, member in enumerate(posterior.members):
        own = posterior.member[:, place]
        median, median_low, median_high = map(float, np.exp(np.quantile(own, [0.5, LOW, HIGH])))
        following, next_low, next_high = map(float, np.quantile(days[:, place], [0.5, LOW, HIGH]))
        rows.append(
            MemberTimes(
                member=member,
                n_acts=used.count(member),
                log_days=float(own.mean()),
                log_days_sd=float(own.std(ddof=1)) if own.size > 1 else 0.0,
                median_days=median,
                median_low=median_low,
                median_high=median_high,
                hold_share=float(posterior.hold[:, place].mean()),
                next_median=following,
                next_low=next_low,
                next_high=next_high,
                label="estimated" if member in used else "borrowed" if used else "assumed",
            )
        )
    return tuple(rows)


def ratification_tables(
    times: Sequence[RatificationTime], posterior: RatificationPosterior, members: Sequence[MemberTimes]
) -> tuple[Table, ...]:
    """Give the tables `ratification_times`, `ratification_members`, `ratification_rounds` and `ratification_law`.

    Parameters
    ----------
    times : sequence of RatificationTime
        On record.
    posterior : RatificationPosterior
        Of the law.
    members : sequence of MemberTimes
        As `member_times` gives them.

    Returns
    -------
    tuple of Table
    """
    return (
        Table.of("ratification_times", "Days from signature to ratification", RatificationTime, times),
        Table.of("ratification_members", "How fast members ratify", MemberTimes, members),
        Table.of("ratification_rounds", "Rounds of ratification", Round, _rounds(times, posterior)),
        Table.of("ratification_law", "The law of ratification times", LawParameter, _law(posterior)),
    )


def _rounds(times: Iterable[RatificationTime], posterior: RatificationPosterior) -> Iterable[Round]:
    counted = [one for one in times if isinstance(one, CountedTime)]
    for place, day in enumerate(posterior.rounds):
        of_round = [one for one in counted if one.round == day]
        last, effect = max(one.days for one in of_round), posterior.round_effect[:, place]
        low, high = map(float, np.quantile(effect, [LOW, HIGH]))
        yield Round(
            round=day,
            candidates=", ".join(sorted({one.candidate for one in of_round})),
            n_members=len({one.member for one in of_round}),
            last_days=last,
            members=", ".join(sorted({one.member for one in of_round if one.days == last})),
            effect=float(effect.mean()),
            effect_low=low,
            effect_high=high,
        )


def _law(posterior: RatificationPosterior) -> Iterable[LawParameter]:
    for name, chains in posterior.chains.items():
        median, low, high = map(float, np.quantile(chains, [0.5, LOW, HIGH]))
        yield LawParameter(name=name, median=median, low=low, high=high, r_hat=r_hat(chains), ess=bulk_ess(chains))


def last_values(times: Iterable[RatificationTime]) -> tuple[Value, ...]:
    """Give the days to the last ratification of each candidate on record, and who was last if one member was."""
    lasts = _last_on_record([one for one in times if isinstance(one, CountedTime)])
    value: Callable[..., tuple[Value, ...]] = partial(
        quote,
        label_args={"country": "country:{candidate}"},
        sources=lambda one: one.sources,
        verified=lambda one: one.verified,
        method="ratification#law",
    )
    return (
        *value(
            lasts,
            id="ratification.{candidate}.last-days",
            number="days",
            low="low",
            high="high",
            level=BOUNDS,
            label="computed",
            label_key="value.accession.last-days",
            details={"members": lambda one: ", ".join(one.slowest), "members_on_record": "members_on_record"},
        ),
        *value(
            [one for one in lasts if len(one.slowest) == 1],
            id="ratification.last.{candidate}",
            number=lambda one: f"member:{one.slowest[0]}",
            unit="text",
            label="observed",
            label_key="value.accession.last-member",
        ),
    )


def next_values(
    case: Case, times: Iterable[RatificationTime], members: Sequence[MemberTimes], days: Floats
) -> tuple[Value, ...]:
    """Give how long each member may take in a round to come, and the last of them all.

    Parameters
    ----------
    case : Case
        Its members' sources stand in where no ratification is on record.
    times : iterable of RatificationTime
        On record.
    members : sequence of MemberTimes
        As `member_times` gives them.
    days : (draw, member) float
        Drawn for a round to come.

    Returns
    -------
    tuple of Value
        None without members.
    """
    used = [one for one in times if one.status == "used"]
    sources, verified = _trust(used) if used else (tuple(sorted({one.source for one in case.members})), True)
    value: Callable[..., tuple[Value, ...]] = partial(
        quote, unit="days", level=LEVEL, sources=sources, verified=verified, method="ratification#law"
    )
    last = np.quantile(days.max(axis=1, initial=0.0), [0.5, LOW, HIGH])
    return (
        *value(
            members,
            id="ratification.next.{member}",
            number="next_median",
            low="next_low",
            high="next_high",
            label="{label}",
            label_key="value.accession.next-days",
            label_args={"member": "member:{member}"},
        ),
        *value(
            [dict(zip(("days", "low", "high"), map(float, last), strict=True))] if members else [],
            id="ratification.next.all",
            number="days",
            low="low",
            high="high",
            label="estimated" if used else "assumed",
            label_key="value.accession.next-all",
        ),
    )


def _last_on_record(counted: Sequence[CountedTime]) -> list[LastOnRecord]:
    rows = []
    for candidate in dict.fromkeys(one.candidate for one in counted):
        own = [one for one in counted if one.candidate == candidate]
        last, low, high = (max(bound) for bound in zip(*((one.days, one.low, one.high) for one in own), strict=True))
        latest = [one for one in own if one.days == last]
        sources, verified = _trust(latest)
        rows.append(
            LastOnRecord(
                candidate=candidate,
                days=last,
                low=low if low < high else None,
                high=high if low < high else None,
                slowest=tuple(sorted(one.member for one in latest)),
                members_on_record=len(own),
                sources=sources,
                verified=verified,
            )
        )
    return rows


def _trust(times: Iterable[RatificationTime]) -> tuple[tuple[str, ...], bool]:
    times = list(times)
    return tuple(sorted({one.source for one in times})), all(one.grade[1] != "6" for one in times)
