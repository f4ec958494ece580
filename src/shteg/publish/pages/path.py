"""The page of the path: rungs with probabilities, last consents, the ladder of others, programmes, chronicle."""

from __future__ import annotations

from typing import Any

from shteg.estimates import Value
from shteg.publish.html.page import Material, Page
from shteg.publish.html.tables import values_table
from shteg.publish.pages.answers import answer_sentences, answer_tables
from shteg.publish.pages.pool import alone_notes, differences, frequencies, parts_table, weights_table
from shteg.publish.pages.skill import pool_verdict
from shteg.publish.printed import Voice
from shteg.report import TableView
from shteg.report.charts.chronicle import chronicle_rows
from shteg.report.charts.parts import number_of
from shteg.report.charts.path import FORECAST, LAST
from shteg.report.charts.pool import shown_year
from shteg.report.edition_view import StepView, subject
from shteg.report.language.tables import make_table

LAST_SHOWN = 8
"""Members in the table of last consents."""
DAYS = "value.accession.days"
LADDER = ("count", "countries", "effect-blocked", "effect-skipped", "effect-variable", "effect-waited", "joined",
          "median-days", "median-wait", "median-years", "prior-wait", "rate", "waiting", "waiting-share")  # fmt: skip


def _path(material: Material) -> dict[str, Any]:
    voice = material.voice
    by_votes = [step.by_votes for step in voice.edition.steps_ahead() if step.rule != "none"]
    return {
        "forecast": _forecast(voice),
        "scored": pool_verdict(voice.edition) is not None,
        "frequencies": frequencies(voice),
        "differences": differences(voice),
        "alone": alone_notes(voice),
        "parts": [table for table in (parts_table(voice), weights_table(voice)) if table],
        "rungs": [_rung(voice, step) for step in sorted(voice.edition.steps, key=_place) if step.rung],
        "beside": [_rung(voice, step) for step in voice.edition.steps if not step.rung],
        "blockers": _blockers(voice),
        "missing_text": voice.t("path.missing.votes" if by_votes and all(by_votes) else "path.missing.text"),
        "answers": answer_sentences(voice),
        "answer_tables": answer_tables(voice),
        "ladder": [table for table in (_ladder_summary(voice), _ladder_days(voice)) if table],
        "programmes": [table for table in (_programmes(voice), _partnerships(voice)) if table],
        "chronicle": _chronicle(voice),
    }


def forecast_years(voice: Voice) -> list[str]:
    """List the years that forecasts are given for."""
    return sorted({subject(value, "year") for value in voice.edition.select(FORECAST)})


def _place(step: StepView) -> int:
    return step.rung


def _rung(voice: Voice, step: StepView) -> dict[str, Any]:
    sponsors = ", ".join(voice.named(f"country:{code}") for code in step.sponsors)
    needed, members = voice.edition.votes(step)
    votes = " " + voice.t("rule.votes", needed=needed, count=members) if needed else ""
    taken = voice.edition.steps_taken().get(step.id)
    median = voice.edition.find("value.pool.median_year", step=f"step:{step.id}")
    return {
        "id": step.id,
        "taken": voice.t("path.taken", date=voice.date(taken)) if taken else "",
        "title": voice.own(step.title),
        "median": "" if taken else voice.value(median, "range"),
        "rule": voice.t(f"rule.{step.rule}", sponsors=sponsors) + votes,
        "after": ", ".join(voice.named(f"step:{name}") for name in step.prerequisites),
    }


def _forecast(voice: Voice) -> TableView | None:
    years = forecast_years(voice)
    rows = []
    for step in voice.edition.steps_ahead():
        values = {subject(one, "year"): one for one in voice.edition.select(FORECAST, step=f"step:{step.id}")}
        if values:
            rows.append((voice.own(step.title), *(voice.with_interval(values.get(year)) for year in years)))
    headers = [voice.t("column.step"), *years]
    shown = shown_year(voice.edition)
    main = years.index(shown) + 1 if shown in years else None
    return make_table(voice.t("path.table"), headers, rows, range(1, len(headers)), main=main) if rows else None


