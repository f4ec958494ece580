"""What every fitted model can be asked: margins, effects, other degrees of freedom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self, cast

from shteg.shown import Shown
from shteg.survey.inference.estimates import Estimates
from shteg.survey.models.basis import Basis
from shteg.survey.models.margins import At, Covariates, effects_of, margins_of
from shteg.survey.requests import Freedom


class Fitted(Shown):
    """A model with its basis; `normal` says that R takes the normal law for its coefficients."""

    __slots__ = ()
    basis: Basis
    normal: bool = False

    def margins(
        self, *variables: str, at: At | None = None, covariates: Covariates = "joint", df: float | Freedom | None = None
    ) -> Estimates:
        """Predictive margins: what the model expects on average if everyone had a level or value (R: `svypredmeans`).

        Parameters
        ----------
        *variables : str
            Factors: a margin for each level, of several for each combination. Without any, the average as it is.
        at : mapping of predictor to value or values, optional
            What predictors are set to: {"age": [30, 60]}; numbers have margins at such values only.
        covariates : {"joint", "independent", "fixed"}
            The other predictors are as they are in the sample. That they were sampled counts in the standard error,
            together with the coefficients (as the jackknife would find it); as if it were independent of them, as
            `svypredmeans` of R's survey 4.1 adds it; or not at all.
        df : float, "domain", "design" or "r", optional
            In place of the degrees of freedom by the rule of the design: "r" is the normal law, as R.

        Returns
        -------
        Estimates
            With the covariance between them: `contrast` compares margins.

        Raises
        ------
        UsageError, DesignError
            A predictor or a value is not known.

        References
        ----------
        Graubard and Korn (1999), Biometrics 55(2); Korn and Graubard (1999), Analysis of Health Surveys, section 3.7.
        """
        return margins_of(self.basis, variables, at, covariates, df)

    def effects(
        self, *variables: str, at: At | None = None, covariates: Covariates = "joint", df: float | Freedom | None = None
    ) -> Estimates:
        """Average marginal effects: of a number the mean slope, of a factor each level against its reference.

        Parameters
        ----------
        *variables : str
            Predictors; default all.
        at : mapping of predictor to value or values, optional
            Where others are set: effects("age", at={"sex": ["f", "m"]}) gives an effect for each.
        covariates, df : as there
            See `margins`.

        Returns
        -------
        Estimates
            With the variance of coefficients and sample, as `margins`; `test()` gives p values.

        Raises
        ------
        UsageError, DesignError
            A predictor or a value is not known.
        """
        return effects_of(self.basis, variables, at, covariates, df)

    def with_df(self, df: float | Freedom | None) -> Self:
        """The same with other degrees of freedom: a number, or by rule; None leaves what they are.

        Parameters
        ----------
        df : float, "domain", "design" or "r", optional
            "domain": those of the rows used, plus 1, minus the coefficients; "design": those of the whole sample; "r":
            what R takes, the normal law for models of several options (`confint` of `svyolr`), else "domain".

        Returns
        -------
        fit

        Raises
        ------
        UsageError
            It is neither.
        """
        return (
            self if df is None else cast("Self", replace(cast("Any", self), df=self.basis.df(df, normal=self.normal)))
        )
