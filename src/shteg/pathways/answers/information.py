"""Value of information: how much the forecast, and the choice of a measure, would change if one quantity were known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

from shteg.arrays import Floats
from shteg.chunks import ThreadExecutor, one_blas_thread
from shteg.estimates import Label, Table, column, table_row
from shteg.pathways.forecast.tables import LABEL, PARAMETER, STEP, TINY, TITLE, YEAR
from shteg.pathways.model.model import Model, rate_source
from shteg.pathways.model.parameters import draw_effect, draw_parameters
from shteg.pathways.model.provenance import ancestors, parameters_behind
from shteg.randomness import named_generator

MOST_DEGREES = 3
"""Highest degree of the polynomial in the ranks of a quantity."""
PERMUTATIONS = 20
"""Shuffles of the draws that show what the estimator finds where there is nothing."""
FLOOR_LEVEL = 0.95
TIED = 1e-12
"""What differs by less, as a part of it, differs by rounding only: a quantity that says nothing must say exactly 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Information:
    """What knowing each quantity would do; axes (quantity, outcome), and (quantity,) for the choice.

    `explained` is Var(E[p | x]), `change` E|E[p | x] − E[p]|, `floor` the 95 % quantile of `explained` for shuffled
    draws, `choice` the expected gain in the outcome of the best choice (EVPPI).
    """

    explained: Floats
    change: Floats
    floor: Floats
    choice: Floats
    choice_floor: Floats


def value_information(
    quantities: Floats, outcomes: Floats, worths: Floats, seed: int, threads: int | None = None
) -> Information:
    """Estimate by regression on the draws what knowing each quantity alone would change.

    E[p | x] is fitted by a polynomial in the ranks of x whose degree (0 to 3) has the smallest leave-one-out error,
    so that a quantity that says nothing gets degree 0 and exactly nothing. Explained variance and value of the choice
    are taken from predictions of draws that were left out: no draw helps to predict itself. Noise of simulation in
    the outcomes is independent of the quantities and adds to what is not explained only.

    Parameters
    ----------
    quantities : (draw, quantity) float
    outcomes : (draw, outcome) float
        Probabilities given the draw; simulation noise may stay in them.
    worths : (draw, option) float
        What each option is worth; a second axis of length 0 for no choice.
    seed : int
        Of the shuffles.
    threads : int, optional
        As many as there are cores if left out; no result depends on it.

    Returns
    -------
    Information

    References
    ----------
    Strong, Oakley and Brennan (2014), Estimating multiparameter partial expected value of perfect information from a
    probabilistic sensitivity analysis sample, Medical Decision Making 34(3) · Heath, Manolopoulou and Baio (2017),
    A review of methods for analysis of the expected value of information, Medical Decision Making 37(7).
    """
    draws, count = quantities.shape
    generator = named_generator(seed, "pathways", "value of information")
    orders = np.stack([np.arange(draws), *(generator.permutation(draws) for _ in range(PERMUTATIONS))])
    mean, shuffled = outcomes.mean(axis=0), [(outcomes[order], worths[order]) for order in orders]
    alone = [_error_alone(one) for one, _ in shuffled]

    def learn(q: int) -> tuple[list[Floats], list[Floats], list[float]]:
        """Give what a quantity explains, changes and is worth, for the draws as they are and in each order."""
        bases = _bases(quantities[:, q])
        found: tuple[list[Floats], list[Floats], list[float]] = ([], [], [])
        for (outcome, worth), error in zip(shuffled, alone, strict=True):
            predicted = _predict(bases, outcome)
            explained = _explained(outcome, predicted, error)
            found[0].append(explained)
            found[1].append(np.abs(predicted - mean).mean(axis=0) * (explained > 0.0))
            found[2].append(_choice_value(_predict(bases, worth), worth) if worths.shape[1] else 0.0)
        return found

    with one_blas_thread():
        learnt = ThreadExecutor(threads).map(learn, range(count))
    shape = (count, len(orders), outcomes.shape[1])
    explained, change = (np.array([one[i] for one in learnt]).reshape(shape) for i in range(2))
    choice = np.array([one[2] for one in learnt]).reshape(shape[:2])
    return Information(
        explained=explained[:, 0],
        change=change[:, 0],
        floor=np.quantile(explained[:, 1:], FLOOR_LEVEL, axis=1),
        choice=np.maximum(choice[:, 0], 0.0),
        choice_floor=np.maximum(np.quantile(choice[:, 1:], FLOOR_LEVEL, axis=1), 0.0),
    )


