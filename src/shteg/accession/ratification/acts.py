"""Ratifications as intervals of days: between what bounds each member completed its ratification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isinf
from typing import Literal

from shteg.accession.history.risk_spells import first_reached
from shteg.accession.ratification.times import CountedTime, RatificationTime, signatures
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval

HALF_DAY = 0.5

Basis = Literal["deposit", "before_deposit", "membership", "open"]
"""What bounds an act: the deposit; an earlier stage, the deposit following within the longest time on record; only the
day the candidate became a member, by when every ratification was complete; only that it is not on record yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatificationAct:
    """One member's ratification in one round; complete after `low` and by `high` days from the signature.

    `held` tells whether the member openly held out in the round; None where nothing on record could tell.
    """

    candidate: str
    member: str
    round: str
    low: float
    high: float
    basis: Basis
    held: bool | None
    source: str | None
    grade: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRatification:
    """The last ratification of one candidate: between what days it was complete, and who had to ratify."""

    round: str
    candidates: tuple[str, ...]
    members: tuple[str, ...]
    low: float
    high: float


def ratification_acts(case: Case, times: Sequence[RatificationTime]) -> tuple[RatificationAct, ...]:
    """Give what is known of each ratification, as an interval of days since the signature.

    - A deposit is exact, or as wide as its date.
    - An earlier stage (parliament, or an unknown one) comes before the deposit: the act was complete between that day
      and `longest_gap` later, and at the latest when the candidate became a member.
    - A member of the day without a row had ratified when the candidate became a member: 0 to that day. While the
      candidate is not a member, it is taken not to have ratified by the as-of day.
    - Members that joined after the signature could not ratify from its day on and are left out.

    One act for several candidates of a round counts once.
    """
    signed, gap = signatures(case), longest_gap(case)
    joined = _membership(case)
    since = {one.member: one.member_since for one in case.members}
    acts = [
        _recorded(one, signed[one.candidate], joined.get(one.candidate), gap)
        for one in times
        if isinstance(one, CountedTime) and not _later(since.get(one.member), signed[one.candidate])
    ]
    on_record = {(one.candidate, one.member) for one in times}
    for candidate in sorted({one.candidate for one in times} & set(signed)):
        for member, joined_on in since.items():
            missing = member != candidate and (candidate, member) not in on_record
            if missing and not _later(joined_on, signed[candidate]):
                acts.append(_missing(case, candidate, member, signed[candidate], joined.get(candidate)))
    acts.sort(key=lambda one: (one.round, one.member, one.low, one.high, one.candidate))
    kept: dict[tuple[str, str, float, float], RatificationAct] = {}
    for one in acts:
        kept.setdefault((one.round, one.member, one.low, one.high), one)
    holders = held_out(case)
    if holders is None:
        return tuple(kept.values())
    rounds = {candidate: str(day) for candidate, day in signed.items()}
    held = {(rounds[candidate], member) for candidate, member in holders if candidate in rounds}
    return tuple(replace(one, held=(one.round, one.member) in held) for one in kept.values())


def last_ratifications(acts: Sequence[RatificationAct]) -> tuple[LastRatification, ...]:
    """Give between what days the last ratification of each candidate was complete; those still open are left out.

    An act that counted for several candidates of a round (kept once) counts for each of them. Candidates of one round
    with the same last days are one.
    """
    found: dict[tuple[str, float, float], tuple[set[str], set[str]]] = {}
    for round_ in sorted({one.round for one in acts}):
        of_round = [one for one in acts if one.round == round_]
        candidates = sorted({one.candidate for one in of_round})
        for candidate in candidates:
            own = {one.member: one for one in of_round if one.candidate == candidate}
            shared = {one.member: one for one in of_round if one.member != candidate}
            chosen = [own.get(member, act) for member, act in shared.items()]
            low, high = max(one.low for one in chosen), max(one.high for one in chosen)
            if isinf(high):
                continue
            names, who = found.setdefault((round_, low, high), (set(), set()))
            names.add(candidate)
            who.update(one.member for one in chosen)
    return tuple(
        LastRatification(round=round_, candidates=tuple(sorted(names)), members=tuple(sorted(who)), low=low, high=high)
        for (round_, low, high), (names, who) in found.items()
    )


def held_out(case: Case) -> frozenset[tuple[str, str]] | None:
    """Give who openly held up whose ratification, (candidate, member); None for a case without objections on record."""
    if not case.own_objections:
        return None
    ratified = {step.id for step in case.steps if step.ratified}
    return frozenset((one.candidate, one.member) for one in case.own_objections if one.step in ratified)


def longest_gap(case: Case) -> int:
    """Give the most days that passed on record between an earlier stage and the deposit of the same ratification."""
    deposits = {(one.candidate, one.member): one.happened_on for one in case.ratifications if one.stage == "deposit"}
    gaps = [
        (deposits[one.candidate, one.member].last - one.happened_on.first).days
        for one in case.ratifications
        if one.stage != "deposit" and (one.candidate, one.member) in deposits
    ]
    return max([0, *gaps])


def _membership(case: Case) -> Mapping[str, DateInterval]:
    """Give when each candidate took the first observed step above the ratified one."""
    reached = first_reached(case)
    found: dict[str, DateInterval] = {}
    for step in (one for one in case.steps if one.ratified):
        above = sorted((one for one in case.steps if one.events and one.rung > step.rung), key=lambda one: one.rung)
        for candidate in {one.candidate for one in case.ratifications}:
            if above and (candidate, above[0].id) in reached:
                found[candidate] = reached[candidate, above[0].id]
    return found


def _recorded(one: CountedTime, signature: DateInterval, joined: DateInterval | None, gap: int) -> RatificationAct:
    low, high = max(one.low - HALF_DAY, 0.0), one.high + HALF_DAY
    if one.stage != "deposit":
        later = high + gap
        high = later if joined is None else max(high, min(later, (joined.last - signature.first).days + HALF_DAY))
    return RatificationAct(
        candidate=one.candidate, member=one.member, round=one.round, low=low, high=high,
        basis="deposit" if one.stage == "deposit" else "before_deposit", held=None, source=one.source, grade=one.grade,
    )  # fmt: skip


def _missing(
    case: Case, candidate: str, member: str, signature: DateInterval, joined: DateInterval | None
) -> RatificationAct:
    if joined is not None:
        low, high = 0.0, (joined.last - signature.first).days + HALF_DAY
    else:
        low, high = max((case.header.as_of - signature.last).days + HALF_DAY, HALF_DAY), float("inf")
    return RatificationAct(
        candidate=candidate, member=member, round=str(signature), low=low, high=high,
        basis="membership" if joined is not None else "open", held=None, source=None, grade=None,
    )  # fmt: skip


def _later(since: DateInterval | None, signature: DateInterval) -> bool:
    return since is not None and since.first > signature.last
