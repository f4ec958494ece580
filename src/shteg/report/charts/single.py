"""Charts of one thing each: the stance of a member over the years, the answers to a question over the years."""

from __future__ import annotations

from collections import Counter
from typing import Any

from shteg.estimates import Value
from shteg.report.charts.opinion import PUBLISHED, published_points, trend_values
from shteg.report.charts.parts import ChartSpec, chart_spec, number_of
from shteg.report.edition_view import AT, EditionView, QuestionView, Row, subject
from shteg.report.language.marked import Marked
from shteg.report.language.words import Words
from shteg.report.layout.axes import number_axis, year_axis
from shteg.report.layout.frames import Spec
from shteg.report.layout.multiples import small_multiples
from shteg.report.layout.palette import PALETTE
from shteg.report.layout.plots import plot

TRAJECTORY, ACTS = "stance.trajectory", "stance.acts_used"
MOST_ANSWERS = 6
"""Answers of a question that have plots of their own; the table has all."""
LOOKS = (
    ("series-1", "circle"),
    ("series-2", "square"),
    ("series-3", "triangle-up"),
    ("series-4", "diamond"),
    ("series-5", "triangle-down"),
    ("series-6", "cross"),
)
"""Colour and shape of each series, so that none is told by colour alone."""


# --- a member ---------------------------------------------------------------------------------------------------------


def member_rows(edition: EditionView, code: str) -> list[Row]:
    """Give the stance of a member in each year, from the first."""
    by_member = edition.once(("trajectory",), lambda: _by_member(edition))
    return by_member.get(code, [])


def _by_member(edition: EditionView) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in edition.rows(TRAJECTORY):
        found.setdefault(str(row["member"]), []).append(row)
    return {code: sorted(rows, key=lambda row: int(row["year"])) for code, rows in found.items()}


def _whole_scale(edition: EditionView) -> tuple[float, float]:
    """Give the ends of the scale of every member's chart, so that they can be compared."""
    rows = edition.rows(TRAJECTORY)
    return min(float(row["low"]) for row in rows), max(float(row["high"]) for row in rows)


def member_stance(words: Words, code: str) -> ChartSpec | None:
    """How has the stance of a member moved? None where the edition has no years of it.

    Parameters
    ----------
    words : Words
        The edition in a language.
    code : str
        Code of the member.

    Returns
    -------
    ChartSpec or None
    """
    rows = member_rows(words.edition, code)
    if len(rows) < 2:
        return None
    name = words.named(f"member:{code}")
    low, high = words.edition.once(("trajectory", "scale"), lambda: _whole_scale(words.edition))
    x: Spec = {
        "field": "year",
        "type": "quantitative",
        "axis": year_axis((int(row["year"]) for row in rows), 6),
        "scale": {"zero": False, "nice": False},
    }
    up, down = words.text("chart.stance.up"), words.text("chart.stance.down")
    axis = number_axis(words.text("chart.stance.axis", up=up, down=down), 4, grid=True)
    y: Spec = {"type": "quantitative", "axis": axis, "scale": {"domain": [low, high], "nice": True, "zero": False}}
    look = {"type": "point", "filled": True, "size": 26, "opacity": 1, "color": PALETTE["series-1"]}
    view = {
        "height": 210,
        "layer": [
            {"mark": {"type": "rule", "color": PALETTE["muted"]}, "encoding": {"y": {"datum": 0} | y}},
            {
                "mark": {"type": "area", "opacity": 0.22},
                "encoding": {"x": x, "y": {"field": "low"} | y, "y2": {"field": "high"}},
            },
            {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"x": x, "y": {"field": "stance"} | y}},
            {"mark": look, "encoding": {"x": x, "y": {"field": "stance"} | y}},
        ],
    }
    printed = [[words.placed(TRAJECTORY, row[AT], column, "2") for column in ("mean", "low", "high")] for row in rows]
    first, last = printed[0][0], printed[-1][0]
    return chart_spec(
        words,
        f"stance-{code.lower()}",
        plot(view),
        [{"year": int(row["year"]), "stance": row["mean"], "low": row["low"], "high": row["high"]} for row in rows],
        title=words.text("chart.stance.title", member=name),
        sentence=words.text(
            "chart.stance.sentence",
            member=name,
            start=str(rows[0]["year"]),
            first=first,
            end=str(rows[-1]["year"]),
            last=last,
        ),
        note=words.text("chart.stance.note"),
        sources=_sources(words.edition, code),
        columns=("=year", "=score", "=interval"),
        cells=[
            (str(row["year"]), middle, Marked(lower, "–", upper))
            for row, (middle, lower, upper) in zip(rows, printed, strict=True)
        ],
    )


def _sources(edition: EditionView, code: str) -> tuple[str, ...]:
    return tuple(sorted({str(row["source"]) for row in edition.rows(ACTS) if row["member"] == code}))


# --- a question -------------------------------------------------------------------------------------------------------


