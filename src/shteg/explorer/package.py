"""How many draws fit, which ones, and the model that works with what was packed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shteg.explorer.columns import columns_of, with_columns
from shteg.explorer.described import describe
from shteg.explorer.packing import Packed, pack, size_of, unpack
from shteg.pathways.engine.simulation import seed_key
from shteg.pathways.model.model import Model

ROOM = 330_000
"""Letters that a package may take: it is loaded with the page."""
WORLDS = 2000
"""About so many worlds are walked for an answer: as many as a page walks within its time."""
MOST_DRAWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Package:
    """What the page is given: `parts` of the model, `columns` of its draws; and the `model` that works with them.

    `draws` are the numbers of the draws, `worlds` how many worlds each has.
    """

    parts: dict[str, Any]
    columns: list[Packed]
    model: Model
    draws: tuple[int, ...]
    worlds: int


def make_package(model: Model, *, room: int = ROOM, worlds: int = WORLDS) -> Package:
    """Pack a model: as many of its draws as there is room for, spread evenly, and some worlds of each.

    Parameters
    ----------
    model : Model
    room : int
        Letters that the package may take.
    worlds : int
        About how many worlds in all.

    Returns
    -------
    Package
        Its model has in the packed draws the numbers that the page reads.
    """
    whole, pathways = columns_of(model), model.case.pathways
    fixed = len(to_json(describe(model, seed_key(model.case.header.seed), [], 1)))
    two = size_of(pack(_rows_of(whole, (0, pathways.draws - 1))))
    alone = len(pack(whole))  # columns that are the same in every draw stand once
    each = alone * 8 / 3 + 6
    most = int((room - fixed - two) / each)
    draws = spread_draws(pathways.draws, max(1, min(most, MOST_DRAWS, worlds)))
    packed = pack(_rows_of(whole, draws))
    count = min(pathways.worlds_per_draw, max(1, round(worlds / len(draws))))
    return Package(
        parts=describe(model, seed_key(model.case.header.seed), draws, count),
        columns=packed,
        model=with_columns(model, unpack(packed), list(draws)),
        draws=draws,
        worlds=count,
    )


def spread_draws(total: int, wanted: int) -> tuple[int, ...]:
    """Choose draws evenly among all: chains of a sampler stand one behind the other.

    Parameters
    ----------
    total : int
        Draws that there are.
    wanted : int
        How many are chosen at most.

    Returns
    -------
    tuple of int
    """
    count = min(total, wanted)
    return tuple(int((i + 0.5) * total / count) for i in range(count))


def _rows_of(columns: dict[str, Any], rows: Sequence[int]) -> dict[str, Any]:
    return {name: np.ascontiguousarray(values[list(rows)]) for name, values in columns.items()}


def to_json(thing: object) -> str:
    """Write JSON as short as it gets, numbers to the last bit."""
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
