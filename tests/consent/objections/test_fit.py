"""The hazards of objections: collapse to a plain rate, few objections, prior predictive, rates for any candidate."""

import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from shteg.consent.objections.fit import average_log_rate, draw_pairs, fit_objections, fit_pairs, prior_of
from shteg.consent.objections.pair_rows import END, GROUNDS, ONSET, PairPrior, PairRows
from shteg.consent.objections.rates import dyad_rates, refusal_end
from shteg.errors import ModelError
from shteg.evidence import Case
from shteg.evidence.records.objections import Dyad
from tests.consent.objections.test_exposure import objection

DRAWS = 4000
BUDGET = 1.0
"""CPU seconds of a fit: the backtest makes one for each of its 24 origins."""


def plain(events: int, years: float) -> PairRows:
    return PairRows(
        names={}, groups={}, features=(), values=np.empty((1, 0)), quiet_years=np.array([years - events]),
        events=np.array([events]),
    )  # fmt: skip


def test_one_cell_under_a_flat_prior_is_the_complementary_log_log_of_its_share() -> None:
    fit = fit_pairs(plain(4000, 20000.0), PairPrior(level=(0.0, 100.0), features={}, scales={}))
    assert fit.posterior.mean()[0] == pytest.approx(np.log(-np.log(0.8)), abs=1e-3)
    assert fit.posterior.variance()[0] ** 0.5 == pytest.approx(
        0.2**0.5 / (-np.log(0.8)) / 20000**0.5 / 0.8**0.5, rel=0.02
    )


def test_without_any_objection_the_prior_speaks_and_time_alone_lowers_the_rate(demo: Case) -> None:
    fit = fit_objections(replace(demo, objections=()))
    assert fit.episodes == ()
    assert len(fit.end.rows.events) == 0
    end = draw_pairs(fit.end, 1, "end", DRAWS)
    assert end.level().mean() == pytest.approx(END.level[0], abs=0.06)
    assert end.level().std() == pytest.approx(END.level[1], abs=0.05)
    assert fit.onset.posterior.mean()[0] < ONSET.level[0]
    rates = dyad_rates(fit, replace(demo, objections=()), "XAA", DRAWS)
    assert np.isfinite(rates.onset).all()
    assert np.isfinite(rates.end).all()


def test_the_prior_foretells_sensible_rates(demo: Case) -> None:
    """Before any data: a pair without ties objects once in decades to once in millennia, with a tie more often; an
    objection lasts from months to decades; never more than a few a year."""
    fit = prior_of(fit_objections(demo).onset)
    draws = draw_pairs(fit, 3, "onset", DRAWS)
    free = draws.level() + draws.named("member", "nobody") + draws.named("candidate", "nobody")
    low, middle, high = np.exp(np.quantile(free, (0.05, 0.5, 0.95)))
    assert 1e-4 < low < middle < high < 0.05
    tied = np.exp(np.median(free + draws.feature("non_recognition")))
    assert 3.0 < tied / middle < 20.0
    years = np.exp(-np.quantile(draw_pairs(prior_of(fit_objections(demo).end), 3, "end", DRAWS).level(), (0.05, 0.95)))
    assert 15.0 < years[0] < 40.0
    assert 0.4 < years[1] < 1.5


def test_a_name_that_the_rows_do_not_hold_has_an_effect_of_its_group(demo: Case) -> None:
    draws = draw_pairs(fit_objections(demo).onset, 3, "onset", DRAWS)
    new, other = draws.named("candidate", "ZZZ"), draws.named("candidate", "ZZY")
    assert new.std() == pytest.approx(np.sqrt((draws.scales["candidate"] ** 2).mean()), rel=0.06)
    assert abs(np.corrcoef(new, other)[0, 1]) < 0.05
    assert (new == draws.named("candidate", "ZZZ")).all()


def test_a_tie_raises_the_rate_of_onset_and_refusals_end_slowly(demo: Case) -> None:
    fit = fit_objections(demo)
    rates = dyad_rates(fit, demo, "XAA", DRAWS)
    median = dict(zip(rates.members, np.median(rates.onset, axis=0), strict=True))
    assert rates.members == tuple(member.member for member in demo.members)
    assert median["XAH"] > median["XAI"] > median["XAD"]
    untied = dyad_rates(fit, replace(demo, dyads=()), "XAA", DRAWS)
    assert np.median(untied.onset[:, rates.members.index("XAH")]) < median["XAH"] - 2.0
    refusal, variance = refusal_end(fit, demo, "XAA", DRAWS)
    assert np.median(refusal) < np.median(rates.end[:, rates.members.index("XAD")])
    assert refusal.var() < variance


