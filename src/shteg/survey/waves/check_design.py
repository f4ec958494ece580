"""What in the data of a wave does not fit its sampling design: weights, strata, primary units, each with its cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from shteg.arrays import Bools, Ints
from shteg.errors import DesignError, Problem
from shteg.evidence.case import Wave
from shteg.survey.waves.places import WavePlaces
from shteg.survey.waves.read_wave import wave_design

_MERGE = "merge it with a neighbour in the data, or set `lonely_psu` to remove, adjust, average or certainty"


def design_problems(wave: Wave, data: pl.DataFrame, places: WavePlaces) -> list[Problem]:
    """Find what keeps the data from being a sample of this design.

    Parameters
    ----------
    wave : Wave
    data : polars.DataFrame
        The answers, in the order of the file, codes declared missing blank.
    places : WavePlaces
        Makes the problems.

    Returns
    -------
    list of Problem
        Each at the place where it is mended: the design, or a cell of the data.
    """
    plan = wave.design
    named = [column for column in (plan.stratum, plan.psu, plan.weight) if column is not None]
    if any(column not in data.columns for column in named):
        return []  # said already: nothing more can be known
    found = [*_weights(plan.weight, data, places), *_codes(plan.stratum, plan.psu, data, places)]
    if found:
        return found
    try:
        design = wave_design(wave, data)
    except DesignError as error:
        return [places.of_error(error)]
    if plan.lonely_psu == "fail":
        for place in np.flatnonzero(design.psus_per_stratum == 1):
            name = f"stratum `{design.strata[place]}`" if plan.stratum else "the sample"
            problem = f"{name} has one primary unit: its variance cannot be estimated"
            found.append(places.at_design(("lonely_psu",), problem, _MERGE))
    return found


MOST_PEOPLE = 1e10
"""No respondent stands for more."""


def _weights(column: str | None, data: pl.DataFrame, places: WavePlaces) -> Iterator[Problem]:
    if column is None:
        return
    raw = data[column]
    numbers = raw.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    wrong = ~np.isfinite(numbers)
    hint = "give every respondent a weight of 0 or more, with a decimal point"
    for value, rows in _by_value(raw, wrong):
        yield from places.at_cells(rows, column, f"the weight {_shown(value)} is not a finite number", hint)
    for value, rows in _by_value(raw, np.nan_to_num(numbers) < 0):
        yield from places.at_cells(rows, column, f"the weight {_shown(value)} is negative", hint)
    for value, rows in _by_value(raw, np.where(wrong, 0.0, numbers) > MOST_PEOPLE):
        problem = f"the weight {_shown(value)} is more people than there are"
        yield from places.at_cells(rows, column, problem, "correct it: a respondent stands for so many people")
    if not wrong.any() and not numbers.any():
        problem = f"all weights in the column `{column}` are 0"
        yield places.at_design(("weight",), problem, "name the column that holds the weights")


def _codes(stratum: str | None, psu: str | None, data: pl.DataFrame, places: WavePlaces) -> Iterator[Problem]:
    for column, what in ((stratum, "stratum"), (psu, "primary unit")):
        if column is not None:
            blank = data[column].cast(pl.String).str.strip_chars().fill_null("") == ""
            rows = np.flatnonzero(blank.to_numpy())
            yield from places.at_cells(rows, column, f"the respondent has no {what}", "fill it in")
    if stratum is None or psu is None:
        return
    pairs = data.select(pl.col(stratum).cast(pl.String).alias("s"), pl.col(psu).cast(pl.String).alias("p"))
    first = pairs.with_columns(pl.col("s").first().over("p").alias("first")).with_row_index("row")
    clash = first.filter(pl.col("s") != pl.col("first"))
    for (unit, here, there), group in clash.group_by("p", "s", "first", maintain_order=True):
        problem = f"the primary unit `{unit}` lies in the stratum `{there}` above, and here in `{here}`"
        hint = "correct the code, or give each primary unit a code of its own"
        yield from places.at_cells(group["row"].to_numpy().astype(np.int64), psu, problem, hint)


def _by_value(raw: pl.Series, wrong: Bools) -> Iterator[tuple[object, Ints]]:
    """Give the rows of each wrong value, in the order of the file."""
    rows: dict[object, list[int]] = {}
    for row in np.flatnonzero(wrong):
        rows.setdefault(raw[int(row)], []).append(int(row))
    yield from ((value, np.array(found, dtype=np.int64)) for value, found in rows.items())


def _shown(value: object) -> str:
    return "(empty)" if value is None or not str(value).strip() else f"`{value}`"
