"""Votes on membership elsewhere, for the link from stance to consent: their parameters, and each of them left out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.chunks import Progress
from shteg.estimates import Draws
from shteg.evidence.case import Case
from shteg.randomness import named_generator
from shteg.stance.members.acts import Responses
from shteg.stance.members.fit import StanceModel, StancePosterior, build_stance_model, fit_stance
from shteg.stance.members.sampler import Prior
from shteg.stance.members.tables import sources_of

DRAWS = 4000
"""Draws handed on: enough for the joint law of all parameters of the votes."""

CHAINS, ITERATIONS = 2, 1000
"""Of each fit without a vote."""


def vote_items(case: Case, responses: Responses) -> tuple[str, ...]:
    """Name the items in use that are votes on the membership of the aspirant and say what they carry of statehood."""
    voted = {vote.item for vote in case.membership_votes if vote.candidate == case.header.aspirant}
    return tuple(
        item for item in responses.items if item in voted and case.items[item].statehood_content is not None
    )  # fmt: skip


def vote_item_draws(
    case: Case, posterior: StancePosterior, *, left_out: bool = True, progress: Progress | None = None
) -> dict[str, Draws]:
    """Give the draws that the link from stance to consent is learnt from and tried on.

    Parameters
    ----------
    case : Case
    posterior : StancePosterior
        Of all acts.
    left_out : bool
        Also fit without each vote, to try the link on it.
    progress : callable, optional
        Called with (votes left out, votes in all).

    Returns
    -------
    dict of str to Draws
        `vote_items`, units "item|discrimination", "item|cut-1", …: slopes and cut points of the votes, draw by draw
        (probits), so that what they share through the stances is in them; `vote_items_prior`, the same before any act;
        `vote_items_without.ITEM`: the others in a fit without this vote, and "theta|MEMBER", the stance on its day of
        each member that voted. Empty where the case holds no such vote.

    Raises
    ------
    ModelError
        The chains of a fit without a vote disagree.
    """
    model, seed = posterior.model, case.header.seed
    items = vote_items(case, model.responses)
    if not items:
        return {}
    sources = sources_of(one.act for one in model.responses.responses if one.item in items)

    def as_draws(units: Iterable[str], columns: Iterable[Floats]) -> Draws:
        return Draws(
            values=np.stack(list(columns), axis=1), units=tuple(units), measure="score", label="estimated",
            source_ids=sources,
        )  # fmt: skip

    kept = posterior.chains.discrimination.shape[1]
    every = np.unique(np.linspace(0, kept - 1, max(DRAWS // posterior.chains.theta.shape[0], 1)).round().astype(int))
    found = {
        "vote_items": as_draws(*_parameters(posterior, items, every)),
        "vote_items_prior": as_draws(*_before(model, items, seed)),
    }
    for number, item in enumerate(items if left_out else ()):
        left = build_stance_model(case, exclude=frozenset((member, item) for member in model.members))
        fitted = fit_stance(left, seed, chains=CHAINS, iterations=ITERATIONS)
        chains = fitted.chains
        rows = np.arange(chains.every - 1, chains.discrimination.shape[1], chains.every)  # those with a path
        units, columns = _parameters(fitted, [one for one in items if one != item], rows)
        votes = [one for one in model.responses.responses if one.item == item]
        last = {one.member: one.day for one in votes}  # sorted by day: the last vote counts
        paths = chains.paths.reshape(-1, chains.paths.shape[2])
        units += [f"theta|{member}" for member in last]
        columns += [paths[:, left.point(member, day)] for member, day in last.items()]
        found[f"vote_items_without.{item}"] = as_draws(units, columns)
        if progress:
            progress(number + 1, len(items))
    return found


def _parameters(posterior: StancePosterior, items: Iterable[str], rows: Ints) -> tuple[list[str], list[Floats]]:
    """Give slopes and cut points of items, of some iterations of all chains, one chain after another."""
    units: list[str] = []
    columns: list[Floats] = []
    for item in items:
        place = posterior.model.items.index(item)
        units.append(f"{item}|discrimination")
        columns.append(posterior.chains.discrimination[:, rows, place].ravel())
        for cut in range(int(posterior.model.panel.n_levels[place]) - 1):
            units.append(f"{item}|cut-{cut + 1}")
            columns.append(posterior.chains.cuts[:, rows, place, cut].ravel())
    return units, columns


def _before(model: StanceModel, items: Iterable[str], seed: int) -> tuple[list[str], list[Floats]]:
    """Draw the same from the prior of the stance model."""
    law: Prior = model.prior
    units: list[str] = []
    columns: list[Floats] = []
    for item in items:
        generator = named_generator(seed, "stance", "vote-item-prior", item)
        slopes = law.discrimination_mean + law.discrimination_sd * generator.standard_normal(4 * DRAWS)
        units.append(f"{item}|discrimination")
        columns.append(slopes[slopes > 0][:DRAWS])
        cuts = np.sort(law.cut_sd * generator.standard_normal((DRAWS, len(model.levels(item)) - 1)), axis=1)
        units += [f"{item}|cut-{cut + 1}" for cut in range(cuts.shape[1])]
        columns += list(cuts.T)
    return units, columns