def last_consents(voice: Voice) -> dict[str, dict[str, Value]]:
    """Give, by step and member, how often the member is the last to consent (a share)."""
    found = {
        step.id: {
            subject(value, "member"): value
            for value in voice.edition.select(*LAST, step=f"step:{step.id}")
            if not isinstance(value.number, str)
        }
        for step in voice.edition.steps
    }
    return {step: values for step, values in found.items() if values}


def _blockers(voice: Voice) -> TableView | None:
    last = last_consents(voice)

    def most(code: str) -> float:
        return max(number_of(values[code]) for values in last.values() if code in values)

    members = sorted({code for values in last.values() for code in values})
    rows = [
        (voice.named(f"member:{code}"), *(voice.value(values.get(code), "short") for values in last.values()))
        for code in sorted(members, key=lambda code: -most(code))[:LAST_SHOWN]
    ]
    headers = [voice.t("column.member"), *(voice.named(f"step:{step}") for step in last)]
    return make_table(voice.t("path.missing.table"), headers, rows, range(1, len(headers))) if rows else None


def _ladder_summary(voice: Voice) -> TableView | None:
    values = voice.edition.select(*(f"value.accession.{name}" for name in LADDER))
    return values_table(voice, voice.t("path.ladder.summary"), values)


def _ladder_days(voice: Voice) -> TableView | None:
    """Give the days between two steps by country, a group of rows for each two steps."""
    found = sorted(
        voice.edition.select(DAYS),
        key=lambda value: (
            subject(value, "step_from"),
            subject(value, "step_to"),
            voice.sort_key(voice.about(value, "country")),
        ),
    )
    rows = [(voice.about(value, "country"), voice.with_interval(value, "bare")) for value in found]
    spans = [" → ".join(_event(voice, subject(value, one)) for one in ("step_from", "step_to")) for value in found]
    headers = [voice.t("column.country"), voice.t("column.days")]
    return make_table(voice.t("path.ladder.days"), headers, rows, (1,), groups=spans) if rows else None


def _event(voice: Voice, step: str) -> str:
    """Name what happens at a step: the case's word for the event, else the name of the step."""
    return voice.named(f"event:{step}" if f"event:{step}" in voice.edition.lexicon else f"step:{step}")


def _programmes(voice: Voice) -> TableView | None:
    names = ("name", "body", "rule", "prerequisites")
    rows = [
        (
            voice.field(row, "title"),
            voice.field(row, "decision_body"),
            voice.t(f"rule-short.{row['decision_rule']}"),
            voice.field(row, "prerequisites"),
            voice.cited(row),
        )
        for row in voice.edition.rows("evidence.programmes")
    ]
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source")]
    return make_table(voice.t("path.programmes.table"), headers, rows) if rows else None


def _partnerships(voice: Voice) -> TableView | None:
    rows = [
        (
            voice.field(row, "name"),
            voice.word("country", row["partner"], "partner"),
            voice.date(row["happened_on"]),
            voice.cited(row),
        )
        for row in voice.edition.rows("evidence.partnerships")
    ]
    headers = [*(voice.t(f"column.{name}") for name in ("name", "partner", "since-date")), voice.t("source")]
    return make_table(voice.t("path.partnerships"), headers, rows) if rows else None


def _chronicle(voice: Voice) -> TableView | None:
    rows = [
        (voice.time(row["happened_on"]), voice.field(row, "title"), voice.cited(row))
        for row in chronicle_rows(voice.edition)
    ]
    headers = [voice.t("column.date"), voice.t("column.event"), voice.t("source")]
    return make_table(voice.t("path.chronicle"), headers, rows) if rows else None


PAGES = (
    Page(
        slug="path",
        place=3,
        group="publication",
        context=_path,
        charts={
            "forecast": ("forecast-path",),
            "differences": ("models-differ",),
            "blockers": ("blockers",),
            "ladder": ("ladder-times", "ratification"),
            "chronicle": ("chronicle",),
        },
    ),
)
