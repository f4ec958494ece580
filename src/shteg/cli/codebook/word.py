"""A sheet of plain blocks (a codebook, a questionnaire) as a Word file; nothing of it is read back."""

from __future__ import annotations

from shteg.publish.codebooks.sheet import Grid, Head, Line, Pairs, PlainSheet, SheetBlock
from shteg.publish.word.plain import plain_document
from shteg.publish.word.tables import table, table_row
from shteg.publish.word.xml import Look, paragraph, run


def sheet_file(sheet: PlainSheet, day: str) -> bytes:
    """Write a sheet as a Word file; `day` (ISO) is when it says it was made: the same sheet gives the same bytes."""
    first = [paragraph("Title", run(sheet.title)), paragraph("Subtitle", run(sheet.subtitle))]
    parts = [*first, *map(_block, sheet.blocks)]
    return plain_document(parts, title=sheet.title, language=sheet.language, made=day)


def _block(block: SheetBlock) -> str:
    match block:
        case Head(level, text):
            return paragraph(f"Heading{level}", run(text), keep_next=True)
        case Line(text, quiet):
            return paragraph("ShtegNote" if quiet else "", run(text))
        case Pairs(rows):
            return "".join(paragraph("", run(f"{name}: ", Look(bold=True)) + run(text)) for name, text in rows)
        case Grid(caption, head, rows, numeric):
            top = table_row([run(cell) for cell in head], numeric, head=True)
            body = "".join(table_row([run(cell) for cell in row], numeric) for row in rows)
            return table(top + body, len(head), caption=caption) + paragraph("", "")
