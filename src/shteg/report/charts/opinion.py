"""Charts of opinion: trends of published questions, and what published totals imply for those not named."""

from __future__ import annotations

from collections import Counter
from typing import Any

from shteg.estimates import Value
from shteg.report.charts.parts import (
    Chart,
    ChartSpec,
    chart_spec,
    number_of,
)
from shteg.report.edition_view import EditionView, QuestionView, subject
from shteg.report.language.lists import join_clauses
from shteg.report.language.locale import exact
from shteg.report.language.values import direction_word
from shteg.report.language.words import Words
from shteg.report.layout.axes import percent_axis, year_axis
from shteg.report.layout.forms import spans
from shteg.report.layout.multiples import small_multiples
from shteg.report.layout.names import Heading, Label, Name

TREND, PUBLISHED, REST = "value.survey.trend.all", "value.survey.published.all", "value.survey.coherence.rest"
FEWEST_YEARS = 3
"""A trend of fewer points is no trend."""
MOST_TRENDS = 9
"""Trends in the chart, those that the texts quote first; the table has all."""
MOST_CLAUSES = 5
"""Trends that the sentence tells."""
MOST_FIGURES = 3
"""Published pairs in the coherence chart; the table has all."""


# --- opinion-trends ---------------------------------------------------------------------------------------------------


def trend_values(edition: EditionView) -> dict[str, list[Value]]:
    """Give one trend for each question, by year: those most quoted first, then the longest.

    It is that of the answers in favour; of a question without such answers, that of its only answer.
    """
    found: dict[str, dict[str, list[Value]]] = {}
    for value in edition.select(TREND):
        found.setdefault(subject(value, "question"), {}).setdefault(subject(value, "answer"), []).append(value)
    kept: dict[str, list[Value]] = {}
    for question, trends in found.items():
        chosen = [
            ours for answer, ours in trends.items() if len(trends) == 1 or answer in _favourable(edition, ours[0])
        ]
        if chosen and len(chosen[0]) >= FEWEST_YEARS:
            kept[question] = sorted(chosen[0], key=lambda value: subject(value, "year"))
    quoted = _times_quoted(edition, ("value.survey.trend", "value.survey.published", "value.survey.score"), "question")
    return dict(sorted(kept.items(), key=lambda pair: (-quoted[pair[0],], -len(pair[1]), pair[0])))


def _favourable(edition: EditionView, value: Value) -> tuple[str, ...]:
    return edition.questions.get(subject(value, "question"), QuestionView()).favourable


def _times_quoted(edition: EditionView, kinds: tuple[str, ...], *about: str) -> Counter[tuple[str, ...]]:
    """Count how often the texts quote values whose kinds begin so, by what these are about."""
    found: Counter[tuple[str, ...]] = Counter()
    for value_id, times in edition.times_quoted().items():
        value = edition.values.get(value_id)
        if value is not None and value.label_key.startswith(kinds):
            found[tuple(subject(value, name) for name in about)] += times
    return found


def published_points(edition: EditionView, trend: list[Value]) -> list[Value]:
    """Give the published shares of everyone that a trend was made of, by year and series."""
    answers = str(trend[0].details.get("answers", subject(trend[0], "answer"))).split(" | ")
    return sorted(
        (
            value
            for value in edition.select(PUBLISHED, question=trend[0].label_args["question"])
            if value.unit == "share" and subject(value, "answer") in answers
        ),
        key=lambda value: (subject(value, "year"), subject(value, "series").casefold()),
    )


def opinion_trends(words: Words) -> ChartSpec:
    """How has opinion moved?"""
    trends = trend_values(words.edition)
    shown = list(trends)[:MOST_TRENDS]
    names = {question: words.named(f"question:{question}") for question in shown}
    rows: list[dict[str, Any]] = []
    values: list[Value] = []
    cells: list[tuple[str, ...]] = []
    for question, trend in trends.items():
        for column, listed in (("trend", trend), ("published", published_points(words.edition, trend))):
            for value in listed:
                year = subject(value, "year")
                series = words.text("chart.trend") if column == "trend" else words.about(value, "series")
                name = words.about(value, "question")
                if question in names:
                    ends = {"low": value.low, "high": value.high} if column == "trend" else {}
                    place = {"question": names[question], "year": int(year), "at": len(cells)}
                    rows.append(place | {column: number_of(value)} | ends)
                cells.append((name, series, year, words.show(value), words.interval(value)))
            values += listed
    x = {
        "field": "year",
        "type": "quantitative",
        "axis": year_axis((row["year"] for row in rows), 3),
        "scale": {"domain": [min(row["year"] for row in rows), max(row["year"] for row in rows)], "nice": False},
    }
    clauses = [_trend_clause(words, trends[question]) for question in shown[:MOST_CLAUSES]]
    return chart_spec(
        words,
        "opinion-trends",
        small_multiples("question", list(names.values()), x, "trend", points="published"),
        rows,
        sentence=words.text("chart.opinion-trends.sentence", clauses=join_clauses(clauses)),
        note=_noted(words, "opinion-trends", len(shown), len(trends)),
        sources=values,
        columns=("question", "series", "=year", "=share", "=interval"),
        cells=cells,
    )


