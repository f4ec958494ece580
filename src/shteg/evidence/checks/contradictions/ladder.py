"""Contradictions on the ladder: steps before they, or their country, existed; spells; members; order in time."""

from collections.abc import Iterator, Mapping, Sequence

from shteg.errors import Problem
from shteg.evidence.checks.ladder_facts import DEPARTURES, LadderFacts, happened, ladder_facts
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.case import Step
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import LadderEvent, Member, SeekingSpell
from shteg.evidence.records.model import ComparisonEvent, Comparisons, ComparisonStep
from shteg.evidence.steps_taken import first_dates

_LADDER, _MEMBERS, _SEEKING = "ladder.csv", "members.csv", "seeking.csv"
_OTHERS, _OTHER_STEPS = "comparisons.csv", "comparisons.toml"
_FOR_GOOD = ("withdrawal", "expulsion")
"""Departures after which a country is no member; a suspended one still is."""
Events = Sequence[tuple[Row, LadderEvent]]


def check_ladder(draft: Draft) -> Iterator[Problem]:
    """Find steps taken too early, twice without leaving, or before what comes first, and accessions of no member."""
    facts = ladder_facts(draft)
    if facts is None:
        return
    for step in facts.steps.values():
        taken = [pair for pair in facts.events if pair[1].event in step.events]
        yield from _too_early(draft, _LADDER, step, taken, facts.independent)
        yield from _twice(draft, _LADDER, step.id, taken, facts.events)
        needed = [one.id for one in facts.before(step)]
        yield from _out_of_order(draft, _LADDER, step, needed, taken, facts.first)
        yield from _outside_spells(draft, step, taken)
        yield from _after_joining(draft, step, taken, facts)
        if step == facts.final and draft.column(_MEMBERS, "member") is not None:
            yield from _no_member(draft, taken, facts)


def check_other_ladders(draft: Draft) -> Iterator[Problem]:
    """Find steps of other organisations taken too early, or twice without leaving."""
    file, facts = draft.tomls.get(_OTHER_STEPS), ladder_facts(draft)
    if file is None or not isinstance(file.record, Comparisons):
        return
    events = sorted(draft.records_of(_OTHERS, ComparisonEvent), key=lambda pair: pair[1].happened_on)
    first = first_dates({one.id: one.events for one in file.record.steps}, happened(events))
    for step in file.record.steps:
        taken = [pair for pair in events if pair[1].event in step.events]
        yield from _too_early(draft, _OTHERS, step, taken, facts.independent if facts else {})
        yield from _twice(draft, _OTHERS, step.id, taken, events)
        yield from _out_of_order(draft, _OTHERS, step, step.prerequisites, taken, first)


def check_membership(draft: Draft) -> Iterator[Problem]:
    """Find members that joined before they were independent, or when the ladder says otherwise, or share a name."""
    facts = ladder_facts(draft)
    called: dict[tuple[str, str], str] = {}
    for row, one in draft.records_of(_MEMBERS, Member) if facts else ():
        assert facts is not None
        for column, name in ((f"name_{language}", name) for language, name in one.name.root.items()):
            if (other := called.setdefault((column, name), one.member)) != one.member:
                problem = f"{one.member} is called `{name}`, and so is {other}"
                yield draft.at_row(_MEMBERS, row, column, problem, "correct one of the two names")
        for column, joined in (("member_since", one.member_since), ("eu_member_since", one.eu_member_since)):
            if joined is not None and (began := _not_yet(joined, facts.independent.get(one.member))):
                problem = f"{one.member} joined {joined}, and is independent since {began} (countries.csv)"
                yield draft.at_row(_MEMBERS, row, column, problem, "correct one of the two dates")
        took = facts.first.get((one.member, facts.final.id)) if facts.final else None
        if took is not None and (took.last < one.member_since.first or one.member_since.last < took.first):
            problem = f"{one.member} is a member since {one.member_since}, and ladder.csv says {took}"
            yield draft.at_row(_MEMBERS, row, "member_since", problem, "correct one of the two dates")


def check_spells(draft: Draft) -> Iterator[Problem]:
    """Find spells that are reversed, overlap, begin before independence, or outlast the accession."""
    facts = ladder_facts(draft)
    spells = draft.records_of(_SEEKING, SeekingSpell)
    yield from _reversed_or_overlapping(draft, spells)
    for row, spell in spells if facts else ():
        assert facts is not None
        if began := _not_yet(spell.sought_from, facts.independent.get(spell.country)):
            problem = f"{spell.country} seeks since {spell.sought_from}, and is independent since {began}"
            yield draft.at_row(_SEEKING, row, "sought_from", problem, "correct one of the two dates")
        joined = facts.members.get(spell.country)
        if joined is not None and (spell.sought_to is None or spell.sought_to.first > joined.last):
            until = f"until {spell.sought_to}" if spell.sought_to else "still"
            problem = f"{spell.country} seeks {until}, and is a member since {joined}"
            yield draft.at_row(_SEEKING, row, "sought_to", problem, "end the spell when the country joined")


def _reversed_or_overlapping(draft: Draft, spells: Sequence[tuple[Row, SeekingSpell]]) -> Iterator[Problem]:
    last: dict[str, tuple[Row, SeekingSpell]] = {}
    for row, spell in sorted(spells, key=lambda pair: pair[1].sought_from):
        if spell.sought_to is not None and spell.sought_to.last < spell.sought_from.first:
            problem = f"the spell ends {spell.sought_to} before it begins {spell.sought_from}"
            yield draft.at_row(_SEEKING, row, "sought_to", problem, "exchange or correct the dates")
        if (earlier := last.get(spell.country)) is not None:
            until = earlier[1].sought_to
            if until is None or until.first > spell.sought_from.last:
                problem = f"the spell of {spell.country} overlaps with the one in line {earlier[0].line}"
                yield draft.at_row(
                    _SEEKING, row, "sought_from", problem, "end the earlier spell first, or join the two"
                )
        last[spell.country] = row, spell


