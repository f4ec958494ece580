"""Non-response: those who answered carry the weight of those who did not, by class or by propensity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats
from shteg.errors import DesignError, UsageError
from shteg.hints import counted
from shteg.survey.inference.linear import AnyDesign, require_design
from shteg.survey.models.glm import FAMILY, fit_glm, independent_columns
from shteg.survey.models.model_matrix import Term, read_known_numbers, read_predictors
from shteg.survey.one_pass.domains import JOINT
from shteg.survey.requests import first_in_file, groupings_of, list_of_names
from shteg.survey.rounding import ROUNDING, groups_of_equals
from shteg.survey.weights.weighting import Reweighted, reweight


def adjust_nonresponse(
    design: AnyDesign,
    responded: str,
    *,
    classes: Sequence[str] = (),
    predictors: Sequence[Term] = (),
    groups: int | None = None,
) -> AnyDesign:
    """Give the weight of those who did not answer to those like them who did.

    Parameters
    ----------
    design : Design or ReplicateDesign
        Everyone who was chosen and is eligible, with design weights.
    responded : str
        Column of truth values, or of 0 and 1.
    classes : sequence of str
        Weighting classes: the crossing of these columns; the factor of a class is Σw of all over Σw of respondents.
    predictors : sequence of str or tuple of str
        Instead: response propensity p̂ from a weighted logistic regression, the factor is 1/p̂.
    groups : int, optional
        With predictors: classes of about equal weight by p̂ (5 is usual), in place of 1/p̂.

    Returns
    -------
    Design or ReplicateDesign
        The same rows; those who did not answer have weight 0. Replicates are adjusted one by one. A design without
        replicates takes the factors as fixed, as R does.

    Raises
    ------
    DesignError
        A class has no respondent (it is named); `responded` is missing or neither true nor false.
    UsageError
        Neither or both of classes and predictors are given.

    References
    ----------
    Little (1986), International Statistical Review 54(2); Valliant, Dever and Kreuter (2018), ch. 13.
    """
    require_design(design)
    classes = list_of_names(classes, "classes")
    predictors = groupings_of(predictors, "predictors")
    if bool(classes) == bool(predictors):
        raise UsageError("give classes or predictors", "one of the two", "classes")
    if groups is not None and (not predictors or not isinstance(groups, int) or groups < 2):
        raise UsageError("groups go with predictors, and are 2 or more", "give for example 5", "groups")
    answered = _read_responded(design, responded)

    def reweigh(weight: Floats) -> Reweighted:
        if classes:
            codes, labels = _read_classes(design, classes, weight)
            return Reweighted(weight=_by_class(weight, answered, codes, labels))
        share = _propensity(design, weight, answered, predictors)
        if groups is None:
            return Reweighted(weight=np.where(answered & (weight > 0), weight / share, 0.0))
        codes = _equal_groups(share, weight, groups)
        return Reweighted(weight=_by_class(weight, answered, codes, [f"propensity {k + 1}" for k in range(groups)]))

    return reweight(design, reweigh)


def _read_responded(design: AnyDesign, column: str) -> Bools:
    numbers = read_known_numbers(design, column, design.weight > 0)
    if (at := first_in_file(~np.isin(numbers, (0.0, 1.0)), design.row)) is not None:
        raise DesignError(
            f"{numbers[at]:.6g} is neither answered (1) nor not (0)",
            "give truth values, or 0 and 1",
            f"column {column!r}, row {int(design.row[at])}",
        )
    return np.asarray(numbers == 1.0, bool)


def _read_classes(design: AnyDesign, classes: Sequence[str], weight: Floats) -> tuple[np.ndarray, list[str]]:
    read = read_predictors(design, list(classes), list(classes))
    values, lost = read.values, ~read.known & (weight > 0)
    if (at := first_in_file(lost, design.row)) is not None:
        column = next(name for name in classes if values[name][at] == "")
        raise DesignError(
            f"the class is missing ({counted(int(lost.sum()), 'such row')})",
            "give everyone who was chosen a class",
            f"column {column!r}, row {int(design.row[at])}",
        )
    joined = pl.DataFrame({name: list(values[name]) for name in classes}).select(
        pl.concat_str(list(classes), separator=JOINT).alias("text")
    )["text"]
    labels, codes = np.unique(joined.to_numpy().astype(str), return_inverse=True)
    return codes, [str(label) for label in labels]


def _by_class(weight: Floats, answered: Bools, codes: np.ndarray, labels: Sequence[str]) -> Floats:
    full = np.bincount(codes, weights=weight, minlength=len(labels))
    held = np.bincount(codes, weights=weight * answered, minlength=len(labels))
    empty = np.flatnonzero((full > 0) & (held <= 0))
    if len(empty):
        raise DesignError("nobody in the class answered", "merge it with a neighbour", f"class {labels[empty[0]]!r}")
    factor = np.where(held > 0, full / np.where(held > 0, held, 1.0), 0.0)
    return np.where(answered, weight * factor[codes], 0.0)


def _propensity(design: AnyDesign, weight: Floats, answered: Bools, predictors: Sequence[Term]) -> Floats:
    """Fitted probabilities (n,) of an answer; 1 where the weight is 0."""
    read = read_predictors(design, predictors, ())
    lost = ~read.known & (weight > 0)
    if (at := first_in_file(lost, design.row)) is not None:
        raise DesignError(
            f"a predictor of response is missing ({counted(int(lost.sum()), 'such row')})",
            "predictors must be known of everyone who was chosen",
            f"row {int(design.row[at])}",
        )
    used = weight > 0
    share = np.ones(len(weight))
    if answered[used].all():
        return share
    matrix, _, _ = read.code(used, {}).build(read.values, len(weight))
    kept = independent_columns(matrix[used], weight[used])
    share[used] = fit_glm(matrix[used][:, kept], answered[used].astype(float), weight[used], FAMILY["binomial"]).mean
    return share


def _equal_groups(share: Floats, weight: Floats, groups: int) -> np.ndarray:
    """Number (n,) of the group by propensity, of about equal weight; equal propensities stay together."""
    equal = groups_of_equals(share)  # what is equal up to rounding is equal, and keeps the order of the file
    order = np.argsort(equal, kind="stable")
    below = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum() * groups
    place = np.clip(np.floor(below + groups * ROUNDING).astype(np.int64), 0, groups - 1)
    first = np.unique(equal[order], return_index=True)[1]
    return np.asarray(place[first][equal], np.int64)
