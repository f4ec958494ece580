"""Coefficients of a regression as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.errors import UsageError
from shteg.survey.hypotheses.design_test import student_p
from shteg.survey.inference.intervals import student_quantile
from shteg.survey.passes.kernel import Floats


def coefficient_frame(
    names: Sequence[str],
    terms: Sequence[str],
    estimate: Floats,
    std_error: Floats,
    df: float,
    dropped: Sequence[str],
    level: float,
) -> pl.DataFrame:
    """One row a coefficient, then the dropped ones; see `RegressionFit.frame`."""
    if not 0 < level < 1:
        raise UsageError(f"a coverage of {level} is not between 0 and 1", "give for example 0.95", "level")
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / std_error
    half = student_quantile(level, df) * std_error
    told = df >= 1
    frame = pl.DataFrame(
        {
            "name": list(names),
            "term": list(terms),
            "estimate": estimate,
            "std_error": std_error,
            "statistic": statistic,
            "df": np.full(len(names), df),
            "p_value": [student_p(one, df) if told else np.nan for one in statistic],
            "ci_low": estimate - half,
            "ci_high": estimate + half,
            "flag": ["" if told else "no_df"] * len(names),
        }
    ).with_columns(pl.selectors.float().fill_nan(None))
    if not dropped:
        return frame
    rest = pl.DataFrame({"name": list(dropped), "flag": ["dropped"] * len(dropped)})
    return pl.concat([frame, rest], how="diagonal")
