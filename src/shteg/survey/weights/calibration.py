"""Calibration of weights to known totals: post-stratification, raking, linear (GREG), logit, with bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from shteg.arrays import Floats
from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import require_column
from shteg.survey.inference.linear import AnyDesign, require_design
from shteg.survey.models.model_matrix import read_known_numbers
from shteg.survey.requests import check_choice, check_number, check_truth, first_in_file
from shteg.survey.weights.auxiliaries import (
    Auxiliaries,
    Counts,
    Variable,
    check_reach,
    read_auxiliaries,
    read_margin,
)
from shteg.survey.weights.calibration_solver import MAX_ITERATIONS, Distance, curve_of, solve_calibration
from shteg.survey.weights.residuals import (
    CellMeans,
    RakingMeans,
    RakingVariance,
    constraints_of,
    regress,
)
from shteg.survey.weights.weighting import TOLERANCE, Reweighted, reweight

NO_BOUNDS = (-np.inf, np.inf)


def calibrate(
    design: AnyDesign,
    margins: Mapping[Variable, Counts] | None = None,
    *,
    totals: Mapping[str, float] | None = None,
    size: float | None = None,
    distance: Distance = "linear",
    bounds: tuple[float, float] = NO_BOUNDS,
    variance: str | None = None,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
    force: bool = False,
) -> AnyDesign:
    """Move the weights as little as the distance says until they give all the known totals.

    Parameters
    ----------
    design : Design or ReplicateDesign
    margins : mapping of variable to mapping of category to number, optional
    totals : mapping of numeric column to its total in the population, optional
    size : float, optional
        Size of the population; implied by a margin.
    distance : "linear" | "raking" | "logit"
    bounds : (float, float)
        Least and greatest ratio of new to old weight.
    variance : str, optional
        Column with the variance of the working model (linear alone): 1 for everyone by default.
    tolerance : float
        Largest misfit relative to 1 + the total.
    max_iterations : int
    force : bool
        Keep the weights even if totals are not met; `design.calibration` says how far off they are.

    Returns
    -------
    Design or ReplicateDesign
        Its variance is that of the residuals from the regression with the old weights; replicates are calibrated one
        by one.

    Raises
    ------
    DesignError
        A total cannot be met (it names margin and category), is no number, or has nobody; a weight would be negative.

    References
    ----------
    Deville and Särndal (1992), JASA 87(418); R `survey::calibrate`.
    """
    _check_request(design, bounds, tolerance, max_iterations)
    v = None if variance is None else _read_variance(design, variance, distance, bounds)

    def reweigh(weight: Floats) -> Reweighted:
        known = read_auxiliaries(design, weight, margins, totals, size)
        base = weight if v is None else weight / v
        made = _solve(known, weight, distance, bounds, v, tolerance, max_iterations, force=force)
        return replace(made, step=regress(known.matrix, base, made.weight))

    return reweight(design, reweigh, force=force)


def rake(
    design: AnyDesign,
    margins: Mapping[Variable, Counts],
    *,
    variance: RakingVariance = "r",
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
    force: bool = False,
) -> AnyDesign:
    """Scale the weights to several margins at once (iterative proportional fitting, found here by Newton steps).

    Parameters
    ----------
    design, margins, tolerance, max_iterations, force : as there
        See `calibrate`.
    variance : "r" | "greg"
        Residuals as in R: ten sweeps of unweighted margin means; or those of the weighted regression on the margins.

    Returns
    -------
    Design or ReplicateDesign

    Raises
    ------
    DesignError
        As for `calibrate`.

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Stat. 11(4); Deville, Särndal and Sautory (1993), JASA 88(423);
    R `survey::rake`.
    """
    _check_request(design, NO_BOUNDS, tolerance, max_iterations)
    check_choice(variance, ("r", "greg"), "variance", "there is no variance {} after raking")

    def reweigh(weight: Floats) -> Reweighted:
        known = read_auxiliaries(design, weight, margins, {}, None)
        made = _solve(known, weight, "raking", NO_BOUNDS, None, tolerance, max_iterations, force=force)
        if variance == "greg":
            return replace(made, step=regress(known.matrix, weight, made.weight))
        return replace(made, step=RakingMeans(weight=made.weight, codes=known.codes))

    return reweight(design, reweigh, force=force)


def _check_request(design: AnyDesign, bounds: tuple[float, float], tolerance: float, max_iterations: int) -> None:
    require_design(design)
    if not isinstance(bounds, tuple | list) or len(bounds) != 2:
        raise UsageError(f"the bounds are {bounds!r}", "give two numbers, for example (0.5, 2)", "bounds")
    for name, value in (
        *(("bounds", one) for one in bounds),
        ("tolerance", tolerance),
        ("max_iterations", max_iterations),
    ):
        check_number(value, name)
    if tolerance <= 0 or max_iterations < 1:
        raise UsageError("nothing can converge so", "give numbers above 0", "tolerance, max_iterations")


def _solve(
    known: Auxiliaries,
    weight: Floats,
    distance: Distance,
    bounds: tuple[float, float],
    v: Floats | None,
    tolerance: float,
    max_iterations: int,
    *,
    force: bool,
) -> Reweighted:
    low, high = bounds
    curve = curve_of(distance, low, high)
    if not force:
        check_reach(known, weight * max(low, -1e200), weight * min(high, 1e200))
    solution = solve_calibration(
        known.matrix,
        weight,
        known.targets,
        curve,
        variance=v,
        tolerance=tolerance,
        max_iterations=max_iterations,
    )
    new = weight * solution.ratio
    return Reweighted(
        weight=new,
        constraints=known.constraints(weight, new),
        converged=bool(solution.misfit.max() <= tolerance),
        iterations=solution.iterations,
    )


def _read_variance(design: AnyDesign, column: str, distance: Distance, bounds: tuple[float, float]) -> Floats:
    if distance != "linear" or bounds != NO_BOUNDS:
        raise UsageError("a working variance goes with the linear distance without bounds", "leave it out", "variance")
    require_column(design.data, column)
    v = read_known_numbers(design, column, design.weight != 0)
    if (at := first_in_file((v <= 0) & (design.weight != 0), design.row)) is not None:
        raise DesignError(
            f"the working variance is {v[at]:.6g}", "give numbers above 0", f"column {column!r}, row {design.row[at]}"
        )
    return np.where(v > 0, v, 1.0)


def post_stratify(design: AnyDesign, variable: Variable, counts: Counts, *, partial: bool = False) -> AnyDesign:
    """Scale the weights of each category to its known number of persons.

    Parameters
    ----------
    design : Design or ReplicateDesign
    variable : str or tuple of str
        A column, or several crossed with each other.
    counts : mapping of category to number
        For a crossed variable the keys are tuples, one category of each column.
    partial : bool
        Leave out categories that nobody in the sample has.

    Returns
    -------
    Design or ReplicateDesign
        Its variance is that of the residuals from cell means; replicates are post-stratified one by one.

    Raises
    ------
    DesignError
        A category has no total or no respondent, a total is no number above 0, a row has no category.

    References
    ----------
    Holt and Smith (1979), JRSS A 142(1); R `survey::postStratify`.
    """
    require_design(design)
    check_truth(partial, "partial")

    def reweigh(weight: Floats) -> Reweighted:
        margin = read_margin(design.data, design.row, weight, variable, counts, partial=partial)
        before = margin.sums(weight)
        new = weight * margin.spread(margin.totals / before)
        names = [(margin.name, label) for label in margin.labels]
        return Reweighted(
            weight=new,
            constraints=constraints_of(names, margin.totals, before, margin.sums(new)),
            step=CellMeans(weight=new, codes=margin.codes, base_weight=weight),
        )

    return reweight(design, reweigh)
