"""Charts of opinion: trends of published questions, and what published totals imply for those not named."""

from __future__ import annotations

from typing import Any

from shteg.estimates import Value
from shteg.report.charts.parts import (
    PALETTE,
    WIDTH,
    ChartSpec,
    Spec,
    Words,
    chart_table,
    finished,
    name_axis,
    number_of,
    percent_axis,
    small_multiples,
    sources_of,
    times_quoted,
    values_under,
    wrapped,
    year_axis,
)
from shteg.report.edition_view import EditionView
from shteg.report.language.lists import join_clauses
from shteg.report.language.locale import exact
from shteg.report.language.values import direction_word

EVERYONE = ("all", "total")
FEWEST_YEARS = 3
"""A trend of fewer points is no trend."""
MOST_TRENDS = 9
"""Trends in the chart, those that the texts quote first; the table has all."""
MOST_CLAUSES = 5
"""Trends that the sentence tells."""
MOST_FIGURES = 6
"""Published pairs in the coherence chart; the table has all."""


# --- opinion-trends ---------------------------------------------------------------------------------------------------


def trend_values(edition: EditionView) -> dict[str, list[tuple[int, Value]]]:
    """Give `survey.trend.<question>.<year>` by question: those most quoted first, then the longest."""
    found: dict[str, list[tuple[int, Value]]] = {}
    for (question, year), value in values_under(edition, "survey", "trend", length=4):
        if year.isdigit() and not isinstance(value.number, str):
            found.setdefault(question, []).append((int(year), value))
    kept = {question: sorted(pairs, key=lambda pair: pair[0]) for question, pairs in found.items()}

    def weight(question: str) -> tuple[int, int, str]:
        quoted = times_quoted(edition, f"survey.{question}.") + times_quoted(edition, f"survey.trend.{question}.")
        return -quoted, -len(kept[question]), question

    return {question: kept[question] for question in sorted(kept, key=weight) if len(kept[question]) >= FEWEST_YEARS}


def published_points(edition: EditionView, question: str) -> list[tuple[str, int, Value]]:
    """Give the published figures among everyone: (series, year, value)."""
    points = []
    for parts, value in values_under(edition, "survey", question, length=5):
        series, year, group = parts
        if year.isdigit() and group in EVERYONE and value.unit == "share":
            points.append((series, int(year), value))
    return sorted(points, key=lambda point: (point[1], point[0]))


