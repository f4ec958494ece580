"""Means, totals, ratios, variances, shares and contrasts for every kind of design; each gives a `Fit` with covariance.

`estimation.py` computes means, shares and totals of plain designs in one pass over the rows; these functions work for
stages, PPS, calibrated and replicate designs too, and keep the covariance between domains for contrasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError, UsageError
from shteg.survey.designs.design import Design
from shteg.survey.inference.answers import read_codes
from shteg.survey.inference.domains import By
from shteg.survey.inference.linear import AnyDesign, Fit
from shteg.survey.inference.share_intervals import CipropMethod, share_interval
from shteg.survey.inference.statistics import (
    Deff,
    Statistic,
    fit_statistic,
    mean_statistic,
    ratio_statistic,
    read_matrix,
    read_parts,
    total_statistic,
    variance_statistic,
)

Floats = NDArray[np.float64]


def fit_means(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Sequence[str] = (),
    deff: Deff = "replace",
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
    missing : sequence of str
        Codes that are no answer, as blanks are.
    deff : "replace" | "without_replacement"
    """
    statistic = mean_statistic(*read_matrix(design, items, missing))
    return fit_statistic(design, statistic, read_parts(design, by, where), deff=deff)


def fit_totals(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Sequence[str] = (),
    deff: Deff = "replace",
) -> Fit:
    """Totals of numeric columns over rows that have all of them (R `svytotal`); parameters as for `fit_means`."""
    statistic = total_statistic(*read_matrix(design, items, missing))
    return fit_statistic(design, statistic, read_parts(design, by, where), deff=deff)


def fit_proportions(
    design: AnyDesign,
    item: str,
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    options: Sequence[str] | None = None,
    missing: Sequence[str] = (),
    deff: Deff = "replace",
    totals: bool = False,
) -> Fit:
    """Shares (or numbers of persons, if `totals`) of all answers to an item at once, R `svymean(~factor(item))`.

    Parameters as for `fit_means`; `options` are all codes that count (default: those found, sorted). `Fit.frame` with
    interval="logit" gives intervals of shares; `estimate_shares` has more kinds.
    """
    labels, values = read_indicators(design, item, options, missing)
    statistic: Statistic = (total_statistic if totals else mean_statistic)(labels, values)
    return fit_statistic(design, statistic, read_parts(design, by, where), deff=deff, item=item)


def read_indicators(
    design: AnyDesign, item: str, options: Sequence[str] | None, missing: Sequence[str]
) -> tuple[tuple[str, ...], Floats]:
    """Give the options of an item and 0/1 for each, (n, options); NaN where not answered."""
    codes, labels = read_codes(cast(Design, design), item, options, missing)  # only data and row are read
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
    missing: Sequence[str] = (),
    deff: Deff = "replace",
) -> Fit:
    """Ratios of totals, each numerator over its denominator, over rows that have all of them (R `svyratio`).

    Parameters as for `fit_means`; one denominator serves all numerators.
    """
    names, values = read_matrix(design, numerator, missing)
    below, sizes = read_matrix(design, denominator, missing)
    if len(below) not in (1, len(names)):
        raise UsageError(
            f"{len(names)} numerators and {len(below)} denominators", "give one, or one each", "denominator"
        )
    below = below * len(names) if len(below) == 1 else below
    labels = tuple(f"{a}/{b}" for a, b in zip(names, below, strict=True))
    statistic = ratio_statistic(labels, values, np.broadcast_to(sizes, values.shape))
    return fit_statistic(design, statistic, read_parts(design, by, where), deff=deff)


def estimate_variances(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Sequence[str] = (),
) -> Fit:
    """Variances and covariances in the population (R `svyvar`): names "a, a", "a, b", "b, b" …"""
    return fit_statistic(
        design, variance_statistic(*read_matrix(design, items, missing)), read_parts(design, by, where)
    )


def ciprop(
    design: AnyDesign,
    item: str,
    option: str,
    *,
    method: CipropMethod = "logit",
    by: Sequence[By] = (),
    where: pl.Expr | None = None,
    missing: Sequence[str] = (),
    level: float = 0.95,
    df: float | None = None,
    deff: Deff = "replace",
) -> pl.DataFrame:
    """Share of one answer with an interval of the kind asked for (R `svyciprop`), in all and in each domain.

    Parameters
    ----------
    design, item, by, where, missing, deff
        As for `fit_proportions`.
    option : str
        The answer; all others that are not missing count as "no".
    method : CipropMethod
        logit, likelihood, asin, beta, mean, xlogit, wilson.
    df : float, optional
        Default: degrees of freedom of the domain, answering or not.

    Returns
    -------
    polars.DataFrame
        Columns of `Fit.frame`.
    """
    labels, values = read_indicators(design, item, None, missing)
    chosen = values[:, labels.index(option)] if option in labels else np.where(np.isnan(values[:, 0]), np.nan, 0.0)
    parts = read_parts(design, by, where)
    fit = fit_statistic(design, mean_statistic((option,), chosen[:, None]), parts, deff=deff, item=item)
    freedom = fit.df if df is None else np.full(len(fit.df), df)
    variance = np.diag(fit.covariance)
    keeps = isinstance(design, Design) and (design.calibration is not None or design.pps is not None)
    answered = ~np.isnan(chosen)
    ends = [
        share_interval(
            float(fit.estimate[g]),
            float(variance[g]),
            float(freedom[g]),
            float(len(chosen) if keeps else (part.rows & answered).sum()),
            method,
            level,
        )
        for g, part in enumerate(parts)
    ]
    flags = tuple(
        flag or ("boundary" if share in (0.0, 1.0) else "") for flag, share in zip(fit.flag, fit.estimate, strict=True)
    )
    frame = replace(fit, df=freedom, flag=flags).frame(level)
    low, high = (pl.Series(name, [end[k] for end in ends]) for k, name in enumerate(("ci_low", "ci_high")))
    return frame.with_columns(low.fill_nan(None), high.fill_nan(None))


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

    Raises
    ------
    UsageError
        A name is not among the estimates.
    """
    names = list(fit.names)
    matrix = np.zeros((len(weights), len(names)))
    for i, row in enumerate(weights.values()):
        for name, weight in row.items():
            if name not in names:
                raise UsageError(f"there is no estimate {name!r}", "the names are " + ", ".join(names[:12]), "weights")
            matrix[i, names.index(name)] = weight
    used = matrix != 0
    estimate = np.where(used, matrix * np.where(used, fit.estimate, 0.0), 0.0).sum(axis=1)
    known = np.where(np.isnan(fit.covariance), 0.0, fit.covariance)
    covariance = matrix @ known @ matrix.T
    unknown = (used & np.isnan(np.diag(fit.covariance))).any(axis=1)
    covariance[unknown, :] = covariance[:, unknown] = np.nan
    freedom = np.array([fit.df[row].max() if row.any() else 0.0 for row in used])
    return Fit(
        names=tuple(weights),
        estimate=estimate,
        covariance=covariance,
        df=freedom if df is None else np.full(len(freedom), df),
        flag=tuple("no_variance" if one else "" for one in unknown),
    )


def design_effect(
    design: AnyDesign, items: str | Sequence[str], *, by: Sequence[By] = (), deff: Deff = "replace"
) -> pl.DataFrame:
    """Design effect of the means of numeric columns: V over that of a simple random sample of n."""
    frame = fit_means(design, items, by=by, deff=deff).frame()
    return frame.select("item", "domain_variable", "domain", "deff", "n", "n_effective")
