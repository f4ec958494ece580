"""Standard errors by whatever the design gives, and why one is missing or 0: a 0 is never shown without a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from shteg.arrays import Bools, Floats
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.designs.stages import SELF_REPRESENTING, stage_units
from shteg.survey.inference.estimates import Estimates, estimates_of
from shteg.survey.inference.linear import (
    AnyDesign,
    Linear,
    combine_replicates,
    covariance,
    degrees_of_freedom,
    replicate_estimates,
)
from shteg.survey.inference.statistics import Statistic
from shteg.survey.one_pass.cells import Cells, Deff, Kind, fewest_psus
from shteg.survey.one_pass.domains import Domains, Part
from shteg.survey.rounding import ROUNDING, is_nothing, settle_shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Uncertainty:
    """Estimates of k values of each domain, one after another, with what they rest on.

    `estimate` (k,), `covariance` (k, k), and `logit_error` (k,): the standard error of the logit of a share as the
    replicates give it, NaN where one of them has no logit (and for other designs). `df` (k,) are degrees of freedom,
    `size` (k,) is that of what an estimate is made of, `flat` (k,) is true where every row says the same.
    """

    estimate: Floats
    covariance: Floats
    logit_error: Floats
    df: Floats
    size: Floats
    flat: Bools


def fit_statistic(
    design: AnyDesign, statistic: Statistic, parts: Iterable[Part], *, deff: Deff = "replace", item: str = ""
) -> Estimates:
    """Estimate a statistic in each domain, with the covariance between domains.

    Parameters
    ----------
    design : Design or ReplicateDesign
    statistic : Statistic
        Of k values.
    parts : iterable of Part
        The domains.
    deff : "replace" | "without_replacement"
        Simple random sampling to compare with.
    item : str
        Where the values are the options of an item.

    Returns
    -------
    Estimates
        Domain after domain, k each. Where nobody answered, estimate and standard error are NaN and the flag is "empty";
        where the answers come from one PSU (of a design with one stage) the standard error is not known:
        "no_variance". A standard error that is 0 up to rounding is 0, with a flag that says why.
    """
    wanted, names = list(parts), statistic.names
    k = len(names)
    present = [part.rows & statistic.answered for part in wanted]
    counts = np.array([float((rows & (design.weight > 0)).sum()) for rows in present])
    weights = [np.where(rows, design.weight, 0.0) for rows in present]
    made = _uncertainty(design, statistic, wanted, present, weights, counts)
    matrix, told = _judge(design, statistic, made, present, counts)
    replicated = isinstance(design, ReplicateDesign)
    answers = np.array([float(rows.sum()) for rows in present])
    effect = _design_effects(statistic, weights, answers if replicated else counts, np.diag(matrix), deff)
    keeps = isinstance(design, Design) and (design.calibration is not None or design.pps is not None)
    with np.errstate(invalid="ignore", divide="ignore"):
        kish = np.array([w.sum() ** 2 / (w**2).sum() for w in weights])
    return estimates_of(
        {
            "item": [item or name for _ in wanted for name in names],
            "option": [name if item else "" for _ in wanted for name in names],
            "domain_variable": [part.variable for part in wanted for _ in names],
            "domain": [part.name for part in wanted for _ in names],
        },
        made.estimate,
        matrix,
        made.df,
        told,
        n=np.repeat(counts, k),
        n_effective=np.repeat(kish, k),
        deff=np.where(made.flat, np.nan, effect),
        size=made.size,
        shares=statistic.share and not statistic.total,
        logit_error=made.logit_error if replicated and statistic.share else None,
        rows=np.repeat(np.full(len(wanted), float(len(design.weight))) if keeps else answers, k),
    )


def _uncertainty(
    design: AnyDesign,
    statistic: Statistic,
    parts: Sequence[Part],
    present: Sequence[Bools],
    weights: Sequence[Floats],
    counts: Floats,
) -> _Uncertainty:
    """Estimates with covariance of all parts, NaN where nobody answered."""
    k, size = len(statistic.names), len(statistic.names) * len(parts)
    made = _Uncertainty(
        estimate=np.full(size, np.nan),
        covariance=np.full((size, size), np.nan),
        logit_error=np.full(size, np.nan),
        df=np.zeros(size),
        size=np.zeros(size),
        flat=np.zeros(size, bool),
    )
    full = [g for g in range(len(parts)) if counts[g] > 0]
    if full:
        at = np.concatenate([np.arange(g * k, (g + 1) * k) for g in full])
        known = [parts[g].rows for g in full]
        factors = [statistic.factor(rows) for rows in _counted(design, [parts[g] for g in full], present, full)]
        theta, linear = _functions(design, statistic, [present[g] for g in full], factors)
        found = _estimate(design, theta, linear, share=statistic.share and not statistic.total)
        made.estimate[at], made.covariance[np.ix_(at, at)], made.logit_error[at] = found
        made.df[at] = np.repeat([float(degrees_of_freedom(design, rows)) for rows in known], k)
        made.size[at] = np.concatenate([statistic.size(weights[g]) * f for g, f in zip(full, factors, strict=True)])
        made.flat[at] = np.concatenate([statistic.flat(weights[g]) for g in full])
    return made


def _counted(design: AnyDesign, parts: Sequence[Part], present: Sequence[Bools], full: Sequence[int]) -> list[Bools]:
    """R's n in `svyvar`: with replicate weights the answers, else all rows of the domain with a weight above 0."""
    if isinstance(design, ReplicateDesign):
        return [present[g] for g in full]
    return [part.rows & (design.weight > 0) for part in parts]


