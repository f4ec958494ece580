"""A Word document that does not come back: paragraphs and tables, a header with the title, a footer with the pages."""

from __future__ import annotations

from shteg.publish.word.package import FOOTER, HEADER, Properties, Relations, package
from shteg.publish.word.styles import font_table, numbering, settings, styles
from shteg.publish.word.tags import language_tag
from shteg.publish.word.xml import Look, field, paragraph, root, run

WIDE_TEXT = 14_002
"""Width of the text of a page on its side, in twentieths of a point."""


def numbered_caption(kind: str, words: str, number: int, text: str) -> str:
    """Write a caption that stays with what stands below it, its number counted by the program.

    Parameters
    ----------
    kind : str
        What is counted: `Figure` or `Table`.
    words : str
        What such things are called in the language.
    number : int
        As it is until the program counts anew.
    text : str
        The caption.

    Returns
    -------
    str
    """
    bold = Look(bold=True)
    start = run(f"{words} ", bold) + field(f"SEQ {kind} \\* ARABIC", str(number), bold) + run(". ", bold)
    return paragraph("Caption", start + run(text), keep_next=True)


def plain_document(
    parts: list[str], *, title: str, language: str, made: str, wide: bool = False, relations: Relations | None = None
) -> bytes:
    """Make a document of finished paragraphs and tables.

    Parameters
    ----------
    parts : list of str
        As `paragraph` and `table` write them.
    title : str
        In the header and in what the file says of itself.
    language : str
        Code of its language.
    made : str
        Day (ISO) that it says it was made.
    wide : bool
        Pages on their side.
    relations : Relations, optional
        Pictures and addresses that the parts name.

    Returns
    -------
    bytes
        The same on every call.
    """
    tag = language_tag(language)
    body = f"<w:body>{''.join(parts)}{_section(wide=wide)}</w:body>"
    files = {
        "word/document.xml": root("w:document", body, "w", "r", "wp", "a", "pic"),
        "word/styles.xml": styles(tag),
        "word/numbering.xml": numbering([]),
        "word/settings.xml": settings(tag),
        "word/fontTable.xml": font_table(),
        "word/header1.xml": root("w:hdr", paragraph("Header", run(title))),
        "word/footer1.xml": root("w:ftr", paragraph("Footer", run("\t") + field("PAGE", "1"))),
    }
    properties = Properties(
        title=title, description="", authors=(), publisher="", language=tag, made=made, own=(("shteg-kind", "tables"),)
    )
    return package(files, relations or Relations(), properties)


def _section(*, wide: bool) -> str:
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if wide else 'w:w="11906" w:h="16838"'
    return (
        f'<w:sectPr><w:headerReference w:type="default" r:id="{HEADER}"/>'
        f'<w:footerReference w:type="default" r:id="{FOOTER}"/><w:pgSz {size}/>'
        '<w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709" '
        'w:gutter="0"/></w:sectPr>'
    )
