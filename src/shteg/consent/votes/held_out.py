"""Votes held out: how members voted, foretold from the other votes and from stances that do not know this one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import expit

from shteg.arrays import Bools, Floats
from shteg.consent.held_out import Scores
from shteg.consent.votes.link import LinkFit
from shteg.randomness import named_generator


def foretell_vote(link: LinkFit, content: float, theta: Floats, seed: int, item: str) -> Floats:
    """Give the probability that each member consents in a vote that was not learnt from, (draw, member).

    Parameters
    ----------
    link : LinkFit
        Of the other votes.
    content : float
        What the vote carries of statehood, 0–1.
    theta : (any, member) float
        Stances that do not know the vote; draws of them are paired with those of the link at random.
    seed : int
    item : str
        Names the random numbers.

    Returns
    -------
    (draw, member) float
    """
    generator = named_generator(seed, "consent", "held-out-vote", item)
    count = len(link.values)
    rows = generator.integers(0, len(theta), count)
    own, steeper = generator.standard_normal((2, count))
    readiness = link.values[:, 0] - content * link.values[:, 2] + link.common * own
    slope = link.values[:, 1] + link.slope_sd * steeper
    return np.asarray(expit(readiness[:, None] + slope[:, None] * theta[rows]))


def score_vote(probability: Floats, consented: Bools, others: Mapping[str, Bools], item: str) -> Scores:
    """Score a vote held out, member by member, beside the constant rate of the other votes.

    Parameters
    ----------
    probability : (draw, member) float
    consented : (member,) bool
    others : mapping of str to (member,) bool
        The other votes, by item; the constant rate is their share of consents, one half counted once beside them.
    item : str

    Returns
    -------
    Scores
    """
    mean = probability.mean(axis=0)
    seen = sum(len(one) for one in others.values())
    rate = (sum(int(one.sum()) for one in others.values()) + 0.5) / (seen + 1.0)
    return Scores(
        what="vote", name=item, happened=int(consented.sum()),
        model=np.log(np.where(consented, mean, 1.0 - mean)),
        constant=np.log(np.where(consented, rate, 1.0 - rate)),
    )  # fmt: skip
