"""CSV files of a wave: text in a known encoding, rows of one length, codes decided column by column."""

from __future__ import annotations

import codecs
from pathlib import Path

import polars as pl

from shteg.errors import DataError, DesignError, Problem
from shteg.evidence.files.csv_scan import Scan, line_at, scan_csv
from shteg.evidence.files.twice_encoded import find_twice_encoded
from shteg.survey.readers.codes import clean_text, untyped_codes
from shteg.survey.readers.responses import Responses, require_one_name

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAVE = "save it as “CSV UTF-8”, or name its encoding (option --encoding, key `encoding` of design.toml)"


def read_csv_file(path: Path, encoding: str | None = None) -> Responses:
    """Read a CSV file: fields separated by commas, semicolons or tabs, as the header tells.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        Of the text; UTF-8 by default.

    Raises
    ------
    DesignError
        The text is in another encoding, or holds zero bytes; a column has no name or occurs twice.
    DataError
        Rows are too short or too long, quotation marks are out of place; each with its line.
    """
    name = path.name
    data = _decode(path.read_bytes(), name, encoding)
    scan = scan_csv(data)
    if scan.defects:
        raise DataError([Problem(name, one.line, one.column, one.problem, one.hint) for one in scan.defects], scan.more)
    if not scan.header_line:
        raise DesignError("the file is empty", "the first line must name the columns", name)
    frame = _columns(scan, name)
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()  # blanks of other scripts are blanks
    frame, lines = frame.filter(filled), scan.lines[filled.to_numpy()]
    notes = (_say_blank(name, scan.blank),) if _in_the_middle(scan) else ()
    return Responses(frame=frame, name=name, lines=lines, notes=notes)


def _decode(raw: bytes, name: str, encoding: str | None = None) -> bytes:
    """Give the text of a file in UTF-8, without byte order mark; `name` is that of the file, for errors.

    `encoding` is a codec of Python; UTF-8, or what the byte order mark says, if left out. Refused are bytes that are no
    text in it, and text that has been read in a wrong one before.
    """
    marked = next((codec for mark, codec in _MARKS if raw.startswith(mark)), None)
    if marked == "utf-16" and encoding is None:
        raise DesignError("the file is not UTF-8 but UTF-16 (line 1)", _SAVE, name)
    codec = "utf-8" if marked == "utf-8" else encoding or "utf-8"
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        line = line_at(raw, error.start)
        what = "UTF-8" if codec == "utf-8" else f"text in {codec}"
        raise DesignError(f"the file is not {what} (line {line})", _SAVE, f"{name}, line {line}") from error
    data = raw if codec == "utf-8" else text.encode("utf-8")
    zero = data.find(b"\x00")
    if zero >= 0:
        where = f"{name}, line {line_at(data, zero)}"
        raise DesignError("the file holds a zero byte and is no text", "export it again as CSV (UTF-8)", where)
    if wrong := find_twice_encoded(text):
        line = line_at(text[: wrong.offset].encode("utf-8"), len(data))
        problem = f"“{wrong.stands}” has been read in a wrong encoding and saved; it was “{wrong.meant}”"
        hint = "open the original again as UTF-8 and save it as “CSV UTF-8”"
        raise DesignError(problem, hint, f"{name}, line {line}")
    return data


def _columns(scan: Scan, name: str) -> pl.DataFrame:
    """Read the rows and write every column as codes; columns with neither name nor content are left out."""
    marks = [f"column {number}" for number in range(len(scan.header))]
    raw = _parse(scan, marks) if scan.body else pl.DataFrame(schema=dict.fromkeys(marks, pl.String))
    if raw.shape != (len(scan.lines), len(marks)):
        raise AssertionError(f"{raw.shape} cells of {len(scan.lines)} rows and {len(marks)} columns were read")
    header = [clean_text(one) for one in scan.header]
    columns = [
        (title, untyped_codes(raw[mark], decimal_comma=scan.separator != ","))
        for title, mark in zip(header, marks, strict=True)
    ]
    kept = [(title, column) for title, column in columns if title or column.null_count() < column.len()]
    require_one_name([title for title, _ in columns if title] if kept else [], name)
    require_one_name([title for title, _ in kept], name)
    return pl.DataFrame([column.alias(title) for title, column in kept])


def _parse(scan: Scan, marks: list[str]) -> pl.DataFrame:
    return pl.read_csv(
        scan.body,
        has_header=False,
        new_columns=marks,
        separator=scan.separator,
        quote_char='"' if scan.quoted else None,
        infer_schema=False,
    )


def _in_the_middle(scan: Scan) -> bool:
    return bool(scan.blank) and len(scan.lines) > 0 and scan.blank[0] < int(scan.lines[-1])


def _say_blank(name: str, lines: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
    return f"{name}: rows in which nothing stands were left out (lines {shown})"
