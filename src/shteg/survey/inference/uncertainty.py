"""Standard errors by whatever the design gives, and why one is missing or 0: a 0 is never shown without a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from shteg.arrays import Bools, Floats
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.designs.stages import SELF_REPRESENTING, stage_units
from shteg.survey.inference.estimates import Estimates
from shteg.survey.inference.linear import AnyDesign, Linear, combine_replicates, covariance, replicate_estimates
from shteg.survey.one_pass.cells import Cells, Kind, fewest_psus
from shteg.survey.one_pass.domains import Domains
from shteg.survey.rounding import is_nothing, settle_shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Uncertainty:
    """`estimate` (k,), `covariance` (k, k), and `logit_error` (k,): the standard error of the logit of a share as the
    replicates give it, NaN where one of them has no logit (and for other designs)."""

    estimate: Floats
    covariance: Floats
    logit_error: Floats


def uncertainty_of(
    design: AnyDesign, theta: Callable[[Floats], Floats], linear: Callable[[], Linear], *, share: bool = False
) -> Uncertainty:
    """Estimate with the variance that the design asks for.

    Parameters
    ----------
    design : Design or ReplicateDesign
    theta : function of weights (n,) giving (k,)
        For replicate weights.
    linear : function giving Linear
        For other designs.
    share : bool
        Estimates are shares: the logits of the replicates are wanted too.

    Returns
    -------
    Uncertainty
    """
    if isinstance(design, ReplicateDesign):
        estimate, thetas = replicate_estimates(design, theta)
        if share:
            estimate, thetas = settle_shares(estimate), settle_shares(thetas)
        error = _logit_errors(design, estimate, thetas) if share else np.full(len(estimate), np.nan)
        return Uncertainty(
            estimate=estimate, covariance=combine_replicates(design, estimate, thetas), logit_error=error
        )
    made = linear()
    estimate = settle_shares(made.estimate) if share else np.asarray(made.estimate, float)
    return Uncertainty(
        estimate=estimate,
        covariance=covariance(design, made.scores, made.present),
        logit_error=np.full(len(estimate), np.nan),
    )


def _logit_errors(design: ReplicateDesign, estimate: Floats, thetas: Floats) -> Floats:
    """Standard errors (k,) of logit p from the replicates, each fitted anew (R: `svyglm` within `svyciprop`).

    A logistic model of the mean alone has the closed form logit p_r: nothing is iterated.
    """
    errors = np.full(len(estimate), np.nan)
    for j, p in enumerate(estimate):
        each = thetas[:, j]
        told = each[~np.isnan(each)]
        if 0 < p < 1 and len(told) and ((told > 0) & (told < 1)).all():
            logits = special.logit(each)[:, None]
            errors[j] = np.sqrt(combine_replicates(design, special.logit(np.array([p])), logits)[0, 0])
    return errors


def no_variance_flag(design: AnyDesign, present: Bools, count: float, *, total: bool) -> str:
    """Flag of a domain that nobody answered in, or in which the variance cannot be told.

    One PSU tells nothing about a mean: its influence is 0 by construction. A total it does tell about, as long as its
    stratum has another PSU: those without a member count with a total of 0.

    Parameters
    ----------
    design : Design or ReplicateDesign
    present : (n,) bool
        Rows of the domain that answered.
    count : float
        How many of them have a weight above 0.
    total : bool
        The estimate is a total.

    Returns
    -------
    "" | "empty" | "no_variance"
    """
    if count == 0:
        return "empty"
    fewest = 1 if total else 2
    if isinstance(design, Design):
        tells = count
        if not (len(design.fpc) > 1 and design.stages):
            alive = np.add.reduceat((present & (design.weight > 0)).astype(np.int64), design.psu_start[:-1]) > 0
            if design.lonely_psu in ("remove", "certainty", "average"):
                alive &= (design.psus_per_stratum > 1)[design.psu_stratum]
            tells = float(alive.sum())
        if tells < fewest:
            return "no_variance"
    return "no_variance" if count < fewest else ""


def judge(
    design: AnyDesign,
    made: Uncertainty,
    size: Floats,
    df: Floats,
    flags: Sequence[str],
    present: Sequence[Bools],
    flat: Bools,
    *,
    share: bool,
    logits: bool,
) -> tuple[Floats, tuple[str, ...]]:
    """Make a standard error of 0 up to rounding 0, and say why it is; say where there is no degree of freedom.

    Parameters
    ----------
    design : Design or ReplicateDesign
    made : Uncertainty
        Of k estimates.
    size, df : (k,) float
        Size of what an estimate is made of, and degrees of freedom.
    flags : sequence of str, (k,)
        Those so far: "empty" and "no_variance".
    present : sequence of (n,) bool, one for each estimate
        Rows of the domain that answered.
    flat : (k,) bool
        True where every row says the same.
    share : bool
        Estimates are shares or numbers of persons.
    logits : bool
        Logits of shares were asked for from replicates.

    Returns
    -------
    covariance, flag : (k, k) float, (k,) str
    """
    variance = np.diag(made.covariance)
    error = np.sqrt(np.where(variance >= 0, variance, np.nan))
    nothing = is_nothing(error, size) & ~np.isnan(error)
    either = (nothing[:, None] | nothing[None, :]) & ~np.isnan(made.covariance)
    told = []
    for i, flag in enumerate(flags):
        if not flag and df[i] < 1 and not (nothing[i] and flat[i]):
            flag = "no_df"
        elif not flag and nothing[i]:
            flag = _why_nothing(design, present[i], flat=bool(flat[i]), share=share)
        elif not flag and logits and np.isnan(made.logit_error[i]):
            flag = "delta"
        told.append(flag)
    return np.where(either, 0.0, made.covariance), tuple(told)


def _why_nothing(design: AnyDesign, present: Bools, *, flat: bool, share: bool) -> str:
    if flat:
        return "boundary" if share else "constant"
    if isinstance(design, Design):
        if _is_census(design, present):
            return "census"
        if design.calibration is not None:
            return "calibrated"
    return "no_spread"


def _is_census(design: Design, present: Bools) -> bool:
    """True where the units of every stage that hold the rows are all there are."""
    rows = present & (design.weight > 0)
    return bool(design.fpc) and all(
        (units.share_left[units.unit[rows]] < SELF_REPRESENTING).all() for units in stage_units(design)
    )


def estimates_of_cells(item: str, labels: Sequence[str], domains: Domains, cells: Cells, kind: Kind) -> Estimates:
    """Take one item's cells over, each standard error of 0 with a flag.

    Parameters
    ----------
    item : str
    labels : sequence of str, (k,)
        Its options; one empty text for a number.
    domains : Domains
        Of which variables, names and degrees of freedom are read.
    cells : Cells
        Arrays (domain, k).
    kind : "mean" | "share" | "total"

    Returns
    -------
    Estimates
        Domain after domain, without covariance.
    """
    shape = cells.estimate.shape
    df, n, n_effective, tells = (
        np.broadcast_to(one.astype(float)[:, None], shape)
        for one in (domains.df, cells.n, cells.n_effective, cells.tells)
    )
    error = np.where((tells < fewest_psus(kind)) | (n == 0), np.nan, cells.std_error)
    error = np.where(is_nothing(error, cells.size), 0.0, error)
    answers = bool(labels) and bool(labels[0])
    keys = {
        "item": [item] * error.size,
        "option": list(labels) * shape[0],
        "domain_variable": [one for one in domains.variables for _ in labels],
        "domain": [one for one in domains.names for _ in labels],
    }
    return Estimates(
        keys=keys,
        estimate=cells.estimate.ravel(),
        std_error=error.ravel(),
        df=df.ravel(),
        flag=_flags(cells, error, df, share=answers or kind == "share"),
        n=n.ravel(),
        n_effective=n_effective.ravel(),
        deff=np.where(np.isnan(error) | cells.flat, np.nan, cells.deff).ravel(),
        size=cells.size.ravel(),
        shares=kind == "share",
    )


def _flags(cells: Cells, error: Floats, df: Floats, *, share: bool) -> tuple[str, ...]:
    """Flags of a plain design, domain after domain."""
    flag = np.full(error.shape, "", dtype=object)
    flag[np.isnan(error)] = "no_variance"
    nothing: Bools = (flag == "") & (error == 0)
    flag[nothing & cells.flat] = "boundary" if share else "constant"
    flag[(flag == "") & (df < 1)] = "no_df"
    flag[(flag == "") & nothing] = "no_spread"
    flag[np.broadcast_to(cells.n[:, None] == 0, error.shape)] = "empty"
    return tuple(flag.ravel().tolist())
