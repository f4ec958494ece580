from datetime import date

import pytest

from shteg.accession.history.risk_spells import first_reached, ladder_countries, risk_spells
from shteg.errors import ModelError
from shteg.estimates import YEAR_DAYS
from tests.stance.case_builder import country, event, make_case, member, ratification, spell, step

AS_OF = date(2010, 1, 1)
FIRST = step("first", 1, events=("first",), existed_from="2000-01-01")
SECOND = step("second", 2, events=("second",), prerequisites=("first",))


def spells_of(chosen, name, **parts):
    case = make_case(as_of=AS_OF, **{"steps": (FIRST, SECOND), **parts})
    return [one for one in risk_spells(case, chosen) if one.country == name]


def years(start, end):
    return (date.fromisoformat(end) - date.fromisoformat(start)).days / YEAR_DAYS


def test_risk_starts_at_the_later_of_independence_and_the_step():
    ladder = (event("ALB", "first", "2001-01-01"), event("MNE", "first", "2006-12-14"))
    named = (country("ALB"), country("MNE", "2006-06-03"))
    (old,) = spells_of(FIRST, "ALB", ladder=ladder, countries=named)
    (new,) = spells_of(FIRST, "MNE", ladder=ladder, countries=named)
    assert (old.status, old.years) == ("reached", pytest.approx(years("2000-01-01", "2001-01-01")))
    assert (new.status, new.years) == ("reached", pytest.approx(years("2006-06-03", "2006-12-14")))


def test_the_aspirant_waits_until_the_as_of_day():
    (one,) = spells_of(FIRST, "XAA", countries=(country("XAA", "2008-02-17"),))
    assert (one.status, one.years) == ("waiting", pytest.approx(years("2008-02-17", "2010-01-01")))


def test_prerequisite_opens_the_next_step_and_who_lacks_it_is_never_at_risk():
    ladder = (event("ALB", "first", "2001-01-01"), event("ALB", "second", "2003-01-01"), event("BIH", "other", "2005"))
    (one,) = spells_of(SECOND, "ALB", ladder=ladder)
    assert one.years == pytest.approx(years("2001-01-01", "2003-01-01"))
    assert [two.status for two in spells_of(SECOND, "BIH", ladder=ladder)] == ["never_at_risk"]


def test_step_taken_without_its_prerequisite_is_left_out():
    (one,) = spells_of(SECOND, "FIN", ladder=(event("FIN", "second", "2003-01-01"),))
    assert (one.status, one.years) == ("before_risk", 0)


def test_higher_step_ends_the_wait_for_one_that_was_passed_over():
    third = step("third", 3, events=("third",), existed_from="2000-01-01")
    ladder = (event("FIN", "first", "2001-01-01"), event("FIN", "third", "2004-01-01"))
    (one,) = spells_of(SECOND, "FIN", ladder=ladder, steps=(FIRST, SECOND, third))
    assert (one.status, one.years) == ("passed_over", pytest.approx(years("2001-01-01", "2004-01-01")))


def test_taking_the_step_as_it_came_to_exist_says_nothing_of_waiting():
    opened = step("plan", 1, events=("plan",), existed_from="2004-04")
    for day, status in (("2004-04", "inaugural"), ("2004-04-24", "inaugural"), ("2004-05-01", "reached")):
        (one,) = spells_of(opened, "ALB", ladder=(event("ALB", "plan", day),), steps=(opened,))
        assert one.status == status


def test_only_the_time_of_seeking_counts():
    sought = step("first", 1, events=("first",), existed_from="2000-01-01", seeking=True)
    given = {
        "steps": (sought,),
        "seeking": (spell("UKR", "2002-01-01", "2004-01-01"), spell("UKR", "2006-01-01")),
        "ladder": (event("UKR", "first", "2007-01-01"), event("SRB", "other", "2007-01-01")),
    }
    first, second = spells_of(sought, "UKR", **given)
    assert (first.status, first.years) == ("stopped_seeking", pytest.approx(years("2002-01-01", "2004-01-01")))
    assert (second.status, second.years) == ("reached", pytest.approx(years("2006-01-01", "2007-01-01")))
    assert second.entry_years == pytest.approx(years("2000-01-01", "2006-01-01"))
    assert [one.status for one in spells_of(sought, "SRB", **given)] == ["never_at_risk"]


def test_step_taken_while_not_seeking_is_left_out():
    sought = step("first", 1, events=("first",), existed_from="2000-01-01", seeking=True)
    ladder = (event("UKR", "first", "2005-01-01"),)
    spells = spells_of(sought, "UKR", steps=(sought,), ladder=ladder, seeking=(spell("UKR", "2002", "2004"),))
    assert [one.status for one in spells] == ["stopped_seeking", "before_risk"]


def test_first_time_counts_when_a_step_is_left_and_taken_again():
    ladder = (event("MLT", "first", "2008-04-03"), event("MLT", "first", "2005-04-26"))
    reached = first_reached(make_case(as_of=AS_OF, steps=(FIRST,), ladder=ladder))
    assert str(reached["MLT", "first"]) == "2005-04-26"


def test_imprecise_dates_give_bounds_around_the_middle():
    (one,) = spells_of(FIRST, "ALB", ladder=(event("ALB", "first", "2002"),))
    assert one.years_low == pytest.approx(years("2000-01-01", "2002-01-01"))
    assert one.years_high == pytest.approx(years("2000-01-01", "2002-12-31"))
    assert one.years_low < one.years < one.years_high


def test_ratified_step_is_reached_by_the_last_ratification_of_those_who_went_on():
    ratified = step("ratified", 2, ratified=True, prerequisites=("first",))
    joined = step("joined", 3, events=("joined",), prerequisites=("ratified",))
    given = {
        "steps": (FIRST, ratified, joined),
        "members": (member("BEL"), member("CAN")),
        "ladder": (event("ALB", "first", "2001-01-01"), event("ALB", "joined", "2002-01-01"),
                   event("HRV", "first", "2009-01-01")),
        "ratifications": (ratification("ALB", "BEL", "2001-12-01"), ratification("ALB", "CAN", "2001-03-01"),
                          ratification("HRV", "BEL", "2009-02-01")),
    }  # fmt: skip
    (one,) = spells_of(joined, "ALB", **given)
    assert one.years == pytest.approx(years("2001-12-01", "2002-01-01"))
    assert [two.status for two in spells_of(joined, "HRV", **given)] == ["never_at_risk"]  # still being ratified


def test_prerequisite_that_nothing_records_counts_as_met_with_its_own():
    silent = step("silent", 1, prerequisites=("first",))
    after = step("after", 2, events=("after",), prerequisites=("silent",))
    ladder = (event("ALB", "first", "2001-01-01"), event("ALB", "after", "2003-01-01"))
    (one,) = spells_of(after, "ALB", steps=(FIRST, silent, after), ladder=ladder)
    assert one.years == pytest.approx(years("2001-01-01", "2003-01-01"))


def test_founding_members_are_not_on_the_ladder():
    named = (country("BEL"), country("ALB"), country("CYP"))
    case = make_case(countries=named, members=(member("BEL"),), ladder=(event("ALB", "first", "2001"),))
    assert ladder_countries(case) == ("ALB", "CYP", "XAA")


def test_step_without_any_start_is_refused():
    open_ended = step("first", 1, events=("first",))
    with pytest.raises(ModelError, match="give the step `existed_from`"):
        spells_of(open_ended, "ALB", steps=(open_ended,), ladder=(event("ALB", "first", "2001"),))
