"""What every estimator gives: estimates, their standard errors and covariance, and rows with intervals on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import polars as pl
from scipy.linalg import block_diag

from shteg.arrays import Floats, Ints
from shteg.errors import UsageError
from shteg.shown import Shown, plot_intervals
from shteg.survey.inference.adjusting import Multiplicity, adjust
from shteg.survey.inference.freedom import flags_by, freedom_by
from shteg.survey.inference.intervals import (
    INTERVAL_METHODS,
    AnyInterval,
    fisher_interval,
    logit_interval,
    share_interval,
    student_p,
    student_quantile,
    with_bounds,
)
from shteg.survey.one_pass.domains import ALL
from shteg.survey.requests import Freedom, check_choice, check_df, check_level, check_number
from shteg.survey.rounding import is_nothing

FLAGS = {
    "": "nothing to say",
    "empty": "nobody in the domain answered: no estimate",
    "no_variance": "all answers come from one PSU, or from lonely PSUs: the standard error is not known",
    "no_df": "as many strata as PSUs in the domain: no interval",
    "boundary": "everybody or nobody: the standard error of 0 says nothing, the interval is the exact one-sided bound",
    "constant": "all answers are equal: the standard error of 0 says nothing",
    "no_spread": "every PSU gives the same figure (a quota, for example): the standard error of 0 says nothing",
    "census": "every unit of the population is in the sample: the standard error is 0",
    "calibrated": "the weights were calibrated to this figure: the standard error is 0",
    "tied": "of a quantile: both ends of the interval fall on one answer, the standard error of 0 says nothing",
    "one_line": "of a correlation: the answers lie on one line, the standard error of 0 says nothing",
    "undefined": "of a correlation: all answers to one of the two are equal, there is none",
    "delta": "in a replicate everybody or nobody gave the answer: the logit interval is by the delta method",
}
"""Why a figure is missing or needs care; a standard error of 0 is never without a flag."""

SAYS_NOTHING = ("boundary", "constant", "no_spread", "one_line")
"""Flags of a standard error of 0 that is no measure of precision: there is no interval but the bound of "boundary"."""

ARRAYS = ("estimate", "std_error", "df", "n", "n_effective", "deff", "size", "logit_error", "rows", "wald_df")
"""Fields with one number an estimate."""

COLUMNS = ("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Estimates(Shown):
    """Estimates of one kind; `to_frame` gives them as rows, `covariance` what contrasts need.

    Parameters
    ----------
    keys : mapping of column to k values
        What each estimate is of: item, option, domain_variable and domain; or `name` alone.
    estimate, std_error : (k,) float
        NaN where there is none.
    df : (k,) float
        Degrees of freedom of the standard error.
    flag : tuple of str, (k,)
        See `FLAGS`.
    n, n_effective, deff : (k,) float, optional
        Rows of weight above 0 that answered; Kish's effective number of them; the design effect.
    size : (k,) float, optional
        Size of what an estimate is made of, by which rounding is judged.
    shares : bool
        True of shares: their intervals are of the kind asked for.
    logit_error : (k,) float, optional
        Standard error of the logit of a share from replicates.
    rows : (k,) float, optional
        Rows of the sample as R counts them for the intervals "beta", "likelihood" and "wilson".
    ends : (low, high, level), optional
        The only interval there is, where the standard error was made from it (quantiles).
    matrix : (k, k) float, optional
        The covariance, NaN where it is not known.
    again : function giving Estimates, optional
        The same by the general way, with what one pass over the rows does not keep: `rows` and `matrix`.
    correlations : bool
        True of correlations: their intervals are Fisher's unless others are asked for.
    wald_df : (k,) float, optional
        Degrees of freedom of t intervals and tests, where they differ from those of the intervals of shares.
    design_df : float, optional
        Those of the whole sample, where no row is of it.
    origin : Estimates, optional
        The same with the degrees of freedom of each domain.
    title : str
        What they are and of which sample, in words.
    """

    keys: Mapping[str, Sequence[Any]]
    estimate: Floats
    std_error: Floats
    df: Floats
    flag: tuple[str, ...]
    n: Floats | None = None
    n_effective: Floats | None = None
    deff: Floats | None = None
    size: Floats | None = None
    shares: bool = False
    logit_error: Floats | None = None
    rows: Floats | None = None
    ends: tuple[Floats, Floats, float] | None = None
    matrix: Floats | None = None
    again: Callable[[], Estimates] | None = None
    correlations: bool = False
    wald_df: Floats | None = None
    design_df: float | None = None
    origin: Estimates | None = None
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """A name for each: "item", "domain_variable=domain: item"; of shares the option, after "item=" if several."""
        if "name" in self.keys:
            return tuple(self.keys["name"])
        items, options = self.keys["item"], self.keys["option"]
        several = len(set(items)) > 1
        labels = [
            item if not option else f"{item}={option}" if several else option
            for item, option in zip(items, options, strict=True)
        ]
        places = zip(self.keys["domain_variable"], self.keys["domain"], labels, strict=True)
        return tuple(label if of == ALL else f"{of}={domain}: {label}" for of, domain, label in places)

    @property
    def covariance(self) -> Floats:
        """Covariance (k, k); NaN between items that were not estimated together, and where it is not known."""
        return _need(self._whole().matrix)

    def reordered(self, order: Ints) -> Estimates:
        """The same in another order; `order` (k,) are their places in this one."""
        arrays: dict[str, Any] = {name: None if (one := getattr(self, name)) is None else one[order] for name in ARRAYS}
        return replace(
            self,
            keys={name: [values[i] for i in order] for name, values in self.keys.items()},
            flag=tuple(self.flag[i] for i in order),
            matrix=None if self.matrix is None else self.matrix[np.ix_(order, order)],
            origin=None if self.origin is None else self.origin.reordered(order),
            **arrays,
        )

    def with_df(self, df: float | Freedom | None) -> Estimates:
        """The same with other degrees of freedom: a number, or by rule; None leaves what they have.

        Parameters
        ----------
        df : float, "domain", "design" or "r", optional
            Those of each domain; of the whole sample; what R's `survey` takes when nothing is said.

        Returns
        -------
        Estimates

        Raises
        ------
        UsageError
            It is neither; or those of the whole sample are not known.
        """
        wanted = check_df(df)
        if wanted is None:
            return self
        own = self if self.origin is None else self.origin
        if isinstance(wanted, float):
            freedom, wald = np.full(len(own.df), wanted), None
        elif wanted == "domain":
            return own
        else:
            quantiles = self.ends is not None
            freedom, wald = freedom_by(wanted, own.df, own.whole_df(), shares=self.shares, quantiles=quantiles)
        told = flags_by(own.flag, own.std_error, freedom)
        return replace(own, df=freedom, wald_df=wald, flag=told, origin=own)

    @property
    def t_df(self) -> Floats:
        """Degrees of freedom (k,) of t intervals and tests."""
        return self.df if self.wald_df is None else self.wald_df

    def whole_df(self) -> float | None:
        """Degrees of freedom of the whole sample: known by themselves, or those of a row that is of it."""
        of = list(self.keys.get("domain_variable", ()))
        own = self if self.origin is None else self.origin
        return self.design_df if ALL not in of else float(own.df[of.index(ALL)])

    def interval(self, level: float | None = None, method: AnyInterval | None = None) -> tuple[Floats, Floats]:
        """Ends (k,) of the intervals; NaN where there is none.

        Parameters
        ----------
        level : float in (0, 1), optional
            Coverage, by default 0.95; of quantiles that with which they were estimated.
        method : AnyInterval, optional
            "mean" is ± t(df)·SE, the default but for shares and correlations. Correlations: "fisher" (the default).
            Shares: "logit" (the default; from replicates with the
            standard error of the replicated logits, as R), "xlogit" (by the delta method), "likelihood", "asin",
            "beta", "wilson"; see `share_interval`. Where everybody or nobody gave the answer it is the exact
            one-sided bound, whatever the method.

        Returns
        -------
        low, high : (k,) float
            NaN where df is below 1 or a standard error of 0 says nothing.

        Raises
        ------
        UsageError
            There is no such method, or not for these estimates.
        """
        wanted = self._method(method)
        if self.ends is not None:
            return self._own_ends(level if level is None else check_level(level))
        level = 0.95 if level is None else check_level(level)
        silent = np.isin(np.array(self.flag, dtype=str), SAYS_NOTHING) & (self.std_error == 0)
        low, high = self._ends(level, wanted)
        if self.shares:
            n = np.ones(len(self.estimate)) if self.n_effective is None else self.n_effective
            low, high = with_bounds(self.estimate, low, high, n, level)
            silent &= (self.estimate != 0) & (self.estimate != 1)
        unknown = silent | np.isnan(self.std_error)
        return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)

    def to_frame(
        self, level: float | None = None, interval: AnyInterval | None = None, *, df: float | Freedom | None = None
    ) -> pl.DataFrame:
        """Rows with named columns: the keys, then `COLUMNS` and flag; what is not known is null.

        Parameters
        ----------
        level : float in (0, 1), optional
        interval : AnyInterval, optional
            Coverage and kind of the intervals, as `level` and `method` of `interval`.
        df : float, "domain", "design" or "r", optional
            In place of the degrees of freedom that they have; see `with_df`.

        Returns
        -------
        polars.DataFrame
            df is a whole number unless another was given.
        """
        told = self.with_df(df)
        low, high = told.interval(level, interval)
        unknown = np.full(len(self.estimate), np.nan)
        freedom = told.t_df if told._method(interval) == "mean" else told.df
        numbers = (told.estimate, told.std_error, low, high, freedom, told.n, told.n_effective, told.deff)
        columns = {
            name: np.ascontiguousarray(unknown if one is None else one, dtype=float)
            for name, one in zip(COLUMNS, numbers, strict=True)
        }
        whole = ("df", "n") if (freedom == np.floor(freedom)).all() and np.isfinite(freedom).all() else ("n",)
        logit = interval in (None, "logit")
        flags = list(told.flag) if logit else ["" if one == "delta" else one for one in told.flag]
        texts = {name: pl.Series(name, list(values), dtype=_type_of(values)) for name, values in self.keys.items()}
        frame = pl.DataFrame({**texts, **columns, "flag": pl.Series(flags, dtype=pl.String)})
        return frame.with_columns(
            pl.col(name).fill_nan(None).cast(pl.Int64 if name in whole else pl.Float64) for name in COLUMNS
        )

    def test(
        self, null: float = 0.0, *, adjusted: Multiplicity = "none", df: float | Freedom | None = None
    ) -> pl.DataFrame:
        """Test each estimate, or contrast, against a number (t with the degrees of freedom of the design).

        Parameters
        ----------
        null : float
            What each is compared with.
        adjusted : "none" | "bonferroni" | "holm" | "benjamini-hochberg"
            How p values allow for their number (R: `p.adjust`).
        df : float, "domain", "design" or "r", optional
            In place of the degrees of freedom that they have; `inf` is the normal law. See `with_df`.

        Returns
        -------
        polars.DataFrame
            name, estimate, std_error, statistic, df, p_value, p_adjusted; null where a standard error is not known, or
            of 0 and says nothing.

        Raises
        ------
        UsageError
            `null` is no number, there is no such way to adjust, or df is below 0.
        """
        check_number(null, "null")
        check_choice(adjusted, get_args(Multiplicity), "adjusted", "there is no way {} to adjust")
        told = self.with_df(df)
        freedom = told.t_df
        known = np.isfinite(told.std_error) & (told.std_error > 0) & (freedom >= 1)
        statistic = np.where(known, (told.estimate - null) / np.where(known, told.std_error, 1.0), np.nan)
        p = np.array(
            [student_p(float(t), float(d)) if k else np.nan for t, d, k in zip(statistic, freedom, known, strict=True)]
        )
        among = np.full(len(p), np.nan)
        among[known] = adjust(p[known].tolist(), adjusted)
        columns = {
            "estimate": told.estimate,
            "std_error": told.std_error,
            "statistic": statistic,
            "df": freedom,
            "p_value": p,
            "p_adjusted": among,
        }
        return pl.DataFrame({"name": list(self.names), **columns}).with_columns(pl.selectors.float().fill_nan(None))

    def plot(self, level: float | None = None, *, language: str = "en") -> Any:
        """Draw the estimates with their intervals; see `plot_intervals`.

        Parameters
        ----------
        level : float in (0, 1), optional
            Coverage of the intervals.
        language : "en" | "sq"
            Of the words on the chart.

        Returns
        -------
        altair.Chart
        """
        frame = self.to_frame(level).with_columns(name=pl.Series(list(self.names), dtype=pl.String))
        return plot_intervals(frame, share=self.shares, language=language)

    def _whole(self) -> Estimates:
        return self if self.again is None else self.again()

    def _method(self, method: AnyInterval | None) -> AnyInterval:
        """The kind of interval that is meant; refuse what these estimates do not have."""
        wanted = ("logit" if self.shares else "fisher" if self.correlations else "mean") if method is None else method
        check_choice(wanted, (*INTERVAL_METHODS, "fisher"), "interval", "{} is no interval")
        if wanted == "fisher" and not self.correlations:
            raise UsageError("'fisher' is an interval of correlations", 'leave it out, or write "mean"', "interval")
        if wanted not in ("mean", "fisher") and not self.shares:
            raise UsageError(f"{wanted!r} is an interval of shares", 'leave it out, or write "mean"', "interval")
        return wanted

    def _ends(self, level: float, method: AnyInterval) -> tuple[Floats, Floats]:
        if method == "mean":
            half = student_quantile(level, self.t_df) * self.std_error
            return self.estimate - half, self.estimate + half
        if method == "fisher":
            return fisher_interval(self.estimate, self.std_error, self.df, level)
        if method in ("logit", "xlogit"):
            error = self.logit_error if method == "logit" else None
            return logit_interval(self.estimate, self.std_error, self.df, level, error)
        each = zip(self.estimate, self.std_error, self.df, _need(self._whole().rows), strict=True)
        ends = [share_interval(float(p), float(e * e), float(df), float(n), method, level) for p, e, df, n in each]
        found = np.array(ends, float).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def _own_ends(self, level: float | None) -> tuple[Floats, Floats]:
        assert self.ends is not None  # asked by the caller
        low, high, own = self.ends
        if level not in (None, own):
            raise UsageError(
                f"the intervals of these quantiles have a coverage of {own:g}, not {level:g}",
                "ask estimate_quantiles for another: their standard errors come from the interval",
                "level",
            )
        return low, high


def _type_of(values: Sequence[Any]) -> type[pl.DataType]:
    return pl.Float64 if any(isinstance(one, float) for one in values[:1]) else pl.String


def _need(found: Floats | None) -> Floats:
    assert found is not None  # the general way gives it
    return found


def estimates_of(
    keys: Mapping[str, Sequence[Any]],
    estimate: Floats,
    matrix: Floats,
    df: Floats,
    flag: tuple[str, ...] | None = None,
    **more: Any,
) -> Estimates:
    """Make estimates from their covariance.

    Parameters
    ----------
    keys : mapping of column to k values
    estimate : (k,) float
    matrix : (k, k) float
        The covariance.
    df : (k,) float
        Degrees of freedom.
    flag : tuple of str, optional
        Default: what estimate, standard error and degrees of freedom say by themselves.
    **more : fields
        Others of `Estimates`.

    Returns
    -------
    Estimates
        The standard error is NaN where the variance is not known.
    """
    variance = np.diag(matrix)
    error = np.sqrt(np.where(variance >= 0, variance, np.nan))
    if flag is None:
        nothing = is_nothing(error, np.abs(estimate))
        flag = tuple(
            "no_variance" if np.isnan(e) else "no_df" if one < 1 else "no_spread" if zero else ""
            for e, one, zero in zip(error, df, nothing, strict=True)
        )
    return Estimates(keys=keys, estimate=estimate, std_error=error, df=df, flag=flag, matrix=matrix, **more)


def join_estimates(parts: Sequence[Estimates]) -> Estimates:
    """Put estimates of one kind below one another; between them the covariance is not known."""
    first = parts[0]
    if len(parts) == 1:
        return first
    made: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ARRAYS
        if getattr(first, name) is not None
    }
    if first.matrix is not None:
        whole = block_diag(*(np.ones(2 * (len(part.estimate),)) for part in parts)) > 0
        made["matrix"] = np.where(whole, block_diag(*(part.matrix for part in parts)), np.nan)
    return Estimates(
        keys={name: [one for part in parts for one in part.keys[name]] for name in first.keys},
        flag=tuple(one for part in parts for one in part.flag),
        shares=first.shares,
        **made,
    )
