"""The respondents of a design as binomial cells with effective counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError
from shteg.hints import counted
from shteg.survey.code_texts import (
    Code,
    code_list,
    column_texts,
    find_code,
    level_order,
    require_column,
    without_codes,
)
from shteg.survey.designs.design import Design
from shteg.survey.inference.linear import covariance
from shteg.survey.one_pass.answers import read_codes
from shteg.survey.small_area.posterior import Binomials

FAVOURABLE = "favourable answer"
"""Column that `mark_favourable` adds: "1", "0" or blank."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleCells:
    """Respondents by grouping variables and covariates.

    `place` (cells, variables) is the group of a cell in `levels` of the variable, `side` (cells, covariates) the level
    of a covariate, 0 or 1; `trials` and `successes` (cells,) are effective counts. `effective` holds, per variable, the
    effective count of each group. `left_out` answered but lack a group or covariate.
    """

    levels: tuple[tuple[str, ...], ...]
    sides: tuple[tuple[str, ...], ...]
    place: Ints
    side: Ints
    trials: Floats
    successes: Floats
    clustering_effect: float
    left_out: int

    def effective(self, variable: int) -> Floats:
        """Effective counts (groups,) of a grouping variable."""
        return np.asarray(np.bincount(self.place[:, variable], self.trials, len(self.levels[variable])), float)

    def binomials(self) -> Binomials:
        """Lay out intercept, covariates (−½, +½) and groups as columns."""
        return Binomials(
            successes=self.successes,
            trials=self.trials,
            matrix=effect_matrix(self.place, self.side, [len(one) for one in self.levels]),
            block=np.repeat(np.arange(2 + len(self.levels)), [1, len(self.sides), *(len(one) for one in self.levels)]),
            variables=len(self.levels),
        )


def effect_matrix(place: Ints, side: Ints, sizes: Sequence[int]) -> Floats:
    """Columns of cells: ones, covariates as −½ and +½, an indicator of each group (none where `place` is −1).

    Parameters
    ----------
    place : (cells, variables) int
    side : (cells, covariates) int
    sizes : sequence of int
        Groups of each variable.

    Returns
    -------
    (cells, effects) float
    """
    groups = [(place[:, v, None] == np.arange(size)).astype(float) for v, size in enumerate(sizes)]
    return np.concatenate([np.ones((len(place), 1)), side - 0.5, *groups], axis=1)


def without_missing(design: Design, columns: Sequence[str], missing: Mapping[str, Sequence[str]]) -> Design:
    """The same design with the codes that are no answer made null in these columns.

    Parameters
    ----------
    design : Design
    columns : sequence of str
    missing : mapping of column to codes

    Returns
    -------
    Design
    """
    blanked = []
    for column in columns:
        require_column(design.data, column)
        if missing.get(column):
            blanked.append(without_codes(column_texts(design.data[column]), missing[column]).alias(column))
    return replace(design, data=design.data.with_columns(blanked)) if blanked else design


def mark_favourable(design: Design, item: str, favourable: Sequence[Code], missing: Sequence[str]) -> Design:
    """Add the column `FAVOURABLE` to the data of a design.

    Parameters
    ----------
    design : Design
    item : str
    favourable : sequence of codes
    missing : sequence of str
        Codes that are no answer.

    Returns
    -------
    Design

    Raises
    ------
    DesignError
        The item is not there, nobody gave a favourable answer, or everybody did.
    """
    codes, labels = read_codes(design, item, None, missing)
    asked = code_list(favourable, "favourable")
    unknown = [code for code in asked if find_code(code, labels) is None]
    if unknown:
        raise DesignError(
            f"nobody gave the answer {unknown[0]!r}", "the answers are " + ", ".join(labels), f"column {item!r}"
        )
    wanted = {find_code(code, labels) for code in asked}
    table = np.array([*("1" if label in wanted else "0" for label in labels), ""])
    column = table[codes]
    alive = column[design.weight > 0]
    for value, what in (("1", "nobody gave a favourable answer"), ("0", "every answer is favourable")):
        if not (alive == value).any():
            raise DesignError(what, "a model needs both kinds of answers; use estimate_proportions", f"column {item!r}")
    return replace(design, data=design.data.with_columns(pl.Series(FAVOURABLE, column.tolist(), dtype=pl.String)))


