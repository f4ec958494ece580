"""The stage: from the case and the results before it to probabilities, blockers and effects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from shteg.chunks import Executor, Progress, share_progress
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.records.model import Scenario
from shteg.pathways.answers.ask import answer_questions
from shteg.pathways.engine.build_model import prepare_model
from shteg.pathways.forecast.agreement import check_forecast
from shteg.pathways.forecast.simulate import simulate_enough
from shteg.pathways.forecast.tables import lay_out
from shteg.pathways.forecast.values import forecast_values, result_draws
from shteg.pathways.model.parameters import name_parameters


def simulate_pathways(
    case: Case,
    stance: StageResult,
    accession: StageResult,
    consent: StageResult | None = None,
    *,
    measures: Iterable[str] = frozenset(),
    scenario: Scenario | None = None,
    settings: Mapping[str, float] | None = None,
    answers: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    on_interrupt: Literal["raise", "keep"] = "raise",
) -> StageResult:
    """Simulate the futures of a case, posterior draw by posterior draw.

    Parameters
    ----------
    case : Case
    stance : StageResult
        With `draws["theta"]`, (draw, member).
    accession : StageResult
        With `draws["log_rate"]`, (draw, step), and, where a step is ratified, `draws["ratification_log_days"]`,
        (draw, member), and `draws["ratification_sd"]`, (draw, 1).
    consent : StageResult, optional
        Draws `consent_link`, (draw, "intercept" "slope" "statehood"), `refusal_end`, (draw, "rate"), and
        `objection_onset` and `objection_end`, (draw, member), log yearly rates: each takes the place of the range that
        the case gives. Without them the ranges hold.
    measures : ids, optional
        Measures that are taken in the forecast. The effect of a measure is always that of having it against not
        having it, beside these.
    scenario : Scenario, optional
        A scenario of the case or of a file: its measures are taken too, with their start and intensity, and what it
        sets holds in every draw.
    settings : mapping of str to float, optional
        Parameters that are set, by dotted name; they go before those of the scenario.
    answers : bool
        Also share effects out, look for sets of members, and so on; left out where parameters are set.
    threads : int, optional
        As many as there are cores if left out; the result never depends on it.
    progress : callable, optional
        Called with (parts done, parts in all).
    executor : Executor, optional
        Something else than threads to spread the work over, such as `SparkExecutor`; the numbers stay the same.
    on_interrupt : "raise" or "keep"
        What a keyboard interrupt does during the simulation: "keep" summarises the draws done so far, without
        answers; the values `simulation.draws` and `simulation.worlds` say how many those are.

    Returns
    -------
    StageResult
        Tables `incidence`, `blockers`, `effects`, `conditions`, `assumptions`; with `answers` also `shapley`,
        `blocking_sets`, `tornado`, `value_of_information`, `routes`, `scenarios`, `restricted_means`,
        `explanations`; the values of docs/methods/pathways.md; draws `forecast` and `effect`. Probabilities are
        shares, intervals cover 90 % of the posterior draws.

    Raises
    ------
    UsageError
        A measure is unknown, or `threads` is below 1.
    ModelError
        Steps, parameters, measures or draws contradict each other: all findings at once, before any simulation. Or
        figures of the forecast do not agree with each other, which no case can bring about.
    """
    model = prepare_model(case, stance, accession, measures, scenario, settings or {}, consent)
    plain = (
        answers
        and bool(case.recommendations.measures)
        and not (model.scenarios[0].overrides or model.scenarios[0].timing)
    )
    first, second = share_progress(progress, (1000, 2000 if plain else 0))
    done = simulate_enough(model, threads=threads, progress=first, executor=executor, on_interrupt=on_interrupt)
    summary, interrupted = done.summary, not done.whole
    found = lay_out(done.model, summary)
    check_forecast(done.model, found)
    tables, values = found.tables(), forecast_values(done.model, summary, found)
    if plain and not interrupted:
        try:
            more = answer_questions(model, done, found, threads=threads, progress=second, executor=executor)
            tables += more.tables
            values += more.values
        except KeyboardInterrupt:
            if on_interrupt == "raise":
                raise
            interrupted = True
    return StageResult(
        stage="pathways",
        tables={table.name: table for table in tables},
        values=tuple(values),
        draws=result_draws(done.model, summary, found),
        interrupted=interrupted,
    )


def parameter_titles(case: Case) -> dict[str, dict[str, str]]:
    """Give the lexicon entries `parameter:<name>` of every parameter, by language."""
    return {one.title_id: dict(one.parameter.title.root) for one in name_parameters(case.pathways).values()}
