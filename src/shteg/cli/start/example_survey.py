"""A made-up survey as a workbook, such as an Excel user keeps: one sheet, names of the questions above, words below."""

import csv
from pathlib import Path

from shteg.evidence import find_case
from shteg.evidence.find_case import EXAMPLE
from shteg.keeping import whole_file

_WAVE = "surveys/2025"


def write_example_survey(path: Path) -> int:
    """Write the answers of the shipped example as a workbook.

    Parameters
    ----------
    path : Path
        The workbook to write; its folder exists.

    Returns
    -------
    int
        Number of respondents.

    Raises
    ------
    UsageError
        The example is not shipped with this installation.
    """
    import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

    with (find_case(EXAMPLE) / _WAVE / "respondents.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    weight = header.index("weight")
    with whole_file(path) as work, xlsxwriter.Workbook(str(work)) as book:
        sheet = book.add_worksheet("Answers")
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [float(cell) if place == weight else cell for place, cell in enumerate(row)])
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return len(rows)
