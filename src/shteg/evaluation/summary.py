"""The skill table: every model against its baseline, by score and horizon, with a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np

from shteg.accession.history.risk_spells import first_reached, observed_steps
from shteg.arrays import Bools, Floats
from shteg.estimates import YEAR_DAYS, column, table_row
from shteg.evaluation.models import (
    BASE_RATE,
    FULL,
    MODEL,
    MODELS,
    NO_BLOCKS,
    NO_COVARIATES,
    POOL,
    PRIOR_ONLY,
    RUNG_MODELS,
)
from shteg.evaluation.questions import AHEAD, EVENTS, HORIZONS, PART, SUBJECT
from shteg.evaluation.scoring import HeldOut, RungRows, StepRows
from shteg.evaluation.skill import SKILL, SURE, Skill, fast_lane, score_skill
from shteg.evaluation.stack.rolling import pair_weights
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval

FAST_LANE_YEARS = 2.0
"""Who took the last step within so many years of first seeking it is told apart: such haste is hard to foresee."""

Verdict = Literal["better", "unclear", "worse", "not_identified"]
VERDICT = "better or worse where the whole interval is; unclear; not_identified without events."
ALL_HORIZONS = 0
PLAIN, COUNTRIES = "plain", "countries"
"""Every forecast counts alike, or every country-and-step pair does."""
WEIGHTING = "How forecasts count: plain (all alike) or countries (each country and step alike)."
ALL, WITHOUT_FAST = "all", "without_fast_lane"
UNSCORED = ("own_path", "consent", "effects")
"""What the publication gives probabilities for and nothing that happened can test yet."""


@table_row
class SkillRow:
    """One line of the skill table: a model against its baseline; no skill where nothing scores."""

    subject: str = column(SUBJECT, key=True)
    part: str = column(PART, key=True, default=ALL)
    horizon: int = column(AHEAD, "years", key=True, default=ALL_HORIZONS)
    score: str = column("Score: log, brier, rps (ranked probability) or crps (restricted).", key=True, default="log")
    weighting: str = column(WEIGHTING, key=True, default=PLAIN)
    model: str = column(MODEL, key=True, default=POOL)
    baseline: str = column("What it is compared with.", key=True, default=BASE_RATE)
    forecasts: int = column("Forecasts scored.", "count", default=0)
    events: int = column(EVENTS, "count", default=0)
    countries: int = column("Countries (or members, or candidates) among them.", "count", default=0)
    loss: float | None = column("Mean score of the model, turned so that less is better.", "score", default=None)
    baseline_loss: float | None = column(
        "Mean score of the baseline, turned so that less is better.", "score", default=None
    )
    skill: float | None = column(SKILL, "share", default=None)
    low: float | None = column("Lower end of the 90 % interval.", default=None)
    high: float | None = column("Upper end of the 90 % interval.", default=None)
    verdict: Verdict = column(VERDICT, default="not_identified")

    def judged(self, found: Skill | None) -> SkillRow:
        """Give the line with its skill and the verdict on it."""
        told = {} if found is None else asdict(found)
        return replace(self, **told, verdict=judge(found, self.events))


def judge(found: Skill | None, events: int) -> Verdict:
    """Give the verdict: better or worse only where the whole 90 % interval is, none where nothing ever happened."""
    if found is None or events == 0 or not np.isfinite([found.low, found.high]).all():
        return "not_identified"
    return "better" if found.low > SURE else "worse" if found.high < -SURE else "unclear"


def fast_countries(case: Case, years: float = FAST_LANE_YEARS) -> tuple[str, ...]:
    """Name the countries that took the last recorded step within so many years of first seeking it."""
    steps = observed_steps(case)
    if not steps:
        return ()
    sought: dict[str, float] = {}
    for spell in case.seeking:
        begun = _year(spell.sought_from)
        sought[spell.country] = min(begun, sought.get(spell.country, begun))
    last = {country: _year(when) for (country, step), when in first_reached(case).items() if step == steps[-1].id}
    return fast_lane(sought, last, years)


def _year(when: DateInterval) -> float:
    return when.middle.toordinal() / YEAR_DAYS


Rows = StepRows | RungRows
Compare = Callable[..., SkillRow]
"""`compare(chosen, part=…, horizon=…, score=…, model=…, baseline=…)` gives a line of the skill table."""


def _comparer(subject: str, rows: Rows, seed: int, events: Callable[[Bools], int]) -> Compare:
    """Compare models on chosen rows of one subject; `events` counts what happened among them."""
    country = np.array(rows.country)

    def compare(chosen: Bools, **of: Any) -> SkillRow:
        line = SkillRow(subject=subject, **of)
        inside = chosen if line.horizon == ALL_HORIZONS else chosen & (rows.horizon == line.horizon)
        model, baseline = (rows.losses[line.score][name][inside] for name in (line.model, line.baseline))
        importance = None if line.weighting == PLAIN else equal_pairs(rows, inside)
        found = score_skill(model, baseline, country[inside].tolist(), seed, subject, importance=importance)
        return replace(line, events=events(inside)).judged(found)

    return compare


def equal_pairs(rows: Rows, inside: Bools) -> Floats:
    """Give the importance of the chosen rows, (chosen,), where each country and step (or country) counts alike."""
    places = np.flatnonzero(inside).tolist()
    steps = [rows.step[at] for at in places] if isinstance(rows, StepRows) else [""] * len(places)
    return pair_weights([rows.country[at] for at in places], steps)


def summarise_steps(rows: StepRows, fast: Sequence[str], seed: int) -> list[SkillRow]:
    """Compare every model with the base rate of the step, and the full model with its own parts left out.

    Parameters
    ----------
    rows : StepRows
        Forecasts of steps with their outcomes.
    fast : sequence of str
        Countries of the fast lane.
    seed : int
        Of the bootstrap.

    Returns
    -------
    list of SkillRow
    """

    def events(chosen: Bools) -> int:  # the same event is asked for many times
        return len({(rows.country[at], rows.step[at]) for at in np.flatnonzero(chosen & rows.happened)})

    compare = _comparer("steps", rows, seed, events)
    parts = scored_by_step(rows)
    horizons = (ALL_HORIZONS, *sorted(set(rows.horizon.tolist()) or set(HORIZONS)))
    return [
        *(
            compare(parts[ALL], horizon=horizon, score=score, model=model, weighting=weighting)
            for score in ("log", "brier", "crps")
            for horizon in horizons
            for weighting in (PLAIN, COUNTRIES)
            for model in MODELS
            if model != BASE_RATE
        ),
        *(compare(parts[ALL], model=FULL, baseline=baseline) for baseline in (NO_BLOCKS, NO_COVARIATES, PRIOR_ONLY)),
        compare(~np.isin(np.array(rows.country), list(fast)), part=WITHOUT_FAST),
        *(
            compare(chosen, part=part, weighting=weighting)
            for part, chosen in parts.items()
            for weighting in (PLAIN, COUNTRIES)
            if part != ALL
        ),
    ]


def summarise_rungs(rows: RungRows, fast: Sequence[str], seed: int) -> list[SkillRow]:
    """Compare the forecasts of the highest rung with a Markov chain over rungs at base rates.

    Parameters
    ----------
    rows : RungRows
        Forecasts of rungs with their outcomes.
    fast : sequence of str
        Countries of the fast lane.
    seed : int
        Of the bootstrap.

    Returns
    -------
    list of SkillRow
    """
    country = np.array(rows.country)
    compare = _comparer("rungs", rows, seed, lambda chosen: len(set(country[chosen & rows.rose].tolist())))
    everything = np.ones(country.size, dtype=bool)
    return [
        *(
            compare(everything, horizon=horizon, score="rps", model=model, weighting=weighting)
            for horizon in (ALL_HORIZONS, *sorted(set(rows.horizon.tolist())))
            for weighting in (PLAIN, COUNTRIES)
            for model in RUNG_MODELS
            if model != BASE_RATE
        ),
        compare(~np.isin(country, list(fast)), part=WITHOUT_FAST, score="rps", model=FULL),
    ]


def summarise_held_out(held: HeldOut, seed: int) -> SkillRow:
    """Compare forecasts of what a fit had not seen with their base rate."""
    events = len(held.group) if held.subject == "acts" else len(set(held.group))  # a round is one event
    found = score_skill(held.loss, held.baseline_loss, held.group, seed, held.subject)
    return SkillRow(subject=held.subject, model=FULL, events=events).judged(found)


def unscored(case: Case) -> list[SkillRow]:
    """Name what nothing that happened can test: the aspirant's own steps and consents while it has taken none."""
    own = any(country == case.header.aspirant for country, _ in first_reached(case))
    return [SkillRow(subject=subject, model=FULL) for subject in UNSCORED if subject == "effects" or not own]


def scored_by_step(rows: StepRows) -> Mapping[str, Bools]:
    """Give a mask, (row,), of the rows for all steps together and for each step."""
    step = np.array(rows.step)
    return {ALL: np.ones(step.size, dtype=bool)} | {f"step:{name}": step == name for name in dict.fromkeys(rows.step)}
