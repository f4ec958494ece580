"""The page of recommendations: measures by area with addressee, deadline, effect and label; requirements."""

from __future__ import annotations

from typing import Any

from shteg.publish.path_page import forecast_years
from shteg.publish.table_view import TableView, make_table
from shteg.publish.voice import Voice, iso_text


def recommendations_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `recommendations.html.j2` needs, charts aside."""
    return {"areas": areas_of(voice), "overview": _overview(voice), "requirements": _requirements(voice)}


def areas_of(voice: Voice) -> list[dict[str, Any]]:
    """List the areas with their measures, in the order of the case."""
    measures = voice.edition.recommendations.get("measures", [])
    return [
        {
            "id": area["id"],
            "title": voice.own(area["title"]),
            "text": voice.own(area["text"]),
            "measures": [_measure(voice, one) for one in measures if one["area"] == area["id"]],
        }
        for area in voice.edition.recommendations.get("areas", [])
    ]


def _effect_places(voice: Voice, measure: str) -> list[tuple[str, str]]:
    """List the (step, year) for which the effect of a measure was computed, in the order of the ladder."""
    years = forecast_years(voice)
    return [
        (step["id"], year)
        for step in voice.edition.steps
        for year in years
        if voice.has(f"effect.{measure}.{step['id']}.{year}")
    ]


def _measure(voice: Voice, one: dict[str, Any]) -> dict[str, Any]:
    effects = [
        {
            "what": voice.t("measure.effect.on", step=voice.named(f"step:{step}"), year=year),
            "value": voice.value(f"effect.{one['id']}.{step}.{year}", "range"),
        }
        for step, year in _effect_places(voice, one["id"])
        if _moves(voice, f"effect.{one['id']}.{step}.{year}")
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
    return any(number not in (0, None) for number in (value.number, value.low, value.high))


def _overview(voice: Voice) -> TableView | None:
    measures = [*(one["id"] for one in voice.edition.recommendations.get("measures", ())), "all"]
    by_measure = {one: _effect_places(voice, one) for one in measures}
    years = sorted({year for places in by_measure.values() for _, year in places})
    if not years:
        return None
    last = years[len(years) // 2]
    steps = [step["id"] for step in voice.edition.steps if any((step["id"], last) in p for p in by_measure.values())]
    rows = []
    for one, places in by_measure.items():
        if places:
            name = voice.t("measure.all") if one == "all" else voice.measure(one)
            cells = (voice.value(f"effect.{one}.{step}.{last}") if (step, last) in places else "" for step in steps)
            rows.append((name, *cells))
    headers = [voice.t("column.measure")]
    headers += [voice.t("column.effect", step=voice.named(f"step:{step}"), year=last) for step in steps]
    return make_table(voice.t("recommendations.effects"), headers, rows, range(1, len(headers)))


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
