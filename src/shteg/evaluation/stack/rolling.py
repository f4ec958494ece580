"""The pool at every origin, its weights learnt only from questions that had been resolved by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from shteg.arrays import Bools, Floats
from shteg.evaluation.backtest import OriginForecasts
from shteg.evaluation.models import PARTS, POOL, SEEDS
from shteg.evaluation.questions import Outcomes, origin_day
from shteg.evaluation.stack.weights import equal_weights, stack_weights
from shteg.evidence.case import Case


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resolved:
    """Questions whose horizon had passed on a day: `given` (seed, question, part) is what was said of what happened."""

    country: tuple[str, ...]
    step: tuple[str, ...]
    given: Floats

    @property
    def importance(self) -> Floats:
        """Give the weight of each question, (question,): those of one country and step count as one."""
        return pair_weights(self.country, self.step)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """Weights of the parts: `overall` (seed, part), `by_step[step]` (seed, part), and the pairs that taught them."""

    overall: Floats
    by_step: Mapping[str, Floats]
    pairs: Mapping[str, int]

    def of(self, step: str) -> Floats:
        """Give the weights of a step, (seed, part): those over all steps where it taught none of its own."""
        return self.by_step.get(step, self.overall)


def pair_weights(country: Sequence[str], step: Sequence[str]) -> Floats:
    """Give every row the weight 1/n, n the rows of its country and step: each pair counts as one, (row,)."""
    pairs = [f"{one}|{other}" for one, other in zip(country, step, strict=True)]
    if not pairs:
        return np.zeros(0)
    _, place, counts = np.unique(np.array(pairs), return_inverse=True, return_counts=True)
    return np.asarray(1.0 / counts[place.reshape(-1)])


def resolved_by(forecasts: Sequence[OriginForecasts], known: Case, day: date) -> Resolved:
    """Find the questions of earlier origins whose horizon had passed, with what was known of their outcome.

    Parameters
    ----------
    forecasts : sequence of OriginForecasts
        Of any origins; those on the day or later are passed over.
    known : Case
        As it stood on the day, with recorded steps only.
    day : date

    Returns
    -------
    Resolved
        A question counts once its horizon has passed, and not as soon as its step is taken: those that resolve early
        do so with yes alone, and would teach the pool that steps come.
    """
    outcomes = Outcomes.of(known)
    country: list[str] = []
    step: list[str] = []
    given: list[Floats] = []
    for one in forecasts:
        passed = [h for h in one.horizons if date(one.origin + h, 1, 1) <= day]
        waits = [outcomes.years_until(question) for question in one.step_questions] if passed else []
        rows = [row for row, wait in enumerate(waits) if wait is not None]
        if not rows:
            continue
        wait = np.array([waits[row] for row in rows], dtype=float)
        for horizon in passed:
            at = one.grid.index(float(horizon))
            chance = np.stack([one.seeded(part)[:, rows, at] for part in PARTS], axis=-1)
            given.append(_of_what_happened(chance, wait <= horizon))
            country += [one.step_questions[row].country for row in rows]
            step += [one.step_questions[row].step for row in rows]
    whole = np.concatenate(given, axis=1) if given else np.zeros((SEEDS, 0, len(PARTS)))
    return Resolved(country=tuple(country), step=tuple(step), given=whole)


def _of_what_happened(chance: Floats, happened: Bools) -> Floats:
    return np.asarray(np.where(happened[None, :, None], chance, 1.0 - chance))


def learn_weights(resolved: Resolved) -> Weights:
    """Learn the weights over all steps, drawn towards equal ones, and those of each step, drawn towards these."""
    importance, step = resolved.importance, np.array(resolved.step)
    overall = stack_weights(resolved.given, importance, equal_weights(len(PARTS)))
    by_step, pairs = {}, {}
    for name in sorted(set(resolved.step)):
        own = step == name
        by_step[name] = stack_weights(resolved.given[:, own], importance[own], overall)
        pairs[name] = round(float(importance[own].sum()))
    return Weights(overall=overall, by_step=by_step, pairs=pairs)


def weights_on(forecasts: Sequence[OriginForecasts], ladder: Case, day: date) -> Weights:
    """Learn the weights that a pool on a day may use.

    Parameters
    ----------
    forecasts : sequence of OriginForecasts
        Of any origins.
    ladder : Case
        With recorded steps only; what became known after the day is taken out here.
    day : date

    Returns
    -------
    Weights
    """
    return learn_weights(resolved_by(forecasts, ladder.as_of(day), day))


def with_pool(forecasts: Sequence[OriginForecasts], ladder: Case) -> tuple[OriginForecasts, ...]:
    """Add the pool's forecasts of every origin: the parts of that origin, mixed with weights learnt before it.

    Parameters
    ----------
    forecasts : sequence of OriginForecasts
        With the forecasts of every part.
    ladder : Case
        With recorded steps only, everything known today.

    Returns
    -------
    tuple of OriginForecasts
        In the same order.
    """
    return tuple(_pooled(one, weights_on(forecasts, ladder, origin_day(one.origin))) for one in forecasts)


def _pooled(one: OriginForecasts, weights: Weights) -> OriginForecasts:
    mixed = np.zeros((SEEDS, len(one.step_questions), len(one.grid)))
    if one.step_questions:
        own = np.stack([weights.of(question.step) for question in one.step_questions], axis=1)  # (seed, question, part)
        parts = np.stack([one.seeded(part) for part in PARTS], axis=-1)  # (seed, question, year, part)
        mixed = np.einsum("sqyp,sqp->sqy", parts, own)
    return replace(one, steps={**one.steps, POOL: mixed[0]}, again={**one.again, POOL: mixed[1:]})
