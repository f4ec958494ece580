from datetime import date

import numpy as np
import pytest

from shteg.accession.history.covariates import case_covariates
from shteg.accession.history.risk_spells import risk_spells
from shteg.accession.history.spans import country_path
from shteg.accession.ladder.person_period import case_rows, spells_at_risk
from shteg.errors import ModelError, UsageError
from shteg.estimates import YEAR_DAYS
from shteg.evidence.import_covariates import read_vdem, read_wdi, write_covariates
from shteg.evidence.records.model import ComparisonStep, Covariate, Variable
from shteg.evidence.records.objections import Objection
from tests.stance.case_builder import BOTH, GIVEN, ORGANISATION, event, make_case, spell, step

AS_OF = date(2010, 1, 1)
FIRST = step("first", 1, events=("first",), existed_from="1994-01-01")
PLAN = step("plan", 2, events=("plan",), prerequisites=("first",), existed_from="1999-01-01", seeking=True)
INVITED = step("invited", 3, events=("invited",), prerequisites=("plan",), existed_from="1994-01-01", seeking=True)


def the_case(**parts):
    return make_case(as_of=AS_OF, **{"steps": (FIRST, PLAN, INVITED), **parts})


def block(code, at, start, stop=None):
    return Objection(
        organisation=ORGANISATION,
        candidate=code,
        member="BEL",
        step=at,
        began=start,
        ended=stop,
        ending=stop and "dropped",
        ground="domestic",
        **GIVEN,
    )


def value(code, year, number):
    return Covariate(country=code, variable="wealth", value=number, happened_on=year, **GIVEN)


def test_a_step_that_was_left_and_taken_again_has_two_spells_at_risk():
    ladder = (event("MLT", "first", "1995-04-26"), event("MLT", "withdrawal", "1996-10-27"),
              event("MLT", "first", "2008-04-03"))  # fmt: skip
    case = the_case(ladder=ladder)
    held = country_path(case, "MLT").held(FIRST)
    assert [(str(one.start), one.stop and str(one.stop)) for one in held] == [
        ("1995-04-26", "1996-10-27"), ("2008-04-03", None)]  # fmt: skip
    spells = [one for one in risk_spells(case, FIRST) if one.country == "MLT"]
    assert [one.status for one in spells] == ["reached", "reached"]
    assert spells[1].entry_years == 0.0
    before = the_case(ladder=ladder).as_of(date(2000, 1, 1))
    assert len(country_path(before, "MLT").held(FIRST)) == 1  # nobody could know then that it would come back


def test_a_prerequisite_that_did_not_exist_yet_was_not_needed():
    ladder = (event("POL", "first", "1994-02-02"), event("POL", "invited", "1997-07-08"),
              event("ROU", "first", "1994-01-26"))  # fmt: skip
    seeking = (spell("POL", "1993-01-01"), spell("ROU", "1993-01-01"))
    case = the_case(ladder=ladder, seeking=seeking)
    spells = {one.country: one for one in risk_spells(case, INVITED)}
    assert spells["POL"].status == "reached"
    assert spells["ROU"].status == "closed"  # the plan came to exist, and it was not in it
    assert spells["ROU"].years == pytest.approx((date(1999, 1, 1) - date(1994, 1, 26)).days / YEAR_DAYS)


def test_skipping_a_sought_prerequisite_is_a_risk_of_its_own():
    ladder = (event("FIN", "first", "1994-05-09"), event("FIN", "invited", "2009-06-29"))
    case = the_case(ladder=ladder, seeking=(spell("FIN", "2009-05-18"),))
    jumps = [one for one in spells_at_risk(case) if one.skipped]
    assert [(one.parallel_to, one.spell.status) for one in jumps] == [("invited", "reached")]
    rows = case_rows(case)
    assert rows.events[rows.skipped].tolist() == [1]


def test_time_is_cut_at_years_pieces_and_blocks_and_adds_up():
    case = the_case(
        ladder=(event("ALB", "first", "2003-05-01"),), objections=(block("ALB", "first", "2000-01-01", "2001-07-01"),)
    )
    rows = case_rows(case)
    own = (rows.country == rows.countries.index("ALB")) & (rows.step == 0)
    whole = (date(2003, 5, 1) - date(1994, 1, 1)).days / YEAR_DAYS
    assert rows.events[own].sum() == 1
    assert rows.quiet_years[own].sum() == pytest.approx(whole, abs=1 / 12)
    blocked = rows.quiet_years[own & rows.blocked].sum()
    assert blocked == pytest.approx((date(2001, 7, 1) - date(2000, 1, 1)).days / YEAR_DAYS)
    assert [float(rows.quiet_years[own & (rows.piece == p)].sum()) for p in (0, 1)] == pytest.approx([2.0, 6.0])
    assert not case_rows(case, blocks=False).blocked.any()


def test_covariates_are_lagged_carried_forward_and_unknown_before_the_first():
    wealth = Variable(title=BOTH, use=("ladder",), steps=("first",), centre=10.0, scale=2.0)
    case = the_case(variables={"wealth": wealth}, covariates=(value("XAA", "2001", 14.0), value("XAA", "2004", 8.0)))
    series = case_covariates(case)
    assert np.isnan(series.value("wealth", "XAA", 2001))
    assert [series.value("wealth", "XAA", year) for year in (2002, 2004, 2005, 2009)] == [2.0, 2.0, -1.0, -1.0]
    rows = case_rows(case)
    assert rows.applies[rows.step == 0].all()
    assert not rows.applies[rows.step != 0].any()