def check_departures(draft: Draft) -> Iterator[Problem]:
    """Find members that left for good after they had joined, and are members all the same."""
    facts = ladder_facts(draft)
    if facts is None or facts.final is None:
        return
    for row, one in draft.records_of(_MEMBERS, Member):
        own = [event for _, event in facts.events if event.country == one.member]
        joined = [event.happened_on for event in own if event.event in facts.final.events]
        left = [event for event in own if event.event in _FOR_GOOD and joined and event.happened_on >= joined[-1]]
        if left:
            problem = f"{one.member} is a member, and left by `{left[-1].event}` on {left[-1].happened_on} (ladder.csv)"
            yield draft.at_row(_MEMBERS, row, "member", problem, "take it out of members.csv, or correct the event")


def _not_yet(day: DateInterval, since: DateInterval | None) -> DateInterval | None:
    """Give the date of the beginning if a day lies wholly before it."""
    return since if since is not None and day.last < since.first else None


def _too_early(
    draft: Draft, file: str, step: Step | ComparisonStep, taken: Events, independent: Mapping[str, DateInterval]
) -> Iterator[Problem]:
    for row, event in taken:
        if began := _not_yet(event.happened_on, step.existed_from):
            problem = f"{event.country} took `{step.id}` on {event.happened_on}; the step exists since {began}"
            yield draft.at_row(file, row, "happened_on", problem, "correct the date, or `existed_from` of the step")
        if began := _not_yet(event.happened_on, independent.get(event.country)):
            problem = f"{event.country} took `{step.id}` on {event.happened_on}; it is independent since {began}"
            yield draft.at_row(file, row, "happened_on", problem, "correct the date, or countries.csv")


def _twice(draft: Draft, file: str, step: str, taken: Events, events: Events) -> Iterator[Problem]:
    last: dict[str, tuple[Row, LadderEvent]] = {}
    for row, event in taken:
        if (before := last.get(event.country)) is not None:
            start, end = before[1].happened_on.middle, event.happened_on.middle
            left = [
                one
                for _, one in events
                if one.country == event.country and one.event in DEPARTURES and start <= one.happened_on.middle < end
            ]
            if not left:
                problem = f"{event.country} took `{step}` already (line {before[0].line}) and has not left it since"
                hint = f"delete one of the two, or add the day it left, as {' or '.join(DEPARTURES)}"
                yield draft.at_row(file, row, "event", problem, hint)
        last[event.country] = row, event


def _out_of_order(
    draft: Draft,
    file: str,
    step: Step | ComparisonStep,
    before: Sequence[str],
    taken: Events,
    first: Mapping[tuple[str, str], DateInterval],
) -> Iterator[Problem]:
    for row, event in taken:
        if event.happened_on != first.get((event.country, step.id)):
            continue
        for needed in before:
            had = first.get((event.country, needed))
            if had is not None and had.first > event.happened_on.last:
                problem = f"{event.country} took `{step.id}` on {event.happened_on}, before `{needed}` on {had}"
                where = _OTHER_STEPS if file == _OTHERS else "steps.toml"
                hint = f"`{needed}` comes first ({where}): correct one of the two dates"
                yield draft.at_row(file, row, "happened_on", problem, hint)


def _outside_spells(draft: Draft, step: Step, taken: Events) -> Iterator[Problem]:
    """Find steps that only a country that seeks can take, by one whose spells of seeking all lie elsewhere."""
    spells: dict[str, list[SeekingSpell]] = {}
    for _, spell in draft.records_of(_SEEKING, SeekingSpell) if step.seeking else ():
        spells.setdefault(spell.country, []).append(spell)
    for row, event in taken:
        day, of_country = event.happened_on, spells.get(event.country, [])
        sought = (
            one.sought_from.first <= day.last and (one.sought_to is None or day.first <= one.sought_to.last)
            for one in of_country
        )
        if of_country and not any(sought):
            problem = f"{event.country} took `{step.id}` on {day}, when it did not seek membership ({_SEEKING})"
            hint = "correct the date or the spell, or write seeking = false for the step in steps.toml"
            yield draft.at_row(_LADDER, row, "happened_on", problem, hint)


def _after_joining(draft: Draft, step: Step, taken: Events, facts: LadderFacts) -> Iterator[Problem]:
    for row, event in taken:
        joined = facts.members.get(event.country)
        below = facts.final is not None and 0 < step.rung < facts.final.rung
        if below and joined is not None and event.happened_on.first > joined.last:
            problem = f"{event.country} took `{step.id}` on {event.happened_on}, and is a member since {joined}"
            yield draft.at_row(_LADDER, row, "happened_on", problem, "correct the date, the country, or members.csv")


def _no_member(draft: Draft, taken: Events, facts: LadderFacts) -> Iterator[Problem]:
    for row, event in taken:
        left = [
            one
            for _, one in facts.events
            if one.country == event.country and one.event in DEPARTURES and one.happened_on >= event.happened_on
        ]
        if event.country not in facts.members and not left:
            problem = f"{event.country} took the last step, `{event.event}`, and is not in members.csv"
            hint = f"add it there, correct the event, or add the day it left, as {' or '.join(DEPARTURES)}"
            yield draft.at_row(_LADDER, row, "event", problem, hint)


CHECKS = (check_ladder, check_other_ladders, check_membership, check_spells, check_departures)
