"""The forecast as rows and tables: incidence, blockers, effects, conditions, assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from shteg.arrays import Ints
from shteg.estimates import Label, Table, column, table_row
from shteg.intervals import LEVEL
from shteg.pathways.forecast.shares import Shares, summarise_changes, summarise_counts, summarise_races
from shteg.pathways.model.arrays import CONDITIONS, Tally
from shteg.pathways.model.model import Model, rate_source
from shteg.pathways.model.provenance import Bases, Basis, weakest

STEP = "Step or programme on the way (id)."
YEAR = "By the end of this calendar year."
LABEL = "How much the data say: the weakest part decides."
MEAN = ": mean over posterior draws."
LOWER = "Lower end of the 90 % interval over posterior draws."
UPPER = "Upper end of the 90 % interval over posterior draws."
MC_ERROR = "Standard error from simulating finitely many worlds."
PARAMETER = "Dotted name of the quantity."
TITLE = "Its title in the lexicon."
TINY = 5e-13
"""Differences of sums in floating point below this are set to zero in print."""
ALL, NONE, MAIN = "all", "none", "main"
"""Scenarios with all measures, with none, and with those of the forecast."""

label_of = attrgetter("label")


def cell(shares: Shares, at: tuple[int, ...], name: str, ends: str = "", error: str = "") -> dict[str, float]:
    """Lay out a quantity as fields of a row.

    Parameters
    ----------
    shares : Shares
    at : tuple of int
        Which of its cells.
    name : str
        Field of the mean.
    ends : str
        What stands before `low` and `high` in the fields of the interval.
    error : str
        Field of the simulation error; none if empty.

    Returns
    -------
    dict of str to float
    """
    found = {name: shares.mean[at], f"{ends}low": shares.low[at], f"{ends}high": shares.high[at]}
    return {field: float(number) for field, number in (found | ({error: shares.mc_error[at]} if error else {})).items()}


@table_row
class Incidence:
    """The probability that a step is reached by the end of a year."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    probability: float = column(f"Probability that the step is reached{MEAN}", "share")
    low: float = column(LOWER, "share")
    high: float = column(UPPER, "share")
    mc_error: float = column(MC_ERROR, "share")
    basis: Basis


@table_row
class Blocker:
    """A member in the race for a step: whether it comes last, holds out, is needed."""

    step: str = column(STEP, key=True)
    member: str = column("Member that decides (ISO 3166-1 alpha-3).", key=True)
    race: str = column("What is waited for: consent or ratification.")
    last: float = column(
        f"Probability that this member, alone or with others, comes last of those needed{MEAN}", "share"
    )
    last_low: float = column(LOWER, "share")
    last_high: float = column(UPPER, "share")
    objecting: float = column(f"Probability that it has not consented (ratified) by the horizon{MEAN}", "share")
    objecting_low: float = column(LOWER, "share")
    objecting_high: float = column(UPPER, "share")
    importance: float = column(
        f"Probability of the step by the horizon if it always consents less that if it never does{MEAN}", "share"
    )
    importance_low: float = column(LOWER, "share")
    importance_high: float = column(UPPER, "share")
    basis: Basis

    @property
    def last_id(self) -> str:
        """Under which id the probability that it comes last is quoted."""
        return f"blocker.last.{self.step}.{self.member}"


@table_row
class MeasureEffect:
    """What a measure changes in the probability of a step by the end of a year."""

    measure: str = column("Measure (id), or `all` for all measures together.", key=True)
    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    effect: float = column(f"Change of the probability of the step{MEAN}", "share")
    low: float = column(LOWER, "share")
    high: float = column(UPPER, "share")
    mc_error: float = column(MC_ERROR, "share")
    measure_label: Label = column("How much the data say about what the measure does.")
    basis: Basis = column(LABEL, name="label", written=label_of)


