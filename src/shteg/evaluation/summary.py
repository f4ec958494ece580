"""The skill table: every model against its baseline, by score and horizon, with a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shteg.accession.history.risk_spells import first_reached, observed_steps
from shteg.evaluation.models import BASE_RATE, FULL, MODELS, NO_BLOCKS, NO_COVARIATES, PRIOR_ONLY
from shteg.evaluation.questions import HORIZONS
from shteg.evaluation.scoring import HeldOut, RungRows, StepRows
from shteg.evaluation.skill import SURE, Skill, fast_lane, score_skill
from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval

Floats = NDArray[np.float64]

FAST_LANE_YEARS = 2.0
"""Who took the last step within so many years of first seeking it is told apart: such haste is hard to foresee."""

Verdict = Literal["better", "unclear", "worse", "not_identified"]
ALL_HORIZONS = 0
ALL, WITHOUT_FAST = "all", "without_fast_lane"
UNSCORED = ("own_path", "consent", "effects")
"""What the publication gives probabilities for and nothing that happened can test yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRow:
    """One line of the skill table; `horizon` 0 stands for all horizons together, `found` None where nothing scores."""

    subject: str
    part: str
    horizon: int
    score: str
    model: str
    baseline: str
    events: int
    found: Skill | None
    verdict: Verdict


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
    return when.middle.toordinal() / 365.25


def summarise_steps(rows: StepRows, fast: Sequence[str], seed: int) -> list[SkillRow]:
    """Compare every model with the base rate of the step, and the full model with its own parts left out."""
    country = np.array(rows.country)
    step = np.array(rows.step)
    everything = np.ones(country.size, dtype=bool)
    found: list[SkillRow] = []

    def add(part: str, horizon: int, score: str, model: str, baseline: str, chosen: NDArray[np.bool_]) -> None:
        inside = chosen if horizon == ALL_HORIZONS else chosen & (rows.horizon == horizon)
        losses = rows.losses[score]
        events = _distinct_events(rows, inside)
        skill = score_skill(losses[model][inside], losses[baseline][inside], country[inside].tolist(), seed, "steps")
        found.append(SkillRow(subject="steps", part=part, horizon=horizon, score=score, model=model,
                              baseline=baseline, events=events, found=skill,
                              verdict=judge(skill, events)))  # fmt: skip

    for score in ("log", "brier", "crps"):
        for horizon in (ALL_HORIZONS, *sorted(set(rows.horizon.tolist()) or set(HORIZONS))):
            for model in (one for one in MODELS if one != BASE_RATE):
                add(ALL, horizon, score, model, BASE_RATE, everything)
    for baseline in (NO_BLOCKS, NO_COVARIATES, PRIOR_ONLY):
        add(ALL, ALL_HORIZONS, "log", FULL, baseline, everything)
    add(WITHOUT_FAST, ALL_HORIZONS, "log", FULL, BASE_RATE, ~np.isin(country, list(fast)))
    for name in dict.fromkeys(rows.step):
        add(f"step:{name}", ALL_HORIZONS, "log", FULL, BASE_RATE, step == name)
    return found


def summarise_rungs(rows: RungRows, fast: Sequence[str], seed: int) -> list[SkillRow]:
    """Compare the forecasts of the highest rung with a Markov chain over rungs at base rates."""
    country = np.array(rows.country)
    found = []
    for part, chosen in ((ALL, np.ones(country.size, dtype=bool)), (WITHOUT_FAST, ~np.isin(country, list(fast)))):
        for horizon in (ALL_HORIZONS, *sorted(set(rows.horizon.tolist()))):
            inside = chosen if horizon == ALL_HORIZONS else chosen & (rows.horizon == horizon)
            events = len({code for code, rose in zip(country[inside], rows.rose[inside], strict=True) if rose})
            for model in (one for one in MODELS if one != BASE_RATE):
                if part == WITHOUT_FAST and (model != FULL or horizon != ALL_HORIZONS):
                    continue
                losses = rows.losses["rps"]
                skill = score_skill(
                    losses[model][inside], losses[BASE_RATE][inside], country[inside].tolist(), seed, "rungs"
                )
                found.append(SkillRow(subject="rungs", part=part, horizon=horizon, score="rps", model=model,
                                      baseline=BASE_RATE, events=events, found=skill,
                                      verdict=judge(skill, events)))  # fmt: skip
    return found


def summarise_held_out(held: HeldOut, seed: int) -> SkillRow:
    """Compare forecasts of what a fit had not seen with their base rate."""
    skill = score_skill(held.loss, held.baseline_loss, held.group, seed, held.subject)
    events = len(held.group) if held.subject == "acts" else len(set(held.group))  # a round is one event
    return SkillRow(subject=held.subject, part=ALL, horizon=ALL_HORIZONS, score="log", model=FULL, baseline=BASE_RATE,
                    events=events, found=skill, verdict=judge(skill, events))  # fmt: skip


def unscored(case: Case) -> list[SkillRow]:
    """Name what nothing that happened can test: the aspirant's own steps and consents while it has taken none."""
    aspirant = case.header.aspirant
    own = sum(country == aspirant for country, _ in first_reached(case))
    rows = []
    for subject in UNSCORED:
        if own == 0 or subject == "effects":
            rows.append(SkillRow(subject=subject, part=ALL, horizon=ALL_HORIZONS, score="log", model=FULL,
                                 baseline=BASE_RATE, events=0, found=None, verdict="not_identified"))  # fmt: skip
    return rows


def _distinct_events(rows: StepRows, chosen: NDArray[np.bool_]) -> int:
    """Count countries' steps that happened within some horizon: the same event is asked for many times."""
    places = np.flatnonzero(chosen & rows.happened)
    return len({(rows.country[at], rows.step[at]) for at in places})


def leading(rows: Sequence[SkillRow]) -> Literal["model", "base_rate"]:
    """Tell which forecast the publication leads with: the model's only if its skill is surely above 0.

    The rule looks at the log score of the full model against the base rate of each step, all horizons together.
    """
    main = find_row(rows, subject="steps", part=ALL, horizon=ALL_HORIZONS, score="log", model=FULL, baseline=BASE_RATE)
    return "model" if main is not None and main.verdict == "better" else "base_rate"


def find_row(rows: Sequence[SkillRow], **wanted: object) -> SkillRow | None:
    """Give the first row with these fields."""
    return next((row for row in rows if all(getattr(row, name) == one for name, one in wanted.items())), None)


def scored_by_step(rows: StepRows) -> Mapping[str, NDArray[np.bool_]]:
    """Give a mask of the rows for all steps together and for each step."""
    step = np.array(rows.step)
    return {ALL: np.ones(step.size, dtype=bool)} | {f"step:{name}": step == name for name in dict.fromkeys(rows.step)}
