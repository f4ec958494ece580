from datetime import date

import numpy as np
import pytest

from shteg.accession.ladder.effects import effects
from shteg.accession.ladder.fit import fit_ladder, lifting_shares
from shteg.accession.ladder.hazard_design import HazardPrior, build_design
from shteg.accession.ladder.person_period import case_rows
from shteg.accession.ladder.rates import elapsed_years, median_wait, prior_waits
from shteg.accession.ladder.rungs import rung_probability
from shteg.evidence.records.objections import Objection
from tests.stance.case_builder import GIVEN, ORGANISATION, country, event, make_case, step

FIRST = step("first", 1, events=("first",), existed_from="2000-01-01")
SECOND = step("second", 2, events=("second",), prerequisites=("first",))
NAMES = ("ALB", "BIH", "HRV", "MKD", "MNE", "ROU", "SVK", "SVN")
LADDER = tuple(event(name, "first", f"{2001 + place}-03-01") for place, name in enumerate(NAMES)) + tuple(
    event(name, "second", f"{2004 + place}-09-01") for place, name in enumerate(NAMES[:5])
)
HELD = Objection(
    organisation=ORGANISATION,
    candidate="XAA",
    member="BEL",
    step="first",
    began="2002-01-01",
    ground="domestic",
    **GIVEN,
)
EARLY = Objection(
    organisation=ORGANISATION,
    candidate="ROU",
    member="BEL",
    step="first",
    began="2000-06-01",
    ended="2005-01-01",
    ending="dropped",
    ground="domestic",
    **GIVEN,
)


def the_case(**parts):
    given = {"steps": (FIRST, SECOND), "ladder": LADDER, "countries": (country("XAA"),), "as_of": date(2012, 7, 1)}
    return make_case(**{**given, **parts})


@pytest.fixture(scope="module")
def fit():
    return fit_ladder(the_case())


def test_every_country_at_risk_is_forecast_and_longer_horizons_hold_shorter_ones(fit):
    found = fit.step_probability((1, 3, 10))
    assert {(one.country, one.step) for one in found} == {
        ("XAA", "first"), ("ROU", "second"), ("SVK", "second"), ("SVN", "second")}  # fmt: skip
    for place in range(0, len(found), 3):
        shares = [one.probability for one in found[place : place + 3]]
        assert 0 < shares[0] < shares[1] < shares[2] < 1
        assert found[place].low <= shares[0] <= found[place].high


def test_rungs_sum_to_one_and_agree_with_the_step(fit):
    rungs = rung_probability(fit, (1, 3))
    for name in ("XAA", "ROU"):
        for years in (1.0, 3.0):
            own = {one.rung: one.probability for one in rungs if (one.country, one.horizon_years) == (name, years)}
            assert sum(own.values()) == pytest.approx(1.0, abs=1e-9)
    steps = {(one.country, one.horizon_years): one.probability for one in fit.step_probability((1, 3))}
    own = {(one.country, one.horizon_years): one.probability for one in rungs if one.rung == 0}
    assert 1 - own["XAA", 3.0] == pytest.approx(steps["XAA", 3.0], abs=0.03)  # half of the draws are propagated


def test_an_open_block_holds_back_and_may_end():
    free = fit_ladder(the_case())
    held = fit_ladder(the_case(objections=(HELD, EARLY)))
    blind = fit_ladder(the_case(objections=(HELD, EARLY)), blocks=False)

    def own(one):
        return next(f.probability for f in one.step_probability((3,)) if f.country == "XAA")

    assert own(held) < own(free)
    assert own(blind) == pytest.approx(own(free))
    assert held.blocked_now("XAA", "first")
    assert np.mean(held.log_hazard("XAA", "first")) > np.mean(held.log_hazard("XAA", "first", blocked=True))
    assert np.mean(held.log_hazard("XAA", "first")) > np.mean(free.log_hazard("XAA", "first"))
    block = next(one for one in effects(held) if one.kind == "block")
    assert block.high < HazardPrior().block_mean + 2 * HazardPrior().block_sd


def test_what_happens_later_changes_nothing_before():
    later = (*LADDER, event("XAA", "first", "2011-01-01"), event("SVN", "second", "2011-02-01"))
    day = date(2010, 1, 1)
    first, second = (fit_ladder(the_case(ladder=one).as_of(day)) for one in (LADDER, later))
    assert first.step_probability((1, 5)) == second.step_probability((1, 5))


def test_prior_only_knows_nothing_of_the_record(fit):
    prior = fit_ladder(the_case(), prior_only=True, draws=4000)
    level = prior.effect("level", "first")
    assert (level.mean(), level.std()) == pytest.approx((np.log(0.15), 1.0), abs=0.06)
    assert fit.effect("level", "first").std() < 0.7


def test_prior_predictive_median_waits_are_3_to_15_years():
    rows = case_rows(the_case())
    waits = prior_waits(build_design(rows), rows, np.random.default_rng(1))
    assert all(3 < np.median(one) < 15 for one in waits.values())


def test_elapsed_time_and_the_wait_from_now_on(fit):
    assert elapsed_years(fit) == {"first": pytest.approx(12.5, abs=0.01)}
    log_rate = np.log([0.5])
    flat, slower = np.zeros((1, 3)), np.array([[0.0, -np.log(2), -np.log(2)]])
    assert median_wait(log_rate, flat, 12.5) == pytest.approx([2 * np.log(2)])
    assert median_wait(log_rate, slower, 3.0) == pytest.approx([4 * np.log(2)])
    assert median_wait(np.log([0.1]), slower, 0.0) == pytest.approx([2 + (np.log(2) - 0.2) / 0.05])


def test_a_step_is_free_once_the_last_of_its_blocks_has_ended():
    rate = np.array([0.4])
    for blocks in (1, 4):
        shares = lifting_shares(rate, blocks, 60)
        left = np.cumprod(1.0 - shares, axis=1)[0, -1]
        assert left == pytest.approx(1.0 - (1.0 - np.exp(-0.4 * 5.0)) ** blocks)
    second = HELD.model_copy(update={"member": "CAN"})
    one, two = (fit_ladder(the_case(objections=(*given, EARLY))) for given in ((HELD,), (HELD, second)))
    assert two.open_blocks("XAA", "first") == 2
    later = [next(f.probability for f in fit.step_probability((5,)) if f.country == "XAA") for fit in (one, two)]
    assert later[1] < later[0]
