"""Contradictions among ratifications: by whom, of whom, and when."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.checks.ladder_facts import LadderFacts, ladder_facts
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Ratification

_FILE = "ratifications.csv"


def check_ratifications(draft: Draft) -> Iterator[Problem]:
    """Find ratifications by the candidate itself or by no member, before the signature, after the accession."""
    facts = ladder_facts(draft)
    if facts is None:
        return
    stages: dict[tuple[str, str], list[tuple[Row, Ratification]]] = {}
    for row, one in draft.records_of(_FILE, Ratification):
        if one.candidate == one.member:
            problem = f"{one.member} ratifies its own accession"
            yield draft.at_row(_FILE, row, "member", problem, "name the member that ratified, or delete the row")
        joined = facts.members.get(one.member)
        if joined is not None and one.happened_on.last < joined.first:
            problem = f"{one.member} ratified on {one.happened_on}, and is a member since {joined}"
            yield draft.at_row(_FILE, row, "happened_on", problem, "correct one of the two dates")
        yield from _against_ladder(draft, row, one, facts)
        stages.setdefault((one.candidate, one.member), []).append((row, one))
    for rows in stages.values():
        yield from _against_each_other(draft, rows)


def _against_ladder(draft: Draft, row: Row, one: Ratification, facts: LadderFacts) -> Iterator[Problem]:
    needed = _signed_steps(facts)
    signed = [facts.first[one.candidate, name] for name in needed if (one.candidate, name) in facts.first]
    if needed and not signed and one.candidate not in facts.members:
        problem = f"{one.member} ratified, and {one.candidate} has not taken {_listed(needed)} (ladder.csv)"
        yield draft.at_row(_FILE, row, "candidate", problem, "correct the candidate, or add the step to ladder.csv")
    late = [day for day in signed if one.happened_on.last < day.first]
    if late:
        problem = (
            f"{one.member} ratified on {one.happened_on}, before {one.candidate} took {_listed(needed)} on {late[0]}"
        )
        yield draft.at_row(_FILE, row, "happened_on", problem, "correct the date here, or that of ladder.csv")
    ends: list[DateInterval | None] = [facts.members.get(one.candidate)]
    ends += [facts.first.get((one.candidate, facts.final.id))] if facts.final else []
    for end in {end for end in ends if end is not None}:
        if one.happened_on.first > end.last:
            problem = f"{one.member} ratified on {one.happened_on}, after {one.candidate} had joined on {end}"
            yield draft.at_row(_FILE, row, "happened_on", problem, "correct one of the two dates")


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
                yield draft.at_row(_FILE, row, "happened_on", problem, "correct one of the two dates")
