"""Contradictions among what states do: acts, governments, ties, ratifications."""

import re
from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.checks.ladder_facts import LadderFacts, independence, ladder_facts
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft, unknown
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Act, Partnership, Ratification
from shteg.evidence.records.model import Government
from shteg.evidence.records.objections import MembershipVote

_ACTS, _TIES, _ITEMS, _GOVERNMENTS = "acts.csv", "partnerships.csv", "items.toml", "governments.csv"
_PROTOCOLS, _VOTES = "ratifications.csv", "membership_votes.csv"
SAID_OF_NUMBERS = "number"
"""The key of `says` that stands for every number."""
_MARKS = re.compile(r"[^A-Za-z0-9_-]+")
_ONE_OF_TWO = "correct one of the two dates"


def check_acts(draft: Draft) -> Iterator[Problem]:
    """Find acts of the aspirant toward itself, of or toward no state yet, and two different ones on the same date."""
    aspirant = draft.aspirant
    independent = independence(draft)
    first: dict[tuple[str, str, DateInterval], tuple[Row, Act]] = {}
    for row, act in draft.records_of(_ACTS, Act):
        for country in dict.fromkeys((act.actor, aspirant)):
            began = independent.get(country) if country else None
            if began is not None and act.happened_on.last < began.first:
                problem = f"the act is of {act.happened_on}, and {country} is independent since {began} (countries.csv)"
                yield draft.at_row(_ACTS, row, "happened_on", problem, _ONE_OF_TWO)
        if act.actor == aspirant:
            problem = f"`{act.actor}` is the aspirant, and acts here toward itself"
            yield draft.at_row(_ACTS, row, "actor", problem, "name the state that acted, or delete the row")
        seen, other = first.setdefault((act.actor, act.item, act.happened_on), (row, act))
        if other.value != act.value:
            problem = f"{act.actor} has {act.item} `{act.value}` here and `{other.value}` in line {seen.line}"
            hint = "one of the two is wrong, or their dates are: a state does one of them on one date"
            yield draft.at_row(_ACTS, row, "value", f"{problem}, both on {act.happened_on}", hint)


def check_values(draft: Draft) -> Iterator[Problem]:
    """Find values, and kinds of acts, that are told apart by marks only: in the ids of counts they would be one."""
    first: dict[tuple[str, str], tuple[Row, Act]] = {}
    for row, act in draft.records_of(_ACTS, Act):
        seen, other = first.setdefault((act.item, _MARKS.sub("-", act.value).strip("-_")), (row, act))
        if other.value != act.value:
            problem = f"the values `{act.value}` and `{other.value}` (line {seen.line}) differ in their marks only"
            yield draft.at_row(_ACTS, row, "value", problem, "write one value in one way")
    names: dict[str, str] = {}
    for name in sorted(draft.keys_of(_ITEMS, "items") or ()):
        other_name = names.setdefault(name.replace(".", "-"), name)
        if other_name != name:
            problem = f"the ids `{name}` and `{other_name}` differ in a point only"
            yield draft.at_key(_ITEMS, ("items", name), problem, "give one of the two another id")


def check_sayings(draft: Draft) -> Iterator[Problem]:
    """Find words for a value that no act has, and words for numbers that do not say where the number stands."""
    found: dict[str, set[str]] = {}
    for _, act in draft.records_of(_ACTS, Act):
        found.setdefault(act.item, set()).add(act.value)
    for _, vote in draft.records_of(_VOTES, MembershipVote):
        found.setdefault(vote.item, set()).add(vote.value)
    if not all(draft.tables[file].whole for file in (_ACTS, _VOTES) if file in draft.tables):
        return
    for path, item in draft.tables_of(_ITEMS, "items"):
        says = item.get("says")
        for value, words in says.items() if isinstance(says, dict) else ():
            place = (*path, "says", str(value))
            if value == SAID_OF_NUMBERS:
                texts = words.values() if isinstance(words, dict) else ()
                if not all("{number}" in str(text) for text in texts):
                    yield draft.at_key(_ITEMS, place, "the words for numbers lack `{number}`", "write where it stands")
            elif failed := unknown(str(value), frozenset(found.get(str(path[-1]), ())), "value", f"{_ACTS}, {_VOTES}"):
                yield draft.at_key(_ITEMS, place, *failed)


