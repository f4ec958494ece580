"""Tables as one HTML page that opens without network: every text escaped, headings tied to their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from shteg.survey.tables.build import Tables
from shteg.survey.tables.output.cells import MARK_WORDS, base_text, cell_text
from shteg.survey.tables.output.flat import replace_file
from shteg.survey.tables.output.layout import Column, Line, Sheet, lay_out
from shteg.survey.tables.output.notes import notes
from shteg.survey.tables.output.p_values import test_texts, tests_of
from shteg.survey.tables.output.wording import Wording

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.5rem 0}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{padding:.35rem .75rem;vertical-align:top;border-bottom:1px solid #8886}
thead th{text-align:right;vertical-align:bottom}
thead th:first-child,tbody th,tfoot th{text-align:left;font-weight:400}
thead tr:last-child th{border-bottom:2px solid currentColor}
td{text-align:right;white-space:nowrap}
td small{display:block}
sup{line-height:0}
tbody th,tfoot th{min-width:9rem}
.group{text-align:left}
tfoot td,tfoot th{font-size:.875rem}
tbody tr:not(.option,.all) :is(th,td){font-style:italic}
.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
details{margin:.5rem 0}
dt{font-weight:600}
dd{margin:0 0 .75rem}
"""


def write_html(
    tables: Tables, path: Path, words: Wording, *, title: str, about: Sequence[tuple[str, str]] = ()
) -> Path:
    """Write all tables and their notes as one page.

    Parameters
    ----------
    tables : Tables
    path : Path
    words : Wording
    title : str
        Title of the page.
    about : sequence of (heading, text)
        How the survey was made, for the notes.

    Returns
    -------
    Path
        The file.
    """
    sheets = lay_out(tables, words)
    entries = "".join(f'<li><a href="#table-{i}">{escape(sheet.title)}</a></li>' for i, sheet in enumerate(sheets, 1))
    found = "".join(f"<dt>{escape(head)}</dt><dd>{escape(text)}</dd>" for head, text in notes(tables, words, about))
    contents, remarks = escape(words.tell("contents")), escape(words.tell("notes"))
    page = (
        f'<!doctype html>\n<html lang="{escape(words.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f'<nav aria-labelledby="contents"><h2 id="contents">{contents}</h2><ol>{entries}</ol></nav>\n'
        + "".join(_table(sheet, i, words, tables) for i, sheet in enumerate(sheets, 1))
        + f'<section aria-labelledby="notes"><h2 id="notes">{remarks}</h2><dl>{found}</dl></section>\n'
        "</main>\n</body>\n</html>\n"
    )
    return replace_file(path, page.encode("utf-8"))


def _table(sheet: Sheet, number: int, words: Wording, tables: Tables) -> str:
    asked = f"<p>{escape(sheet.wording)}</p>" if sheet.wording else ""
    body = "".join(_line(sheet, line, words) for line in sheet.lines)
    remarks = " ".join(escape(remark) for remark in sheet.remarks)
    return (
        f'<section aria-labelledby="table-{number}">\n<h2 id="table-{number}">{escape(sheet.title)}</h2>{asked}\n'
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="table-{number}">\n<table>\n'
        f"<caption>{escape(words.tell('caption'))}</caption>\n<thead>{_head(sheet, words)}</thead>\n"
        f"<tbody>{body}</tbody>\n<tfoot>{_foot(sheet, words)}</tfoot>\n</table>\n</div>\n<p>{remarks}</p>\n"
        f"{_tests(tables, sheet, words)}</section>\n"
    )


def _tests(tables: Tables, sheet: Sheet, words: Wording) -> str:
    """The p values of a table, folded away."""
    head, rows = tests_of(tables, sheet.item, words)
    if not rows:
        return ""
    cells = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in test_texts(row, words)) + "</tr>\n" for row in rows
    )
    return (
        f'<details><summary>{escape(words.tell("heading.tests"))}</summary><div class="scroll" role="region" '
        f'tabindex="0" aria-label="{escape(words.tell("heading.tests"))}"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>\n"
    )


def _head(sheet: Sheet, words: Wording) -> str:
    rows = []
    for name in ("source", "grouping"):
        if any(getattr(column, name) for column in sheet.columns):
            spans = groupby(sheet.columns, key=lambda column: _span(column, name))
            cells = "".join(_group_heading(key[-1], len(list(members))) for key, members in spans)
            rows.append(f"<tr><td></td>{cells}</tr>")
    last = "".join(f'<th scope="col">{_with_letter(column)}</th>' for column in sheet.columns)
    rows.append(f'<tr><th scope="col">{escape(sheet.heading)}</th>{last}</tr>')
    return "".join(rows)


def _span(column: Column, name: str) -> tuple[str, ...]:
    return (column.source,) if name == "source" else (column.source, column.grouping)


def _group_heading(text: str, width: int) -> str:
    if not text:
        return f'<td colspan="{width}"></td>'
    return f'<th class="group" scope="colgroup" colspan="{width}">{escape(text)}</th>'


def _with_letter(column: Column) -> str:
    return escape(column.domain) + (f" <small>({column.letter})</small>" if column.letter else "")


def _line(sheet: Sheet, line: Line, words: Wording) -> str:
    cells = "".join(f"<td>{_cell(sheet, line, column, words)}</td>" for column in sheet.columns)
    return f'<tr class="{line.kind or "option"}"><th scope="row">{escape(line.label)}</th>{cells}</tr>\n'


def _cell(sheet: Sheet, line: Line, column: Column, words: Wording) -> str:
    cell = line.cells.get(column.key)
    first, *rest = cell_text(sheet.kind(line, column), cell, words, sheet.titles, p_values=sheet.p_values)
    letters = cell["letters"] if cell is not None and not column.kind else ""
    raised = ""
    if letters and first.endswith(letters):
        first, raised = first.removesuffix(letters), f"<sup>{escape(letters)}</sup>"
    return (
        _spoken(escape(first), cell, words)
        + raised
        + "".join(_small(_spoken(escape(one), cell, words)) for one in rest)
    )


def _spoken(text: str, cell: Mapping[str, Any] | None, words: Wording) -> str:
    """Put words for those who listen beside the signs of what differs."""
    for name, sign in MARK_WORDS.items():
        if sign in text and cell is not None:
            said = f'<span class="said">{escape(words.tell(f"mark.{name}"))}</span>'
            text = text.replace(sign, f'<span aria-hidden="true">{sign}</span>{said}')
    return text


def _small(text: str) -> str:
    return f"<small>{text}</small>"


def _foot(sheet: Sheet, words: Wording) -> str:
    if sheet.bases is None:
        return ""
    rows = []
    for name in sheet.base_names:
        texts = [base_text(sheet.bases.get(column.key), name, words) for column in sheet.columns]
        cells = [f"<td>{escape(text)}</td>" for text in texts]
        rows.append(f'<tr><th scope="row">{escape(words.tell(f"statistic.{name}"))}</th>{"".join(cells)}</tr>\n')
    return "".join(rows)
