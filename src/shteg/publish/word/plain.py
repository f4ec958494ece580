"""A sheet of plain blocks (a codebook, a questionnaire) as a Word file; nothing of it is read back."""

from __future__ import annotations

from shteg.publish.codebooks.sheet import Grid, Head, Line, Pairs, PlainSheet, SheetBlock
from shteg.publish.word.body import table, table_row
from shteg.publish.word.package import FOOTER, HEADER, Properties, Relations, package
from shteg.publish.word.styles import font_table, numbering, settings, styles
from shteg.publish.word.write import language_tag
from shteg.publish.word.xml import Look, field, paragraph, root, run


def sheet_file(sheet: PlainSheet, day: str) -> bytes:
    """Write a sheet as a Word file.

    Parameters
    ----------
    sheet : PlainSheet
    day : str
        Day that the file says it was made on (ISO): the same sheet gives the same bytes.

    Returns
    -------
    bytes
    """
    tag = language_tag(sheet.language)
    first = [paragraph("Title", run(sheet.title)), paragraph("Subtitle", run(sheet.subtitle))]
    inside = "".join((*first, *map(_block, sheet.blocks)))
    parts = {
        "word/document.xml": root("w:document", f"<w:body>{inside}{_SECTION}</w:body>"),
        "word/styles.xml": styles(tag),
        "word/numbering.xml": numbering([]),
        "word/settings.xml": settings(tag),
        "word/fontTable.xml": font_table(),
        "word/header1.xml": root("w:hdr", paragraph("Header", run(sheet.title))),
        "word/footer1.xml": root("w:ftr", paragraph("Footer", run("\t") + field("PAGE", "1"))),
    }
    properties = Properties(
        title=sheet.title, description=sheet.subtitle, authors=(), publisher="", language=tag, made=day, own=()
    )
    return package(parts, Relations(), properties, None)


_SECTION = (
    f'<w:sectPr><w:headerReference w:type="default" r:id="{HEADER}"/>'
    f'<w:footerReference w:type="default" r:id="{FOOTER}"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/>'
    "</w:sectPr>"
)


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
