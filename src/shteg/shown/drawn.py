"""Results as charts of Altair (extra `shteg[plot]`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shteg.errors import UsageError
from shteg.shown.words import words_of

if TYPE_CHECKING:
    import polars as pl

COLOUR = "#1F4E9E"
"""Readable on white, and to people who see no red or green."""
TIMES = ("year", "after_years", "month", "day", "date")
"""Keys that are a time: it goes along the chart."""
MOST_MARKS = 2_000
"""Rows that a chart takes: more are no picture."""
DIVERGING = ["#8C510A", "#F6E8C3", "#F5F5F5", "#C7EAE5", "#01665E"]
"""From −1 to 1, told apart by people who see no red or green."""


def plot_intervals(
    frame: pl.DataFrame,
    *,
    share: bool = False,
    reference: float | None = None,
    log: bool = False,
    language: str = "en",
    title: str = "",
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
    language : "en" | "sq"
        Of the words on it.
    title : str
        Above the chart.

    Returns
    -------
    altair.Chart
        With values on hover.

    Raises
    ------
    UsageError
        Altair is not installed, or there are no words in the language.
    """
    alt, words = _altair(), words_of(language)
    rows = frame.select("name", "estimate", "ci_low", "ci_high").drop_nulls("estimate")
    form = ".0%" if share else "~g"
    axis = alt.Axis(format=form, title=words["interval"])
    scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
    base = alt.Chart(alt.Data(values=rows.to_dicts())).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)),
        tooltip=[_tip(alt, one, words, numbers=one != "name") for one in rows.columns],
    )
    lines = base.mark_rule(color=COLOUR, strokeWidth=2).encode(
        x=alt.X("ci_low:Q", axis=axis, scale=scale), x2="ci_high:Q"
    )
    points = base.mark_point(color=COLOUR, filled=True, size=60).encode(x=alt.X("estimate:Q", scale=scale))
    layers = [lines, points]
    if reference is not None:
        mark = alt.Chart(alt.Data(values=[{"at": reference}])).mark_rule(strokeDash=[4, 3], color="#777777")
        layers.insert(0, mark.encode(x=alt.X("at:Q", scale=scale)))
    return alt.layer(*layers, **({"title": title} if title else {}))


def plot_heatmap(frame: pl.DataFrame, *, language: str = "en", title: str = "") -> Any:
    """Draw correlations as a square of cells with their figures.

    Parameters
    ----------
    frame : polars.DataFrame
        first, second, estimate, ci_low, ci_high: each pair in both orders, and each variable with itself.
    language : "en" | "sq"
        Of the words on it.
    title : str
        Above the chart.

    Returns
    -------
    altair.Chart
        Cells in which there is no correlation are empty.

    Raises
    ------
    UsageError
        Altair is not installed, or there are no words in the language.
    """
    alt, words = _altair(), words_of(language)
    rows = frame.drop_nulls("estimate")
    order = frame["first"].unique(maintain_order=True).to_list()
    base = alt.Chart(alt.Data(values=rows.to_dicts())).encode(
        x=alt.X("first:N", sort=order, title=None, axis=alt.Axis(orient="top", labelAngle=-40)),
        y=alt.Y("second:N", sort=order, title=None),
        tooltip=[_tip(alt, one, words, numbers=True) for one in ("estimate", "ci_low", "ci_high")],
    )
    colours = alt.Scale(domain=[-1, 1], range=DIVERGING, interpolate="lab")
    cells = base.mark_rect().encode(color=alt.Color("estimate:Q", scale=colours, title=words["correlation"]))
    dark = alt.condition("abs(datum.estimate) > 0.6", alt.value("#FFFFFF"), alt.value("#111111"))
    figures = base.mark_text().encode(text=alt.Text("estimate:Q", format=".2f"), color=dark)
    return alt.layer(cells, figures, **({"title": title} if title else {}))


