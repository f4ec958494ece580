"""Votes needed and steps taken: one rule for the model, the checks and the pages."""

from datetime import date

import pytest

from shteg.evidence import find_case, read_case
from shteg.evidence.steps_taken import first_dates, first_taken, steps_taken
from shteg.evidence.votes import SOME_SUFFICE, votes_needed


@pytest.mark.parametrize(
    ("rule", "electors", "needed"),
    [
        ("all", 32, 32), ("all", 0, 0), ("sponsors", 3, 3), ("none", 32, 0),
        ("two_thirds", 3, 2), ("two_thirds", 46, 31), ("two_thirds", 32, 22), ("two_thirds", 0, 0),
        ("majority", 4, 3), ("majority", 5, 3), ("majority", 1, 1), ("majority", 0, 1),
    ],
)  # fmt: skip
def test_votes_needed(rule: str, electors: int, needed: int) -> None:
    assert votes_needed(rule, electors) == needed


@pytest.mark.parametrize("electors", range(1, 60))
def test_some_suffice_where_fewer_than_all_can_be_enough(electors: int) -> None:
    assert 3 * votes_needed("two_thirds", electors) >= 2 * electors > 3 * (votes_needed("two_thirds", electors) - 1)
    assert 2 * votes_needed("majority", electors) > electors >= 2 * (votes_needed("majority", electors) - 1)
    assert {"two_thirds", "majority"} == SOME_SUFFICE


def test_first_dates_take_the_first_of_several_and_keep_the_order_of_the_steps() -> None:
    labels = {"join": ("joined", "rejoined"), "plan": ("planned",)}
    events = [
        ("BBB", "planned", "2004"), ("AAA", "rejoined", "2012-03"), ("AAA", "joined", "2009-04-01"),
        ("AAA", "planned", "1999"), ("AAA", "seen", "1990"),
    ]  # fmt: skip
    first = first_dates(labels, events)
    assert list(first.items()) == [
        (("AAA", "join"), "2009-04-01"), (("BBB", "plan"), "2004"), (("AAA", "plan"), "1999")
    ]  # fmt: skip
    assert first_dates({"join": ()}, [("AAA", "joined", date(2009, 4, 1))]) == {}


def test_steps_taken_of_a_case() -> None:
    case = read_case(find_case("demo"))
    first = first_taken(case)
    for country in {event.country for event in case.ladder}:
        taken = steps_taken(case, country)
        own = [event for event in case.ladder if event.country == country]
        assert list(taken) == [step.id for step in case.steps if {one.event for one in own} & set(step.events)]
        for step in case.steps:
            if step.id in taken:
                assert taken[step.id] == min(one.happened_on for one in own if one.event in step.events)
                assert first[country, step.id] == taken[step.id]
    assert steps_taken(case) == steps_taken(case, case.header.aspirant)
    assert first
