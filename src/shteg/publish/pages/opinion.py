"""The page of public opinion: trends, coherence of published figures, question by question, how surveys were made."""

from __future__ import annotations

import json
from typing import Any

from shteg.errors import PublishError
from shteg.publish.html.tables import TableView, make_table, values_table
from shteg.publish.printed import Voice
from shteg.report.language.locale import exact, format_number
from shteg.report.language.messages import message

Row = dict[str, Any]
WHOLE = ("all", "total")
PUBLISHED, DESIGNS = "evidence.published", "evidence.designs"
AT = "#"
"""Key under which a row keeps its place in its table."""


def opinion_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `opinion.html.j2` needs, charts aside."""
    findings = "coherence.findings"
    return {
        "coherence": _coherence(voice),
        "coherence_other": _coherence_other(voice),
        **_sentences(voice),
        "findings": {"what": voice.what(findings), "value": voice.value(findings)} if voice.has(findings) else None,
        "waves": values_table(
            voice, voice.t("opinion.waves"), [one for one in voice.edition.values if one.startswith("survey.wave.")]
        ),
        "questions": _questions(voice),
        "designs": _designs(voice),
    }


def _coherence(voice: Voice) -> TableView | None:
    """Give the share implied among all others: a row for each published total, a column for each weight scheme."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    smallest: dict[tuple[str, ...], float] = {}
    schemes: dict[str, None] = {}
    for value_id, value in voice.edition.values.items():
        if not (value_id.startswith("coherence.") and value_id.endswith(".rest")):
            continue
        args = value.label_args
        row = tuple(args.get(name, "") for name in ("question", "answer", "series", "year"))
        scheme = args.get("scheme", "")
        schemes.setdefault(scheme)
        rows.setdefault(row, {})[scheme] = value_id
        number = float(exact(value.number)) if not isinstance(value.number, str) else 0.0
        smallest[row] = min(smallest.get(row, 1.0), number)
    if not rows:
        return None
    found = []
    for row in sorted(rows, key=lambda one: (smallest[one], one)):  # the most telling first
        question, answer, series, year = (voice.named(one) if ":" in one else one for one in row)
        name = voice.t("opinion.coherence.row", question=question, answer=answer, series=series, year=year)
        cells = (voice.with_interval(rows[row][one]) if one in rows[row] else "" for one in schemes)
        found.append((name, *cells))
    headers = [voice.t("column.figure"), *(voice.named(one) if ":" in one else one for one in schemes)]
    return make_table(voice.t("column.implied"), headers, found, range(1, len(headers)))


def _coherence_other(voice: Voice) -> TableView | None:
    ids = [
        one
        for one in voice.edition.values
        if one.startswith("coherence.") and one != "coherence.findings" and not one.endswith(".rest")
    ]
    return values_table(voice, voice.t("opinion.coherence.other"), ids)


def _sentences(voice: Voice) -> dict[str, list[str]]:
    """Tell what does not fit besides totals and parts, and what is bounded or within error, a sentence each."""
    found: dict[str, list[str]] = {"coherence_findings": [], "coherence_remarks": []}
    table = voice.edition.table("survey.coherence") if "survey.coherence" in voice.edition.table_names else None
    if table is None or "message" not in table.columns:
        return found
    for row in table.iter_rows(named=True):
        if row["kind"] == "total_against_parts":
            continue
        bounded = row["kind"] == "zero_or_hundred" and row["outcome"] == "implied"
        if row["finding"]:
            found["coherence_findings"].append(_sentence(voice, row))
        elif bounded or (row["outcome"] == "within_error" and str(row["reason"]).startswith("told")):
            found["coherence_remarks"].append(_sentence(voice, row))
    return found


def _sentence(voice: Voice, row: Row) -> str:
    numbers = {
        name: format_number(number, voice.language, decimals)
        for name, (number, decimals) in json.loads(row["message_numbers"]).items()
    }
    words = json.loads(row["message_words"])
    dates = {name: voice.date(words[name]) for name in ("dates", "other_dates") if name in words}
    return message(voice.language, row["message"], words | dates | numbers, voice.edition.lexicon)


def _questions(voice: Voice) -> list[dict[str, Any]]:
    """List the questions with published figures, those with most figures first."""
    found = []
    for question, rows in figures_by_question(voice).items():
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


def figures_by_question(voice: Voice) -> dict[str, list[Row]]:
    """Give the published figures of each question by date; the question with most figures first."""
    if PUBLISHED not in voice.edition.table_names:
        return {}
    found: dict[str, list[Row]] = {}
    for at, row in enumerate(voice.edition.table(PUBLISHED).iter_rows(named=True)):
        found.setdefault(row["question"], []).append(row | {AT: at})
    for rows in found.values():
        rows.sort(key=lambda row: (str(row["happened_on"]), row["row"]))
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))  # stable: order of the case


def question_context(voice: Voice, question: str) -> dict[str, Any]:
    """Give what the template `question.html.j2` needs: wording, answers, figures of everybody, figures by group."""
    rows = figures_by_question(voice)[question]
    about = voice.edition.questions.get(question, {})
    total = [row for row in rows if row["subgroup"].lower() in WHOLE or row["subgroup_variable"].lower() in WHOLE]
    groups = [row for row in rows if row not in total]
    title = voice.named(f"question:{question}")
    breaks = [
        voice.t(
            "question.break", series=voice.word("series", series), dates=", ".join(voice.date(one) for one in dates)
        )
        for series, dates in about.get("breaks", {}).items()
    ]
    return {
        "wording": voice.own(about.get("wording")),
        "note": voice.own(about.get("note")),
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
    if voice.has(value_id):
        return voice.value(value_id)
    if row["percent"] is None and row["mean_score"] is None:
        return ""
    raise PublishError(
        f"the published figure {row['id']} has no value {value_id}",
        "build the edition again with `shteg build`",
        row["id"],
    )


def _designs(voice: Voice) -> TableView | None:
    if DESIGNS not in voice.edition.table_names:
        return None
    rows = [
        (
            voice.word("series", row["series"]),
            row["wave"],
            voice.date(row["happened_on"]),
            voice.cell(DESIGNS, at, "sample_size", "count"),
            row["mode"] or "",
            row["sampling_frame"] or "",
            row["weighting"] or "",
            voice.cited(row),
        )
        for at, row in enumerate(voice.edition.table(DESIGNS).iter_rows(named=True))
    ]
    names = ("series", "wave", "fieldwork", "base", "mode", "sampling", "weighting")
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source")]
    return make_table(voice.t("opinion.designs"), headers, rows, (3,), voice.t("opinion.designs.language"))
