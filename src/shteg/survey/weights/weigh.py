"""Weights from targets: non-response, then the margins, then limits, with a record of what each step did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from shteg.errors import DesignError, UsageError
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.requests import check_choice
from shteg.survey.weights.auxiliaries import Counts, Variable
from shteg.survey.weights.calibration import NO_BOUNDS, calibrate, post_stratify, rake
from shteg.survey.weights.calibration_solver import MAX_ITERATIONS, Distance
from shteg.survey.weights.nonresponse import adjust_nonresponse
from shteg.survey.weights.residuals import Calibration, Constraint
from shteg.survey.weights.trimming import Unit, trim_weights
from shteg.survey.weights.weight_diagnostics import weight_diagnostics

Method = Literal["rake", "post-stratify", "calibrate"]
METHODS: tuple[Method, ...] = ("rake", "post-stratify", "calibrate")
WORST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightPlan:
    """How weights are made of targets.

    Attributes
    ----------
    method : "rake", "post-stratify" or "calibrate"
        Rake: multiplied, never negative, without bounds. Post-stratify: one factor for each cell of one margin, crossed
        or not. Calibrate: as little as the distance says, within bounds.
    distance : "linear", "raking" or "logit"
        Of `calibrate`.
    bounds : (float, float)
        Least and greatest ratio of new to old weight; `calibrate` alone.
    lower, upper : float or None
        Limits of the weights after the margins are met; within them the margins are met again.
    unit : "weight", "mean" or "median"
        What limits are counted in.
    responded : str or None
        Column of 1 and 0: the weight of those who did not answer goes to those who did, within `classes`.
    classes : tuple of str
    """

    method: Method = "rake"
    distance: Distance = "linear"
    bounds: tuple[float, float] = NO_BOUNDS
    lower: float | None = None
    upper: float | None = None
    unit: Unit = "mean"
    responded: str | None = None
    classes: tuple[str, ...] = ()
    max_iterations: int = MAX_ITERATIONS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightResult:
    """New weights and what they cost.

    Attributes
    ----------
    design : Design or ReplicateDesign
        With the new weights; its variance remembers the targets.
    constraints : tuple of Constraint
        Each target with the weighted total before the targets were met and after.
    diagnostics : polars.DataFrame
        Two rows, before and after; the columns of `weight_diagnostics`.
    iterations : int
        Steps until the targets were met (of the last of raking and trimming).
    trimmed : int
        Rows that were beyond the limits before.
    """

    design: AnyDesign
    constraints: tuple[Constraint, ...]
    diagnostics: pl.DataFrame
    iterations: int
    trimmed: int


def make_weights(
    design: AnyDesign,
    plan: WeightPlan,
    margins: Mapping[Variable, Counts],
    totals: Mapping[str, float],
    size: float | None = None,
) -> WeightResult:
    """Make weights that meet known totals.

    Parameters
    ----------
    design : Design or ReplicateDesign
        With the weights before.
    plan : WeightPlan
    margins, totals, size : as there
        See `calibrate`.

    Returns
    -------
    WeightResult

    Raises
    ------
    DesignError
        The targets cannot be met: it names those that are met least well, and what pulls against what.
    UsageError
        The parts of the plan do not go together.
    """
    _check(plan, margins, totals)
    start = design
    if plan.responded is not None:
        design = adjust_nonresponse(design, plan.responded, classes=plan.classes)
    met = _meet(design, plan, margins, totals, size)
    record = _record(met)
    trimmed = 0
    if plan.lower is not None or plan.upper is not None:
        one = {"weight": 1.0, "mean": _mean(met), "median": _median(met)}[plan.unit]
        low = 0.0 if plan.lower is None else plan.lower * one
        high = float("inf") if plan.upper is None else plan.upper * one
        alive = met.weight > 0
        trimmed = int((alive & ((met.weight < low) | (met.weight > high))).sum())
        if trimmed:
            met, record = _trim(met, low, high, margins, totals, size, record)
    both = [
        weight_diagnostics(one).with_columns(when=pl.lit(when)) for one, when in ((start, "before"), (met, "after"))
    ]
    return WeightResult(
        design=met,
        constraints=record[0],
        diagnostics=pl.concat(both),
        iterations=record[1],
        trimmed=trimmed,
    )


def _check(plan: WeightPlan, margins: Mapping[Variable, Counts], totals: Mapping[str, float]) -> None:
    check_choice(plan.method, METHODS, "method", "there is no method {}")
    what = "raking" if plan.method == "rake" else "post-stratification"
    if plan.method != "calibrate" and plan.bounds != NO_BOUNDS:
        raise UsageError(f"{what} has no bounds", "take the method calibrate, or limits (trim)", "bounds")
    if plan.method != "calibrate" and totals:
        raise UsageError(
            f"{what} meets margins, not totals of numbers ({', '.join(totals)})", "take the method calibrate", "method"
        )
    if plan.method == "post-stratify" and len(margins) != 1:
        names = ", ".join(name if isinstance(name, str) else "*".join(name) for name in margins)
        hint = "cross the columns in the sheet (sex*age), or take the method rake"
        raise UsageError(f"post-stratification meets one margin, not {len(margins)} ({names})", hint, "method")
    if plan.classes and plan.responded is None:
        raise UsageError("classes of non-response without a column of responses", "name the column", "responded")
    if plan.responded is not None and not plan.classes:
        raise UsageError("non-response is adjusted within classes", "name at least one column", "classes")


def _meet(
    design: AnyDesign,
    plan: WeightPlan,
    margins: Mapping[Variable, Counts],
    totals: Mapping[str, float],
    size: float | None,
) -> AnyDesign:
    def run(*, force: bool) -> AnyDesign:
        if plan.method == "post-stratify":
            ((variable, counts),) = margins.items()
            return post_stratify(design, variable, counts)
        if plan.method == "rake":
            return rake(design, margins, max_iterations=plan.max_iterations, force=force)
        return calibrate(
            design,
            margins,
            totals=totals,
            size=size,
            distance=plan.distance,
            bounds=plan.bounds,
            max_iterations=plan.max_iterations,
            force=force,
        )

    try:
        return run(force=False)
    except DesignError as error:
        if "did not converge" not in error.problem:
            raise
        _say_why(run(force=True), error)
        raise


def _say_why(kept: AnyDesign, error: DesignError) -> None:
    """Add to an error which targets are met least well, and in which direction each is off."""
    constraints, _ = _record(kept)
    off = sorted(constraints, key=lambda one: -abs(one.after - one.target) / (1 + abs(one.target)))[:WORST]
    told = "; ".join(
        f"{one.margin}{f' {one.category}' if one.category else ''} "
        f"{'too heavy' if one.after > one.target else 'too light'} by {abs(one.after - one.target):.6g}"
        for one in off
        if abs(one.after - one.target) > 1e-9 * (1 + abs(one.target))
    )
    if told:
        error.problem += f"; they pull against each other: {told}"
        error.hint = "merge small categories, widen the bounds, or check that the margins fit together"
        error.args = (str(error),)


def _record(design: AnyDesign) -> tuple[tuple[Constraint, ...], int]:
    calibration = getattr(design, "calibration", None)
    if isinstance(calibration, Calibration):
        return calibration.constraints, calibration.iterations
    return (), 0


def _trim(
    met: AnyDesign,
    low: float,
    high: float,
    margins: Mapping[Variable, Counts],
    totals: Mapping[str, float],
    size: float | None,
    record: tuple[tuple[Constraint, ...], int],
) -> tuple[AnyDesign, tuple[tuple[Constraint, ...], int]]:
    """Bring weights within limits, the targets met again; what is told as “before” stays that of the start."""
    trimmed = trim_weights(met, lower=low, upper=high, margins=margins, totals=totals, size=size)
    constraints, iterations = _record(trimmed)
    before = {(one.margin, one.category): one.before for one in record[0]}
    kept = tuple(replace(one, before=before.get((one.margin, one.category), one.before)) for one in constraints)
    return trimmed, (kept or record[0], iterations)


def _mean(design: AnyDesign) -> float:
    return float(design.weight[design.weight > 0].mean())


def _median(design: AnyDesign) -> float:
    return float(pl.Series(design.weight[design.weight > 0]).median())  # type: ignore[arg-type]
