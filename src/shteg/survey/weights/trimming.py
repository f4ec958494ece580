"""Trimming of weights: what is cut off goes to the others, or all weights move within the limits to keep margins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from shteg.arrays import Floats
from shteg.errors import DesignError, UsageError
from shteg.hints import counted
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import AnyDesign, require_design
from shteg.survey.requests import check_choice, check_number, mapping_of
from shteg.survey.weights.auxiliaries import Auxiliaries, Counts, Variable, check_reach, read_auxiliaries
from shteg.survey.weights.calibration_solver import MAX_ITERATIONS, curve_of, solve_calibration
from shteg.survey.weights.residuals import regress
from shteg.survey.weights.weighting import TOLERANCE, Reweighted, reweight

Unit = Literal["weight", "mean", "median"]
"""What limits are counted in: weights as they are, or multiples of the mean or median weight (above 0)."""

MOST_ROUNDS = 1000
CLOSE = 1e-12


def trim_weights(
    design: AnyDesign,
    *,
    lower: float | None = None,
    upper: float | None = None,
    unit: Unit = "weight",
    strict: bool = False,
    margins: Mapping[Variable, Counts] | None = None,
    totals: Mapping[str, float] | None = None,
    size: float | None = None,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> AnyDesign:
    """Bring extreme weights within limits.

    Without margins, totals or size what is cut off is shared out in equal parts among the rows within the limits (R:
    `trimWeights`); those may pass the limit by it, unless `strict` repeats until none does. With them the weights are
    cut and then moved as little as possible (raking distance), within the limits, until every total is met.

    Parameters
    ----------
    design : Design or ReplicateDesign
        Of a replicate design each replicate's weights take the same change of ratio and then, with margins, meet them
        anew without limits.
    lower, upper : float, optional
        Limits, in the `unit`. Rows of weight 0 stay at 0.
    unit : "weight" | "mean" | "median"
    strict : bool
        Repeat until no weight is beyond the limits (without margins).
    margins, totals, size : as there
        Totals to keep; see `calibrate`.
    tolerance, max_iterations : as there
        See `calibrate`.

    Returns
    -------
    Design or ReplicateDesign

    Raises
    ------
    DesignError
        The limits leave no room: for a category (named), or for the sum of weights.
    UsageError
        No limit is given, or the lower one is above the upper one.

    References
    ----------
    Potter (1990), Proc. ASA Survey Research Methods; Valliant, Dever and Kreuter (2018), ch. 14;
    R `survey::trimWeights`.
    """
    require_design(design)
    low, high = _limits(design.weight, lower, upper, unit)
    margins, totals = mapping_of(margins, "margins", "{…}"), mapping_of(totals, "totals", "{…}")
    check_number(tolerance, "tolerance")
    if margins or totals or size is not None:
        return _trim_and_keep(design, low, high, margins, totals, size, tolerance, max_iterations)
    weight = _share_out(design.weight, low, high, strict=strict)
    ratio = weight / np.where(design.weight > 0, design.weight, 1.0)
    if isinstance(design, ReplicateDesign):
        return replace(
            design, weight=weight, rep_weights=design.analysis_weights * ratio[:, None], combined_weights=True
        )
    return replace(design, weight=weight)


def _limits(weight: Floats, lower: float | None, upper: float | None, unit: Unit) -> tuple[float, float]:
    check_choice(unit, ("weight", "mean", "median"), "unit", "there is no unit {}")
    for name, limit in (("lower", lower), ("upper", upper)):
        if limit is not None:
            check_number(limit, name)
    if lower is None and upper is None:
        raise UsageError("no limit to trim to", "give lower, upper or both", "upper")
    alive = weight[weight > 0]
    one = {"weight": 1.0, "mean": float(alive.mean()), "median": float(np.median(alive))}[unit]
    low = 0.0 if lower is None else float(lower) * one
    high = np.inf if upper is None else float(upper) * one
    if not (np.isfinite(low) and low >= 0 and not np.isnan(high) and high > 0 and low < high):
        raise UsageError(
            f"the limits {lower!r} and {upper!r} leave no room",
            "give numbers of 0 or more, the lower below the upper",
            "lower, upper",
        )
    return low, high


def _share_out(weight: Floats, low: float, high: float, *, strict: bool) -> Floats:
    alive = weight > 0
    total, count = float(weight.sum()), int(alive.sum())
    if strict and not low * count <= total <= high * count:
        raise DesignError(
            f"{counted(count, 'weight')} between {low:.6g} and {high:.6g} cannot add to {total:.10g}",
            "widen the limits",
            "lower, upper",
        )
    for _ in range(MOST_ROUNDS if strict else 1):
        outside = alive & ((weight < low * (1 - CLOSE)) | (weight > high * (1 + CLOSE)))
        if not outside.any():
            return weight
        cut = np.where(alive, np.clip(weight, low, high), 0.0)
        rest = alive & ~outside
        if not rest.any():
            raise DesignError(
                "no weight within the limits is left to take what is cut off", "widen the limits", "upper"
            )
        weight = cut + np.where(rest, (weight - cut).sum() / rest.sum(), 0.0)
    return weight


def _trim_and_keep(
    design: AnyDesign,
    low: float,
    high: float,
    margins: Mapping[Variable, Counts],
    totals: Mapping[str, float],
    size: float | None,
    tolerance: float,
    max_iterations: int,
) -> AnyDesign:
    cut = np.where(design.weight > 0, np.clip(design.weight, low, high), 0.0)
    first = np.where(design.weight > 0, cut / np.where(design.weight > 0, design.weight, 1.0), 1.0)

    def reweigh(weight: Floats) -> Reweighted:
        base = weight * first
        known = read_auxiliaries(design, base, margins, totals, size)
        whole = weight is design.weight
        bottom, top = (low, high) if whole else (0.0, np.inf)
        return _keep(known, base, bottom, top, tolerance, max_iterations)

    return reweight(design, reweigh)


def _keep(
    known: Auxiliaries, base: Floats, low: float, high: float, tolerance: float, max_iterations: int
) -> Reweighted:
    alive = base > 0
    check_reach(known, np.where(alive, low, 0.0), np.where(alive, min(high, 1e200), 0.0))
    unit = np.where(alive, base, 1.0)
    least, most = np.where(alive, low / unit, 0.5), np.where(alive, high / unit, 2.0)
    # a weight cut to a limit has g = 1 at the end of its range: rounding must not put it beyond
    curve = curve_of("raking", np.minimum(least, 1.0), np.maximum(most, 1.0))
    solution = solve_calibration(
        known.matrix, base, known.targets, curve, tolerance=tolerance, max_iterations=max_iterations
    )
    new = np.where(alive, np.clip(base * solution.ratio, low, high), 0.0)
    return Reweighted(
        weight=new,
        constraints=known.constraints(base, new),
        step=regress(known.matrix, base, new),
        converged=bool(solution.misfit.max() <= tolerance),
        iterations=solution.iterations,
    )
