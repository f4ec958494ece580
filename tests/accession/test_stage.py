from datetime import date

import numpy as np
import pytest

from shteg.accession import estimate_accession
from shteg.accession.curves.intervals import median_intervals, step_intervals
from shteg.accession.curves.occupancy import occupancy_rows, state_spells
from shteg.errors import ModelError
from tests.stance.case_builder import country, event, make_case, member, ratification, step

STEPS = (
    step("partner", 1, events=("partner",), existed_from="1994-01-10"),
    step("invited", 2, events=("invited",), prerequisites=("partner",)),
    step("signed", 3, events=("signed",), prerequisites=("invited",)),
    step("ratified", 4, ratified=True, prerequisites=("signed",)),
    step("joined", 5, events=("joined",), prerequisites=("ratified",)),
    step("tailored", 0, fitted_from="partner"),
)
LADDER = (
    event("MNE", "partner", "2006-12-14"), event("MNE", "invited", "2015-12-02"), event("MNE", "signed", "2016-05-19"),
    event("MNE", "joined", "2017-06-05"),
    event("FIN", "partner", "1994-05-09"), event("FIN", "invited", "2022-06-29"), event("FIN", "signed", "2022-07-05"),
    event("FIN", "joined", "2023-04-04"),
    event("SWE", "partner", "1994-05"), event("SWE", "invited", "2022-06-29"), event("SWE", "signed", "2022-07-05"),
    event("SWE", "joined", "2024-03-07"),
    event("SRB", "partner", "2006-12-14"),
)  # fmt: skip


def the_case(**parts):
    given = {
        "steps": STEPS,
        "ladder": LADDER,
        "countries": (country("MNE", "2006-06-03"), country("XAA", "2008-02-17"), country("BEL")),
        "members": (member("BEL"), member("TUR"), member("HUN")),
        "ratifications": (
            ratification("FIN", "BEL", "2022-07-20"), ratification("SWE", "BEL", "2022-07-20"),
            ratification("FIN", "TUR", "2023-03-30"), ratification("SWE", "TUR", "2024-01-23"),
            ratification("FIN", "HUN", "2023-03-27"), ratification("SWE", "HUN", "2024-02-26"),
        ),
        "as_of": date(2026, 1, 1),
    }  # fmt: skip
    return make_case(**{**given, **parts})


@pytest.fixture(scope="module")
def result():
    return estimate_accession(the_case())


def value(result, identifier):
    return next(one for one in result.values if one.id == identifier)


def test_days_between_steps_and_their_medians(result):
    assert value(result, "ladder.days.FIN.signed.joined").number == 273
    assert value(result, "ladder.days.SWE.signed.joined").number == 611
    assert value(result, "ladder.days.MNE.signed.joined").number == 382
    assert value(result, "ladder.signed.joined.median-days").number == 382
    assert value(result, "ladder.signed.joined.count").number == 3
    assert value(result, "ladder.signed.joined.median-years").number == pytest.approx(382 / 365.25)


def test_imprecise_date_gives_bounds_and_an_exact_one_none(result):
    month = value(result, "ladder.days.SWE.partner.joined")
    assert month.low < month.number < month.high
    assert (month.high - month.low, month.level) == (30, 1.0)
    assert value(result, "ladder.days.FIN.partner.joined").low is None


def test_countries_and_joiners(result):
    assert value(result, "ladder.countries").number == 4
    assert value(result, "ladder.joined").number == 3


def test_rates_and_borrowed_rates(result):
    frame = result.tables["rates"].frame
    assert frame["step"].to_list() == ["partner", "invited", "signed", "joined", "tailored"]
    assert frame["events"].to_list() == [4, 3, 3, 2, 4]  # nobody's ratification of MNE is on record
    assert frame["before_risk"].to_list() == [0, 0, 0, 1, 0]
    assert value(result, "ladder.rate.tailored").label == "borrowed"
    assert value(result, "ladder.rate.partner").label == "estimated"
    rate = value(result, "ladder.rate.invited")
    assert rate.low < rate.number < rate.high


def test_draws_for_pathways(result):
    draws = result.draws["log_rate"]
    assert draws.units == ("partner", "invited", "signed", "joined", "tailored")
    assert draws.values.shape == (400, 5)
    assert np.array_equal(draws.values[:, 0], draws.values[:, 4])
    assert result.draws["ratification_log_days"].units == ("BEL", "TUR", "HUN")
    assert result.draws["ratification_sd"].values.shape == (400, 1)
    assert (result.draws["ratification_sd"].values > 0).all()


def test_ratification_values(result):
    assert value(result, "ratification.SWE.last-days").number == 601
    assert value(result, "ratification.last.SWE").number == "member:HUN"
    next_days = value(result, "ratification.next.TUR")
    assert next_days.low < next_days.number < next_days.high
    assert value(result, "ratification.next.all").number >= next_days.number


def test_the_aspirant_s_wait_beside_that_of_others(result):
    assert value(result, "ladder.waiting.partner").number == pytest.approx(6528 / 365.25)
    assert value(result, "ladder.waiting-share.partner").number == 0.0  # all others had taken the step by then


def test_occupancy_starts_at_none_and_sums_to_one(result):
    frame = result.tables["aalen_johansen"].frame
    for years in (0, 10, 30):
        assert frame.filter(frame["after_years"] == years)["probability"].sum() == pytest.approx(1.0)
    assert frame["probability"][0] == 1.0


def test_states_never_fall_back_and_skips_are_single_moves():
    ladder = (event("ALB", "joined", "1999-01-01"), event("ALB", "partner", "2001-01-01"))
    spells = [one for one in state_spells(the_case(ladder=ladder)) if one.country == "ALB"]
    assert [(one.state, one.next_state) for one in spells] == [(0, 4), (4, -1)]


def test_medians_keep_only_countries_that_took_both_steps():
    pairs = {(one.step_from, one.step_to): one for one in median_intervals(step_intervals(the_case()))}
    assert pairs["partner", "invited"].count == 3
    assert pairs["invited", "signed"].low == pairs["invited", "signed"].high == 6


def test_order_of_rows_changes_no_number(result):
    again = estimate_accession(the_case(ladder=LADDER[::-1], ratifications=the_case().ratifications[::-1]))
    for name in result.draws:
        assert np.array_equal(again.draws[name].values, result.draws[name].values)
    assert [(one.id, one.number) for one in again.values] == [(one.id, one.number) for one in result.values]


def test_borrowing_from_a_step_without_events_is_refused():
    steps = (*STEPS[:-1], step("tailored", 0, fitted_from="ratified"))
    with pytest.raises(ModelError, match="which has no events"):
        estimate_accession(the_case(steps=steps))


def test_case_without_ladder_and_ratifications_still_gives_the_prior():
    result = estimate_accession(the_case(ladder=(), ratifications=()))
    assert value(result, "ladder.rate.partner").label == "assumed"
    assert result.draws["ratification_log_days"].label == "assumed"
    assert occupancy_rows(the_case(ladder=()))[0].probability == 1.0


def test_case_without_a_ratified_step_has_no_ratification_law():
    steps = tuple(one for one in STEPS if not one.ratified and one.id != "joined")
    result = estimate_accession(the_case(steps=steps))
    assert set(result.draws) == {"log_rate", "duration_effect"}
