"""Domains: the parts of a sample for which estimates are wanted, one code per row and grouping variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.survey.design import Design, require_column
from shteg.survey.kernel import Codes, Ints, count_psus

By = str | tuple[str, ...]
"""One grouping variable, or several crossed with each other."""

JOINT = " × "
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Domains:
    """Domains of a design; the first one is the whole sample.

    `codes` is (grouping, row): the domain of the row, −1 where a grouping variable is missing. `variables` and `names`
    have one entry a domain. `psus` and `df` are (domain,): PSUs with a member, and those minus their strata.
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
    codes = [np.zeros(design.data.height, dtype=np.int32)]
    for grouping in by:
        columns = (grouping,) if isinstance(grouping, str) else grouping
        for column in columns:
            require_column(design.data, column)
        texts = design.data.select(pl.concat_str([pl.col(c).cast(pl.String) for c in columns], separator=JOINT))
        joined = texts.to_series().to_list()
        levels = sorted({one for one in joined if one is not None and one.strip()})
        number = {level: len(names) + i for i, level in enumerate(levels)}
        codes.append(np.fromiter((number.get(one, -1) for one in joined), np.int32, len(joined)))
        variables += [JOINT.join(columns)] * len(levels)
        names += levels
    matrix = np.ascontiguousarray(np.stack(codes))
    psus, df = _degrees_of_freedom(design, matrix, len(names))
    return Domains(variables=tuple(variables), names=tuple(names), codes=matrix, psus=psus, df=df)


def _degrees_of_freedom(design: Design, codes: Codes, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """PSUs of each domain and those minus its strata, over members of weight above 0 (R: `degf` of the subset)."""
    psus = np.zeros((len(design.strata), count), np.int64)
    count_psus(design.psu_start, design.psu_stratum, design.weight, codes, psus)
    return psus.sum(axis=0), psus.sum(axis=0) - (psus > 0).sum(axis=0)
