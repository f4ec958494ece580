"""The page of public opinion: trends, coherence of published figures, question by question, how surveys were made."""

from __future__ import annotations

from typing import Any

from shteg.publish.table_view import TableView, make_table, values_table
from shteg.publish.voice import Voice

Row = dict[str, Any]
WHOLE = ("all", "total")


def opinion_context(voice: Voice) -> dict[str, Any]:
    """Give what the template `opinion.html.j2` needs, charts aside."""
    findings = "coherence.findings"
    return {
        "coherence": _coherence(voice, implied=True),
        "coherence_other": _coherence(voice, implied=False),
        "findings": {"what": voice.what(findings), "value": voice.value(findings)} if voice.has(findings) else None,
        "waves": values_table(
            voice, voice.t("opinion.waves"), [one for one in voice.edition.values if one.startswith("survey.wave.")]
        ),
        "questions": _questions(voice),
        "designs": _designs(voice),
    }


def _coherence(voice: Voice, *, implied: bool) -> TableView | None:
    ids = [
        one
        for one in voice.edition.values
        if one.startswith("coherence.") and one != "coherence.findings" and one.endswith(".rest") == implied
    ]
    if not ids:
        return None
    rows = [(voice.what(one), voice.value(one), voice.interval(one)) for one in ids]
    headers = [voice.t(f"column.{name}") for name in ("quantity", "figure", "interval")]
    caption = voice.t("column.implied") if implied else voice.t("opinion.coherence.other")
    return make_table(caption, headers, rows, (1,))


def _questions(voice: Voice) -> list[dict[str, Any]]:
    if "evidence.published" not in voice.edition.table_names:
        return []
    by_question: dict[str, list[Row]] = {}
    for row in voice.edition.table("evidence.published").iter_rows(named=True):
        by_question.setdefault(row["question"], []).append(row)
    found = []
    for question, rows in by_question.items():
        rows.sort(key=lambda row: (str(row["happened_on"]), row["row"]))
        total = [row for row in rows if row["subgroup"].lower() in WHOLE or row["subgroup_variable"].lower() in WHOLE]
        groups = [row for row in rows if row not in total]
        title = voice.named(f"question:{question}")
        found.append(
            {
                "id": question,
                "title": title,
                "count": voice.number(len(rows)),
                "total": _figures(voice, title, total or groups, grouped=not total),
                "groups": _figures(voice, f"{title}: {voice.t('opinion.groups')}", groups, grouped=True)
                if groups and total
                else None,
            }
        )
    return found


def _figures(voice: Voice, caption: str, rows: list[Row], *, grouped: bool) -> TableView:
    cells = []
    for row in rows:
        group = (voice.word("subgroup", row["subgroup"]),) if grouped else ()
        base = voice.number(row["n"]) if row["n"] is not None else ""
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
    value_id = f"survey.{row['id']}"
    if voice.has(value_id):
        return voice.value(value_id)
    if row["percent"] is not None:
        return voice.percent(row["percent"] / 100, row["decimals"])
    return voice.number(row["mean_score"], row["decimals"]) if row["mean_score"] is not None else ""


def _designs(voice: Voice) -> TableView | None:
    if "evidence.designs" not in voice.edition.table_names:
        return None
    rows = [
        (
            voice.word("series", row["series"]),
            row["wave"],
            voice.date(row["happened_on"]),
            voice.number(row["sample_size"]) if row["sample_size"] is not None else "",
            row["mode"] or "",
            row["sampling_frame"] or "",
            row["weighting"] or "",
            voice.cited(row),
        )
        for row in voice.edition.table("evidence.designs").iter_rows(named=True)
    ]
    names = ("series", "wave", "fieldwork", "base", "mode", "sampling", "weighting")
    headers = [*(voice.t(f"column.{name}") for name in names), voice.t("source")]
    return make_table(voice.t("opinion.designs"), headers, rows, (3,), voice.t("opinion.designs.language"))
