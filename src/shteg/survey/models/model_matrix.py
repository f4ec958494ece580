"""Predictors as columns of numbers: factors by contrasts with a reference level, interactions, as R codes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import require_column
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.models.column_numbers import read_column_numbers
from shteg.survey.passes.kernel import Floats

Bools = NDArray[np.bool_]
Term = str | tuple[str, ...]
"""A predictor; a tuple is the interaction of several (their own terms are named besides)."""

INTERCEPT = "(Intercept)"
MOST_LEVELS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How terms become columns: `levels` of each factor (the reference first), terms by degree."""

    terms: tuple[tuple[str, ...], ...]
    levels: Mapping[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """All predictors, once each."""
        return tuple(dict.fromkeys(column for term in self.terms for column in term))

    def build(
        self, data: Mapping[str, NDArray[np.object_] | Floats], rows: int
    ) -> tuple[Floats, tuple[str, ...], tuple[str, ...]]:
        """Give the matrix (rows, p), the names of its columns and the term of each."""
        columns, names, owners = [np.ones(rows)], [INTERCEPT], [INTERCEPT]
        for term in self.terms:
            parts = [self._part(column, term, data[column]) for column in term]
            for chosen in product(*reversed(parts)):  # the first variable varies fastest, as in R
                ordered = tuple(reversed(chosen))
                columns.append(np.prod([values for _, values in ordered], axis=0))
                names.append(":".join(name for name, _ in ordered))
                owners.append(":".join(term))
        return np.stack(columns, axis=1), tuple(names), tuple(owners)

    def _part(
        self, column: str, term: tuple[str, ...], values: NDArray[np.object_] | Floats
    ) -> list[tuple[str, Floats]]:
        if column not in self.levels:
            return [(column, np.nan_to_num(cast(Floats, values)))]
        rest = tuple(one for one in term if one != column)
        contrasts = not rest or any(set(rest) == set(other) for other in self.terms)
        levels = self.levels[column][1:] if contrasts else self.levels[column]
        return [(f"{column}{level}", (values == level).astype(np.float64)) for level in levels]


def read_predictors(
    design: AnyDesign, predictors: Sequence[Term], factors: Sequence[str]
) -> tuple[tuple[tuple[str, ...], ...], dict[str, NDArray[np.object_] | Floats], Bools]:
    """Read the columns of the predictors: terms by degree, values by column, and the rows (n,) in which all are known.

    Text, truth values and the columns named in `factors` are factors; other columns are numbers.

    Raises
    ------
    DesignError
        A column is not there or holds something that is no number.
    UsageError
        `predictors` is a text, or a term comes twice.
    """
    if isinstance(predictors, str):
        raise UsageError("predictors are a list", f"write [{predictors!r}]", "predictors")
    terms = tuple(sorted(((one,) if isinstance(one, str) else tuple(one) for one in predictors), key=len))
    if len({frozenset(term) for term in terms}) != len(terms) or any(len(set(t)) != len(t) or not t for t in terms):
        raise UsageError("a term comes twice, or has a column twice", "name each once", "predictors")
    values: dict[str, NDArray[np.object_] | Floats] = {}
    known = np.ones(design.data.height, bool)
    for column in dict.fromkeys(column for term in terms for column in term):
        require_column(design.data, column)
        if is_factor(design.data[column], column in factors):
            values[column] = read_texts(design.data[column])
            known &= values[column] != ""
        else:
            numbers = read_column_numbers(design, column)
            values[column] = numbers
            known &= ~np.isnan(numbers)
    return terms, values, known


def is_factor(column: pl.Series, named: bool) -> bool:
    """True for texts, categories and truth values, and for what the caller named a factor."""
    return named or not column.dtype.is_numeric()


def read_texts(column: pl.Series) -> NDArray[np.object_]:
    """Values as stripped texts (n,), blank for missing."""
    texts = column.cast(pl.String).str.strip_chars().fill_null("")
    return np.array(texts.to_list(), dtype=object)


def code_factors(
    terms: tuple[tuple[str, ...], ...],
    values: Mapping[str, NDArray[np.object_] | Floats],
    rows: Bools,
    reference: Mapping[str, str],
) -> Coding:
    """Find the levels of factors among `rows` (n,); the reference is the first in order, or the one named.

    Raises
    ------
    DesignError
        A factor has one level, more than 200, or not the reference.
    """
    strange = [name for name in reference if name not in values]
    if strange:
        raise UsageError("the reference is given for no predictor", "name a predictor", f"reference {strange[0]!r}")
    levels: dict[str, tuple[str, ...]] = {}
    for column, texts in values.items():
        if texts.dtype != object:
            continue
        found = sorted(set(texts[rows].tolist()))
        if not 2 <= len(found) <= MOST_LEVELS:
            raise DesignError(
                f"the factor has {len(found)} level(s) among the rows used: {', '.join(found[:5])}",
                f"a factor needs 2 to {MOST_LEVELS}; leave it out, or group its levels",
                f"column {column!r}",
            )
        first = str(reference.get(column, found[0]))
        if first not in found:
            raise DesignError(
                f"the reference {first!r} is not among the levels",
                "choose of " + ", ".join(found[:12]),
                f"column {column!r}",
            )
        levels[column] = (first, *(one for one in found if one != first))
    return Coding(terms=terms, levels=levels)


def read_new_data(coding: Coding, data: pl.DataFrame) -> Floats:
    """Columns (rows, p) for new rows.

    Raises
    ------
    DesignError
        A column is not there, a value is missing, or a factor has a level that the model has not seen.
    """
    values: dict[str, NDArray[np.object_] | Floats] = {}
    for column in coding.columns:
        require_column(data, column)
        if column in coding.levels:
            texts = read_texts(data[column])
            wrong = np.flatnonzero(~np.isin(texts.astype(str), coding.levels[column]))
            values[column] = texts
        else:
            numbers = data[column].cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
            wrong = np.flatnonzero(~np.isfinite(numbers))
            values[column] = numbers
        if len(wrong):
            raise DesignError(
                f"the model cannot use {data[column][int(wrong[0])]!r}",
                "give a number, or one of the levels " + ", ".join(coding.levels.get(column, ())[:12]),
                f"column {column!r}, row {int(wrong[0]) + 1}",
            )
    return coding.build(values, data.height)[0]
