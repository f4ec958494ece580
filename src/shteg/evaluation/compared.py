"""The one table: base rate, reference class, ladder, prior, pathways and pool side by side, under every seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shteg.arrays import Bools, Floats
from shteg.estimates import column, table_row
from shteg.evaluation.models import BASE_RATE, COMPARED, MODEL, POOL, SEEDS
from shteg.evaluation.questions import EVENTS, PART
from shteg.evaluation.reliability import Bin, reliability_bins
from shteg.evaluation.scores import brier_score, log_score
from shteg.evaluation.scoring import StepRows
from shteg.evaluation.skill import SKILL, observed_expected, score_skill
from shteg.evaluation.summary import (
    ALL,
    COUNTRIES,
    PLAIN,
    WEIGHTING,
    Verdict,
    equal_pairs,
    judge,
    scored_by_step,
)

AGREEING = 0.9
"""Share of the seeds that must come to the published verdict; with fewer it hangs on luck."""


@table_row
class ModelScore:
    """One model on all forecasts or those of one step: scores, skill, calibration, discrimination."""

    part: str = column(PART, key=True, default=ALL)
    weighting: str = column(WEIGHTING, key=True, default=PLAIN)
    model: str = column(MODEL, key=True, default=POOL)
    forecasts: int = column("Forecasts scored.", "count")
    events: int = column(EVENTS, "count")
    countries: int = column("Countries among them.", "count")
    log: float = column("Mean log score, turned so that less is better (nats).", "score")
    brier: float = column("Mean Brier score; less is better.", "score")
    skill: float | None = column(f"Log score: {SKILL[0].lower()}{SKILL[1:]}", "share", default=None)
    low: float | None = column("Lower end of the 90 % interval.", default=None)
    high: float | None = column("Upper end of the 90 % interval.", default=None)
    verdict: Verdict = column(
        "better or worse than the base rate where the whole interval is; unclear; not_identified."
    )
    brier_skill: float | None = column("The same part of the Brier score.", "share", default=None)
    brier_low: float | None = column("Lower end of its 90 % interval.", default=None)
    brier_high: float | None = column("Upper end of its 90 % interval.", default=None)
    seeds: int = column("Seeds under which the verdict was made.", "count", default=SEEDS)
    seeds_better: int = column("Seeds under which it is better.", "count")
    seeds_worse: int = column("Seeds under which it is worse.", "count")
    seeds_lowest: float | None = column("Lowest skill of all seeds.", "share", default=None)
    seeds_highest: float | None = column("Highest skill of all seeds.", "share", default=None)
    mean_happened: float | None = column("Mean probability given to what happened.", "share", default=None)
    mean_not: float | None = column("Mean probability given to what did not.", "share", default=None)
    ratio: float | None = column("Events observed over expected.", "ratio", default=None)
    ratio_low: float | None = column("Lower end of its 90 % interval.", default=None)
    ratio_high: float | None = column("Upper end of its 90 % interval.", default=None)
    bins: int = column("Bins of probability that hold forecasts.", "count")
    bins_failed: int = column("Bins whose mean probability lies outside the interval of what came true.", "count")


def failed(one: Bin) -> bool:
    """Tell whether a bin failed: the mean probability given lies outside the interval of the share that came true."""
    return not one.low <= one.mean_forecast <= one.high


def steady(verdicts: Sequence[Verdict]) -> Verdict:
    """Give the published verdict, the first, where nine in ten of all seeds agree with it; else it is unclear."""
    return verdicts[0] if verdicts.count(verdicts[0]) >= AGREEING * len(verdicts) else "unclear"


def compare_models(rows: StepRows, seed: int) -> tuple[ModelScore, ...]:
    """Compare every model with the base rate on the same forecasts, under every seed.

    Parameters
    ----------
    rows : StepRows
        Forecasts of steps with their outcomes.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of ModelScore
        By part, weighting and model.
    """
    return tuple(
        _score(rows, part, chosen, weighting, model, seed)
        for part, chosen in scored_by_step(rows).items()
        for weighting in (PLAIN, COUNTRIES)
        for model in COMPARED
        if chosen.any()
    )


def _score(rows: StepRows, part: str, chosen: Bools, weighting: str, model: str, seed: int) -> ModelScore:
    country = [rows.country[at] for at in np.flatnonzero(chosen)]
    events = len({(rows.country[at], rows.step[at]) for at in np.flatnonzero(chosen & rows.happened)})
    importance = np.ones(len(country)) if weighting == PLAIN else equal_pairs(rows, chosen)
    happened, given = rows.happened[chosen], rows.seeded[model][:, chosen]
    surprise, square = -log_score(given, happened), brier_score(given, happened)
    base = -log_score(rows.seeded[BASE_RATE][:, chosen], happened)
    base_square = brier_score(rows.seeded[BASE_RATE][0, chosen], happened)
    found = [
        score_skill(surprise[number], base[number], country, seed, "steps", *again, importance=importance)
        for number, again in enumerate([(), *((f"seed {number}",) for number in range(1, SEEDS))])
    ]
    brier = score_skill(square[0], base_square, country, seed, "steps", importance=importance)
    verdicts = [judge(one, events) for one in found]
    skills = [one.skill for one in found if one is not None]
    first = found[0]
    ratio = observed_expected(given[0], happened, country, seed, "steps", importance=importance)
    bins = reliability_bins(given[0], happened, country, model=model)
    return ModelScore(
        part=part,
        weighting=weighting,
        model=model,
        forecasts=len(country),
        events=events,
        countries=len(set(country)),
        log=float(np.average(surprise[0], weights=importance)),
        brier=float(np.average(square[0], weights=importance)),
        skill=first.skill if first else None,
        low=first.low if first else None,
        high=first.high if first else None,
        verdict=steady(verdicts),
        brier_skill=brier.skill if brier else None,
        brier_low=brier.low if brier else None,
        brier_high=brier.high if brier else None,
        seeds_better=verdicts.count("better"),
        seeds_worse=verdicts.count("worse"),
        seeds_lowest=min(skills, default=None),
        seeds_highest=max(skills, default=None),
        mean_happened=_mean(given[0], importance, happened),
        mean_not=_mean(given[0], importance, ~happened),
        ratio=ratio.ratio if ratio else None,
        ratio_low=ratio.low if ratio else None,
        ratio_high=ratio.high if ratio else None,
        bins=len(bins),
        bins_failed=sum(failed(one) for one in bins),
    )


def _mean(given: Floats, importance: Floats, chosen: Bools) -> float | None:
    return float(np.average(given[chosen], weights=importance[chosen])) if chosen.any() else None
