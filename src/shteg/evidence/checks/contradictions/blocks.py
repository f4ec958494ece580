"""Contradictions among blocks: whom, by whom, on what, and when."""

from collections.abc import Iterator
from itertools import pairwise

from shteg.errors import Problem
from shteg.evidence.checks.ladder_facts import LadderFacts, ladder_facts
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.model import Block

_FILE = "blocks.csv"


def check_open_blocks(draft: Draft) -> Iterator[Problem]:
    """Find blocks of one member on one step of one country that overlap, and blocks known before they began."""
    rows: dict[tuple[str, str, str], list[tuple[Row, Block]]] = {}
    for row, one in draft.records_of(_FILE, Block):
        rows.setdefault((one.country, one.member, one.step), []).append((row, one))
        if one.known_on is not None and one.known_on.last < one.blocked_from.first:
            problem = f"known_on {one.known_on} lies before blocked_from {one.blocked_from}"
            yield draft.at_row(_FILE, row, "known_on", problem, "correct one of the two dates")
    for same in rows.values():
        same.sort(key=lambda pair: pair[1].blocked_from)
        for (first, earlier), (row, later) in pairwise(same):
            if earlier.blocked_to is None or earlier.blocked_to.first > later.blocked_from.last:
                problem = (
                    f"{later.member} blocks {later.step} of {later.country} already, by the row in line {first.line}"
                )
                hint = "end the earlier block first, or join the two"
                yield draft.at_row(_FILE, row, "blocked_from", problem, hint)


def check_blocked_steps(draft: Draft) -> Iterator[Problem]:
    """Find members that block themselves, before they are members, or a step that exists not yet or was taken."""
    facts = ladder_facts(draft)
    for row, one in draft.records_of(_FILE, Block) if facts else ():
        assert facts is not None
        if one.country == one.member:
            problem = f"{one.member} blocks itself"
            yield draft.at_row(_FILE, row, "member", problem, "name the member that blocked")
        joined = facts.members.get(one.member)
        if joined is not None and one.blocked_from.last < joined.first:
            problem = f"{one.member} blocks since {one.blocked_from}, and is a member since {joined}"
            yield draft.at_row(_FILE, row, "blocked_from", problem, "correct one of the two dates")
        yield from _against_step(draft, row, one, facts)


def _against_step(draft: Draft, row: Row, one: Block, facts: LadderFacts) -> Iterator[Problem]:
    step, taken = facts.steps.get(one.step), facts.first.get((one.country, one.step))
    if step is not None and step.existed_from is not None and one.blocked_from.last < step.existed_from.first:
        problem = f"the block begins {one.blocked_from}, and `{one.step}` exists since {step.existed_from}"
        yield draft.at_row(_FILE, row, "blocked_from", problem, "correct the date, or `existed_from` of the step")
    for day, what in ((taken, f"took `{one.step}`"), (facts.members.get(one.country), "joined")):
        if day is None:
            continue
        if one.blocked_from.first > day.last:
            problem = f"the block begins {one.blocked_from}, and {one.country} {what} on {day}"
            yield draft.at_row(_FILE, row, "blocked_from", problem, "correct one of the two dates")
        elif one.blocked_to is None or one.blocked_to.first > day.last:
            until = f"lasts until {one.blocked_to}" if one.blocked_to else "is still open"
            problem = f"the block {until}, and {one.country} {what} on {day}"
            yield draft.at_row(_FILE, row, "blocked_to", problem, "end the block when the step was taken")
