"""Damaged files: whatever the bytes, reading ends with a result or with an error that names the file."""

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyreadstat
import xlsxwriter

from shteg.errors import DesignError
from shteg.survey.readers import read_responses
from tests.survey.readers.many_files import read_all

SEED = 20261130
MUTANTS = 24
"""Of each kind of file; enough to meet every reader's own checks, few enough for each run of the tests."""
CSV_MUTANTS = 400

FRAME = pl.DataFrame(
    {"q1": [1.0, 2.0, 9.0, None, -3.0] * 12, "x": [1.5, 2.0, 3.0, -1.0, 0.0] * 12, "s": ["a", "b", "", "ë", "="] * 12}
)
LABELS = {"q1": {1: "Po", 2: "Jo", 9: "Nuk e di"}}


def _write_sav(path: Path) -> None:
    pyreadstat.write_sav(FRAME, path, variable_value_labels=LABELS, missing_ranges={"q1": [9, {"lo": -5, "hi": -1}]})


def _write_zsav(path: Path) -> None:
    pyreadstat.write_sav(FRAME, path, variable_value_labels=LABELS, compress=True)


def _write_dta(path: Path) -> None:
    pyreadstat.write_dta(FRAME, path, variable_value_labels=LABELS)


def _write_xlsx(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for i, row in enumerate([FRAME.columns, *FRAME.rows()]):
        for j, cell in enumerate(row):
            if cell is not None:
                sheet.write(i, j, cell)
    book.close()


WRITERS: dict[str, Callable[[Path], object]] = {
    ".sav": _write_sav,
    ".zsav": _write_zsav,
    ".dta": _write_dta,
    ".xlsx": _write_xlsx,
    ".parquet": FRAME.write_parquet,
}


def mutate(raw: bytes, chance: random.Random) -> bytes:
    """Flip a bit, overwrite, cut, take out or put in."""
    changed, kind = bytearray(raw), chance.randrange(5)
    at = chance.randrange(len(changed))
    if kind == 0:
        changed[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        for _ in range(chance.randrange(1, 9)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    elif kind == 2:
        del changed[at:]
    elif kind == 3:
        del changed[at : at + chance.randrange(1, 40)]
    else:
        changed[at:at] = chance.randbytes(chance.randrange(1, 20))
    return bytes(changed)


def test_no_damaged_binary_file_hangs_or_is_left_without_an_answer(tmp_path: Path) -> None:
    chance, folder = random.Random(SEED), tmp_path / "mutants"
    folder.mkdir()
    for suffix, write in WRITERS.items():
        write(tmp_path / f"whole{suffix}")
        raw = (tmp_path / f"whole{suffix}").read_bytes()
        for number in range(MUTANTS):
            (folder / f"{number:03d}{suffix}").write_bytes(mutate(raw, chance))
    found = read_all(folder)
    assert len(found) == MUTANTS * len(WRITERS)
    assert not [name for name, (outcome, _) in found.items() if outcome == "late"]
    for name, (outcome, _) in found.items():
        if outcome == "died":
            (tmp_path / name).write_bytes((folder / name).read_bytes())
            try:
                read_responses(tmp_path / name)
            except DesignError as error:
                assert name in error.where  # noqa: PT017 (it may also be read: the process has more memory here)


def test_a_damaged_csv_file_is_read_or_refused(tmp_path: Path) -> None:
    chance, path = random.Random(SEED), tmp_path / "a.csv"
    whole = 'id,q,t\r\n1,2,"a, ""b"""\r\n2,3,ë\r\n3,,x\r\n'.encode()
    read = 0
    for _ in range(CSV_MUTANTS):
        path.write_bytes(mutate(whole, chance))
        try:
            read_responses(path)
            read += 1
        except DesignError as error:
            assert "a.csv" in error.where  # noqa: PT017 (both ends are right; every error names the file)
    assert 0 < read < CSV_MUTANTS
