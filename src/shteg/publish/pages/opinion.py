"""The page of public opinion: trends, coherence of published figures, question by question, how surveys were made."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from markupsafe import Markup

from shteg.estimates import Value
from shteg.publish.html.page import Material, Page
from shteg.publish.html.tables import values_table
from shteg.publish.pages.question import figures_by_question, question_slug
from shteg.publish.printed import Voice
from shteg.publish.records.tab_book import tab_book_links
from shteg.report import EditionView, TableView
from shteg.report.charts.opinion import REST
from shteg.report.charts.parts import number_of
from shteg.report.edition_view import AT, QuestionView, Row
from shteg.report.language.cells import format_cell
from shteg.report.language.marked import Placed
from shteg.report.language.tables import make_table

DESIGNS, COHERENCE = "evidence.designs", "survey.coherence"
KIND = "value.survey."
FINDINGS = f"{KIND}coherence.findings"


def _kinds(edition: EditionView, prefix: str) -> list[Value]:
    """Give the values whose kind begins so, in the order of the edition."""
    return [value for value in edition.values.values() if value.label_key.startswith(prefix)]


def _opinion(material: Material) -> dict[str, Any]:
    voice = material.voice
    findings = voice.edition.find(FINDINGS)
    return {
        "coherence": _coherence(voice),
        "coherence_other": _coherence_other(voice),
        **_sentences(voice),
        "findings": {"what": voice.what(findings), "value": voice.value(findings)} if findings else None,
        "waves": values_table(voice, voice.t("opinion.waves"), _kinds(voice.edition, f"{KIND}wave")),
        "tab_books": tab_book_links(voice),
        "questions": _questions(voice),
        "designs": _designs(voice),
    }


def _coherence(voice: Voice) -> TableView | None:
    """Give the share implied among all others: a row for each published total, a column for each weight scheme."""
    rows: dict[str, dict[str, Value]] = {}
    smallest: dict[str, tuple[float, tuple[str, ...]]] = {}
    schemes: dict[str, None] = {}
    fields = ("question", "answer", "series", "year")
    for value in voice.edition.select(REST):
        name = voice.t("opinion.coherence.row", **{field: voice.about(value, field) for field in fields})
        scheme = voice.about(value, "scheme")
        schemes.setdefault(scheme)
        rows.setdefault(name, {})[scheme] = value
        number = 0.0 if isinstance(value.number, str) else number_of(value)
        args = tuple(value.label_args.get(field, "") for field in fields)
        smallest[name] = min(smallest.get(name, (1.0, args)), (number, args))
    found = [
        (name, *(voice.with_interval(rows[name].get(scheme)) for scheme in schemes))
        for name in sorted(rows, key=smallest.__getitem__)  # the most telling first
    ]
    headers = [voice.t("column.figure"), *schemes]
    return make_table(voice.t("column.implied"), headers, found, range(1, len(headers))) if found else None


def _coherence_other(voice: Voice) -> TableView | None:
    values = [one for one in _kinds(voice.edition, f"{KIND}coherence.") if one.label_key not in (FINDINGS, REST)]
    return values_table(voice, voice.t("opinion.coherence.other"), values)


def _sentences(voice: Voice) -> dict[str, list[Markup]]:
    """Tell what does not fit besides totals and parts, and what is bounded or within error, a sentence each."""
    found: dict[str, list[Markup]] = {"coherence_findings": [], "coherence_remarks": []}
    for row in voice.edition.rows(COHERENCE):
        if row["kind"] == "total_against_parts" or "message" not in row:
            continue
        bounded = row["kind"] == "zero_or_hundred" and row["outcome"] == "implied"
        if row["finding"]:
            found["coherence_findings"].append(_sentence(voice, row))
        elif bounded or (row["outcome"] == "within_error" and str(row["reason"]).startswith("told")):
            found["coherence_remarks"].append(_sentence(voice, row))
    return found


def _sentence(voice: Voice, row: Row) -> Markup:
    numbers = {
        name: Placed(
            format_cell(number, str(decimals), voice.language),
            number,
            (COHERENCE, row[AT], f"message_numbers.{name}"),
            str(decimals),
        )
        for name, (number, decimals) in json.loads(row["message_numbers"]).items()
    }
    words = json.loads(row["message_words"])
    dates = {name: voice.date(words[name]) for name in ("dates", "other_dates") if name in words}
    return voice.figured(voice.text(row["message"], **(words | dates | numbers)))


def _questions(voice: Voice) -> TableView | None:
    """List the questions with published figures by subject; what the texts quote most comes first."""
    found = figures_by_question(voice.edition)
    quoted = _times_quoted(voice.edition)
    subjects = {question: _subject(voice, question) for question in found}
    weight: Counter[str] = Counter()
    for question in found:
        weight[subjects[question]] += quoted[question]
    listed = sorted(found, key=lambda one: -quoted[one])  # stable: those with most figures first
    listed.sort(key=lambda one: (subjects[one] == "", -weight[subjects[one]]))
    rows = []
    for question in listed:
        latest = max(found[question], key=lambda row: (str(row["happened_on"]), row["row"]))
        name = Markup('<a href="{}.html">{}</a>').format(question_slug(question), voice.named(f"question:{question}"))
        count = Markup('<span data-sort="{0}">{0}</span>').format(len(found[question]))
        rows.append((name, count, voice.time(latest["happened_on"]), voice.word("series", latest["series"])))
    headers = [voice.t(f"column.{name}") for name in ("question", "figures", "latest", "series")]
    groups = [subjects[one] or voice.t("opinion.questions.other") for one in listed] if any(subjects.values()) else []
    return make_table(voice.t("opinion.questions"), headers, rows, (1,), groups=groups) if rows else None


def _subject(voice: Voice, question: str) -> str:
    """Name what a question is about; empty where the case does not say it."""
    subject = voice.edition.questions.get(question, QuestionView()).subject
    return voice.named(f"subject:{subject}") if subject else ""


def _times_quoted(edition: EditionView) -> Counter[str]:
    """Count how often the texts quote figures of each question."""
    counts: Counter[str] = Counter()
    for value_id, times in edition.times_quoted().items():
        if value := edition.values.get(value_id):
            kind, _, question = value.label_args.get("question", "").rpartition(":")
            counts[question] += times if kind == "question" else 0
    return counts


def _designs(voice: Voice) -> TableView | None:
    rows = [
        (
            voice.word("series", row["series"]),
            row["wave"],
            voice.date(row["happened_on"]),
            voice.cell(DESIGNS, row[AT], "sample_size", "count"),
            row["mode"] or "",
            row["sampling_frame"] or "",
            row["weighting"] or "",
            voice.cited(row),
        )
        for row in voice.edition.rows(DESIGNS)
    ]
    names = ("series", "wave", "fieldwork", "base", "mode", "sampling", "weighting")
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source")]
    note = voice.t("opinion.designs.language")
    return make_table(voice.t("opinion.designs"), headers, rows, (3,), note) if rows else None


PAGES = (
    Page(
        slug="opinion",
        place=5,
        group="publication",
        context=_opinion,
        charts={"trends": ("opinion-trends",), "coherence": ("coherence",)},
        shown=lambda edition: bool(_kinds(edition, KIND)),
    ),
)