def _noted(words: Words, chart_id: str, shown: int, known: int) -> str:
    """Give the note of a chart, and how many of all are drawn where that is not all."""
    note = words.text(f"chart.{chart_id}.note")
    return f"{note} {words.text('chart.shown', shown=shown, count=known)}" if shown < known else note


def _trend_clause(words: Words, trend: list[Value]) -> str:
    first, last = trend[0], trend[-1]
    return words.text(
        "chart.opinion-trends.clause",
        question=words.about(first, "question"),
        direction=direction_word(first, last, words.language),
        first=words.show(first),
        last=words.show(last),
        start=subject(first, "year"),
        end=subject(last, "year"),
    )


# --- coherence --------------------------------------------------------------------------------------------------------

_Figure = tuple[str, str, str]


def coherence_values(edition: EditionView) -> dict[_Figure, list[Value]]:
    """Give what is left for all others, by (question, series, year): most quoted first, then the tightest."""
    found: dict[_Figure, list[Value]] = {}
    for value in edition.select(REST):
        found.setdefault(_figure(value), []).append(value)
    quoted = _times_quoted(edition, ("value.survey.coherence.",), "question", "series", "year")

    def tightness(key: _Figure) -> tuple[int, float, _Figure]:
        highs = [-1.0 if value.high is None else float(exact(value.high)) for value in found[key]]
        return -quoted[key], min(highs), key

    return {key: found[key] for key in sorted(found, key=tightness)}


def _figure(value: Value) -> _Figure:
    return subject(value, "question"), subject(value, "series"), subject(value, "year")


def coherence(words: Words) -> ChartSpec:
    """What must all others have answered, for the published figures to be true together?"""
    found = coherence_values(words.edition)
    shown = list(found)[:MOST_FIGURES]
    titles = {key: _figure_title(words, ours[0]) for key, ours in found.items()}
    rows: list[dict[str, Any]] = []
    names: list[Name] = []
    for key, ours in found.items():
        if key in shown:
            names.append(Heading(titles[key]))
        for value in ours if key in shown else ():
            row = f"{'/'.join(key)}/{subject(value, 'scheme')}"
            names.append(Label(row, words.about(value, "scheme")))
            bounds = {"low": value.low, "high": value.high}
            rows.append({"scheme": row, "at": len(rows)} | (bounds if value.low is not None else {"none": 0}))
    x = {"type": "quantitative", "axis": percent_axis(), "scale": {"domain": [0, 1]}}
    first = shown[0]
    clauses = [
        words.text("chart.coherence.clause", scheme=words.about(value, "scheme"), share=_implied(words, value))
        for value in found[first]
    ]
    return chart_spec(
        words,
        "coherence",
        spans("scheme", names, x, step=24, nothing="none"),
        rows,
        sentence=words.text("chart.coherence.sentence", figure=titles[first], clauses=join_clauses(clauses)),
        note=_noted(words, "coherence", len(shown), len(found)),
        sources=[value for ours in found.values() for value in ours],
        columns=("published", "scheme", "=rest"),
        cells=[
            (titles[key], words.about(value, "scheme"), _implied(words, value))
            for key, ours in found.items()
            for value in ours
        ],
    )


def _figure_title(words: Words, value: Value) -> str:
    """Name a published figure; an answer that is not in favour is named too."""
    series, question, answer = (words.about(value, name) for name in ("series", "question", "answer"))
    title = f"{series} {subject(value, 'year')}: {question}"
    return title if subject(value, "answer") in _favourable(words.edition, value) else f"{title} ({answer})"


def _implied(words: Words, value: Value) -> str:
    """Print the bounds; without any, the words of the value (no answer is possible)."""
    return words.show(value) if value.low is None else words.interval(value)


CHARTS = (
    Chart(id="opinion-trends", place=5, holds=trend_values, make=opinion_trends),
    Chart(id="coherence", place=6, holds=coherence_values, make=coherence),
)
