"""The chart of how long others needed."""

from __future__ import annotations

from shteg.estimates import YEAR_DAYS, Value
from shteg.report.charts.parts import Chart, ChartSpec, chart_spec, falling, with_ends
from shteg.report.edition_view import EditionView, subject
from shteg.report.language.marked import join
from shteg.report.language.words import Words
from shteg.report.layout.axes import number_axis
from shteg.report.layout.forms import bars

FEWEST_COUNTRIES = 3


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
    x = {"type": "quantitative", "axis": number_axis(words.text("chart.ladder-times.axis"))}
    start, end = (words.about(found[0], name) for name in ("step_from", "step_to"))
    pair = {"step_from": found[0].label_args["step_from"], "step_to": found[0].label_args["step_to"]}
    middle = words.edition.find("value.accession.median-years", **pair)
    counted = words.counted("values/value.accession.days", *(f"{name}={step}" for name, step in pair.items()))
    told = [words.text("chart.ladder-times.walked", count=counted)]
    told += [words.text("chart.ladder-times.median", median=words.show(middle))] if middle else []
    told.append(
        words.text(
            "chart.ladder-times.ends",
            shortest=names[-1],
            least=words.show(found[-1], "years"),
            longest=names[0],
            most=words.show(found[0], "years"),
        )
    )
    return chart_spec(
        words,
        "ladder-times",
        bars("country", "years", names, x, step=20, bar={"height": 10}),
        [{"country": name} | with_ends(value, "years", _years) for name, value in zip(names, found, strict=True)],
        title=words.text("chart.ladder-times.title", start=start, end=end),
        sentence=join(" ", told),
        sources=found,
        columns=("country", "=days", "=years"),
        cells=[
            (name, words.show(one, "range"), words.show(one, "years")) for name, one in zip(names, found, strict=True)
        ],
    )


CHARTS = (Chart(id="ladder-times", place=7, holds=ladder_values, make=ladder_times),)
