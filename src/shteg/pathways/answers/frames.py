"""Tables of answers: columns that several of them share, and how rows become a table."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from shteg.estimates import Column, Table
from shteg.pathways.forecast.shares import Shares
from shteg.pathways.forecast.tables import LABEL, MC_ERROR, STEP, TINY

YEAR = Column(name="year", description="By the end of this calendar year.", unit="year")
DRAWS = Column(name="draws", description="Posterior draws used.", unit="count")
WORLDS = Column(name="worlds", description="Worlds simulated for each draw.", unit="count")
_KINDS: dict[str | None, type[pl.DataType]] = {None: pl.String, "year": pl.Int64, "count": pl.Int64}

__all__ = ["DRAWS", "LABEL", "MC_ERROR", "STEP", "WORLDS", "YEAR", "cells", "make_table", "share_columns"]


def share_columns(name: str, words: str, *, prefix: str = "", unit: str = "share") -> tuple[Column, Column, Column]:
    """Describe a quantity with the ends of its interval, called `low` and `high` or `<prefix>_low`, `<prefix>_high`."""
    start = f"{prefix}_" if prefix else ""
    return (
        Column(name=name, description=f"{words}: mean over posterior draws.", unit=unit),  # type: ignore[arg-type]
        Column(
            name=f"{start}low",
            description="Lower end of the 90 % interval over posterior draws.",
            unit=unit,  # type: ignore[arg-type]
        ),
        Column(
            name=f"{start}high",
            description="Upper end of the 90 % interval over posterior draws.",
            unit=unit,  # type: ignore[arg-type]
        ),
    )


def cells(shares: Shares, at: tuple[int, ...]) -> list[float]:
    """Give mean, low and high of one cell."""
    return [float(part[at]) for part in (shares.mean, shares.low, shares.high)]


def make_table(
    name: str, title: str, columns: Sequence[Column], key: tuple[str, ...], rows: Sequence[Sequence[object]]
) -> Table:
    """Make a table; what has no unit is text, years and counts are whole."""
    schema = {one.name: _KINDS.get(one.unit, pl.Float64) for one in columns}
    clean = [tuple(0.0 if isinstance(x, float) and abs(x) < TINY else x for x in row) for row in rows]
    frame = pl.DataFrame(clean, schema=schema, orient="row")
    return Table(name=name, title=title, frame=frame, columns=tuple(columns), key=key)
