"""Axes: of plain numbers, of shares, of calendar years."""

from __future__ import annotations

from collections.abc import Iterable

from shteg.report.layout.frames import Spec


def number_axis(title: str, ticks: int = 6, *, grid: bool | None = None) -> Spec:
    """Axis of plain numbers.

    Parameters
    ----------
    title : str
        Name and unit of the numbers.
    ticks : int
        About so many marks.
    grid : bool, optional
        With lines across the plot; the default of the drawing if left out.

    Returns
    -------
    dict
    """
    lines = {} if grid is None else {"grid": grid}
    return {"title": title, "tickCount": ticks, "domain": False, "ticks": False, **lines}


def percent_axis(title: str | None = None) -> Spec:
    """Axis of shares, printed as percentages."""
    return {"title": title, "format": ".0%", "tickCount": 5, "grid": True, "domain": False, "ticks": False}


def year_axis(years: Iterable[int], most: int = 4) -> Spec:
    """Axis of calendar years with at most so many labels, at round years; the ends where there are no two of them."""
    known = sorted(set(years))
    first, last = known[0], known[-1]
    marks = [first, last] if last > first else [first]
    for step in (1, 2, 5, 10, 20, 50):
        at_steps = [year for year in range(first, last + 1) if year % step == 0]
        if len(at_steps) <= most:
            marks = at_steps if len(at_steps) > 1 else marks
            break
    return {"title": None, "format": "d", "values": marks, "grid": False}
