"""Estimates with their intervals as a chart of Altair (extra `shteg[plot]`)."""

from __future__ import annotations

from typing import Any

import polars as pl

from shteg.errors import UsageError

COLOUR = "#1F4E9E"
"""Readable on white and on black, and to people who see no red or green."""


def plot_intervals(
    frame: pl.DataFrame, *, share: bool = False, reference: float | None = None, log: bool = False
) -> Any:
    """Draw a point with its interval for each row.

    Parameters
    ----------
    frame : polars.DataFrame
        name, estimate, ci_low, ci_high; a row without an estimate is left out, one without an interval is a point.
    share : bool
        Print the axis in per cent.
    reference : float, optional
        Where a line stands: 0 of a difference, 1 of a ratio.
    log : bool
        A logarithmic axis, for ratios.

    Returns
    -------
    altair.Chart
        With values on hover.

    Raises
    ------
    UsageError
        Altair is not installed.
    """
    try:
        import altair
    except ImportError as error:
        raise UsageError("Altair is not installed", "install it with: pip install 'shteg[plot]'", "plot") from error
    alt: Any = altair
    rows = frame.select("name", "estimate", "ci_low", "ci_high").filter(pl.col("estimate").is_not_null())
    form = ".0%" if share else "~g"
    axis = alt.Axis(format=form, title="estimate with its interval")
    scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
    base = alt.Chart(alt.Data(values=rows.to_dicts())).encode(
        y=alt.Y("name:N", sort=None, title=None),
        tooltip=[alt.Tooltip(f"{one}:{'N' if one == 'name' else 'Q'}") for one in rows.columns],
    )
    lines = base.mark_rule(color=COLOUR, strokeWidth=2).encode(
        x=alt.X("ci_low:Q", axis=axis, scale=scale), x2="ci_high:Q"
    )
    points = base.mark_point(color=COLOUR, filled=True, size=60).encode(x=alt.X("estimate:Q", scale=scale))
    layers = [lines, points]
    if reference is not None:
        mark = alt.Chart(alt.Data(values=[{"at": reference}])).mark_rule(strokeDash=[4, 3], color="#777777")
        layers.insert(0, mark.encode(x=alt.X("at:Q", scale=scale)))
    return alt.layer(*layers)