@table_row
class Stop:
    """Where the way to a step stops, and for want of what, in the worlds that do not reach it by the horizon."""

    step: str = column(STEP, key=True)
    at_step: str = column("The step at which the way stops.", key=True)
    condition: str = column("What is met last: consent, readiness, procedure or ratification.", key=True)
    share_of_misses: float = column("Share of the worlds that do not reach the step.", "share")
    share_of_worlds: float = column("Share of all worlds.", "share")
    basis: Basis

    @property
    def value_id(self) -> str:
        """Under which id it is quoted."""
        return f"stop.{self.step}.{self.at_step}.{self.condition}"


@table_row
class Assumption:
    """What the forecast rests on: a parameter, a fitted rate or an effect, with its value, range, label and source."""

    kind: str = column("Parameter of the case, fitted rate (per year), or effect of a measure.")
    parameter: str = column(PARAMETER, key=True)
    title_id: str = column(TITLE)
    operation: str = column("For effects: add or multiply.", default="")
    value: float = column("Its value (median).")
    value_low: float = column("Lower end of its 90 % range.")
    value_high: float = column("Upper end of its 90 % range.")
    label: Label = column(LABEL)
    source: str = column("Where it comes from (id of the source).")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summary:
    """Everything the tables and values are made of. Axes as in `structure`; `bases` is what each number rests on."""

    cumulative: Ints  # (d, k, y)
    incidence: Shares  # (d, k, y)
    effects: Shares  # (d, s, k, r)
    last: Shares  # (d, k, j)
    blocked: Shares
    critical: Shares
    raced: Ints  # (k,) over all draws
    stopped: Ints  # (k, k, condition) over all draws
    bases: Bases

    def unconditional(self) -> tuple[Shares, ...]:
        """Give the shares of all worlds; those of who comes last and holds out are of the worlds with a race."""
        return self.incidence, self.effects, self.critical


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The rows of all tables of the forecast; `effects` by scenario, step and report year, as in the draws."""

    incidence: tuple[Incidence, ...]
    blockers: tuple[Blocker, ...]
    effects: tuple[MeasureEffect, ...]
    stops: tuple[Stop, ...]
    assumptions: tuple[Assumption, ...]

    def tables(self) -> list[Table]:
        """Make the tables."""
        return [
            Table.of("incidence", "When each step is reached", Incidence, self.incidence, tiny=TINY),
            Table.of("blockers", "Who comes last and who holds out", Blocker, self.blockers, tiny=TINY),
            Table.of("effects", "What each measure changes", MeasureEffect, self.effects, tiny=TINY),
            Table.of("conditions", "Where the way stops", Stop, self.stops, tiny=TINY),
            Table.of("assumptions", "What the forecast assumes", Assumption, self.assumptions, tiny=TINY),
        ]


def summarise(model: Model, tally: Tally) -> Summary:
    """Turn the counts of all draws into shares."""
    worlds = model.case.pathways.worlds_per_draw
    cumulative = tally.reached.cumsum(axis=-1)
    removed = np.array(
        [bool(s.name not in (ALL, NONE) and s.name in model.scenarios[0].measures) for s in model.scenarios]
    )
    gained = np.where(removed[None, :, None, None], tally.lost, tally.gained)
    lost = np.where(removed[None, :, None, None], tally.gained, tally.lost)
    return Summary(
        cumulative=cumulative,
        incidence=summarise_counts(cumulative, worlds),
        effects=summarise_changes(gained, lost, worlds),
        last=summarise_races(tally.last, tally.raced),
        blocked=summarise_races(tally.blocked, tally.raced),
        critical=summarise_counts(tally.critical, worlds),
        raced=tally.raced.sum(axis=0),
        stopped=tally.stopped.sum(axis=0),
        bases=Bases.of(model),
    )


def lay_out(model: Model, summary: Summary) -> Forecast:
    """Lay the summary out as rows."""
    return Forecast(
        incidence=tuple(_incidence(model, summary)),
        blockers=tuple(_blockers(model, summary)),
        effects=tuple(_effects(model, summary)),
        stops=tuple(_stops(model, summary)),
        assumptions=tuple(_assumptions(model)),
    )


def _incidence(model: Model, summary: Summary) -> Iterator[Incidence]:
    for k, step in enumerate(model.steps):
        for y, year in enumerate(model.years):
            numbers = cell(summary.incidence, (k, y), "probability", error="mc_error")
            yield Incidence(step=step.id, year=year, basis=summary.bases.steps[k], **numbers)


def _blockers(model: Model, summary: Summary) -> Iterator[Blocker]:
    """Give the pairs of step and member that raced at all, with the kind of race."""
    kinds = (("last", summary.last), ("objecting", summary.blocked), ("importance", summary.critical))
    for k, step in enumerate(model.steps):
        race = "ratification" if model.structure.ratified[k] else "consent"
        for j, member in enumerate(model.members):
            if not model.structure.eligible[k, j] or summary.raced[k] <= 0:
                continue
            numbers: dict[str, float] = {}
            for name, shares in kinds:
                numbers |= cell(shares, (k, j), name, f"{name}_")
            yield Blocker(step=step.id, member=member, race=race, basis=summary.bases.steps[k], **numbers)


def effect_scenarios(model: Model) -> list[tuple[int, str]]:
    """List the scenarios that are effects: their number, and the measure (or `all`)."""
    return [(s, one.name) for s, one in enumerate(model.scenarios) if s > 0 and one.name != NONE]


def _effects(model: Model, summary: Summary) -> Iterator[MeasureEffect]:
    labels = {measure.id: measure.label for measure in model.case.recommendations.measures}
    if labels:  # none where all rest on what was not there yet
        labels[ALL] = weakest(labels.values())
    for s, name in effect_scenarios(model):
        for k, step in enumerate(model.steps):
            basis = summary.bases.of_effect(k, labels if name == ALL else [name])
            for r, year in enumerate(model.report_years):
                numbers = cell(summary.effects, (s, k, r), "effect", error="mc_error")
                yield MeasureEffect(
                    measure=name, step=step.id, year=year, measure_label=labels[name], basis=basis, **numbers
                )


def _stops(model: Model, summary: Summary) -> Iterator[Stop]:
    worlds = model.case.pathways.draws * model.case.pathways.worlds_per_draw
    for k, at, c in np.argwhere(summary.stopped > 0).tolist():
        count = int(summary.stopped[k, at, c])
        yield Stop(
            step=model.steps[k].id,
            at_step=model.steps[at].id,
            condition=CONDITIONS[c],
            share_of_misses=count / int(summary.stopped[k].sum()),
            share_of_worlds=count / worlds,
            basis=summary.bases.steps[k],
        )


def _assumptions(model: Model) -> Iterator[Assumption]:
    for name, one in model.named.items():
        p = one.parameter
        yield Assumption(
            kind="parameter", parameter=name, title_id=one.title_id, value=p.value, value_low=p.low, value_high=p.high,
            label=p.label, source=p.source,
        )  # fmt: skip
    for k, step in enumerate(model.steps):
        if model.structure.reached[k]:
            continue  # nothing rests on how long it would take
        if not step.ratified and (source := rate_source(model, step)).startswith("log_rate."):
            draws = model.log_rate.values[:, model.log_rate.units.index(source.removeprefix("log_rate."))]
            middle, low, high = np.exp(np.quantile(draws, [0.5, (1 - LEVEL) / 2, (1 + LEVEL) / 2])).tolist()
            yield Assumption(
                kind="rate", parameter=f"step.{step.id}.rate", title_id=f"step:{step.id}", value=middle, value_low=low,
                value_high=high, label=model.log_rate.label if source == f"log_rate.{step.id}" else "borrowed",
                source=step.source,
            )  # fmt: skip
    for measure in model.case.recommendations.measures:
        for i, effect in enumerate(measure.effects, start=1):
            yield Assumption(
                kind="effect", parameter=f"measure.{measure.id}.{i}.{effect.target}", title_id=f"measure:{measure.id}",
                operation=effect.operation, value=effect.value, value_low=effect.low, value_high=effect.high,
                label=measure.label, source=measure.source,
            )  # fmt: skip
