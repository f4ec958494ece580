"""The published facts of the ladder, from the shipped case."""

from pathlib import Path

import pytest

from shteg.accession.curves.intervals import median_intervals, step_intervals
from shteg.accession.ratification.times import ratification_times
from shteg.evidence import read_case

CASE = Path(__file__).parents[2] / "cases" / "kosovo-nato"


@pytest.fixture(scope="module")
def case():
    return read_case(CASE)


def test_invitation_to_membership_took_a_median_of_494_days(case):
    medians = {(one.step_from, one.step_to): one for one in median_intervals(step_intervals(case))}
    assert (medians["invitation", "member"].days, medians["invitation", "member"].count) == (494, 16)
    assert round(medians["pfp", "member"].years, 1) == 10.1


@pytest.mark.parametrize(("country", "days"), [("FIN", 273), ("SWE", 611), ("MKD", 415), ("MNE", 382), ("ALB", 266)])
def test_protocol_to_membership(case, country, days):
    found = [one for one in step_intervals(case) if (one.step_from, one.step_to) == ("protocols", "member")]
    assert next(one for one in found if one.country == country).days == days


@pytest.mark.parametrize(("candidate", "member", "days"), [("SWE", "HUN", 601), ("SWE", "TUR", 567), ("MKD", "GRC", 2)])
def test_ratification_days(case, candidate, member, days):
    times = {(one.candidate, one.member): one for one in ratification_times(case)}
    assert times[candidate, member].days == days
