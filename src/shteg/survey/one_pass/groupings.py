"""Grouping variables: their levels in order, and each row's level; several variables crossed with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import DesignError
from shteg.survey.code_order import code_order, ordered_levels
from shteg.survey.code_texts import code_key, level_order, require_column
from shteg.survey.one_pass.answers import number_levels
from shteg.survey.one_pass.sufficient import MOST_CODES

By = str | tuple[str, ...]
"""One grouping variable, or several crossed with each other."""

JOINT = " × "
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """A grouping variable: its name, the names of its levels in order, and the level (n,) of each row.

    `places` is len(names) where the row has none.
    """

    variable: str
    names: tuple[str, ...]
    places: NDArray[np.int64]


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
) -> tuple[list[str], NDArray[np.int64]]:
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
    """Sort key of the name of a level of a grouping, as `read_grouping` orders them."""
    texts = name.split(JOINT) if len(columns) > 1 else [name]
    if len(texts) != len(columns):
        return tuple(code_order(text) for text in texts)
    return tuple(
        (declared[column].get(text, -1),) if column in declared else code_order(text)
        for column, text in zip(columns, texts, strict=True)
    )
