"""Which reader reads which file, told by what stands in the file as well as by its name."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from shteg.errors import DataError, DesignError, Problem, UsageError
from shteg.evidence.files.csv_scan import Scan, line_at, scan_csv
from shteg.evidence.files.data_address import DatabaseAddress, is_database, read_address
from shteg.evidence.files.twice_encoded import find_twice_encoded
from shteg.evidence.records.surveys import Questionnaire, text_encoding
from shteg.survey.readers.apart import ENCRYPTED, query_apart, read_apart, tables_apart
from shteg.survey.readers.arrow import is_arrow, read_arrow
from shteg.survey.readers.codes import clean_text, untyped_codes
from shteg.survey.readers.field.archive import read_archive
from shteg.survey.readers.field.mapping import map_to_form
from shteg.survey.readers.field.tools import unfinished
from shteg.survey.readers.field.unformed import name_columns
from shteg.survey.readers.partitions import is_pattern
from shteg.survey.readers.responses import Responses, refuse_twice_encoded, require_one_name, require_rows

_ZIP = b"PK\x03\x04"
MAGIC: dict[str, tuple[bytes, ...]] = {
    ".sav": (b"$FL2",),
    ".zsav": (b"$FL3",),
    ".dta": (b"<stata_dta>", *(bytes([release]) for release in (104, 105, 108, *range(110, 116)))),
    ".xlsx": (_ZIP, ENCRYPTED),
    ".parquet": (b"PAR1",),
    ".zip": (_ZIP,),
}
"""What a file of each kind begins with; a file named otherwise than it begins is refused."""
OTHER_KINDS = {
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".ods"), "save it as .xlsx (Excel workbook)"),
    **dict.fromkeys((".txt", ".tsv", ".tab", ".dat"), "if it is a table with commas, “;” or tabs, name it .csv"),
    ".por": "open it in SPSS or PSPP and save it as .sav",
}
"""What to do with a file of a kind that is not read."""
_ENCODING_CAN_BE_NAMED = (
    "name the encoding of the file (option --encoding, key `encoding` of design.toml), such as utf-8"
)
_AT_ITS_SOURCE = "export it again from where the letters stand right"
KINDS = {
    ".sav": "an SPSS file",
    ".zsav": "a compressed SPSS file",
    ".dta": "a Stata file",
    ".xlsx": "an Excel workbook",
    ".parquet": "a Parquet file",
    ".zip": "an archive (.zip)",
}


_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAVE = "save it as “CSV UTF-8”, or name its encoding (option --encoding, key `encoding` of design.toml)"


def read_responses(
    source: Path | str | DatabaseAddress | Any, *, encoding: str | None = None, form: Questionnaire | None = None
) -> Responses:
    """Read a data file as codes: nothing recoded, no respondent dropped, user-missing codes kept.

    Parameters
    ----------
    source : Path, str, DatabaseAddress or an Arrow table
        SPSS (.sav, .zsav), Stata (.dta), Excel (.xlsx, the only sheet that holds something, or the one called
        "data"), CSV (fields separated by commas, semicolons or tabs), the archive of ODK Central (.zip, the main table
        in it) or Parquet; a folder of Parquet files or a pattern of them (`wave/*.parquet`), where folders such as
        `year=2024` add a column; a DuckDB database (.duckdb), its table or query as `duckdb://FILE?table=NAME` or
        `duckdb://FILE?query=SELECT …`; any object that hands itself over by Arrow's protocol. All files but CSV are
        read in a process of their own, with bounds on memory and time.
    encoding : str, optional
        Encoding of the texts, for example "windows-1250", where the file does not say it or says it wrongly: of an
        SPSS or Stata file, or of a CSV file that is not UTF-8.
    form : Questionnaire, optional
        What was asked: columns that KoboToolbox, ODK or LimeSurvey call by groups or labels, and answers written as
        labels, are brought to its names and codes. Without it groups are left out of the names where that is
        unambiguous.

    Returns
    -------
    Responses

    Raises
    ------
    DesignError
        The file is not there, empty, of another kind than its name says, cut off, protected by a password, not UTF-8;
        a heading or an answer may be one of two of the form; an archive has no main table; a column has no name or
        occurs twice; a cell holds a formula or an error; a query fails or is no SELECT. File, column and row are named.
    UsageError
        There is no such encoding, or the kind of file has none to choose; DuckDB is not installed.
    """
    read = _read(source, encoding, twice=form is not None)
    responses = name_columns(read) if form is None else map_to_form(read, form)
    notes = unfinished(read)
    return replace(responses, notes=(*responses.notes, *notes)) if notes else responses


def _read(source: Path | str | DatabaseAddress | Any, encoding: str | None, *, twice: bool) -> Responses:
    if isinstance(source, str) and is_database(source):
        source = read_address(source)
    elif isinstance(source, Path) and is_database(source.name):
        source = DatabaseAddress(path=str(source))
    if isinstance(source, DatabaseAddress):
        return _whole(query_apart(source), encoding, "a database")
    if is_arrow(source):
        return _whole(read_arrow(source), encoding, "an Arrow table")
    if not isinstance(source, (str, Path)):
        raise UsageError(f"{type(source).__name__} is no name of a file", "give a text or a Path", "path")
    path = Path(source)
    if path.is_dir() or is_pattern(path):
        return _whole(read_apart("parquets", path), encoding, "a folder of Parquet files")
    return _read_file(path, encoding, twice=twice)


def read_sheets(path: Path) -> dict[str, Responses]:
    """Read a workbook of small tables: every sheet that is shown and holds something.

    Parameters
    ----------
    path : Path
        An Excel workbook.

    Returns
    -------
    mapping of sheet to Responses

    Raises
    ------
    DesignError
        As `read_responses`; the sheet is named.
    """
    if not path.is_file():
        raise DesignError("there is no such file", "check the name", path.name)
    if path.stat().st_size == 0:
        raise DesignError("the file is empty", "export it again", path.name)
    _check_kind(path, ".xlsx")
    return tables_apart(path)


def _whole(responses: Responses, encoding: str | None, what: str) -> Responses:
    """Refuse what any source but a file with an encoding of its own may have wrong."""
    if encoding is not None:
        raise UsageError(f"{what} says its encoding itself", "leave the encoding out", "encoding")
    require_rows(responses.frame, responses.name)
    refuse_twice_encoded(responses, _AT_ITS_SOURCE)
    return responses


def _read_file(path: Path, encoding: str | None, *, twice: bool) -> Responses:
    name = path.name
    if not path.is_file():
        raise DesignError("there is no such file", "check the name (key `data` of design.toml)", name)
    suffix = path.suffix.lower()
    if suffix not in READERS:
        hint = OTHER_KINDS.get(suffix, "give .sav, .zsav, .dta, .xlsx, .csv, .zip, .parquet or .duckdb")
        raise DesignError(f"{path.suffix or 'no suffix'} is not a kind of data file", hint, name)
    if path.stat().st_size == 0:
        raise DesignError("the file is empty", "export it again", name)
    _check_kind(path, suffix)
    responses = READERS[suffix](path, _known_encoding(encoding, suffix), twice)
    require_rows(responses.frame, name)
    if suffix not in (".csv", ".zip"):  # there the text itself was looked at, with its lines
        refuse_twice_encoded(
            responses, _ENCODING_CAN_BE_NAMED if suffix in (".sav", ".zsav", ".dta") else _AT_ITS_SOURCE
        )
    return responses


def _known_encoding(encoding: str | None, suffix: str) -> str | None:
    """Give an encoding the name under which it is known; None stays None."""
    if encoding is None:
        return None
    if suffix in (".xlsx", ".parquet"):
        raise UsageError(f"{KINDS[suffix]} says its encoding itself", "leave the encoding out", "encoding")
    found = text_encoding(encoding)
    if found is None:
        hint = "name one such as windows-1250, windows-1252, windows-1254, iso-8859-2 or utf-8"
        raise UsageError(f"there is no encoding {encoding!r}", hint, "encoding")
    return found


def _check_kind(path: Path, suffix: str) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        problem = f"the file cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise DesignError(problem, "check its permissions", path.name) from error
    if suffix in MAGIC and start.startswith(MAGIC[suffix]):
        return
    if start.startswith(ENCRYPTED):
        problem = "the content is a workbook older than .xlsx, or one protected by a password"
        raise DesignError(
            problem, "open it in a spreadsheet program and save it as .xlsx, without a password", path.name
        )
    found = next((kind for kind, marks in MAGIC.items() if kind != ".dta" and start.startswith(marks)), None)
    if found is None and start.startswith(b"<stata_dta>"):
        found = ".dta"
    if suffix == ".csv" and found is None:
        return
    if {suffix, found} == {".sav", ".zsav"}:
        return  # SPSS writes both under either name
    what = KINDS[found] if found else "something else"
    wanted = KINDS.get(suffix, "a table in text form")
    hint = f"name it {path.stem}{found}, or export it again" if found else "export it again"
    raise DesignError(f"the name says {wanted}, the content is {what}", hint, path.name)


def _read_csv_file(path: Path, encoding: str | None = None, twice: bool = False) -> Responses:
    """Read a CSV file: fields separated by commas, semicolons or tabs, as the header tells."""
    return _read_csv(path.read_bytes(), path.name, encoding, twice=twice)


def _read_archive_file(path: Path, encoding: str | None, twice: bool) -> Responses:
    """Read the main table of an archive; the tables of repeats are left out."""
    table = read_archive(path)
    responses = _read_csv(table.data, f"{path.name}, {table.name}", encoding, twice=twice)
    return replace(responses, name=path.name, rewritten=True, notes=(*table.notes, *responses.notes))


def _read_csv(raw: bytes, name: str, encoding: str | None, *, twice: bool) -> Responses:
    data = _decode(raw, name, encoding)
    scan = scan_csv(data)
    if scan.defects:
        raise DataError([Problem(name, one.line, one.column, one.problem, one.hint) for one in scan.defects], scan.more)
    if not scan.header_line:
        raise DesignError("the file is empty", "the first line must name the columns", name)
    frame = _columns(scan, name, twice=twice)
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
    codec = "utf-8" if marked == "utf-8" else encoding or marked or "utf-8"
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


def _columns(scan: Scan, name: str, *, twice: bool) -> pl.DataFrame:
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
    require_one_name([title for title, _ in columns if title] if kept else [], name, twice=twice)
    names = require_one_name([title for title, _ in kept], name, twice=twice)
    return pl.DataFrame([column.alias(title) for title, (_, column) in zip(names, kept, strict=True)])


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


READERS: dict[str, Callable[[Path, str | None, bool], Responses]] = {
    ".sav": lambda path, encoding, _: read_apart("sav", path, encoding),
    ".zsav": lambda path, encoding, _: read_apart("sav", path, encoding),
    ".dta": lambda path, encoding, _: read_apart("dta", path, encoding),
    ".xlsx": lambda path, _, twice: read_apart("xlsx", path, twice=twice),
    ".csv": _read_csv_file,
    ".zip": _read_archive_file,
    ".parquet": lambda path, *_: read_apart("parquet", path),
}
