"""One drawing as a PDF of its own size: the same bytes each time, its letters kept as letters."""

from __future__ import annotations

import re

from shteg.errors import A_FAULT, PublishError
from shteg.publish.paper.typst_escape import string
from shteg.report.text.paper_signs import paper_fonts

_BOX = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')


def picture_pdf(svg: str, *, title: str, sentence: str, language: str) -> bytes:
    """Write a drawing as a PDF.

    Parameters
    ----------
    svg : str
        With a `viewBox`, whose units are points, and letters in the font of the PDFs.
    title : str
        Of the document.
    sentence : str
        What the drawing says, for those who do not see it.
    language : str
        Of both.

    Returns
    -------
    bytes

    Raises
    ------
    PublishError
        Typst cannot draw it.
    """
    import typst

    box = _BOX.search(svg)
    if box is None:
        raise PublishError("the drawing does not say its size", A_FAULT, title)
    wide, high = box.groups()
    source = (
        f"#set document(title: {string(title)}, date: none)\n"
        f"#set page(width: {wide}pt, height: {high}pt, margin: 0pt)\n"
        f"#set text(lang: {string(language)})\n"
        f'#image(bytes({string(svg)}), format: "svg", width: {wide}pt, alt: {string(sentence)})\n'
    )
    try:
        made = typst.compile(source.encode("utf-8"), format="pdf", font_paths=paper_fonts(), timestamp=0)
    except typst.TypstError as error:
        raise PublishError(f"the drawing cannot be made: {error.message}", A_FAULT, title) from error
    if not isinstance(made, bytes):
        raise PublishError("the drawing is empty", A_FAULT, title)
    return made
