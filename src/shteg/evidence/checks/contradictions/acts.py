"""Contradictions among acts and ties: one state that did two things on one day, a state that acts toward itself."""

import re
from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.csv_tables import Row
from shteg.evidence.files.draft import Draft
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Act, NamedCountry, Partnership
from shteg.evidence.records.model import Government

_ACTS, _TIES, _ITEMS, _GOVERNMENTS = "acts.csv", "partnerships.csv", "items.toml", "governments.csv"
_MARKS = re.compile(r"[^A-Za-z0-9_-]+")


def check_acts(draft: Draft) -> Iterator[Problem]:
    """Find acts of the aspirant toward itself, of or toward no state yet, and two different ones on the same date."""
    aspirant = draft.aspirant
    independent = {one.country: one.independent_on for _, one in draft.records_of("countries.csv", NamedCountry)}
    first: dict[tuple[str, str, DateInterval], tuple[Row, Act]] = {}
    for row, act in draft.records_of(_ACTS, Act):
        for country in dict.fromkeys((act.actor, aspirant)):
            began = independent.get(country) if country else None
            if began is not None and act.happened_on.last < began.first:
                problem = f"the act is of {act.happened_on}, and {country} is independent since {began} (countries.csv)"
                yield draft.at_row(_ACTS, row, "happened_on", problem, "correct one of the two dates")
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


def check_governments(draft: Draft) -> Iterator[Problem]:
    """Find governments of a state that was none yet."""
    independent = {one.country: one.independent_on for _, one in draft.records_of("countries.csv", NamedCountry)}
    for row, one in draft.records_of(_GOVERNMENTS, Government):
        began = independent.get(one.country)
        if began is not None and one.happened_on.last < began.first:
            problem = f"the government is of {one.happened_on}, and {one.country} is independent since {began}"
            yield draft.at_row(_GOVERNMENTS, row, "happened_on", problem, "correct one of the two dates")


def check_ties(draft: Draft) -> Iterator[Problem]:
    """Find ties of the aspirant with itself."""
    aspirant = draft.aspirant
    for row, tie in draft.records_of(_TIES, Partnership):
        if tie.partner == aspirant:
            problem = f"`{tie.partner}` is the aspirant, and no partner of itself"
            yield draft.at_row(_TIES, row, "partner", problem, "name the other state or body")
