"""Columns of draws as short texts: sixteen bits a number, on a grid of its column, and back to the same numbers."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shteg.pathways.model.arrays import Floats

GRID = 65535
"""Steps between the smallest and the largest number of a column: a number moves by at most half a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A column: its range, and whole numbers from 0 to `GRID` as little-endian sixteen bits in base 64.

    `names` are all columns with these very numbers.
    """

    names: tuple[str, ...]
    low: float
    high: float
    text: str


def pack(columns: Mapping[str, Floats]) -> list[Packed]:
    """Pack columns; those with the same numbers are packed once.

    Parameters
    ----------
    columns : mapping of str to (n,) float

    Returns
    -------
    list of Packed
    """
    alike: dict[bytes, list[str]] = {}
    for name, values in columns.items():
        alike.setdefault(np.ascontiguousarray(values).tobytes(), []).append(name)
    return [_pack(tuple(names), columns[names[0]]) for names in alike.values()]


def _pack(names: tuple[str, ...], values: Floats) -> Packed:
    low, high = float(values.min()), float(values.max())
    places = np.rint((values - low) / (high - low) * GRID) if high > low else np.zeros(len(values))
    return Packed(names=names, low=low, high=high, text=b64encode(places.astype("<u2").tobytes()).decode("ascii"))


def unpack(packed: list[Packed]) -> dict[str, Floats]:
    """Give the columns again, each number at its place on the grid: what the page works with, to the last bit.

    Parameters
    ----------
    packed : list of Packed

    Returns
    -------
    dict of str to (n,) float
    """
    found: dict[str, Floats] = {}
    for one in packed:
        places = np.frombuffer(b64decode(one.text), dtype="<u2").astype(np.float64)
        values = np.minimum(one.low + places * ((one.high - one.low) / GRID), one.high)
        found |= dict.fromkeys(one.names, values)
    return found


def size_of(packed: list[Packed]) -> int:
    """Give how many letters the packed columns take, with their names and ranges."""
    return sum(len(one.text) + 40 + sum(len(name) + 3 for name in one.names) for one in packed)