def test_rates_of_a_candidate_do_not_depend_on_the_order_of_members_or_on_other_candidates(demo: Case) -> None:
    fit = fit_objections(demo)
    first = dyad_rates(fit, demo, "XBE", 300)
    turned = dyad_rates(fit, replace(demo, members=demo.members[::-1]), "XBE", 300)
    dyad_rates(fit, demo, "XAA", 300)
    assert turned.members == first.members[::-1]
    assert (turned.onset == first.onset[:, ::-1]).all()
    assert (dyad_rates(fit, demo, "XBE", 300).end == first.end).all()


def test_the_ground_of_an_open_objection_counts_and_others_are_drawn(demo: Case) -> None:
    fit = fit_objections(demo)
    end = draw_pairs(fit.end, demo.header.seed, "end", DRAWS)
    rates = dyad_rates(fit, demo, "XAA", DRAWS)
    held = rates.members.index("XAH")
    level = sum(
        (end.named(kind, name) for kind, name in
         (("level", "level"), ("organisation", "lake-compact"), ("ground", "border"), ("member", "XAH"),
          ("candidate", "XAA"), ("feature", "non_recognition"))), np.zeros(DRAWS),
    )  # fmt: skip
    expected = average_log_rate(level, end.feature("new_government"), fit.new_share)
    assert rates.end[:, held] == pytest.approx(expected, rel=1e-12)
    other = rates.end[:, rates.members.index("XAD")]
    grounds = np.stack([end.named("ground", name) for name in GROUNDS], axis=1)
    rest = other - average_log_rate(
        end.level() + end.named("organisation", "lake-compact") + end.named("member", "XAD")
        + end.named("candidate", "XAA"), end.feature("new_government"), fit.new_share,
    )  # fmt: skip
    drawn = np.isclose(rest[:, None], grounds, atol=1e-9)
    assert drawn.any(axis=1).all()
    assert drawn.mean(axis=0).max() < 0.7  # the ground of an objection to come is not known


def test_an_average_rate_is_that_of_its_parts() -> None:
    level, added = np.array([-1.0, 0.5]), np.array([0.7, -0.2])
    expected = np.log(0.8 * np.exp(level) + 0.2 * np.exp(level + added))
    assert average_log_rate(level, added, 0.2) == pytest.approx(expected, rel=1e-12)


def test_one_candidate_with_many_objections_is_not_many_candidates(demo: Case) -> None:
    """Four objections of one day to one candidate teach less of the rate for others than four to four candidates."""
    days = [objection(member, "2014-05-01") for member in ("XAB", "XAC", "XAD", "XAE")]
    spread = [one.model_copy(update={"candidate": other})
              for one, other in zip(days, ("XAA", "XBA", "XBC", "XBD"), strict=True)]  # fmt: skip
    found = []
    for rows in (days, spread):
        case = replace(demo, objections=tuple(rows), dyads=())
        found.append(float(np.median(dyad_rates(fit_objections(case), case, "ZZZ", DRAWS).onset)))
    assert found[0] < found[1] - 0.1


@pytest.mark.parametrize("day", [date(2008, 1, 1), date(2016, 1, 1)])
def test_a_fit_as_of_a_past_day_is_cheap(demo: Case, day: date) -> None:
    case = demo.as_of(day)
    fit_objections(case)  # what compiles on first use
    before = time.process_time()
    fit = fit_objections(case)
    assert time.process_time() - before < BUDGET
    assert dyad_rates(fit, case, "XAA", 100).onset.shape == (100, len(case.members))


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ModelError, match="name no member"):
        PairRows(
            names={"member": ("A",)}, groups={"member": np.array([1])}, features=(), values=np.empty((1, 0)),
            quiet_years=np.ones(1), events=np.zeros(1, dtype=np.int64),
        )  # fmt: skip
    with pytest.raises(ModelError, match="cannot be negative"):
        plain(2, 1.0)


def test_a_tie_on_record_without_objections_teaches_that_it_need_not_lead_to_one(demo: Case) -> None:
    tie = {"candidate": "XAA", "relation": "neighbour", "since": "2000-01-01", "source": "register", "grade": "A1"}
    ties = tuple(Dyad.model_validate(tie | {"member": member.member}) for member in demo.members)
    case = replace(demo, objections=(), dyads=ties)
    drawn = draw_pairs(fit_objections(case).onset, 1, "onset", DRAWS)
    assert drawn.feature("neighbour").mean() < ONSET.features["neighbour"][0] - 0.1