def opinion_trends(edition: EditionView, language: str) -> ChartSpec:
    """How has opinion moved?"""
    words = Words(edition, language)
    trends = trend_values(edition)
    shown = list(trends)[:MOST_TRENDS]
    names = {question: wrapped(words.name("question", question), 28) for question in shown}
    rows: list[dict[str, Any]] = []
    values: list[Value] = []
    table_rows = []
    for question, trend in trends.items():
        printed = words.name("question", question)
        for year, value in trend:
            ends = {"low": value.low, "high": value.high}
            if question in names:
                rows.append({"question": names[question], "year": year, "trend": number_of(value)} | ends)
            table_rows.append((printed, words.text("chart.trend"), str(year), words.show(value), words.interval(value)))
        for series, year, value in published_points(edition, question):
            if question in names:
                rows.append({"question": names[question], "year": year, "published": number_of(value)})
            name = words.argument(value, "series", series)
            table_rows.append((printed, name, str(year), words.show(value), words.interval(value)))
            values.append(value)
        values.extend(value for _, value in trend)
    x = {
        "field": "year",
        "type": "quantitative",
        "axis": year_axis((row["year"] for row in rows), 3),
        "scale": {"domain": [min(row["year"] for row in rows), max(row["year"] for row in rows)], "nice": False},
    }

    def layers(share: Spec) -> list[Spec]:
        return [
            {
                "transform": [{"filter": "isValid(datum.low)"}],
                "mark": {"type": "area", "opacity": 0.22},
                "encoding": {"x": x, "y": {"field": "low"} | share, "y2": {"field": "high"}},
            },
            {
                "transform": [{"filter": "isValid(datum.trend)"}],
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": {"field": "trend"} | share},
            },
            {
                "transform": [{"filter": "isValid(datum.published)"}],
                "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1, "color": PALETTE["ink"]},
                "encoding": {"x": x, "y": {"field": "published"} | share},
            },
        ]

    spec = small_multiples("question", list(names.values()), layers, height=110)
    title = words.text("chart.opinion-trends.title")
    clauses = [_trend_clause(words, question, trends[question]) for question in shown[:MOST_CLAUSES]]
    return ChartSpec(
        id="opinion-trends",
        language=language,
        title=title,
        sentence=words.text("chart.opinion-trends.sentence", clauses=join_clauses(clauses)),
        note=words.text("chart.opinion-trends.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(values),
        table=chart_table(words, title, ("question", "series", "=year", "=share", "=interval"), table_rows),
    )


def _trend_clause(words: Words, question: str, trend: list[tuple[int, Value]]) -> str:
    (start, first), (end, last) = trend[0], trend[-1]
    return words.text(
        "chart.opinion-trends.clause",
        question=words.name("question", question),
        direction=direction_word(first, last, words.language),
        first=words.show(first),
        last=words.show(last),
        start=str(start),
        end=str(end),
    )


# --- coherence --------------------------------------------------------------------------------------------------------


def coherence_values(edition: EditionView) -> dict[tuple[str, str, str], list[tuple[str, Value]]]:
    """Give `coherence.<question>.<series>.<year>.<scheme>.rest` by pair: most quoted first, then the tightest."""
    found: dict[tuple[str, str, str], list[tuple[str, Value]]] = {}
    for (question, series, year, scheme, part), value in values_under(edition, "coherence", length=6):
        if part == "rest":
            found.setdefault((question, series, year), []).append((scheme, value))

    def tightness(key: tuple[str, str, str]) -> tuple[int, float, tuple[str, str, str]]:
        highs = [-1.0 if value.high is None else float(exact(value.high)) for _, value in found[key]]
        return -times_quoted(edition, f"coherence.{'.'.join(key)}."), min(highs), key

    return {key: found[key] for key in sorted(found, key=tightness)}


def coherence(edition: EditionView, language: str) -> ChartSpec:
    """What must all others have answered, for the published figures to be true together?"""
    words = Words(edition, language)
    found = coherence_values(edition)
    shown = list(found)[:MOST_FIGURES]
    titles = {
        key: wrapped(f"{_series(words, found[key], key[1])} {key[2]}: {words.name('question', key[0])}", 60)
        for key in found
    }
    rows = []
    for key in shown:
        for scheme, value in found[key]:
            base = {"figure": titles[key], "scheme": wrapped(words.name("scheme", scheme), 60)}
            bounds = {"low": value.low, "high": value.high}
            rows.append(base | (bounds if value.low is not None else {"none": 0}))
    schemes = list(dict.fromkeys(row["scheme"] for row in rows))
    y = {"field": "scheme", "type": "nominal", "sort": schemes, "axis": name_axis(labelLimit=340)}
    x = {"type": "quantitative", "axis": percent_axis(), "scale": {"domain": [0, 1]}}
    spec = {
        "facet": {
            "field": "figure",
            "type": "nominal",
            "sort": [titles[key] for key in shown],
            "header": {"title": None, "labelExpr": "split(datum.label, '\\n')", "labelAnchor": "start"},
        },
        "columns": 1,
        "spacing": 22,
        "resolve": {"scale": {"y": "independent"}},
        "spec": {
            "width": WIDTH - 60,
            "height": {"step": 24},
            "layer": [
                {
                    "mark": {"type": "bar", "height": 8, "opacity": 0.8},
                    "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}},
                },
                {
                    "mark": {"type": "tick", "thickness": 3, "size": 14},
                    "encoding": {"y": y, "x": {"field": "high"} | x},
                },
                {
                    "mark": {"type": "text", "text": "×", "fontSize": 16, "color": PALETTE["negative"]},
                    "encoding": {"y": y, "x": {"field": "none"} | x},
                },
            ],
        },
    }
    title = words.text("chart.coherence.title")
    first = shown[0]
    clauses = [
        words.text("chart.coherence.clause", scheme=words.name("scheme", scheme), share=_implied(words, value))
        for scheme, value in found[first]
    ]
    return ChartSpec(
        id="coherence",
        language=language,
        title=title,
        sentence=words.text(
            "chart.coherence.sentence", figure=" ".join(titles[first].split()), clauses=join_clauses(clauses)
        ),
        note=words.text("chart.coherence.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for pairs in found.values() for _, value in pairs),
        table=chart_table(
            words,
            title,
            ("published", "scheme", "=rest"),
            [
                (" ".join(titles[key].split()), words.name("scheme", scheme), _implied(words, value))
                for key, pairs in found.items()
                for scheme, value in pairs
            ],
        ),
    )


def _series(words: Words, pairs: list[tuple[str, Value]], slug: str) -> str:
    return words.argument(pairs[0][1], "series", words.name("series", slug))


def _implied(words: Words, value: Value) -> str:
    """Print the bounds; without any, the words of the value (no answer is possible)."""
    return words.show(value) if value.low is None else words.interval(value)
