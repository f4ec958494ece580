"""A fitted model of an answer with several options: its table, odds ratios, margins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.shown import plot_intervals
from shteg.survey.inference.intervals import student_p, student_quantile
from shteg.survey.models.basis import Basis
from shteg.survey.models.fitted import Fitted
from shteg.survey.requests import Freedom, check_level


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CategoricalFit(Fitted):
    """A fitted model of an answer with several options.

    Parameters
    ----------
    outcome : str
    levels : tuple of str
        Options: in their order (ordinal), or with the reference first (multinomial).
    ordinal : bool
    names, terms, options : tuple of str, (k,)
        Coefficients; the term each belongs to; the option (multinomial), or the cut point such as "a|b" (ordinal).
    estimate : (k,) float
    covariance : (k, k) float
    df : float
        Degrees of freedom of the design, plus 1, minus k.
    n, n_missing : int
    basis : Basis
        The rows that it was fitted to.
    """

    outcome: str
    levels: tuple[str, ...]
    ordinal: bool
    names: tuple[str, ...]
    terms: tuple[str, ...]
    options: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    df: float
    n: int
    n_missing: int
    basis: Basis = field(repr=False)

    @property
    def normal(self) -> bool:  # type: ignore[override]
        """R takes the normal law."""
        return True

    @property
    def title(self) -> str:
        """The model, its rows and its sample in words."""
        return self.basis.title(f"{'Ordinal' if self.ordinal else 'Multinomial'} regression of {self.outcome}")

    @property
    def std_error(self) -> Floats:
        """Standard errors (k,)."""
        return np.sqrt(np.diag(self.covariance))

    def to_frame(self, level: float = 0.95, *, df: float | Freedom | None = None) -> pl.DataFrame:
        """Coefficients: name, term, option, estimate, std_error, statistic, df, p_value, ci_low, ci_high.

        Parameters
        ----------
        level : float in (0, 1)
        df : float, "domain", "design" or "r", optional
            In place of the degrees of freedom by the rule of the design; see `with_df`.

        Returns
        -------
        polars.DataFrame
            No interval and no test where the design leaves no degree of freedom.
        """
        check_level(level)
        if df is not None:
            return self.with_df(df).to_frame(level)
        error = self.std_error
        statistic = self.estimate / error
        told = self.df >= 1
        half = student_quantile(level, self.df) * error if told else np.full(len(error), np.nan)
        return pl.DataFrame(
            {
                "name": list(self.names),
                "term": list(self.terms),
                "option": list(self.options),
                "estimate": self.estimate,
                "std_error": error,
                "statistic": statistic,
                "df": np.full(len(error), self.df),
                "p_value": [student_p(float(one), self.df) if told else np.nan for one in statistic],
                "ci_low": self.estimate - half,
                "ci_high": self.estimate + half,
            }
        ).with_columns(pl.selectors.float().fill_nan(None))

    def odds_ratios(self, level: float = 0.95) -> pl.DataFrame:
        """Give odds ratios with their intervals, without cut points and intercepts.

        Parameters
        ----------
        level : float in (0, 1)

        Returns
        -------
        polars.DataFrame
            name, term, option, estimate, std_error (delta method), p_value, ci_low, ci_high.
        """
        frame = self.to_frame(level).filter(pl.col("term") != "")
        frame = frame.with_columns(pl.col("std_error") * pl.col("estimate").exp())
        frame = frame.with_columns(pl.col("estimate", "ci_low", "ci_high").exp())
        return frame.select("name", "term", "option", "estimate", "std_error", "p_value", "ci_low", "ci_high")

    def plot(self, level: float = 0.95, *, language: str = "en") -> Any:
        """Draw the odds ratios with their intervals.

        Parameters
        ----------
        level : float in (0, 1)
        language : "en" | "sq"
            Of the words on the chart.

        Returns
        -------
        altair.Chart
        """
        return plot_intervals(self.odds_ratios(level), reference=1.0, log=True, language=language)
