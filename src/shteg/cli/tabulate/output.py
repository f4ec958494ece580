"""Where `shteg tabulate` puts its tables: files in each language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from shteg.cli.tabulate.word import write_docx
from shteg.cli.wave.names import Loaded
from shteg.report.language.locale import format_number, format_percent
from shteg.report.language.messages import message
from shteg.survey.published.published import slug, unique
from shteg.survey.tables import (
    Tables,
    Wording,
    write_csv,
    write_html,
    write_parquet,
    write_tests_csv,
    write_tests_parquet,
    write_xlsx,
)


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
        `xlsx`, `docx`, `html`, `csv` or `parquet`.
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
    for name, part in _parts(tables):
        written += _write(part, loaded, out / f"{unique(slug(name), taken)}.{form}", form, languages)
    return written


def _parts(tables: Tables) -> Iterator[tuple[str, Tables]]:
    """Give each table by itself: an item, or the items of a grid together."""
    in_grid = {name: grid for grid in tables.grids for name in grid.items}
    for item in tables.items:
        grid = in_grid.get(item.column)
        if grid is not None and item.column != next(one.column for one in tables.items if one.column in grid.items):
            continue
        names = (item.column,) if grid is None else grid.items
        yield (
            item.column if grid is None else grid.name,
            replace(
                tables,
                items=tuple(one for one in tables.items if one.column in names),
                grids=() if grid is None else (grid,),
                frame=tables.frame.filter(pl.col("item").is_in(list(names))),
                tests=tables.tests.filter(pl.col("item").is_in(list(names))),
            ),
        )


def _write(tables: Tables, loaded: Loaded, path: Path, form: str, languages: Sequence[str]) -> list[Path]:
    wordings = [make_wording(language) for language in languages]
    if form in ("csv", "parquet"):
        flat, of_tests = (write_csv, write_tests_csv) if form == "csv" else (write_parquet, write_tests_parquet)
        found = [flat(tables, path, wordings)]
        return [*found, of_tests(tables, path.with_suffix(f".p-values.{form}"))] if tables.p_values else found
    written = []
    for words in wordings:
        named = path if len(wordings) == 1 else path.with_suffix(f".{words.language}{path.suffix}")
        write = {"xlsx": write_xlsx, "html": write_html, "docx": write_docx}[form]
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
