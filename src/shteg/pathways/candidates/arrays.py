"""The arrays of a candidate: its ways up the ladder as steps of the engine, its draws as their parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from shteg.accession.ladder.fit import LadderFit
from shteg.accession.ladder.person_period import PIECES
from shteg.accession.ladder.rates import duration_levels
from shteg.estimates import YEAR_DAYS, Draws
from shteg.evidence.case import Case
from shteg.evidence.votes import votes_needed
from shteg.pathways.candidates.standing import ROOT, OpenObjection, Standing
from shteg.pathways.engine.world import LOG_2
from shteg.pathways.model.arrays import Floats, Keys, Parameters, Plan, Structure
from shteg.randomness import stable_key

RATIFYING = ("ratify", "hold", "hold days")
AT_ONCE = -20.0
"""Log days of what is done already."""
LARGEST_ETA = 300.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """What all candidates of an origin share; draws are paired one by one.

    `seeking` is (draw, 2): yearly rates at which a country begins and ceases to seek. The draws of ratifications are
    those of the accession stage; None where no step is reached by ratification.
    """

    known: Case
    fit: LadderFit
    seeking: Floats
    ratify_mean: Draws | None
    ratify_sd: Draws | None
    ratify_hold: Draws | None


def candidate_structure(known: Case, standing: Standing, grid: Sequence[float]) -> Structure:
    """Build what is the same in every draw.

    Members are those of the case, in its order; behind them stands, for each open objection to a later step than the
    next one, a member of its own that is asked from that step on alone.

    Parameters
    ----------
    known : Case
        As of the origin.
    standing : Standing
        Of the candidate.
    grid : sequence of float
        Years from the first day, rising; the last is the horizon.

    Returns
    -------
    Structure
    """
    nodes = standing.nodes
    members = [one.member for one in known.members]
    later = later_objections(standing)
    names = [*members, *(f"{one.member}>{one.step}" for one in later)]
    size, count = len(nodes), len(names)
    voting = np.zeros((size, count), dtype=np.bool_)
    electors, votes = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    for k, node in enumerate(nodes):
        step = node.step
        asked = [step.rule != "none" and (step.rule != "sponsors" or m in step.sponsors) for m in members]
        also = [_of_all(step.rule) and not step.ratified and one.rung <= step.rung
                and (step.rule != "sponsors" or one.member in step.sponsors) for one in later]  # fmt: skip
        voting[k] = [*asked, *also]
        electors[k] = voting[k].sum()
        votes[k] = votes_needed(step.rule, int(electors[k]))
    areas = 0 if standing.seeks else 1

    def keys(purpose: str, of: Sequence[str]) -> Keys:
        return np.array([stable_key(purpose, name) for name in of], dtype=np.uint64)

    ways = [node.name for node in nodes]
    return Structure(
        step_order=np.arange(size, dtype=np.int64),
        prerequisite=np.array([[i == node.parent for i in range(size)] for node in nodes], dtype=np.bool_).reshape(
            size, size
        ),
        eligible=voting,
        electors=electors,
        votes=votes,
        ratified=np.array([node.ratified for node in nodes], dtype=np.bool_),
        reached=np.zeros(size, dtype=np.bool_),
        needs_area=np.array([[node.step.seeking] * areas for node in nodes], dtype=np.bool_).reshape(size, areas),
        moves=np.zeros(count, dtype=np.bool_),
        vetoes=count > 0,
        withdraws=standing.seeks,
        lapses=False,
        under_way=np.zeros(0, dtype=np.bool_),
        area_elapsed=np.zeros(areas),
        elapsed=np.array([node.elapsed for node in nodes]),
        cut_years=np.tile(np.array(PIECES), (size, 1)),
        horizon=float(grid[-1]),
        year_times=np.array(grid, dtype=np.float64),
        report_index=np.arange(len(grid), dtype=np.int64),
        factor_key=stable_key("common factor"),
        settlement_key=stable_key("settlement"),
        consent_key=keys("consent", names),
        change_key=keys("change", names),
        follow_key=keys("follow", names),
        ratify_key=np.array(
            [[[stable_key(f"{what}\x1f{way}", m) for what in RATIFYING] for m in names] for way in ways],
            dtype=np.uint64,
        ).reshape(size, count, len(RATIFYING)),
        procedure_key=keys("procedure", ways),
        area_key=keys("area", ["seeking"] * areas),
        shock_key=keys("shock", []),
        under_way_key=keys("under way", []),
        episode_key=np.array([*keys("episode", names), stable_key("withdrawal")], dtype=np.uint64),
        lapse_key=keys("lapse", ways),
    )


def _of_all(rule: str) -> bool:
    return rule in ("all", "sponsors")


def next_rung(standing: Standing) -> int:
    """Give the lowest rung among the next steps: an objection to a higher one does not hold it up."""
    return min((node.step.rung for node in standing.nodes if node.parent == ROOT), default=0)


def later_objections(standing: Standing) -> list[OpenObjection]:
    """List the open objections to a later step than the next one."""
    nearest = next_rung(standing)
    return [one for one in standing.objections if one.rung > nearest and not one.ratified]


def candidate_parameters(shared: Shared, standing: Standing, onset: Floats, end: Floats) -> Parameters:
    """Build the parameters of every draw: one scenario, one epoch.

    Parameters
    ----------
    shared : Shared
        What the candidates of the origin share.
    standing : Standing
        Of the candidate.
    onset, end : (draw, member) float
        Log yearly rates at which a member begins to object to the candidate, and at which its objection ends.

    Returns
    -------
    Parameters
    """
    fit, nodes, known = shared.fit, standing.nodes, shared.known
    members = [one.member for one in known.members]
    later, nearest = later_objections(standing), next_rung(standing)
    draws, size, count = len(onset), len(nodes), len(members) + len(later)
    hazard, cuts = np.zeros((draws, 1, 1, size)), np.ones((draws, size, len(PIECES)))
    for k, node in enumerate(nodes):
        if not node.ratified:
            eta = fit.log_hazard(standing.country, node.step.id, skipped=node.skipped)
            hazard[:, 0, 0, k] = np.exp(np.clip(eta, -LARGEST_ETA, LARGEST_ETA))
            cuts[:, k] = np.exp(np.clip(duration_levels(fit, node.step.id), -LARGEST_ETA, LARGEST_ETA))
    begins, ends = np.zeros((draws, 1, 1, count + 1)), np.zeros((draws, 1, 1, count + 1))
    on = np.zeros((draws, 1, count + 1))
    place = {member: j for j, member in enumerate(members)}
    begins[:, 0, 0, : len(members)], ends[:, 0, 0, : len(members)] = np.exp(onset), np.exp(end)
    for one in standing.objections:
        if one.rung <= nearest and not one.ratified:
            on[:, 0, place[one.member]] = 1.0
    for j, one in enumerate(later, start=len(members)):  # on from the first day, and over once it has ended
        ends[:, 0, 0, j], on[:, 0, j] = np.exp(end[:, place[one.member]]), 1.0
    areas = 0 if standing.seeks else 1
    if standing.seeks:
        begins[:, 0, 0, -1], ends[:, 0, 0, -1] = shared.seeking[:, 1], shared.seeking[:, 0]
    return Parameters(
        epochs=np.ones(1, dtype=np.int64),
        starts=np.zeros((1, 1)),
        doubt=np.zeros((draws, 1, 1, count)),
        weight=np.ones((draws, 1, 1, size)),
        common=np.zeros((draws, 1, 1)),
        keep=np.ones((draws, 1, 1)),
        change=np.zeros((draws, 1, 1)),
        settle=np.zeros((draws, 1, 1)),
        follow=np.zeros((draws, 1, 1)),
        pace=np.ascontiguousarray(np.repeat(shared.seeking[:, 0, None, None, None] / LOG_2, areas, axis=3)),
        shape=np.ones((draws, 1, areas)),
        hazard=hazard,
        shock_rate=np.zeros((draws, 1, 1, 0)),
        shock_years=np.zeros((draws, 1, 0)),
        shock_effect=np.zeros((draws, 1, 0)),
        **_ratification(shared, standing, draws, count),
        area_done=np.zeros((draws, 1, areas)),
        cut_factor=cuts,
        onset=begins,
        release=ends,
        on_share=on,
        lapse=np.zeros((draws, 1, 1, size)),
    )


def _ratification(shared: Shared, standing: Standing, draws: int, count: int) -> dict[str, Floats]:
    """Give the law of the members' times to ratify: of what is left, where it has begun.

    Who has ratified needs no time. Of the others' times, known to be longer than what has passed, the engine's normal
    law of the logarithm takes the median; its spread stays. Who openly holds a ratification up does so.
    """
    found: dict[str, Floats] = {
        "ratify_mean": np.zeros((draws, count)), "ratify_sd": np.zeros(draws), "hold_share": np.zeros((draws, count)),
        "hold_mean": np.zeros(draws), "hold_sd": np.zeros(draws),
    }  # fmt: skip
    if shared.ratify_mean is None or shared.ratify_sd is None:
        return found
    members = [one.member for one in shared.known.members]
    mean = shared.ratify_mean.values[:, [shared.ratify_mean.units.index(m) for m in members]]
    sd = shared.ratify_sd.values[:, 0]
    begun = [node for node in standing.nodes if node.parent == ROOT and node.ratified]
    if begun:
        mean = _left(mean, sd[:, None], begun[0].elapsed * YEAR_DAYS)
        mean[:, [j for j, m in enumerate(members) if m in standing.ratified_by]] = AT_ONCE
    found["ratify_mean"][:, : len(members)], found["ratify_sd"] = mean, np.ascontiguousarray(sd)
    hold = shared.ratify_hold
    if hold is not None:
        own = [f"share|{m}" if f"share|{m}" in hold.units else "share" for m in members]
        found["hold_share"][:, : len(members)] = hold.values[:, [hold.units.index(unit) for unit in own]]
        found["hold_mean"] = np.ascontiguousarray(hold.values[:, hold.units.index("log_extra_days")])
        found["hold_sd"] = np.ascontiguousarray(hold.values[:, hold.units.index("sd")])
        for one in standing.objections:
            if begun and one.step == begun[0].step.id:
                found["hold_share"][:, members.index(one.member)] = 1.0
        for m in standing.ratified_by:
            if begun and m in members:
                found["hold_share"][:, members.index(m)] = 0.0
    return found


def _left(mean: Floats, sd: Floats, days: float) -> Floats:
    """Give the log of the median of what is left of times known to be longer than so many days."""
    if days <= 0.0:
        return mean.copy()
    beyond = np.maximum(ndtr((mean - np.log(days)) / sd), 1e-300)
    return np.asarray(np.log(np.maximum(np.exp(mean - sd * ndtri(beyond / 2.0)) - days, 1e-3)))


def candidate_plan(structure: Structure) -> Plan:
    """Give the plan of one scenario in which nobody is forced; members asked at the same steps are one group."""
    alike = np.unique(structure.eligible.T, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    row = np.zeros(1, dtype=np.int64)
    size, count = structure.eligible.shape
    return Plan(
        compare=row, consent_row=row, consent_from=row, area_row=row, area_from=row, shock_row=row, shock_from=row,
        episode_row=row, episode_from=row, late_row=row, ratify_row=row,
        forced=np.zeros((1, count), dtype=np.int64),
        any_forced=np.zeros(1, dtype=np.bool_),
        group_start=np.concatenate([[0], np.bincount(alike).cumsum()]).astype(np.int64),
        group_member=np.argsort(alike, kind="stable"),
        like_first=np.zeros(1, dtype=np.bool_),
        forced_groups=row,
        twin=np.full((1, size), -1, dtype=np.int64),
    )  # fmt: skip
