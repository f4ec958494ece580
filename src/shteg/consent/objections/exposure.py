"""Who could have begun to object, and who could have ceased to: rows at risk, from the tables of a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from shteg.accession.standstill.veto import candidacies
from shteg.consent.objections.pair_rows import END, GROUNDS, ONSET, PERIOD, PairPrior, PairRows
from shteg.estimates import YEAR_DAYS
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.objections import Objection

Span = tuple[int, int]
"""Days from and to (left out), as ordinals."""

NEW_DAYS = 365
"""Days in which a candidacy, or a government, is new."""

Key = tuple[str, str, str]
"""Organisation, candidate, member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """An objection as the model takes it: days as ordinals, `stop` the as-of day while it is open."""

    key: Key
    ground: str
    start: int
    stop: int
    open: bool
    row: Objection

    @property
    def outvoted(self) -> bool:
        """Whether it was dropped on the day it began: decided over, which says nothing of when it would have ended."""
        return self.row.ending == "dropped" and self.stop - self.start <= 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of time at risk with nothing changing in it; `event`: one period, within which it happened."""

    names: tuple[str, ...]
    values: tuple[float, ...]
    days: int
    event: bool


class Relations:
    """Relations between candidates and members, by day."""

    def __init__(self, case: Case) -> None:
        self._spans: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
        for one in case.dyads:
            stop = one.until.middle.toordinal() if one.until else case.header.as_of.toordinal() + 1
            self._spans[one.candidate, one.member].append((one.relation, one.since.middle.toordinal(), stop))

    def on(self, candidate: str, member: str, day: int) -> frozenset[str]:
        """Name the relations between the two on a day.

        Parameters
        ----------
        candidate, member : str
            Country codes.
        day : int
            As an ordinal.

        Returns
        -------
        frozenset of str
        """
        return frozenset(name for name, low, high in self._spans.get((candidate, member), ()) if low <= day < high)

    def cuts(self, candidate: str, member: str) -> list[int]:
        """Give the days on which a relation between the two begins or ends."""
        return [day for _, low, high in self._spans.get((candidate, member), ()) for day in (low, high)]


def episodes_of(case: Case) -> tuple[Episode, ...]:
    """Give the objections of a case, by organisation, candidate, member and day.

    An objection that ended on the day it began, or whose end is known no better, lasted a day.
    """
    as_of = case.header.as_of.toordinal()
    found = []
    for one in case.objections:
        start = min(one.began.middle.toordinal(), as_of)
        ended = one.ended is not None and one.ended.middle.toordinal() <= as_of
        stop = max(one.ended.middle.toordinal(), start + 1) if one.ended is not None and ended else max(as_of, start)
        key = (one.organisation, one.candidate, one.member)
        found.append(Episode(key=key, ground=one.ground, start=start, stop=stop, open=not ended, row=one))
    return tuple(sorted(found, key=lambda one: (one.key, one.start, one.stop, one.row.step)))


def candidate_spans(case: Case) -> dict[tuple[str, str], tuple[Span, ...]]:
    """Give when each country was a candidate, (organisation, country) → days in order and apart.

    In the organisation of the case: while it sought membership or could take a step that need not be sought. In another
    one: from its first step on record there, or the first objection to it, until it joined.
    """
    own, as_of = case.header.organisation.id, case.header.as_of.toordinal()
    found: dict[tuple[str, str], tuple[Span, ...]] = {(own, one): spans for one, spans in candidacies(case).items()}
    joined = _joined(case)
    for organisation in case.comparison_organisations:
        labels = {label for step in case.comparison_steps if step.organisation == organisation for label in step.events}
        taken = ((one.country, one.happened_on) for one in case.comparison_events if one.event in labels)
        held = ((one.candidate, one.began) for one in case.objections if one.organisation == organisation)
        first: dict[str, int] = {}
        for country, when in (*taken, *held):
            first[country] = min(when.middle.toordinal(), first.get(country, as_of))
        for country, day in first.items():
            stop = min(joined.get((organisation, country), as_of), as_of)
            if stop > day:
                found[organisation, country] = ((day, stop),)
    return found


def _joined(case: Case) -> dict[tuple[str, str], int]:
    """Give the day on which countries joined other organisations: as members, or else by the last of their steps.

    The last step of an organisation is the one that most others come before.
    """
    steps = {step.id: step for step in case.comparison_steps}

    def depth(name: str) -> int:
        return 1 + max((depth(one) for one in steps[name].prerequisites if one in steps), default=0)

    found: dict[tuple[str, str], int] = {}
    for organisation in case.comparison_organisations:
        named = [step for step in case.comparison_steps if step.organisation == organisation]
        last = max(named, key=lambda step: (depth(step.id), step.id), default=None)
        for event in case.comparison_events:
            if last is not None and depth(last.id) > 1 and event.event in last.events:
                key, day = (organisation, event.country), event.happened_on.middle.toordinal()
                found[key] = min(day, found.get(key, day))
    since: dict[tuple[str, str], int] = {}
    for one in case.comparison_members:
        key, day = (one.organisation, one.member), one.member_since.middle.toordinal()
        since[key] = min(day, since.get(key, day))
    return found | since


def membership_spans(case: Case) -> dict[str, dict[str, list[Span]]]:
    """Give when the members of each organisation were members: organisation → member → days from and to."""
    as_of = case.header.as_of.toordinal()

    def span(since: DateInterval, until: DateInterval | None) -> Span:
        return since.middle.toordinal(), as_of if until is None else min(until.middle.toordinal(), as_of)

    found: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for one in case.members:
        found[case.header.organisation.id][one.member].append(span(one.member_since, None))
    for other in case.comparison_members:
        found[other.organisation][other.member].append(span(other.member_since, other.member_until))
    return found


def onset_rows(case: Case) -> PairRows:
    """Give the time in which members could have begun to object to candidates, and whether they did.

    A pair is at risk while the one is a member, the other a candidate, and no objection between them is open in that
    organisation; objections to several steps that overlap are one. An objection on record counts also where no time at
    risk is (a step held up before the candidacy is on record).
    """
    relations, by_key = Relations(case), defaultdict(list)
    for episode in episodes_of(case):
        by_key[episode.key].append((episode.start, episode.stop))
    held = {key: _united(spans) for key, spans in by_key.items()}
    seen: set[Key] = set()
    pieces: list[_Piece] = []
    members = membership_spans(case)
    for (organisation, candidate), candidacy in candidate_spans(case).items():
        for member, spans in members.get(organisation, {}).items():
            if member == candidate:
                continue
            key = (organisation, candidate, member)
            at_risk = [(max(a, low), min(b, high)) for a, b in candidacy for low, high in spans]
            seen.add(key)
            pieces += _onset_pieces(key, at_risk, held.get(key, []), relations)
    for key in sorted(held.keys() - seen):
        pieces += _onset_pieces(key, [], held[key], relations)
    return _as_rows(pieces, ("organisation", "candidate", "member"), ONSET)


def _onset_pieces(key: Key, at_risk: Sequence[Span], held: Sequence[Span], relations: Relations) -> Iterator[_Piece]:
    _, candidate, member = key
    free = [piece for span in at_risk if span[1] > span[0] for piece in _without(span, held)]
    starts = [low for low, high in at_risk if high > low]

    def values(day: int, *, event: bool = False) -> tuple[float, ...]:
        there = relations.on(candidate, member, day)
        new = any(0 <= day - start < NEW_DAYS for start in starts) or (event and all(day < start for start in starts))
        return tuple(float(name in there or (name == "first_year" and new)) for name in ONSET.features)

    cuts = [*relations.cuts(candidate, member), *(start + NEW_DAYS for start in starts)]
    onsets = {low for low, _ in held}
    for low, high in free:
        stop = max(high - round(PERIOD * YEAR_DAYS), low) if high in onsets else high
        yield from _quiet(key, low, stop, cuts, values)
    for day in sorted(onsets):
        yield _Piece(key, values(day, event=True), 0, event=True)


def end_rows(case: Case) -> PairRows:
    """Give the time in which objections were open, and whether they ended, by ground; those outvoted are left out."""
    relations, changes = Relations(case), _government_days(case)
    pieces: list[_Piece] = []
    for one in episodes_of(case):
        if one.outvoted:
            continue
        organisation, candidate, member = one.key
        days = changes.get(member, ())

        def values(
            day: int, candidate: str = candidate, member: str = member, days: Sequence[int] = days
        ) -> tuple[float, ...]:
            refused = "non_recognition" in relations.on(candidate, member, day)
            return float(refused), float(any(0 <= day - change < NEW_DAYS for change in days))

        names = (organisation, one.ground, candidate, member)
        cuts = [*relations.cuts(candidate, member), *(day + more for day in days for more in (0, NEW_DAYS))]
        stop = one.stop if one.open else max(one.stop - round(PERIOD * YEAR_DAYS), one.start)
        pieces += _quiet(names, one.start, stop, cuts, values)
        if not one.open:
            pieces.append(_Piece(names, values(one.stop - 1), 0, event=True))
    return _as_rows(pieces, ("organisation", "ground", "candidate", "member"), END)


def new_government_share(case: Case) -> float:
    """Give the share of time in which a member's government is new.

    As the rows take it: a member without a change on record has none.
    """
    changes, as_of = _government_days(case), case.header.as_of.toordinal()
    members = {one.member for one in case.members}
    spans = {
        member: _united([(day, min(day + NEW_DAYS, as_of)) for day in days if day < as_of])
        for member, days in changes.items()
        if member in members
    }
    start = min((days[0][0] for days in spans.values() if days), default=as_of)
    new = sum(high - low for days in spans.values() for low, high in days)
    return new / max((as_of - start) * len(members), 1)


def _government_days(case: Case) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in case.governments:
        found[one.country].append(one.happened_on.middle.toordinal())
    return {country: sorted(days) for country, days in found.items()}


def _quiet(
    names: tuple[str, ...], low: int, high: int, cuts: Iterable[int], values: Callable[[int], tuple[float, ...]]
) -> Iterator[_Piece]:
    edges = sorted({low, high, *(day for day in cuts if low < day < high)})
    for a, b in pairwise(edges):
        yield _Piece(names, values(a), b - a, event=False)


def _united(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _without(span: Span, held: Sequence[Span]) -> list[Span]:
    low, high = span
    free: list[Span] = []
    for start, stop in held:
        if start > low:
            free.append((low, min(start, high)))
        low = max(low, stop)
        if low >= high:
            break
    free.append((low, high))
    return [one for one in free if one[1] > one[0]]


def _as_rows(pieces: Iterable[_Piece], groups: tuple[str, ...], prior: PairPrior) -> PairRows:
    """Add up the pieces that nothing tells apart, in the order of their names: the order of the case means nothing."""
    total: dict[tuple[tuple[str, ...], tuple[float, ...]], list[int]] = defaultdict(lambda: [0, 0])
    for piece in pieces:
        sums = total[piece.names, piece.values]
        sums[0] += piece.days
        sums[1] += piece.event
    keys = sorted(total)
    names = {group: tuple(sorted({key[0][g] for key in keys})) for g, group in enumerate(groups)}
    if "ground" in groups:
        names["ground"] = GROUNDS
    places = {group: {name: at for at, name in enumerate(names[group])} for group in groups}
    return PairRows(
        names=names,
        groups={
            group: np.array([places[group][key[0][g]] for key in keys], dtype=np.int64)
            for g, group in enumerate(groups)
        },
        features=tuple(prior.features),
        values=np.array([key[1] for key in keys], dtype=np.float64).reshape(len(keys), len(prior.features)),
        quiet_years=np.array([total[key][0] / YEAR_DAYS for key in keys], dtype=np.float64),
        events=np.array([total[key][1] for key in keys], dtype=np.int64),
    )
