"""Excel workbooks as tables of text, read in a process of their own."""

from __future__ import annotations

from pathlib import Path

from shteg.errors import DesignError
from shteg.survey.readers.apart import read_apart, rows_apart
from shteg.survey.readers.responses import Responses
from shteg.survey.readers.transport import Rows

__all__ = ["ENCRYPTED", "Rows", "read_sheets", "read_workbook", "refuse_password"]

ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What an encrypted workbook (and one of Excel 97) begins with."""


def read_workbook(path: Path) -> Responses:
    """Read the only sheet that holds something, or the one called "data": names in its first filled row, codes below.

    Raises
    ------
    DesignError
        A password, a damaged file, several sheets or a hidden one, a formula, an error value, merged cells, a name
        missing or twice.
    """
    refuse_password(path)
    return read_apart("xlsx", path)


def read_sheets(path: Path) -> dict[str, Rows]:
    """Give the cells of every sheet as text, hidden or not, from its first row and column on.

    None stands where a cell is blank; a row ends with its last filled cell, and rows below the last are not given.

    Raises
    ------
    DesignError
        The workbook cannot be opened.
    """
    refuse_password(path)
    return rows_apart(path)


def refuse_password(path: Path) -> None:
    """Raise a DesignError if the workbook is encrypted, or cannot be opened at all."""
    try:
        with path.open("rb") as file:
            encrypted = file.read(8) == ENCRYPTED
    except OSError as error:
        raise DesignError("the file cannot be read", "check its name and its permissions", path.name) from error
    if encrypted:
        hint = "save it without a password, as .xlsx"
        raise DesignError("the workbook is protected by a password (or older than .xlsx)", hint, path.name)
