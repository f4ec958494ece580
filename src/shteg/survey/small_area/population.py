"""Population counts by cell, and post-stratification of draws to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from shteg.arrays import Floats, Ints
from shteg.errors import DesignError
from shteg.survey.code_texts import require_column, sort_codes
from shteg.survey.small_area.sample import SampleCells, effect_matrix, read_texts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """Cells of the population: `count` (cells,) persons; `place` (cells, variables) in `levels`, which begin with
    those of the sample; `side` (cells, covariates) 0 or 1."""

    count: Floats
    levels: tuple[tuple[str, ...], ...]
    place: Ints
    side: Ints

    def total(self, variable: int) -> Floats:
        """Persons (groups,) in each group of a variable."""
        return np.asarray(np.bincount(self.place[:, variable], self.count, len(self.levels[variable])), float)


def read_population(
    cells: pl.DataFrame, count: str, groups: Sequence[str], covariates: Sequence[str], sample: SampleCells
) -> Population:
    """Check the population cells against the sample and number their groups.

    Parameters
    ----------
    cells : polars.DataFrame
    count : str
        Its column with the persons.
    groups, covariates : sequence of str
    sample : SampleCells

    Returns
    -------
    Population

    Raises
    ------
    DesignError
        A column is not there; a count is no number, negative, or all are 0; a group or level is missing in a cell;
        a group of the sample is in no cell; a covariate has a level that the sample has not.
    """
    for column in (*groups, *covariates, count):
        require_column(cells, column)
    counts = _read_counts(cells, count)
    texts = {column: read_texts(cells, column) for column in (*groups, *covariates)}
    for column, text in texts.items():
        if (text == "").any():
            _refuse("the cell has no value", "give one, or drop the row", column, int(np.argmax(text == "")))
    levels, places = [], []
    for column, known in zip(groups, sample.levels, strict=True):
        found = sort_codes({str(one) for one in texts[column]})
        absent = [name for name in known if name not in found]
        if absent:
            raise DesignError(
                f"no population cell has the group {absent[0]!r}, which is in the sample ({len(absent)} such group(s))",
                "add its cells, with a count of 0 if nobody lives there, or give both the same names",
                f"cells, column {column!r}",
            )
        levels.append((*known, *(name for name in found if name not in known)))
        places.append(_number(texts[column], levels[-1]))
    sides = []
    for column, pair in zip(covariates, sample.sides, strict=True):
        strange = ~np.isin(texts[column], pair)
        if strange.any():
            at = int(np.argmax(strange))
            _refuse(f"{texts[column][at]!r} is not in the sample", "the levels are " + ", ".join(pair), column, at)
        sides.append(_number(texts[column], pair))
    empty = np.zeros((len(counts), 0), np.int64)
    return Population(
        count=counts,
        levels=tuple(levels),
        place=np.stack(places, axis=1),
        side=np.stack(sides, axis=1) if sides else empty,
    )


def _number(texts: NDArray[np.str_], levels: Sequence[str]) -> Ints:
    place = {name: i for i, name in enumerate(levels)}
    return np.array([place[str(one)] for one in texts], np.int64)


def _read_counts(cells: pl.DataFrame, column: str) -> Floats:
    counts = cells[column].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)
    for wrong, what in ((~np.isfinite(counts), "is no finite number"), (counts < 0, "is negative")):
        if wrong.any():
            at = int(np.argmax(wrong))
            _refuse(f"the count {cells[column][at]!r} {what}", "give a number of persons, 0 or more", column, at)
    if not counts.any():
        raise DesignError(
            "the population cells hold nobody", "give the numbers of persons", f"cells, column {column!r}"
        )
    return counts


def _refuse(problem: str, hint: str, column: str, at: int) -> None:
    raise DesignError(problem, hint, f"cells, column {column!r}, row {at + 1}")


def post_stratify_draws(
    population: Population,
    variable: int,
    effects: Floats,
    sds: Floats,
    known: Sequence[int],
    generator: np.random.Generator,
) -> Floats:
    """Share of each group of a variable, Σ N p/Σ N over its cells, for each draw.

    Parameters
    ----------
    population : Population
    variable : int
        Place of the variable whose groups are the domains.
    effects : (draws, k) float
        Intercept, covariates, groups of the sample.
    sds : (draws, variables) float
        Of the groups; groups that are not in the sample get an effect N(0, sd²).
    known : sequence of int
        Groups of each variable in the sample.
    generator : numpy.random.Generator

    Returns
    -------
    (draws, groups) float
        NaN where a group has no population.
    """
    sizes = [len(levels) for levels in population.levels]
    first = 1 + population.side.shape[1]
    columns = [effects[:, :first]]
    for v, (size, old) in enumerate(zip(sizes, known, strict=True)):
        columns += [
            effects[:, first : first + old],
            sds[:, v, None] * generator.standard_normal((len(sds), size - old)),
        ]
        first += old
    complete = np.concatenate(columns, axis=1)
    matrix = effect_matrix(population.place, population.side, sizes)
    total = population.total(variable)
    result = np.full((len(effects), sizes[variable]), np.nan)
    for group in np.flatnonzero(total > 0):
        rows = (population.place[:, variable] == group) & (population.count > 0)
        result[:, group] = special.expit(complete @ matrix[rows].T) @ population.count[rows] / total[group]
    return result
