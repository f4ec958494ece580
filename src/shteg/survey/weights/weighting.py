"""New weights for a design, with what its variance must remember: residuals, or every replicate weighted anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from shteg.arrays import Floats
from shteg.errors import DesignError
from shteg.hints import counted
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.requests import first_in_file
from shteg.survey.rounding import is_nothing
from shteg.survey.weights.residuals import Calibration, Constraint, Step, worst

TOLERANCE = 1e-10
"""Largest misfit of a total, relative to 1 + the total; sums of weights in doubles are good to about 1e-14."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reweighted:
    """New weights (n,), how well they meet the totals, and how residuals are to be taken (None: not at all)."""

    weight: Floats
    constraints: tuple[Constraint, ...] = ()
    step: Step | None = None
    converged: bool = True
    iterations: int = 1


Reweigh = Callable[[Floats], Reweighted]
"""From weights (n,) of the sample, or of one replicate, to new ones."""


def reweight(design: AnyDesign, reweigh: Reweigh, *, force: bool = False) -> AnyDesign:
    """Give a design with new weights; replicates are weighted anew one by one.

    Parameters
    ----------
    design : Design or ReplicateDesign
    reweigh : function of weights (n,) giving Reweighted
    force : bool
        Take weights that do not meet the totals.

    Returns
    -------
    Design or ReplicateDesign

    Raises
    ------
    DesignError
        Totals are not met and `force` is False; a new weight is negative or not finite. It names margin, category and
        replicate, or the row.
    """
    made = _checked(design, reweigh, design.weight, "", force=force)
    if isinstance(design, ReplicateDesign):
        columns = design.analysis_weights
        replicates = [
            _checked(design, reweigh, columns[:, r], f"replicate {r + 1}", force=force).weight
            for r in range(columns.shape[1])
        ]
        return replace(design, weight=made.weight, rep_weights=np.stack(replicates, axis=1), combined_weights=True)
    later = Calibration(
        steps=() if made.step is None else (made.step,),
        constraints=made.constraints,
        converged=made.converged,
        iterations=made.iterations,
    )
    earlier = design.calibration
    if isinstance(earlier, Calibration):
        later = earlier.and_then(later)
    elif earlier is not None:
        raise DesignError("the design carries a calibration of another kind", "calibrate with this package", "design")
    return replace(design, weight=made.weight, calibration=later if later.steps else None)


def _checked(design: AnyDesign, reweigh: Reweigh, weight: Floats, where: str, *, force: bool) -> Reweighted:
    try:
        made = reweigh(weight)
    except DesignError as error:
        if not where:
            raise
        raise DesignError(error.problem, error.hint, f"{where}, {error.where}" if error.where else where) from error
    made = replace(made, weight=np.where(is_nothing(made.weight, weight), 0.0, made.weight))
    if not made.converged and not force:
        _refuse_unmet(made.constraints, made.iterations, where)
    wrong = ~np.isfinite(made.weight) | (made.weight < 0)
    if (at := first_in_file(wrong, design.row)) is not None:
        raise DesignError(
            f"the new weight would be {made.weight[at]:.6g} ({counted(int(wrong.sum()), 'such row')})",
            "set a lower bound of 0 or more, or use the distance raking or logit",
            f"{where + ', ' if where else ''}row {int(design.row[at])}",
        )
    return made


def _refuse_unmet(constraints: tuple[Constraint, ...], iterations: int, where: str = "") -> None:
    """Raise the error that names the total which is met least well; `where` is the replicate, if it is one."""
    off = worst(constraints)
    place = f"margin {off.margin!r}, category {off.category!r}" if off.category else f"total of {off.margin!r}"
    raise DesignError(
        f"the weights did not converge in {counted(iterations, 'step')}: "
        f"they give {off.after:.10g} instead of {off.target:.10g}",
        "widen the bounds, merge small categories, check the margins (in Python `force=True` keeps them so)",
        f"{where}, {place}" if where else place,
    )


def margin_fit(design: Design) -> Calibration:
    """Give the record of the last calibration of a design; refuse one that was not calibrated."""
    if not isinstance(design.calibration, Calibration):
        raise DesignError("the design is not calibrated", "use post_stratify, rake or calibrate first", "design")
    return design.calibration
