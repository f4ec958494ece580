"""The part of the accession stage that is about the ladder: history, curves and the hazard model."""

from __future__ import annotations

import numpy as np

from shteg.accession.curves.intervals import (
    interval_tables,
    interval_values,
    median_intervals,
    median_values,
    step_intervals,
)
from shteg.accession.curves.occupancy import ladder_values, occupancy_table
from shteg.accession.curves.waiting import waiting_table, waiting_values
from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import exposure_table, observed_steps, risk_spells
from shteg.accession.ladder.effects import effect_tables, effect_values, effects
from shteg.accession.ladder.fit import LadderFit, fit_ladder
from shteg.accession.ladder.person_period import PIECES
from shteg.accession.ladder.rates import (
    ElapsedStep,
    duration_levels,
    elapsed_years,
    prior_value,
    prior_waits,
    rate_tables,
    rate_values,
    step_rates,
)
from shteg.arrays import Floats
from shteg.errors import ModelError
from shteg.estimates import Draws, Label, StageResult, Table, Value
from shteg.evidence.case import Case
from shteg.hints import list_names
from shteg.randomness import named_generator


def ladder_result(case: Case) -> StageResult:
    """Give tables, values and draws of the ladder; draws `log_rate` and `duration_effect` are for the aspirant."""
    borrowed = _borrowed(case)
    spells = {step.id: risk_spells(case, step) for step in observed_steps(case)}
    intervals = step_intervals(case)
    medians = median_intervals(intervals)
    tables: list[Table] = [
        exposure_table(spells),
        occupancy_table(case),
        waiting_table(spells),
        *interval_tables(intervals, medians),
    ]
    values: list[Value] = [
        *ladder_values(case),
        *interval_values(case, intervals),
        *median_values(case, medians),
        *waiting_values(case, spells),
    ]
    if spells:
        fit = fit_ladder(case)
        rates, found = step_rates(fit, spells, borrowed), effects(fit)
        waits = prior_waits(fit.posterior.design, fit.rows, named_generator(case.header.seed, "accession", "prior"))
        by_step, elapsed, prior = rate_tables(fit, rates, waits)
        by_effect, pooled, *others = effect_tables(fit, found)
        tables += [by_step, elapsed, by_effect, pooled, prior, *others]
        values += [*rate_values(case, rates), prior_value(case, waits), *effect_values(case, found)]
        label: Label = "estimated" if any(rate.events for rate in rates) else "assumed"
        draws = _ladder_draws(fit, tuple(spells), borrowed, label)
    else:
        draws = {"log_rate": _draws(case, np.empty((case.pathways.draws, 0)), (), "assumed")}
    return StageResult(
        stage="accession", tables={table.name: table for table in tables}, values=tuple(values), draws=draws
    )


def aspirant_rates(fit: LadderFit) -> StageResult:
    """Give what the simulation takes of a fitted ladder: draws `log_rate`, `duration_effect`, the table `elapsed`."""
    steps = observed_steps(fit.case)
    label: Label = "estimated" if fit.rows.events.any() else "assumed"
    elapsed = [ElapsedStep(step=step, years=years) for step, years in elapsed_years(fit).items()]
    table = Table.of("elapsed", "How long each step has been open to the aspirant", ElapsedStep, elapsed)
    draws = _ladder_draws(fit, tuple(step.id for step in steps), _borrowed(fit.case), label)
    return StageResult(stage="accession", tables={table.name: table}, draws=draws)


def _borrowed(case: Case) -> dict[str, str]:
    """Map each step without events to the step whose fitted times it borrows."""
    with_events = {step.id for step in case.steps if step.events}
    borrowed = {step.id: step.fitted_from for step in case.steps if not step.events and step.fitted_from}
    for step, origin in borrowed.items():
        if origin not in with_events:
            raise ModelError(
                f"step {step} borrows its times from {origin}, which has no events",
                list_names(sorted(with_events), "name one of"),
                "steps.toml",
            )
    return borrowed


def _ladder_draws(fit: LadderFit, own: tuple[str, ...], borrowed: dict[str, str], label: Label) -> dict[str, Draws]:
    aspirant = fit.case.header.aspirant
    origins = {**{step: step for step in own}, **borrowed}
    rates = np.stack([fit.log_hazard(aspirant, origin) for origin in origins.values()], axis=1)
    levels = np.concatenate([duration_levels(fit, origin) for origin in origins.values()], axis=1)
    units = tuple(f"{step}|{years:g}" for step in origins for years in PIECES)
    return {
        "log_rate": _draws(fit.case, rates, tuple(origins), label),
        "duration_effect": _draws(fit.case, levels, units, label),
    }


def _draws(case: Case, values: Floats, units: tuple[str, ...], label: Label) -> Draws:
    ladder = LadderSources(case)
    sources = ladder.sources([step.id for step in observed_steps(case)])
    return Draws(values=values, units=units, measure="log_rate_per_year", label=label, source_ids=sources)
