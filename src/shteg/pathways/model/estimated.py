"""What the stage of consent estimated, in place of ranges of the case: the link to stances, objections, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from shteg.estimates import Draws, Label, StageResult
from shteg.evidence.case import Case
from shteg.evidence.records.objections import Objection
from shteg.evidence.steps_taken import steps_taken
from shteg.intervals import HIGH, LOW
from shteg.pathways.model.arrays import Flags, Floats
from shteg.pathways.model.parameters import NamedParameter, clip_to_domain

LINK, REFUSAL, COMMON = "consent_link", "refusal_end", "consent_common"
ONSET, END = "objection_onset", "objection_end"
LABELS_TABLE = "consent_parameters"
CHANGE, COMMON_FACTOR = "consent.change_rate", "consent.common_factor"
EPISODES = ("consent.episodes.onset", "consent.episodes.stance", "consent.episodes.end")
"""What the rates of objections by member take the place of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Objections:
    """Objections on other grounds than statehood: log yearly rates, (draw, member), and who objects on the first day.

    A member that does not recognise the aspirant is held by its refusal, which the consent is about; its objections on
    other grounds begin and end as those of the members that do recognise it, on average.
    """

    onset: Floats
    end: Floats
    begun: Flags
    label: Label
    source_ids: tuple[str, ...]


def put_estimated(named: Mapping[str, NamedParameter], consent: StageResult | None) -> dict[str, NamedParameter]:
    """Give the parameters of a case with those that were estimated in the place of their ranges.

    Parameters
    ----------
    named : mapping of str to NamedParameter
        As the case has them.
    consent : StageResult, optional
        Its draws `consent_link` give readiness, slope and weight of statehood, `consent_common` the common factor,
        `refusal_end` the rate at which a member comes round. With `objection_onset` the parameters of the episodes are
        left out.

    Returns
    -------
    dict of str to NamedParameter
    """
    found = dict(named)
    if consent is None:
        return found
    if LINK in consent.draws:
        link = consent.draws[LINK]
        for column, unit in enumerate(link.units):
            _put(found, consent, f"consent.{unit}", link, link.values[:, column])
    if COMMON in consent.draws:
        common = consent.draws[COMMON]
        _put(found, consent, COMMON_FACTOR, common, common.values[:, common.units.index("common_factor")])
    if REFUSAL in consent.draws:
        rate = consent.draws[REFUSAL]
        _put(found, consent, CHANGE, rate, np.exp(rate.values[:, 0]))
    if ONSET in consent.draws:
        found = {name: one for name, one in found.items() if name not in EPISODES}
    return found


def _put(found: dict[str, NamedParameter], consent: StageResult, name: str, draws: Draws, values: Floats) -> None:
    """Put draws of a parameter in the place of its range; its prior is the range of the case."""
    if name not in found:
        return
    prior = found[name]
    label = label_of(consent, name, draws.label)
    values = clip_to_domain(values, prior.domain)
    low, value, high = (float(one) for one in np.quantile(values, (LOW, 0.5, HIGH)))
    source = prior.parameter.source if label == "assumed" else draws.source_ids[0]
    parameter = prior.parameter.model_copy(
        update={"value": value, "low": low, "high": high, "label": label, "source": source}
    )
    sources = tuple(sorted({prior.parameter.source, *draws.source_ids}))
    found[name] = replace(prior, parameter=parameter, estimated=values, source_ids=sources)


def label_of(consent: StageResult, name: str, label: Label) -> Label:
    """Give the label of one parameter of the link.

    Parameters
    ----------
    consent : StageResult
        Its table `consent_parameters` has a row for each, if it has the table.
    name : str
        Dotted name of the parameter.
    label : Label
        Of the draws, where there is no such row.

    Returns
    -------
    Label
    """
    if LABELS_TABLE not in consent.tables:
        return label
    frame = consent.tables[LABELS_TABLE].frame
    rows = frame.filter((frame["consent_part"] == "link") & (frame["parameter"] == name.removeprefix("consent.")))
    found: list[Label] = rows["label"].to_list()
    return found[0] if found else label


def objections_of(case: Case, consent: StageResult | None) -> Objections | None:
    """Give the objections to the aspirant, where they were estimated.

    Parameters
    ----------
    case : Case
        With its objections and ties as of its day.
    consent : StageResult, optional
        Draws `objection_onset` and `objection_end`, (draw, member).

    Returns
    -------
    Objections or None
    """
    if consent is None or ONSET not in consent.draws:
        return None
    members = [one.member for one in case.members]
    onset, end = (_by_member(consent.draws[name], members) for name in (ONSET, END))
    refuse = np.array([one in refusing(case) for one in members], dtype=np.bool_)
    if refuse.any() and not refuse.all():
        onset[:, refuse] = onset[:, ~refuse].mean(axis=1, keepdims=True)
        end[:, refuse] = end[:, ~refuse].mean(axis=1, keepdims=True)
    labels = [consent.draws[name].label for name in (ONSET, END)]
    return Objections(
        onset=onset,
        end=end,
        begun=np.array([one in objecting(case) for one in members], dtype=np.bool_),
        label="assumed" if "assumed" in labels else labels[0],
        source_ids=tuple(sorted({one for name in (ONSET, END) for one in consent.draws[name].source_ids})),
    )


def _by_member(draws: Draws, members: list[str]) -> Floats:
    return np.array(draws.values[:, [draws.units.index(one) for one in members]])


def refusing(case: Case) -> frozenset[str]:
    """Name the members that do not recognise the aspirant, or object to it for the sake of statehood."""
    today, aspirant = case.header.as_of, case.header.aspirant
    ties = {
        one.member
        for one in case.dyads
        if one.candidate == aspirant
        and one.relation == "non_recognition"
        and one.since.middle <= today
        and (one.until is None or one.until.middle > today)
    }
    return frozenset(ties | {one.member for one in _open(case) if one.ground == "statehood"})


def objecting(case: Case) -> frozenset[str]:
    """Name the members that object to the aspirant's next step, or one before it, on another ground than statehood."""
    taken = steps_taken(case)
    rungs = {step.id: step.rung for step in case.steps}
    ahead = [step.rung for step in case.steps if step.rung > 0 and step.id not in taken]
    nearest = min(ahead, default=0)
    return frozenset(
        one.member for one in _open(case) if one.ground != "statehood" and rungs.get(one.step, nearest + 1) <= nearest
    )


def _open(case: Case) -> list[Objection]:
    today = case.header.as_of
    return [
        one
        for one in case.own_objections
        if one.candidate == case.header.aspirant
        and one.began.middle <= today
        and (one.ended is None or one.ended.middle > today)
    ]
