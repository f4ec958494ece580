"""Charts of the simulated path: its rungs over time, who consents last, what measures change."""

from __future__ import annotations

from typing import Any

from shteg.estimates import Value
from shteg.report.charts.parts import (
    LABEL_LETTERS,
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
from shteg.report.language.values import format_value

MOST_MEMBERS = 12
"""Bars of the chart of those who consent last."""


def _steps_in_order(edition: EditionView, found: set[str]) -> list[str]:
    known = [str(step["id"]) for step in sorted(edition.steps, key=lambda step: int(step.get("rung", 0)))]
    return [step for step in known if step in found]


# --- forecast-path ----------------------------------------------------------------------------------------------------


def forecast_values(edition: EditionView) -> dict[tuple[str, int], Value]:
    """Give `forecast.<step>.<year>` by (step, year), in the order of the ladder, without the steps taken."""
    taken = edition.steps_taken()
    found = {
        (step, int(year)): value
        for (step, year), value in values_under(edition, "forecast", length=3)
        if year.isdigit() and step not in taken and not isinstance(value.number, str)
    }
    steps = _steps_in_order(edition, {step for step, _ in found})
    return {(step, year): found[step, year] for step in steps for year in sorted(y for s, y in found if s == step)}


def _forecast_curve(edition: EditionView) -> list[dict[str, Any]]:
    """Read every year from the table where it has them, the report years otherwise."""
    values = forecast_values(edition)
    if "pathways.incidence" in edition.table_names:
        steps = {step for step, _ in values}
        frame = edition.table("pathways.incidence").select("step", "year", "probability", "low", "high")
        return [row for row in frame.rename({"probability": "share"}).to_dicts() if row["step"] in steps]
    return [
        {"step": step, "year": year, "share": number_of(one), "low": one.low, "high": one.high}
        for (step, year), one in values.items()
    ]


def forecast_path(edition: EditionView, language: str) -> ChartSpec:
    """How likely is each step by each year?"""
    words = Words(edition, language)
    values = forecast_values(edition)
    steps = list(dict.fromkeys(step for step, _ in values))
    names = {step: wrapped(words.name("step", step), 26) for step in steps}
    rows = [row | {"step": names[row["step"]]} for row in _forecast_curve(edition)]
    x = {
        "field": "year",
        "type": "quantitative",
        "axis": year_axis(row["year"] for row in rows),
        "scale": {"zero": False, "nice": False},
    }

    def layers(share: Spec) -> list[Spec]:
        return [
            {
                "mark": {"type": "area", "opacity": 0.22},
                "encoding": {"x": x, "y": {"field": "low"} | share, "y2": {"field": "high"}},
            },
            {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"x": x, "y": {"field": "share"} | share}},
        ]

    spec = small_multiples("step", list(names.values()), layers, height=120)
    title = words.text("chart.forecast-path.title")
    last = {step: max(year for one, year in values if one == step) for step in steps}
    clauses = [
        words.text(
            "chart.forecast-path.clause",
            step=words.name("step", step),
            share=words.show(values[step, last[step]], "range"),
        )
        for step in steps
    ]
    year = words.number(max(last.values()), grouped=False)
    return ChartSpec(
        id="forecast-path",
        language=language,
        title=title,
        sentence=words.text("chart.forecast-path.sentence", year=year, clauses=join_clauses(clauses)),
        note=words.text("chart.forecast-path.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(values.values()),
        table=chart_table(
            words,
            title,
            ("step", "=year", "=probability", "=interval"),
            [
                (words.name("step", step), str(year), words.show(one), words.interval(one))
                for (step, year), one in values.items()
            ],
        ),
    )


# --- blockers ---------------------------------------------------------------------------------------------------------


def blocker_values(edition: EditionView) -> tuple[str, list[tuple[str, Value]]]:
    """Give the first step on the ladder that members decide on, and who consents to it last, most often first.

    A step that needs every member goes before one that needs some of them, and a rung before a programme beside them.
    """
    found = values_under(edition, "blocker", "last", length=4)
    steps = _steps_in_order(edition, {step for (step, _), _ in found})
    rungs = {str(step["id"]): str(step.get("rule")) for step in edition.steps if step.get("rung", 0) >= 1}
    unanimous = [one for one in steps if rungs.get(one) == "all"]
    step = next(iter(unanimous or [one for one in steps if one in rungs] or steps), "")
    members = [(member, value) for (one, member), value in found if one == step and not isinstance(value.number, str)]
    return step, sorted(members, key=lambda pair: (-number_of(pair[1]), pair[0]))


def blockers(edition: EditionView, language: str) -> ChartSpec:
    """Whose consent comes last?"""
    words = Words(edition, language)
    step, found = blocker_values(edition)
    shown = [pair for pair in found[:MOST_MEMBERS] if number_of(pair[1]) > 0] or found[:1]
    names = [words.name("country", member) for member, _ in shown]
    rows = [
        {
            "member": name,
            "share": number_of(value),
            "low": value.low,
            "high": value.high,
            "text": words.show(value),
        }
        for name, (_, value) in zip(names, shown, strict=True)
    ]
    y = {"field": "member", "type": "nominal", "sort": names, "axis": name_axis()}
    x = {"type": "quantitative", "axis": percent_axis()}
    spec = {
        "width": WIDTH,
        "height": {"step": 24},
        "layer": [
            {
                "mark": {"type": "bar", "opacity": 0.6, "height": 14, "color": PALETTE["negative"]},
                "encoding": {"y": y, "x": {"field": "share"} | x},
            },
            {
                "mark": {"type": "rule", "color": PALETTE["ink"]},
                "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}},
            },
        ],
    }
    rule = next((str(one.get("rule")) for one in edition.steps if one["id"] == step), "all")
    kind = "chart.blockers.votes" if rule in ("two_thirds", "majority") else "chart.blockers"
    title = words.text(f"{kind}.title", step=words.name("step", step))
    clauses = [f"{name} ({words.show(value)})" for name, (_, value) in zip(names[:4], shown[:4], strict=True)]
    return ChartSpec(
        id="blockers",
        language=language,
        title=title,
        sentence=words.text(f"{kind}.sentence", members=words.listed(clauses)),
        note=words.text(f"{kind}.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for _, value in found),
        table=chart_table(
            words,
            title,
            ("member", "=probability", "=interval"),
            [(words.name("country", member), words.show(value), words.interval(value)) for member, value in found],
        ),
    )


# --- effects ----------------------------------------------------------------------------------------------------------


def effect_values(edition: EditionView) -> tuple[str, int, list[tuple[str, Value]], Value | None]:
    """Give the step and year that the texts quote (else where effects sum to most), the effects, and that of all."""
    found: dict[tuple[str, int], list[tuple[str, Value]]] = {}
    for (measure, target, end), value in values_under(edition, "effect", length=4):
        if end.isdigit() and not isinstance(value.number, str):
            found.setdefault((target, int(end)), []).append((measure, value))
    if not found:
        return "", 0, [], None

    def size(key: tuple[str, int]) -> tuple[int, float, int, str]:
        quoted = times_quoted(edition, f"effect.all.{key[0]}.{key[1]}")
        return quoted, round(sum(abs(number_of(value)) for one, value in found[key] if one != "all"), 9), key[1], key[0]

    step, year = max(sorted(found), key=size)
    ranked = sorted(found[step, year], key=lambda pair: (-number_of(pair[1]), pair[0]))
    together = next((value for measure, value in ranked if measure == "all"), None)
    return step, year, [pair for pair in ranked if pair[0] != "all"], together


def effects(edition: EditionView, language: str) -> ChartSpec:
    """What would each measure change?"""
    words = Words(edition, language)
    step, year, found, together = effect_values(edition)
    by_id = {str(one["id"]): one for one in edition.recommendations.get("measures", ())}
    kinds = {measure: str(by_id.get(measure, {}).get("label", value.label)) for measure, value in found}
    names = {measure: words.name("measure", measure) for measure, _ in found}
    labels = [one for one in ("observed", "computed", "estimated", "borrowed", "assumed") if one in kinds.values()]
    rows = [
        {
            "measure": wrapped(names[measure], LABEL_LETTERS),
            "effect": number_of(value) * 100,
            "low": None if value.low is None else value.low * 100,
            "high": None if value.high is None else value.high * 100,
            "label": words.text(f"label.{kinds[measure]}"),
        }
        for measure, value in found
    ]
    y = {"field": "measure", "type": "nominal", "sort": [row["measure"] for row in rows], "axis": name_axis()}
    axis = {"title": words.text("chart.effects.axis"), "tickCount": 6, "domain": False, "ticks": False, "grid": True}
    x = {"type": "quantitative", "axis": axis}
    colour = {
        "field": "label",
        "type": "nominal",
        "scale": {
            "domain": [words.text(f"label.{one}") for one in labels],
            "range": [PALETTE["observed" if one == "computed" else one] for one in labels],
        },
    }
    spec = {
        "width": WIDTH - 60,
        "height": {"step": 36},
        "layer": [
            {"mark": {"type": "rule", "color": PALETTE["muted"]}, "encoding": {"x": {"datum": 0} | x}},
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"y": y, "x": {"field": "effect"} | x, "color": colour},
            },
        ],
    }
    printed_year = words.number(year, grouped=False)
    title = words.text("chart.effects.title", step=words.name("step", step), year=printed_year)
    best = [f"“{names[measure]}”, {words.show(value, 'range')}" for measure, value in found[:2]]
    sentence = words.text("chart.effects.sentence", measures=words.listed(best))
    if together is not None:
        all_text = format_value(together, language, style="range" if together.low is not None else "number")
        sentence += " " + words.text("chart.effects.together", effect=all_text)
    return ChartSpec(
        id="effects",
        language=language,
        title=title,
        sentence=sentence,
        note=words.text("chart.effects.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for _, value in found),
        table=chart_table(
            words,
            title,
            ("measure", "=effect", "=interval", "label"),
            [
                (names[measure], words.show(value), words.interval(value), words.text(f"label.{kinds[measure]}"))
                for measure, value in found
            ],
        ),
    )
