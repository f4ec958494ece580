"""Figures of the ladder that the last digit of a processor must not decide."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from shteg.accession.curves.kaplan_meier import kaplan_meier, log_interval
from shteg.accession.history.risk_spells import RiskSpell
from shteg.accession.ladder.fit import fit_ladder
from shteg.accession.ladder.hazard_design import build_design
from shteg.accession.ladder.nested_laplace import _Likelihood, _scales, inner_mode
from shteg.accession.ladder.person_period import case_rows
from shteg.accession.standstill.veto import veto_result
from shteg.convergence import bulk_ess, r_hat
from shteg.estimates import YEAR_DAYS
from shteg.evidence import find_case, read_case


@pytest.mark.parametrize("rest", [0.0, 1e-17, 2.2e-16, 5e-15])
def test_a_state_that_all_have_left_has_no_interval(rest):
    low, high = log_interval(np.array([rest, 0.5]), np.array([1e-17, 0.1]), 0.9)
    assert np.isnan([low[0], high[0]]).all()
    assert np.isfinite([low[1], high[1]]).all()


@pytest.mark.parametrize(("entry", "days"), [(1000, 1922), (461, 2461), (1, 2921), (1461, 1461), (737, 2185)])
def test_equal_times_are_equal_however_they_are_added_up(entry, days):
    spell = RiskSpell(
        step="plan", country="XAA", entry_on=1, exit_on=1 + days, years=days / YEAR_DAYS, years_low=0.0, years_high=0.0,
        entry_years=entry / YEAR_DAYS, status="reached",
    )  # fmt: skip
    assert spell.exit_years == (entry + days) / YEAR_DAYS == 8.0


def test_two_events_of_one_day_are_one_step_of_the_curve():
    parts = [(a, 2600 - a) for a in range(1, 2000, 7)]
    spells = [
        RiskSpell(step="plan", country="XAA", entry_on=1, exit_on=1, years=b / YEAR_DAYS, years_low=0, years_high=0,
                  entry_years=a / YEAR_DAYS, status="reached") for a, b in parts
    ]  # fmt: skip
    out = np.array([one.exit_years for one in spells])
    curve = kaplan_meier(np.zeros(len(out)), out, np.ones(len(out), dtype=bool), 0.9)
    assert curve.time.tolist() == [2600 / YEAR_DAYS]
    assert len(np.unique([one.entry_years + one.years for one in spells])) > 1  # what it would be without the rule


@pytest.mark.parametrize("number", [0.1, 0.3, 1 / 3, -2.7])
def test_chains_that_never_move_agree(number):
    chains = np.full((4, 100), number)
    assert r_hat(chains) == 1.0
    assert bulk_ess(chains) == 400.0


def test_the_mode_does_not_hang_on_where_the_search_ends():
    case = read_case(find_case("demo"))
    case = case.as_of(case.header.as_of)
    rows = case_rows(case)
    design = build_design(rows, None)
    likelihood = _Likelihood(design, rows)
    scales = dict(zip(design.scales, _scales(design, np.full((1, len(design.scales)), 0.3))[0], strict=True))
    modes = [
        inner_mode(design, likelihood, scales, design.mean + shift)[1] for shift in (0.0, 0.3, -0.2, 1e-3)
    ]  # other starts end after other numbers of steps
    for one in modes[1:]:
        assert np.abs(one - modes[0]).max() < 1e-9


def test_a_record_of_one_year_takes_the_walk_from_the_prior():
    alone = replace(
        read_case(find_case("demo")), comparison_organisations={}, comparison_steps=(), comparison_events=()
    )
    fit = fit_ladder(alone.as_of(date(1996, 9, 1)), draws=400)
    assert "sigma_gamma" not in fit.posterior.design.scales
    paths = fit.year_paths(3)
    assert (paths[:, 0] == 0).all()
    assert np.isfinite(paths).all()
    assert paths[:, 1].std() == pytest.approx(fit.posterior.design.prior.sigma_gamma, rel=0.2)


def test_before_the_first_block_on_record_the_rates_are_those_of_the_prior_and_the_quiet_years():
    case = read_case(find_case("kosovo-nato"))
    early = case.as_of(date(1960, 7, 1))
    assert early.objections == ()
    found = veto_result(early)
    assert found.draws["veto"].label == "assumed"
    assert np.isfinite(found.draws["veto"].values).all()
    assert found.tables == {}
    assert found.values == ()
