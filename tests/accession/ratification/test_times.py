from shteg.accession.ratification.times import ratification_times
from tests.stance.case_builder import event, make_case, member, ratification, step

STEPS = (
    step("signed", 1, events=("signed",), existed_from="1990-01-01"),
    step("ratified", 2, ratified=True, prerequisites=("signed",)),
    step("joined", 3, events=("joined",), prerequisites=("ratified",)),
)
SIGNED = (event("ALB", "signed", "2000-01-01"), event("HRV", "signed", "2000-01-01"))


def times_of(*ratifications, ladder=SIGNED):
    members = (member("BEL"), member("CAN"))
    case = make_case(steps=STEPS, members=members, ladder=ladder, ratifications=ratifications)
    return {(one.candidate, one.member): one for one in ratification_times(case)}


def test_deposit_counts_before_parliament_and_unknown():
    found = times_of(
        ratification("ALB", "BEL", "2000-03-01", "parliament"),
        ratification("ALB", "BEL", "2000-04-01", "deposit"),
        ratification("ALB", "CAN", "2000-01-03", "unknown"),
        ratification("ALB", "CAN", "2000-02-01", "parliament"),
        ratification("ALB", "CAN", "2000-03-01", "parliament"),
    )
    assert (found["ALB", "BEL"].stage, found["ALB", "BEL"].days) == ("deposit", 91)
    assert (found["ALB", "CAN"].stage, found["ALB", "CAN"].days) == ("parliament", 60)  # the second chamber


def test_one_act_for_several_candidates_counts_once():
    found = times_of(
        ratification("ALB", "BEL", "2000-04-01"),
        ratification("HRV", "BEL", "2000-04-01"),
        ratification("ALB", "CAN", "2000-04-01"),
        ratification("HRV", "CAN", "2000-09-01"),
    )
    assert [one.status for one in found.values()] == ["used", "used", "same_act", "used"]


def test_imprecise_dates_have_bounds():
    one = times_of(ratification("ALB", "BEL", "2000-02"))["ALB", "BEL"]
    assert (one.low, one.days, one.high) == (31, 45, 59)


def test_times_without_a_signature_or_before_it_do_not_count():
    found = times_of(
        ratification("ALB", "BEL", "2000-02-01"),
        ratification("HRV", "BEL", "1999-02-01"),
        ratification("MNE", "BEL", "2000-02-01"),
    )
    assert found["HRV", "BEL"].status == "before_signature"
    assert found["MNE", "BEL"].status == "no_signature"
