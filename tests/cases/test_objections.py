"""The objections of the shipped case: many candidates, dated, sourced, and about what members did."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from shteg.evidence import Case, read_case

FOLDER = Path(__file__).parents[2] / "cases" / "kosovo-nato"


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(FOLDER)


def test_episodes_of_three_organisations(case: Case) -> None:
    count = Counter(one.organisation for one in case.objections)
    assert set(count) == {"nato", "eu", "coe"}
    assert sum(count.values()) >= 45
    assert min(count.values()) >= 10
    assert len({one.candidate for one in case.objections}) >= 15
    assert {one.ending for one in case.objections} == {None, "settled", "government", "pressure", "dropped", "unknown"}
    assert len({one.ground for one in case.objections}) == 6


def test_most_were_read_and_nothing_ends_in_the_future(case: Case) -> None:
    assert sum(one.grade == "F6" for one in case.objections) <= 1
    assert all(one.began.first <= case.header.as_of for one in case.objections)
    assert all(one.ended is None or one.ended.last <= case.header.as_of for one in case.objections)


def test_objections_elsewhere_end_no_later_than_the_step_is_taken(case: Case) -> None:
    """The checks see to the own ladder; elsewhere too nobody holds up what was taken."""
    first = {(one.country, one.event): one.happened_on for one in reversed(case.comparison_events)}
    labels = {step.id: step.events for step in case.comparison_steps}
    for one in case.objections:
        days = [first[one.candidate, label] for label in labels.get(one.step, ()) if (one.candidate, label) in first]
        for day in days:
            assert one.ended is not None, one
            assert one.ended.first <= day.last, one


def test_an_end_that_had_not_come_takes_its_ending_along(case: Case) -> None:
    before = case.as_of(date(2015, 1, 1))
    greece = [one for one in before.objections if (one.organisation, one.candidate) == ("eu", "MKD")]
    assert [(one.member, one.ended, one.ending) for one in greece] == [("GRC", None, None), ("BGR", None, None)]


def test_interpol_is_told_by_one_side_and_graded_so(case: Case) -> None:
    votes = [one for one in case.membership_votes if one.item == "interpol_general_assembly"]
    assert {one.grade for one in votes} == {"C3"}
    assert Counter(one.value for one in votes) == {"support": 20, "oppose": 3, "abstain": 2}
    assert {one.member for one in case.members} - {one.member for one in votes} == {
        "BGR", "CZE", "GBR", "PRT", "SVN", "SWE", "TUR"}  # fmt: skip


def test_votes_on_others_say_nothing_of_the_aspirant(case: Case) -> None:
    others = {one.item for one in case.membership_votes if one.candidate != case.header.aspirant}
    assert others == {"unesco_palestine_2011", "unga_67_19"}
    assert not others & {act.item for act in case.public_acts}
    unused = {one for one in {v.item for v in case.membership_votes} if case.items[one].statehood_content is None}
    assert unused == {"unga_63_3"}  # a question to a court, and no vote on membership
