"""The stage: every forecast the publication makes, scored against what happened where anything did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shteg.accession.history.risk_spells import observed_steps
from shteg.chunks import Progress, one_blas_thread, share_progress
from shteg.estimates import StageResult, Table, column, table_row
from shteg.evaluation.backtest import OriginForecasts, run_backtest
from shteg.evaluation.compared import ModelScore, compare_models
from shteg.evaluation.held_out import FOLDS, held_out_acts, held_out_ratifications
from shteg.evaluation.models import BASE_RATE, FULL, MODELS, PARTS, POOL, Fitter, Simulator
from shteg.evaluation.own.curves import own_curves
from shteg.evaluation.questions import ORIGINS, PART, Outcomes, ladder_only
from shteg.evaluation.reliability import Bin, reliability_bins
from shteg.evaluation.scoring import HeldOut, StepRows, backtest_table, score_rungs, score_steps
from shteg.evaluation.skill import Ratio, Removal, observed_expected, removals
from shteg.evaluation.stack.rolling import Weights, weights_on, with_pool
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
from shteg.evaluation.values import (
    ladder_values,
    quote_for,
    ratio_values,
    removal_values,
    skill_values,
)
from shteg.evidence.case import Case

PAIRS_SHOWN = 5
"""Pairs of countries shown at each end of the jackknife."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """Everything scored: the rows behind the tables."""

    steps: StepRows
    skill: tuple[SkillRow, ...]
    result: StageResult


@table_row
class PartWeight:
    """Weight of one part of the pool in forecasts of a step."""

    part: str = column(PART, key=True)
    model: str = column("Part of the pool.", key=True)
    weight: float = column("Share of the pool's draws that come from the part.", "share")
    pairs: int = column("Countries and steps whose resolved questions taught the weight.", "count")


def score_forecasts(
    case: Case,
    *,
    origins: Sequence[int] = ORIGINS,
    fitter: Fitter | None = None,
    simulator: Simulator | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
) -> StageResult:
    """Score every model and their pool at rolling origins, and acts and ratifications that were held out.

    Parameters
    ----------
    case : Case
        As the edition filtered it: its as-of day bounds what counts as having happened.
    origins : sequence of int
        Years on whose first day forecasts are made.
    fitter, simulator : callable, optional
        As `run_backtest` takes them.
    progress : callable, optional
        Told how many parts of how many are done.
    threads : int, optional
        Never changes a number.

    Returns
    -------
    StageResult
        Stage "evaluation": tables `models`, `skill`, `reliability`, `observed_expected`, `without_countries`,
        `backtest`, `pool_weights`; values `skill.*`; draws `base_rate`, `reference_class` and `full`, (draw,
        "step|year"), of the aspirant's own steps. Without recorded steps only what cannot be scored.

    References
    ----------
    docs/methods/evaluation.md; Gneiting & Raftery (2007), JASA 102(477).
    """
    if not observed_steps(ladder_only(case)):
        return StageResult(stage="evaluation", tables={"skill": _skill_table(unscored(case))})
    first, second = share_progress(progress, (len(origins), FOLDS + 1))
    with one_blas_thread():
        forecasts = run_backtest(
            case, origins=origins, fitter=fitter, simulator=simulator, threads=threads, progress=first
        )
        held = held_out_forecasts(case, threads=threads, progress=second)
        return replace(summarise(case, forecasts, held).result, draws=own_curves(case))


def held_out_forecasts(
    case: Case, *, threads: int | None = None, progress: Progress | None = None
) -> tuple[HeldOut, ...]:
    """Give the forecasts of acts and of ratifications that a fit had not seen.

    Parameters
    ----------
    case : Case
        As the edition filtered it.
    threads : int, optional
        Never changes a number.
    progress : callable, optional
        Told how many parts of how many are done.

    Returns
    -------
    tuple of HeldOut
        Those of which there are enough to leave some out.
    """
    first, second = share_progress(progress, (FOLDS, 1))
    acts = held_out_acts(case, threads=threads, progress=first)
    ratifications = held_out_ratifications(case, progress=second)
    if progress:
        progress(1, 1)
    return (*((acts,) if acts else ()), *ratifications)


def summarise(case: Case, forecasts: Sequence[OriginForecasts], held: Sequence[HeldOut] = ()) -> Scored:
    """Score forecasts against what is known today and put tables and values together.

    Parameters
    ----------
    case : Case
        Everything known today.
    forecasts : sequence of OriginForecasts
        As `run_backtest` gives them; the pool is added here.
    held : sequence of HeldOut
        As `held_out_forecasts` gives them.

    Returns
    -------
    Scored
    """
    ladder = ladder_only(case)
    outcomes = Outcomes.of(ladder)
    seed = case.header.seed
    steps, rungs = score_steps(with_pool(forecasts, ladder), outcomes), score_rungs(forecasts, outcomes)
    weights = weights_on(forecasts, ladder, case.header.as_of)
    fast = fast_countries(ladder)
    rows = [
        *summarise_steps(steps, fast, seed),
        *summarise_rungs(rungs, fast, seed),
        *(summarise_held_out(one, seed) for one in held),
        *unscored(case),
    ]
    ratios = _ratios(steps, seed)
    losses = steps.losses["log"]
    one = removals(losses[POOL], losses[BASE_RATE], steps.country, together=1)
    two = removals(losses[POOL], losses[BASE_RATE], steps.country, together=2)
    total = 1.0 - losses[POOL].sum() / losses[BASE_RATE].sum() if steps.origin else 0.0
    models = compare_models(steps, seed)
    without = [*one, *two[:PAIRS_SHOWN], *two[PAIRS_SHOWN:][-PAIRS_SHOWN:]]
    tables = (
        Table.of("models", "The models side by side", ModelScore, models),
        _skill_table(rows),
        Table.of("reliability", "Probability given and share that came true", Bin, _bins(steps, held)),
        Table.of("observed_expected", "Events observed and expected", Ratio, ratios),
        Table.of("without_countries", "Skill without some countries", Removal, without),
        backtest_table(steps),
        Table.of("pool_weights", "Weights of the parts of the pool", PartWeight, _weight_rows(case, weights)),
    )
    value = quote_for(case)
    values = (
        *ladder_values(value, models, steps, fast),
        *skill_values(value, rows, fast),
        *removal_values(value, one, two, float(total)),
        *ratio_values(value, ratios),
    )
    result = StageResult(stage="evaluation", tables={table.name: table for table in tables}, values=values)
    return Scored(steps=steps, skill=tuple(rows), result=result)


def _weight_rows(case: Case, weights: Weights) -> list[PartWeight]:
    """Give the weights over all steps and of each recorded step, as published."""
    found = {ALL: (weights.overall[0], sum(weights.pairs.values()))}
    found |= {
        f"step:{step.id}": (weights.of(step.id)[0], weights.pairs.get(step.id, 0)) for step in observed_steps(case)
    }
    return [
        PartWeight(part=part, model=model, weight=float(weight), pairs=pairs)
        for part, (table, pairs) in found.items()
        for model, weight in zip(PARTS, table, strict=True)
    ]


def _skill_table(rows: Sequence[SkillRow]) -> Table:
    return Table.of("skill", "How good the forecasts were", SkillRow, rows)


def _ratios(steps: StepRows, seed: int) -> list[Ratio]:
    country = np.array(steps.country)
    found = []
    for part, chosen in scored_by_step(steps).items():
        horizons = (ALL_HORIZONS, *sorted(set(steps.horizon.tolist()))) if part == ALL else (ALL_HORIZONS,)
        for horizon in horizons:
            inside = chosen if horizon == ALL_HORIZONS else chosen & (steps.horizon == horizon)
            for model in MODELS:
                ratio = observed_expected(
                    steps.probability[model][inside], steps.happened[inside], country[inside].tolist(), seed, "steps"
                )
                if ratio is not None:
                    found.append(replace(ratio, part=part, horizon=horizon, model=model))
    return found


def _bins(steps: StepRows, held: Sequence[HeldOut]) -> list[Bin]:
    found: list[Bin] = []
    for model in (POOL, *PARTS):
        found += reliability_bins(steps.probability[model], steps.happened, steps.country, model=model)
    for one in held:
        found += reliability_bins(one.probability, one.happened, one.group, subject=one.subject, model=FULL)
    return found
