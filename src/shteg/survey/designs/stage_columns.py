"""Columns of a design with several stages: unit codes, strata and population sizes, checked and put in row order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from shteg.arrays import Floats, Ints
from shteg.errors import DesignError
from shteg.survey.requests import names_of
from shteg.survey.rounding import ROUNDING


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageColumns:
    """Per row: units and strata of the later stages, population sizes of each stage, product of their inverses."""

    stages: tuple[Ints, ...]
    stage_strata: tuple[Ints, ...]
    fpc: tuple[Floats, ...]
    weight: Floats


def column_list(names: str | Sequence[str] | None, where: str) -> list[str]:
    """Give names as a list: one a stage."""
    return [] if names is None else list(names_of(names, where, needed=False))


def nest_codes(parent: Ints, codes: Ints) -> Ints:
    """Number the pairs of a unit and a code within it."""
    wide = int(codes.max()) + 1
    places: Ints = np.unique(parent * wide + codes, return_inverse=True)[1].astype(np.int64)
    return places


def arrange_stages(
    data: pl.DataFrame,
    psu: Ints,
    psu_stratum: Ints,
    later_units: Sequence[Ints],
    later_strata: Sequence[Ints],
    fpc: Sequence[str],
    pps: bool,
) -> StageColumns:
    """Nest the codes of later stages and read the population sizes.

    Parameters
    ----------
    data : polars.DataFrame
        In the design's row order, like all arrays.
    psu, psu_stratum : (n,) int
    later_units, later_strata : sequence of (n,) int
        Codes of stage 2, 3 …; codes may repeat between units of the stage before.
    fpc : sequence of str
        Columns with the number of units in the population of the row's stratum at each stage, or all between 0 and 1:
        the sampling fraction. Under `pps` the first one is the probability of the PSU.
    pps : bool
        PSUs were drawn with unequal probabilities.

    Returns
    -------
    StageColumns

    Raises
    ------
    DesignError
        A size is missing, varies within a stratum, or is smaller than the sample.
    """
    units, strata = [psu], [psu_stratum]
    for s, codes in enumerate(later_units):
        parent = units[-1]
        strata.append(nest_codes(parent, later_strata[s]) if s < len(later_strata) else parent)
        units.append(nest_codes(nest_codes(parent, strata[-1]), codes))
    sizes: list[Floats] = []
    weight = np.ones(len(psu))
    for s, column in enumerate(fpc[: len(units)]):
        sampled = _units_per_stratum(units[s], strata[s])
        sizes.append(_read_sizes(data[column], column, strata[s], sampled, unequal=pps and s == 0, unit=units[s]))
        weight *= np.where(np.isinf(sizes[-1]), 1.0, sizes[-1] / sampled)
    return StageColumns(stages=tuple(units[1:]), stage_strata=tuple(strata[1:]), fpc=tuple(sizes), weight=weight)


def _units_per_stratum(unit: Ints, stratum: Ints) -> Floats:
    at = np.unique(unit, return_index=True)[1]
    codes = np.unique(stratum, return_inverse=True)[1]
    counts: Floats = np.bincount(codes[at], minlength=int(codes.max()) + 1)[codes].astype(float)
    return counts


def _read_sizes(raw: pl.Series, column: str, stratum: Ints, sampled: Floats, *, unequal: bool, unit: Ints) -> Floats:
    if raw.dtype.is_nested():
        raise DesignError("the column holds lists, no sizes", "give population sizes", f"column {column!r}")
    values = raw.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().astype(float)
    values = np.where(np.abs(values - 1.0) <= ROUNDING, 1.0, values)  # a fraction of 1 up to rounding is 1
    if np.isnan(values).any() or (values <= 0).any():
        row = int(np.flatnonzero(np.isnan(values) | (values <= 0))[0])
        raise DesignError(
            f"{raw[row]!r} is no population size", "give a number above 0 in every row", f"column {column!r}"
        )
    if (values > 1).any() and ((values < 1).any() or unequal):
        raise DesignError(
            "sizes and fractions are mixed" if not unequal else "a probability is above 1",
            "give all values from 1 up (population sizes), or all up to 1 (fractions)",
            f"column {column!r}",
        )
    within = unit if unequal else stratum
    codes = np.unique(within, return_inverse=True)[1]
    first = values[np.unique(codes, return_index=True)[1]][codes]
    if not np.isclose(values, first, rtol=ROUNDING, atol=0.0).all():
        raise DesignError(
            f"the population size varies within a {'PSU' if unequal else 'stratum'}",
            "give one size a stratum (with `pps`: one probability a PSU)",
            f"column {column!r}",
        )
    sizes = sampled / values if (values <= 1).all() else values
    if (sizes < sampled * (1 - ROUNDING)).any() and not unequal:
        raise DesignError(
            f"more units were sampled ({int(sampled.max())}) than the population has",
            "give the number of units in the population of the stratum",
            f"column {column!r}",
        )
    return np.asarray(sizes, float)
