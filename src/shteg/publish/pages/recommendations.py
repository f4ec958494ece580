"""The page of recommendations: measures by area with addressee, deadline, effect and label; requirements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.html.page import Material, Page
from shteg.publish.pages.answers import shares_table
from shteg.publish.pages.path import forecast_years
from shteg.publish.printed import Voice
from shteg.publish.records.tracker import commitment_link, is_tracked, tracked_by
from shteg.report import TableView
from shteg.report.charts.parts import number_of
from shteg.report.charts.path import EFFECT, EFFECT_OF_ALL, effect_values
from shteg.report.edition_view import AT, MeasureView, Row, subject
from shteg.report.language.locale import exact
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING


def _recommendations(material: Material) -> dict[str, Any]:
    voice = material.voice
    return {
        "areas": areas_of(voice, effects=True),
        "overview": _overview(voice),
        "shares": shares_table(voice),
        "requirements": _requirements(voice),
        "followed": is_tracked(voice.edition),
    }


def areas_of(voice: Voice, *, effects: bool = False) -> list[dict[str, Any]]:
    """List the areas with their measures, in the order of the case; `effects` prints what each would change."""
    year = _shown_year(voice) if effects else ""
    return [
        {
            "id": area.id,
            "title": voice.own(area.title),
            "text": voice.own(area.text),
            "measures": [_measure(voice, one, year) for one in voice.edition.measures if one.area == area.id],
        }
        for area in voice.edition.areas
    ]


def _shown_year(voice: Voice) -> str:
    """Give the year for which effects are shown: that of the chart, else the middle of the forecast."""
    effects = effect_values(voice.edition)
    if effects:
        return subject(effects[0], "year")
    years = forecast_years(voice)
    return years[len(years) // 2] if years else ""


def _effects(voice: Voice, measure: str, year: str) -> dict[str, Value]:
    """Give the effects of a measure, or of "all", by step, in the order of the ladder."""
    kind, about = (EFFECT_OF_ALL, {}) if measure == "all" else (EFFECT, {"measure": f"measure:{measure}"})
    found = {subject(value, "step"): value for value in voice.edition.select(kind, year=year, **about)}
    return {step.id: found[step.id] for step in voice.edition.steps_ahead() if step.id in found}


def _measure(voice: Voice, one: MeasureView, year: str) -> dict[str, Any]:
    effects = [
        {
            "what": voice.t("measure.effect.on", step=voice.named(f"step:{step}"), year=year),
            "value": voice.value(value, "range"),
        }
        for step, value in (_effects(voice, one.id, year) if year else {}).items()
        if _moves(value)
    ]
    return {
        "id": one.id,
        "title": voice.own(one.title),
        "text": voice.own(one.text),
        "addressee": voice.own(one.addressee),
        "deadline": voice.date(one.deadline),
        "effects": effects,
        "label": one.label,
        "tag": voice.tag(one.label),
        "rationale": voice.own(one.rationale),
        "indicators": [voice.named(f"requirement:{name}") for name in one.indicators],
        "source": voice.source(one.source),
        "tracked": [commitment_link(voice, row) for row in tracked_by(voice.edition, "measure").get(one.id, ())],
    }


def _moves(value: Value) -> bool:
    """Tell whether an effect is there at all: an exact nothing for every future needs no line."""
    numbers = (number for number in (value.number, value.low, value.high) if isinstance(number, int | float))
    return any(exact(number) != 0 for number in numbers)


def _overview(voice: Voice) -> TableView | None:
    year = _shown_year(voice)
    measures = sorted((one.id for one in voice.edition.measures), key=lambda one: _rank(voice, one))
    found = {one: _effects(voice, one, year) for one in (*measures, "all")}
    steps = [step.id for step in voice.edition.steps if any(step.id in known for known in found.values())]
    rows = [
        (
            voice.t("measure.all") if one == "all" else voice.measure(one),
            *(voice.with_interval(known.get(step), "bare") for step in steps),
        )
        for one, known in found.items()
        if known
    ]
    headers = [voice.t("column.measure")]
    headers += [voice.t("column.effect", step=voice.named(f"step:{step}"), year=year) for step in steps]
    shown = [subject(value, "step") for value in effect_values(voice.edition)[:1]]  # the step of the chart
    main = next((steps.index(step) + 1 for step in shown if step in steps), None)
    caption = voice.t("recommendations.overview")
    return make_table(caption, headers, rows, range(1, len(headers)), main=main) if rows else None


def _rank(voice: Voice, measure: str) -> float:
    rank = voice.edition.find("value.recommendations.rank", measure=f"measure:{measure}")
    return 0.0 if rank is None or isinstance(rank.number, str) else number_of(rank)


REQUIREMENTS, READINGS = "evidence.requirements", "evidence.readings"


def _requirements(voice: Voice) -> TableView | None:
    """Show each requirement with what was last measured, what is asked for and by when, and how far it is."""
    latest, tracked = _latest_readings(voice), tracked_by(voice.edition, "requirement")
    rows = [
        (
            _title(voice, row, tracked),
            _dated(voice, *_measured(voice, row, latest)),
            _dated(voice, voice.cell(REQUIREMENTS, row[AT], "target", "plain"), row["target_on"], "by"),
            _dated(voice, voice.t(f"status.{row['status']}"), row["status_on"]),
            voice.field(row, "indicator"),
            voice.word("requirement-area", row["area"], "area"),
            voice.cited(row),
        )
        for row in voice.edition.rows(REQUIREMENTS)
    ]
    names = ("requirement", "measured", "target", "status", "indicator", "area")
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source")]
    caption = voice.t("recommendations.requirements.table")
    return make_table(caption, headers, rows, (1, 2)) if rows else None


def _title(voice: Voice, row: Row, tracked: Mapping[str, Sequence[Row]]) -> Markup | str:
    """Name a requirement; one that a commitment follows leads to it."""
    title = voice.field(row, "title")
    return commitment_link(voice, tracked[row["id"]][0], title) if row["id"] in tracked else title


def _latest_readings(voice: Voice) -> dict[str, Row]:
    """Give the last reading of each requirement."""
    rows = sorted(voice.edition.rows(READINGS), key=lambda row: str(row["happened_on"]))
    return {row["requirement"]: row for row in rows}


def _measured(voice: Voice, row: Row, latest: dict[str, Row]) -> tuple[Markup, str | None]:
    """Give what was last measured and when: the last reading, else the value at the start."""
    if reading := latest.get(row["id"]):
        return voice.cell(READINGS, reading[AT], "value", "plain"), reading["happened_on"]
    return voice.cell(REQUIREMENTS, row[AT], "baseline", "plain"), row["baseline_on"]


def _dated(voice: Voice, what: str, day: str | None, kind: str = "on") -> Markup:
    """Write something with its date below; a dash where there is nothing."""
    if not what:
        return Markup("{}").format(NOTHING)
    if not day:
        return Markup("{}").format(what)
    return Markup('{}<br><span class="note">{}</span>').format(what, voice.t(f"dated.{kind}", date=voice.date(day)))


PAGES = (
    Page(
        slug="recommendations", place=6, group="publication", context=_recommendations, charts={"effects": ("effects",)}
    ),
)
