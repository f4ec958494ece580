"""Where `shteg tabulate` puts its tables: files in each language, or the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from shteg.cli.wave.names import Loaded
from shteg.report.language.locale import format_number, format_percent
from shteg.report.language.messages import message
from shteg.survey.published.published import slug, unique
from shteg.survey.tables import Tables, Wording, write_csv, write_html, write_parquet, write_xlsx
from shteg.survey.tables.output.cells import base_text, cell_text
from shteg.survey.tables.output.layout import lay_out


def make_wording(language: str) -> Wording:
    """Give a language's words and formats to the writers."""
    return Wording(
        language=language,
        say=lambda key, args: message(language, key, args),
        number=lambda value, decimals: format_number(value, language, decimals),
        percent=lambda share, decimals: format_percent(share, language, decimals),
    )


def write_tables(tables: Tables, loaded: Loaded, out: Path, form: str, languages: Sequence[str]) -> list[Path]:
    """Write a file (CSV and Parquet hold all languages, the others one each), or a folder with a file for each table.

    With several languages the code of each stands before the suffix: `tables.en.xlsx`, `tables.sq.xlsx`.

    Parameters
    ----------
    tables : Tables
        What is to be written.
    loaded : Loaded
        What they were made of: said in the notes of pages and workbooks.
    out : Path
        A file if the name has a suffix, else a folder.
    form : str
        `xlsx`, `html`, `csv` or `parquet`.
    languages : sequence of str
        Codes of languages.

    Returns
    -------
    list of Path
        The files written.
    """
    if out.suffix and not out.is_dir():
        return _write(tables, loaded, out, form, languages)
    written: list[Path] = []
    if form == "xlsx":  # one table a sheet: a workbook holds them all
        return _write(tables, loaded, out / f"{slug(tables.sources[0].id)}.xlsx", form, languages)
    taken: set[str] = set()
    for item in tables.items:
        name = unique(slug(item.column), taken)
        part = replace(tables, items=(item,), frame=tables.frame.filter(pl.col("item") == item.column))
        written += _write(part, loaded, out / f"{name}.{form}", form, languages)
    return written


def _write(tables: Tables, loaded: Loaded, path: Path, form: str, languages: Sequence[str]) -> list[Path]:
    wordings = [make_wording(language) for language in languages]
    if form == "csv":
        return [write_csv(tables, path, wordings)]
    if form == "parquet":
        return [write_parquet(tables, path, wordings)]
    written = []
    for words in wordings:
        named = path if len(wordings) == 1 else path.with_suffix(f".{words.language}{path.suffix}")
        write = write_xlsx if form == "xlsx" else write_html
        sources = "; ".join(words.text(source.title, source.id) for source in tables.sources)
        title = words.tell("title", source=sources)
        written.append(write(tables, named, words, title=title, about=_about(loaded, words)))
    return written


def _about(loaded: Loaded, words: Wording) -> list[tuple[str, str]]:
    found = [(words.tell(key), words.text(text)) for key, text in loaded.about]
    if loaded.file:
        weight = ", ".join(loaded.weights)
        told = words.tell("file.weight", weight=weight) if weight else words.tell("file.unweighted")
        found.append((words.tell("file.heading"), f"{words.tell('file', file=loaded.file)} {told}"))
    return found


def print_tables(tables: Tables, language: str) -> None:
    """Print estimates with their intervals: one line for each column of the table, so that wide banners fit."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    words, console = make_wording(language), Console()
    for sheet in lay_out(tables, words):
        table = Table(title=Text(sheet.title), title_justify="left")
        table.add_column("")
        for line in sheet.lines:
            table.add_column(Text(line.label), justify="right", overflow="fold")
        if sheet.bases is not None:
            table.add_column(Text(words.tell("statistic.n")), justify="right")
        for column in sheet.columns:
            parts = [part for part in (column.source, column.grouping, column.domain) if part]
            label = ": ".join(parts) + (f" ({column.letter})" if column.letter else "")
            cells = [Text("\n".join(cell_text(one.kind, one.cells.get(column.key), words)[:2])) for one in sheet.lines]
            bases = [] if sheet.bases is None else [Text(base_text(sheet.bases.get(column.key), "n", words))]
            table.add_row(Text(label), *cells, *bases)
        console.print(table)
        console.print(Text(" ".join(sheet.remarks)))
