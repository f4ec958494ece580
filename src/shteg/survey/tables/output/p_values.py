"""The tests behind the marks of a table, as lines of text."""

from __future__ import annotations

import polars as pl

from shteg.survey.tables.build import Tables
from shteg.survey.tables.output.cells import p_text
from shteg.survey.tables.output.layout import lay_out_items
from shteg.survey.tables.output.wording import Wording

_HEADS = ("table", "row", "grouping", "test", "column", "against", "statistic", "df", "denominator", "p")


Cell = str | float


def tests_of(tables: Tables, name: str, words: Wording) -> tuple[list[str], list[list[Cell]]]:
    """Write the tests of an item or a grid.

    Parameters
    ----------
    tables : Tables
    name : str
        The item, or the grid.
    words : Wording
        Of the language to write.

    Returns
    -------
    head, rows : list of str, list of list of (str or float)
        A heading and its lines, numbers as numbers; p values are adjusted as the marks are.
    """
    items = next((grid.items for grid in tables.grids if grid.name == name), (name,))
    found = tables.tests.filter(pl.col("item").is_in(list(items)))
    if found.is_empty():
        return [], []
    sheets = {sheet.item: sheet for sheet in lay_out_items(tables, words, items)}
    labels: dict[tuple[str, str, str], str] = {}
    columns: dict[tuple[str, str, str], str] = {}
    for item, sheet in sheets.items():
        for line in sheet.lines:
            for cell in line.cells.values():
                labels[(item, cell["row_kind"], cell["option"])] = line.label
        columns |= {(item, column.key[1], column.key[2]): column.domain for column in sheet.columns}
    groupings = {one.name: one.title(words.language) for one in tables.groupings}
    titles = {one.id: words.text(one.title, one.id) for one in tables.sources}
    rows: list[list[Cell]] = []
    for test in found.iter_rows(named=True):
        item, variable, kind, against = test["item"], test["domain_variable"], test["test"], test["against"]
        if kind == "pair":
            against = columns[(item, variable, against)]
        elif kind in ("previous", "first"):
            against = titles[against]
        numbers = (test[one] for one in ("statistic", "df", "df_denominator", "p_adjusted"))
        rows.append(
            [
                sheets[item].title + (f" ({titles[test['source']]})" if len(tables.sources) > 1 else ""),
                labels.get((item, test["row_kind"], test["option"]), ""),
                groupings.get(variable, ""),
                words.tell(f"test.{kind}"),
                columns.get((item, variable, test["domain"]), ""),
                against,
                *("" if one is None else one for one in numbers),
            ]
        )
    return [words.tell(f"test.head.{one}") for one in _HEADS], rows


def test_texts(row: list[Cell], words: Wording) -> list[str]:
    """Write the numbers of a line."""
    *before, statistic, df, denominator, p = row
    numbers = [
        statistic if isinstance(statistic, str) else words.number(statistic, 2),
        df if isinstance(df, str) else words.number(df, 0 if denominator == "" else 2),
        denominator if isinstance(denominator, str) else words.number(denominator, 1),
        p if isinstance(p, str) else p_text({"p_adjusted": p}, words),
    ]
    return [*map(str, before), *numbers]
