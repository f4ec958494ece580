"""Yearly rates for one candidate: at which each member begins to object to it, and at which an objection ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.consent.objections.exposure import Relations
from shteg.consent.objections.fit import ObjectionFit, average_log_rate, draw_pairs
from shteg.consent.objections.pair_rows import END, GROUNDS, ONSET
from shteg.evidence.case import Case
from shteg.randomness import named_generator

POOLED = 2.0
"""Objections that all grounds together are worth beside those of pairs with the same tie."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DyadRates:
    """Rates between the members of the organisation of a case and one candidate.

    Attributes
    ----------
    members : tuple of str
        In the order of the case.
    onset : (draw, member) float
        Log yearly rate at which the member begins to object, the candidacy being more than a year old.
    end : (draw, member) float
        Log yearly rate at which an objection of it ends: of the ground of the one that is open, or else of a ground
        drawn from those that such pairs had.
    onset_variance, end_variance : (member,) float
        Prior variances of the two.
    """

    members: tuple[str, ...]
    onset: Floats
    end: Floats
    onset_variance: Floats
    end_variance: Floats


def dyad_rates(fit: ObjectionFit, case: Case, candidate: str, draws: int) -> DyadRates:
    """Give the rates at which the members of the case begin to object to a candidate, and cease to.

    Parameters
    ----------
    fit : ObjectionFit
        Of this case, or of one with the same seed.
    case : Case
        Gives members, ties and open objections on its day.
    candidate : str
        Country code; one that was no candidate yet has the effect of a candidate drawn from all.
    draws : int
        Posterior draws.

    Returns
    -------
    DyadRates
    """
    seed, own = case.header.seed, case.header.organisation.id
    onset, end = draw_pairs(fit.onset, seed, "onset", draws), draw_pairs(fit.end, seed, "end", draws)
    relations, today = Relations(case), case.header.as_of.toordinal()
    grounds = _Grounds(fit)
    shared_onset = onset.level() + onset.named("organisation", own) + onset.named("candidate", candidate)
    shared_end = end.level() + end.named("organisation", own) + end.named("candidate", candidate)
    of_ground = np.stack([end.named("ground", name) for name in GROUNDS], axis=1)
    members = tuple(member.member for member in case.members)
    begin, cease = np.empty((draws, len(members))), np.empty((draws, len(members)))
    onset_variance, end_variance = np.empty(len(members)), np.empty(len(members))
    for j, member in enumerate(members):
        there = relations.on(candidate, member, today)
        ties = {name: float(name in there) for name in ONSET.features}
        begin[:, j] = shared_onset + onset.named("member", member)
        begin[:, j] += sum((amount * onset.feature(name) for name, amount in ties.items() if amount), np.zeros(draws))
        onset_variance[j] = ONSET.variance(ties, ("organisation", "member", "candidate"))
        refused = float("non_recognition" in there)
        held = [one.ground for one in fit.episodes if one.open and one.key == (own, candidate, member)]
        chance = named_generator(seed, "consent", "ground", candidate, member).random(draws)
        chosen = grounds.choose(there, chance) if not held else np.full(draws, GROUNDS.index(held[-1]))
        level = shared_end + end.named("member", member) + refused * end.feature("non_recognition")
        cease[:, j] = average_log_rate(
            level + of_ground[np.arange(draws), chosen], end.feature("new_government"), fit.new_share
        )
        amounts = {"non_recognition": refused, "new_government": fit.new_share}
        end_variance[j] = END.variance(amounts, ("organisation", "ground", "member", "candidate"))
    return DyadRates(
        members=members, onset=begin, end=cease, onset_variance=onset_variance, end_variance=end_variance
    )  # fmt: skip


def refusal_end(fit: ObjectionFit, case: Case, candidate: str, draws: int) -> tuple[Floats, float]:
    """Give the log yearly rate at which a refusal for the sake of statehood ends, of a member like any other.

    Parameters
    ----------
    fit : ObjectionFit
    case : Case
    candidate : str
    draws : int

    Returns
    -------
    log_rate : (draw,) float
        Of a member that does not recognise the candidate, in the organisation of the case.
    variance : float
        Its prior variance.
    """
    end = draw_pairs(fit.end, case.header.seed, "end", draws)
    level = end.level() + end.named("organisation", case.header.organisation.id) + end.named("candidate", candidate)
    level = level + end.named("ground", "statehood") + end.feature("non_recognition")
    amounts = {"non_recognition": 1.0, "new_government": fit.new_share}
    return (
        average_log_rate(level, end.feature("new_government"), fit.new_share),
        END.variance(amounts, ("organisation", "ground", "candidate")),
    )


class _Grounds:
    """Shares of the grounds among objections of pairs with the same tie, those of all pairs mixed in."""

    def __init__(self, fit: ObjectionFit) -> None:
        refused = fit.end.rows.features.index("non_recognition")
        self._by_tie: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        tied = {
            tuple(fit.end.rows.names[group][places[row]] for group, places in fit.end.rows.groups.items())
            for row in np.flatnonzero(fit.end.rows.values[:, refused] > 0)
        }
        groups = tuple(fit.end.rows.groups)
        for one in fit.episodes:
            names = dict(zip(("organisation", "candidate", "member"), one.key, strict=True)) | {"ground": one.ground}
            self._by_tie[tuple(names[group] for group in groups) in tied][one.ground] += 1

    def choose(self, relations: frozenset[str], chance: Floats) -> Ints:
        """Choose a ground for each draw, (draw,) int, by numbers that are uniform on 0–1."""
        own = self._by_tie["non_recognition" in relations]
        every = {name: sum(of[name] for of in self._by_tie.values()) + 0.5 for name in GROUNDS}
        total = sum(every.values())
        weights = np.array([own[name] + POOLED * every[name] / total for name in GROUNDS])
        edges = np.cumsum(weights / weights.sum())
        return np.minimum(np.searchsorted(edges, chance, side="right"), len(GROUNDS) - 1)
