"""A data file written again with columns added: SPSS and Stata with labels and missing codes, XLSX, CSV, Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import polars as pl

from shteg.errors import DesignError, UsageError
from shteg.keeping import remove_left_over, write_whole
from shteg.spreadsheets import AS_TEXT, inert_frame
from shteg.survey.readers.responses import Responses
from shteg.survey.readers.writing.names import plain_names
from shteg.survey.readers.writing.spss import SPSS_NAME, write_spss
from shteg.survey.readers.writing.stata import STATA_NAME, write_stata

FORMATS = (".sav", ".zsav", ".dta", ".xlsx", ".csv", ".parquet")
NAMES = {".sav": SPSS_NAME, ".zsav": SPSS_NAME, ".dta": STATA_NAME}
"""What columns may be called."""
_NUMBER = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def write_responses(
    responses: Responses,
    path: Path,
    *,
    added: Mapping[str, pl.Series] | None = None,
    labels: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Write a data file: every column as it was read, and those that are added after them.

    Parameters
    ----------
    responses : Responses
        As `read_responses` gave it.
    path : Path
        Its suffix says the format: .sav, .zsav, .dta, .xlsx, .csv, .parquet.
    added : mapping of name to (rows,) Series, optional
        Further columns, numbers mostly.
    labels : mapping of name to text, optional
        Their labels, for formats that have labels.

    Returns
    -------
    tuple of str
        What the format cannot hold, in a sentence each.

    Raises
    ------
    UsageError
        No such format, or a column is there already.
    DesignError
        A column has another length, or a name that the format does not take.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError(
            f"data are not written as {suffix or 'a file without suffix'}", "choose " + ", ".join(FORMATS), path.name
        )
    added = dict(added or {})
    for name, series in added.items():
        if name in responses.frame.columns:
            raise UsageError(f"the data have a column {name!r} already", "choose another name", path.name)
        if series.len() != responses.frame.height:
            raise DesignError(
                f"the column {name!r} has {series.len()} rows, the data {responses.frame.height}",
                "give one a row",
                path.name,
            )
    notes: list[str] = []
    if suffix in NAMES:
        responses, renamed = plain_names(responses, NAMES[suffix], added, path.name)
        notes += renamed
    texts = {name for name, one in responses.declared.items() if one.text and suffix in (".sav", ".zsav")}
    frame = pl.DataFrame(
        [
            *(one if one.name in texts else _typed(one) for one in responses.frame),
            *(s.alias(n) for n, s in added.items()),
        ]
    )
    if suffix in (".sav", ".zsav"):
        content, said = write_spss(responses, frame, dict(labels or {}), path)
        notes += said
    elif suffix == ".dta":
        content, said = write_stata(responses, frame, dict(labels or {}), path)
        notes += said
    else:
        if responses.labels or responses.value_labels:
            notes.append(f"{path.name}: labels are not written, {suffix} has none (.sav has)")
        if responses.missing:
            notes.append(f"{path.name}: codes declared missing are not told, {suffix} cannot (.sav can)")
        if responses.sets:
            notes.append(f"{path.name}: sets of columns are not declared, {suffix} has none (.sav has)")
        content = _plain(frame, suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_over(path.parent)
    write_whole(path, content)
    return tuple(notes)


def _typed(column: pl.Series) -> pl.Series:
    """Give a column of codes as numbers or days where every one is; texts with zeros in front stay texts."""
    kinds = column.drop_nulls().unique()
    if kinds.is_empty():
        return column
    if bool(kinds.str.contains(_NUMBER).all()) and (kinds.str.len_chars().max() or 0) <= 16:  # type: ignore[operator]
        whole = bool((~kinds.str.contains(".", literal=True)).all())
        return column.cast(pl.Int64 if whole else pl.Float64)
    if bool(kinds.str.contains(_DAY).all()):
        days = column.str.to_date("%Y-%m-%d", strict=False)
        if days.null_count() == column.null_count():
            return days
    return column


def _plain(frame: pl.DataFrame, suffix: str) -> bytes:
    buffer = BytesIO()
    if suffix == ".parquet":
        frame.write_parquet(buffer, compression="zstd")
    elif suffix == ".csv":
        inert_frame(frame).write_csv(buffer)
    else:
        _write_workbook(frame, buffer)
    return buffer.getvalue()


def _write_workbook(frame: pl.DataFrame, buffer: BytesIO) -> None:
    import xlsxwriter  # type: ignore[import-untyped]  # dear, and needed for workbooks only

    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, text = book.add_worksheet("data"), book.add_format(AS_TEXT)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    head = book.add_format({"bold": True} | AS_TEXT)
    for place, name in enumerate(frame.columns):
        sheet.write_string(0, place, name, head)
        for row, value in enumerate(frame[name].to_list(), 1):
            if value is None:
                continue
            if frame.schema[name] == pl.Date:
                sheet.write_datetime(row, place, value, day)
            elif frame.schema[name].is_numeric():
                sheet.write_number(row, place, value)
            else:
                sheet.write_string(row, place, str(value), text)
    sheet.freeze_panes(1, 0)
    book.close()
