"""A fitted regression: its table, tests of its terms, predictions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.errors import ModelError, UsageError
from shteg.shown import plot_intervals
from shteg.survey.inference.intervals import DesignTest, f_p, student_p, student_quantile
from shteg.survey.models.basis import Basis
from shteg.survey.models.fitted import Fitted
from shteg.survey.models.glm import FAMILY, FamilyName
from shteg.survey.models.model_matrix import INTERCEPT, Coding, Term, read_new_data
from shteg.survey.requests import Freedom, check_choice, check_level, frame_of
from shteg.survey.rounding import is_nothing

Scale = Literal["response", "link"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RegressionFit(Fitted):
    """A fitted model.

    Parameters
    ----------
    family : FamilyName
    outcome : str
    names, terms : tuple of str, (p,)
        Coefficients, and the term each belongs to.
    estimate : (p,) float
    covariance : (p, p) float
    df : float
        Degrees of freedom of the design, plus 1, minus p (R: `df.residual`).
    dropped : tuple of str
        Columns that are combinations of others: R prints NA for them.
    n, n_missing : int
        Rows used (weight above 0); rows of the domain left out because a value was missing.
    dispersion : float
        Variance of Pearson residuals (1 expected of a logistic or log-linear model).
    coding : Coding
    kept : tuple of int
        Columns of the coding that were not dropped.
    basis : Basis
        The rows that it was fitted to.
    """

    family: FamilyName
    outcome: str
    names: tuple[str, ...]
    terms: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    df: float
    dropped: tuple[str, ...]
    n: int
    n_missing: int
    dispersion: float
    coding: Coding
    kept: tuple[int, ...]
    basis: Basis = field(repr=False)

    @property
    def title(self) -> str:
        """The model, its rows and its sample in words."""
        name = {"gaussian": "Linear", "binomial": "Logistic", "poisson": "Log-linear"}[self.family]
        return self.basis.title(f"{name} regression of {self.outcome}")

    @property
    def std_error(self) -> Floats:
        """Standard errors (p,)."""
        return np.sqrt(np.diag(self.covariance))

    def odds_ratios(self, level: float = 0.95) -> pl.DataFrame:
        """Give odds ratios of a logistic model, rate ratios of a log-linear one, with their intervals.

        Parameters
        ----------
        level : float in (0, 1)

        Returns
        -------
        polars.DataFrame
            name, term, estimate, std_error (delta method), p_value, ci_low, ci_high, flag; without the intercept.

        Raises
        ------
        UsageError
            The model is linear: its coefficients are no logarithms of ratios.
        """
        if self.family == "gaussian":
            raise UsageError("a linear model has no odds ratios", "take its coefficients as they are", "odds_ratios")
        logs = pl.col("estimate", "ci_low", "ci_high").exp()
        frame = self.to_frame(level).filter(pl.col("name") != INTERCEPT)
        frame = frame.with_columns(pl.col("std_error") * pl.col("estimate").exp()).with_columns(logs)
        return frame.select("name", "term", "estimate", "std_error", "p_value", "ci_low", "ci_high", "flag")

    def plot(self, level: float = 0.95, *, language: str = "en") -> Any:
        """Draw the coefficients with their intervals, of a model with ratios on a logarithmic axis.

        Parameters
        ----------
        level : float in (0, 1)
        language : "en" | "sq"
            Of the words on the chart.

        Returns
        -------
        altair.Chart
        """
        if self.family == "gaussian":
            frame = self.to_frame(level).filter(pl.col("name") != INTERCEPT)
            return plot_intervals(frame, reference=0.0, language=language)
        return plot_intervals(self.odds_ratios(level), reference=1.0, log=True, language=language)

    def to_frame(self, level: float = 0.95, *, df: float | Freedom | None = None) -> pl.DataFrame:
        """Coefficients: name, term, estimate, std_error, statistic, df, p_value, ci_low, ci_high, flag.

        A dropped column has a row without numbers and the flag "dropped"; with no degree of freedom left, "no_df"; with
        a standard error of 0, because every PSU gives the same coefficient, "no_spread" and no test.

        Parameters
        ----------
        level : float in (0, 1)
        df : float, "domain", "design" or "r", optional
            In place of the degrees of freedom by the rule of the design; see `with_df`.

        Returns
        -------
        polars.DataFrame
        """
        check_level(level)
        if df is not None:
            return self.with_df(df).to_frame(level)
        told, still = self.df >= 1, is_nothing(self.std_error, self.estimate)
        error = np.where(still, 0.0, self.std_error)
        statistic = np.where(still, np.nan, self.estimate / np.where(still, 1.0, error))
        half = np.where(still, np.nan, student_quantile(level, self.df) * error)
        frame = pl.DataFrame(
            {
                "name": list(self.names),
                "term": list(self.terms),
                "estimate": self.estimate,
                "std_error": error,
                "statistic": statistic,
                "df": np.full(len(self.names), self.df),
                "p_value": [student_p(one, self.df) if told else np.nan for one in statistic],
                "ci_low": self.estimate - half,
                "ci_high": self.estimate + half,
                "flag": ["no_df" if not told else "no_spread" if one else "" for one in still],
            }
        ).with_columns(pl.selectors.float().fill_nan(None))
        if not self.dropped:
            return frame
        rest = pl.DataFrame({"name": list(self.dropped), "flag": ["dropped"] * len(self.dropped)})
        return pl.concat([frame, rest], how="diagonal")

    def test_terms(self, *terms: Term) -> DesignTest:
        """Wald test that all coefficients of the terms are 0 (R: `regTermTest`).

        Raises
        ------
        UsageError
            The model has no such term.
        ModelError
            The design has too few degrees of freedom for so many coefficients.
        """
        wanted = {self._find_term(one) for one in terms}
        at = [i for i, term in enumerate(self.terms) if term in wanted]
        if not at:
            raise UsageError("no term to test", "its terms are " + ", ".join(dict.fromkeys(self.terms)), "terms")
        block = self.covariance[np.ix_(at, at)]
        scale = np.sqrt(np.diag(block))
        if (
            self.df < 1
            or is_nothing(scale, np.abs(self.estimate[at])).any()
            or np.linalg.matrix_rank(block / np.outer(scale, scale), tol=1e-10) < len(at)
        ):
            raise ModelError(
                f"the design has too few degrees of freedom to test {len(at)} coefficients at once",
                "test fewer terms, or group categories",
                "terms",
            )
        b = self.estimate[at]
        statistic = float(b @ np.linalg.solve(block, b)) / len(at)
        return DesignTest(
            method="Wald test of terms",
            statistic=statistic,
            df=(float(len(at)), float(self.df)),
            p_value=f_p(statistic, len(at), self.df),
            n=self.n,
        )

    def _find_term(self, term: Term) -> str:
        """Name of a term as it stands in the table: a text is that name, a tuple the columns in any order."""
        columns = (term,) if isinstance(term, str) else tuple(term) if isinstance(term, tuple | list) else ()
        names = {frozenset(one): ":".join(one) for one in self.coding.terms}
        texts = frozenset(one for one in columns if isinstance(one, str))
        found = names.get(texts, term if isinstance(term, str) else None) if len(texts) == len(columns) else None
        if found is None or found not in self.terms:
            known = ", ".join(dict.fromkeys(self.terms))
            raise UsageError(f"the model has no such term: {term!r}", f"its terms are {known}", "terms")
        return found

    def predict(self, data: pl.DataFrame, *, scale: Scale = "response", level: float = 0.95) -> pl.DataFrame:
        """Predict new rows: estimate, std_error, ci_low, ci_high.

        Intervals are made on the scale of the link and carried over; the standard error of a response is by the delta
        method (R: `predict.svyglm`).

        Parameters
        ----------
        data : polars.DataFrame
            With the columns of the predictors.
        scale : "response" | "link"
        level : float in (0, 1)

        Returns
        -------
        polars.DataFrame
            One row a row of `data`.

        Raises
        ------
        DesignError
            A predictor is missing, or a level is new.
        """
        check_choice(scale, ("response", "link"), "scale", "there is no scale {}")
        check_level(level)
        matrix = read_new_data(self.coding, frame_of(data))[:, self.kept]
        eta = matrix @ self.estimate
        se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", matrix, self.covariance, matrix), 0.0))
        half = student_quantile(level, self.df) * se
        ends = [eta - half, eta + half]
        if scale == "response":
            family = FAMILY[self.family]
            mean = family.mean(eta)
            eta, se, ends = mean, se * np.abs(family.variance(mean)), [family.mean(end) for end in ends]
        columns = {"estimate": eta, "std_error": se, "ci_low": ends[0], "ci_high": ends[1]}
        return pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))
