"""How long a country has stood still: against R, and at the edges."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shteg.accession.history.risk_spells import RiskSpell
from shteg.accession.standstill.stall import (
    chronicle_gaps,
    longer_share,
    longest_gap_chance,
    stall_on_ladder,
    stall_result,
)
from shteg.evidence.records.facts import ChronicleEvent
from tests.stance.case_builder import country, event, make_case, spell, step

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "accession_ratification.json").read_text())["stall"]
STEPS = (
    step("partner", 1, events=("partner",), existed_from="1994-01-01"),
    step("plan", 2, events=("plan",), prerequisites=("partner",), existed_from="1994-01-01", seeking=True),
)


def risk(entry, exit_, reached):
    return RiskSpell(
        step="s", country="BEL", entry_on=1, exit_on=2, years=exit_ - entry, years_low=0.0, years_high=0.0,
        entry_years=entry, status="reached" if reached else "waiting",
    )  # fmt: skip


def test_the_share_that_stood_still_for_longer_agrees_with_survfit():
    spells = [risk(*row) for row in zip(REFERENCE["entry"], REFERENCE["exit"], REFERENCE["event"], strict=True)]
    for at, share, low, high in zip(*(REFERENCE[name] for name in ("years", "share", "low", "high")), strict=True):
        assert longer_share(spells, at)[:3] == pytest.approx((share, low, high), abs=1e-9)


def test_where_nobody_is_left_the_upper_bound_is_that_of_no_success():
    spells = [risk(0.0, float(years), True) for years in range(1, 11)]
    share, low, high, at_risk = longer_share(spells, 20.0)
    assert (share, low, at_risk) == (0.0, 0.0, 0)
    assert high == pytest.approx(1.0 - 0.05 ** (1 / 10))


def the_case(ladder, seeking=()):
    others = (country("MNE", "2006-01-01"), country("SRB", "2006-01-01"), country("XAA", "2010-01-01"))
    return make_case(steps=STEPS, ladder=ladder, seeking=seeking, countries=others, as_of=date(2020, 1, 1))


def test_without_a_step_the_clock_runs_from_the_day_the_lowest_could_be_taken():
    found = stall_on_ladder(the_case((event("MNE", "partner", "2008-01-01"), event("SRB", "plan", "2019-01-01"))))
    assert found.since is None
    assert found.years == pytest.approx(10.0, abs=0.01)
    assert (found.count, found.share) == (2, 0.5)  # taking the higher step ends the standstill too


def test_after_a_step_the_clock_runs_from_it_and_seeking_truncates_the_others():
    ladder = (event("XAA", "partner", "2012-01-01"), event("MNE", "partner", "2007-01-01"),
              event("SRB", "partner", "2007-01-01"), event("MNE", "plan", "2010-01-01"))  # fmt: skip
    seeking = (spell("XAA", "2010-01-01"), spell("MNE", "2008-01-01"), spell("SRB", "2011-01-01"))
    found = stall_on_ladder(the_case(ladder, seeking))
    assert (found.since, found.next_step) == ("partner", "plan")
    assert found.years == pytest.approx(8.0, abs=0.01)
    assert found.at_risk == 1


def test_the_chance_of_a_long_gap_is_that_of_random_breaks_of_a_stick():
    rng = np.random.default_rng(1)
    gaps = rng.exponential(size=(200_000, 6))
    longest = gaps.max(axis=1) / gaps.sum(axis=1)
    for share in (0.3, 0.4, 0.6):
        assert longest_gap_chance(6, share) == pytest.approx((longest >= share).mean(), abs=0.005)
    assert longest_gap_chance(5, 0.1) == pytest.approx(1.0)


def chronicle(*days, kind="programme", direction=2):
    return tuple(
        ChronicleEvent(id=f"e{at}", happened_on=day, title={"en": "t", "sq": "t"}, kind=kind, actor="aspirant",
                       direction=direction, source="given", grade="B2")
        for at, day in enumerate(days)
    )  # fmt: skip


def test_gaps_of_the_chronicle():
    case = replace(the_case(()), chronicle=chronicle("2008-01-01", "2009-01-01", "2011-01-01", "2018-01-01"))
    found = chronicle_gaps(case)
    assert (found.longest_from, found.longest_to) == ("2011-01-01", "2018-01-01")
    assert found.years == pytest.approx(2.0, abs=0.01)
    assert 0.0 < found.chance < 1.0
    assert chronicle_gaps(replace(case, chronicle=chronicle("2008", "2010", "2012", direction=1))) is None
    assert {value.id for value in stall_result(case).values} >= {"stall.chronicle.chance", "stall.chronicle.years"}


def test_a_country_on_the_highest_rung_does_not_stand_still():
    assert stall_on_ladder(the_case((event("XAA", "plan", "2012-01-01"),))) is None
