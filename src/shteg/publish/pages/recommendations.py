"""The page of recommendations: measures by area with addressee, deadline, effect and label; requirements."""

from __future__ import annotations

from typing import Any

from shteg.publish.html.tables import TableView, make_table
from shteg.publish.pages.answers import shares_table
from shteg.publish.pages.path import forecast_years, steps_ahead
from shteg.publish.printed import Voice, iso_text
from shteg.report import available_charts
from shteg.report.charts.path import effect_values
from shteg.report.language.locale import exact


def recommendations_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `recommendations.html.j2` needs, charts aside."""
    return {
        "areas": areas_of(voice, effects=True),
        "overview": _overview(voice),
        "shares": shares_table(voice),
        "requirements": _requirements(voice),
    }


def areas_of(voice: Voice, *, effects: bool = False) -> list[dict[str, Any]]:
    """List the areas with their measures, in the order of the case; `effects` prints what each would change."""
    measures = voice.edition.recommendations.get("measures", [])
    return [
        {
            "id": area["id"],
            "title": voice.own(area["title"]),
            "text": voice.own(area["text"]),
            "measures": [_measure(voice, one, effects) for one in measures if one["area"] == area["id"]],
        }
        for area in voice.edition.recommendations.get("areas", [])
    ]


def _shown_year(voice: Voice) -> str:
    """Give the year for which effects are shown: that of the chart, else the middle of the forecast."""
    if "effects" in available_charts(voice.edition):
        return str(effect_values(voice.edition)[1])
    years = forecast_years(voice)
    return years[len(years) // 2] if years else ""


def _effect_steps(voice: Voice, measure: str, year: str) -> list[str]:
    """List the steps for which the effect of a measure was computed, in the order of the ladder."""
    return [step["id"] for step in steps_ahead(voice) if voice.has(f"effect.{measure}.{step['id']}.{year}")]


def _measure(voice: Voice, one: dict[str, Any], with_effects: bool) -> dict[str, Any]:
    year = _shown_year(voice) if with_effects else ""
    steps = _effect_steps(voice, one["id"], year) if with_effects else []
    ids = {step: f"effect.{one['id']}.{step}.{year}" for step in steps}
    effects = [
        {
            "what": voice.t("measure.effect.on", step=voice.named(f"step:{step}"), year=year),
            "value": voice.value(value_id, "range"),
        }
        for step, value_id in ids.items()
        if _moves(voice, value_id)
    ]
    return {
        "id": one["id"],
        "title": voice.own(one["title"]),
        "text": voice.own(one["text"]),
        "addressee": voice.own(one["addressee"]),
        "deadline": voice.date(iso_text(one.get("deadline"))),
        "effects": effects,
        "label": one["label"],
        "tag": voice.tag(one["label"]),
        "rationale": voice.own(one["rationale"]),
        "indicators": [voice.named(f"requirement:{name}") for name in one.get("indicators") or ()],
        "source": voice.source(one["source"]),
    }


def _moves(voice: Voice, value_id: str) -> bool:
    """Tell whether an effect is there at all: an exact nothing for every future needs no line."""
    value = voice.edition.value(value_id)
    numbers = (number for number in (value.number, value.low, value.high) if isinstance(number, int | float))
    return any(exact(number) != 0 for number in numbers)


def _overview(voice: Voice) -> TableView | None:
    year = _shown_year(voice)
    measures = [one["id"] for one in voice.edition.recommendations.get("measures", ())]
    measures.sort(key=lambda one: _rank(voice, one))
    found = {one: _effect_steps(voice, one, year) for one in (*measures, "all")}
    steps = [step["id"] for step in voice.edition.steps if any(step["id"] in known for known in found.values())]
    if not steps:
        return None
    rows = [
        (
            voice.t("measure.all") if one == "all" else voice.measure(one),
            *(voice.with_interval(f"effect.{one}.{step}.{year}", "plain") if step in known else "" for step in steps),
        )
        for one, known in found.items()
        if known
    ]
    headers = [voice.t("column.measure")]
    headers += [voice.t("column.effect", step=voice.named(f"step:{step}"), year=year) for step in steps]
    return make_table(voice.t("recommendations.overview"), headers, rows, range(1, len(headers)))


def _rank(voice: Voice, measure: str) -> float:
    value_id = f"measure.rank.{measure}"
    number = voice.edition.value(value_id).number if voice.has(value_id) else 0.0
    return 0.0 if isinstance(number, str) else float(exact(number))


def _requirements(voice: Voice) -> TableView | None:
    if "evidence.requirements" not in voice.edition.table_names:
        return None
    rows = [
        (
            voice.field(row, "title"),
            voice.named(f"requirement-area:{row['area']}"),
            voice.field(row, "indicator"),
            voice.t(f"status.{row['status']}"),
            voice.cited(row),
        )
        for row in voice.edition.table("evidence.requirements").iter_rows(named=True)
    ]
    headers = [
        *(voice.t(f"column.{name}") for name in ("requirement", "area", "indicator", "status")),
        voice.t("source"),
    ]
    return make_table(voice.t("recommendations.requirements"), headers, rows)