def question_answers(edition: EditionView, question: str) -> dict[str, list[Value]]:
    """Give the published shares of everyone, by answer: those in favour first, then those printed most often."""
    found: dict[str, list[Value]] = {}
    for value in edition.select(PUBLISHED, question=f"question:{question}"):
        if value.unit == "share" and not isinstance(value.number, str):
            found.setdefault(subject(value, "answer"), []).append(value)
    favourable = edition.questions.get(question, QuestionView()).favourable
    order = sorted(found, key=lambda answer: (answer not in favourable, -len(found[answer]), answer))
    return {
        answer: sorted(found[answer], key=lambda value: (subject(value, "year"), subject(value, "series").casefold()))
        for answer in order
    }


def question_chart(words: Words, question_id: str) -> ChartSpec | None:
    """How have the answers to a question moved? None where they were published for one year only.

    Parameters
    ----------
    words : Words
        The edition in a language.
    question_id : str
        Id of the question.

    Returns
    -------
    ChartSpec or None
    """
    found = question_answers(words.edition, question_id)
    years = sorted({int(subject(value, "year")) for values in found.values() for value in values})
    if len(years) < 2:
        return None
    shown = [answer for answer, values in found.items() if len({subject(one, "year") for one in values}) > 1]
    shown = (shown or list(found))[:MOST_ANSWERS]
    names = {answer: words.word("answer", answer) for answer in shown}
    series = _series(words, [value for answer in shown for value in found[answer]])
    rows, cells, values = _drawn(words, found, names)
    trend = _trend(words, question_id, shown, len(cells))
    x: Spec = {
        "field": "year",
        "type": "quantitative",
        "axis": year_axis(years, 4),
        "scale": {"domain": [years[0], years[-1]], "nice": False, "padding": 8},
    }
    scale = {"domain": list(series), "range": [PALETTE[series[name][0]] for name in series]}
    colour: Spec = {"field": "series", "type": "nominal", "scale": scale}
    shape: Spec = {
        "field": "series",
        "type": "nominal",
        "scale": {**scale, "range": [one for _, one in series.values()]},
    }
    title = words.named(f"question:{question_id}")
    first, last = found[shown[0]][0], found[shown[0]][-1]
    return chart_spec(
        words,
        f"question-{question_id}",
        small_multiples(
            "answer", list(names.values()), x, "trend", points="published", colour=colour, shape=shape, stroke=2
        ),
        [*rows, *(row for row, _ in trend)],
        title=words.text("chart.question.title", question=title),
        sentence=words.text(
            "chart.question.sentence",
            answer=names[shown[0]],
            start=subject(first, "year"),
            first=words.with_figure(words.about(first, "series"), first),
            end=subject(last, "year"),
            last=words.with_figure(words.about(last, "series"), last),
        ),
        note=words.text("chart.question.note-trend" if trend else "chart.question.note"),
        sources=values,
        columns=("answer", "series", "=year", "=share", "=interval"),
        cells=[*cells, *(cell for _, cell in trend)],
    )


def _series(words: Words, values: list[Value]) -> dict[str, tuple[str, str]]:
    """Give each series its colour and shape, those with most figures first; what comes after the sixth is grey."""
    counts = Counter(words.about(value, "series") for value in values)
    order = sorted(counts, key=lambda name: (-counts[name], name))
    return {name: LOOKS[at] if at < len(LOOKS) else ("neutral", "circle") for at, name in enumerate(order)}


def _drawn(
    words: Words, found: dict[str, list[Value]], names: dict[str, str]
) -> tuple[list[dict[str, Any]], list[tuple[str, ...]], list[Value]]:
    rows: list[dict[str, Any]] = []
    cells: list[tuple[str, ...]] = []
    values: list[Value] = []
    for answer, listed in found.items():
        for value in listed:
            series, year = words.about(value, "series"), subject(value, "year")
            if answer in names:
                ends = {} if value.low is None else {"from": value.low, "to": value.high}
                place = {"answer": names[answer], "series": series, "year": int(year), "at": len(cells)}
                rows.append(place | {"published": number_of(value)} | ends)
            cells.append((words.word("answer", answer), series, year, words.show(value), words.interval(value)))
            values.append(value)
    return rows, cells, values


def _trend(words: Words, question: str, shown: list[str], start: int) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """Give the smoothed trend where the edition has one, below the figures that it was made of."""
    trend = trend_values(words.edition).get(question, [])
    if not trend or subject(trend[0], "answer") not in shown or not published_points(words.edition, trend):
        return []
    answer, series = words.word("answer", subject(trend[0], "answer")), words.text("chart.trend")
    found: list[tuple[dict[str, Any], tuple[str, ...]]] = []
    for at, value in enumerate(trend):
        year = subject(value, "year")
        row: dict[str, Any] = {"answer": answer, "year": int(year), "at": start + at, "trend": number_of(value)}
        cell = (answer, series, year, words.show(value), words.interval(value))
        found.append((row | {"low": value.low, "high": value.high}, cell))
    return found
