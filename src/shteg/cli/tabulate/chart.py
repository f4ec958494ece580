"""Charts of tables: dots with their intervals, stacked bars for a grid; drawn as the charts of a publication are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from shteg.cli.tabulate.output import make_wording
from shteg.errors import UsageError
from shteg.publish.drawing.png import PICTURE_FONT, png_of
from shteg.publish.drawing.vega import chart_for_paper
from shteg.publish.paper.picture import picture_pdf
from shteg.report import PALETTE, ChartSpec
from shteg.report.charts.parts import finished
from shteg.report.language.tables import make_table
from shteg.report.layout.axes import number_axis, percent_axis
from shteg.report.layout.forms import dots, stacked
from shteg.report.layout.frames import PAPER
from shteg.report.layout.names import Heading, Label, Name
from shteg.report.layout.plots import Form
from shteg.report.text.paper_signs import PAPER_FONT
from shteg.survey.published.published import slug, unique
from shteg.survey.tables import Tables, Wording
from shteg.survey.tables.output.cells import BASES, HIDDEN, cell_text
from shteg.survey.tables.output.flat import replace_file
from shteg.survey.tables.output.layout import Column, Line, Sheet, lay_out
from shteg.survey.tables.output.notes import level_decimals

KINDS = (".svg", ".png", ".pdf", ".html")
SHADES = tuple(PALETTE[f"series-{number}"] for number in range(1, 7))
"""Colours of the parts of a bar; a grid with more answers is drawn as dots."""
STEP, BAR = 20, 18.0


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """One chart of a sheet: its id, its drawing, and its words."""

    name: str
    spec: ChartSpec
    title: str
    table: tuple[tuple[str, str], ...]

    def svg(self, font: str = PICTURE_FONT) -> str:
        """Draw it with a font."""
        return _on_white(chart_for_paper(self.spec, font=font))


def check_chart(path: Path) -> None:
    """Refuse a file of another kind.

    Raises
    ------
    UsageError
        Its name ends otherwise.
    """
    if path.suffix.lower() not in KINDS:
        raise UsageError(f"{path.name!r} is no name of a chart", "let it end in " + ", ".join(KINDS), "--chart")


def write_charts(tables: Tables, path: Path, languages: Sequence[str]) -> list[Path]:
    """Draw every table: one page of HTML for each language, else a file for each table and language.

    Parameters
    ----------
    tables : Tables
        What is drawn: cells that are shown.
    path : Path
        Its suffix says the kind; with several languages or tables the code and the item stand before it.
    languages : sequence of str
        Codes of languages.

    Returns
    -------
    list of Path
        The files written.
    """
    kind, written = path.suffix.lower(), []
    for language in languages:
        words = make_wording(language)
        mark = f".{language}" if len(languages) > 1 else ""
        drawn = [one for sheet in lay_out(tables, words) for one in _charts(tables, sheet, words)]
        if kind == ".html":
            title = words.tell("title", source="; ".join(words.text(one.title, one.id) for one in tables.sources))
            page = _page(drawn, title, words)
            written.append(replace_file(path.with_suffix(f"{mark}.html"), page.encode("utf-8")))
            continue
        taken: set[str] = set()
        for one in drawn:
            name = f".{unique(slug(one.name), taken)}" if len(drawn) > 1 else ""
            written.append(replace_file(path.with_suffix(f"{name}{mark}{kind}"), _picture(one, kind)))
    return written


def _picture(drawn: _Drawn, kind: str) -> bytes:
    if kind == ".png":
        return png_of(drawn.svg(), name=drawn.name)
    if kind == ".pdf":
        spec = drawn.spec
        return picture_pdf(drawn.svg(PAPER_FONT), title=spec.title, sentence=str(spec.sentence), language=spec.language)
    return drawn.svg().encode("utf-8")


def _page(drawn: Sequence[_Drawn], title: str, words: Wording) -> str:
    """A page with all charts and, for those who do not see them, the figures that they draw."""
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:48rem;padding:0 1rem}"
        "figure{margin:0 0 3rem}svg{width:100%;height:auto}table{border-collapse:collapse}"
        "th,td{text-align:left;padding:.2rem .75rem .2rem 0;border-bottom:1px solid #8886;vertical-align:top}"
    )
    figures = "".join(
        f"<figure>{one.svg()}<figcaption><details><summary>{escape(words.tell('table'))}: {escape(one.title)}</summary>"
        "<table><tbody>"
        + "".join(f'<tr><th scope="row">{escape(a)}</th><td>{escape(b)}</td></tr>' for a, b in one.table)
        + "</tbody></table></details></figcaption></figure>\n"
        for one in drawn
    )
    return (
        f'<!doctype html>\n<html lang="{escape(words.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f"{figures}</main>\n</body>\n</html>\n"
    )


def _charts(tables: Tables, sheet: Sheet, words: Wording) -> Iterator[_Drawn]:
    """Shares of a sheet as one chart, means as another: they have axes of their own."""
    grid = any(column.kind for column in sheet.columns)
    parts = [column for column in sheet.columns if column.kind == "option"]
    answers = len({column.key[2] for column in parts})
    if grid and answers <= len(SHADES):
        yield _bars(tables, sheet, parts, words)
    cells = list(_cells(sheet))
    for means in (False, True):
        if means or not (grid and answers <= len(SHADES)):
            chosen = [one for one in cells if (one[0] == "mean") == means]
            if chosen:
                yield _dots(tables, sheet, chosen, words, means=means)


_Cell = tuple[str, str, str, Mapping[str, Any] | None]
"""Kind of the figure, heading, label, cell."""


def _cells(sheet: Sheet) -> Iterator[_Cell]:
    """Figures in the order of the drawing: under each answer its columns, under each item of a grid its answers."""
    for line in sheet.lines:
        for column in sheet.columns:
            kind = sheet.kind(line, column)
            if kind not in (*BASES, "net", "difference"):
                yield kind, line.label, _label(sheet, line, column), line.cells.get(column.key)


def _label(sheet: Sheet, line: Line, column: Column) -> str:
    parts = [part for part in (column.source, column.grouping, column.domain) if part]
    return ": ".join(parts) if len(sheet.columns) > 1 else line.label


def _dots(tables: Tables, sheet: Sheet, cells: Sequence[_Cell], words: Wording, *, means: bool) -> _Drawn:
    """A dot for each figure over the rule of its interval; a hidden one keeps its name, with its mark."""
    alone = len({one[1] for one in cells}) == len(cells)
    names: list[Name] = []
    rows: list[dict[str, Any]] = []
    told = []
    for heading, members in groupby(enumerate(cells), key=lambda pair: pair[1][1]):
        if not alone:
            names.append(Heading(heading))
        for number, (kind, _, label, cell) in members:
            hidden = cell is not None and bool(cell["suppressed"])
            name = (heading if alone else label) + (f" {HIDDEN}" if hidden else "")
            names.append(Label(str(number), name))
            told.append((heading if alone else f"{heading}, {label}", " ".join(cell_text(kind, cell, words)[:2])))
            if cell is not None and cell["estimate"] is not None:
                row = {"name": str(number), "number": cell["estimate"], "at": number}
                rows.append(row | {"low": cell["ci_low"], "high": cell["ci_high"]})
    axis = number_axis(_below(tables, cells, words)) if means else percent_axis(_below(tables, cells, words))
    x: dict[str, Any] = {"type": "quantitative", "axis": axis, "scale": {"zero": not means}}
    title = sheet.title + (f": {words.tell('row.mean')}" if means and len(cells) < len(list(_cells(sheet))) else "")
    form = dots("name", "number", names, x, step=STEP, title=title)
    return _draw(f"{sheet.item}-mean" if means else sheet.item, title, form, rows, told, words)


def _bars(tables: Tables, sheet: Sheet, columns: Sequence[Column], words: Wording) -> _Drawn:
    """A bar for each item of a grid, its answers one after another; a bar of which a part is hidden is left empty."""
    names: list[Name] = []
    rows: list[dict[str, Any]] = []
    told, cells = [], []
    sources = list(dict.fromkeys(column.key[0] for column in columns))
    answers = list(dict.fromkeys(column.domain for column in columns))
    for line in sheet.lines:
        for source in sources:
            key = str(len(names))
            own = [column for column in columns if column.key[0] == source]
            found = [(column, line.cells.get(column.key)) for column in own]
            hidden = any(cell is None or cell["estimate"] is None for _, cell in found)
            label = line.label if len(sources) == 1 else f"{line.label}, {sheet.titles[source]}"
            names.append(Label(key, f"{label} {HIDDEN}" if hidden else label))
            low = 0.0
            for column, cell in found:
                cells.append(("option", label, column.domain, cell))
                told.append((f"{label}, {column.domain}", " ".join(cell_text("option", cell, words)[:2])))
                if cell is not None and not hidden:
                    high = low + float(cell["estimate"])
                    rows.append({"name": key, "answer": column.domain, "low": low, "high": high, "at": len(told) - 1})
                    low = high
    axis = percent_axis(_below(tables, cells, words, intervals=False))
    x: dict[str, Any] = {"type": "quantitative", "axis": axis, "scale": {"domain": [0, 1]}}
    scale = {"domain": answers, "range": list(SHADES[: len(answers)])}
    colour = {"field": "answer", "type": "nominal", "scale": scale}
    form = stacked("name", names, x, step=int(BAR) + 8, bar=BAR, colour=colour, title=sheet.title)
    return _draw(sheet.item, sheet.title, form, rows, told, words)


def _below(tables: Tables, cells: Sequence[_Cell], words: Wording, *, intervals: bool = True) -> str:
    """What stands below a chart: the coverage of the intervals, the respondents, what is hidden."""
    level = words.percent(tables.level, level_decimals(tables.level))
    parts = [words.tell("chart.interval", level=level)] if intervals else []
    counts = {cell["n"] for _, _, _, cell in cells if cell is not None and cell["n"] is not None}
    if counts:
        few, many = (words.number(one, 0) for one in (min(counts), max(counts)))
        parts.append(f"{words.tell('statistic.n')}: {few if few == many else f'{few}–{many}'}.")
    if any(cell is not None and cell["suppressed"] for _, _, _, cell in cells):
        parts.append(words.tell("remark.hidden", mark=HIDDEN))
    return " ".join(parts)


def _draw(
    name: str,
    title: str,
    form: Form,
    rows: Sequence[Mapping[str, Any]],
    told: Sequence[tuple[str, str]],
    words: Wording,
) -> _Drawn:
    tied = [{**row, "at": f"row {row['at']}"} for row in rows]
    spec = finished(form(PAPER), tied, words.language, PAPER)
    chart = ChartSpec(
        id=slug(name),
        language=words.language,
        title=title,
        sentence="; ".join(f"{label}: {text}" for label, text in told),
        note="",
        spec=spec,
        phone=spec,
        paper=spec,
        source_ids=(),
        table=make_table(title, ("", words.tell("statistic.estimate")), told, [1]),
    )
    return _Drawn(name=name, spec=chart, title=title, table=tuple(told))


def _on_white(svg: str) -> str:
    """Put a white ground under a drawing, which may be shown on a dark one."""
    box = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', svg)
    assert box is not None  # every drawing has one
    x, y, wide, high = box.groups()
    ground = f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="#ffffff"/>'
    end = svg.index(">") + 1
    return svg[:end] + ground + svg[end:]
