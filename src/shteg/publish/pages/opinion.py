"""The page of public opinion: trends, coherence of published figures, question by question, how surveys were made."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from shteg.errors import PublishError
from shteg.estimates import Value
from shteg.publish.html.page import Material, Page
from shteg.publish.html.tables import values_table
from shteg.publish.printed import Voice
from shteg.report import EditionView, TableView
from shteg.report.charts.opinion import REST
from shteg.report.charts.parts import number_of
from shteg.report.edition_view import AT, QuestionView, Row
from shteg.report.language.cells import format_cell
from shteg.report.language.marked import Placed
from shteg.report.language.tables import make_table

WHOLE = ("all", "total")
PUBLISHED, DESIGNS, COHERENCE = "evidence.published", "evidence.designs", "survey.coherence"
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


def _questions(voice: Voice) -> list[dict[str, Any]]:
    """List the questions with published figures, those with most figures first."""
    found = []
    for question, rows in figures_by_question(voice.edition).items():
        latest = max(rows, key=lambda row: (str(row["happened_on"]), row["row"]))
        found.append(
            {
                "slug": question_slug(question),
                "title": voice.named(f"question:{question}"),
                "count": voice.number(len(rows)),
                "series": voice.word("series", latest["series"]),
                "date": voice.date(latest["happened_on"]),
            }
        )
    return found


def question_slug(question: str) -> str:
    """Give the slug of the page of a question."""
    return f"question-{question}"


def figures_by_question(edition: EditionView) -> dict[str, list[Row]]:
    """Give the published figures of each question by date; the question with most figures first."""
    found: dict[str, list[Row]] = {}
    for row in edition.rows(PUBLISHED):
        found.setdefault(row["question"], []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (str(row["happened_on"]), row["row"]))
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))  # stable: order of the case


@lru_cache(maxsize=8)
def question_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give a page for each question, in the order of the list that leads to them."""
    return tuple(_question_page(question, rows) for question, rows in figures_by_question(edition).items())


def _question_page(question: str, rows: list[Row]) -> Page:
    return Page(
        slug=question_slug(question),
        template="question",
        context=lambda material: question_context(material.voice, question, rows),
        title=lambda material: material.voice.named(f"question:{question}"),
        within="opinion",
    )


def question_context(voice: Voice, question: str, rows: list[Row]) -> dict[str, Any]:
    """Give what the template `question.html.j2` needs: wording, answers, figures of everybody, figures by group.

    Parameters
    ----------
    voice : Voice
        The language.
    question : str
        Its id.
    rows : list of dict
        Its published figures, by date.

    Returns
    -------
    dict
    """
    about = voice.edition.questions.get(question, QuestionView())
    total = [row for row in rows if row["subgroup"].lower() in WHOLE or row["subgroup_variable"].lower() in WHOLE]
    groups = [row for row in rows if row not in total]
    title = voice.named(f"question:{question}")
    breaks = [
        voice.t("question.break", series=voice.word("series", series), dates=", ".join(map(voice.date, dates)))
        for series, dates in about.breaks.items()
    ]
    return {
        "wording": voice.own(about.wording),
        "note": voice.own(about.note),
        "answers": [voice.word("answer", one) for one in dict.fromkeys(row["answer"] for row in rows)],
        "breaks": breaks,
        "total": _figures(voice, title, total, grouped=False) if total else None,
        "groups": _figures(voice, f"{title}: {voice.t('opinion.groups')}", groups, grouped=True) if groups else None,
    }


def _figures(voice: Voice, caption: str, rows: list[Row], *, grouped: bool) -> TableView:
    cells = []
    for row in rows:
        group = (voice.word("subgroup", row["subgroup"]),) if grouped else ()
        base = voice.cell(PUBLISHED, row[AT], "n", "count")
        cells.append(
            (
                voice.date(row["happened_on"]),
                voice.word("series", row["series"]),
                *group,
                voice.word("answer", row["answer"]),
                _printed(voice, row),
                base,
                voice.cited(row),
            )
        )
    names = ["fieldwork", "series", *(["group"] if grouped else []), "answer", "percent", "base"]
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source")]
    place = names.index("percent")
    return make_table(caption, headers, cells, (place, place + 1))


def _printed(voice: Voice, row: Row) -> str:
    """Print a published figure by its value; a row that gives a base only prints none.

    Raises
    ------
    PublishError
        The edition has no value for a printed figure: nothing is printed that was not bound.
    """
    value_id = f"survey.{row['id']}"
    if value_id in voice.edition.values:
        return voice.value(voice.edition.value(value_id))
    if row["percent"] is None and row["mean_score"] is None:
        return ""
    raise PublishError(
        f"the published figure {row['id']} has no value {value_id}",
        "build the edition again with `shteg build`",
        row["id"],
    )


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
MAKERS = (question_pages,)
