"""Veto episodes: exposures, clustering, posteriors."""

from datetime import date

import numpy as np
import pytest

from shteg.accession.standstill.veto import END_PRIOR, candidacies, clustering, fit_veto, veto_rate, veto_result
from shteg.evidence.records.objections import Objection
from shteg.gamma_rate import GammaRate
from tests.sbc import check_calibrated, simulate_ranks
from tests.stance.case_builder import ORGANISATION, country, event, make_case, member, spell, step

STEPS = (
    step("partner", 1, events=("partner",), existed_from="2000-01-01"),
    step("plan", 2, events=("plan",), prerequisites=("partner",), seeking=True),
)


def block(who, by, start, end=None, **more):
    return Objection(**{"organisation": ORGANISATION, "candidate": who, "member": by, "step": "plan", "began": start,
                        "ended": end, "ending": end and "dropped", "ground": "domestic", "source": "given",
                        "grade": "B2", **more})  # fmt: skip


def the_case(*blocks):
    return make_case(
        steps=STEPS,
        members=(member("BEL"), member("CAN")),
        countries=(country("MNE", "2000-01-01"), country("XAA", "2000-01-01")),
        ladder=(event("MNE", "partner", "2002-01-01"),),
        seeking=(spell("MNE", "2005-01-01", "2015-01-01"),),
        objections=blocks,
        as_of=date(2020, 1, 1),
    )


def test_a_country_is_a_candidate_while_it_seeks_or_can_take_a_step_unsought():
    spans = candidacies(the_case())["MNE"]
    assert [(date.fromordinal(a).year, date.fromordinal(b).year) for a, b in spans] == [(2000, 2002), (2005, 2015)]


def test_exposure_and_events_leave_the_aspirant_out():
    fit = fit_veto(the_case(block("MNE", "BEL", "2006-01-01", "2008-01-01"), block("XAA", "BEL", "2001-01-01")))
    assert (fit.onset.events, fit.end.events) == (1, 1)
    assert fit.end.years == pytest.approx(2.0, abs=0.01)
    assert fit.onset.years == pytest.approx(2 * 12.0 - 2.0, abs=0.02)  # two members, twelve years, two of them blocked
    assert [one.counts for one in fit.episodes] == [True, False]


def test_years_in_which_the_country_did_not_seek_do_not_count():
    fit = fit_veto(the_case(block("MNE", "BEL", "2014-01-01")))
    assert fit.end.years == pytest.approx(1.0, abs=0.01)
    assert fit.end.events == 0


def test_blocks_of_one_day_are_one_decision():
    assert clustering(["a", "b", "c"]) == 1.0
    assert clustering(["a"] * 4) == 4.0
    assert clustering([]) == 1.0
    together = veto_rate(["a"] * 4, 40.0, END_PRIOR)
    assert (together.events, together.years, together.law) == (4, 40.0, GammaRate(1.5, 11.0))


def test_a_case_without_blocks_has_no_veto_rates():
    assert veto_result(the_case()).draws == {}


def test_the_stage_gives_rates_and_counts():
    result = veto_result(the_case(block("MNE", "BEL", "2006-01-01", "2008-01-01"), block("MNE", "CAN", "2006-01-01")))
    assert result.draws["veto"].units == ("onset", "end")
    assert result.draws["veto"].label == "estimated"
    found = {value.id: value.number for value in result.values}
    assert (found["veto.count"], found["veto.occasions"]) == (2, 1)
    assert result.tables["veto_episodes"].frame.height == 2


def test_rates_are_calibrated_by_simulation():
    def one_set(rng):
        truth = rng.gamma(0.5, 1.0)
        rate = GammaRate.of(rng.poisson(truth * 20.0), 20.0, END_PRIOR)
        return [np.log(truth)], rate.draw_log(rng, 500)[:, None]

    check_calibrated(simulate_ranks(one_set, sets=200, seed=3), names=("rate",))
