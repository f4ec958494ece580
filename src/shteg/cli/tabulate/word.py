"""Tables as a Word file: real tables with repeated headings, captions that count, notes; wide banners in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from shteg.publish.word.plain import WIDE_TEXT, numbered_caption, plain_document
from shteg.publish.word.tables import table, table_row
from shteg.publish.word.xml import Look, paragraph, run
from shteg.survey.tables import Tables, Wording
from shteg.survey.tables.output.cells import base_text, cell_text
from shteg.survey.tables.output.flat import replace_file
from shteg.survey.tables.output.layout import Column, Line, Sheet, lay_out
from shteg.survey.tables.output.notes import notes
from shteg.survey.tables.output.p_values import test_texts, tests_of

MADE = "2000-01-01"
"""Day in every file: the same tables are the same bytes."""
MOST_COLUMNS = 9
"""Columns of figures that a page on its side holds without cutting a label."""
LABEL_WIDTH = 3_200
"""Of the column with the answers, in twentieths of a point."""


def write_docx(
    tables: Tables, path: Path, words: Wording, *, title: str, about: Sequence[tuple[str, str]] = ()
) -> Path:
    """Write a Word file in one language.

    Parameters
    ----------
    tables, path, words, title, about : as there
        See `write_html`.

    Returns
    -------
    Path
        The file.
    """
    parts = [paragraph("Title", run(title))]
    number = 0
    for sheet in lay_out(tables, words):
        parts.append(paragraph("Heading1", run(sheet.title)))
        if sheet.wording:
            parts.append(paragraph("", run(sheet.wording)))
        for columns in _pages(sheet):
            number += 1
            parts += [numbered_caption("Table", words.tell("table"), number, f"{sheet.title}. {words.tell('caption')}")]
            parts += [_table(sheet, columns, words), paragraph("", "")]
        parts += [paragraph("ShtegNote", run(remark)) for remark in sheet.remarks]
        parts += _tests(tables, sheet, words)
    parts.append(paragraph("Heading1", run(words.tell("notes"))))
    for head, text in notes(tables, words, about):
        parts += [paragraph("Heading2", run(head)), paragraph("", run(text))]
    return replace_file(path, plain_document(parts, title=title, language=words.language, made=MADE, wide=True))


def _pages(sheet: Sheet) -> Iterator[tuple[Column, ...]]:
    """Divide the columns into parts that fit a page, a grouping variable whole if it fits."""
    page: list[Column] = []
    for _, members in groupby(sheet.columns, key=lambda column: (column.source, column.grouping)):
        group = list(members)
        if page and len(page) + len(group) > MOST_COLUMNS:
            yield tuple(page)
            page = []
        while len(group) > MOST_COLUMNS:
            yield tuple(group[:MOST_COLUMNS])
            group = group[MOST_COLUMNS:]
        page += group
    if page:
        yield tuple(page)


def _table(sheet: Sheet, columns: Sequence[Column], words: Wording) -> str:
    each = (WIDE_TEXT - LABEL_WIDTH) // len(columns)
    widths = (LABEL_WIDTH, *(each for _ in columns))
    numeric = (False, *(True for _ in columns))
    rows = []
    for name in ("source", "grouping"):
        if any(getattr(column, name) for column in columns):
            rows.append(_spanning(columns, name, each))
    heads = [run(column.domain + (f" ({column.letter})" if column.letter else "")) for column in columns]
    rows.append(table_row([run(sheet.heading), *heads], numeric, head=True, widths=widths))
    for line in sheet.lines:
        cells = [_cell(sheet, line, column, words) for column in columns]
        rows.append(table_row([run(line.label), *cells], numeric, widths=widths))
    for name in sheet.base_names if sheet.bases is not None else ():
        told = [run(base_text((sheet.bases or {}).get(column.key), name, words)) for column in columns]
        rows.append(table_row([run(words.tell(f"statistic.{name}")), *told], numeric, widths=widths))
    return table("".join(rows), len(widths), caption=sheet.title, widths=widths)


def _spanning(columns: Sequence[Column], name: str, each: int) -> str:
    """A row of headings, each over the columns that it is of."""
    texts, spans = [""], [1]
    for key, members in groupby(columns, key=lambda column: (column.source, getattr(column, name))):
        texts.append(key[1])
        spans.append(len(list(members)))
    widths = (LABEL_WIDTH, *(each * span for span in spans[1:]))
    cells = [run(text, Look(bold=True)) for text in texts]
    return table_row(cells, tuple(False for _ in texts), head=True, spans=tuple(spans), widths=widths)


def _cell(sheet: Sheet, line: Line, column: Column, words: Wording) -> str:
    cell = line.cells.get(column.key)
    first, *rest = cell_text(sheet.kind(line, column), cell, words, sheet.titles, p_values=sheet.p_values)
    letters = cell["letters"] if cell is not None and not column.kind else ""
    raised = ""
    if letters and first.endswith(letters):
        first, raised = first.removesuffix(letters), run(letters, Look(raised=True))
    return run(first) + raised + "".join(run(f"\n{text}") for text in rest)


def _tests(tables: Tables, sheet: Sheet, words: Wording) -> list[str]:
    head, rows = tests_of(tables, sheet.item, words)
    if not rows:
        return []
    numeric = (*(False for _ in head[:-4]), True, True, True, True)
    made = [table_row([run(text) for text in head], numeric, head=True)]
    made += [table_row([run(text) for text in test_texts(row, words)], numeric) for row in rows]
    title = words.tell("heading.tests")
    return [paragraph("Heading2", run(title)), table("".join(made), len(head), caption=title), paragraph("", "")]
