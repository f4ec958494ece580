"""Charts of history: how long others needed, and when the relation moved."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

from shteg.estimates import Value
from shteg.report.case_words import said
from shteg.report.charts.parts import (
    PALETTE,
    WIDTH,
    ChartSpec,
    Words,
    chart_table,
    finished,
    name_axis,
    number_of,
    sources_of,
    values_under,
    year_axis,
)
from shteg.report.edition_view import EditionView
from shteg.report.language.locale import format_date

DAYS_A_YEAR = 365.25
FEWEST_COUNTRIES = 3


# --- ladder-times -----------------------------------------------------------------------------------------------------


def ladder_values(edition: EditionView) -> tuple[str, str, list[tuple[str, Value]]]:
    """Give the widest pair of steps that enough countries walked, and their days, the longest first.

    Values are `ladder.days.<country>.<step>.<step>`.
    """
    rung = {str(step["id"]): int(step.get("rung", 0)) for step in edition.steps}
    found: dict[tuple[str, str], list[tuple[str, Value]]] = {}
    for (country, start, end), value in values_under(edition, "ladder", "days", length=5):
        if not isinstance(value.number, str):
            found.setdefault((start, end), []).append((country, value))
    pairs = [pair for pair in found if len(found[pair]) >= FEWEST_COUNTRIES]
    if not pairs:
        return "", "", []
    start, end = max(sorted(pairs), key=lambda pair: (rung.get(pair[1], 0) - rung.get(pair[0], 0), len(found[pair])))
    return start, end, sorted(found[start, end], key=lambda pair: (-number_of(pair[1]), pair[0]))


def ladder_times(edition: EditionView, language: str) -> ChartSpec:
    """How long did others need?"""
    words = Words(edition, language)
    start, end, found = ladder_values(edition)
    names = {country: words.name("country", country) for country, _ in found}
    rows = [
        {
            "country": names[country],
            "years": number_of(value) / DAYS_A_YEAR,
            "low": None if value.low is None else value.low / DAYS_A_YEAR,
            "high": None if value.high is None else value.high / DAYS_A_YEAR,
        }
        for country, value in found
    ]
    y = {"field": "country", "type": "nominal", "sort": list(names.values()), "axis": name_axis()}
    axis = {"title": words.text("chart.ladder-times.axis"), "tickCount": 6, "domain": False, "ticks": False}
    x = {"type": "quantitative", "axis": axis}
    spec = {
        "width": WIDTH,
        "height": {"step": 20},
        "layer": [
            {"mark": {"type": "bar", "height": 10, "opacity": 0.6}, "encoding": {"y": y, "x": {"field": "years"} | x}},
            {
                "mark": {"type": "rule", "color": PALETTE["ink"]},
                "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}},
            },
        ],
    }
    title = words.text("chart.ladder-times.title", start=words.name("step", start), end=words.name("step", end))
    longest, shortest = found[0], found[-1]
    middle = median(number_of(value) for _, value in found) / DAYS_A_YEAR
    sentence = words.text(
        "chart.ladder-times.sentence",
        count=words.number(len(found)),
        median=words.number(middle, 1),
        shortest=names[shortest[0]],
        least=words.number(number_of(shortest[1]) / DAYS_A_YEAR, 1),
        longest=names[longest[0]],
        most=words.number(number_of(longest[1]) / DAYS_A_YEAR, 1),
    )
    return ChartSpec(
        id="ladder-times",
        language=language,
        title=title,
        sentence=sentence,
        note=words.text("chart.ladder-times.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for _, value in found),
        table=chart_table(
            words,
            title,
            ("country", "=days", "=years"),
            [
                (names[country], words.show(value, "range"), words.number(number_of(value) / DAYS_A_YEAR, 1))
                for country, value in found
            ],
        ),
    )


# --- chronicle --------------------------------------------------------------------------------------------------------


def chronicle_rows(edition: EditionView) -> list[dict[str, Any]]:
    """Read the events of the relation, in the order of their dates."""
    if "evidence.chronicle" not in edition.table_names:
        return []
    rows = edition.table("evidence.chronicle").to_dicts()
    return sorted(rows, key=lambda row: (str(row["happened_on"]), str(row.get("id", ""))))


def chronicle(edition: EditionView, language: str) -> ChartSpec:
    """When did the relation move?"""
    words = Words(edition, language)
    events = chronicle_rows(edition)
    kinds = {1: "forward", -1: "back", 0: "neutral"}
    counts = Counter(
        (int(str(row["happened_on"])[:4]), (row["direction"] > 0) - (row["direction"] < 0)) for row in events
    )
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
    title = words.text("chart.chronicle.title")
    totals = Counter(sign for (_, sign), count in counts.items() for _ in range(count))
    sentence = words.text(
        "chart.chronicle.sentence",
        count=words.number(len(events)),
        start=str(min(year for year, _ in counts)),
        end=str(max(year for year, _ in counts)),
        forward=words.number(totals[1]),
        back=words.number(totals[-1]),
    )
    table_rows = [
        (
            _dated(str(row["happened_on"]), language),
            said(row, "title", language, edition.languages),
            words.text(f"chart.chronicle.{kinds[(row['direction'] > 0) - (row['direction'] < 0)]}"),
        )
        for row in events
    ]
    return ChartSpec(
        id="chronicle",
        language=language,
        title=title,
        sentence=sentence,
        note=words.text("chart.chronicle.note"),
        spec=finished(spec, rows, language),
        source_ids=tuple(sorted({str(row["source"]) for row in events})),
        table=chart_table(words, title, ("date", "event", "direction"), table_rows),
    )


def _whole_ticks(rows: list[dict[str, Any]]) -> list[int]:
    """Give about five whole numbers that span the stacked counts, below and above zero."""
    sums: Counter[tuple[int, bool]] = Counter()
    for row in rows:
        sums[row["year"], row["count"] < 0] += abs(row["count"])
    up = max((count for (_, below), count in sums.items() if not below), default=0)
    down = max((count for (_, below), count in sums.items() if below), default=0)
    step = max(1, -(-(up + down) // 5))
    return list(range(-(down // step) * step, up + 1, step))


def _dated(text: str, language: str) -> str:
    """Print a date, or the two ends of a span."""
    return "–".join(format_date(part, language) for part in text.split("/"))
