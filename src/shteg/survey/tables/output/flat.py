"""Tables for programs: one line for each cell, as CSV or Parquet, with the words of every language."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import polars as pl

from shteg.keeping import remove_left_over, write_whole
from shteg.spreadsheets import inert_frame
from shteg.survey.one_pass.domains import ALL
from shteg.survey.tables.build import Tables
from shteg.survey.tables.output.layout import lay_out_items
from shteg.survey.tables.output.wording import Wording


def _labelled_frame(tables: Tables, languages: Sequence[Wording]) -> pl.DataFrame:
    """Add labels to the tidy frame: `item_label_xx`, `row_label_xx`, `grouping_label_xx`, `domain_label_xx`.

    They stand after the columns of `Tables.frame` and `percent` and `level` of the tables.
    """
    frame = tables.frame.with_columns(pl.lit(tables.percent).alias("percent"), pl.lit(tables.level).alias("level"))
    if tables.grids:
        grid_of = {name: grid.name for grid in tables.grids for name in grid.items}
        frame = frame.with_columns(pl.Series("grid", [grid_of.get(item, "") for item in frame["item"]]))
    for words in languages:
        labels: dict[str, list[str]] = {"item": [], "row": [], "grouping": [], "domain": []}
        sheets = {sheet.item: sheet for sheet in lay_out_items(tables, words)}
        rows = {
            (sheet.item, line.kind, cell["option"]): line.label
            for sheet in sheets.values()
            for line in sheet.lines
            for cell in line.cells.values()
        }
        columns = {(sheet.item, *column.key): column for sheet in sheets.values() for column in sheet.columns}
        keys = ("item", "row_kind", "option", "source", "domain_variable", "domain")
        for item, kind, option, source, variable, domain in frame.select(keys).rows():
            column = columns[(item, source, variable, domain)]
            labels["item"].append(sheets[item].title)
            labels["row"].append(rows[(item, kind, option)])
            labels["grouping"].append(column.grouping if variable != ALL else column.domain)
            labels["domain"].append(column.domain)
        frame = frame.with_columns(
            pl.Series(f"{name}_label_{words.language}", texts, dtype=pl.String) for name, texts in labels.items()
        )
    return frame


def write_csv(tables: Tables, path: Path, languages: Sequence[Wording]) -> Path:
    """Write the tidy frame as CSV (UTF-8, comma, point); texts that a spreadsheet would run get an apostrophe.

    Parameters
    ----------
    tables : Tables
    path : Path
    languages : sequence of Wording
        Labels stand in a column for each.

    Returns
    -------
    Path
        The file.
    """
    buffer = BytesIO()
    inert_frame(_labelled_frame(tables, languages)).write_csv(buffer)
    return replace_file(path, buffer.getvalue())


def write_parquet(tables: Tables, path: Path, languages: Sequence[Wording]) -> Path:
    """Write the tidy frame as Parquet, texts as they are.

    Parameters
    ----------
    tables, path, languages : as there
        See `write_csv`.

    Returns
    -------
    Path
        The file.
    """
    buffer = BytesIO()
    _labelled_frame(tables, languages).write_parquet(buffer, compression="zstd", statistics=False)
    return replace_file(path, buffer.getvalue())


def write_tests_csv(tables: Tables, path: Path) -> Path:
    """Write the tests of all comparisons as CSV, one line each.

    Parameters
    ----------
    tables, path : as there
        See `write_csv`.

    Returns
    -------
    Path
        The file.
    """
    buffer = BytesIO()
    inert_frame(tables.tests).write_csv(buffer)
    return replace_file(path, buffer.getvalue())


def write_tests_parquet(tables: Tables, path: Path) -> Path:
    """Write the tests of all comparisons as Parquet, one row each.

    Parameters
    ----------
    tables, path : as there
        See `write_csv`.

    Returns
    -------
    Path
        The file.
    """
    buffer = BytesIO()
    tables.tests.write_parquet(buffer, compression="zstd", statistics=False)
    return replace_file(path, buffer.getvalue())


def replace_file(path: Path, content: bytes) -> Path:
    """Write a file beside its place and rename it, so that an interruption leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_over(path.parent)
    write_whole(path, content)
    return path