def _functions(
    design: AnyDesign,
    statistic: Statistic,
    present: Sequence[Bools],
    factors: Sequence[float],
) -> tuple[Callable[[Floats], Floats], Callable[[], Linear]]:
    """Estimates of all domains as a function of the weights, and their influence values."""
    k = len(statistic.names)

    def theta(w: Floats) -> Floats:
        return np.concatenate(
            [statistic.value(np.where(rows, w, 0.0)) * f for rows, f in zip(present, factors, strict=True)]
        )

    def linear() -> Linear:
        scores = np.zeros((len(design.weight), k * len(present)))
        for place, (rows, f) in enumerate(zip(present, factors, strict=True)):
            one = statistic.scores(np.where(rows, design.weight, 0.0)) * f
            scores[:, place * k : (place + 1) * k] = np.where(rows[:, None], one, 0.0)
        return Linear(
            names=statistic.names * len(present),
            estimate=theta(design.weight),
            scores=scores,
            df=np.zeros(k * len(present)),
            present=np.repeat(np.stack(present, axis=1), k, axis=1),
        )

    return theta, linear


def _estimate(
    design: AnyDesign, theta: Callable[[Floats], Floats], linear: Callable[[], Linear], *, share: bool
) -> tuple[Floats, Floats, Floats]:
    """Estimate with the variance that the design asks for: `theta` is for replicate weights, `linear` for others.

    Of shares the standard errors of the replicates' logits are wanted too.
    """
    if isinstance(design, ReplicateDesign):
        estimate, thetas = replicate_estimates(design, theta)
        nothing = np.full(len(estimate), np.nan)
        if np.isnan(estimate).all():
            return estimate, np.full((len(estimate), len(estimate)), np.nan), nothing
        if share:
            estimate, thetas = settle_shares(estimate), settle_shares(thetas)
        error = _logit_errors(design, estimate, thetas) if share else nothing
        return estimate, combine_replicates(design, estimate, thetas), error
    made = linear()
    estimate = settle_shares(made.estimate) if share else np.asarray(made.estimate, float)
    return estimate, covariance(design, made.scores, made.present), np.full(len(estimate), np.nan)


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


def _no_variance_flag(design: AnyDesign, present: Bools, count: float, *, total: bool) -> str:
    """Flag of a domain that nobody answered in ("empty"), or in which the variance cannot be told; `count` answered.

    One PSU tells nothing about a mean: its influence is 0 by construction. A total it does tell about, as long as its
    stratum has another PSU: those without a member count with a total of 0.
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


def _judge(
    design: AnyDesign, statistic: Statistic, made: _Uncertainty, present: Sequence[Bools], counts: Floats
) -> tuple[Floats, tuple[str, ...]]:
    """Make a standard error of 0 up to rounding 0, and say why it is; say where the variance cannot be told.

    Gives the covariance and the flag of each estimate; `present` are the rows (n,) of each domain that answered.
    """
    k, matrix = len(statistic.names), made.covariance.copy()
    flags = [_no_variance_flag(design, rows, counts[g], total=statistic.total) for g, rows in enumerate(present)]
    unknown: Bools = np.repeat([flag == "no_variance" for flag in flags], k)
    matrix[unknown, :] = matrix[:, unknown] = np.nan
    variance = np.diag(matrix)
    error = np.sqrt(np.where(variance >= 0, variance, np.nan))
    nothing = is_nothing(error, made.size) & ~np.isnan(error)
    either = (nothing[:, None] | nothing[None, :]) & ~np.isnan(matrix)
    logits = isinstance(design, ReplicateDesign) and statistic.share
    told = []
    for i, flag in enumerate(flag for flag in flags for _ in range(k)):
        if not flag and made.df[i] < 1 and not (nothing[i] and made.flat[i]):
            flag = "no_df"
        elif not flag and nothing[i]:
            flag = _why_nothing(design, present[i // k], statistic, flat=bool(made.flat[i]))
        elif not flag and logits and np.isnan(made.logit_error[i]):
            flag = "delta"
        told.append(flag)
    return np.where(either, 0.0, matrix), tuple(told)


def _why_nothing(design: AnyDesign, present: Bools, statistic: Statistic, *, flat: bool) -> str:
    if flat:
        return statistic.when_flat or ("boundary" if statistic.share else "constant")
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


def _design_effects(
    statistic: Statistic, weights: Sequence[Floats], counts: Floats, variance: Floats, deff: Deff
) -> Floats:
    k = len(statistic.names)
    if statistic.simple is None:
        return np.full(len(variance), np.nan)
    simple = np.full(len(variance), np.nan)
    for g, w in enumerate(weights):
        if counts[g] > 1:
            one = statistic.simple(w, float(counts[g]))
            if deff == "without_replacement":
                left = 1 - counts[g] / w.sum()
                one = one * (left if left > ROUNDING else np.nan)
            simple[g * k : (g + 1) * k] = one
    return np.where(simple > 0, variance / np.where(simple > 0, simple, 1.0), np.nan)


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
