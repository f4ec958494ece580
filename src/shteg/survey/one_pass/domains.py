"""Domains: the parts of a sample for which estimates are wanted, one code per row and grouping variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shteg.errors import DesignError
from shteg.survey.designs.design import Design
from shteg.survey.one_pass.groupings import ALL, JOINT, By, read_grouping
from shteg.survey.one_pass.kernel import count_answered, list_touched
from shteg.survey.one_pass.sufficient import MOST_CODES, Codes, Floats, Ints, smallest_codes
from shteg.survey.requests import groupings_of

__all__ = ["ALL", "JOINT", "By", "Domains", "read_domains"]


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


def read_domains(
    design: Design,
    by: Sequence[By] = (),
    missing: Mapping[str, Sequence[str]] | None = None,
    *,
    drop_empty: bool = True,
) -> Domains:
    """Number the domains of the grouping variables, in the order of their levels.

    Parameters
    ----------
    design : Design
    by : sequence of str or tuple of str
        Each a grouping variable, or a tuple of variables whose crossing is one grouping.
    missing : mapping of column to codes, optional
        Codes, as texts, that form no domain.
    drop_empty : bool
        False keeps crossings that nobody is in, and categories that a column's type declares.

    Raises
    ------
    DesignError
        A variable is not in the data.
    """
    variables, names = [ALL], [ALL]
    places: list[Ints] = []
    for columns in groupings_of(by):
        grouping = read_grouping(design.data, columns, missing or {}, drop_empty=drop_empty)
        first, size = len(names), len(grouping.names)
        places.append(np.where(grouping.places < size, grouping.places + first, -1))
        variables += [grouping.variable] * size
        names += grouping.names
    none = len(names)
    if none > MOST_CODES:
        raise DesignError(f"{none} domains are too many", f"at most {MOST_CODES} can be told apart", "by")
    matrix = np.zeros((design.data.height, 1 + len(places)), smallest_codes(none))
    for g, place in enumerate(places, start=1):
        matrix[:, g] = np.where(place < 0, none, place)
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
