"""What every result that is a table can do: be shown in notebooks and terminals, be handed on, be drawn."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from shteg.errors import UsageError
from shteg.shown.rounded import write_cell

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 60
"""Rows of a result that are shown; the rest is counted."""
TABLE = "border-collapse:collapse;color:inherit;background:transparent;font-variant-numeric:tabular-nums"
CELL = "padding:2px 8px;color:inherit;background:transparent;border:0;border-bottom:1px solid rgba(128,128,128,.35)"
"""No colour of its own: a notebook may be light or dark."""
NUMBER, TEXT = f"{CELL};text-align:right", f"{CELL};text-align:left"
ALWAYS = ("estimate", "std_error", "ci_low", "ci_high")


class _Tabled(Protocol):
    def to_frame(self) -> pl.DataFrame: ...


class Shown:
    """What a result with `to_frame` can do besides."""

    __slots__ = ()

    def to_polars(self: _Tabled) -> pl.DataFrame:
        """Give the rows of `to_frame` as a data frame of Polars."""
        return self.to_frame()

    def to_pandas(self: _Tabled) -> Any:
        """Give the rows of `to_frame` as a data frame of pandas, which shteg does not bring; pyarrow is not needed.

        Returns
        -------
        pandas.DataFrame
            Whole numbers with blanks are `Int64`, truth values with blanks `boolean`.

        Raises
        ------
        UsageError
            Pandas is not installed.
        """
        try:
            import pandas  # type: ignore[import-untyped]
        except ImportError as error:
            hint = "install it with: pip install pandas; or use to_polars()"
            raise UsageError("pandas is not installed", hint, "to_pandas") from error
        frame = self.to_frame()
        return pandas.DataFrame({one.name: _column(one, pandas) for one in frame})

    def __arrow_c_stream__(self: _Tabled, requested_schema: object | None = None) -> object:
        """Hand the rows of `to_frame` to any library that takes Arrow."""
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def _repr_html_(self: _Tabled) -> str:
        heads, rows, more = _texts(self.to_frame())
        numeric = [bool(numbers) for _, numbers in heads]
        head = "".join(f'<th scope="col" style="{_style(n)}">{escape(name)}</th>' for name, n in heads)
        body = "".join(f"<tr>{_cells(row, numeric)}</tr>" for row in rows)
        title = str(getattr(self, "title", ""))
        caption = f'<caption style="text-align:left;color:inherit">{escape(title)}</caption>' if title else ""
        rest = f"<p>{escape(more)}</p>" if more else ""
        table = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f'<div><table style="{TABLE}">{table}</table>{rest}</div>'

    def __str__(self: _Tabled) -> str:
        heads, rows, more = _texts(self.to_frame())
        cells = [[name for name, _ in heads], *rows]
        widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
        lines = [
            "  ".join(
                cell.rjust(wide) if numbers else cell.ljust(wide)
                for cell, wide, (_, numbers) in zip(row, widths, heads, strict=True)
            ).rstrip()
            for row in cells
        ]
        title = str(getattr(self, "title", ""))
        return "\n".join([*([title] if title else []), *lines, *([more] if more else [])])

    __repr__ = __str__


def _cells(row: list[str], numeric: list[bool]) -> str:
    return "".join(f'<td style="{_style(n)}">{escape(cell)}</td>' for cell, n in zip(row, numeric, strict=True))


def _style(numbers: bool) -> str:
    return NUMBER if numbers else TEXT


def _column(column: pl.Series, pandas: Any) -> Any:
    """Give a column as pandas holds it, without pyarrow."""
    kind = column.dtype
    if kind.is_integer() or str(kind) == "Boolean":
        name = ("boolean" if str(kind) == "Boolean" else "Int64") if column.null_count() else None
        return pandas.array(column.to_list(), dtype=name) if name else column.to_numpy()
    if kind.is_float():
        return column.fill_null(float("nan")).to_numpy()
    if str(kind).startswith("Enum"):
        return pandas.Categorical(column.to_list(), categories=kind.categories.to_list(), ordered=True)  # type: ignore[attr-defined]
    return column.to_list()


def _texts(frame: pl.DataFrame) -> tuple[list[tuple[str, bool]], list[list[str]], str]:
    """Columns with whether they hold numbers, rows as texts, and what is left out; columns that say nothing are too."""
    kept = [one.name for one in frame if one.name in ALWAYS or not _says_nothing(one)]
    heads = [(name, frame[name].dtype.is_numeric()) for name in kept]
    rows = [[write_cell(name, row) for name in kept] for row in frame.head(MOST_ROWS).iter_rows(named=True)]
    left = frame.height - len(rows)
    return heads, rows, f"… and {left} more rows" if left > 0 else ""


def _says_nothing(column: pl.Series) -> bool:
    blank = column.null_count() == column.len()
    return blank or (str(column.dtype) == "String" and bool((column.fill_null("") == "").all()))
