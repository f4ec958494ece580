"""Linear combinations of estimates, with the covariance between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from shteg.arrays import Bools, Floats
from shteg.errors import UsageError
from shteg.survey.inference.estimates import SAYS_NOTHING, Estimates, estimates_of
from shteg.survey.requests import Freedom, is_number, mapping_of
from shteg.survey.rounding import is_nothing


def contrast(
    estimates: Estimates, weights: Mapping[str, Mapping[str, float]], *, df: float | Freedom | None = None
) -> Estimates:
    """Linear combinations of estimates, with the covariance between them (R `svycontrast`).

    Parameters
    ----------
    estimates : Estimates
        For example `estimate_means(design, "y", by=["wave"])` of waves stacked in one design: PSUs that two waves share
        (a panel) then give the difference its covariance. Of several items: estimated with `together=True`.
    weights : mapping
        For each contrast the weight of each estimate by its name in `estimates.names`: {"change": {"wave=2: y": 1,
        "wave=1: y": -1}}.
    df : float, "domain", "design" or "r", optional
        Default: the largest of the degrees of freedom of the estimates used. See `Estimates.with_df`.

    Returns
    -------
    Estimates
        A contrast of an estimate whose standard error of 0 says nothing, or is not known, keeps that flag.

    Raises
    ------
    UsageError
        A name is not among the estimates, a weight is no number, or two of the estimates have no covariance.
    """
    if not isinstance(estimates, Estimates):
        hint = "give what estimate_means or its like returned"
        raise UsageError(f"the estimates are a {type(estimates).__name__}", hint, "estimates")
    told = estimates.with_df(df)
    matrix = _read_contrasts(estimates, mapping_of(weights, "weights", '{"change": {"wave=2: y": 1, "wave=1: y": -1}}'))
    used, between = matrix != 0, estimates.covariance
    _check_known(between, used, estimates)
    estimate = np.where(used, matrix * np.where(used, estimates.estimate, 0.0), 0.0).sum(axis=1)
    covariance = matrix @ np.where(np.isnan(between), 0.0, between) @ matrix.T
    unknown = (used & np.isnan(np.diag(between))).any(axis=1)
    covariance[unknown, :] = covariance[:, unknown] = np.nan
    freedom = _largest(told.t_df, used)
    size = np.abs(matrix) @ np.nan_to_num(np.abs(estimates.estimate) if estimates.size is None else estimates.size)
    nothing = is_nothing(np.sqrt(np.maximum(np.diag(covariance), 0.0)), size) & ~unknown
    covariance[nothing, :] = covariance[:, nothing] = 0.0
    flags = _contrast_flags(estimates.flag, used, nothing, freedom)
    keys, whole = {"name": list(weights)}, estimates.whole_df()
    made = estimates_of(keys, estimate, covariance, freedom, flags, size=size, design_df=whole, title=_title(estimates))
    if told.origin is None:
        return made
    own = _largest(told.origin.df, used)
    return replace(made, origin=replace(made, df=own, flag=_contrast_flags(estimates.flag, used, nothing, own)))


def _largest(df: Floats, used: Bools) -> Floats:
    """Largest of the degrees of freedom of what each contrast uses."""
    return np.array([df[row].max() if row.any() else 0.0 for row in used])


def _title(estimates: Estimates) -> str:
    of = estimates.title.partition(": ")[2]
    return f"Contrasts: {of}" if of else "Contrasts"


def _check_known(between: Floats, used: Bools, estimates: Estimates) -> None:
    """Refuse two estimates of items that were not estimated together: their covariance would count as 0."""
    told = ~np.isnan(np.diag(between))
    for row in used:
        at = np.flatnonzero(row & told)
        lost = np.argwhere(np.isnan(between[np.ix_(at, at)]))
        if len(lost):
            one, other = (estimates.names[at[place]] for place in lost[0])
            raise UsageError(
                f"the covariance between {one!r} and {other!r} is not known",
                "estimate the items together (in Python `together=True`), over the rows that have them all",
                "weights",
            )


def _read_contrasts(estimates: Estimates, weights: Mapping[Any, Any]) -> Floats:
    """Matrix (contrasts, estimates) of weights."""
    if not weights:
        raise UsageError("no contrast to make", 'write for example {"change": {"a": 1, "b": -1}}', "weights")
    names = list(estimates.names)
    matrix = np.zeros((len(weights), len(names)))
    for i, (name_of_row, row) in enumerate(weights.items()):
        for name, weight in mapping_of(row, f"weights[{name_of_row!r}]", '{"y": 1, "z": -1}').items():
            if name not in names:
                raise UsageError(f"there is no estimate {name!r}", "the names are " + ", ".join(names[:12]), "weights")
            if not is_number(weight) or not np.isfinite(weight):
                raise UsageError(f"the weight of {name!r} is {weight!r}", "give a number", "weights")
            matrix[i, names.index(name)] = weight
    return matrix


def _contrast_flags(flags: Sequence[str], used: Bools, nothing: Bools, df: Floats) -> tuple[str, ...]:
    return tuple(_contrast_flag(flags, used[i], bool(nothing[i]), float(df[i])) for i in range(len(used)))


def _contrast_flag(flags: Sequence[str], used: Bools, nothing: bool, df: float) -> str:
    """Flag of a contrast: of the worst estimate in it, or of its own standard error of 0."""
    here = [flag for flag, one in zip(flags, used, strict=True) if one]
    for flag in ("empty", "undefined", "no_variance", *SAYS_NOTHING):
        if flag in here:
            return flag
    if df < 1:
        return "no_df"
    if not nothing:
        return ""
    return next((flag for flag in ("census", "calibrated") if flag in here), "no_spread")
