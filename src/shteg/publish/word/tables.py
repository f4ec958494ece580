"""Tables of a Word document: rows of finished cells, headings that every page repeats."""

from __future__ import annotations

from shteg.publish.word.styles import TABLE_STYLE
from shteg.publish.word.xml import escape, paragraph

TEXT_WIDTH = 9070
"""Width of the text in twentieths of a point."""


def table_row(
    cells: list[str],
    numeric: tuple[bool, ...],
    *,
    head: bool = False,
    spans: tuple[int, ...] = (),
    widths: tuple[int, ...] = (),
) -> str:
    """Write a row of a table.

    Parameters
    ----------
    cells : list of str
        Runs of each cell.
    numeric : tuple of bool
        Columns set flush right.
    head : bool
        A heading, repeated on every page.
    spans : tuple of int, optional
        Columns that each cell reaches over; one each if left out.
    widths : tuple of int, optional
        Of the cells in twentieths of a point; alike if left out.

    Returns
    -------
    str
    """
    properties = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
    over = spans or (1,) * len(cells)
    wide = widths or (TEXT_WIDTH // max(1, len(cells)),) * len(cells)
    inside = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{_span(span)}</w:tcPr>'
        + paragraph("ShtegCell", cell, last='<w:jc w:val="right"/>' if right else "")
        + "</w:tc>"
        for cell, right, span, width in zip(cells, numeric, over, wide, strict=True)
    )
    return f"<w:tr>{properties}{inside}</w:tr>"


def _span(columns: int) -> str:
    return f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""


def table(rows: str, columns: int, *, caption: str, widths: tuple[int, ...] = ()) -> str:
    """Write a table of finished rows.

    Parameters
    ----------
    rows : str
        As `table_row` writes them.
    columns : int
        How many there are.
    caption : str
        What the table holds, for those who cannot see it.
    widths : tuple of int, optional
        Of the columns in twentieths of a point; alike if left out.

    Returns
    -------
    str
    """
    flags = {"firstRow": 1, "lastRow": 0, "firstColumn": 0, "lastColumn": 0, "noHBand": 0, "noVBand": 1}
    look = '<w:tblLook w:val="0420"' + "".join(f' w:{name}="{flag}"' for name, flag in flags.items()) + "/>"
    properties = (
        f'<w:tblPr><w:tblStyle w:val="{TABLE_STYLE}"/><w:tblW w:w="5000" w:type="pct"/>{look}'
        f'<w:tblCaption w:val="{escape(caption)}"/></w:tblPr>'
    )
    wide = widths or (TEXT_WIDTH // max(1, columns),) * columns
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in wide)
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
