"""Regressions written as formulas, read by formulaic (extra `shteg[formulas]`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import polars as pl

from shteg.errors import DesignError, UsageError
from shteg.survey.inference.linear import AnyDesign, require_design
from shteg.survey.models.formula_columns import FormulaColumns
from shteg.survey.models.regression import linear_regression, logistic_regression, poisson_regression
from shteg.survey.models.regression_fit import RegressionFit
from shteg.survey.requests import check_choice

Family = Literal["gaussian", "binomial", "poisson"]
_FITS: dict[str, Any] = {"gaussian": linear_regression, "binomial": logistic_regression, "poisson": poisson_regression}
INTERCEPT = "Intercept"


def regression(
    design: AnyDesign, formula: str, family: Family = "gaussian", *, where: pl.Expr | str | None = None
) -> RegressionFit:
    """Fit a regression that is written as a formula, as in R.

    Parameters
    ----------
    design : Design or ReplicateDesign
    formula : str
        "y ~ age + C(sex) + age:C(sex)": factors, interactions, transforms such as log(x) and poly(x, 2); see the
        documentation of formulaic. Rows with a missing value are left out.
    family : "gaussian" | "binomial" | "poisson"
    where : polars.Expr, optional
        Domain.

    Returns
    -------
    RegressionFit
        With the names of formulaic; to predict, give its columns. Margins and effects are of the variables in it.

    Raises
    ------
    UsageError
        Formulaic is not installed, the formula cannot be read, or it leaves the intercept out.
    DesignError
        A column is not there, or the outcome is no number.
    """
    require_design(design)
    check_choice(family, tuple(_FITS), "family", "there is no family {}")
    try:
        import formulaic  # type: ignore[import-untyped]
    except ImportError as error:
        raise UsageError(
            "formulaic is not installed", "install it with: pip install 'shteg[formulas]'", "formula"
        ) from error
    if not isinstance(formula, str) or formula.count("~") != 1:
        raise UsageError(f"{formula!r} is no formula with an outcome", 'write "y ~ age + C(sex)"', "formula")
    try:
        made = formulaic.Formula(formula).get_model_matrix(design.data, na_action="ignore", output="numpy")
        outcome, matrix = np.array(made.lhs, float), np.array(made.rhs, float)
        asked = {str(one) for side in (made.lhs, made.rhs) for one in side.model_spec.required_variables}
    except Exception as error:  # formulaic raises kinds of its own and of whatever a formula calls
        raise DesignError(f"the formula cannot be read: {str(error).splitlines()[0]}", "mend it", "formula") from error
    names = list(made.rhs.model_spec.column_names)
    if outcome.ndim != 2 or outcome.shape[1] != 1:
        raise UsageError("the outcome is no single column of numbers", "make one with design.with_columns", "formula")
    if INTERCEPT not in names:
        hint = "the models here have one: leave “0 +” or “- 1” out"
        raise UsageError("the formula leaves the intercept out", hint, "formula")
    used = design.data.select(one for one in design.data.columns if one in asked)
    outcome[used.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy()] = np.nan  # no level of a factor
    predictors = [name for name in names if name != INTERCEPT]
    label = str(made.lhs.model_spec.column_names[0])
    held = {name: pl.Series(matrix[:, names.index(name)]).fill_nan(None) for name in predictors}
    data = pl.DataFrame({label: pl.Series(outcome[:, 0]).fill_nan(None), **held})
    other = design.with_columns(*[data[name].alias(name) for name in data.columns])
    fit: RegressionFit = _FITS[family](other, label, predictors, where=where)
    places = [names.index(INTERCEPT), *(names.index(name) for name in predictors)]
    columns = FormulaColumns.of(
        made.rhs.model_spec, design.data.filter(pl.Series(fit.basis.rows)), tuple(places[at] for at in fit.kept)
    )
    return replace(fit, basis=replace(fit.basis, columns=columns, design=design))
