"""A page for each question that others have printed figures of: its words, a chart, the figures, downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from shteg.errors import PublishError
from shteg.publish.html.naming import name_of_language
from shteg.publish.html.page import Material, Page
from shteg.publish.printed import Voice
from shteg.report import EditionView, TableView
from shteg.report.charts.single import question_chart
from shteg.report.edition_view import AT, QuestionView, Row
from shteg.report.language.tables import make_table
from shteg.report.sheets import Sheet, sheet_csv, sheet_workbook

WHOLE = ("all", "total")
PUBLISHED, READ = "evidence.published", "survey.published"


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


def of_other_populations(edition: EditionView) -> frozenset[str]:
    """Give the ids of the figures about other populations, which were asked about themselves."""
    made = ("of other populations",)
    return edition.once(made, lambda: frozenset(row["figure"] for row in edition.rows(READ) if row["elsewhere"]))


@lru_cache(maxsize=8)
def question_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give a page for each question, in the order of the list that leads to them."""
    return tuple(_question_page(question, rows) for question, rows in figures_by_question(edition).items())


def _question_page(question: str, rows: list[Row]) -> Page:
    return Page(
        slug=question_slug(question),
        template="question",
        context=lambda material: _context(material, question, rows),
        title=lambda material: material.voice.named(f"question:{question}"),
        beside=lambda material: _files(material, question, rows),
        within="opinion",
    )


def _context(material: Material, question: str, rows: list[Row]) -> dict[str, Any]:
    chart = question_chart(material.voice, question)
    drawn = [material.figures.figure_of(question_slug(question), chart)] if chart else []
    return {**question_context(material.voice, question, rows), "charts": {"question": drawn}}


def question_context(voice: Voice, question: str, rows: list[Row]) -> dict[str, Any]:
    """Give what the template `question.html.j2` needs: wording, answers, figures of everybody, by group, elsewhere.

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
    others = of_other_populations(voice.edition)
    elsewhere = [row for row in rows if row["id"] in others]
    total = [row for row in rows if row not in elsewhere and _is_whole(row)]
    groups = [row for row in rows if row not in elsewhere and row not in total]
    title = voice.named(f"question:{question}")
    breaks = [
        voice.t("question.break", series=voice.word("series", series), dates=", ".join(map(voice.date, dates)))
        for series, dates in about.breaks.items()
    ]
    return {
        "wordings": _wordings(voice, about),
        "note": voice.own(about.note),
        "answers": [voice.word("answer", one) for one in dict.fromkeys(row["answer"] for row in (total or rows))],
        "breaks": breaks,
        "total": _figures(voice, title, total) if total else None,
        "groups": _by_variable(voice, title, groups),
        "elsewhere": _figures(voice, f"{title}: {voice.t('question.elsewhere')}", elsewhere, "population")
        if elsewhere
        else None,
        "elsewhere_text": voice.own(about.elsewhere) or voice.t("question.elsewhere.text"),
        "downloads": [{"href": name, "words": words} for name, words in _downloads(question)],
    }


def _is_whole(row: Row) -> bool:
    return row["subgroup"].lower() in WHOLE or row["subgroup_variable"].lower() in WHOLE


def _wordings(voice: Voice, about: QuestionView) -> list[dict[str, str]]:
    """Give the words that people were asked in, as far as known, and their translation into this language."""
    if about.wording is None:
        return []
    if about.asked_in in (None, voice.language):
        kind = "question.asked.original" if about.asked_in else "question.asked.as-known"
        return [{"text": voice.own(about.wording), "language": "", "kind": voice.t(kind)}]
    asked_in = str(about.asked_in)
    name = name_of_language(asked_in, voice.language)
    return [
        {
            "text": about.wording[asked_in],
            "language": asked_in,
            "kind": voice.t("question.asked.in", language=name),
        },
        {"text": voice.own(about.wording), "language": "", "kind": voice.t("question.asked.translated")},
    ]


def _by_variable(voice: Voice, title: str, rows: list[Row]) -> list[TableView]:
    """Give a table for each thing by which the figures are broken down."""
    ordered = sorted(rows, key=lambda row: row["subgroup_variable"])
    return [
        _figures(
            voice, f"{title}: {voice.t('question.by', variable=voice.word('variable', variable))}", [*found], "group"
        )
        for variable, found in groupby(ordered, key=lambda row: row["subgroup_variable"])
    ]


def _figures(voice: Voice, caption: str, rows: Iterable[Row], group: str = "") -> TableView:
    cells = [
        (
            voice.time(row["happened_on"]),
            voice.word("series", row["series"]),
            *((voice.word("subgroup", row["subgroup"]),) if group else ()),
            voice.word("answer", row["answer"]),
            _printed(voice, row),
            voice.cell(PUBLISHED, row[AT], "n", "count"),
            voice.cited(row),
        )
        for row in rows
    ]
    names = ["fieldwork", "series", *([group] if group else []), "answer", "percent", "base"]
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
        return voice.value(voice.edition.value(value_id), "short")
    if row["percent"] is None and row["mean_score"] is None:
        return ""
    raise PublishError(
        f"the published figure {row['id']} has no value {value_id}",
        "build the edition again with `shteg build`",
        row["id"],
    )


# --- downloads --------------------------------------------------------------------------------------------------------


def _downloads(question: str) -> list[tuple[str, str]]:
    return [(f"data/{question_slug(question)}.{suffix}", suffix.upper()) for suffix in ("xlsx", "csv")]


def _files(material: Material, question: str, rows: list[Row]) -> Mapping[str, Callable[[], bytes]]:
    """Give the figures of a question as files: a workbook for reading, a plain table for programs."""
    voice, cache = material.voice, material.figures.cache
    sheet = _sheet(voice, question, rows)
    book, plain = (name for name, _ in _downloads(question))
    day = voice.edition.case.as_of
    return {book: lambda: sheet_workbook([sheet], day, cache), plain: lambda: sheet_csv(sheet)}


def _sheet(voice: Voice, question: str, rows: list[Row]) -> Sheet:
    others = of_other_populations(voice.edition)
    names = ("fieldwork", "series", "wave", "population", "group", "answer", "percent", "score", "base")
    cells = [
        (
            row["happened_on"],
            voice.word("series", row["series"]),
            row["wave"] or "",
            voice.t("question.other") if row["id"] in others else voice.t("question.same"),
            "" if _is_whole(row) else voice.word("subgroup", row["subgroup"]),
            voice.word("answer", row["answer"]),
            row["percent"],
            row["mean_score"],
            row["n"],
            voice.edition.source(row["source"]).title,
            row["grade"],
        )
        for row in rows
    ]
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source"), voice.t("column.grade")]
    return Sheet(
        name=voice.t("question.figures"),
        title=voice.named(f"question:{question}"),
        lines=tuple(one["text"] for one in _wordings(voice, voice.edition.questions.get(question, QuestionView()))),
        headers=tuple(headers),
        rows=tuple(cells),
    )


MAKERS = (question_pages,)
