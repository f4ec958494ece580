"""Domains: the parts of a sample for which estimates are wanted, one code per row and grouping variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError
from shteg.survey.answers import number_levels
from shteg.survey.design import Design, require_column
from shteg.survey.kernel import MOST_CODES, Codes, Ints, count_psus

By = str | tuple[str, ...]
"""One grouping variable, or several crossed with each other."""

JOINT = " × "
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Domains:
    """Domains of a design; the first one is the whole sample.

    `codes` is (row, grouping): the domain of the row, or `len(names)` where the variable is missing. `variables` and
    `names` have one entry a domain. `psus` and `df` are (domain,): PSUs with a member, and those minus their strata.
    """

    variables: tuple[str, ...]
    names: tuple[str, ...]
    codes: Codes
    psus: Ints
    df: Ints

    def __len__(self) -> int:
        return len(self.names)


def read_domains(design: Design, by: Sequence[By] = ()) -> Domains:
    """Number the domains of the grouping variables, in the order of the names.

    Parameters
    ----------
    design : Design
    by : sequence of str or tuple of str
        Each a grouping variable, or a tuple of variables whose crossing is one grouping.

    Raises
    ------
    DesignError
        A variable is not in the data.
    """
    variables, names = [ALL], [ALL]
    groupings: list[tuple[list[int | None], NDArray[np.integer[Any]]]] = [([0], np.zeros(design.data.height, np.int64))]
    for grouping in by:
        columns = (grouping,) if isinstance(grouping, str) else grouping
        for column in columns:
            require_column(design.data, column)
        joined = design.data[columns[0]] if len(columns) == 1 else _cross(design, columns)
        levels, numbers = number_levels(joined, JOINT.join(columns))
        distinct = sorted({level.strip() for level in levels} - {""})
        place = {level: len(names) + i for i, level in enumerate(distinct)}
        groupings.append(([*(place.get(level.strip()) for level in levels), None], numbers))
        variables += [JOINT.join(columns)] * len(distinct)
        names += distinct
    none = len(names)
    if none > MOST_CODES:
        raise DesignError(f"{none} domains are too many", f"at most {MOST_CODES} can be told apart", "by")
    tables = [(np.array([none if one is None else one for one in t], np.uint16), rows) for t, rows in groupings]
    matrix = np.ascontiguousarray(np.stack([table[rows] for table, rows in tables], axis=1))
    psus, df = _degrees_of_freedom(design, matrix, len(names))
    return Domains(variables=tuple(variables), names=tuple(names), codes=matrix, psus=psus, df=df)


def _cross(design: Design, columns: tuple[str, ...]) -> pl.Series:
    """Join the values of several variables; null where one of them is missing."""
    texts = [pl.col(column).cast(pl.String).str.strip_chars().replace("", None) for column in columns]
    return design.data.select(pl.concat_str(texts, separator=JOINT)).to_series()


def _degrees_of_freedom(design: Design, codes: Codes, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """PSUs of each domain and those minus its strata, over members of weight above 0 (R: `degf` of the subset)."""
    psus = np.zeros((len(design.strata), count), np.int64)
    count_psus(design.psu_start, design.psu_stratum, design.weight, codes, psus)
    return psus.sum(axis=0), psus.sum(axis=0) - (psus > 0).sum(axis=0)
