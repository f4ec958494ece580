"""Domains: the parts of a design in memory, with their PSUs, degrees of freedom and members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shteg.arrays import Bools, Codes, Floats, Ints
from shteg.survey.designs.design import Design
from shteg.survey.one_pass.groupings import ALL, JOINT, By, Parts, read_parts
from shteg.survey.one_pass.kernel import count_answered, list_touched

__all__ = ["ALL", "JOINT", "By", "Domains", "read_domains"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Domains(Parts):
    """Parts of a design in memory, counted for the passes over its rows.

    `psus` and `df` are (domain,): PSUs with a member, and those minus their strata; `psus_by_stratum` is (stratum,
    domain). `count` and `weight_squared` (domain,) are the members of weight above 0 and their Σ w². `touched` lists,
    PSU after PSU from `touched_start`, the domains with a member.
    """

    psus: Ints
    df: Ints
    psus_by_stratum: Ints
    count: Ints
    weight_squared: Floats
    touched_start: Ints
    touched: Codes


def read_domains(
    design: Design,
    by: Sequence[By] = (),
    missing: Mapping[str, Sequence[str]] | None = None,
    *,
    rows: Bools | None = None,
    drop_empty: bool = True,
) -> Domains:
    """Number the parts of a sample, as `read_parts` does, and count them (R: `degf` of the subset).

    Parameters
    ----------
    design : Design
        Its rows stand PSU after PSU.
    by, missing, rows, drop_empty : as there
        See `read_parts`.

    Returns
    -------
    Domains
        PSUs and members are those of weight above 0.

    Raises
    ------
    DesignError
        As `read_parts`.
    """
    parts = read_parts(design.data, by, missing, rows=rows, drop_empty=drop_empty)
    codes, none, psus = parts.codes, len(parts), len(design.psu_stratum)
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
        variables=parts.variables,
        names=parts.names,
        codes=codes,
        psus=total,
        df=total - (by_stratum > 0).sum(axis=0),
        psus_by_stratum=by_stratum,
        count=count[:-1],
        weight_squared=squares[:-1],
        touched_start=start,
        touched=touched,
    )
