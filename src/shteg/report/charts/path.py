"""Charts of the path: its rungs over time by the published forecast, who consents last, what measures change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shteg.estimates import LABELS, Value
from shteg.report.charts.parts import (
    Chart,
    ChartSpec,
    chart_spec,
    falling,
    number_of,
    with_ends,
)
from shteg.report.charts.ranking import named_first
from shteg.report.edition_view import EditionView, StepView, subject
from shteg.report.language.lists import join_clauses
from shteg.report.language.marked import Marked
from shteg.report.language.words import Words
from shteg.report.layout.axes import number_axis, percent_axis, year_axis
from shteg.report.layout.forms import bars, dots
from shteg.report.layout.frames import Spec
from shteg.report.layout.multiples import small_multiples
from shteg.report.layout.palette import PALETTE

FORECAST, EFFECT, EFFECT_OF_ALL = "value.pool.forecast", "value.pathways.effect", "value.pathways.effect_all"
LAST = ("value.pathways.blocker_last_consent", "value.pathways.blocker_last_ratification")
CURVES = "pool.forecast"
MOST_MEMBERS = 12
"""Bars of the chart of those who consent last."""


def _by_rung(edition: EditionView) -> list[StepView]:
    return sorted(edition.steps, key=lambda step: step.rung)


# --- forecast-path ----------------------------------------------------------------------------------------------------


def forecast_values(edition: EditionView) -> dict[str, list[Value]]:
    """Give the probabilities of each step not taken, each by year, in the order of the ladder."""
    taken = edition.steps_taken()
    found = {
        step.id: sorted(edition.select(FORECAST, step=f"step:{step.id}"), key=lambda value: subject(value, "year"))
        for step in _by_rung(edition)
        if step.id not in taken
    }
    return {step: values for step, values in found.items() if values}


def _forecast_curve(edition: EditionView, values: dict[str, list[Value]]) -> list[dict[str, Any]]:
    """Read every year from the table where it has them, the report years otherwise."""
    rows = [
        {"step": row["step"], "year": row["year"], "share": row["probability"], "low": row["low"], "high": row["high"]}
        for row in edition.rows(CURVES)
        if row["step"] in values
    ]
    return rows or [
        {"step": step, "year": int(subject(one, "year"))} | with_ends(one, "share")
        for step, ours in values.items()
        for one in ours
    ]


def forecast_path(words: Words) -> ChartSpec:
    """How likely is each step by each year?"""
    values = forecast_values(words.edition)
    names = {step: words.named(f"step:{step}") for step in values}
    told = [(step, int(subject(one, "year"))) for step, ours in values.items() for one in ours]
    place = {key: at for at, key in enumerate(told)}
    rows = [
        {**row, "step": names[row["step"]]}
        | ({"at": place[key]} if (key := (row["step"], row["year"])) in place else {})
        for row in _forecast_curve(words.edition, values)
    ]
    x = {
        "field": "year",
        "type": "quantitative",
        "axis": year_axis(row["year"] for row in rows),
        "scale": {"zero": False, "nice": False},
    }
    clauses = [
        words.text(
            "chart.forecast-path.clause", step=words.about(ours[-1], "step"), share=words.show(ours[-1], "range")
        )
        for ours in values.values()
    ]
    year = max(subject(ours[-1], "year") for ours in values.values())
    return chart_spec(
        words,
        "forecast-path",
        small_multiples("step", list(names.values()), x, "share"),
        rows,
        sentence=words.text("chart.forecast-path.sentence", year=year, clauses=join_clauses(clauses)),
        sources=[value for ours in values.values() for value in ours],
        columns=("step", "=year", "=probability", "=interval"),
        cells=[
            (words.about(one, "step"), subject(one, "year"), words.show(one), words.interval(one))
            for ours in values.values()
            for one in ours
        ],
    )


# --- blockers ---------------------------------------------------------------------------------------------------------


def blocker_values(edition: EditionView) -> tuple[StepView, list[Value]] | None:
    """Give the first step on the ladder that members decide on, and who consents to it last, most often first.

    A step that needs every member goes before one that needs some of them, and a rung before a programme beside them.
    """
    found = {step.id: falling(edition.select(*LAST, step=f"step:{step.id}"), "member") for step in edition.steps}
    steps = [step for step in _by_rung(edition) if found[step.id]]
    rungs = [step for step in steps if step.rung >= 1]
    for step in (*(one for one in rungs if one.rule == "all"), *rungs, *steps):
        return step, found[step.id]
    return None


def blockers(words: Words) -> ChartSpec:
    """Whose consent comes last?"""
    held = blocker_values(words.edition)
    assert held is not None
    step, found = held
    shown = [value for value in found[:MOST_MEMBERS] if number_of(value) > 0] or found[:1]
    names = [words.named(f"country:{subject(value, 'member')}") for value in found]
    rows = [
        {"member": name, "at": at} | with_ends(value, "share")
        for at, (name, value) in enumerate(zip(names, shown, strict=False))
    ]
    x = {"type": "quantitative", "axis": percent_axis()}
    kind = "chart.blockers.votes" if step.by_votes else "chart.blockers"

    def write(named: Sequence[Value]) -> str:
        inside = (words.in_sentence(subject(value, "member")) for value in named)
        return words.listed(map(words.with_figure, inside, named))

    look = {"height": 14, "color": PALETTE["negative"]}
    return chart_spec(
        words,
        "blockers",
        bars("member", "share", names[: len(shown)], x, step=24, bar=look),
        rows,
        title=words.text(f"{kind}.title", step=words.named(f"step:{step.id}")),
        sentence=named_first(words, f"{kind}.first", found, 4, write),
        note=f"{words.text(f'{kind}.note')} {_how_many(words, len(shown), len(found))}".strip(),
        sources=found,
        columns=("member", "=probability", "=interval"),
        cells=[(name, words.show(value), words.interval(value)) for name, value in zip(names, found, strict=True)],
    )


def _how_many(words: Words, shown: int, known: int) -> str:
    """Say how many of all are drawn; nothing where all are."""
    return words.text("chart.shown", shown=shown, count=known) if shown < known else ""


# --- effects ----------------------------------------------------------------------------------------------------------


def effect_values(edition: EditionView) -> list[Value]:
    """Give the effects of the measures for the step and year that the texts quote, else where they sum to most."""
    found: dict[tuple[str, str], list[Value]] = {}
    for value in edition.select(EFFECT):
        found.setdefault((subject(value, "step"), subject(value, "year")), []).append(value)
    quoted = edition.times_quoted()

    def size(key: tuple[str, str]) -> tuple[int, float, str, str]:
        together = effect_of_all(edition, found[key])
        times = quoted[together.id] if together else 0
        return times, round(sum(abs(number_of(value)) for value in falling(found[key], "measure")), 9), key[1], key[0]

    return falling(found[max(sorted(found), key=size)], "measure") if found else []


def effect_of_all(edition: EditionView, effects: list[Value]) -> Value | None:
    """Give the effect of all measures together for the step and year of these effects."""
    args = effects[0].label_args
    return edition.find(EFFECT_OF_ALL, step=args["step"], year=args["year"])


def effects(words: Words) -> ChartSpec:
    """What would each measure change?"""
    found = effect_values(words.edition)
    together = effect_of_all(words.edition, found)
    told = {one.id: one.label for one in words.edition.measures}
    kinds = [told.get(subject(value, "measure"), value.label) for value in found]
    names = [words.about(value, "measure") for value in found]
    labels = [one for one in LABELS if one in kinds]
    rows = [
        {"measure": name} | with_ends(value, "effect", _percent) | {"label": words.label(kind)}
        for name, value, kind in zip(names, found, kinds, strict=True)
    ]
    x: Spec = {"type": "quantitative", "axis": number_axis(words.text("chart.effects.axis"), grid=True)}
    colours = [PALETTE["observed" if one == "computed" else one] for one in labels]
    colour = {
        "field": "label",
        "type": "nominal",
        "scale": {"domain": [words.label(one) for one in labels], "range": colours},
    }

    def write(named: Sequence[Value]) -> str:
        return words.listed(Marked(f"“{words.about(one, 'measure')}”, ", words.show(one, "range")) for one in named)

    sentence = named_first(words, "chart.effects.first", found, 2, write)
    if together is not None:
        all_together = words.text("chart.effects.together", effect=words.show(together, "range"))
        sentence = Marked(sentence, " ", all_together)
    step, year = words.about(found[0], "step"), subject(found[0], "year")
    return chart_spec(
        words,
        "effects",
        dots(
            "measure",
            "effect",
            (row["measure"] for row in rows),
            x,
            step=26,
            size=70,
            zero=True,
            colour=colour if len(labels) > 1 else None,
        ),
        rows,
        title=words.text("chart.effects.title", step=step, year=year),
        note=words.text("chart.effects.note" if len(labels) > 1 else "chart.effects.note-one"),
        sentence=sentence,
        sources=found,
        columns=("measure", "=effect", "=interval", "label"),
        cells=[
            (name, words.show(value), words.interval(value), words.label(kind))
            for name, value, kind in zip(names, found, kinds, strict=True)
        ],
    )


def _percent(share: float) -> float:
    return share * 100


CHARTS = (
    Chart(id="forecast-path", place=1, holds=forecast_values, make=forecast_path),
    Chart(id="blockers", place=4, holds=blocker_values, make=blockers),
    Chart(id="effects", place=8, holds=effect_values, make=effects),
)