def plot_table(
    frame: pl.DataFrame, key: tuple[str, ...], *, value: str | None = None, language: str = "en", title: str = ""
) -> Any:
    """Draw a table of a stage: its figures with their intervals where it has them, by year where its rows are years.

    Parameters
    ----------
    frame : polars.DataFrame
    key : tuple of str
        Columns that identify a row: they name it.
    value : str, optional
        The column that is drawn. Default: the one before the ends of intervals; else the first number that is no key.
    language : "en" | "sq"
        Of the words on it.
    title : str
        Above the chart.

    Returns
    -------
    altair.Chart

    Raises
    ------
    UsageError
        The table has no such number, or too many rows for a chart; Altair is not installed.
    """
    alt, words = _altair(), words_of(language)
    drawn = _value_of(frame, key, value)
    ends = _ends_of(frame, drawn)
    rows = frame.drop_nulls(drawn)
    if rows.height > MOST_MARKS:
        hint = "filter its `frame`, and draw that"
        raise UsageError(f"the table has {rows.height} rows, too many for a chart", hint, "plot")
    time = next((name for name in key if name in TIMES), None)
    parts = [one for one in key if one != time]
    names = [
        " · ".join(str(row[one]) for one in parts if row[one] is not None) or drawn
        for row in rows.iter_rows(named=True)
    ]
    columns = {"estimate": drawn, **({} if ends is None else {"ci_low": ends[0], "ci_high": ends[1]})}
    columns |= {} if time is None else {"time": time}
    data = [
        {"name": name, **{mark: row[column] for mark, column in columns.items()}}
        for name, row in zip(names, rows.iter_rows(named=True), strict=True)
    ]
    tips = [_tip(alt, one, words, numbers=one != "name") for one in (data[0] if data else {}) if one != "time"]
    base = alt.Chart(alt.Data(values=data)).encode(tooltip=tips)
    measured = alt.Axis(title=drawn if ends is None else words["interval"], format="~g")
    layers = (
        _over_time(alt, base, rows[time].dtype.is_numeric(), measured, ends)
        if time
        else _bars(alt, base, measured, ends)
    )
    return alt.layer(*layers, **({"title": title} if title else {}))


def _bars(alt: Any, base: Any, measured: Any, ends: tuple[str, str] | None) -> list[Any]:
    named = base.encode(y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)))
    if ends is None:
        return [named.mark_bar(color=COLOUR).encode(x=alt.X("estimate:Q", axis=measured))]
    scale = alt.Scale(zero=False)
    lines = named.mark_rule(color=COLOUR, strokeWidth=2).encode(
        x=alt.X("ci_low:Q", axis=measured, scale=scale), x2="ci_high:Q"
    )
    return [lines, named.mark_point(color=COLOUR, filled=True, size=60).encode(x=alt.X("estimate:Q", scale=scale))]


def _over_time(alt: Any, base: Any, whole: bool, measured: Any, ends: tuple[str, str] | None) -> list[Any]:
    at = alt.X("time:Q", axis=alt.Axis(format="d", title=None)) if whole else alt.X("time:T", axis=alt.Axis(title=None))
    coloured = base.encode(x=at, color=alt.Color("name:N", title=None))
    scale = alt.Scale(zero=False)
    lines = coloured.mark_line(point=True).encode(y=alt.Y("estimate:Q", axis=measured, scale=scale))
    if ends is None:
        return [lines]
    return [
        coloured.mark_area(opacity=0.2).encode(y=alt.Y("ci_low:Q", axis=measured, scale=scale), y2="ci_high:Q"),
        lines,
    ]


def _value_of(frame: pl.DataFrame, key: tuple[str, ...], value: str | None) -> str:
    numbers = [one.name for one in frame if one.dtype.is_numeric() and one.name not in key]
    if value is not None:
        if value not in numbers:
            hint = "its numbers are " + ", ".join(numbers) if numbers else "it has no numbers"
            raise UsageError(f"the table has no number {value!r}", hint, "value")
        return value
    if not numbers:
        raise UsageError("the table has no number to draw", "its `frame` holds the texts", "plot")
    if ends := [name for name in numbers if _ends_of(frame, name)]:
        return ends[0]
    broken = [name for name in numbers if frame[name].dtype.is_float()]
    return (broken or numbers)[0]


def _ends_of(frame: pl.DataFrame, drawn: str) -> tuple[str, str] | None:
    """Columns with the ends of a figure's interval: those of an estimate, or the two after it called … low, … high."""
    if "estimate" in frame.columns and {"ci_low", "ci_high"} <= set(frame.columns):
        return ("ci_low", "ci_high") if drawn == "estimate" else None
    after = [one for one in frame.columns[frame.columns.index(drawn) + 1 :] if not one.endswith("error")][:2]
    found = len(after) == 2 and after[0].endswith("low") and after[1].endswith("high")
    return (after[0], after[1]) if found and all(frame[one].dtype.is_numeric() for one in after) else None


def _tip(alt: Any, name: str, words: dict[str, str], *, numbers: bool) -> Any:
    title = words.get(name, name)
    return alt.Tooltip(f"{name}:Q", title=title, format=".4~g") if numbers else alt.Tooltip(f"{name}:N", title=title)


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise UsageError("Altair is not installed", "install it with: pip install 'shteg[plot]'", "plot") from error
    return altair
