"""Forecasts beside what happened: one row per question and horizon, scored for every model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shteg.accession.history.column_texts import COUNTRY, STEP
from shteg.arrays import Bools, Floats, Ints
from shteg.estimates import Table, column, spread, table_row
from shteg.evaluation.backtest import OriginForecasts
from shteg.evaluation.models import COMPARED, MODELS, RUNG_MODELS, SEEDS
from shteg.evaluation.questions import AHEAD, Outcomes
from shteg.evaluation.scores import brier_score, log_score, ranked_probability_score, restricted_crps


@table_row
class ScoredStep:
    """One forecast of a step with its outcome."""

    origin: int = column("Year on whose first day the forecast was made.", "year", key=True)
    country: str = column(COUNTRY, key=True)
    step: str = column(STEP, key=True)
    horizon: int = column(AHEAD, "years", key=True)
    happened: bool = column("Whether the step was taken within the horizon.")
    probability: Mapping[str, float] = spread(MODELS, "Probability given by the model {name}.", "share")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepRows:
    """Steps at risk, by origin, country, step and horizon; `losses[score][model]` is (row,), smaller is better.

    The log score stands there with its sign turned, in nats; `crps` is in years. `seeded[model]` is (seed, row), the
    probability under every seed, for the models that are compared under all.
    """

    origin: tuple[int, ...]
    country: tuple[str, ...]
    step: tuple[str, ...]
    horizon: Ints
    happened: Bools
    probability: Mapping[str, Floats]
    losses: Mapping[str, Mapping[str, Floats]]
    seeded: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RungRows:
    """Highest rungs, by origin, country and horizon; `losses["rps"][model]` is (row,)."""

    origin: tuple[int, ...]
    country: tuple[str, ...]
    horizon: Ints
    rose: Bools
    losses: Mapping[str, Mapping[str, Floats]]


def score_steps(forecasts: Sequence[OriginForecasts], outcomes: Outcomes) -> StepRows:
    """Put every step question beside its outcome; questions that were void are left out (`Outcomes.years_until`)."""
    origin: list[int] = []
    country: list[str] = []
    step: list[str] = []
    horizon: list[int] = []
    waits: list[Floats] = []
    probability: dict[str, list[Floats]] = {name: [np.zeros(0)] for name in MODELS}
    crps: dict[str, list[Floats]] = {name: [np.zeros(0)] for name in MODELS}
    seeded: dict[str, list[Floats]] = {name: [np.zeros((SEEDS, 0))] for name in COMPARED}
    for one in forecasts:
        answers = [outcomes.years_until(question) for question in one.step_questions]
        rows = [row for row, wait in enumerate(answers) if wait is not None]
        wait = np.array([answers[row] for row in rows], dtype=float)
        for h in one.horizons:
            size = one.grid.index(float(h)) + 1
            years = [0.0, *one.grid[:size]]
            origin += [one.origin] * len(rows)
            country += [one.step_questions[row].country for row in rows]
            step += [one.step_questions[row].step for row in rows]
            horizon += [h] * len(rows)
            waits.append(wait)
            for name in MODELS:
                curve = np.concatenate([np.zeros((len(rows), 1)), one.steps[name][rows, :size]], axis=1)
                probability[name].append(curve[:, -1])
                crps[name].append(restricted_crps(years, curve, wait))
            for name, found in seeded.items():
                found.append(one.seeded(name)[:, rows, size - 1])
    ahead = np.array(horizon, dtype=np.int64)
    came = np.concatenate([*waits, np.zeros(0)]) <= ahead
    p = {name: np.concatenate(some) for name, some in probability.items()}
    losses = {
        "log": {name: -log_score(p[name], came) for name in MODELS},
        "brier": {name: brier_score(p[name], came) for name in MODELS},
        "crps": {name: np.concatenate(some) for name, some in crps.items()},
    }
    return StepRows(
        origin=tuple(origin), country=tuple(country), step=tuple(step), horizon=ahead, happened=came, probability=p,
        losses=losses, seeded={name: np.concatenate(some, axis=1) for name, some in seeded.items()},
    )  # fmt: skip


def backtest_table(rows: StepRows) -> Table:
    """Give the table `backtest`: every forecast of a step with its outcome."""
    names = ("origin", "country", "step", "horizon", "happened")
    cells = {name: getattr(rows, name) for name in names} | dict(rows.probability)
    return Table.of_columns("backtest", "Every forecast of a step and what came of it", ScoredStep, cells)


def score_rungs(forecasts: Sequence[OriginForecasts], outcomes: Outcomes) -> RungRows:
    """Put every rung question beside the rung that was reached."""
    origin: list[int] = []
    country: list[str] = []
    horizon: list[int] = []
    rose: list[bool] = []
    losses: dict[str, list[Floats]] = {name: [np.zeros(0)] for name in RUNG_MODELS}
    for one in forecasts:
        for at, h in enumerate(one.horizons):
            reached = [outcomes.rung_after(question, h) for question in one.rung_questions]
            origin += [one.origin] * len(reached)
            country += [question.country for question in one.rung_questions]
            horizon += [h] * len(reached)
            rose += [rung > question.rung for rung, question in zip(reached, one.rung_questions, strict=True)]
            places = [one.places.index(rung) for rung in reached]
            for name in RUNG_MODELS:
                share = one.rungs[name][:, at]
                if reached:
                    normal = share / share.sum(axis=1, keepdims=True)
                    losses[name].append(ranked_probability_score(normal, places))
    return RungRows(
        origin=tuple(origin), country=tuple(country), horizon=np.array(horizon, dtype=np.int64),
        rose=np.array(rose, dtype=bool), losses={"rps": {name: np.concatenate(some) for name, some in losses.items()}},
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """Forecasts of acts or ratifications that a fit had not seen, beside those of their base rate.

    `losses` and `baseline_losses` are log scores with their sign turned, in nats; `group` is what is resampled whole
    (a member, a candidate); `probability` and `happened` serve the reliability where the question was yes or no.
    """

    subject: str
    group: tuple[str, ...]
    loss: Floats
    baseline_loss: Floats
    probability: Floats
    happened: Bools
