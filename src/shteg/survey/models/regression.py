"""Linear, logistic and log-linear regression of survey answers, with design-based standard errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats
from shteg.errors import DesignError, ModelError
from shteg.hints import counted
from shteg.survey.code_texts import Code, Missing, level_order, read_missing, require_code, require_column
from shteg.survey.inference.linear import AnyDesign, Linear, estimate_with, require_design
from shteg.survey.models.answer_shares import MeanExpected
from shteg.survey.models.basis import Basis, CodedColumns, Remembered
from shteg.survey.models.glm import FAMILY, Family, FamilyName, GlmFit, fit_glm, independent_columns
from shteg.survey.models.model_matrix import Term, read_predictors, read_texts
from shteg.survey.models.regression_fit import RegressionFit
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.one_pass.domains import read_part
from shteg.survey.requests import first_in_file

PERFECT = 1e-12
"""Residuals below this share of the outcome's spread leave nothing to estimate a variance from."""


def linear_regression(
    design: AnyDesign,
    outcome: str,
    predictors: Sequence[Term],
    *,
    factors: Sequence[str] = (),
    reference: Mapping[str, Code] | None = None,
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
) -> RegressionFit:
    """Weighted least squares with design-based standard errors (R: `svyglm`).

    Parameters
    ----------
    design : Design or ReplicateDesign
    outcome : str
        A column of numbers.
    predictors : sequence of str or tuple of str
        Columns; a tuple is an interaction, named besides its parts.
    factors : sequence of str
        Numeric columns to take as categories; texts always are.
    reference : mapping of factor to level, optional
        Level to compare with; default the first in order (numbers by value, an Enum as declared).
    where : polars.Expr, optional
        Domain: rows for which this is true.
    missing : mapping of column to codes, optional
        Codes that are no answer, in outcome and predictors: {"age": ["99"]}.

    Returns
    -------
    RegressionFit

    Raises
    ------
    DesignError
        A column is not there or not numeric; a factor has one level; no row is left.
    UsageError
        A factor is not among the predictors; an argument has another form.
    ModelError
        The predictors fit the outcome perfectly.

    References
    ----------
    Binder (1983), International Statistical Review 51(3); Fuller (1975), Sankhyā C 37; R `survey::svyglm`.
    """
    return _fit_regression(design, outcome, predictors, "gaussian", factors, reference, where, missing)


def logistic_regression(
    design: AnyDesign,
    outcome: str,
    predictors: Sequence[Term],
    *,
    success: Code | None = None,
    factors: Sequence[str] = (),
    reference: Mapping[str, Code] | None = None,
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
) -> RegressionFit:
    """Logistic regression with design-based standard errors (R: `svyglm(family = quasibinomial)`).

    Parameters
    ----------
    design : as there
        See `linear_regression`.
    outcome : str
        Numbers from 0 to 1 or truth values; with `success`, any column.
    predictors : as there
    success : str, optional
        The answer that counts 1; every other answer counts 0.
    factors, reference, where, missing : as there

    Returns
    -------
    RegressionFit

    Raises
    ------
    DesignError
        As for `linear_regression`; the outcome is not between 0 and 1, or the same for everyone.
    ModelError
        The predictors separate the answers, or the iterations do not converge.
    """
    return _fit_regression(design, outcome, predictors, "binomial", factors, reference, where, missing, success)


def poisson_regression(
    design: AnyDesign,
    outcome: str,
    predictors: Sequence[Term],
    *,
    factors: Sequence[str] = (),
    reference: Mapping[str, Code] | None = None,
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
) -> RegressionFit:
    """Log-linear regression of counts (R: `svyglm(family = quasipoisson)`).

    Parameters
    ----------
    design, outcome, predictors, factors, reference, where, missing : as there
        See `linear_regression`.

    Returns
    -------
    RegressionFit
    """
    return _fit_regression(design, outcome, predictors, "poisson", factors, reference, where, missing)


