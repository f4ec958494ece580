"""Means, totals, ratios, variances, shares and contrasts for every kind of design; each gives a `Fit` with covariance.

`estimation.py` computes means, shares and totals of plain designs in one pass over the rows; these functions work for
stages, PPS, calibrated and replicate designs too, and keep the covariance between domains for contrasts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import Code, Missing, code_key, read_missing, require_code, require_column
from shteg.survey.designs.design import Design
from shteg.survey.inference.intervals import with_bounds
from shteg.survey.inference.linear import SAYS_NOTHING, AnyDesign, Fit, require_design
from shteg.survey.inference.share_intervals import CIPROP_METHODS, CipropMethod, share_interval
from shteg.survey.inference.statistics import (
    Deff,
    Part,
    fit_statistic,
    mean_statistic,
    ratio_statistic,
    read_matrix,
    read_parts,
    total_statistic,
    variance_statistic,
)
from shteg.survey.one_pass.answers import known_answers, read_codes
from shteg.survey.one_pass.groupings import By
from shteg.survey.requests import check_choice, check_df, check_level, check_truth, is_number, mapping_of, names_of
from shteg.survey.rounding import is_nothing

Floats = NDArray[np.float64]
DEFFS: tuple[Deff, ...] = ("replace", "without_replacement")


def fit_means(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
) -> Fit:
    """Means of numeric columns over rows that have all of them (R `svymean(na.rm = TRUE)`), with their covariance.

    Parameters
    ----------
    design : Design or ReplicateDesign
    items : str or sequence of str
    by : sequence of str or tuple of str
        Grouping variables; a tuple crosses several.
    where : polars.Expr, optional
        Keeps a part of the sample, as a domain: PSUs without a member still count.
    missing : mapping of column to codes, optional
        Codes that are no answer, as blanks are, in items and grouping variables: {"y": ["-1", "99"]}.
    deff : "replace" | "without_replacement"
    drop_empty : bool
        False keeps crossings of grouping variables that nobody is in, and categories that a column's type declares.

    Raises
    ------
    DesignError
        A column is not there, or holds something that is no number.
    UsageError
        An argument has another form.
    """
    codes, parts = _read_request(design, by, where, missing, deff, drop_empty=drop_empty)
    return fit_statistic(design, mean_statistic(*read_matrix(design, items, codes)), parts, deff=deff)


def _read_request(
    design: AnyDesign,
    by: Sequence[By],
    where: pl.Expr | None,
    missing: Missing | None,
    deff: Deff,
    *,
    drop_empty: bool,
) -> tuple[dict[str, tuple[str, ...]], list[Part]]:
    """Check what all estimators share; give the missing codes and the domains."""
    require_design(design)
    check_choice(deff, DEFFS, "deff")
    check_truth(drop_empty, "drop_empty")
    codes = read_missing(design.data, missing)
    return codes, read_parts(design, by, where, codes, drop_empty=drop_empty)


def fit_totals(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
) -> Fit:
    """Totals of numeric columns over rows that have all of them (R `svytotal`); parameters as for `fit_means`."""
    codes, parts = _read_request(design, by, where, missing, deff, drop_empty=drop_empty)
    return fit_statistic(design, total_statistic(*read_matrix(design, items, codes)), parts, deff=deff)


def fit_proportions(
    design: AnyDesign,
    item: str,
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    options: Collection[Code] | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    totals: bool = False,
    drop_empty: bool = True,
) -> Fit:
    """Shares (or numbers of persons, if `totals`) of all answers to an item at once, R `svymean(~factor(item))`.

    Parameters as for `fit_means`; `options` are all codes that count (default: those found, in order). `Fit.frame` with
    interval="logit" gives intervals of shares; `ciprop` has more kinds.
    """
    codes, parts = _read_request(design, by, where, missing, deff, drop_empty=drop_empty)
    check_truth(totals, "totals")
    require_column(design.data, item)
    labels, values = read_indicators(design, item, options, codes.get(item, ()))
    statistic = (total_statistic if totals else mean_statistic)(labels, values, share=True)
    return fit_statistic(design, statistic, parts, deff=deff, item=item)


def read_indicators(
    design: AnyDesign, item: str, options: Collection[Code] | None, missing: Sequence[str]
) -> tuple[tuple[str, ...], Floats]:
    """Give the options of an item and 0/1 for each, (n, options); NaN where not answered."""
    codes, labels = read_codes(design, item, options, missing)
    if not labels:
        raise DesignError("nobody answered", "choose another item", f"column {item!r}")
    values = (codes[:, None] == np.arange(len(labels))[None, :]).astype(float)
    values[codes >= len(labels)] = np.nan
    return labels, values


def estimate_ratios(
    design: AnyDesign,
    numerator: str | Sequence[str],
    denominator: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
) -> Fit:
    """Ratios of totals, each numerator over its denominator, over rows that have all of them (R `svyratio`).

    Parameters as for `fit_means`; one denominator serves all numerators.
    """
    codes, parts = _read_request(design, by, where, missing, deff, drop_empty=drop_empty)
    names, values = read_matrix(design, names_of(numerator, "numerator"), codes)
    below, sizes = read_matrix(design, names_of(denominator, "denominator"), codes)
    if len(below) not in (1, len(names)):
        raise UsageError(
            f"{len(names)} numerators and {len(below)} denominators", "give one, or one each", "denominator"
        )
    below = below * len(names) if len(below) == 1 else below
    labels = tuple(f"{a}/{b}" for a, b in zip(names, below, strict=True))
    statistic = ratio_statistic(labels, values, np.broadcast_to(sizes, values.shape))
    return fit_statistic(design, statistic, parts, deff=deff)


def estimate_variances(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Missing | None = None,
    drop_empty: bool = True,
) -> Fit:
    """Variances and covariances in the population (R `svyvar`): names "a, a", "a, b", "b, b" …"""
    codes, parts = _read_request(design, by, where, missing, "replace", drop_empty=drop_empty)
    return fit_statistic(design, variance_statistic(*read_matrix(design, items, codes)), parts)


def ciprop(
    design: AnyDesign,
    item: str,
    option: Code,
    *,
    method: CipropMethod = "logit",
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    options: Collection[Code] | None = None,
    missing: Missing | None = None,
    level: float = 0.95,
    df: float | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
) -> pl.DataFrame:
    """Share of one answer with an interval of the kind asked for (R `svyciprop`), in all and in each domain.

    Parameters
    ----------
    design, item, by, where, options, missing, deff, drop_empty
        As for `fit_proportions`.
    option : str, int, float or bool
        The answer; all others that are not missing count as "no". It must be one of `options`, or, without them, one
        that somebody gave or that the column's type declares.
    method : CipropMethod
        logit, likelihood, asin, beta, mean, xlogit, wilson. With replicate weights "logit" takes the standard error of
        the replicated logits, as R does; "xlogit" is by the delta method.
    df : float, optional
        Default: degrees of freedom of the domain, answering or not.

    Returns
    -------
    polars.DataFrame
        Columns of `Fit.frame`. Where everybody or nobody gave the answer ("boundary") the interval is the exact
        one-sided bound.

    Raises
    ------
    DesignError
        There is no such answer: the known ones are named.
    """
    check_choice(method, CIPROP_METHODS, "method", "{} is no interval")
    check_level(level)
    wanted = check_df(df)
    codes, parts = _read_request(design, by, where, missing, deff, drop_empty=drop_empty)
    require_column(design.data, item)
    label, chosen = _read_answer(design, item, option, options, codes.get(item, ()))
    statistic = mean_statistic((label,), chosen[:, None], share=True)
    fit = fit_statistic(design, statistic, parts, deff=deff, item=item, df=wanted)
    sizes = _sample_sizes(design, parts, ~np.isnan(chosen))
    ends = np.array([_share_ends(fit, g, sizes[g], method, level) for g in range(len(parts))])
    n = np.ones(len(parts)) if fit.n_effective is None else fit.n_effective
    low, high = with_bounds(fit.estimate, ends[:, 0], ends[:, 1], n, level)
    unknown = np.isnan(fit.std_error) | np.array([flag == "no_spread" for flag in fit.flag])
    frame = fit.frame(level, "logit" if method == "logit" else "mean")
    columns = [pl.Series(name, np.where(unknown, np.nan, end)) for name, end in (("ci_low", low), ("ci_high", high))]
    return frame.with_columns(column.fill_nan(None) for column in columns)


def _read_answer(
    design: AnyDesign, item: str, option: Code, options: Collection[Code] | None, missing: Sequence[str]
) -> tuple[str, Floats]:
    """Give an answer as text and 0/1 for it, (n,); NaN where not answered."""
    labels, values = read_indicators(design, item, options, missing)
    lost = {code_key(code) for code in missing}
    known = [one for one in known_answers(design, item, labels, missing) if code_key(one) not in lost]
    label = require_code(option, labels if options is not None else known, f"column {item!r}")
    if label in labels:
        return label, values[:, labels.index(label)]
    return label, np.where(np.isnan(values[:, 0]), np.nan, 0.0)


def _sample_sizes(design: AnyDesign, parts: Sequence[Part], answered: NDArray[np.bool_]) -> list[float]:
    """Rows of the sample as R counts them: of the domain, or of all where R keeps all rows of a subset."""
    keeps = isinstance(design, Design) and (design.calibration is not None or design.pps is not None)
    return [float(len(answered) if keeps else (part.rows & answered).sum()) for part in parts]


def _share_ends(fit: Fit, at: int, n: float, method: CipropMethod, level: float) -> tuple[float, float]:
    """Interval of one share; from the replicated logits where the method is theirs and they are all there."""
    p, variance = float(fit.estimate[at]), float(fit.covariance[at, at])
    if method == "logit" and fit.logit_error is not None and not np.isnan(fit.logit_error[at]):
        variance = float((fit.logit_error[at] * p * (1 - p)) ** 2)
    return share_interval(p, variance, float(fit.df[at]), n, method, level)


def contrast(fit: Fit, weights: Mapping[str, Mapping[str, float]], *, df: float | None = None) -> Fit:
    """Linear combinations of estimates, with the covariance between them (R `svycontrast`).

    Parameters
    ----------
    fit : Fit
        For example `fit_means(design, "y", by=["wave"])` of waves stacked in one design: PSUs that two waves share
        (a panel) then give the difference its covariance.
    weights : mapping
        For each contrast the weight of each estimate by its name in `fit.names`: {"change": {"wave=2: y": 1,
        "wave=1: y": -1}}.
    df : float, optional
        Default: the largest of the degrees of freedom of the estimates used.

    Returns
    -------
    Fit
        A contrast of an estimate whose standard error of 0 says nothing, or is not known, keeps that flag.

    Raises
    ------
    UsageError
        A name is not among the estimates, or a weight is no number.
    """
    if not isinstance(fit, Fit):
        raise UsageError(f"the fit is a {type(fit).__name__}", "give what fit_means or its like returned", "fit")
    wanted = check_df(df)
    matrix = _read_contrasts(fit, mapping_of(weights, "weights", '{"change": {"wave=2: y": 1, "wave=1: y": -1}}'))
    used = matrix != 0
    estimate = np.where(used, matrix * np.where(used, fit.estimate, 0.0), 0.0).sum(axis=1)
    known = np.where(np.isnan(fit.covariance), 0.0, fit.covariance)
    covariance = matrix @ known @ matrix.T
    unknown = (used & np.isnan(np.diag(fit.covariance))).any(axis=1)
    covariance[unknown, :] = covariance[:, unknown] = np.nan
    freedom = np.array([fit.df[row].max() if row.any() else 0.0 for row in used])
    freedom = freedom if wanted is None else np.full(len(freedom), wanted)
    size = np.abs(matrix) @ np.nan_to_num(np.abs(fit.estimate) if fit.size is None else fit.size)
    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    nothing = is_nothing(error, size) & ~unknown
    covariance[nothing, :] = covariance[:, nothing] = 0.0
    flags = tuple(_contrast_flag(fit.flags, used[i], bool(nothing[i]), freedom[i]) for i in range(len(used)))
    return Fit(names=tuple(weights), estimate=estimate, covariance=covariance, df=freedom, flag=flags, size=size)


def _read_contrasts(fit: Fit, weights: Mapping[Any, Any]) -> Floats:
    """Matrix (contrasts, estimates) of weights."""
    if not weights:
        raise UsageError("no contrast to make", 'write for example {"change": {"a": 1, "b": -1}}', "weights")
    names = list(fit.names)
    matrix = np.zeros((len(weights), len(names)))
    for i, (name_of_row, row) in enumerate(weights.items()):
        for name, weight in mapping_of(row, f"weights[{name_of_row!r}]", '{"y": 1, "z": -1}').items():
            if name not in names:
                raise UsageError(f"there is no estimate {name!r}", "the names are " + ", ".join(names[:12]), "weights")
            if not is_number(weight) or not np.isfinite(weight):
                raise UsageError(f"the weight of {name!r} is {weight!r}", "give a number", "weights")
            matrix[i, names.index(name)] = weight
    return matrix


def _contrast_flag(flags: Sequence[str], used: NDArray[np.bool_], nothing: bool, df: float) -> str:
    """Flag of a contrast: of the worst estimate in it, or of its own standard error of 0."""
    here = [flag for flag, one in zip(flags, used, strict=True) if one]
    for flag in ("empty", "no_variance", *SAYS_NOTHING):
        if flag in here:
            return flag
    if df < 1:
        return "no_df"
    if not nothing:
        return ""
    return next((flag for flag in ("census", "calibrated") if flag in here), "no_spread")


def design_effect(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    missing: Missing | None = None,
    deff: Deff = "replace",
) -> pl.DataFrame:
    """Design effect of the means of numeric columns: V over that of a simple random sample of n."""
    frame = fit_means(design, items, by=by, missing=missing, deff=deff).frame()
    return frame.select("item", "domain_variable", "domain", "deff", "n", "n_effective")
