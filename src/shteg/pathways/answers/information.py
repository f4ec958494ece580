"""Value of information: how much the forecast, and the choice of a measure, would change if one quantity were known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

from shteg.pathways.model.arrays import Floats
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


def value_information(quantities: Floats, outcomes: Floats, worths: Floats, seed: int) -> Information:
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

    References
    ----------
    Strong, Oakley and Brennan (2014), Estimating multiparameter partial expected value of perfect information from a
    probabilistic sensitivity analysis sample, Medical Decision Making 34(3) · Heath, Manolopoulou and Baio (2017),
    A review of methods for analysis of the expected value of information, Medical Decision Making 37(7).
    """
    draws, count = quantities.shape
    generator = named_generator(seed, "pathways", "value of information")
    orders = np.stack([np.arange(draws), *(generator.permutation(draws) for _ in range(PERMUTATIONS))])
    shape = (count, len(orders))
    explained, change = np.zeros((*shape, outcomes.shape[1])), np.zeros((*shape, outcomes.shape[1]))
    choice = np.zeros(shape)
    mean, shuffled = outcomes.mean(axis=0), [(outcomes[order], worths[order]) for order in orders]
    alone = [_error_alone(one) for one, _ in shuffled]
    for q in range(count):
        bases = _bases(quantities[:, q])
        for o, (outcome, worth) in enumerate(shuffled):
            predicted = _predict(bases, outcome)
            explained[q, o] = _explained(outcome, predicted, alone[o])
            change[q, o] = np.abs(predicted - mean).mean(axis=0) * (explained[q, o] > 0.0)
            if worths.shape[1]:
                choice[q, o] = _choice_value(_predict(bases, worth), worth)
    return Information(
        explained=explained[:, 0],
        change=change[:, 0],
        floor=np.quantile(explained[:, 1:], FLOOR_LEVEL, axis=1),
        choice=np.maximum(choice[:, 0], 0.0),
        choice_floor=np.maximum(np.quantile(choice[:, 1:], FLOOR_LEVEL, axis=1), 0.0),
    )


def _bases(quantity: Floats) -> list[tuple[Floats, Floats]]:
    """Give orthonormal polynomials in the mid-ranks of a quantity, and what a draw left out loses by them.

    For each degree an array (draw, degree + 1) and one of 1 - leverage, (draw, 1).
    """
    distinct, position, counts = np.unique(quantity, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[position]
    degrees = min(MOST_DEGREES, len(distinct) - 1)
    columns = legendre.legvander(2.0 * (ranks - 0.5) / len(quantity) - 1.0, degrees)
    bases = [np.linalg.qr(columns[:, : degree + 1])[0] for degree in range(degrees + 1)]
    return [(basis, np.maximum(1.0 - (basis**2).sum(axis=1, keepdims=True), 1e-9)) for basis in bases]


def _predict(bases: list[tuple[Floats, Floats]], outcomes: Floats) -> Floats:
    """Predict each draw from the others, with the degree that predicts best; (draw, outcome)."""
    left_out = []
    for basis, kept in bases:
        left_out.append(outcomes - (outcomes - basis @ (basis.T @ outcomes)) / kept)
    errors = np.stack([((outcomes - one) ** 2).sum(axis=0) for one in left_out])
    best = (errors <= errors.min(axis=0) * (1.0 + TIED) + TIED).argmax(axis=0)  # the simplest of those as good
    return np.asarray(np.take_along_axis(np.stack(left_out), best[None, None, :], axis=0)[0])


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
