"""The part of the accession stage that is about the ladder: history, curves and the hazard model."""

from __future__ import annotations

import numpy as np

from shteg.accession.curves.intervals import median_intervals, step_intervals
from shteg.accession.curves.occupancy import occupancy_rows, waiting_rows
from shteg.accession.curves.tables import exposure_table, intervals_table, medians_table, occupancy_table, waiting_table
from shteg.accession.curves.values import Ladder, interval_values, ladder_values, waiting_values
from shteg.accession.history.risk_spells import observed_steps, risk_spells
from shteg.accession.ladder.fit import LadderFit, fit_ladder
from shteg.accession.ladder.person_period import PIECES
from shteg.accession.ladder.summary import (
    duration_levels,
    effects,
    elapsed_years,
    pooled_steps,
    prior_waits,
    step_rates,
)
from shteg.accession.ladder.tables import (
    country_effects_table,
    effects_table,
    elapsed_table,
    pooling_table,
    prior_table,
    rates_table,
    year_effects_table,
)
from shteg.accession.ladder.values import effect_values, prior_values, rate_values
from shteg.errors import ModelError
from shteg.estimates import Draws, Label, StageResult
from shteg.evidence.case import Case
from shteg.randomness import named_generator


def ladder_result(case: Case) -> StageResult:
    """Give tables, values and draws of the ladder; draws `log_rate` and `duration_effect` are for the aspirant."""
    steps = observed_steps(case)
    borrowed = _borrowed(case)
    spells = {step.id: risk_spells(case, step) for step in steps}
    intervals = step_intervals(case)
    medians = median_intervals(intervals)
    tables = [
        exposure_table(spells),
        occupancy_table(occupancy_rows(case)),
        waiting_table([row for step, of_step in spells.items() for row in waiting_rows(step, of_step)]),
        intervals_table(intervals),
        medians_table(medians),
    ]
    values = [*ladder_values(case), *interval_values(case, intervals, medians), *waiting_values(case, spells)]
    if not steps:
        return StageResult(
            stage="accession", tables={table.name: table for table in tables}, values=tuple(values),
            draws={"log_rate": _draws(case, np.empty((case.pathways.draws, 0)), (), "assumed")},
        )  # fmt: skip
    fit = fit_ladder(case)
    rates = step_rates(fit, spells)
    found = effects(fit)
    waits = prior_waits(fit.posterior.design, fit.rows, named_generator(case.header.seed, "accession", "prior"))
    tables += [
        rates_table(rates, spells, borrowed),
        elapsed_table(elapsed_years(fit)),
        effects_table(found),
        pooling_table(pooled_steps(fit)),
        prior_table(waits),
        country_effects_table(fit),
        year_effects_table(fit),
    ]
    values += [*rate_values(case, rates, borrowed), *effect_values(case, found), *prior_values(case, waits)]
    label: Label = "estimated" if any(rate.events for rate in rates) else "assumed"
    return StageResult(
        stage="accession",
        tables={table.name: table for table in tables},
        values=tuple(values),
        draws=_ladder_draws(fit, tuple(spells), borrowed, label),
    )


def _borrowed(case: Case) -> dict[str, str]:
    """Map each step without events to the step whose fitted times it borrows."""
    with_events = {step.id for step in case.steps if step.events}
    borrowed = {step.id: step.fitted_from for step in case.steps if not step.events and step.fitted_from}
    for step, origin in borrowed.items():
        if origin not in with_events:
            raise ModelError(
                f"step {step} borrows its times from {origin}, which has no events",
                f"name one of {', '.join(sorted(with_events))}",
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


def _draws(case: Case, values: np.ndarray, units: tuple[str, ...], label: Label) -> Draws:
    ladder = Ladder(case)
    sources = ladder.sources([step.id for step in ladder.steps]) or tuple(sorted({one.source for one in case.steps}))
    return Draws(values=values, units=units, measure="log_rate_per_year", label=label, source_ids=sources)