def _bases(quantity: Floats) -> tuple[Floats, Floats]:
    """Give orthonormal polynomials in the mid-ranks of a quantity, and what a draw left out loses by them.

    The first d + 1 columns, (draw, degree), span the polynomials of degree d; the second array is 1 - leverage of each.
    """
    distinct, position, counts = np.unique(quantity, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[position]
    degrees = min(MOST_DEGREES, len(distinct) - 1)
    basis = np.linalg.qr(legendre.legvander(2.0 * (ranks - 0.5) / len(quantity) - 1.0, degrees))[0]
    return basis, np.maximum(1.0 - np.cumsum(basis**2, axis=1), 1e-9)


def _predict(bases: tuple[Floats, Floats], outcomes: Floats) -> Floats:
    """Predict each draw from the others, with the degree that predicts best; (draw, outcome)."""
    basis, kept = bases
    rest, errors, left_out = outcomes.copy(), [], []
    for power, share in zip(basis.T, kept.T, strict=True):
        rest -= power[:, None] * (power @ outcomes)
        left_out.append(rest / share[:, None])
        errors.append(np.einsum("do,do->o", left_out[-1], left_out[-1]))
    found = np.stack(errors)
    best = (found <= found.min(axis=0) * (1.0 + TIED) + TIED).argmax(axis=0)  # the simplest of those as good
    missed = left_out[0].copy()
    for degree in range(1, len(left_out)):
        chosen = best == degree
        missed[:, chosen] = left_out[degree][:, chosen]
    return np.asarray(outcomes - missed)


def _error_alone(outcomes: Floats) -> Floats:
    """Give the mean square error of predicting each draw by the mean of the others."""
    alone = outcomes - (outcomes.sum(axis=0) - outcomes) / (len(outcomes) - 1)
    return np.asarray((alone**2).mean(axis=0))


def _explained(outcomes: Floats, predicted: Floats, error: Floats) -> Floats:
    """Give the variance explained out of sample; 0 where the mean alone, with this error, predicts as well."""
    gained = error - ((outcomes - predicted) ** 2).mean(axis=0)
    return np.asarray(np.where(gained > TIED * (error + TIED), gained, 0.0))


def _choice_value(predicted: Floats, worths: Floats) -> float:
    """Give what choosing by prediction is worth beyond choosing once and for all, both judged on the draw left out."""
    draws = len(worths)
    others = (worths.sum(axis=0) - worths) / (draws - 1)
    rows = np.arange(draws)
    informed, blind = (np.round(one, 12).argmax(axis=1) for one in (predicted, others))
    return float((worths[rows, informed] - worths[rows, blind]).mean())


@dataclass(frozen=True, slots=True)
class Quantity:
    """An uncertain quantity with its draws: a parameter, a stance, a fitted rate, or the size of an effect."""

    name: str
    kind: str
    title_id: str
    label: Label
    draws: Floats


def list_quantities(model: Model, steps: tuple[int, ...]) -> list[Quantity]:
    """List every uncertain quantity behind these steps with its posterior draws."""
    count, seed = model.case.pathways.draws, model.case.header.seed
    path = sorted({i for k in steps for i in ancestors(model, k) if not model.structure.reached[i]})
    behind = {name for k in steps for name in parameters_behind(model, k)}
    found = [
        Quantity(name, "parameter", model.named[name].title_id, model.named[name].label, draws)
        for name, draws in draw_parameters(model.named, seed, 0, count).items()
        if name in behind
    ]
    if model.theta is not None and any(model.steps[i].rule != "none" and not model.steps[i].ratified for i in path):
        for j, member in enumerate(model.theta.units):
            found.append(
                Quantity(f"stance.{member}", "stance", f"member:{member}", model.theta.label, model.theta.values[:, j])
            )
    for i in path:
        step = model.steps[i]
        if not step.ratified and (source := rate_source(model, step)).startswith("log_rate."):
            column = model.log_rate.values[:, model.log_rate.units.index(source.removeprefix("log_rate."))]
            label = model.log_rate.label if source == f"log_rate.{step.id}" else "borrowed"
            found.append(Quantity(f"step.{step.id}.log_rate", "rate", f"step:{step.id}", label, column))
    if model.ratify_mean is not None and any(model.steps[i].ratified for i in path):
        for j, member in enumerate(model.ratify_mean.units):
            column, label = model.ratify_mean.values[:, j], model.ratify_mean.label
            found.append(Quantity(f"ratification.{member}", "ratification", f"member:{member}", label, column))
    for measure in model.case.recommendations.measures:
        for i, effect in enumerate(measure.effects, start=1):
            name, sizes = f"measure.{measure.id}.{i}.{effect.target}", draw_effect(measure.id, effect, seed, 0, count)
            found.append(Quantity(name, "effect", f"measure:{measure.id}", measure.label, sizes))
    return [one for one in found if np.ptp(one.draws) > 0.0]


@table_row
class Worth:
    """What knowing a quantity would do to the forecast of a step by the end of a year, and to the choice of a measure.

    The choice is valued for one step and year only and missing elsewhere.
    """

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    parameter: str = column(PARAMETER, key=True)
    kind: str = column("Parameter, stance, fitted rate, ratification time, or effect of a measure.")
    title_id: str = column(TITLE)
    explained: float = column("Share of the variance of the forecast that goes if it is known.", "share")
    floor: float = column("Share found for shuffled draws (95 % quantile).", "share")
    clear: str = column("Whether it is above what shuffled draws give.")
    expected_change: float = column("Expected absolute change of the forecast if it is known.", "share")
    choice: float | None = column(
        "Expected gain in probability if it is known before the best measure is chosen.", "share"
    )
    choice_floor: float | None = column("The same for shuffled draws (95 % quantile).", "share")
    label: Label = column(LABEL)


def lay_out_worth(
    model: Model, steps: tuple[int, ...], quantities: list[Quantity], found: Information, spread: Floats, focus: int
) -> list[Worth]:
    """Lay out what knowing each quantity would do to each forecast, most first.

    Parameters
    ----------
    model : Model
    steps : tuple of int
        Numbers of the steps, in the order of the outcomes.
    quantities : list of Quantity
        In the order of `found`.
    found : Information
        Its outcomes by step, then by report year.
    spread : (step, year) float
        Variance of the forecast over draws without simulation noise.
    focus : int
        Position of the report year for which the choice of a measure was valued, on the first step.

    Returns
    -------
    list of Worth
    """
    return list(_worth(model, steps, quantities, found, spread, focus))


def _worth(
    model: Model, steps: tuple[int, ...], quantities: list[Quantity], found: Information, spread: Floats, focus: int
) -> Iterator[Worth]:
    for t, k in enumerate(steps):
        for r, year in enumerate(model.report_years):
            o, variance, chosen = t * len(model.report_years) + r, float(spread[t, r]), (t, r) == (0, focus)
            told = [i for i, one in enumerate(quantities) if one.kind != "effect" or chosen]
            for i in sorted(told, key=lambda i: (-round(float(found.explained[i, o]), 12), i)):
                one, explained, floor = quantities[i], float(found.explained[i, o]), float(found.floor[i, o])
                yield Worth(
                    step=model.steps[k].id, year=year, parameter=one.name, kind=one.kind, title_id=one.title_id,
                    explained=min(explained / variance, 1.0) if variance > 0.0 else 0.0,
                    floor=min(floor / variance, 1.0) if variance > 0.0 else 0.0,
                    clear="yes" if explained > floor + TIED else "no",
                    expected_change=float(found.change[i, o]),
                    choice=float(found.choice[i]) if chosen else None,
                    choice_floor=float(found.choice_floor[i]) if chosen else None,
                    label=one.label,
                )  # fmt: skip


def information_table(rows: Iterable[Worth]) -> Table:
    """What knowing each quantity would do to each forecast, most first."""
    return Table.of("value_of_information", "What is worth finding out", Worth, rows, tiny=TINY)