def gather_cells(
    design: Design, groups: Sequence[str], covariates: Sequence[str], clustering_effect: float | None
) -> SampleCells:
    """Sum the respondents of a marked design by grouping variables and covariates.

    Parameters
    ----------
    design : Design
        Marked.
    groups, covariates : sequence of str
    clustering_effect : float, >= 1, optional

    Returns
    -------
    SampleCells

    Raises
    ------
    DesignError
        A column is not there, or a covariate has not exactly two levels.

    Notes
    -----
    A cell with weights w and answers y counts as n = (Σw)²/Σw² ÷ d answers of which n·Σwy/Σw are favourable; d is
    what clustering adds *within* cells, `clustering_effect`, or estimated by `_estimate_clustering`.
    """
    columns = (*groups, *covariates)
    texts = [read_texts(design.data, column) for column in columns]
    marked = design.data[FAVOURABLE].to_numpy()
    answered = (marked != "") & (design.weight > 0)
    known = np.logical_and.reduce([answered, *(text != "" for text in texts)])
    if not known.any():
        raise DesignError("no respondent has an answer and all groups", "look at the columns", ", ".join(columns))
    coded = [_number(design.data[column], text[known]) for column, text in zip(columns, texts, strict=True)]
    levels = [names for names, _ in coded]
    for column, names in zip(covariates, levels[len(groups) :], strict=True):
        if len(names) != 2:
            raise DesignError(
                f"the covariate has {counted(len(names), 'level')} in the sample: {', '.join(names[:6])}",
                "a covariate has two levels; name a variable with more among the groups",
                f"column {column!r}",
            )
    keys, cell = np.unique(np.stack([code for _, code in coded], axis=1), axis=0, return_inverse=True)
    cell = cell.ravel()
    weight, success = design.weight[known], (marked[known] == "1").astype(float)
    total, squares = (np.asarray(np.bincount(cell, one), float) for one in (weight, weight**2))
    share = np.asarray(np.bincount(cell, weight * success) / total, float)
    if clustering_effect is None:
        clustering_effect = _estimate_clustering(design, known, success - share[cell], share, squares)
    trials = total**2 / squares / clustering_effect
    return SampleCells(
        levels=tuple(levels[: len(groups)]),
        sides=tuple(levels[len(groups) :]),
        place=keys[:, : len(groups)],
        side=keys[:, len(groups) :],
        trials=trials,
        successes=trials * share,
        clustering_effect=clustering_effect,
        left_out=int((answered & ~known).sum()),
    )


def _number(column: pl.Series, texts: NDArray[np.str_]) -> tuple[tuple[str, ...], Ints]:
    """Levels in the order of the column, and the place (n,) of each text among them."""
    found, places = np.unique(texts, return_inverse=True)
    names = level_order(column, [str(one) for one in found])
    at = {name: i for i, name in enumerate(names)}
    return tuple(names), np.array([at[str(one)] for one in found], np.int64)[places.ravel()]


def read_texts(data: pl.DataFrame, column: str) -> NDArray[np.str_]:
    """Values of a column as codes, "" where missing."""
    require_column(data, column)
    return column_texts(data[column]).fill_null("").to_numpy().astype(np.str_)


def _estimate_clustering(design: Design, known: Bools, residual: Floats, share: Floats, squares: Floats) -> float:
    """Variance of the mean residual from the cells' shares under the design, over that of independent answers.

    `residual` has a number for each known row, `share` and `squares` (Σw²) one for each cell. At least 1; 1 where each
    respondent is a PSU or the design tells no variance.
    """
    alive = np.add.reduceat(known.astype(np.int64), design.psu_start[:-1])
    independent = float((share * (1 - share) * squares).sum())
    if alive.max() <= 1 or independent <= 0:
        return 1.0
    scores = np.zeros((len(known), 1))
    scores[known, 0] = residual
    variance = float(covariance(design, scores, known)[0, 0])
    return max(1.0, variance / independent) if np.isfinite(variance) else 1.0
