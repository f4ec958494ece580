"""Tables of the stage: parameters with what the data taught of them, rates by member, the objections used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from shteg.arrays import Floats
from shteg.consent.objections.fit import ObjectionFit, PairDraws, PairFit, draw_pairs
from shteg.consent.objections.rates import DyadRates
from shteg.consent.votes.link import PARAMETERS, LinkFit, LinkPrior
from shteg.estimates import YEAR_DAYS, Label, Table, column, table_row
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.intervals import HIGH, LOW, NORMAL_90

LEARNT = 0.5
"""A number is *estimated* where the data took away more than half of its prior variance, else *assumed*."""

LOW_END, HIGH_END = "Lower end of the 90 % interval.", "Upper end of the 90 % interval."

HALF_NORMAL = (float(np.sqrt(2.0 / np.pi)), float(np.sqrt(1.0 - 2.0 / np.pi)), 0.06270677794, 1.95996398454)
"""Of a half-normal law of scale 1: mean, sd, 5 % and 95 % quantiles."""


def label_of(learnt: float) -> Label:
    """Say whether the data or judgement made a number."""
    return "estimated" if learnt > LEARNT else "assumed"


@table_row
class ConsentParameter:
    """A parameter of consent before and after the data."""

    part: str = column("link, onset or end.", key=True, name="consent_part")
    parameter: str = column("The parameter; sd of a group: how much its members differ.", key=True)
    step: str = column("Step that a readiness is about; empty for others.", key=True, name="ready_step")
    prior_mean: float = column("Before the data: mean.", "score")
    prior_sd: float = column("Before the data: standard deviation.", "score")
    prior_low: float = column("Before the data: lower end of the 90 % interval.", "score")
    prior_high: float = column("Before the data: upper end of the 90 % interval.", "score")
    mean: float = column("After the data: mean.", "score", name="posterior_mean")
    sd: float = column("After the data: standard deviation.", "score", name="posterior_sd")
    low: float = column(LOW_END, "score", name="posterior_low")
    high: float = column(HIGH_END, "score", name="posterior_high")
    learnt: float = column("Share of the prior variance that the data took away.", "share")
    label: Label = column("Estimated where that share is above a half, else assumed.")


@table_row
class ObjectionRate:
    """How often a member begins to object to the aspirant in a year, and how fast an objection of it ends."""

    member: str = column("Member of the organisation (ISO 3166-1 alpha-3).", key=True)
    ties: str = column("Ties with the aspirant on record.", name="dyad_ties")
    open: bool = column("Whether it openly objects on the day of the case.", name="objects_now")
    onset: float = column("Objections it begins in a year; posterior median.", "ratio", name="onset_rate")
    onset_low: float = column(LOW_END, "ratio")
    onset_high: float = column(HIGH_END, "ratio")
    onset_learnt: float = column("Share of the prior variance that the data took away.", "share")
    end: float = column("Endings in a year of an objection; posterior median.", "ratio", name="end_rate")
    end_low: float = column(LOW_END, "ratio")
    end_high: float = column(HIGH_END, "ratio")
    end_learnt: float = column("Share of the prior variance that the data took away.", "share")

    @property
    def onset_label(self) -> Label:
        """Whether the data or judgement made the rate of onset."""
        return label_of(self.onset_learnt)

    @property
    def end_label(self) -> Label:
        """Whether the data or judgement made the rate of ending."""
        return label_of(self.end_learnt)


@table_row
class UsedObjection:
    """An objection as the model takes it."""

    organisation: str = column("Organisation.", key=True)
    candidate: str = column("Country that was held up (ISO 3166-1 alpha-3).", key=True)
    member: str = column("Member that objected (ISO 3166-1 alpha-3).", key=True)
    step: str = column("The step that was held up.", key=True)
    began: DateInterval = column("When it became public.", "date", key=True, written=str)
    ended: DateInterval | None = column("When it ended; empty if it is open.", "date", written=str)
    ending: str | None = column("How it ended.")
    ground: str = column("What it was about.")
    years: float = column("Years of it up to the day of the case, from middle days.", "years", name="objection_years")
    source: str = column("Source.")
    grade: str = column("Admiralty grade of the source.")


def objections_table(fit: ObjectionFit) -> Table:
    """One row per objection on record, in the order of organisation, candidate and member."""
    rows = [
        UsedObjection(
            organisation=one.row.organisation, candidate=one.row.candidate, member=one.row.member, step=one.row.step,
            began=one.row.began, ended=one.row.ended, ending=one.row.ending, ground=one.ground,
            years=(one.stop - one.start) / YEAR_DAYS, source=one.row.source, grade=one.row.grade,
        )
        for one in fit.episodes
    ]  # fmt: skip
    return Table.of("objections", "Objections that the rates rest on", UsedObjection, rows)


def rate_rows(case: Case, fit: ObjectionFit, rates: DyadRates, ties: Sequence[Iterable[str]]) -> list[ObjectionRate]:
    """Lay out the rates between the members and the aspirant.

    Parameters
    ----------
    case : Case
    fit : ObjectionFit
    rates : DyadRates
    ties : sequence of iterable of str
        Of each member, in the order of the case.

    Returns
    -------
    list of ObjectionRate
    """
    own, aspirant = case.header.organisation.id, case.header.aspirant
    holding = {one.key[2] for one in fit.episodes if one.open and one.key[:2] == (own, aspirant)}
    quantiles = [np.exp(np.quantile(values, (LOW, 0.5, HIGH), axis=0)) for values in (rates.onset, rates.end)]
    taught = [
        1.0 - values.var(axis=0) / before
        for values, before in ((rates.onset, rates.onset_variance), (rates.end, rates.end_variance))
    ]
    return [
        ObjectionRate(
            member=member, ties=" ".join(sorted(ties[j])), open=member in holding,
            onset_low=float(quantiles[0][0, j]), onset=float(quantiles[0][1, j]), onset_high=float(quantiles[0][2, j]),
            onset_learnt=float(taught[0][j]), end_low=float(quantiles[1][0, j]), end=float(quantiles[1][1, j]),
            end_high=float(quantiles[1][2, j]), end_learnt=float(taught[1][j]),
        )
        for j, member in enumerate(rates.members)
    ]  # fmt: skip


def link_parameters(
    fit: LinkFit, prior: LinkPrior, unlinked: LinkFit, steps: Mapping[str, float]
) -> list[ConsentParameter]:
    """Lay out the link before and after the votes.

    Parameters
    ----------
    fit : LinkFit
    prior : LinkPrior
    unlinked : LinkFit
        The same without any vote.
    steps : mapping of str to float
        Step → its content of statehood, for the readiness of a member of stance 0 to each.

    Returns
    -------
    list of ConsentParameter
    """
    ranges = (prior.intercept, prior.slope, prior.statehood, prior.common)
    found: list[ConsentParameter] = []
    for name, one, drawn in zip((*PARAMETERS, "common_factor"), ranges, (*fit.values.T, fit.common), strict=True):
        mean, sd = one.moments()
        found.append(parameter_row("link", name, (mean, sd, one.low, one.high), drawn))
    found.append(parameter_row("link", "slope_sd", _law(unlinked.slope_sd), fit.slope_sd))
    for step, content in steps.items():
        before, after = (one.values[:, 0] - content * one.values[:, 2] for one in (unlinked, fit))
        found.append(parameter_row("link", "readiness", _law(before), after, step))
    return found


def _law(values: Floats) -> tuple[float, float, float, float]:
    low, high = np.quantile(values, (LOW, HIGH))
    return float(values.mean()), float(values.std()), float(low), float(high)


def hazard_parameters(part: str, fit: PairFit, seed: int, draws: int) -> list[ConsentParameter]:
    """Lay out the effects that are not of one member or candidate, and the sds of groups, before and after the data.

    Parameters
    ----------
    part : str
        "onset" or "end".
    fit : PairFit
    seed, draws : int
        As for the draws handed on.

    Returns
    -------
    list of ConsentParameter
    """
    drawn: PairDraws = draw_pairs(fit, seed, part, draws)
    found = [parameter_row(part, "level", normal_law(*fit.prior.level), drawn.level())]
    found += [
        parameter_row(part, name, normal_law(mean, sd), drawn.feature(name))
        for name, (mean, sd) in fit.prior.features.items()
    ]  # fmt: skip
    for group, scale in fit.prior.scales.items():
        mean, sd, low, high = (scale * one for one in HALF_NORMAL)
        found.append(parameter_row(part, f"sd_{group}", (mean, sd, low, high), drawn.scales[group]))
    return found


def normal_law(mean: float, sd: float) -> tuple[float, float, float, float]:
    """Give mean, sd and ends of the central 90 % of a normal law."""
    return mean, sd, mean - NORMAL_90 * sd, mean + NORMAL_90 * sd


def parameter_row(
    part: str, name: str, before: tuple[float, float, float, float], values: Floats, step: str = ""
) -> ConsentParameter:
    """Compare draws with the law before the data.

    Parameters
    ----------
    part, name : str
    before : tuple of float
        Mean, sd and ends of the 90 % interval.
    values : (draw,) float
    step : str
        The step that a readiness is about.

    Returns
    -------
    ConsentParameter
    """
    low, high = np.quantile(values, (LOW, HIGH))
    learnt = 1.0 - float(values.var()) / before[1] ** 2 if before[1] > 0 else 0.0
    return ConsentParameter(
        part=part, parameter=name, step=step, prior_mean=before[0], prior_sd=before[1], prior_low=before[2],
        prior_high=before[3], mean=float(values.mean()), sd=float(values.std()), low=float(low), high=float(high),
        learnt=learnt, label=label_of(learnt),
    )  # fmt: skip


def parameters_table(rows: Iterable[ConsentParameter]) -> Table:
    """One row per parameter of consent, before and after the data."""
    return Table.of("consent_parameters", "Consent before and after the data", ConsentParameter, rows)


def rates_table(rows: Iterable[ObjectionRate]) -> Table:
    """One row per member: how often it begins to object to the aspirant, and how fast an objection ends."""
    return Table.of("objection_rates", "How often members object, and for how long", ObjectionRate, rows)
