"""Models of an answer with several options: proportional odds for ordered ones, multinomial logit for others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError, ModelError, UsageError
from shteg.hints import counted
from shteg.survey.code_texts import Code, Missing, level_order, read_missing, require_column
from shteg.survey.inference.linear import AnyDesign, Linear, estimate_with, require_design
from shteg.survey.models.answer_shares import ChosenExpected, OrderedExpected
from shteg.survey.models.basis import Basis, CodedColumns, Remembered
from shteg.survey.models.categorical_fit import CategoricalFit
from shteg.survey.models.glm import independent_columns
from shteg.survey.models.model_matrix import Coding, Term, read_predictors, read_texts
from shteg.survey.models.option_likelihoods import multinomial_likelihood, ordinal_likelihood
from shteg.survey.one_pass.domains import read_part

MOST_STEPS = 100
SMALL = 1e-11
"""Largest Newton step, relative to 1 + the coefficient, at which the fit is done."""
_Likelihood = Callable[[Floats, Floats, Ints, Floats], tuple[Floats, Floats]]
SEPARATED = 30.0
"""A log odds beyond this, per standard deviation of its column, tells that options are separated."""


def ordinal_regression(
    design: AnyDesign,
    outcome: str,
    predictors: Sequence[Term],
    *,
    order: Sequence[Code] | None = None,
    factors: Sequence[str] = (),
    reference: Mapping[str, Code] | None = None,
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
) -> CategoricalFit:
    """Proportional odds: logit P(answer ≤ j) = cut_j − xβ, with design-based standard errors (R: `svyolr`).

    Parameters
    ----------
    design : Design or ReplicateDesign
    outcome : str
        The answer.
    predictors : as there
        See `linear_regression`.
    order : sequence of codes, optional
        Its options from the lowest to the highest; default: numbers by value, an Enum as declared, texts by alphabet.
    factors, reference, where, missing : as there
        See `linear_regression`.

    Returns
    -------
    CategoricalFit
        Coefficients first, then the cut points.

    Raises
    ------
    DesignError
        As for `linear_regression`; fewer than three options are used.
    UsageError
        `order` does not name every option once.
    ModelError
        The predictors separate the options, or the iterations do not converge.

    References
    ----------
    McCullagh (1980), JRSS B 42(2); Binder (1983), International Statistical Review 51(3); R `survey::svyolr`.
    """
    read = _read(design, outcome, predictors, factors, reference, where, missing, order, None)
    if len(read.levels) < 3:
        raise DesignError(
            f"the outcome has {counted(len(read.levels), 'option')}",
            "of two options make a logistic_regression",
            f"column {outcome!r}",
        )
    matrix, names, terms = read.matrix[:, 1:], read.names[1:], read.terms[1:]
    cuts = len(read.levels) - 1

    likelihood = partial(ordinal_likelihood, cuts=cuts)
    shares = np.cumsum(np.bincount(read.places[read.used], read.weight[read.used], cuts + 1))[:-1]
    shares = shares / read.weight[read.used].sum()
    start = np.concatenate([np.zeros(len(names)), np.log(shares / (1 - shares))])
    labels = tuple(f"{low}|{high}" for low, high in zip(read.levels, read.levels[1:], strict=False))
    return _fit(
        design, outcome, read, matrix, start, likelihood,
        names=(*names, *labels), terms=(*terms, *[""] * cuts), options=(*[""] * len(names), *labels), ordinal=True,
    )  # fmt: skip


def multinomial_regression(
    design: AnyDesign,
    outcome: str,
    predictors: Sequence[Term],
    *,
    base: Code | None = None,
    factors: Sequence[str] = (),
    reference: Mapping[str, Code] | None = None,
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
) -> CategoricalFit:
    """Multinomial logit: log odds of each option against one, with design-based standard errors.

    Parameters
    ----------
    design : Design or ReplicateDesign
    outcome : str
        The answer.
    predictors : as there
        See `linear_regression`.
    base : code, optional
        The option with which the others are compared; default the first in order.
    factors, reference, where, missing : as there
        See `linear_regression`.

    Returns
    -------
    CategoricalFit
        The coefficients of each option after the other, the intercept first.

    Raises
    ------
    DesignError
        As for `linear_regression`; fewer than two options are used.
    UsageError
        There is no such option.
    ModelError
        The predictors separate the options, or the iterations do not converge.

    References
    ----------
    McFadden (1974), Conditional logit analysis; Binder (1983), International Statistical Review 51(3); point estimates
    as R `nnet::multinom` with the weights of the design.
    """
    read = _read(design, outcome, predictors, factors, reference, where, missing, None, base)
    others = len(read.levels) - 1
    if others < 1:
        raise DesignError(
            "the outcome is the same for everyone", "choose another outcome or domain", f"column {outcome!r}"
        )
    start = np.zeros(others * read.matrix.shape[1])
    told = [
        (option, name, term) for option in read.levels[1:] for name, term in zip(read.names, read.terms, strict=True)
    ]
    return _fit(
        design, outcome, read, read.matrix, start, partial(multinomial_likelihood, others=others),
        names=tuple(f"{option}: {name}" for option, name, _ in told),
        terms=tuple("" if name == read.names[0] else term for _, name, term in told),
        options=tuple(option for option, _, _ in told), ordinal=False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Read:
    """What a model is fitted to: all rows of the design, the used ones marked."""

    matrix: Floats
    names: tuple[str, ...]
    terms: tuple[str, ...]
    places: Ints
    levels: tuple[str, ...]
    part: Bools
    rows: Bools
    used: Bools
    weight: Floats
    n_missing: int
    coding: Coding
    values: Mapping[str, Any]


def _read(
    design: AnyDesign,
    outcome: str,
    predictors: Sequence[Term],
    factors: Sequence[str],
    reference: Mapping[str, Code] | None,
    where: pl.Expr | str | None,
    missing: Missing | None,
    order: Sequence[Code] | None,
    base: Code | None,
) -> _Read:
    require_design(design)
    require_column(design.data, outcome)
    codes = read_missing(design.data, missing)
    texts = read_texts(design.data[outcome], codes.get(outcome, ()))
    read = read_predictors(design, predictors, factors, codes)
    part = read_part(design.data, where)
    rows = part & read.known & (texts != "")
    used = rows & (design.weight > 0)
    if not used.any():
        raise DesignError("no row with a weight above 0 has all the values", "choose other predictors", "predictors")
    levels = _levels(design.data[outcome], set(texts[used].tolist()), order, base)
    place = {level: number for number, level in enumerate(levels)}
    rows &= np.isin(texts, levels)  # an option that only rows of weight 0 have is no part of the model
    places = np.array([place.get(str(text), 0) for text in texts], np.int64)
    coding = read.code(used, {} if reference is None else reference)
    full, names, owners = coding.build(read.values, len(texts))
    kept = independent_columns(full[used], design.weight[used])
    if len(kept) < full.shape[1]:
        lost = ", ".join(name for j, name in enumerate(names) if j not in kept)
        raise DesignError(f"these are combinations of the others: {lost}", "leave them out", "predictors")
    return _Read(
        matrix=full, names=names, terms=owners, places=places, levels=levels, part=part, rows=rows,
        used=used, weight=design.weight, n_missing=int((part & ~rows).sum()), coding=coding, values=read.values,
    )  # fmt: skip


def _levels(column: pl.Series, found: set[str], order: Sequence[Code] | None, base: Code | None) -> tuple[str, ...]:
    levels = tuple(level_order(column, found))
    if order is not None:
        if isinstance(order, str) or not isinstance(order, Sequence):
            raise UsageError(f"the order is {order!r}", "name all options", "order")
        wanted = tuple(str(one) for one in order)
        if len(set(wanted)) < len(wanted) or not found <= set(wanted):
            lost = ", ".join(sorted(found - set(wanted))) or "one stands twice"
            raise UsageError(f"the order does not name every option once: {lost}", "name all options", "order")
        return tuple(one for one in wanted if one in found)
    if base is not None:
        if str(base) not in levels:
            raise UsageError(f"nobody gave the answer {base!r}", "the options are " + ", ".join(levels), "base")
        return (str(base), *(one for one in levels if one != str(base)))
    return levels


def _fit(
    design: AnyDesign,
    outcome: str,
    read: _Read,
    matrix: Floats,
    start: Floats,
    likelihood: _Likelihood,
    *,
    names: tuple[str, ...],
    terms: tuple[str, ...],
    options: tuple[str, ...],
    ordinal: bool,
) -> CategoricalFit:
    solve = partial(_solve, rows=read.rows, likelihood=likelihood, matrix=matrix, places=read.places)
    estimate, information = solve(read.weight, start=start)
    _refuse_separation(estimate, matrix, read.used, names, ordinal)
    ones = np.ones(int(read.rows.sum()))
    scores = np.zeros((len(read.rows), len(start)))
    scores[read.rows] = likelihood(estimate, matrix[read.rows], read.places[read.rows], ones)[0] @ np.linalg.inv(
        information
    )
    kept = tuple(range(read.matrix.shape[1] - matrix.shape[1], read.matrix.shape[1]))
    columns = CodedColumns.of(read.coding, read.values, read.rows, kept)
    basis = Basis(
        design=design, rows=read.rows, part=read.part, columns=columns,
        expected=OrderedExpected(options=read.levels) if ordinal else ChosenExpected(options=read.levels),
        influence=scores, estimate=estimate, fit=Remembered(partial(_again, solve=partial(solve, start=estimate))),
    )  # fmt: skip
    df = basis.df(None, normal=True)
    linear = Linear(names=names, estimate=estimate, scores=scores, df=df, present=read.rows)
    found = estimate_with(design, basis.fit, linear)
    return CategoricalFit(
        outcome=outcome, levels=read.levels, ordinal=ordinal, names=names, terms=terms, options=options,
        estimate=estimate, covariance=found.covariance, df=df, n=int(read.used.sum()), n_missing=read.n_missing,
        basis=basis,
    )  # fmt: skip


def _solve(
    weight: Floats, *, rows: Bools, likelihood: _Likelihood, matrix: Floats, places: Ints, start: Floats
) -> tuple[Floats, Floats]:
    alive = rows & (weight > 0)
    return _newton(likelihood, matrix[alive], places[alive], weight[alive], start)


def _again(weight: Floats, solve: Callable[[Floats], tuple[Floats, Floats]]) -> Floats:
    return solve(weight)[0]


def _newton(
    likelihood: _Likelihood,
    matrix: Floats,
    places: Ints,
    weight: Floats,
    start: Floats,
) -> tuple[Floats, Floats]:
    """Solve the weighted score equations; a step that does not bring the scores nearer to 0 is halved."""
    theta = start
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scores, information = likelihood(theta, matrix, places, weight)
        for _ in range(MOST_STEPS):
            gradient = weight @ scores
            try:
                step = np.linalg.solve(information, gradient)
            except np.linalg.LinAlgError:
                break
            size = float(gradient @ step)
            if np.all(np.abs(step) <= SMALL * (1 + np.abs(theta))):
                return theta + step, information
            for _ in range(30):
                tried = theta + step
                scores, information = likelihood(tried, matrix, places, weight)
                after = weight @ scores
                if (
                    np.isfinite(after).all()
                    and abs(float(after @ np.linalg.pinv(information) @ after)) <= abs(size) * 4
                ):
                    break
                step = step / 2
            else:
                break
            theta = tried
    raise ModelError(
        "the iterations do not converge: the predictors may separate the options",
        "group small categories, or drop the predictor that decides the answer",
        "regression",
    )


def _length(gradient: Floats, information: Floats) -> float:
    """How far scores are from 0, in units of their information."""
    return abs(float(gradient @ np.linalg.pinv(information) @ gradient))


def _refuse_separation(estimate: Floats, matrix: Floats, used: Bools, names: Sequence[str], ordinal: bool) -> None:
    spread = matrix[used].std(axis=0)
    columns = matrix.shape[1]
    slopes = estimate[:columns][None, :] if ordinal else estimate.reshape(-1, columns)
    wild = np.abs(slopes) * np.where(spread > 0, spread, 0.0) > SEPARATED
    if wild.any():
        name = names[int(np.flatnonzero(wild.ravel())[0])]
        raise ModelError(
            f"the coefficient {name!r} grows without end: the predictor separates the options",
            "group small categories, or drop it",
            "regression",
        )
