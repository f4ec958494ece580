"""Counts: how many rows of a table, or values of a kind, meet conditions; a finished page is counted again."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from shteg.errors import UsageError
from shteg.report.edition_view import EditionView
from shteg.report.language.locale import exact

VALUES = "values/"
"""Stands before the kind of values that are counted, where a table would be named."""
HINT = 'write conditions such as "actor=members", "direction>0", "number>=0.5"'
_CONDITION = re.compile(r"(\w+)(>=|<=|!=|\^=|=|>|<)(.*)", re.DOTALL)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}
)


def count_of(edition: EditionView, things: str, where: tuple[str, ...]) -> int:
    """Count rows of a table, or values of a kind, that meet every condition.

    Parameters
    ----------
    edition : EditionView
        What is counted in.
    things : str
        Name of a table, or `values/` and a kind of values, such as `values/value.stance.support`.
    where : tuple of str
        Conditions on the columns of a row (of a value: `number` and what it is about); `=` and `!=` compare words,
        `^=` asks how a word begins, the others compare numbers. A cell that is empty, or no number, meets no
        comparison of numbers.

    Returns
    -------
    int

    Raises
    ------
    UsageError
        A condition is none, or names no column.
    """
    return sum(all(_meets(row, condition) for condition in where) for row in _things(edition, things))


def _things(edition: EditionView, things: str) -> list[Mapping[str, Any]]:
    if things.startswith(VALUES):
        kind = things.removeprefix(VALUES)
        return [{**value.label_args, "number": value.number} for value in edition.select(kind)]
    return list(edition.table(things).iter_rows(named=True))


def _meets(row: Mapping[str, Any], condition: str) -> bool:
    found = _CONDITION.fullmatch(condition)
    if not found or found[1] not in row:
        raise UsageError(f"{condition!r} is no condition on {', '.join(map(str, row))}", HINT, condition)
    cell, sign, wanted = row[found[1]], found[2], found[3]
    word = "" if cell is None else str(cell)
    if sign in ("=", "!=", "^="):
        return word.startswith(wanted) if sign == "^=" else (word == wanted) == (sign == "=")
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return _COMPARE[sign](exact(cell), exact(float(wanted)))
