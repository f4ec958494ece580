"""How every estimator gets its variance: from influence values, or from replicate weights.

An estimator gives a function of the weights and, for designs without replicate weights, the influence of each row on
it; `estimate_with` does the rest. Nothing else in the package needs to know the design.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError, UsageError
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.designs.stages import pps_covariance, total_covariance
from shteg.survey.inference.estimates import Estimates, estimates_of

AnyDesign = Design | ReplicateDesign


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linear:
    """A linearised estimator: V = Var(Σ w · scores).

    Parameters
    ----------
    names : tuple of str, (k,)
    estimate : (k,) float
    scores : (n, k) float
        Influence of each row, in the design's row order: 0 outside the domain, without the weight.
    df : (k,) or float, optional
        Degrees of freedom; default: those of the rows that are `present`.
    present : (n,) or (n, k) bool, optional
        Rows that are in the domain and answered (weight 0 or not): the rules for lonely PSUs and the default degrees
        of freedom ask for them.
    """

    names: tuple[str, ...]
    estimate: Floats
    scores: Floats
    df: float | Floats | None = None
    present: Bools | None = None


def covariance(design: Design, scores: Floats, present: Bools | None = None) -> Floats:
    """Taylor covariance (k, k) of Σ w · scores under the design: strata, stages, fpc, PPS, lonely PSUs, calibration.

    Parameters
    ----------
    design : Design
    scores : (n, k) float
        Influence values in the design's row order, without the weight.
    present : (n,) or (n, k) bool, optional
        Rows of the domain (per column); covariances between columns of different domains use the whole design, as R
        does for `svyby(covmat=TRUE)`.

    Returns
    -------
    (k, k) float
    """
    weighted = scores * design.weight[:, None]
    if design.calibration is not None:
        weighted = design.calibration.residuals(weighted)
    if design.pps in ("overton", "hr"):
        return pps_covariance(design, weighted)
    if present is None or design.calibration is not None or design.pps is not None:
        return total_covariance(design, weighted)  # R keeps all rows of such designs in a subset
    if present.ndim == 1:
        return total_covariance(design, weighted, present)
    patterns, group = _distinct_columns(present)
    if patterns.shape[1] == 1:
        return total_covariance(design, weighted, present[:, 0])
    result = total_covariance(design, weighted)
    if design.lonely_psu in ("average", "adjust", "fail"):  # elsewhere the domain changes nothing
        for g in range(patterns.shape[1]):
            at = np.flatnonzero(group.ravel() == g)
            result[np.ix_(at, at)] = total_covariance(design, weighted[:, at], patterns[:, g])
    return result


def replicate_covariance(design: ReplicateDesign, theta: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Estimate (k,) and covariance (k, k) of a function of the weights.

    Replicates in which an estimate does not exist (NaN) are left out of its variance, as in R.

    Raises
    ------
    DesignError
        No replicate has any of the estimates.
    """
    estimate, thetas = replicate_estimates(design, theta)
    return estimate, combine_replicates(design, estimate, thetas)


