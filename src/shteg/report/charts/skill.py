"""Charts of the trial on the past: skill over the base rate, and whether probabilities came true as often as given."""

from __future__ import annotations

from typing import Any

from shteg.estimates import Value
from shteg.report.charts.parts import (
    LABEL_LETTERS,
    PALETTE,
    WIDTH,
    ChartSpec,
    Words,
    chart_table,
    finished,
    name_axis,
    number_of,
    percent_axis,
    sources_of,
    values_under,
    wrapped,
)
from shteg.report.edition_view import EditionView
from shteg.report.language.lists import join_clauses
from shteg.report.language.locale import format_percent

RELIABILITY = "evaluation.reliability"
OUTSIDE = -1.0
"""Skill below this lies outside the picture: it would press all others together."""
MODELS = ("full", "no-blocks", "no-covariates", "last-five-years", "prior-only", "no-change")


def model_name(words: Words, model: str) -> str:
    """Name a model as its values write it, with hyphens."""
    return words.text(f"evaluation.model.{model.replace('-', '_')}")


def skill_values(edition: EditionView) -> list[tuple[str, Value]]:
    """Give the skill of every model in foretelling steps, all horizons together, in the order of the models."""
    found = {
        model: value for (model, last), value in values_under(edition, "skill", "ladder", length=4) if last == "all"
    }
    return [(model, found[model]) for model in MODELS if model in found]


def skill(edition: EditionView, language: str) -> ChartSpec:
    """Which way of forecasting was better than the base rate?"""
    words = Words(edition, language)
    found = skill_values(edition)
    names = {model: model_name(words, model) for model, _ in found}
    inside = [(model, value) for model, value in found if number_of(value) >= OUTSIDE]
    rows = [
        {
            "model": wrapped(names[model], LABEL_LETTERS // 2),
            "skill": number_of(value),
            "low": None if value.low is None else max(value.low, OUTSIDE),
            "high": value.high,
        }
        for model, value in inside
    ]
    y = {"field": "model", "type": "nominal", "sort": [row["model"] for row in rows], "axis": name_axis()}
    axis = {"title": words.text("chart.skill.axis"), "tickCount": 5, "domain": False, "ticks": False, "grid": True}
    x: dict[str, Any] = {"type": "quantitative", "axis": axis, "scale": {"zero": True, "nice": True}}
    spec = {
        "width": WIDTH - 220,
        "height": {"step": 40},
        "layer": [
            {"mark": {"type": "rule", "color": PALETTE["muted"]}, "encoding": {"x": {"datum": 0} | x}},
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.45},
                "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": PALETTE["series-1"]},
                "encoding": {"y": y, "x": {"field": "skill"} | x},
            },
        ],
    }
    title = words.text("chart.skill.title")
    clauses = [
        words.text("chart.skill.clause", model=names[model], skill=words.show(value, "range"))
        for model, value in inside
    ]
    note = words.text("chart.skill.note")
    left_out = [names[model] for model, value in found if number_of(value) < OUTSIDE]
    if left_out:
        note += " " + words.text("chart.skill.outside", models=words.listed(f"“{one}”" for one in left_out))
    return ChartSpec(
        id="skill",
        language=language,
        title=title,
        sentence=words.text("chart.skill.sentence", clauses=join_clauses(clauses)),
        note=note,
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for _, value in found),
        table=chart_table(
            words,
            title,
            ("model", "=skill", "=interval"),
            [(names[model], words.show(value), words.interval(value)) for model, value in found],
        ),
    )


def reliability_rows(edition: EditionView) -> list[dict[str, Any]]:
    """Give the bins of the steps, those of the ladder model first."""
    if RELIABILITY not in edition.table_names:
        return []
    frame = edition.table(RELIABILITY)
    rows = [row for row in frame.iter_rows(named=True) if row["subject"] == "steps"]
    return sorted(rows, key=lambda row: (row["model"] != "full", row["model"], row["bin"]))


def reliability(edition: EditionView, language: str) -> ChartSpec:
    """Did what was given a probability happen that often?"""
    words = Words(edition, language)
    found = reliability_rows(edition)
    names = {model: words.text(f"evaluation.model.{model}") for model in dict.fromkeys(row["model"] for row in found)}
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
        "axis": percent_axis(words.text("chart.reliability.x")),
        "scale": whole,
    }
    y: dict[str, Any] = {
        "type": "quantitative",
        "axis": percent_axis(words.text("chart.reliability.y")),
        "scale": whole,
    }
    colour = {
        "field": "model",
        "type": "nominal",
        "scale": {"domain": list(names.values()), "range": [PALETTE["series-1"], PALETTE["series-2"]][: len(names)]},
    }
    diagonal = [{"given": 0.0, "happened": 0.0}, {"given": 1.0, "happened": 1.0}]
    spec = {
        "width": WIDTH - 180,
        "height": WIDTH - 180,
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
                    "shape": {"field": "model", "type": "nominal", "scale": {"domain": list(names.values())}},
                },
            },
        ],
    }
    title = words.text("chart.reliability.title")
    largest = max((row for row in found if row["model"] == found[0]["model"]), key=lambda row: row["forecasts"])
    sentence = words.text(
        "chart.reliability.sentence",
        given=format_percent(largest["mean_forecast"], language),
        happened=format_percent(largest["happened_share"], language),
        forecasts=words.number(largest["forecasts"]),
    )
    return ChartSpec(
        id="reliability",
        language=language,
        title=title,
        sentence=sentence,
        note=words.text("chart.reliability.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for _, value in skill_values(edition)),
        table=chart_table(
            words,
            title,
            ("model", "=given", "=happened", "=interval", "=forecasts"),
            [
                (
                    names[row["model"]],
                    format_percent(row["mean_forecast"], language),
                    format_percent(row["happened_share"], language),
                    f"{format_percent(row['low'], language)}–{format_percent(row['high'], language)}",
                    words.number(row["forecasts"]),
                )
                for row in found
            ],
        ),
    )
