"""Post-stratification: weights within each cell are scaled to its known size."""

from __future__ import annotations

import numpy as np

from shteg.survey.inference.linear import AnyDesign, require_design
from shteg.survey.one_pass.kernel import Floats
from shteg.survey.requests import check_truth
from shteg.survey.weights.margins import Counts, Margin, Variable, read_margin
from shteg.survey.weights.residuals import CellMeans, Constraint
from shteg.survey.weights.weighting import Reweighted, reweight


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
        new = weight * np.append(margin.totals / before, 0.0)[margin.codes]
        return Reweighted(
            weight=new,
            constraints=constraints_of(margin, before, margin.sums(new)),
            step=CellMeans(weight=new, codes=margin.codes, base_weight=weight),
        )

    return reweight(design, reweigh)


def constraints_of(margin: Margin, before: Floats, after: Floats) -> tuple[Constraint, ...]:
    """One constraint for each category of a margin."""
    return tuple(
        Constraint(margin=margin.name, category=label, target=float(t), before=float(b), after=float(a))
        for label, t, b, a in zip(margin.labels, margin.totals, before, after, strict=True)
    )
