"""How long the steps of the ladder took others, and how long members took to ratify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shteg.estimates import Draws, Label, StageResult
from shteg.evidence.case import Case

if TYPE_CHECKING:
    from shteg.accession.hazards import Rate

__all__ = ["estimate_accession"]


def estimate_accession(case: Case) -> StageResult:
    """Estimate the rate of each step of the ladder, and each member's time to ratify.

    Parameters
    ----------
    case : Case
        Its steps, countries, ladder, seeking spells and ratifications.

    Returns
    -------
    StageResult
        Stage "accession": tables `rates`, `exposure`, `aalen_johansen`, `waiting`, `intervals`, `interval_medians`
        and, where a step is reached by ratification, `ratification_times`, `ratification_members`,
        `ratification_rounds`. Draws `log_rate`, (draw, step), log of the rate per year, for every step with events or
        with `fitted_from`; `ratification_log_days`, (draw, member), mean log days in a round to come (its round effect
        is in it: one per draw, the same for all members); `ratification_sd`, (draw, 1), residual sd of log days.

    Raises
    ------
    ModelError
        A step borrows from one without events, or nothing says from when a country could have taken a step.

    References
    ----------
    docs/methods/ladder.md; Aalen, Borgan and Gjessing (2008), Survival and Event History Analysis.
    """
    from shteg.accession.hazards import estimate_rate
    from shteg.accession.history import observed_steps, risk_spells
    from shteg.accession.intervals import median_intervals, step_intervals
    from shteg.accession.occupancy import occupancy_rows, waiting_rows
    from shteg.accession.tables import (
        exposure_table,
        intervals_table,
        medians_table,
        occupancy_table,
        rates_table,
        waiting_table,
    )
    from shteg.accession.values import interval_values, ladder_values, rate_values, waiting_values

    steps = observed_steps(case)
    spells = {step.id: risk_spells(case, step) for step in steps}
    rates = tuple(estimate_rate(step, of_step) for step, of_step in spells.items())
    borrowed = _borrowed(case)
    intervals = step_intervals(case)
    medians = median_intervals(intervals)
    tables = [
        rates_table(rates, spells, borrowed),
        exposure_table(spells),
        occupancy_table(occupancy_rows(case)),
        waiting_table([row for step, of_step in spells.items() for row in waiting_rows(step, of_step)]),
        intervals_table(intervals),
        medians_table(medians),
    ]
    values = [
        *ladder_values(case),
        *interval_values(case, intervals, medians),
        *rate_values(case, rates, borrowed),
        *waiting_values(case, spells),
    ]
    ratified = _ratification(case)
    return StageResult(
        stage="accession",
        tables={table.name: table for table in (*tables, *ratified.tables.values())},
        values=(*values, *ratified.values),
        draws={"log_rate": _log_rates(case, rates, borrowed), **ratified.draws},
    )


def _borrowed(case: Case) -> dict[str, str]:
    """Map each step without events to the step whose fitted times it borrows."""
    from shteg.errors import ModelError

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


def _log_rates(case: Case, rates: tuple[Rate, ...], borrowed: dict[str, str]) -> Draws:
    import numpy as np

    from shteg.accession.values import Ladder
    from shteg.randomness import named_generator

    draws = case.pathways.draws
    own = {
        rate.step: rate.draw_log(named_generator(case.header.seed, "accession", "rate", rate.step), draws)
        for rate in rates
    }
    columns = [*own.values(), *(own[origin] for origin in borrowed.values())]
    return Draws(
        values=np.stack(columns, axis=1) if columns else np.empty((draws, 0)),
        units=(*own, *borrowed),
        measure="log_rate_per_year",
        label="estimated" if any(rate.events for rate in rates) else "assumed",
        source_ids=Ladder(case).sources(own),
    )


def _ratification(case: Case) -> StageResult:
    """Give the part of the result that is about ratification; empty where no step is reached by it."""
    from shteg.accession.ratification import fit_ratification, ratification_times
    from shteg.accession.tables import ratification_members_table, ratification_rounds_table, times_table
    from shteg.accession.values import ratification_values
    from shteg.randomness import named_generator

    if not any(step.ratified for step in case.steps):
        return StageResult(stage="accession")
    seed, draws = case.header.seed, case.pathways.draws
    members = tuple(member.member for member in case.members)
    times = ratification_times(case)
    posterior = fit_ratification(times, members, draws, named_generator(seed, "accession", "ratification"))
    tables = (
        times_table(times),
        ratification_members_table(times, posterior, named_generator(seed, "accession", "ratification-table")),
        ratification_rounds_table(times, posterior),
    )
    used = [one for one in times if one.status == "used"]
    sources = tuple(sorted({one.source for one in used} or {member.source for member in case.members} or {"case"}))
    label: Label = "estimated" if used else "assumed"
    return StageResult(
        stage="accession",
        tables={table.name: table for table in tables},
        values=tuple(
            ratification_values(case, times, posterior, named_generator(seed, "accession", "ratification-values"))
        ),
        draws={
            "ratification_log_days": Draws(
                values=posterior.member + posterior.new_round[:, None],
                units=members, measure="log_days", label=label, source_ids=sources,
            ),
            "ratification_sd": Draws(
                values=posterior.sd[:, None], units=("sd",), measure="log_days", label=label, source_ids=sources
            ),
        },
    )  # fmt: skip
