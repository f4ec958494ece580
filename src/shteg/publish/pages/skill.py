"""The page of the trial on the past: what leads and why, skill, reliability, what nothing can test, limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from markupsafe import Markup

from shteg.publish.html.tables import TableView, make_table
from shteg.publish.printed import Voice
from shteg.report import message
from shteg.report.charts.skill import MODELS
from shteg.report.language.locale import plural

HORIZONS = ("1", "3", "5", "10")
ALL = "all"
LEADS = "skill.ladder.leads"


def has_skill(voice: Voice) -> bool:
    """Tell whether the edition scored any forecast."""
    return voice.has(LEADS)


def leads_with_base_rate(voice: Voice) -> bool:
    """Tell whether the publication leads with the base rate."""
    return has_skill(voice) and voice.edition.value(LEADS).number == "base_rate"


def skill_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `skill.html.j2` needs, charts aside."""
    counts = {name: voice.value(f"skill.ladder.{name}") for name in ("forecasts", "countries", "origins", "events")}
    return {
        "leads": leads_text(voice),
        "base_rate": base_rate_table(voice),
        "counts": Markup(voice.t("skill.counts", **counts)),
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
    if not has_skill(voice):
        return ""
    return message(voice.language, f"sentence.evaluation.leads.{voice.edition.value(LEADS).number}")


def base_rate_table(voice: Voice) -> TableView | None:
    """Show what the base rate foretells for the aspirant."""
    found = [one.split(".")[1:] for one in voice.edition.values if one.startswith("baserate.")]
    years = sorted({parts[-1] for parts in found})
    steps = [step for step in voice.edition.steps if any(parts[0] == step["id"] for parts in found)]
    if not steps:
        return None
    rows = [
        (voice.own(step["title"]), *(voice.with_interval(f"baserate.{step['id']}.{year}") for year in years))
        for step in steps
    ]
    headers = [voice.t("column.step"), *years]
    return make_table(
        voice.t("skill.base-rate"), headers, rows, range(1, len(headers)), voice.t("skill.base-rate.note")
    )


def _cell(voice: Voice, value_id: str) -> str:
    return voice.with_interval(value_id) if voice.has(value_id) else "–"


def _by_horizon(voice: Voice, subject: str, caption: str) -> TableView | None:
    models = [model for model in MODELS if voice.has(f"skill.{subject}.{model}.{ALL}")]
    known = [h for h in HORIZONS if any(voice.has(f"skill.{subject}.{model}.{h}") for model in models)]
    if not models:
        return None
    rows = [
        (
            message(voice.language, f"evaluation.model.{model.replace('-', '_')}"),
            *(_cell(voice, f"skill.{subject}.{model}.{last}") for last in (*known, ALL)),
        )
        for model in models
    ]
    headers = [voice.t("skill.column.model"), *(_years(voice, one) for one in known), voice.t("skill.column.all")]
    return make_table(voice.t(caption), headers, rows, range(1, len(headers)))


def _years(voice: Voice, number: str) -> str:
    return message(voice.language, f"unit.years.{plural(Decimal(number), voice.language)}", {"number": number})


def _by_step(voice: Voice) -> TableView | None:
    rows = [
        (voice.own(step["title"]), _cell(voice, f"skill.step.{step['id']}"))
        for step in voice.edition.steps
        if voice.has(f"skill.step.{step['id']}")
    ]
    headers = [voice.t("column.step"), voice.t("skill.column.skill")]
    return make_table(voice.t("skill.by-step"), headers, rows, (1,)) if rows else None


def _ratios(voice: Voice) -> TableView | None:
    rows = [
        (
            voice.t("skill.column.all") if last == ALL else _years(voice, last),
            _cell(voice, f"skill.ladder.observed-expected.{last}"),
        )
        for last in (*HORIZONS, ALL)
        if voice.has(f"skill.ladder.observed-expected.{last}")
    ]
    headers = [voice.t("skill.column.horizon"), voice.t("skill.column.ratio")]
    return make_table(voice.t("skill.ratio-table"), headers, rows, (1,)) if rows else None


_MAIN = {"steps": ("log", "skill.ladder.full.all"), "rungs": ("rps", "skill.rungs.full.all")}


def _everything(voice: Voice) -> TableView | None:
    """List each kind of probability with its verdict, those that nothing can test last."""
    if "evaluation.skill" not in voice.edition.table_names:
        return None
    rows = []
    for row in voice.edition.table("evaluation.skill").iter_rows(named=True):
        score, value_id = _MAIN.get(row["subject"], ("log", f"skill.{row['subject'].replace('_', '-')}.model.all"))
        main = row["part"] == ALL and row["horizon"] == 0 and row["score"] == score
        if not (main and row["model"] == "full" and row["baseline"] == "base_rate"):
            continue
        counted = row["forecasts"] > 0
        rows.append(
            (
                message(voice.language, f"evaluation.subject.{row['subject']}"),
                voice.number(row["forecasts"]) if counted else "–",
                voice.number(row["events"]) if counted else "–",
                _cell(voice, value_id),
                message(voice.language, f"evaluation.verdict.{row['verdict']}"),
            )
        )
    names = ("forecast", "forecasts", "events", "skill", "verdict")
    return make_table(voice.t("skill.everything"), [voice.t(f"skill.column.{name}") for name in names], rows, (1, 2, 3))


def _few(voice: Voice) -> TableView | None:
    rows = []
    fast = "skill.ladder.full.without-fast-lane"
    names = ("lowest-without-one", "highest-without-one", "lowest-without-two", "highest-without-two")
    if voice.has(fast):
        countries = str(voice.edition.value(fast).details.get("countries", ""))
        rows.append((voice.t("skill.few.fast", countries=_named(voice, countries)), _cell(voice, fast)))
    for name in names:
        value_id = f"skill.ladder.full.{name}"
        if voice.has(value_id):
            countries = str(voice.edition.value(value_id).details.get("without", ""))
            rows.append(
                (
                    voice.t(f"skill.few.{name.partition('-')[0]}", countries=_named(voice, countries)),
                    voice.value(value_id),
                )
            )
    headers = [voice.t("skill.column.left-out"), voice.t("skill.column.skill")]
    return make_table(voice.t("skill.few"), headers, rows, (1,)) if rows else None


def _named(voice: Voice, codes: str) -> str:
    return ", ".join(voice.named(f"country:{code.strip()}") for code in codes.split(",") if code.strip())
