"""Known totals as columns of numbers with their targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats
from shteg.errors import DesignError, UsageError
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.models.model_matrix import read_known_numbers
from shteg.survey.requests import check_number, mapping_of
from shteg.survey.weights.margins import CONSISTENT, Counts, Variable, check_consistent, read_margin
from shteg.survey.weights.residuals import Constraint

SIZE = "(size)"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Auxiliaries:
    """Columns (n, p) with their targets (p,) and names (margin, category); codes of the margins."""

    matrix: Floats
    targets: Floats
    names: tuple[tuple[str, str], ...]
    codes: tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]

    def constraints(self, before: Floats, after: Floats) -> tuple[Constraint, ...]:
        """How well weights meet the targets."""
        sums = zip(self.names, self.targets, self.matrix.T @ before, self.matrix.T @ after, strict=True)
        return tuple(
            Constraint(margin=margin, category=category, target=float(t), before=float(b), after=float(a))
            for (margin, category), t, b, a in sums
        )


def read_auxiliaries(
    design: AnyDesign,
    weight: Floats,
    margins: Mapping[Variable, Counts] | None,
    totals: Mapping[str, float] | None,
    size: float | None,
) -> Auxiliaries:
    """Put margins, totals of numbers and the size into one matrix with its targets.

    Parameters
    ----------
    design : Design or ReplicateDesign
    weight : (n,) float
        Before the calibration.
    margins : mapping of variable to {category: number}, optional
    totals : mapping of column to number, optional
    size : float, optional
        Of the population.

    Returns
    -------
    Auxiliaries

    Raises
    ------
    DesignError
        See `read_margin`; the margins do not add to one size; a total is not finite.
    UsageError
        Nothing to calibrate to, or an argument has another form.
    """
    margins = mapping_of(margins, "margins", '{"sex": {"women": 210_000}}')
    totals = mapping_of(totals, "totals", '{"income": 5e9}')
    read = [read_margin(design.data, design.row, weight, variable, counts) for variable, counts in margins.items()]
    if read:
        read = list(check_consistent(read))
    if size is not None:
        check_number(size, "size", "give the number of persons in the population")
    if size is not None and read and abs(size - read[0].totals.sum()) > CONSISTENT * abs(size):
        raise DesignError(
            f"the margin adds to {read[0].totals.sum():.10g}, the size is {size:.10g}",
            "scale both to the same population",
            f"margin {read[0].name!r}",
        )
    columns: list[Floats] = []
    targets: list[float] = []
    names: list[tuple[str, str]] = []
    for margin in read:
        for k, label in enumerate(margin.labels):
            columns.append((margin.codes == k).astype(np.float64))
            targets.append(float(margin.totals[k]))
            names.append((margin.name, label))
    if size is not None and not read:
        columns.append(np.ones(len(weight)))
        targets.append(_finite(size, SIZE))
        names.append((SIZE, ""))
    for column, total in totals.items():
        columns.append(read_known_numbers(design, column, weight != 0))
        targets.append(_finite(total, column))
        names.append((column, ""))
    if not columns:
        raise UsageError("no total to calibrate to", "give margins, totals or a size", "margins")
    return Auxiliaries(
        matrix=np.stack(columns, axis=1),
        targets=np.array(targets),
        names=tuple(names),
        codes=tuple(margin.codes for margin in read),
    )


def _finite(total: float, name: str) -> float:
    if isinstance(total, bool) or not isinstance(total, int | float | np.number) or not np.isfinite(total):
        raise DesignError(f"the total is {total!r}", "give a finite number", f"total of {name!r}")
    return float(total)


def check_reach(known: Auxiliaries, lowest: Floats, highest: Floats) -> None:
    """Refuse a category whose target no weights between `lowest` and `highest` (n,) can give.

    Parameters
    ----------
    known : Auxiliaries
    lowest, highest : (n,) float
        Between which a weight may lie.

    Raises
    ------
    DesignError
        Names margin and category.
    """
    for j, (margin, category) in enumerate(known.names):
        if not category:
            continue
        column, target = known.matrix[:, j] > 0, known.targets[j]
        least, most = float(lowest[column].sum()), float(highest[column].sum())
        if not least * (1 - 1e-12) - 1e-12 <= target <= most * (1 + 1e-12):
            raise DesignError(
                f"within the bounds the weights give {least:.10g} to {most:.10g}, never {target:.10g}",
                "widen the bounds, or merge the category with a neighbour",
                f"margin {margin!r}, category {category!r}",
            )
