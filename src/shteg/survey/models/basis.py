"""What a fitted model stands on, kept for what is asked of it later: its rows, their influence, how to fit it anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shteg.arrays import Bools, Floats
from shteg.errors import UsageError
from shteg.hints import counted
from shteg.survey.code_texts import require_code
from shteg.survey.designs.words import in_words
from shteg.survey.inference.linear import AnyDesign, degrees_of_freedom
from shteg.survey.models.answer_shares import Expected
from shteg.survey.models.model_matrix import Coding
from shteg.survey.requests import Freedom, check_df, is_number

Setting = str | float
"""What a predictor is set to: a level, or a number."""


class Columns(Protocol):
    """How predictors become the columns of a model, for the rows that it was fitted to."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The predictors."""
        ...

    def levels(self, variable: str) -> tuple[str, ...]:
        """Levels of a factor, the reference first; none of a number."""
        ...

    def build(self, settings: Mapping[str, Setting]) -> Floats:
        """The matrix (n, p), predictors set as told, the others as they are."""
        ...

    def slope(self, variable: str, settings: Mapping[str, Setting]) -> Floats:
        """Its slope (n, p) along a number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CodedColumns:
    """Columns by name: `values` (n,) of the rows used, `kept` the columns of the coding that the model has."""

    coding: Coding
    values: Mapping[str, NDArray[np.object_] | Floats]
    rows: int
    kept: tuple[int, ...]

    @classmethod
    def of(
        cls, coding: Coding, values: Mapping[str, NDArray[np.object_] | Floats], rows: Bools, kept: tuple[int, ...]
    ) -> CodedColumns:
        """Keep the columns of some rows.

        Parameters
        ----------
        coding : Coding
        values : mapping of column to (n,) texts or numbers
        rows : (n,) bool
        kept : tuple of int
            Columns of the coding.

        Returns
        -------
        CodedColumns
        """
        return cls(
            coding=coding, values={name: one[rows] for name, one in values.items()}, rows=int(rows.sum()), kept=kept
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """See `Columns`."""
        return self.coding.columns

    def levels(self, variable: str) -> tuple[str, ...]:
        """See `Columns`."""
        return tuple(self.coding.levels.get(variable, ()))

    def build(self, settings: Mapping[str, Setting]) -> Floats:
        """See `Columns`."""
        return self._build(settings)[0][:, self.kept]

    def slope(self, variable: str, settings: Mapping[str, Setting]) -> Floats:
        """See `Columns`; a column is a product, in which the number stands once or not at all."""
        matrix, owners = self._build({**settings, variable: 1.0})
        joined = {":".join(term) for term in self.coding.terms if variable in term}
        has = np.array([owner in joined for owner in owners])
        return np.where(has, matrix, 0.0)[:, self.kept]

    def _build(self, settings: Mapping[str, Setting]) -> tuple[Floats, tuple[str, ...]]:
        kinds = {name: object if name in self.coding.levels else float for name in settings}
        fixed = {name: np.full(self.rows, one, dtype=kinds[name]) for name, one in settings.items()}
        matrix, _, owners = self.coding.build({**self.values, **fixed}, self.rows)
        return matrix, owners


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Basis:
    """What a model was fitted to.

    Parameters
    ----------
    design : Design or ReplicateDesign
    rows, part : (n,) bool
        Rows used, of weight 0 or not; rows of the domain.
    columns : Columns
        Of the rows used.
    expected : Expected
    influence : (n, k) float
        Of each row on the coefficients, without the weight.
    estimate : (k,) float
    fit : function of weights (n,) giving (k,)
        The model anew.
    """

    design: AnyDesign
    rows: Bools
    part: Bools
    columns: Columns
    expected: Expected
    influence: Floats
    estimate: Floats
    fit: Callable[[Floats], Floats]

    @property
    def n(self) -> int:
        """Rows used, of weight above 0."""
        return int((self.rows & (self.design.weight > 0)).sum())

    def title(self, what: str) -> str:
        """Say what is estimated, of how many rows and of which sample."""
        return f"{what}, {counted(self.n, 'row')} used: {in_words(self.design)}"

    def df(self, wanted: float | Freedom | None, *, normal: bool) -> float:
        """Degrees of freedom: of the model, or as wanted.

        Parameters
        ----------
        wanted : float, "domain", "design", "r", optional
            Default: the rule of the design.
        normal : bool
            R takes the normal law where nothing is said.

        Returns
        -------
        float
        """
        rule = self.design.freedom if wanted is None else check_df(wanted)
        if isinstance(rule, float):
            return rule
        if rule == "r" and normal:
            return float("inf")
        if rule == "design":
            return self.design_df
        return float(degrees_of_freedom(self.design, self.rows) + 1 - len(self.estimate))

    @property
    def design_df(self) -> float:
        """Degrees of freedom of the whole sample, or of the domain that the model is of."""
        return float(degrees_of_freedom(self.design, self.part))

    def setting(self, variable: str, value: Any) -> Setting:
        """Check what a predictor is set to.

        Raises
        ------
        UsageError
            There is no such predictor, the value is no number.
        DesignError
            It is none of its levels.
        """
        if variable not in self.columns.variables:
            hint = "its predictors are " + ", ".join(self.columns.variables)
            raise UsageError(f"the model has no predictor {variable!r}", hint, "variables")
        if levels := self.columns.levels(variable):
            return require_code(value, levels, f"column {variable!r}")
        if not is_number(value) or not np.isfinite(value):
            raise UsageError(f"{variable!r} is a number and cannot be {value!r}", "give a number", "at")
        return float(value)


@dataclass(slots=True)
class Remembered:
    """A fit that is made once for each set of weights: margins ask for the fits of the same replicates again."""

    fit: Callable[[Floats], Floats]
    known: dict[bytes, Floats] = field(default_factory=dict)

    def __call__(self, weight: Floats) -> Floats:
        """Fit the model, or remember it."""
        key = blake2b(np.ascontiguousarray(weight).tobytes(), digest_size=16).digest()
        if key not in self.known:
            self.known[key] = self.fit(weight)
        return self.known[key]
