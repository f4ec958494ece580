"""What the stance stage hands to consent: joint draws of the votes, the law before them, fits without one of them."""

from dataclasses import replace

import numpy as np
import pytest

from shteg.evidence import Case
from shteg.stance.members.fit import StancePosterior, build_stance_model, fit_stance
from shteg.stance.members.vote_items import vote_item_draws, vote_items

VOTE = "observer-vote"


@pytest.fixture(scope="module")
def posterior(demo: Case) -> StancePosterior:
    return fit_stance(build_stance_model(demo), demo.header.seed, iterations=2000)


def test_votes_with_content_on_the_aspirant_are_handed_on_and_no_others(demo: Case, posterior: StancePosterior) -> None:
    responses = posterior.model.responses
    assert vote_items(demo, responses) == (VOTE,)
    bare = {name: item.model_copy(update={"statehood_content": None}) for name, item in demo.items.items()}
    assert vote_items(replace(demo, items=bare), responses) == ()
    other = tuple(vote.model_copy(update={"candidate": "XBA"}) for vote in demo.membership_votes)
    assert vote_items(replace(demo, membership_votes=other), responses) == ()
    assert vote_item_draws(replace(demo, membership_votes=()), posterior) == {}


def test_the_draws_are_those_of_the_fit(demo: Case, posterior: StancePosterior) -> None:
    draws = vote_item_draws(demo, posterior)
    assert set(draws) == {"vote_items", "vote_items_prior", f"vote_items_without.{VOTE}"}
    found, place = draws["vote_items"], posterior.model.items.index(VOTE)
    assert found.units == (f"{VOTE}|discrimination", f"{VOTE}|cut-1", f"{VOTE}|cut-2")
    slopes = posterior.chains.discrimination[:, :, place]
    assert np.isin(found.values[:, 0], slopes).all()
    assert found.values[:, 0].mean() == pytest.approx(slopes.mean(), rel=0.02)
    cuts = posterior.chains.cuts[:, :, place]
    both = found.values[0]
    assert any((one == both[1:]).all() for one in cuts[slopes == both[0]])  # slope and cuts of one draw


def test_before_any_act_slopes_are_cut_off_at_nought_and_cuts_in_order(demo: Case, posterior: StancePosterior) -> None:
    values = vote_item_draws(demo, posterior)["vote_items_prior"].values
    law = posterior.model.prior
    assert (values[:, 0] > 0.0).all()
    assert (values[:, 2] >= values[:, 1]).all()
    assert values[:, 1:].mean() == pytest.approx(0.0, abs=0.1)
    assert np.square(values[:, 1:]).mean() == pytest.approx(law.cut_sd**2, rel=0.05)
    assert values[:, 0].mean() == pytest.approx(1.2876, abs=0.05)  # of N(1, 1) cut off at 0


def test_a_fit_without_a_vote_does_not_know_it(demo: Case, posterior: StancePosterior) -> None:
    """Who voted in favour is foretold as less friendly without the vote than with it, who opposed as more."""
    draws = vote_item_draws(demo, posterior)[f"vote_items_without.{VOTE}"]
    without = dict(zip(draws.units, draws.values.mean(axis=0), strict=True))
    votes = {vote.member: vote.value for vote in demo.membership_votes if vote.value in ("support", "oppose")}
    day = {one.member: one.day for one in posterior.model.responses.responses if one.item == VOTE}
    paths = posterior.chains.paths.reshape(-1, posterior.chains.paths.shape[2])
    for member, value in votes.items():
        known = paths[:, posterior.model.point(member, day[member])].mean()
        assert (known - without[f"theta|{member}"]) * (1 if value == "support" else -1) > 0.0, member