def replicate_estimates(design: ReplicateDesign, theta: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Estimate (k,) from the weights, and (R, k) from each replicate's."""
    estimate = np.asarray(theta(design.weight), float)
    weights = design.analysis_weights
    thetas = np.array([theta(weights[:, r]) for r in range(weights.shape[1])], float)
    return estimate, thetas.reshape(weights.shape[1], -1)


def combine_replicates(design: ReplicateDesign, estimate: Floats, thetas: Floats) -> Floats:
    """Covariance from the replicates, each pair of estimates from those that have both.

    Parameters
    ----------
    design : ReplicateDesign
    estimate : (k,) float
        The centre under `mse`.
    thetas : (R, k) float
        The estimates with each replicate's weights, NaN where there is none.

    Returns
    -------
    (k, k) float
        NaN for an estimate that no replicate has.

    Raises
    ------
    DesignError
        No replicate has any of them.
    """
    told = ~np.isnan(thetas)
    if not told.any():
        raise DesignError("no replicate has this estimate", "is the domain empty in all replicates?", "rep_weights")
    centre = estimate if design.mse else _mean_of(thetas, told & (design.rscales > 0)[:, None])
    gap = np.where(told, thetas - centre, 0.0) * np.sqrt(design.rscales)[:, None]
    result: Floats = gap.T @ gap * design.scale
    lost = ~told.any(axis=0)
    result[lost, :] = result[:, lost] = np.nan
    return result


def _mean_of(thetas: Floats, told: Bools) -> Floats:
    count = told.sum(axis=0)
    return np.asarray(np.where(told, thetas, 0.0).sum(axis=0) / np.where(count > 0, count, 1), float)


def estimate_with(
    design: AnyDesign,
    theta: Callable[[Floats], Floats],
    linear: Linear | Callable[[], Linear],
    *,
    names: Sequence[str] = (),
    present: Bools | None = None,
) -> Estimates:
    """Estimate with the variance that the design asks for: Taylor from `linear`, or replicates from `theta`.

    Parameters
    ----------
    design : Design or ReplicateDesign
    theta : function of weights (n,) giving (k,)
        Used with replicate weights only.
    linear : Linear or function giving one
        Used without replicate weights only: pass a function if it is dear.
    names : sequence of str, (k,)
    present : (n,) or (n, k) bool, optional
        For replicate designs, where `linear` is a function; else those of `linear` are used.

    Returns
    -------
    Estimates
        With the covariance (k, k).
    """
    known: Linear | None = linear if isinstance(linear, Linear) else None
    if isinstance(design, ReplicateDesign):
        estimate, matrix = replicate_covariance(design, theta)
        labels = known.names if known else tuple(names) or tuple(f"theta{i + 1}" for i in range(len(estimate)))
        rows, df = (present, None) if known is None else (known.present, known.df)
    else:
        made = linear if isinstance(linear, Linear) else linear()
        estimate, matrix = np.asarray(made.estimate, float), covariance(design, made.scores, made.present)
        labels, rows, df = made.names, made.present, made.df
    freedom = np.broadcast_to(np.asarray(_df_of(design, rows) if df is None else df, float), (len(estimate),)).copy()
    return estimates_of({"name": labels}, estimate, matrix, freedom)


def _distinct_columns(present: Bools) -> tuple[Bools, Ints]:
    """Give the different columns (n, patterns) and the pattern of each column (k,), without sorting the rows."""
    keys = [np.packbits(column).tobytes() for column in present.T]
    first = {key: keys.index(key) for key in dict.fromkeys(keys)}
    place = {key: i for i, key in enumerate(first)}
    return present[:, list(first.values())], np.array([place[key] for key in keys], np.int64)


def _df_of(design: AnyDesign, present: Bools | None) -> float | Floats:
    if present is None:
        return float(design.df)
    if present.ndim == 1:
        return float(degrees_of_freedom(design, present))
    patterns, group = _distinct_columns(present)
    each = np.array([degrees_of_freedom(design, column) for column in patterns.T], float)
    return each[group.ravel()]


def degrees_of_freedom(design: AnyDesign, rows: Bools) -> int:
    """PSUs minus strata over the rows (n,) of weight above 0; of replicate weights the rank minus 1 (R `degf`)."""
    if isinstance(design, ReplicateDesign):
        return design.df_of(rows)
    alive = np.add.reduceat((rows & (design.weight > 0)).astype(np.int64), design.psu_start[:-1]) > 0
    return int(alive.sum()) - len(np.unique(design.psu_stratum[alive]))


def require_design(design: Any) -> None:
    """Refuse what is no design, for example a data frame."""
    if not isinstance(design, Design | ReplicateDesign):
        raise UsageError(
            f"the design is a {type(design).__name__}",
            "make one: Design.from_frame(data, stratum=…, psu=…, weight=…), read_replicates or as_replicates",
            "design",
        )
