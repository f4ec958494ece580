"""What a reader takes along from a chart: its figures as CSV and XLSX, its picture as SVG and PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from shteg.publish.drawing.png import PICTURE_FONT, png_of
from shteg.publish.drawing.vega import chart_for_paper
from shteg.publish.html.figures import Figures
from shteg.publish.html.naming import citation
from shteg.publish.html.taken_along import file_names
from shteg.publish.printed import Voice
from shteg.report import ChartSpec, EditionView
from shteg.report.language.locale import exact
from shteg.report.language.marked import Counted, Marked, Placed, Quoted
from shteg.report.sheets import Cell, Sheet, sheet_csv, sheet_workbook


def chart_files(figures: Figures, chart_id: str) -> Mapping[str, Callable[[], bytes]]:
    """Give what makes each file of a chart, by its name.

    Parameters
    ----------
    figures : Figures
        The charts of a language.
    chart_id : str
        One of those that the edition has.

    Returns
    -------
    mapping
    """
    names = file_names(chart_id)
    spec = figures.spec(chart_id)
    sheet = chart_sheet(figures.voice, spec)
    day = figures.voice.edition.case.as_of

    def drawn() -> str:
        return chart_for_paper(spec, font=PICTURE_FONT, cache=figures.cache)

    return {
        names["CSV"]: lambda: sheet_csv(sheet),
        names["XLSX"]: lambda: sheet_workbook([sheet], day, figures.cache),
        names["SVG"]: lambda: drawn().encode(),
        names["PNG"]: lambda: png_of(drawn(), name=chart_id, cache=figures.cache),
    }


def chart_sheet(voice: Voice, spec: ChartSpec) -> Sheet:
    """Write the table behind a chart with numbers as numbers; an interval takes two columns.

    Parameters
    ----------
    voice : Voice
        The language.
    spec : ChartSpec
        The chart.

    Returns
    -------
    Sheet
    """
    table = spec.table
    columns = [
        [list(_numbers(voice.edition, row[at])) if numeric else [str(row[at])] for row in table.rows]
        for at, numeric in enumerate(table.numeric)
    ]
    widths = [max((len(cells) for cells in column), default=1) or 1 for column in columns]
    headers = [
        name
        for header, wide in zip(table.headers, widths, strict=True)
        for name in ([header] if wide == 1 else [f"{header} ({place + 1})" for place in range(wide)])
    ]
    rows = [
        tuple(cell for column, wide in zip(columns, widths, strict=True) for cell in _filled(column[at], wide))
        for at in range(len(table.rows))
    ]
    lines = (spec.note.strip(), citation(voice))
    return Sheet(
        name=spec.id, title=spec.title, headers=tuple(headers), rows=tuple(rows), lines=tuple(filter(None, lines))
    )


def _filled(cells: Sequence[Cell], wide: int) -> Iterator[Cell]:
    yield from cells
    yield from (None for _ in range(wide - len(cells)))


def _numbers(edition: EditionView, cell: str) -> Iterator[Cell]:
    """Give the numbers that a printed cell stands for; its words where it has none, nothing where it is a dash."""
    found = [number for part in _parts(cell) for number in _of_part(edition, part)]
    if found:
        yield from found
    elif any(sign.isalnum() for sign in cell):
        yield str(cell)


def _parts(cell: str) -> Sequence[str]:
    return cell.parts if isinstance(cell, Marked) else (cell,)


def _of_part(edition: EditionView, part: str) -> Iterator[Cell]:
    if isinstance(part, Placed | Counted):
        yield float(exact(part.number))
    elif isinstance(part, Quoted):
        value = edition.value(part.value_id)
        if part.style == "interval":
            yield from (None if end is None else float(exact(end)) for end in (value.low, value.high))
        elif not isinstance(value.number, str):
            yield float(exact(value.number))
        else:
            yield value.number
