"""Whether the figures of a forecast agree with each other: nested steps, years, and what is left to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from shteg.errors import ModelError
from shteg.pathways.forecast.tables import Forecast
from shteg.pathways.model.model import Model

ROUNDING = 1e-9
"""Sums of shares that differ by less differ by rounding."""
HINT = "this is a fault of the program: say which case and which version, and do not publish the figures"

Cells = Mapping[tuple[str, int], float]
"""Probability that a step (id) is reached by the end of a year."""


def check_agreement(
    cells: Cells, prerequisites: Mapping[str, Sequence[str]], misses: Mapping[str, float], where: str
) -> None:
    """Check that probabilities of one forecast agree.

    Parameters
    ----------
    cells : mapping of (step, year) to float
        All steps have the same years.
    prerequisites : mapping of step to steps
        What each step rests on; steps that are not in `cells` are passed over.
    misses : mapping of step to float
        Probability, found on its own, that the step is not reached by the last year.
    where : str
        What the figures are of.

    Raises
    ------
    ModelError
        A probability lies outside 0 to 1, falls from one year to the next, is higher than that of what the step rests
        on, or does not add up to one with its complement: all that was found.
    """
    years = sorted({year for _, year in cells})
    steps = list(dict.fromkeys(step for step, _ in cells))
    found = [*_of_years(cells, steps, years), *_of_nested(cells, steps, years, prerequisites)]
    for step in steps:
        if step in misses and abs(cells[step, years[-1]] + misses[step] - 1.0) > ROUNDING:
            found.append(f"{step} by {years[-1]} is {cells[step, years[-1]]} and its complement {misses[step]}")
    if found:
        raise ModelError(f"figures do not agree: {'; '.join(found)}", HINT, where)


def _of_years(cells: Cells, steps: Sequence[str], years: Sequence[int]) -> Iterable[str]:
    for step in steps:
        for year in years:
            if not -ROUNDING <= cells[step, year] <= 1.0 + ROUNDING:
                yield f"{step} by {year} is {cells[step, year]}"
        for one, later in pairwise(years):
            if cells[step, later] < cells[step, one] - ROUNDING:
                yield f"{step} falls from {cells[step, one]} by {one} to {cells[step, later]} by {later}"


def _of_nested(
    cells: Cells, steps: Sequence[str], years: Sequence[int], prerequisites: Mapping[str, Sequence[str]]
) -> Iterable[str]:
    for step in steps:
        for before in prerequisites.get(step, ()):
            for year in years if (before, years[0]) in cells else ():
                if cells[step, year] > cells[before, year] + ROUNDING:
                    first = cells[before, year]
                    yield f"{step} by {year} is {cells[step, year]}, and {before}, which it needs, {first}"


def nested_steps(model: Model) -> dict[str, tuple[str, ...]]:
    """Give what each step rests on; a step that the aspirant has is a fact, whatever it passed over."""
    return {
        step.id: tuple(other.id for i, other in enumerate(model.steps) if model.structure.prerequisite[k, i])
        for k, step in enumerate(model.steps)
        if not model.structure.reached[k]
    }


def check_forecast(model: Model, found: Forecast) -> None:
    """Check the figures of a forecast: each step and year, and how many futures stop before it.

    Parameters
    ----------
    model : Model
    found : Forecast
        Its rows.

    Raises
    ------
    ModelError
        As `check_agreement`; a mean lies outside its interval.
    """
    cells = {(row.step, row.year): row.probability for row in found.incidence}
    misses = {step.id: 0.0 for step in model.steps}
    for row in found.stops:
        misses[row.step] += row.share_of_worlds
    check_agreement(cells, nested_steps(model), misses, "pathways.incidence")
    outside = [
        f"{row.step} by {row.year}: {row.probability} is not from {row.low} to {row.high}"
        for row in found.incidence
        if not row.low - ROUNDING <= row.probability <= row.high + ROUNDING
    ]
    if outside:
        raise ModelError(f"means lie outside their intervals: {'; '.join(outside)}", HINT, "pathways.incidence")


def check_same(cells: Cells, again: Cells, where: str) -> None:
    """Check that figures of the same futures, found in two ways, are the same.

    Parameters
    ----------
    cells : mapping of (step, year) to float
        The figures of the forecast.
    again : mapping of (step, year) to float
        Some of them, found another way.
    where : str
        Where those are.

    Raises
    ------
    ModelError
        They differ by more than rounding.
    """
    found = [
        f"{step} by {year} is {cells[step, year]} in the forecast and {one} here"
        for (step, year), one in again.items()
        if abs(cells[step, year] - one) > ROUNDING
    ]
    if found:
        raise ModelError(f"one quantity has two numbers: {'; '.join(found)}", HINT, where)
