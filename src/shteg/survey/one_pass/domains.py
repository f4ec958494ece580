"""Domains: the parts of a design in memory, with their PSUs, degrees of freedom and members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import polars as pl

from shteg.arrays import Bools, Codes, Floats, Ints
from shteg.errors import DesignError
from shteg.survey.code_texts import code_key, code_order, level_order, ordered_levels, require_column
from shteg.survey.designs.design import Design
from shteg.survey.designs.part import part_column, read_part
from shteg.survey.one_pass.answers import number_levels
from shteg.survey.one_pass.kernel import count_answered, list_touched
from shteg.survey.one_pass.sufficient import MOST_CODES, smallest_codes
from shteg.survey.requests import groupings_of

By = str | tuple[str, ...]
"""One grouping variable, or several crossed with each other."""

JOINT = " × "
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A part of a sample: its grouping variable, its name and its rows (n,)."""

    variable: str
    name: str
    rows: Bools


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """Parts of a sample, the whole of it first: each with its variable and its name.

    `codes` is (row, grouping): the part of the row, or `len(names)` where it is in none.
    """

    variables: tuple[str, ...]
    names: tuple[str, ...]
    codes: Codes

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Part]:
        for number, (variable, name) in enumerate(zip(self.variables, self.names, strict=True)):
            yield Part(variable=variable, name=name, rows=(self.codes == number).any(axis=1))


def read_parts(
    data: pl.DataFrame,
    by: Sequence[By] = (),
    missing: Mapping[str, Sequence[str]] | None = None,
    *,
    rows: Bools | None = None,
    drop_empty: bool = True,
) -> Parts:
    """Number the whole sample (or what is left of it) and the levels of each grouping variable, in their order.

    Parameters
    ----------
    data : polars.DataFrame
        One row a respondent.
    by : sequence of str or tuple of str
        Each a grouping variable, or a tuple of variables whose crossing is one grouping.
    missing : mapping of column to codes, optional
        Codes, as texts, that form no part.
    rows : (n,) bool, optional
        Rows that are left, as `read_part` gives them; a level that none of them has is listed all the same.
    drop_empty : bool
        False keeps crossings that no row of the data has, and categories that a column's type declares.

    Returns
    -------
    Parts

    Raises
    ------
    DesignError
        A variable is not in the data, or there are too many parts.
    """
    variables, names = [ALL], [ALL]
    places: list[Ints] = []
    for columns in groupings_of(by):
        grouping = read_grouping(data, columns, missing or {}, drop_empty=drop_empty)
        first, size = len(names), len(grouping.names)
        places.append(np.where(grouping.places < size, grouping.places + first, -1))
        variables += [grouping.variable] * size
        names += grouping.names
    none = len(names)
    if none > MOST_CODES:
        raise DesignError(f"{none} domains are too many", f"at most {MOST_CODES} can be told apart", "by")
    codes = np.zeros((data.height, 1 + len(places)), smallest_codes(none))
    for g, place in enumerate(places, start=1):
        codes[:, g] = np.where(place < 0, none, place)
    if rows is not None:
        codes[~rows] = none
    return Parts(variables=tuple(variables), names=tuple(names), codes=codes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """A grouping variable: its name, the names of its levels in order, and the level (n,) of each row.

    `places` is len(names) where the row has none.
    """

    variable: str
    names: tuple[str, ...]
    places: Ints


def read_grouping(
    data: pl.DataFrame, columns: Sequence[str], missing: Mapping[str, Sequence[str]], *, drop_empty: bool = True
) -> Grouping:
    """Read a variable, or several crossed: the order of levels is that of their types or codes, the last varying first.

    Parameters
    ----------
    data : polars.DataFrame
    columns : sequence of str
    missing : mapping of column to codes
        Codes that form no level.
    drop_empty : bool
        False keeps the levels that nobody has: crossings, and categories that the column's type declares.

    Returns
    -------
    Grouping

    Raises
    ------
    DesignError
        A column is not in the data, or there are too many levels.
    """
    parts = [_read_levels(data, column, missing.get(column, ()), drop_empty=drop_empty) for column in columns]
    variable = JOINT.join(columns)
    if len(parts) == 1:
        return Grouping(variable=variable, names=tuple(parts[0][0]), places=parts[0][1])
    place = np.zeros(data.height, np.int64)
    known = np.ones(data.height, bool)
    for levels, numbers in parts:
        known &= numbers < len(levels)
        place = place * len(levels) + np.minimum(numbers, max(len(levels) - 1, 0))
    count = prod(len(levels) for levels, _ in parts)
    found = np.unique(place[known]) if drop_empty or count > MOST_CODES else np.arange(count)
    size = len(found) if drop_empty else count
    if size > MOST_CODES or count >= 2**62:
        raise DesignError(f"{size} domains are too many", f"at most {MOST_CODES} can be told apart", "by")
    texts = [JOINT.join(_unravel(int(one), [levels for levels, _ in parts])) for one in found]
    return Grouping(
        variable=variable, names=tuple(texts), places=np.where(known, np.searchsorted(found, place), len(found))
    )


def _unravel(place: int, levels: Sequence[Sequence[str]]) -> list[str]:
    names = []
    for one in reversed(levels):
        place, at = divmod(place, len(one))
        names.append(one[at])
    return names[::-1]


def _read_levels(
    data: pl.DataFrame, column: str, missing: Sequence[str], *, drop_empty: bool
) -> tuple[list[str], Ints]:
    """Levels of one column in order, and the place (n,) of each row among them; missing is the last + 1."""
    require_column(data, column)
    texts, numbers = number_levels(data[column], column)
    lost = {code_key(code) for code in missing}
    found = [text for text in texts if text not in missing and not (lost and code_key(text) in lost)]
    declared = [] if drop_empty else [text.strip() for text in ordered_levels(data[column]) or []]
    wanted = dict.fromkeys((*found, *(text for text in declared if text and code_key(text) not in lost)))
    levels = level_order(data[column], wanted)
    at = {text: i for i, text in enumerate(levels)}
    table = np.array([*(at.get(text, len(levels)) for text in texts), len(levels)], np.int64)
    return levels, table[numbers]


def declared_order(schema: Mapping[str, pl.DataType], columns: Sequence[str]) -> dict[str, dict[str, int]]:
    """Give, for the columns whose type declares an order, the place of each level."""
    order = {column: ordered_levels(pl.Series(column, [], dtype=schema[column])) for column in columns}
    return {
        column: {text.strip(): i for i, text in enumerate(levels)}
        for column, levels in order.items()
        if levels is not None
    }


def name_order(name: str, columns: Sequence[str], declared: Mapping[str, Mapping[str, int]]) -> tuple[object, ...]:
    """Sort key of the name of a level of a grouping, as `read_grouping` orders them.

    Parameters
    ----------
    name : str
        Of a level.
    columns : sequence of str
        The variables crossed.
    declared : mapping of column to {level: place}
        As `declared_order` gives it.

    Returns
    -------
    tuple
    """
    texts = name.split(JOINT) if len(columns) > 1 else [name]
    if len(texts) != len(columns):
        return tuple(code_order(text) for text in texts)
    return tuple(
        (declared[column].get(text, -1),) if column in declared else code_order(text)
        for column, text in zip(columns, texts, strict=True)
    )


__all__ = ["ALL", "JOINT", "By", "Domains", "part_column", "read_domains", "read_part"]


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
