"""The page of the trial on the past: the verdict on the published forecast, the models, skill, reliability, limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice
from shteg.report import EditionView, TableView
from shteg.report.charts.skill import MODELS, model_name, skill_of
from shteg.report.edition_view import AT
from shteg.report.language.locale import plural
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

HORIZONS = ("1", "3", "5", "10")
ALL = "all"
KIND = "value.evaluation."
TABLE = "evaluation.skill"


MODELS_TABLE = "evaluation.models"
WEIGHTINGS = ("plain", "countries")
BASE_RATE = "base_rate"


def pool_verdict(edition: EditionView) -> Value | None:
    """Give the verdict on the published forecast; None if the edition scored no forecast."""
    return edition.find(f"{KIND}pool-verdict")


def _skill(material: Material) -> dict[str, Any]:
    voice = material.voice
    names = ("forecasts", "countries", "origins", "events")
    counts = {name: voice.show(one) for name in names if (one := voice.edition.find(KIND + name))}
    return {
        "verdict": verdict_text(voice),
        "models": [table for weighting in WEIGHTINGS if (table := _models(voice, weighting))],
        "counts": voice.figured(voice.t("skill.counts", **counts)),
        "steps": _by_horizon(voice, "ladder", "skill.steps-table"),
        "by_step": _by_step(voice),
        "rungs": _by_horizon(voice, "rungs", "skill.rungs-table"),
        "ratios": _ratios(voice),
        "everything": _everything(voice),
        "few": _few(voice),
        "limits": [voice.t(f"skill.limit.{name}") for name in ("few", "rival", "chosen", "own", "hindsight")],
    }


def verdict_text(voice: Voice) -> Markup:
    """Say by rule how the published forecast compares with the base rate: better, not to be told apart, worse."""
    verdict = pool_verdict(voice.edition)
    if verdict is None:
        return Markup()
    names = {"better": "pool-seeds-better", "worse": "pool-seeds-worse", "seeds": "pool-seeds"}
    told = {name: voice.show(one) for name, key in names.items() if (one := voice.edition.find(KIND + key))}
    skill = skill_of(voice.edition, "ladder", "pool")
    told |= {"skill": voice.show(skill, "range")} if skill else {}
    sentences = [voice.figured(voice.text(f"sentence.evaluation.pool.{verdict.number}", **told))]
    if equal := voice.edition.find(f"{KIND}pool-equal"):
        shown = {"skill": voice.show(equal, "range")}
        sentences.append(voice.figured(voice.text(f"sentence.evaluation.equal.{equal.details['verdict']}", **shown)))
    return Markup(" ").join(sentences)


def _models(voice: Voice, weighting: str) -> TableView | None:
    """Show the models side by side on all forecasts: scores, skill, seeds, discrimination, calibration."""
    rows = []
    for row in voice.edition.rows(MODELS_TABLE):
        if (row["part"], row["weighting"]) != (ALL, weighting):
            continue

        def cell(name: str, form: str, at: int = row[AT]) -> Markup:
            return voice.cell(MODELS_TABLE, at, name, form)

        rows.append(
            (
                model_name(voice, row["model"]),
                cell("log", "3"),
                cell("brier", "3"),
                *(
                    (NOTHING, NOTHING)
                    if row["model"] == BASE_RATE
                    else (
                        voice.triple(MODELS_TABLE, row[AT], ("skill", "low", "high"), "signed"),
                        Markup("{} / {}").format(cell("seeds_better", "count"), cell("seeds_worse", "count")),
                    )
                ),
                Markup("{} / {}").format(cell("mean_happened", "percent"), cell("mean_not", "percent")),
                Markup("{} / {}").format(cell("bins_failed", "count"), cell("bins", "count")),
            )
        )
    seeds = voice.edition.find(f"{KIND}pool-seeds")
    names = ("model", "log", "brier", "skill")
    headers = [
        *(voice.t(f"skill.column.{name}") for name in names),
        voice.t("skill.column.seeds", seeds=voice.show(seeds) if seeds else ""),
        voice.t("skill.column.given"),
        voice.t("skill.column.bins"),
    ]
    return (
        make_table(voice.t(f"skill.models.{weighting}"), headers, rows, range(1, len(headers)), main=3)
        if rows
        else None
    )


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


_MAIN = {"steps": ("log", "pool", f"{KIND}ladder-all.pool"), "rungs": ("rps", "pathways", f"{KIND}rungs-all.pathways")}
"""Main score of each subject, the model that is published, and the message of its skill."""


def _everything(voice: Voice) -> TableView | None:
    """List each kind of probability with its verdict, those that nothing can test last."""
    rows = []
    for row in voice.edition.rows(TABLE):
        score, model, kind = _MAIN.get(row["subject"], ("log", "full", KIND + row["subject"].replace("_", "-")))
        main = row["part"] == ALL and row["horizon"] == 0 and row["score"] == score
        main = main and row["weighting"] == "plain" and row["baseline"] == "base_rate"
        if not (main and row["model"] == model):
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
    return make_table(voice.t("skill.everything"), headers, rows, (1, 2, 3), main=3) if rows else None


def _few(voice: Voice) -> TableView | None:
    rows = []
    names = ("lowest-without-one", "highest-without-one", "lowest-without-two", "highest-without-two")
    if fast := voice.edition.find(f"{KIND}ladder-without-fast-lane"):
        rows.append((voice.t("skill.few.fast", countries=_named(voice, fast, "countries")), _cell(voice, fast)))
    for name in names:
        if value := voice.edition.find(KIND + name):
            countries = _named(voice, value, "without")
            rows.append(
                (voice.t(f"skill.few.{name.partition('-')[0]}", countries=countries), voice.value(value, "short"))
            )
    headers = [voice.t("skill.column.left-out"), voice.t("skill.column.skill")]
    return make_table(voice.t("skill.few"), headers, rows, (1,)) if rows else None


def _named(voice: Voice, value: Value, detail: str) -> str:
    codes = str(value.details.get(detail, "")).split(",")
    return ", ".join(voice.named(f"country:{code.strip()}") for code in codes if code.strip())


PAGES = (
    Page(
        slug="skill",
        group="method",
        context=_skill,
        charts={"skill": ("skill",), "reliability": ("reliability",)},
        shown=lambda edition: pool_verdict(edition) is not None,
    ),
)
