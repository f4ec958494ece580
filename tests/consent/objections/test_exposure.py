"""Who could have begun to object, and who could have ceased to: counted by hand on the made-up case."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from shteg.consent.objections.exposure import (
    candidate_spans,
    end_rows,
    episodes_of,
    new_government_share,
    onset_rows,
)
from shteg.consent.objections.pair_rows import PairRows
from shteg.estimates import YEAR_DAYS
from shteg.evidence import Case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.objections import ComparisonMember, Objection

OWN = "lake-compact"


def objection(member: str, began: str, ended: str | None = None, **more: str) -> Objection:
    told = {
        "organisation": OWN, "candidate": "XAA", "member": member, "step": "association", "began": began,
        "ended": ended, "ending": "settled" if ended else None, "ground": "border", "source": "register", "grade": "A1",
    }  # fmt: skip
    return Objection.model_validate(told | more)


def of(rows: PairRows, organisation: str, candidate: str, member: str) -> np.ndarray:
    """The rows of one pair."""
    told = {"organisation": organisation, "candidate": candidate, "member": member}
    kept = np.ones(len(rows.events), dtype=bool)
    for group, name in told.items():
        kept &= rows.groups[group] == rows.names[group].index(name)
    return kept


def years_together(case: Case, candidate: str, member: str) -> float:
    """Years in which the one is a candidate and the other a member, from the spans of the case."""
    joined = next(one.member_since.middle.toordinal() for one in case.members if one.member == member)
    spans = candidate_spans(case)[OWN, candidate]
    return sum(max(stop - max(start, joined), 0) for start, stop in spans) / YEAR_DAYS


def test_a_pair_without_objection_is_at_risk_while_one_is_a_member_and_the_other_a_candidate(demo: Case) -> None:
    rows = onset_rows(replace(demo, objections=()))
    kept = of(rows, OWN, "XAA", "XAC")
    assert rows.events.sum() == 0
    assert rows.quiet_years[kept].sum() == pytest.approx(years_together(demo, "XAA", "XAC"), rel=1e-12)


def test_the_year_of_an_onset_is_one_period_and_open_objections_are_no_time_at_risk(demo: Case) -> None:
    case = replace(demo, objections=(objection("XAC", "2016-03-01", "2019-03-01"),))
    rows = onset_rows(case)
    kept = of(rows, OWN, "XAA", "XAC")
    free = years_together(demo, "XAA", "XAC") - (date(2019, 3, 1) - date(2016, 3, 1)).days / YEAR_DAYS
    assert rows.events[kept].sum() == 1
    assert rows.exposure_years[kept].sum() == pytest.approx(free, abs=1.0 / YEAR_DAYS)


def test_overlapping_objections_of_one_member_are_one_onset_and_two_ends(demo: Case) -> None:
    both = (objection("XAC", "2016-03-01", "2019-03-01"), objection("XAC", "2017-01-01", "2018-01-01", step="plan"))
    case = replace(demo, objections=both)
    assert onset_rows(case).events.sum() == 1
    assert end_rows(case).events.sum() == 2


def test_an_objection_that_was_outvoted_began_and_says_nothing_of_endings(demo: Case) -> None:
    over = objection("XAC", "2016-03-01", "2016-03-01", ending="dropped")
    given_up = objection("XAC", "2016-03-01", "2016-03-01", ending="pressure")
    for one, ends in ((over, 0), (given_up, 1)):
        case = replace(demo, objections=(one,))
        assert (onset_rows(case).events.sum(), end_rows(case).events.sum()) == (1, ends)


def test_elsewhere_a_country_is_a_candidate_until_it_joins(demo: Case) -> None:
    spans = candidate_spans(replace(demo, objections=()))
    member = next(one for one in demo.comparison_members if one.member == "XAF")
    assert spans["river-league", "XAF"][0][1] == member.member_since.middle.toordinal()
    first = min(one.happened_on.middle for one in demo.comparison_events if one.country == "XBD")
    assert spans["river-league", "XBD"][0][0] == first.toordinal()
    joined = ComparisonMember.model_validate(
        {"organisation": "river-league", "member": "XBD", "member_since": "2020-02-02", "source": "register",
         "grade": "A1"}
    )  # fmt: skip
    after = candidate_spans(replace(demo, objections=(), comparison_members=(*demo.comparison_members, joined)))
    assert after["river-league", "XBD"] == ((first.toordinal(), date(2020, 2, 2).toordinal()),)
    early = objection("XAF", "2001-01-01", organisation="river-league", candidate="XBD", step="league-plan")
    known = candidate_spans(replace(demo, objections=(early,)))
    assert known["river-league", "XBD"][0][0] == date(2001, 1, 1).toordinal()


def test_an_objection_before_the_candidacy_on_record_counts_as_of_its_first_year(demo: Case) -> None:
    rows = onset_rows(replace(demo, objections=(objection("XAC", "1990-01-01", "1991-01-01"),)))
    begun = rows.events > 0
    assert rows.events.sum() == 1
    assert rows.values[begun, rows.features.index("first_year")] == 1.0


def test_ties_are_those_of_the_day(demo: Case) -> None:
    rows = onset_rows(replace(demo, objections=()))
    tied = rows.values[:, rows.features.index("non_recognition")] > 0
    kept = of(rows, OWN, "XAA", "XAI")
    since = date(2018, 2, 27).toordinal()
    spans = candidate_spans(demo)[OWN, "XAA"]
    after = sum(max(stop - max(start, since), 0) for start, stop in spans) / YEAR_DAYS
    assert rows.quiet_years[kept & tied].sum() == pytest.approx(after, rel=1e-12)
    assert rows.quiet_years[kept & ~tied].sum() == pytest.approx(years_together(demo, "XAA", "XAI") - after, rel=1e-9)


def test_a_member_that_left_and_came_back_is_at_risk_in_both_times(demo: Case) -> None:
    day = {"organisation": "river-league", "member": "XAG", "source": "register", "grade": "A1"}
    back = ComparisonMember.model_validate(day | {"member_since": "2020-01-01", "member_until": "2022-01-01"})
    gone = [
        one if one.member != "XAG" else one.model_copy(update={"member_until": DateInterval.parse("2012-01-01")})
        for one in demo.comparison_members
    ]
    plain = onset_rows(replace(demo, objections=(), comparison_members=tuple(gone)))
    more = onset_rows(replace(demo, objections=(), comparison_members=(*gone, back)))
    added = more.quiet_years.sum() - plain.quiet_years.sum()
    spans = {pair: span for pair, span in candidate_spans(demo).items() if pair[0] == "river-league"}
    low, high = date(2020, 1, 1).toordinal(), date(2022, 1, 1).toordinal()
    days = sum(max(min(stop, high) - max(start, low), 0) for pair, one in spans.items() for start, stop in one
               if pair[1] != "XAG")  # fmt: skip
    assert days > 0
    assert added == pytest.approx(days / YEAR_DAYS, rel=1e-9)


def test_time_under_a_new_government_is_told_apart(demo: Case) -> None:
    change = next(one for one in demo.governments if one.country in {member.member for member in demo.members})
    began = change.happened_on.middle.replace(year=change.happened_on.middle.year - 2).isoformat()
    rows = end_rows(replace(demo, objections=(objection(change.country, began),), dyads=()))
    new = rows.values[:, rows.features.index("new_government")] > 0
    others = [one.happened_on.middle for one in demo.governments if one.country == change.country]
    within = sum(1 for one in others if one.isoformat() > began)
    assert rows.quiet_years[new].sum() == pytest.approx(within * 365 / YEAR_DAYS, rel=0.02)
    assert 0.0 < new_government_share(demo) < 1.0


def test_what_is_known_later_changes_nothing(demo: Case) -> None:
    day = date(2012, 1, 1)
    late = objection("XAC", "2010-03-01", "2011-06-01", known_on="2013-01-01")
    ended_later = objection("XAD", "2010-03-01", "2016-01-01")
    before = onset_rows(demo.as_of(day)), end_rows(demo.as_of(day))
    after = replace(demo, objections=(*demo.objections, late)).as_of(day)
    for mine, theirs in zip(before, (onset_rows(after), end_rows(after)), strict=True):
        assert mine.names == theirs.names
        assert (mine.quiet_years == theirs.quiet_years).all()
        assert (mine.events == theirs.events).all()
    open_then = replace(demo, objections=(ended_later,)).as_of(day)
    assert [one.open for one in episodes_of(open_then)] == [True]
    assert end_rows(open_then).events.sum() == 0


def test_the_order_of_rows_means_nothing(demo: Case) -> None:
    turned = replace(
        demo, objections=demo.objections[::-1], dyads=demo.dyads[::-1], members=demo.members[::-1],
        comparison_members=demo.comparison_members[::-1], governments=demo.governments[::-1],
        comparison_events=demo.comparison_events[::-1],
    )  # fmt: skip
    for make in (onset_rows, end_rows):
        mine, theirs = make(demo), make(turned)
        assert mine.names == theirs.names
        assert (mine.values == theirs.values).all()
        assert (mine.quiet_years == theirs.quiet_years).all()
        assert (mine.events == theirs.events).all()
