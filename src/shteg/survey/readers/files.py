"""Which reader reads which file, told by what stands in the file as well as by its name."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.responses import Responses, as_text, require_one_name, require_rows
from shteg.survey.readers.statistics import read_dta, read_sav
from shteg.survey.readers.workbooks import ENCRYPTED, read_workbook

_ZIP = b"PK\x03\x04"
MAGIC: dict[str, tuple[bytes, ...]] = {
    ".sav": (b"$FL2",),
    ".zsav": (b"$FL3",),
    ".dta": (b"<stata_dta>", *(bytes([release]) for release in (104, 105, 108, *range(110, 116)))),
    ".xlsx": (_ZIP, ENCRYPTED),
    ".parquet": (b"PAR1",),
}
"""What a file of each kind begins with; a file named otherwise than it begins is refused."""
KINDS = {
    ".sav": "an SPSS file",
    ".zsav": "a compressed SPSS file",
    ".dta": "a Stata file",
    ".xlsx": "an Excel workbook",
    ".parquet": "a Parquet file",
}


def read_responses(path: Path) -> Responses:
    """Read a data file as codes: nothing recoded, nothing dropped, user-missing codes kept.

    Parameters
    ----------
    path : Path
        SPSS (.sav, .zsav), Stata (.dta), Excel (.xlsx, the only sheet that holds something, or the one called
        "data"), CSV (UTF-8, comma) or Parquet.

    Raises
    ------
    DesignError
        The file is not there, empty, of another kind than its name says, cut off, protected by a password, not UTF-8;
        a column has no name or occurs twice; a cell holds a formula or an error. File, column and row are named.
    """
    name = path.name
    if not path.is_file():
        raise DesignError("there is no such file", "check the name (key `data` of design.toml)", name)
    suffix = path.suffix.lower()
    if suffix not in READERS:
        hint = "give .sav, .zsav, .dta, .xlsx, .csv or .parquet"
        raise DesignError(f"{path.suffix or 'no suffix'} is not a kind of data file", hint, name)
    if path.stat().st_size == 0:
        raise DesignError("the file is empty", "export it again", name)
    _check_kind(path, suffix)
    responses = READERS[suffix](path)
    require_rows(responses.frame, name)
    return responses


def _check_kind(path: Path, suffix: str) -> None:
    with path.open("rb") as file:
        start = file.read(16)
    if suffix in MAGIC and start.startswith(MAGIC[suffix]):
        return
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


def _read_csv(path: Path) -> Responses:
    name = path.name
    try:
        _check_text(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = require_one_name(next(csv.reader(file), []), name)
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            raise DesignError("the fields are not separated by commas", "save it as CSV with commas", f"{name}, header")
        frame = pl.read_csv(path, infer_schema=False)
    except csv.Error as error:
        raise DesignError(f"the header cannot be read: {error}", "save it again as CSV (UTF-8)", name) from error
    except pl.exceptions.NoDataError as error:
        raise DesignError("the file is empty", "the first line must name the columns", name) from error
    except pl.exceptions.PolarsError as error:
        raise DesignError(f"the file cannot be read: {_first(error)}", "save it again as CSV (UTF-8)", name) from error
    frame.columns = list(header)
    return Responses(frame=frame, name=name)


def _check_text(path: Path) -> None:
    """Refuse what is not UTF-8, naming the row; the file is read in blocks."""
    decoder, row = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        while True:
            block = file.read(2**20)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                row += error.object[: error.start].count(b"\n")
                problem = f"the file is not UTF-8 (line {row})"
                raise DesignError(problem, "save it as UTF-8 text", path.name) from error
            if "\x00" in text:
                where = f"{path.name}, line {row + text[: text.index(chr(0))].count(chr(10))}"
                raise DesignError("the file holds a zero byte and is no text", "export it again as CSV (UTF-8)", where)
            row += text.count("\n")
            if not block:
                return


def _read_parquet(path: Path) -> Responses:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        hint = "the file is damaged or cut off: copy it again"
        raise DesignError(f"the file cannot be read: {_first(error)}", hint, path.name) from error
    require_one_name(frame.columns, path.name)
    return Responses(frame=as_text(frame, path.name), name=path.name)


def _first(error: Exception) -> str:
    return (str(error).splitlines() or ["unreadable"])[0]


READERS: dict[str, Callable[[Path], Responses]] = {
    ".sav": read_sav,
    ".zsav": read_sav,
    ".dta": read_dta,
    ".xlsx": read_workbook,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
