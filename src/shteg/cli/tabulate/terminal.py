"""Tables of `shteg tabulate` in the terminal: estimates with their intervals, the shorter side as columns."""

from __future__ import annotations

from dataclasses import dataclass

from shteg.cli.tabulate.output import make_wording
from shteg.survey.tables import Tables, Wording
from shteg.survey.tables.output.cells import BASES, base_text, cell_text, change_lines
from shteg.survey.tables.output.layout import Column, Line, Sheet, lay_out


@dataclass(frozen=True, kw_only=True)
class _Printed:
    """What is printed: labels of lines and columns, and the text of each cell, line after line."""

    lines: list[str]
    columns: list[str]
    cells: list[list[str]]

    def turned(self) -> _Printed:
        """Lines as columns."""
        cells = [[row[i] for row in self.cells] for i in range(len(self.columns))]
        return _Printed(lines=self.columns, columns=self.lines, cells=cells)


def print_tables(tables: Tables, language: str) -> None:
    """Print every table with its remarks; a wide banner has a line for each column, a long topline one for each answer.

    Parameters
    ----------
    tables : Tables
    language : str
        Of titles and labels.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    words, console = make_wording(language), Console()
    for sheet in lay_out(tables, words):
        printed = _read(sheet, words)
        if len(printed.columns) > len(printed.lines):
            printed = printed.turned()
        table = Table(title=Text(sheet.title), title_justify="left")
        table.add_column("")
        for label in printed.columns:
            table.add_column(Text(label), justify="right", overflow="fold")
        for label, cells in zip(printed.lines, printed.cells, strict=True):
            table.add_row(Text(label), *(Text(cell) for cell in cells))
        console.print(table)
        console.print(Text(" ".join(sheet.remarks)))


def _read(sheet: Sheet, words: Wording) -> _Printed:
    """Read the cells: lines are columns of the table (or rows of a grid), as the banner is usually the longer side."""
    bases = ("n",) if sheet.base_names == BASES else sheet.base_names
    if any(column.kind for column in sheet.columns):
        columns = [column for column in sheet.columns if column.kind not in BASES or column.kind in bases]
        return _Printed(
            lines=[line.label for line in sheet.lines],
            columns=[_heading(column) for column in columns],
            cells=[[_cell(sheet, line, column, words) for column in columns] for line in sheet.lines],
        )
    told = () if sheet.bases is None else bases
    cells = [
        [
            *(_cell(sheet, line, column, words) for line in sheet.lines),
            *(base_text((sheet.bases or {}).get(column.key), name, words) for name in told),
        ]
        for column in sheet.columns
    ]
    labels = [*(line.label for line in sheet.lines), *(words.tell(f"statistic.{name}") for name in told)]
    return _Printed(lines=[_heading(column) for column in sheet.columns], columns=labels, cells=cells)


def _heading(column: Column) -> str:
    parts = [part for part in (column.source, column.grouping, column.domain) if part]
    return ": ".join(parts) + (f" ({column.letter})" if column.letter else "")


def _cell(sheet: Sheet, line: Line, column: Column, words: Wording) -> str:
    """An estimate with its interval, and what changed: without standard errors, which a terminal has no room for."""
    kind, cell = sheet.kind(line, column), line.cells.get(column.key)
    lines = cell_text(kind, cell, words, sheet.titles, p_values=sheet.p_values)
    changes = []
    if cell is not None and kind not in BASES:
        changes = change_lines(kind, cell, words, sheet.titles, p_values=sheet.p_values)
    return "\n".join([*lines[: min(2, len(lines) - len(changes))], *changes])
