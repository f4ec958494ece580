"""The stage: what it hands on, how it labels, and what it says where a constant rate is better."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from shteg.consent.held_out import Scores, held_out_rows
from shteg.consent.objections.fit import fit_objections
from shteg.consent.stage import consent_draws, estimate_consent, vote_contents, vote_draws
from shteg.consent.tables import LEARNT, ConsentParameter, label_of, parameter_row
from shteg.edition.stage_table import STAGES
from shteg.estimates import Draws, StageResult
from shteg.evidence import Case
from shteg.evidence.part import part_of
from shteg.evidence.records.objections import MembershipVote
from shteg.stance.stage import estimate_stances

VOTES = "observer-vote", "joint-patrol"


@pytest.fixture(scope="module")
def voting(demo: Case) -> Case:
    """The made-up case with a second vote: the boats in the patrol, taken as one."""
    boats = [act for act in demo.acts if act.item == "joint-patrol" and act.value in ("yes", "no")]
    votes = tuple(
        MembershipVote.model_validate(
            {"item": "joint-patrol", "candidate": "XAA", "member": act.actor, "happened_on": str(act.happened_on),
             "known_on": None, "value": act.value, "source": act.source, "grade": act.grade}
        )
        for act in boats
    )  # fmt: skip
    items = {
        name: item.model_copy(update={"statehood_content": 0.3}) if name == "joint-patrol" else item
        for name, item in demo.items.items()
    }
    acts = tuple(act for act in demo.acts if act.item != "joint-patrol")
    return replace(demo, acts=acts, membership_votes=(*demo.membership_votes, *votes), items=items)


@pytest.fixture(scope="module")
def stance(voting: Case) -> StageResult:
    return estimate_stances(voting)


@pytest.fixture(scope="module")
def result(voting: Case, stance: StageResult) -> StageResult:
    return estimate_consent(voting, stance)


def test_it_hands_on_what_the_pathways_read(voting: Case, result: StageResult) -> None:
    count, members = voting.pathways.draws, tuple(member.member for member in voting.members)
    told = {
        "consent_link": (("intercept", "slope", "statehood"), "logit"),
        "consent_common": (("common_factor", "slope_sd"), "logit"),
        "objection_onset": (members, "log_rate_per_year"),
        "objection_end": (members, "log_rate_per_year"),
        "refusal_end": (("rate",), "log_rate_per_year"),
    }
    assert set(result.draws) == set(told)
    for name, (units, measure) in told.items():
        draws = result.draws[name]
        assert (draws.units, draws.measure, draws.values.shape[0]) == (units, measure, count)
    assert set(result.tables) == {"consent_parameters", "consent_held_out", "objections", "objection_rates"}
    assert len(result.tables["objections"].frame) == len(voting.objections)
    assert (result.draws["consent_link"].values[:, 2] >= 0.0).all()


def test_labels_follow_what_the_data_took_away(result: StageResult) -> None:
    rows = result.tables["consent_parameters"].frame
    for row in rows.iter_rows(named=True):
        assert row["label"] == ("estimated" if row["learnt"] > LEARNT else "assumed"), row
        if row["prior_sd"] > 0:
            assert row["learnt"] == pytest.approx(1.0 - (row["posterior_sd"] / row["prior_sd"]) ** 2)
    link = rows.filter((rows["consent_part"] == "link") & rows["parameter"].is_in(["intercept", "slope", "statehood"]))
    expected = "estimated" if set(link["label"]) == {"estimated"} else "assumed"
    assert result.draws["consent_link"].label == expected
    refusal = rows.filter(rows["parameter"] == "refusal")["label"].item()
    assert result.draws["refusal_end"].label == refusal
    assert {"estimated", "assumed"} == set(rows["label"])


def test_a_half_is_not_more_than_a_half() -> None:
    assert (label_of(0.5), label_of(0.501), label_of(-0.2)) == ("assumed", "estimated", "assumed")
    rng = np.random.default_rng(2)
    row: ConsentParameter = parameter_row("end", "level", (0.0, 2.0, -3.3, 3.3), rng.standard_normal(20000))
    assert row.learnt == pytest.approx(0.75, abs=0.01)


def test_each_vote_and_each_part_is_held_out_once(voting: Case, result: StageResult) -> None:
    rows = result.tables["consent_held_out"].frame
    votes = rows.filter(rows["held_what"] == "vote")
    assert set(votes["held_out"]) == {*VOTES, "all"}
    voted = {item: sum(1 for one in voting.membership_votes if one.item == item) for item in VOTES}
    assert dict(zip(votes["held_out"], votes["held_cases"], strict=True)) == voted | {"all": sum(voted.values())}
    for what in ("member", "candidate"):
        parts = rows.filter(rows["held_what"] == what)
        whole = parts.filter(parts["held_out"] == "all")
        assert whole["held_happened"].item() == len(voting.objections)
        assert parts["held_cases"].sum() == 2 * whole["held_cases"].item()
    assert rows["held_gain"].to_list() == pytest.approx((rows["held_score"] - rows["held_constant"]).to_list())
    by_id = {value.id: value for value in result.values}
    assert by_id["consent.held-out.votes"].number == pytest.approx(
        votes.filter(votes["held_out"] == "all")["held_gain"].item()
    )


def test_a_loss_is_reported_as_one() -> None:
    worse = Scores(what="vote", name="a", happened=2, model=np.log([0.4, 0.5, 0.3]), constant=np.log([0.6, 0.6, 0.4]))
    (row,) = held_out_rows([worse])
    assert row.gain < 0.0
    assert row.gain_error is not None


def test_the_same_case_in_another_order_gives_the_same(voting: Case, stance: StageResult, result: StageResult) -> None:
    turned = replace(
        voting, objections=voting.objections[::-1], dyads=voting.dyads[::-1],
        membership_votes=voting.membership_votes[::-1], governments=voting.governments[::-1],
    )  # fmt: skip
    again = estimate_consent(turned, stance)
    for name, draws in result.draws.items():
        assert (again.draws[name].values == draws.values).all(), name


def test_without_objections_on_record_nothing_is_said_of_them(voting: Case, stance: StageResult) -> None:
    files = {name: one for name, one in voting.files.items() if name != "objections.csv"}
    bare = replace(voting, objections=(), files=files)
    result = estimate_consent(bare, stance)
    assert set(result.draws) == {"consent_link", "consent_common"}
    early = estimate_consent(replace(voting, objections=()), stance)  # the file is there, none is known yet
    assert set(early.draws) > {"objection_onset", "objection_end", "refusal_end"}
    assert early.draws["objection_end"].label == "assumed"


def test_without_votes_the_link_is_that_of_the_case(voting: Case, stance: StageResult) -> None:
    bare = StageResult(stage="stance", draws={"theta": stance.draws["theta"]})
    result = estimate_consent(voting, bare)
    consent = voting.pathways.consent
    draws = result.draws["consent_link"]
    assert draws.label == "assumed"
    for at, one in enumerate((consent.intercept, consent.slope, consent.statehood)):
        found = np.quantile(draws.values[:, at], (0.05, 0.5, 0.95))
        assert found == pytest.approx((one.low, one.value, one.high), abs=0.05)
    assert "consent.held-out.votes" not in {value.id for value in result.values}


def test_the_draws_of_the_votes_are_joint_and_leave_one_out(voting: Case, stance: StageResult) -> None:
    contents = vote_contents(voting, stance)
    assert contents == {"observer-vote": 0.9, "joint-patrol": 0.3}
    whole = vote_draws(stance, contents)
    assert (whole.slope > 0.0).all()
    assert (whole.low >= whole.high).all()  # readiness not to oppose is more than that to support
    assert (whole.low == whole.high).all(axis=0).tolist() == [False, True]
    for item in VOTES:
        draws: Draws = stance.draws[f"vote_items_without.{item}"]
        assert not any(unit.startswith(f"{item}|") for unit in draws.units)
        assert {unit for unit in draws.units if unit.startswith("theta|")} == {
            f"theta|{vote.member}" for vote in voting.membership_votes if vote.item == item
        }


def test_the_stage_reads_what_it_says(voting: Case, stance: StageResult, result: StageResult) -> None:
    (stage,) = (one for one in STAGES if one.name == "consent")
    part = part_of(voting, stage.reads, words=stage.words)
    assert (estimate_consent(part, stance).draws["objection_end"].values == result.draws["objection_end"].values).all()


@pytest.mark.parametrize("what", ["label", "sources"])
def test_every_value_has_a_message_a_source_and_its_label(result: StageResult, what: str) -> None:
    by_id = {value.id: value for value in result.values}
    told: dict[str, Callable[[str], bool]] = {
        "label": lambda one: by_id[one].label in ("estimated", "assumed", "observed", "computed"),
        "sources": lambda one: len(by_id[one].source_ids) > 0,
    }
    wanted = ["intercept", "slope", "statehood", "votes", "refusal-end", "onset.XAH", "end.XAH", "objections", "open"]
    assert all(told[what](f"consent.{one}") for one in wanted)
    assert by_id["consent.objections"].number == 8
    assert by_id["consent.open"].number == 1


def test_statehood_does_not_count_in_the_rates_of_objections(voting: Case, stance: StageResult) -> None:
    """The aspirant's objections for the sake of statehood are what the link is about: without them the same rates."""
    own, aspirant = voting.header.organisation.id, voting.header.aspirant
    refusal = next(one for one in voting.objections if one.organisation == own and one.candidate != aspirant)
    refusal = refusal.model_copy(update={"candidate": aspirant, "ground": "statehood", "ended": None, "ending": None})
    more = replace(voting, objections=(*voting.objections, refusal))
    one, other = (consent_draws(found, stance, fit_objections(found)) for found in (voting, more))
    assert np.array_equal(one["objection_onset"].values, other["objection_onset"].values)
    assert np.array_equal(one["objection_end"].values, other["objection_end"].values)
    assert not np.array_equal(one["refusal_end"].values, other["refusal_end"].values)
