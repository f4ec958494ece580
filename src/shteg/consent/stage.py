"""The stage: whether members consent, learnt from what members did to many candidates and from votes elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from shteg.arrays import Floats
from shteg.consent.held_out import Scores, held_out_rows, held_out_table
from shteg.consent.objections.exposure import Relations
from shteg.consent.objections.fit import ObjectionFit, fit_objections
from shteg.consent.objections.held_out import score_held_out
from shteg.consent.objections.rates import dyad_rates, refusal_end
from shteg.consent.tables import (
    ConsentParameter,
    hazard_parameters,
    label_of,
    link_parameters,
    normal_law,
    objections_table,
    parameter_row,
    parameters_table,
    rate_rows,
    rates_table,
)
from shteg.consent.values import held_out_values, link_values, objection_values
from shteg.consent.votes.held_out import foretell_vote, score_vote
from shteg.consent.votes.link import PARAMETERS, LinkPrior, Range, fit_link
from shteg.consent.votes.summary import ItemDraws, read_items
from shteg.estimates import Draws, Label, StageResult, Table, Value
from shteg.evidence.case import Case
from shteg.evidence.records.base import Parameter

WITHOUT = "vote_items_without."
"""How the stance stage calls draws of a fit without one vote."""

OBJECTIONS = "objections.csv"


def estimate_consent(case: Case, stance: StageResult) -> StageResult:
    """Estimate how consent follows from stance, how often members begin to object, and how fast objections end.

    Parameters
    ----------
    case : Case
        Its objections, ties, members of other organisations, ladder, governments, votes and ranges of consent.
    stance : StageResult
        With draws `vote_items`, `vote_items_prior`, `vote_items_without.ITEM` where the case holds such votes.

    Returns
    -------
    StageResult
        Stage "consent". Draws `consent_link`, units intercept, slope, statehood (logits), and `consent_common`, units
        common_factor, slope_sd: what differs between votes. Where the case holds objections.csv: `objection_onset` and
        `objection_end`, (draw, member), log yearly rates for the aspirant, of objections on other grounds than
        statehood (learnt from those alone: statehood is what the link is about), and `refusal_end`, unit rate. Each is
        labelled estimated where the data took away more than half of the prior variance (of the link: of each of its
        three), else assumed. Tables `consent_parameters`, `consent_held_out`, `objections`, `objection_rates`; values
        `consent.*`.

    Raises
    ------
    ModelError
        The search for a mode does not settle.

    References
    ----------
    docs/methods/consent.md.
    """
    parameters, scores, draws, values = _link(case, stance)
    tables: list[Table] = []
    if OBJECTIONS in case.files or case.objections:
        fit = fit_objections(case)
        parameters += [
            row
            for part, one in (("onset", fit.onset), ("end", fit.end))
            for row in hazard_parameters(part, one, case.header.seed, case.pathways.draws)
        ]
        scores += score_held_out(fit.onset.rows, fit.onset.prior, "member", case.header.seed)
        scores += score_held_out(fit.onset.rows, fit.onset.prior, "candidate", case.header.seed)
        more, found, quoted, ending = _objections(case, fit)
        tables += more
        draws |= found
        values += quoted
        parameters.append(ending)
    held_out = held_out_rows(scores)
    sources = sorted({one for draw in draws.values() for one in draw.source_ids})
    tables += [parameters_table(parameters)]
    if held_out:
        tables.append(held_out_table(held_out))
        values += held_out_values(held_out, sources)
    return StageResult(
        stage="consent", tables={table.name: table for table in tables}, values=tuple(values), draws=draws
    )


def link_prior(case: Case) -> LinkPrior:
    """Give the ranges of the case as priors of the link."""

    def of(one: Parameter) -> Range:
        return Range(value=one.value, low=one.low, high=one.high)

    consent = case.pathways.consent
    return LinkPrior(
        intercept=of(consent.intercept), slope=of(consent.slope), statehood=of(consent.statehood),
        common=of(consent.common_factor),
    )  # fmt: skip


def vote_contents(case: Case, stance: StageResult) -> dict[str, float]:
    """Give what each vote that the stances hold carries of statehood, by item."""
    if "vote_items" not in stance.draws:
        return {}
    names = dict.fromkeys(unit.rpartition("|")[0] for unit in stance.draws["vote_items"].units)
    contents = {name: case.items[name].statehood_content for name in names}
    return {name: content for name, content in contents.items() if content is not None}


def vote_draws(stance: StageResult, contents: Mapping[str, float], found: str = "vote_items") -> ItemDraws:
    """Read the draws of the votes in `contents`, of all acts or of a fit without one of them.

    Parameters
    ----------
    stance : StageResult
    contents : mapping of str to float
        What each vote carries of statehood.
    found : str
        Name of the draws.

    Returns
    -------
    ItemDraws
    """
    if not contents:
        none = np.empty((0, 0))
        return ItemDraws(
            items=(), content=np.empty(0), slope=none, low=none, high=none, prior_slope=none, prior_low=none,
            prior_high=none,
        )  # fmt: skip
    before = stance.draws["vote_items_prior"]
    return read_items(stance.draws[found], before, tuple(contents), tuple(contents.values()))


def consent_draws(case: Case, stance: StageResult, objections: ObjectionFit | None) -> dict[str, Draws]:
    """Give the draws of the stage alone, for a past day: nothing is told, and nothing tried on what is left out.

    Parameters
    ----------
    case : Case
        As it stood.
    stance : StageResult
        With draws `vote_items` and `vote_items_prior` where the case holds such votes.
    objections : ObjectionFit, optional
        Of this case; without it the draws of objections are left out.

    Returns
    -------
    dict of str to Draws
        As `estimate_consent` gives them.
    """
    draws = _link_fit(case, stance)[1]
    return draws | (_objections(case, objections)[1] if objections is not None else {})


def _link(
    case: Case, stance: StageResult
) -> tuple[list[ConsentParameter], list[Scores], dict[str, Draws], list[Value]]:
    rows, draws, sources, contents = _link_fit(case, stance)
    grades = [vote.verified for vote in case.membership_votes if vote.item in contents]
    values = [*link_values(rows, tuple(contents), sources, all(grades))]
    return rows, _score_votes(case, stance, contents, link_prior(case)), draws, values


def _link_fit(
    case: Case, stance: StageResult
) -> tuple[list[ConsentParameter], dict[str, Draws], tuple[str, ...], dict[str, float]]:
    """Fit the link: its parameters, draws and sources, and what each vote carries of statehood."""
    seed, count, prior = case.header.seed, case.pathways.draws, link_prior(case)
    contents = vote_contents(case, stance)
    fit = fit_link(vote_draws(stance, contents), prior, seed, count)
    unlinked = fit_link(vote_draws(stance, {}), prior, seed, count)
    rows = link_parameters(fit, prior, unlinked, {s.id: s.statehood_content for s in case.steps if s.rule != "none"})
    consent = case.pathways.consent
    assumed = {one.source for one in (consent.intercept, consent.slope, consent.statehood)}
    votes = stance.draws["vote_items"].source_ids if contents else ()
    sources = tuple(sorted({*assumed, *votes}))
    labels = {row.parameter: row.label for row in rows}
    draws = {
        "consent_link": Draws(
            values=fit.values, units=PARAMETERS, measure="logit", label=_weakest(labels[name] for name in PARAMETERS),
            source_ids=sources,
        ),
        "consent_common": Draws(
            values=np.stack([fit.common, fit.slope_sd], axis=1), units=("common_factor", "slope_sd"), measure="logit",
            label=labels["common_factor"], source_ids=tuple(sorted({*sources, consent.common_factor.source})),
        ),
    }  # fmt: skip
    return rows, draws, sources, contents


def _score_votes(case: Case, stance: StageResult, contents: Mapping[str, float], prior: LinkPrior) -> list[Scores]:
    """Foretell each vote from the others: only support counts as consent, in the votes learnt from too."""
    seed, found = case.header.seed, []
    if len(contents) < 2:
        return []
    supported = {item: _supporters(case, item) for item in contents}
    for item, content in contents.items():
        draws = stance.draws[f"{WITHOUT}{item}"]
        others = {name: one for name, one in contents.items() if name != item}
        link = fit_link(
            vote_draws(stance, others, f"{WITHOUT}{item}"), prior, seed, case.pathways.draws, abstentions=(1.0,)
        )
        places = {unit.removeprefix("theta|"): at for at, unit in enumerate(draws.units) if unit.startswith("theta|")}
        members = [member for member in places if member in supported[item]]
        theta: Floats = draws.values[:, [places[member] for member in members]]
        did = np.array([supported[item][member] for member in members])
        past = {name: np.array(list(supported[name].values())) for name in others}
        found.append(score_vote(foretell_vote(link, content, theta, seed, item), did, past, item))
    return found


def _supporters(case: Case, item: str) -> dict[str, bool]:
    """Tell of each member of the case that voted, its last vote counting, whether it supported the aspirant."""
    levels = case.items[item].levels
    top, members = max(levels.values()), {one.member for one in case.members}
    votes = [
        vote
        for vote in case.membership_votes
        if vote.item == item and vote.candidate == case.header.aspirant and vote.member in members
    ]
    ordered = sorted(votes, key=lambda vote: (vote.happened_on.last, vote.happened_on.first, vote.member))
    return {vote.member: levels[vote.value] == top for vote in ordered if vote.value in levels}


def without_statehood(case: Case) -> Case:
    """Give the case without objections for the sake of statehood: what the link is about must not count twice."""
    return replace(case, objections=tuple(one for one in case.objections if one.ground != "statehood"))


def _objections(
    case: Case, fit: ObjectionFit
) -> tuple[list[Table], dict[str, Draws], tuple[Value, ...], ConsentParameter]:
    count, aspirant, today = case.pathways.draws, case.header.aspirant, case.header.as_of.toordinal()
    rates = dyad_rates(fit, case, aspirant, count)
    refusal, variance = refusal_end(fit, case, aspirant, count)
    relations = Relations(case)
    rows = rate_rows(case, fit, rates, [relations.on(aspirant, member, today) for member in rates.members])
    mean = fit.end.prior.level[0] + fit.end.prior.features["non_recognition"][0]
    ending = parameter_row("end", "refusal", normal_law(mean, variance**0.5), refusal)
    sources = tuple(sorted({one.row.source for one in fit.episodes})) or tuple(
        sorted({member.source for member in case.members})
    )

    def as_draws(values: Floats, units: Sequence[str], label: Label) -> Draws:
        return Draws(
            values=values, units=tuple(units), measure="log_rate_per_year", label=label, source_ids=sources
        )  # fmt: skip

    def of_members(values: Floats, before: Floats) -> Draws:
        return as_draws(values, rates.members, label_of(1.0 - float(values.var(axis=0).sum() / before.sum())))

    others = dyad_rates(fit_objections(without_statehood(case)), case, aspirant, count)
    draws = {
        "objection_onset": of_members(others.onset, others.onset_variance),
        "objection_end": of_members(others.end, others.end_variance),
        "refusal_end": as_draws(refusal[:, None], ("rate",), ending.label),
    }
    values = objection_values(case, fit, rows, refusal, ending.learnt)
    return [objections_table(fit), rates_table(rows)], draws, values, ending


def _weakest(labels: Iterable[Label]) -> Label:
    return "estimated" if all(label == "estimated" for label in labels) else "assumed"
