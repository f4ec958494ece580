"""The stage: every forecast the publication makes, scored against what happened where anything did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from shteg.accession.history.risk_spells import observed_steps
from shteg.estimates import StageResult
from shteg.evaluation.backtest import OriginForecasts, run_backtest
from shteg.evaluation.base_forecast import base_forecast
from shteg.evaluation.held_out import FOLDS, held_out_acts, held_out_ratifications
from shteg.evaluation.models import BASE_RATE, FULL, MODELS
from shteg.evaluation.questions import ORIGINS, Outcomes, ladder_only
from shteg.evaluation.reliability import Bin, reliability_bins
from shteg.evaluation.scoring import HeldOut, StepRows, score_rungs, score_steps
from shteg.evaluation.skill import Ratio, observed_expected, removals
from shteg.evaluation.summary import (
    ALL,
    ALL_HORIZONS,
    SkillRow,
    fast_countries,
    scored_by_step,
    summarise_held_out,
    summarise_rungs,
    summarise_steps,
    unscored,
)
from shteg.evaluation.tables import (
    base_rate_table,
    forecasts_table,
    jackknife_table,
    ratios_table,
    reliability_table,
    skill_table,
)
from shteg.evaluation.values import base_rate_values, ladder_values, ratio_values, removal_values, skill_values
from shteg.evidence.case import Case

PAIRS_SHOWN = 5
"""Pairs of countries shown at each end of the jackknife."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """Everything scored: the rows behind the tables."""

    steps: StepRows
    skill: tuple[SkillRow, ...]
    result: StageResult


def score_forecasts(
    case: Case,
    *,
    origins: Sequence[int] = ORIGINS,
    progress: Callable[[int, int], None] | None = None,
    threads: int | None = None,
) -> StageResult:
    """Score the ladder at rolling origins, acts and ratifications that were held out, and foretell at the base rate.

    Parameters
    ----------
    case : Case
        As the edition filtered it: its as-of day bounds what counts as having happened.
    origins : sequence of int
        Years on whose first day forecasts are made.
    progress : callable, optional
        Told how many parts of how many are done.
    threads : int, optional
        Never changes a number.

    Returns
    -------
    StageResult
        Stage "evaluation": tables `skill`, `reliability`, `observed_expected`, `without_countries`, `backtest`,
        `base_rate`; values `skill.*` and `baserate.<step>.<year>`. Without recorded steps only what cannot be scored.

    References
    ----------
    docs/methods/evaluation.md; Gneiting & Raftery (2007), JASA 102(477).
    """
    if not observed_steps(ladder_only(case)):
        rows = unscored(case)
        table = skill_table(rows)
        return StageResult(stage="evaluation", tables={table.name: table})
    told = _Parts(progress, (len(origins), FOLDS + 1))
    forecasts = run_backtest(case, origins=origins, threads=threads, progress=told.part(0))
    held = held_out_forecasts(case, threads=threads, progress=told.part(1))
    return summarise(case, forecasts, held).result


def held_out_forecasts(
    case: Case, *, threads: int | None = None, progress: Callable[[int, int], None] | None = None
) -> tuple[HeldOut, ...]:
    """Give the forecasts of acts and of ratifications that a fit had not seen."""

    def told(done: int, total: int) -> None:
        if progress:
            progress(done, total + 1)

    acts = held_out_acts(case, threads=threads, progress=told)
    ratifications = held_out_ratifications(case)
    if progress:
        progress(1, 1)
    return (*((acts,) if acts else ()), *ratifications)


class _Parts:
    """Progress of several parts as one count; the first numbers are what the parts are expected to weigh."""

    def __init__(self, progress: Callable[[int, int], None] | None, weights: tuple[int, ...]) -> None:
        self.progress, self.weights = progress, weights

    def part(self, number: int) -> Callable[[int, int], None]:
        """Give the callback of one part."""
        before, whole = sum(self.weights[:number]), sum(self.weights)

        def told(done: int, total: int) -> None:
            if self.progress:
                self.progress(before + round(done / max(total, 1) * self.weights[number]), whole)

        return told


def summarise(case: Case, forecasts: Sequence[OriginForecasts], held: Sequence[HeldOut] = ()) -> Scored:
    """Score forecasts against what is known today and put tables and values together."""
    ladder = ladder_only(case)
    outcomes = Outcomes.of(ladder)
    seed = case.header.seed
    steps, rungs = score_steps(forecasts, outcomes), score_rungs(forecasts, outcomes)
    fast = fast_countries(ladder)
    rows = [
        *summarise_steps(steps, fast, seed),
        *summarise_rungs(rungs, fast, seed),
        *(summarise_held_out(one, seed) for one in held),
        *unscored(case),
    ]
    ratios = _ratios(steps, seed)
    losses = steps.losses["log"]
    one = removals(losses[FULL], losses[BASE_RATE], steps.country, together=1)
    two = removals(losses[FULL], losses[BASE_RATE], steps.country, together=2)
    total = 1.0 - losses[FULL].sum() / losses[BASE_RATE].sum() if steps.origin else 0.0
    base = base_forecast(case, case.pathways.report_years)
    tables = (
        skill_table(rows),
        reliability_table(_bins(steps, held)),
        ratios_table(ratios),
        jackknife_table([*one, *two[:PAIRS_SHOWN], *two[PAIRS_SHOWN:][-PAIRS_SHOWN:]]),
        forecasts_table(steps),
        base_rate_table(base),
    )
    values = [
        *ladder_values(case, rows, steps, fast),
        *skill_values(case, rows, fast),
        *removal_values(case, one, two, float(total)),
        *ratio_values(case, ratios),
        *base_rate_values(case, base),
    ]
    result = StageResult(stage="evaluation", tables={one.name: one for one in tables}, values=tuple(values))
    return Scored(steps=steps, skill=tuple(rows), result=result)


def _ratios(steps: StepRows, seed: int) -> dict[tuple[str, int, str], Ratio]:
    country = np.array(steps.country)
    found = {}
    for part, chosen in scored_by_step(steps).items():
        horizons = (ALL_HORIZONS, *sorted(set(steps.horizon.tolist()))) if part == ALL else (ALL_HORIZONS,)
        for horizon in horizons:
            inside = chosen if horizon == ALL_HORIZONS else chosen & (steps.horizon == horizon)
            for model in MODELS:
                ratio = observed_expected(
                    steps.probability[model][inside], steps.happened[inside], country[inside].tolist(), seed, "steps"
                )
                if ratio is not None:
                    found[part, horizon, model] = ratio
    return found


def _bins(steps: StepRows, held: Sequence[HeldOut]) -> dict[tuple[str, str], tuple[Bin, ...]]:
    found = {
        ("steps", model): reliability_bins(steps.probability[model], steps.happened, steps.country)
        for model in (FULL, BASE_RATE)
    }
    for one in held:
        found[one.subject, FULL] = reliability_bins(one.probability, one.happened, one.group)
    return found
