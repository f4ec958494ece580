"""Texts that a spreadsheet would run as a formula, made inert: one rule for every CSV and workbook."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

MARK = "'"
"""Put before a text: spreadsheets then take it as text."""
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""A text that begins so may be run: by the sign itself, by its full-width form, or by what a tab or line end leaves."""
PASSED_OVER = " \u00a0\u200b\ufeff\"'"
"""Signs that programs drop or pass over before they look at the first sign of a cell."""
RULE = (
    "A text that a spreadsheet could take for a formula (it begins with = + - @, a tab or a line end, after blanks or "
    "quotation marks too) has an apostrophe put before it in CSV files and workbooks; take one apostrophe away to "
    "get the text. Numbers are as they are, and Parquet files hold every text unchanged."
)


def inert(text: str) -> str:
    """Give a text as a spreadsheet may hold it: with an apostrophe before it where it could run as a formula.

    >>> inert("=1+1"), inert("1+1")
    ("'=1+1", '1+1')
    """
    start = text.lstrip(PASSED_OVER)[:1]
    return MARK + text if start in FORMULA_STARTS and start else text


def inert_column(column: "pl.Expr") -> "pl.Expr":
    """Give a column of texts with the rule of `inert` for each."""
    import polars as pl

    start = column.str.strip_chars_start(PASSED_OVER).str.slice(0, 1)
    return pl.when(start.is_in(sorted(FORMULA_STARTS))).then(pl.lit(MARK) + column).otherwise(column)


def inert_frame(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Give a frame with every text made inert, names of columns included; numbers stay numbers."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    guarded = frame.with_columns(inert_column(pl.col(name).cast(pl.String)).alias(name) for name in texts)
    return guarded.rename({name: inert(name) for name in guarded.columns if inert(name) != name})
