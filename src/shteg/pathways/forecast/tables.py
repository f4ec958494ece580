"""The tables of the stage: incidence, blockers, effects, conditions, assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from shteg.estimates import Column, Table
from shteg.pathways.engine.build_model import Model, rate_source
from shteg.pathways.forecast.shares import LEVEL, Shares, summarise_changes, summarise_counts, summarise_races
from shteg.pathways.model.arrays import CONDITIONS, Integers, Tally
from shteg.pathways.model.provenance import basis_of_effect, weakest

STEP = Column(name="step", description="Step or programme on the way (id).")
MEMBER = Column(name="member", description="Member that decides (ISO 3166-1 alpha-3).")
LABEL = Column(name="label", description="How much the data say: the weakest part decides.")
TINY = 5e-13
"""Differences of sums in floating point below this are set to zero in print."""


def _bounded(name: str, words: str) -> tuple[Column, Column, Column]:
    return (
        Column(name=name, description=f"{words}: mean over posterior draws.", unit="share"),
        Column(name="low", description="Lower end of the 90 % interval over posterior draws.", unit="share"),
        Column(name="high", description="Upper end of the 90 % interval over posterior draws.", unit="share"),
    )


MC_ERROR = Column(name="mc_error", description="Standard error from simulating finitely many worlds.", unit="share")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summary:
    """Everything the tables and values are made of. Axes as in `structure`."""

    cumulative: Integers  # (d, k, y)
    incidence: Shares  # (d, k, y)
    effects: Shares  # (d, s, k, r)
    last: Shares  # (d, k, j)
    blocked: Shares
    critical: Shares
    raced: Integers  # (k,) over all draws
    stopped: Integers  # (k, k, condition) over all draws


def summarise(model: Model, tally: Tally) -> Summary:
    """Turn the counts of all draws into shares."""
    worlds = model.case.pathways.worlds_per_draw
    cumulative = tally.reached.cumsum(axis=-1)
    removed = np.array(
        [bool(s.name not in ("all", "none") and s.name in model.scenarios[0].measures) for s in model.scenarios]
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
    )


def incidence_table(model: Model, summary: Summary) -> Table:
    """Cumulative probability of each step by the end of each calendar year."""
    shares = summary.incidence
    rows = [
        (step.id, year, *(float(x[k, y]) for x in (shares.mean, shares.low, shares.high, shares.mc_error)))
        for k, step in enumerate(model.steps)
        for y, year in enumerate(model.years)
    ]
    columns = (
        STEP,
        Column(name="year", description="By the end of this calendar year.", unit="year"),
        *_bounded("probability", "Probability that the step is reached"),
        MC_ERROR,
    )
    return _table("incidence", "When each step is reached", columns, ("step", "year"), rows)


def blockers_table(model: Model, summary: Summary) -> Table:
    """Who comes last, who still objects at the horizon, without whom the step is not reached."""
    rows = []
    for k, j, race in blocker_cells(model, summary):
        row: list[object] = [model.steps[k].id, model.members[j], race]
        for shares in (summary.last, summary.blocked, summary.critical):
            row += [float(x[k, j]) for x in (shares.mean, shares.low, shares.high)]
        rows.append(tuple(row))
    columns = [STEP, MEMBER, Column(name="race", description="What is waited for: consent or ratification.")]
    for name, words in (
        ("last", "Probability that this member, alone or with others, comes last of those needed"),
        ("objecting", "Probability that it has not consented (ratified) by the horizon"),
        ("importance", "Probability of the step by the horizon if it always consents less that if it never does"),
    ):
        value, low, high = _bounded(name, words)
        columns += [
            value,
            Column(name=f"{name}_low", description=low.description, unit="share"),
            Column(name=f"{name}_high", description=high.description, unit="share"),
        ]
    return _table("blockers", "Who comes last and who holds out", tuple(columns), ("step", "member"), rows)


def blocker_cells(model: Model, summary: Summary) -> list[tuple[int, int, str]]:
    """List the pairs of step and member that raced at all, with the kind of race."""
    return [
        (k, j, "ratification" if model.structure.ratified[k] else "consent")
        for k in range(len(model.steps))
        for j in range(len(model.members))
        if model.structure.eligible[k, j] and summary.raced[k] > 0
    ]


def effect_scenarios(model: Model) -> list[tuple[int, str]]:
    """List the scenarios that are effects: their number, and the measure (or `all`)."""
    return [(s, one.name) for s, one in enumerate(model.scenarios) if s > 0 and one.name != "none"]


def effects_table(model: Model, summary: Summary) -> Table:
    """What each measure changes on the same random numbers."""
    labels = {measure.id: measure.label for measure in model.case.recommendations.measures}
    if labels:  # none where all rest on what was not there yet
        labels["all"] = weakest(labels.values())
    shares, rows = summary.effects, []
    for s, name in effect_scenarios(model):
        for k, step in enumerate(model.steps):
            label = basis_of_effect(model, k, labels if name == "all" else [name]).label
            for r, year in enumerate(model.report_years):
                cells = [float(x[s, k, r]) for x in (shares.mean, shares.low, shares.high, shares.mc_error)]
                rows.append((name, step.id, year, *cells, labels[name], label))
    columns = (
        Column(name="measure", description="Measure (id), or `all` for all measures together."),
        STEP,
        Column(name="year", description="By the end of this calendar year.", unit="year"),
        *_bounded("effect", "Change of the probability of the step"),
        MC_ERROR,
        Column(name="measure_label", description="How much the data say about what the measure does."),
        LABEL,
    )
    return _table("effects", "What each measure changes", columns, ("measure", "step", "year"), rows)


def conditions_table(model: Model, summary: Summary) -> Table:
    """Where the way stops, and for want of what, in the worlds that do not reach a step by the horizon."""
    worlds = model.case.pathways.draws * model.case.pathways.worlds_per_draw
    rows = []
    for k, at, c in np.argwhere(summary.stopped > 0):
        count = int(summary.stopped[k, at, c])
        share = count / int(summary.stopped[k].sum())
        rows.append((model.steps[k].id, model.steps[at].id, CONDITIONS[c], share, count / worlds))
    columns = (
        STEP,
        Column(name="at_step", description="The step at which the way stops."),
        Column(name="condition", description="What is met last: consent, readiness, procedure or ratification."),
        Column(name="share_of_misses", description="Share of the worlds that do not reach the step.", unit="share"),
        Column(name="share_of_worlds", description="Share of all worlds.", unit="share"),
    )
    return _table("conditions", "Where the way stops", columns, ("step", "at_step", "condition"), rows)


def assumptions_table(model: Model) -> Table:
    """Every parameter, fitted rate and effect with its value, range, label and source."""
    rows: list[tuple[object, ...]] = []
    for name, one in model.named.items():
        p = one.parameter
        rows.append(("parameter", name, one.title_id, "", p.value, p.low, p.high, p.label, p.source))
    for k, step in enumerate(model.steps):
        if model.structure.reached[k]:
            continue  # nothing rests on how long it would take
        if not step.ratified and (source := rate_source(model, step)).startswith("log_rate."):
            draws = model.log_rate.values[:, model.log_rate.units.index(source.removeprefix("log_rate."))]
            edges = np.quantile(draws, [0.5, (1 - LEVEL) / 2, (1 + LEVEL) / 2])
            label = model.log_rate.label if source == f"log_rate.{step.id}" else "borrowed"
            numbers = [float(x) for x in np.exp(edges)]
            rows.append(("rate", f"step.{step.id}.rate", f"step:{step.id}", "", *numbers, label, step.source))
    for measure in model.case.recommendations.measures:
        for i, effect in enumerate(measure.effects, start=1):
            name, numbers = f"measure.{measure.id}.{i}.{effect.target}", [effect.value, effect.low, effect.high]
            title, label = f"measure:{measure.id}", measure.label
            rows.append(("effect", name, title, effect.operation, *numbers, label, measure.source))
    columns = (
        Column(name="kind", description="Parameter of the case, fitted rate (per year), or effect of a measure."),
        Column(name="parameter", description="Dotted name of the quantity."),
        Column(name="title_id", description="Its title in the lexicon."),
        Column(name="operation", description="For effects: add or multiply."),
        Column(name="value", description="Its value (median)."),
        Column(name="value_low", description="Lower end of its 90 % range."),
        Column(name="value_high", description="Upper end of its 90 % range."),
        LABEL,
        Column(name="source", description="Where it comes from (id of the source)."),
    )
    return _table("assumptions", "What the forecast assumes", columns, ("parameter",), rows)


def _table(
    name: str, title: str, columns: tuple[Column, ...], key: tuple[str, ...], rows: Sequence[tuple[object, ...]]
) -> Table:
    texts = {column.name for column in columns if column.unit is None and not column.name.startswith("value")}
    schema = {
        column.name: pl.String if column.name in texts else pl.Int64 if column.unit == "year" else pl.Float64
        for column in columns
    }
    clean = [tuple(0.0 if isinstance(x, float) and abs(x) < TINY else x for x in row) for row in rows]
    frame = pl.DataFrame(clean, schema=schema, orient="row")
    return Table(name=name, title=title, frame=frame, columns=columns, key=key)
