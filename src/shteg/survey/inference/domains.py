"""Domains: the parts of a sample for which estimates are wanted, one code per row and grouping variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError
from shteg.survey.designs.design import Design, require_column
from shteg.survey.inference.answers import number_levels
from shteg.survey.passes.kernel import count_answered, list_touched
from shteg.survey.passes.sufficient import MOST_CODES, Codes, Floats, Ints, smallest_codes

By = str | tuple[str, ...]
"""One grouping variable, or several crossed with each other."""

JOINT = " × "
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Domains:
    """Domains of a design; the first one is the whole sample.

    `codes` is (row, grouping): the domain of the row, or `len(names)` where the variable is missing. `variables` and
    `names` have one entry a domain. `psus` and `df` are (domain,): PSUs with a member, and those minus their strata;
    `psus_by_stratum` is (stratum, domain). `count` and `weight_squared` (domain,) are the members of weight above 0 and
    their Σ w². `touched` lists, PSU after PSU from `touched_start`, the domains with a member.
    """

    variables: tuple[str, ...]
    names: tuple[str, ...]
    codes: Codes
    psus: Ints
    df: Ints
    psus_by_stratum: Ints
    count: Ints
    weight_squared: Floats
    touched_start: Ints
    touched: Codes

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
    kind = smallest_codes(none)
    tables = [(np.array([none if one is None else one for one in t], kind), rows) for t, rows in groupings]
    matrix = np.empty((design.data.height, len(tables)), kind)
    for g, (table, rows) in enumerate(tables):
        matrix[:, g] = table[rows]
    return _describe(design, matrix, tuple(variables), tuple(names))


def _describe(design: Design, codes: Codes, variables: tuple[str, ...], names: tuple[str, ...]) -> Domains:
    """Count members, PSUs and degrees of freedom (R: `degf` of the subset), over members of weight above 0."""
    none, psus = len(names), len(design.psu_stratum)
    start = np.zeros(psus + 1, np.int64)
    list_touched(design.psu_start, design.weight, codes, none, start, np.zeros(0, codes.dtype))
    touched = np.zeros(int(start[-1]), codes.dtype)
    list_touched(design.psu_start, design.weight, codes, none, start, touched)
    cell = np.repeat(design.psu_stratum, np.diff(start)) * none + touched
    by_stratum = np.bincount(cell, minlength=len(design.strata) * none).reshape(-1, none).astype(np.int64)
    count, squares = np.zeros(none + 1, np.int64), np.zeros(none + 1)
    nothing = np.zeros(design.data.height, codes.dtype)
    count_answered(0, design.data.height, design.weight, nothing, codes, 0, True, count, squares)
    total = by_stratum.sum(axis=0)
    return Domains(
        variables=variables,
        names=names,
        codes=codes,
        psus=total,
        df=total - (by_stratum > 0).sum(axis=0),
        psus_by_stratum=by_stratum,
        count=count[:-1],
        weight_squared=squares[:-1],
        touched_start=start,
        touched=touched,
    )


def _cross(design: Design, columns: tuple[str, ...]) -> pl.Series:
    """Join the values of several variables; null where one of them is missing."""
    texts = [pl.col(column).cast(pl.String).str.strip_chars().replace("", None) for column in columns]
    return design.data.select(pl.concat_str(texts, separator=JOINT)).to_series()
