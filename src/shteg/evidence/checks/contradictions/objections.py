"""Contradictions among objections, and among votes on membership and ties: who can object to what, and when."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from shteg.errors import Problem
from shteg.evidence.checks.ladder_facts import LadderFacts, ladder_facts
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft, Known
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Act
from shteg.evidence.records.objections import ComparisonMember, Dyad, MembershipVote, Objection
from shteg.hints import list_names

_OBJECTIONS, _VOTES, _DYADS, _ACTS = "objections.csv", "membership_votes.csv", "dyads.csv", "acts.csv"
_OTHERS, _THEIR_MEMBERS = "comparisons.toml", "comparison_members.csv"
_ONE_OF_TWO = "correct one of the two dates"
Span = tuple[DateInterval, DateInterval | None]


def check_open_objections(draft: Draft) -> Iterator[Problem]:
    """Find objections of one member to one step of one candidate that overlap, and ones known before they began."""
    rows: dict[tuple[str, str, str, str], list[tuple[Row, Objection]]] = {}
    for row, one in draft.records_of(_OBJECTIONS, Objection):
        rows.setdefault((one.organisation, one.candidate, one.member, one.step), []).append((row, one))
        if one.known_on is not None and one.known_on.last < one.began.first:
            problem = f"known_on {one.known_on} lies before began {one.began}"
            yield draft.at_row(_OBJECTIONS, row, "known_on", problem, _ONE_OF_TWO)
    for same in rows.values():
        same.sort(key=lambda pair: pair[1].began)
        for (first, earlier), (row, later) in pairwise(same):
            if earlier.ended is None or earlier.ended.first > later.began.last:
                problem = (
                    f"{later.member} objects to `{later.step}` of {later.candidate} already, by the row in line "
                    f"{first.line}"
                )
                hint = "end the earlier objection first, or join the two"
                yield draft.at_row(_OBJECTIONS, row, "began", problem, hint)


def check_objectors(draft: Draft) -> Iterator[Problem]:
    """Find objections in an organisation without a ladder, to a step of another one, and by no member of it."""
    own = draft.raw("case.toml", "organisation", "id")
    ladders = _ladders(draft, str(own))
    if ladders is None:
        return
    facts, there = ladder_facts(draft), _their_members(draft)
    for row, one in draft.records_of(_OBJECTIONS, Objection):
        if one.candidate == one.member:
            problem = f"{one.member} objects to itself"
            yield draft.at_row(_OBJECTIONS, row, "member", problem, "name the member that objected")
        steps = ladders.get(one.organisation)
        if steps is None:
            problem = f"the organisation `{one.organisation}` has no ladder"
            hint = suggest(one.organisation, ladders, list_names(sorted(ladders), "with a ladder are"))
            yield draft.at_row(_OBJECTIONS, row, "organisation", problem, hint)
            continue
        if one.step not in steps:
            problem = f"`{one.step}` is no step of `{one.organisation}`"
            hint = suggest(one.step, steps, list_names(sorted(steps), "its steps are"))
            yield draft.at_row(_OBJECTIONS, row, "step", problem, hint)
        if one.organisation == own:
            joined = facts.members.get(one.member) if facts else None
            spans: tuple[Span, ...] = ((joined, None),) if joined else ()
        else:
            spans = there.get((one.organisation, one.member), ())
        yield from _as_member(draft, row, one, spans, _THEIR_MEMBERS if one.organisation != own else "members.csv")


def _ladders(draft: Draft, own: str) -> Mapping[str, frozenset[str]] | None:
    """Give the steps of every organisation with a ladder; None while a file of them cannot be read."""
    steps: Known = draft.ids_of("steps.toml", "steps")
    if steps is None:
        return None
    found: dict[str, set[str]] = {own: set(steps)}
    for _, step in draft.tables_of(_OTHERS, "steps"):
        found.setdefault(str(step.get("organisation")), set()).add(str(step.get("id")))
    return {name: frozenset(some) for name, some in found.items()}


def _their_members(draft: Draft) -> Mapping[tuple[str, str], tuple[Span, ...]]:
    found: dict[tuple[str, str], tuple[Span, ...]] = {}
    for _, one in draft.records_of(_THEIR_MEMBERS, ComparisonMember):
        key = one.organisation, one.member
        found[key] = (*found.get(key, ()), (one.member_since, one.member_until))
    return found


def _as_member(draft: Draft, row: Row, one: Objection, spans: tuple[Span, ...], file: str) -> Iterator[Problem]:
    """Tell an objection by a state that was no member when it began."""
    if not spans:
        problem = f"{one.member} is no member of `{one.organisation}`"
        yield draft.at_row(_OBJECTIONS, row, "member", problem, f"name a member, or add it to {file}")
    elif not any(
        since.first <= one.began.last and (until is None or one.began.first <= until.last) for since, until in spans
    ):
        told = " and ".join(f"from {since}" + (f" to {until}" if until else "") for since, until in spans)
        problem = f"{one.member} objects since {one.began}, and is a member of `{one.organisation}` {told}"
        yield draft.at_row(_OBJECTIONS, row, "began", problem, f"correct one of the dates, here or in {file}")


def check_objected_steps(draft: Draft) -> Iterator[Problem]:
    """Find objections to a step of the case that exists not yet or was taken."""
    facts, own = ladder_facts(draft), draft.raw("case.toml", "organisation", "id")
    for row, one in draft.records_of(_OBJECTIONS, Objection) if facts else ():
        assert facts is not None
        if one.organisation == own:
            yield from _against_step(draft, row, one, facts)


def _against_step(draft: Draft, row: Row, one: Objection, facts: LadderFacts) -> Iterator[Problem]:
    step, taken = facts.steps.get(one.step), facts.first.get((one.candidate, one.step))
    if step is not None and step.existed_from is not None and one.began.last < step.existed_from.first:
        problem = f"the objection begins {one.began}, and `{one.step}` exists since {step.existed_from}"
        yield draft.at_row(_OBJECTIONS, row, "began", problem, "correct the date, or `existed_from` of the step")
    for day, what in ((taken, f"took `{one.step}`"), (facts.members.get(one.candidate), "joined")):
        if day is None:
            continue
        if one.began.first > day.last:
            problem = f"the objection begins {one.began}, and {one.candidate} {what} on {day}"
            yield draft.at_row(_OBJECTIONS, row, "began", problem, _ONE_OF_TWO)
        elif one.ended is None or one.ended.first > day.last:
            until = f"lasts until {one.ended}" if one.ended else "is still open"
            problem = f"the objection {until}, and {one.candidate} {what} on {day}"
            yield draft.at_row(_OBJECTIONS, row, "ended", problem, "end the objection when the step was taken")


def check_votes(draft: Draft) -> Iterator[Problem]:
    """Find members that vote on themselves, and votes that stand among the acts too."""
    acts = {(one.actor, one.item, one.happened_on): row for row, one in draft.records_of(_ACTS, Act)}
    for row, vote in draft.records_of(_VOTES, MembershipVote):
        if vote.candidate == vote.member:
            problem = f"{vote.member} votes on its own membership"
            yield draft.at_row(_VOTES, row, "member", problem, "name the member that voted, or delete the row")
        twin = acts.get((vote.member, vote.item, vote.happened_on))
        if twin is not None and vote.candidate == draft.aspirant:
            problem = f"the vote of {vote.member} stands in {_ACTS} too (line {twin.line}), and would count twice"
            yield draft.at_row(_VOTES, row, "item", problem, f"delete the row of {_ACTS}")


def check_dyads(draft: Draft) -> Iterator[Problem]:
    """Find ties of a state with itself, and two times of one relation that overlap."""
    rows: dict[tuple[str, str, str], list[tuple[Row, Dyad]]] = {}
    for row, one in draft.records_of(_DYADS, Dyad):
        rows.setdefault((one.candidate, one.member, one.relation), []).append((row, one))
        if one.candidate == one.member:
            yield draft.at_row(_DYADS, row, "member", f"{one.member} is paired with itself", "name the member")
    for same in rows.values():
        same.sort(key=lambda pair: pair[1].since)
        for (first, earlier), (row, later) in pairwise(same):
            if earlier.until is None or earlier.until.first > later.since.last:
                problem = f"the relation holds already, by the row in line {first.line}"
                yield draft.at_row(_DYADS, row, "since", problem, "end the earlier one first, or join the two")


CHECKS = (check_open_objections, check_objectors, check_objected_steps, check_votes, check_dyads)
