"""From a case to the sampler and back: time lines, covariates, what is left out, and what is foretold."""

from datetime import date

import numpy as np
import pytest

from shteg.errors import ModelError
from shteg.evidence.records.model import Covariate, Government, Variable
from shteg.stance.members.answers import leave_out, most_telling_acts, weigh_acts
from shteg.stance.members.fit import build_stance_model, fit_stance
from tests.stance.case_builder import BOTH, GIVEN, act, item, make_case, member

CODES = ("ALB", "BEL", "CZE", "DNK", "ESP", "FRA", "GRC", "HUN")
VOTE = {"oppose": 0, "abstain": 1, "support": 2}
ANSWERS = ("support", "support", "abstain", "support", "oppose", "support", "abstain", "oppose")
MONTE_CARLO = 0.15  # two runs of 4 × 1,000 draws with different random numbers


def government(code, day):
    return Government(country=code, happened_on=day, **GIVEN)


def covariate(code, value, day="2007", variable="size"):
    return Covariate(country=code, variable=variable, value=value, happened_on=day, **GIVEN)


def the_case(**parts):
    given = {
        "members": tuple(member(code) for code in CODES),
        "items": {"early": item(VOTE), "late": item(VOTE), "flat": item({"yes": 1})},
        "acts": tuple(
            act(code, name, value, day)
            for name, day in (("early", "2010-06-01"), ("late", "2020-06-01"))
            for code, value in zip(CODES, ANSWERS, strict=True)
        ),
        "governments": (government("HUN", "2015-03-01"), government("HUN", "2019"), government("ALB", "2009-01-01")),
        "as_of": date(2022, 7, 1),
    }
    return make_case(**{**given, **parts})


def quick(model, seed=3):
    return fit_stance(model, seed, iterations=1000)


def test_time_line_of_a_member():
    model = build_stance_model(the_case())
    assert (model.start, model.as_of) == (date(2010, 1, 1), date(2022, 7, 1))
    days = model.points["HUN"]
    assert days[:3] == (date(2010, 1, 1), date(2010, 6, 1), date(2010, 12, 31))
    assert days[-2:] == (date(2021, 12, 31), date(2022, 7, 1))
    row = model.columns[CODES.index("HUN")]
    own = slice(model.panel.first[row], model.panel.first[row + 1])
    assert model.panel.gap[own].sum() == pytest.approx(12.5, abs=0.01)
    changed = [str(day) for day, count in zip(days, model.panel.changes[own], strict=True) if count]
    assert changed == ["2015-12-31", "2019-12-31"]
    assert model.panel.changes.sum() == 2  # that of ALB came before the start


def test_covariates_are_scaled_by_the_case_and_the_latest_known_counts():
    variables = {
        "size": Variable(title=BOTH, use=("stance",), centre=10.0, scale=5.0),
        "other": Variable(title=BOTH, use=("ladder",)),
    }
    rows = (
        covariate("ALB", 20.0),
        covariate("BEL", 10.0),
        covariate("BEL", 15.0, "2012"),
        covariate("CZE", 1.0, variable="other"),
    )
    members = tuple(
        member(code).model_copy(update={"eu_member_since": act("ALB", "x", "y", day).happened_on} if day else {})
        for code, day in zip(CODES, ("2000", "2013", "2004", None, None, None, None, None), strict=True)
    )
    case = the_case(variables=variables, covariates=rows, members=members)
    model = build_stance_model(case)
    assert model.covariate_names == ("size", "eu_member")
    values = model.panel.covariates[model.columns]
    assert values[:3, 0].tolist() == [2.0, 1.0, 0.0]  # CZE has no value: the centre
    assert values[:3, 1].tolist() == [0.75, -0.25, 0.75]  # BEL joined after the start
    assert build_stance_model(case, covariates=False).covariate_names == ()
    assert model.prior_variance()[0] > build_stance_model(case, covariates=False).prior_variance()[0]


def test_order_of_rows_changes_nothing():
    case = the_case()
    straight = quick(build_stance_model(case))
    turned = quick(build_stance_model(the_case(acts=case.acts[::-1], members=case.members[::-1])))
    assert turned.model.members == CODES[::-1]
    assert np.array_equal(straight.theta_now, turned.theta_now[:, ::-1])