def _fit_regression(
    design: AnyDesign,
    outcome: str,
    predictors: Sequence[Term],
    family_name: FamilyName,
    factors: Sequence[str],
    reference: Mapping[str, Code] | None,
    where: pl.Expr | str | None,
    missing: Missing | None = None,
    success: Code | None = None,
) -> RegressionFit:
    """Fit a model of any family; the arguments are those of the functions below."""
    require_design(design)
    family, codes = FAMILY[family_name], read_missing(design.data, missing)
    require_column(design.data, outcome)
    y = _read_outcome(design, outcome, success, codes.get(outcome, ()))
    read = read_predictors(design, predictors, factors, codes)
    part = read_part(design.data, where)
    rows = part & read.known & ~np.isnan(y)
    used = rows & (design.weight > 0)
    if not used.any():
        raise DesignError("no row with a weight above 0 has all the values", "choose other predictors", "predictors")
    _check_outcome(design, outcome, y, used, family_name)
    coding = read.code(used, {} if reference is None else reference)
    full, names, owners = coding.build(read.values, len(y))
    kept = independent_columns(full[used], design.weight[used])
    matrix = full[:, kept]
    y = np.where(rows, y, 0.0)
    fit = _fit_rows(matrix, y, design.weight, used, family, None)
    if family_name == "gaussian":
        _check_spread(y, fit.mean, used)
    scores = np.zeros_like(matrix)
    scores[rows] = (matrix[rows] * (y[rows] - family.mean(matrix[rows] @ fit.coefficients))[:, None]) @ fit.bread

    again = partial(_again, matrix=matrix, y=y, rows=rows, family=family_name, start=fit.coefficients)
    basis = Basis(
        design=design, rows=rows, part=part, columns=CodedColumns.of(coding, read.values, rows, kept),
        expected=MeanExpected(family=family_name), influence=scores, estimate=fit.coefficients, fit=Remembered(again),
    )  # fmt: skip
    df, chosen = basis.df(None, normal=False), tuple(names[j] for j in kept)
    linear = Linear(names=chosen, estimate=fit.coefficients, scores=scores, df=df, present=rows)
    return RegressionFit(
        family=family_name,
        outcome=outcome,
        names=chosen,
        terms=tuple(owners[j] for j in kept),
        estimate=fit.coefficients,
        covariance=estimate_with(design, basis.fit, linear).covariance,
        df=df,
        dropped=tuple(name for j, name in enumerate(names) if j not in kept),
        n=int(used.sum()),
        n_missing=int((part & ~rows).sum()),
        dispersion=_dispersion(y[used], fit.mean[used], design.weight[used], family),
        coding=coding,
        kept=kept,
        basis=basis,
    )


def _again(weight: Floats, *, matrix: Floats, y: Floats, rows: Bools, family: FamilyName, start: Floats) -> Floats:
    return _fit_rows(matrix, y, weight, rows & (weight > 0), FAMILY[family], start).coefficients


def _fit_rows(matrix: Floats, y: Floats, weight: Floats, used: Bools, family: Family, start: Floats | None) -> GlmFit:
    if start is not None and len(independent_columns(matrix[used], weight[used])) < matrix.shape[1]:
        raise ModelError(
            "in a replicate a coefficient cannot be estimated: its predictor has no spread there",
            "group small categories, or use the design without replicate weights",
            "rep_weights",
        )
    fit = fit_glm(matrix[used], y[used], weight[used], family, start)
    mean = np.zeros(len(y))
    mean[used] = fit.mean
    return replace(fit, mean=mean)


def _read_outcome(design: AnyDesign, outcome: str, success: Code | None, missing: Sequence[str]) -> Floats:
    if success is None:
        return read_numbers(design, outcome, missing)
    texts = read_texts(design.data[outcome], missing)
    answers = level_order(design.data[outcome], set(texts.tolist()) - {""})
    chosen = require_code(success, answers, f"column {outcome!r}")
    return np.where(texts == "", np.nan, (texts == chosen).astype(np.float64))


def _check_outcome(design: AnyDesign, outcome: str, y: Floats, used: Bools, family: FamilyName) -> None:
    low, high = {"gaussian": (-np.inf, np.inf), "binomial": (0.0, 1.0), "poisson": (0.0, np.inf)}[family]
    wrong = used & ((np.nan_to_num(y) < low) | (np.nan_to_num(y) > high))
    if (at := first_in_file(wrong, design.row)) is not None:
        raise DesignError(
            f"the outcome {y[at]:.6g} is not between {low:g} and {high:g} ({counted(int(wrong.sum()), 'such row')})",
            "recode it, or say which answer counts with `success`" if family == "binomial" else "recode it",
            f"column {outcome!r}, row {int(design.row[at])}",
        )
    if np.ptp(y[used]) == 0:
        raise DesignError(
            f"the outcome is {y[used][0]:.6g} for everyone", "choose another outcome or domain", f"column {outcome!r}"
        )


def _check_spread(y: Floats, mean: Floats, used: Bools) -> None:
    if np.abs(y[used] - mean[used]).max() <= PERFECT * np.ptp(y[used]):
        raise ModelError(
            "the predictors fit the outcome perfectly: no error is left to estimate a variance from",
            "is the outcome computed from them? drop predictors",
            "regression",
        )


def _dispersion(y: Floats, mean: Floats, weight: Floats, family: Family) -> float:
    """Weighted variance of Pearson residuals (R: `svyvar(resid(fit, "pearson"))`)."""
    residual = (y - mean) / np.sqrt(family.variance(mean))
    centre = float(weight @ residual / weight.sum())
    n = len(y)
    return float(weight @ (residual - centre) ** 2 / weight.sum() * n / max(n - 1, 1))
