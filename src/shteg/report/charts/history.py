"""Charts of history: how long others needed, and when the relation moved."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

from shteg.estimates import YEAR_DAYS, Value
from shteg.report.charts.forms import bars, number_axis, with_ends
from shteg.report.charts.palette import PALETTE
from shteg.report.charts.parts import Chart, ChartSpec, chart_spec, falling, number_of, year_axis
from shteg.report.edition_view import EditionView, Row, subject
from shteg.report.language.words import Words

FEWEST_COUNTRIES = 3


# --- ladder-times -----------------------------------------------------------------------------------------------------


def ladder_values(edition: EditionView) -> list[Value]:
    """Give the days that each country needed for the widest pair of steps that enough walked, the longest first."""
    rung = {step.id: step.rung for step in edition.steps}
    found: dict[tuple[str, str], list[Value]] = {}
    for value in edition.select("value.accession.days"):
        found.setdefault((subject(value, "step_from"), subject(value, "step_to")), []).append(value)
    pairs = sorted(pair for pair in found if len(found[pair]) >= FEWEST_COUNTRIES)
    if not pairs:
        return []
    widest = max(pairs, key=lambda pair: (rung.get(pair[1], 0) - rung.get(pair[0], 0), len(found[pair])))
    return falling(found[widest], "country")


def _years(days: float) -> float:
    return days / YEAR_DAYS


def ladder_times(words: Words) -> ChartSpec:
    """How long did others need?"""
    found = ladder_values(words.edition)
    names = [words.about(value, "country") for value in found]
    years = [words.number(_years(number_of(value)), 1) for value in found]
    x = {"type": "quantitative", "axis": number_axis(words.text("chart.ladder-times.axis"))}
    start, end = (words.about(found[0], name) for name in ("step_from", "step_to"))
    return chart_spec(
        words,
        "ladder-times",
        bars("country", "years", names, x, step=20, bar={"height": 10}),
        [{"country": name} | with_ends(value, "years", _years) for name, value in zip(names, found, strict=True)],
        title=words.text("chart.ladder-times.title", start=start, end=end),
        sentence=words.text(
            "chart.ladder-times.sentence",
            count=len(found),
            median=words.number(_years(median(number_of(value) for value in found)), 1),
            shortest=names[-1],
            least=years[-1],
            longest=names[0],
            most=years[0],
        ),
        sources=found,
        columns=("country", "=days", "=years"),
        cells=[(name, words.show(one, "range"), long) for name, one, long in zip(names, found, years, strict=True)],
    )


# --- chronicle --------------------------------------------------------------------------------------------------------


def chronicle_rows(edition: EditionView) -> list[Row]:
    """Read the events of the relation, in the order of their dates."""
    rows = edition.rows("evidence.chronicle")
    return sorted(rows, key=lambda row: (str(row["happened_on"]), str(row.get("id", ""))))


def chronicle(words: Words) -> ChartSpec:
    """When did the relation move?"""
    events = chronicle_rows(words.edition)
    kinds = {1: "forward", -1: "back", 0: "neutral"}
    counts = Counter((int(str(row["happened_on"])[:4]), _sign(row)) for row in events)
    rows: list[dict[str, Any]] = [
        {
            "year": year,
            "count": -count if sign < 0 else count,
            "kind": words.text(f"chart.chronicle.{kinds[sign]}"),
            "order": {0: 0, 1: 1, -1: 2}[sign],
        }
        for (year, sign), count in sorted(counts.items())
    ]
    names = [words.text(f"chart.chronicle.{kinds[sign]}") for sign in (1, 0, -1)]
    spec = {
        "width": 600,
        "height": 180,
        "mark": {"type": "bar", "width": 10},
        "encoding": {
            "x": {
                "field": "year",
                "type": "quantitative",
                "axis": year_axis((row["year"] for row in rows), 8),
                "scale": {"zero": False, "nice": False, "padding": 12},
            },
            "y": {
                "field": "count",
                "type": "quantitative",
                "axis": {
                    "title": words.text("chart.chronicle.axis"),
                    "values": _whole_ticks(rows),
                    "labelExpr": "format(abs(datum.value), 'd')",
                    "domain": False,
                    "ticks": False,
                },
            },
            "order": {"field": "order", "type": "quantitative"},
            "color": {
                "field": "kind",
                "type": "nominal",
                "scale": {
                    "domain": names,
                    "range": [PALETTE["positive"], PALETTE["neutral"], PALETTE["negative"]],
                },
            },
        },
    }
    totals = Counter(map(_sign, events))
    return chart_spec(
        words,
        "chronicle",
        spec,
        rows,
        sentence=words.text(
            "chart.chronicle.sentence",
            count=len(events),
            start=str(min(year for year, _ in counts)),
            end=str(max(year for year, _ in counts)),
            forward=totals[1],
            back=totals[-1],
        ),
        sources=tuple(sorted({str(row["source"]) for row in events})),
        columns=("date", "event", "direction"),
        cells=[
            (
                words.date(str(row["happened_on"])),
                words.field(row, "title"),
                words.text(f"chart.chronicle.{kinds[_sign(row)]}"),
            )
            for row in events
        ],
    )


def _sign(row: Row) -> int:
    """Tell whether an event brought the two nearer (1) or apart (-1)."""
    return int(row["direction"] > 0) - int(row["direction"] < 0)


def _whole_ticks(rows: list[dict[str, Any]]) -> list[int]:
    """Give about five whole numbers that span the stacked counts, below and above zero."""
    sums: Counter[tuple[int, bool]] = Counter()
    for row in rows:
        sums[row["year"], row["count"] < 0] += abs(row["count"])
    up = max((count for (_, below), count in sums.items() if not below), default=0)
    down = max((count for (_, below), count in sums.items() if below), default=0)
    step = max(1, -(-(up + down) // 5))
    return list(range(-(down // step) * step, up + 1, step))


CHARTS = (
    Chart(id="ladder-times", place=7, holds=ladder_values, make=ladder_times),
    Chart(id="chronicle", place=12, holds=chronicle_rows, make=chronicle),
)
