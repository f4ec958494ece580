"""A table of the edition as readers see it: named columns, names for codes, numbers as the language writes them."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

from shteg.publish.printed import Voice
from shteg.report import TableView, form_of
from shteg.report.edition_view import AT
from shteg.report.language.cells import measured_form
from shteg.report.language.tables import make_table

LEXICON_COLUMNS = {
    "member": "member",
    "actor": "member",
    "country": "country",
    "candidate": "country",
    "step": "step",
    "item": "item",
    "question": "question",
    "measure": "measure",
    "area": "area",
    "scheme": "scheme",
    "requirement": "requirement",
}
"""Columns whose cells are ids of the lexicon, and of which kind."""
HIDDEN = ("row", "verified")
SHOWN_ROWS = 400
"""A table longer than this is shown in part; the whole of it is in the downloads."""
_ISO_DATE = re.compile(r"\d{4}(-\d{2}){0,2}(/\d{4}(-\d{2}){0,2})?")


def edition_table(voice: Voice, name: str) -> TableView:
    """Show a table of the edition; long ones are cut at `SHOWN_ROWS` rows and say so."""
    frame = voice.edition.table(name)
    other = tuple(f"_{language}" for language in voice.edition.languages if language != voice.language)
    columns = [one for one in frame.columns if one not in HIDDEN and not one.endswith(other)]
    rows = [
        tuple(_cell(voice, name, row[AT], column, row[column]) for column in columns)
        for row in voice.edition.rows(name)[:SHOWN_ROWS]
    ]
    numeric = [index for index, column in enumerate(columns) if frame.schema[column].is_numeric()]
    note = voice.table_note(name)
    if frame.height > SHOWN_ROWS:
        note = f"{note} {voice.t('table.cut', shown=SHOWN_ROWS, all=frame.height)}".strip()
    headers = [voice.column(name, column.removesuffix(f"_{voice.language}")) for column in columns]
    return make_table(voice.table_title(name), headers, rows, numeric, note)


def assumptions_table(voice: Voice, name: str) -> TableView:
    """Show what a stage assumed: parameter, value, range, kind, source; other tables of that name as they are."""
    needed = {"parameter", "value", "value_low", "value_high", "label", "source"}
    if not needed <= set(voice.edition.table(name).columns):
        return edition_table(voice, name)
    rows = []
    for row in voice.edition.rows(name):
        value, interval = voice.placed_triple(name, row[AT], ("value", "value_low", "value_high"), "plain")
        rows.append(
            (
                _parameter(voice, row),
                voice.figured(value),
                voice.figured(interval),
                voice.tag(row["label"]),
                voice.source(row["source"]),
            )
        )
    headers = [voice.t(f"column.{one}") for one in ("parameter", "value", "range", "label")]
    return make_table(voice.table_title(name), [*headers, voice.t("source")], rows, (1, 2), voice.table_note(name))


def _parameter(voice: Voice, row: dict[str, Any]) -> Markup:
    """Name a parameter; one that nothing names shows its key as what it is."""
    title_id = str(row.get("title_id"))
    named = title_id in voice.edition.lexicon
    title = escape(voice.named(title_id)) if named else Markup("<code>{}</code>").format(row["parameter"])
    operation = str(row.get("operation") or "")
    return Markup("{} ({})").format(title, voice.t(f"operation.{operation}")) if operation else title


def _form(column: str, number: float) -> str:
    form = form_of(column, number)
    return measured_form(number) if form == "cell" else form


def _cell(voice: Voice, table: str, row: int, column: str, found: Any) -> str:
    if found is None:
        return ""
    if isinstance(found, bool):
        return voice.t("yes" if found else "no")
    if isinstance(found, int | float):
        return voice.cell(table, row, column, _form(column, found))
    text = str(found)
    if column == "label":
        return voice.label(text)
    if column == "source":
        return voice.source(text)
    if column in LEXICON_COLUMNS:
        return voice.word(LEXICON_COLUMNS[column], text)
    if "-" in text and _ISO_DATE.fullmatch(text):
        return voice.date(text)
    return voice.word(column, text)
