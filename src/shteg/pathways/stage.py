"""The stage: from the case and the results before it to probabilities, blockers and effects."""

from __future__ import annotations

from collections.abc import Iterable

from shteg.chunks import Progress
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.pathways import result_tables as tables
from shteg.pathways import result_values as values
from shteg.pathways.parameters import name_parameters
from shteg.pathways.scenario import build_model
from shteg.pathways.simulation import run_model


def simulate_pathways(
    case: Case,
    stance: StageResult,
    accession: StageResult,
    *,
    measures: Iterable[str] = frozenset(),
    threads: int | None = None,
    progress: Progress | None = None,
) -> StageResult:
    """Simulate the futures of a case, posterior draw by posterior draw.

    Parameters
    ----------
    stance : StageResult
        With `draws["theta"]`, (draw, member).
    accession : StageResult
        With `draws["log_rate"]`, (draw, step), and, where a step is ratified, `draws["ratification_log_days"]`,
        (draw, member), and `draws["ratification_sd"]`, (draw, 1).
    measures : ids, optional
        Measures that are taken in the forecast. The effect of a measure is always that of having it against not
        having it, beside these.
    threads : int, optional
        As many as there are cores if left out; the result never depends on it.

    Returns
    -------
    StageResult
        Tables `incidence`, `blockers`, `effects`, `conditions`, `assumptions`; the values of docs/methods/pathways.md;
        draws `forecast` and `effect`. Probabilities are shares, intervals cover 90 % of the posterior draws.

    Raises
    ------
    UsageError
        A measure is unknown, or `threads` is below 1.
    ModelError
        Steps, parameters, measures or draws contradict each other: all findings at once, before any simulation.
    """
    model = build_model(case, stance, accession, measures)
    tally = run_model(model, threads=threads, progress=progress)
    summary = tables.summarise(model, tally)
    made = (
        tables.incidence_table(model, summary),
        tables.blockers_table(model, summary),
        tables.effects_table(model, summary),
        tables.conditions_table(model, summary),
        tables.assumptions_table(model),
    )
    found = [
        *values.forecast_values(model, summary),
        *values.blocker_values(model, summary),
        *values.effect_values(model, summary),
        *values.stop_values(model, summary),
        *values.size_values(model),
    ]
    return StageResult(
        stage="pathways",
        tables={table.name: table for table in made},
        values=tuple(found),
        draws=values.result_draws(model, summary),
    )


def parameter_titles(case: Case) -> dict[str, dict[str, str]]:
    """Give the lexicon entries `parameter:<name>` of every parameter, by language."""
    return {one.title_id: dict(one.parameter.title.root) for one in name_parameters(case.pathways).values()}
