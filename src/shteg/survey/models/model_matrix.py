"""Predictors as columns of numbers: factors by contrasts with a reference level, interactions, as R codes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.arrays import Bools, Floats
from shteg.errors import DesignError, UsageError
from shteg.hints import counted
from shteg.survey.code_texts import Code, column_texts, level_order, require_code, require_column, without_codes
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.requests import first_in_file, groupings_of, list_of_names, mapping_of

Term = str | tuple[str, ...]
"""A predictor; a tuple is the interaction of several (their own terms are named besides)."""

INTERCEPT = "(Intercept)"
MOST_LEVELS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How terms become columns: `levels` of each factor (the reference first), terms by degree."""

    terms: tuple[tuple[str, ...], ...]
    levels: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        joined = [":".join(term) for term in self.terms]
        if len(set(joined)) < len(joined):
            raise UsageError("a column has the name of an interaction", "rename it", "predictors")

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictors:
    """Columns of a model: `terms` by degree, `values` (n,) by column (texts of factors, numbers of others), and the
    rows (n,) in which all are known; the types of `data` may declare an order."""

    terms: tuple[tuple[str, ...], ...]
    values: Mapping[str, NDArray[np.object_] | Floats]
    known: Bools
    data: pl.DataFrame

    def code(self, rows: Bools, reference: Mapping[str, Code]) -> Coding:
        """Find the levels of factors among `rows` (n,); the reference is the first in order, or the one named.

        The order is that which the column's type declares, or that of codes: numbers by value.

        Raises
        ------
        DesignError
            A factor has one level, more than 200, or not the reference.
        UsageError
            A reference is named of what is no factor.
        """
        factors = [name for name, one in self.values.items() if one.dtype == object]
        strange = [name for name in mapping_of(reference, "reference", '{"region": "north"}') if name not in factors]
        if strange:
            raise UsageError(
                "the reference is given for " + ("a number" if strange[0] in self.values else "no predictor"),
                "name a factor: " + ", ".join(factors) if factors else "leave it out: no predictor is a factor",
                f"reference {strange[0]!r}",
            )
        levels: dict[str, tuple[str, ...]] = {}
        for column in factors:
            found = level_order(self.data[column], set(self.values[column][rows].tolist()))
            if not 2 <= len(found) <= MOST_LEVELS:
                raise DesignError(
                    f"the factor has {counted(len(found), 'level')} among the rows used: {', '.join(found[:5])}",
                    f"a factor needs 2 to {MOST_LEVELS}; leave it out, or group its levels",
                    f"column {column!r}",
                )
            wanted = reference.get(column, found[0])
            first = require_code(wanted, found, f"column {column!r}", "the reference {} is not among the levels")
            levels[column] = (first, *(one for one in found if one != first))
        return Coding(terms=self.terms, levels=levels)


def read_predictors(
    design: AnyDesign,
    predictors: Sequence[Term],
    factors: Sequence[str],
    missing: Mapping[str, Sequence[str]] | None = None,
) -> Predictors:
    """Read the columns of the predictors.

    Text, truth values and the columns named in `factors` are factors; other columns are numbers. Codes in `missing` are
    not known.

    Parameters
    ----------
    design : Design or ReplicateDesign
    predictors : sequence of str or tuple of str
    factors : sequence of str
    missing : mapping of column to codes, optional

    Returns
    -------
    Predictors

    Raises
    ------
    DesignError
        A column is not there or holds something that is no number.
    UsageError
        `predictors` is a text, a term comes twice, or a factor is no predictor.
    """
    if isinstance(predictors, str):
        raise UsageError("predictors are a list", f"write [{predictors!r}]", "predictors")
    terms = tuple(sorted(groupings_of(predictors, "predictors", "a term comes twice, or has a column twice"), key=len))
    if len({frozenset(term) for term in terms}) != len(terms):
        raise UsageError("a term comes twice, or has a column twice", "name each once", "predictors")
    named, codes = list_of_names(factors, "factors"), missing or {}
    _check_factors(design, named, {column for term in terms for column in term})
    values: dict[str, NDArray[np.object_] | Floats] = {}
    known = np.ones(design.data.height, bool)
    for column in dict.fromkeys(column for term in terms for column in term):
        require_column(design.data, column)
        if column in named or not design.data[column].dtype.is_numeric():
            values[column] = read_texts(design.data[column], codes.get(column, ()))
            known &= values[column] != ""
        else:
            numbers = read_numbers(design, column, codes.get(column, ()))
            values[column] = numbers
            known &= ~np.isnan(numbers)
    return Predictors(terms=terms, values=values, known=known, data=design.data)


def _check_factors(design: AnyDesign, factors: Sequence[str], predictors: set[str]) -> None:
    for name in factors:
        if name not in predictors:
            require_column(design.data, name)
            raise UsageError(
                f"the factor {name!r} is not among the predictors",
                "name it there too; the predictors are " + ", ".join(sorted(predictors)),
                "factors",
            )


def read_texts(column: pl.Series, missing: Sequence[str] = ()) -> NDArray[np.object_]:
    """Values as codes (n,), blank for null, NaN and the codes in `missing`."""
    texts = without_codes(column_texts(column), missing).fill_null("")
    return np.array(texts.to_list(), dtype=object)


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
            raw = data[column]
            texts_of = raw if raw.dtype.is_numeric() or raw.dtype == pl.Boolean else raw.cast(pl.String)
            numbers = texts_of.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
            wrong = np.flatnonzero(~np.isfinite(numbers))
            values[column] = numbers
        if len(wrong):
            raise DesignError(
                f"the model cannot use {data[column][int(wrong[0])]!r}",
                "give a number, or one of the levels " + ", ".join(coding.levels.get(column, ())[:12]),
                f"column {column!r}, row {int(wrong[0]) + 1}",
            )
    return coding.build(values, data.height)[0]


def read_known_numbers(design: AnyDesign, column: str, needed: Bools) -> Floats:
    """Read numbers (n,) of which none may be missing where `needed` (n,); elsewhere a blank is 0.

    Parameters
    ----------
    design : Design or ReplicateDesign
    column : str
    needed : (n,) bool

    Returns
    -------
    (n,) float

    Raises
    ------
    DesignError
        A number that is needed is missing.
    """
    numbers = read_numbers(design, column)
    lost = np.isnan(numbers) & needed
    if (at := first_in_file(lost, design.row)) is not None:
        raise DesignError(
            f"the number is missing ({counted(int(lost.sum()), 'such row')})",
            "impute it, or leave these rows out of the design",
            f"column {column!r}, row {int(design.row[at])}",
        )
    return np.nan_to_num(numbers)
