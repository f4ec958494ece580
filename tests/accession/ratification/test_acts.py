"""What is known of each ratification, as bounds in days."""

from dataclasses import replace
from datetime import date

import numpy as np

from shteg.accession.ratification.acts import RatificationAct, last_ratifications, longest_gap, ratification_acts
from shteg.accession.ratification.times import ratification_times
from shteg.evidence.records.objections import Objection
from tests.stance.case_builder import ORGANISATION, event, make_case, member, ratification, step

STEPS = (
    step("signed", 1, events=("signed",), existed_from="1990-01-01"),
    step("ratified", 2, ratified=True, prerequisites=("signed",)),
    step("joined", 3, events=("joined",), prerequisites=("ratified",)),
)
LADDER = (
    event("ALB", "signed", "2000-01-01"), event("HRV", "signed", "2000-01-01"), event("ALB", "joined", "2000-12-31"),
)  # fmt: skip


def acts_of(*ratifications, ladder=LADDER, members=("BEL", "CAN"), objections=(), as_of=date(2026, 1, 1)):
    case = make_case(
        steps=STEPS, members=tuple(member(code) for code in members), ladder=ladder, ratifications=ratifications,
        objections=objections, as_of=as_of,
    )  # fmt: skip
    return {(one.candidate, one.member): one for one in ratification_acts(case, ratification_times(case))}


def test_a_deposit_is_exact_to_half_a_day_and_a_month_as_wide_as_the_month():
    found = acts_of(ratification("ALB", "BEL", "2000-04-01"), ratification("ALB", "CAN", "2000-02"))
    assert (found["ALB", "BEL"].low, found["ALB", "BEL"].high) == (90.5, 91.5)
    assert (found["ALB", "CAN"].low, found["ALB", "CAN"].high) == (30.5, 59.5)


def test_a_vote_of_parliament_bounds_the_deposit_by_the_longest_gap_on_record():
    rows = (
        ratification("ALB", "BEL", "2000-03-01", "parliament"), ratification("ALB", "BEL", "2000-04-10"),
        ratification("ALB", "CAN", "2000-05-01", "parliament"),
    )  # fmt: skip
    case = make_case(steps=STEPS, members=(member("BEL"), member("CAN")), ladder=LADDER, ratifications=rows)
    assert longest_gap(case) == 40
    one = acts_of(*rows)["ALB", "CAN"]
    assert (one.basis, one.low, one.high) == ("before_deposit", 120.5, 161.5)


def test_no_deposit_comes_after_membership():
    rows = (
        ratification("ALB", "BEL", "2000-03-01", "parliament"), ratification("ALB", "BEL", "2000-10-01"),
        ratification("ALB", "CAN", "2000-12-20", "parliament"),
    )  # fmt: skip
    assert acts_of(*rows)["ALB", "CAN"].high == 365.5


def test_a_missing_row_is_bounded_by_membership_and_an_open_one_from_below():
    found = acts_of(ratification("ALB", "BEL", "2000-04-01"))
    assert (found["ALB", "CAN"].basis, found["ALB", "CAN"].low, found["ALB", "CAN"].high) == ("membership", 0.0, 365.5)
    still = acts_of(ratification("HRV", "BEL", "2000-04-01"), as_of=date(2001, 1, 1))["HRV", "CAN"]
    assert (still.basis, still.low, still.high) == ("open", 366.5, np.inf)


def test_members_that_joined_after_the_signature_are_left_out():
    late = replace_since(member("CAN"), "2000-06-01")
    case = make_case(steps=STEPS, members=(member("BEL"), late), ladder=LADDER,
                     ratifications=(ratification("ALB", "BEL", "2000-04-01"),))  # fmt: skip
    assert {one.member for one in ratification_acts(case, ratification_times(case))} == {"BEL"}


def replace_since(one, day):
    return type(one)(**{**one.model_dump(), "member_since": day})


def test_one_act_for_several_candidates_counts_once():
    ladder = (*LADDER, event("HRV", "joined", "2000-12-31"))
    found = acts_of(
        ratification("ALB", "BEL", "2000-04-01"), ratification("HRV", "BEL", "2000-04-01"),
        ratification("ALB", "CAN", "2000-05-01"), ratification("HRV", "CAN", "2000-06-01"), ladder=ladder,
    )  # fmt: skip
    assert sorted(found) == [("ALB", "BEL"), ("ALB", "CAN"), ("HRV", "CAN")]


def test_a_block_of_the_ratified_step_is_a_hold_out_of_the_round():
    rows = (ratification("ALB", "BEL", "2000-04-01"), ratification("ALB", "CAN", "2000-05-01"))
    assert {one.held for one in acts_of(*rows).values()} == {None}  # nothing on record could tell
    block = Objection(
        organisation=ORGANISATION,
        candidate="ALB",
        member="CAN",
        step="ratified",
        began="2000-01-01",
        ground="domestic",
        source="given",
        grade="B2",
    )
    found = acts_of(*rows, objections=(block,))
    assert (found["ALB", "BEL"].held, found["ALB", "CAN"].held) == (False, True)
    other = replace(make_case(steps=STEPS), objections=(block.model_copy(update={"step": "signed"}),))
    assert other.objections[0].step == "signed"
    found = acts_of(*rows, objections=other.objections)
    assert {one.held for one in found.values()} == {False}


def act(who, round_, low, high, candidate="ALB"):
    return RatificationAct(
        candidate=candidate, member=who, round=round_, low=low, high=high, basis="deposit", held=False, source="given",
        grade="B2",
    )  # fmt: skip


def test_the_last_is_the_slowest_of_each_candidate():
    shared = act("BEL", "r", 10.0, 11.0, "FIN")
    own = [act("TUR", "r", 200.0, 201.0, "FIN"), act("TUR", "r", 500.0, 501.0, "SWE")]
    found = last_ratifications([shared, *own])
    assert [(one.candidates, one.low, one.high) for one in found] == [
        (("FIN",), 200.0, 201.0),
        (("SWE",), 500.0, 501.0),
    ]


def test_a_round_still_open_has_no_last():
    assert last_ratifications([act("BEL", "r", 10.0, 11.0), act("CAN", "r", 20.0, np.inf)]) == ()
