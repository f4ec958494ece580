"""Charts of the members: where each stands, and how long each took to ratify."""

from __future__ import annotations

from statistics import median

from shteg.estimates import Value
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
)
from shteg.report.edition_view import EditionView


def stance_values(edition: EditionView) -> list[tuple[str, Value]]:
    """Give `stance.theta.<member>`, the most favourable first."""
    found = [(member, value) for (member,), value in values_under(edition, "stance", "theta", length=3)]
    return sorted(found, key=lambda pair: (-number_of(pair[1]), pair[0]))


def members_stance(edition: EditionView, language: str) -> ChartSpec:
    """Where does each member stand?"""
    words = Words(edition, language)
    found = stance_values(edition)
    names = {member: words.name("country", member) for member, _ in found}
    rows = [
        {
            "member": names[member],
            "theta": number_of(value),
            "low": value.low,
            "high": value.high,
        }
        for member, value in found
    ]
    y = {"field": "member", "type": "nominal", "sort": list(names.values()), "axis": name_axis()}
    axis = {"title": words.text("chart.members-stance.axis"), "tickCount": 5, "domain": False, "ticks": False}
    x = {"type": "quantitative", "axis": axis, "scale": {"zero": False}}
    spec = {
        "width": WIDTH,
        "height": {"step": 18},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.45},
                "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "color": PALETTE["series-1"]},
                "encoding": {"y": y, "x": {"field": "theta"} | x},
            },
        ],
    }
    title = words.text("chart.members-stance.title")
    ordered = list(names.values())
    sentence = words.text(
        "chart.members-stance.sentence",
        most=words.listed(ordered[: min(3, max(1, len(ordered) - 3))]),
        least=words.listed(ordered[: -min(3, len(ordered) - 1) - 1 : -1] or ordered),
    )
    return ChartSpec(
        id="members-stance",
        language=language,
        title=title,
        sentence=sentence,
        note=words.text("chart.members-stance.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for _, value in found),
        table=chart_table(
            words,
            title,
            ("member", "=score", "=interval"),
            [(names[member], words.show(value), words.interval(value)) for member, value in found],
        ),
    )


def ratification_values(edition: EditionView) -> list[tuple[str, Value]]:
    """Give `ratification.next.<member>`, the slowest first."""
    found = [
        (member, value)
        for (member,), value in values_under(edition, "ratification", "next", length=3)
        if member != "all" and not isinstance(value.number, str)
    ]
    return sorted(found, key=lambda pair: (-number_of(pair[1]), pair[0]))


def ratification(edition: EditionView, language: str) -> ChartSpec:
    """How many days would each member take to ratify?"""
    words = Words(edition, language)
    found = ratification_values(edition)
    names = {member: words.name("country", member) for member, _ in found}
    rows = [
        {"member": names[member], "days": number_of(value), "low": value.low, "high": value.high}
        for member, value in found
    ]
    y = {"field": "member", "type": "nominal", "sort": list(names.values()), "axis": name_axis()}
    axis = {"title": words.text("chart.ratification.axis"), "tickCount": 6, "domain": False, "ticks": False}
    x = {"type": "quantitative", "axis": axis}
    spec = {
        "width": WIDTH,
        "height": {"step": 18},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.45},
                "encoding": {"y": y, "x": {"field": "low"} | x, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "color": PALETTE["series-1"]},
                "encoding": {"y": y, "x": {"field": "days"} | x},
            },
        ],
    }
    title = words.text("chart.ratification.title")
    slow = [f"{names[member]} ({words.show(value)})" for member, value in found[:3]]
    middle = words.number(median(number_of(value) for _, value in found))
    return ChartSpec(
        id="ratification",
        language=language,
        title=title,
        sentence=words.text("chart.ratification.sentence", median=middle, members=words.listed(slow)),
        note=words.text("chart.ratification.note"),
        spec=finished(spec, rows, language),
        source_ids=sources_of(value for _, value in found),
        table=chart_table(
            words,
            title,
            ("member", "=days", "=interval"),
            [(names[member], words.show(value), words.interval(value)) for member, value in found],
        ),
    )
