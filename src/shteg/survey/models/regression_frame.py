"""Coefficients of a regression as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.survey.inference.intervals import student_quantile
from shteg.survey.inference.p_values import student_p
from shteg.survey.one_pass.kernel import Floats
from shteg.survey.requests import check_level
from shteg.survey.rounding import is_nothing


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
    check_level(level)
    told, still = df >= 1, is_nothing(std_error, estimate)
    std_error = np.where(still, 0.0, std_error)
    statistic = np.where(still, np.nan, estimate / np.where(still, 1.0, std_error))
    half = np.where(still, np.nan, student_quantile(level, df) * std_error)
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
            "flag": ["no_df" if not told else "no_spread" if one else "" for one in still],
        }
    ).with_columns(pl.selectors.float().fill_nan(None))
    if not dropped:
        return frame
    rest = pl.DataFrame({"name": list(dropped), "flag": ["dropped"] * len(dropped)})
    return pl.concat([frame, rest], how="diagonal")