def test_a_logarithm_of_nothing_is_refused():
    wealth = Variable(title=BOTH, use=("ladder",), log=True)
    with pytest.raises(ModelError, match="set `log = false`"):
        case_covariates(the_case(variables={"wealth": wealth}, covariates=(value("XAA", "2001", 0.0),)))


def test_another_organisation_informs_the_parallel_step():
    other = ComparisonStep(id="applied", organisation="club", parallel_to="first", events=("applied",),
                           existed_from="2000-01-01", **GIVEN)  # fmt: skip
    case = the_case(comparison_steps=(other,), comparison_organisations={"club": BOTH},
                    comparison_events=(event("ALB", "applied", "2003-01-01"),))  # fmt: skip
    rows = case_rows(case)
    assert rows.organisations == ("org", "club")
    assert rows.events[(rows.organisation == 1) & (rows.step == 0)].sum() == 1


def other_step(name, parallel=None, before=()):
    return ComparisonStep(id=name, organisation="club", parallel_to=parallel, events=(name,), prerequisites=before,
                          existed_from="2000-01-01", **GIVEN)  # fmt: skip


def test_a_step_that_is_like_none_only_comes_before_others():
    """Two steps of the club are asked for first: who never did is not at risk, and the asking itself is not counted."""
    steps = (other_step("asked"), other_step("let-in", "invited", ("asked",)))
    events = (event("ALB", "asked", "2002-01-01"), event("ALB", "let-in", "2005-01-01"))
    case = the_case(comparison_steps=steps, comparison_organisations={"club": BOTH}, comparison_events=events,
                    ladder=(event("POL", "first", "1994-02-02"),))  # fmt: skip
    spells = [one for one in spells_at_risk(case) if one.organisation == "club"]
    assert [(one.parallel_to, one.spell.country, one.spell.years) for one in spells] == [
        ("invited", "ALB", pytest.approx(3.0, abs=0.01))]  # fmt: skip


def test_a_step_like_one_that_the_model_does_not_fit_is_not_pooled():
    unrecorded = step("ratified", 4, prerequisites=("invited",))
    case = the_case(steps=(FIRST, PLAN, INVITED, unrecorded), comparison_organisations={"club": BOTH},
                    comparison_steps=(other_step("done", "ratified"),),
                    comparison_events=(event("ALB", "done", "2005-01-01"),))  # fmt: skip
    assert {one.organisation for one in spells_at_risk(case)} == {ORGANISATION}
    assert case_rows(case).events.sum() == 0


def test_an_objection_elsewhere_closes_the_step_there_and_no_other():
    steps = (other_step("let-in", "first"),)
    there = block("ALB", "let-in", "2003-01-01", "2004-01-01").model_copy(update={"organisation": "club"})
    case = the_case(comparison_steps=steps, comparison_organisations={"club": BOTH}, objections=(there,),
                    comparison_events=(event("ALB", "let-in", "2005-01-01"),))  # fmt: skip
    rows = case_rows(case)
    blocked = rows.quiet_years * rows.blocked
    assert blocked[rows.organisation == 1].sum() == pytest.approx(1.0, abs=0.01)
    assert blocked[rows.organisation == 0].sum() == 0.0
    assert not case_rows(case, blocks=False).blocked.any()


def test_series_are_read_as_their_publishers_ship_them(tmp_path):
    vdem = tmp_path / "vdem.csv"
    vdem.write_text("country_name,country_text_id,year,v2x_polyarchy\nA,ALB,2001,0.5\nA,ALB,2002,\nB,BIH,2001,0.25\n")
    rows = read_vdem(vdem, "v2x_polyarchy", variable="polyarchy", source="vdem", grade="A2", countries=("ALB",))
    assert [(one.country, one.happened_on, one.value) for one in rows] == [("ALB", "2001", 0.5)]
    wdi = tmp_path / "wdi.csv"
    wdi.write_text('"Data Source","WDI",\n\n"Last Updated","2025",\n\n'
                   '"Country Name","Country Code","Indicator Name","Indicator Code","2000","2001",\n'
                   '"Albania","ALB","GDP","NY.X","10","",\n"Bosnia","BIH","GDP","NY.X","7","8",\n')  # fmt: skip
    found = read_wdi(wdi, "NY.X", variable="wealth", source="wdi", grade="A2", years=range(2000, 2002))
    assert [(one.country, one.happened_on, one.value) for one in found] == [
        ("ALB", "2000", 10.0), ("BIH", "2000", 7.0), ("BIH", "2001", 8.0)]  # fmt: skip
    target = tmp_path / "covariates.csv"
    write_covariates(target, rows)
    write_covariates(target, found)
    lines = target.read_text().splitlines()
    assert lines[1] == "ALB,2001,,polyarchy,0.5,,vdem,A2"
    assert len(lines) == 5
    with pytest.raises(UsageError, match="as its publisher ships it"):
        read_vdem(vdem, "v2x_libdem", variable="x", source="vdem", grade="A2")
    with pytest.raises(UsageError, match="Indicator Code"):
        read_wdi(wdi, "NY.Y", variable="x", source="wdi", grade="A2")
