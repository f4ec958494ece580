"""Charts of the trial on the past: skill over the base rate, and whether probabilities came true as often as given."""

from __future__ import annotations

from typing import Any

from shteg.estimates import Value
from shteg.report.charts.parts import (
    Chart,
    ChartSpec,
    chart_spec,
    number_of,
    with_ends,
)
from shteg.report.edition_view import AT, EditionView, Row
from shteg.report.language.lists import join_clauses
from shteg.report.language.marked import Marked
from shteg.report.language.words import Words
from shteg.report.layout.axes import number_axis, percent_axis
from shteg.report.layout.forms import dots
from shteg.report.layout.frames import Spec
from shteg.report.layout.palette import PALETTE

RELIABILITY = "evaluation.reliability"
OUTSIDE = -1.0
"""Skill below this lies outside the picture: it would press all others together."""
MODELS = (
    *("pool", "pathways", "reference-class", "full", "no-blocks", "no-covariates", "last-five-years", "prior-only"),
    "no-change",
)


CALIBRATED = ("pool", "base_rate")
"""Models in the picture of reliability."""


def model_name(words: Words, model: str) -> str:
    """Name a model as its values write it, with hyphens."""
    return words.text(f"evaluation.model.{model.replace('-', '_')}")


def skill_of(edition: EditionView, subject: str, model: str, years: str = "") -> Value | None:
    """Give the skill of a model over the base rate.

    Parameters
    ----------
    edition : EditionView
        What was scored.
    subject : str
        `ladder` (steps) or `rungs`.
    model : str
        One of `MODELS`.
    years : str
        How far ahead; all horizons together if left out.

    Returns
    -------
    Value or None
    """
    if years:
        return edition.find(f"value.evaluation.{subject}.{model}", years=years)
    return edition.find(f"value.evaluation.{subject}-all.{model}")


def skill_values(edition: EditionView) -> list[tuple[str, Value]]:
    """Give the skill of every model in foretelling steps, all horizons together, in the order of the models."""
    found = ((model, skill_of(edition, "ladder", model)) for model in MODELS)
    return [(model, value) for model, value in found if value is not None]


def skill(words: Words) -> ChartSpec:
    """Which way of forecasting was better than the base rate?"""
    found = skill_values(words.edition)
    names = {model: model_name(words, model) for model, _ in found}
    inside = [(model, value) for model, value in found if number_of(value) >= OUTSIDE]
    rows = [
        {"model": names[model], "at": at} | with_ends(value, "skill", lambda end: max(end, OUTSIDE))
        for at, (model, value) in enumerate(found)
        if number_of(value) >= OUTSIDE
    ]
    axis = number_axis(words.text("chart.skill.axis"), 5, grid=True)
    x: Spec = {"type": "quantitative", "axis": axis, "scale": {"zero": True}}
    clauses = [
        words.text("chart.skill.clause", model=names[model], skill=words.show(value, "range"))
        for model, value in inside
    ]
    note = words.text("chart.skill.note")
    left_out = [names[model] for model, value in found if number_of(value) < OUTSIDE]
    if left_out:
        note += " " + words.text("chart.skill.outside", models=words.listed(f"“{one}”" for one in left_out))
    return chart_spec(
        words,
        "skill",
        dots("model", "skill", [names[model] for model, _ in inside], x, step=26, size=70, zero=True),
        rows,
        sentence=words.text("chart.skill.sentence", clauses=join_clauses(clauses)),
        note=note,
        sources=[value for _, value in found],
        columns=("model", "=skill", "=interval"),
        cells=[(names[model], words.show(value), words.interval(value)) for model, value in found],
    )


def reliability_rows(edition: EditionView) -> list[Row]:
    """Give the bins of the steps for the published forecast and the base rate."""
    rows = [row for row in edition.rows(RELIABILITY) if row["subject"] == "steps" and row["model"] in CALIBRATED]
    return sorted(rows, key=lambda row: (CALIBRATED.index(row["model"]), row["bin"]))


def reliability(words: Words) -> ChartSpec:
    """Did what was given a probability happen that often?"""
    found = reliability_rows(words.edition)
    names = {model: model_name(words, model) for model in dict.fromkeys(row["model"] for row in found)}
    rows = [
        {
            "model": names[row["model"]],
            "given": row["mean_forecast"],
            "happened": row["happened_share"],
            "low": row["low"],
            "high": row["high"],
        }
        for row in found
    ]
    whole = {"domain": [0, 1]}
    x: dict[str, Any] = {
        "type": "quantitative",
        "axis": percent_axis(words.text("chart.reliability.x")) | {"values": [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]},
        "scale": whole,
    }
    y: dict[str, Any] = {
        "type": "quantitative",
        "axis": percent_axis(words.text("chart.reliability.y")) | {"values": [0.2, 0.4, 0.6, 0.8, 1.0]},
        "scale": whole,
    }
    colour = {
        "field": "model",
        "type": "nominal",
        "scale": {"domain": list(names.values()), "range": [PALETTE["series-1"], PALETTE["series-2"]][: len(names)]},
    }
    diagonal = [{"given": 0.0, "happened": 0.0}, {"given": 1.0, "happened": 1.0}]
    spec = {
        "square": True,
        "layer": [
            {
                "data": {"values": diagonal},
                "mark": {"type": "line", "strokeWidth": 1, "color": PALETTE["muted"]},
                "encoding": {"x": {"field": "given"} | x, "y": {"field": "happened"} | y},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.4},
                "encoding": {
                    "x": {"field": "given"} | x,
                    "y": {"field": "low"} | y,
                    "y2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {
                    "x": {"field": "given"} | x,
                    "y": {"field": "happened"} | y,
                    "color": colour,
                    "shape": {
                        "field": "model",
                        "type": "nominal",
                        "scale": {"domain": list(names.values()), "range": ["circle", "square"][: len(names)]},
                    },
                },
            },
        ],
    }
    largest = max((row for row in found if row["model"] == found[0]["model"]), key=lambda row: row["forecasts"])

    def printed(row: Row, column: str) -> str:
        return words.placed(RELIABILITY, row[AT], column, "count" if column == "forecasts" else "percent")

    told = {"given": "mean_forecast", "happened": "happened_share", "forecasts": "forecasts"}
    return chart_spec(
        words,
        "reliability",
        spec,
        rows,
        sentence=words.text(
            "chart.reliability.sentence", **{name: printed(largest, column) for name, column in told.items()}
        ),
        sources=[value for _, value in skill_values(words.edition)],
        columns=("model", "=given", "=happened", "=interval", "=forecasts"),
        cells=[
            (
                names[row["model"]],
                printed(row, "mean_forecast"),
                printed(row, "happened_share"),
                Marked(printed(row, "low"), "–", printed(row, "high")),
                printed(row, "forecasts"),
            )
            for row in found
        ],
    )


CHARTS = (
    Chart(id="skill", place=10, holds=skill_values, make=skill),
    Chart(id="reliability", place=11, holds=reliability_rows, make=reliability),
)