def test_relabelled_members_keep_their_stances():
    names = dict(zip(CODES, CODES[::-1], strict=True))
    case = the_case(governments=())
    renamed = tuple(one.model_copy(update={"actor": names[one.actor]}) for one in case.acts)
    straight = quick(build_stance_model(case)).theta_now.mean(axis=0)
    swapped = quick(build_stance_model(the_case(acts=renamed, governments=()))).theta_now.mean(axis=0)
    assert np.abs(straight - swapped[::-1]).max() < MONTE_CARLO


def test_an_item_on_which_all_did_the_same_changes_nothing():
    case = the_case()
    more = the_case(acts=case.acts + tuple(act(code, "flat", "yes", "2020-06-01") for code in CODES))
    straight, second = (quick(build_stance_model(one)) for one in (case, more))
    assert np.array_equal(straight.theta_now, second.theta_now)


def test_static_model_is_the_case_without_movement():
    model = build_stance_model(the_case(), dynamic=False)
    posterior = quick(model)
    assert (posterior.chains.sds == 0).all()
    paths = posterior.chains.paths[:, :, model.panel.first[0] : model.panel.first[1]]
    assert (paths == paths[:, :, :1]).all()


def test_nothing_known_later_is_used():
    late = act("ESP", "late", "support", "2012-01-01", known_on="2021-05-01")
    case = the_case()
    more = the_case(acts=(*case.acts, late), governments=(*case.governments, government("ESP", "2013-01-01")))
    origin = date(2012, 6, 1)
    first, second = (quick(build_stance_model(one, as_of=origin)) for one in (case, more))
    assert first.model.items == ("early",)
    assert first.model.as_of == origin
    assert np.array_equal(first.theta_now, second.theta_now)


def test_an_excluded_act_is_foretold():
    case = the_case()
    full = quick(build_stance_model(case))
    model = build_stance_model(case, exclude=frozenset({("ESP", "late")}))
    assert ("ESP", "late") not in {(one.member, one.item) for one in model.responses.responses}
    assert model.levels("late") == (0, 1, 2)
    without = quick(model)
    assert without.probability("ESP", "late").sum() == pytest.approx(1.0)
    assert without.probability("ESP", "late")[0] < full.probability("ESP", "late")[0]
    assert without.probability_on("ESP", "late", date(2020, 6, 1)).sum() == pytest.approx(1.0)
    today = without.probability_on("ESP", "late", date(2022, 7, 1))
    assert today == pytest.approx(without.probability("ESP", "late"), abs=1e-9)
    with pytest.raises(ModelError, match="choose one of early, late"):
        without.probability("ESP", "flat")
    with pytest.raises(ModelError, match="the day of an act, or the end of a year"):
        without.probability_on("ESP", "late", date(2020, 6, 2))


def test_leaving_out_one_act_agrees_with_excluding_it():
    case = the_case()
    posterior = fit_stance(build_stance_model(case), 5, iterations=4000)
    weights = {(one.member, one.item): one for one in weigh_acts(posterior, 5)}
    model = build_stance_model(case, exclude=frozenset({("GRC", "late")}))
    exact = fit_stance(model, 6, iterations=4000).theta_now[:, 6]
    one = weights["GRC", "late"]
    assert posterior.theta_now[:, 6].mean() - one.shift == pytest.approx(exact.mean(), abs=MONTE_CARLO)
    assert posterior.theta_now[:, 6].std() - one.sd_change == pytest.approx(exact.std(), abs=MONTE_CARLO)
    [response] = [one for one in posterior.model.responses.responses if (one.member, one.item) == ("GRC", "late")]
    smaller = leave_out(posterior.model, response)
    assert smaller.panel.act_point.size == posterior.model.panel.act_point.size - 1
    assert len(smaller.responses.responses) == 15


def test_expected_variance_after_an_act_is_smaller():
    posterior = quick(build_stance_model(the_case()))
    outcomes = most_telling_acts(posterior)
    assert {one.member for one in outcomes} == set(CODES)
    for row, code in enumerate(CODES):
        own = [one for one in outcomes if one.member == code]
        sd = posterior.theta_now[:, row].std()
        assert sum(one.probability for one in own) == pytest.approx(1.0)
        assert sum(one.probability * one.shift for one in own) == pytest.approx(0.0, abs=1e-9)
        total = sum(one.probability * (one.sd_after**2 + one.shift**2) for one in own)
        assert total == pytest.approx(sd**2)  # the law of total variance
