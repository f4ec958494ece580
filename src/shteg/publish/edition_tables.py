"""A table of the edition as readers see it: named columns, names for codes, numbers as the language writes them."""

from __future__ import annotations

import re
from typing import Any

from shteg.publish.table_view import SHOWN_ROWS, TableView, make_table
from shteg.publish.voice import Voice

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
_ISO_DATE = re.compile(r"\d{4}(-\d{2}){0,2}(/\d{4}(-\d{2}){0,2})?")


def edition_table(voice: Voice, name: str) -> TableView:
    """Show a table of the edition; long ones are cut at `SHOWN_ROWS` rows and say so."""
    frame = voice.edition.table(name)
    other = tuple(f"_{language}" for language in voice.edition.languages if language != voice.language)
    columns = [one for one in frame.columns if one not in HIDDEN and not one.endswith(other)]
    rows = [
        tuple(_cell(voice, column, row[column]) for column in columns)
        for row in frame.head(SHOWN_ROWS).iter_rows(named=True)
    ]
    numeric = [index for index, column in enumerate(columns) if frame.schema[column].is_numeric()]
    note = voice.table_note(name)
    if frame.height > SHOWN_ROWS:
        note = f"{note} {voice.t('table.cut', shown=voice.number(SHOWN_ROWS), all=voice.number(frame.height))}".strip()
    headers = [voice.column(column.removesuffix(f"_{voice.language}")) for column in columns]
    return make_table(voice.table_title(name), headers, rows, numeric, note)


def _cell(voice: Voice, column: str, found: Any) -> str:
    if found is None:
        return ""
    if isinstance(found, bool):
        return voice.t("yes" if found else "no")
    if isinstance(found, int):
        return str(found) if column.endswith("year") else voice.number(found)
    if isinstance(found, float):
        return voice.number(found, 0 if found.is_integer() and abs(found) >= 10 else 3 if abs(found) < 1 else 2)
    text = str(found)
    if column == "label":
        return voice.label(text)
    if column == "source":
        return voice.source(text)
    if column in LEXICON_COLUMNS:
        return voice.named(f"{LEXICON_COLUMNS[column]}:{text}")
    if "-" in text and _ISO_DATE.fullmatch(text):
        return voice.date(text)
    return voice.word(column, text)
