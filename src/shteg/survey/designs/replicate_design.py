"""A sample with replicate weights: every estimate is made again with each column of weights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError
from shteg.hints import counted
from shteg.survey.designs.part import Where, more_columns, rows_of
from shteg.survey.requests import Freedom, check_freedom

ReplicateType = Literal["JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "subbootstrap", "SDR", "other"]

REPLICATE_TYPES: tuple[ReplicateType, ...] = get_args(ReplicateType)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReplicateDesign:
    """A sample in memory with replicate weights; rows as they came.

    Parameters
    ----------
    data : polars.DataFrame
    row : (n,) int
        Number of each row in the file as it came, from 1.
    weight : (n,) float, >= 0
        Weights of the estimate itself.
    rep_weights : (n, R) float
        Replicate weights: whole weights if `combined_weights`, else factors on `weight`.
    scale : float
    rscales : (R,) float
        V = scale Σ_r rscales_r (θ_r − centre)².
    mse : bool
        Centre at the estimate itself; False: at the mean of the replicates (those with rscales above 0).
    combined_weights : bool
    type : ReplicateType
    freedom : {"domain", "design", "r"}
        Degrees of freedom of intervals and p values; see docs/python.md.
    """

    data: pl.DataFrame
    row: Ints
    weight: Floats
    rep_weights: Floats
    scale: float
    rscales: Floats
    mse: bool = False
    combined_weights: bool = True
    type: ReplicateType = "other"
    freedom: Freedom = "domain"
    _df: dict[bytes, int] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        rows, replicates = self.rep_weights.shape
        if not rows == len(self.weight) == len(self.row) == self.data.height:
            raise DesignError(
                f"the replicate weights have {counted(rows, 'row')}, the data {counted(self.data.height, 'row')}",
                "give one row of replicate weights for each row of the data",
                "rep_weights",
            )
        if len(self.rscales) != replicates:
            raise DesignError(
                f"`rscales` has length {len(self.rscales)}, and the number of replicates is {replicates}",
                "give one for each",
                "rscales",
            )
        if not (np.isfinite(self.rep_weights).all() and np.isfinite(self.weight).all()):
            raise DesignError("a replicate weight is not a finite number", "mend the weights", "rep_weights")
        if (self.weight < 0).any() or not self.weight.any():
            raise DesignError("weights are negative, or all 0", "give weights of 0 or more", "weight")

    @property
    def analysis_weights(self) -> Floats:
        """Whole replicate weights, (n, R)."""
        return self.rep_weights if self.combined_weights else self.rep_weights * self.weight[:, None]

    @property
    def df(self) -> int:
        """Degrees of freedom: the rank of the replicate weights minus 1 (R `degf`)."""
        return self.df_of(np.ones(len(self.weight), bool))

    def df_of(self, rows: Bools) -> int:
        """Degrees of freedom of the part `rows` (n,) of the sample, found once for each part."""
        if not rows.any():
            return -1
        key = np.packbits(rows).tobytes()
        if key not in self._df:
            self._df[key] = _rank(self._distinct_rows(rows)) - 1
        return self._df[key]

    def _distinct_rows(self, rows: Bools) -> Floats:
        """Weights of the rows, those with the same factors as one that is as long as all of them: of the same rank."""
        if self.combined_weights:
            return self.rep_weights[rows]
        factors = np.ascontiguousarray(self.rep_weights[rows])
        places: dict[bytes, int] = {}
        group = np.array([places.setdefault(row.tobytes(), len(places)) for row in factors], np.int64)
        first = np.unique(group, return_index=True)[1]
        return factors[first] * np.sqrt(np.bincount(group, self.weight[rows] ** 2))[:, None]

    @property
    def n_effective(self) -> float:
        """Kish's effective size of the whole sample, (Σw)²/Σw²."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())

    def where(self, part: Where) -> ReplicateDesign:
        """Give the design of a part of the sample; see `Design.where`.

        Parameters
        ----------
        part : expression, name of a column, or (n,) truth values in the order of the file

        Returns
        -------
        ReplicateDesign
            Of the rows in the part alone: its replicates know the whole sample (R: `subset.svyrep.design`).

        Raises
        ------
        UsageError, DesignError
            As for `Design.where`.
        """
        rows = rows_of(self.data, self.row, part)
        if not self.weight[rows].any():
            raise DesignError("nobody in the domain has a weight above 0", "choose another value", "where")
        return replace(
            self,
            data=self.data.filter(pl.Series(rows)),
            row=self.row[rows],
            weight=self.weight[rows],
            rep_weights=self.rep_weights[rows],
        )

    def with_freedom(self, rule: Freedom) -> ReplicateDesign:
        """Give the same design with another rule for degrees of freedom; see `Design.with_freedom`."""
        check_freedom(rule)
        other = replace(self, freedom=rule)
        other._df.update(self._df)
        return other

    def with_columns(self, *columns: Any, **named: Any) -> ReplicateDesign:
        """Give the same design with further columns; see `Design.with_columns`.

        Raises
        ------
        DesignError
            An expression fits nothing in the data.
        """
        return self.with_data(more_columns(self.data, columns, named))

    def with_data(self, data: pl.DataFrame) -> ReplicateDesign:
        """The same design with other columns; what is known of its weights is kept."""
        other = replace(self, data=data)
        other._df.update(self._df)
        return other


def _rank(matrix: Floats, tolerance: float = 1e-5) -> int:
    """Columns that keep more than `tolerance` of their length beside those before them (LINPACK's rule, as in R)."""
    triangle: Floats = np.asarray(np.linalg.qr(matrix, mode="r"), float)
    length = np.linalg.norm(triangle, axis=0)
    basis, rank = np.zeros((triangle.shape[1], triangle.shape[0])), 0
    for j in range(triangle.shape[1]):
        known = basis[:rank]
        rest = triangle[:, j] - known.T @ (known @ triangle[:, j])
        rest -= known.T @ (known @ rest)
        size = float(np.linalg.norm(rest))
        if length[j] > 0 and size >= tolerance * length[j]:
            basis[rank] = rest / size
            rank += 1
    return rank
