import numpy as np
import polars as pl
import pytest

from shteg.stance import estimate_stances
from shteg.stance.members.fit import build_stance_model
from tests.stance.case_builder import act, item, make_case, member

CODES = ("ALB", "BEL", "CZE", "DNK", "ESP", "FRA", "GRC", "HUN")
VOTE = {"oppose": 0, "abstain": 1, "support": 2}
ANSWERS = {
    "vote": ["support", "support", "abstain", "support", "oppose", "support", "abstain", None],
    "recognition": ["yes", "yes", "yes", "yes", "no", "yes", "no", None],
}


def acts_of(answers):
    return tuple(
        act(code, name, value, "2023-04-24")
        for name, values in answers.items()
        for code, value in zip(CODES, values, strict=True)
        if value
    )


def the_case(**parts):
    given = {
        "members": tuple(member(code) for code in CODES),
        "items": {"vote": item(VOTE), "recognition": item({"no": 0, "yes": 1}), "troops": item(kind="military")},
        "acts": (*acts_of(ANSWERS), act("ALB", "troops", "13"), act("ALB", "vote", "oppose", "2015-01-01")),
        "draws": 401,
    }
    return make_case(**{**given, **parts})


@pytest.fixture(scope="module")
def result():
    return estimate_stances(the_case())


def number(result, identifier):
    return next(value for value in result.values if value.id == identifier)


def test_tables_values_and_draws(result):
    assert list(result.tables) == [
        "members", "items", "acts_used", "counts", "trajectory", "parameters", "next_acts", "act_weights",
        "would_change", "sensitivity",
    ]  # fmt: skip
    assert result.draws["theta"].values.shape == (401, 8)
    assert result.draws["theta"].units == CODES
    theta = {code: number(result, f"stance.theta.{code}").number for code in CODES}
    assert theta["ESP"] < theta["GRC"] < theta["ALB"]
    assert number(result, "stance.theta.ESP").label == "estimated"
    assert number(result, "stance.theta.HUN").label == "assumed"  # no act: the prior speaks
    assert 0 <= number(result, "stance.support.ESP").number < number(result, "stance.support.ALB").number <= 1


def test_counts_are_of_latest_acts(result):
    assert number(result, "acts.vote.support").number == 4
    assert number(result, "acts.vote.oppose").number == 1
    assert number(result, "acts.recognition.no").number == 2
    assert number(result, "stance.acts.used").number == 15  # both votes of ALB: the level changed
    assert number(result, "stance.acts.unused").number == 1
    assert not [value for value in result.values if value.id.startswith("acts.troops")]


def test_information_is_one_minus_the_variance_left(result):
    frame = result.tables["members"].frame
    prior = build_stance_model(the_case()).prior_variance()
    assert np.allclose(frame["information"], 1 - frame["theta_sd"] ** 2 / prior)
    assert (frame["rank_low"] <= frame["rank_high"]).all()
    assert frame.filter(frame["member"] == "HUN")["information"].item() == pytest.approx(0.0, abs=0.1)


def test_items_say_why_they_are_not_used(result):
    frame = result.tables["items"].frame
    assert dict(zip(frame["item"], frame["status"], strict=True)) == {
        "vote": "used", "recognition": "used", "troops": "no_levels",
    }  # fmt: skip
    assert frame["discrimination"].null_count() == 1


def test_an_item_that_repeats_another_changes_nothing(result):
    items = the_case().items | {"echo": item(VOTE, repeats="vote"), "flat": item({"yes": 1})}
    acts = the_case().acts + acts_of({"echo": ANSWERS["vote"], "flat": ["yes"] * 8})
    more = estimate_stances(the_case(items=items, acts=acts))
    assert np.array_equal(more.draws["theta"].values, result.draws["theta"].values)
    assert more.tables["members"].frame.equals(result.tables["members"].frame)


def test_sources_and_trust_follow_the_acts():
    acts = (act("ALB", "vote", "support"), act("ESP", "vote", "oppose", source="recalled", grade="F6"))
    result = estimate_stances(the_case(acts=acts))
    assert number(result, "stance.theta.ESP").source_ids == ("recalled",)
    assert not number(result, "stance.theta.ESP").verified
    assert number(result, "stance.theta.ALB").verified


def test_case_without_acts_gives_the_prior():
    result = estimate_stances(the_case(acts=()))
    assert result.draws["theta"].label == "assumed"
    assert result.draws["theta"].values.shape == (401, 8)
    assert {value.label for value in result.values if value.id.startswith("stance.theta")} == {"assumed"}
    assert not [value for value in result.values if value.id.startswith("stance.support")]


def test_progress_counts_all_parts():
    seen = []
    estimate_stances(the_case(), progress=lambda done, of: seen.append((done, of)))
    assert seen[-1][0] == seen[-1][1] == 4 + 3 + 15
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_next_acts_and_trajectory(result):
    frame = result.tables["next_acts"].frame
    shares = frame.group_by("member", "item").agg(pl.col("probability").sum())
    assert np.allclose(shares["probability"], 1.0)
    assert number(result, "stance.next.vote.ESP").number == pytest.approx(number(result, "stance.support.ESP").number)
    years = result.tables["trajectory"].frame
    assert years.filter(pl.col("member") == "ESP")["year"].to_list() == list(range(2015, 2027))
    assert ((years["low"] < years["mean"]) & (years["mean"] < years["high"])).all()
    last = years.sort("year").group_by("member", maintain_order=True).last().sort("member")
    today = result.tables["members"].frame.sort("member")  # one number for one quantity
    for now, column in (("theta", "mean"), ("low", "low"), ("high", "high")):
        assert today[now].to_list() == pytest.approx(last[column].to_list(), abs=1e-12)


def test_acts_that_made_an_estimate_and_acts_that_would_change_it(result):
    weights = result.tables["act_weights"].frame
    assert weights.height == 15
    against = weights.filter((pl.col("member") == "ESP") & (pl.col("item") == "vote"))
    assert against["shift"].item() < 0  # the vote against lowered the stance
    telling = result.tables["would_change"].frame.filter(pl.col("member") == "HUN")
    assert telling["probability"].sum() == pytest.approx(1.0)
    assert (telling["sd_reduction"] > 0).all()
    assert telling["shift"].to_list() == sorted(telling["shift"])  # values in order, most against first


def test_sensitivity_holds_every_assumption(result):
    frame = result.tables["sensitivity"].frame
    assert frame["variant"].unique(maintain_order=True).to_list() == ["main", "absence", "static", "no_covariates"]
    main = frame.filter(pl.col("variant") == "main")
    assert (main["shift"] == 0).all()
    assert np.allclose(main["theta"], result.tables["members"].frame["theta"])


def test_doubters_are_counted(result):
    count = number(result, "stance.doubters.count")
    assert count.low <= count.number <= count.high
    assert number(result, "stance.doubters.last").number == 3
    assert 0 <= number(result, "stance.doubters.more").number <= 1