def check_governments(draft: Draft) -> Iterator[Problem]:
    """Find governments of a state that was none yet."""
    independent = independence(draft)
    for row, one in draft.records_of(_GOVERNMENTS, Government):
        began = independent.get(one.country)
        if began is not None and one.happened_on.last < began.first:
            problem = f"the government is of {one.happened_on}, and {one.country} is independent since {began}"
            yield draft.at_row(_GOVERNMENTS, row, "happened_on", problem, _ONE_OF_TWO)


def check_ties(draft: Draft) -> Iterator[Problem]:
    """Find ties of the aspirant with itself."""
    aspirant = draft.aspirant
    for row, tie in draft.records_of(_TIES, Partnership):
        if tie.partner == aspirant:
            problem = f"`{tie.partner}` is the aspirant, and no partner of itself"
            yield draft.at_row(_TIES, row, "partner", problem, "name the other state or body")


def check_ratifications(draft: Draft) -> Iterator[Problem]:
    """Find ratifications by the candidate itself or by no member, before the signature, after the accession."""
    facts = ladder_facts(draft)
    if facts is None:
        return
    stages: dict[tuple[str, str], list[tuple[Row, Ratification]]] = {}
    for row, one in draft.records_of(_PROTOCOLS, Ratification):
        if one.candidate == one.member:
            problem = f"{one.member} ratifies its own accession"
            yield draft.at_row(_PROTOCOLS, row, "member", problem, "name the member that ratified, or delete the row")
        joined = facts.members.get(one.member)
        if joined is not None and one.happened_on.last < joined.first:
            problem = f"{one.member} ratified on {one.happened_on}, and is a member since {joined}"
            yield draft.at_row(_PROTOCOLS, row, "happened_on", problem, _ONE_OF_TWO)
        yield from _against_ladder(draft, row, one, facts)
        stages.setdefault((one.candidate, one.member), []).append((row, one))
    for rows in stages.values():
        yield from _against_each_other(draft, rows)


def _against_ladder(draft: Draft, row: Row, one: Ratification, facts: LadderFacts) -> Iterator[Problem]:
    needed = _signed_steps(facts)
    signed = [facts.first[one.candidate, name] for name in needed if (one.candidate, name) in facts.first]
    if needed and not signed and one.candidate not in facts.members:
        problem = f"{one.member} ratified, and {one.candidate} has not taken {_listed(needed)} (ladder.csv)"
        yield draft.at_row(
            _PROTOCOLS, row, "candidate", problem, "correct the candidate, or add the step to ladder.csv"
        )
    late = [day for day in signed if one.happened_on.last < day.first]
    if late:
        problem = (
            f"{one.member} ratified on {one.happened_on}, before {one.candidate} took {_listed(needed)} on {late[0]}"
        )
        yield draft.at_row(_PROTOCOLS, row, "happened_on", problem, "correct the date here, or that of ladder.csv")
    ends: list[DateInterval | None] = [facts.members.get(one.candidate)]
    ends += [facts.first.get((one.candidate, facts.final.id))] if facts.final else []
    for end in {end for end in ends if end is not None}:
        if one.happened_on.first > end.last:
            problem = f"{one.member} ratified on {one.happened_on}, after {one.candidate} had joined on {end}"
            yield draft.at_row(_PROTOCOLS, row, "happened_on", problem, _ONE_OF_TWO)


def _signed_steps(facts: LadderFacts) -> tuple[str, ...]:
    """Give the steps from whose day ratification counts, as the model does: what the ratified step rests on."""
    for step in facts.steps.values():
        if step.ratified:
            before = [facts.steps[name] for name in step.prerequisites if name in facts.steps]
            recorded = [one.id for one in before if one.events]
            below = [one for one in facts.steps.values() if one.events and one.rung < step.rung]
            return tuple(recorded or ([max(below, key=lambda one: one.rung).id] if below else []))
    return ()


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _against_each_other(draft: Draft, rows: list[tuple[Row, Ratification]]) -> Iterator[Problem]:
    deposits = [one for _, one in rows if one.stage == "deposit"]
    for row, one in rows:
        for deposit in deposits:
            if one.stage == "parliament" and deposit.happened_on.last < one.happened_on.first:
                problem = f"parliament votes on {one.happened_on}, after the deposit on {deposit.happened_on}"
                yield draft.at_row(_PROTOCOLS, row, "happened_on", problem, _ONE_OF_TWO)


CHECKS = (
    check_acts,
    check_values,
    check_sayings,
    check_governments,
    check_ties,
    check_ratifications,
)
