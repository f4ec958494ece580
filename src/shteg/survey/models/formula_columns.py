"""The columns of a formula again, with predictors set to other values: what margins and effects of it ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.errors import ModelError, UsageError
from shteg.survey.models.basis import Setting

STEP = 1e-3
"""Of the spread of a number: the slope is taken over five points, so that its error is of the fourth power of it."""
_FACTOR = r"{0}$|C\(\s*{0}\s*[,)]"
POINTS = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FormulaColumns:
    """Columns that formulaic makes: `spec` of the right side, `data` of the rows used, `order` places of the columns.

    `factors` are the levels of each, the reference first, by their texts; `others` are the predictors besides.
    """

    spec: Any
    data: pl.DataFrame
    order: tuple[int, ...]
    factors: Mapping[str, Mapping[str, Any]]
    others: tuple[str, ...]

    @classmethod
    def of(cls, spec: Any, data: pl.DataFrame, order: tuple[int, ...]) -> FormulaColumns:
        """Read which predictors of a formula are factors, with their levels.

        Parameters
        ----------
        spec : formulaic.ModelSpec
        data : polars.DataFrame
        order : tuple of int

        Returns
        -------
        FormulaColumns
        """
        names = [name for name in data.columns if name in {str(one) for one in spec.required_variables}]
        factors: dict[str, Mapping[str, Any]] = {}
        for factor, (kind, state) in spec.encoder_state.items():
            text = str(factor)
            found = next(
                (name for name in names if re.match(rf"{re.escape(name)}$|C\(\s*{re.escape(name)}\s*[,)]", text)), ""
            )
            if found and kind.value == "categorical":
                levels = list(state["categories"])
                base = getattr(state["contrasts"].contrasts, "base", None)
                first = base if base in levels else levels[0]
                factors[found] = {str(one): one for one in (first, *(one for one in levels if one != first))}
        return cls(
            spec=spec, data=data, order=order, factors=factors, others=tuple(one for one in names if one not in factors)
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """See `Columns`."""
        return (*self.factors, *self.others)

    def levels(self, variable: str) -> tuple[str, ...]:
        """See `Columns`."""
        return tuple(self.factors.get(variable, ()))

    def build(self, settings: Mapping[str, Setting]) -> Floats:
        """See `Columns`."""
        return self._made(self._set(settings))

    def slope(self, variable: str, settings: Mapping[str, Setting]) -> Floats:
        """See `Columns`; over five points around each value.

        Raises
        ------
        UsageError
            The number is cut into classes by the formula, or is no number.
        ModelError
            The formula cannot be followed beside a value.
        """
        kinds = {
            str(factor): str(getattr(kind, "value", kind)) for factor, (kind, _) in self.spec.encoder_state.items()
        }
        cut = [
            one
            for one, kind in kinds.items()
            if kind == "categorical" and re.search(rf"\b{re.escape(variable)}\b", one)
        ]
        if cut or not self.data[variable].dtype.is_numeric():
            hint = "make the classes a column with design.with_columns, and ask for its effect"
            raise UsageError(f"{variable!r} has no slope: it stands in {(cut or [variable])[0]}", hint, "variables")
        data = self._set({name: one for name, one in settings.items() if name != variable})
        x = data[variable].cast(pl.Float64).to_numpy()
        found = self._stencil(data, variable, x, np.full(len(x), STEP * (float(x.std()) or 1.0)))
        if not np.isfinite(found).all():
            found = self._stencil(data, variable, x, STEP * np.abs(x))  # beside 0, as log asks
        if not np.isfinite(found).all():
            hint = "leave rows at the edge out, or ask for margins at values inside"
            raise ModelError(f"the formula has no slope along {variable!r} at some rows", hint, "variables")
        return found

    def _set(self, settings: Mapping[str, Setting]) -> pl.DataFrame:
        fixed = {name: self.factors[name][str(one)] if name in self.factors else one for name, one in settings.items()}
        return self.data.with_columns(pl.Series(name, [one] * self.data.height) for name, one in fixed.items())

    def _stencil(self, data: pl.DataFrame, variable: str, x: Floats, step: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = [
                factor * self._made(data.with_columns(pl.Series(variable, x + place * step)))
                for place, factor in POINTS
            ]
            return np.asarray(np.sum(parts, axis=0) / step[:, None], float)

    def _made(self, data: pl.DataFrame) -> Floats:
        try:
            made = self.spec.get_model_matrix(data, na_action="ignore", output="numpy")
        except Exception as error:  # whatever a formula calls
            hint = "give values that the formula can take"
            raise ModelError(
                f"the formula cannot be read here: {str(error).splitlines()[0]}", hint, "formula"
            ) from error
        return np.array(made, float)[:, self.order]
