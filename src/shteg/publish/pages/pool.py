"""The published forecast and its parts on the page of the path: in words, side by side, with their weights."""

from __future__ import annotations

from markupsafe import Markup

from shteg.publish.printed import Voice
from shteg.report import TableView
from shteg.report.charts.path import FORECAST
from shteg.report.charts.pool import DIFFERENCES, KINDS, PARTS, compared, difference, part_values, sentence, shown_year
from shteg.report.language.lists import join_clauses
from shteg.report.language.tables import make_table
from shteg.report.language.words import NOTHING

WEIGHTS = {"base_rate": "base-rate", "reference_class": "reference-class", "full": "ladder", "pathways": "pathways"}
"""How messages of weights name the parts."""


def frequencies(voice: Voice) -> Markup:
    """Say the published forecast of the first and the last step ahead as frequencies."""
    year = shown_year(voice.edition)
    steps = [step for step in sorted(voice.edition.steps_ahead(), key=lambda step: step.rung) if step.rung > 0]
    clauses = []
    for step in {one.id: one for one in [*steps[:1], *steps[-1:]]}.values():
        value = voice.edition.find(FORECAST, step=f"step:{step.id}", year=year)
        if value is not None:
            told = {"step": voice.own(step.title), "year": year, "frequency": voice.show(value, "frequency")}
            clauses.append(voice.t("pool.frequency.clause", **told))
    return voice.figured(voice.t("pool.frequency", clauses=join_clauses(clauses))) if clauses else Markup()


def differences(voice: Voice) -> list[Markup]:
    """Say why the parts differ for the first and the last step that several of them foretell."""
    year = shown_year(voice.edition)
    rows = [difference(voice.edition, step, year) for step in compared(voice.edition)]
    return [voice.figured(sentence(voice, row)) for row in rows if row is not None]


def alone_notes(voice: Voice) -> list[Markup]:
    """Say of every step that one part alone foretells what is known of that part."""
    year = shown_year(voice.edition)
    rows = [row for row in voice.edition.rows(DIFFERENCES) if str(row["year"]) == year and row["spread"] == "alone"]
    return [voice.figured(sentence(voice, row)) for row in rows]


def parts_table(voice: Voice) -> TableView | None:
    """Show what each part says of each step by the year that is compared, the published forecast last."""
    year = shown_year(voice.edition)
    found = {step.id: part_values(voice.edition, step.id, year) for step in voice.edition.steps_ahead()}
    names = [part for part in (*KINDS, "pool") if any(part in values for values in found.values())]
    rows = [
        (voice.own(step.title), *(voice.with_interval(found[step.id].get(name), otherwise=NOTHING) for name in names))
        for step in voice.edition.steps_ahead()
        if found[step.id]
    ]
    headers = [voice.t("column.step"), *(voice.text(f"pool.part.{name}") for name in names)]
    title = f"{voice.t('pool.parts')}, {year}"
    note, last = failed_note(voice, year), len(headers) - 1
    return make_table(title, headers, rows, range(1, len(headers)), note, main=last) if rows else None


def failed_note(voice: Voice, year: str) -> str:
    """Name the models whose past probabilities of about the size shown did not come true as often as given."""
    failed: dict[str, list[str]] = {}
    for row in voice.edition.rows(PARTS):
        if str(row["year"]) == year and row["tried"] == "failed" and row["weight"] < 1.0:
            failed.setdefault(row["step"], []).append(voice.text(f"pool.part.{row['model']}"))
    clauses = [f"{voice.named(f'step:{step}')} ({voice.listed(models)})" for step, models in failed.items()]
    return voice.t("pool.failed", clauses=join_clauses(clauses)) if clauses else ""


def weights_table(voice: Voice) -> TableView | None:
    """Show the weights of the parts in the forecast of each step."""
    rows = []
    for step in voice.edition.steps_ahead():
        values = [voice.edition.find(f"value.pool.weight.{name}", step=f"step:{step.id}") for name in WEIGHTS.values()]
        if sum(value is not None for value in values) > 1:
            rows.append((voice.own(step.title), *(voice.value(value, "short", NOTHING) for value in values)))
    headers = [voice.t("column.step"), *(voice.text(f"pool.part.{name}") for name in WEIGHTS)]
    return make_table(voice.t("pool.weights"), headers, rows, range(1, len(headers))) if rows else None
