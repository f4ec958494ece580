"""The page of the trial on the past: what leads and why, skill, reliability, what nothing can test, limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shteg.estimates import Value
from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice
from shteg.report import EditionView, TableView
from shteg.report.charts.skill import MODELS, model_name, skill_of
from shteg.report.edition_view import AT, subject
from shteg.report.language.locale import plural
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

HORIZONS = ("1", "3", "5", "10")
ALL = "all"
KIND = "value.evaluation."
TABLE = "evaluation.skill"


def leads(edition: EditionView) -> Value | None:
    """Give the value that names what the publication leads with; None if the edition scored no forecast."""
    return edition.find(f"{KIND}leads")


def leads_with_base_rate(voice: Voice) -> bool:
    """Tell whether the publication leads with the base rate."""
    value = leads(voice.edition)
    return value is not None and value.number == "base_rate"


def _skill(material: Material) -> dict[str, Any]:
    voice = material.voice
    names = ("forecasts", "countries", "origins", "events")
    counts = {name: voice.show(one) for name in names if (one := voice.edition.find(KIND + name))}
    return {
        "leads": leads_text(voice),
        "base_rate": base_rate_table(voice),
        "counts": voice.figured(voice.t("skill.counts", **counts)),
        "steps": _by_horizon(voice, "ladder", "skill.steps-table"),
        "by_step": _by_step(voice),
        "rungs": _by_horizon(voice, "rungs", "skill.rungs-table"),
        "ratios": _ratios(voice),
        "everything": _everything(voice),
        "few": _few(voice),
        "limits": [voice.t(f"skill.limit.{name}") for name in ("few", "rival", "chosen", "own", "hindsight")],
    }


def leads_text(voice: Voice) -> str:
    """Say what the publication leads with, and why."""
    value = leads(voice.edition)
    return voice.text(f"sentence.evaluation.leads.{value.number}") if value else ""


def base_rate_table(voice: Voice) -> TableView | None:
    """Show what the base rate foretells for the aspirant."""
    found: dict[str, dict[str, Value]] = {}
    for value in voice.edition.select(f"{KIND}base-rate"):
        found.setdefault(subject(value, "step"), {})[subject(value, "year")] = value
    years = sorted({year for values in found.values() for year in values})
    rows = [
        (voice.own(step.title), *(voice.with_interval(found[step.id].get(year)) for year in years))
        for step in voice.edition.steps
        if step.id in found
    ]
    headers, note = [voice.t("column.step"), *years], voice.t("skill.base-rate.note")
    return make_table(voice.t("skill.base-rate"), headers, rows, range(1, len(headers)), note) if rows else None


def _cell(voice: Voice, value: Value | None) -> str:
    return voice.with_interval(value, otherwise=NOTHING)


def _by_horizon(voice: Voice, subject: str, caption: str) -> TableView | None:
    models = [model for model in MODELS if skill_of(voice.edition, subject, model)]
    known = [last for last in HORIZONS if any(skill_of(voice.edition, subject, model, last) for model in models)]
    rows = [
        (
            model_name(voice, model),
            *(_cell(voice, skill_of(voice.edition, subject, model, last)) for last in (*known, "")),
        )
        for model in models
    ]
    headers = [voice.t("skill.column.model"), *(_years(voice, one) for one in known), voice.t("skill.column.all")]
    return make_table(voice.t(caption), headers, rows, range(1, len(headers))) if rows else None


def _years(voice: Voice, number: str) -> str:
    return voice.text(f"unit.years.{plural(Decimal(number), voice.language)}", number=number)


def _by_step(voice: Voice) -> TableView | None:
    rows = [
        (voice.own(step.title), _cell(voice, value))
        for step in voice.edition.steps
        if (value := voice.edition.find(f"{KIND}step", step=f"step:{step.id}"))
    ]
    headers = [voice.t("column.step"), voice.t("skill.column.skill")]
    return make_table(voice.t("skill.by-step"), headers, rows, (1,)) if rows else None


def _ratios(voice: Voice) -> TableView | None:
    kind = f"{KIND}observed-expected"
    found = {_years(voice, last): voice.edition.find(kind, years=last) for last in HORIZONS}
    found[voice.t("skill.column.all")] = voice.edition.find(f"{kind}-all")
    rows = [(name, _cell(voice, value)) for name, value in found.items() if value]
    headers = [voice.t("skill.column.horizon"), voice.t("skill.column.ratio")]
    return make_table(voice.t("skill.ratio-table"), headers, rows, (1,)) if rows else None


_MAIN = {"steps": ("log", f"{KIND}ladder-all.full"), "rungs": ("rps", f"{KIND}rungs-all.full")}


def _everything(voice: Voice) -> TableView | None:
    """List each kind of probability with its verdict, those that nothing can test last."""
    rows = []
    for row in voice.edition.rows(TABLE):
        score, kind = _MAIN.get(row["subject"], ("log", KIND + row["subject"].replace("_", "-")))
        main = row["part"] == ALL and row["horizon"] == 0 and row["score"] == score
        if not (main and row["model"] == "full" and row["baseline"] == "base_rate"):
            continue
        counts = (voice.cell(TABLE, row[AT], name, "count") for name in ("forecasts", "events"))
        rows.append(
            (
                voice.text(f"evaluation.subject.{row['subject']}"),
                *(counts if row["forecasts"] > 0 else (NOTHING, NOTHING)),
                _cell(voice, voice.edition.find(kind)),
                voice.text(f"evaluation.verdict.{row['verdict']}"),
            )
        )
    names = ("forecast", "forecasts", "events", "skill", "verdict")
    headers = [voice.t(f"skill.column.{name}") for name in names]
    return make_table(voice.t("skill.everything"), headers, rows, (1, 2, 3)) if rows else None


def _few(voice: Voice) -> TableView | None:
    rows = []
    names = ("lowest-without-one", "highest-without-one", "lowest-without-two", "highest-without-two")
    if fast := voice.edition.find(f"{KIND}ladder-without-fast-lane"):
        rows.append((voice.t("skill.few.fast", countries=_named(voice, fast, "countries")), _cell(voice, fast)))
    for name in names:
        if value := voice.edition.find(KIND + name):
            countries = _named(voice, value, "without")
            rows.append((voice.t(f"skill.few.{name.partition('-')[0]}", countries=countries), voice.value(value)))
    headers = [voice.t("skill.column.left-out"), voice.t("skill.column.skill")]
    return make_table(voice.t("skill.few"), headers, rows, (1,)) if rows else None


def _named(voice: Voice, value: Value, detail: str) -> str:
    codes = str(value.details.get(detail, "")).split(",")
    return ", ".join(voice.named(f"country:{code.strip()}") for code in codes if code.strip())


PAGES = (
    Page(
        slug="skill",
        place=7,
        context=_skill,
        charts={"skill": ("skill",), "reliability": ("reliability",)},
        shown=lambda edition: leads(edition) is not None,
    ),
)
